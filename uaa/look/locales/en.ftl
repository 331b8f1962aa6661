### Every sentence of the pages, in English. Sentence case, no exclamation marks, no "please"; titles say what one does or what
### happened; buttons are verbs that come true. Markup: strong, code, time, a, br.

## Around every page
help = Help
privacy = Privacy
terms = Terms
language = Language
by-hallmark = Sign-in by Hallmark
nav-account = Account
nav-home = Applications
nav-profile = Profile
nav-roles = Roles
signed-in-as = Signed in as
sign-out = Sign out
sign-in = Sign in
continue = Continue
change = Change
command = Command
account-unseen = Account:
account-change = Change account
to-continue = to continue to <strong>{ $client }</strong>
signed-in-account = You are signed in as <strong>{ $name }</strong>, { $mail }.
not-you = Not you?
allow = Allow
deny = Deny
your-applications = Your applications

## Proofs
proof-password = Password
proof-passkey = Passkey
proof-app = Authenticator app
proof-recovery-code = Recovery code
proof-passcode = Passcode

## Times
clock = { $hour }:{ $minute }
clock-seconds = { $hour }:{ $minute }:{ $second }
clock-utc = { $clock } UTC
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
today = today
yesterday = yesterday
ago = { $span } ago
day-at = { $day } at { $clock }
date-at = { $date } at { $clock }
span = { $count } { $unit ->
    [seconds] { $count ->
        [one] second
       *[other] seconds
    }
    [minutes] { $count ->
        [one] minute
       *[other] minutes
    }
    [hours] { $count ->
        [one] hour
       *[other] hours
    }
   *[days] { $count ->
        [one] day
       *[other] days
    }
}
span-words = { WORDS($count) } { $unit ->
    [seconds] { $count ->
        [one] second
       *[other] seconds
    }
    [minutes] { $count ->
        [one] minute
       *[other] minutes
    }
    [hours] { $count ->
        [one] hour
       *[other] hours
    }
   *[days] { $count ->
        [one] day
       *[other] days
    }
}

## Sign in: who are you
sign-in-title = Sign in
username = E-mail or user name
sign-in-passkey = Sign in with a passkey
or-organization = or with your organization
continue-with = Continue with { $provider }
provider-last = Used last on this device
all-organizations = All { $count } organizations
new-here = New here?
create-account-link = Create an account

## Sign in: the password
password-title = Enter your password
password = Password
remember = Keep me signed in on this device
forgot-link = Forgot your password?
other-way = Sign in another way

## What happened before
wrong-password = The user name or the password is not right.
wrong-password-then = Check both and try again.
wrong-password-left = Check both and try again. After { WORDS($left) } more { $left ->
    [one] attempt
   *[other] attempts
}, sign-in pauses for a while.
passkey-needs-script = A passkey needs JavaScript.
passkey-needs-script-then = Allow it for this page and press the button again, or sign in with your user name.
passkey-failed = The passkey was not accepted.
passkey-failed-then = Try it again, or sign in with your user name.
session-ended = Your session has ended.
session-ended-then = Sign in again, and you go on where you were.
form-expired = The page was open for too long.
form-expired-then = Nothing was sent. Enter it again.
password-changed = Your new password is set.
password-changed-then = Sign in with it.
address-confirmed = Your address is confirmed.
address-confirmed-then = Sign in to go on.
provider-failed = { $provider } did not sign you in.
provider-failed-then = Try it again, or choose another way. If it happens again, tell your platform team.
account-off = This account may not sign in.
account-off-then = Ask your platform team to turn it on.

## Paused
locked-title = Sign-in is paused
locked-lead = Too many attempts were made for this account.
locked-until = Try again after <time datetime="{ $iso }">{ $clock }</time>, in about { $span }.
locked-means = Nothing has changed in your account. The pause protects it from someone who guesses passwords.
reset-password = Reset your password
locked-not-you = Was this not you? Tell your platform team: <a href="mailto:{ $contact }">{ $contact }</a>.
locked-reference = Reference <code>{ $reference }</code>.

## Errors
error-title = We cannot go on from here
error-title-not-found = There is no such page
error-title-ours = Something failed here
error-lead-request = The application that sent you made a request that we cannot answer safely.
error-lead-expired = What this page stood for is over.
error-lead-not-found = The address may be mistyped, or the page has moved.
error-lead-not-allowed = You are signed in, but your account may not do this.
error-lead-ours = It is not your fault, and it has been written down.
error-return-address = The return address is not registered for “{ $client }”.
error-unknown-client = The application that sent you is not known here.
error-malformed = The request is incomplete or says something twice.
error-expired = The page was open for too long, or was opened a second time.
error-not-found = Nothing lies at this address.
error-not-allowed = Your account lacks a right for this.
error-ours = The request could not be finished.
error-not-sent-back = So we did not send you back. Your account is not affected.
error-nothing-changed = Your account is not affected.
error-then-application = Go back to the application and try once more. If this page returns, send these details to its owner.
error-then-not-found = Go back, or begin at your applications.
error-then-not-allowed = Ask your platform team if you need it, and send them these details.
error-then-ours = Try again in a moment. If this page returns, send these details to your platform team.
error-code = Error
error-client = Client
error-reference = Reference
error-time = Time
error-time-at = <time datetime="{ $iso }">{ $date }, { $seconds }</time>

## Consent
consent-title = { $client } asks for access
technical-names = Technical names
technical-client = Client <code>{ $client }</code>, answers go to <code>{ $uri }</code>
scopes-you = About you
scopes-platform = On the platform
scopes-accounts = Accounts
scopes-zone = Running this sign-in service
scopes-other = In other services
scopes-away = When you are away
scope-required = Always needed to sign you in
only-where-you-may = Only where you may do this yourself
scope-openid = The identifier of your account
scope-profile = Your name and picture
scope-email = Your e-mail address
scope-phone = Your phone number
scope-address = Your postal address
scope-roles = The groups that you are in
scope-user-attributes = More about you, as your organization keeps it
scope-user-attributes-why = For example your department or employee number
scope-offline-access = Keep this access until you take it back
scope-offline-access-why = You can end it at any time in your profile
scope-cc-read = See your organizations, spaces and applications
scope-cc-write = Push, change, start and stop applications
scope-cc-admin = Do everything on the platform
scope-cc-admin-why = In all organizations, if your account is an administrator’s
scope-cc-admin-read-only = See everything on the platform
scope-cc-global-auditor = See everything on the platform except secrets
scope-cc-service-permissions = See whether you may manage a service
scope-firehose = Read logs and metrics of every application
scope-logs-admin = Read logs of every application
scope-routes-read = See routes
scope-routes-write = Make and remove routes
scope-router-groups-read = See router groups
scope-router-groups-write = Change router groups
scope-network-write = Let applications reach each other
scope-network-admin = Let any applications reach each other
scope-uaa-user = Act as you in this sign-in service
scope-password-write = Change your password
scope-approvals = See and change what you allowed to applications
scope-scim-me = See and change your account
scope-scim-read = See all accounts and groups
scope-scim-write = Change all accounts and groups
scope-scim-create = Create accounts
scope-scim-userids = Look up who an account belongs to
scope-scim-invite = Invite people
scope-groups-update = Change groups
scope-uaa-admin = Do everything in this sign-in service
scope-uaa-admin-why = If your account is an administrator’s
scope-uaa-resource = Check tokens
scope-clients-read = See registered applications
scope-clients-write = Register and change applications
scope-clients-secret = Change the secret of an application
scope-clients-admin = Register, change and remove any application
scope-zones-read = See identity zones
scope-zones-write = Create and change identity zones
scope-idps-read = See identity providers
scope-idps-write = Change identity providers
scope-scim-zones = Give accounts rights in identity zones
scope-zone-admin = Do everything in an identity zone

## Passcode
passcode-title = Your passcode
passcode-lead = It signs in one command line, once, as <strong>{ $name }</strong>.
passcode-until = Valid until <time datetime="{ $iso }">{ $clock }</time>, { $spanWords } from now, and for one sign-in. One click selects it.
passcode-step-start = In your terminal, start the sign-in:
passcode-step-paste = Paste the passcode when the command asks for it. It is not shown while you paste.
passcode-new = New passcode
passcode-warning = Give a passcode to nobody. A new one makes the old one useless.

## Signed out
sign-out-title = Sign out?
sign-out-asked = <strong>{ $client }</strong> asks to sign you out, here and in the applications you opened from here.
sign-out-all = You are signed out here and in the applications you opened from here.
stay-signed-in = Stay signed in
signed-out-title = You are signed out
signed-out-lead = Of { $zone } and of the applications you opened from it.
signed-out-confirmed = { $count ->
    [one] One application
   *[other] { $count } applications
} confirmed it: { $names }.
signed-out-silent = { $count ->
    [one] One application
   *[other] { $count } applications
} did not answer: { $names }.
signed-out-silent-then = You may still be signed in there. Sign out there as well.
signed-out-shared = On a shared computer, close the browser window as well.
sign-in-again = Sign in again

## Applications
home-title = Applications
home-lead = What you can open with this account.
home-empty = No applications yet
home-empty-then = When a team gives you access to an application, it appears here.
home-empty-roles = When a team gives you access to an application, it appears here. Your <a href="{ $href }">organizations and roles</a> show what you may do today.

## Handing over to an application
hand-over-title = Back to { $client }
hand-over-lead = You are signed in. If nothing happens by itself, press the button.
