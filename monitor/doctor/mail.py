"""Checks of where messages go: the mail server reached, private, signed in; short messages' addresses known.

Nothing is sent.
"""

from __future__ import annotations

from dataclasses import replace

from alerts.delivery.deadline_smtp import probe
from alerts.delivery.results import Cause
from data.words.say import words
from monitor.config.load import Config
from monitor.doctor.findings import Finding, fault, ok

WAIT_S = 5.0
"""So long the server may take to answer; three times as long in all."""

_LINES = {"starttls": "STARTTLS", "tls": "TLS", "none": "this machine alone"}
_FIT = "Look whether “port” and “security” in [mail] fit: 587 with starttls, 465 with tls."
_REMEDIES = {
    Cause.UNREACHABLE: "Correct “host” and “port” in [mail] (587 for starttls, 465 for tls), or let this "
    "machine through to it.",
    Cause.DROPPED: _FIT,
    Cause.NO_TLS: _FIT,
    Cause.CERTIFICATE: "Write in [mail] the “host” that stands in the certificate. If it has run out, "
    "whoever runs the server renews it.",
    Cause.SIGN_IN_REFUSED: "Correct “user” in [mail], and the password that “password_env” or "
    "“password_file” names. Some providers want a password for programs.",
    Cause.NO_SIGN_IN: "Ask whoever runs the server for sign-in by name and password (PLAIN or LOGIN), or "
    "take “user” out of [mail].",
    Cause.PASSWORD: "Set the password that “password_env” or “password_file” names: plain letters, digits "
    "and signs, without accents.",
    Cause.PLAIN: 'Write in [mail]: security = "starttls"',
}
_OTHERWISE = "Wait, then again: schoolgate doctor"


def chats(config: Config) -> list[Finding]:
    """Addresses for short messages that would fail at night; the service behind them is not asked."""
    if not config.chats:
        return []
    from alerts.delivery.chat import known
    from alerts.delivery.chat_guard import stays_inside

    at = {person: address.get_secret_value() for person, address in config.chats.items()}
    unknown = [p for p, address in at.items() if not known(address)]
    inside = [p for p, address in at.items() if stays_inside(address, config.network.own_servers)]
    found = []
    if unknown:
        what = f"The address for short messages to {', '.join(unknown)} is not of a kind that apprise knows."
        remedy = "Write it as docs/alerts-and-mail.md shows, for example ntfys://tk_TOKEN@HOST/TOPIC"
        found.append(fault("chat", what, remedy))
    if inside:
        what = (
            f"The address for short messages to {', '.join(inside)} leads into a private network: not asked."
        )
        remedy = 'If the server there is the school\'s own, write in [network]: own_servers = ["its name"]'
        found.append(fault("chat", what, remedy))
    what = f"Addresses for short messages, all of a kind that apprise knows: {len(at)}."
    return found or [ok("chat", what)]


def server(config: Config) -> list[Finding]:
    """Whether the configured mail server would take a message from us; nothing where none is configured."""
    from monitor.service.delivery import mail_server

    there = mail_server(config)
    if there is None:
        return []
    result = probe(replace(there, connect_s=WAIT_S, command_s=WAIT_S, message_s=3 * WAIT_S))
    where = f"{there.host}, port {there.port}"
    if result.cause is None:
        signed = f", signed in as {there.user}" if there.user else ""
        return [ok("mail", f"The mail server answers ({where}, by {_LINES[there.security]}{signed}).")]
    said = words("en")(f"failure.cause.{result.cause}")
    code = f" It says {result.code}." if result.code else ""
    remedy = _REMEDIES.get(result.cause, _OTHERWISE)
    return [fault("mail", f"{said[0].upper()}{said[1:]} ({where}).{code}", remedy)]
