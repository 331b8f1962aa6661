//! Floor 3: what the pages and the messages look like.
//!
//! A page is a struct of typed fields; [`Look::render`] makes HTML text of it. No I/O, no routes, no database: `uaa-oauth` and
//! `uaa-login` both draw pages and may not know each other, so what they draw with lies below both
//! (`docs/decisions/0010-pages-are-a-crate.md`).

mod around;
mod asset;
mod brand;
mod csp;
mod href;
mod lang;
mod look;
mod mail;
mod page;
mod qr;
mod quiet;
mod scene;
mod scope;
mod when;
mod words;

pub use around::{Account, Around, Client, Link, Links, Proof};
pub use asset::Asset;
pub use brand::{Brand, BrandFault, Colours, Wishes};
pub use csp::{csp, csp_framed};
pub use lang::Lang;
pub use look::Look;
pub use mail::{ChangeOfAddress, Changed, Envelope, Invite, Mail, Message, Reset, VerifyAddress};
pub use page::*;
