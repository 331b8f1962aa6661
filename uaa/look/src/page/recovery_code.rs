use super::page;
use crate::Proof;

/// A recovery code instead of the app. Posts `code`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecoveryCode {
    /// Where the form posts to.
    pub action: String,
    /// The proofs given so far.
    pub proofs: Vec<Proof>,
    /// How many codes are left.
    pub left: u32,
    /// Where the app's code is entered.
    pub app: Option<String>,
    /// Where one asks for help who has neither.
    pub lost: Option<String>,
    /// Whether the code before this was wrong.
    pub wrong: bool,
}

page!(RecoveryCode, "page/recovery_code.html", |_, x| x.text("recovery-title"));
