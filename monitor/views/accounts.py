"""The school's own accounts as text and as JSON, as much of each as its reader may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.store.sources.own_accounts import AccountNotice, Logged, OddPost
from data.types import Outcome, Source, SourceRun
from monitor.views.alerts import WITHOUT_WORDS, local, utc


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """Something that was done on an account; `words`: may its reader know why, where and by whom?"""

    logged: Logged
    words: bool


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """One own account as it is shown."""

    source: Source
    run: SourceRun | None
    notice: AccountNotice | None
    odd: Sequence[OddPost]
    log: Sequence[ShownEntry]


def lines(account: ShownAccount, zone: ZoneInfo) -> list[str]:
    """The account for a reader."""
    source = account.source
    found = [f"{source.id}  {source.name}", f"    notice: {_notice(account, zone)}"]
    for odd in account.odd:
        taken = "in hand" if odd.acked_at else "nobody has it yet"
        found.append(f"    odd post: alert {odd.alert_id[:8]}, {local(odd.raised_at, zone)}, {taken}")
    return [*found, *(f"    {_done(entry, zone)}" for entry in account.log)]


def _done(entry: ShownEntry, zone: ZoneInfo) -> str:
    done = entry.logged
    what = f"{local(done.done_at, zone)}  {done.action}"
    if not entry.words:
        return what
    address = f" ({done.url})" if done.url else ""
    return f"{what} by {done.person_id}: {done.reason}{address}"


def _notice(account: ShownAccount, zone: ZoneInfo) -> str:
    notice, run = account.notice, account.run
    if account.source.disabled:
        return f"not looked for: {account.source.disabled}"
    blocked = f"; not seen since: {run.detail}" if run and not run.outcome.seen and run.detail else ""
    if notice is None:
        return (f"not known: {run.detail}" if blocked and run else "not known yet") + _feed_hint(account)
    word = "there" if notice.stands else "MISSING"
    since, looked = local(notice.since, zone), local(notice.read_at, zone)
    return f"{word} since {since}, last looked for {looked}{blocked}"


def _feed_hint(account: ShownAccount) -> str:
    """A feed has no place for a notice: the page itself must be a source as well."""
    run = account.run
    if run is None or run.outcome not in (Outcome.OK, Outcome.EMPTY, Outcome.NOT_MODIFIED):
        return ""
    return " (a feed shows no notice; add the page itself as kind own.page)"


def as_json(account: ShownAccount) -> dict[str, object]:
    """The same as JSON values; times in UTC."""
    notice = account.notice
    return {
        "id": account.source.id,
        "name": account.source.name,
        "schools": list(account.source.urns),
        "last_run": account.run.outcome.value if account.run else None,
        "notice": None if notice is None else notice.stands,
        "notice_since": utc(notice.since) if notice else None,
        "notice_read_at": utc(notice.read_at) if notice else None,
        "odd_posts": [
            {"alert": o.alert_id, "raised_at": utc(o.raised_at), "acknowledged": o.acked_at is not None}
            for o in account.odd
        ],
        "log": [_entry_json(entry) for entry in account.log],
    }


def _entry_json(entry: ShownEntry) -> dict[str, object]:
    done = entry.logged
    found: dict[str, object] = {
        "id": done.id, "school": done.urn, "done_at": utc(done.done_at), "action": done.action,
    }  # fmt: skip
    if not entry.words:
        return found | {"state": WITHOUT_WORDS}
    return found | {"by": done.person_id, "reason": done.reason, "url": done.url}
