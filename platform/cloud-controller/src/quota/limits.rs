//! The limits of a quota: names, bounds, merging, in the field's form `{"apps": {"total_instances": 5}, …}`.

use crate::body::capital;
use serde_json::{Map, Value};
use uaa_model::{Fault, Reply};
use uaa_plugin::shape::{FLAG, NUMBER, Shape, object};

/// The limits of a body merged into those that are there, as JSON for the row. What is not named stays as it is, null takes a
/// limit away; every mistake is named.
pub(super) fn merged(old: &str, groups: &Map<String, Value>, known: &[&str]) -> Reply<String> {
    let mut all: Map<String, Value> = serde_json::from_str(old).unwrap_or_default();
    let mut wrong = vec![];
    for (group, given) in groups {
        if !known.contains(&group.as_str()) {
            wrong.push(format!("Unknown field(s): '{group}'"));
            continue;
        }
        let Some(given) = given.as_object() else {
            wrong.push(format!("{} must be an object", capital(group)));
            continue;
        };
        let limits = all.entry(group).or_insert_with(|| Map::new().into());
        for (name, value) in given {
            match checked(group, name, value) {
                Err(why) => wrong.push(format!("{} {why}", capital(group))),
                Ok(()) => limits[name] = value.clone(),
            }
        }
    }
    let number = |name: &str| all.get("routes").and_then(|r| r.get(name)).and_then(Value::as_i64);
    if let (Some(ports), Some(routes)) = (number("total_reserved_ports"), number("total_routes"))
        && ports > routes
    {
        wrong.push(
            "Total reserved ports must be -1, 0, or a positive integer, and must be less than or equal to total routes."
                .into(),
        );
    }
    if wrong.is_empty() {
        Ok(Value::Object(all).to_string())
    } else {
        Err(Fault::Invalid(wrong.into_iter().map(Into::into).collect()))
    }
}

/// A group of limits as it is shown, with every limit by name: null is no limit.
pub(super) fn shown(limits: &str, group: &str) -> Value {
    let all: Value = serde_json::from_str(limits).unwrap_or_default();
    let shown = |limit: &Limit| {
        let value = all[group][limit.name].clone();
        let value = if value.is_null() && limit.most.is_none() { true.into() } else { value };
        (limit.name.to_owned(), value)
    };
    LIMITS.iter().filter(|l| l.group == group).map(shown).collect::<Map<_, _>>().into()
}

/// What [`shown`] looks like.
pub(super) fn look(group: &str) -> Shape {
    let look = |limit: &Limit| (limit.name, limit.most.map_or(FLAG, |_| NUMBER.or_null()));
    object(LIMITS.iter().filter(|l| l.group == group).map(look))
}

fn checked(group: &str, name: &str, value: &Value) -> Result<(), String> {
    let known = LIMITS.iter().find(|l| l.group == group && l.name == name);
    let limit = known.ok_or_else(|| format!("Unknown field(s): '{name}'"))?;
    let wrong = |why: &str| Err(format!("{} {why}", capital(name)));
    match (limit.most, value) {
        (_, Value::Null) | (None, Value::Bool(_)) => Ok(()),
        (None, _) => wrong("must be a boolean"),
        (Some(most), Value::Number(number)) => match number.as_i64() {
            Some(n) if n < 0 => wrong("must be greater than or equal to 0"),
            Some(n) if n <= most => Ok(()),
            Some(_) => wrong(&format!("must be less than or equal to {most}")),
            None if number.is_u64() => wrong(&format!("must be less than or equal to {most}")),
            None => wrong("must be an integer"),
        },
        (Some(_), _) => wrong("is not a number"),
    }
}

/// One limit: a number of at most so many, or, without it, whether something is allowed.
struct Limit {
    group: &'static str,
    name: &'static str,
    most: Option<i64>,
}

const fn limit(group: &'static str, name: &'static str, most: i64) -> Limit {
    Limit { group, name, most: Some(most) }
}

const INT: i64 = i32::MAX as i64;

const LIMITS: &[Limit] = &[
    limit("apps", "total_memory_in_mb", INT),
    limit("apps", "per_process_memory_in_mb", INT),
    limit("apps", "total_instances", INT),
    limit("apps", "per_app_tasks", INT),
    limit("apps", "log_rate_limit_in_bytes_per_second", i64::MAX),
    Limit { group: "services", name: "paid_services_allowed", most: None },
    limit("services", "total_service_instances", INT),
    limit("services", "total_service_keys", INT),
    limit("routes", "total_routes", INT),
    limit("routes", "total_reserved_ports", INT),
    limit("domains", "total_domains", INT),
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_given_replaces_and_the_rest_stays() {
        let apps = json!({"total_memory_in_mb": null, "total_instances": 3});
        let groups = Map::from_iter([("apps".to_owned(), apps)]);
        let old = r#"{"apps":{"total_memory_in_mb":1,"per_app_tasks":2}}"#;
        let new = merged(old, &groups, &["apps"]).expect("good");
        let apps = shown(&new, "apps");
        assert_eq!(apps["total_memory_in_mb"], Value::Null);
        assert_eq!((&apps["total_instances"], &apps["per_app_tasks"]), (&json!(3), &json!(2)));
        assert_eq!(apps["log_rate_limit_in_bytes_per_second"], Value::Null);
        assert_eq!(shown(&new, "services")["paid_services_allowed"], true);
    }

    #[test]
    fn every_mistake_is_named() {
        for (group, given, text) in [
            ("domains", json!({}), "Unknown field(s): 'domains'"),
            ("apps", json!(1), "Apps must be an object"),
            ("apps", json!({"x": 1}), "Apps Unknown field(s): 'x'"),
            (
                "apps",
                json!({"total_instances": -1}),
                "Apps Total instances must be greater than or equal to 0",
            ),
            ("apps", json!({"total_instances": 1.5}), "Apps Total instances must be an integer"),
            ("apps", json!({"total_instances": "a"}), "Apps Total instances is not a number"),
            (
                "routes",
                json!({"total_routes": 2_147_483_648_u32}),
                "Routes Total routes must be less than or equal to 2147483647",
            ),
            (
                "services",
                json!({"paid_services_allowed": 1}),
                "Services Paid services allowed must be a boolean",
            ),
            (
                "routes",
                json!({"total_routes": 1, "total_reserved_ports": 2}),
                "Total reserved ports must be -1, 0, or a positive integer, and must be less than or equal to total routes.",
            ),
        ] {
            let groups = Map::from_iter([(group.to_owned(), given)]);
            let fault = merged("{}", &groups, &["apps", "services", "routes"]);
            assert_eq!(fault, Err(Fault::invalid(text)));
        }
    }
}
