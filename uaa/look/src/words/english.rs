//! What English needs beyond Fluent.

use fluent_bundle::{FluentArgs, FluentValue};

/// `{ WORDS($count) }`: small numbers as words, as running text has them.
pub(super) fn words<'a>(values: &[FluentValue<'a>], _: &FluentArgs<'_>) -> FluentValue<'a> {
    match values.first() {
        Some(FluentValue::Number(number)) => {
            let word = SMALL.iter().find(|(small, _)| *small == number.value).map(|(_, word)| *word);
            word.map_or_else(|| FluentValue::Number(number.clone()), FluentValue::from)
        }
        _ => FluentValue::Error,
    }
}

const SMALL: [(f64, &str); 12] = [
    (1.0, "one"),
    (2.0, "two"),
    (3.0, "three"),
    (4.0, "four"),
    (5.0, "five"),
    (6.0, "six"),
    (7.0, "seven"),
    (8.0, "eight"),
    (9.0, "nine"),
    (10.0, "ten"),
    (11.0, "eleven"),
    (12.0, "twelve"),
];
