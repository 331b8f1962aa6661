//! What was measured, for the terminal and for `docs/reference/benchmarks.md`.

use crate::Outcome;
use crate::measure::number;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

/// One figure, with what it is to be held against.
pub(crate) struct Line {
    what: String,
    figure: String,
    beside: String,
    ratio: String,
    target: &'static str,
}

impl Line {
    pub(crate) fn new(what: impl Into<String>, figure: impl Into<String>) -> Line {
        let none = String::new;
        Line { what: what.into(), figure: figure.into(), beside: none(), ratio: none(), target: "" }
    }

    /// The limit or peer of the same run.
    pub(crate) fn beside(mut self, beside: impl Into<String>) -> Line {
        self.beside = beside.into();
        self
    }

    /// The figure as a part of the limit: 1 is the limit itself.
    pub(crate) fn ratio(mut self, ratio: f64) -> Line {
        self.ratio = format!("{} %", number(ratio * 100.0));
        self
    }

    pub(crate) fn target(mut self, target: &'static str) -> Line {
        self.target = target;
        self
    }
}

/// All lines so far; each is shown as soon as it is there.
pub(crate) struct Report {
    table: String,
}

impl Report {
    pub(crate) fn new() -> Report {
        Report { table: HEAD.into() }
    }

    pub(crate) fn add(&mut self, name: &str, lines: Vec<Line>) {
        say(&format!("\n{name}\n"));
        for line in lines {
            let Line { what, figure, beside, ratio, target } = &line;
            let _ = writeln!(self.table, "| `{name}` | {what} | {figure} | {beside} | {ratio} | {target} |");
            say(&format!("  {what}\n      {figure}\n"));
            for (word, text) in [("beside", beside.as_str()), ("ratio", ratio), ("target", target)] {
                if !text.is_empty() {
                    say(&format!("      {word}: {text}\n"));
                }
            }
        }
    }

    /// Puts the table where readers look for it, between its two marks.
    pub(crate) fn keep(&self) -> Outcome<()> {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/benchmarks.md");
        let text = std::fs::read_to_string(&path)?;
        let (before, rest) = text.split_once(BEGIN).ok_or("the mark before the figures is missing")?;
        let (_, after) = rest.split_once(END).ok_or("the mark behind the figures is missing")?;
        let table = &self.table;
        let machine = machine();
        std::fs::write(&path, format!("{before}{BEGIN}\n\n{machine}\n\n{table}\n{END}{after}"))?;
        Ok(())
    }
}

/// Processor, cores, memory and day.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|l| l.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cpu = value(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".into());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = value(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let kib: f64 = memory.trim_end_matches(" kB").parse().unwrap_or_default();
    let day = uaa_model::rfc3339(uaa_model::Clock::now(&uaa_model::SystemClock));
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    let day = day.split('T').next().unwrap_or_default();
    format!(
        "{cpu}, {cores} cores for server and load together, {:.0} GiB, {day}. Load of the machine at the end: {load}.",
        kib / 1_048_576.0
    )
}

/// The one place that writes to the terminal.
pub(crate) fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
    let _ = std::io::stdout().flush();
}

const HEAD: &str = "| benchmark | what | figure | beside it, in the same run | ratio | target |\n|---|---|---|---|---|---|\n";
const BEGIN: &str = "<!-- figures: written by bin/bench all --markdown -->";
const END: &str = "<!-- end of figures -->";
