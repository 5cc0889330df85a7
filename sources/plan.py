"""When a source is asked, what its answer amounts to, and when its silence is news. All pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.types import BlockKind, Outcome, Page, Source, SourceState
from sources.politeness import backoff_s

_LONDON = ZoneInfo("Europe/London")
_QUIET_FACTOR = 2.0  # outside school hours, unless a person set the interval
_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
_FIRST_WAIT_S = {  # after one failure; doubled with each more, up to a day
    Outcome.BLOCKED: _HOUR_S,
    Outcome.UNREACHABLE: 5 * 60.0,
    Outcome.MALFORMED: 0.5 * _HOUR_S,
    Outcome.SUSPICIOUS: 0.5 * _HOUR_S,
    Outcome.TOO_LARGE: 6 * _HOUR_S,
    Outcome.GONE: 6 * _HOUR_S,
    Outcome.MISCONFIGURED: 6 * _HOUR_S,
    Outcome.REFUSED_BY_ROBOTS: _DAY_S,
}
_FAILING_RUNS = 3
_LONGER_BY = 1.25  # a silence is news when it is a quarter longer than the longest so far


def wait_s(source: Source, state: SourceState, now: datetime, default_interval_s: float) -> float:
    """Seconds until the source is due, 0 where it is. A source never asked is due at once.

    The later of its interval after the last run and what it asked for itself (`not_before`). The
    interval is the source's own; the default counts double outside school hours.
    """
    waits = [0.0]
    if state.last_run_at is not None:
        every = timedelta(seconds=_interval_s(source, now, default_interval_s))
        waits.append((state.last_run_at + every - now).total_seconds())
    if state.not_before is not None:
        waits.append((state.not_before - now).total_seconds())
    return max(waits)


def due(source: Source, state: SourceState, now: datetime, default_interval_s: float) -> bool:
    """Is it time to ask? Never, where the source is switched off."""
    return source.disabled is None and wait_s(source, state, now, default_interval_s) == 0


def in_school_hours(now: datetime) -> bool:
    """Monday to Friday, 07:00 to 19:00 in London: when somebody reads what is found."""
    there = now.astimezone(_LONDON)
    return there.weekday() < 5 and 7 <= there.hour < 19


def _interval_s(source: Source, now: datetime, default_interval_s: float) -> float:
    if source.interval_s is not None:
        return source.interval_s
    return default_interval_s if in_school_hours(now) else default_interval_s * _QUIET_FACTOR


def not_before(
    outcome: Outcome,
    state: SourceState,
    now: datetime,
    *,
    retry_after_s: float | None = None,
    jitter_01: float = 0.5,
) -> datetime | None:
    """When the source may next be asked after this outcome; None where only its interval counts.

    `state` is from before the run. A failure doubles the wait with each one in a row, up to a day;
    what the site asked for (Retry-After) is kept where it is longer. `jitter_01` is drawn in [0, 1].
    """
    base = _FIRST_WAIT_S.get(outcome)
    wait = 0.0 if base is None else backoff_s(state.failures_in_a_row + 1, base, _DAY_S, jitter_01)
    wait = max(wait, retry_after_s or 0.0)
    return now + timedelta(seconds=wait) if wait else None


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


class Trouble(StrEnum):
    """Why a source cannot be counted on."""

    FAILING = "failing"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Unseen:
    """A source that people should know about: since when, and by how much it is unusual (seconds)."""

    trouble: Trouble
    since: datetime
    longer_than_ever_s: float


def unseen(state: SourceState, now: datetime) -> Unseen | None:
    """Is the source blind or silent for longer than its own history makes likely?

    FAILING: three runs in a row brought nothing to believe, for longer than its longest gap (a day
    where none is known). SILENT: it answers, but brought nothing new for a quarter longer than its
    longest gap so far; said of sources with a known gap only.
    """
    usual = state.longest_gap_s
    if state.failures_in_a_row >= _FAILING_RUNS and state.last_ok_at is not None:
        blind_s = (now - state.last_ok_at).total_seconds()
        if blind_s > (usual or _DAY_S):
            return Unseen(Trouble.FAILING, state.last_ok_at, blind_s - (usual or _DAY_S))
    if usual and state.last_new_at is not None:
        silent_s = (now - state.last_new_at).total_seconds()
        if silent_s > usual * _LONGER_BY:
            return Unseen(Trouble.SILENT, state.last_new_at, silent_s - usual)
    return None
