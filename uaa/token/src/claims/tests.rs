use super::*;
use serde_json::json;

fn names(claims: &impl Serialize) -> Vec<String> {
    let mut names: Vec<String> =
        serde_json::to_value(claims).unwrap().as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

#[test]
fn audience_is_client_and_resources() {
    let scopes =
        ["cloud_controller.read", "cloud_controller.write", "openid", "zones.a.clients.read", "cf.x"];
    assert_eq!(audience("cf", scopes), ["cf", "cloud_controller", "openid", "zones.a.clients"]);
    assert_eq!(audience("only", []), ["only"]);
}

#[test]
fn seconds_are_cut_downwards() {
    assert_eq!(epoch_seconds(1_999_999), 1);
    assert_eq!(epoch_seconds(-1), -1);
}

#[test]
fn a_users_token_has_uaas_members() {
    let claims = AccessClaims {
        user_id: Some("u".into()),
        origin: Some("uaa".into()),
        user_name: Some("marissa".into()),
        email: Some("marissa@test.org".into()),
        auth_time: Some(1),
        ..AccessClaims::default()
    };
    let wanted = [
        "aud",
        "auth_time",
        "azp",
        "cid",
        "client_id",
        "email",
        "exp",
        "grant_type",
        "iat",
        "iss",
        "jti",
        "origin",
        "rev_sig",
        "scope",
        "sub",
        "user_id",
        "user_name",
        "zid",
    ];
    assert_eq!(names(&claims), wanted);
}

#[test]
fn a_clients_token_has_uaas_members() {
    let claims = AccessClaims { authorities: vec!["uaa.none".into()], ..AccessClaims::default() };
    let wanted = [
        "aud",
        "authorities",
        "azp",
        "cid",
        "client_id",
        "exp",
        "grant_type",
        "iat",
        "iss",
        "jti",
        "rev_sig",
        "scope",
        "sub",
        "zid",
    ];
    assert_eq!(names(&claims), wanted);
}

#[test]
fn optional_members_stand_where_uaa_has_them() {
    let claims = AccessClaims {
        revocable: Some(true),
        az_attr: json!({"external_group": "g"}).as_object().cloned(),
        nonce: Some("n".into()),
        client_auth_method: Some("none".into()),
        amr: vec!["pwd".into()],
        acr: Some(Acr { values: vec!["urn:x".into()] }),
        ..AccessClaims::default()
    };
    let value = serde_json::to_value(&claims).unwrap();
    assert_eq!(value["revocable"], true);
    assert_eq!(value["az_attr"]["external_group"], "g");
    assert_eq!(value["acr"], json!("urn:x"));
    assert_eq!(value["amr"], json!(["pwd"]));
    assert_eq!(value["client_auth_method"], "none");
}

#[test]
fn one_class_is_a_text_and_uaas_object_is_read() {
    let read = |value: Value| serde_json::from_value::<Acr<'static>>(value).unwrap();
    for (wire, values) in [(json!("a"), vec!["a"]), (json!({"values": ["a", "b"]}), vec!["a", "b"])] {
        let acr = read(wire.clone());
        assert_eq!(acr.values, values);
        assert_eq!(serde_json::to_value(&acr).unwrap(), wire);
    }
    assert_eq!(read(json!({"values": ["a"]})), read(json!("a")));
}

#[test]
fn refresh_and_id_tokens_have_uaas_members() {
    let refresh = names(&RefreshClaims::default());
    assert!(refresh.contains(&"granted_scopes".to_owned()) && !refresh.contains(&"scope".to_owned()));
    let id = serde_json::to_value(IdClaims { scope: vec!["openid".into()], ..IdClaims::default() }).unwrap();
    assert_eq!(id["typ"], "ID");
    assert_eq!(id["scope"], json!(["openid"]));
}

#[test]
fn kinds_are_told_by_their_marks() {
    let kind = |header, jti, typ| TokenKind::of(header, &Marks::new(jti, typ));
    assert_eq!(kind(Some("JWT"), "a", None), TokenKind::Access);
    assert_eq!(kind(None, "a", Some("")), TokenKind::Access);
    assert_eq!(kind(Some("jwt"), "a-r", None), TokenKind::Refresh);
    assert_eq!(kind(Some("JWT"), "a", Some("ID")), TokenKind::Id);
    assert_eq!(kind(Some("JWT"), "a", Some("at+jwt")), TokenKind::Foreign);
    assert_eq!(kind(Some("logout+jwt"), "a", None), TokenKind::Foreign);
    assert!(TokenKind::Foreign.takes(TokenKind::Access) && !TokenKind::Access.takes(TokenKind::Foreign));
}
