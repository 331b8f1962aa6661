//! Every page in every language, read as a browser reads it.

mod dom;
mod letters;
mod samples;

use dom::Dom;
use proptest::prelude::*;
use samples::Surroundings;
use std::collections::HashSet;
use uaa_look::{Around, Brand, Colours, Lang, Look, Page, Wishes, csp};

fn as_it_is(text: &str) -> String {
    text.to_owned()
}

/// Draws every sample in every language and hands name, page and text to a check.
fn each(t: samples::Text<'_>, check: impl Fn(&str, &dyn Page, &str, &Dom)) {
    let look = Look::new();
    let surroundings = Surroundings::new(t);
    for lang in Lang::ALL {
        let around = surroundings.around(lang);
        for (name, page) in samples::all(t) {
            let html = look.render(&around, page.as_ref());
            let dom = Dom::parse(&html);
            check(&format!("{}/{name}", lang.tag()), page.as_ref(), &html, &dom);
        }
    }
}

#[test]
fn every_page_is_well_formed() {
    each(&as_it_is, |name, _, html, dom| {
        assert!(dom.errors().is_empty(), "{name}: {:?}\n{html}", dom.errors());
    });
}

#[test]
fn one_heading_and_it_is_the_title() {
    each(&as_it_is, |name, _, _, dom| {
        let headings = dom.all("h1");
        assert_eq!(headings.len(), 1, "{name}");
        assert_eq!(dom.all("title")[0].text(), format!("{} · Acme Platform", headings[0].text()), "{name}");
    });
}

#[test]
fn no_style_or_script_in_the_page() {
    each(&as_it_is, |name, page, _, dom| {
        assert!(dom.all("style").is_empty(), "{name}");
        for script in dom.all("script") {
            assert!(script.text().is_empty() && script.attribute("src").is_some(), "{name}");
            assert!(csp(page, &[]).contains("script-src 'self'"), "{name}");
        }
        for element in dom.elements() {
            let unfit = |name: &str| name == "style" || name.starts_with("on");
            assert!(!element.attributes().iter().any(|(name, _)| unfit(name)), "{name}: {element:?}");
            let src = element.attribute("src").unwrap_or_else(|| "/".into());
            let frame = element.attribute("sandbox").is_some() && page.frames().contains(&src);
            assert!(src.starts_with("/resources/") || src == "/" || frame, "{name}: {src}");
        }
    });
}

#[test]
fn every_id_is_there_once_and_every_reference_leads_somewhere() {
    each(&as_it_is, |name, _, _, dom| {
        let mut ids = HashSet::new();
        for id in dom.elements().iter().filter_map(|element| element.attribute("id")) {
            assert!(ids.insert(id.clone()), "{name}: {id} twice");
        }
        for element in dom.elements() {
            for reference in
                ["for", "aria-describedby", "aria-labelledby"].iter().filter_map(|a| element.attribute(a))
            {
                assert!(reference.split(' ').all(|id| ids.contains(id)), "{name}: {reference}");
            }
            if let Some(fragment) =
                element.attribute("href").and_then(|to| to.strip_prefix('#').map(str::to_owned))
            {
                assert!(ids.contains(&fragment), "{name}: #{fragment}");
            }
        }
    });
}

/// Whatever page it is, and whatever it says itself: a person is told, and nothing stands twice.
#[test]
fn every_page_says_that_its_form_was_refused() {
    let look = Look::new();
    let surroundings = Surroundings::new(&as_it_is);
    for (name, page) in samples::all(&as_it_is) {
        let draw = |refused| look.render(&Around { refused, ..surroundings.around(Lang::En) }, page.as_ref());
        let dom = Dom::parse(&draw(true));
        assert!(dom.errors().is_empty(), "{name}: {:?}", dom.errors());
        let said = |html: &str| html.matches("Nothing was sent. Enter it again.").count();
        assert_eq!(said(&draw(true)), said(&draw(false)) + 1, "{name}");
        let ids = dom.elements().into_iter().filter_map(|element| element.attribute("id"));
        let ids: Vec<String> = ids.collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{name}");
    }
}

#[test]
fn every_field_has_a_label() {
    each(&as_it_is, |name, _, _, dom| {
        let labels: HashSet<String> =
            dom.all("label").iter().filter_map(|label| label.attribute("for")).collect();
        for input in dom.all("input") {
            let unseen =
                input.attribute("type").as_deref() == Some("hidden") || input.attribute("hidden").is_some();
            let labelled =
                input.attribute("id").is_some_and(|id| labels.contains(&id)) || input.is_inside("label");
            assert!(unseen || labelled, "{name}: {input:?}");
        }
    });
}

#[test]
fn every_form_that_changes_something_is_ours() {
    each(&as_it_is, |name, _, _, dom| {
        for form in dom.all("form") {
            assert_eq!(form.attribute("method").as_deref(), Some("post"), "{name}");
            // The hand-over leaves for another origin, which must not learn the token.
            for field in ["csrf", "X-Uaa-Csrf"] {
                let inputs = form.inside("input");
                let there = inputs.iter().filter(|input| input.attribute("name").as_deref() == Some(field));
                assert_eq!(there.count(), usize::from(!name.ends_with("/hand-over")), "{name}");
            }
            assert!(!form.inside("button").is_empty(), "{name}: a form without a button needs a script");
        }
    });
}

#[test]
fn one_primary_button_at_most() {
    each(&as_it_is, |name, _, _, dom| {
        let primary = |element: &dom::Element| {
            element.attribute("class").is_some_and(|class| class.contains("primary"))
        };
        assert!(dom.elements().into_iter().filter(primary).count() <= 1, "{name}");
    });
}

#[test]
fn what_is_loaded_exists() {
    let look = Look::new();
    each(&as_it_is, |name, _, _, dom| {
        let loaded = dom.all("link").into_iter().filter_map(|link| link.attribute("href"));
        for address in
            loaded.chain(dom.all("script").into_iter().filter_map(|script| script.attribute("src")))
        {
            let asset = address.strip_prefix("/resources/").and_then(|file| look.asset(file));
            assert!(asset.is_some_and(|asset| asset.immutable), "{name}: {address}");
        }
    });
}

#[test]
fn a_prefix_stands_before_every_path() {
    let look = Look::new();
    let surroundings = Surroundings::new(&as_it_is);
    for (name, page) in samples::all(&as_it_is) {
        let around = Around { base: "/uaa", ..surroundings.around(Lang::En) };
        let dom = Dom::parse(&look.render(&around, page.as_ref()));
        for element in dom.elements() {
            for to in ["href", "src", "action"].iter().filter_map(|name| element.attribute(name)) {
                assert!(!to.starts_with('/') || to.starts_with("/uaa/"), "{name}: {to}");
            }
        }
    }
}

#[test]
fn a_page_speaks_one_language() {
    each(&as_it_is, |name, _, _, dom| {
        let lang = name.split('/').next().unwrap();
        assert_eq!(dom.all("html")[0].attribute("lang").as_deref(), Some(lang));
        let other =
            dom.all("a").into_iter().filter(|a| a.attribute("hreflang").is_some()).collect::<Vec<_>>();
        assert_eq!(other.len(), 1, "{name}");
        let to = other[0].attribute("href").unwrap();
        assert!(to.contains("client_id=payroll-desk&lang="), "{name}: {to}");
    });
}

#[test]
fn a_zones_own_sheet_comes_after_ours() {
    let look = Look::new();
    let surroundings = Surroundings::new(&as_it_is);
    let light = Colours { accent: Some("#0b6148".into()), ..Colours::default() };
    let brand = Brand::parse(&Wishes { light, ..Wishes::default() }).unwrap();
    for (name, page) in samples::all(&as_it_is) {
        let around = Around { brand: Some(&brand), ..surroundings.around(Lang::En) };
        let dom = Dom::parse(&look.render(&around, page.as_ref()));
        let sheets =
            dom.all("link").into_iter().filter(|link| link.attribute("rel").as_deref() == Some("stylesheet"));
        let sheets: Vec<String> = sheets.filter_map(|link| link.attribute("href")).collect();
        assert_eq!(sheets.len(), 2, "{name}");
        assert_eq!(sheets[1], format!("/resources/{}", brand.sheet_name()), "{name}");
    }
}

#[test]
fn the_policy_allows_what_the_page_needs() {
    let policy = |wanted: &str, uris: &[&str]| {
        let (_, page) = samples::all(&as_it_is).into_iter().find(|(name, _)| *name == wanted).unwrap();
        csp(page.as_ref(), uris)
    };
    let start = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'";
    let end = "; base-uri 'none'; frame-ancestors 'none'";
    assert_eq!(policy("consent", &[]), format!("{start}{end}"));
    assert_eq!(
        policy(
            "consent",
            &["https://a.example/cb", "https://a.example/other", "https://b.example; script-src *"]
        ),
        format!("{start} https://a.example{end}")
    );
    assert_eq!(policy("passkey", &[]), format!("{start}; script-src 'self'{end}"));
    assert_eq!(
        policy("hand-over", &["https://a.example/"]),
        format!("{start} https://a.example; script-src 'self'{end}")
    );
    let frames = "frame-src https://payroll.acme.example https://wiki.acme.example:8443";
    assert_eq!(policy("signed-out-onward", &[]), format!("{start}; script-src 'self'; {frames}{end}"));
}

#[test]
fn times_are_said_as_they_are_read() {
    let look = Look::new();
    let surroundings = Surroundings::new(&as_it_is);
    let said = |lang, name: &str, offset_minutes| {
        let (_, page) = samples::all(&as_it_is).into_iter().find(|(other, _)| *other == name).unwrap();
        let around = Around { offset_minutes, ..surroundings.around(lang) };
        look.render(&around, page.as_ref())
    };
    let holds = |html: String, text: &str| assert!(html.contains(text), "{text}: {html}");
    let mark = r#"<time datetime="2026-11-23T14:37:00+01:00">"#;
    holds(
        said(Lang::En, "passcode", Some(60)),
        &format!("Valid until {mark}14:37</time>, five minutes from now, and for one"),
    );
    holds(said(Lang::Ko, "passcode", Some(60)), &format!("{mark}오후 2시 37분</time>까지 5분간 유효하며"));
    holds(
        said(Lang::En, "locked", None),
        r#"<time datetime="2026-11-23T13:37:00Z">13:37 UTC</time>, in about 5 minutes."#,
    );
    holds(
        said(Lang::En, "error", Some(540)),
        r#"<time datetime="2026-11-23T13:21:07Z">23 November 2026, 13:21:07 UTC</time>"#,
    );
    holds(said(Lang::En, "profile", Some(60)), "Active yesterday at 17:04, signed in 2 November 2026");
    holds(said(Lang::En, "profile", Some(60)), "Added 4 March 2026, last used yesterday");
    holds(said(Lang::Ko, "profile", Some(60)), "2026년 3월 4일 등록, 어제 사용");
}

/// What means something to HTML, to Fluent or to an address.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<script>alert(1)</script>".to_owned()),
        Just("\"><img src=x onerror=alert(1)>".to_owned()),
        Just("' onfocus='alert(1)".to_owned()),
        Just("</title></head><h1>".to_owned()),
        Just("{ $name } { RO($client) }".to_owned()),
        Just("{{ x }} {% raw %}".to_owned()),
        Just("&amp;&#60;b&#62;".to_owned()),
        "[<>\"'&{}$a-z=/ \u{202e}]{1,16}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the texts of a page are, the page has the elements and the attributes that it always has.
    #[test]
    fn what_callers_give_is_text(piece in hostile()) {
        let shape = |t: samples::Text<'_>| {
            let drawn = std::cell::RefCell::new(Vec::new());
            each(t, |name, _, _, dom| drawn.borrow_mut().push((name.to_owned(), dom.shape())));
            drawn.into_inner()
        };
        // Scopes keep their names: which heading they stand under hangs on them.
        let marked = |text: &str| {
            let fixed = text.starts_with('/') || text.contains("://") || known(text);
            if fixed { text.to_owned() } else { format!("{text}{piece}") }
        };
        for (usual, strange) in shape(&as_it_is).into_iter().zip(shape(&marked)) {
            prop_assert_eq!(usual, strange);
        }
    }

    /// Whatever the addresses are, a link leads somewhere and runs nothing.
    #[test]
    fn addresses_run_nothing(piece in prop_oneof![Just("javascript:alert(1)".to_owned()), Just("//evil.example/".to_owned()), Just("data:text/html,x".to_owned()), hostile()]) {
        let swapped = |text: &str| if text.starts_with('/') || text.contains("://") { piece.clone() } else { text.to_owned() };
        each(&swapped, |name, _, _, dom| {
            for element in dom.elements() {
                for to in ["href", "src", "action"].iter().filter_map(|name| element.attribute(name)) {
                    let leads = to.starts_with('#') || to.starts_with('/') && !to.starts_with("//") || to.starts_with("http") || to.starts_with("mailto:");
                    assert!(leads, "{name}: {to}");
                }
            }
        });
    }
}

fn known(text: &str) -> bool {
    text.contains('.') && !text.contains(' ') && !text.contains('@')
        || ["openid", "profile", "email", "phone", "address", "roles", "user_attributes", "offline_access"]
            .contains(&text)
}
