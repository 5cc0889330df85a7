"""The school's own accounts as text and as JSON, as much of each as its reader may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from data.store.sources.own_accounts import AccountNotice, Logged, OddPost
from data.types import Outcome, Source, SourceRun
from monitor.cli.views.alerts import WITHOUT_WORDS
from monitor.cli.views.layout import brief, utc
from monitor.config.settings import OWN_PAGE
from monitor.terminal.table import Cell, Tone, table


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


def lines(accounts: Sequence[ShownAccount], now: datetime, zone: ZoneInfo) -> list[str]:
    """The accounts for a reader: their notices, then odd posts, then what was done there."""
    notices = [(a.source.id, a.source.name, _notice(a, now, zone)) for a in accounts]
    odd = [
        (post.alert_id[:8], a.source.id, brief(post.raised_at, now, zone), _taken(post))
        for a in accounts
        for post in a.odd
    ]
    done = [(brief(e.logged.done_at, now, zone), a.source.id, _done(e)) for a in accounts for e in a.log]
    return [
        *table(("Account", "Name", "Its notice"), notices, wraps=("Name", "Its notice")),
        *_below(table(("Odd post", "Account", "Raised", "Who has it"), odd)),
        *_below(table(("Done", "Account", "What"), done)),
    ]


def _below(lines: Sequence[str]) -> Sequence[str]:
    return ["", *lines] if lines else []


def _taken(odd: OddPost) -> Cell:
    return Cell("in hand") if odd.acked_at else Cell("nobody has it yet", Tone.WARN)


def _done(entry: ShownEntry) -> str:
    done = entry.logged
    if not entry.words:
        return done.action
    address = f" ({done.url})" if done.url else ""
    return f"{done.action} by {done.person_id}: {done.reason}{address}"


def _notice(account: ShownAccount, now: datetime, zone: ZoneInfo) -> str | Cell:
    notice, run = account.notice, account.run
    if account.source.disabled:
        return f"not looked for: {account.source.disabled}"
    blocked = f"; not seen since: {run.detail}" if run and not run.outcome.seen and run.detail else ""
    if notice is None:
        return (f"not known: {run.detail}" if blocked and run else "not known yet") + _feed_hint(account)
    word = "there" if notice.stands else "MISSING"
    since, looked = brief(notice.since, now, zone), brief(notice.read_at, now, zone)
    said = f"{word} since {since}, last looked for {looked}{blocked}"
    return Cell(said, Tone.PLAIN if notice.stands else Tone.GRAVE)


def _feed_hint(account: ShownAccount) -> str:
    """A feed has no place for a notice: the page itself must be a source as well."""
    run = account.run
    if (
        account.source.kind == OWN_PAGE
        or run is None
        or run.outcome not in (Outcome.OK, Outcome.EMPTY, Outcome.NOT_MODIFIED)
    ):
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
