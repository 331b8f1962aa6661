"""A mail server that delivers nothing: it says what it was given, one JSON object a line. Needs aiosmtpd of PyPI.

usage: mail_sink.py PORT plain | mail_sink.py PORT starttls|implicit CERTIFICATE KEY. The last two want the user `hallmark` and
the password `open sesame`. It ends with its standard input. An address that begins with `nobody` has no mailbox, one that begins
with `later` has one that is full today.
"""

import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("later"):
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: message.get_body((kind,)).get_content()
        print(
            json.dumps(
                {
                    "sender": envelope.mail_from,
                    "to": envelope.rcpt_tos,
                    "headers": [[name, str(value)] for name, value in message.items()],
                    "text": part("plain"),
                    "html": part("html"),
                }
            ),
            flush=True,
        )
        return "250 OK"


def authenticator(server, session, envelope, mechanism, auth_data):
    right = auth_data.login == b"hallmark" and auth_data.password == b"open sesame"
    return AuthResult(success=right, handled=False)


def main():
    port, kind, *files = sys.argv[1:]
    how = {}
    if kind != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*files)
        how = {"authenticator": authenticator, "auth_required": True}
        if kind == "starttls":
            how |= {"tls_context": context, "require_starttls": True}
        else:
            how |= {"ssl_context": context, "auth_require_tls": False}
    controller = Controller(Sink(), hostname="127.0.0.1", port=int(port), **how)
    controller.start()
    print("ready", flush=True)
    sys.stdin.read()


main()
