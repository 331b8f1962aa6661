//! Files that a reviewer's eye goes over whenever they change.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::inside::Inside;
use tests::{Ended, golden, hallmark};
use uaa_authz::Registry;
use uaa_model::{Barrier, Code, Denied, Fault, Unproved};
use uaa_plugin::Dialect;

#[test]
fn golden_roles() {
    let registry = Registry::new(platform_server::compose::kinds()).expect("kinds and roles fit together");
    golden::hold("roles.txt", &uaa_authz::matrix(&registry));
}

/// What editors complete and check a configuration with.
#[test]
fn golden_config_schema() {
    let said = Ended::of(hallmark().args(["config", "schema"]));
    assert_eq!(said.code, Some(0), "{said:?}");
    golden::hold("config.schema.json", &said.out);
}

/// The document holds to the structure of OpenAPI 3.1, names every operation once and refers to nothing that is not there.
#[tokio::test]
async fn golden_openapi() {
    let inside = Inside::open(true).await;
    let document = uaa_plugin::document(&inside.served.routes, "0.1.0");
    let (mut names, mut faults) = (BTreeSet::new(), vec![]);
    let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    for (path, item) in document["paths"].as_object().expect("paths") {
        let of_path: Vec<&str> =
            path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect();
        for (method, one) in item.as_object().expect("operations") {
            let name = one["operationId"].as_str().expect("a name");
            let fail = |what: &str| format!("{method} {path} ({name}): {what}");
            if !names.insert(name) || !methods.contains(&method.as_str()) {
                faults.push(fail("its name or method"));
            }
            let parameters = one["parameters"].as_array().expect("a list");
            let in_path = parameters.iter().filter(|p| p["in"] == "path" && p["required"] == true);
            if in_path.filter_map(|p| p["name"].as_str()).collect::<Vec<_>>() != of_path {
                faults.push(fail("the parameters of its path"));
            }
            let keys: BTreeSet<_> =
                parameters.iter().map(|p| (p["in"].as_str(), p["name"].as_str())).collect();
            if keys.len() != parameters.len() {
                faults.push(fail("a parameter is there twice"));
            }
            let by_token = one["security"] == json!([{"bearer": []}]);
            if !one["security"].is_array() || !by_token && !one["x-public"].is_string() {
                faults.push(fail("either a token or a reason for none"));
            }
            if ["get", "delete"].contains(&method.as_str()) && !one["requestBody"].is_null() {
                faults.push(fail("a body that means nothing"));
            }
            if !one["responses"]["default"]["content"]["application/json"]["schema"].is_object() {
                faults.push(fail("how it says what went wrong"));
            }
            faults.extend(successes(&one["responses"]).into_iter().map(|what| fail(&what)));
        }
    }
    references(&document, &mut |to| {
        let pointer = to.strip_prefix('#').unwrap_or("/nowhere");
        if document.pointer(pointer).is_none() {
            faults.push(format!("`{to}` refers to nothing"));
        }
    });
    assert_eq!(names.len(), inside.served.routes.len());
    assert!(faults.is_empty(), "{faults:#?}");
    golden::hold("openapi.json", &format!("{document:#}\n"));
}

/// What is wrong with what an operation says of its successes.
fn successes(responses: &Value) -> Vec<String> {
    let all = responses.as_object().expect("responses").iter().filter(|(status, _)| *status != "default");
    let mut wrong: Vec<String> = vec![];
    if all.clone().next().is_none() {
        wrong.push("no success: `Route::answers`".into());
    }
    for (status, response) in all {
        let (content, located) = (&response["content"], response["headers"]["Location"].is_object());
        let fits = match status.as_str() {
            "200" => !located,
            "201" => content.is_object(),
            "202" | "302" => located && content.is_null(),
            "204" | "304" => !located && content.is_null(),
            _ => false,
        };
        if !fits || !response["description"].is_string() {
            wrong.push(format!("its {status}"));
        }
        for (media, said) in content.as_object().into_iter().flatten() {
            said_of(&said["schema"], &format!("{status} {media}"), &mut wrong);
        }
    }
    wrong
}

/// The schema of an answer, which is one that the tests hold answers against: it leaves nothing open by leaving it out.
fn said_of(schema: &Value, at: &str, wrong: &mut Vec<String>) {
    let Some(words) = schema.as_object() else { return wrong.push(format!("{at}: no schema")) };
    if words.keys().any(|word| !WORDS.contains(&word.as_str())) {
        wrong.push(format!("{at}: a word beyond {WORDS:?} in {schema}"));
    }
    if words.get("type").is_some_and(|kind| kind == "object") && !words.contains_key("additionalProperties") {
        wrong.push(format!("{at}: further members"));
    }
    for group in ["properties", "patternProperties"] {
        for (name, part) in schema[group].as_object().into_iter().flatten() {
            said_of(part, &format!("{at}.{name}"), wrong);
        }
    }
    let more = ["items", "additionalProperties"].into_iter().filter_map(|word| words.get(word));
    let ways = schema["anyOf"].as_array().into_iter().flatten();
    for part in more.filter(|part| part.is_object()).chain(ways) {
        said_of(part, at, wrong);
    }
}

/// Of these, and no `title`: that is left where two things have one name.
const WORDS: [&str; 10] = [
    "$ref",
    "type",
    "format",
    "enum",
    "anyOf",
    "items",
    "required",
    "properties",
    "patternProperties",
    "additionalProperties",
];

fn references(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            if let Some(to) = object.get("$ref").and_then(Value::as_str) {
                see(to);
            }
            object.values().for_each(|part| references(part, see));
        }
        Value::Array(parts) => parts.iter().for_each(|part| references(part, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every fault in every dialect: status, name, number, words.
#[test]
fn golden_faults() {
    let mut text = String::from("# fault: dialect status name [number] words\n");
    for (name, fault) in faults() {
        text.push_str(&format!("\n{name}\n"));
        for dialect in [Dialect::Cc, Dialect::Oauth, Dialect::Scim, Dialect::Access] {
            let said = dialect.say(&fault);
            let number = if said.code.number == 0 { String::new() } else { said.code.number.to_string() };
            text.push_str(&format!(
                "  {:6} {} {:30} {number:6} {}\n",
                dialect.name(),
                said.code.status,
                said.code.name,
                said.details.join(" | ")
            ));
        }
    }
    golden::hold("faults.txt", &text);
}

fn faults() -> Vec<(&'static str, Fault)> {
    let denied = |denied| Fault::Denied(denied, "space");
    vec![
        ("denied anonymous", denied(Denied::Anonymous)),
        ("denied unauthenticated", denied(Denied::Unauthenticated)),
        ("denied hidden", denied(Denied::Hidden)),
        ("denied forbidden", denied(Denied::Forbidden)),
        ("denied scope", denied(Denied::Scope)),
        ("denied barred organization suspended", denied(Denied::Barred(Barrier::OrganizationSuspended))),
        ("denied barred space suspended", denied(Denied::Barred(Barrier::SpaceSuspended))),
        ("denied barred deleting", denied(Denied::Barred(Barrier::Deleting))),
        ("lacking", Fault::Lacking("update", "space")),
        ("not found", Fault::NotFound("the text".into())),
        ("method", Fault::Method),
        ("bad query", Fault::BadQuery("the text".into())),
        ("parse", Fault::Parse("the text".into())),
        ("invalid", Fault::Invalid(vec!["one text".into(), "another text".into()])),
        ("unique", Fault::Unique("the text".into())),
        ("conflict", Fault::Conflict("the text".into())),
        ("too large", Fault::TooLarge),
        ("too many", Fault::TooMany(5)),
        ("unavailable", Fault::Unavailable("for the log".into())),
        ("protocol", Fault::protocol(Code { status: 400, name: "its_name", number: 1 }, "the text")),
        (
            "unproved",
            Fault::Unproved(Box::new(Unproved {
                status: 401,
                error: "use_dpop_nonce",
                text: "the text".into(),
                challenge: None,
                nonce: None,
            })),
        ),
        ("retry", Fault::Retry),
        ("internal", Fault::Internal("for the log".into())),
    ]
}
