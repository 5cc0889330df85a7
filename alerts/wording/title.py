"""The title of a matter: what people call it when they speak to each other; and the subject of a mail. Pure.

“Miss D., local forum, accusation”. It goes with the words: of what is restricted, or locked by section 141F
of the Education Act 2002, it says the class and the day alone, and to whoever may not read the words it names
nobody. A subject tells the matter and what to do, danger first, in the 43 letters that a telephone shows;
then its number. Never a word of the post; of a restricted matter only that there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.wording.matters import channel_name, label_of, press_words, who_words
from data.cases import Case
from data.content_class import ContentClass
from data.judged import A_PERSON_DECIDES, gravest_verdict, means_violence, tone_of
from data.matters import MatterView, PostView, SaidTime
from data.types import About, Alert, Person, PressEvent, Route, Sentiment, Verdict
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


_HONORIFICS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "sir", "revd", "rev", "canon", "prof", "fr"))


def title_of(view: MatterView, people: Iterable[Person], w: Words, now: datetime, zone: ZoneInfo) -> str:
    """The title of a matter for its reader; `people` are those of the school, `zone` where it is."""
    if view.is_sealed or view.apart:
        name = w("title.locked" if view.locked else "title.restricted")
        began = None if view.locked else view.raised_at or view.began_at
        return f"{name}, {w.brief_day(began, now, zone)}" if began else name
    if view.top is None and view.verdicts:
        view = replace(view, top=gravest_verdict(view.verdicts))
    if view.alert:
        topic = topic_of_alert(view.alert, Seen(view.top, view.channels), view.number)
    elif view.case:
        topic = topic_of_case(view.case)
    else:
        event = view.top.event if view.top else None
        topic = Topic(view.number, about=view.top.about if view.top else view.about, event=event)
    whom = (_person_meant(view, people) if view.words else "") or _subject_meant(view, topic, w)
    channel = "" if topic.event else topic.channel or next(iter(view.channels), "")
    parts = (whom, channel_name(channel, w) if channel else "", _claim(view, topic, w))
    return capital(", ".join(filter(None, parts)))


def _person_meant(view: MatterView, people: Iterable[Person]) -> str:
    """Return “Miss D.”: the first person of the school whom it means, "" where it means none that we know."""
    top, case = view.top, view.case
    meant = [case.target if case else None]
    if top:
        meant += [top.subject_person, *(m.person for m in (*top.endangers, *top.accuses))]
    here = {p.id: p.name for p in people}
    name = next((here[one] for one in meant if one and one in here), "")
    first, *rest = name.split() or [""]
    titled = first.casefold().rstrip(".") in _HONORIFICS and rest
    return f"{first} {rest[-1][:1]}." if titled else " ".join(f"{part[:1]}." for part in name.split())


def _subject_meant(view: MatterView, topic: Topic, w: Words) -> str:
    if topic.about not in (About.SCHOOL, About.OTHER):
        return who_words(topic.about, w)
    themes = (f"theme.{theme}" for theme in (view.top.themes if view.top else ()))
    return next((w(key) for key in themes if w.has(key)), "")


def _claim(view: MatterView, topic: Topic, w: Words) -> str:
    if topic.event is not None:
        return press_words(topic.event, w)
    label, top = topic.label, view.top
    if label == "decision" and top is not None:
        tone = tone_of(top)
        if top.route is Route.THANK or tone is Sentiment.POSITIVE:
            label = "praise"
        elif tone is Sentiment.NEGATIVE:
            label = "comment"
        elif top.route is Route.RESPOND:
            label = "question"
    return w(f"title.claim.{label}")
