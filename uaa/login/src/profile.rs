//! `/profile`: the account, where it is signed in, and what applications may do in its name. Everything there can be ended.

pub(crate) mod factors;

use crate::sign_in::form;
use crate::{LoginPages, agent};
use crate::{email, own_password};
use axum::http::{Method, StatusCode};
use std::collections::BTreeMap;
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Read};
use uaa_directory::{
    Approval, ApprovalOwn, Asking, Live, Session, SessionOwn, Shown, User, cookie, end_session,
    end_tokens_of, proofs,
};
use uaa_look::{Act, Asked, Connected, OwnPassword, Profile, Session as Shows, SignedOut};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, with};
use uaa_store::{Cond, Fields, Query, Stored, TimeOp, Want};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    vec![
        Route::public(Uaa, Method::GET, "/profile", "profile_show", Oauth, why, with(login.clone(), show)),
        Route::public(
            Uaa,
            Method::POST,
            "/profile",
            "profile_update",
            Oauth,
            why,
            with(login.clone(), update),
        ),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let Some(live) = login.sessions.current(cx).await? else {
        return login.pages.sign_in_first(PATH, cx);
    };
    let before = cx.tx().assume(Duty::SignIn);
    let user = cx.tx().grant::<Read, User>(Id::new(live.user)).await?;
    let row = cx.tx().get(&user).await?;
    cx.tx().resume(before);
    let ours = row.own.origin == "uaa";
    let user = row.own;
    let sessions = sessions(&live, user.generation, cx).await?;
    let factors = factors::shown(&live, cx).await?;
    let page = Profile {
        passkeys: factors.passkeys,
        apps: factors.apps,
        recovery: factors.recovery,
        name: live.name.clone(),
        mail_verified: user.verified,
        change_mail: ours.then(|| Act { action: email::ACTION.into(), fields: vec![] }),
        password: ours.then(|| OwnPassword {
            changed: user.password_changed_at,
            change: Act { action: own_password::OWN_DO.into(), fields: vec![] },
        }),
        mail: user.email,
        end_all: (sessions.len() > 1).then(|| act("end_all", "yes")),
        sessions,
        applications: applications(&live, cx).await?,
        ..Profile::default()
    };
    login.pages.show(&page, Shown { live: Some(&live), ..Shown::new(StatusCode::OK, PATH) }, cx)
}

/// Ends a session, all of them, or what an application may do. The right is asked for as the person, who owns all of it.
async fn update(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, PATH, cx);
    }
    let Some(live) = login.sessions.current(cx).await? else {
        return login.pages.sign_in_first(PATH, cx);
    };
    cx.step(Want::Write).await?;
    if let Some(id) = field(&fields, "end_session").and_then(|id| id.parse().ok()) {
        end_one(Id::new(id), &live, cx).await?;
    }
    // The second way is UAA's form.
    let of_uaa = field(&fields, "delete").and(field(&fields, "clientId"));
    if let Some(client) = field(&fields, "take_back").or(of_uaa) {
        take_back(&login, client, &live, cx).await?;
    }
    if field(&fields, "end_all").is_some() {
        for row in of_person::<Session>(&live, cx).await? {
            end_one(Id::new(row.guid), &live, cx).await?;
        }
        let page = SignedOut { sign_in: "/login".into(), ..SignedOut::default() };
        return login.pages.show(&page, Shown::new(StatusCode::OK, "/login"), cx);
    }
    Answer::found(&format!("{}{PATH}", cx.links.login))
}

/// Ends a session, and has the applications told that took part in it.
async fn end_one(id: Id<Session>, live: &Live, cx: &mut Ctx) -> Reply<()> {
    let me = live.actor(cx);
    let before = cx.tx().actor().clone();
    cx.tx().resume(me);
    let ended = match cx.tx().grant::<Delete, Session>(id).await {
        Ok(session) => end_session(cx.tx(), session).await,
        // It has ended meanwhile, or never was theirs.
        Err(Fault::Denied(..)) => Ok(()),
        Err(fault) => Err(fault),
    };
    cx.tx().resume(before);
    ended
}

/// Ends what the person let an application do, and what it got by that.
async fn take_back(login: &LoginPages, client_id: &str, live: &Live, cx: &mut Ctx) -> Reply<()> {
    let mut rows = approvals(live, cx).await?;
    rows.retain(|row| row.own.client_id == client_id);
    if rows.is_empty() {
        return Ok(());
    }
    let me = live.actor(cx);
    let before = cx.tx().actor().clone();
    cx.tx().resume(me);
    let ended = delete_all(&rows, cx).await;
    cx.tx().resume(before);
    ended?;
    let client = Asking::find(client_id, None, cx).await?.and_then(|client| client.access_seconds);
    let seconds = client.or(cx.here().config.token_policy.access_seconds()).unwrap_or(login.access_seconds);
    end_tokens_of(live.user, client_id, seconds, cx.tx()).await
}

async fn delete_all(rows: &[Fields<ApprovalOwn>], cx: &mut Ctx) -> Reply<()> {
    for row in rows {
        match cx.tx().grant::<Delete, Approval>(Id::new(row.guid)).await {
            Ok(granted) => cx.tx().delete(granted).await?,
            // It has ended meanwhile.
            Err(Fault::Denied(..)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// Where the person is signed in, this device first.
async fn sessions(live: &Live, generation: i64, cx: &mut Ctx) -> Reply<Vec<Shows>> {
    let mut rows = of_person::<Session>(live, cx).await?;
    rows.retain(|row| row.own.generation == generation);
    rows.sort_by_key(|row| (row.guid != live.id, -row.own.seen));
    Ok(rows.iter().map(|row| shown(row, live)).collect())
}

fn shown(row: &Fields<SessionOwn>, live: &Live) -> Shows {
    let own = &row.own;
    Shows {
        agent: agent::spoken(&own.agent),
        from: own.address.clone(),
        active: own.seen,
        since: row.created_at,
        proofs: proofs(own.amr.split_whitespace()),
        end: (row.guid != live.id).then(|| act("end_session", &row.guid.to_string())),
    }
}

/// What applications may do in the person's name.
async fn applications(live: &Live, cx: &mut Ctx) -> Reply<Vec<Connected>> {
    let mut by_client: BTreeMap<String, Vec<Fields<ApprovalOwn>>> = BTreeMap::new();
    for row in approvals(live, cx).await?.into_iter().filter(|row| row.own.approved) {
        by_client.entry(row.own.client_id.clone()).or_default().push(row);
    }
    let mut all = vec![];
    for (client_id, rows) in by_client {
        let asking = Asking::find(&client_id, None, cx).await?;
        let named = || uaa_look::Client {
            name: client_id.clone(),
            id: client_id.clone(),
            ..uaa_look::Client::default()
        };
        all.push(Connected {
            client: asking.as_ref().map_or_else(named, Asking::client),
            identifier_alone: asking.as_ref().is_some_and(|asking| asking.pairwise),
            scopes: rows.iter().map(|r| Asked { name: r.own.scope.clone(), ..Asked::default() }).collect(),
            since: rows.iter().map(|row| row.created_at).min().unwrap_or_default(),
            take_back: act("take_back", &client_id),
        });
    }
    Ok(all)
}

async fn approvals(live: &Live, cx: &mut Ctx) -> Reply<Vec<Fields<ApprovalOwn>>> {
    of_person::<Approval>(live, cx).await
}

/// What of a kind is the person's and has not ended.
async fn of_person<R: Stored>(live: &Live, cx: &mut Ctx) -> Reply<Vec<Fields<R::Own>>> {
    let before = cx.tx().assume(Duty::SignIn);
    let seen = cx.tx().visible::<R>().await;
    cx.tx().resume(before);
    let query = Query::<R>::first(MOST).when(Cond::Ids("subject", vec![live.user])).when(Cond::Time(
        "expires",
        TimeOp::Gt,
        cx.now(),
    ));
    Ok(cx.tx().list(&seen?, &query).await?.rows)
}

fn act(name: &str, value: &str) -> Act {
    Act { action: PATH.into(), fields: vec![(name.to_owned(), value.to_owned())] }
}

pub(super) const PATH: &str = "/profile";
const MOST: i64 = 200;
