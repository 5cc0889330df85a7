"""When a source is next due, what a run of it amounts to, and when its silence is of concern. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.frozen import freeze
from data.ids import digest
from data.register.calendar import SCHOOL_CLOSES, SCHOOL_OPENS, SchoolHours
from data.types import BlockKind, Outcome, Page, PartReason, Source, SourceRun, SourceState
from data.web.channels import OPEN_TO_ALL, channel_at
from sources.http.politeness import RETRY_AFTER_CAP_S, backoff_s
from sources.registry import kind_named
from sources.walls import KEY_USED_UP, asked_too_often

LONDON = ZoneInfo("Europe/London")
DAY_S = 24 * 3600.0
WEEK_S = 7 * DAY_S
HOURLY_S = 55 * 60.0
"""“At least hourly” is planned with five minutes to spare, so that a late tick still makes the hour."""
DAILY_S = DAY_S - 3600.0
"""“At least daily”, with an hour to spare."""
OWN_S = 30 * 60.0
"""The school's own pages and accounts are read this often during the day."""

DAY_BEGINS, DAY_ENDS = time(6), time(23)
"""The hours, in the school's zone, when places where pupils can write are read at least hourly."""

PUPILS_WRITE_KINDS = ("forum.", "reviews.", "mailbox")
"""Prefixes of the kinds of place where anyone, including pupils, can write, or that bring word of such."""

_COMMENTS = "comments"
_QUIET_FACTOR = 2.0
_SLOWEST = 4.0
_PATIENCE_S = 7 * DAY_S
_JITTER = 0.1
_FIRST_WAIT_S = {  # after one failure; doubled with each more, up to a day, of what is gone to a week
    Outcome.BLOCKED: DAY_S,
    Outcome.UNREACHABLE: 5 * 60.0,
    Outcome.MALFORMED: 1800.0,
    Outcome.SUSPICIOUS: 1800.0,
    Outcome.TOO_LARGE: 6 * 3600.0,
    Outcome.GONE: 6 * 3600.0,
    Outcome.MISCONFIGURED: 6 * 3600.0,
    Outcome.REFUSED_BY_ROBOTS: DAY_S,
}
_TOO_OFTEN_S = 3600.0
"""A site that says we ask too often does not refuse us: as for others, but for the first wait."""
OUR_FAULT_WAITS_S = (60.0, 5 * 60.0, 15 * 60.0)
"""After a fault of ours we try again soon: nobody has judged what the source holds yet."""

_NOT_REFUSED = (Outcome.UNREACHABLE, Outcome.MALFORMED, Outcome.SUSPICIOUS)
"""Failures in which the site did not refuse us: we never wait longer than the promised interval."""


def pupils_write(source: Source) -> bool:
    """Can pupils write there: a forum, reviews, comments, an open channel?"""
    if source.kind.startswith(PUPILS_WRITE_KINDS) or {source.channel, channel_at(source.url)} & OPEN_TO_ALL:
        return True
    return _COMMENTS in urlsplit(source.url).path.lower().split("/")


def in_school_hours(now: datetime, zone: ZoneInfo = LONDON) -> bool:
    """Monday to Friday, 07:00 to 19:00: when someone reads what is found."""
    there = now.astimezone(zone)
    return there.weekday() < 5 and SCHOOL_OPENS <= there.time() < SCHOOL_CLOSES


def due_interval_s(
    source: Source, state: SourceState, now: datetime, zone: ZoneInfo, jitter_01: float
) -> float:
    """Seconds between two runs of a source that answers.

    A configured `interval` is kept to the second. Otherwise the kind's default: of a mailbox at any hour, of
    all else doubled outside school hours, and up to four times as long if nothing new has come for longer
    than its longest gap so far (or a week, if that gap is shorter); then capped at what we promise: half an
    hour for the school's own pages and an hour for places where pupils can write, both by day, and a day for
    any source. Reduced by up to a tenth by `jitter_01`, so that sources with one interval do not all fall due
    together."""
    if source.interval_s is not None:
        return source.interval_s
    every = kind_named(source.kind).default_interval_s
    if source.kind == "mailbox":  # a reply may stop an alarm, at night too
        return every * (1 - _JITTER * jitter_01)
    if state.last_new_at is not None:  # nothing new for longer than its longest gap: up to four times as long
        patience_s = max(state.longest_gap_s or 0.0, _PATIENCE_S)
        every *= min(max((now - state.last_new_at).total_seconds() / patience_s, 1.0), _SLOWEST)
    if not in_school_hours(now, zone):
        every *= _QUIET_FACTOR
    return min(every, _floor_s(source, now, zone)) * (1 - _JITTER * jitter_01)


def _floor_s(source: Source, now: datetime, zone: ZoneInfo) -> float:
    """The longest time between two runs of a source without a configured interval."""
    if DAY_BEGINS <= now.astimezone(zone).time() < DAY_ENDS:
        if source.own:
            return OWN_S
        if pupils_write(source):
            return HOURLY_S
    return DAILY_S


def wait_s(
    source: Source, state: SourceState, now: datetime, zone: ZoneInfo = LONDON, jitter_01: float | None = None
) -> float:
    """Seconds until the source is due, 0 if it is. A source never read is due at once.

    After an answer, its interval; after failures, the back-off, doubled each time, at most a day (of what is
    gone a week), and never less than a configured interval; after a fault of ours, 1, 5 and 15 minutes, then
    its usual interval, or an hour if that is shorter and none is configured. A longer wait asked for by the
    site (`state.not_before`) is kept, up to a day. A last run in the future (the clock was set back) is
    ignored."""
    waits = [0.0]
    if state.last_run_at is not None and state.last_run_at <= now:
        pause = pause_s(source, state, now, zone, jitter_01)
        waits.append(pause - (now - state.last_run_at).total_seconds())
    if state.not_before is not None:
        waits.append(min((state.not_before - now).total_seconds(), RETRY_AFTER_CAP_S))
    return max(waits)


def pause_s(
    source: Source, state: SourceState, now: datetime, zone: ZoneInfo, jitter_01: float | None = None
) -> float:
    """Seconds from the last run to the next, depending on how the last one ended."""
    drawn = digest("spread", source.id, str(state.last_run_at))[:8]  # the same whenever it is asked
    spread = int(drawn, 16) / 16**8 if jitter_01 is None else jitter_01
    pace = due_interval_s(source, state, now, zone, spread)
    if state.last_outcome is Outcome.OUR_FAULT:
        if state.our_faults <= len(OUR_FAULT_WAITS_S):
            return OUR_FAULT_WAITS_S[max(state.our_faults, 1) - 1]
        return pace if source.interval_s is not None else min(pace, HOURLY_S)
    base = _first_wait_s(state)
    if base is None or not state.failures_in_a_row:
        return pace
    most = WEEK_S if state.last_outcome is Outcome.GONE else DAILY_S
    pause = backoff_s(state.failures_in_a_row, base, most, spread)
    if source.interval_s is not None:
        return max(pause, source.interval_s)
    return min(pause, _floor_s(source, now, zone)) if state.last_outcome in _NOT_REFUSED else pause


def _first_wait_s(state: SourceState) -> float | None:
    """Seconds to wait after one such failure; a week for what was never there; None where it is none."""
    if state.last_outcome is Outcome.BLOCKED and asked_too_often(state.last_detail):
        return _TOO_OFTEN_S
    if state.last_detail.startswith(KEY_USED_UP):
        return None
    if state.last_outcome is Outcome.GONE and state.last_ok_at is None:
        return WEEK_S
    return _FIRST_WAIT_S.get(state.last_outcome) if state.last_outcome else None


def due(source: Source, state: SourceState, now: datetime, zone: ZoneInfo = LONDON) -> bool:
    """Is the source due? Never, if it is switched off."""
    return source.disabled is None and wait_s(source, state, now, zone) == 0


def due_sources(
    sources: Sequence[Source], states: Mapping[str, SourceState], now: datetime, zone: ZoneInfo = LONDON
) -> list[Source]:
    """The sources due now, each once: places where pupils can write first, then in the order given."""
    found = [s for s in sources if due(s, states.get(s.id) or SourceState(s.id), now, zone)]
    return sorted(found, key=lambda s: not pupils_write(s))


def next_due_at(
    source: Source, state: SourceState, now: datetime, zone: ZoneInfo = LONDON
) -> datetime | None:
    """When the source is next due, as things are; None if it is switched off."""
    if source.disabled is not None:
        return None
    return now + timedelta(seconds=wait_s(source, state, now, zone))


# What a run amounts to, and when silence is a cause for concern.

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
    UNMATCHED, CUT = "unmatched", "cut"
    """Its query finds nothing, or more than is read."""


@freeze
class Unseen:
    """A source unseen for longer than ever before, and since when."""

    trouble: SourceTrouble
    since: datetime


MONTH = timedelta(days=30)
MORE = "More is there than"
"""So begins the warning of a run that left pages unread."""


def unseen(
    state: SourceState, now: datetime, hours: SchoolHours,
    source: Source | None = None, run: SourceRun | None = None,
) -> Unseen | None:  # fmt: skip
    """Has the source been failing or silent for longer than its history makes likely?

    FAILING: at least three failures in a row, for longer than its longest gap (a day if none is known). That
    a page is suddenly empty counts, like silence, in school hours, from a school day on: after two whatever
    it brought before. SILENT: it answers, but has brought nothing new for twice as many school hours as ever
    in the four school weeks before, and for two school days. Of a `source` with a query and its newest `run`
    also CUT: that left pages unread; and UNMATCHED: a month, from the first reading on, brought nothing new.
    """
    if state.failures_in_a_row >= _FAILING_RUNS and state.last_ok_at is not None:
        blind, usual = now - state.last_ok_at, timedelta(seconds=state.longest_gap_s or _DAY_S)
        if state.last_outcome is Outcome.SUSPICIOUS:
            blind = hours.between(state.last_ok_at, now)
            longest, days = _find_longest(state, state.last_ok_at, hours)
            usual = min(max(_A_SCHOOL_DAY, longest), _BARE_DAYS * _A_SCHOOL_DAY)
            usual = usual if days >= _OFTEN else _A_SCHOOL_DAY
        if blind > usual:
            return Unseen(SourceTrouble.FAILING, state.last_ok_at)
    silence = _find_silence(state, now, hours)
    if silence or source is None or run is None or not (run.outcome.is_seen and source.settings.get("query")):
        return silence
    if any(warning.startswith(MORE) for warning in run.warnings):
        return Unseen(SourceTrouble.CUT, run.finished_at)
    since = state.last_new_at or state.first_run_at or now
    return Unseen(SourceTrouble.UNMATCHED, since) if now - since >= MONTH else None


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
    return Unseen(SourceTrouble.SILENT, state.last_new_at)


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
