use super::{Filter, Op, Value};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Filter::And(list) => {
                joined(f, list, " and ", |inner| matches!(inner, Filter::And(_) | Filter::Or(_)))
            }
            Filter::Or(list) => joined(f, list, " or ", |inner| matches!(inner, Filter::Or(_))),
            Filter::Compare { attribute, op, value } => write!(f, "{attribute} {op} {value}"),
            Filter::Present { attribute } => write!(f, "{attribute} pr"),
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Eq => "eq",
            Op::Co => "co",
            Op::Sw => "sw",
            Op::Gt => "gt",
            Op::Ge => "ge",
            Op::Lt => "lt",
            Op::Le => "le",
        })
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => quoted(f, text),
            Value::Integer(number) => write!(f, "{number}"),
            // The debug form always has a point or an exponent, so that it is not read as an integer.
            Value::Decimal(number) => write!(f, "{number:?}"),
            Value::Boolean(yes) => write!(f, "{yes}"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, list: &[Filter], word: &str, wrap: impl Fn(&Filter) -> bool) -> fmt::Result {
    for (n, inner) in list.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        if wrap(inner) {
            write!(f, "({inner})")?;
        } else {
            write!(f, "{inner}")?;
        }
    }
    Ok(())
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
