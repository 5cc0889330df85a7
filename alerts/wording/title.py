"""The title of a matter: what people call it when they speak to each other. Pure.

“Miss D., local forum, accusation”. It goes with the words: of what is restricted, or locked by section 141F
of the Education Act 2002, it says the class and the day alone, and to whoever may not read the words it names
nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.wording.matters import channel_name, press_words, who_words
from alerts.wording.subject import Seen, Topic, topic_of_alert, topic_of_case
from data.judged import gravest_verdict, tone_of
from data.matters import MatterView
from data.types import About, Person, Route, Sentiment
from data.words.say import Words, capital

_HONORIFICS = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "sir", "revd", "rev", "canon", "prof", "fr"))


def title_of(view: MatterView, people: Iterable[Person], w: Words, now: datetime, zone: ZoneInfo) -> str:
    """The title of a matter for its reader; `people` are those of the school, `zone` where it is."""
    if view.is_sealed or view.apart:
        name = w("title.locked" if view.locked else "title.restricted")
        began = None if view.locked else view.raised_at or view.began_at
        return f"{name}, {w.brief_day(began, now, zone)}" if began else name
    if view.top is None and view.verdicts:
        view = replace(view, top=gravest_verdict(view.verdicts))
    topic = _topic(view)
    whom = (_person_meant(view, people) if view.words else "") or _subject_meant(view, topic, w)
    channel = "" if topic.event else topic.channel or next(iter(view.channels), "")
    parts = (whom, channel_name(channel, w) if channel else "", _claim(view, topic, w))
    return capital(", ".join(filter(None, parts)))


def _topic(view: MatterView) -> Topic:
    if view.alert:
        return topic_of_alert(view.alert, Seen(view.top, view.channels), view.number)
    if view.case:
        return topic_of_case(view.case)
    about = view.top.about if view.top else view.about
    return Topic(view.number, about=about, event=view.top.event if view.top else None)


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
    return (
        f"{first} {rest[-1][:1]}." if titled else name and " ".join(f"{part[:1]}." for part in name.split())
    )


def _subject_meant(view: MatterView, topic: Topic, w: Words) -> str:
    """Say whom or what it is about in a word or two; "" of the school in general."""
    if topic.about not in (About.SCHOOL, About.OTHER):
        return who_words(topic.about, w)
    themes = (f"theme.{theme}" for theme in (view.top.themes if view.top else ()))
    return next((w(key) for key in themes if w.has(key)), "")


def _claim(view: MatterView, topic: Topic, w: Words) -> str:
    """Say what is said or done, in a word or two."""
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
