use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// A whole number from `MIN` to `MAX`; what it counts stands in the name of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Count<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Count<MIN, MAX> {
    /// A value known when the program is written.
    ///
    /// # Panics
    /// When it is out of bounds; in a constant that stops the build.
    pub const fn new(number: u64) -> Self {
        assert!(MIN <= number && number <= MAX, "the number is out of the bounds of its type");
        Count(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number as a size in memory. No bound in the configuration is beyond what 64 bits address.
    pub fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// A duration in whole seconds, from `MIN` to `MAX`; its key ends in `_seconds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds<const MIN: u64, const MAX: u64>(Count<MIN, MAX>);

impl<const MIN: u64, const MAX: u64> Seconds<MIN, MAX> {
    /// A value known when the program is written; panics out of bounds, as [`Count::new`] does.
    pub const fn new(seconds: u64) -> Self {
        Seconds(Count::new(seconds))
    }

    /// The number of seconds.
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The same for timers.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0.get())
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Count<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bounded<const MIN: u64, const MAX: u64>;

        impl<const MIN: u64, const MAX: u64> Visitor<'_> for Bounded<MIN, MAX> {
            type Value = Count<MIN, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                if (MIN..=MAX).contains(&number) {
                    return Ok(Count(number));
                }
                Err(E::invalid_value(Unexpected::Unsigned(number), &self))
            }
        }

        deserializer.deserialize_u64(Bounded)
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Count<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Count_{MIN}_{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Seconds<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Seconds_{MIN}_{MAX}").into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Count::<MIN, MAX>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_part_of_the_type() {
        let read = |text: &str| serde_json::from_str::<Count<1, 10>>(text).map_err(|e| e.to_string());
        assert_eq!(read("10").unwrap().get(), 10);
        for wrong in ["0", "11", "-1", "1.5", "\"3\""] {
            assert!(read(wrong).unwrap_err().contains("a whole number from 1 to 10"), "{wrong}");
        }
        assert_eq!(Seconds::<0, 60>::new(30).duration(), Duration::from_secs(30));
    }
}
