//! The one that draws.

use crate::asset::{Asset, Assets};
use crate::mail::{self, Envelope, Mail, Message};
use crate::page::Page;
use crate::scene::Scene;
use crate::words::Words;
use crate::{Around, Lang};

/// Draws pages. Made once, shared by all requests.
pub struct Look {
    pub(crate) assets: Assets,
    en: Words,
    ko: Words,
}

impl Look {
    /// Reads the messages and hashes the files that lie in the program.
    pub fn new() -> Look {
        Look { assets: Assets::new(), en: Words::new(Lang::En), ko: Words::new(Lang::Ko) }
    }

    /// The page as HTML, to be sent as `text/html; charset=utf-8` with the policy of [`csp`](crate::csp) and
    /// `Cache-Control: no-store`.
    pub fn render<P: Page + ?Sized>(&self, around: &Around<'_>, page: &P) -> String {
        let drawn = page.draw(&self.scene(around));
        debug_assert!(
            drawn.is_ok(),
            "a template fails only when something shown fails, and nothing here does"
        );
        drawn.unwrap_or_default()
    }

    /// The message, as text and as HTML.
    pub fn mail<M: Message + ?Sized>(&self, envelope: &Envelope<'_>, message: &M) -> Mail {
        mail::draw(envelope, self.words(envelope.lang), message)
    }

    /// A page that nobody sees: a frame of an application's page, which runs this script of ours below `base`. To be sent with the
    /// policy of [`csp_framed`](crate::csp_framed).
    pub fn frame(&self, base: &str, script: &str) -> String {
        let script = self.assets.hashed(script);
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Hallmark</title>\n\
             <script src=\"{base}/resources/{script}\"></script>\n</html>\n"
        )
    }

    /// A file under `/resources/`, by the rest of its path; with or without a hash in its name.
    pub fn asset(&self, name: &str) -> Option<Asset<'_>> {
        self.assets.get(name)
    }

    /// The names with hashes of all files, to be written to a folder or warmed in a cache.
    pub fn asset_names(&self) -> Vec<String> {
        self.assets.names()
    }

    pub(crate) fn scene<'a>(&'a self, around: &'a Around<'a>) -> Scene<'a> {
        Scene { around, look: self, words: self.words(around.lang) }
    }

    pub(crate) fn words(&self, lang: Lang) -> &Words {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Look::new()
    }
}
