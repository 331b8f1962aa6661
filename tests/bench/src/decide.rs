//! `decide`: the compiled facts at 1,000,000 role bindings, held against the same facts read from rows by SQL.

use crate::inside::fault;
use crate::measure::{Figure, number, processor_time_of};
use crate::report::Line;
use crate::seed::{Seeded, holder};
use crate::sql::{Seed, id};
use crate::{Outcome, Setting};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use uaa_authz::{Actor, Ask, Place, Registry, Snapshot, Subject, Verb};
use uaa_model::{Clock, Ids, Secret, SystemClock, SystemRng, UAA_ZONE};
use uaa_store::{Access, Db, Settings, Want};

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let seeded = Seeded::open(setting.rows, setting.database.as_deref()).await?;
    let followed = open(&seeded.url).await?;
    let begin = Instant::now();
    followed.follow().await.map_err(fault)?;
    let compiling = begin.elapsed();
    let facts = followed.fresh().ok_or("the facts are not fresh")?;
    let questions = Questions::new(followed.registry(), setting.rows)?;
    let mut lines = speed(setting, followed.registry(), &facts, &questions);
    lines.push(Line::new(
        "compiling all facts at a start",
        format!("{} s, {} subjects", number(compiling.as_secs_f64()), number(facts.subjects() as f64)),
    ));
    lines.push(equality(&open(&seeded.url).await?, &facts, &questions).await?);
    Ok(lines)
}

fn speed(setting: &Setting, registry: &Registry, facts: &Snapshot, questions: &Questions) -> Vec<Line> {
    let now = SystemClock.now();
    let mut rounds = vec![];
    for _ in 0..setting.rounds {
        let all = || {
            for one in &questions.0 {
                let _ = black_box(facts.decide(registry, &one.ask(now)));
            }
        };
        rounds.push(processor_time_of(all, setting.round / 2).as_nanos() as f64 / questions.0.len() as f64);
    }
    let allocations = allocation_counter::measure(|| {
        for one in &questions.0 {
            let _ = black_box(facts.decide(registry, &one.ask(now)));
        }
    });
    let figure = Figure::of(rounds);
    vec![
        Line::new(
            format!("decision in process, {} bindings, reason included", number(f64::from(setting.rows))),
            format!("{figure} ns"),
        )
        .target("1,000 ns"),
        Line::new("allocations", format!("{} in {} decisions", allocations.count_total, questions.0.len()))
            .target("none"),
    ]
}

/// The same questions to an installation that has compiled nothing, which therefore reads rows.
async fn equality(naive: &Access, facts: &Snapshot, questions: &Questions) -> Outcome<Line> {
    let (mut same, mut yes, mut took) = (0, 0, vec![]);
    let some = &questions.0[..questions.0.len().min(SAMPLE)];
    for one in some {
        let nobody = Arc::new(Actor::nobody(naive.registry(), UAA_ZONE));
        let mut tx = naive.begin(nobody, UAA_ZONE, Want::Read, "bench", "bench".into());
        let begin = Instant::now();
        let rows = tx.decision(&one.actor, "organization", one.verb, one.place.id).await.map_err(fault)?;
        took.push(begin.elapsed().as_secs_f64() * 1e6);
        let compiled = facts.decide(naive.registry(), &one.ask(SystemClock.now()));
        // With the reason: the binding, the role, through whom.
        same += usize::from(rows == Some(compiled));
        yes += usize::from(compiled.is_allowed());
    }
    if same != some.len() {
        return Err(format!("only {same} of {} decisions agree with SQL", some.len()).into());
    }
    Ok(Line::new("equal to SQL on committed rows, reasons included", format!("{same} of {same}, {yes} yes"))
        .beside(format!("SQL: {} us", Figure::of(took)))
        .target("all"))
}

/// The centre of the product on that database, in this process.
pub(crate) async fn open(url: &str) -> Outcome<Access> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = Settings {
        ids: Ids::new(clock.clone(), Arc::new(SystemRng)),
        clock,
        seal_key: Secret::new("bench".into()),
        lease: 600_000_000,
    };
    let registry = Registry::new(uaa_directory::kinds()).map_err(|e| e.0)?;
    let db = Db::open(url, 4).await.map_err(fault)?;
    Ok(Access::new(db, Arc::new(registry), settings, vec![]))
}

struct Question {
    actor: Actor,
    kind: uaa_authz::KindIx,
    verb: Verb,
    place: Place,
}

impl Question {
    fn ask(&self, now: i64) -> Ask<'_> {
        Ask { actor: &self.actor, kind: self.kind, verb: self.verb, place: &self.place, now }
    }
}

/// Every other one about an organization where the user has a role, spread over the whole.
struct Questions(Vec<Question>);

impl Questions {
    fn new(registry: &Registry, rows: u32) -> Outcome<Questions> {
        let kind = registry.kind("organization").ok_or("no organizations")?;
        let scopes = ["cloud_controller.read", "cloud_controller.write"];
        let all = (0..ASKED).map(|i| {
            let n = u32::try_from(u64::from(i) * 7_919 % u64::from(rows)).unwrap_or_default();
            let there = if i % 2 == 0 { n } else { (n + 1) % rows };
            let subject = Subject::User(id(Seed::User, holder(n, rows)));
            let organization = id(Seed::Organization, there);
            Question {
                actor: Actor::with_scopes(registry, subject, UAA_ZONE, "", "cf", scopes),
                kind,
                verb: if i % 4 < 2 { Verb::Read } else { Verb::Update },
                place: Place { id: organization, organization: Some(organization), ..Place::zone(UAA_ZONE) },
            }
        });
        Ok(Questions(all.collect()))
    }
}

const ASKED: u32 = 20_000;
const SAMPLE: usize = 2_000;
