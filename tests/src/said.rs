//! Requests as programs send them.

use serde_json::Value;

/// What a request came back with.
#[derive(Debug)]
pub struct Said {
    /// HTTP status.
    pub status: u16,
    /// The body, `null` when it is no JSON.
    pub body: Value,
    /// The header `Location`.
    pub location: Option<String>,
}

/// Asks the token endpoint of that UAA as a client.
pub(crate) async fn token_with(
    with: &reqwest::Client,
    uaa: &str,
    (client, secret): (&str, &str),
    form: &[(&str, &str)],
) -> Said {
    said(with.post(format!("{uaa}/oauth/token")).basic_auth(client, Some(secret)).form(form)).await
}

/// A request with a bearer token, unless it is empty, and maybe a JSON body.
pub(crate) async fn ask_with(
    with: &reqwest::Client,
    token: &str,
    method: &str,
    url: &str,
    body: Option<Value>,
) -> Said {
    let method = method.parse().expect("a method");
    let mut request = with.request(method, url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    said(request).await
}

/// Sends a request and reads what comes back.
pub async fn said(request: reqwest::RequestBuilder) -> Said {
    let response = request.send().await.expect("the server answers");
    let status = response.status().as_u16();
    let location = response.headers().get("location").and_then(|l| l.to_str().ok()).map(str::to_owned);
    let text = response.text().await.unwrap_or_default();
    Said { status, location, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
}
