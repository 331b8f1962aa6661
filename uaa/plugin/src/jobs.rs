use crate::ctx::{Caller, Ctx, Params};
use crate::dialect::Dialect;
use crate::route::Site;
use crate::zone::Zones;
use axum::http::{HeaderMap, Method};
use serde_json::json;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use uaa_authz::{Does, Resource};
use uaa_model::{Clock, Denied, Fault, Id, Micros, Reply};
use uaa_store::{Access, Due, Ended, Granted, Ran, TRIES, Want, passing};

/// What a step of a job leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing: the job is done.
    Done,
    /// More, after so many microseconds.
    After(Micros),
}

/// One step of a job: an `async fn` of a proof about the target and a borrowed context.
///
/// As with a route, the first argument is the need. It is asked for before every step, as whoever began the job and with
/// the scopes of that request: a right that is gone meanwhile ends the job.
pub trait Step<'c, P>: Send + Sync {
    /// What it returns.
    type Future: Future<Output = Reply<Progress>> + Send + 'c;
    /// Runs it.
    fn call(&self, proof: P, cx: &'c mut Ctx) -> Self::Future;
}

impl<'c, P, F, Fut> Step<'c, P> for F
where
    F: Fn(P, &'c mut Ctx) -> Fut + Send + Sync,
    Fut: Future<Output = Reply<Progress>> + Send + 'c,
{
    type Future = Fut;
    fn call(&self, proof: P, cx: &'c mut Ctx) -> Fut {
        self(proof, cx)
    }
}

type Run = Arc<
    dyn for<'c> Fn(&'c Due, &'c mut Ctx) -> Pin<Box<dyn Future<Output = Reply<Progress>> + Send + 'c>>
        + Send
        + Sync,
>;

/// Work that a plugin does after a request: what `Tx::hand_over` names.
#[derive(Clone)]
pub struct Work {
    /// `organization.delete`, …: the `operation` of the job that a client polls.
    pub operation: &'static str,
    run: Run,
}

impl Work {
    /// The work of that name. Each step is one transaction.
    pub fn on<V, R, S>(operation: &'static str, step: S) -> Work
    where
        V: Does,
        R: Resource,
        S: for<'c> Step<'c, Granted<V, R>> + 'static,
    {
        let step = Arc::new(step);
        let run: Run = Arc::new(move |due, cx| {
            let step = step.clone();
            Box::pin(async move {
                let proof = cx.tx().grant::<V, R>(Id::new(due.target)).await?;
                step.call(proof, cx).await
            })
        });
        Work { operation, run }
    }
}

/// Runs the jobs of all plugins: a dispatcher whose requests come from the table.
pub struct Runner {
    access: Access,
    zones: Arc<Zones>,
    clock: Arc<dyn Clock>,
    works: HashMap<&'static str, Work>,
}

impl Runner {
    /// For these works.
    pub fn new(
        access: Access,
        zones: Arc<Zones>,
        clock: Arc<dyn Clock>,
        works: impl IntoIterator<Item = Work>,
    ) -> Runner {
        let works = works.into_iter().map(|work| (work.operation, work)).collect();
        Runner { access, zones, clock, works }
    }

    /// Runs a step of everything that is due now. Returns how many.
    ///
    /// # Errors
    /// When the database is away; what was not settled falls due again.
    pub async fn run(&self) -> Reply<usize> {
        let due = self.access.due(AT_ONCE).await?;
        for one in &due {
            self.step(one).await?;
        }
        Ok(due.len())
    }

    /// Waits until a job is handed over in this process.
    pub async fn woken(&self) {
        self.access.handed_over().await;
    }

    async fn step(&self, due: &Due) -> Reply<()> {
        let Err(fault) = self.attempt(due).await else { return Ok(()) };
        if matches!(fault, Fault::Denied(Denied::Hidden, _)) && !self.access.target_exists(due).await? {
            // Somebody else has done it.
            return self.settle(due, &Ended::Complete).await;
        }
        if passing(&fault) && due.tries < TRIES {
            let wait = SECOND << due.tries.min(6);
            return self.settle(due, &Ended::Again(self.clock.now() + wait)).await;
        }
        tracing::warn!(job = %due.job, operation = due.operation, ?fault, "a job has failed");
        let said = Dialect::Cc.say(&fault);
        let error = |text| json!({"code": said.code.number, "title": said.code.name, "detail": text});
        let errors: Vec<_> = said.details.iter().map(error).collect();
        self.settle(due, &Ended::Failed(json!(errors).to_string())).await
    }

    /// One transaction: ask again, do it, write down that it is done.
    async fn attempt(&self, due: &Due) -> Reply<()> {
        let Some(work) = self.works.get(due.operation.as_str()) else {
            return Err(Fault::Internal(format!("no plugin knows the job `{}`", due.operation)));
        };
        // A zone that is gone has taken its jobs with it.
        let here = self.zones.of(due.zone).ok_or(Fault::Denied(Denied::Hidden, "zone"))?;
        let request: Arc<str> = format!("job-{}", due.job).into();
        let tx = self.access.begin(due.actor.clone(), due.zone, Want::Write, work.operation, request.clone());
        let mut cx = Ctx {
            tx,
            ran: Ran::default(),
            access: self.access.clone(),
            op: work.operation,
            public: false,
            site: Site::Api,
            method: Method::POST,
            path: "".into(),
            links: here.links(self.zones.first_links()),
            zones: self.zones.clone(),
            here,
            params: Params::default(),
            caller: Caller { request, ..Caller::default() },
            headers: HeaderMap::new().into(),
            query: "".into(),
        };
        let ended = match (work.run)(due, &mut cx).await? {
            Progress::Done => Ended::Complete,
            Progress::After(wait) => Ended::Again(self.clock.now() + wait),
        };
        self.access.settle(&mut cx.tx, due, &ended).await?;
        if cx.tx.commit().await?.changed {
            self.access.follow().await?;
        }
        Ok(())
    }

    async fn settle(&self, due: &Due, ended: &Ended) -> Reply<()> {
        let mut tx = self.access.begin_settling(due);
        self.access.settle(&mut tx, due, ended).await?;
        tx.commit().await.map(drop)
    }
}

/// Jobs that one round claims.
const AT_ONCE: i64 = 16;
const SECOND: Micros = 1_000_000;
