"""`schoolgate case host`: by which way the platform is asked, or who hosts the website."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from alerts.ladder.advance import advance
from alerts.routes.route import PlatformRoute, route
from data.cases import Case, CaseState, Event, StepKind
from data.effects import utc_now
from data.errors import InputError
from data.store import cases as case_store
from data.store.case_posts import post as post_of
from monitor.casework import hosting
from monitor.casework.act import rules
from monitor.commands.case_common import Desk, Say, accepted, desk, do, find, words
from monitor.config import Config
from monitor.terminal import in_json
from monitor.views.case_host import hosting_lines, route_json, route_lines
from sources.hosting.who_hosts import Hosting

Look = Callable[[Config, Path, str, datetime], Hosting | None]


def host(
    number: str,
    *,
    person: str,
    offline: bool,
    restricted: bool,
    reason: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    look: Look = hosting.look,
) -> int:
    """Shows the platform's way; of a website asks the registers first, and records what they tell.

    With `offline` nothing is asked, and nothing of the host recorded: what is known already is shown. Where
    a restricted post stands is told with `restricted` and a reason alone, which is recorded.
    """
    at = desk(person, home, config)
    now = utc_now()
    case = _case(at, number, now)
    url = _address(at, case, words(reason, "--reason") if restricted else "", now)
    row = route(case.channel, url)
    facts: Mapping[str, str] = case.hosting
    if row.is_site and not offline:
        facts = _asked(at, case, url, now, look)
    today = now.astimezone(at.config.zone).date()
    if as_json:
        said = {"case": case.id, "hosting": facts or None, "route": route_json(row, _class(case), today)}
        say(in_json(said))
        return 0
    for line in _lines(at, case, url, row, facts, now, today):
        say(line)
    return 0


def _case(at: Desk, number: str, now: datetime) -> Case:
    """The case, where anybody may be asked in it at all: not of fair comment, nor off the ladder."""
    with at.store.read() as con:
        case = find(con, at, number)
    if case.state is not CaseState.CLOSED:
        _allowed(at, case, now)
    return case


def _allowed(at: Desk, case: Case, now: datetime) -> None:
    probe = Event(StepKind.HOSTED, at.person.id, facts={"host": "?"})
    accepted(advance(case, probe, now, rules(at.context, case.urn)), case, at)


def _address(at: Desk, case: Case, reason: str, now: datetime) -> str:
    """Where the post stands; of a restricted case that it was read stands in the audit."""
    if case.restricted and not reason:
        raise InputError(
            f"Case {case.id} is with the DSL. Where its post stands is shown with a reason that is kept:\n"
            f"    schoolgate case host {case.id} --restricted --as {at.person.id} --reason “…”"
        )
    if case.restricted:
        with at.store.write("reading a restricted matter") as con:
            case_store.record_read(con, case, person=at.person.id, reason=reason, now=now)
    with at.store.read() as con:
        post = post_of(con, case.mention_id, restricted=case.restricted) if case.mention_id else None
    if post is None or not post.url:
        raise InputError(f"Case {case.id}: no address of the post is held any more.")
    return post.url


def _asked(at: Desk, case: Case, url: str, now: datetime, look: Look) -> Mapping[str, str]:
    """What the registers tell, recorded in the case; nobody is asked where that would be refused."""
    _allowed(at, case, now)
    found = look(at.config, at.context.home, url, now)
    if found is None:
        raise InputError(f"Case {case.id}: what is held as the post's address is no web address.")
    facts = found.facts()
    do(at, case.id, lambda _: Event(StepKind.HOSTED, at.person.id, facts=facts, when=now))
    return facts


def _lines(
    at: Desk, case: Case, url: str, row: PlatformRoute, facts: Mapping[str, str], now: datetime, today: date
) -> list[str]:
    lines = [f"Case {case.id}"]
    if facts:
        lines += hosting_lines(facts)
        lines.append(f"Asked on    {_asked_at(at, case):%d %B %Y}")
    elif row.is_site:
        by_hand = hosting.by_hand(at.context.home, url, now)
        lines.append(f"Who hosts it was not asked yet: schoolgate case host {case.id} --as {at.person.id}")
        lines += [f"To look it up by hand: {by_hand}"] if by_hand else []
    return [*lines, *route_lines(row, _class(case), today)]


def _asked_at(at: Desk, case: Case) -> datetime:
    """When the registers were asked last, in the school's own time."""
    with at.store.read() as con:
        times = [s.done_at for s in case_store.steps(con, case.id) if s.kind is StepKind.HOSTED]
    return times[-1].astimezone(at.config.zone)


def _class(case: Case) -> str:
    return case.content_class
