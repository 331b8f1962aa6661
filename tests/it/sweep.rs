//! The sweep: every route, asked by everybody, in every situation, answers as `golden/roles.txt` says.
//!
//! What is expected is worked out anew from the text of that file ([`expect`]), not by the engine that is under test.

mod expect;
mod open;
pub(crate) mod people;
pub(crate) mod places;
mod rows;

use expect::{Expected, Matrix, Who};
use people::{Person, Token};
use places::Branch;
use rows::{Probe, ROWS};
use std::collections::{BTreeMap, BTreeSet};
use tests::golden;
use tests::inside::{Heard, Inside};
use uaa_model::UAA_ZONE;
use uaa_plugin::{Route, Site};

#[tokio::test]
async fn every_route_answers_as_the_matrix_says() {
    let inside = Inside::open(true).await;
    let matrix = Matrix::read();
    let branches = places::plant(&inside).await;
    let people = people::gather(&inside, &branches[0]).await;
    let keepers = people::keepers(&inside, places::OTHER, "other").await;
    let mut sweep = Sweep { inside: &inside, matrix, branches, people, cells: 0, wrong: vec![] };
    // Twice: the decisions read committed rows first, and the compiled facts after they were followed.
    sweep.all("rows").await;
    inside.hall.access.follow().await.expect("facts are followed");
    assert!(inside.hall.access.fresh().is_some(), "the facts are compiled");
    sweep.all("snapshot").await;
    sweep.abroad(&keepers).await;
    let Sweep { cells, wrong, .. } = sweep;
    let routes = inside.served.routes.iter().filter(|r| r.public.is_none()).count();
    println!("sweep: {routes} routes that need something, {cells} cells");
    assert!(
        wrong.is_empty(),
        "{} of {cells} cells are wrong:\n{}",
        wrong.len(),
        wrong.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n")
    );
}

/// `routes.txt` with what each route costs: the statements of a request that an administrator makes, or of a step of the [walk](open).
#[tokio::test]
async fn golden_routes() {
    let inside = Inside::open(true).await;
    let branches = places::plant(&inside).await;
    let people = people::gather(&inside, &branches[0]).await;
    inside.hall.access.follow().await.expect("facts are followed");
    let root = people.iter().find(|p| p.name == "root").expect("somebody who may do everything");
    let walked = open::walk().await;
    let mut text = String::from(HEADER);
    let mut names = BTreeSet::new();
    for route in &inside.served.routes {
        assert!(names.insert(route.name), "two routes are called `{}`", route.name);
        let mut statements = BTreeSet::new();
        for probe in rows_of(route).iter().filter(|p| p.succeeds) {
            let heard = ask(&inside, route, probe, &branches[0], root, Token::Full).await;
            assert!(heard.status < 300, "{} {}: {heard:?}", route.name, probe.path);
            statements.insert(heard.statements);
        }
        if statements.is_empty() {
            statements = walked.get(route.name).cloned().unwrap_or_default();
        }
        assert!(
            !statements.is_empty(),
            "no step of the walk reaches `{}`: add one in tests/it/sweep/open",
            route.name
        );
        let cost = statements.iter().map(u32::to_string).collect::<Vec<_>>().join("/");
        text.push_str(&format!("{}\n", route.line(&cost)));
    }
    golden::hold("routes.txt", &text);
}

struct Sweep<'a> {
    inside: &'a Inside,
    matrix: Matrix,
    branches: Vec<Branch>,
    people: Vec<Person>,
    cells: usize,
    wrong: Vec<String>,
}

impl Sweep<'_> {
    async fn all(&mut self, mode: &str) {
        let inside = self.inside;
        for route in inside.served.routes.iter().filter(|r| r.public.is_none()) {
            let rows = rows_of(route);
            let asked: BTreeSet<&str> = rows.iter().flat_map(|p| p.need.split(" | ")).collect();
            let need = route.need.to_string();
            let needed: BTreeSet<&str> = need.split(" | ").flat_map(|n| n.split(" + ")).collect();
            assert_eq!(
                asked, needed,
                "the sweep's row of `{}` does not say what the route needs",
                route.name
            );
            for probe in rows {
                self.probe(mode, route, probe).await;
            }
        }
    }

    /// Every route of UAA's site in another zone, by clients of the first one that name it in a header.
    async fn abroad(&mut self, keepers: &[Person]) {
        let inside = self.inside;
        let there = self.branches.iter().position(|b| b.zone != UAA_ZONE).expect("a branch in another zone");
        let routes = inside.served.routes.iter().filter(|r| r.public.is_none() && r.site == Site::Uaa);
        for (route, probe) in routes.flat_map(|route| rows_of(route).iter().map(move |probe| (route, probe)))
        {
            for (i, person) in keepers.iter().enumerate() {
                for token in [Token::Full, Token::Narrow] {
                    let branch = &self.branches[there];
                    let heard = ask_abroad(inside, route, probe, branch, person, token).await;
                    let all = std::slice::from_ref(branch);
                    let expected = match (i, token) {
                        // No scope of its token names the zone.
                        (0, _) | (_, Token::Narrow) => Expected::Forbidden,
                        _ => self.matrix.expected(
                            route,
                            probe,
                            Who { person, token, here: branch.zone },
                            branch,
                            all,
                        ),
                    };
                    self.cells += 1;
                    if !expected.holds(&heard) {
                        self.wrong.push(format!(
                            "abroad: {} ({}) as {} with {token:?} token: expected {expected:?}, got {} {}",
                            route.name, probe.need, person.name, heard.status, heard.body
                        ));
                    }
                }
            }
        }
    }

    async fn probe(&mut self, mode: &str, route: &Route, probe: &Probe) {
        for i in 0..self.people.len() {
            for token in [Token::Full, Token::Narrow, Token::Elsewhere, Token::Expired, Token::None] {
                for b in 0..self.branches.len() {
                    if b > 0 && matches!(token, Token::Expired | Token::None) {
                        continue;
                    }
                    let (person, branch) = (&self.people[i], &self.branches[b]);
                    let heard = ask(self.inside, route, probe, branch, person, token).await;
                    let who = Who { person, token, here: UAA_ZONE };
                    let expected = self.matrix.expected(route, probe, who, branch, &self.branches);
                    self.cells += 1;
                    if !expected.holds(&heard) {
                        self.wrong.push(format!(
                            "{mode}: {} ({}) as {} with {token:?} token, {}: expected {expected:?}, got {} {}",
                            route.name, probe.need, person.name, branch.name, heard.status, heard.body
                        ));
                    }
                }
            }
        }
    }
}

fn rows_of(route: &Route) -> &'static [Probe] {
    let row = ROWS.iter().find(|(name, _)| *name == route.name);
    assert!(
        row.is_some() || route.public.is_some(),
        "no row of the sweep covers `{}`: add one in tests/it/sweep/rows.rs",
        route.name
    );
    row.map_or(&[], |(_, probes)| probes)
}

async fn ask(
    inside: &Inside,
    route: &Route,
    probe: &Probe,
    branch: &Branch,
    person: &Person,
    token: Token,
) -> Heard {
    let fill = |text: &str| branch.fill(text, person);
    let body = probe.body.map(|text| serde_json::from_str(&fill(text)).expect("a row's body is JSON"));
    let path = fill(probe.path);
    inside.ask(route.site, route.method.as_str(), &path, person.token(token), body.as_ref()).await
}

async fn ask_abroad(
    inside: &Inside,
    route: &Route,
    probe: &Probe,
    branch: &Branch,
    person: &Person,
    token: Token,
) -> Heard {
    let token = format!("bearer {}", person.token(token).expect("a token"));
    let headers = [("authorization", token.as_str()), ("if-match", "0"), ("x-identity-zone-id", "other")];
    let path = branch.fill(probe.path, person);
    let body = probe.body.map(|text| branch.fill(text, person)).unwrap_or_default();
    inside.ask_zone("", (route.method.as_str(), &path), &headers, &body).await
}

/// What is counted is said at `uaa_plugin::Handled`.
const HEADER: &str = "\
# site, method, path, operation, dialect, input, statements, need
# Statements: how many a request runs that succeeds, in all of its transactions; several ways to ask give several numbers, each once.
# Not counted: what is read into memory for all requests (compiled facts, clients, verified tokens, keys).
";

type Ids = BTreeMap<&'static str, String>;
