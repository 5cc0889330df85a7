"""Health of a source: what a run amounts to, and when silence is a cause for concern. All pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from data.register.calendar import SCHOOL_CLOSES, SCHOOL_OPENS, SchoolHours
from data.types import BlockKind, Outcome, Page, PartReason, Source, SourceState
from sources.due import due, pause_s

_DAY_S = 24 * 3600.0
_FAILING_RUNS = 3
_FOUR_WEEKS = 20
"""So many school days of reading tell how often a place brings something new."""
_OFTEN = 4
"""A place that brought something on fewer days of those comes too seldom for its silence to mean anything."""
_LONGER_BY = 2
"""Silence is reported when it is twice the longest of those four weeks, or twice a school day."""
_BARE_DAYS = 2
"""For longer than so many school days no place that used to hold posts is empty by chance."""
_A_SCHOOL_DAY = timedelta(hours=SCHOOL_CLOSES.hour - SCHOOL_OPENS.hour)


def outcome_of(page: Page, state: SourceState) -> Outcome:
    """The outcome of a run. `page` holds everything the run read.

    PARTLY if something of it was not read. Without mentions: MALFORMED if there are warnings about the
    document, EMPTY if all that it held is rightly left out, SUSPICIOUS if its good runs usually bring
    something, else EMPTY."""
    if page.block is not None:
        absent = page.block.kind in (BlockKind.REMOVED, BlockKind.SOFT_404)
        return Outcome.GONE if absent else Outcome.BLOCKED
    if page.unread and (page.mentions or page.left_out):
        return Outcome.PARTLY
    if page.mentions:
        return Outcome.OK
    if page.warnings:
        return Outcome.MALFORMED
    if page.left_out:
        return Outcome.EMPTY
    return Outcome.SUSPICIOUS if (state.usual_mentions or 0.0) >= 1 else Outcome.EMPTY


def detail_of(page: Page, state: SourceState) -> str:
    """The sentence that goes with `outcome_of`, "" if all is well."""
    if page.block is not None:
        return page.block.reason
    outcome = outcome_of(page, state)
    if outcome is Outcome.PARTLY:
        return " ".join(dict.fromkeys(page.unread))
    if outcome is Outcome.MALFORMED:
        return page.warnings[0]
    if outcome is Outcome.SUSPICIOUS:
        return f"It holds nothing; there are usually {state.usual_mentions:.0f} posts."
    return ""


_SAID_OF = {
    PartReason.TOO_SLOW: "took too long to be read",
    PartReason.TOO_LONG: "only the beginning",
    PartReason.TOO_MANY: "(?i)too (?:much|large) to read in full|the first [0-9]+ are read",
    PartReason.DAMAGED: "damaged|(?:not|nothing could) be read|only in part",
}


def reasons_of(detail: str) -> tuple[PartReason, ...]:
    """Why something was not read, by the sentences of `detail_of`, which the readers in this room wrote."""
    return tuple(reason for reason, said in _SAID_OF.items() if re.search(said, detail))


class SourceTrouble(StrEnum):
    """Why a source cannot be relied on."""

    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Unseen:
    """A source unseen, since when, and how much longer than ever before (of silence: school hours)."""

    trouble: SourceTrouble
    since: datetime
    longer_by: timedelta


def unseen(state: SourceState, now: datetime, hours: SchoolHours) -> Unseen | None:
    """Has the source been failing or silent for longer than its history makes likely?

    FAILING: at least three failures in a row, for longer than its longest gap (a day if none is known). That
    a page is suddenly empty counts, like silence, in school hours, from a school day on: after two whatever
    it brought before. SILENT: it answers, but has brought nothing new for twice as many school hours as ever
    in the four school weeks before, and for two school days."""
    if state.failures_in_a_row >= _FAILING_RUNS and state.last_ok_at is not None:
        blind, usual = now - state.last_ok_at, timedelta(seconds=state.longest_gap_s or _DAY_S)
        if state.last_outcome is Outcome.SUSPICIOUS:
            blind = hours.between(state.last_ok_at, now)
            longest, days = _find_longest(state, state.last_ok_at, hours)
            usual = min(max(_A_SCHOOL_DAY, longest), _BARE_DAYS * _A_SCHOOL_DAY)
            usual = usual if days >= _OFTEN else _A_SCHOOL_DAY
        if blind > usual:
            return Unseen(SourceTrouble.FAILING, state.last_ok_at, blind - usual)
    return _find_silence(state, now, hours)


def is_believable(outcome: Outcome, state: SourceState, now: datetime, hours: SchoolHours) -> bool:
    """May what a run came to be believed: did it answer, with an empty page for no longer than may be?"""
    bare = outcome is Outcome.SUSPICIOUS and state.last_ok_at is not None
    return outcome.is_seen or (bare and unseen(state, now, hours) is None)


def _find_silence(state: SourceState, now: datetime, hours: SchoolHours) -> Unseen | None:
    if state.last_new_at is None or state.first_run_at is None:
        return None
    quiet = hours.between(state.last_new_at, now)
    if quiet <= _LONGER_BY * _A_SCHOOL_DAY or too_new(state, now, hours):
        return None
    longest, days = _find_longest(state, state.last_new_at, hours)
    if days < _OFTEN or quiet <= _LONGER_BY * longest:
        return None
    return Unseen(SourceTrouble.SILENT, state.last_new_at, quiet - longest)


def _find_longest(state: SourceState, until: datetime, hours: SchoolHours) -> tuple[timedelta, int]:
    """The longest it brought nothing new in the four school weeks before, and on how many days it did."""
    began = max(hours.days_before(until, _FOUR_WEEKS), state.first_run_at or until)
    news = [moment for moment in state.news_at if began <= moment <= until]
    longest = max((hours.between(*gap) for gap in pairwise((began, *news))), default=_A_SCHOOL_DAY)
    return longest, len({moment.date() for moment in news})


def too_new(state: SourceState, now: datetime, hours: SchoolHours) -> bool:
    """Has it been read for less than four school weeks, so that nobody can tell whether it is silent?"""
    return state.first_run_at is None or state.first_run_at > hours.days_before(now, _FOUR_WEEKS)


def is_overdue(
    source: Source, state: SourceState, now: datetime, zone: ZoneInfo, since: datetime | None = None
) -> bool:
    """Was it due, yet not read for twice its interval? That is our fault, not the source's. `since` is when
    we could first have read it, if known: when the service started."""
    then = now - timedelta(seconds=pause_s(source, state, now, zone))
    asked = state.last_run_at
    if (since is not None and then < since) or (asked is not None and asked > then):
        return False
    return due(source, state, then, zone)
