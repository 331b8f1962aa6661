//! What a browser is shown where there is nothing but a fault for it: a page, and never the JSON that programs read.

use crate::ctx::{Caller, Params};
use crate::dispatch::{Dispatcher, Handled};
use crate::route::Route;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response, header};
use std::sync::Arc;
use uaa_model::Code;

/// The fault that became a response: an extension of it that never reaches the caller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed(pub(crate) Code);

/// The page of one site, which says what went wrong. Its route reads the status and the name of the fault as the parameters of its path.
#[derive(Clone)]
pub(crate) struct Troubled(Option<Arc<Route>>);

/// A request of a browser, without what it sent.
pub(crate) struct Again(Option<(Arc<Route>, Request)>);

impl Troubled {
    /// Without a page everybody reads JSON.
    pub(crate) fn new(page: Option<Route>) -> Troubled {
        Troubled(page.map(Arc::new))
    }

    /// What is needed to ask for the page later; nothing for a program. `methods`: those by which browsers come there.
    pub(crate) fn again(&self, request: &Request, methods: &[Method], dispatcher: &Dispatcher) -> Again {
        let looks = methods.contains(request.method()) && is_of_a_browser(request.headers());
        let Some(page) = self.0.clone().filter(|_| looks) else { return Again(None) };
        let mut again = Request::new(Body::empty());
        again.uri_mut().clone_from(request.uri());
        *again.headers_mut() = request.headers().clone();
        again.headers_mut().remove(header::CONTENT_LENGTH);
        if let Some(caller) = request.extensions().get::<Caller>() {
            // A zone that is not there has no page.
            let there = dispatcher.zones.at(&caller.subdomain).is_some();
            let subdomain = if there { caller.subdomain.clone() } else { "".into() };
            again.extensions_mut().insert(Caller { subdomain, ..caller.clone() });
        }
        Again(Some((page, again)))
    }
}

impl Again {
    /// The page instead of a fault. If there is none either, the fault as it was.
    pub(crate) async fn instead_of(
        self,
        response: Response<Body>,
        dispatcher: &Dispatcher,
    ) -> Response<Body> {
        let (Some((page, request)), Some(Failed(code))) = (self.0, response.extensions().get().copied())
        else {
            return response;
        };
        let params = Params::new(vec![code.status.to_string(), code.name.to_owned()]);
        let mut shown = dispatcher.serve(&page, params, request).await;
        if shown.extensions().get::<Failed>().is_some() {
            return response;
        }
        // It stays the answer of the route that was asked.
        if let Some(handled) = response.extensions().get::<Handled>() {
            shown.extensions_mut().insert(*handled);
        }
        for name in [header::ALLOW, header::RETRY_AFTER] {
            if let Some(value) = response.headers().get(&name) {
                shown.headers_mut().insert(name, value.clone());
            }
        }
        shown
    }
}

/// Whether somebody looks at the answer: browsers name what they show, and programs that take anything do not. Nor do browsers show tokens
/// and secrets in a header.
pub fn is_of_a_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|all| all.contains("text/html")) && !headers.contains_key(header::AUTHORIZATION)
}

/// By which browsers open an address.
pub(crate) const OPENED: &[Method] = &[Method::GET, Method::HEAD];
/// The same, and by which they send a form.
pub(crate) const OPENED_OR_SENT: &[Method] = &[Method::GET, Method::HEAD, Method::POST];
