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
form-expired = The page was out of date.
form-expired-then = Nothing was sent. Enter it again.
password-changed = Your new password is set.
password-changed-then = Sign in with it.
address-confirmed = Your address is confirmed.
address-confirmed-then = Sign in to go on.
invitation-accepted = Your account is ready.
invitation-accepted-then = Sign in with the password that you chose.
provider-failed = { $provider } did not sign you in.
provider-failed-then = Try it again, or choose another way. If it happens again, tell your platform team.
account-off = This account may not sign in.
account-off-then = Ask your platform team to turn it on.

## Paused
locked-title = Sign-in is paused
locked-lead = Too many attempts were made for this account.
locked-until = Try again after <time datetime="{ $iso }">{ $clock }</time>, in about { $span }.
locked-means = Nothing has changed in your account. The pause protects it from someone who guesses passwords or codes.
reset-password = Reset your password
locked-not-you = Was this not you? Tell your platform team: <a href="mailto:{ $contact }">{ $contact }</a>.
locked-reference = Reference <code>{ $reference }</code>.

## Not confirmed
unverified-title = Confirm your address first
unverified-lead = Nobody has confirmed the address of this account yet.
unverified-means = You can sign in when it is confirmed.
unverified-open = Open the link in the message that came to the address, or have a new one sent there.
unverified-ask = Ask your platform team to confirm it.

## Errors
error-title = We cannot go on from here
error-title-not-found = There is no such page
error-title-cookies = Cookies are needed
error-title-busy = Busy at the moment
error-title-ours = Something failed here
error-lead-request = The application that sent you made a request that we cannot answer safely.
error-lead-expired = What was sent cannot be taken.
error-lead-cookies = Your browser sent none along with the form.
error-lead-not-found = The address may be mistyped, or the page has moved.
error-lead-not-allowed = You are signed in, but your account may not do this.
error-lead-busy = More is asked of this service than it can do at once.
error-lead-ours = It is not your fault, and it has been written down.
error-return-address = The return address is missing or not registered for “{ $client }”.
error-unknown-client = The application that sent you is not known here.
error-hint = What says whose sign-in this is about (id_token_hint) is missing or not valid.
error-request-uri = The request that the application refers to (request_uri) is not valid, used up or too old.
error-malformed = The request is incomplete or says something twice.
error-expired = The form is not one that this browser was given.
error-cookies = Without cookies it cannot be told whose form this is.
error-not-found = Nothing lies at this address.
error-not-allowed = Your account lacks a right for this.
error-busy = The request was not taken.
error-ours = The request could not be finished.
error-not-sent-back = So we did not send you back. Your account is not affected.
error-nothing-sent = Nothing was sent. Your account is not affected.
error-nothing-changed = Your account is not affected.
error-then-application = Go back to the application and try once more. If this page returns, send these details to its owner.
error-then-expired = Load the page again and enter it there.
error-then-cookies = Allow cookies for this site, then load the page again.
error-then-not-found = Go back, or begin at your applications.
error-then-not-allowed = Ask your platform team if you need it, and send them these details.
error-then-busy = Wait a moment, then load the page again.
error-then-ours = Try again in a moment. If this page returns, send these details to your platform team.
load-again = Load the page again
error-code = Error
error-client = Client
error-reference = Reference
error-time = Time
error-time-at = <time datetime="{ $iso }">{ $date }, { $seconds }</time>

## Consent
consent-title = { $client } asks for access
client-privacy = What it does with your data, at { $host }
client-terms = Its terms, at { $host }
technical-names = Technical names
technical-client = Client <code>{ $client }</code>, answers go to <code>{ $uri }</code>
scopes-you = About you
scopes-platform = On the platform
scopes-accounts = Accounts
scopes-zone = Running this sign-in service
scopes-other = In other services
scopes-away = When you are away
scope-required = Goes with every sign-in
only-where-you-may = Only where you may do this yourself
scope-openid = The identifier of your account
scope-openid-why = With it, the name, e-mail address and phone number that your account holds
scope-openid-own = One that only this application has
scope-openid-all = The identifier of your account, with its name, e-mail address and phone number
scope-openid-alone = An identifier of your account that only this application has
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
sign-out-all = This signs you out here and in the applications you opened from here.
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
back-to = Back to { $client }
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

## A second proof
second-factor-title = Enter the code from your app
second-factor-lead = Your password is accepted. One more proof is needed.
six-digits = Six-digit code
code-wrong = That code is not right. Wait for the next one and check the time on your phone.
from-app = From your authenticator app.
from-app-named = From the authenticator app on “{ $app }”.
trust-device = Do not ask on this device for { $days ->
    [one] one day
   *[other] { $days } days
}
verify = Verify
use-passkey = Use a passkey
recovery-title = Use a recovery code
recovery-lead = One of the ten codes that you saved when you set up your second factor.
recovery-wrong = That code is not right, or it was used before.
recovery-left = Each code works once. You have { $left } left.
use-app = Use the authenticator app instead
lost-both = I have neither: ask the platform team to reset my factors
recovery-codes-title = Keep these recovery codes
recovery-codes-lead = Each opens your account once, on the day when everything else is lost. They are shown only now.
recovery-codes-label = { $count ->
    [one] One recovery code
    [10] Ten recovery codes
   *[other] { $count } recovery codes
}
recovery-codes-keep = Print them, or write them down. Keep them where you keep your passport.
recovery-codes-kept = I have kept them
finish = Finish
set-up-app-title = Set up your authenticator app
set-up-app-lead = { $zone } asks for a second proof. It takes a minute, once.
set-up-app-lead-own = A second proof beside your password. It takes a minute, once.
set-up-app-scan = Scan this with an authenticator app.
set-up-app-picture = QR code with the key below
set-up-app-key = Cannot scan? Enter this key: <code>{ $key }</code>
set-up-app-code = Enter the code that it shows
set-up-passkey-instead = Set up a passkey instead

## Passkeys
passkey-title = Use your passkey
passkey-lead = Your browser asks for your fingerprint, your face or the PIN of your device.
passkey-set-up-title = Set up a passkey
passkey-set-up-lead = Sign in with your fingerprint, face or device PIN. Nothing to type, nothing to steal.
passkey-set-up-script-then = Allow it for this page and press the button again.
passkey-name = What to call it
passkey-name-hint = So that you know it again among your passkeys.
passkey-make = Make a passkey
passkey-not-made = No passkey was made.
passkey-not-made-then = Try it again, or come back later. Nothing has changed in your account.
not-now = Not now

## Choose an account
choose-account-title = Choose an account
known-signed-out = { $mail }, signed out
forget-account = Remove { $name }, { $mail }, from this browser
another-account = Use another account
sign-out-of-all = Sign out of all

## Devices
device-title = Connect a device
device-lead = A command line, a television or another device shows you a code. Enter it here.
device-code = Code on the device
device-hint = Eight letters. Capitals and the hyphen do not matter.
device-wrong = There is no such code, or it has expired. Compare it with the one on the device, or begin again there.
device-confirm-title = Is this your device?
device-same = The device must show exactly this code:
device-asks = Asks for access
device-from = Asked from
device-at = Asked at
device-at-when = <time datetime="{ $iso }">{ $clock }</time>, { $ago }
device-may = It may
device-may-nothing = know which account this is, and nothing else
device-warning = Allow only if you started this yourself. Someone who sends you a code wants to use your account.
device-done-title = The device is connected
device-done-lead = You can close this page and go on there.
device-done = <strong>{ $client }</strong> may now act for you.
device-done-then = It continues within a few seconds.
device-denied-title = The device is not connected
device-denied-lead = You can close this page.
device-denied = <strong>{ $client }</strong> may not act for you.
device-denied-then = Was it not you who started this? Then nothing is left to do.
connected-link = See or end connected applications

## Passwords
forgot-title = Reset your password
forgot-lead = We send a link to the address of your account.
forgot-elsewhere = Your company keeps your password? Then reset it there: <a href="{ $href }">{ $name }</a>.
send-link = Send the link
back-to-sign-in = Back to sign-in
check-mail-title = Check your mail
check-mail-lead = The link in it works once, for { $span }.
check-mail-if = If an account belongs to <strong>{ $address }</strong>, a message is on its way.
check-mail-new = A message is on its way to <strong>{ $address }</strong>. If the address has an account already, sign in instead.
check-mail-address = A message is on its way to <strong>{ $address }</strong>. The address changes when you confirm it there.
check-mail-confirm = If the address of the account <strong>{ $address }</strong> is to be confirmed, a message is on its way there.
check-mail-from = It comes from <strong>{ $from }</strong> and usually arrives within a minute.
check-mail-junk-alone = Nothing there? Look among the junk mail.
check-mail-junk = Nothing there? Look among the junk mail, then send it again.
send-again = Send again
another-address = Use another address
new-password-title = Choose a new password
new-password-lead = For <strong>{ $username }</strong>. All other sessions of the account end.
password-new = New password
password-now = Present password
password-choose = Choose a password
password-again = The same again
save-and-sign-in = Save and sign in
save-and-go-on = Save and go on
force-change-title = Change your password
force-change-lead = Your platform team asks for a new one. Then you go on where you were.
change-password-lead = All other sessions of the account end.
force-change-expired = It ran out on { $date }. Choose a new one, then you go on where you were.
password-against-rules = This password is shorter or simpler than it has to be. Choose another.
password-common = This password is on the list of the most used ones. Choose another.
password-used-before = You have had this password before. Choose another.
password-not-the-same = The two are not the same. Enter it again.
password-wrong-old = The present password is not right.
rule-least = At least { $count } characters.
rule-not-last = { $count ->
    [one] Not your last password.
   *[other] None of your last { WORDS($count) } passwords.
}
rule-capitals = At least { WORDS($count) } { $count ->
    [one] capital letter
   *[other] capital letters
}.
rule-small = At least { WORDS($count) } { $count ->
    [one] small letter
   *[other] small letters
}.
rule-digits = At least { WORDS($count) } { $count ->
    [one] digit
   *[other] digits
}.
rule-others = At least { WORDS($count) } other { $count ->
    [one] character
   *[other] characters
}.
rule-sentence = A short sentence works well; symbols are not required.

## Joining
invitation-title = Join { $place }
invitation-by-to = <strong>{ $by }</strong> invites you to the organization { $organization } on { $zone }.
invitation-by = <strong>{ $by }</strong> invites you to { $zone }.
invitation-you = You are invited to { $zone }.
invitation-become = You become
invitation-as = Invited as
invitation-until = Valid until
date-marked = <time datetime="{ $iso }">{ $date }</time>
your-name = Your name
accept-invitation = Accept the invitation
have-account = Have an account?
sign-in-to-accept = Sign in to accept
register-title = Create an account
register-lead = One account for everything on { $zone }.
mail-address = E-mail address
mail-wrong = This is not an e-mail address.
mail-of-provider = Addresses like this belong to { $provider }. Accounts are not made for them here.
read-it = Read it
create-account = Create account
verify-title = Confirm your address
verify-lead = For <strong>{ $mail }</strong>.
verify-why = One click, so that a mail program that opens links by itself does not confirm it for you.
verify-button = Confirm the address
link-expired-title = This link no longer works
link-expired-lead = It was used already, a newer one was sent, or it is older than { $span }.
link-expired-why = Links in our mail work once and for { $span }, so that an old message in a mailbox opens nothing. A new one takes a minute.
link-expired-ask = Ask the person who sent it for a new one.
link-expired-anew = Create an account
send-new-link = Send a new link
mail-not-set-up-title = Mail is not set up
mail-not-set-up-lead = No message can be sent from here.
mail-no-server = This server has no mail server to send through.
mail-no-server-then = Ask the platform team to set one up, or to do for you what you came for.
for-operator = For the operator:
change-email-title = Change your address
change-email-lead = So far it is <strong>{ $current }</strong>.
change-email-new = New e-mail address
change-email-hint = We send a link there. The address changes when you confirm it.
back-to-profile = Back to your profile

## Profile
profile-title = Profile and security
profile-lead = How you prove who you are, and where you did.
profile-you = You
profile-you-managed = Your name comes from { $directory } and is changed there.
profile-you-own = Your name, and how we reach you.
profile-name = Name
profile-mail-verified = E-mail, verified
profile-mail-unverified = E-mail, not verified
profile-password-why = Length counts most. A short sentence is a good password.
profile-password-changed = Changed { $date }
profile-passkeys = Passkeys
profile-passkeys-why = Sign in with your fingerprint, face or device PIN. Nothing to type, nothing to steal.
profile-passkey-add = Add a passkey
profile-app-why = A six-digit code that changes every 30 seconds.
profile-app-add = Set up an authenticator app
factor-used = Added { $added }, last used { $day }
factor-unused = Added { $date }, never used
remove = Remove
rename = Rename
factor-name = Name
save = Save
profile-recovery = Recovery codes
profile-recovery-why = For the day when you have lost the rest. Keep them on paper.
profile-recovery-left = { $left } of { $of } left
profile-recovery-made = Made { $date }
profile-recovery-renew = Make new codes
profile-sessions = Sessions
profile-sessions-why = Where you are signed in now. Ending a session takes effect at once.
session-now = Active now
session-active = Active { $ago }, signed in { $since }
session-this = This device
session-end = End
sign-out-everywhere = Sign out everywhere
profile-applications = Connected applications
profile-applications-why = What you allowed. Taking it back ends their access at once.
connected-since = Since { $date }
take-back = Take back

## Roles
access-title = Organizations and roles
access-lead = What { $who } may do, where, and through whom.
access-caption = Roles by organization and space
access-empty = No roles yet
access-empty-then = When somebody gives you a role in an organization, it appears here.
access-place = Place
access-role = Role
access-through = Through
access-explanation = Explanation
access-organization = organization
role-custom = Custom role
role-given = Given to you
role-since = Since { $date }
role-until = Until { $date }
role-group-since = Group, since { $date }
why = Why?
why-of = Why: { $role } in { $place }
stamp-allowed = Allowed
stamp-denied = Denied
why-allowed = { $who } may { $what ->
    [app-push] push applications in { $place }
    [space-delete] delete the space { $place }
   *[other] do this in { $place }
}
why-denied = { $who } may not { $what ->
    [app-push] push applications in { $place }
    [space-delete] delete the space { $place }
   *[other] do this in { $place }
}
why-nothing-denies = Nothing denies it.
why-decision = Decision <code>{ $decision }</code>, { $seconds }.
why-entry = Entry { $entry } of the audit log.
ask-for-role = Ask for the role
step-role-allows = The role allows it
step-role-allows-how = { $role } holds <code>{ $permission }</code>, one of its { $of } permissions.
step-group-has = A group has the role
step-group-from = { $group }, which comes from { $directory }:<br><code>{ $name }</code>
step-group-ours = { $group }, a group of this zone.
step-given-here = The role is given here
step-given-for-good = Assigned to { $place } by { $by } on { $date }. No end date.
step-given-until = Assigned to { $place } by { $by } on { $date }, until { $until }.
step-in-group = { $who } is in the group
step-seen = Last seen { $ago }.
step-needs = It needs a permission
step-needs-what = <code>{ $permission }</code>, there or on what it is in.
step-no-role = No role here has it
step-looked-at = Looked at: { $looked }. Roles in other places do not count here.
step-barred = The place is closed
step-barred-where = { $place } is suspended or being deleted.
step-would = What would allow it
step-would-role = { $role } of { $place }.
step-would-by = { $role } of { $place }. { $by } can give it.

## Messages
clock-named = { $clock } (UTC{ $offset })
mail-open = If the button does nothing, open this address:
mail-works = Works
mail-works-how = once, until { $clock }, { $spanWords } from now
mail-asked-from = Asked from
mail-asked-with = With
mail-preview = The link works once, until { $clock }.
mail-never-asks = Nobody there will ever ask you for a password or a code.
mail-questions = Questions: { $contact }
mail-foot-account = You receive this message because the address belongs to an account on { $zone }.
mail-foot-entered = You receive this message because someone entered your address on { $zone }.
mail-reset-subject = Reset your password for { $zone }
mail-reset-title = Reset your password
mail-reset-lead = Someone asked to reset the password of <strong>{ $username }</strong>. If it was you, choose a new one:
mail-reset-button = Choose a new password
mail-reset-not-you = It was not you? Then do nothing. Your password stays as it is, and the link expires by itself.
mail-verify-subject = Confirm your e-mail address for { $zone }
mail-verify-title = Confirm your address
mail-verify-lead = Somebody, most likely you, wants to create an account on { $zone } with <strong>{ $mail }</strong>. Confirm that the address is yours:
mail-verify-button = Confirm the address
mail-verify-not-you = It was not you? Then do nothing: without the confirmation there is no account.
mail-confirm-lead = The account <strong>{ $username }</strong> on { $zone } waits until somebody confirms its address <strong>{ $mail }</strong>. If it is yours, do so:
mail-confirm-not-you = It is not yours? Then do nothing: without the confirmation nobody signs in to the account.
mail-invite-subject-to = { $by } invites you to { $organization } on { $zone }
mail-invite-subject = { $by } invites you to { $zone }
mail-invite-lead-to = <strong>{ $by }</strong> ({ $mail }) invites you to the organization { $organization } on { $zone }.
mail-invite-lead = <strong>{ $by }</strong> ({ $mail }) invites you to { $zone }.
mail-invite-preview-role = You become: { $role }.
mail-invite-preview = Valid until { $date }.
mail-invite-not-you = You do not know the sender? Then do nothing, and no account is made.
mail-invite-lead-plain = <strong>{ $by }</strong> invites you to { $zone }.
mail-new-password-subject = Your password for { $zone } was changed
mail-new-password-title = Your password was changed
mail-new-password-lead = <strong>{ $username }</strong> has a new password. All other sessions of the account have ended.
mail-new-address-subject = Your account on { $zone } has another address
mail-new-address-title = Another address
mail-new-address-lead = Messages for <strong>{ $username }</strong> now go to <strong>{ $mail }</strong>, and no longer here.
mail-changed-preview = If it was not you, act now.
mail-changed-button = Open your account
mail-changed-at = When
mail-changed-not-you = It was not you? Then somebody has got into the account. Set a new password at once, and tell the platform team.
mail-change-subject = Confirm your new address for { $zone }
mail-change-title = Confirm your new address
mail-change-lead = The account <strong>{ $old }</strong> on { $zone } is to get the address <strong>{ $new }</strong>. If it was you, confirm it:
mail-change-not-you = It was not you? Then do nothing. The account keeps its address, and the link expires by itself.
