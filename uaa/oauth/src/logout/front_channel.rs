//! OpenID Connect Front-Channel Logout 1.0: the browser that signs out opens an address of each application that took part.

use crate::engine::Engine;
use uaa_authz::Duty;
use uaa_directory::{Live, participants};
use uaa_model::Reply;
use uaa_plugin::Ctx;
use url::form_urlencoded::Serializer;

/// The addresses to be opened, of the clients that take part in the session and have registered one.
pub(super) async fn frames(engine: &Engine, live: &Live, cx: &mut Ctx) -> Reply<Vec<String>> {
    let me = cx.tx().assume(Duty::SignIn);
    let clients = participants(cx.tx(), live.id).await;
    cx.tx().resume(me);
    let issuer = cx.here().issuer.clone();
    let mut frames = vec![];
    for client_id in clients? {
        let Some(client) = engine.client(cx.zone(), &client_id).await? else { continue };
        if let Some(uri) = &client.frontchannel_logout_uri {
            frames.push(saying(uri, &issuer, &engine.called_by(&client, live.id)?.to_string()));
        }
    }
    Ok(frames)
}

/// Section 3: who says so, and of which session, for whoever needs it (`frontchannel_logout_session_required`) and everybody else.
fn saying(uri: &str, issuer: &str, sid: &str) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    let said = Serializer::new(String::new()).append_pair("iss", issuer).append_pair("sid", sid).finish();
    format!("{uri}{separator}{said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_registered_stays_as_it_is() {
        assert_eq!(
            saying("https://a/out", "https://i/t", "s"),
            "https://a/out?iss=https%3A%2F%2Fi%2Ft&sid=s"
        );
        assert_eq!(saying("https://a/out?x=%2f", "i", "s"), "https://a/out?x=%2f&iss=i&sid=s");
    }
}
