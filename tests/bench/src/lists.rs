//! `lists`: the first page among 1,000,000 rows, for an administrator and for somebody who sees a few.

use crate::ask::Ask;
use crate::load::{load, must, same};
use crate::measure::number;
use crate::report::Line;
use crate::seed::{PASSWORD, SEES, SOMEBODY, Seeded};
use crate::server::{password_grant, token};
use crate::{Outcome, Setting};

pub(crate) async fn run(setting: &Setting) -> Outcome<Vec<Line>> {
    let seeded = Seeded::open(setting.rows, setting.database.as_deref()).await?;
    let server = seeded.server().await?;
    let (admin, client) = (server.admin_token().await?, server.client_token().await?);
    let somebody = token(server.at, &password_grant(SOMEBODY, PASSWORD)).await?;
    let few = format!("who sees {SEES}");
    let lists = [
        ("admin", "/v3/organizations", &admin),
        ("admin", "/v3/organizations?order_by=-created_at", &admin),
        ("admin", "/v3/organizations?names=org-0000777", &admin),
        (&few, "/v3/organizations", &somebody),
        ("client with scim.read", "/uaa/Users", &client),
        ("client with scim.read", "/uaa/Users?filter=userName+eq+%22user-0000777%22", &client),
        ("client with scim.read", "/uaa/Users?filter=userName+sw+%22user-00001%22", &client),
    ];
    let mut lines = vec![];
    for (who, path, token) in lists {
        let ask = Ask::get(path).bearer(token);
        let said = must(server.at, &ask).await?;
        let total = [&said.body["pagination"]["total_results"], &said.body["totalResults"]];
        let total = total.iter().find_map(|n| n.as_f64()).unwrap_or(f64::NAN);
        let source = same(&ask);
        load(server.at, 1, setting.round / 4, &source).await?;
        let answers = load(server.at, 1, setting.round * 2, &source).await?;
        let [p50, p99] = [0.5, 0.99].map(|q| number(answers.within(q)));
        let figure = format!("p50 {p50} ms, p99 {p99} ms; {} in all", number(total));
        lines.push(Line::new(format!("{path}, {who}"), figure).target("p99 < 10 ms"));
    }
    Ok(lines)
}
