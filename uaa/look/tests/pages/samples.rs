//! Every page with sample data, in the words of the design's own samples.

mod account;
mod factors;
mod gate;
pub(crate) mod mail;

use uaa_look::{Account, Around, Client, Lang, Link, Links, Page};
use uaa_model::{Micros, parse_rfc3339};

/// What a caller gives is passed through this: as it is for a picture, with markup for the tests.
pub(crate) type Text<'a> = &'a dyn Fn(&str) -> String;

/// A page and the name of its file.
pub(crate) type Sample = (&'static str, Box<dyn Page>);

/// Every page, some of them in several states.
pub(crate) fn all(t: Text<'_>) -> Vec<Sample> {
    let mut all = gate::samples(t);
    all.extend(factors::samples(t));
    all.extend(account::samples(t));
    all
}

/// What stands around them.
pub(crate) struct Surroundings {
    zone: String,
    csrf: String,
    here: String,
    account: Account,
    links: Links,
}

impl Surroundings {
    pub(crate) fn new(t: Text<'_>) -> Self {
        Surroundings {
            zone: t("Acme Platform"),
            csrf: t("q8Zt3mJ0c5VYb1hL"),
            here: t("/login?client_id=payroll-desk"),
            account: account(t),
            links: Links {
                help: Some(t("https://acme.example/help")),
                privacy: Some(t("https://acme.example/privacy")),
                terms: Some(t("https://acme.example/terms")),
                more: vec![Link { text: t("Status"), href: t("https://status.acme.example") }],
                legal: Some(t("Acme Corporation")),
                roles: Some("/roles".into()),
                ..Links::default()
            },
        }
    }

    pub(crate) fn around(&self, lang: Lang) -> Around<'_> {
        Around {
            lang,
            zone_name: &self.zone,
            csrf: &self.csrf,
            base: "",
            brand: None,
            account: Some(&self.account),
            here: &self.here,
            refused: false,
            links: &self.links,
            now: now(),
            offset_minutes: Some(60),
        }
    }
}

pub(crate) fn account(t: Text<'_>) -> Account {
    Account { name: t("Mira Okafor"), mail: t("mira.okafor@acme.example") }
}

pub(crate) fn client(t: Text<'_>) -> Client {
    Client {
        name: t("Release Board"),
        id: t("release-board"),
        logo: Some(t("/resources/samples/release-board.svg")),
        site: Some(t("releases.acme.example")),
    }
}

pub(crate) fn payroll(t: Text<'_>) -> Option<Client> {
    Some(Client { name: t("Payroll Desk"), id: t("payroll-desk"), ..Client::default() })
}

pub(crate) fn now() -> Micros {
    at("2026-11-23T14:32:00+01:00")
}

pub(crate) fn at(text: &str) -> Micros {
    parse_rfc3339(text).expect("a sample's time")
}
