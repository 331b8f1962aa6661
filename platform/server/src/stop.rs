//! The signal to stop, for whoever waits for it.

use crate::failure::Failure;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How far the end of the process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It is not in sight.
    Running,
    /// Nothing new is begun; what runs may finish.
    Draining,
    /// Nothing is waited for any more.
    AtOnce,
}

/// Tells whoever waits that the process is to stop. Clones hear the same.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Phase>);

/// The other end of [`Stop`]. Dropping it stops at once.
#[derive(Debug)]
pub struct Stopper(watch::Sender<Phase>);

impl Stop {
    /// One that a program stops.
    pub fn by_hand() -> (Stopper, Stop) {
        let (sender, receiver) = watch::channel(Phase::Running);
        (Stopper(sender), Stop(receiver))
    }

    /// One that SIGTERM and SIGINT stop: the first drains, the second ends at once. Inside the runtime.
    ///
    /// # Errors
    /// When the system gives no signals.
    pub fn on_signals() -> Result<Stop, Failure> {
        let refused = |error| Failure::new(format!("no signals can be heard: {error}"));
        let mut term = signal(SignalKind::terminate()).map_err(refused)?;
        let mut int = signal(SignalKind::interrupt()).map_err(refused)?;
        let (stopper, stop) = Stop::by_hand();
        tokio::spawn(async move {
            for phase in [Phase::Draining, Phase::AtOnce] {
                tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
                tracing::info!(?phase, "told to stop");
                stopper.reach(phase);
            }
            // Whoever still waits hears nothing more, and need not.
            std::future::pending::<()>().await;
        });
        Ok(stop)
    }

    /// Waits until the process is to drain, or to end at once.
    pub async fn draining(&self) {
        self.reached(Phase::Draining).await;
    }

    /// Waits until nothing is waited for any more.
    pub async fn at_once(&self) {
        self.reached(Phase::AtOnce).await;
    }

    async fn reached(&self, phase: Phase) {
        // An error means that the other end is gone: then nobody could stop it later.
        let _ = self.0.clone().wait_for(|now| *now >= phase).await;
    }
}

impl Stopper {
    /// Goes on to that phase; there is no way back.
    pub fn reach(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let later = phase > *now;
            *now = (*now).max(phase);
            later
        });
    }
}
