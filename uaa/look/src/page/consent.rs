use super::page;
use crate::scene::Scene;
use crate::scope::{self, Group};
use crate::words::key;
use crate::{Account, Client, Link, Proof};

/// What an application asks for. Posts `scope`, once for each that is ticked, and `decision=allow` or `decision=deny`; a
/// required scope is not posted, since nobody can take it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Where the form posts to.
    pub action: String,
    /// Who asks.
    pub client: Client,
    /// Who is asked.
    pub account: Account,
    /// Where they sign in as somebody else.
    pub not_you: String,
    /// How they proved who they are.
    pub proofs: Vec<Proof>,
    /// What is asked for, in the order of the request.
    pub scopes: Vec<Asked>,
    /// What the application says that it does with what it learns (`policy_uri`), as its host and where it stands.
    pub privacy: Option<Link>,
    /// Its terms of service (`tos_uri`), as above.
    pub terms: Option<Link>,
    /// Whether the identifier is one that only this application has, and comes without anything else (pairwise subjects).
    pub identifier_alone: bool,
    /// Where the answer goes.
    pub redirect_uri: String,
}

/// One scope that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its technical name.
    pub name: String,
    /// Whether it is ticked at first.
    pub ticked: bool,
    /// Whether it cannot be left out.
    pub required: bool,
    /// What the zone says about a scope of its own (the description of a group).
    pub about: Option<String>,
}

/// The scopes under one heading.
pub(crate) struct Granted<'a> {
    pub(crate) heading: String,
    pub(crate) lines: Vec<Line<'a>>,
}

/// One scope, as it is shown.
pub(crate) struct Line<'a> {
    pub(crate) id: String,
    pub(crate) asked: &'a Asked,
    pub(crate) says: Option<String>,
    pub(crate) explains: Option<String>,
}

impl Consent {
    /// By heading, each in the order of the request.
    pub(crate) fn groups<'a>(&'a self, x: &Scene<'a>) -> Vec<Granted<'a>> {
        let mut lines: Vec<(Group, Line<'a>)> = Vec::new();
        for (index, asked) in self.scopes.iter().enumerate() {
            lines.push(line(index, asked, self.identifier_alone, x));
        }
        let mut groups: Vec<Group> = lines.iter().map(|(group, _)| *group).collect();
        groups.sort();
        groups.dedup();
        let mut granted: Vec<Granted<'a>> = groups
            .iter()
            .map(|group| Granted { heading: x.text(group.heading()).to_string(), lines: Vec::new() })
            .collect();
        for (group, line) in lines {
            if let Some(at) = groups.iter().position(|other| *other == group) {
                granted[at].lines.push(line);
            }
        }
        granted
    }

    pub(crate) fn technical(&self) -> String {
        self.scopes.iter().map(|asked| asked.name.as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn line<'a>(index: usize, asked: &'a Asked, alone: bool, x: &Scene<'a>) -> (Group, Line<'a>) {
    let id = format!("scope-{}", index + 1);
    let meaning = scope::meaning(&asked.name);
    let group = meaning.as_ref().map_or(Group::Other, |meaning| meaning.group);
    let says =
        meaning.as_ref().map(|meaning| x.text(meaning.says).to_string()).or_else(|| asked.about.clone());
    let explains = match meaning.and_then(|meaning| meaning.explains) {
        Some(_) if alone && asked.name == "openid" => Some(key("scope-openid-own")),
        None if asked.required => Some(key("scope-required")),
        explains => explains,
    };
    let explains = explains.map(|id| x.text(id).to_string());
    (group, Line { id, asked, says, explains })
}

page!(Consent, "page/consent.html", |p, x| x.text("consent-title").with("client", &p.client.name));
