use super::{begin, installed};
use crate::bootstrap::{ADMIN_PASSWORD, keep};
use crate::compose::Hall;
use crate::config::Config;
use crate::failure::Failure;
use crate::output::Output;
use std::path::Path;
use uaa_authz::Update;
use uaa_directory::password::Source;
use uaa_directory::{User, end_sessions};
use uaa_model::{Id, Secret};
use uaa_store::{Annotation, Cond, Field, Set, Want};

/// `hallmark admin password-reset`: a new password, made up and shown once. Every token of the user ends.
pub(super) async fn password_reset(config: &Config, user: &str, out: &mut Output) -> Result<(), Failure> {
    let hall = installed(config).await?;
    let password = hall.ids.secret();
    let done = reset(&hall, user, &password).await;
    hall.access.db().close().await;
    done?;
    out.line(&format!("the new password of `{user}`, shown once: {}", password.expose()));
    if user.to_lowercase() == "admin" && replaced(&config.data_dir, &password)? {
        out.line(&format!("it is kept in `{}/{ADMIN_PASSWORD}`", config.data_dir.display()));
    }
    Ok(())
}

/// The file of the first start says what is true, as long as somebody keeps it.
fn replaced(data: &Path, password: &Secret) -> Result<bool, Failure> {
    let file = data.join(ADMIN_PASSWORD);
    if !file.exists() {
        return Ok(false);
    }
    keep(&file, password)?;
    Ok(true)
}

async fn reset(hall: &Hall, user: &str, password: &Secret) -> Result<(), Failure> {
    // Before the transaction: hashing takes its time.
    let hash = hall.hasher.hash(password, Source { account: user, address: "" }).await?;
    let mut tx = begin(hall, Want::Write, "user_password_reset");
    let seen = tx.visible::<User>().await?;
    let named = Cond::All(vec![
        Cond::In(Field::Text("username_key"), vec![user.to_lowercase()]),
        Cond::In(Field::Text("origin"), vec!["uaa".into()]),
    ]);
    let Some(row) = tx.find(&seen, named).await? else {
        return Err(Failure::new(format!(
            "no user `{user}` has a password here; one of another identity provider gets it there"
        )));
    };
    let it = tx.grant::<Update, User>(Id::new(row.guid)).await?;
    let set = Set::default()
        .put(User::password, Some(hash))
        .put(User::password_changed_at, tx.now())
        .put(User::password_change_required, false)
        .put(User::generation, row.own.generation + 1)
        .put(User::version, row.own.version + 1);
    tx.update(&it, set).await?;
    tx.annotate(Annotation {
        event: "PasswordChangeSuccess".into(),
        target_name: row.own.username,
        ..Annotation::default()
    });
    end_sessions(&mut tx, row.guid).await?;
    tx.commit().await?;
    Ok(())
}
