//! `kill -9` at random moments under load: what was acknowledged is there, what was not is there whole or not at all, the chain
//! holds, and the next start needs no repair.

#![expect(clippy::print_stdout, reason = "how often, and how to have the same again")]

use serde_json::{Value, json};
use std::time::Duration;
use tests::{Engine, Hallmark};
use uaa_model::{Rng, SystemRng};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_lose_nothing() {
    rounds(Engine::Sqlite, 50).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_on_postgres() {
    rounds(Engine::Postgres, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_nothing_on_mariadb() {
    rounds(Engine::Mariadb, 8).await;
}

async fn rounds(engine: Engine, rounds: u32) {
    let mut dice = Dice::new();
    let mut server = Hallmark::start_on(engine).await;
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
    let mut acknowledged = 0;
    for round in 0..rounds {
        let token = server.admin().await;
        let load: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (http, token, api) = (http.clone(), token.clone(), server.api());
                tokio::spawn(write(http, api, token, format!("{round}-{writer}")))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(dice.below(250))).await;
        server.kill();
        let mut names = vec![];
        for writer in load {
            names.extend(writer.await.expect("a writer ends when the server is gone"));
        }
        server.restart().await;
        let token = server.admin().await;
        let found = total(&server, &token, &format!("names={}", names.join(","))).await;
        assert_eq!(found, names.len(), "{engine:?}, round {round}: an acknowledged write is gone; {dice:?}");
        acknowledged += names.len();
    }
    let token = server.admin().await;
    let kept = total(&server, &token, "").await;
    // The number that is kept, and the rows that are there: one transaction wrote both.
    let counted = total(&server, &token, "created_ats[gt]=2000-01-01T00:00:00Z").await;
    assert_eq!(kept, counted, "{dice:?}");
    // At most one write a writer and kill was under way and unheard of.
    assert!(
        kept >= acknowledged && kept <= acknowledged + rounds as usize * WRITERS,
        "{kept} of {acknowledged}"
    );
    assert!(acknowledged > rounds as usize, "there was no load: {acknowledged} writes");
    server.kill();
    let (sound, said) = server.verify();
    assert!(sound && said.contains("sealed through"), "{said}; {dice:?}");
    println!("{engine:?}: {rounds} kills, {acknowledged} acknowledged, {kept} kept; {}", said.trim());
}

/// Makes organizations until the server is gone. Gives the names of those that were acknowledged.
async fn write(http: reqwest::Client, api: String, token: String, name: String) -> Vec<String> {
    let mut acknowledged = vec![];
    for n in 0.. {
        let name = format!("o{name}-{n}");
        let request = http.post(format!("{api}/v3/organizations")).bearer_auth(&token);
        let Ok(answer) = request.json(&json!({"name": name})).send().await else { break };
        assert_eq!(answer.status().as_u16(), 201, "{:?}", answer.text().await);
        acknowledged.push(name);
    }
    acknowledged
}

async fn total(server: &Hallmark, token: &str, filter: &str) -> usize {
    let url = format!("{}/v3/organizations?per_page=1&{filter}", server.api());
    let said = server.ask(token, "GET", &url, None).await;
    let Some(total) = said.body["pagination"]["total_results"].as_u64() else { panic!("{url}: {said:?}") };
    assert_ne!(said.body, Value::Null);
    usize::try_from(total).expect("it fits")
}

/// Randomness that can be had again: `HALLMARK_SEED=N`.
#[derive(Debug)]
struct Dice {
    #[expect(dead_code, reason = "shown when a test fails")]
    seed: u64,
    state: u64,
}

impl Dice {
    fn new() -> Dice {
        let given = std::env::var("HALLMARK_SEED").ok().and_then(|s| s.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let mut bytes = [0; 8];
            SystemRng.fill(&mut bytes);
            u64::from_le_bytes(bytes)
        });
        println!("HALLMARK_SEED={seed}");
        Dice { seed, state: seed }
    }

    /// SplitMix64.
    fn below(&mut self, end: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

const WRITERS: usize = 4;
