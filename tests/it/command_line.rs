//! The commands beside a running server and without one: what they do, what they say, and how they end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tests::{Ended, Hallmark, hallmark, said};

/// One embedded database, one server and the commands beside it.
#[tokio::test]
async fn keys_are_rotated_while_the_server_runs() {
    let server = Hallmark::start().await;
    let old = server.admin().await;
    let listed = server.command(&["keys", "list"]);
    assert_eq!((listed.code, listed.out.lines().count()), (Some(0), 1), "{listed:?}");
    assert!(listed.out.starts_with(&kid(&old)) && listed.out.contains("active"), "{listed:?}");

    let rotated = server.command(&["keys", "rotate"]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    let made = rotated.out.split(' ').next().unwrap();
    assert_ne!(made, kid(&old));
    let mut new = server.admin().await;
    for _ in 0..PATIENCE {
        if kid(&new) == made {
            break;
        }
        tokio::time::sleep(TURN).await;
        new = server.admin().await;
    }
    assert_eq!(kid(&new), made, "the server goes on with the key before");

    for token in [&old, &new] {
        assert_eq!(organizations(&server, token).await, 200, "{}", kid(token));
    }
    let offered = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await;
    let offered: Vec<_> = offered.body["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert_eq!(offered.len(), 2, "{offered:?}");
    assert!(offered.contains(&&Value::from(made)) && offered.contains(&&Value::from(kid(&old))));
    let listed = server.command(&["keys", "list"]).out;
    let state = |kid: &str| listed.lines().find(|line| line.starts_with(kid)).unwrap().to_owned();
    assert!(state(made).ends_with("active"), "{listed}");
    assert!(state(&kid(&old)).contains("retiring until "), "{listed}");
}

/// A zone behind a host of its own has keys of its own, and no other zone's change with them.
#[tokio::test]
async fn a_zones_keys_are_rotated() {
    let server = Hallmark::start_with("domain: hallmark.test\n").await;
    let uaa = |zone: &str, path: &str| {
        let request = reqwest::Client::new().get(format!("http://{}{path}", server.address()));
        said(request.header("host", format!("{zone}uaa.hallmark.test")))
    };
    let kids = async |zone: &str| -> Vec<String> {
        let keys = uaa(zone, "/token_keys").await.body;
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let secret = server.client_secret();
    let token = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let zone = serde_json::json!({"id": "alpha", "subdomain": "alpha", "name": "Alpha"});
    let url = format!("{}/identity-zones", server.uaa());
    assert_eq!(server.ask(&token, "POST", &url, Some(zone)).await.status, 201);
    let (first, before) = (kids("").await, kids("alpha.").await);
    assert_eq!((first.len(), before.len()), (1, 1));
    let listed = server.command(&["keys", "list", "--zone", "alpha"]);
    assert!(listed.out.starts_with(&before[0]) && listed.out.contains("active"), "{listed:?}");
    let nowhere = server.command(&["keys", "rotate", "--zone", "nowhere"]);
    assert_eq!(
        (nowhere.code, nowhere.err.as_str()),
        (Some(1), "hallmark: there is no identity zone `nowhere`\n")
    );
    let rotated = server.command(&["keys", "rotate", "--zone", "alpha"]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    let mut after = kids("alpha.").await;
    for _ in 0..PATIENCE {
        if after.len() == 2 {
            break;
        }
        tokio::time::sleep(TURN).await;
        after = kids("alpha.").await;
    }
    assert!(after.len() == 2 && after.contains(&before[0]), "{after:?}");
    assert_eq!(kids("").await, first);
    // The edge makes hosts lower case, and says of a zone that is not there what UAA says.
    assert_eq!(uaa("ALPHA.", "/info").await.body["zone_name"], "alpha");
    let nobody = uaa("nobody.", "/info").await;
    let text = nobody.body["error_description"].as_str();
    assert_eq!((nobody.status, text), (404, Some("Cannot find identity zone for subdomain nobody")));
    let discovery = uaa("alpha.", "/.well-known/openid-configuration").await.body;
    let issuer =
        format!("http://alpha.uaa.hallmark.test:{}/oauth/token", server.address().split_once(':').unwrap().1);
    assert_eq!(discovery["issuer"], issuer);
}

#[tokio::test]
async fn a_password_is_reset_while_the_server_runs() {
    let server = Hallmark::start().await;
    let (before, token) = (server.admin_password(), server.admin().await);
    assert_eq!(organizations(&server, &token).await, 200);

    let nobody = server.command(&["admin", "password-reset", "nobody"]);
    assert_eq!(nobody.code, Some(1), "{nobody:?}");
    assert!(nobody.err.contains("no user `nobody`") && nobody.out.is_empty(), "{nobody:?}");

    let reset = server.command(&["admin", "password-reset", "ADMIN"]);
    assert_eq!(reset.code, Some(0), "{reset:?}");
    let after = reset.out.lines().next().unwrap().rsplit(' ').next().unwrap();
    assert_eq!(server.admin_password(), after, "the file of the first start says what was");
    let mut status = 200;
    for _ in 0..PATIENCE {
        status = organizations(&server, &token).await;
        if status != 200 {
            break;
        }
        tokio::time::sleep(TURN).await;
    }
    assert_eq!(status, 401, "a token outlives the password");
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &*before)];
    let refused = server.token("cf", "", &form).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    let token = server.user("admin", after).await;
    assert_eq!(organizations(&server, &token).await, 200);
    assert!(server.verify().0, "the reset is in the chain");
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_says_so() {
    let server = Hallmark::start().await;
    let second = server.command(&["up", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    for words in ["another `hallmark up` works on", &server.data().display().to_string(), "`--data`"] {
        assert!(second.err.contains(words), "{words}: {second:?}");
    }
    assert_eq!(organizations(&server, &server.admin().await).await, 200);
}

#[test]
fn a_configuration_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hallmark.yml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Ended::of(hallmark().args(["config", "check", "--config"]).arg(&file))
    };
    let good = check("listen:\n  address: 127.0.0.1:9090\n");
    assert_eq!(good.code, Some(0), "{good:?}");
    assert!(
        good.out.starts_with("the configuration is good\n") && good.out.contains(":9090/uaa"),
        "{good:?}"
    );

    let bad =
        check("listen:\n  adress: 127.0.0.1:1\ntoken:\n  access_seconds: \"12\"\nmetrics:\n  allow: 3\n");
    assert_eq!((bad.code, &*bad.out), (Some(2), ""), "{bad:?}");
    let shown = file.display();
    let lines = [
        "2:3: unknown key `adress` in `listen`; did you mean `address`?",
        "4:19: `token.access_seconds` must be a whole number without quotes or unit",
        "6:10: `metrics.allow` must be a list; write it as `[one, two]`",
    ];
    for line in lines {
        assert!(bad.err.contains(&format!("{shown}:{line}\n")), "{line}: {}", bad.err);
    }
    let secret = check("database:\n  url: oracle://me:hunter2@db/x\n");
    assert_eq!(secret.code, Some(2), "{secret:?}");
    assert!(secret.err.contains(":2:8: `database.url`") && !secret.err.contains("hunter2"), "{secret:?}");

    // What a start could not read is not good either.
    let files = check("listen:\n  tls: {certificate: /nonexistent.pem, key: /nonexistent.key}\n");
    assert_eq!((files.code, &*files.out), (Some(1), ""), "{files:?}");
    assert!(files.err.contains("`listen.tls.certificate`: `/nonexistent.pem` cannot be used"), "{files:?}");
    let authority = check("listen:\n  client_ca: /nonexistent.pem\n");
    assert!(authority.code == Some(1) && authority.err.contains("`listen.client_ca`"), "{authority:?}");

    let absent = Ended::of(hallmark().args(["config", "check", "--config", "/nonexistent.yml"]));
    assert_eq!(absent.code, Some(2), "{absent:?}");
    assert!(absent.err.contains("/nonexistent.yml: cannot be read") && absent.err.contains("`--config`"));
}

#[test]
fn an_unknown_variable_is_refused() {
    let said = Ended::of(hallmark().arg("up").env("HALLMARK_LISTEN_ADRESS", "127.0.0.1:1"));
    assert_eq!(said.code, Some(2), "{said:?}");
    let text = "HALLMARK_LISTEN_ADRESS: no key has this variable; did you mean `HALLMARK_LISTEN_ADDRESS`?";
    assert!(said.err.contains(text), "{said:?}");
}

#[test]
fn a_database_that_does_not_open_says_where_to_look() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let up = |database: Option<&str>| {
        let mut command = hallmark();
        command.args(["up", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
        Ended::of(command.args(database.into_iter().flat_map(|url| ["--database", url])))
    };
    let away = up(Some("postgres://me:hunter2@localhost/apps?host=/nonexistent"));
    assert!(away.code == Some(1) && !away.err.contains("hunter2"), "{away:?}");
    assert!(away.err.contains("the database apps at ") && away.err.contains("`database.url`"), "{away:?}");

    std::fs::write(data.join("hallmark.db"), "no database ".repeat(100)).unwrap();
    let garbage = up(None);
    assert!(garbage.code == Some(1) && garbage.err.contains("hallmark.db` cannot be opened"), "{garbage:?}");
}

#[tokio::test]
async fn a_lost_data_key_is_not_made_anew() {
    let mut server = Hallmark::start().await;
    server.terminate();
    assert_eq!(server.exit_code().await, Some(0));
    let key = server.data().join("data-key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let lost = server.command(&["up", "--listen", "127.0.0.1:0"]);
    assert_eq!(lost.code, Some(1), "{lost:?}");
    assert!(lost.err.contains("data-key` is missing") && lost.err.contains("backup"), "{lost:?}");
    assert!(!key.exists(), "another one lies in its place");
    std::fs::write(&key, kept).unwrap();
    let back = server.command(&["audit", "verify"]);
    assert_eq!(back.code, Some(0), "{back:?}");
}

#[test]
fn a_database_is_brought_forward_and_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let run = |words: &[&str]| Ended::of(hallmark().args(words).arg("--data").arg(&data));
    for words in [["db", "status"], ["keys", "list"], ["audit", "verify"]] {
        let said = run(&words);
        assert_eq!(said.code, Some(1), "{words:?}: {said:?}");
        assert!(said.err.contains("`hallmark up`"), "{words:?}: {said:?}");
        assert!(!data.exists(), "{words:?} made something");
    }
    let made = run(&["db", "migrate"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert!(made.out.starts_with("the schema was 0 and is "), "{made:?}");
    let again = run(&["db", "migrate"]);
    assert!(again.code == Some(0) && again.out.ends_with("nothing was to do\n"), "{again:?}");
    // What is in it is nobody else's, whoever may look into the folder.
    for (path, mode) in [(data.clone(), 0o700), (data.join("hallmark.db"), 0o600)] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
    let status = run(&["db", "status"]);
    assert!(status.code == Some(0) && status.out.contains("hallmark.db\nschema "), "{status:?}");
}

/// The log of a server holds; one word changed behind its back does not.
#[tokio::test]
async fn the_audit_log_is_checked() {
    let mut server = Hallmark::start().await;
    server.terminate();
    assert_eq!(server.exit_code().await, Some(0));
    let sound = server.command(&["audit", "verify"]);
    assert!(sound.code == Some(0) && sound.out.contains("sealed through"), "{sound:?}");

    let file = format!("sqlite:{}", server.data().join("hallmark.db").display());
    let pool = sqlx::SqlitePool::connect(&file).await.unwrap();
    let edit = "UPDATE audit SET op = 'nothing' WHERE guid = (SELECT min(guid) FROM audit)";
    let edited = sqlx::query(edit).execute(&pool).await.unwrap().rows_affected();
    pool.close().await;
    assert_eq!(edited, 1);
    let broken = server.command(&["audit", "verify"]);
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(
        broken.out.contains("was edited") && broken.err.contains("does not hold in 1 places"),
        "{broken:?}"
    );
}

#[test]
fn help_says_what_comes_next() {
    let with_next = [&["--help"][..], &["up", "--help"], &["keys", "rotate", "--help"]];
    for words in with_next {
        let said = Ended::of(hallmark().args(words));
        assert!(said.code == Some(0) && said.out.contains("Next: `hallmark "), "{words:?}: {said:?}");
    }
    let wrong = Ended::of(hallmark().arg("confg"));
    assert!(wrong.code == Some(2) && wrong.err.contains("'config'"), "{wrong:?}");
}

/// The identifier of the key that signed a token (RFC 7515 section 4.1.4).
fn kid(token: &str) -> String {
    let head = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    head["kid"].as_str().unwrap().to_owned()
}

async fn organizations(server: &Hallmark, token: &str) -> u16 {
    server.ask(token, "GET", &format!("{}/v3/organizations", server.api()), None).await.status
}

const TURN: Duration = Duration::from_millis(50);
/// Five seconds and more: a server follows what others commit within a fraction of one.
const PATIENCE: u32 = 100;
