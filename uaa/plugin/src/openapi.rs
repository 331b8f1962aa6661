//! `openapi.json`: what the routes are, written from the routes, so that it cannot say anything else.

use crate::answers::responses;
use crate::dialect::Dialect;
use crate::input::{Content, Param};
use crate::route::{Proof, Route, Site};
use axum::http::Method;
use serde_json::{Map, Value, json};

/// The document (OpenAPI 3.1) for routes as a bare address serves them: UAA under `/uaa`.
pub fn document(routes: &[Route], version: &str) -> Value {
    let (mut paths, mut schemas) = (Map::new(), errors());
    for route in routes {
        let (path, one) = (path(route), operation(route, &mut schemas));
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[route.method.as_str().to_ascii_lowercase()] = one;
    }
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Hallmark",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": TAGS.map(|(name, text)| json!({"name": name, "description": text})),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    })
}

fn path(route: &Route) -> String {
    match route.site {
        Site::Api => route.path.into(),
        Site::Uaa => format!("/uaa{}", route.path),
    }
}

fn operation(route: &Route, schemas: &mut Map<String, Value>) -> Value {
    let mut one = json!({
        "operationId": route.name,
        "tags": [tag(route)],
        "parameters": parameters(route),
        "responses": responses(&route.answers, &error(route.dialect), schemas),
        "x-need": route.need.to_string(),
    });
    match route.public {
        // None is asked for here; the route says why.
        Some(why) => {
            one["security"] = route.proofs.iter().map(proof).collect();
            one["x-public"] = why.into();
        }
        None => one["security"] = json!([{"bearer": []}]),
    }
    if let Some(Content { media, schema }) = (route.reads)().body.filter(|_| !in_query(route)) {
        let schema = match (route.fields, media) {
            ([], _) => schema,
            (fields, JSON) => members(&fields.concat(), &json!({})),
            (fields, _) => members(&fields.concat(), &json!({"type": "string"})),
        };
        let schema = named(schema, route.name, schemas);
        one["requestBody"] = json!({"required": true, "content": {(media): {"schema": schema}}});
    }
    one
}

fn proof(proof: &Proof) -> Value {
    match proof {
        Proof::Bearer => json!({"bearer": []}),
        Proof::Basic => json!({"basic": []}),
        Proof::Otherwise => json!({}),
    }
}

/// Whether what it reads comes in the query: such a request has no body of any meaning (RFC 9110 section 9.3).
fn in_query(route: &Route) -> bool {
    [Method::GET, Method::DELETE].contains(&route.method)
}

fn members(names: &[&str], each: &Value) -> Value {
    let properties: Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), each.clone())).collect();
    json!({"type": "object", "properties": properties, "additionalProperties": each})
}

/// A body's schema stands under the operation's name; what it is made of goes beside it under that name too, because two
/// bodies may call different things alike.
fn named(schema: Value, operation: &str, schemas: &mut Map<String, Value>) -> Value {
    let prefix = format!("#/components/schemas/{operation}.");
    let mut schema = schema;
    redirect(&mut schema, &prefix);
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
        object.remove("title");
        if let Some(Value::Object(parts)) = object.remove("$defs") {
            schemas.extend(parts.into_iter().map(|(name, part)| (format!("{operation}.{name}"), part)));
        }
    }
    schemas.insert(operation.to_owned(), schema);
    json!({"$ref": format!("#/components/schemas/{operation}")})
}

fn redirect(schema: &mut Value, prefix: &str) {
    match schema {
        Value::Object(object) => {
            for (name, part) in object.iter_mut() {
                match part.as_str().and_then(|to| to.strip_prefix("#/$defs/")) {
                    Some(to) if name == "$ref" => *part = format!("{prefix}{to}").into(),
                    Some(_) | None => redirect(part, prefix),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| redirect(part, prefix)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let of_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_path = of_path
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let fields = route.fields.concat().into_iter().filter(|_| in_query(route));
    let of_query = fields.map(|name| Param { name, required: false }).chain((route.reads)().query);
    let of_query = of_query.map(|Param { name, required }| {
        json!({"name": name, "in": "query", "required": required, "schema": {"type": "string"}})
    });
    of_path.chain(of_query).collect()
}

/// What fails has one form a dialect.
fn error(dialect: Dialect) -> Value {
    json!({"$ref": format!("#/components/schemas/error.{}", dialect.name())})
}

fn tag(route: &Route) -> &'static str {
    match route.dialect {
        Dialect::Cc => "platform",
        Dialect::Oauth => "tokens",
        Dialect::Scim => "identity",
        Dialect::Access => "access",
    }
}

const JSON: &str = "application/json";

const TAGS: [(&str, &str); 4] = [
    ("platform", "Cloud Controller: organizations, spaces, roles and what is in them"),
    ("tokens", "OAuth 2.0 and OpenID Connect"),
    ("identity", "SCIM: users, groups, clients"),
    ("access", "Custom roles, bindings, and questions about them"),
];

/// The errors of each dialect, as [`Dialect::render`] writes them.
fn errors() -> Map<String, Value> {
    let text = json!({"type": "string"});
    let cc = json!({
        "type": "object",
        "required": ["errors"],
        "properties": {"errors": {"type": "array", "items": {
            "type": "object",
            "required": ["code", "title", "detail"],
            "properties": {"code": {"type": "integer"}, "title": text, "detail": text},
        }}},
    });
    let plain = json!({
        "type": "object",
        "required": ["error", "error_description"],
        "properties": {"error": text, "error_description": text},
    });
    let mut scim = plain.clone();
    scim["required"] = json!(["error", "error_description", "message"]);
    scim["properties"]["message"] = text;
    let all =
        [(Dialect::Cc, cc), (Dialect::Oauth, plain.clone()), (Dialect::Scim, scim), (Dialect::Access, plain)];
    all.into_iter().map(|(dialect, schema)| (format!("error.{}", dialect.name()), schema)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_body_stand_under_its_operation() {
        let mut schemas = Map::new();
        let schema = json!({"$schema": "x", "title": "New", "$defs": {"Place": {"$ref": "#/$defs/Id"}, "Id": {}},
            "properties": {"$ref": {"type": "string"}, "place": {"$ref": "#/$defs/Place"}}});
        assert_eq!(named(schema, "thing_create", &mut schemas)["$ref"], "#/components/schemas/thing_create");
        assert_eq!(
            schemas["thing_create"]["properties"]["place"]["$ref"],
            "#/components/schemas/thing_create.Place"
        );
        assert_eq!(schemas["thing_create.Place"]["$ref"], "#/components/schemas/thing_create.Id");
        assert_eq!(schemas["thing_create"]["properties"]["$ref"]["type"], "string");
    }
}
