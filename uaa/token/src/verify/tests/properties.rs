use super::*;
use proptest::prelude::*;

fn word() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_. \u{e9}\u{4e2d}\"\\\\/<]{0,24}"
}

proptest! {
    #[test]
    fn any_flipped_bit_is_refused(at in any::<prop::sample::Index>(), bit in 0..7_u8) {
        let set = set();
        let mut bytes = set.encoder(JKU).encode(&claims()).unwrap().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let token = String::from_utf8(bytes).unwrap();
        prop_assert!(access(&set, &token).is_err());
    }

    #[test]
    fn what_is_encoded_is_what_is_verified(
        name in word(), user in word(), mail in word(), scopes in prop::collection::vec(word(), 0..12), life in 1..1_000_000_i64,
    ) {
        let set = set();
        let claims = AccessClaims {
            sub: user.clone().into(),
            user_id: Some(user.into()),
            user_name: Some(name.into()),
            email: Some(mail.into()),
            aud: audience("cf", scopes.iter().map(String::as_str)).into_iter().map(|aud| aud.into_owned().into()).collect(),
            scope: scopes.into_iter().map(Into::into).collect(),
            exp: 1_700_000_000 + life,
            ..claims()
        };
        let token = set.encoder(JKU).encode(&claims).unwrap();
        let expect = Expect { audience: &["cf"], ..EXPECT };
        prop_assert_eq!(set.verify::<AccessClaims<'_>>(&token, &expect), Ok(claims));
    }
}
