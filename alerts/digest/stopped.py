"""The head of a digest: for how long we ourselves could not do our work. Pure."""

from __future__ import annotations

from datetime import timedelta

from alerts.notices.book import AFTER, matter, merged
from alerts.notices.fault_message import IN_HEAD, UNSEEN
from alerts.wording.digest.reader import Saying
from data.types import Trouble

_MINUTES, _HOURS = timedelta(hours=2), timedelta(days=2)
"""So long a time is told in minutes, and in hours; a longer one in days."""
_SHOWN = 4


def stopped(say: Saying) -> str:
    """“For 3 days, nothing that we read could be judged (…).”, and what that means; "" where all worked."""
    w, troubles = say.w, _told(say)
    said = [_line(say, t) for t in troubles[:_SHOWN]]
    if any(matter(t) in UNSEEN for t in troubles):
        said.append(w("notice.digest.unseen"))
    return " ".join(said)


def unwatched(say: Saying) -> bool:
    """Was there a time in which posts may have gone unseen?"""
    return any(matter(t) in UNSEEN for t in _told(say))


def _told(say: Saying) -> list[Trouble]:
    now = say.facts.now
    found = merged(t for t in say.facts.troubles if matter(t) in IN_HEAD)
    return [t for t in found if (t.until or now) - t.since >= AFTER]


def _line(say: Saying, trouble: Trouble) -> str:
    w = say.w
    given = {
        "long": _long(say, (trouble.until or say.facts.now) - trouble.since),
        "what": w(f"notice.what.{matter(trouble)}"),
        "since": say.since(trouble.since),
    }
    if trouble.until is None:
        return w("notice.digest.standing", **given)
    return w("notice.digest.over", until=say.since(trouble.until), **given)


def _long(say: Saying, time: timedelta) -> str:
    """“15 minutes”, “3 hours”, “3 days”."""
    if time < _MINUTES:
        return say.count("notice.long.minutes", int(time / timedelta(minutes=1)))
    if time < _HOURS:
        return say.count("notice.long.hours", int(time / timedelta(hours=1)))
    return say.count("notice.long.days", int(time / timedelta(days=1)))
