"""Checks of what is reached: the mail server, the accounts that people sign in with, addresses for short
messages, mailboxes, proxy and authorities.

Nothing is sent, and nothing of a mailbox is kept or changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from alerts.delivery.chat import is_known_address, stays_inside
from alerts.delivery.deadline_smtp import Server
from alerts.delivery.results import Cause, Result, SendOutcome, cause_of
from data.effects import utc_now
from data.types import FetchFailure, Request, Source
from monitor.config.load import Config
from monitor.config.model import MailSettings
from monitor.desk.oidc import LIMITS, OidcSignIn, SignInRefusal, redirect_uri
from monitor.home import wiring
from monitor.service.outgoing import mail_way, probe_mail
from monitor.setup.doctor.findings import Finding, end_sentence, tell
from monitor.setup.doctor.settings import closed_to_others
from monitor.setup.mail.trial import OFFICE, destination_words, find_remedy, result_words
from sources.http.aborted import FetchAborted
from sources.http.address_guard import Resolve, system_resolve, target_of
from sources.http.politeness import Limits
from sources.http.proxy import MAY_ENTER, SIGN_IN, led_on
from sources.http.sockets import Deadline, tls_context
from sources.mailbox.address import is_graph

WAIT_S = 5.0
"""So long a mail server or a proxy may take to answer; three times as long in all."""

_SHOWN_BY_A_MAIL = frozenset(
    (Cause.SENDER_REFUSED, Cause.MESSAGE_REFUSED, Cause.APP_NO_RIGHT, Cause.MAILBOX_UNKNOWN)
)
"""What signing in does not show."""
_LINES = {"starttls": "STARTTLS", "tls": "TLS", "none": "only this machine"}


def chats(config: Config) -> list[Finding]:
    """Addresses for short messages that would fail at night; the service behind them is not asked."""
    if not config.chats:
        return []
    at = {person: address.get_secret_value() for person, address in config.chats.items()}
    unknown = [p for p, address in at.items() if not is_known_address(address)]
    inside = [p for p, address in at.items() if stays_inside(address, config.network.own_servers)]
    wrong = {"chat.unknown": unknown, "chat.inside": inside}
    found = [tell(key, people=", ".join(people)) for key, people in wrong.items() if people]
    return found or [tell("chat.known", count=len(at))]


def server(config: Config, home: Path) -> list[Finding]:
    """Whether a message of ours would be taken, as far as that shows; nothing where no way is configured."""
    there, mail = mail_way(config, home), config.mail
    if there is None or mail is None:
        return []
    result = probe_mail(there, WAIT_S)
    if result.cause is not None:
        return [_refused_mail(result, mail)]
    at = destination_words(mail)
    if not isinstance(there, Server):
        return [tell("mail.signed_in", at=at, sender=there.sender)]
    signed = f", signed in as {there.user}" if there.user else ""
    return [tell("mail.answers", at=at, line=_LINES[there.security], signed=signed)]


def check_copies(config: Config) -> list[Finding]:
    """Whether the mailbox may keep the codes that open a page, beside the links to it."""
    keeps = config.mail is not None and config.mail.host == OFFICE and config.base_url is not None
    return [tell("mail.keeps_copies")] if keeps else []


def check_last_mail(config: Config, last: tuple[datetime, str] | None) -> list[Finding]:
    """Report what the server said to the last mail tried by these settings, where only a mail shows it."""
    if config.mail is None or last is None or last[0].timestamp() < config.path.stat().st_mtime:
        return []
    at, detail = last
    if cause_of(detail) not in _SHOWN_BY_A_MAIL:
        return []
    result = Result(SendOutcome.FAILED, cause_of(detail), detail.partition(" ")[2])
    what = f"The last email, at {at:%H:%M} UTC on {at:%-d %B %Y}, was refused. "
    return [_refused_mail(result, config.mail, what)]


def _refused_mail(result: Result, mail: MailSettings, said: str = "") -> Finding:
    found = find_remedy(result, mail)
    what = f"{said}{result_words(result, mail)} {found.means}"
    return tell("mail.refused", (found.whole, found.command), what=what)


def mailboxes(config: Config) -> list[Finding]:
    """Whether each mailbox can be opened and read, as the service would; nothing where there is none."""
    found = []
    for source in config.sources:
        if source.id in config.mailboxes and source.disabled is None:
            found += [*_open_to_others(config, source), _mailbox(config, source)]
    return found


def _open_to_others(config: Config, source: Source) -> list[Finding]:
    box = config.mailboxes[source.id]
    files = (f for f in (box.password_file, box.certificate) if f and f.exists() and not closed_to_others(f))
    return [tell("mailbox.open_file", source=source.id, file=file) for file in files]


def _mailbox(config: Config, source: Source) -> Finding:
    with wiring.fetcher(config, limits=Limits(connect_s=WAIT_S, deadline_s=3 * WAIT_S)) as asking:
        answer = asking.fetch(Request(source.url, auth=source.id))
    if not isinstance(answer, FetchFailure):
        key = "mailbox.read_alone" if is_graph(source.url) else "mailbox.read"
        return tell(key, source=source.id, url=source.url, other=config.mailboxes[source.id].other)
    what, _, remedy = answer.detail.partition(". ")
    how = (remedy, "") if remedy else None
    return tell("mailbox.unread", how, source=source.id, why=what.rstrip("."))


def check_accounts(config: Config, home: Path) -> list[Finding]:
    """Whether people could sign in with their accounts, as far as the provider says without one of them."""
    if config.sign_in is None or config.base_url is None:
        return []
    if config.sign_in_secret is None:
        return [tell("sign-in.no_secret")]
    file = config.sign_in.secret_file
    found = [tell("sign-in.open_file")] if file and not closed_to_others(config.near(file)) else []
    with wiring.fetcher(config, limits=LIMITS, obey_robots=False) as asking:
        begun = OidcSignIn(lambda: wiring.make_context(config, home), asking).begin(utc_now())
    key = "answers"
    if isinstance(begun, SignInRefusal):
        key = "unknown_tenant" if begun is SignInRefusal.ISSUER else "silent"
    name, address = config.sign_in.provider.title(), redirect_uri(config.base_url)
    return [*found, tell(f"sign-in.{key}", name=name, address=address)]


_SET_FOR_OTHERS = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def check_network(config: Config, env: Mapping[str, str], resolve: Resolve = system_resolve) -> list[Finding]:
    """Report what is in the way out. The proxy is asked for a connection to one place that we read alone."""
    table = config.network
    found = list(_authorities(config))
    if table.proxy_user and table.proxy_password is None:
        found.append(tell("network.no_password"))
    elif (file := table.proxy_password_file) and not closed_to_others(config.near(file)):
        found.append(tell("network.open_file"))
    return [*found, *_proxy(config, env, resolve)]


def _authorities(config: Config) -> Iterator[Finding]:
    if file := config.network.ca_file:
        try:
            tls_context(file)
        except OSError:
            yield tell("network.no_authorities", file=file)
        else:
            yield tell("network.authorities", file=file)


def _proxy(config: Config, env: Mapping[str, str], resolve: Resolve) -> Iterator[Finding]:
    proxy = wiring.way_out(config.network)
    if proxy is None:
        if named := next((name for name in _SET_FOR_OTHERS if env.get(name)), None):
            yield tell("network.proxy_of_others", variable=named)
        return
    place = next((s.url for s in config.sources if not s.disabled and s.url.startswith("https:")), None)
    try:
        target = target_of(place) if place else None
        led_on(proxy, target, resolve, Deadline(time.monotonic, WAIT_S), WAIT_S)
    except FetchAborted as stop:
        yield _refusal_finding(stop.detail)
    else:
        yield tell("network.proxy_answers", host=proxy.host, port=proxy.port)


def _refusal_finding(detail: str) -> Finding:
    if detail == SIGN_IN:
        what, _, remedy = detail.partition(": ")
        return tell("network.no_entry", (f"{remedy[0].upper()}{remedy[1:]}", ""), why=what)
    what, _, remedy = detail.partition(". ")
    if remedy == MAY_ENTER:
        return tell("network.no_entry", why=what)
    return tell("network.refused", (remedy, "") if remedy else None, why=end_sentence(what))
