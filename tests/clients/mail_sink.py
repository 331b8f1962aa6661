"""A mail server that delivers nothing: it says what it was given, one JSON object a line. Needs aiosmtpd of PyPI.

usage: mail_sink.py PORT. It ends with its standard input. An address that begins with `nobody` has no mailbox, one that begins
with `later` has one that is full today.
"""

import email
import email.policy
import json
import sys

from aiosmtpd.controller import Controller


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


def main():
    controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    print("ready", flush=True)
    sys.stdin.read()


main()
