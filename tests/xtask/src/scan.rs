//! Rust source cut into code, comments and string literals: enough for lexical rules, not a parser.

use std::path::{Path, PathBuf};

/// One source file, read once and cut.
pub(crate) struct Source {
    /// The text with every comment and the inside of every literal blanked; lines stay where they were.
    pub(crate) code: String,
    /// The text with only comments left; lines stay where they were.
    pub(crate) comments: String,
    /// Literals with the line (from 1) on which they begin.
    pub(crate) strings: Vec<(usize, String)>,
}

/// Every `.rs` file below a directory, in order; build output and what git ignores by name is left out.
pub(crate) fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name();
            if path.is_dir() {
                let skipped = ["target", "node_modules", "corpus", "artifacts"].iter().any(|s| name == *s);
                if !skipped && !name.to_string_lossy().starts_with('.') {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

impl Source {
    /// Reads and cuts a file; an unreadable one is empty.
    pub(crate) fn read(path: &Path) -> Source {
        Source::cut(&std::fs::read_to_string(path).unwrap_or_default())
    }

    /// Cuts a text.
    pub(crate) fn cut(text: &str) -> Source {
        let mut cutter = Cutter::new(text);
        while cutter.step() {}
        Source { code: cutter.code, comments: cutter.comments, strings: cutter.strings }
    }
}

struct Cutter<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    comments: String,
    strings: Vec<(usize, String)>,
    /// The character before `rest`, to tell `r"` from the end of a name.
    before: char,
}

#[derive(Clone, Copy)]
enum Into {
    Code,
    Comment,
    Nothing,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a str) -> Self {
        let room = text.len();
        Cutter {
            rest: text,
            line: 1,
            code: String::with_capacity(room),
            comments: String::with_capacity(room),
            strings: Vec::new(),
            before: ' ',
        }
    }

    /// Takes one token; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.take(end, Into::Comment);
        } else if self.rest.starts_with("/*") {
            self.take(block_comment(self.rest), Into::Comment);
        } else if let Some((skip, hashes)) = self.raw_string() {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &self.rest[skip..];
            let end = body.find(&close).unwrap_or(body.len());
            self.literal(skip, end, close.len());
        } else if first == '"' {
            self.literal(1, quoted(&self.rest[1..]), 1);
        } else if first == '\'' {
            self.take(character(self.rest), Into::Code);
        } else {
            self.take(first.len_utf8(), Into::Code);
        }
        true
    }

    /// `r"`, `r#"`, `br"`: how many bytes to the body, and how many hashes close it.
    fn raw_string(&self) -> Option<(usize, usize)> {
        if self.before.is_alphanumeric() || self.before == '_' {
            return None;
        }
        let rest = self.rest.strip_prefix('b').or_else(|| self.rest.strip_prefix('c')).unwrap_or(self.rest);
        let rest = rest.strip_prefix('r')?;
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let body = rest[hashes..].strip_prefix('"')?;
        Some((self.rest.len() - body.len(), hashes))
    }

    fn literal(&mut self, open: usize, body: usize, close: usize) {
        self.strings.push((self.line, self.rest[open..open + body].to_owned()));
        self.take(open, Into::Code);
        self.take(body, Into::Nothing);
        self.take(close.min(self.rest.len()), Into::Code);
    }

    fn take(&mut self, length: usize, into: Into) {
        let (part, rest) = self.rest.split_at(length);
        for c in part.chars() {
            let (code, comment) = match into {
                Into::Code => (c, ' '),
                Into::Comment => (' ', c),
                Into::Nothing => (' ', ' '),
            };
            self.code.push(if c == '\n' { c } else { code });
            self.comments.push(if c == '\n' { c } else { comment });
            self.line += usize::from(c == '\n');
            self.before = c;
        }
        self.rest = rest;
    }
}

/// Length of a block comment, which nests.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Length of what stands between two quotes.
fn quoted(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    body.len()
}

/// Length of `'x'` or `'\n'`; 1 for the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            text[2..].char_indices().skip(1).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 3)
        }
        Some((at, c)) if text[at + c.len_utf8()..].starts_with('\'') => at + c.len_utf8() + 1,
        Some(_) | None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_comments_and_code_are_told_apart() {
        let source =
            Source::cut("let a = \"select\"; // say\nlet b = r#\"x\"y\"#; /* q /* r */ s */ let c = 'c';\n");
        assert_eq!(source.strings, [(1, "select".to_owned()), (2, "x\"y".to_owned())]);
        assert!(source.comments.contains("// say") && source.comments.contains("/* q /* r */ s */"));
        assert_eq!(source.code.lines().next().map(str::trim_end), Some("let a = \"      \";"));
        assert!(source.code.contains("let c = 'c';"));
    }

    #[test]
    fn quotes_that_open_nothing() {
        let source = Source::cut("fn f<'a>(x: &'a str) { let q = '\"'; let e = '\\''; g(\"in\") }");
        assert_eq!(source.strings, [(1, "in".to_owned())]);
    }

    #[test]
    fn an_escaped_quote_and_a_name_that_ends_in_r() {
        let source = Source::cut(r#"for"a\"b"; br"c""#);
        assert_eq!(source.strings, [(1, "a\\\"b".to_owned()), (1, "c".to_owned())]);
    }

    #[test]
    fn an_unclosed_string_ends_with_the_file() {
        assert_eq!(Source::cut("let a = \"b").strings, [(1, "b".to_owned())]);
    }
}
