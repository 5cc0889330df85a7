"""The list of cases: a line or two for each, as far as its reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from alerts.wording.cases import class_words, clock_words, next_words, shown_class, state_words
from alerts.wording.matters import due_words
from data.cases import Case, Consent, RunningClock
from data.matters import DECIDE, LADO, MatterView
from data.steps.codes import HowTold, Support
from monitor.cli.views.case.wording import LOCKED
from monitor.cli.views.layout import plain, typed, utc
from monitor.cli.views.screen import ENGLISH, Screen, coded, due_json, holder_json
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL

_HEADS = ("Case", "Next date", "Who has it, and where it stands")


def overdue(view: MatterView) -> bool:
    """Whether it is overdue, as far as its reader may know."""
    return view.due is not None and view.due.late


def lines(cases: Sequence[MatterView], screen: Screen) -> list[Painted]:
    """Cases as a table: which, when something is next due, who has it, where it stands and what is due."""
    return table(_HEADS, [_cells(view, screen) for view in cases])


def _cells(view: MatterView, screen: Screen) -> tuple[str | Cell, ...]:
    who, case = [] if view.finished else [screen.has(view)], view.case
    if case is None:
        # one can be told from another by its beginning; no other date may name the accused
        since = f" since {screen.brief(view.began_at)}" if view.began_at else ""
        return view.number, "", " · ".join((f"{WITH_THE_DSL}{since}", *who))
    more = _more(case) if view.words else _own(case, screen) if view.own else ()
    said = (*who, state_words(case, ENGLISH), *_times(view, case, screen), *more)
    return view.number, screen.date(view), " · ".join(said)


def _times(view: MatterView, case: Case, screen: Screen) -> Iterator[str]:
    """What is due on the date shown, and what else is over; to whoever may act what is then to be done."""
    due = view.due
    if due is not None and due.clock in (DECIDE, LADO):
        yield due_words(due, ENGLISH)
    elif due is not None and not due.late:
        yield f"due: {typed(clock_words(due.clock, ENGLISH))}"
    asking = case.late(screen.now)
    for wait in case.over(screen.now):
        shown = due is not None and (wait.due_at, wait.clock) == (due.at, due.clock)
        since = "" if shown else f" since {screen.brief(wait.due_at)}"
        yield f"over{since}: {typed(clock_words(wait.clock, ENGLISH))}"
        if view.words and wait in asking:
            yield f"next: {next_words(wait.clock, ENGLISH)}"


def _own(case: Case, screen: Screen) -> Iterator[str]:
    """Extra lines shown to the person targeted, and who recorded it for them."""

    def by_others(who: str | None, informed: HowTold | None) -> str:
        return f" (recorded by {screen.name(who)})" if informed else ""

    support = coded("supported", case.support.value)
    yield f"support {support}{by_others(case.support_by, case.support_told)}"
    consent = coded("consent", case.consent.value)
    yield f"consent to tell the police {consent}{by_others(case.consent_by, case.consent_told)}"


def _more(case: Case) -> Iterator[str]:
    what = class_words(shown_class(case), ENGLISH)
    if not case.restricted and what not in state_words(case, ENGLISH):
        yield what + ("" if case.classified_by or case.unjudged else " (proposed)")
    if case.target and case.support in (Support.NOT_OFFERED, Support.OFFERED):
        yield f"support {coded('supported', case.support.value)}"
    if case.consent is Consent.ASKED:
        yield f"consent {coded('consent', case.consent.value)}"
    if case.hold_by:
        yield "on hold"
    if case.locked:
        yield LOCKED


def as_json(view: MatterView, now: datetime) -> dict[str, object]:
    """The same as JSON values, with who has it and what is next due; times in UTC."""
    return state_json(view, now) | {
        "has_it": holder_json(view.holder, dated=not view.locked),
        "next": due_json(view),
    }


_WITHHELD = dict.fromkeys(
    (
        "rung", "due", "clocks", "class", "proposed_class", "opened_at", "closed_at", "assigned_to",
        "consent", "support", "hold", "locked", "ending", "story",
    )
)  # fmt: skip
"""What is null of a case whose reader may not know it."""


def state_json(view: MatterView, now: datetime) -> dict[str, object]:
    """How far it is, as JSON values. Every case has the same keys, whatever its reader may know."""
    case = view.case
    if case is None:
        return {
            "case": view.number, "urn": view.urn, "restricted": True, "state": WITH_THE_DSL, **_WITHHELD,
            "opened_at": plain(view.began_at),
        }  # fmt: skip
    found: dict[str, object] = {
        "case": case.id, "urn": case.urn, "restricted": case.restricted, **_WITHHELD,
        "state": WITH_THE_DSL if case.restricted else case.state.value,
        "rung": case.rung.value if case.rung and not case.restricted else None,
        "due": _clock_json(due, now) if (due := case.due(now)) else None,
        "clocks": [_clock_json(waits, now) for waits in case.waits],
    }  # fmt: skip
    if view.own:
        found |= {"consent": case.consent.value, "support": case.support.value}
    if not view.words:
        return found
    if not case.restricted:
        found |= {
            "class": case.content_class if case.classified_by else None,
            "proposed_class": case.proposed_class,
        }
    if not case.locked:  # dates may make an accused teacher known
        found |= {
            "opened_at": utc(case.opened_at),
            "closed_at": plain(case.closed_at),
        }
    return found | {
        "assigned_to": case.owner, "consent": case.consent.value, "support": case.support.value,
        "hold": case.hold_by is not None, "locked": case.locked,
        "ending": case.ending.value if case.ending else None, "story": case.story_id,
    }  # fmt: skip


def _clock_json(waits: RunningClock, now: datetime) -> dict[str, object]:
    return {"clock": waits.clock, "at": utc(waits.due_at), "overdue": waits.over(now)}


def none(*, mine: bool, overdue: bool, everything: bool) -> str:
    if overdue:
        return "Nothing is overdue."
    if mine:
        return "You have no case, and were told of none that nobody has."
    return "There is no case." if everything else "No case is open."
