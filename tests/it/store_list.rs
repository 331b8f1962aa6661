//! Lists: filters, order, pages and totals, on each of the three databases.

use tests::{At, Engine, Makes, PLATFORM, Store, on_every_engine, seeded};
use uaa_authz::{Delete, Update};
use uaa_directory::{Organization, Space, User};
use uaa_model::Id;
use uaa_store::{After, Cond, Field, Query, Ran, Set, Stored, TimeOp, Want};
use uuid::Uuid;

on_every_engine! {
    /// Every condition means the same everywhere.
    async fn conditions(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let rows = [
            ("alpha", false, r#"{"env":"prod","team":"a"}"#),
            ("Alpha%", true, r#"{"env":"test"}"#),
            ("beta_1", false, "{}"),
            ("betax1", true, r#"{"env":"prod"}"#),
            ("\u{e4}!", false, r#"{"team":""}"#),
        ];
        let mut made = vec![];
        for (name, suspended, labels) in rows {
            store.clock.advance(1);
            let it = tx.organization(&format!("{}{name}", made.len())).await.unwrap();
            let set = Set::default().put(Organization::name, name).put(Organization::suspended, suspended);
            let set = set.maybe(Organization::quota, suspended.then(|| Some(Uuid::from_u128(5))));
            tx.update(&it, set.metadata(labels.into(), "{}".into())).await.unwrap();
            made.push(it.id().uuid());
        }
        tx.commit().await.unwrap();
        let name = Field::Text("name");
        let text = |t: &str| t.to_owned();
        let label = |values: &[&str]| (text("env"), values.iter().map(|v| text(v)).collect::<Vec<_>>());
        let mut tx = store.looking();
        let seen = tx.visible::<Organization>().await.unwrap();
        let all = tx.list(&seen, &Query::first(9)).await.unwrap();
        let second = all.rows[1].created_at;
        let cases = [
            (Cond::In(name, vec![text("alpha"), text("beta_1"), text("none")]), vec![0, 2]),
            (Cond::In(name, vec![]), vec![]),
            (Cond::In(Field::Folded("name"), vec![text("ALPHA")]), vec![0]),
            (Cond::Ids("guid", vec![made[4], Uuid::from_u128(1)]), vec![4]),
            (Cond::Ids("guid", vec![]), vec![]),
            (Cond::Contains(name, text("lpha")), vec![0, 1]),
            (Cond::Contains(name, text("ALPHA")), vec![]),
            (Cond::Contains(name, text("_")), vec![2]),
            (Cond::Contains(name, text("!")), vec![4]),
            (Cond::Starts(name, text("a")), vec![0]),
            (Cond::Starts(name, text("Alpha%")), vec![1]),
            (Cond::Starts(name, text("beta_")), vec![2]),
            // Code points: capitals before small letters, those with marks last.
            (Cond::Text(name, TimeOp::Lt, text("a")), vec![1]),
            (Cond::Text(name, TimeOp::Gt, text("betax1")), vec![4]),
            (Cond::Text(name, TimeOp::Gte, text("betax1")), vec![3, 4]),
            (Cond::Is("suspended", true), vec![1, 3]),
            (Cond::Time("created_at", TimeOp::Lte, second), vec![0, 1, 2, 3, 4]),
            (Cond::Time("created_at", TimeOp::Lt, second), vec![]),
            (Cond::Present("quota"), vec![1, 3]),
            (Cond::Label(label(&[]).0, vec![]), vec![0, 1, 3]),
            (Cond::Label(text("env"), label(&["prod", "dev"]).1), vec![0, 3]),
            (Cond::NoLabel(text("env"), vec![]), vec![2, 4]),
            (Cond::NoLabel(text("env"), label(&["prod"]).1), vec![1, 2, 4]),
            (Cond::All(vec![Cond::Is("suspended", true), Cond::Starts(name, text("b"))]), vec![3]),
            (Cond::Any(vec![Cond::Starts(name, text("Al")), Cond::Starts(name, text("betax"))]), vec![1, 3]),
            (Cond::All(vec![]), vec![0, 1, 2, 3, 4]),
            (Cond::Any(vec![]), vec![]),
        ];
        for (cond, expected) in cases {
            let query = Query::<Organization>::first(9).when(cond.clone()).by("created_at", false);
            let page = tx.list(&seen, &query).await.unwrap();
            let mut found: Vec<usize> = page.rows.iter().map(|r| made.iter().position(|m| *m == r.guid).unwrap()).collect();
            found.sort_unstable();
            assert_eq!((found, page.total), (expected.clone(), expected.len() as i64), "{cond:?}");
        }
        let names = |descending| Query::<Organization>::first(9).by("name", descending);
        let mut order: Vec<String> = tx.list(&seen, &names(false)).await.unwrap().rows.into_iter().map(|r| r.own.name).collect();
        assert_eq!(order, ["Alpha%", "alpha", "beta_1", "betax1", "\u{e4}!"]);
        order.reverse();
        let down: Vec<String> = tx.list(&seen, &names(true)).await.unwrap().rows.into_iter().map(|r| r.own.name).collect();
        assert_eq!(down, order);
    }

    /// Pages join without a gap and without a row twice, whatever is inserted and deleted between them.
    async fn pages_join(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        for n in 0..25 {
            // Several rows of one moment: the guid breaks the tie.
            store.clock.advance(i64::from(n % 4 == 0));
            tx.organization(&format!("o{n:02}")).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (column, descending) in [("guid", false), ("guid", true), ("created_at", false), ("created_at", true)] {
            let mut tx = store.looking();
            let seen = tx.visible::<Organization>().await.unwrap();
            let whole = Query::first(5000).by(column, descending);
            let expected: Vec<Uuid> = tx.list(&seen, &whole).await.unwrap().rows.iter().map(|r| r.guid).collect();
            drop(tx);
            let (mut found, mut after): (Vec<Uuid>, Option<After>) = (vec![], None);
            loop {
                let mut tx = store.looking();
                let seen = tx.visible::<Organization>().await.unwrap();
                let mut query = Query::first(7).by(column, descending);
                query.after = after.as_ref().map(|a| After::decode(&a.encode()).unwrap());
                let page = tx.list(&seen, &query).await.unwrap();
                drop(tx);
                if page.rows.is_empty() || found.len() >= expected.len() {
                    break;
                }
                found.extend(page.rows.iter().map(|r| r.guid));
                after = page.end;
                // Rows that come and go behind the reader change nothing before it.
                let mut tx = store.system();
                let id: Id<Organization> = Id::new(found[found.len() - 2]);
                let it = tx.grant::<Delete, _>(id).await.unwrap();
                tx.delete(it).await.unwrap();
                store.clock.advance(1);
                tx.organization(&format!("late {column} {descending} {}", found.len())).await.unwrap();
                tx.commit().await.unwrap();
            }
            // Ascending, rows that were added meanwhile come at the end; descending, they are not seen.
            found.truncate(expected.len());
            assert_eq!(found, expected, "{column} {descending}");
        }
    }

    /// Whoever sees everything gets a page by an index, in every order that may be asked for, whether the database has statistics or
    /// not: nothing is walked or sorted but the page itself. The plans of SQLite are looked at, which knows the least.
    async fn pages_come_in_the_order_of_an_index(database: Database) {
        if database.engine != Engine::Sqlite {
            return;
        }
        let store = Store::open(database).await;
        store.system().organization("one").await.unwrap();
        ordered(&store, "without statistics").await;
        // A million rows, all of one zone.
        store.database.tamper("ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 SELECT tbl_name, name, \
            CASE WHEN name LIKE 'sqlite_%' THEN '1000000 1' ELSE '1000000 1000000 1 1' END FROM sqlite_master \
            WHERE type = 'index' AND tbl_name IN ('organization', 'space', 'users')").await;
        let store = Store::open(store.database).await;
        ordered(&store, "with statistics").await;
        // As after an upgrade that brings an index: the statistics are those of the others.
        store.database.tamper("DELETE FROM sqlite_stat1 WHERE idx LIKE '%_updated' OR idx LIKE '%_named'").await;
        let store = Store::open(store.database).await;
        ordered(&store, "with statistics of older indexes alone").await;
    }

    /// Totals are exact: by the tally for whoever sees all, counted for others, whatever is made and ended at the same time.
    async fn totals_are_exact(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap().id();
        let other = tx.organization("other").await.unwrap().id();
        let alice = tx.person("alice").await.unwrap().id().uuid();
        tx.give(alice, "organization_manager", At::Organization(acme), 0, None).await.unwrap();
        tx.commit().await.unwrap();
        let makers: Vec<_> = (0..4u8).map(|maker| {
            let mut txs: Vec<_> = (0..6u8).map(|n| (n, store.writer())).collect();
            tokio::spawn(async move {
                for (n, mut tx) in txs.drain(..) {
                    let space = tx.space(acme, &format!("s{maker}-{n}")).await.unwrap().id();
                    tx.commit().await.unwrap();
                    if n == 5 { return Some(space); }
                }
                None
            })
        }).collect();
        let mut last = vec![];
        for maker in makers {
            last.extend(maker.await.unwrap());
        }
        for space in last {
            let mut tx = store.system();
            let it = tx.grant::<Delete, Space>(space).await.unwrap();
            tx.delete(it).await.unwrap();
            tx.space(other, &space.to_string()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let total = async |mut tx: uaa_store::Tx, query: Query<Space>| {
            let seen = tx.visible::<Space>().await.unwrap();
            tx.list(&seen, &query).await.unwrap().total
        };
        assert_eq!(total(store.looking(), Query::first(1)).await, 24);
        assert_eq!(total(store.looking(), Query::first(1).when(Cond::All(vec![]))).await, 24);
        assert_eq!(total(store.user(alice, PLATFORM, Want::Read), Query::first(1)).await, 20);
    }

    /// Among very many rows a user pages through the few that it sees, however it comes to see them.
    async fn few_among_many(database: Database) {
        let store = Store::open(database).await;
        store.database.seed_organizations(3000).await;
        let mut tx = store.system();
        let alice = tx.person("alice").await.unwrap().id().uuid();
        for n in 1..=20 {
            let at = Id::new(seeded(n * 100));
            tx.give(alice, "organization_user", At::Organization(at), 0, None).await.unwrap();
            let space = tx.space(at, "s").await.unwrap().id();
            tx.space(Id::new(seeded(n * 100 + 1)), "hidden").await.unwrap();
            if n % 2 == 0 {
                tx.give(alice, "space_developer", At::Space(space), 0, None).await.unwrap();
            } else {
                tx.give(alice, "organization_manager", At::Organization(at), 0, None).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        let mut tx = store.looking();
        let seen = tx.visible::<Organization>().await.unwrap();
        let whole = tx.list(&seen, &Query::first(3).by("name", true)).await.unwrap();
        assert_eq!((whole.total, whole.rows[0].own.name.as_str()), (3000, "org-999"));
        drop(tx);
        let mut tx = store.user(alice, PLATFORM, Want::Read);
        let seen = tx.visible::<Organization>().await.unwrap();
        let (mut found, mut after) = (vec![], None);
        loop {
            let mut query = Query::first(7).by("created_at", false);
            query.after = after;
            let page = tx.list(&seen, &query).await.unwrap();
            assert_eq!(page.total, 20);
            found.extend(page.rows.iter().map(|row| row.guid));
            after = page.end;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, (1..=20).map(|n| seeded(n * 100)).collect::<Vec<_>>());
        // By the organization, by the space, by either: each once.
        let seen = tx.visible::<Space>().await.unwrap();
        let page = tx.list(&seen, &Query::first(50).by("name", false)).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (20, 20));
        assert!(page.rows.iter().all(|row| row.own.name == "s"));
    }

    /// Two statements a page, whatever the resource; one, where the first page has room left.
    async fn two_statements_a_page_at_most(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap().id();
        tx.space(acme, "dev").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.system();
        let it = tx.grant::<Update, _>(acme).await.unwrap();
        tx.update(&it, Set::default().metadata(r#"{"a":"b"}"#.into(), "{}".into())).await.unwrap();
        tx.commit().await.unwrap();
        let ran = Ran::default();
        let mut tx = store.looking().counted_in(&ran);
        let seen = tx.visible::<Organization>().await.unwrap();
        let spaces = tx.visible::<Space>().await.unwrap();
        let query = Query::first(50).when(Cond::Label("a".into(), vec!["b".into()])).by("name", true);
        assert_eq!(tx.list(&seen, &query).await.unwrap().total, 1);
        assert_eq!(tx.list(&spaces, &Query::first(50)).await.unwrap().total, 1);
        tx.commit().await.unwrap();
        assert_eq!(ran.statements(), 2);
        let mut tx = store.looking().counted_in(&ran);
        let seen = tx.visible::<Organization>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(1)).await.unwrap().total, 1);
        tx.commit().await.unwrap();
        assert_eq!(ran.statements(), 4);
    }
}

/// Every order of the lists that may hold very many rows.
async fn ordered(store: &Store, when: &str) {
    by_index::<Organization>(store, &["guid", "created_at", "updated_at", "name_key"], when).await;
    by_index::<Space>(store, &["guid", "created_at", "updated_at", "name_key"], when).await;
    by_index::<User>(store, &["guid", "username_key"], when).await;
}

async fn by_index<R: Stored>(store: &Store, columns: &[&'static str], when: &str) {
    let mut tx = store.looking();
    let seen = tx.visible::<R>().await.unwrap();
    for column in columns {
        for descending in [false, true] {
            let plan = tx.plan(&seen, &Query::first(50).by(column, descending)).await.unwrap();
            // By an index in its order a scan ends with the page. The last step may put the page itself in order, and rows of one
            // name are put in order as they come.
            let bad = |(parent, step): &(i64, String)| {
                step == "SCAN t" || (step.contains("TEMP B-TREE FOR ORDER BY") && *parent != 0)
            };
            assert!(!plan.iter().any(bad), "{} by {column} {descending} {when}: {plan:#?}", R::KIND.name);
        }
    }
}
