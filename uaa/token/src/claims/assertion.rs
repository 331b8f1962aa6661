use super::{Claims, Marks, Members, Registered, Text, Texts, TokenKind};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

/// What a token made by somebody else says: a client's assertion (RFC 7523 section 3), an upstream provider's token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assertion {
    /// Who made it.
    pub iss: String,
    /// Whom it speaks of.
    pub sub: String,
    /// Whom it is for. On the wire one text or a list of them.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Texts<'static>,
    /// From when on it is not good.
    #[serde(deserialize_with = "numeric_date")]
    pub exp: i64,
    /// From when on it is good.
    #[serde(default, deserialize_with = "some_numeric_date")]
    pub nbf: Option<i64>,
    /// When it was made.
    #[serde(default, deserialize_with = "some_numeric_date")]
    pub iat: Option<i64>,
    /// Its own name, to refuse it the second time.
    #[serde(default)]
    pub jti: Option<String>,
    /// Everything else it says.
    #[serde(flatten)]
    pub others: Members,
}

impl Claims for Assertion {
    const KIND: TokenKind = TokenKind::Foreign;

    fn registered(&self) -> Registered<'_> {
        let Assertion { iss, aud, iat, nbf, exp, .. } = self;
        Registered { iss, aud, zid: None, iat: *iat, nbf: *nbf, exp: *exp }
    }

    fn marks(&self) -> Marks<'_> {
        Marks::new(self.jti.as_deref().unwrap_or_default(), None)
    }
}

/// One text stands for a list of one (RFC 7519 section 4.1.3).
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Texts<'static>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(Text<'static>),
        Many(Texts<'static>),
    }
    Either::deserialize(deserializer).map(|either| match either {
        Either::One(one) => vec![one],
        Either::Many(many) => many,
    })
}

/// Seconds, with a fraction where the issuer likes one (RFC 7519 section 2, `NumericDate`): cut off.
pub(super) fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = Number::deserialize(deserializer)?;
    let whole = number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds.floor() as i64));
    whole.ok_or_else(|| D::Error::custom("a time must be a number"))
}

pub(super) fn some_numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    numeric_date(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_spellings_that_others_use() {
        let text = r#"{"iss":"a","sub":"b","aud":"c","exp":12.9,"iat":3,"azp":"d"}"#;
        let one: Assertion = serde_json::from_str(text).unwrap();
        assert_eq!((one.exp, one.iat, one.nbf), (12, Some(3), None));
        assert_eq!(one.aud, ["c"]);
        assert_eq!(one.others["azp"], "d");
        let many: Assertion = serde_json::from_str(&text.replace(r#""c""#, r#"["c","d"]"#)).unwrap();
        assert_eq!(many.aud, ["c", "d"]);
        for wrong in [
            r#"{"iss":"a","sub":"b","aud":"c"}"#,
            &text.replace("12.9", "\"1\""),
            &text.replace(r#""c""#, "7"),
        ] {
            assert!(serde_json::from_str::<Assertion>(wrong).is_err(), "{wrong}");
        }
    }
}
