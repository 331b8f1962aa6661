//! Figures of several rounds.

use std::fmt;
use std::time::{Duration, Instant};

/// The median of some rounds, with the lowest and the highest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    low: f64,
    high: f64,
}

impl Figure {
    pub(crate) fn of(rounds: impl IntoIterator<Item = f64>) -> Figure {
        let mut rounds: Vec<f64> = rounds.into_iter().collect();
        rounds.sort_by(f64::total_cmp);
        let at = |n: usize| rounds.get(n).copied().unwrap_or(f64::NAN);
        Figure { median: at(rounds.len() / 2), low: at(0), high: at(rounds.len().saturating_sub(1)) }
    }
}

/// `1,234 (1,200-1,300)`, with decimals only where they say something.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}-{})", number(self.median), number(self.low), number(self.high))
    }
}

/// Three figures that count, thousands apart.
pub(crate) fn number(value: f64) -> String {
    if value.abs() < 100.0 {
        return if value.abs() < 10.0 { format!("{value:.2}") } else { format!("{value:.1}") };
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Runs something over and over for that long and says how much time of the processor one run took.
///
/// The processor's time and not the clock's: whoever else is on the machine then does not count.
pub(crate) fn processor_time_of(mut one: impl FnMut(), during: Duration) -> Duration {
    let (begin, mut runs) = (Instant::now(), 0u32);
    let before = on_processor();
    while begin.elapsed() < during || runs == 0 {
        one();
        runs += 1;
    }
    match (before, on_processor()) {
        (Some(before), Some(after)) if after > before => (after - before) / runs,
        _ => begin.elapsed() / runs,
    }
}

/// What this thread has had of the processor so far.
fn on_processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Microseconds with their decimals.
pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Milliseconds with their decimals.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_for_people() {
        let figure = Figure::of([1400.4, 1200.0, 9.5]);
        assert_eq!(figure.to_string(), "1,200 (9.50-1,400)");
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(number(0.123), "0.12");
        assert_eq!(number(42.05), "42.0");
    }
}
