//! Opening and migrating: what a database is refused for, and that processes which start together do not hurt each other.

use tests::{Store, hallmark, on_every_engine};
use uaa_model::Fault;
use uaa_store::{Db, SchemaState};

on_every_engine! {
    /// The second time there is nothing to do.
    async fn migrating_twice_is_migrating_once(database: Database) {
        let db = Db::open(&database.url, 2).await.unwrap();
        let empty = db.schema().await.unwrap();
        assert_eq!(empty.applied, 0);
        let done = SchemaState { applied: empty.known, known: empty.known };
        for _ in 0..2 {
            assert_eq!(db.migrate(1).await.unwrap(), done);
        }
        assert_eq!(db.schema().await.unwrap(), done);
    }

    /// A migration that was cut off between two statements goes on where it stopped, or begins anew.
    async fn a_cut_off_migration_is_finished(database: Database) {
        let db = Db::open(&database.url, 2).await.unwrap();
        let done = db.migrate(1).await.unwrap();
        if database.engine == tests::Engine::Mariadb {
            // The others take back a whole migration.
            database.tamper("DELETE FROM schema_version WHERE version = 2").await;
            database.tamper("DELETE FROM schema_version WHERE version > 2").await;
            database.tamper("DROP TABLE token").await;
        }
        assert_eq!(db.migrate(1).await.unwrap(), done);
        database.tamper("DELETE FROM token").await;
    }

    /// Processes that start at the same time take turns.
    async fn starting_together(database: Database) {
        let started: Vec<_> = (0..4).map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move {
                let db = Db::open(&url, 2).await?;
                db.migrate(1).await
            })
        }).collect();
        for one in started {
            let state = one.await.unwrap().unwrap();
            assert_eq!(state.applied, state.known);
        }
        // And the zone is made once.
        Store::open(database).await;
    }

    /// What a newer program wrote is left alone, and the operator is told what to do.
    async fn a_newer_schema_is_refused(database: Database) {
        let db = Db::open(&database.url, 2).await.unwrap();
        db.migrate(1).await.unwrap();
        database.tamper("INSERT INTO schema_version (version, applied_at) VALUES (9999, 1)").await;
        let Err(Fault::Invalid(told)) = db.migrate(1).await else { panic!("it was taken") };
        assert!(told[0].starts_with("the database has schema 9999, this program knows up to "), "{told:?}");
        let data = tempfile::tempdir().unwrap();
        let run = hallmark()
            .args(["up", "--listen", "127.0.0.1:0", "--database", &database.url, "--data"])
            .arg(data.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(!run.status.success() && said.contains("start the newer program"), "{said}");
    }
}

#[tokio::test]
async fn a_url_of_nothing_known_is_refused() {
    let told = Db::open("oracle:thing", 1).await.unwrap_err();
    let Fault::Invalid(texts) = told else { panic!("{told:?}") };
    assert!(texts[0].contains("`oracle`"), "{texts:?}");
    let away = Db::open("postgres://x@localhost/none?host=/nonexistent", 1).await.unwrap_err();
    let Fault::Unavailable(text) = away else { panic!("{away:?}") };
    assert!(text.contains("the database none at ") && text.contains("cannot be opened"), "{text}");
}
