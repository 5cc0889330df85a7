"""The list of cases: a line or two for each, as far as its reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access
from alerts.next_date import DECIDE, LADO, NextDate, SchoolDays, next_date
from data.cases import Case, Consent, RunningClock
from data.frozen import dataclass
from data.steps.codes import HowTold, Support
from data.types import Alert
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL
from monitor.views.case.wording import (
    CONSENTS,
    LOCKED,
    SUPPORTS,
    class_words,
    clock_words,
    next_words,
    state_words,
)
from monitor.views.layout import brief, utc
from monitor.views.whose import Whose, date_cell, due_json, due_words, has_words, whose_json

_HEADS = ("Case", "Next date", "Who has it, and where it stands")


@dataclass(frozen=True, slots=True)
class Row:
    """A case as it is listed, for somebody with this access to it; `own` for the person targeted.

    `who` is who has it, as far as they may know; `alert` is what was raised of it, for its dates, by `days`.
    """

    case: Case
    access: Access
    own: bool = False
    who: Whose = field(default_factory=Whose)
    alert: Alert | None = None
    days: SchoolDays | None = None

    @property
    def told(self) -> bool:
        """May its reader know more than that it is there?"""
        return self.access >= Access.STATUS

    def due(self, now: datetime) -> NextDate | None:
        """When something is next due in it; None where that is not for its reader."""
        if self.days is None or not self.told:
            return None
        return next_date(self.alert, [self.case], self.days, now, had=not self.who.nobody)


def in_order(rows: list[Row], now: datetime) -> list[Row]:
    """Longest overdue first, then by due time, then by number; closed ones last."""

    def key(row: Row) -> tuple[bool, datetime, str]:
        first = row.due(now)
        ends = first.at if first else datetime.max.replace(tzinfo=now.tzinfo)
        return (row.case.closed_at is not None, ends, row.case.id)

    return sorted(rows, key=key)


def overdue(row: Row, now: datetime) -> bool:
    """Whether it is overdue, as far as its reader may know."""
    due = row.due(now)
    return due is not None and due.late


def lines(rows: Sequence[Row], now: datetime, zone: ZoneInfo, names: Mapping[str, str]) -> list[Painted]:
    """Cases as a table: which, when something is next due, who has it, where it stands and what is due."""
    return table(_HEADS, [_cells(row, now, zone, names) for row in rows])


def _cells(row: Row, now: datetime, zone: ZoneInfo, names: Mapping[str, str]) -> tuple[str | Cell, ...]:
    case = row.case
    who = [] if case.closed_at else [has_words(row.who)]
    if not row.told:
        return case.id, "", " · ".join((_apart(case, now, zone), *who))
    more = list(_more(case) if row.access is Access.WORDS else _own(case, row.own, names))
    said = (*who, state_words(case), *_times(row, now, zone), *more)
    return case.id, date_cell(row.due(now), now, zone), " · ".join(said)


def _apart(case: Case, now: datetime, zone: ZoneInfo) -> str:
    """That it is with the DSL, and since when: one can be told from another; no date may name the accused."""
    return WITH_THE_DSL if case.locked else f"{WITH_THE_DSL} since {brief(case.opened_at, now, zone)}"


def _times(row: Row, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """What is due on the date shown, and what else is over; to whoever may act what is then to be done."""
    due = row.due(now)
    if due is not None and due.clock in (DECIDE, LADO):
        yield due_words(due)
    elif due is not None and not due.late:
        yield f"due: {clock_words(due.clock)}"
    asking = row.case.late(now)
    for wait in row.case.over(now):
        shown = due is not None and (wait.due_at, wait.clock) == (due.at, due.clock)
        yield f"over{'' if shown else f' since {brief(wait.due_at, now, zone)}'}: {clock_words(wait.clock)}"
        if row.access is Access.WORDS and wait in asking:
            yield f"next: {next_words(wait.clock)}"


def _own(case: Case, own: bool, names: Mapping[str, str]) -> Iterator[str]:
    """Extra lines shown to the person targeted, and who recorded it for them."""

    def by_others(who: str | None, told: HowTold | None) -> str:
        return f" (recorded by {names.get(who or '', who)})" if told else ""

    if own:
        yield f"support {SUPPORTS[case.support]}{by_others(case.support_by, case.support_told)}"
        consent = CONSENTS[case.consent]
        yield f"consent to tell the police {consent}{by_others(case.consent_by, case.consent_told)}"


def _more(case: Case) -> Iterator[str]:
    what = class_words(case.content_class)
    if not case.restricted and what not in state_words(case):
        yield what + ("" if case.classified_by or case.unjudged else " (proposed)")
    if case.target and case.support in (Support.NOT_OFFERED, Support.OFFERED):
        yield f"support {SUPPORTS[case.support]}"
    if case.consent is Consent.ASKED:
        yield f"consent {CONSENTS[case.consent]}"
    if case.hold_by:
        yield "on hold"
    if case.locked:
        yield LOCKED


def as_json(row: Row, now: datetime) -> dict[str, object]:
    """The same as JSON values, with who has it and what is next due; times in UTC."""
    who = whose_json(row.who, dated=not row.case.locked)
    return state_json(row, now) | {"has_it": who, "next": due_json(row.due(now))}


def state_json(row: Row, now: datetime) -> dict[str, object]:
    """How far a case is, as JSON values."""
    case = row.case
    if not row.told:
        apart: dict[str, object] = {
            "case": case.id, "urn": case.urn, "restricted": True, "state": WITH_THE_DSL,
        }  # fmt: skip
        return apart if case.locked else apart | {"opened_at": utc(case.opened_at)}
    found: dict[str, object] = {
        "case": case.id, "urn": case.urn, "restricted": case.restricted,
        "state": WITH_THE_DSL if case.restricted else case.state.value,
        "rung": case.rung.value if case.rung and not case.restricted else None,
        "due": _clock_json(due, now) if (due := case.due(now)) else None,
        "clocks": [_clock_json(waits, now) for waits in case.waits],
    }  # fmt: skip
    if row.own:
        found |= {"consent": case.consent.value, "support": case.support.value}
    if row.access is not Access.WORDS:
        return found
    if not case.restricted:
        found |= {
            "class": case.content_class if case.classified_by else None,
            "proposed_class": case.proposed_class,
        }
    if not case.locked:  # dates may make an accused teacher known
        found |= {
            "opened_at": utc(case.opened_at),
            "closed_at": utc(case.closed_at) if case.closed_at else None,
        }
    return found | {
        "assigned_to": case.assigned_to, "consent": case.consent.value, "support": case.support.value,
        "hold": case.hold_by is not None, "locked": case.locked,
        "ending": case.ending.value if case.ending else None, "story": case.story_id,
    }  # fmt: skip


def _clock_json(waits: RunningClock, now: datetime) -> dict[str, object]:
    return {"clock": waits.clock, "at": utc(waits.due_at), "overdue": waits.over(now)}


def none(*, mine: bool, overdue: bool, everything: bool) -> str:
    """That there is no case to be shown."""
    if overdue:
        return "Nothing is overdue."
    if mine:
        return "You have no case, and were told of none that nobody has."
    return "There is no case." if everything else "No case is open."
