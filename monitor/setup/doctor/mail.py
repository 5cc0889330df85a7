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
from monitor.setup.doctor.findings import Finding, end_sentence, fault_finding, ok, warn
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
_LINES = {"starttls": "STARTTLS", "tls": "TLS", "none": "this machine alone"}


def chats(config: Config) -> list[Finding]:
    """Addresses for short messages that would fail at night; the service behind them is not asked."""
    if not config.chats:
        return []
    at = {person: address.get_secret_value() for person, address in config.chats.items()}
    unknown = [p for p, address in at.items() if not is_known_address(address)]
    inside = [p for p, address in at.items() if stays_inside(address, config.network.own_servers)]
    found = []
    if unknown:
        what = f"The address for short messages to {', '.join(unknown)} is not of a kind that we know."
        remedy = "Write it as in: schoolgate docs alerts-and-mail. For example ntfys://tk_TOKEN@HOST/TOPIC"
        found.append(fault_finding("chat", what, remedy))
    if inside:
        what = (
            f"The address for short messages to {', '.join(inside)} leads into a private network: not asked."
        )
        remedy = "If the server there is the school's own, name it"
        found.append(fault_finding("chat", what, remedy, "schoolgate set network.own_servers"))
    what = f"Addresses for short messages, all of a kind that we know: {len(at)}."
    return found or [ok("chat", what)]


def server(config: Config, home: Path) -> list[Finding]:
    """Whether a message of ours would be taken, as far as that shows; nothing where no way is configured."""
    there, mail = mail_way(config, home), config.mail
    if there is None or mail is None:
        return []
    result = probe_mail(there, WAIT_S)
    if result.cause is not None:
        return [_refused_mail(result, mail)]
    if isinstance(there, Server):
        signed = f", signed in as {there.user}" if there.user else ""
        return [
            ok(
                "mail",
                f"The mail server answers ({destination_words(mail)}, by {_LINES[there.security]}{signed}).",
            )
        ]
    works = f"Microsoft 365 signs us in ({destination_words(mail)}, from {there.sender})."
    return [ok("mail", f"{works} Whether we may send from there, only a mail can show.")]


def check_copies(config: Config) -> list[Finding]:
    """Whether the mailbox may keep the codes that open a page, beside the links to it."""
    if config.mail is None or config.mail.host != OFFICE or config.base_url is None:
        return []
    what = "Microsoft 365 may keep each mail that we send in Sent Items, codes for restricted pages too."
    remedy = (
        "If it still is on, switch it off, or send by Graph (“[mail]” in: schoolgate docs configuration)."
    )
    return [warn("mail", what, remedy)]


def check_last_mail(config: Config, last: tuple[datetime, str] | None) -> list[Finding]:
    """Report what the server said to the mail that was tried last, where only a mail shows it.

    Nothing where the settings were changed since: they were not tried yet.
    """
    if config.mail is None or last is None or last[0].timestamp() < config.path.stat().st_mtime:
        return []
    at, detail = last
    if cause_of(detail) not in _SHOWN_BY_A_MAIL:
        return []
    result = Result(SendOutcome.FAILED, cause_of(detail), detail.partition(" ")[2])
    what = f"The last mail, at {at:%H:%M} UTC on {at:%-d %B %Y}, was not taken. "
    return [_refused_mail(result, config.mail, what)]


def _refused_mail(result: Result, mail: MailSettings, said: str = "") -> Finding:
    found = find_remedy(result, mail)
    what = f"{said}{result_words(result, mail)} {found.means}"
    return fault_finding("mail", what, found.whole, found.command)


def mailboxes(config: Config) -> list[Finding]:
    """Whether each mailbox can be opened and read, as the service would; nothing where there is none."""
    found = []
    for source in config.sources:
        if source.id in config.mailboxes and source.disabled is None:
            found += [*_open_to_others(config, source), _mailbox(config, source)]
    return found


def _open_to_others(config: Config, source: Source) -> list[Finding]:
    box = config.mailboxes[source.id]
    open_files = (
        f for f in (box.password_file, box.certificate) if f and f.exists() and not closed_to_others(f)
    )
    what = f"Others on this machine may read the file that holds the password of {source.id}."
    return [warn("mailbox", what, f"Close it: chmod 600 {file}") for file in open_files]


def _mailbox(config: Config, source: Source) -> Finding:
    with wiring.fetcher(config, limits=Limits(connect_s=WAIT_S, deadline_s=3 * WAIT_S)) as asking:
        answer = asking.fetch(Request(source.url, auth=source.id))
    if not isinstance(answer, FetchFailure):
        other = config.mailboxes[source.id].other
        alone = f", and {other} is refused, as it must be" if is_graph(source.url) else ""
        return ok("mailbox", f"The mailbox {source.id} can be read ({source.url}){alone}.")
    what, _, remedy = answer.detail.partition(". ")
    remedy = remedy or "Look at “url” and “settings” of that source (schoolgate docs mailbox)."
    return fault_finding("mailbox", f"The mailbox {source.id} cannot be read: {what.rstrip('.')}.", remedy)


def check_accounts(config: Config, home: Path) -> list[Finding]:
    """Whether people could sign in with their accounts, as far as the provider says without one of them."""
    if config.sign_in is None or config.base_url is None:
        return []
    file = config.sign_in.secret_file
    if config.sign_in_secret is None:
        what = "The secret that [sign_in] names is not there, or cannot be read."
        remedy = (
            "Set the variable of “secret_env”, or write it into the first line of the file of “secret_file”."
        )
        return [fault_finding("sign-in", what, remedy)]
    found = []
    if file and not closed_to_others(config.near(file)):
        what = "Others on this machine may read the file that holds the secret for signing in."
        found.append(warn("sign-in", what, "Close it: chmod 600, then the file of “secret_file”."))
    with wiring.fetcher(config, limits=LIMITS, obey_robots=False) as asking:
        begun = OidcSignIn(lambda: wiring.make_context(config, home), asking).begin(utc_now())
    name = config.sign_in.provider.title()
    if begun is SignInRefusal.ISSUER:
        what = f"{name} does not know the school by what [sign_in] names as “tenant”."
        return [
            *found,
            fault_finding("sign-in", what, "Copy “Directory (tenant) ID” from Microsoft Entra again."),
        ]
    if isinstance(begun, SignInRefusal):
        what = f"{name} does not answer, so nobody can sign in with an account. The code by mail still works."
        return [*found, fault_finding("sign-in", what, "Look again later, or ask whoever runs the network.")]
    what = f"{name} answers. The address to be registered there: {redirect_uri(config.base_url)}"
    return [*found, ok("sign-in", f"{what} (whether it is, and the secret is right, a sign-in shows).")]


_NAME_IT = "schoolgate set network.proxy"
_SET_FOR_OTHERS = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def check_network(config: Config, env: Mapping[str, str], resolve: Resolve = system_resolve) -> list[Finding]:
    """Report what is in the way out. The proxy is asked for a connection to one place that we read, no
    more.
    """
    return [*_authorities(config), *_password(config), *_proxy(config, env, resolve)]


def _authorities(config: Config) -> Iterator[Finding]:
    file = config.network.ca_file
    if file is None:
        return
    try:
        tls_context(str(file))
    except OSError:
        what = f"{file}, which [network] names as “ca_file”, is not there or holds no certificate."
        remedy = "Ask whoever runs the web filter for its authority as a PEM file (“BEGIN CERTIFICATE”)."
        yield fault_finding("network", what, remedy)
        return
    yield ok("network", f"The authorities in {file} are trusted too.")


def _password(config: Config) -> Iterator[Finding]:
    table = config.network
    if table.proxy_user and table.proxy_password is None:
        what = "[network] names a “proxy_user”, and its password is not there or cannot be read."
        remedy = (
            "Set the variable of “proxy_password_env”, or write it into the file of “proxy_password_file”."
        )
        yield fault_finding("network", what, remedy)
    elif table.password_file and not closed_to_others(table.password_file):
        what = "Others on this machine may read the file that holds the proxy's password."
        remedy = "Close it: chmod 600, then the file that [network] names as “proxy_password_file”."
        yield warn("network", what, remedy)


def _proxy(config: Config, env: Mapping[str, str], resolve: Resolve) -> Iterator[Finding]:
    proxy = wiring.way_out(config.network)
    if proxy is None:
        named = next((name for name in _SET_FOR_OTHERS if env.get(name)), None)
        if named:
            what = f"{named} names a proxy for other programs; Schoolgate does not use it."
            yield warn("network", what, "If nothing else leads out, name it", _NAME_IT)
        return
    place = next((s.url for s in config.sources if not s.disabled and s.url.startswith("https:")), None)
    try:
        target = target_of(place) if place else None
        led_on(proxy, target, resolve, Deadline(time.monotonic, WAIT_S), WAIT_S)
    except FetchAborted as stop:
        yield _refusal_finding(stop.detail)
    else:
        yield ok("network", f"The proxy answers ({proxy.host}, port {proxy.port}).")


def _refusal_finding(detail: str) -> Finding:
    if detail == SIGN_IN:
        what, _, remedy = detail.partition(": ")
        return fault_finding("network", f"{what}.", f"{remedy[0].upper()}{remedy[1:]}")
    what, _, remedy = detail.partition(". ")
    if remedy == MAY_ENTER:
        return fault_finding(
            "network", f"{what}.", "Ask whoever runs the network, or correct the proxy", _NAME_IT
        )
    return warn("network", end_sentence(what), remedy or "Look again later, or ask whoever runs the network.")
