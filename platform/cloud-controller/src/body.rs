//! What bodies have in common: relationships, metadata, names.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uaa_model::{Fault, Id, Reply};

/// `{"data": {"guid": …}}`.
#[derive(Debug, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(crate) struct One<K> {
    pub(crate) data: Guid<K>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(crate) struct Guid<K> {
    pub(crate) guid: Id<K>,
}

/// Labels and annotations; null takes one away.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Metadata {
    labels: BTreeMap<String, Option<String>>,
    annotations: BTreeMap<String, Option<String>>,
}

impl Metadata {
    /// Merged into what is there, as JSON objects for the row.
    pub(crate) fn onto(&self, labels: &str, annotations: &str) -> Reply<(String, String)> {
        for (key, value) in &self.labels {
            let name = key.rsplit_once('/').map_or(key.as_str(), |(_, name)| name);
            let letters = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            if name.is_empty() || name.len() > 63 || key.len() > 320 || !letters(name) {
                return Err(Fault::invalid(format!(
                    "Metadata label key error: '{key}' contains invalid characters or is too long"
                )));
            }
            if value.as_ref().is_some_and(|v| v.len() > 63 || !letters(v)) {
                return Err(Fault::invalid(format!(
                    "Metadata label value error: the value of '{key}' contains invalid characters or is too long"
                )));
            }
        }
        if self.annotations.values().flatten().any(|v| v.len() > 5000) {
            return Err(Fault::invalid(
                "Metadata annotation value error: a value is greater than 5000 characters",
            ));
        }
        let (labels, annotations) = (merged(labels, &self.labels), merged(annotations, &self.annotations));
        if labels.len() > 50 || annotations.len() > 200 {
            return Err(Fault::invalid("Metadata error: at most 50 labels and 200 annotations"));
        }
        Ok((Value::Object(labels).to_string(), Value::Object(annotations).to_string()))
    }
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

/// A name of 1 to 255 printable characters.
pub(crate) fn name(text: &str) -> Reply<()> {
    if text.trim().is_empty() {
        return Err(Fault::invalid("Name can't be blank"));
    }
    if text.chars().count() > 255 {
        return Err(Fault::invalid("Name is too long (maximum is 255 characters)"));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::invalid("Name must not contain control characters"));
    }
    Ok(())
}
