"""`schoolgate account list | log`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from data.effects import utc_now
from data.errors import InputError
from data.store import accounts as account_store
from data.store import sources as source_store
from data.store.accounts import AccountNotice, Logged, OddPost
from data.types import Outcome, Route, Source, SourceRun
from data.urls import canonical_url
from monitor import wiring
from monitor.commands.common import known_person, opened
from monitor.config import Config
from monitor.terminal import in_json
from monitor.views.alerts import local

Say = Callable[[str], None]
_FAIR = (
    "Note: what stands there was judged criticism to be answered. Fair criticism is answered, not hidden. "
    "If there is another ground, see that the reason names it."
)


@dataclass(frozen=True, slots=True)
class Account:
    """One own account as it is shown."""

    source: Source
    run: SourceRun | None
    notice: AccountNotice | None
    odd: Sequence[OddPost]
    log: Sequence[Logged]


def list_accounts(
    *, school: str | None, home: Path | None, config: Path | None, as_json: bool, say: Say
) -> int:
    """Every own account: its notice, its odd posts by alert, and what was done there, and why."""
    _, settings, store = opened(home, config)
    urn = wiring.pick_urn(settings, school) if school else None
    own = [s for s in settings.sources if s.own and (urn is None or urn in s.urns)]
    with store.read() as con:
        ids = [s.id for s in own]
        runs = source_store.latest_runs(con, ids)
        notices = account_store.notices(con, ids)
        log = account_store.list_log(con, ids)
        found = [
            Account(
                *(s, runs.get(s.id), notices.get(s.id), account_store.odd_posts(con, s.id)),
                [entry for entry in log if entry.source_id == s.id and (urn is None or entry.urn == urn)],
            )
            for s in own
        ]
    if as_json:
        say(in_json([_json(account) for account in found]))
        return 0
    if not found:
        say("No source is marked as the school's own. Write own = true with it: docs/own-accounts.md")
    for account in found:
        for line in _lines(account, settings.zone):
            say(line)
    return 0


def log(
    *,
    source: str,
    action: str,
    reason: str,
    person: str,
    url: str | None,
    school: str | None,
    home: Path | None,
    config: Path | None,
    say: Say,
) -> int:
    """Keep what was done on an own account, and why; warn where it was fair criticism."""
    _, settings, store = opened(home, config)
    account = _own(settings, source)
    who = known_person(settings, person)
    urn = _urn(settings, account, school)
    if who.urns and not {urn, *_members(settings, urn)} & set(who.urns):
        raise InputError(f"--as {who.id}: {who.id} does not belong to school {urn}.")
    now = utc_now()
    entry = Logged(
        account_store.log_id(urn, account.id, who.id, now),
        *(urn, account.id, now, who.id, action, reason.strip(), url),
    )
    with store.write("account log") as con:
        account_store.put_log(con, entry)
        routes = account_store.routes_at(con, url, canonical_url(url), urn) if url else []
    say(f"Kept: {action} on {account.id}, {entry.id}.")
    if Route.RESPOND.value in routes:
        say(_FAIR)
    return 0


def _own(settings: Config, source_id: str) -> Source:
    found = next((s for s in settings.sources if s.id == source_id), None)
    if found is None:
        known = ", ".join(s.id for s in settings.sources if s.own) or "none"
        raise InputError(f"--source {source_id}: there is no such source. The school's own: {known}.")
    if not found.own:
        raise InputError(f"--source {source_id}: it is not marked as the school's own (own = true).")
    return found


def _urn(settings: Config, source: Source, school: str | None) -> str:
    """The school meant: the named one, or the account's only one."""
    if school is None and len(source.urns) == 1:
        return source.urns[0]
    urn = wiring.pick_urn(settings, school)
    if urn not in source.urns:
        raise InputError(f"--school {urn}: {source.id} is not an account of that school.")
    return urn


def _members(settings: Config, urn: str) -> tuple[str, ...]:
    school = settings.school(urn)
    return school.members if school else ()


def _lines(account: Account, zone: ZoneInfo) -> list[str]:
    source = account.source
    lines = [f"{source.id}  {source.name}", f"    notice: {_notice(account, zone)}"]
    for odd in account.odd:
        taken = "in hand" if odd.acked_at else "nobody has it yet"
        lines.append(f"    odd post: alert {odd.alert_id[:8]}, {local(odd.raised_at, zone)}, {taken}")
    for entry in account.log:
        address = f" ({entry.url})" if entry.url else ""
        done = f"{local(entry.done_at, zone)}  {entry.action} by {entry.person_id}: {entry.reason}{address}"
        lines.append(f"    {done}")
    return lines


def _notice(account: Account, zone: ZoneInfo) -> str:
    notice, run = account.notice, account.run
    if account.source.disabled:
        return f"not looked for: {account.source.disabled}"
    blocked = f"; not seen since: {run.detail}" if run and not run.outcome.seen and run.detail else ""
    if notice is None:
        return (f"not known: {run.detail}" if blocked and run else "not known yet") + _feed_hint(account)
    word = "there" if notice.stands else "MISSING"
    since, looked = local(notice.since, zone), local(notice.read_at, zone)
    return f"{word} since {since}, last looked for {looked}{blocked}"


def _feed_hint(account: Account) -> str:
    """A feed has no place for a notice: the page itself must be a source as well."""
    run = account.run
    if run is None or run.outcome not in (Outcome.OK, Outcome.EMPTY, Outcome.NOT_MODIFIED):
        return ""
    return " (a feed shows no notice; add the page itself as kind own.page)"


def _json(account: Account) -> dict[str, object]:
    notice = account.notice
    return {
        "id": account.source.id,
        "name": account.source.name,
        "schools": list(account.source.urns),
        "last_run": account.run.outcome.value if account.run else None,
        "notice": None if notice is None else notice.stands,
        "notice_since": _iso(notice.since) if notice else None,
        "notice_read_at": _iso(notice.read_at) if notice else None,
        "odd_posts": [
            {"alert": o.alert_id, "raised_at": _iso(o.raised_at), "acknowledged": o.acked_at is not None}
            for o in account.odd
        ],
        "log": [
            {
                "id": e.id,
                "school": e.urn,
                "done_at": _iso(e.done_at),
                "by": e.person_id,
                "action": e.action,
                "reason": e.reason,
                "url": e.url,
            }
            for e in account.log
        ],
    }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
