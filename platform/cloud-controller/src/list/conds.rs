//! Times and label selectors of a list, as conditions.

use super::bad;
use crate::body::capital;
use uaa_model::{Reply, parse_rfc3339};
use uaa_store::{Cond, TimeOp};

/// `created_ats` and `updated_ats`, with or without an operator; `None` for any other parameter.
pub(super) fn times(name: &str, value: &str) -> Reply<Option<Cond>> {
    let (name, op) = name.split_once('[').map_or((name, ""), |(n, op)| (n, op.trim_end_matches(']')));
    let column = match name {
        "created_ats" => "created_at",
        "updated_ats" => "updated_at",
        _ => return Ok(None),
    };
    let wrong = || {
        bad(format!(
            "{} has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'",
            capital(name)
        ))
    };
    let at = |text: &str| parse_rfc3339(text).ok_or_else(wrong);
    let second = 1_000_000;
    let one = |op: TimeOp, at| Cond::Time(column, op, at);
    Ok(Some(match op {
        // Times are shown in whole seconds and kept in microseconds.
        "lt" => one(TimeOp::Lt, at(value)?),
        "lte" => one(TimeOp::Lt, at(value)? + second),
        "gt" => one(TimeOp::Gte, at(value)? + second),
        "gte" => one(TimeOp::Gte, at(value)?),
        "" => {
            let each = value.split(',').map(|text| {
                at(text).map(|t| Cond::All(vec![one(TimeOp::Gte, t), one(TimeOp::Lt, t + second)]))
            });
            Cond::Any(each.collect::<Reply<_>>()?)
        }
        other => return Err(bad(format!("Invalid relational operator: '{other}'"))),
    }))
}

/// `k`, `!k`, `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, all of which must hold.
pub(super) fn labels(text: &str) -> Option<Vec<Cond>> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for c in text.chars() {
        inside = if c == '(' {
            true
        } else if c == ')' {
            false
        } else {
            inside
        };
        if c == ',' && !inside {
            parts.push(String::new());
        } else {
            parts.last_mut()?.push(c);
        }
    }
    parts.iter().map(|part| label(part.trim())).collect()
}

fn label(part: &str) -> Option<Cond> {
    let set = |values: &str| {
        let inner = values.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(inner.split(',').map(|v| v.trim().to_owned()).collect::<Vec<_>>())
    };
    let key = |k: &str| {
        let k = k.trim();
        (!k.is_empty() && !k.contains([' ', '!', '=', '(', ')'])).then(|| k.to_owned())
    };
    if let Some((k, values)) = part.split_once(" notin ") {
        return Some(Cond::NoLabel(key(k)?, set(values)?));
    }
    if let Some((k, values)) = part.split_once(" in ") {
        return Some(Cond::Label(key(k)?, set(values)?));
    }
    if let Some((k, value)) = part.split_once("!=") {
        return Some(Cond::NoLabel(key(k)?, vec![value.trim().into()]));
    }
    if let Some((k, value)) = part.split_once('=') {
        return Some(Cond::Label(key(k)?, vec![value.trim_start_matches('=').trim().into()]));
    }
    match part.strip_prefix('!') {
        Some(k) => Some(Cond::NoLabel(key(k)?, vec![])),
        None => Some(Cond::Label(key(part)?, vec![])),
    }
}
