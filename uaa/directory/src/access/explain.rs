//! "May X do V on R, and why": for people.

use super::reason::{Asker, Asks, Thing, decide, names, reasoned, why};
use serde_json::{Map, Value};
use uaa_authz::Decision;
use uaa_model::{Fault, Reply};
use uaa_plugin::shape::{FLAG, Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx, Form, Input, Param, Raw, Reads};

/// `?resource=space:GUID&action=update[&subject=user:GUID]`.
pub(super) struct Explain {
    subject: Option<Thing>,
    action: String,
    resource: Thing,
}

impl Asks for Explain {
    fn subjects(&self) -> Vec<&Thing> {
        self.subject.iter().collect()
    }
}

impl Input for Explain {
    const NAME: &'static str = "query";

    fn read(raw: &Raw) -> Reply<Self> {
        let Form(pairs) = Form::read(raw)?;
        let (mut subject, mut action, mut resource) = (None, None, None);
        for (name, value) in pairs {
            match name.as_str() {
                "subject" => subject = Some(thing(&value)?),
                "action" => action = Some(value),
                "resource" => resource = Some(thing(&value)?),
                other => return Err(Fault::BadQuery(format!("unknown parameter `{other}`").into())),
            }
        }
        let missing =
            |name| Fault::BadQuery(format!("the parameter `{name}` is missing, as in {EXAMPLE}").into());
        Ok(Explain {
            subject,
            action: action.ok_or_else(|| missing("action"))?,
            resource: resource.ok_or_else(|| missing("resource"))?,
        })
    }

    fn reads() -> Reads {
        let names = [("resource", true), ("action", true), ("subject", false)];
        let query = names.map(|(name, required)| Param { name, required }).to_vec();
        Reads { body: None, query }
    }
}

fn thing(text: &str) -> Reply<Thing> {
    let wrong = || Fault::BadQuery(format!("`{text}` is not of the form kind:id, as in {EXAMPLE}").into());
    let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
    Ok(Thing { kind: kind.into(), id: id.into() })
}

const EXAMPLE: &str = "?resource=space:GUID&action=update&subject=user:GUID";

pub(super) async fn explain(asker: Asker, ask: Explain, cx: &mut Ctx) -> Reply<Answer> {
    let decision = decide(cx, ask.subject.as_ref(), &ask.action, &ask.resource, 0).await?.decision;
    let mut body = Map::new();
    body.insert("allowed".into(), decision.is_some_and(Decision::is_allowed).into());
    body.insert("action".into(), ask.action.into());
    body.insert("resource".into(), format!("{}:{}", ask.resource.kind, ask.resource.id).into());
    body.extend(why(cx, &asker, decision));
    names(cx, decision, &mut body).await?;
    Answer::ok(&Value::Object(body))
}

pub(super) fn looks() -> Shape {
    reasoned(object([("allowed", FLAG), ("action", TEXT), ("resource", TEXT)])).named("explanation")
}
