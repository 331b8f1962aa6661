use super::page;
use crate::Client;

/// Carries an answer to an application by a form: OAuth 2.0 Form Post Response Mode section 4, and the POST binding of SAML. A
/// script sends it; without one a button does.
#[derive(Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Who gets it.
    pub client: Client,
    /// Where it goes: `https:` or `http:`.
    pub action: String,
    /// What goes there. Our own `csrf` is not among it: the form leaves for another origin.
    pub fields: Vec<(String, String)>,
}

page!(HandOver, "page/hand_over.html", |p, x| x.text("hand-over-title").with("client", &p.client.name), script: |_| Some("hand-over.js"));

crate::quiet::quiet!(HandOver);
