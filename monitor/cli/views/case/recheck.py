"""What `case recheck` and `case host` print: what a look showed and made of the case; who hosts a post, or
how its platform is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.ladder.advance import Refusal
from alerts.routes.ways import OtherWay, PlatformRoute, WayOf, ground_words, helplines, old
from alerts.wording.cases import state_words
from data.cases import Case
from data.steps.codes import Check
from data.store.cases.case_posts import NOT_READ
from data.words.say import words
from monitor.act.casework.recheck import NEVER, Rechecked
from monitor.cli.views.layout import local, picked, plain
from monitor.cli.views.screen import ENGLISH, coded
from sources.hosting.who_hosts import front_of

if TYPE_CHECKING:
    from monitor.service.tasks.rechecks import DueRecheck


_WHO = {
    "anyone": "anyone may report it",
    "person": "the person concerned, or somebody with their leave, reports it",
    "owner": "the owner of the rights reports it",
    "member": "somebody who is in it reports it",
}
_WAYS = {
    WayOf.ACCOUNT: "A whole account",
    WayOf.POSING: "An account that poses as somebody",
    WayOf.SCHOOLS: "For schools",
}


def host_lines(
    number: str,
    row: PlatformRoute,
    content_class: str,
    facts: Mapping[str, str],
    asked_at: datetime | None,
    today: date,
    by_hand: str | None,
    person: str,
) -> Iterator[str]:
    """Who hosts the post, as far as it is known, and how its platform takes reports."""
    yield f"Case {number}"
    if asked_at is not None:
        yield from hosting_lines(facts)
        yield f"Asked on    {asked_at:%d %B %Y}"
    elif row.is_site:
        yield f"Who hosts it was not asked yet: schoolgate case host {number} --as {person}"
        if by_hand:
            yield f"To look it up by hand: {by_hand}"
    yield from route_lines(row, content_class, today)


def hosting_lines(facts: Mapping[str, str]) -> Iterator[str]:
    """What is known of the host, from the facts of a step (`StepKind.HOSTED`)."""
    tag = facts.get("nominet", "yes")
    named = facts.get("registrar", "not known")
    yield f"Host        {facts['host']}"
    if facts.get("domain"):
        yield f"Domain      {facts['domain']}, registered through {named}" + (
            f" (tag {tag})" if tag != "yes" else ""
        )
    if facts.get("registrar_abuse"):
        yield f"  abuse     {facts['registrar_abuse']}"
    if facts.get("network"):
        yield f"Network     {facts['network']} ({facts.get('addresses', '')})"
    if facts.get("network_abuse"):
        yield f"  abuse     {facts['network_abuse']}"
    yield from _front(facts)
    if facts.get("nominet"):
        line = helplines()["nominet"]
        yield f"Nominet     {line.what} Not for: {line.not_for[:1].lower()}{line.not_for[1:]}"
    if facts.get("failed"):
        yield f"Not found   {facts['failed']}"


def _front(facts: Mapping[str, str]) -> Iterator[str]:
    if not facts.get("front"):
        return
    front = front_of(facts.get("network", ""))
    may = "only stands" if front is not None and front.only else "may only stand"
    yield (
        f"Mind        {facts['front']} {may} in front of the site: somebody else may hold it. Its abuse desk "
        "passes a complaint on; ask it who the host is."
    )


def route_lines(row: PlatformRoute, content_class: str, today: date) -> Iterator[str]:
    """How the platform takes reports, what it asks for, and how old that knowledge is."""
    yield f"{row.name}: {row.report}"
    if row.form or row.mail:
        yield f"  address   {row.form or row.mail}"
    signed_in = "needs an account there" if row.logged_in else "needs no account there"
    yield f"  who       {_WHO[row.who]}; it {signed_in}"
    yield f"  asks for  {'; '.join(row.asks)}"
    grounds = [ground_words(code, words("en")) for code in row.fitting(content_class)]
    yield f"  grounds   {'; '.join(grounds) or 'none of its grounds fits the class of this case'}"
    yield f"  time      {row.time or 'none is published'}"
    yield f"  then      {row.escalate}"
    yield f"  from      {row.source}"
    yield f"  {aged(row, today)}"
    for way in row.ways:
        yield f"{_WAYS[way.of]}: {way.report}"
        if way.form:
            yield f"  address   {way.form}"
        yield f"  who       {_WHO[way.who]}"
        yield f"  asks for  {'; '.join(way.asks)}"
        yield f"  from      {way.source}"
        yield f"  {aged(way, today)}"


def aged(row: PlatformRoute | OtherWay, today: date) -> str:
    """When it was looked at, and that it is old where it is."""
    said = f"Looked at on {row.checked_on:%d %B %Y}"
    return f"{said}, over six months ago: check it before you rely on it." if old(row, today) else f"{said}."


def route_json(row: PlatformRoute, content_class: str, today: date) -> dict[str, object]:
    return {
        "platform": row.key, **picked(row, "name report"), "form": row.form or None,
        "asks": row.asks, "grounds": list(row.fitting(content_class)), **picked(row, "hours who"),
        "account_needed": row.logged_in, **picked(row, "escalate source"),
        "checked_on": row.checked_on.isoformat(), "old": old(row, today), "mail": row.mail or None,
        "ways": [
            picked(way, "of report asks who source")
            | {"form": way.form or None, "checked_on": way.checked_on.isoformat(), "old": old(way, today)}
            for way in row.ways
        ],
    }  # fmt: skip


_UNSEEN = frozenset((Check.LOG_IN_WALL, Check.BLOCKED, Check.CANNOT_TELL))


def unseen(result: Rechecked) -> bool:
    """Could it not be told whether the post is there?"""
    return result.seen.check in _UNSEEN


def lines(result: Rechecked, zone: ZoneInfo, person: str) -> Iterator[str]:
    """One look, for whoever asked for it or made it."""
    case, seen = result.case, result.seen
    yield f"Case {case.number}: {coded('check', seen.check.value)}. {seen.said}"
    if result.came_back:
        yield "  It was gone and is back: the case is open at the rung it had reached."
    for mention in result.copies:
        yield f"  The same words are elsewhere too: post {mention}"
    if seen.code in NEVER:
        yield "  Do not open it either."
    elif unseen(result) and seen.code != "person":
        wall = "" if seen.code in NOT_READ else "A wall or an error is no removal. "
        yield f"  {wall}Look yourself, logged out; or, where only members"
        yield "  read it, have a member look. Record what was seen, and how:"
        yield f'    schoolgate case recheck {case.number} --saw gone --why "…" --as {person}'
    yield f"  Now: {state_words(case, ENGLISH)}."
    if case.recheck_at is not None:
        yield f"  next look {local(case.recheck_at, zone)}"


_LOOK = ("case", "result", "why", "said", "came_back", "copies", "state", "next_check")


def as_json(result: Rechecked) -> dict[str, object]:
    case, seen = result.case, result.seen
    return {
        "case": case.id, "result": seen.check.value, "why": seen.code, "said": seen.said,
        "came_back": result.came_back, "copies": list(result.copies), "state": case.state.value,
        "next_check": plain(case.recheck_at),
    }  # fmt: skip


def due_unseen(each: DueRecheck) -> bool:
    """Was a look that was due not made, or did it not show whether the post is there?"""
    return not isinstance(each.result, Rechecked) or unseen(each.result)


def due_words(each: DueRecheck, case: Case) -> str:
    """One of the looks that were due, in a sentence that anybody may see."""
    if case.restricted:
        return "looked at. It is with the DSL."
    if each.result is None:
        return "it could not be looked at now, and is tried again."
    if isinstance(each.result, Refusal):
        return f"not looked at. {each.result.said}"
    if each.result.seen.code == "copy":
        return f"the same words are elsewhere too: post {', '.join(each.result.copies)}."
    again = " It was gone and is back." if each.result.came_back else ""
    return f"{coded('check', each.result.seen.check.value)}. {each.result.seen.said}{again}"


def seen_json(result: Rechecked) -> dict[str, object]:
    """One look of several, for somebody who may read the case."""
    return as_json(result) | {"restricted": result.case.restricted, "guard": None}


def due_json(each: DueRecheck, case: Case) -> dict[str, object]:
    """One of the looks that were due; each has the same keys, and of a restricted case no more than that."""
    found: dict[str, object] = {"case": each.case_id, "restricted": case.restricted, "guard": None}
    if isinstance(each.result, Rechecked) and not case.restricted:
        return as_json(each.result) | found
    if isinstance(each.result, Refusal) and not case.restricted:
        found["guard"] = each.result.guard
    return dict.fromkeys(_LOOK) | found
