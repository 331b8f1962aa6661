use super::{installed, patiently};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::Output;
use uaa_model::Micros;
use uaa_store::Broken;
use uuid::Uuid;

/// `hallmark audit export`: the log as JSON lines.
pub(super) async fn export(config: &Config, mut after: Uuid, out: &mut Output) -> Result<(), Failure> {
    let hall = installed(config).await?;
    loop {
        let rows = hall.access.export(after, Micros::MAX, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in &rows {
            out.line(&row.line());
        }
    }
    hall.access.db().close().await;
    Ok(())
}

/// Entries that are read at a time.
const PAGE: i64 = 1000;

/// `hallmark audit verify`: walks the chain and names every row that was edited, removed or put elsewhere.
pub(super) async fn verify(config: &Config, out: &mut Output) -> Result<(), Failure> {
    let hall = installed(config).await?;
    // What was committed before a crash and not sealed yet is sealed now.
    while hall.access.seal().await? > 0 {}
    let (verified, broken) = patiently("checking the audit log", hall.access.verify()).await?;
    hall.access.db().close().await;
    for one in &verified {
        out.line(&format!("zone {}: sealed through {}, {} rows", one.zone, one.through, one.rows));
        if one.forgotten > 0 {
            out.line(&format!(
                "zone {}: rows of blocks up to {} were forgotten in due form",
                one.zone, one.forgotten
            ));
        }
    }
    for one in &broken {
        out.line(&match one {
            Broken::Block(zone, n) => {
                format!("zone {zone}: block {n} is missing, out of order or was changed")
            }
            Broken::Edited(zone, n, row) => format!("zone {zone}: row {row} of block {n} was edited"),
            Broken::Removed(zone, n, row) => format!("zone {zone}: row {row} of block {n} was removed"),
            Broken::Added(zone, row) => format!("zone {zone}: row {row} was added past the product"),
        });
    }
    match broken.len() {
        0 => Ok(()),
        many => Err(Failure::new(format!(
            "the audit log does not hold in {many} places; compare it with a backup or an export"
        ))),
    }
}
