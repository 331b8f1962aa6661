//! What a token may be good for: asked for, allowed to the client, held by the person.

mod groups;

pub(crate) use groups::Groups;

use crate::client::Known;
use crate::fault::invalid_scope;
use uaa_model::{Fault, Reply};
use uaa_plugin::Ctx;
use uuid::Uuid;

/// What the client may be given, the person has as groups, and was asked for. Under the duty of sign-in.
///
/// OpenID Connect's own scopes open nothing but what is told of the person who signs in: the client's word is enough for them. UAA asks
/// for a group of that name, so that an ordinary client gets less than it asked for and fails at its first refresh.
///
/// # Errors
/// `invalid_scope` when nothing of what was asked for is left, or the person lacks a group that the client insists on.
pub(crate) async fn of_person(
    client: &Known,
    asked: Option<&str>,
    user: Uuid,
    cx: &mut Ctx,
) -> Reply<Vec<String>> {
    let groups = Groups::of(user, cx.tx()).await?;
    if !groups.are_enough_for(client) {
        return Err(invalid_scope("User does not meet the client's required group criteria."));
    }
    let own = OF_ONESELF.iter().map(|scope| (*scope).to_owned());
    let mut groups: Vec<String> = groups.names().map(str::to_owned).chain(own).collect();
    groups.sort();
    groups.dedup();
    let may: Vec<String> = groups.into_iter().filter(|g| client.scope.iter().any(|c| covers(c, g))).collect();
    narrowed(asked, &may)
}

/// Whether a client's own token may go on with all of these scopes: an authority may have been taken from it meanwhile.
pub(crate) fn are_its_own(client: &Known, scopes: &[&str]) -> bool {
    scopes.iter().all(|scope| client.authorities.iter().any(|pattern| covers(pattern, scope)))
}

/// Whether a person's token may go on with all of these scopes, as far as the client goes and the groups that the person is in now. UAA
/// asks at each use, and refuses the whole token when one of them is lost.
pub(crate) fn are_left(client: &Known, groups: &Groups, scopes: &[&str]) -> bool {
    let left = |scope: &&str| {
        client.scope.iter().any(|pattern| covers(pattern, scope))
            && (OF_ONESELF.contains(scope) || groups.names().any(|name| name == *scope))
    };
    groups.are_enough_for(client) && scopes.iter().all(left)
}

/// Whether nothing comes of a scope: `roles` and `user_attributes` are what another identity provider says of a person, and none of that is
/// kept here. Nobody is asked about it.
pub(crate) fn tells_nothing(scope: &str) -> bool {
    ["roles", "user_attributes"].contains(&scope)
}

/// Whether the client may ask for any of these at all, before it is known who will give them.
///
/// # Errors
/// `invalid_scope`, as of [`of_person`].
pub(crate) fn may_ask(client: &Known, asked: Option<&str>) -> Reply<()> {
    let asked: Vec<&str> = asked.unwrap_or_default().split_whitespace().collect();
    let may = |scope: &&str| client.scope.iter().any(|pattern| covers(pattern, scope));
    if asked.is_empty() || asked.iter().any(may) { Ok(()) } else { Err(none_left()) }
}

/// What was asked for, within what may be had. Nothing asked for means everything; nothing left is refused.
pub(crate) fn narrowed(asked: Option<&str>, may: &[String]) -> Reply<Vec<String>> {
    let Some(asked) = asked.filter(|a| !a.trim().is_empty()) else { return Ok(may.to_vec()) };
    let asked: Vec<&str> = asked.split_whitespace().collect();
    let left: Vec<String> = may.iter().filter(|m| asked.contains(&m.as_str())).cloned().collect();
    if left.is_empty() {
        return Err(none_left());
    }
    Ok(left)
}

fn none_left() -> Fault {
    invalid_scope("The requested scopes are not among those that the client may have here.")
}

/// Whether a client's scope, with `*` for one segment between dots, covers a scope.
pub(crate) fn covers(pattern: &str, scope: &str) -> bool {
    let (mut p, mut s) = (pattern.split('.'), scope.split('.'));
    loop {
        match (p.next(), s.next()) {
            (None, None) => return true,
            (Some(want), Some(have)) if want == have || (want == "*" && !have.is_empty()) => {}
            _ => return false,
        }
    }
}

/// Scopes that speak of the person alone and need no group (OpenID Connect Core 1.0 sections 5.4 and 11): whoever is asked
/// gives them.
pub(crate) const OF_ONESELF: &[&str] = &["address", "email", "offline_access", "phone", "profile"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_narrow_and_never_widen() {
        let may = ["a".to_owned(), "b.c".to_owned()];
        assert_eq!(narrowed(None, &may).unwrap(), may);
        assert_eq!(narrowed(Some("b.c x"), &may).unwrap(), ["b.c"]);
        assert!(narrowed(Some("x"), &may).is_err());
    }

    #[test]
    fn one_star_one_segment() {
        assert!(covers("cloud_controller.*", "cloud_controller.read"));
        assert!(!covers("cloud_controller.*", "cloud_controller.read.more"));
        assert!(!covers("cloud_controller.*", "cloud_controller"));
        assert!(!covers("*", "a.b"));
        assert!(covers("openid", "openid"));
    }
}
