//! Every message in every language.

use crate::dom::Dom;
use crate::samples::{self, Text, mail};
use crate::{as_it_is, hostile};
use proptest::prelude::*;
use uaa_look::{Envelope, Lang, Look, Mail};

fn envelope<'a>(lang: Lang, zone_name: &'a str, contact: &'a str) -> Envelope<'a> {
    Envelope { lang, zone_name, contact: Some(contact), now: samples::now(), offset_minutes: Some(60) }
}

fn each(t: Text<'_>, check: impl Fn(&str, Mail)) {
    let look = Look::new();
    let (zone, contact) = (t("Acme Platform"), t("platform@acme.example"));
    for lang in Lang::ALL {
        for (name, message) in mail::samples(t) {
            check(
                &format!("{}/{name}", lang.tag()),
                look.mail(&envelope(lang, &zone, &contact), message.as_ref()),
            );
        }
    }
}

#[test]
fn the_designs_sample_in_the_designs_words() {
    let look = Look::new();
    let (_, message) =
        mail::samples(&as_it_is).into_iter().find(|(name, _)| *name == "reset-password").unwrap();
    let mail = look.mail(&envelope(Lang::En, "Acme Platform", "platform@acme.example"), message.as_ref());
    assert_eq!(mail.subject, "Reset your password for Acme Platform");
    assert_eq!(
        mail.text,
        "Acme Platform\n\
         \n\
         Reset your password\n\
         \n\
         Someone asked to reset the password of mira.okafor@acme.example. If it\n\
         was you, choose a new one:\n\
         \n\
         Choose a new password:\n\
         https://login.acme.example/reset_password?code=9hVQm3xT2c\n\
         \n\
         Works: once, until 15:32 (UTC+01:00), one hour from now\n\
         Asked from: Hamburg, Germany, 203.0.113.24\n\
         With: Firefox on Windows\n\
         \n\
         It was not you? Then do nothing. Your password stays as it is, and the\n\
         link expires by itself.\n\
         \n\
         -- \n\
         You receive this message because the address belongs to an account on\n\
         Acme Platform. Nobody there will ever ask you for a password or a code.\n\
         Questions: platform@acme.example\n"
    );
}

#[test]
fn both_forms_say_the_same_and_hold_together() {
    each(&as_it_is, |name, mail| {
        let dom = Dom::parse(&mail.html);
        assert!(dom.errors().is_empty(), "{name}: {:?}", dom.errors());
        assert_eq!(dom.all("title")[0].text(), mail.subject, "{name}");
        let heading = dom.all("h1")[0].text();
        assert!(mail.text.contains(&format!("\n\n{heading}\n\n")), "{name}: {heading}");
        let links: Vec<String> = dom.all("a").iter().filter_map(|a| a.attribute("href")).collect();
        assert!(links.len() == 2 && links[0] == links[1], "{name}: {links:?}");
        assert!(mail.text.contains(&format!(":\n{}\n", links[0])), "{name}");
        assert!(
            mail.text.lines().all(|line| line.starts_with("https:") || line.chars().count() <= 72),
            "{name}: {}",
            mail.text
        );
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is in a name, a message has the elements and the lines of its own and no header more.
    #[test]
    fn what_callers_give_is_text(piece in prop_oneof![hostile(), Just("\r\nBcc: everybody@evil.example".to_owned()), Just("\n\n-- \nlook".to_owned())]) {
        let shape = |t: Text<'_>| {
            let drawn = std::cell::RefCell::new(Vec::new());
            each(t, |name, mail| {
                assert!(!mail.subject.chars().any(char::is_control), "{name}: {}", mail.subject);
                assert_eq!(mail.text.matches("\n-- \n").count(), 1, "{name}: {}", mail.text);
                drawn.borrow_mut().push((name.to_owned(), Dom::parse(&mail.html).shape()));
            });
            drawn.into_inner()
        };
        let marked = |text: &str| if text.contains("://") { text.to_owned() } else { format!("{text}{piece}") };
        prop_assert_eq!(shape(&as_it_is), shape(&marked));
    }
}
