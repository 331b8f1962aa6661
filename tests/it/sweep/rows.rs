//! How each route is asked. A route without a row fails the build.
//!
//! `{kind}` in a path or body is what the thing of that kind is called on the wire in the branch that is asked about, `{me}` who
//! asks, `{somebody}` a user that has nothing to do with it.

mod bodies;

use bodies::{
    MANY_OF_MINE, MANY_OF_OTHERS, NEW_CLIENT, NEW_CLIENTS, NEW_PROVIDER, NEW_ROLE, NEW_USER, OLD_CLIENTS,
    OLD_PROVIDER, ONE_OF_MINE, ONE_OF_OTHERS,
};

/// One way to ask a route.
pub(crate) struct Probe {
    /// What it needs, in the words of `routes.txt`: one of the route's alternatives, or several of which one will do.
    pub(crate) need: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: Option<&'static str>,
    /// Whether it succeeds for somebody who may do everything, so that its statements can be counted.
    pub(crate) succeeds: bool,
}

const fn get(need: &'static str, path: &'static str) -> Probe {
    Probe { need, path, body: None, succeeds: true }
}

const fn send(need: &'static str, path: &'static str, body: &'static str) -> Probe {
    Probe { need, path, body: Some(body), succeeds: true }
}

impl Probe {
    /// The same, which ends in an error of its own for whoever may.
    const fn fails(self) -> Probe {
        Probe { succeeds: false, ..self }
    }
}

/// Route and probes, in the order of `routes.txt`.
pub(crate) const ROWS: &[(&str, &[Probe])] = &[
    ("token_revoke", &[get("delete token", "/oauth/token/revoke/{token}")]),
    ("user_client_tokens_revoke", &[get("delete user_tokens", "/oauth/token/revoke/user/{user}/client/cf")]),
    ("user_tokens_revoke", &[get("delete user_tokens", "/oauth/token/revoke/user/{user}")]),
    ("client_tokens_revoke", &[get("delete client_tokens", "/oauth/token/revoke/client/{client}")]),
    ("token_list", &[get("own token", "/oauth/token/list")]),
    ("user_token_list", &[get("list token", "/oauth/token/list/user/{user}")]),
    ("client_token_list", &[get("list token", "/oauth/token/list/client/{client}")]),
    (
        "access_explain",
        &[
            get("own decision", "/access/v1/explain?subject={me}&action=read&resource=space:{space}"),
            get(
                "list role_binding",
                "/access/v1/explain?subject=user:{somebody}&action=read&resource=space:{space}",
            ),
        ],
    ),
    (
        "access_evaluate",
        &[
            send("own decision", "/access/v1/evaluation", ONE_OF_MINE),
            send("list role_binding", "/access/v1/evaluation", ONE_OF_OTHERS),
        ],
    ),
    (
        "access_evaluate_all",
        &[
            send("own decision", "/access/v1/evaluations", MANY_OF_MINE),
            send("list role_binding", "/access/v1/evaluations", MANY_OF_OTHERS),
        ],
    ),
    ("logout_notice_list", &[get("list logout_notice", "/access/v1/logout-notices")]),
    ("logout_notice_delete", &[get("delete logout_notice", "/access/v1/logout-notices/{logout_notice}")]),
    ("registration_token_list", &[get("list registration_token", "/access/v1/registration-tokens")]),
    (
        "registration_token_create",
        &[send("create registration_token", "/access/v1/registration-tokens", r#"{"description": "swept"}"#)],
    ),
    (
        "registration_token_show",
        &[get("read registration_token", "/access/v1/registration-tokens/{registration_token}")],
    ),
    (
        "registration_token_delete",
        &[get("delete registration_token", "/access/v1/registration-tokens/{registration_token}")],
    ),
    ("custom_role_list", &[get("list role", "/access/v1/roles?limit=500")]),
    ("custom_role_create", &[send("create role", "/access/v1/roles", NEW_ROLE)]),
    ("custom_role_show", &[get("read role", "/access/v1/roles/{role}")]),
    ("custom_role_update", &[send("update role", "/access/v1/roles/{role}", r#"{"description": "swept"}"#)]),
    ("custom_role_delete", &[get("delete role", "/access/v1/roles/{role}")]),
    (
        "role_binding_list",
        &[
            get("list role_binding", "/access/v1/bindings?level=zone&limit=500"),
            get("list organization_role", "/access/v1/bindings?level=organization&limit=500"),
            get("list space_role", "/access/v1/bindings?level=space&limit=500"),
        ],
    ),
    (
        "role_binding_create",
        &[
            send(
                "create role_binding",
                "/access/v1/bindings",
                r#"{"subject": {"type": "user", "id": "{somebody}"}, "role": "access.read",
                    "place": {"type": "zone"}}"#,
            ),
            send(
                "create organization_role",
                "/access/v1/bindings",
                r#"{"subject": {"type": "user", "id": "{somebody}"}, "role": "organization_auditor",
                    "place": {"type": "organization", "id": "{organization}"}}"#,
            ),
            send(
                "create space_role",
                "/access/v1/bindings",
                r#"{"subject": {"type": "user", "id": "{user}"}, "role": "space_auditor",
                    "place": {"type": "space", "id": "{space}"}}"#,
            ),
        ],
    ),
    (
        "role_binding_show",
        &[
            get("read role_binding", "/access/v1/bindings/{role_binding}"),
            get("read organization_role", "/access/v1/bindings/{organization_role}"),
            get("read space_role", "/access/v1/bindings/{space_role}"),
        ],
    ),
    (
        "role_binding_delete",
        &[
            get("delete role_binding", "/access/v1/bindings/{role_binding}"),
            get("delete organization_role", "/access/v1/bindings/{organization_role}"),
            get("delete space_role", "/access/v1/bindings/{space_role}"),
        ],
    ),
    (
        "session_list",
        &[
            get("own session", "/access/v1/sessions"),
            get("list session", "/access/v1/sessions?user={somebody}"),
        ],
    ),
    ("mail_list", &[get("list mail", "/access/v1/mails?limit=500")]),
    ("session_delete", &[get("delete session", "/access/v1/sessions/{session}")]),
    (
        "factor_list",
        &[get("own factor", "/access/v1/factors"), get("list factor", "/access/v1/factors?user={somebody}")],
    ),
    ("factor_delete", &[get("delete factor", "/access/v1/factors/{factor}")]),
    ("user_factors_delete", &[get("delete user_factors", "/access/v1/users/{user}/factors")]),
    ("user_list", &[get("list user", "/Users?count=500")]),
    ("user_create", &[send("create user", "/Users", NEW_USER)]),
    ("user_show", &[get("read user", "/Users/{user}")]),
    ("user_replace", &[send("update user", "/Users/{user}", NEW_USER)]),
    ("user_update", &[send("update user", "/Users/{user}", r#"{"verified": true}"#)]),
    ("user_delete", &[get("delete user", "/Users/{user}")]),
    (
        "user_password_update",
        &[send(
            "update user_password",
            "/Users/{user}/password",
            r#"{"oldPassword": "one-for-everybody", "password": "another-long-one"}"#,
        )
        .fails()],
    ),
    (
        "user_status_update",
        &[send("update user_status", "/Users/{user}/status", r#"{"passwordChangeRequired": true}"#)],
    ),
    ("user_verify", &[get("update user_verification", "/Users/{user}/verify")]),
    (
        "user_verify_link_create",
        &[get("update user_verification", "/Users/{user}/verify-link?redirect_uri=x").fails()],
    ),
    (
        "invitation_create",
        &[send(
            "create invitation",
            "/invite_users?redirect_uri=https://shop.example/cb",
            r#"{"emails": ["swept@acme.example"]}"#,
        )],
    ),
    ("password_reset_create", &[send("create expiring_code", "/password_resets", r#""admin""#)]),
    (
        "password_reset_redeem",
        &[send(
            "create expiring_code",
            "/password_change",
            r#"{"code": "x", "new_password": "a new long one"}"#,
        )
        .fails()],
    ),
    (
        "email_verification_create",
        &[send(
            "create expiring_code",
            "/email_verifications",
            r#"{"userId": "{somebody}", "email": "no address"}"#,
        )
        .fails()],
    ),
    (
        "code_create",
        &[send("create expiring_code", "/Codes", r#"{"data": "swept", "expiresAt": 4102444800000}"#)],
    ),
    ("email_change_redeem", &[send("create expiring_code", "/email_changes", r#""nothing""#).fails()]),
    ("code_redeem", &[get("delete expiring_code", "/Codes/{expiring_code}")]),
    ("user_id_list", &[get("list user_id | list user", "/ids/Users?filter=id+eq+%22{user}%22")]),
    ("group_list", &[get("list group", "/Groups?count=500")]),
    ("group_create", &[send("create group", "/Groups", r#"{"displayName": "swept"}"#)]),
    ("group_show", &[get("read group", "/Groups/{group}")]),
    ("group_replace", &[send("update group", "/Groups/{group}", r#"{"displayName": "swept"}"#)]),
    ("group_update", &[send("update group", "/Groups/{group}", r#"{"description": "swept"}"#)]),
    ("group_delete", &[get("delete group", "/Groups/{group}")]),
    ("group_member_list", &[get("read group", "/Groups/{group}/members")]),
    (
        "group_member_create",
        &[send(
            "update group",
            "/Groups/{group}/members",
            r#"{"origin": "uaa", "type": "USER", "value": "{somebody}"}"#,
        )],
    ),
    ("group_member_show", &[get("read group", "/Groups/{group}/members/{user}")]),
    ("group_member_delete", &[get("update group", "/Groups/{group}/members/{user}")]),
    ("client_list", &[get("list client", "/oauth/clients?count=500")]),
    ("client_create", &[send("create client", "/oauth/clients", NEW_CLIENT)]),
    ("client_show", &[get("read client", "/oauth/clients/{client}")]),
    (
        "client_replace",
        &[send(
            "update client",
            "/oauth/clients/{client}",
            r#"{"authorized_grant_types": ["refresh_token"]}"#,
        )],
    ),
    ("client_delete", &[get("delete client", "/oauth/clients/{client}")]),
    (
        "client_secret_update",
        &[send(
            "update client_secret",
            "/oauth/clients/{client}/secret",
            r#"{"secret": "another-long-one"}"#,
        )],
    ),
    (
        "client_trust_update",
        &[send(
            "update client_trust",
            "/oauth/clients/{client}/clientjwt",
            r#"{"jwks_uri": "https://keys.example.com/"}"#,
        )],
    ),
    ("client_tile_list", &[get("own home page", "/oauth/clients/meta")]),
    ("client_tile_show", &[get("own home page", "/oauth/clients/cf/meta")]),
    (
        "client_tile_replace",
        &[send("update client", "/oauth/clients/{client}/meta", r#"{"showOnHomePage": true}"#)],
    ),
    ("restricted_scope_list", &[get("list client", "/oauth/clients/restricted?of={my-id}")]),
    ("client_create_restricted", &[send("create client", "/oauth/clients/restricted", NEW_CLIENT)]),
    (
        "client_replace_restricted",
        &[send(
            "update client",
            "/oauth/clients/restricted/{client}",
            r#"{"authorized_grant_types": ["refresh_token"]}"#,
        )],
    ),
    ("client_batch_create", &[send("create client_batch", "/oauth/clients/tx", NEW_CLIENTS)]),
    ("client_batch_replace", &[send("create client_batch", "/oauth/clients/tx", OLD_CLIENTS)]),
    ("client_batch_delete", &[send("create client_batch", "/oauth/clients/tx/delete", OLD_CLIENTS)]),
    (
        "client_batch_modify",
        &[send(
            "create client_batch",
            "/oauth/clients/tx/modify",
            r#"[{"client_id": "cc_routing", "action": "update"}]"#,
        )],
    ),
    (
        "client_batch_secret_update",
        &[send(
            "create client_batch",
            "/oauth/clients/tx/secret",
            r#"[{"clientId": "cc_service_key_client", "secret": "another-long-one"}]"#,
        )],
    ),
    ("zone_list", &[get("list zone", "/identity-zones")]),
    ("zone_create", &[send("create zone", "/identity-zones", r#"{"subdomain": "swept", "name": "swept"}"#)]),
    ("zone_show", &[get("read zone", "/identity-zones/{identity_zone}")]),
    (
        "zone_replace",
        &[send(
            "update zone",
            "/identity-zones/{identity_zone}",
            r#"{"subdomain": "other", "name": "swept"}"#,
        )],
    ),
    ("zone_delete", &[get("delete zone", "/identity-zones/{identity_zone}")]),
    (
        "zone_client_create",
        &[send(
            "update zone",
            "/identity-zones/{identity_zone}/clients",
            r#"{"client_id": "swept", "client_secret": "a-long-secret", "scope": ["openid"],
                "authorities": ["uaa.resource"], "authorized_grant_types": ["password"], "allowedproviders": ["uaa"]}"#,
        )],
    ),
    ("zone_client_delete", &[get("update zone", "/identity-zones/{identity_zone}/clients/of-the-zone")]),
    ("identity_provider_list", &[get("list identity_provider", "/identity-providers")]),
    ("identity_provider_create", &[send("create identity_provider", "/identity-providers", NEW_PROVIDER)]),
    (
        "identity_provider_show",
        &[get("read identity_provider", "/identity-providers/{identity_provider}?rawConfig=true")],
    ),
    (
        "identity_provider_replace",
        &[send("update identity_provider", "/identity-providers/{identity_provider}", OLD_PROVIDER)],
    ),
    (
        "identity_provider_delete",
        &[get("delete identity_provider", "/identity-providers/{identity_provider}")],
    ),
    ("organization_list", &[get("list organization", "/v3/organizations?per_page=5000")]),
    ("organization_create", &[send("create organization", "/v3/organizations", r#"{"name": "swept"}"#)]),
    ("organization_show", &[get("read organization", "/v3/organizations/{organization}")]),
    (
        "organization_update",
        &[send("update organization", "/v3/organizations/{organization}", r#"{"name": "swept"}"#)],
    ),
    ("organization_delete", &[get("delete organization", "/v3/organizations/{organization}")]),
    ("space_list", &[get("list space", "/v3/spaces?per_page=5000")]),
    (
        "space_create",
        &[send(
            "create space",
            "/v3/spaces",
            r#"{"name": "swept", "relationships": {"organization": {"data": {"guid": "{organization}"}}}}"#,
        )],
    ),
    ("space_show", &[get("read space", "/v3/spaces/{space}")]),
    ("space_update", &[send("update space", "/v3/spaces/{space}", r#"{"name": "swept"}"#)]),
    ("space_delete", &[get("delete space", "/v3/spaces/{space}")]),
    (
        "role_list",
        &[
            get("list organization_role", "/v3/roles?per_page=5000"),
            get("list space_role", "/v3/roles?per_page=5000"),
        ],
    ),
    (
        "role_create",
        &[
            send(
                "create organization_role",
                "/v3/roles",
                r#"{"type": "organization_auditor", "relationships": {"user": {"data": {"guid": "{somebody}"}},
                    "organization": {"data": {"guid": "{organization}"}}}}"#,
            ),
            send(
                "create space_role",
                "/v3/roles",
                r#"{"type": "space_auditor", "relationships": {"user": {"data": {"guid": "{user}"}},
                    "space": {"data": {"guid": "{space}"}}}}"#,
            ),
        ],
    ),
    (
        "role_show",
        &[
            get("read organization_role", "/v3/roles/{organization_role}"),
            get("read space_role", "/v3/roles/{space_role}"),
        ],
    ),
    (
        "role_delete",
        &[
            get("delete organization_role", "/v3/roles/{organization_role}"),
            get("delete space_role", "/v3/roles/{space_role}"),
        ],
    ),
    ("platform_user_list", &[get("list platform_user", "/v3/users?per_page=5000")]),
    ("platform_user_create", &[send("create platform_user", "/v3/users", r#"{"guid": "{somebody}"}"#)]),
    ("platform_user_show", &[get("read platform_user", "/v3/users/{platform_user}")]),
    ("platform_user_delete", &[get("delete platform_user", "/v3/users/{platform_user}")]),
    (
        "platform_user_update",
        &[send(
            "update platform_user",
            "/v3/users/{platform_user}",
            r#"{"metadata": {"labels": {"swept": "1"}}}"#,
        )],
    ),
    ("organization_user_list", &[get("read organization", "/v3/organizations/{organization}/users")]),
    (
        "organization_usage_show",
        &[get("read organization", "/v3/organizations/{organization}/usage_summary")],
    ),
    ("organization_domain_list", &[get("read organization", "/v3/organizations/{organization}/domains")]),
    (
        "organization_isolation_segment_show",
        &[get(
            "read organization",
            "/v3/organizations/{organization}/relationships/default_isolation_segment",
        )],
    ),
    ("space_user_list", &[get("read space", "/v3/spaces/{space}/users")]),
    ("space_usage_show", &[get("read space", "/v3/spaces/{space}/usage_summary")]),
    ("space_feature_list", &[get("read space", "/v3/spaces/{space}/features")]),
    ("space_feature_show", &[get("read space", "/v3/spaces/{space}/features/ssh")]),
    (
        "space_feature_update",
        &[send("update space", "/v3/spaces/{space}/features/ssh", r#"{"enabled": false}"#)],
    ),
    (
        "space_isolation_segment_show",
        &[get("read space", "/v3/spaces/{space}/relationships/isolation_segment")],
    ),
    ("space_running_group_list", &[get("read space", "/v3/spaces/{space}/running_security_groups")]),
    ("space_staging_group_list", &[get("read space", "/v3/spaces/{space}/staging_security_groups")]),
    ("organization_quota_list", &[get("list organization_quota", "/v3/organization_quotas?per_page=5000")]),
    (
        "organization_quota_create",
        &[send(
            "create organization_quota",
            "/v3/organization_quotas",
            r#"{"name": "swept", "relationships": {"organizations": {"data": []}}}"#,
        )],
    ),
    (
        "organization_quota_show",
        &[get("read organization_quota", "/v3/organization_quotas/{organization_quota}")],
    ),
    (
        "organization_quota_update",
        &[send(
            "update organization_quota",
            "/v3/organization_quotas/{organization_quota}",
            r#"{"apps": {"total_instances": 1}}"#,
        )],
    ),
    (
        "organization_quota_delete",
        &[get("delete organization_quota", "/v3/organization_quotas/{organization_quota}")],
    ),
    (
        "organization_quota_apply",
        &[send(
            "update organization_quota",
            "/v3/organization_quotas/{organization_quota}/relationships/organizations",
            r#"{"data": [{"guid": "{organization}"}]}"#,
        )],
    ),
    ("space_quota_list", &[get("list space_quota", "/v3/space_quotas?per_page=5000")]),
    (
        "space_quota_create",
        &[send(
            "create space_quota",
            "/v3/space_quotas",
            r#"{"name": "swept", "relationships": {"organization": {"data": {"guid": "{organization}"}}}}"#,
        )],
    ),
    ("space_quota_show", &[get("read space_quota", "/v3/space_quotas/{space_quota}")]),
    (
        "space_quota_update",
        &[send(
            "update space_quota",
            "/v3/space_quotas/{space_quota}",
            r#"{"apps": {"total_instances": 1}}"#,
        )],
    ),
    ("space_quota_delete", &[get("delete space_quota", "/v3/space_quotas/{space_quota}")]),
    (
        "space_quota_apply",
        &[send(
            "update space_quota",
            "/v3/space_quotas/{space_quota}/relationships/spaces",
            r#"{"data": [{"guid": "{space}"}]}"#,
        )],
    ),
    (
        "space_quota_remove",
        &[get("update space_quota", "/v3/space_quotas/{space_quota}/relationships/spaces/{space}").fails()],
    ),
    ("audit_event_list", &[get("list audit_event", "/v3/audit_events?per_page=5000")]),
    ("audit_event_show", &[get("read audit_event", "/v3/audit_events/{audit_event}")]),
    ("job_show", &[get("read job", "/v3/jobs/{job}")]),
    ("app_list", &[get("list space", "/v3/apps?space_guids={space}")]),
    ("service_instance_list", &[get("list space", "/v3/service_instances?space_guids={space}")]),
    (
        "isolation_segment_list",
        &[get("list organization", "/v3/isolation_segments?organization_guids={organization}")],
    ),
];
