"""Mails that tell of posts beside alerts: a surge of talk, what inspectors judged the school to be, a pupil
named in full. Pure.

That of a surge goes to the leadership and holds no text, title, address, author or handle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.knowing import Access, access, heads, spokesperson
from alerts.access.matter import Matter
from alerts.access.offices import PRESS_CONTACT, Fact
from alerts.access.recipients import head_now, in_office, leadership, recipients_of_fact
from alerts.layout.note import LIFE, Button, Note, mails
from alerts.links import Links
from alerts.next_date import in_working_hours
from data.register.calendar import Calendar
from data.types import About, Alert, OutboxMessage, Person, School
from data.words.say import words

_MOST_THEMES = 3
_LEAST_OF_A_THEME = 3


@dataclass(frozen=True, slots=True)
class Talk:
    """A surge, or with `of_reviews` a rush of those; `themes` has one entry per theme of a post."""

    began_at: datetime
    mentions: int
    usual: float
    stories: int
    themes: tuple[str, ...]
    of_reviews: bool = False


def main_themes(themes: Sequence[str], mentions: int) -> tuple[str, ...]:
    """List at most three themes that have three posts and a quarter of all, or more."""
    least = max(_LEAST_OF_A_THEME, mentions / 4)
    ranked = sorted(Counter(themes).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(theme for theme, n in ranked if n >= least)[:_MOST_THEMES]


def surge_messages(
    talk: Talk,
    school: School,
    people: Sequence[Person],
    links: Links,
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """One mail to each of the leadership, of reviews to the head alone: at once in working hours, else at the
    next opening. Today and the digest show the posts, and the digest tells the others of reviews. Keys depend
    on the school, the surge's beginning and the person, so that a repeat is one."""
    w, usual = words(school.language), round(talk.usual)
    themes = [w(f"theme.{t}") for t in main_themes(talk.themes, talk.mentions) if w.has(f"theme.{t}")]
    when = f"{w.day(now, now, zone)}, {w.clock(now, zone)}"
    note = Note(
        language=w.language,
        subject=w("spike.subject_reviews" if talk.of_reviews else "spike.subject"),
        said=w("spike.reviews" if talk.of_reviews else "spike.count", n=talk.mentions, when=when),
        parts=(
            (
                w("spike.usual", usual=w.number(usual)) if usual else w("spike.usual_none"),
                *([] if talk.of_reviews else [w("spike.stories", n=talk.stories)]),
                *([w("spike.themes", themes="; ".join(themes))] if themes else []),
            ),
            (w("spike.what_next"),),
        ),
        button=Button(w("spike.open"), f"{links.base_url.rstrip('/')}/matters") if links.base_url else None,
        small=(w("spike.once"), w("common.not_watched")),
    )
    key, due = ("spike", school.urn, talk.began_at.isoformat()), in_working_hours(now, zone, calendar)
    to = head_now(school, people, now) if talk.of_reviews else leadership(school, people)
    return mails(note, to, school.urn, "spike", key, due, LIFE)


def pupil_messages(
    story_id: str,
    matter: Matter,
    school: School,
    people: Sequence[Person],
    links: Links,
    calendar: Calendar,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """To those of its row of the table who may read it: in working hours, since it is a slip of the school's
    own and no danger. The key is the story's."""
    w = words(school.language)
    note = Note(
        language=w.language,
        subject=w("account.pupil.subject"),
        said=w("account.pupil.said"),
        parts=((w("account.pupil.why"),), (w("account.pupil.next", answered=w("page.mark")),)),
        small=(w("account.pupil.once"), w("common.not_watched")),
    )
    due, found = in_working_hours(now, zone, calendar), list[OutboxMessage]()
    able = [p for p in people if p.email and access(p, matter, people) is Access.WORDS]
    for person in recipients_of_fact(Fact.PUPIL_NAMED, able, people, now):
        link = links.page(story_id, person.id, now)
        for_them = replace(
            note,
            button=Button(w("account.pupil.open"), link) if link else None,
            commands=() if link else ((w("account.pupil.read"), w("instant.desk")),),
        )
        found += mails(for_them, [person], school.urn, "account", ("pupil", story_id), due, LIFE)
    return tuple(found)


def ended_messages(
    alert: Alert, post_id: str, told: Sequence[str], school: School, people: Sequence[Person], links: Links,
    now: datetime,
) -> tuple[OutboxMessage, ...]:  # fmt: skip
    """To those who were `told` of it (ids), that a later post may say that it has ended: no word of either,
    for it may be restricted. Whoever was only warned of danger gets no link. The key is the post's."""
    w, found, key = words(school.language), list[OutboxMessage](), ("ended", alert.story_id, post_id)
    subject, said, then = (w(f"notice.over.{k}", number=alert.number) for k in ("subject", "said", "next"))
    note = Note(w.language, subject, said, parts=((then,),), small=(w("common.not_watched"),))
    for person in (p for p in people if p.email and p.id in told):
        link = None if person.id in alert.warned else links.page(alert.story_id, person.id, now)
        button = Button(w("notice.over.open"), link) if link else None
        found += mails(replace(note, button=button), [person], school.urn, PRESS, key, now, LIFE)
    return tuple(found)


PRESS = "press"


def grade_messages(
    story_id: str,
    grade: str,
    matter: Matter,
    school: School,
    people: Sequence[Person],
    links: Links,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[OutboxMessage, ...]:
    """To the head, whom the policy has answer the press, and the press contact; never to whom it may accuse.
    It is about the school, whoever leads it. Keys depend on the grade and the week: what each paper writes of
    it is told once."""
    w, matter = words(school.language), replace(matter, about=About.SCHOOL)
    year, week, _ = now.astimezone(zone).isocalendar()
    key = ("grade", school.urn, grade, f"{year}-{week}")
    note = Note(
        language=w.language,
        subject=w("notice.grade.subject", grade=grade),
        said=w("notice.grade.said", grade=grade),
        parts=((w("notice.grade.next"),),),
        small=(w("notice.grade.once"), w("common.not_watched")),
    )
    found: list[OutboxMessage] = []
    speaks = spokesperson(matter, people)
    contacts = in_office(school, people, PRESS_CONTACT)
    reading = (p for p in contacts if access(p, matter, people) is Access.WORDS)
    told = dict.fromkeys((*heads(matter, people), *([speaks[0]] if speaks else []), *reading))
    for person in tuple(p for p in told if p.email):
        reads = access(person, matter, people) is Access.WORDS
        link = links.page(story_id, person.id, now) if reads else None
        button = Button(w("notice.grade.open"), link) if link else None
        found += mails(replace(note, button=button), [person], school.urn, PRESS, key, now, LIFE)
    return tuple(found)
