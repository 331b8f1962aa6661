use super::*;
use proptest::prelude::*;

fn example() -> Wishes {
    let text = |text: &str| Some(text.to_owned());
    Wishes {
        light: Colours {
            accent: text("#0b6148"),
            action: text("#0b6148"),
            on_action: text("#fff"),
            ground: text("#dfe9e4"),
        },
        dark: Colours {
            accent: text("#7fd1b2"),
            action: text("#7fd1b2"),
            on_action: text("#06251b"),
            ground: text("#0a1512"),
        },
        logo: text("/resources/zone/logo.svg"),
        logo_width: Some(32),
        corner: Some(6),
        backdrop: text("none"),
    }
}

#[test]
fn the_designs_example() {
    let brand = Brand::parse(&example()).unwrap();
    assert_eq!(
        brand.sheet(),
        ":root{--accent:#0b6148;--action:#0b6148;--on-action:#ffffff;--ground:#dfe9e4;--backdrop:none;\
         --logo:url(\"/resources/zone/logo.svg\");--logo-width:32px;--corner:6px;}\
         @media (prefers-color-scheme:dark){:root{--accent:#7fd1b2;--action:#7fd1b2;--on-action:#06251b;--ground:#0a1512;}}"
    );
    assert!(brand.sheet_name().starts_with("brand.") && brand.sheet_name().ends_with(".css"));
}

#[test]
fn nothing_asked_nothing_changed() {
    let brand = Brand::parse(&Wishes::default()).unwrap();
    assert_eq!(brand.sheet(), ":root{}@media (prefers-color-scheme:dark){:root{}}");
}

#[test]
fn a_colour_for_the_day_alone_leaves_the_night_ours() {
    let wishes = Wishes {
        light: Colours { accent: Some("#0b6148".into()), ..Colours::default() },
        ..Wishes::default()
    };
    assert!(Brand::parse(&wishes).unwrap().sheet().ends_with("dark){:root{--accent:#dcb565;}}"));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let mut wishes = example();
    wishes.light.accent = Some("#777".into());
    wishes.light.action = Some("#fff".into());
    wishes.dark.ground = Some("black".into());
    wishes.logo = Some("https://elsewhere.example/logo.png".into());
    wishes.corner = Some(17);
    assert_eq!(
        Brand::parse(&wishes).unwrap_err(),
        [
            BrandFault::TooFaint { name: "light.accent", hundredths: 447 },
            BrandFault::TooFaint { name: "light.on_action", hundredths: 100 },
            BrandFault::NotAColour { name: "dark.ground", given: "black".into() },
            BrandFault::NotAPath { name: "logo", given: "https://elsewhere.example/logo.png".into() },
            BrandFault::OutOfRange { name: "corner" },
        ]
    );
}

/// Texts that mean something to a stylesheet, mixed with what is allowed.
fn hostile() -> impl Strategy<Value = Option<String>> {
    let piece = prop_oneof![
        Just("#0b6148".to_owned()),
        Just("#fff".to_owned()),
        Just("/resources/a.svg".to_owned()),
        Just("\");}*{display:none}".to_owned()),
        Just("}/*".to_owned()),
        Just("\\22 ".to_owned()),
        Just("</style>".to_owned()),
        Just("url(//evil.example)".to_owned()),
        ".{0,12}",
    ];
    proptest::option::of(proptest::collection::vec(piece, 1..3).prop_map(|pieces| pieces.concat()))
}

proptest! {
    /// Whatever is asked for, the sheet is two blocks of known names with values of known forms.
    #[test]
    fn nothing_gets_into_the_sheet(a in hostile(), b in hostile(), c in hostile(), d in hostile(), logo in hostile(), backdrop in hostile(), width: u16) {
        let wishes = Wishes {
            light: Colours { accent: a.clone(), action: b.clone(), on_action: c.clone(), ground: d.clone() },
            dark: Colours { accent: d, action: c, on_action: b, ground: a },
            logo, backdrop, logo_width: Some(width), corner: None,
        };
        if let Ok(brand) = Brand::parse(&wishes) {
            let sheet = brand.sheet();
            let inner = sheet.strip_prefix(":root{").and_then(|rest| rest.strip_suffix("}}")).unwrap();
            let (light, dark) = inner.split_once("}@media (prefers-color-scheme:dark){:root{").unwrap();
            for declaration in light.split_terminator(';').chain(dark.split_terminator(';')) {
                let (name, value) = declaration.split_once(':').unwrap();
                prop_assert!(NAMES.contains(&name) || ["--logo", "--backdrop", "--logo-width"].contains(&name), "{}", name);
                let path = value.strip_prefix("url(\"/").and_then(|rest| rest.strip_suffix("\")"));
                let known = value == "none"
                    || Colour::parse(value).is_some()
                    || value.strip_suffix("px").is_some_and(|number| number.parse::<u16>().is_ok())
                    || path.is_some_and(|path| path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b)));
                prop_assert!(known, "{}", value);
            }
        }
    }
}
