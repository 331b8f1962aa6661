//! Particles that hang on the sound of the name before them.

use fluent_bundle::{FluentArgs, FluentValue};

/// `{ RO($name) }`: "으로" after a final consonant other than ㄹ, else "로".
pub(super) fn ro<'a>(values: &[FluentValue<'a>], _: &FluentArgs<'_>) -> FluentValue<'a> {
    match values.first() {
        Some(FluentValue::String(name)) => FluentValue::from(match sound(name) {
            Sound::Consonant => "으로",
            Sound::Open | Sound::Rieul => "로",
        }),
        _ => FluentValue::Error,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Sound {
    Open,
    Rieul,
    Consonant,
}

/// How a name ends when it is read aloud. Hangul says so itself; digits are read in Korean; of foreign words only the last
/// letter is known, and most of their endings are read with a vowel (`Desk` as 데스크).
fn sound(name: &str) -> Sound {
    let Some(last) = name.chars().rev().find(|c| c.is_alphanumeric()) else { return Sound::Open };
    match last {
        '가'..='힣' => match (u32::from(last) - u32::from('가')) % 28 {
            0 => Sound::Open,
            8 => Sound::Rieul,
            _ => Sound::Consonant,
        },
        '1' | '7' | '8' | 'l' | 'L' => Sound::Rieul,
        '0' | '3' | '6' | 'm' | 'M' | 'n' | 'N' => Sound::Consonant,
        _ => Sound::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_as_they_are_read() {
        assert_eq!(sound("Payroll Desk"), Sound::Open);
        assert_eq!(sound("한국"), Sound::Consonant);
        assert_eq!(sound("서울"), Sound::Rieul);
        assert_eq!(sound("급여 (3)"), Sound::Consonant);
        assert_eq!(sound("Mail"), Sound::Rieul);
        assert_eq!(sound("!?"), Sound::Open);
    }
}
