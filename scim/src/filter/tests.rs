use super::*;
use proptest::prelude::*;

fn compare(attribute: &str, op: Op, value: Value) -> Filter {
    Filter::Compare { attribute: attribute.into(), op, value }
}

fn text(attribute: &str, op: Op, value: &str) -> Filter {
    compare(attribute, op, Value::Text(value.into()))
}

fn present(attribute: &str) -> Filter {
    Filter::Present { attribute: attribute.into() }
}

#[test]
fn what_clients_send_today() {
    let cases = [
        ("id pr", present("id")),
        (r#"userName eq "marissa""#, text("username", Op::Eq, "marissa")),
        (r#"  USERNAME   EQ  "Joe"  "#, text("username", Op::Eq, "Joe")),
        ("userName eq 'joe'", text("username", Op::Eq, "joe")),
        (r#"username eq "marissa'@test.org""#, text("username", Op::Eq, "marissa'@test.org")),
        (r#"displayName sw "scim.""#, text("displayname", Op::Sw, "scim.")),
        ("emails.value co '.com'", text("emails.value", Op::Co, ".com")),
        (
            r#"meta.created gt "1970-01-01T00:00:00.000Z""#,
            text("meta.created", Op::Gt, "1970-01-01T00:00:00.000Z"),
        ),
        ("active eq TRUE", compare("active", Op::Eq, Value::Boolean(true))),
        ("meta.VerSion ge 1000000", compare("meta.version", Op::Ge, Value::Integer(1_000_000))),
        ("Version le 1000000.45", compare("version", Op::Le, Value::Decimal(1_000_000.45))),
        ("version lt -1e3", compare("version", Op::Lt, Value::Decimal(-1000.0))),
        (
            r#"urn:scim:schemas:core:1.0:name.familyName co "O'Neil""#,
            text("name.familyname", Op::Co, "O'Neil"),
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(Filter::parse(filter), Ok(expected), "{filter}");
    }
}

#[test]
fn and_binds_closer_than_or_and_both_are_flat() {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(present);
    let or = |list: &[&Filter]| Filter::Or(list.iter().map(|f| (*f).clone()).collect());
    let and = |list: &[&Filter]| Filter::And(list.iter().map(|f| (*f).clone()).collect());
    let parse = |text| Filter::parse(text).unwrap();
    assert_eq!(parse("a pr or b pr and c pr"), or(&[&a, &and(&[&b, &c])]));
    assert_eq!(parse("(a pr or b pr) AND c pr"), and(&[&or(&[&a, &b]), &c]));
    assert_eq!(parse("a pr and (b pr and (c pr and d pr))"), and(&[&a, &b, &c, &d]));
    assert_eq!(parse("(a pr or b pr)or((c pr))"), or(&[&a, &b, &c]));
    assert_eq!(parse(r#"a pr and (b pr or c pr)"#).to_string(), "a pr and (b pr or c pr)");
    assert_eq!(parse(r#"a eq "x"and b pr"#), and(&[&text("a", Op::Eq, "x"), &b]));
}

#[test]
fn escapes_are_those_of_json() {
    let read = |quoted: &str| match Filter::parse(&format!("a eq {quoted}")) {
        Ok(Filter::Compare { value: Value::Text(text), .. }) => Some(text),
        _ => None,
    };
    assert_eq!(read(r#""\"\\\/\b\f\n\r\t\'""#).unwrap(), "\"\\/\u{8}\u{c}\n\r\t'");
    assert_eq!(read(r#""\u00e9\ud83d\ude00é""#).unwrap(), "é😀é");
    assert_eq!(read(r#"'say "it\'s"'"#).unwrap(), "say \"it's\"");
    assert_eq!(read(r#""%_) or (id pr""#).unwrap(), "%_) or (id pr");
    for bad in
        [r#""\x""#, r#""\u12""#, r#""\u+123""#, r#""\ud83d""#, r#""\ude00""#, r#""\ud83dA""#, r#""\u0000""#]
    {
        assert_eq!(read(bad), None, "{bad}");
    }
    assert_eq!(read("\"a\0b\""), None);
}

#[test]
fn what_is_refused() {
    let cases = [
        "",
        "   ",
        "userName",
        "userName eq",
        "eq \"x\"",
        "userName eq joe",
        "userName eq null",
        "userName eq NaN",
        "userName eq inf",
        "userName eq 1e999",
        "userName eq +-1",
        "userName is \"x\"",
        "userName ne \"x\"",
        "userName ew \"x\"",
        "not (a pr)",
        "not a pr",
        "a pr and not (b pr)",
        "a pr and",
        "or a pr",
        "a pr b pr",
        "a pr, b pr",
        "(a pr",
        "a pr)",
        "()",
        "a pr and ()",
        "a eq \"x",
        "a eq 'x\"",
        "a eq \"x\" y",
        "a.b.c pr",
        ".a pr",
        "a. pr",
        "1a pr",
        "a:b pr",
        "urn: pr",
        "urn:x: pr",
        "pass;word pr",
        "a\tpr",
        "a eq(1)x",
        "ä pr",
        "<svg onload=alert(document.domain)>",
        "emails[type eq \"work\"] pr",
        "and pr",
        "not pr",
    ];
    for filter in cases {
        assert!(Filter::parse(filter).is_err(), "{filter}");
    }
    let unreadable = Filter::parse("userName ne \"x\"").unwrap_err();
    assert_eq!(unreadable.to_string(), "expected one of eq, co, sw, pr, gt, ge, lt, le at position 9");
}

#[test]
fn limits_hold_at_their_edge() {
    let nested = |n: usize| format!("{}a pr{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(Filter::parse(&nested(Filter::DEEPEST)), Ok(present("a")));
    assert!(Filter::parse(&nested(Filter::DEEPEST + 1)).is_err());
    assert!(Filter::parse(&"(".repeat(Filter::LONGEST)).is_err());

    let many = |n: usize| vec!["a pr"; n].join(" or ");
    assert!(matches!(Filter::parse(&many(Filter::MOST)), Ok(Filter::Or(list)) if list.len() == Filter::MOST));
    assert!(Filter::parse(&many(Filter::MOST + 1)).is_err());

    let long = |n: usize| format!("a eq \"{}\"", "x".repeat(n - 7));
    assert!(Filter::parse(&long(Filter::LONGEST)).is_ok());
    assert!(Filter::parse(&long(Filter::LONGEST + 1)).is_err());
}

#[test]
fn the_answer_is_the_one_of_uaa() {
    let Fault::Protocol(code, answer, _) = Filter::invalid("<svg onload='x'> & \"y\"", Some("created"))
    else {
        panic!("another fault")
    };
    assert_eq!((code.status, code.name), (400, "scim"));
    assert_eq!(
        answer,
        "Invalid filter expression: [&lt;svg onload=&#39;x&#39;&gt; &amp; &quot;y&quot;] [created]"
    );
    assert_eq!(
        Filter::invalid("displayName cr x", None),
        Fault::protocol(Code::new(400, "scim"), "Invalid filter expression: [displayName cr x]")
    );
    let Fault::Protocol(_, answer, _) = Filter::invalid(&"é".repeat(9000), None) else {
        panic!("another fault")
    };
    assert!(answer.len() < Filter::LONGEST + 100);
}

#[test]
fn attributes_are_listed_for_the_caller_to_check() {
    let filter = Filter::parse("a pr and (B.c eq 1 or a lt 2)").unwrap();
    assert_eq!(filter.attributes(), ["a", "b.c", "a"]);
}

fn trees() -> impl Strategy<Value = Filter> {
    let name = "[a-z][a-z0-9_-]{0,8}(\\.[a-z][a-z0-9_]{0,8})?"
        .prop_filter("a keyword", |name| !["and", "or", "not"].contains(&name.as_str()));
    let op = prop::sample::select(vec![Op::Eq, Op::Co, Op::Sw, Op::Gt, Op::Ge, Op::Lt, Op::Le]);
    let value = prop_oneof![
        any::<String>().prop_map(|text| Value::Text(text.replace('\0', ""))),
        any::<i64>().prop_map(Value::Integer),
        (prop::num::f64::NORMAL | prop::num::f64::ZERO).prop_map(Value::Decimal),
        any::<bool>().prop_map(Value::Boolean),
    ];
    let leaf = prop_oneof![
        name.clone().prop_map(|attribute| Filter::Present { attribute }),
        (name, op, value).prop_map(|(attribute, op, value)| Filter::Compare { attribute, op, value }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        (any::<bool>(), prop::collection::vec(inner, 2..4)).prop_map(|(all, list)| canonical(all, list))
    })
}

fn canonical(all: bool, list: Vec<Filter>) -> Filter {
    let flat = list.into_iter().flat_map(|inner| match (all, inner) {
        (true, Filter::And(list)) | (false, Filter::Or(list)) => list,
        (_, other) => vec![other],
    });
    if all { Filter::And(flat.collect()) } else { Filter::Or(flat.collect()) }
}

proptest! {
    #[test]
    fn written_and_read_again_it_is_the_same(filter in trees()) {
        let written = filter.to_string();
        prop_assume!(written.len() <= Filter::LONGEST);
        prop_assert_eq!(Filter::parse(&written), Ok(filter));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzz_filter(&bytes);
    }

    #[test]
    fn so_is_anything_that_looks_like_a_filter(
        words in prop::collection::vec(prop::sample::select(vec![
            "a", "urn:x:B.c", "eq", "PR", "and", "or", "not", "(", ")", "\"", "'", "\\", "\\u00e9", "\\ud83d", "x",
            " ", " ", "1", "-1.5e3", "true", "é", ".", ":",
        ]), 0..40)
    ) {
        fuzz_filter(words.concat().as_bytes());
        fuzz_filter(words.join(" ").as_bytes());
    }
}
