"""The subject of a mail: the matter, and what to do. Pure.

Both stand in the first 43 letters, which is what a telephone shows, danger first; then its number. Never a
word of the post; of a restricted matter only that there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.wording.matters import label_of
from data.cases import Case
from data.content_class import ContentClass
from data.judged import A_PERSON_DECIDES, means_violence
from data.matters import PostView, SaidTime
from data.types import About, Alert, PressEvent, Route, Verdict
from data.words.say import Words, capital


@dataclass(frozen=True, slots=True)
class Seen:
    """Its gravest verdict, the kinds of place where it is (the gravest post's first), when that was posted,
    and a time that it names. `printed` are its articles in the press. Nothing of it goes into a message about
    a restricted matter."""

    verdict: Verdict | None = None
    channels: tuple[str, ...] = ()
    posted_at: datetime | None = None
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
    ContentClass.COPYRIGHT: "marks",
    ContentClass.EXTREMISM: "extremism",
    ContentClass.PRIVACY: "privacy",
    ContentClass.IMPERSONATION: "impersonation",
    ContentClass.UNLAWFUL: "unlawful",
    ContentClass.OWN_ACCOUNT: "own_account",
    ContentClass.UNJUDGED: "unplaced",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """The facts that a subject may tell of a matter. `label` names its words, `about` whom it is about."""

    number: str
    restricted: bool = False
    label: str = "decision"
    about: About = About.SCHOOL
    channel: str = ""
    event: PressEvent | None = None


def topic_of_alert(alert: Alert, seen: Seen, number: str) -> Topic:
    """Return the topic of an alert; of a safeguarding matter, or a restricted one, nothing but its number."""
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
    if label == "decision" and event is None:
        label = _OF_CLASS.get(alert.content_class, label)
    return Topic(number, False, label, verdict.about, channel, event)


def topic_of_case(case: Case) -> Topic:
    """Return a case's topic; of one past the ladder, locked or restricted, only its number."""
    if case.restricted or case.locked or case.lane is not None:
        return Topic(case.id, restricted=True)
    label = "threat" if case.route is Route.POLICE_NOW else _OF_CLASS.get(case.content_class, "decision")
    return Topic(case.id, False, "comment" if case.fair else label, case.about, case.channel)


def is_restricted(alert: Alert) -> bool:
    """Is nothing to be said of the post but that there is a safeguarding matter?"""
    return alert.restricted or alert.route is Route.SAFEGUARDING


def subject(topic: Topic, w: Words, do: str, *, danger: bool = False, title: str = "") -> str:
    """“Threat on a local forum: read now (73EB6A)”, “Danger? Safeguarding matter: read now (482913)”; of what
    no label names its `title`, which names nobody, or as much of it as there is room for. `danger` says that
    somebody may be in any, which the name of a threat says already."""
    before = f"{w('instant.danger_first')} " if danger and topic.label not in _SAYS_DANGER else ""
    matter = matter_words(topic, w, before + do)
    parts, whole = title.split(", "), [matter]
    if title and topic.label == "decision" and not (topic.event or topic.restricted):
        whole = [title, f"{parts[0]}, {parts[-1]}", capital(parts[-1])]
    fits = (name for name in whole if len(f"{before}{name}: {do}") <= PHONE_CHARS)
    return f"{before}{next(fits, w('instant.matter.decision'))}: {do} ({topic.number})"


_SAYS_DANGER = frozenset(("threat", "danger", "safety"))


def matter_words(topic: Topic, w: Words, do: str) -> str:
    """Say what the matter is called: the fullest that leaves room for `do` on a telephone."""
    bare, of = w(f"instant.matter.{topic.label}"), f"instant.matter_of.{topic.label}.{topic.about.value}"
    where = f"digest.at.{topic.channel}"
    named = [*([w(of)] if w.has(of) else []), bare]
    place = [f" {w(where)}"] if w.has(where) else []
    wordings = [f"{name}{at}" for name in named for at in (*place, "")]
    if topic.event is not None:
        wordings = [w(f"instant.press.{topic.event.value}"), bare]
    elif topic.restricted:
        wordings = [w("title.restricted"), w("instant.matter.safeguarding")]
    fits = (name for name in wordings if len(f"{name}: {do}") <= PHONE_CHARS)
    return next(fits, wordings[-1])
