//! The messages: one file of sentences a language, filled in by Fluent.

mod english;
mod korean;

use crate::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::fmt;
use std::sync::Arc;
use unic_langid::LanguageIdentifier;

/// Every message of one language, twice: as text, and as HTML whose values are escaped and whose own markup is not.
pub(crate) struct Words {
    plain: FluentBundle<Arc<FluentResource>>,
    html: FluentBundle<Arc<FluentResource>>,
}

/// A message on its way to be shown; `HTML` when its own markup counts.
pub struct Said<'a, const HTML: bool> {
    words: &'a Words,
    id: &'a str,
    args: FluentArgs<'a>,
}

impl Words {
    pub(crate) fn new(lang: Lang) -> Words {
        // A file that cannot be read is cut down to what can: a test reads both.
        let resource = Arc::new(match FluentResource::try_new(source(lang).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        });
        let mut html = bundle(lang, &resource);
        html.set_formatter(Some(|value, _| match value {
            FluentValue::String(text) => Some(escaped(text)),
            _ => None,
        }));
        Words { plain: bundle(lang, &resource), html }
    }

    pub(crate) fn text<'a>(&'a self, id: &'a str) -> Said<'a, false> {
        Said { words: self, id, args: FluentArgs::new() }
    }

    pub(crate) fn rich<'a>(&'a self, id: &'a str) -> Said<'a, true> {
        Said { words: self, id, args: FluentArgs::new() }
    }
}

impl<const HTML: bool> Said<'_, HTML> {
    /// Fills in a text.
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.set(name, value.to_string());
        self
    }

    /// Fills in a number, which also chooses between one and many.
    pub(crate) fn count(mut self, name: &'static str, value: impl Count) -> Self {
        self.args.set(name, value.number());
        self
    }
}

impl<const HTML: bool> fmt::Display for Said<'_, HTML> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = if HTML { &self.words.html } else { &self.words.plain };
        let Some(pattern) = bundle.get_message(self.id).and_then(|message| message.value()) else {
            debug_assert!(false, "there is no message `{}`", self.id);
            return f.write_str(self.id);
        };
        let mut errors = Vec::new();
        // Piece by piece: `format_pattern` would hand the whole sentence to the formatter once more.
        let written = bundle.write_pattern(f, pattern, Some(&self.args), &mut errors);
        debug_assert!(errors.is_empty(), "message `{}`: {errors:?}", self.id);
        written
    }
}

impl askama::filters::HtmlSafe for Said<'_, true> {}

/// A number of things; templates hand over references of any depth.
pub(crate) trait Count {
    fn number(&self) -> u32;
}

impl Count for u32 {
    fn number(&self) -> u32 {
        *self
    }
}

impl<T: Count> Count for &T {
    fn number(&self) -> u32 {
        (*self).number()
    }
}

/// Marks the id of a message that is named away from where it is said, so that the test of unused ones sees it.
pub(crate) const fn key(id: &'static str) -> &'static str {
    id
}

pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

fn bundle(lang: Lang, resource: &Arc<FluentResource>) -> FluentBundle<Arc<FluentResource>> {
    // Both tags can be read; the other way out is the undetermined language, whose plurals are English enough.
    let tag: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Marks of isolation would be copied along with every name and stand in titles; both languages run left to right.
    bundle.set_use_isolating(false);
    // Each id is there once (a test), and each function is added once.
    let added = bundle.add_resource(Arc::clone(resource)).is_ok()
        && bundle.add_function("WORDS", english::words).is_ok()
        && bundle.add_function("RO", korean::ro).is_ok();
    debug_assert!(added, "an id of a message is there twice");
    bundle
}

pub(crate) fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::En => include_str!("../locales/en.ftl"),
        Lang::Ko => include_str!("../locales/ko.ftl"),
    }
}

#[cfg(test)]
mod tests;
