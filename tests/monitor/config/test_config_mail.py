"""[mail]: three ways of signing in, and every combination that cannot work is told by what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import MAIL, SCHOOL, faults, read

APP = 'tenant = "oakfield.example.sch.uk"\nclient_id = "00001111-aaaa-2222-bbbb-3333cccc4444"\n'
SECRET = 'secret_file = "mail-secret"\n'
GRAPH = '[mail]\nsign_in = "graph"\nsender = "sg@example.sch.uk"\n'
XOAUTH2 = MAIL + 'sign_in = "xoauth2"\n'
PLANTED = "Hunter2~planted"

WORKS = {
    "password": MAIL,
    "password, named": MAIL + 'sign_in = "password"\nuser = "sg"\npassword_file = "p"\n',
    "xoauth2 with a secret in a variable": XOAUTH2 + APP + 'secret_env = "MAIL_SECRET"\n',
    "xoauth2 of another mailbox": XOAUTH2 + APP + SECRET + 'user = "box@example.sch.uk"\nport = 25\n',
    "graph with a secret in a file": GRAPH + APP + SECRET,
    "graph with a certificate": GRAPH + APP + 'certificate_file = "app.pem"\n',
    "a tenant by its number": GRAPH
    + APP.replace("oakfield.example.sch.uk", "aaaabbbb-0000-cccc-1111-dddd2222eeee")
    + SECRET,
}

REFUSED = {
    "no server": (MAIL.replace('host = "smtp.example.org"\n', ""), "host", "is missing. Add it, for example"),
    "xoauth2 without a server": (
        XOAUTH2.replace('host = "smtp.example.org"\n', "") + APP + SECRET,
        "host",
        "is missing. Add it",
    ),
    "xoauth2 without a tenant": (
        XOAUTH2 + APP.partition("\n")[2] + SECRET,
        "tenant",
        "is missing. Add it, for example: tenant =",
    ),
    "graph without an application": (
        GRAPH + APP.partition("\n")[0] + "\n" + SECRET,
        "client_id",
        "is missing. Add it, for example: client_id",
    ),
    "graph without a secret": (
        GRAPH + APP,
        "secret_file",
        "is missing: what the application signs in with. Add, for example: secret_file",
    ),
    "a secret and a certificate": (
        GRAPH + APP + SECRET + 'certificate_file = "app.pem"\n',
        "certificate_file",
        "“secret_file” is given too. Keep one of them.",
    ),
    "a secret in two places": (
        XOAUTH2 + APP + SECRET + 'secret_env = "MAIL_SECRET"\n',
        "secret_file",
        "“secret_env” is given too. Keep one of them.",
    ),
    "graph with a mail server": (
        GRAPH + APP + SECRET + 'host = "smtp.example.org"\n',
        "host",
        'is for a mail server, and sign_in = "graph" needs none. Remove this line.',
    ),
    "graph with a port": (GRAPH + APP + SECRET + "port = 587\n", "port", "is for a mail server"),
    "graph with a user": (GRAPH + APP + SECRET + 'user = "sg"\n', "user", "is for a mail server"),
    "graph with a password": (
        GRAPH + APP + SECRET + 'password_file = "p"\n',
        "password_file",
        "is for a mail server",
    ),
    "xoauth2 with a password": (
        XOAUTH2 + APP + SECRET + 'password_env = "SMTP_PASSWORD"\n',
        "password_env",
        'is for sign_in = "password"; here a token stands in its place. Remove this line.',
    ),
    "a password with a tenant": (
        MAIL + 'tenant = "oakfield.example.sch.uk"\n',
        "tenant",
        'this signs in with a password. Write: sign_in = "graph", or "xoauth2"; or remove this line.',
    ),
    "a password with a secret": (MAIL + SECRET, "secret_file", "belongs to an application of Microsoft 365"),
    "another way": (
        MAIL + 'sign_in = "oauth"\n',
        "sign_in",
        "“oauth” is not known here. Did you mean “xoauth2”?",
    ),
    "a tenant that is an address": (
        GRAPH + APP.replace("oakfield.", "https://oakfield.") + SECRET,
        "tenant",
        "is not a tenant: its number",
    ),
    "a tenant of everybody": (
        GRAPH + APP.replace("oakfield.example.sch.uk", "common") + SECRET,
        "tenant",
        "is not a tenant",
    ),
    "an application by name": (
        GRAPH + APP.replace("00001111-aaaa-2222-bbbb-3333cccc4444", "Schoolgate") + SECRET,
        "client_id",
        "“Schoolgate” is not the number of an application",
    ),
    "xoauth2 for all to read": (
        XOAUTH2 + APP + SECRET + 'security = "none"\n',
        "security",
        "“none” sends password and mails for all to read",
    ),
    "a secret in the file": (
        GRAPH + APP + f'client_secret = "{PLANTED}"\n',
        "client_secret",
        "a secret may not stand in this file. Put it into an environment variable and write that one's name: "
        'secret_env = "SCHOOLGATE_MAIL_SECRET"; or into a file of its own: secret_file = "mail-secret".',
    ),
    "a secret in place of a variable's name": (
        GRAPH + APP + f'secret_env = "{PLANTED}"\n',
        "secret_env",
        "is not the name of an environment variable",
    ),
}


@pytest.mark.parametrize("text", WORKS.values(), ids=WORKS.keys())
def test_each_way_of_signing_in_loads_with_what_it_needs(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, SCHOOL + text).mail is not None


@pytest.mark.parametrize(("text", "key", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_told_at_its_key(tmp_path: Path, text: str, key: str, told: str) -> None:
    found = [line for line in faults(tmp_path, SCHOOL + text) if f"[mail], “{key}” (line " in line]
    assert len(found) == 1
    assert told in found[0]
    assert PLANTED not in found[0]


def test_a_secret_comes_from_elsewhere_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "mail-secret").write_text(f"{PLANTED}\n")
    by_file = read(tmp_path, SCHOOL + GRAPH + APP + SECRET)
    by_env = read(tmp_path, SCHOOL + GRAPH + APP + 'secret_env = "MAIL_SECRET"\n', MAIL_SECRET=PLANTED)
    for config in (by_file, by_env):
        assert config.mail_secret is not None
        assert config.mail_secret.get_secret_value() == PLANTED
        assert PLANTED not in f"{config!r} {config!s}"
    assert read(tmp_path, SCHOOL + GRAPH + APP + 'secret_env = "NOT_SET"\n').mail_secret is None
