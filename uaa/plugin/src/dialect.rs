use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use uaa_model::{Barrier, Code, Denied, Fault};

/// How a protocol says what went wrong. A route knows its dialect; a handler never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Cloud Controller v3: `{"errors": [{code, title, detail}]}`.
    Cc,
    /// OAuth 2: `{"error", "error_description"}` and `WWW-Authenticate`.
    Oauth,
    /// UAA's SCIM: `{"error", "message", "error_description"}`.
    Scim,
    /// Hallmark's own API under `/access/v1`: as OAuth, without a challenge of its own.
    Access,
}

impl Dialect {
    /// The name in `routes.txt`.
    pub const fn name(self) -> &'static str {
        match self {
            Dialect::Cc => "cc",
            Dialect::Oauth => "oauth",
            Dialect::Scim => "scim",
            Dialect::Access => "access",
        }
    }

    /// The fault as an answer. What is a mistake of ours goes to the log, not to the caller.
    /// `needed`: the scopes that would do, where the fault itself does not name them.
    pub fn render(self, fault: &Fault, needed: &[&str], request: &str) -> Response<Body> {
        if let Fault::Internal(text) | Fault::Unavailable(text) = fault {
            tracing::error!(request, text, "the request failed");
        }
        let mut said = self.say(fault);
        if said.code.name == INSUFFICIENT && said.scope().is_none() && !needed.is_empty() {
            said.more.push((SCOPE, needed.join(" ")));
        }
        let body = match self {
            Dialect::Cc => {
                let errors: Vec<Value> = said
                    .details
                    .iter()
                    .map(|text| json!({"code": said.code.number, "title": said.code.name, "detail": text}))
                    .collect();
                json!({ "errors": errors })
            }
            Dialect::Oauth | Dialect::Access => said.object(false),
            Dialect::Scim => said.object(true),
        };
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() =
            StatusCode::from_u16(said.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Fault::TooMany(seconds) = fault {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        if let Fault::Unproved(unproved) = fault {
            headed(headers, &[("dpop-nonce", &unproved.nonce), ("www-authenticate", &unproved.challenge)]);
        } else if matches!(said.code.status, 401 | 403) && self != Dialect::Cc {
            // RFC 6750 section 3.
            let text = said.details.first().map_or("", |t| t.as_ref()).replace(['"', '\\'], "'");
            let realm = if said.code.name == "invalid_client" {
                "Basic realm=\"UAA/client\""
            } else {
                "Bearer realm=\"UAA/oauth\""
            };
            let scope = said.scope().map(|scope| format!(", scope=\"{scope}\"")).unwrap_or_default();
            let error = said.code.name;
            let challenge = format!("{realm}, error=\"{error}\", error_description=\"{text}\"{scope}");
            if let Ok(value) = HeaderValue::from_str(&challenge) {
                headers.insert(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }

    /// Status, name and words of a fault: a line of `faults.txt`.
    pub fn say(self, fault: &Fault) -> Said {
        let code = self.code(fault);
        match fault {
            Fault::Protocol(_, text, more) => Said { code, details: vec![text.clone()], more: more.clone() },
            Fault::Invalid(texts) => Said { code, details: texts.clone(), more: vec![] },
            _ => Said { code, details: vec![self.words(fault)], more: vec![] },
        }
    }

    /// The Cloud Controller has its own, with numbers; OAuth and our own API share theirs.
    fn code(self, fault: &Fault) -> Code {
        let ((status, number, name), oauth, scim) = match fault {
            Fault::Protocol(code, ..) => return *code,
            Fault::Unproved(_) if self == Dialect::Cc => return self.denied(Denied::Unauthenticated),
            Fault::Unproved(unproved) => return Code::new(unproved.status, unproved.error),
            Fault::Denied(Denied::Hidden, kind) if self.hides_as_token(kind) => {
                return Code::new(404, "invalid_token");
            }
            Fault::Denied(denied, _) => return self.denied(*denied),
            Fault::Lacking(..) => return self.denied(Denied::Forbidden),
            Fault::NotFound(_) => ((404, 10000, "CF-NotFound"), (404, "not_found"), (404, "not_found")),
            Fault::Method => {
                ((404, 10000, "CF-NotFound"), (405, "method_not_allowed"), (405, "method_not_allowed"))
            }
            Fault::BadQuery(_) => {
                ((400, 10005, "CF-BadQueryParameter"), (400, "invalid_request"), (400, "scim"))
            }
            Fault::Parse(_) => (
                (400, 1001, "CF-MessageParseError"),
                (400, "invalid_request"),
                (400, "invalid_scim_resource"),
            ),
            Fault::Invalid(_) => (UNPROCESSABLE, (400, "invalid_request"), (400, "invalid_scim_resource")),
            Fault::Unique(_) => {
                (UNPROCESSABLE, (400, "invalid_request"), (409, "scim_resource_already_exists"))
            }
            Fault::Conflict(_) => {
                ((409, 10016, "CF-Conflict"), (409, "conflict"), (409, "scim_resource_conflict"))
            }
            Fault::TooLarge => {
                ((413, 1004, "CF-BadRequest"), (413, "invalid_request"), (413, "invalid_scim_resource"))
            }
            Fault::TooMany(_) => {
                ((429, 10013, "CF-RateLimitExceeded"), (429, "too_many_requests"), (429, "too_many_requests"))
            }
            Fault::Unavailable(_) | Fault::Retry => (
                (503, 10015, "CF-ServiceUnavailable"),
                (503, "temporarily_unavailable"),
                (503, "temporarily_unavailable"),
            ),
            Fault::Internal(_) => {
                ((500, 10001, "UnknownError"), (500, "server_error"), (500, "internal_server_error"))
            }
        };
        match self {
            Dialect::Cc => Code::cc(status, number, name),
            Dialect::Oauth | Dialect::Access => Code::new(oauth.0, oauth.1),
            Dialect::Scim => Code::new(scim.0, scim.1),
        }
    }

    /// One sentence. A mistake of ours is not told to the caller.
    fn words(self, fault: &Fault) -> Cow<'static, str> {
        let cc = self == Dialect::Cc;
        match fault {
            Fault::Denied(Denied::Hidden, kind) if self.hides_as_token(kind) => "Resource not found".into(),
            Fault::Denied(denied, kind) => self.refusal(*denied, kind),
            Fault::Lacking(verb, kind) if self == Dialect::Access => {
                format!("you cannot hand out `{verb}` on `{kind}`, which you lack there").into()
            }
            Fault::Lacking(_, kind) => self.refusal(Denied::Forbidden, kind),
            Fault::BadQuery(text) if cc => format!("The query parameter is invalid: {text}").into(),
            Fault::Parse(text) if cc => format!("Request invalid due to parse error: {text}").into(),
            Fault::NotFound(text)
            | Fault::BadQuery(text)
            | Fault::Parse(text)
            | Fault::Unique(text)
            | Fault::Conflict(text)
            | Fault::Protocol(_, text, _) => text.clone(),
            Fault::Unproved(unproved) => unproved.text.clone(),
            Fault::Invalid(texts) => texts.join(" ").into(),
            Fault::Method if cc => "Unknown request".into(),
            Fault::Method => "method not allowed".into(),
            Fault::TooLarge => "the request body is too large".into(),
            Fault::TooMany(_) => "too many requests at once; try again later".into(),
            Fault::Unavailable(_) | Fault::Retry => {
                "the service is temporarily unavailable; try again".into()
            }
            Fault::Internal(_) => "An unknown error occurred.".into(),
        }
    }

    /// UAA's words where tokens are ended of somebody who is not there; in this dialect nothing else is about users, clients and tokens
    /// by their names.
    fn hides_as_token(self, kind: &str) -> bool {
        self == Dialect::Oauth && ["user", "client", "token"].contains(&kind)
    }

    fn denied(self, denied: Denied) -> Code {
        let (cc, other) = match denied {
            Denied::Anonymous => ((401, 10002, "CF-NotAuthenticated"), (401, "unauthorized")),
            Denied::Unauthenticated => ((401, 1000, "CF-InvalidAuthToken"), (401, "invalid_token")),
            Denied::Hidden if self == Dialect::Scim => ((404, 10010, ""), (404, "scim_resource_not_found")),
            Denied::Hidden => ((404, 10010, "CF-ResourceNotFound"), (404, "not_found")),
            Denied::Scope => ((403, 10003, "CF-NotAuthorized"), (403, "insufficient_scope")),
            Denied::Forbidden if self == Dialect::Access => ((403, 0, ""), (403, "access_denied")),
            Denied::Forbidden => ((403, 10003, "CF-NotAuthorized"), (403, "insufficient_scope")),
            Denied::Barred(Barrier::OrganizationSuspended) => {
                ((403, 10017, "CF-OrgSuspended"), (403, "access_denied"))
            }
            Denied::Barred(Barrier::SpaceSuspended) => {
                ((403, 10019, "CF-SpaceSuspended"), (403, "access_denied"))
            }
            Denied::Barred(Barrier::Deleting) => ((422, 10020, "CF-ResourceBeingDeleted"), (409, "conflict")),
        };
        if self == Dialect::Cc { Code::cc(cc.0, cc.1, cc.2) } else { Code::new(other.0, other.1) }
    }

    fn refusal(self, denied: Denied, kind: &str) -> Cow<'static, str> {
        match (denied, self) {
            (Denied::Anonymous, Dialect::Cc) => "Authentication error".into(),
            // RFC 7591 section 3: whoever comes without one has to hear where it is to be had.
            (Denied::Anonymous, Dialect::Oauth) if kind == "client_registration" => {
                "an initial access token is needed to register a client: an administrator gives one out at \
                 /access/v1/registration-tokens; a token with the scope clients.register does as well"
                    .into()
            }
            (Denied::Anonymous, _) => "Full authentication is required to access this resource".into(),
            (Denied::Unauthenticated, Dialect::Cc) => "Invalid Auth Token".into(),
            (Denied::Unauthenticated, _) => {
                "the token is not good: expired, revoked, or not one of ours".into()
            }
            (Denied::Hidden, _) => format!("{} not found", noun(kind)).into(),
            (Denied::Forbidden | Denied::Scope, Dialect::Cc) => {
                "You are not authorized to perform the requested action".into()
            }
            (Denied::Forbidden | Denied::Scope, _) => "Insufficient scope for this resource".into(),
            (Denied::Barred(Barrier::OrganizationSuspended), _) => "The organization is suspended".into(),
            (Denied::Barred(Barrier::SpaceSuspended), _) => "The space is suspended".into(),
            (Denied::Barred(Barrier::Deleting), _) => "The resource is being deleted".into(),
        }
    }
}

/// Adds those of the headers that there are.
fn headed(headers: &mut HeaderMap, all: &[(&'static str, &Option<String>)]) {
    for (name, text) in all {
        if let Some(value) = text.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(*name, value);
        }
    }
}

/// A fault in a dialect's words.
#[derive(Clone, Debug)]
pub struct Said {
    /// Status, name, number.
    pub code: Code,
    /// One sentence an error.
    pub details: Vec<Cow<'static, str>>,
    more: Vec<(&'static str, String)>,
}

impl Said {
    /// The scopes that are needed (RFC 6750 section 3), as UAA says in the body, too.
    fn scope(&self) -> Option<&str> {
        let mut more = self.more.iter().filter(|_| self.code.name == INSUFFICIENT);
        more.find(|(name, _)| *name == SCOPE).map(|(_, scope)| scope.as_str())
    }

    fn object(&self, scim: bool) -> Value {
        let text = self.details.join(" ");
        let mut body = Map::new();
        body.insert("error".into(), self.code.name.into());
        body.insert("error_description".into(), text.clone().into());
        if scim {
            body.insert("message".into(), text.into());
        }
        body.extend(self.more.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())));
        Value::Object(body)
    }
}

const INSUFFICIENT: &str = "insufficient_scope";
const SCOPE: &str = "scope";
const UNPROCESSABLE: (u16, u32, &str) = (422, 10008, "CF-UnprocessableEntity");

/// A kind as the field's clients read it: `Organization quota not found` is matched by the cf CLI.
fn noun(kind: &str) -> String {
    let word = match kind {
        "organization_role" | "space_role" | "role_binding" => "role",
        "platform_user" => "user",
        "audit_event" => "event",
        other => other,
    };
    let mut chars = word.replace('_', " ").chars().collect::<Vec<_>>();
    if let Some(first) = chars.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    chars.into_iter().collect()
}
