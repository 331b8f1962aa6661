//! A browser without JavaScript: cookies, redirects and forms, and nothing that a page does not offer.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeMap;

/// One browser profile.
pub struct Browser {
    client: Client,
    home: Url,
    cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
}

/// What the browser shows at the end of its redirects.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where it is.
    pub url: Url,
    /// The page.
    pub html: String,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Another site to which the browser was sent. It was not asked.
    pub elsewhere: Option<Url>,
}

impl Browser {
    /// A fresh one that stays at this address.
    ///
    /// # Panics
    /// When that is no address.
    pub fn at(home: &str) -> Browser {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        let home = home.parse().expect("an address");
        Browser { client, home, cookies: BTreeMap::new(), headers: vec![("accept", "text/html".into())] }
    }

    /// A cookie that it holds.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie into it, as an attacker or a thief would.
    pub fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.into(), value.into());
    }

    /// Opens an address.
    pub async fn open(&mut self, url: &str) -> Page {
        let url = self.home.join(url).expect("an address");
        self.follow(Method::GET, url, None).await
    }

    /// Fills in the form that has a button or field of that name, and sends it. A value for a checkbox ticks it; an empty one
    /// takes the tick away.
    ///
    /// # Panics
    /// When the page has no such form, or the form no such field.
    pub async fn send(&mut self, page: &Page, named: &str, values: &[(&str, &str)]) -> Page {
        let (method, action, fields) = page.form(named, values);
        let action = page.url.join(&action).expect("an address");
        self.follow(method, action, Some(fields)).await
    }

    /// Sends a form that no page offers, as somebody does who makes one up.
    ///
    /// # Panics
    /// When the path is none.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Page {
        let url = self.home.join(path).expect("an address");
        self.follow(Method::POST, url, Some(fields.to_vec())).await
    }

    async fn follow(&mut self, method: Method, url: Url, form: Option<Vec<(String, String)>>) -> Page {
        let (mut method, mut url, mut form) = (method, url, form);
        for _ in 0..10 {
            if url.origin() != self.home.origin() {
                let (html, headers) = (String::new(), reqwest::header::HeaderMap::new());
                return Page { status: 302, url: self.home.clone(), html, headers, elsewhere: Some(url) };
            }
            let mut request = self.client.request(method.clone(), url.clone());
            for (name, value) in &self.headers {
                request = request.header(*name, value);
            }
            let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(COOKIE, cookies.join("; "));
            if let Some(form) = &form {
                request = match method {
                    Method::GET => request.query(form),
                    _ => request.form(form),
                };
            }
            let response = request.send().await.expect("the server answers");
            self.keep(response.headers());
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let Some(location) = headers.get(LOCATION).filter(|_| (300..400).contains(&status)) else {
                let html = response.text().await.unwrap_or_default();
                return Page { status, url, html, headers, elsewhere: None };
            };
            let location = location.to_str().expect("an address");
            url = url.join(location).expect("an address");
            (method, form) = (Method::GET, None);
        }
        panic!("{url} redirects for ever");
    }

    fn keep(&mut self, headers: &reqwest::header::HeaderMap) {
        for set in headers.get_all(SET_COOKIE) {
            let text = set.to_str().expect("a cookie");
            let (name, value) = text.split(';').next().and_then(|c| c.split_once('=')).expect("a cookie");
            if text.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
    }
}

impl Page {
    /// The text of the first element that matches.
    ///
    /// # Panics
    /// When there is none.
    pub fn text(&self, selector: &str) -> String {
        let html = Html::parse_document(&self.html);
        let found = html.select(&select(selector)).next();
        let found = found.unwrap_or_else(|| panic!("no `{selector}` at {}: {}", self.url, self.html));
        found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// An attribute of the first element that matches.
    ///
    /// # Panics
    /// When there is none.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let html = Html::parse_document(&self.html);
        let found = html.select(&select(selector)).next().and_then(|element| element.attr(name));
        found
            .unwrap_or_else(|| panic!("no `{name}` of `{selector}` at {}: {}", self.url, self.html))
            .to_owned()
    }

    /// Whether something matches.
    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.html).select(&select(selector)).next().is_some()
    }

    /// A parameter of the address elsewhere, in its query or fragment.
    pub fn given(&self, name: &str) -> Option<String> {
        let url = self.elsewhere.as_ref()?;
        let fragment = url.fragment().map(|f| Url::parse(&format!("x:?{f}")).expect("a fragment"));
        let find = |url: &Url| url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
        find(url).or_else(|| fragment.as_ref().and_then(find))
    }

    /// Method, action and fields of the form with a field or button of that name.
    pub fn form(&self, named: &str, values: &[(&str, &str)]) -> (Method, String, Vec<(String, String)>) {
        let html = Html::parse_document(&self.html);
        let any = select("input, button, select, textarea");
        let form = html
            .select(&select("form"))
            .find(|form| form.select(&any).any(|field| field.attr("name") == Some(named)));
        let form = form.unwrap_or_else(|| panic!("no form with `{named}` at {}: {}", self.url, self.html));
        let mut fields: Vec<(String, String)> = form.select(&any).filter_map(|f| sent(&f)).collect();
        for (name, value) in values {
            let there = form.select(&any).any(|field| field.attr("name") == Some(*name));
            assert!(there, "no field `{name}` at {}: {}", self.url, self.html);
            fields.retain(|(n, _)| n != name);
            if !value.is_empty() {
                fields.extend(value.split('|').map(|value| ((*name).to_owned(), value.to_owned())));
            }
        }
        let method = form.attr("method").unwrap_or("get").to_ascii_uppercase().parse().expect("a method");
        (method, form.attr("action").unwrap_or(self.url.as_str()).to_owned(), fields)
    }
}

/// What a field adds by itself, when nobody touches it. Buttons are pressed by name.
fn sent(field: &ElementRef<'_>) -> Option<(String, String)> {
    let name = field.attr("name")?;
    let kind = field.attr("type").unwrap_or("text");
    let button = field.value().name() == "button" || ["submit", "button"].contains(&kind);
    let unticked = ["checkbox", "radio"].contains(&kind) && field.attr("checked").is_none();
    if button || unticked || field.attr("disabled").is_some() {
        return None;
    }
    Some((name.to_owned(), field.attr("value").unwrap_or_default().to_owned()))
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}
