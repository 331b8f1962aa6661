use super::*;
use std::path::Path;
use uaa_store::Engine;

fn load(yaml: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hallmark.yml");
    std::fs::write(&file, yaml).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let sources = Sources { file: Some(file), variables, arguments: Vec::new() };
    let shown = format!("{}/", folder.path().display());
    Config::load(&sources).map_err(|problems| problems.to_string().replace(&shown, ""))
}

#[test]
fn nothing_is_needed() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.listen.address.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url().unwrap().to_string(), "sqlite:data/hallmark.db");
    assert_eq!(config.token.access_seconds.get(), 43_200);
    assert!(config.warnings().is_empty());
    assert!(load("", &[]).is_ok());
    assert!(load("listen:\n", &[]).is_ok());
}

#[test]
fn later_sources_win() {
    let yaml = "listen:\n  address: 127.0.0.1:1\n  tls: {self_signed: true}\ntoken: {access_seconds: 60}\n";
    let variables = [
        ("HALLMARK_LISTEN_ADDRESS", "127.0.0.1:2"),
        ("HALLMARK_DATABASE_URL", "postgres://u:p@db/name"),
        ("HALLMARK_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7"),
        ("HALLMARK_LISTEN_PLAIN_HTTP", "true"),
    ];
    let config = load(yaml, &variables).unwrap();
    assert_eq!(config.listen.address.to_string(), "127.0.0.1:2");
    assert_eq!(config.listen.tls, Some(Tls::SelfSigned));
    assert_eq!(config.database_url().unwrap().engine(), Engine::Postgres);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.token.access_seconds.get(), 60);
    assert!(config.listen.plain_http);

    let arguments = vec![("listen.address", "--listen", "127.0.0.1:3".to_owned())];
    let variables = vec![("HALLMARK_LISTEN_ADDRESS".into(), "127.0.0.1:2".into())];
    let config = Config::load(&Sources { file: None, variables, arguments }).unwrap();
    assert_eq!(config.listen.address.to_string(), "127.0.0.1:3");
}

#[test]
fn errors_say_where_and_what_to_do() {
    let table = [
        (
            "# one\nlisten:\n  adress: x\n",
            "hallmark.yml:3:3: unknown key `adress` in `listen`; did you mean `address`?",
        ),
        (
            "address: x\n",
            "hallmark.yml:1:1: unknown key `address`; did you mean `listen.address`? Move it there",
        ),
        (
            "log:\n  colour: red\n",
            "hallmark.yml:2:3: unknown key `colour` in `log`; remove it, or use one of `filter`, `format`",
        ),
        (
            "listen:\n  address: localhost:8080\n",
            "hallmark.yml:2:12: `listen.address` is not an IP address and a port; write it as `127.0.0.1:8080`, \
             `0.0.0.0:8080` or `[::1]:8080`",
        ),
        (
            "token:\n  access_seconds: 0\n",
            "hallmark.yml:2:19: `token.access_seconds` must be a whole number from 1 to 2147483647, not integer `0`",
        ),
        (
            "token:\n  access_seconds: 12h\n",
            "hallmark.yml:2:19: `token.access_seconds` must be a whole number without quotes or unit",
        ),
        ("listen:\n  plain_http: yes\n", "hallmark.yml:2:15: `listen.plain_http` must be `true` or `false`"),
        ("log:\n  format: xml\n", "hallmark.yml:2:11: `log.format` must be `human` or `json`, not `xml`"),
        (
            "token: {signing_algorithm: HS256}\n",
            "hallmark.yml:1:28: `token.signing_algorithm` must be one of `RS256`, `RS384`, `RS512`, `PS256`, \
             `PS384`, `PS512`, `ES256`, `ES384`, `ES512`, `EdDSA`, not `HS256`",
        ),
        (
            "trusted_proxies:\n  - 10.0.0.0/8\n  - 10.0.0.0/99\n",
            "hallmark.yml:3:5: `trusted_proxies[1]` is not a network; write it as `10.0.0.0/8`, `192.0.2.7` or `fd00::/8`",
        ),
        (
            "trusted_proxies: 10.0.0.0/8\n",
            "hallmark.yml:1:18: `trusted_proxies` must be a list; write it as `[one, two]`",
        ),
        (
            "database: postgres://u:hunter2@db/name\n",
            "hallmark.yml:1:11: `database` is a block of keys; write them below it, indented",
        ),
        (
            "listen:\n  tls:\n    key: k.pem\n",
            "hallmark.yml:2:3: `listen.tls` has `key` and no `certificate`; name the file of the certificate",
        ),
        (
            "domain: a.example\npublic_url: https://b.example\n",
            "hallmark.yml:2:13: `public_url` must have the host `a.example`, as `domain` says; write `https://a.example`",
        ),
        (
            "public_url: https://a.example/uaa\n",
            "hallmark.yml:1:13: `public_url` must not contain a path; everything is served from `/`",
        ),
        (
            "database: {url: 'sqlite:a.db', url_file: b}\n",
            "hallmark.yml:1:42: `database.url_file` stands beside `database.url`; keep one of the two",
        ),
        (
            "registration: {grant_types: [authorization_code, magic]}\n",
            "hallmark.yml:1:16: `registration.grant_types` names `magic`, which is no grant type; there are \
             authorization_code, client_credentials, password, refresh_token, user_token, \
             urn:ietf:params:oauth:grant-type:jwt-bearer, urn:ietf:params:oauth:grant-type:token-exchange, \
             urn:ietf:params:oauth:grant-type:device_code, implicit",
        ),
        (
            "listen: {address: '0.0.0.0:80'}\n",
            "hallmark.yml:1:19: `listen.address` lets other machines in without TLS, so that passwords travel in clear; \
             set `listen.tls`, name the proxy in front in `trusted_proxies`, or ask for it with `listen.plain_http: true`",
        ),
    ];
    for (yaml, expected) in table {
        assert_eq!(load(yaml, &[]).unwrap_err(), expected, "{yaml}");
    }
}

#[test]
fn yaml_that_is_none_names_its_place() {
    let text = load("listen:\n  address: [\n", &[]).unwrap_err();
    assert!(text.starts_with("hallmark.yml:3:1: is not YAML: "), "{text}");
    let text = load("domain: a\ndomain: b\n", &[]).unwrap_err();
    assert!(text.contains("duplicate entry"), "{text}");
    let absent = Sources { file: Some(Path::new("/nonexistent/hallmark.yml").into()), ..Sources::default() };
    let text = Config::load(&absent).unwrap_err().to_string();
    assert!(text.starts_with("/nonexistent/hallmark.yml: cannot be read: "), "{text}");
}

#[test]
fn several_errors_come_at_once() {
    let text = load("a: 1\nlisten: {b: 2}\n", &[("HALLMARK_C", "3")]).unwrap_err();
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn variables_are_checked_like_the_file() {
    let table = [
        ("HALLMARK_LISTEN_ADRESS", "x", "no key has this variable; did you mean `HALLMARK_LISTEN_ADDRESS`?"),
        ("HALLMARK_QQ", "x", "no key has this variable; unset it; `hallmark config schema` shows every key"),
        (
            "HALLMARK_TOKEN_ACCESS_SECONDS",
            "12h",
            "`token.access_seconds` must be a whole number without quotes or unit",
        ),
        ("HALLMARK_LISTEN", "x", "`listen` is a block of keys; write them below it, indented"),
        (
            "HALLMARK_TRUSTED_PROXIES",
            "10.0.0.0/8,nonsense",
            "`trusted_proxies[1]` is not a network; write it as `10.0.0.0/8`, `192.0.2.7` or `fd00::/8`",
        ),
        (
            "HALLMARK_LISTEN_TLS_KEY",
            "k.pem",
            "`listen.tls` has `key` and no `certificate`; name the file of the certificate",
        ),
    ];
    for (name, value, expected) in table {
        assert_eq!(load("", &[(name, value)]).unwrap_err(), format!("{name}: {expected}"));
    }
}

#[test]
fn secrets_never_show() {
    let config = load("", &[("HALLMARK_DATABASE_URL", "postgres://u:hunter2@db/name")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    for wrong in ["hunter2", "oracle://u:hunter2@db", "postgres://u:hunter2@db"] {
        assert!(!load("", &[("HALLMARK_DATABASE_URL", wrong)]).unwrap_err().contains("hunter2"), "{wrong}");
        assert!(!load(&format!("database: {{url: '{wrong}'}}\n"), &[]).unwrap_err().contains("hunter2"));
    }
}

#[test]
fn the_schema_covers_every_key() {
    let keys = keys();
    for key in &keys {
        assert!(!key.doc.is_empty(), "`{}` has no description", key.path);
        let twins = keys.iter().filter(|other| other.variable() == key.variable()).count();
        assert_eq!(twins, 1, "`{}` shares its variable", key.path);
        assert_ne!(key.variable(), "HALLMARK_CONFIG");
    }
    // `deny_unknown_fields` names every field there is: the schema must not know fewer.
    let error = serde_json::from_str::<Config>("{\"?\": 0}").unwrap_err().to_string();
    let top: Vec<_> = keys.iter().filter(|key| !key.path.contains('.')).collect();
    assert_eq!(error.matches('`').count(), 2 * (top.len() + 1), "{error}");
    assert!(top.iter().all(|key| error.contains(&format!("`{}`", key.path))));
    assert!(!schema().to_string().contains("$ref"));
}

#[test]
fn a_file_with_every_default_is_the_default() {
    let mut yaml = String::new();
    for key in keys().iter().filter(|key| !key.path.contains('.') || key.path.matches('.').count() == 1) {
        let (indent, name) = key.path.rsplit_once('.').map_or(("", &*key.path), |(_, name)| ("  ", name));
        match (&key.default, key.shape) {
            (Some(value), _) => yaml.push_str(&format!("{indent}{name}: {value}\n")),
            (None, Shape::Block) if indent.is_empty() => yaml.push_str(&format!("{name}:\n")),
            (None, _) => {}
        }
    }
    let config = load(&yaml, &[]).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
}

#[test]
fn the_guide_is_up_to_date() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guides/configuration.md");
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(written == guide(), "write it anew: hallmark config guide > docs/guides/configuration.md");
}

#[test]
fn open_doors_are_warned_about() {
    let yaml = "listen: {address: '0.0.0.0:80', plain_http: true}\nmetrics: {allow: ['::/0']}\n";
    assert_eq!(load(yaml, &[]).unwrap().warnings().len(), 3);
    let yaml = "listen: {address: '0.0.0.0:80'}\ntrusted_proxies: [10.0.0.0/8]\ndomain: sys.example\n";
    assert!(load(yaml, &[]).unwrap().warnings().is_empty());
}

#[test]
fn a_secret_may_come_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let config = load(&format!("database: {{url_file: '{}'}}\n", file.display()), &[]).unwrap();
    assert!(config.database_url().unwrap_err().text.contains("cannot be read"));
    std::fs::write(&file, "oracle://u:hunter2@db\n").unwrap();
    assert!(!config.database_url().unwrap_err().text.contains("hunter2"));
    std::fs::write(&file, "postgres://u:hunter2@db/name\n").unwrap();
    let url = config.database_url().unwrap();
    assert_eq!(
        (url.to_string().as_str(), url.secret().expose()),
        ("postgres://u@db/name", "postgres://u:hunter2@db/name")
    );
}
