//! The pages, one file each. Every one is its typed fields, its heading, its form and its messages.

mod access;
mod choose_account;
mod consent;
mod device;
mod error;
mod forgot;
mod hand_over;
mod home;
mod join;
mod locked;
mod notice;
mod passcode;
mod passkey;
mod profile;
mod recovery_code;
mod recovery_codes;
mod second_factor;
mod set_up_app;
mod sign_in;
mod sign_in_password;
mod sign_out;
mod signed_out;
mod unverified;

pub use access::{Access, Held, InOrganization, Step, Why};
pub use choose_account::{ChooseAccount, Known};
pub use consent::{Asked, Consent};
pub use device::{Device, DeviceConfirm, DeviceDone};
pub use error::{ErrorPage, Flaw, Reason};
pub use forgot::{About, CheckMail, ForceChange, Forgot, NewPassword, PasswordFault, PasswordRules};
pub use hand_over::HandOver;
pub use home::{Home, Tile};
pub use join::{Invitation, LinkExpired, MailNotSetUp, Register, Verify};
pub use locked::Locked;
pub use notice::Notice;
pub use passcode::Passcode;
pub use passkey::{PasskeySetUp, PasskeySignIn};
pub use profile::{Act, ChangeEmail, Connected, Factor, Factors, OwnPassword, Profile, Recovery, Session};
pub use recovery_code::RecoveryCode;
pub use recovery_codes::RecoveryCodes;
pub use second_factor::SecondFactor;
pub use set_up_app::SetUpApp;
pub use sign_in::{Provider, SignIn};
pub use sign_in_password::SignInPassword;
pub use sign_out::SignOut;
pub use signed_out::{Onward, SignedOut};
pub use unverified::Unverified;

pub(crate) use drawn::{Drawn, Tab};

/// A page that [`Look::render`](crate::Look::render) draws. The pages of this crate, and no others.
pub trait Page: Drawn {}

mod drawn {
    use crate::scene::Scene;
    use crate::words::Said;

    /// An entry of the account's navigation.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Tab {
        /// The page is none of them.
        None,
        /// Applications.
        Home,
        /// Profile and security.
        Profile,
        /// Organizations and roles.
        Roles,
    }

    impl Tab {
        pub(crate) fn is_home(self) -> bool {
            self == Tab::Home
        }

        pub(crate) fn is_profile(self) -> bool {
            self == Tab::Profile
        }

        pub(crate) fn is_roles(self) -> bool {
            self == Tab::Roles
        }
    }

    /// How a page is drawn; sealed, since templates lie in this crate.
    pub trait Drawn {
        /// The first heading, which is the title too.
        fn heading<'a>(&'a self, x: &Scene<'a>) -> Said<'a, false>;

        /// The whole page.
        fn draw(&self, x: &Scene<'_>) -> askama::Result<String>;

        /// Which entry of the account's navigation it stands under.
        fn tab(&self) -> Tab;

        /// The script that makes it better; a page works without.
        fn script(&self) -> Option<&'static str>;

        /// The addresses that it opens in frames.
        fn frames(&self) -> &[String];
    }
}

/// Ties a page to its template: the template sees the page as `p` and its surroundings as `x`.
macro_rules! page {
    ($page:ident, $path:tt, |$p:pat_param, $x:ident| $heading:expr) => {
        $crate::page::page!(@make $page, $path, |$p, $x| $heading, |_| None, None, |_| &[]);
    };
    ($page:ident, $path:tt, |$p:pat_param, $x:ident| $heading:expr, script: |$q:pat_param| $script:expr) => {
        $crate::page::page!(@make $page, $path, |$p, $x| $heading, |$q| $script, None, |_| &[]);
    };
    ($page:ident, $path:tt, |$p:pat_param, $x:ident| $heading:expr, script: |$q:pat_param| $script:expr, frames: |$f:pat_param| $frames:expr) => {
        $crate::page::page!(@make $page, $path, |$p, $x| $heading, |$q| $script, None, |$f| $frames);
    };
    ($page:ident, $path:tt, |$p:pat_param, $x:ident| $heading:expr, tab: $tab:ident) => {
        $crate::page::page!(@make $page, $path, |$p, $x| $heading, |_| None, $tab, |_| &[]);
    };
    (@make $page:ident, $path:tt, |$p:pat_param, $x:ident| $heading:expr, |$q:pat_param| $script:expr, $tab:ident, |$f:pat_param| $frames:expr) => {
        impl $crate::page::Page for $page {}

        impl $crate::page::Drawn for $page {
            fn heading<'a>(&'a self, $x: &$crate::scene::Scene<'a>) -> $crate::words::Said<'a, false> {
                let $p = self;
                $heading
            }

            fn draw(&self, x: &$crate::scene::Scene<'_>) -> askama::Result<String> {
                use $crate::page::Drawn as _;
                #[derive(askama::Template)]
                #[template(path = $path)]
                struct View<'a> {
                    x: &'a $crate::scene::Scene<'a>,
                    p: &'a $page,
                }
                askama::Template::render(&View { x, p: self })
            }

            fn script(&self) -> Option<&'static str> {
                let $q = self;
                $script
            }

            fn frames(&self) -> &[String] {
                let $f = self;
                $frames
            }

            fn tab(&self) -> $crate::page::Tab {
                $crate::page::Tab::$tab
            }
        }
    };
}

pub(crate) use page;
