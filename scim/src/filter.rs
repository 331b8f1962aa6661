//! The filter of a SCIM list, read into a tree: `userName eq "marissa" and meta.created gt "2026-11-24T00:00:00.000Z"`.
//!
//! The grammar is UAA's (SCIM 1.1 section 3.2.2.1): `eq co sw pr gt ge lt le`, `and` before `or`, parentheses. There
//! is no `not`, no `ne` and no `ew`. Words are separated by spaces and read without regard to case. Nothing here knows
//! a column: whoever asks the database looks each name up in a list of its own.

mod parse;
mod print;
#[cfg(test)]
mod tests;

use std::fmt;
use uaa_model::{Code, Fault};

/// A filter that was understood.
///
/// [`Filter::parse`] makes it canonical: an `And` never holds an `And`, an `Or` never an `Or`, both hold two or more,
/// attribute names are in lower case without a schema's prefix. `Display` writes such a tree so that reading it again
/// gives the same tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them.
    And(Vec<Filter>),
    /// At least one of them.
    Or(Vec<Filter>),
    /// An attribute against a value.
    Compare {
        /// In lower case: `username`, `emails.value`.
        attribute: String,
        /// How.
        op: Op,
        /// With what.
        value: Value,
    },
    /// `pr`: the attribute has a value.
    Present {
        /// In lower case.
        attribute: String,
    },
}

/// An operator between attribute and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `eq`
    Eq,
    /// `co`: contains.
    Co,
    /// `sw`: starts with.
    Sw,
    /// `gt`
    Gt,
    /// `ge`
    Ge,
    /// `lt`
    Lt,
    /// `le`
    Le,
}

/// What an attribute is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A quoted text, escapes resolved; UAA compares it without regard to case. Never holds a NUL, which PostgreSQL
    /// could not store and would refuse as a parameter.
    Text(String),
    /// A number without fraction and exponent that fits.
    Integer(i64),
    /// Any other number; always finite.
    Decimal(f64),
    /// `true` or `false`.
    Boolean(bool),
}

impl Filter {
    /// The longest filter, in bytes.
    pub const LONGEST: usize = 8 * 1024;
    /// Parentheses within parentheses.
    pub const DEEPEST: usize = 32;
    /// Comparisons in one filter.
    pub const MOST: usize = 500;

    /// Reads a filter.
    ///
    /// # Errors
    /// [`Unreadable`], with the place and the reason; [`Filter::invalid`] makes UAA's answer of it.
    pub fn parse(text: &str) -> Result<Filter, Unreadable> {
        parse::filter(text)
    }

    /// UAA's answer to a filter that it cannot read or that names an unknown attribute: 400 `scim`,
    /// `Invalid filter expression: [FILTER]`, for lists of users and clients followed by ` [SORT]`.
    ///
    /// Escaped for HTML as UAA does, since CVE-2019-11274 echoed it into a page. Of a filter that is too long only the
    /// beginning is repeated.
    pub fn invalid(text: &str, sort_by: Option<&str>) -> Fault {
        let mut answer = format!("Invalid filter expression: [{}]", escaped(text));
        if let Some(sort_by) = sort_by.filter(|by| !by.trim().is_empty()) {
            answer.push_str(&format!(" [{}]", escaped(sort_by)));
        }
        Fault::protocol(Code::new(400, "scim"), answer)
    }

    /// Every attribute named, in order, with repetitions.
    pub fn attributes(&self) -> Vec<&str> {
        match self {
            Filter::And(list) | Filter::Or(list) => list.iter().flat_map(Filter::attributes).collect(),
            Filter::Compare { attribute, .. } | Filter::Present { attribute } => vec![attribute],
        }
    }
}

impl std::str::FromStr for Filter {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        Filter::parse(text)
    }
}

/// Why a filter was not understood. Repeats nothing of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What is wrong there.
    pub why: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at position {}", self.why, self.at)
    }
}

impl std::error::Error for Unreadable {}

/// For the fuzzer: any bytes are read without a panic, and what was read is written and read again as the same.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(filter) = Filter::parse(text) else { return };
    let written = filter.to_string();
    // Escapes and parentheses may make the written form longer than the limit on what is read.
    if written.len() <= Filter::LONGEST {
        assert_eq!(Filter::parse(&written), Ok(filter), "written as {written}");
    }
}

fn escaped(text: &str) -> String {
    let mut end = text.len().min(Filter::LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut out = String::with_capacity(end);
    for c in text[..end].chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
