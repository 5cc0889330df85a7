"""Capturing a post for a case: whether it may be, then what is at its address, or what somebody handed in."""

from __future__ import annotations

from datetime import datetime

from alerts.ladder.advance import Refusal
from data.effects import Clock, Fetch
from data.steps.acts import Done, Refused
from data.types import FetchFailure
from monitor.act.casework.evidence import capture as capturing
from monitor.act.casework.evidence.capture import Approved, Capture, CaptureOptions, Supplied
from monitor.act.casework.finding import find_case
from monitor.act.step import refused
from monitor.home.wiring import Session


def approve_capture(
    session: Session, number: str, options: CaptureOptions, now: datetime
) -> Done[Approved] | Refused:
    """Whether the case's post may be captured; nothing is fetched or changed. Raises InputError."""
    with session.store.read() as con:
        case = find_case(con, session, number)
    found = capturing.approve(session, case, options, now)
    return refused(session, case, found) if isinstance(found, Refusal) else Done(found)


def capture(
    session: Session,
    approved: Approved,
    options: CaptureOptions,
    supplied: Supplied | None,
    fetch: Fetch,
    clock: Clock,
) -> Done[Capture | FetchFailure] | Refused:
    """Captures what somebody handed in, or else the post's own page; a failure where nothing was there."""
    allowed = capturing.allow_pictures(session, approved, options, clock())
    if isinstance(allowed, Refusal):
        return refused(session, approved.case, allowed)
    kept = capturing.capture(session, allowed, options, supplied, fetch, clock)
    return refused(session, approved.case, kept) if isinstance(kept, Refusal) else Done(kept)
