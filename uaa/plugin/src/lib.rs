//! Floor 3: what a plugin is.
//!
//! A plugin is a list of [`Route`]s. A handler is `async fn(proof, input, &mut Ctx) -> Reply<Answer>`; its first argument
//! is its need, and one dispatcher does the rest: authenticate, read the body, begin, parse, obtain the proof, run,
//! journal, commit.

mod ahead;
mod answer;
mod answers;
mod authenticate;
mod bodies;
mod certificate;
mod ctx;
mod dialect;
mod dispatch;
mod fetch;
mod form;
mod input;
mod jobs;
mod need;
mod openapi;
mod post;
mod route;
pub mod shape;
mod shelf;
mod troubled;
mod zone;

pub use ahead::{Prepare, Ready};
pub use answer::Answer;
pub use answers::Answers;
#[doc(hidden)]
pub use authenticate::fuzz_basic;
pub use authenticate::{Authenticator, Basic, Presented, Scheme};
pub use bodies::Bodies;
pub use certificate::ShownCertificate;
pub use ctx::{Caller, Ctx, Links, Params};
pub use dialect::Dialect;
pub use dispatch::{Dispatcher, Handled, router};
pub use fetch::Fetch;
pub use form::{MOST_PAIRS, field, pairs};
pub use input::{Body, Content, Document, Form, Input, Json, Param, Raw, Reads};
pub use jobs::{Progress, Runner, Step, Work};
pub use need::{Need, NeedInfo, OneOf, Public, Within};
pub use openapi::document;
pub use post::{Post, ToSend, Undelivered};
pub use route::{Handler, Plugin, Proof, Route, Site, With, with};
pub use shelf::{Lying, Shelf};
pub use troubled::is_of_a_browser;
pub use zone::{
    Agreement, Branding, DEFAULT_GROUPS, DEFAULT_MFA_PROVIDERS, LogoutLinks, MfaConfig, MfaPolicy, Palette,
    Prompt, SelfService, TokenPolicy, UserConfig, ZoneConfig, ZoneInfo, Zones,
};
