//! UAA's `/Codes`: a client that holds `oauth.login` keeps something under a code, and gets it back once.

use axum::http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Duty, Resource, Verb, Zone};
use uaa_directory::{ExpiringCode, ExpiringCodeOwn, NewCode, Purpose};
use uaa_model::{Code, Denied, Fault, Id, Reply};
use uaa_plugin::shape::{NUMBER, Shape, TEXT, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Json, Need, NeedInfo, Route, Site::Uaa, Within};
use uaa_store::{Fields, Granted, Slot};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Uaa, Method::POST, "/Codes", "code_create", Oauth, create).answers(Answers::created(looks)),
        Route::on(Uaa, Method::GET, "/Codes/{code}", "code_redeem", Oauth, redeem)
            .answers(Answers::ok(looks)),
    ]
}

/// What is to be kept, and until when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct New {
    #[serde(default)]
    data: Option<String>,
    /// Milliseconds since the epoch.
    #[serde(default)]
    expires_at: Option<i64>,
}

impl Within<ExpiringCode> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

async fn create(slot: Slot<ExpiringCode>, Json(new): Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    let bad = |text| Fault::protocol(Code::new(400, "invalid_request"), text);
    let (Some(data), Some(millis)) = (new.data, new.expires_at) else {
        return Err(bad("data and expiresAt are required."));
    };
    let expires = millis.saturating_mul(1_000);
    if expires <= cx.now() {
        return Err(bad("expiresAt must be in the future."));
    }
    let client = cx.tx().actor().client.to_string();
    let new =
        NewCode { purpose: Purpose::Client, subject: None, client_id: &client, data: data.clone(), expires };
    let code = ExpiringCode::make_in(slot, new, cx.tx()).await?;
    Answer::created(&shown(code.expose(), millis, &data))
}

async fn redeem(OneCode { row, granted }: OneCode, _: (), cx: &mut Ctx) -> Reply<Answer> {
    // Deleting fails for all but one of those who come at the same moment.
    cx.tx().delete(granted).await?;
    let code = cx.params.text(0);
    Answer::ok(&shown(code, row.own.expires / 1_000, &row.own.data))
}

fn shown(code: &str, millis: i64, data: &str) -> Value {
    json!({"code": code, "expiresAt": millis, "data": data, "intent": null})
}

fn looks() -> Shape {
    object([("code", TEXT), ("expiresAt", NUMBER), ("data", TEXT), ("intent", TEXT.or_null())]).named("code")
}

/// The right to take the code that the path names.
struct OneCode {
    row: Fields<ExpiringCodeOwn>,
    granted: Granted<Delete, ExpiringCode>,
}

impl<I: Sync> Need<I> for OneCode {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, ExpiringCode::KIND.name);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let text = cx.params.text(0).to_owned();
        let me = cx.tx().assume(Duty::SignIn);
        let row = ExpiringCode::look(Purpose::Client, &text, cx.tx()).await;
        cx.tx().resume(me);
        let row = row?;
        // A code that there is none of is a row that there is none of: who may not use codes at all is told that.
        let id = Id::new(row.as_ref().map(|row| row.guid).unwrap_or_default());
        let granted = cx.tx().grant::<Delete, ExpiringCode>(id).await?;
        let row = row.ok_or(Fault::Denied(Denied::Hidden, ExpiringCode::KIND.name))?;
        Ok(OneCode { row, granted })
    }
}
