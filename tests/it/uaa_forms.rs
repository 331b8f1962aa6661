//! What programs send and look for that were written for UAA: its names of fields, its paths, its errors.

use crate::authorize::{SECRET, SHOP, claims, sign_in};
use crate::mail::accounts::client;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Response};
use serde_json::json;
use tests::{Browser, Hallmark, on_every_server, said};

on_every_server!(an_address_is_confirmed_by_others_or_by_a_link);

/// A program that knows a page by its text alone, and keeps cookies.
struct Program {
    client: Client,
    uaa: String,
    cookies: Vec<String>,
}

impl Program {
    fn at(server: &Hallmark) -> Program {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Program { client, uaa: server.uaa(), cookies: vec![] }
    }

    async fn open(&mut self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.uaa)).header("accept", "text/html");
        let answer = request.header(COOKIE, self.cookies.join("; ")).send().await.unwrap();
        self.keep(&answer);
        answer.text().await.unwrap()
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.uaa)).header("accept", "text/html");
        let answer = request.header(COOKIE, self.cookies.join("; ")).form(fields).send().await.unwrap();
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Response) {
        for set in answer.headers().get_all(SET_COOKIE) {
            let cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let (name, _) = cookie.split_once('=').unwrap();
            self.cookies.retain(|held| !held.starts_with(&format!("{name}=")));
            self.cookies.push(cookie);
        }
    }
}

/// As CATS and the tests of UAA's Java clients find it.
fn scraped(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="X-Uaa-Csrf" value=""#).expect("the field");
    rest.split('"').next().unwrap().to_owned()
}

fn to(answer: &Response) -> &str {
    answer.headers()[LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn a_program_signs_in_and_approves_by_the_names_of_uaa() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let (mut program, password) = (Program::at(&server), server.admin_password());
    let csrf = scraped(&program.open("/login").await);
    // A cookie of one's own making is no proof of origin: whoever has a page on a neighbouring host could set one.
    let mut forger = Program::at(&server);
    forger.cookies.push("X-Uaa-Csrf=abc".into());
    let fields = |csrf| [("username", "admin"), ("password", password.as_str()), ("X-Uaa-Csrf", csrf)];
    assert_eq!(forger.post("/login.do", &fields("abc")).await.status(), 403);
    let stale = program.post("/login.do", &fields("abc")).await;
    assert_eq!(stale.status(), 302);
    assert!(to(&stale).ends_with("/login?login_hint=admin&error=invalid_login_request"), "{}", to(&stale));
    let signed_in = program.post("/login.do", &fields(&csrf)).await;
    assert_eq!(
        (signed_in.status().as_u16(), to(&signed_in)),
        (302, format!("{}/home", server.uaa()).as_str())
    );

    let asked = SHOP.ask(&server, &[]).replace(&server.uaa(), "");
    let csrf = scraped(&program.open(&asked).await);
    let denied = [("user_oauth_approval", "false"), ("X-Uaa-Csrf", csrf.as_str())];
    assert!(to(&program.post(&asked, &denied).await).contains("error=access_denied"));
    let allowed =
        [("user_oauth_approval", "true"), ("scope.0", "scope.openid"), ("X-Uaa-Csrf", csrf.as_str())];
    assert_eq!(program.post(&asked, &allowed[..2]).await.status(), 403);
    let back = program.post(&asked, &allowed).await;
    let code = to(&back).split_once("code=").expect("a code").1.split('&').next().unwrap().to_owned();
    let given = SHOP.redeem(&server, &code, &[]).await;
    assert_eq!((given.status, &given.body["scope"]), (200, &json!("openid")), "{given:?}");

    let profile = program.open("/profile").await;
    assert!(profile.contains("Shop"));
    let csrf = scraped(&profile);
    let taken = [("delete", ""), ("clientId", "shop"), ("X-Uaa-Csrf", csrf.as_str())];
    assert_eq!(program.post("/profile", &taken).await.status(), 302);
    assert!(!program.open("/profile").await.contains("Shop"));
    let out = program.post("/logout.do", &[("X-Uaa-Csrf", csrf.as_str())]).await;
    assert_eq!(out.status(), 200);
    assert!(program.open("/login").await.contains("name=\"username\""), "nobody is signed in");
}

#[tokio::test]
async fn a_login_server_learns_whose_password_it_is() {
    let server = Hallmark::start().await;
    let (good, other) =
        (client(&server, "login", &["oauth.login"]).await, client(&server, "other", &["scim.read"]).await);
    let password = server.admin_password();
    let check = async |token: Option<&str>, password: &str| {
        let form = [("username", "admin"), ("password", password)];
        let request = Client::new().post(format!("{}/authenticate", server.uaa())).form(&form);
        said(token.iter().fold(request, |request, token| request.bearer_auth(token))).await
    };
    let known = check(Some(&good), &password).await;
    assert_eq!((known.status, &known.body["origin"]), (200, &json!("uaa")), "{known:?}");
    assert!(known.body["user_id"].as_str().is_some_and(|id| id.len() == 36));
    let plain = check(None, &password).await;
    assert_eq!((plain.status, plain.body.get("user_id")), (200, None));
    assert_eq!(check(Some(&good), "wrong").await.body["error"], "authentication failed");
    for (token, status, error) in [("nonsense", 401, "invalid_token"), (&other, 403, "insufficient_scope")] {
        let refused = check(Some(token), &password).await;
        assert_eq!((refused.status, &refused.body["error"]), (status, &json!(error)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_client_adds_attributes_to_its_token() {
    let server = Hallmark::start().await;
    let mut more = json!({"authorized_grant_types": ["password", "client_credentials", "refresh_token"]});
    more["authorities"] = json!(["uaa.none"]);
    SHOP.register(&server, more).await;
    let password = server.admin_password();
    let said = r#"{"az_attr":{"external_group":"domain\\group1","external_id":"abcd1234"}}"#;
    let added = json!({"external_group": "domain\\group1", "external_id": "abcd1234"});
    let user = [("grant_type", "password"), ("username", "admin"), ("password", &password)];
    let given = server.token("shop", SECRET, &[&user[..], &[("authorities", said)]].concat()).await;
    assert_eq!(claims(&given.body["access_token"])["az_attr"], added, "{given:?}");
    // As long as the sign-in lasts.
    let refresh = given.body["refresh_token"].as_str().unwrap();
    let next = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let next = server.token("shop", SECRET, &next).await;
    assert_eq!(claims(&next.body["access_token"])["az_attr"], added, "{next:?}");
    let own = [("grant_type", "client_credentials"), ("authorities", said)];
    let own = server.token("shop", SECRET, &own).await;
    assert_eq!(claims(&own.body["access_token"])["az_attr"], added, "{own:?}");
    // UAA passes over what it cannot read.
    for unread in [r#"{"az_attr":{"external_id":{"nested":1}}}"#, "nonsense"] {
        let given = server.token("shop", SECRET, &[&user[..], &[("authorities", unread)]].concat()).await;
        assert!(claims(&given.body["access_token"]).get("az_attr").is_none(), "{unread}");
    }
    let much = "x".repeat(5_000);
    let refused = server.token("shop", SECRET, &[&user[..], &[("authorities", &much)]].concat()).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_request")));
}

/// `roles` and `user_attributes` are another provider's to say, and nothing of that is kept.
#[tokio::test]
async fn nobody_is_asked_about_what_never_comes() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"scope": ["openid", "roles", "user_attributes"]})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[("scope", "openid roles user_attributes")])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert!(!page.html.contains("roles</") && !page.has("[value=roles]"), "{}", page.html);
    let back = browser.send(&page, "decision", &[("decision", "allow")]).await;
    let given = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(given.body["scope"], "openid", "{given:?}");
    let nothing = browser.open(&SHOP.ask(&server, &[("scope", "roles")])).await;
    assert_eq!(nothing.given("error").as_deref(), Some("invalid_scope"));
}

#[tokio::test]
async fn tokens_of_nobody_are_not_found_as_tokens() {
    let server = Hallmark::start().await;
    let ender = client(&server, "ender", &["tokens.revoke", "scim.read", "clients.read"]).await;
    let me = claims(&json!(server.admin().await))["user_id"].as_str().unwrap().to_owned();
    let end = async |method: &str, path: &str| {
        let url = format!("{}/oauth/token/revoke/{path}", server.uaa());
        server.ask(&ender, method, &url, None).await
    };
    for (method, path) in [
        ("GET", "user/00000000-0000-4000-8000-000000000000"),
        ("GET", "user/nobody"),
        ("GET", "client/nobody"),
        ("GET", &format!("user/{me}/client/nobody")),
        ("DELETE", "nothing"),
    ] {
        let heard = end(method, path).await;
        let text = heard.body["error_description"].as_str();
        let expected = (404, &json!("invalid_token"), Some("Resource not found"));
        assert_eq!((heard.status, &heard.body["error"], text), expected, "{path} {heard:?}");
    }
}

async fn an_address_is_confirmed_by_others_or_by_a_link(server: Hallmark) {
    let maker = client(&server, "maker", &["scim.create", "scim.read"]).await;
    let reader = client(&server, "reader", &["scim.read"]).await;
    let admin = server.admin().await;
    let users = format!("{}/Users", server.uaa());
    let user = async |name: &str| -> String {
        let body = json!({"userName": name, "password": "a longer one", "verified": false,
            "emails": [{"value": format!("{name}@acme.example")}]});
        let made = server.ask(&admin, "POST", &users, Some(body)).await;
        assert_eq!((made.status, &made.body["verified"]), (201, &json!(false)), "{made:?}");
        made.body["id"].as_str().unwrap().to_owned()
    };
    let ask =
        async |token: &str, path: &str| server.ask(token, "GET", &format!("{users}/{path}"), None).await;
    let mira = user("mira").await;
    assert_eq!(ask(&reader, &format!("{mira}/verify")).await.status, 403);
    let done = ask(&maker, &format!("{mira}/verify")).await;
    assert_eq!((done.status, &done.body["verified"], &done.body["id"]), (200, &json!(true), &json!(mira)));
    let again = ask(&maker, &format!("{mira}/verify")).await;
    assert_eq!((again.status, &again.body["meta"]["version"]), (200, &done.body["meta"]["version"]));
    for path in ["verify", "verify-link?redirect_uri=https%3A%2F%2Fshop.example%2Fcb"] {
        let nobody = ask(&maker, &format!("00000000-0000-4000-8000-000000000000/{path}")).await;
        assert_eq!((nobody.status, &nobody.body["error"]), (404, &json!("scim_resource_not_found")));
    }

    SHOP.register(&server, json!({})).await;
    let ann = user("ann").await;
    let link = async |who: &str, query: &str| ask(&maker, &format!("{who}/verify-link?{query}")).await;
    assert_eq!(link(&ann, "client_id=shop").await.status, 400, "where to is missing");
    let there = link(&mira, "redirect_uri=https%3A%2F%2Fshop.example%2Fcb").await;
    assert_eq!((there.status, &there.body["message"]), (405, &json!("This user has already been verified.")));
    let made = link(&ann, "client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fcb").await;
    assert_eq!(made.status, 200, "{made:?}");
    let at = made.body["verify_link"].as_str().unwrap();
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(at).await;
    assert!(page.text("main").contains("ann@acme.example"), "{}", page.html);
    let verified = async || ask(&reader, &ann).await.body["verified"].clone();
    assert_eq!(verified().await, false, "a mail program may have opened it");
    let done = browser.send(&page, "code", &[]).await;
    assert_eq!(done.elsewhere.unwrap().as_str(), "https://shop.example/cb");
    assert_eq!(verified().await, true);
    assert_eq!(browser.open(at).await.status, 422, "it is good once");
    let (whole, text) = server.verify();
    assert!(whole, "{text}");
}

#[tokio::test]
async fn the_sign_in_page_says_what_the_one_before_it_could_not() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    for (error, text) in [
        ("login_failure", "The user name or the password is not right."),
        ("invalid_login_request", "The page was out of date."),
        ("account_not_precreated", "This account may not sign in."),
    ] {
        let page = browser.open(&format!("/uaa/login?error={error}")).await;
        assert_eq!(page.status, 200);
        assert!(page.text("#notice").starts_with(text), "{error} {}", page.html);
    }
    let made_up = browser.open("/uaa/login?error=%3Cscript%3E").await;
    assert!(!made_up.has("#notice") && !made_up.html.contains("<script>"));
}

/// What a route has no page for is told to a browser on one, and to a program as before.
#[tokio::test]
async fn a_fault_is_a_page_for_a_browser() {
    let server = Hallmark::start_with("limits: {body_bytes: 2000}\n").await;
    let large = format!("username={}", "x".repeat(3_000));
    for (method, path, body, status, error) in [
        ("GET", "/profile/factors", "", 405, "method_not_allowed"),
        ("GET", "/login?x=%ff", "", 400, "invalid_request"),
        ("POST", "/login.do", "username=%ff", 400, "invalid_request"),
        ("POST", "/login.do", large.as_str(), 413, "invalid_request"),
        ("GET", "/autologin?code=x&client_id=x", "", 400, "invalid_request"),
    ] {
        let ask = |accept: &str| {
            let request = Client::new().request(method.parse().unwrap(), format!("{}{path}", server.uaa()));
            request.header("accept", accept.to_owned()).body(body.to_owned())
        };
        let read = said(ask("application/json")).await;
        assert_eq!((read.status, &read.body["error"]), (status, &json!(error)), "{method} {path}");
        let shown = ask("text/html,application/xhtml+xml,*/*;q=0.8").send().await.unwrap();
        assert_eq!(shown.status(), status, "{method} {path}");
        assert!(shown.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(shown.text().await.unwrap().contains(&format!("<code>{error}</code>")), "{method} {path}");
    }
    // Whoever shows a token is a program.
    SHOP.register(&server, json!({})).await;
    let request = Client::new().get(SHOP.ask(&server, &[])).header("accept", "text/html");
    let refused = said(request.bearer_auth("nonsense")).await;
    assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_token")));
}
