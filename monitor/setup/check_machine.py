"""Checks of the machine, of what is reached from it and of what has come about; and `examine`, which looks at
everything. Changes nothing: nothing is sent, and nothing of a mailbox is kept.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from alerts.delivery.chat import is_known_address, stays_inside
from alerts.delivery.deadline_smtp import Server
from alerts.delivery.results import Cause, Result, SendOutcome, cause_of
from alerts.notices.book import merge_troubles
from alerts.ways import Helpline, PlatformRoute, helplines, old, platforms
from classifiers.scoring.persons import AskedPerson, DescribedPerson, PostText, reader_of
from data import envelope
from data.effects import Clock, ClockTrust, Sleep, Uptime, uptime, utc_now
from data.errors import (
    ConfigError,
    InputError,
    KeyMissing,
    ModelMissing,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreOlder,
)
from data.evidence.vault import Vault
from data.shipped import read_table
from data.store.engine.audit_chain import verify
from data.store.engine.connect import read_whole
from data.store.engine.open import RESTORING, Store
from data.store.engine.rows import group_pairs
from data.store.engine.turn import is_read_only
from data.store.mentions import peoples_finds
from data.store.outbox import count_waiting, last_by_mail, undelivered_messages
from data.store.privacy import overdue_requests
from data.store.service import clock_state
from data.store.sources import articles_of, latest_runs, states
from data.types import FetchFailure, Mention, Outcome, Request, Source, SourceRun, SourceState
from data.web.channels import WEBSITE, channel_at, host_of
from data.words.say import words
from monitor.act.keyed import use_words
from monitor.act.proving import authorities_file
from monitor.act.ways_in import people_without_sheet
from monitor.config.load import Config, load_file
from monitor.config.model import DEFAULT_HEALTH_PORT, MailSettings, ModelSettings
from monitor.desk.oidc import LIMITS, OidcSignIn, SignInRefusal, redirect_uri
from monitor.home import wiring
from monitor.pipeline import judges
from monitor.pipeline import supplied as spool
from monitor.service.delivery import mail_way, probe_mail
from monitor.service.health import trouble_words
from monitor.service.notebook import complaints_of, read_book, try_port
from monitor.setup.check_settings import check_configuration, faults
from monitor.setup.findings import Finding, end_sentence, tell
from monitor.setup.mail import OFFICE, destination_words, find_remedy, result_words
from monitor.terminal.program import release
from monitor.terminal.wording import count_words, outcome_words, some
from sources.capture.browser import can_draw, find_browser
from sources.http.connection import MAY_ENTER, SIGN_IN, UNKNOWN_AUTHORITY, Deadline, led_on, tls_context
from sources.http.guard import FetchAborted, system_resolve, target_of
from sources.http.politeness import Limits
from sources.mailbox.address import is_graph
from sources.nature import said_or_sure
from sources.propose import count_outlets
from sources.runs import SourceTrouble, unseen
from sources.timestamps import authorities

ROOMS = ("schoolgate", "monitor", "sources", "classifiers", "alerts", "data")
DISTRIBUTION = "schoolgate"
RELEASED = date(2026, 11, 20)
"""The day of this release; a clock that is behind it is wrong. Raised with the version."""

_LEAST_FREE_BYTES, _LITTLE_FREE_BYTES = 200 * 2**20, 2 * 2**30
ANEW = "Install Schoolgate again from its checkout, in its own environment: pip install -c constraints.txt ."
"""Never by name from an index: the package of that name there is not ours."""


def installation(home: Path, now: datetime) -> list[Finding]:
    """Packages, Python, clock, disk, and who may read the folder."""
    place = next(p for p in (home, *home.parents) if p.exists())
    # The permission bits, None on Windows (its rights are not in them) or before the folder is there
    return [
        *own_packages(),
        python(sys.version_info[:3], sys.platform, release()),
        clock(now),
        disk(shutil.disk_usage(place).free, place, read_only=os.name == "posix" and is_read_only(place)),
        *privacy(home, home.stat().st_mode & 0o777 if os.name == "posix" and home.is_dir() else None),
        *encryption(home),
    ]


def own_packages() -> list[Finding]:
    """`packages` of this very process; a scheduled run asks it too."""
    owners: dict[str, list[str]] = {}
    for one in distributions():  # asked for its name only where it has one of ours: that takes longest
        files, said = f"\n{one.read_text('RECORD') or ''}", (one.read_text("top_level.txt") or "").split()
        for room in ROOMS:
            if room in said or f"\n{room}/" in files or f"\n{room}.py," in files:
                owners.setdefault(room, []).append(one.metadata["Name"])
    return packages(owners)


def packages(owners: Mapping[str, Iterable[str]]) -> list[Finding]:
    """Whether the top-level packages are ours alone, by the distributions that brought each name (none for an
    editable install).

    What lies before ours keeps the program from starting (`schoolgate/start.py`); what pip wrote over parts
    of it does not, and pip says nothing.
    """
    also = {room: sorted(set(owners.get(room, ())) - {DISTRIBUTION}) for room in ROOMS}
    shared = {room: ", ".join(others) for room, others in also.items() if others}
    found = [tell("packages.shared", room=room, others=them, anew=ANEW) for room, them in shared.items()]
    return found or [tell("packages.own", count=len(ROOMS))]


def python(version: Sequence[int], platform: str, release: str) -> Finding:
    """Whether this Python is one that Schoolgate is tested with."""
    key = "python.old" if tuple(version[:2]) < (3, 11) else "python.fine"
    return tell(key, version=".".join(map(str, version)), platform=platform, release=release)


def clock(now: datetime) -> Finding:
    """Whether the machine's clock can be right: evidence and deadlines hang on it."""
    if now.date() < RELEASED:
        return tell("clock.early", now=f"{now:%d %B %Y}", released=f"{RELEASED:%d %B %Y}")
    return tell("clock.fine", now=f"{now:%Y-%m-%d %H:%M}")


def disk(free_bytes: int, place: Path, *, read_only: bool = False) -> Finding:
    """Whether there is room for the store and for a copy of it, and whether anything can be written."""
    if read_only:
        return tell("disk.read_only", place=place)
    key = "full" if free_bytes < _LEAST_FREE_BYTES else "low" if free_bytes < _LITTLE_FREE_BYTES else "free"
    return tell(f"disk.{key}", free=f"{free_bytes / 2**30:.1f}", place=place)


def privacy(home: Path, mode: int | None) -> list[Finding]:
    """Whether others on this machine can look into the folder; `mode` None where that is not known."""
    return [] if mode is None else [tell("privacy.open" if mode & 0o077 else "privacy.closed", home=home)]


def encryption(home: Path) -> list[Finding]:
    """Evidence that an earlier version encrypted: that way has ended, and its key may be missing."""
    vault, on = Vault(home / "evidence"), (home / envelope.AT_REST).exists()
    if not (names := vault.list_encrypted()) and not on:
        return []
    try:
        envelope.read_keys(home)
    except KeyMissing as error:
        return [tell("encryption.no_key", why=error)]
    if locked := [why for name in names if (why := vault.why_locked(name))]:
        return [tell("encryption.locked", count=f"{len(locked):,}", why=locked[0])]
    return [tell("encryption.open", count=f"{len(names):,}")]


def routes(today: date) -> list[Finding]:
    """Ways to platforms and helplines that were looked at over six months ago."""
    rows: list[PlatformRoute | Helpline] = [*platforms().values(), *helplines().values()]
    others = (replace(row, checked_on=way.checked_on) for row in platforms().values() for way in row.ways)
    aged = [row for row in (*rows, *others) if old(row, today)]
    if not aged:
        return [tell("routes.fresh", count=len(rows))]
    oldest, stale = min(row.checked_on for row in aged), list(dict.fromkeys(row.name for row in aged))
    names = end_sentence(", ".join(stale[:5]) + (" …" if len(stale) > 5 else ""))
    return [tell("routes.stale", stale=len(stale), count=len(rows), day=f"{oldest:%d %B %Y}", names=names)]


SOON = timedelta(days=30)


def browser(config: Config) -> Finding:
    """The browser for pictures and PDFs of posts."""
    named = config.evidence.browser
    found = find_browser(named)
    if named and found is None:
        return tell("browser.not_there", named=named)
    if not can_draw():
        return tell("browser.no_extra")
    return tell("browser.none") if found is None else tell("browser.draws", browser=found)


def time_server(config: Config, now: datetime) -> Finding:
    """The time server of stamps, and the authorities they are checked against."""
    table = config.evidence
    if not table.timestamp_url:
        return tell("time_server.none")
    if not table.timestamp_ca:
        return tell("time_server.no_authority")
    path = config.near(table.timestamp_ca)
    try:
        found = authorities(authorities_file(config) or b"")
    except ValueError:
        return tell("time_server.unreadable", path=path)
    ends = min(certificate.not_valid_after_utc for certificate in found)
    key = "time_server.ending" if ends - now < SOON else "time_server.fine"
    return tell(key, path=path, ends=f"{ends:%d %b %Y}", count=len(found))


WAIT_S = 5.0
"""So long a mail server or a proxy may take to answer; three times as long in all."""

_SHOWN_BY_A_MAIL = frozenset((Cause.SENDER_REFUSED, Cause.LIMIT, Cause.MESSAGE_REFUSED))
_SHOWN_BY_A_MAIL |= {Cause.APP_NO_RIGHT, Cause.MAILBOX_UNKNOWN}
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
    return [_mailbox(config, s) for s in config.sources if s.id in config.mailboxes and s.disabled is None]


def _mailbox(config: Config, source: Source) -> Finding:
    with wiring.fetcher(config, limits=Limits(connect_s=WAIT_S, deadline_s=3 * WAIT_S)) as asking:
        answer = asking.fetch(Request(source.url, auth=source.id))
    if not isinstance(answer, FetchFailure):
        key = "mailbox.read_alone" if is_graph(source.url) else "mailbox.read"
        return tell(key, source=source.id, url=source.url, other=config.mailboxes[source.id].other)
    what, _, remedy = answer.detail.partition(". ")
    return tell("mailbox.unread", (remedy, "") if remedy else None, source=source.id, why=what.rstrip("."))


def check_keys(config: Config, home: Path, now: datetime) -> Iterator[Finding]:
    """Whether the interface of each key accepts it, by its cheapest request, and the use of its budget."""
    limits, store = Limits(connect_s=WAIT_S, deadline_s=3 * WAIT_S), wiring.open_store(home, migrate=False)
    if not config.keys or not store.path.exists():
        return
    with suppress(StoreError), wiring.fetcher(config, limits=limits, store=store) as asking:
        used = {s.settings.get("credential") for s in config.sources if not s.disabled}
        for name, key in ((n, key) for n, key in config.keys.items() if n in used):
            url = key.at_server(key.kind.trial)
            answer = asking.fetch(Request(url, auth=name))
            given: dict[str, Any] = {"name": name, "title": key.kind.title}
            if not isinstance(answer, FetchFailure):
                yield tell("key.accepted", **given, used=", ".join(use_words(store, key, now)))
                continue
            what, _, remedy = answer.detail.partition(". ")
            ways = {Outcome.UNREACHABLE: "unreached", Outcome.BLOCKED: "waits"}
            how = ways.get(answer.outcome, "refused")
            yield tell(f"key.{how}", (remedy, "") if remedy else None, **given, why=what.rstrip("."))


def check_accounts(config: Config, home: Path) -> list[Finding]:
    """Whether people could sign in with their accounts, as far as the provider says without one of them."""
    if config.sign_in is None or config.base_url is None:
        return []
    if config.sign_in_secret is None:
        return [tell("sign-in.no_secret")]
    with wiring.fetcher(config, limits=LIMITS, obey_robots=False) as asking:
        begun = OidcSignIn(lambda: wiring.make_context(config, home), asking).begin(utc_now())
    key = "answers"
    if isinstance(begun, SignInRefusal):
        key = "unknown_tenant" if begun is SignInRefusal.ISSUER else "silent"
    name, address = config.sign_in.provider.title(), redirect_uri(config.base_url)
    return [tell(f"sign-in.{key}", name=name, address=address)]


_SET_FOR_OTHERS = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def check_network(config: Config, env: Mapping[str, str]) -> Iterator[Finding]:
    """Report what is in the way out. The proxy is asked for a connection to one place that we read alone."""
    table = config.network
    if table.ca_file:
        try:
            tls_context(table.ca_file)
        except OSError:
            yield tell("network.no_authorities", file=table.ca_file)
        else:
            yield tell("network.authorities", file=table.ca_file)
    if table.proxy_user and table.proxy_password is None:
        yield tell("network.no_password")
    proxy = wiring.way_out(table)
    if proxy is None:
        if named := next((name for name in _SET_FOR_OTHERS if env.get(name)), None):
            yield tell("network.proxy_of_others", variable=named)
        return
    place = next((s.url for s in config.sources if not s.disabled and s.url.startswith("https:")), None)
    try:
        target = target_of(place) if place else None
        led_on(proxy, target, system_resolve, Deadline(time.monotonic, WAIT_S), WAIT_S)
    except FetchAborted as stop:
        yield _refusal_finding(stop.detail)
    else:
        yield tell("network.proxy_answers", host=proxy.host, port=proxy.port)


def check_address(config: Config) -> Iterator[Finding]:
    """Report whether anything answers at the desk's address; behind a proxy that cannot be seen from here."""
    parts = urlsplit(config.base_url or "")
    if not parts.hostname or wiring.way_out(config.network):
        return
    try:
        try_port(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), WAIT_S)
    except OSError:
        yield tell("pages.silent", address=config.base_url)


def _refusal_finding(detail: str) -> Finding:
    if detail == SIGN_IN:
        what, _, remedy = detail.partition(": ")
        return tell("network.no_entry", (f"{remedy[0].upper()}{remedy[1:]}", ""), why=what)
    what, _, remedy = detail.partition(". ")
    if remedy == MAY_ENTER:
        return tell("network.no_entry", why=what)
    return tell("network.refused", (remedy, "") if remedy else None, why=end_sentence(what))


LOOKED_BACK = timedelta(days=7)
_FAILING = 3
"""So many failures in a row, and a person should look."""
_ONE_PLACE: Mapping[Outcome, str] = {
    Outcome.BLOCKED: "sources.refused",
    Outcome.REFUSED_BY_ROBOTS: "sources.refused",
    Outcome.GONE: "sources.gone",
}
"""What to do about one place that ended so; any other is looked at now."""


def store(
    home: Path,
    sources: Sequence[Source],
    *,
    clock: Clock,
    sleep: Sleep,
    config: Config | None = None,
    up: Uptime | None = None,
) -> list[Finding]:
    """Whether the store is of this version, can be read whole, and its audit chain holds; how sources fare.

    Also what became of messages: where `config` names a server for them, one that is not due yet waits for
    nothing but its time.
    """
    mail = config is not None and config.mail is not None
    door = Store(home, clock=clock, sleep=sleep, wait_s=5.0)
    if not door.path.exists() and not (home / RESTORING).exists():
        return [tell("store.none", path=door.path)]
    ids = [source.id for source in sources]
    try:
        with door.open_reader() as con:
            read_whole(con)
            broken, waiting = verify(con), count_waiting(con, clock(), due=mail)
            lost, last = undelivered_messages(con, clock(), clock() - LOOKED_BACK), last_by_mail(con)
            before, latest = states(con, ids), latest_runs(con, ids)
            trust, owed = clock_state(con, clock(), up), len(overdue_requests(con, clock()))
            asked = peoples_finds(con, [s.id for s in sources if _is_unknown(s)])
            met = articles_of(con, [s.id for s in sources if s.surfaced])
            sheets = people_without_sheet(con, config, clock()) if config and config.base_url else {}
    except (StoreBusy, StoreDamaged) as error:
        return [tell("store.busy" if isinstance(error, StoreBusy) else "store.damaged", why=error)]
    except StoreOlder as error:
        return [tell("store.older", why=str(error).partition(". ")[0])]
    except StoreError as error:
        return [tell("store.unreadable", why=end_sentence(str(error)), home=home)]
    found = [tell("store.broken_chain", why=end_sentence(text)) for text in broken]
    found = [*(found or [tell("store.holds", path=door.path)]), *runs(sources, before, latest)]
    if names := [source.id for source in sources if source.id in asked]:  # until somebody has said it
        found.append(tell("sources.unknown_feeds", places=some(names)))
    found += _sites(sources, met, config)
    if config:
        found += silent(config, before, clock(), latest)
        found += [*check_looked_up(config), *check_last_mail(config, last)]
    if waiting:
        found.append(tell("mail.waiting" if mail else "mail.waiting_for_ever", count=waiting))
    w = words("en")  # what did not arrive in the last week, by what stood in the way
    why = Counter(w(f"failure.cause.{cause_of(one.detail)}") for one in lost)
    found += [tell("mail.lost", count=n, why=end_sentence(cause)) for cause, n in why.items()]
    found += check_clock(trust)
    if owed:
        found.append(tell("privacy.overdue", count=owed))
    for school, lacking in sheets.items():
        found.append(tell("sheets.none", school=school.name, people=some([p.name for p in lacking])))
    return found


def _is_unknown(source: Source) -> bool:
    """Is it a feed of which nobody has said, nor its address or name says, what it is?"""
    feed = source.kind == "feed" and not source.surfaced and not source.disabled
    return feed and channel_at(source.url) == WEBSITE and said_or_sure(source) is None


def _sites(sources: Sequence[Source], met: Sequence[Mention], config: Config | None) -> list[Finding]:
    """The sites on which searches found articles and of which nobody knows what they are, and how many."""
    from monitor.pipeline.conclude import nature_known, natures_said  # late: it loads what judges

    said = natures_said(sources, config.natures if config else None) if met else {}
    fed = {"", *(host_of(source.url).removeprefix("www.") for source in sources if _is_unknown(source))}
    urls = {o: f"https://{o.host}/a" for o in count_outlets(met) if o.host not in fed}
    asked = [o for o, u in urls.items() if channel_at(u) == WEBSITE and not nature_known(u, said)]
    names = some([f"{o.host} ({o.articles})" for o in asked])
    return [tell("sources.unknown_sites", sites=names)] if asked else []


def check_clock(trust: ClockTrust) -> list[Finding]:
    """Report where the clock has leapt, so that nothing is deleted by it."""
    if trust.until is None:
        return []
    off = "ahead of" if trust.ahead else "behind"
    believed, until = (f"{at:%Y-%m-%d %H:%M}" for at in (trust.believed, trust.until))
    return [tell("clock.leapt", off=off, believed=believed, until=until)]


def handed_in(home: Path) -> list[Finding]:
    """Reports of people that could not be saved: nobody has been told of them."""
    found = {"kept": spool.spooled_reports(home), "cut": spool.broken_off(home)}
    return [tell(f"report-in.{k}", paths=f"{len(at)}, in {at[0].parent}") for k, at in found.items() if at]


def runs(
    sources: Sequence[Source], states: Mapping[str, SourceState], last: Mapping[str, SourceRun]
) -> list[Finding]:
    """Places that were never read, and those that keep failing. Those that are off are told elsewhere."""
    on = [source for source in sources if not source.disabled]
    if on and not any(source.id in last for source in on):
        return [tell("sources.never_read")]
    outcomes = [run.outcome if run else None for run in map(last.get, (source.id for source in on))]
    barred = [source.id for source in on if (run := last.get(source.id)) and UNKNOWN_AUTHORITY in run.detail]
    if barred:
        return [tell("sources.barred", count=count_words(barred, "source"), places=some(barred))]
    if len(on) > 1 and all(outcome is Outcome.UNREACHABLE for outcome in outcomes):
        return [tell("sources.no_network", count=len(on))]
    found = list(_unread(on, states, last))
    if not found and any(outcome and not outcome.is_seen for outcome in outcomes):
        return []
    return found or ([tell("sources.all_read")] if on else [])


def _unread(
    on: Sequence[Source], states: Mapping[str, SourceState], last: Mapping[str, SourceRun]
) -> Iterator[Finding]:
    """One finding for all that are in the same way; of one alone all that is known."""
    said = ((source, _source_words(states.get(source.id), last.get(source.id))) for source in on)
    alike = group_pairs((each[0], (source, each[1])) for source, each in said if each)
    for (what, then), found in alike.items():
        if len(found) == 1:
            ((source, alone),) = found
            run = last.get(source.id)
            key = _ONE_PLACE.get(run.outcome, "sources.unread") if run else "sources.unread"
            yield tell(key, what=end_sentence(f"{source.id} {alone}"), source=source.id)
        else:
            names = some([source.id for source, _ in found])
            many = end_sentence(f"{len(found)} sources {what}: {names}{then}")
            yield tell("sources.several_unread", what=many)


def _source_words(state: SourceState | None, run: SourceRun | None) -> tuple[tuple[str, str], str] | None:
    """Say it of many such places, before and after their names, then of one alone; None where it is read."""
    if state is None or run is None or state.last_run_at is None:
        return ("were never read", ""), "was never read"
    if state.last_ok_at is None:
        how, detail = f". Last time: {outcome_words(run.outcome)}", f": {run.detail}" if run.detail else ""
        return ("were never read successfully", how), f"was never read successfully{how}{detail}"
    if state.failures_in_a_row >= _FAILING:
        seen = f"last seen {state.last_ok_at:%d %B %Y, %H:%M} UTC."
        alone = f"could not be read {state.failures_in_a_row} times in a row; {seen}"
        return (f"could not be read {_FAILING} times in a row or more", ""), alone
    return None


def silent(
    config: Config, states: Mapping[str, SourceState], now: datetime, last: Mapping[str, SourceRun]
) -> list[Finding]:
    """Places that answer and have brought nothing new for much longer than usual, or find too much."""
    on = [source for source in config.sources if not source.disabled]
    each = [(unseen(states[s.id], now, config.school_hours(s), s, last.get(s.id)), s.id) for s in on]
    found = group_pairs((one.trouble, name) for one, name in each if one)
    found.pop(SourceTrouble.FAILING, None)
    return [tell(f"sources.{trouble.value}", places=some(names)) for trouble, names in found.items()]


def check_looked_up(config: Config) -> Iterator[Finding]:
    """Report what did not answer when places were looked for: the feeds that it names are not among them."""
    if config.to_look_up:
        yield tell("sources.not_looked_up", hosts=some(list(config.to_look_up)))


def check_model_files(settings: ModelSettings) -> list[Finding]:
    """Whether the files of our model and the second reader are those that their cards name, and score."""
    text = ["Good morning from the school gate."]
    first = judges.scorer(settings.model_copy(update={"threads": 1, "name": None}))
    try:
        found = [tell("model.answers", model=first.score(text).model)]
    except (InputError, ModelMissing) as error:
        return [tell("model.broken", why=error, anew=ANEW)]
    if settings.name:
        return found
    if not settings.second_reader:
        return [*found, tell("model.reader_off")]
    if (reader := reader_of(first)) is None:
        return [*found, tell("model.reader_missing")]
    try:
        reader.read_persons([AskedPerson(PostText("", "", text[0]), DescribedPerson("Mx Example", ()))])
        return [*found, tell("model.reader_answers", model=reader.score(text).model)]
    except (InputError, ModelMissing) as error:
        return [*found, tell("model.reader_broken", why=error)]


def check_service(home: Path, complaints: tuple[str, ...] | None, now: datetime) -> list[Finding]:
    """Report what the service complains of (None: none answers); nothing where none ever ran."""
    if complaints is not None:
        said = [_complaint("service.says", one, home) for one in complaints]
        return said or [tell("service.runs")]
    book = read_book(home)
    if book.alive is None:
        return []
    troubles = [t for n in book.notices for t in merge_troubles(n.troubles) if t.until is None]
    last = [_complaint("service.said", one, home) for one in map(trouble_words, troubles)]
    return [*last, tell("service.silent", alive=f"{book.alive:%-d %B %Y, %H:%M}")]


def _complaint(key: str, complaint: str, home: Path) -> Finding:
    rows = read_table("monitor.setup", "complaints.toml")["complaint"]
    row = next(row for row in rows if row["says"] in complaint)
    return tell(key, (row["remedy"].format(home=home), row.get("command", "")), complaint=complaint)


def examine(
    home: Path,
    config: Path,
    *,
    env: Mapping[str, str],
    now: datetime,
    sleep: Sleep,
    model: Callable[[ModelSettings], list[Finding]] = check_model_files,
) -> list[Finding]:
    """Every finding, in the order of checking. `now` is aware, UTC."""
    found = installation(home, now)
    try:
        settings: Config | None = load_file(config, env)
    except ConfigError as error:
        settings = None
        found += faults(error)
    if settings:
        today = now.astimezone(settings.zone).date()
        found += [
            *check_configuration(settings, env, today),
            *routes(today),
            *check_network(settings, env),
            *check_address(settings),
            *server(settings, home),
            *check_copies(settings),
            *check_accounts(settings, home),
            *chats(settings),
            *mailboxes(settings),
            *check_keys(settings, home, now),
            browser(settings),
            time_server(settings, now),
        ]
    sources = settings.sources if settings else ()
    judged_by = settings.model if settings else ModelSettings()
    found += store(home, sources, clock=lambda: now, sleep=sleep, config=settings, up=uptime())
    asked = complaints_of(home, settings.serve.health_port if settings else DEFAULT_HEALTH_PORT)
    return [*found, *check_service(home, asked, now), *handed_in(home), *model(judged_by)]
