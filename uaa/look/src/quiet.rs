//! Pages and messages that carry a secret to the one who may see it, and to no log.

/// `Debug` with the name alone.
macro_rules! quiet {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub(crate) use quiet;

#[cfg(test)]
mod tests {
    use crate::{Passcode, Reset};

    #[test]
    fn what_is_secret_is_not_printed() {
        let page = Passcode { passcode: "tR7w".into(), ..Passcode::default() };
        assert_eq!(format!("{page:?}"), "Passcode(…)");
        let message = Reset { link: "https://a.example/?code=9hVQ".into(), ..Reset::default() };
        assert_eq!(format!("{message:?}"), "Reset(…)");
    }
}
