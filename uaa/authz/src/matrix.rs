use crate::{BUILT_IN, Duty, Registry, built_in_id};
use std::fmt::Write;

/// The role matrix as text: one line a kind, one column a role. A diff in it is a security review (house rule 19).
pub fn matrix(registry: &Registry) -> String {
    let mut out = String::from(
        "# role x kind -> verbs: r read, c create, u update, d delete, s secret, o operate. `owner` is whoever the thing\n\
         # belongs to, `system:` the product's own duties. A scope of a token narrows all of this and widens nothing.\n",
    );
    let roles =
        BUILT_IN.iter().map(|r| (r.name.to_owned(), registry.role(built_in_id(r.name)).map(|(_, m)| m)));
    let duties = Duty::ALL.iter().map(|d| (format!("system:{}", d.name()), Some(registry.duty(*d))));
    for (name, mask) in roles.chain(duties) {
        let _ = writeln!(out, "\n{name}");
        for kind in registry.kinds() {
            let verbs = registry.kind(kind.name).zip(mask).map(|(ix, m)| m.verbs(ix)).unwrap_or_default();
            if !verbs.is_empty() {
                let _ = writeln!(out, "  {:32} {verbs}", kind.name);
            }
        }
    }
    let _ = writeln!(out, "\nowner");
    for kind in registry.kinds().iter().filter(|k| !k.owner.is_empty()) {
        let _ = writeln!(out, "  {:32} {}", kind.name, kind.owner);
    }
    out
}
