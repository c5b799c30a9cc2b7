"""A mail server (aiosmtpd) that writes what it takes, parsed by Python's library, to a directory.

Arguments: port, directory, security (insecure, starttls, ssl), user name and password (or two empty texts), and for TLS
the files of certificate and key. The lines of the file `troubles` in the directory answer one recipient each in the place
of an acceptance; the line `stall` is no answer.
"""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

port, directory, security, username, password, certificate, key = (sys.argv[1:] + ["", ""])[:7]
mailbox = Path(directory)
counter = 0


def next_trouble():
    file = mailbox / "troubles"
    if not file.exists():
        return None
    first, *others = file.read_text().splitlines()
    if others:
        file.write_text("\n".join(others))
    else:
        file.unlink()
    return first


def parsed(envelope):
    message = message_from_bytes(envelope.content, policy=policy.default)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if is_text(part)}
    attachments = [
        {"filename": part.get_filename(), "type": part.get_content_type(), "bytes": list(part.get_payload(decode=True))}
        for part in message.iter_attachments()
    ]
    return {
        "sender": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "text": parts.get("text/plain"),
        "html": parts.get("text/html"),
        "attachments": attachments,
    }


def is_text(part):
    return part.get_content_maintype() == "text" and part.get_filename() is None


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        trouble = next_trouble()
        if trouble == "stall":
            await asyncio.sleep(3600)
        if trouble is not None:
            return trouble
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global counter
        counter += 1
        unfinished = mailbox / "unfinished"
        unfinished.write_text(json.dumps(parsed(envelope)))
        unfinished.rename(mailbox / f"{counter:06}.json")
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    known = (username.encode(), password.encode())
    # Not handled: the library answers.
    return AuthResult(success=(data.login, data.password) == known, handled=False)


def protocol(context):
    options = {"authenticator": authenticate, "auth_required": True} if username else {}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    else:
        # The library knows of encryption only when it began it itself.
        options |= {"auth_require_tls": False}
    return SMTP(Handler(), hostname="localhost", enable_SMTPUTF8=True, data_size_limit=2**26, **options)


async def main():
    context = None
    if security != "insecure":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(context), "127.0.0.1", int(port), ssl=context if security == "ssl" else None
    )
    await server.serve_forever()


asyncio.run(main())
