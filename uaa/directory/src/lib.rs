//! Floor 4: who there is and what ties them together.
//!
//! Users, groups, clients and keys of an identity zone; organizations, spaces, roles and quotas of its platform. The
//! resources live here; the protocols that speak of them are plugins above.

mod access;
mod brand;
pub mod client_metadata;
mod credentials;
mod ended;
mod expiring_code;
mod factor;
mod identity;
mod kept;
pub mod lockout;
mod mail;
mod named;
mod new_password;
mod new_user;
mod pages;
mod participant;
mod passcode;
pub mod password;
mod platform;
mod png;
mod provider;
mod resting;
mod right;
pub mod secret_cache;
mod session;
mod sign_in;
pub mod signing_key;
mod tile;
pub mod zone;

pub use access::AccessApi;
pub use brand::{BrandFile, brand, brand_file};
pub use credentials::{Attempt, Credentials, Refused, Tried};
pub use ended::{
    ENDED, EndedUpTo, LASTS, as_name, end_approvals, end_client, end_kept, end_tokens_of, end_unkept,
    name_of_session,
};
pub use expiring_code::{ExpiringCode, ExpiringCodeOwn, Invitation, NewCode, Purpose};
pub use factor::{
    Answered, AppOf, Assurance, Ceremony, Factor, FactorOwn, Factors, Half, Mine, NewApp, Next, Passed,
    factors_end, fuzz_passkey, joined, next, passkeys_work,
};
pub use identity::{
    Approval, ApprovalOwn, Client, ClientBatch, ClientOwn, ClientRegistration, Group, GroupOwn,
    RegistrationToken, RegistrationTokenOwn, SigningKey, SigningKeyOwn, Token, TokenOwn, User, UserOwn,
};
pub use kept::{Keep, keep, keep_as, keep_in};
pub use mail::{Errand, Inviter, Mail, MailOwn, Postman, is_address, queue};
pub use named::{ByName, Named};
pub use new_password::{former_passwords, set_password, with_password};
pub use new_user::{NewUser, emails, make_user, user_named, user_of, username_of, users_of_address};
pub use pages::{Asking, Pages, Shown, account, error_here, error_page, proofs, this_page, zone_called};
pub use participant::{
    LogoutNotice, LogoutNoticeOwn, Participant, ParticipantOwn, end_session, end_sessions, participants,
    takes_part,
};
pub use passcode::Passcode;
pub use platform::{
    AuditEvent, AuditEventOwn, BindingOwn, CustomRole, CustomRoleOwn, Job, JobOwn, Organization,
    OrganizationOwn, OrganizationQuota, OrganizationQuotaOwn, OrganizationRole, PlatformUser,
    PlatformUserOwn, RoleBinding, Space, SpaceOwn, SpaceQuota, SpaceQuotaOwn, SpaceRole,
};

pub use provider::{
    AuthMethod, IdentityProvider, IdentityProviderOwn, KeysAt, Met, OIDC, OWN_ORIGIN, OfDomain, OidcConfig,
    ProviderSecrets, Told, active_provider, allowed_providers, end_people, end_user, every_zones_own,
    foreign_provider, fuzz_provider, meet, prompts_of, providers_of_address, providers_of_domains,
    providers_of_issuer,
};
pub use resting::{Digest, Finding, Resting};
pub use right::{client_for_right, has_right, right_over_user};
pub use session::accounts::{Accounts, UsedAccount};
pub use session::browser_state::{browser_state, corrected};
pub use session::{Live, Session, SessionLimits, SessionOwn, Sessions, SignedIn, cookie, name_of};
pub use sign_in::{ByPasskey, Claimed, Proved, Whom, by_passkey, by_password, due, failed, succeeded};
pub use signing_key::{Keyring, NewKey};
pub use tile::ClientTile;
pub use zone::{IdentityZone, IdentityZoneOwn, ZoneInPath};

use uaa_authz::{Kind, Resource, Zone};

/// Every kind of the directory, for the registry.
pub fn kinds() -> Vec<Kind> {
    let mut kinds = vec![
        Zone::KIND,
        User::KIND,
        Group::KIND,
        Client::KIND,
        ClientBatch::KIND,
        ClientRegistration::KIND,
        IdentityProvider::KIND,
        RegistrationToken::KIND,
        Participant::KIND,
        LogoutNotice::KIND,
        SigningKey::KIND,
        Token::KIND,
        Session::KIND,
        Factor::KIND,
        Approval::KIND,
        ExpiringCode::KIND,
        Invitation::KIND,
        Mail::KIND,
        Organization::KIND,
        Space::KIND,
        PlatformUser::KIND,
        OrganizationQuota::KIND,
        SpaceQuota::KIND,
        OrganizationRole::KIND,
        SpaceRole::KIND,
        RoleBinding::KIND,
        CustomRole::KIND,
        AuditEvent::KIND,
        Job::KIND,
    ];
    kinds.extend_from_slice(identity::SYNTHETIC);
    kinds.extend_from_slice(platform::SYNTHETIC);
    kinds
}

/// Bytes as a column of text holds them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
