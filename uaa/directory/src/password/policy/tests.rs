use super::*;
use uaa_model::parse_rfc3339;

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn strict() -> PasswordPolicy {
    PasswordPolicy {
        rules: Rules {
            min_length: 10,
            max_length: 23,
            require_upper_case_character: 1,
            require_lower_case_character: 1,
            require_digit: 1,
            require_special_character: 2,
        },
        ..PasswordPolicy::LENIENT
    }
}

fn texts(policy: &PasswordPolicy, password: &str) -> Vec<String> {
    policy.check(&secret(password)).map_or_else(|violations| violations.texts().to_vec(), |()| vec![])
}

#[test]
fn each_rule_has_its_sentence() {
    assert_eq!(texts(&strict(), "Password2&!"), [""; 0]);
    let cases = [
        ("Pas1&!", "Password must be at least 10 characters in length."),
        ("aA9&!aaaaaaaaaaaaaaaaaaa", "Password must be no more than 23 characters in length."),
        ("password2&!", "Password must contain at least 1 uppercase characters."),
        ("PASSWORD2&!", "Password must contain at least 1 lowercase characters."),
        ("Password&!!", "Password must contain at least 1 digit characters."),
        ("Password2& ", "Password must contain at least 2 special characters."),
    ];
    for (password, sentence) in cases {
        assert_eq!(texts(&strict(), password), [sentence]);
    }
}

#[test]
fn several_sentences_are_joined_in_alphabetical_order() {
    let violations = strict().check(&secret("")).unwrap_err();
    assert_eq!(violations.texts().len(), 5);
    assert_eq!(
        violations.to_string(),
        "Password must be at least 10 characters in length. \
         Password must contain at least 1 digit characters. \
         Password must contain at least 1 lowercase characters. \
         Password must contain at least 1 uppercase characters. \
         Password must contain at least 2 special characters."
    );
    assert_eq!(violations.into_texts()[0], "Password must be at least 10 characters in length.");
}

#[test]
fn an_empty_password_is_never_good_enough_and_an_empty_secret_always() {
    for policy in [PasswordPolicy::LENIENT, PasswordPolicy::default()] {
        assert_eq!(texts(&policy, ""), ["Password must be at least 1 characters in length."]);
        assert_eq!(texts(&policy, " "), [""; 0]);
    }
    let policy = ClientSecretPolicy { rules: strict().rules, expire_secret_in_months: 0 };
    assert_eq!(policy.check(&secret("")), Ok(()));
    assert_eq!(policy.check(&secret("  ")), Ok(()));
    let violations = policy.check(&secret("Secret1$")).unwrap_err().to_string();
    assert_eq!(
        violations,
        "Client Secret must be at least 10 characters in length. \
         Client Secret must contain at least 2 special characters."
    );
}

#[test]
fn lengths_count_utf16_units_and_specials_are_a_list() {
    let rules = Rules { max_length: 2, ..Rules::LENIENT };
    let policy = PasswordPolicy { rules, ..PasswordPolicy::LENIENT };
    assert_eq!(texts(&policy, "😀"), [""; 0]);
    assert_eq!(texts(&policy, "éé"), [""; 0]);
    assert_eq!(texts(&policy, "😀x").len(), 1);
    for c in ['!', '~', '\\', '€', '×', '¡', '—', '⁄'] {
        assert!(is_special(&c), "{c}");
    }
    for c in [' ', '\u{7f}', '\u{a0}', 'é', '\u{2016}', '\u{20bf}', '😀', 'a', '0', '\0'] {
        assert!(!is_special(&c), "{c}");
    }
}

#[test]
fn months_are_those_of_the_calendar() {
    let at = |text| parse_rfc3339(text).unwrap();
    let policy = PasswordPolicy { expire_password_in_months: 1, ..PasswordPolicy::LENIENT };
    let changed = at("2026-01-31T12:00:00Z");
    assert!(!policy.expired(changed, at("2026-02-28T12:00:00Z")));
    assert!(policy.expired(changed, at("2026-02-28T12:00:01Z")));
    let secrets = ClientSecretPolicy { expire_secret_in_months: 14, ..ClientSecretPolicy::LENIENT };
    assert!(!secrets.expired(changed, at("2027-03-31T12:00:00Z")));
    assert!(secrets.expired(changed, at("2027-03-31T12:00:01Z")));
    for never in [0, -1, i32::MAX] {
        let policy = PasswordPolicy { expire_password_in_months: never, ..PasswordPolicy::LENIENT };
        assert!(!policy.expired(changed, at("9999-01-01T00:00:00Z")));
    }
    let newer_than = at("2026-06-01T00:00:00Z") / 1000;
    let policy = PasswordPolicy { password_newer_than: Some(newer_than), ..PasswordPolicy::LENIENT };
    assert!(policy.expired(newer_than * 1000 - 1, 0));
    assert!(!policy.expired(newer_than * 1000, 0));
}

#[test]
fn json_is_the_one_of_uaa() {
    let policy: PasswordPolicy =
        serde_json::from_str(r#"{"minLength":8,"maxLength":255,"expirePasswordInMonths":6,"unknown":1}"#)
            .unwrap();
    assert_eq!((policy.rules.min_length, policy.expire_password_in_months), (8, 6));
    assert!(!policy.is_set());
    assert!(PasswordPolicy::LENIENT.is_set() && ClientSecretPolicy::LENIENT.is_set());
    assert_eq!(
        serde_json::to_value(ClientSecretPolicy::default()).unwrap(),
        serde_json::json!({
            "minLength": -1, "maxLength": -1, "requireUpperCaseCharacter": -1, "requireLowerCaseCharacter": -1,
            "requireDigit": -1, "requireSpecialCharacter": -1, "expireSecretInMonths": -1
        })
    );
}

#[test]
fn a_zone_without_a_policy_has_the_one_of_the_installation() {
    let own = ClientSecretPolicy { rules: strict().rules, expire_secret_in_months: 3 };
    assert_eq!(own.or(ClientSecretPolicy::LENIENT), own);
    assert_eq!(ClientSecretPolicy::default().or(own), own);
}
