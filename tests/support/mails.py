"""Mails of our own words, tests/fixtures/mailbox/words, and what each says."""

import tomllib

from support.checkout import FIXTURES

WORDS = FIXTURES / "mailbox" / "words"
TABLE = tomllib.loads((WORDS / "expected.toml").read_text(encoding="utf-8"))


def raw(name):
    """A mail as it came."""
    return (WORDS / f"{name}.eml").read_bytes()


def told(mail):
    """What a mail says, as the table has it."""
    within = [{"subject": m.subject, "sent": m.sent, "lines": _shown(m.lines)} for m in mail.enclosed_mails]
    return {
        "lines": _shown(mail.lines),
        "subject": mail.subject,
        "enclosed": list(mail.enclosed),
        "mails": [{k: v for k, v in each.items() if v is not None} for each in within],
    }


def expected(name, lines="lines"):
    """What the table has."""
    given = {"subject": "Have you heard?", "enclosed": [], "mails": []} | TABLE[name]
    return {key: given[key] for key in ("subject", "enclosed", "mails")} | {
        "lines": given.get(lines, given["lines"])
    }


def _shown(lines):
    return [line for line in lines if line]
