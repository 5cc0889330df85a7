"""The subject of a mail, which a short message says too: the matter, and what to do. Pure.

Both stand in the first 43 letters, which is what a telephone shows. Never a word of the post; of a restricted
matter only that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.wording.matters import label_of
from data.cases import Case
from data.content_class import ContentClass
from data.judged import A_PERSON_DECIDES, means_violence
from data.matters import PostView, SaidTime
from data.types import About, Alert, PressEvent, Route, Verdict
from data.words.say import Words

_MINUTE_S = 60.0
_HOUR_S = 3600.0
_DAY_S = 24 * _HOUR_S
_LATE = 1.5
"""A place read later than so many intervals after the last time was out of sight."""


class Why(StrEnum):
    """Where the figure comes from; each has a sentence of its own."""

    EVERY = "every"
    SINCE = "since"
    SEARCH = "search"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Lag:
    """A time in seconds and what it is; of a search or where nothing is known, None."""

    why: Why
    seconds: float | None = None


UNKNOWN = Lag(Why.UNKNOWN)


def lag_of(interval_s: float, read_before: datetime | None, now: datetime, *, search: bool) -> Lag:
    """The lag of a place that is read every `interval_s` seconds and was last read well at `read_before`.

    A search is behind by more than we can tell. Of a place never read before, nothing is known.
    """
    if search:
        return Lag(Why.SEARCH)
    if read_before is None:
        return UNKNOWN
    gap_s = (now - read_before).total_seconds()
    return Lag(Why.SINCE, gap_s) if gap_s > _LATE * interval_s else Lag(Why.EVERY, interval_s)


def worst_of(paces: Iterable[tuple[float, bool]]) -> Lag:
    """The lag of a story by the places that carry it: how often each is read, in seconds, and is it a search.

    Of a story that no such place carries nothing is known.
    """
    found = list(paces)
    if any(search for _, search in found):
        return Lag(Why.SEARCH)
    return Lag(Why.EVERY, max(interval_s for interval_s, _ in found)) if found else UNKNOWN


def lag_sentence(lag: Lag, w: Words) -> str:
    """One sentence for a message."""
    key = f"instant.lag.{lag.why.value}"
    return w(key) if lag.seconds is None else w(key, time=_time(lag.seconds, w))


def _time(seconds: float, w: Words) -> str:
    """In minutes up to 90 minutes, in hours up to two days, else in days; never under one."""
    if seconds < 1.5 * _HOUR_S:
        return w("instant.lag.minutes", n=max(1, round(seconds / _MINUTE_S)))
    if seconds < 2 * _DAY_S:
        return w("instant.lag.hours", n=round(seconds / _HOUR_S))
    return w("instant.lag.days", n=round(seconds / _DAY_S))


@dataclass(frozen=True, slots=True)
class Seen:
    """Its gravest verdict, the kinds of place where it is (the gravest post's first), when that was posted,
    how far behind we may be there, and a time that it names.

    `printed` are its articles in the press. Nothing of it goes into a message about a restricted matter.
    """

    verdict: Verdict | None = None
    channels: tuple[str, ...] = ()
    posted_at: datetime | None = None
    lag: Lag = UNKNOWN
    printed: tuple[PostView, ...] = ()
    said_time: SaidTime | None = None


NOTHING_SEEN = Seen()


PHONE_CHARS = 43
"""Letters of a subject that a telephone shows, by the narrowest that we know."""

_OF_CLASS: Mapping[str, str] = {
    ContentClass.CONFIDENTIAL: "privacy",
    ContentClass.HARASSMENT: "harassment",
    ContentClass.HATE: "hate",
    ContentClass.SEXUAL: "sexual",
    ContentClass.THREAT: "threat",
    ContentClass.DEFAMATION: "defamation",
    ContentClass.EXTREMISM: "extremism",
    ContentClass.PRIVACY: "privacy",
    ContentClass.IMPERSONATION: "impersonation",
    ContentClass.OWN_ACCOUNT: "own_account",
    ContentClass.UNJUDGED: "unplaced",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a subject may say of a matter. `label` names its words, `about` whom it is about."""

    number: str
    restricted: bool = False
    label: str = "decision"
    about: About = About.SCHOOL
    channel: str = ""
    event: PressEvent | None = None


def topic_of_alert(alert: Alert, seen: Seen, number: str) -> Topic:
    """Of a safeguarding matter, or a restricted one, nothing but its number."""
    if is_restricted(alert):
        return Topic(number, restricted=True)
    channel, verdict = next(iter(seen.channels), ""), seen.verdict
    if means_violence(alert) and not alert.route.urgent:
        return Topic(number, label="danger", channel=channel)
    if alert.content_class == ContentClass.OWN_ACCOUNT:
        return Topic(number, label="own_account")
    if any(reason.code == A_PERSON_DECIDES for reason in alert.because) and not alert.route.urgent:
        return Topic(number, label="unplaced", channel=channel)
    if verdict is None:
        return Topic(number, label=_OF_CLASS.get(alert.content_class, "decision"), channel=channel)
    label = label_of(verdict)
    event = verdict.event if label == "decision" else None
    if alert.route is Route.POLICE_NOW and label == "decision":
        label = "threat"
    return Topic(number, False, label, verdict.about, channel, event)


def topic_of_case(case: Case) -> Topic:
    """Of what bypasses the ladder, or is locked or restricted, nothing but its number."""
    if case.restricted or case.locked or case.lane is not None:
        return Topic(case.id, restricted=True)
    label = "threat" if case.route is Route.POLICE_NOW else _OF_CLASS.get(case.content_class, "decision")
    return Topic(case.id, False, "comment" if case.fair else label, case.about, case.channel)


def is_restricted(alert: Alert) -> bool:
    """Is nothing to be said of the post but that there is a safeguarding matter?"""
    return alert.restricted or alert.route is Route.SAFEGUARDING


def subject(topic: Topic, w: Words, do: str, *more: str, first: bool = False) -> str:
    """“Threat on a local forum: read now. If anyone is in danger ring 999 (73EB6A)”.

    `do` says what to do, `more` what else; with `first`, `do` stands before the matter.
    """
    matter = matter_words(topic, w, do)
    head = f"{do}: {matter[:1].lower()}{matter[1:]}" if first else f"{matter}: {do}"
    whole = ". ".join((head, *more)).replace("?.", "?")
    return whole if topic.restricted else f"{whole} ({topic.number})"


def matter_words(topic: Topic, w: Words, do: str) -> str:
    """What the matter is called: the fullest that leaves room for `do` on a telephone."""
    if topic.restricted:
        return w("instant.matter.restricted", number=topic.number)
    if topic.event is not None:
        return w(f"instant.press.{topic.event.value}")
    bare, of = w(f"instant.matter.{topic.label}"), f"instant.matter_of.{topic.label}.{topic.about.value}"
    where = f"digest.at.{topic.channel}"
    named = [*([w(of)] if w.has(of) else []), bare]
    place = [f" {w(where)}"] if w.has(where) else []
    wordings = (f"{name}{at}" for name in named for at in (*place, ""))
    fits = (name for name in wordings if len(f"{name}: {do}") <= PHONE_CHARS)
    return next(fits, bare)
