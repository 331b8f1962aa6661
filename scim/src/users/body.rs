//! A user as clients send one.

use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::Zone;
use uaa_directory::User;
use uaa_model::{Fault, Id, Reply, Secret};
use uaa_plugin::Within;
use uaa_store::Set;

/// The body of POST, PUT and PATCH. Members that are not named here are passed over, as UAA does.
#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct UserBody {
    #[serde(alias = "username")]
    user_name: Option<String>,
    #[schemars(with = "Option<String>")]
    pub(super) password: Option<Secret>,
    origin: Option<String>,
    #[serde(alias = "externalid")]
    external_id: Option<String>,
    name: Option<Name>,
    emails: Option<Vec<Email>>,
    #[serde(alias = "phonenumbers")]
    phone_numbers: Option<Vec<Phone>>,
    pub(super) active: Option<bool>,
    pub(super) verified: Option<bool>,
    meta: Option<Meta>,
}

#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", default)]
struct Name {
    #[serde(alias = "givenname")]
    given_name: Option<String>,
    #[serde(alias = "familyname")]
    family_name: Option<String>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct Email {
    value: String,
    #[serde(default)]
    primary: bool,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct Phone {
    value: String,
}

#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default)]
struct Meta {
    attributes: Option<Vec<String>>,
}

/// What every whole user has.
#[derive(Debug, PartialEq)]
pub(super) struct Whole {
    pub(super) username: String,
    email: String,
    emails: String,
}

impl Within<User> for UserBody {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

impl UserBody {
    /// Its identity provider; without one, or with an empty one, our own.
    pub(super) fn origin(&self) -> &str {
        self.origin.as_deref().filter(|o| !o.is_empty()).unwrap_or(super::OWN)
    }

    /// Name and addresses, which a user to be created or replaced must have.
    pub(super) fn whole(&self) -> Reply<Whole> {
        let username = self.user_name.as_deref().unwrap_or_default();
        let username = fit(username)?.to_owned();
        if username.trim().is_empty() {
            return Err(Fault::invalid("A username must be provided."));
        }
        self.fitting()?;
        if self.origin().len() > LONGEST_ORIGIN {
            return Err(Fault::invalid("The origin is longer than 36 characters."));
        }
        let emails = self.emails.as_deref().unwrap_or_default();
        let (email, emails) = addresses(emails)?;
        Ok(Whole { username, email, emails })
    }

    /// Everything but `active`, `verified`, origin and password: what is not given is cleared.
    pub(super) fn set(&self, set: Set<User>, whole: &Whole) -> Set<User> {
        let name = self.name.as_ref();
        set.put(User::username, whole.username.as_str())
            .put(User::username_key, whole.username.to_lowercase())
            .put(User::email, whole.email.as_str())
            .put(User::emails, whole.emails.as_str())
            .put(User::external_id, self.external_id.clone())
            .put(User::given_name, name.and_then(|n| n.given_name.clone()))
            .put(User::family_name, name.and_then(|n| n.family_name.clone()))
            .put(User::phone, self.phone())
    }

    /// Only what is given; what `meta.attributes` lists is cleared first.
    pub(super) fn some(&self, set: Set<User>) -> Reply<Set<User>> {
        let cleared = |name: &str| {
            let listed = self.meta.as_ref().and_then(|m| m.attributes.as_deref()).unwrap_or_default();
            listed.iter().any(|a| a.eq_ignore_ascii_case(name))
        };
        let text = |given: Option<&String>, names: &[&str]| -> Option<Option<String>> {
            match given {
                Some(text) => Some(Some(text.clone())),
                None => names.iter().any(|n| cleared(n)).then_some(None),
            }
        };
        self.fitting()?;
        let name = self.name.as_ref();
        let mut set = set
            .maybe(
                User::given_name,
                text(name.and_then(|n| n.given_name.as_ref()), &["name", "name.givenname"]),
            )
            .maybe(
                User::family_name,
                text(name.and_then(|n| n.family_name.as_ref()), &["name", "name.familyname"]),
            )
            .maybe(User::external_id, text(self.external_id.as_ref(), &["externalid"]))
            .maybe(User::phone, text(self.phone().as_ref(), &["phonenumbers"]));
        if let Some(username) = &self.user_name {
            if fit(username)?.trim().is_empty() {
                return Err(Fault::invalid("A username must be provided."));
            }
            set = set.put(User::username, username.as_str()).put(User::username_key, username.to_lowercase());
        }
        if let Some(emails) = &self.emails {
            let (email, emails) = addresses(emails)?;
            set = set.put(User::email, email).put(User::emails, emails);
        }
        Ok(set)
    }

    /// Every text that has a column of its own fits it.
    fn fitting(&self) -> Reply<()> {
        let name = self.name.as_ref();
        let phone = self.phone();
        let texts = [
            self.origin.as_deref(),
            self.external_id.as_deref(),
            name.and_then(|n| n.given_name.as_deref()),
            name.and_then(|n| n.family_name.as_deref()),
            phone.as_deref(),
        ];
        texts.into_iter().flatten().try_for_each(|text| fit(text).map(drop))
    }

    fn phone(&self) -> Option<String> {
        self.phone_numbers.as_ref()?.first().map(|p| p.value.clone())
    }
}

/// The primary address and all of them as JSON; the first is primary when none says so.
fn addresses(emails: &[Email]) -> Reply<(String, String)> {
    let primary = emails.iter().find(|e| e.primary).or(emails.first());
    let Some(primary) = primary.filter(|e| !e.value.trim().is_empty()) else {
        return Err(Fault::invalid("At least one email must be provided."));
    };
    for email in emails {
        fit(&email.value)?;
    }
    let all: Vec<Value> = emails
        .iter()
        .map(|e| match &e.kind {
            Some(kind) => json!({"value": e.value, "primary": std::ptr::eq(e, primary), "type": kind}),
            None => json!({"value": e.value, "primary": std::ptr::eq(e, primary)}),
        })
        .collect();
    Ok((primary.value.clone(), Value::from(all).to_string()))
}

/// What the columns hold.
fn fit(text: &str) -> Reply<&str> {
    if text.chars().count() > LONGEST {
        return Err(Fault::invalid(format!("A value is longer than {LONGEST} characters.")));
    }
    Ok(text)
}

const LONGEST: usize = 255;
const LONGEST_ORIGIN: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;

    fn body(value: Value) -> UserBody {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_whole_user_has_a_name_and_an_address() {
        let good = body(json!({"userName": "Ada", "origin": "", "emails": [{"value": "a@b.c"}]}));
        let whole = good.whole().unwrap();
        assert_eq!(good.origin(), "uaa");
        assert_eq!(whole.emails, r#"[{"primary":true,"value":"a@b.c"}]"#);
        assert!(body(json!({"userName": "Ada"})).whole().is_err());
        assert!(body(json!({"emails": [{"value": "a@b.c"}]})).whole().is_err());
        let long = "x".repeat(256);
        assert!(body(json!({"userName": long, "emails": [{"value": "a@b.c"}]})).whole().is_err());
    }

    #[test]
    fn a_patch_without_members_changes_nothing() {
        assert!(body(json!({})).some(Set::default()).unwrap().is_empty());
        assert!(!body(json!({"meta": {"attributes": ["NAME"]}})).some(Set::default()).unwrap().is_empty());
        let long = "x".repeat(256);
        assert!(body(json!({"name": {"givenName": long}})).some(Set::default()).is_err());
        assert!(body(json!({"emails": []})).some(Set::default()).is_err());
    }
}
