//! The messages that are sent: each is a subject, a text and the same as HTML, in one form for all.

mod kinds;
mod wrap;

pub use kinds::{ChangeOfAddress, Changed, Invite, Reset, VerifyAddress};

use crate::Lang;
use crate::href::href;
use crate::when::When;
use crate::words::{Said, Words};
use askama::Template;
use sealed::{Letter, Written};
use uaa_model::Micros;

/// What a message knows of who sends it and when. Texts are plain.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The reader's language.
    pub lang: Lang,
    /// The zone's name as people read it.
    pub zone_name: &'a str,
    /// The address for questions, if there is one.
    pub contact: Option<&'a str>,
    /// When it is written.
    pub now: Micros,
    /// How many minutes the reader's clock is ahead of UTC, if that is known; otherwise times are in UTC and say so.
    pub offset_minutes: Option<i16>,
}

/// A message, to be sent as `multipart/alternative`.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line, without control characters: nothing given can begin another header (RFC 5322 section 2.2).
    pub subject: String,
    /// `text/plain; charset=utf-8`, lines of 72 columns but for addresses.
    pub text: String,
    /// `text/html; charset=utf-8`.
    pub html: String,
}

/// A message that [`Look::mail`](crate::Look::mail) draws. Those of this crate, and no others.
pub trait Message: Written {}

mod sealed {
    /// How a message is written; sealed, since templates lie in this crate.
    pub trait Written {
        /// Its parts.
        fn letter(&self, write: &super::Writer<'_>) -> Letter;
    }

    /// The parts of a message. `lead` is HTML, all others are text.
    pub struct Letter {
        pub(crate) subject: String,
        pub(crate) preview: String,
        pub(crate) heading: String,
        pub(crate) lead: String,
        pub(crate) button: String,
        pub(crate) link: String,
        pub(crate) facts: Vec<(String, String)>,
        pub(crate) not_you: String,
        pub(crate) foot: String,
    }
}

/// The words of one message.
pub struct Writer<'a> {
    envelope: &'a Envelope<'a>,
    words: &'a Words,
}

impl<'a> Writer<'a> {
    fn text(&self, id: &'a str) -> Said<'a, false> {
        self.words.text(id)
    }

    fn rich(&self, id: &'a str) -> Said<'a, true> {
        self.words.rich(id)
    }

    fn when(&self, at: Micros) -> When<'a> {
        When::new(at, self.envelope.now, self.envelope.offset_minutes, self.words)
    }

    fn zone(&self) -> String {
        plain(self.envelope.zone_name)
    }

    /// "Works: once, until 15:21, one hour from now".
    fn works(&self, until: Micros) -> (String, String) {
        let when = self.when(until);
        let value = self
            .text("mail-works-how")
            .with("clock", when.clock_named())
            .with("spanWords", when.span_words());
        (self.text("mail-works").to_string(), value.to_string())
    }

    /// Where it was asked from and with what, as far as that is known.
    fn asked(&self, from: &Option<String>, with: &Option<String>) -> Vec<(String, String)> {
        let from = from.iter().map(|from| (self.text("mail-asked-from").to_string(), plain(from)));
        let with = with.iter().map(|with| (self.text("mail-asked-with").to_string(), plain(with)));
        from.chain(with).collect()
    }

    fn preview(&self, until: Micros) -> String {
        self.text("mail-preview").with("clock", self.when(until).clock_named()).to_string()
    }
}

pub(crate) fn draw<M: Message + ?Sized>(envelope: &Envelope<'_>, words: &Words, message: &M) -> Mail {
    let writer = Writer { envelope, words };
    let letter = message.letter(&writer);
    let contact = envelope
        .contact
        .map(|contact| writer.text("mail-questions").with("contact", plain(contact)).to_string());
    let foot = [Some(letter.foot.clone()), Some(writer.text("mail-never-asks").to_string()), contact];
    let foot = foot.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let zone = writer.zone();
    let text = as_text(&letter, &zone, &foot);
    let page = Html {
        lang: envelope.lang.tag(),
        word_break: if envelope.lang == Lang::Ko { "keep-all" } else { "normal" },
        zone: &zone,
        to: href("", &letter.link),
        open: writer.text("mail-open").to_string(),
        foot: &foot,
        letter: &letter,
    };
    let html = page.render();
    debug_assert!(html.is_ok(), "a template fails only when something shown fails, and nothing here does");
    Mail { subject: letter.subject.clone(), text, html: html.unwrap_or_default() }
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    lang: &'static str,
    word_break: &'static str,
    zone: &'a str,
    to: String,
    open: String,
    foot: &'a str,
    letter: &'a Letter,
}

fn as_text(letter: &Letter, zone: &str, foot: &str) -> String {
    let wrapped = |text: &str| wrap::wrap(text, COLUMNS);
    let facts: Vec<String> =
        letter.facts.iter().map(|(name, value)| wrapped(&format!("{name}: {value}"))).collect();
    let button = format!("{}:\n{}", letter.button, href("", &letter.link));
    let parts = [
        zone.to_owned(),
        letter.heading.clone(),
        wrapped(&wrap::without_markup(&letter.lead)),
        button,
        facts.join("\n"),
        wrapped(&letter.not_you),
        // RFC 3676 section 4.3: what follows is not the message's own text.
        format!("-- \n{}", wrapped(foot)),
    ];
    parts.join("\n\n") + "\n"
}

/// In one line: a name with a line end in it must not begin a header, or a line that looks like ours.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }).collect()
}

crate::quiet::quiet!(Mail);

const COLUMNS: usize = 72;
