//! Handing messages over to a mail server (RFC 5321), for the postman.

use crate::config::{MailTls, Sender};
use futures::future::BoxFuture;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::{Category, Severity};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};
use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;
use uaa_model::Secret;
use uaa_plugin::{Post, ToSend, Undelivered};

/// Which mail server, and who sends.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Its name or address; its certificate is for that name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// PEM of the authority that signed its certificate, where the system does not know it.
    pub authority: Option<String>,
    /// User and password there, if it wants them.
    pub login: Option<(String, Secret)>,
    /// Who sends.
    pub from: Sender,
    /// The address for questions, in every message.
    pub contact: Option<String>,
}

/// A mail server.
#[derive(Debug)]
pub struct Smtp {
    settings: MailSettings,
    from: String,
    /// Made when it is first needed: reading the system's certificates would delay the start.
    transport: OnceLock<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Smtp {
    /// That one. Connects for each message anew: there are few, and a connection that stands idle is closed by the other side.
    pub fn new(settings: MailSettings) -> Smtp {
        Smtp { from: settings.from.address(), settings, transport: OnceLock::new() }
    }

    fn transport(&self) -> Result<&AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
        if let Some(transport) = self.transport.get() {
            return Ok(transport);
        }
        let tls = match self.settings.tls {
            MailTls::Starttls => Tls::Required(self.parameters()?),
            MailTls::Implicit => Tls::Wrapper(self.parameters()?),
            MailTls::None => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.settings.host).tls(tls);
        let mut builder = builder.port(self.settings.port).timeout(Some(PATIENCE));
        if let Some((user, password)) = &self.settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(self.transport.get_or_init(|| builder.build()))
    }

    fn parameters(&self) -> Result<TlsParameters, smtp::Error> {
        let mut builder = TlsParameters::builder(self.settings.host.clone());
        if let Some(authority) = &self.settings.authority {
            builder = builder.add_root_certificate(Certificate::from_pem(authority.as_bytes())?);
        }
        builder.build()
    }

    fn message(&self, message: &ToSend) -> Result<Message, Box<dyn Error + Send + Sync>> {
        let to: Address = message.to.parse()?;
        let body = MultiPart::alternative_plain_html(message.text.clone(), message.html.clone());
        Ok(Message::builder()
            .from(self.settings.from.mailbox().clone())
            .to(Mailbox::new(None, to))
            .subject(message.subject.clone())
            .message_id(None)
            .header(AutoSubmitted)
            .multipart(body)?)
    }
}

impl Post for Smtp {
    fn send<'a>(&'a self, message: &'a ToSend) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let message = self.message(message).map_err(|error| Undelivered::Never(error.to_string()))?;
            let transport = self.transport().map_err(|error| undelivered(&error))?;
            transport.send(message).await.map(drop).map_err(|error| undelivered(&error))
        })
    }

    fn from(&self) -> &str {
        &self.from
    }
}

/// RFC 5321 section 4.2.1: 5yz is an answer for good, if it is about the message or its reader (section 4.2.3, x5z). Other ones,
/// such as a wrong password of ours, are mended by the operator, and the message waits for that.
fn undelivered(error: &smtp::Error) -> Undelivered {
    let text = readable(error);
    let about_message = |code: smtp::response::Code| {
        code.severity == Severity::PermanentNegativeCompletion && code.category == Category::MailSystem
    };
    match error.status() {
        Some(code) if about_message(code) => Undelivered::Never(text),
        Some(_) | None => Undelivered::Later(text),
    }
}

/// The error without what it may repeat of the message: a link is a long word.
fn readable(error: &smtp::Error) -> String {
    let text = error.to_string();
    let words = text.split_whitespace().map(|word| if word.chars().count() > LONG { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// RFC 3834 section 5: no answer by a machine is wanted.
#[derive(Clone, Debug)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// For each answer of the mail server.
const PATIENCE: Duration = Duration::from_secs(20);
const LONG: usize = 31;

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp() -> Smtp {
        Smtp::new(MailSettings {
            host: "mail.example".into(),
            port: 25,
            tls: MailTls::None,
            authority: None,
            login: Some(("me".into(), Secret::new("hunter2".into()))),
            from: "Acme <platform@acme.example>".parse().unwrap(),
            contact: None,
        })
    }

    #[test]
    fn nothing_given_begins_a_header() {
        let message = ToSend {
            to: "mira@acme.example".into(),
            subject: "Hello\r\nBcc: evil@evil.example".into(),
            text: "text".into(),
            html: "<p>text".into(),
        };
        let sent = String::from_utf8(smtp().message(&message).unwrap().formatted()).unwrap();
        let (head, _) = sent.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc:")), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
        let to = ToSend { to: "a@b.example>\r\nBcc: <evil@evil.example".into(), ..message };
        assert!(smtp().message(&to).is_err());
    }

    #[test]
    fn no_password_is_shown() {
        assert!(!format!("{:?}", smtp()).contains("hunter2"));
        assert_eq!(smtp().from(), "platform@acme.example");
    }
}
