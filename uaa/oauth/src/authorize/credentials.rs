//! UAA's authorization with posted credentials (`source=credentials`): name and password in the form, the answer at once, no session.
//! For old command lines. Only for clients that the operator approved: nobody is there to be asked.

use super::request::{Asked, Stop};
use super::{Authorize, Who, told};
use crate::fault::{bad_credentials, locked, more_is_needed, stale, unverified};
use crate::person::Authentication;
use crate::scope::of_person;
use serde_json::Value;
use uaa_authz::Duty;
use uaa_directory::{Assurance, Claimed, Proved, Whom, by_password, succeeded};
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Body, Ctx, field, pairs};

/// The pairs of a body that brings credentials along. Of a body alone: a password in an address ends up in logs.
pub(super) fn posted(body: &Body) -> Reply<Option<Vec<(String, String)>>> {
    if body.0.is_empty() {
        return Ok(None);
    }
    // Whether it is UTF-8 was looked at before.
    let form = pairs(&String::from_utf8_lossy(&body.0))?;
    Ok(Some(form).filter(|form| field(form, "source") == Some("credentials")))
}

impl Authorize {
    pub(super) async fn by_credentials(
        &self,
        asked: &Asked,
        form: &[(String, String)],
        cx: &mut Ctx,
    ) -> Result<Answer, Stop> {
        let given = field(form, "credentials").and_then(|text| serde_json::from_str::<Value>(text).ok());
        let text = |name: &str| {
            let member = given.as_ref().and_then(|given| given[name].as_str());
            member.or_else(|| field(form, name)).unwrap_or_default().to_owned()
        };
        let (username, password) = (text("username"), Secret::new(text("password")));
        let claimed = Claimed { origin: "uaa", username: &username, client: &asked.client.client_id };
        let row = match by_password(&self.engine.credentials, &claimed, &password, cx).await? {
            Proved::Right(user) => user,
            Proved::Stale(..) => return Err(stale().into()),
            Proved::Unverified(_) => return Err(unverified().into()),
            Proved::Half(..) => return Err(more_is_needed().into()),
            Proved::Wrong => return Err(bad_credentials().into()),
            Proved::Locked(_) => return Err(locked().into()),
        };
        let user = row.guid;
        if asked.assurance(&cx.here()) > Assurance::One {
            return Err(more_is_needed().into());
        }
        let me = cx.tx().assume(Duty::SignIn);
        let scopes = of_person(&asked.client, asked.scope.as_deref(), user, cx).await;
        cx.tx().resume(me);
        let scopes = scopes.map_err(|fault| told(asked, fault))?;
        if !scopes.iter().all(|scope| asked.client.auto_approve.covers(scope)) {
            let text = "the client is not approved by the operator, and nobody is there to be asked";
            return Err(Stop::Back(Box::new(asked.back.clone()), "access_denied", text.into()));
        }
        let authentication =
            Authentication { nonce: asked.nonce.clone(), ..Authentication::by_password(cx.now()) };
        succeeded(Whom::of(&row), &asked.client.client_id, "pwd", cx);
        cx.logged_on(user);
        self.give(asked, scopes, &Who { user, authentication }, cx).await
    }
}
