use crate::RoleBinding;
use uaa_authz::{Duty, built_in_id, role_of_scope, zone_scope};
use uaa_model::{Fault, Id, Reply, UAA_ZONE};
use uaa_store::{Binding, Cond, Field, Proof, Set, Tx};
use uuid::Uuid;

/// What a scope with authority stands for: a role, at the place of a zone. A group of that name, or a client that has it among
/// its authorities, is bound to it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    role: &'static str,
    zone: Uuid,
}

impl Authority {
    /// What a scope stands for in that zone itself.
    pub fn at_home(scope: &str, zone: Uuid) -> Option<Authority> {
        role_of_scope(scope).map(|role| Authority { role, zone })
    }

    /// What a scope stands for that is held in the transaction's zone: `zones.<id>.…` speaks of that zone when it is held in the
    /// first one, or in the zone itself.
    ///
    /// # Errors
    /// When there is no such zone: a name must not gain authority by a zone that somebody makes later.
    pub fn of(scope: &str, tx: &Tx) -> Reply<Option<Authority>> {
        let here = tx.zone();
        let Some((id, role)) = zone_scope(scope) else { return Ok(Authority::at_home(scope, here)) };
        let zones = tx.zones();
        let zone = zones.named(id);
        if here != UAA_ZONE && zone.is_none_or(|zone| zone.guid != here) {
            return Ok(None);
        }
        let zone = zone.ok_or_else(|| Fault::invalid(format!("there is no identity zone `{id}`")))?;
        Ok(role.map(|role| Authority { role, zone: zone.guid }))
    }

    /// The role's name.
    pub fn role(&self) -> &'static str {
        self.role
    }

    /// Whether the transaction's actor may give it to somebody.
    ///
    /// # Errors
    /// [`Fault::Lacking`]: nobody gives what he lacks.
    pub async fn may_be_given(&self, tx: &mut Tx, proof: &impl Proof) -> Reply<()> {
        let registry = tx.registry().clone();
        let (_, mask) = registry
            .role(built_in_id(self.role))
            .ok_or_else(|| Fault::Internal(format!("role `{}` is not registered", self.role)))?;
        tx.may_hand_out_in(proof, self.zone, mask).await
    }

    /// Binds a `group` or `client` to the role. The product's own work, because the right to make groups or clients opens no
    /// bindings: whoever asks for it has asked [`Authority::may_be_given`].
    ///
    /// # Errors
    /// When the zone is gone.
    pub async fn bind(
        &self,
        tx: &mut Tx,
        subject: Uuid,
        subject_kind: &'static str,
        source: &'static str,
        scope: &str,
    ) -> Reply<()> {
        let binding = Binding {
            subject,
            subject_kind,
            role: built_in_id(self.role),
            role_name: self.role.into(),
            scope: Some(scope.into()),
            source,
            expires: 0,
        };
        let (back, me) = self.there(tx);
        let done = match tx.slot::<RoleBinding>(Id::new(self.zone)).await {
            Ok(slot) => tx.bind(slot, binding, Set::default()).await.map(drop),
            Err(fault) => Err(fault),
        };
        tx.resume(me);
        tx.enter(back);
        done
    }

    /// Takes the role from it again.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn unbind(&self, tx: &mut Tx, subject: Uuid, source: &'static str) -> Reply<()> {
        let (back, me) = self.there(tx);
        let done = self.unbind_there(tx, subject, source).await;
        tx.resume(me);
        tx.enter(back);
        done
    }

    async fn unbind_there(&self, tx: &mut Tx, subject: Uuid, source: &'static str) -> Reply<()> {
        let seen = tx.visible::<RoleBinding>().await?;
        let bound = Cond::All(vec![
            Cond::Ids("subject", vec![subject]),
            Cond::Ids("role", vec![built_in_id(self.role)]),
            Cond::In(Field::Text("source"), vec![source.into()]),
        ]);
        if let Some(row) = tx.find(&seen, bound).await? {
            let binding = tx.grant(Id::new(row.guid)).await?;
            tx.unbind::<RoleBinding>(binding).await?;
        }
        Ok(())
    }

    fn there(&self, tx: &mut Tx) -> (Uuid, std::sync::Arc<uaa_authz::Actor>) {
        let back = tx.enter(self.zone);
        (back, tx.assume(Duty::Bootstrap))
    }
}
