use serde_json::Value;

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Further keys.
    Block,
    /// A list of texts.
    List,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Text.
    Text,
}

/// One key of the configuration, as the schema describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// `listen.address`
    pub path: String,
    /// What it takes.
    pub shape: Shape,
    /// What it is for.
    pub doc: String,
    /// The value without it; `None` where there is none or it depends on other keys.
    pub default: Option<Value>,
    /// The values it may have, for people; empty when the text says it all.
    pub bounds: String,
}

impl Key {
    /// The variable that sets it: the path in capitals, `_` for the dot.
    pub fn variable(&self) -> String {
        format!("HALLMARK_{}", self.path.replace('.', "_").to_ascii_uppercase())
    }
}

/// Every key in the order of the documentation, blocks before what is in them.
pub fn keys() -> Vec<Key> {
    let mut found = Vec::new();
    walk(&super::schema(), "", &mut found);
    found
}

fn walk(block: &Value, prefix: &str, found: &mut Vec<Key>) {
    let Some(properties) = block["properties"].as_object() else { return };
    for (name, property) in properties {
        let inner = without_null(property);
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let shape = shape(inner);
        let text = |key: &str| property[key].as_str().or_else(|| inner[key].as_str()).map(unwrapped);
        found.push(Key {
            path: path.clone(),
            shape,
            doc: text("description").unwrap_or_default(),
            default: property.get("default").filter(|v| !v.is_null() && shape != Shape::Block).cloned(),
            bounds: bounds(inner),
        });
        if shape == Shape::Block {
            walk(inner, &path, found);
        }
    }
}

/// An optional key is described as one of two, the other being `null`.
fn without_null(property: &Value) -> &Value {
    let arms = property["anyOf"].as_array();
    arms.and_then(|arms| arms.iter().find(|arm| arm["type"] != "null")).unwrap_or(property)
}

fn shape(property: &Value) -> Shape {
    let is = |name: &str| {
        let kind = &property["type"];
        kind == name || kind.as_array().is_some_and(|kinds| kinds.iter().any(|k| k == name))
    };
    if is("object") {
        Shape::Block
    } else if is("array") {
        Shape::List
    } else if is("integer") {
        Shape::Number
    } else if is("boolean") {
        Shape::Flag
    } else {
        Shape::Text
    }
}

fn bounds(property: &Value) -> String {
    if let (Some(low), Some(high)) = (property["minimum"].as_u64(), property["maximum"].as_u64()) {
        return format!("{low} to {high}");
    }
    let arms = property["oneOf"].as_array().into_iter().flatten();
    let constants = arms.filter_map(|arm| arm["const"].as_str());
    let listed = property["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    constants.chain(listed).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A doc comment is wrapped for the source; here it is one line a paragraph.
fn unwrapped(text: &str) -> String {
    text.split("\n\n").map(|p| p.replace('\n', " ")).collect::<Vec<_>>().join(" ")
}
