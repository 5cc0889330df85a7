"""The message that tells of a surge: how much, against what is usual, about what and where. Pure.

It goes to the leadership by mail and holds no text, title, address, author or handle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.recipients import head_now, leadership
from alerts.layout.note import LIFE, Note, mails
from alerts.next_date import in_working_hours
from data.register.calendar import Calendar
from data.types import OutboxMessage, Person, School
from data.web.channels import channel as place
from data.words.say import Words, words

_MOST_THEMES = 3
_LEAST_OF_A_THEME = 3
_KINDS = {"forums": "forum", "reviews": "review", "people": "other"}
"""What this message calls a kind of place, where that differs from the table's word."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A surge to be told, or with `of_reviews` a rush of those alone: `channels` and `themes` hold one entry
    for each post and each theme of a post."""

    began_at: datetime
    mentions: int
    usual: float
    stories: int
    channels: tuple[str, ...]
    themes: tuple[str, ...]
    of_reviews: bool = False


def main_themes(themes: Sequence[str], mentions: int) -> tuple[str, ...]:
    """What much of the talk is about: themes of three posts and a quarter of them or more, at most three."""
    least = max(_LEAST_OF_A_THEME, mentions / 4)
    ranked = sorted(Counter(themes).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(theme for theme, n in ranked if n >= least)[:_MOST_THEMES]


def surge_messages(
    talk: Talk, school: School, people: Sequence[Person], calendar: Calendar, zone: ZoneInfo, now: datetime
) -> tuple[OutboxMessage, ...]:
    """One mail to each of the leadership, of reviews to the head alone: at once in working hours, else at the
    next opening. The digest shows the posts, and tells the others of reviews.

    Keys depend on the school, the surge's beginning and the person, so that a repeat is one.
    """
    w = words(school.language)
    themes = [w(f"theme.{t}") for t in main_themes(talk.themes, talk.mentions) if w.has(f"theme.{t}")]
    when = f"{w.day(now, now, zone)}, {w.clock(now, zone)}"
    note = Note(
        language=w.language,
        subject=w("spike.subject_reviews" if talk.of_reviews else "spike.subject"),
        said=w(
            "spike.reviews" if talk.of_reviews else "spike.count",
            n=talk.mentions,
            when=when,
        ),
        parts=(
            (
                _usual(talk, w, now, zone),
                w("spike.each" if talk.of_reviews else "spike.stories", n=talk.stories),
                w("spike.themes", themes="; ".join(themes)) if themes else w("spike.no_theme"),
                w("spike.places", places=", ".join(_places(talk.channels, w))),
            ),
            (w("spike.what_next"), w("spike.shown")),
        ),
        small=(w("spike.once"), w("common.not_watched")),
    )
    key, due = ("spike", school.urn, talk.began_at.isoformat()), in_working_hours(now, zone, calendar)
    to = head_now(school, people, now) if talk.of_reviews else leadership(school, people)
    return mails(note, to, school.urn, "spike", key, due, LIFE)


def _usual(talk: Talk, w: Words, now: datetime, zone: ZoneInfo) -> str:
    weekday, usual = w.weekday(now, zone), talk.usual
    if talk.of_reviews:
        few = round(usual) < 1
        return (
            w("spike.usual_reviews_none") if few else w("spike.usual_reviews", usual=w.number(round(usual)))
        )
    if round(usual) < 1:
        return w("spike.usual_none", weekday=weekday)
    return w("spike.usual", weekday=weekday, usual=w.number(round(usual)))


def _places(channels: Sequence[str], w: Words) -> list[str]:
    kinds = (place(key).kind for key in channels)
    counted = Counter(_KINDS.get(kind, kind) for kind in kinds)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [w("spike.place", name=w(f"spike.channel.{kind}"), n=n) for kind, n in ranked]
