"""`schoolgate account`: the school's own pages and accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from data.people import people_of
from data.store.alerts import alerts as alert_store
from data.store.sources import own_accounts as account_store
from data.store.sources import source_runs as source_store
from data.store.sources.own_accounts import AccountNotice, Logged, OddPost
from data.types import Route, Source, SourceRun
from data.web.urls import canonical_url
from monitor.cli.commands import options
from monitor.cli.commands.source.register import (
    NOT_FOR_VETTING,
    account_add,
    account_change,
    account_register,
    account_remove,
)
from monitor.cli.views.alerts import WITHOUT_WORDS
from monitor.cli.views.layout import brief, utc
from monitor.config.settings import OWN_PAGE
from monitor.home import wiring
from monitor.terminal.groups import group
from monitor.terminal.output import say
from monitor.terminal.table import Cell, Tone, table

if TYPE_CHECKING:
    from data.store.engine.connect import Connection
    from data.types import Person
    from monitor.config.load import Config
    from monitor.matters.reader import Reader


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
        (post.number, a.source.id, brief(post.raised_at, now, zone), _taken(post))
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
    return Cell("in hand") if odd.in_hand else Cell("nobody has it yet", Tone.WARN)


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
    if account.source.kind == OWN_PAGE or run is None or not run.outcome.seen:
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
        "notice_since": notice and utc(notice.since),
        "notice_read_at": notice and utc(notice.read_at),
        "odd_posts": [
            {"alert": o.number, "raised_at": utc(o.raised_at), "acknowledged": o.in_hand} for o in account.odd
        ],
        "log": [_entry_json(entry) for entry in account.log],
    }


def _entry_json(entry: ShownEntry) -> dict[str, object]:
    done = entry.logged
    found: dict[str, object] = {
        "id": done.id, "school": done.urn, "done_at": utc(done.done_at), "action": done.action,
        "state": None, "by": None, "reason": None, "url": None,
    }  # fmt: skip
    if not entry.words:
        return found | {"state": WITHOUT_WORDS}
    return found | {"by": done.person_id, "reason": done.reason, "url": done.url}


_FAIR = (
    "Note: what stands there was judged criticism to be answered. Fair criticism is answered, not hidden. "
    "If there is another ground, see that the reason names it."
)


def account_log(
    opts: options.HomeOptions,
    source: Annotated[str, Option("--source", metavar="ID", help="The account, by its source's id.")],
    action: Annotated[str, Option("--action", help="What was done: hidden, blocked, deleted or reported.")],
    reason: Annotated[str, options.asked_for("--reason", "Why; it is kept.")],
    person: options.Asking = None,
    url: Annotated[
        str | None, Option("--url", help="The address of what it was done to, where it has one.")
    ] = None,
    school: options.School = None,
) -> None:
    """Write down what was hidden or blocked there, and why.

    \b
    Examples:
      schoolgate account log --source our-page --action hidden --reason "names a pupil" --as b-patel
      schoolgate account log --source our-page --action blocked --reason "insults" --as b-patel
    """
    reader = opts.reader(person)
    account, who = _own(reader.config, source), reader.named
    urn = _urn(reader.config, account, school)
    _of_school(reader.config, who, urn)
    now = utc_now()
    entry = account_store.Logged(
        account_store.log_id(urn, account.id, who.id, now),
        *(urn, account.id, now, who.id, action, reason.strip(), url),
    )
    with reader.store.write("account log") as con:
        account_store.put_log(con, entry)
        routes = account_store.routes_at(con, url, canonical_url(url), urn) if url else []
    say(f"Kept: {action} on {account.id}, {entry.id}.")
    if Route.RESPOND.value in routes:
        say(_FAIR)


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


def _of_school(settings: Config, person: Person, urn: str) -> None:
    """Raises InputError for somebody who does not belong to that school."""

    school = settings.school(urn)
    if school is None or not people_of(school, [person]):
        raise InputError(f"--as {person.id}: {person.id} does not belong to school {urn}.")


_MOST_ODD = 5


def account_list(
    opts: options.JsonOptions, school: options.School = None, person: options.Asking = None
) -> None:
    """Own accounts: notice, odd posts, what was done there.

    \b
    Examples:
      schoolgate account list
      schoolgate account list --as b-patel --json
    """
    reader = opts.reader(person)
    urn = wiring.pick_urn(reader.config, school) if school else None
    with reader.store.read() as con:
        # every own account of the schools whose accounts this person may know of
        urns = {s.urn for s in reader.config.schools if urn in (None, s.urn)} & reader.account_schools()
        own = [s for s in reader.config.sources if s.own and urns & set(s.urns)]
        ids = [s.id for s in own]
        runs, notices = source_store.latest_runs(con, ids), account_store.notices(con, ids)
        log = _log(con, reader, ids, urns)
        shown = [
            ShownAccount(
                *(s, runs.get(s.id), notices.get(s.id), _odd_posts(con, reader, s)),
                [entry for entry in log if entry.logged.source_id == s.id],
            )
            for s in own
        ]
    options.explain_no_words(reader)
    none = ["No source is marked as the school's own. Write own = true with it: schoolgate docs own-accounts"]
    said = lines(shown, utc_now(), reader.config.zone) or none
    opts.show([as_json(one) for one in shown], [*said, "", NOT_FOR_VETTING])


def _odd_posts(con: Connection, reader: Reader, source: Source) -> list[OddPost]:
    """Its newest odd posts that this person may know of."""

    odd = account_store.odd_posts(con, source.id, limit=20 * _MOST_ODD)
    alerts = [a for o in odd if (a := alert_store.alert(con, o.alert_id))]
    known = reader.look(con, {a.story_id: a.urn for a in alerts})
    ids = {a.id for a in alerts if known.tells_of(a.story_id)}
    return [o for o in odd if o.alert_id in ids][:_MOST_ODD]


def _log(con: Connection, reader: Reader, ids: list[str], urns: Iterable[str]) -> list[ShownEntry]:
    """What was done on these accounts for these schools."""

    done = [entry for entry in account_store.list_log(con, ids) if entry.urn in urns]
    words = reader.may_read_done(done)
    return [ShownEntry(entry, entry.id in words) for entry in done]


account_app = group("The school's own pages and accounts.")
account_app.command("list")(account_list)
account_app.command("log")(account_log)
account_app.command("register")(account_register)
account_app.command("add")(account_add)
account_app.command("change")(account_change)
account_app.command("remove")(account_remove)
