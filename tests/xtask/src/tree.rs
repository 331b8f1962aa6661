//! The workspace as `cargo metadata` tells it.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the binaries run; dependencies of other systems are not ours to judge.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// All packages of the graph, and which of them are ours.
pub(crate) struct Tree {
    /// The directory of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    packages: BTreeMap<String, Package>,
    members: Vec<String>,
}

/// One package, ours or from a registry.
#[derive(Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// SPDX expression.
    pub(crate) license: Option<String>,
    /// `registry+https://…`; none for our own.
    pub(crate) source: Option<String>,
    manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// The name it has in the code, when it differs.
    pub(crate) rename: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    workspace_root: PathBuf,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Tree {
    /// Asks cargo; the lock file must fit, so that a check never changes what is built.
    pub(crate) fn read() -> Result<Tree, String> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let run = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM])
            .output()
            .map_err(|error| format!("cargo metadata did not start: {error}"))?;
        if !run.status.success() {
            return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&run.stderr).trim()));
        }
        let text = String::from_utf8_lossy(&run.stdout);
        let metadata: Metadata = serde_json::from_str(&text)
            .map_err(|error| format!("cargo metadata is not as expected: {error}"))?;
        Ok(Tree::new(metadata))
    }

    fn new(metadata: Metadata) -> Tree {
        let reached = reachable(&metadata);
        let packages = metadata
            .packages
            .into_iter()
            .filter(|p| reached.contains(&p.id))
            .map(|p| (p.id.clone(), p))
            .collect();
        Tree { root: metadata.workspace_root, packages, members: metadata.workspace_members }
    }

    /// Our own packages.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.members.iter().filter_map(|id| self.packages.get(id))
    }

    /// Packages of others that a build for our platform takes in.
    pub(crate) fn foreign(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.source.is_some())
    }

    /// A path as a reader wants to see it: from the root of the tree.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

impl Package {
    /// The directory of its `Cargo.toml`.
    pub(crate) fn dir(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// Its `Cargo.toml` as written; empty when it cannot be read.
    pub(crate) fn manifest(&self) -> String {
        std::fs::read_to_string(&self.manifest_path).unwrap_or_default()
    }
}

/// Every package that a member needs, by any path: optional ones that are off are not among them.
fn reachable(metadata: &Metadata) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Node> = metadata.resolve.nodes.iter().map(|n| (n.id.as_str(), n)).collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = metadata.workspace_members.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        if reached.insert(id.to_owned())
            && let Some(node) = nodes.get(id)
        {
            open.extend(node.dependencies.iter().map(String::as_str));
        }
    }
    reached
}
