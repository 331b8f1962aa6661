//! The command line, as clap reads it.

use crate::config::Sources;
use clap::{Args as Group, Parser, Subcommand};
use std::path::PathBuf;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "hallmark", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command that needs a configuration takes.
#[derive(Clone, Debug, Default, Group)]
pub struct Common {
    /// YAML file with the configuration [or the variable HALLMARK_CONFIG; default: none is needed]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder for the embedded database and what else is kept on disk [key data_dir; default: data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Database, when it is not the embedded one. Its password would be seen by everybody on this machine:
    /// HALLMARK_DATABASE_URL or the key database.url_file keep it from them [key database.url]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// The commands. One that changes something says so in its first word.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the server and run until it is told to stop (Ctrl-C or SIGTERM)
    #[command(after_help = AFTER_UP)]
    Up {
        #[command(flatten)]
        /// Configuration.
        common: Common,
        /// IP address and port to listen on [key listen.address; default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
    },
    /// Check the configuration, or print what it may contain
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// List or rotate the keys that sign tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Get back in when nobody can sign in any more
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Look after the mail server
    #[command(subcommand)]
    Mail(MailCommand),
    /// Look after the database
    #[command(subcommand)]
    Db(DbCommand),
}

/// `hallmark config …`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read the configuration as `up` would, start nothing, show what came out
    Check {
        #[command(flatten)]
        /// Configuration.
        common: Common,
    },
    /// Print the JSON Schema of the configuration file
    #[command(
        after_help = "Example:\n  hallmark config schema > hallmark.schema.json\n\nNext: tell your editor, \
        with this first line in hallmark.yml:\n  # yaml-language-server: $schema=hallmark.schema.json"
    )]
    Schema,
    /// Print the guide to the configuration, every key included, as Markdown
    Guide,
}

/// `hallmark audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the whole chain of hashes and say whether an entry was changed, added or removed
    Verify {
        #[command(flatten)]
        /// Configuration.
        common: Common,
    },
    /// Print the entries, oldest first, one JSON object a line, each with the hash that the chain holds
    #[command(
        after_help = "Example, all of it and then what is new since:\n  hallmark audit export > audit.jsonl\n  \
        hallmark audit export --after \"$(tail -n 1 audit.jsonl | jq -r .id)\" >> audit.jsonl"
    )]
    Export {
        #[command(flatten)]
        /// Configuration.
        common: Common,
        /// Only what comes after the entry with this id
        #[arg(long, value_name = "ID", default_value_t = uuid::Uuid::nil(), hide_default_value = true)]
        after: uuid::Uuid,
    },
}

/// `hallmark mail …`
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Send a message through the configured mail server at once, and say what it answers
    #[command(after_help = "Example:\n  hallmark mail test you@example.com --config hallmark.yml")]
    Test {
        #[command(flatten)]
        /// Configuration.
        common: Common,
        /// To whom
        #[arg(value_name = "ADDRESS")]
        to: String,
    },
}

/// `hallmark keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Show the identifier, algorithm, age and state of each key; never the key itself
    List {
        #[command(flatten)]
        /// Configuration.
        common: Common,
        /// The `id` of the identity zone
        #[arg(long, default_value = "uaa")]
        zone: String,
    },
    /// Make a new key, sign with it from now on, and keep the old one for checking until its tokens are over
    #[command(
        after_help = "Example:\n  hallmark keys rotate --config hallmark.yml\n\nRunning servers sign with the new key \
        within a second. Tokens given out before stay good.\n\nNext: `hallmark keys list`"
    )]
    Rotate {
        #[command(flatten)]
        /// Configuration.
        common: Common,
        /// The `id` of the identity zone
        #[arg(long, default_value = "uaa")]
        zone: String,
        /// The new key's algorithm, such as PS256, ES384 or EdDSA; without it the configured one
        #[arg(long, value_name = "NAME", value_parser = algorithm)]
        algorithm: Option<uaa_token::Algorithm>,
    },
}

fn algorithm(name: &str) -> Result<uaa_token::Algorithm, String> {
    let known = uaa_token::Algorithm::ALL.map(uaa_token::Algorithm::name).join(", ");
    name.parse().map_err(|()| format!("it is none of {known}"))
}

/// `hallmark admin …`
#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    /// Give a user of the first zone a new password, made up and shown once
    #[command(
        after_help = "Example:\n  hallmark admin password-reset admin --config hallmark.yml\n\nIt needs the \
        database, not a running server. The reset is in the audit log."
    )]
    PasswordReset {
        #[command(flatten)]
        /// Configuration.
        common: Common,
        /// The user's name
        user: String,
    },
}

/// `hallmark db …`
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Bring the schema of the database to this version of Hallmark; `up` does the same by itself
    Migrate {
        #[command(flatten)]
        /// Configuration.
        common: Common,
    },
    /// Show the version of the schema and what `migrate` would do; changes nothing
    Status {
        #[command(flatten)]
        /// Configuration.
        common: Common,
    },
}

impl Common {
    /// The file, the variables and the arguments, in this order.
    pub fn sources(&self) -> Sources {
        let mut sources = Sources::of_process(self.config.clone());
        if let Some(data) = &self.data {
            sources.arguments.push(("data_dir", "--data", data.display().to_string()));
        }
        if let Some(url) = &self.database {
            sources.arguments.push(("database.url", "--database", url.clone()));
        }
        sources
    }
}

const ABOUT: &str = "Hallmark: who somebody is, what they may do, and on which part of the platform";

const EXAMPLES: &str = "Examples:
  hallmark up                                   try it: everything in ./data, on 127.0.0.1:8080
  hallmark up --listen 127.0.0.1:9090           on another port
  hallmark up --config /etc/hallmark.yml        as a service
  hallmark config check --config hallmark.yml   before a restart

Next: `hallmark up`, then in another terminal
  cf api http://127.0.0.1:8080 && cf login
  curl http://127.0.0.1:8080/uaa/.well-known/openid-configuration

Every key of the configuration: `hallmark config guide`";

const AFTER_UP: &str = "Examples:
  hallmark up
  hallmark up --data /var/lib/hallmark --listen 127.0.0.1:9090
  HALLMARK_DATABASE_URL=postgres://hallmark:PASSWORD@db/hallmark hallmark up --config hallmark.yml

It stops at Ctrl-C or SIGTERM: no new connections, what runs may finish (listen.drain_seconds).
A second signal stops at once.

Next: `hallmark config guide` for TLS, a domain, PostgreSQL or MySQL, and proxies.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn help_teaches() {
        let help = Args::command().render_long_help().to_string();
        for word in ["Examples:", "Next:", "hallmark up", "config check"] {
            assert!(help.contains(word), "{word}");
        }
    }

    #[test]
    fn arguments_are_sources() {
        let args = Args::try_parse_from(["hallmark", "db", "status", "--data", "/d", "--config", "f.yml"]);
        let Command::Db(DbCommand::Status { common }) = args.unwrap().command else {
            panic!("another command")
        };
        let sources = common.sources();
        assert_eq!(sources.file, Some("f.yml".into()));
        assert_eq!(sources.arguments, [("data_dir", "--data", "/d".to_owned())]);
    }
}
