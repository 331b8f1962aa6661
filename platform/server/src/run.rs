use crate::args::{AdminCommand, Args, AuditCommand, Command, Common, ConfigCommand, DbCommand, KeysCommand};
use crate::config::{self, Config};
use crate::edge::Sites;
use crate::failure::Failure;
use crate::logs;
use crate::output::Output;

/// What the commands do once the configuration is read and logs are on. All but these need nothing of the product.
pub trait Commands {
    /// `hallmark up`: runs until a signal says stop and the last request is answered.
    fn up(&self, config: Config, out: &mut Output) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark audit verify`.
    fn audit_verify(&self, config: Config, out: &mut Output) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark audit export`, with the RFC 3339 time before which entries are left out.
    fn audit_export(
        &self,
        config: Config,
        since: Option<&str>,
        out: &mut Output,
    ) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark keys list`.
    fn keys_list(&self, config: Config, out: &mut Output) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark keys rotate`.
    fn keys_rotate(&self, config: Config, out: &mut Output) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark admin password-reset USER`.
    fn admin_password_reset(
        &self,
        config: Config,
        user: &str,
        out: &mut Output,
    ) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark db migrate`.
    fn db_migrate(&self, config: Config, out: &mut Output) -> impl Future<Output = Result<(), Failure>>;

    /// `hallmark db status`.
    fn db_status(&self, config: Config, out: &mut Output) -> impl Future<Output = Result<(), Failure>>;
}

/// Does one command.
///
/// # Errors
/// What the person at the terminal is told, with the exit code.
pub async fn run<C: Commands>(args: Args, commands: &C, out: &mut Output) -> Result<(), Failure> {
    match args.command {
        Command::Up { common, listen } => {
            let mut sources = common.sources();
            sources.arguments.extend(listen.map(|address| ("listen.address", "--listen", address)));
            let config = Config::load(&sources)?;
            logs::start(&config.log)?;
            commands.up(config, out).await
        }
        Command::Config(command) => about_config(command, out),
        Command::Audit(AuditCommand::Verify { common }) => {
            commands.audit_verify(ready(&common)?, out).await
        }
        Command::Audit(AuditCommand::Export { common, since }) => {
            commands.audit_export(ready(&common)?, since.as_deref(), out).await
        }
        Command::Keys(KeysCommand::List { common }) => commands.keys_list(ready(&common)?, out).await,
        Command::Keys(KeysCommand::Rotate { common }) => commands.keys_rotate(ready(&common)?, out).await,
        Command::Admin(AdminCommand::PasswordReset { common, user }) => {
            commands.admin_password_reset(ready(&common)?, &user, out).await
        }
        Command::Db(DbCommand::Migrate { common }) => commands.db_migrate(ready(&common)?, out).await,
        Command::Db(DbCommand::Status { common }) => commands.db_status(ready(&common)?, out).await,
    }
}

fn ready(common: &Common) -> Result<Config, Failure> {
    let config = Config::load(&common.sources())?;
    logs::start(&config.log)?;
    Ok(config)
}

fn about_config(command: ConfigCommand, out: &mut Output) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check { common } => {
            let config = Config::load(&common.sources())?;
            out.line(&summary(&config));
        }
        ConfigCommand::Schema => out.line(&format!("{:#}", config::schema())),
        ConfigCommand::Guide => out.line(&config::guide()),
    }
    Ok(())
}

/// What came out of the configuration. No secrets.
fn summary(config: &Config) -> String {
    let links = Sites::new(config, config.listen.address.0).links().clone();
    let mut lines = vec![
        "the configuration is good".to_owned(),
        format!("  listens on   {}", config.listen.address),
        format!("  api          {}", links.api),
        format!("  uaa          {}", links.uaa),
        format!("  login        {}", links.login),
        format!("  data folder  {}", config.data_dir.display()),
        format!("  database     {}", config.database_url()),
    ];
    lines.extend(config.warnings().iter().map(|text| format!("warning: {text}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    /// Does nothing, well.
    struct Idle;

    impl Commands for Idle {
        async fn up(&self, _: Config, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn audit_verify(&self, _: Config, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn audit_export(&self, _: Config, _: Option<&str>, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn keys_list(&self, _: Config, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn keys_rotate(&self, _: Config, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn admin_password_reset(&self, _: Config, _: &str, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn db_migrate(&self, _: Config, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }

        async fn db_status(&self, _: Config, _: &mut Output) -> Result<(), Failure> {
            Ok(())
        }
    }

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<u8>>>);

    impl Write for Heard {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    async fn hallmark(arguments: &[&str]) -> (Result<(), Failure>, String) {
        let heard = Heard::default();
        let args = Args::try_parse_from([&["hallmark"], arguments].concat()).unwrap();
        let result = run(args, &Idle, &mut Output::to(heard.clone())).await;
        let text = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
        (result, text)
    }

    #[tokio::test]
    async fn config_commands() {
        let (result, text) = hallmark(&["config", "schema"]).await;
        assert_eq!(result, Ok(()));
        let printed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(printed, config::schema());

        let (result, text) = hallmark(&["config", "check", "--data", "/d"]).await;
        assert_eq!(result, Ok(()));
        assert!(text.contains("uaa          http://127.0.0.1:8080/uaa"), "{text}");
        assert!(text.contains("sqlite:/d/hallmark.db"), "{text}");
    }

    #[tokio::test]
    async fn a_wrong_argument_is_named() {
        let (result, _) = hallmark(&["up", "--listen", "nowhere"]).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.code, 2);
        assert!(failure.text.starts_with("--listen: `listen.address` is not an IP address"), "{failure}");
    }
}
