//! What people prove who they are with besides a password: passkeys, authenticator apps, recovery codes.
//!
//! A factor belongs to a person, who may look at it. What is secret of it is sealed under the data key, bound to its row and
//! person: a copy of the database proves nothing, and whoever may write to it can plant nothing.

mod app;
mod assurance;
mod half;
mod mine;
mod passkey;
mod recovery;

pub use app::{AppOf, NewApp};
pub use assurance::{Assurance, joined};
pub use half::Half;
pub use mine::{Mine, Next, factors_end, next};
pub use passkey::{Answered, Ceremony, Passed, fuzz_passkey, passkeys_work};

use std::sync::Arc;
use uaa_authz::{Kind, Resource, Zone};
use uaa_model::{Fault, Id, Reply, Rng};
use uaa_plugin::Ctx;
use uaa_store::{Fields, Row, Set, Spec, Stored, fields};
use uaa_token::DataKey;
use uuid::Uuid;
use zeroize::Zeroizing;

/// One factor of a person. Its recovery codes together are one.
#[derive(Debug)]
pub enum Factor {}

impl Resource for Factor {
    // Whoever may end a factor may weaken an account: administrators, and the sign-in after a fresh proof. The owner's token
    // alone is no such proof.
    const KIND: Kind = Kind::identity("factor", &[("scim.read", uaa_authz::Verbs::of("r"))])
        .owned(uaa_authz::Verbs::of("r"))
        .personal();
    type Parent = Zone;
}

fields!(
    Factor,
    /// A factor's own columns.
    FactorOwn {
        /// The person.
        subject: Uuid,
        /// `passkey`, `app` or `recovery`.
        kind: String,
        /// What the person calls it.
        name: String,
        /// What there is once in a zone: a digest of the secret, or of what a passkey is called.
        credential: String,
        /// What it is checked with, sealed.
        sealed: Vec<u8>,
        /// What only goes forward: the last step of the clock that was used, the codes that are used as bits, the time of the
        /// last challenge that was met.
        mark: i64,
        /// When it was last used, in microseconds; 0: never.
        used_at: i64,
    }
);

impl Stored for Factor {
    type Own = FactorOwn;
    const SPEC: Spec = Spec {
        table: "factor",
        organization: None,
        space: None,
        columns: Factor::COLUMNS,
        metadata: false,
        shared: false,
        tally: false,
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[
        ("factor_credential", "the factor is set up already"),
        ("factor.zone", "the factor is set up already"),
    ];
    fn own(row: &Row, at: usize) -> Reply<FactorOwn> {
        FactorOwn::read(row, at)
    }
}

/// What makes, seals and checks factors. One a process.
#[derive(Clone)]
pub struct Factors {
    data_key: Arc<DataKey>,
    rng: Arc<dyn Rng>,
}

impl Factors {
    /// `data_key` seals what is secret of them; `rng` makes it.
    pub fn new(data_key: Arc<DataKey>, rng: Arc<dyn Rng>) -> Factors {
        Factors { data_key, rng }
    }

    fn random<const N: usize>(&self) -> Zeroizing<[u8; N]> {
        let mut bytes = Zeroizing::new([0; N]);
        self.rng.fill(bytes.as_mut());
        bytes
    }

    /// Writes a factor of a person. Under the duty of sign-in.
    async fn write(&self, new: New<'_>, cx: &mut Ctx) -> Reply<()> {
        let id = cx.tx().ids().uuid();
        let sealed = self.data_key.seal(&context(id, new.user, new.kind), new.plain)?;
        let set = Set::default()
            .put(Factor::subject, new.user)
            .put(Factor::kind, new.kind)
            .put(Factor::name, new.name)
            .put(Factor::credential, new.credential)
            .put(Factor::sealed, sealed)
            .put(Factor::mark, new.mark)
            .put(Factor::used_at, new.used_at);
        let zone = Id::<Zone>::new(cx.zone());
        let slot = cx.tx().slot::<Factor>(zone).await?;
        let made = cx.tx().insert_as(slot, Id::new(id), Some(new.user), set).await;
        // Somebody else has just written the same: what is there is looked at anew.
        made.map(drop).map_err(|fault| if matches!(fault, Fault::Unique(_)) { Fault::Retry } else { fault })
    }

    fn open(&self, row: &Fields<FactorOwn>) -> Reply<Zeroizing<Vec<u8>>> {
        self.data_key.open(&context(row.guid, row.own.subject, &row.own.kind), &row.own.sealed)
    }
}

/// A factor to be written.
struct New<'a> {
    user: Uuid,
    kind: &'static str,
    name: &'a str,
    credential: String,
    plain: &'a [u8],
    mark: i64,
    used_at: i64,
}

/// How many codes are left, if the factor is recovery codes.
pub(crate) fn codes_left(row: &Fields<FactorOwn>) -> Option<u32> {
    (row.own.kind == RECOVERY).then(|| recovery::left(row.own.mark))
}

fn context(id: Uuid, user: Uuid, kind: &str) -> String {
    format!("factor/{kind}/{user}/{id}")
}

const PASSKEY: &str = "passkey";
const APP: &str = "app";
const RECOVERY: &str = "recovery";
