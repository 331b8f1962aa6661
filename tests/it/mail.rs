//! Messages to people, caught by a real mail server, and what their links do.

pub(crate) mod accounts;
mod codes;
mod reset;
mod server;
mod signed_in_by_others;
mod unverified;

use serde_json::{Value, json};
use tests::{Browser, Caught, Hallmark, MailSink, Page};

/// A server that sends through a sink.
pub(crate) struct Mailing {
    pub(crate) server: Hallmark,
    pub(crate) sink: MailSink,
}

impl Mailing {
    pub(crate) async fn start() -> Mailing {
        Mailing::configured("").await
    }

    /// The same with more in its configuration.
    pub(crate) async fn configured(more: &str) -> Mailing {
        let sink = MailSink::start().await;
        let server = Hallmark::start_with(&(sink.config() + more)).await;
        Mailing { server, sink }
    }

    /// Makes a user of that name with that address. Gives the identifier.
    pub(crate) async fn user(&self, name: &str, mail: &str) -> String {
        let body = json!({"userName": name, "password": OLD, "emails": [{"value": mail}]});
        let url = format!("{}/Users", self.server.uaa());
        let made = self.server.ask(&self.server.admin().await, "POST", &url, Some(body)).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body["id"].as_str().unwrap().to_owned()
    }

    /// Asks for a link to a new password, as a person does.
    pub(crate) async fn forgot(&self, browser: &mut Browser, name: &str) -> Page {
        let page = browser.open("/uaa/forgot_password").await;
        browser.send(&page, "username", &[("username", name)]).await
    }

    /// What administrators see of the messages.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let token = self.keeper().await;
        let url = format!("{}/access/v1/mails", self.server.uaa());
        let said = self.server.ask(&token, "GET", &url, None).await;
        said.body["resources"].as_array().unwrap_or_else(|| panic!("{said:?}")).clone()
    }

    /// A token of the client `admin`.
    pub(crate) async fn keeper(&self) -> String {
        let form = [("grant_type", "client_credentials")];
        let said = self.server.token("admin", &self.server.client_secret(), &form).await;
        said.body["access_token"].as_str().unwrap().to_owned()
    }

    /// Waits until the messages are such.
    pub(crate) async fn until(&self, what: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        for _ in 0..300 {
            let mails = self.mails().await;
            if what(&mails) {
                return mails;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the messages do not become such: {:?}", self.mails().await);
    }

    /// Whether that is the user's password.
    pub(crate) async fn is_password(&self, name: &str, password: &str) -> bool {
        let form = [("grant_type", "password"), ("username", name), ("password", password)];
        let said = self.server.token("cf", "", &form).await;
        assert!(said.status == 200 || said.body["error"] == "unauthorized", "{said:?}");
        said.status == 200
    }
}

/// The path and query of the link, below the server's own address.
pub(crate) fn path(caught: &Caught) -> String {
    let url: reqwest::Url = caught.link().parse().unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

pub(crate) const OLD: &str = "an old long secret";
pub(crate) const NEW: &str = "a new long secret";
