use super::keys::{Key, Shape, keys};
use serde_json::Value;
use std::fmt::Write;

/// The guide for operators: how configuration works, then every key from the schema. `docs/guides/configuration.md`.
pub fn guide() -> String {
    let keys = keys();
    let mut text = include_str!("guide.md").to_owned();
    let top: Vec<_> =
        keys.iter().filter(|k| !k.path.contains('.') && k.shape != Shape::Block).cloned().collect();
    section(&mut text, "Top level", "", &top);
    for block in keys.iter().filter(|k| k.shape == Shape::Block) {
        let inside = |k: &&Key| k.path.rsplit_once('.').is_some_and(|(parent, _)| parent == block.path);
        let inside: Vec<_> =
            keys.iter().filter(inside).filter(|k| k.shape != Shape::Block).cloned().collect();
        section(&mut text, &format!("`{}`", block.path), &block.doc, &inside);
    }
    text
}

fn section(text: &mut String, title: &str, doc: &str, keys: &[Key]) {
    let _ = writeln!(text, "\n## {title}\n");
    if !doc.is_empty() {
        let _ = writeln!(text, "{doc}\n");
    }
    let _ = writeln!(text, "| key | takes | default | variable |\n|---|---|---|---|");
    for key in keys {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | `{}` |",
            key.path,
            takes(key),
            shown(key.default.as_ref()),
            key.variable()
        );
    }
    for key in keys {
        let _ = write!(text, "\n`{}`: {}\n", key.path, key.doc);
    }
}

fn takes(key: &Key) -> String {
    let kind = match key.shape {
        Shape::Block => "block",
        Shape::List => "list",
        Shape::Number => "number",
        Shape::Flag => "`true` or `false`",
        Shape::Text => "text",
    };
    match (key.shape, key.bounds.is_empty()) {
        (_, true) => kind.to_owned(),
        (Shape::Number, false) => format!("{kind}, {}", key.bounds),
        (Shape::Block | Shape::List | Shape::Flag | Shape::Text, false) => key.bounds.clone(),
    }
}

fn shown(default: Option<&Value>) -> String {
    match default {
        None => "none".into(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(Value::Array(items)) if items.is_empty() => "empty".into(),
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).map(|i| format!("`{i}`")).collect::<Vec<_>>().join(", ")
        }
        Some(other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_))) => {
            format!("`{other}`")
        }
    }
}
