//! An application that registers itself.

use super::{Walk, text};
use serde_json::json;

pub(super) async fn walk(walk: &mut Walk) {
    let initial = walk.make("/access/v1/registration-tokens", json!({"description": "for the walk"})).await;
    let initial = initial["token"].as_str().expect("a token").to_owned();
    let mut body =
        json!({"client_name": "Stall", "redirect_uris": ["https://stall.example/cb"], "scope": "openid"});
    let made = walk.at.ask(&initial, "POST", "/oauth/register", Some(body.clone())).await;
    walk.step(&["registration_create"]);
    let (id, held) = (text(&made, "client_id"), text(&made, "registration_access_token"));
    let path = format!("/oauth/register/{id}");
    walk.at.ask(&held, "GET", &path, None).await;
    walk.step(&["registration_show"]);
    body["client_id"] = json!(id);
    body["client_name"] = json!("Market stall");
    walk.at.ask(&held, "PUT", &path, Some(body)).await;
    walk.step(&["registration_replace"]);
    walk.at.ask(&held, "DELETE", &path, None).await;
    walk.step(&["registration_delete"]);
}
