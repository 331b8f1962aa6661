use super::page;
use crate::{Account, Client};
use uaa_model::Micros;

/// The code that a device shows: RFC 8628 section 3.3. Posts `user_code`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before, or came in the address.
    pub user_code: String,
    /// Whether there is no such code, or no longer.
    pub wrong: bool,
}

/// Whether the device is theirs: RFC 8628 section 5.4. Posts `decision=allow` or `decision=deny`.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceConfirm {
    /// Where the form posts to.
    pub action: String,
    /// The code, which stands on the device too.
    pub user_code: String,
    /// What the form carries along besides; the code itself is `user_code`.
    pub client: Client,
    /// Who is asked.
    pub account: Account,
    /// Where they sign in as somebody else.
    pub not_you: String,
    /// Where the device asked from: place, if known, and address.
    pub from: String,
    /// When it asked.
    pub at: Micros,
    /// What it will be given; nothing means that it learns which account it is, and no more.
    pub scopes: Vec<crate::Asked>,
    /// Whether the identifier is one that only this application has, and comes without anything else (pairwise subjects).
    pub identifier_alone: bool,
}

/// Done: the device goes on, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceDone {
    /// Whose device it is.
    pub client: Client,
    /// Whether it was allowed.
    pub allowed: bool,
    /// Where connected applications are listed.
    pub applications: Option<String>,
}

impl DeviceConfirm {
    pub(crate) fn may(&self, x: &crate::scene::Scene<'_>) -> Vec<String> {
        crate::scope::lines(x, &self.scopes, self.identifier_alone)
    }
}

page!(Device, "page/device.html", |_, x| x.text("device-title"));
page!(DeviceConfirm, "page/device_confirm.html", |_, x| x.text("device-confirm-title"));
page!(DeviceDone, "page/device_done.html", |p, x| x.text(if p.allowed {
    crate::words::key("device-done-title")
} else {
    crate::words::key("device-denied-title")
}));

crate::quiet::quiet!(Device, DeviceConfirm);
