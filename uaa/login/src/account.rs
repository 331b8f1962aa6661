//! What the pages of an account share: whose it is, what a password must be like, where somebody goes on afterwards.

use crate::LoginPages;
use crate::return_to::ReturnTo;
use axum::http::{StatusCode, header};
use uaa_authz::{Duty, Read, Subject, Update};
use uaa_directory::password::{PasswordPolicy, Source};
use uaa_directory::{
    Client, Errand, OWN_ORIGIN, Refused, Shown, User, UserOwn, Whom, error_here, error_page,
    former_passwords, queue,
};
use uaa_look::{LinkExpired, MailNotSetUp, PasswordFault, PasswordRules, Reason};
use uaa_model::{Fault, Id, Reply, Secret};
use uaa_plugin::{Answer, Ctx, field};
use uaa_store::{Annotation, Cond, Field, Fields, Set, Want};
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// The person, as long as they may sign in.
pub(crate) async fn person(user: Uuid, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    let me = cx.tx().assume(Duty::SignIn);
    let found = read(user, cx).await;
    cx.tx().resume(me);
    Ok(found?.filter(|row| row.own.active))
}

async fn read(user: Uuid, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    match cx.tx().grant::<Read, User>(Id::new(user)).await {
        Ok(granted) => cx.tx().get(&granted).await.map(Some),
        Err(Fault::Denied(..)) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whoever has come by a link that was sent to that address has shown that it is theirs: it counts as the account's, if it is that still.
/// `user`: the row as it was read before. In the transaction at hand, which must be one that writes. `false`: nothing was done.
pub(crate) async fn confirm(user: &Fields<UserOwn>, sent_to: Option<&str>, cx: &mut Ctx) -> Reply<bool> {
    if user.own.origin != OWN_ORIGIN || sent_to != Some(user.own.email.as_str()) {
        return Ok(false);
    }
    let me = cx.tx().assume(Duty::SignIn);
    if me.subject == Subject::Nobody {
        let person = Whom::of(user).actor("", cx);
        cx.tx().in_the_name_of(person);
    }
    let done = confirmed(user.guid, &user.own.email, cx).await;
    cx.tx().resume(me);
    done
}

async fn confirmed(user: Uuid, mail: &str, cx: &mut Ctx) -> Reply<bool> {
    let granted = match cx.tx().grant::<Update, User>(Id::new(user)).await {
        Ok(granted) => granted,
        Err(Fault::Denied(..)) => return Ok(false),
        Err(fault) => return Err(fault),
    };
    // What the same transaction has written counts.
    let now = cx.tx().get(&granted).await?.own;
    if now.email != mail {
        return Ok(false);
    }
    let set = Set::default().put(User::verified, true).put(User::version, now.version + 1);
    cx.tx().update(&granted, set).await?;
    let (event, target_name) = ("UserVerifiedEvent".to_owned(), now.username);
    cx.tx().annotate(Annotation { event, target_name, ..Annotation::default() });
    Ok(true)
}

/// What the zone asks of a password, as it is told before one is chosen.
pub(crate) fn rules(cx: &Ctx) -> PasswordRules {
    let policy = PasswordPolicy::of(&cx.here());
    let count = |number: i32| u32::try_from(number).unwrap_or(0);
    let rules = policy.rules;
    let history = u32::try_from(policy.history()).unwrap_or(1);
    PasswordRules {
        least: count(rules.min_length),
        // That it is another than the present one goes without saying.
        not_last: if history > 1 { history } else { 0 },
        kinds: [
            count(rules.require_upper_case_character),
            count(rules.require_lower_case_character),
            count(rules.require_digit),
            count(rules.require_special_character),
        ],
    }
}

/// A new password: its hash, or what is wrong with it. `of`: whose it is, if there is somebody yet. No connection is held while
/// it is hashed.
pub(crate) async fn vetted(
    login: &LoginPages,
    new: &Secret,
    again: Option<&str>,
    of: Option<&UserOwn>,
    account: &str,
    cx: &mut Ctx,
) -> Reply<Result<String, PasswordFault>> {
    if again.is_some_and(|again| !new.same(again)) {
        return Ok(Err(PasswordFault::NotTheSame));
    }
    let policy = PasswordPolicy::of(&cx.here());
    let former = of.map(former_passwords).unwrap_or_default();
    cx.step(Want::Read).await?;
    let address = cx.caller.address.clone();
    let vetted = login.credentials.vet(new, &policy, &former, Source { account, address: &address }).await?;
    Ok(vetted.map_err(|refused| match refused {
        Refused::AgainstRules(_) => PasswordFault::AgainstRules,
        Refused::Common => PasswordFault::Common,
        Refused::UsedBefore => PasswordFault::UsedBefore,
    }))
}

/// What a page carries to the next one: the client that sent somebody, and where they go on to. It is checked at the end.
pub(crate) fn carried(fields: &[(String, String)]) -> Vec<(String, String)> {
    let names = ["client_id", "redirect_uri", "return_to"];
    fields.iter().filter(|(name, _)| names.contains(&name.as_str())).cloned().collect()
}

/// A path that carries the same.
pub(crate) fn at(path: &str, fields: &[(String, String)]) -> String {
    let text = Serializer::new(String::new()).extend_pairs(carried(fields)).finish();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
}

/// The same path once a message is on its way to that address: a page that can be loaded again without a second message.
pub(crate) fn sent(path: &str, fields: &[(String, String)], address: &str, cx: &Ctx) -> Reply<Answer> {
    let page = at(path, fields);
    let text = Serializer::new(String::new()).append_pair(SENT, address).finish();
    let mark = if page.contains('?') { '&' } else { '?' };
    Answer::found(&format!("{}{page}{mark}{text}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
}

/// The address that such a page is about.
pub(crate) fn sent_to(fields: &[(String, String)]) -> Option<&str> {
    field(fields, SENT).filter(|address| !address.is_empty() && address.chars().count() <= LONGEST)
}

/// Where somebody goes on to who was on the way to an application, or whom a client has sent.
pub(crate) fn afterwards(fields: &[(String, String)]) -> Option<String> {
    field(fields, "return_to").or_else(|| field(fields, "redirect_uri")).map(str::to_owned)
}

/// Where somebody goes on to who has come by a message: to the client's address, if it has registered that very one; else they sign
/// in, and go on to a page of ours from where they came. `success`: what was done, as UAA calls it.
pub(crate) async fn onward(
    client_id: &str,
    afterwards: Option<&str>,
    success: &str,
    cx: &mut Ctx,
) -> Reply<String> {
    if let Some(uri) = registered(client_id, afterwards, cx).await? {
        return Ok(uri);
    }
    let mut query = Serializer::new(String::new());
    query.append_pair("success", success);
    if let Some(to) = afterwards.and_then(|to| ReturnTo::read(to, &cx.links.login)) {
        query.append_pair("return_to", to.as_str());
    }
    Ok(format!("{}/login?{}", cx.links.login, query.finish()))
}

/// The address, if the client has registered that very one.
pub(crate) async fn registered(
    client_id: &str,
    redirect_uri: Option<&str>,
    cx: &mut Ctx,
) -> Reply<Option<String>> {
    let Some(wanted) = redirect_uri.filter(|_| !client_id.is_empty()) else { return Ok(None) };
    let me = cx.tx().assume(Duty::SignIn);
    let row = match cx.tx().visible::<Client>().await {
        Ok(seen) => {
            let named = Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]);
            cx.tx().find(&seen, named).await
        }
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let registered: Vec<String> =
        row?.map(|row| serde_json::from_str(&row.own.redirect_uri).unwrap_or_default()).unwrap_or_default();
    Ok(registered.into_iter().find(|uri| uri == wanted))
}

/// Tells the owner of an account what was changed in it, where messages are sent at all. `user`: its row before the change;
/// `address`: the new address, else it is the password.
pub(crate) async fn tell_owner(
    login: &LoginPages,
    user: &Fields<UserOwn>,
    address: Option<String>,
    cx: &mut Ctx,
) -> Reply<()> {
    if login.sender.is_none() {
        return Ok(());
    }
    queue(Errand::Changed { user: user.guid, mail: user.own.email.clone(), address }, cx).await
}

/// The path of a page that a code leads to, for its links to other languages.
pub(crate) fn with_code(path: &str, code: &str) -> String {
    let query = Serializer::new(String::new()).append_pair("code", code).finish();
    format!("{path}?{query}")
}

/// A link that is used, too old, or none of ours: one page for all.
pub(crate) fn expired(
    login: &LoginPages,
    again: Option<&str>,
    valid: i64,
    here: &str,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let action = again.map(str::to_owned);
    let page = LinkExpired { action, valid, sign_in: "/login".into(), ..LinkExpired::default() };
    login.pages.show(&page, Shown::new(StatusCode::UNPROCESSABLE_ENTITY, here), cx)
}

/// Nothing can be sent, and what the operator does about it.
pub(crate) fn no_mail(login: &LoginPages, here: &str, cx: &mut Ctx) -> Reply<Answer> {
    let page = MailNotSetUp { command: SET_UP.into(), sign_in: "/login".into() };
    login.pages.show(&page, Shown::new(StatusCode::SERVICE_UNAVAILABLE, here), cx)
}

/// The zone lets nobody do this without an administrator: there is no such page (UAA answers 404 as well).
pub(crate) fn not_here(login: &LoginPages, cx: &mut Ctx) -> Reply<Answer> {
    let page = error_page(Reason::NotFound, "self_service_disabled", cx);
    login.pages.show(&page, Shown::new(StatusCode::NOT_FOUND, &error_here(cx)), cx)
}

/// The parameter of a page that says to whom a message was sent.
const SENT: &str = "sent";
/// As many characters as a user's name or address may have.
pub(crate) const LONGEST: usize = 255;
/// Lines of the configuration file.
const SET_UP: &str = "mail:\n  host: mail.example.com\n  user: hallmark\n  password_file: /etc/hallmark/mail-password\n  \
                      from: Hallmark <hallmark@example.com>\n\nhallmark mail test you@example.com";
