"""How a source is doing: what a run amounts to, and when silence is a cause for concern. All pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.frozen import dataclass
from data.types import BlockKind, Outcome, Page, PartReason, Source, SourceState
from sources.due import due, pause_s

_DAY_S = 24 * 3600.0
_FAILING_RUNS = 3
_LONGER_BY = 1.25  # silence is reported when it is a quarter longer than the longest so far


def outcome_of(page: Page, state: SourceState) -> Outcome:
    """The outcome of a run. `page` holds everything the run read.

    PARTLY if something of it was not read. Without mentions: MALFORMED if there are warnings about the
    document, EMPTY if all that it held is rightly left out, SUSPICIOUS if its good runs usually bring
    something, else EMPTY.
    """
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
    PartReason.DAMAGED: "damaged|(?:not|nothing could) be read",
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
    """A source people should know about: since when, and by how many seconds this exceeds its history."""

    trouble: SourceTrouble
    since: datetime
    longer_than_ever_s: float


def unseen(state: SourceState, now: datetime) -> Unseen | None:
    """Has the source been failing or silent for longer than its history makes likely?

    FAILING: at least three failures in a row, for longer than its longest gap (a day if none is known).
    SILENT: it answers, but has brought nothing new for a quarter longer than its longest gap so far, and
    than a day; reported only for sources with a known gap, since a new source has no history.
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
    """Was it due, yet not read for twice its interval? That is our fault, not the source's.

    `since` is when we could first have read it, if known: when the service started.
    """
    then = now - timedelta(seconds=pause_s(source, state, now, zone))
    asked = state.last_run_at
    if (since is not None and then < since) or (asked is not None and asked > then):
        return False
    return due(source, state, then, zone)
