"""What belongs together in [mail]: each way of signing in wants some keys, and has no use for others."""

from __future__ import annotations

from collections.abc import Iterator

from data.web.public_addresses import is_this_machine
from monitor.config.checks.document import Document, table, text
from monitor.config.faults import Fault, quoted, toml
from monitor.config.model import MailTable

PASSWORDS = ("password_env", "password_file")
SECRETS = ("secret_env", "secret_file", "certificate_file")
_APPLICATION = ("tenant", "client_id")
_SERVER = ("host", "port", "security", "user")
_USELESS = {
    "password": (
        (*_APPLICATION, *SECRETS),
        "belongs to an application of Microsoft 365, and this signs in with a password. "
        'Write: sign_in = "graph", or "xoauth2"; or remove this line.',
    ),
    "xoauth2": (
        PASSWORDS,
        'is for sign_in = "password"; here a token stands in its place. Remove this line.',
    ),
    "graph": (
        (*_SERVER, *PASSWORDS),
        'is for a mail server, and sign_in = "graph" needs none. Remove this line.',
    ),
}
"""By the way of signing in: keys that it has no use for, and what is said of one."""


def server(document: Document) -> Iterator[Fault]:
    """A line that others can read is for this machine alone."""
    mail = table(document, "mail")
    host = text(mail, "host")
    if mail.get("security") == "none" and host and not is_this_machine(host):
        what = f"“none” sends password and mails for all to read, and {quoted(host)} is not this machine. "
        yield Fault(("mail", "security"), what + 'Write: security = "starttls", or "tls".')


def sign_in(document: Document) -> Iterator[Fault]:
    """What this way of signing in lacks, what it has no use for, and what is given twice."""
    mail = table(document, "mail")
    way = mail.get("sign_in", "password")
    if way not in _USELESS:
        return
    useless, what = _USELESS[way]
    yield from (Fault(("mail", key), what) for key in useless if key in mail)
    yield from _missing(mail, way)
    for places in (PASSWORDS, SECRETS):
        given = [key for key in places if mail.get(key) and key not in useless]
        for key in given[1:]:
            yield Fault(("mail", key), f"“{given[0]}” is given too. Keep one of them.")


def _missing(mail: Document, way: str) -> Iterator[Fault]:
    needed = {"password": ("host",), "xoauth2": ("host", *_APPLICATION), "graph": _APPLICATION}[way]
    for key in needed:
        if key not in mail:
            example = MailTable.model_fields[key].examples or [""]
            yield Fault(("mail", key), f"is missing. Add it, for example: {key} = {toml(example[0])}")
    if way != "password" and not any(key in mail for key in SECRETS):
        what = (
            "is missing: what the application signs in with. Add, for example: "
            'secret_file = "mail-secret", secret_env = "SCHOOLGATE_MAIL_SECRET", or '
            'certificate_file = "mail-certificate.pem"'
        )
        yield Fault(("mail", "secret_file"), what)
