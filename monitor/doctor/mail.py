"""Checks of mail: the server that takes ours, addresses for short messages, mailboxes that bring alerts.

Nothing is sent, and nothing of a mailbox is kept or changed.
"""

from __future__ import annotations

from pathlib import Path

from alerts.delivery.deadline_smtp import Server
from alerts.delivery.results import Cause
from data.types import FetchFailure, Request, Source
from data.words.say import words
from monitor import wiring
from monitor.config.load import Config
from monitor.doctor.findings import Finding, fault, ok, warn
from monitor.doctor.settings import closed_to_others

WAIT_S = 5.0
"""So long the server may take to answer; three times as long in all."""

_LINES = {"starttls": "STARTTLS", "tls": "TLS", "none": "this machine alone"}
_FIT = ("Port 587 goes with starttls, 465 with tls", "schoolgate set mail.port mail.security")
_REMEDIES = {
    Cause.UNREACHABLE: (
        "Let this machine through to it, or correct the server and its port (587 for starttls, 465 for tls)",
        "schoolgate set mail.host mail.port",
    ),
    Cause.DROPPED: _FIT,
    Cause.NO_TLS: _FIT,
    Cause.CERTIFICATE: (
        "If it has run out, whoever runs the server renews it. Else name the server as the certificate does",
        "schoolgate set mail.host",
    ),
    Cause.SIGN_IN_REFUSED: (
        "Correct the password that “password_env” or “password_file” in [mail] names (some providers want "
        "one for programs: docs/microsoft-365.md, docs/google-workspace.md), or the user",
        "schoolgate set mail.user",
    ),
    Cause.NO_SIGN_IN: (
        "Ask whoever runs the server for sign-in by name and password (PLAIN or LOGIN), or take “user” out "
        "of [mail].",
        "",
    ),
    Cause.PASSWORD: (
        "Set the password that “password_env” or “password_file” names: plain letters, digits and signs, "
        "without accents.",
        "",
    ),
    Cause.PLAIN: ("Let the line be private", "schoolgate set mail.security=starttls"),
}
_OTHERWISE = ("Wait, then look again", "schoolgate doctor")


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
        remedy = "If the server there is the school's own, name it"
        found.append(fault("chat", what, remedy, "schoolgate set network.own_servers"))
    what = f"Addresses for short messages, all of a kind that apprise knows: {len(at)}."
    return found or [ok("chat", what)]


def server(config: Config, home: Path) -> list[Finding]:
    """Whether a message of ours would be taken, as far as that shows; nothing where no way is configured."""
    from monitor.service.outgoing import mail_way, probe

    there = mail_way(config, home)
    if there is None:
        return []
    result = probe(there, WAIT_S)
    if isinstance(there, Server):
        where = f"{there.host}, port {there.port}"
        signed = f", signed in as {there.user}" if there.user else ""
        works = f"The mail server answers ({where}, by {_LINES[there.security]}{signed})."
    else:
        where = f"Microsoft Graph, from {there.sender}"
        works = f"Microsoft 365 signs us in ({where}). Whether we may send from there, only a mail can show."
    if result.cause is None:
        return [ok("mail", works)]
    said = words("en")(f"failure.cause.{result.cause}")
    code = f" It says {result.code}." if result.code else ""
    remedy, command = _REMEDIES.get(result.cause, _OTHERWISE)
    return [fault("mail", f"{said[0].upper()}{said[1:]} ({where}).{code}", remedy, command)]


def mailboxes(config: Config) -> list[Finding]:
    """Whether each mailbox can be opened and read, as the service would; nothing where there is none."""
    found = []
    for source in config.sources:
        if source.id in config.mailboxes and source.disabled is None:
            found += [*_open_to_others(config, source), _mailbox(config, source)]
    return found


def _open_to_others(config: Config, source: Source) -> list[Finding]:
    file = config.mailboxes[source.id].password_file
    if file is None or not file.exists() or closed_to_others(file):
        return []
    what = f"Others on this machine may read the file that holds the password of {source.id}."
    return [warn("mailbox", what, f"Close it: chmod 600 {file}")]


def _mailbox(config: Config, source: Source) -> Finding:
    from sources.http.politeness import Limits

    with wiring.fetcher(config, limits=Limits(connect_s=WAIT_S, deadline_s=3 * WAIT_S)) as asking:
        answer = asking.fetch(Request(source.url, auth=source.id))
    if not isinstance(answer, FetchFailure):
        return ok("mailbox", f"The mailbox {source.id} can be read ({source.url}).")
    what, _, remedy = answer.detail.partition(". ")
    remedy = remedy or "Look at “url” and “settings” of that source (docs/mailbox.md)."
    return fault("mailbox", f"The mailbox {source.id} cannot be read: {what.rstrip('.')}.", remedy)
