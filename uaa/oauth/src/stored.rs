//! Tokens that are kept: refresh tokens, opaque access tokens, and JWTs where the zone keeps them too.

use crate::client::Known;
use crate::engine::Engine;
use crate::forms::AccessForm;
use crate::person::Person;
use serde::{Deserialize, Serialize};
use uaa_directory::{Keep, keep};
use uaa_model::{Fault, Reply};
use uaa_plugin::Ctx;
use uaa_token::{AccessClaims, opaque_access};
use uuid::Uuid;

/// Whose token is kept, with the generations that it was made in.
#[derive(Clone, Copy)]
pub(crate) struct Whose {
    /// The user, or the client itself.
    pub(crate) subject: Uuid,
    pub(crate) family: Uuid,
    /// Of the user (0 when there is none) and the client.
    pub(crate) generations: (i64, i64),
    /// The browser's session that it ends with, if it does.
    pub(crate) session: Option<Uuid>,
}

/// What a list of tokens shows of the claims that are kept.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shown {
    #[serde(alias = "scopes")]
    pub(crate) scope: Vec<String>,
    /// `jwt` or `opaque`.
    pub(crate) format: Option<String>,
    pub(crate) generations: Option<(i64, i64)>,
}

/// What is kept with an access token. Of a JWT the claims are in the token.
#[derive(Serialize)]
#[serde(untagged)]
enum KeptAccess<'a> {
    Opaque {
        #[serde(flatten)]
        claims: &'a AccessClaims<'a>,
        format: &'static str,
        generations: (i64, i64),
    },
    Jwt {
        scope: &'a [std::borrow::Cow<'a, str>],
        format: &'static str,
        generations: (i64, i64),
    },
}

/// Keeps an access token and gives its text.
pub(crate) async fn access(
    engine: &Engine,
    claims: &mut AccessClaims<'_>,
    form: AccessForm,
    (client, person): (&Known, Option<&Person>),
    Whose { subject, family, generations, session }: Whose,
    cx: &mut Ctx,
) -> Reply<String> {
    claims.revocable = Some(true);
    // UAA names an opaque token by itself. Here its `jti` is another text: a copy of the table holds no usable token.
    let (text, kept) = match form {
        AccessForm::Opaque => {
            (opaque_access(&engine.ids), KeptAccess::Opaque { claims, format: "opaque", generations })
        }
        AccessForm::Jwt | AccessForm::StoredJwt => {
            let text = engine.sign(claims, client)?;
            (text, KeptAccess::Jwt { scope: &claims.scope, format: "jwt", generations })
        }
    };
    cx.step_to_write().await?;
    engine.in_name_of(person, client, cx);
    let row = Keep {
        jti: &claims.jti,
        text: &text,
        kind: "access",
        client_id: &claims.client_id,
        subject,
        family,
        claims: serde_json::to_string(&kept).map_err(|e| Fault::Internal(e.to_string()))?,
        expires: claims.exp * 1_000_000,
        session,
    };
    keep(cx, row).await?;
    Ok(text)
}

/// A row that was there a moment ago: another request has ended it, and this one looks again.
pub(crate) fn again(fault: Fault) -> Fault {
    match fault {
        Fault::Denied(..) => Fault::Retry,
        other => other,
    }
}
