//! Messages to people. What is to be written waits in a table until it is sent: an errand, not the message. The message with its
//! code is made at the moment it goes out, so that the table holds no code, a code's time runs from then on, and a request takes
//! the same time whether or not there is anybody to write to.

mod address;
mod errand;
mod postman;

pub use address::is_address;
pub use errand::{Errand, Inviter, queue};
pub use postman::Postman;

use uaa_authz::{Kind, Resource, Zone};
use uaa_model::Reply;
use uaa_store::{Row, Spec, Stored, fields};

/// A message that waits, was sent lately, or could not be sent.
#[derive(Debug)]
pub enum Mail {}

impl Resource for Mail {
    const KIND: Kind = Kind::identity("mail", &[]);
    type Parent = Zone;
}

fields!(
    Mail,
    /// A message's own columns.
    MailOwn {
        /// What it is about: [`Errand::about`].
        purpose: String,
        /// To whom; empty until that is known.
        recipient: String,
        /// What is to be written, JSON; `{}` once it is over.
        errand: String,
        /// `waiting`, `sent`, `failed`.
        state: String,
        /// How often it was tried.
        tries: i64,
        /// When it is tried next.
        due_at: i64,
        /// Why the last try failed.
        error: String,
    }
);

impl Stored for Mail {
    type Own = MailOwn;
    const SPEC: Spec = Spec {
        table: "mail",
        organization: None,
        space: None,
        columns: Mail::COLUMNS,
        metadata: false,
        shared: false,
        tally: false,
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<MailOwn> {
        MailOwn::read(row, at)
    }
}
