//! Labels and annotations: rules of their keys and values, and merging.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uaa_model::{Fault, Reply};

/// Labels and annotations of a body; null takes one away.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Metadata {
    labels: BTreeMap<String, Option<String>>,
    annotations: BTreeMap<String, Option<String>>,
}

impl Metadata {
    /// Merged into what is there, as JSON objects for the row.
    pub(crate) fn onto(&self, labels: &str, annotations: &str) -> Reply<(String, String)> {
        for (name, value) in &self.labels {
            key(name).map_err(|why| wrong("label key", &why))?;
            if let Some(value) = value.as_ref().filter(|v| !v.is_empty()) {
                word(value).map_err(|why| wrong("label value", &why))?;
            }
        }
        for (name, value) in &self.annotations {
            key(name).map_err(|why| wrong("annotation key", &why))?;
            if value.as_ref().is_some_and(|v| v.chars().count() > 5000) {
                let why = format!("the value of '{name}' is greater than 5000 characters");
                return Err(wrong("annotation value", &why));
            }
        }
        let (labels, annotations) = (merged(labels, &self.labels), merged(annotations, &self.annotations));
        if labels.len() > 50 {
            return Err(Fault::invalid("Failed to add 1 labels because it would exceed maximum of 50"));
        }
        if annotations.len() > 200 {
            return Err(Fault::invalid("Failed to add 1 annotations because it would exceed maximum of 200"));
        }
        Ok((Value::Object(labels).to_string(), Value::Object(annotations).to_string()))
    }
}

fn wrong(what: &str, why: &str) -> Fault {
    Fault::invalid(format!("Metadata {what} error: {why}"))
}

/// `name` or `prefix/name`, where the prefix is a domain name.
fn key(key: &str) -> Result<(), String> {
    let Some((prefix, name)) = key.split_once('/') else { return word(key) };
    if name.contains('/') {
        return Err("key has more than one '/'".into());
    }
    if prefix.len() > 253 {
        return Err(format!("prefix '{prefix}' is greater than 253 characters"));
    }
    let part = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !prefix.contains('.') || !prefix.split('.').all(part) {
        return Err(format!("prefix '{prefix}' must be in valid dns format"));
    }
    if prefix.eq_ignore_ascii_case("cloudfoundry.org") {
        return Err("prefix 'cloudfoundry.org' is reserved".into());
    }
    word(name)
}

/// 1 to 63 letters, digits and `-_.`, a letter or digit at both ends.
fn word(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("key cannot be empty string".into());
    }
    if text.chars().count() > 63 {
        return Err(format!("'{text}' is greater than 63 characters"));
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err(format!("'{text}' contains invalid characters"));
    }
    if text.starts_with(['-', '_', '.']) || text.ends_with(['-', '_', '.']) {
        return Err(format!("'{text}' starts or ends with invalid characters"));
    }
    Ok(())
}

fn merged(old: &str, new: &BTreeMap<String, Option<String>>) -> Map<String, Value> {
    let mut all: Map<String, Value> = serde_json::from_str(old).unwrap_or_default();
    for (key, value) in new {
        match value {
            Some(value) => drop(all.insert(key.clone(), value.clone().into())),
            None => drop(all.remove(key)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn onto(body: Value, labels: &str) -> Reply<(String, String)> {
        serde_json::from_value::<Metadata>(body).expect("a body").onto(labels, "{}")
    }

    #[test]
    fn null_takes_away_and_the_rest_stays() {
        let body =
            serde_json::json!({"labels": {"a": null, "b": "2"}, "annotations": {"x.y/n": "any thing"}});
        let (labels, annotations) = onto(body, r#"{"a":"1","c":"3"}"#).expect("good");
        assert_eq!(
            (labels.as_str(), annotations.as_str()),
            (r#"{"b":"2","c":"3"}"#, r#"{"x.y/n":"any thing"}"#)
        );
    }

    #[test]
    fn keys_and_values_have_rules() {
        for bad in ["", "-a", "a.", "a b", "a/b", "x.y/a/b", "cloudfoundry.org/a", ".x/a", &"k".repeat(64)] {
            assert!(onto(serde_json::json!({"labels": {bad: "v"}}), "{}").is_err(), "{bad} was taken");
        }
        for bad in ["a b", "-v", &"v".repeat(64)] {
            assert!(onto(serde_json::json!({"labels": {"k": bad}}), "{}").is_err(), "{bad} was taken");
        }
        assert!(onto(serde_json::json!({"labels": {"k": ""}}), "{}").is_ok());
        assert!(onto(serde_json::json!({"annotations": {"k": "v".repeat(5001)}}), "{}").is_err());
    }
}
