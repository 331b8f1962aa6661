use crate::config::Config;
use crate::failure::Failure;
use crate::mail::Smtp;
use crate::output::Output;
use uaa_directory::is_address;
use uaa_plugin::{Post as _, ToSend, Undelivered};

/// `hallmark mail test`: past the queue, so that the answer comes at once.
pub(super) async fn test(config: &Config, to: &str, out: &mut Output) -> Result<(), Failure> {
    let none = || Failure::new("no mail server is configured; set `mail.host` and `mail.from`".to_owned());
    let settings = config.mail_settings()?.ok_or_else(none)?;
    if !is_address(to) {
        return Err(Failure::new(format!("`{to}` is no address")));
    }
    let server = format!("{}:{}", settings.host, settings.port);
    let message = ToSend {
        to: to.to_owned(),
        subject: "Hallmark can send mail".into(),
        text: "This message was sent by `hallmark mail test`.\n".into(),
        html: "<p>This message was sent by <code>hallmark mail test</code>.</p>\n".into(),
    };
    match Smtp::new(settings).send(&message).await {
        Ok(()) => {
            out.line(&format!("{server} has taken a message to {to}; whether it arrives, its log says"));
            Ok(())
        }
        Err(Undelivered::Later(why) | Undelivered::Never(why)) => {
            Err(Failure::new(format!("{server} did not take the message: {why}")))
        }
    }
}
