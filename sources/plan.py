"""What a source's answer amounts to, and when its silence is news. All pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.types import BlockKind, Outcome, Page, Source, SourceState
from sources.due import due, pause_s

_DAY_S = 24 * 3600.0
_FAILING_RUNS = 3
_LONGER_BY = 1.25  # a silence is news when it is a quarter longer than the longest so far


def outcome_of(page: Page, state: SourceState) -> Outcome:
    """What a page that was read amounts to. `page` holds all that one run read.

    Nothing, where its good runs usually brought something, is SUSPICIOUS; nothing but complaints
    about the document is MALFORMED; nothing else is EMPTY.
    """
    if page.block is not None:
        absent = page.block.kind in (BlockKind.REMOVED, BlockKind.SOFT_404)
        return Outcome.GONE if absent else Outcome.BLOCKED
    if page.mentions:
        return Outcome.OK
    if page.warnings:
        return Outcome.MALFORMED
    return Outcome.SUSPICIOUS if (state.usual_mentions or 0.0) >= 1 else Outcome.EMPTY


def detail_of(page: Page, state: SourceState) -> str:
    """The sentence that goes with `outcome_of`, "" where all is well."""
    if page.block is not None:
        return page.block.reason
    outcome = outcome_of(page, state)
    if outcome is Outcome.MALFORMED:
        return page.warnings[0]
    if outcome is Outcome.SUSPICIOUS:
        return f"It holds nothing; usually there are {state.usual_mentions:.0f} posts."
    return ""


class SourceTrouble(StrEnum):
    """Why a source cannot be counted on."""

    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Unseen:
    """A source that people should know about: since when, and by how much it is unusual (seconds)."""

    trouble: SourceTrouble
    since: datetime
    longer_than_ever_s: float


def unseen(state: SourceState, now: datetime) -> Unseen | None:
    """Is the source blind or silent for longer than its own history makes likely?

    FAILING: three runs in a row brought nothing to believe, for longer than its longest gap (a day
    where none is known). SILENT: it answers, but brought nothing new for a quarter longer than its
    longest gap so far, and than a day: of a place known since this morning alone, nothing is unusual yet.
    Said of sources with a known gap only.
    """
    usual = state.longest_gap_s
    if state.failures_in_a_row >= _FAILING_RUNS and state.last_ok_at is not None:
        blind_s = (now - state.last_ok_at).total_seconds()
        if blind_s > (usual or _DAY_S):
            return Unseen(SourceTrouble.FAILING, state.last_ok_at, blind_s - (usual or _DAY_S))
    if usual and state.last_new_at is not None:
        silent_s = (now - state.last_new_at).total_seconds()
        longest_s = max(usual, _DAY_S)
        if silent_s > longest_s * _LONGER_BY:
            return Unseen(SourceTrouble.SILENT, state.last_new_at, silent_s - longest_s)
    return None


def behind(
    source: Source, state: SourceState, now: datetime, zone: ZoneInfo, since: datetime | None = None
) -> bool:
    """Was it due, and has not been asked for twice its time? That is a fault of ours, not of the place.

    `since` is when we could first have asked it, where that is known: when the service began.
    """
    then = now - timedelta(seconds=pause_s(source, state, now, zone))
    asked = state.last_run_at
    if (since is not None and then < since) or (asked is not None and asked > then):
        return False
    return due(source, state, then, zone)
