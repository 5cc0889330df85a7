"""What `case recheck` prints: what a look at a post showed, and what it made of the case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.ladder.advance import Refusal
from alerts.wording.cases import state_words
from data.cases import Case
from data.steps.codes import Check
from data.store.cases.case_posts import NOT_READ
from monitor.act.casework.recheck import NEVER, Rechecked
from monitor.cli.views.layout import local, plain
from monitor.cli.views.screen import ENGLISH, coded

if TYPE_CHECKING:
    from monitor.service.tasks.rechecks import DueRecheck

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
