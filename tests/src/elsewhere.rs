//! Whoever publishes something: an application's keys, an issuer of another house.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A site on this machine. It ends with the test.
#[derive(Clone)]
pub struct Elsewhere {
    port: u16,
    site: Arc<Mutex<Site>>,
}

#[derive(Default)]
struct Site {
    pages: HashMap<String, String>,
    asked: Vec<String>,
}

impl Elsewhere {
    /// Opens an empty one.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn open() -> Elsewhere {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let site = Arc::new(Mutex::new(Site::default()));
        let router = axum::Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Elsewhere { port, site }
    }

    /// The address of a page, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// What stands there from now on.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn publish(&self, path: &str, text: impl ToString) -> String {
        self.site.lock().expect("nobody panicked").pages.insert(path.to_owned(), text.to_string());
        self.url(path)
    }

    /// The pages that somebody asked for, in that order.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn asked(&self) -> Vec<String> {
        self.site.lock().expect("nobody panicked").asked.clone()
    }
}

async fn answer(State(site): State<Arc<Mutex<Site>>>, uri: Uri) -> (StatusCode, String) {
    let mut site = site.lock().expect("nobody panicked");
    site.asked.push(uri.path().to_owned());
    match site.pages.get(uri.path()) {
        Some(text) => (StatusCode::OK, text.clone()),
        None => (StatusCode::NOT_FOUND, String::new()),
    }
}
