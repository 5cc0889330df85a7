"""A person's digest of a school's day, as they read it."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from builders.digest import LONDON, OAKFIELD, PEOPLE, TERMS, TUESDAY

from alerts.facts import Facts, SchoolPart
from alerts.links import Links
from alerts.select import select
from alerts.wording.digest import compose, matters
from alerts.wording.digest.view import View, digest_text
from data.digest import ReadingCounts, Window
from data.register.calendar import Calendar
from data.types import Person
from monitor.config.load import Config
from monitor.matters.today import Days, due_of
from monitor.service.digests import Prepared, prepare

LINKS = Links("https://alerts.example.org", b"a secret of ours")
SOON = TUESDAY + timedelta(seconds=9)


def all_of(
    store: Any, config: Config, people: Sequence[Person], now: datetime = SOON, links: Links = LINKS
) -> list[Prepared]:
    """The digests of several people of the first school."""
    school = config.schools[0]
    with store.open_reader() as con:
        due = due_of(config, school, now.astimezone(config.zone).date())
        return prepare(con, config, school, due, people, now, links=links)


def of(store: Any, config: Config, person: Person, now: datetime = SOON, links: Links = LINKS) -> Prepared:
    return all_of(store, config, [person], now, links)[0]


def parts(
    store: Any, config: Config, people: Collection[Person], now: datetime = SOON, *, so_far: bool = False
) -> dict[str, SchoolPart]:
    """What each of these people is told of the first school, by who they are."""
    school = config.schools[0]
    with store.open_reader() as con:
        due = due_of(config, school, now.astimezone(LONDON).date())
        days = Days(con, config, now, LINKS, so_far=so_far)
        with everything():
            found = days.parts(school, due, [*people], again=so_far)
    return {part.chosen.person.id: part for part in found}


@contextmanager
def everything() -> Iterator[None]:
    """Name all that is open, however much there is."""
    with (
        patch.object(matters, "NAMED", 500),
        patch.object(compose, "NAMED", 500),
        patch.object(compose, "_MOST_WORDS", 10**6),
        patch.object(compose, "_PLACES", 500),
    ):
        yield


def whole(part: SchoolPart) -> View:
    """All of it, however many lines there are."""
    with everything():
        return compose.compose_digest(part.facts, part.chosen)


def sections(part: SchoolPart) -> dict[str, str]:
    """Under which heading, by its key, it tells of each story."""
    lines = ((section.key, line) for section in whole(part).sections for line in section.lines)
    return {line.matter.story_id: key for key, line in lines if line.matter and line.matter.story_id}


def flat(prepared: Prepared | View) -> str:
    """The plain text without its line breaks."""
    body = digest_text(prepared) if isinstance(prepared, View) else prepared.letter.body
    return re.sub(r"\n\s*", " ", body)


def unsigned(said: str) -> str:
    """Without what differs from page to page: the signs of our addresses."""
    return re.sub(r"(/m/)[a-z2-7]+", r"\1…", said)


def facts_of(**fields: Any) -> Facts:
    """A Tuesday of Oakfield of which these facts are known, and no store."""
    given = {
        "people": PEOPLE, "reading": ReadingCounts(3, 3), "links": LINKS,
        "calendar": Calendar("england", TERMS), **fields,
    }  # fmt: skip
    window = Window(TUESDAY - timedelta(days=1), TUESDAY)
    return Facts(OAKFIELD, TUESDAY.date(), True, window, TUESDAY, LONDON, **given)


def told_of(facts: Facts, person: Person) -> SchoolPart:
    """What of these facts this person is told."""
    return SchoolPart(facts, select(facts, person))
