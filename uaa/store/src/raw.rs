/// A statement that no scoped method says: a constant with its reason, printed in `golden/raw-sql.txt`.
///
/// It only reads. Its values are bound; its text is `&'static`.
#[derive(Clone, Copy, Debug)]
pub struct Raw {
    /// A name, for the golden file and the log.
    pub name: &'static str,
    /// The text, with `?` for values, valid on all three databases.
    pub text: &'static str,
    /// Why no scoped method does.
    pub why: &'static str,
}

impl Raw {
    /// Stands in the text for `IN` a set of ids, which each database is told in its own way.
    pub const AMONG: &'static str = "{among}";
}
