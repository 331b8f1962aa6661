//! Licences, bans and sources of the dependencies, by the same `deny.toml` that `cargo deny` reads.
//!
//! `cargo deny` itself takes minutes to build, so the part of it that needs no network is done here and always runs.
//! Known advisories need its database, which is not here: the report says so each time, so that nobody takes silence for safety.

use crate::report::Report;
use crate::spdx;
use crate::tree::{Package, Tree};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[derive(Deserialize)]
struct Config {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    allow: Vec<String>,
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

/// Holds every foreign package against `deny.toml`.
pub(crate) fn check(tree: &Tree, report: &mut Report) -> Result<(), String> {
    let path = tree.root.join("deny.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("deny.toml: {error}"))?;
    let config: Config = toml::from_str(&text).map_err(|error| format!("deny.toml: {error}"))?;
    let built = built()?;
    for package in tree.foreign() {
        config.hold(package, &built, report);
    }
    twice(tree, report);
    report.note(
        "advisories",
        "not checked: no advisory database is reachable; `cargo deny check advisories` asks for them",
    );
    Ok(())
}

/// The crates that a build takes in. `cargo metadata` also names optional ones that no feature turns on.
fn built() -> Result<BTreeSet<String>, String> {
    let run = Command::new("cargo")
        .args([
            "tree",
            "--workspace",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--locked",
        ])
        .output()
        .map_err(|error| format!("cargo tree: {error}"))?;
    if !run.status.success() {
        return Err(format!("cargo tree failed: {}", String::from_utf8_lossy(&run.stderr).trim()));
    }
    let text = String::from_utf8_lossy(&run.stdout);
    Ok(text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

impl Config {
    fn hold(&self, package: &Package, built: &BTreeSet<String>, report: &mut Report) {
        let shown = format!("{} {}", package.name, package.version);
        let licence = package.license.as_deref().unwrap_or_default();
        let extra = self.licenses.exceptions.iter().filter(|e| e.name == package.name).flat_map(|e| &e.allow);
        let allowed: Vec<String> = self.licenses.allow.iter().chain(extra).cloned().collect();
        if !spdx::allows(licence, &allowed) {
            report.problem("licences", format!("{shown}: `{licence}`"));
        }
        let banned = self.bans.deny.iter().find(|ban| ban.name == package.name);
        if let Some(ban) = banned.filter(|ban| built.contains(&ban.name)) {
            report.problem("bans", format!("{shown}: {}", ban.reason));
        }
        let source = package.source.as_deref().unwrap_or_default();
        if !self.sources.allow_registry.iter().any(|registry| source.ends_with(registry)) {
            report.problem("sources", format!("{shown} comes from {source}"));
        }
    }
}

/// Crates in two versions cost build time and size; sometimes nobody here can change it.
fn twice(tree: &Tree, report: &mut Report) {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in tree.foreign() {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    for (name, versions) in versions.into_iter().filter(|(_, versions)| versions.len() > 1) {
        report.note("crates in several versions", format!("{name}: {}", versions.join(", ")));
    }
}
