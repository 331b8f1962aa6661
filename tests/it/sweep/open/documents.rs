//! What is the same for everybody.

use super::Walk;
use tests::said;

pub(super) async fn read(walk: &mut Walk) {
    let (api, uaa) = (walk.at.api(), walk.at.uaa());
    for (site, path, route) in [
        (&uaa, "/token_keys", "token_keys_list"),
        (&uaa, "/token_key", "token_key_show"),
        (&uaa, "/oauth/jwks", "jwks_list"),
        (&uaa, "/.well-known/openid-configuration", "discovery_show"),
        (&uaa, "/oauth/token/.well-known/openid-configuration", "discovery_of_issuer_show"),
        (&uaa, "/.well-known/oauth-authorization-server", "metadata_show"),
        (&uaa, "/.well-known/oauth-authorization-server/oauth/token", "metadata_of_issuer_show"),
        (&api, "/.well-known/oauth-authorization-server/uaa/oauth/token", "metadata_of_issuer_below_show"),
        (&uaa, "/.well-known/authzen-configuration", "authzen_show"),
        (&api, "/.well-known/authzen-configuration/uaa", "authzen_of_path_show"),
        (&uaa, "/access/v1/built-in-roles", "built_in_role_list"),
        (&uaa, "/access/v1/permissions", "permission_list"),
        (&uaa, "/info", "info_show"),
        (&api, "/", "root_show"),
        (&api, "/v3", "v3_show"),
        (&api, "/v3/info", "api_info_show"),
        (&api, "/v2/info", "api_v2_info_show"),
    ] {
        said(reqwest::Client::new().get(format!("{site}{path}"))).await;
        walk.step(&[route]);
    }
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/login").await;
    walk.step(&["sign_in_show"]);
    browser.open(&page.attribute("link[rel=stylesheet]", "href")).await;
    walk.step(&["resource_show"]);
}
