use super::{data_folder, database, patiently};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::Output;
use uaa_model::{Clock, SystemClock};
use uaa_store::{Db, SchemaState};

/// `hallmark db migrate`: brings the schema to this version.
pub(super) async fn migrate(config: &Config, out: &mut Output) -> Result<(), Failure> {
    data_folder(config)?;
    let db = Db::open(config.database_url()?.secret().expose(), 1).await?;
    let before = db.schema().await?;
    let now = SystemClock.now();
    let done = patiently("bringing the schema forward", db.migrate(now)).await;
    db.close().await;
    let SchemaState { applied, .. } = done?;
    out.line(&match applied - before.applied {
        0 => format!("the schema is {applied}; nothing was to do"),
        _ => format!("the schema was {} and is {applied} now", before.applied),
    });
    Ok(())
}

/// `hallmark db status`: where the schema stands. Fails unless this program can work with it.
pub(super) async fn status(config: &Config, out: &mut Output) -> Result<(), Failure> {
    let shown = config.database_url()?;
    let Some(url) = database(config)? else {
        return Err(Failure::new(format!(
            "there is no database at `{shown}` yet; `hallmark up` and `hallmark db migrate` make it"
        )));
    };
    let db = Db::open(&url, 1).await?;
    let state = db.schema().await;
    db.close().await;
    let SchemaState { applied, known } = state?;
    out.line(&format!("database  {shown}\nschema    {applied}, this program knows {known}"));
    if applied < known {
        return Err(Failure::new(
            "the schema is behind; `hallmark up` or `hallmark db migrate` brings it forward",
        ));
    }
    if applied > known {
        return Err(Failure::new("a newer program has changed the schema; start that one"));
    }
    Ok(())
}
