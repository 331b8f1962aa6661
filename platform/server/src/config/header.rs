use http::{HeaderName, header};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The name of a header that proxies write and that means nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderKey(HeaderName);

impl HeaderKey {
    /// The parsed form.
    pub fn name(&self) -> &HeaderName {
        &self.0
    }
}

impl FromStr for HeaderKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let others =
            [header::AUTHORIZATION, header::COOKIE, header::HOST, header::CONTENT_TYPE, header::ACCEPT];
        let name = text.parse::<HeaderName>().ok().filter(|name| !others.contains(name));
        name.map(HeaderKey)
            .ok_or_else(|| "is no header for that; write its name, as `x-forwarded-client-cert`".into())
    }
}

impl fmt::Display for HeaderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for HeaderKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for HeaderKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for HeaderKey {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "HeaderKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["x-forwarded-client-cert", "client-cert"] })
    }
}
