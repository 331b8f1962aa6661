//! What has had its day goes by itself, on each of the three databases from the same text.

use tests::{Store, on_every_engine};
use uaa_authz::Read;
use uaa_directory::{Keep, Token, keep_in};
use uaa_model::{Id, Micros};
use uaa_store::Tx;
use uuid::Uuid;

on_every_engine! {
    /// Some batches a call, until there is nothing left; what has not ended stays.
    async fn what_has_ended_goes_and_nothing_else(database: Database) {
        let store = Store::open(database).await;
        let soon = store.clock_now() + 10_000_000;
        let (mut ended, mut stay) = (vec![], vec![]);
        let mut tx = store.system();
        for n in 0..520 {
            ended.push(token(&mut tx, n, soon).await);
        }
        for n in 520..523 {
            stay.push(token(&mut tx, n, soon + 60_000_000).await);
        }
        tx.commit().await.unwrap();
        assert_eq!(store.access.upkeep().await, Ok(0), "nothing has ended yet");
        store.clock.advance(11);
        assert_eq!(store.access.upkeep().await, Ok(500));
        assert_eq!(store.access.upkeep().await, Ok(20));
        assert_eq!(store.access.upkeep().await, Ok(0));
        let mut tx = store.looking();
        for id in ended {
            assert!(tx.grant::<Read, Token>(id).await.is_err(), "its place is still there");
        }
        for id in stay {
            let kept = tx.grant::<Read, Token>(id).await.unwrap();
            assert_eq!(tx.get(&kept).await.unwrap().own.kind, "refresh");
        }
    }
}

async fn token(tx: &mut Tx, n: u128, expires: Micros) -> Id<Token> {
    let (jti, text) = (format!("jti-{n}"), format!("text-{n}"));
    let row = Keep {
        jti: &jti,
        text: &text,
        kind: "refresh",
        client_id: "cf",
        subject: Uuid::from_u128(1),
        family: Uuid::from_u128(n),
        claims: "{}".into(),
        expires,
        session: None,
    };
    keep_in(tx, row).await.unwrap().id()
}
