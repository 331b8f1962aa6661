use super::{Filter, Op, Unreadable, Value};

/// Reads the whole text as one filter.
pub(super) fn filter(text: &str) -> Result<Filter, Unreadable> {
    if text.len() > Filter::LONGEST {
        return Err(Unreadable { at: Filter::LONGEST, why: "the filter is too long" });
    }
    let mut reader = Reader { text, at: 0, depth: 0, terms: 0 };
    let filter = reader.any()?;
    match reader.peek() {
        None => Ok(filter),
        Some(')') => reader.refuse("a closing parenthesis without an opening one"),
        Some(_) => reader.refuse("expected `and`, `or` or the end"),
    }
}

/// Recursive descent; the recursion is bounded by [`Filter::DEEPEST`].
struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    terms: usize,
}

impl<'a> Reader<'a> {
    /// `all *( "or" all )`
    fn any(&mut self) -> Result<Filter, Unreadable> {
        let mut list = vec![];
        loop {
            match self.all()? {
                Filter::Or(inner) => list.extend(inner),
                other @ (Filter::And(_) | Filter::Compare { .. } | Filter::Present { .. }) => {
                    list.push(other)
                }
            }
            if !self.keyword("or") {
                return Ok(if list.len() == 1 { list.swap_remove(0) } else { Filter::Or(list) });
            }
        }
    }

    /// `one *( "and" one )`
    fn all(&mut self) -> Result<Filter, Unreadable> {
        let mut list = vec![];
        loop {
            match self.one()? {
                Filter::And(inner) => list.extend(inner),
                other @ (Filter::Or(_) | Filter::Compare { .. } | Filter::Present { .. }) => list.push(other),
            }
            if !self.keyword("and") {
                return Ok(if list.len() == 1 { list.swap_remove(0) } else { Filter::And(list) });
            }
        }
    }

    /// A comparison, or a filter in parentheses.
    fn one(&mut self) -> Result<Filter, Unreadable> {
        if self.peek() == Some('(') {
            if self.depth == Filter::DEEPEST {
                return self.refuse("too many parentheses within parentheses");
            }
            self.at += 1;
            self.depth += 1;
            let inner = self.any()?;
            self.depth -= 1;
            if self.peek() != Some(')') {
                return self.refuse("expected a closing parenthesis");
            }
            self.at += 1;
            return Ok(inner);
        }
        if self.terms == Filter::MOST {
            return self.refuse("too many comparisons");
        }
        self.terms += 1;
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Filter, Unreadable> {
        let attribute = self.attribute()?;
        self.peek();
        let start = self.at;
        let operator = self.word();
        let op = match operator.to_ascii_lowercase().as_str() {
            "pr" => return Ok(Filter::Present { attribute }),
            "eq" => Op::Eq,
            "co" => Op::Co,
            "sw" => Op::Sw,
            "gt" => Op::Gt,
            "ge" => Op::Ge,
            "lt" => Op::Lt,
            "le" => Op::Le,
            _ => return Err(Unreadable { at: start, why: "expected one of eq, co, sw, pr, gt, ge, lt, le" }),
        };
        let value = self.value()?;
        Ok(Filter::Compare { attribute, op, value })
    }

    /// `[URN ":"] name ["." name]`, in lower case and without the URN: as in UAA, one name means one thing.
    fn attribute(&mut self) -> Result<String, Unreadable> {
        self.peek();
        let start = self.at;
        let refuse = |why| Err(Unreadable { at: start, why });
        let word = self.word();
        let path = match word.rsplit_once(':') {
            Some((schema, path)) if schema.get(..4).is_some_and(|urn| urn.eq_ignore_ascii_case("urn:")) => {
                path
            }
            Some(_) => return refuse("expected an attribute, with a URN before it or nothing"),
            None => word,
        };
        if path.is_empty() {
            return refuse("expected an attribute");
        }
        let (name, sub) = path.split_once('.').map_or((path, None), |(name, sub)| (name, Some(sub)));
        if !is_name(name) || sub.is_some_and(|sub| !is_name(sub)) {
            return refuse("not the name of an attribute");
        }
        if ["and", "or", "not"].iter().any(|word| path.eq_ignore_ascii_case(word)) {
            return refuse("expected an attribute; there is no `not`");
        }
        Ok(path.to_ascii_lowercase())
    }

    fn value(&mut self) -> Result<Value, Unreadable> {
        match self.peek() {
            // SCIM asks for double quotes; UAA has always taken single ones too.
            Some(quote @ ('"' | '\'')) => self.quoted(quote).map(Value::Text),
            Some(_) => {
                let start = self.at;
                unquoted(self.word())
                    .ok_or(Unreadable { at: start, why: "not a number, a boolean or a quoted text" })
            }
            None => self.refuse("expected a value"),
        }
    }

    /// A text in quotes with the escapes of JSON, and `\'`.
    fn quoted(&mut self, quote: char) -> Result<String, Unreadable> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        while let Some(c) = self.next() {
            let c = match c {
                c if c == quote => return Ok(out),
                '\\' => self.escape()?,
                c => c,
            };
            if c == '\0' {
                return self.refuse("a text must not hold a NUL");
            }
            out.push(c);
        }
        Err(Unreadable { at: start, why: "the quoted text does not end" })
    }

    fn escape(&mut self) -> Result<char, Unreadable> {
        let start = self.at - 1;
        let plain = match self.next() {
            Some(c @ ('"' | '\'' | '/' | '\\')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.utf16().ok_or(Unreadable { at: start, why: "not a character" }),
            _ => return Err(Unreadable { at: start, why: "an unknown escape" }),
        };
        Ok(plain)
    }

    /// The four digits after `\u`, and the second half of a pair where the first announces it.
    fn utf16(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(u32::from(first));
        }
        self.rest().starts_with("\\u").then_some(())?;
        self.at += 2;
        let second = self.four_digits()?;
        char::decode_utf16([first, second]).next()?.ok()
    }

    fn four_digits(&mut self) -> Option<u16> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let number = u16::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(number)
    }

    /// Takes the word if it comes next.
    fn keyword(&mut self, keyword: &str) -> bool {
        self.peek();
        let start = self.at;
        let found = self.word().eq_ignore_ascii_case(keyword);
        if !found {
            self.at = start;
        }
        found
    }

    /// All up to a space, a parenthesis or the end; perhaps nothing.
    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find([' ', '(', ')']).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Passes spaces over and looks at what follows.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn refuse<T>(&self, why: &'static str) -> Result<T, Unreadable> {
        Err(Unreadable { at: self.at, why })
    }
}

/// A name of RFC 7643 section 2.1, with the underscore that UAA's own names have.
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn unquoted(word: &str) -> Option<Value> {
    if word.eq_ignore_ascii_case("true") {
        return Some(Value::Boolean(true));
    }
    if word.eq_ignore_ascii_case("false") {
        return Some(Value::Boolean(false));
    }
    // Rust would also read `inf` and `nan`.
    if !word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    if let Ok(integer) = word.parse() {
        return Some(Value::Integer(integer));
    }
    word.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Decimal)
}
