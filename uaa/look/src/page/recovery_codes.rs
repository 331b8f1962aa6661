use super::page;

/// New recovery codes, shown once. Posts `kept=yes`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// Where the form posts to.
    pub action: String,
    /// The codes.
    pub codes: Vec<String>,
}

impl RecoveryCodes {
    /// Two columns, as they are printed.
    pub(crate) fn lines(&self) -> String {
        self.codes.chunks(2).map(|pair| pair.join("   ")).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.codes.len()).unwrap_or(u32::MAX)
    }
}

page!(RecoveryCodes, "page/recovery_codes.html", |_, x| x.text("recovery-codes-title"));

crate::quiet::quiet!(RecoveryCodes);
