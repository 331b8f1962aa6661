//! A parsed filter as conditions of the store: a fixed table of attributes, and nothing else can be asked for.

use crate::filter::{Filter, Op, Value};
use std::borrow::Cow;
use uaa_model::{Code, Fault, Reply, parse_rfc3339};
use uaa_store::{Cond, Field, TimeOp};

/// An attribute of a filter, in lower case, and its column.
pub(crate) type Attribute = (&'static str, Field);

/// What a filter over users may name.
pub(crate) const USER: &[Attribute] = &[
    ("id", Field::Id("guid")),
    ("username", Field::Folded("username_key")),
    ("email", Field::Text("email")),
    ("emails", Field::Text("email")),
    ("emails.value", Field::Text("email")),
    ("givenname", Field::Text("given_name")),
    ("name.givenname", Field::Text("given_name")),
    ("familyname", Field::Text("family_name")),
    ("name.familyname", Field::Text("family_name")),
    ("origin", Field::Text("origin")),
    ("externalid", Field::Text("external_id")),
    ("active", Field::Bool("active")),
    ("verified", Field::Bool("verified")),
    ("created", Field::Time("created_at")),
    ("meta.created", Field::Time("created_at")),
    ("lastmodified", Field::Time("updated_at")),
    ("meta.lastmodified", Field::Time("updated_at")),
];

/// What a filter over ids may name.
pub(crate) const USER_ID: &[Attribute] = &[
    ("id", Field::Id("guid")),
    ("username", Field::Folded("username_key")),
    ("origin", Field::Text("origin")),
];

/// What a filter over groups may name.
pub(crate) const GROUP: &[Attribute] = &[
    ("id", Field::Id("guid")),
    ("displayname", Field::Folded("name_key")),
    ("created", Field::Time("created_at")),
    ("meta.created", Field::Time("created_at")),
    ("lastmodified", Field::Time("updated_at")),
    ("meta.lastmodified", Field::Time("updated_at")),
];

/// What a filter over clients may name.
pub(crate) const CLIENT: &[Attribute] = &[
    ("client_id", Field::Text("client_id")),
    ("name", Field::Text("name")),
    ("lastmodified", Field::Time("updated_at")),
];

/// The column of an attribute.
pub(crate) fn named(attribute: &str, known: &[Attribute]) -> Reply<Field> {
    let lower = attribute.to_ascii_lowercase();
    let field = known.iter().find(|(name, _)| *name == lower).map(|(_, field)| *field);
    field.ok_or_else(|| refused(format!("Invalid filter attribute: {attribute}")))
}

/// A filter as one condition.
pub(crate) fn cond(filter: &Filter, known: &[Attribute]) -> Reply<Cond> {
    match filter {
        Filter::And(all) => Ok(Cond::All(all.iter().map(|f| cond(f, known)).collect::<Reply<_>>()?)),
        Filter::Or(any) => {
            let any = any.iter().map(|f| cond(f, known)).collect::<Reply<Vec<_>>>()?;
            Ok(Cond::Any(together(any)))
        }
        Filter::Present { attribute } => Ok(Cond::Present(named(attribute, known)?.column())),
        Filter::Compare { attribute, op, value } => compare(named(attribute, known)?, *op, value),
    }
}

/// Whether a filter compares for equality alone: all that `/ids/Users` takes.
pub(crate) fn only_equal(filter: &Filter) -> bool {
    match filter {
        Filter::And(some) | Filter::Or(some) => some.iter().all(only_equal),
        Filter::Compare { op, .. } => *op == Op::Eq,
        Filter::Present { .. } => false,
    }
}

fn compare(field: Field, op: Op, value: &Value) -> Reply<Cond> {
    match field {
        Field::Text(_) | Field::Folded(_) => Ok(text(field, op, words(value))),
        Field::Id(column) if op == Op::Eq => {
            Ok(Cond::Ids(column, words(value).parse().into_iter().collect()))
        }
        Field::Bool(column) if op == Op::Eq => match words(value).as_str() {
            "true" => Ok(Cond::Is(column, true)),
            "false" => Ok(Cond::Is(column, false)),
            _ => Err(refused("Invalid filter value: neither true nor false")),
        },
        Field::Time(column) => time(column, op, &words(value)),
        Field::Id(_) | Field::Bool(_) => {
            Err(refused("Invalid filter operator: this attribute takes eq alone"))
        }
    }
}

fn text(field: Field, op: Op, value: String) -> Cond {
    match op {
        Op::Eq => Cond::In(field, vec![value]),
        Op::Co => Cond::Contains(field, value),
        Op::Sw => Cond::Starts(field, value),
        Op::Gt => Cond::Text(field, TimeOp::Gt, value),
        Op::Ge => Cond::Text(field, TimeOp::Gte, value),
        Op::Lt => Cond::Text(field, TimeOp::Lt, value),
        Op::Le => Cond::Text(field, TimeOp::Lte, value),
    }
}

/// Clients see milliseconds of what is stored in microseconds: a time stands for all microseconds of its millisecond.
fn time(column: &'static str, op: Op, value: &str) -> Reply<Cond> {
    let at = parse_rfc3339(value).ok_or_else(|| refused("Invalid filter value: not a time"))?;
    let from = at - at.rem_euclid(MILLI);
    let next = from.saturating_add(MILLI);
    Ok(match op {
        Op::Eq => {
            Cond::All(vec![Cond::Time(column, TimeOp::Gte, from), Cond::Time(column, TimeOp::Lt, next)])
        }
        Op::Gt => Cond::Time(column, TimeOp::Gte, next),
        Op::Ge => Cond::Time(column, TimeOp::Gte, from),
        Op::Lt => Cond::Time(column, TimeOp::Lt, from),
        Op::Le => Cond::Time(column, TimeOp::Lt, next),
        Op::Co | Op::Sw => return Err(refused("Invalid filter operator: a time has no parts")),
    })
}

/// The value as it was written; quoted or not is all the same, as in UAA.
fn words(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
    }
}

/// Many ids or names joined by `or`, as the Cloud Controller asks for them, become one `IN`.
fn together(conds: Vec<Cond>) -> Vec<Cond> {
    let mut merged: Vec<Cond> = Vec::with_capacity(conds.len());
    for cond in conds {
        let rest = match cond {
            Cond::Ids(column, ids) => {
                let same = merged.iter_mut().find_map(|m| match m {
                    Cond::Ids(c, all) if *c == column => Some(all),
                    _ => None,
                });
                match same {
                    Some(all) => {
                        all.extend(ids);
                        None
                    }
                    None => Some(Cond::Ids(column, ids)),
                }
            }
            Cond::In(field, texts) => {
                let same = merged.iter_mut().find_map(|m| match m {
                    Cond::In(f, all) if *f == field => Some(all),
                    _ => None,
                });
                match same {
                    Some(all) => {
                        all.extend(texts);
                        None
                    }
                    None => Some(Cond::In(field, texts)),
                }
            }
            other => Some(other),
        };
        merged.extend(rest);
    }
    merged
}

/// A filter or query parameter that this list does not take.
pub(crate) fn refused(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "scim"), text)
}

const MILLI: i64 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        format!("{:?}", cond(&Filter::parse(text).unwrap(), USER).unwrap())
    }

    #[test]
    fn each_attribute_has_its_column() {
        assert_eq!(
            shown(r#"userName eq "Ada" and origin eq "uaa""#),
            r#"All([In(Folded("username_key"), ["Ada"]), In(Text("origin"), ["uaa"])])"#
        );
        assert_eq!(shown(r#"emails.value co "x""#), r#"Contains(Text("email"), "x")"#);
        assert_eq!(shown("active eq true"), r#"Is("active", true)"#);
        assert_eq!(shown("externalId pr"), r#"Present("external_id")"#);
        let after = r#"meta.created gt "1970-01-01T00:00:00.001Z""#;
        assert_eq!(shown(after), r#"Time("created_at", Gte, 2000)"#);
    }

    #[test]
    fn joined_equalities_are_one_set() {
        let one = "00000000-0000-0000-0000-000000000001";
        let two = "00000000-0000-0000-0000-000000000002";
        let some = shown(&format!(r#"id eq "{one}" or id eq "{two}" or id eq "none" or userName eq "a""#));
        assert_eq!(some, format!(r#"Any([Ids("guid", [{one}, {two}]), In(Folded("username_key"), ["a"])])"#));
    }

    #[test]
    fn nothing_else_can_be_asked_for() {
        for text in [
            r#"password eq "x""#,
            "password pr",
            r#"guid eq "x""#,
            r#"id co "0""#,
            r#"active eq "maybe""#,
            r#"meta.created gt "yesterday""#,
        ] {
            let refused = cond(&Filter::parse(text).unwrap(), USER);
            assert!(matches!(refused, Err(Fault::Protocol(code, ..)) if code.name == "scim"), "{text}");
        }
        assert!(!only_equal(&Filter::parse(r#"userName sw "a""#).unwrap()));
    }
}
