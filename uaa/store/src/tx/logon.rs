use super::{Lock, Tx};
use crate::logon::{Logon, upsert};
use crate::proof::{Granted, Proof};
use crate::schema::Stored;
use crate::sql::Sql;
use std::collections::HashMap;
use uaa_authz::{Delete, Writes};
use uaa_model::{Fault, Reply};
use uuid::Uuid;

impl Tx {
    /// Writes down that the owner of what was just made, or is gone on in, has signed in by it.
    ///
    /// # Errors
    /// When it is nobody's, or the database is away.
    pub async fn logged_on<V: Writes, R: Stored>(&mut self, begun: &Granted<V, R>) -> Reply<()>
    where
        Granted<V, R>: Proof,
    {
        self.mine(begun)?;
        let nobodys = || Fault::Internal(format!("a `{}` without an owner is no sign-in", R::KIND.name));
        let person = begun.place.owner.ok_or_else(nobodys)?;
        self.put_logons(&[(person, Logon::at(self.now))]).await
    }

    /// When these people signed in: one statement, and what is noted and not written yet. Who never did is not in it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn logons(&mut self, proof: &impl Proof, people: &[Uuid]) -> Reply<HashMap<Uuid, Logon>> {
        self.mine(proof)?;
        let mut sql = Sql::new("SELECT subject, last_at, previous_at FROM logon WHERE subject");
        sql.among(self.engine(), people);
        let rows = self.fetch(sql).await?;
        let known = rows.iter().map(|row| Ok((row.get(0)?, Logon::new(row.get(1)?, row.get(2)?))));
        let known = known.collect::<Reply<HashMap<Uuid, Logon>>>()?;
        Ok(self.inner.logons.added_to(known, people))
    }

    /// Forgets when somebody signed in who is about to be deleted.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget_logon<R: Stored>(&mut self, person: &Granted<Delete, R>) -> Reply<()> {
        self.mine(person)?;
        let sql = Sql::new("DELETE FROM logon WHERE subject = ?").with(person.id.uuid());
        self.run(sql).await.map(drop)
    }

    /// Whoever is being deleted at the same moment is waited for, and is gone then.
    pub(crate) async fn put_logons(&mut self, people: &[(Uuid, Logon)]) -> Reply<()> {
        self.lock(Lock::Shared).await?;
        for some in people.chunks(100) {
            self.run(upsert(self.engine(), some)).await?;
        }
        Ok(())
    }
}
