"""The list of cases: a line or two for each, as far as its reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access
from alerts.ladder.overdue import late
from data.cases import Case, Consent, RunningClock
from data.steps.codes import HowTold, Support
from data.types import Person
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, Tone, table
from monitor.terminal.wording import WITH_THE_DSL
from monitor.views.case.wording import (
    CONSENTS,
    SUPPORTS,
    class_words,
    clock_lines,
    state_words,
)
from monitor.views.layout import utc


@dataclass(frozen=True, slots=True)
class Row:
    """A case as it is listed, for somebody with this access to it; `own` for the person targeted."""

    case: Case
    access: Access
    own: bool = False

    @property
    def told(self) -> bool:
        """May its reader know more than that it is there?"""
        return self.access >= Access.STATUS


def rows(cases: Sequence[Case], known: Mapping[str, Access], person: Person | None) -> list[Row]:
    """Those of these cases that this person may know of: `known` says how much, by number."""
    own = person.id if person else ""
    return [Row(c, seen, own == c.target) for c in cases if (seen := known.get(c.id, Access.NOTHING))]


def in_order(rows: list[Row], now: datetime) -> list[Row]:
    """Longest overdue first, then by due time, then by number; closed ones last."""

    def key(row: Row) -> tuple[bool, datetime, str]:
        first = next(iter(_late(row, now)), row.case.due(now) if row.told else None)
        ends = first.due_at if first else datetime.max.replace(tzinfo=now.tzinfo)
        return (row.case.closed_at is not None, ends, row.case.id)

    return sorted(rows, key=key)


def overdue(row: Row, now: datetime) -> bool:
    """Whether it is overdue, as far as its reader may know."""
    return bool(_late(row, now))


def _late(row: Row, now: datetime) -> tuple[RunningClock, ...]:
    return late(row.case, now) if row.told else ()


def lines(rows: Sequence[Row], now: datetime, zone: ZoneInfo, names: Mapping[str, str]) -> list[Painted]:
    """Cases as a table: which, whether a time is over, where it stands and what is due."""
    return table(("Case", "Time", "Where it stands"), [_cells(row, now, zone, names) for row in rows])


def _cells(row: Row, now: datetime, zone: ZoneInfo, names: Mapping[str, str]) -> tuple[str | Cell, ...]:
    case = row.case
    if not row.told:
        return case.id, "", WITH_THE_DSL
    words_too = row.access is Access.WORDS
    clocks = [said.strip() for said in clock_lines(case, now, zone, acts=words_too)]
    more = list(_more(case, names) if words_too else _own(case, row.own, names))
    over = Cell("overdue", Tone.GRAVE) if overdue(row, now) else Cell("in time" if case.due(now) else "")
    return case.id, over, " · ".join((state_words(case), *clocks, *more))


def _own(case: Case, own: bool, names: Mapping[str, str]) -> Iterator[str]:
    """Extra lines shown to the person targeted, and who recorded it for them."""

    def by_others(who: str | None, told: HowTold | None) -> str:
        return f" (recorded by {names.get(who or '', who)})" if told else ""

    if own:
        yield f"support {SUPPORTS[case.support]}{by_others(case.support_by, case.support_told)}"
        consent = CONSENTS[case.consent]
        yield f"consent to tell the police {consent}{by_others(case.consent_by, case.consent_told)}"


def _more(case: Case, names: Mapping[str, str]) -> Iterator[str]:
    what = class_words(case.content_class)
    if not case.restricted and what not in state_words(case):
        yield what + ("" if case.classified_by or case.unjudged else " (proposed)")
    yield f"with {names.get(case.assigned_to, case.assigned_to)}" if case.assigned_to else "nobody has it"
    if case.target and case.support in (Support.NOT_OFFERED, Support.OFFERED):
        yield f"support {SUPPORTS[case.support]}"
    if case.consent is Consent.ASKED:
        yield f"consent {CONSENTS[case.consent]}"
    if case.hold_by:
        yield "on hold"
    if case.locked:
        yield "locked (section 141F)"


def as_json(row: Row, now: datetime) -> dict[str, object]:
    """The same as JSON values; times in UTC."""
    case = row.case
    if not row.told:
        return {"case": case.id, "urn": case.urn, "restricted": True, "state": WITH_THE_DSL}
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
