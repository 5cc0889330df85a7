"""A person's digest of a school's day, as they read it."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from builders.digest import LONDON, OAKFIELD, PEOPLE, TERMS, TUESDAY

from alerts.facts import SHOWN, Agenda, Facts, SchoolPart
from alerts.links import Links
from alerts.select import select
from alerts.wording.digest.compose import compose_digest
from alerts.wording.digest.view import Line, View, digest_text
from data.digest import ReadingCounts, Window
from data.register.calendar import Calendar
from data.types import Person
from monitor.config.load import Config
from monitor.matters.today import Days, due_of
from monitor.service.digests import Prepared, prepare

EVERY = dict.fromkeys(SHOWN, 500)
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
        days = Days(con, config, now, LINKS, shown=EVERY, so_far=so_far)
        found = days.parts(school, due, [*people], again=so_far)
    return {part.chosen.person.id: part for part in found}


def whole(part: SchoolPart) -> View:
    """All of it, however many lines there are."""
    return compose_digest(part.facts, part.chosen, EVERY)


def sections(part: SchoolPart) -> dict[str, str]:
    """Under which heading, by its key, it tells of each story; what stands in a group too."""
    lines = {story: key for key, story in _lines(whole(part)) if story}
    groups = part.chosen.of(Agenda.ANSWER, Agenda.PRAISE)
    return lines | {one.view.story_id: one.group.value for one in groups}


def _lines(view: View) -> Iterator[tuple[str, str | None]]:
    def under(line: Line) -> Iterator[Line]:
        yield line
        for one in line.under:
            yield from under(one)

    for section in view.sections:
        for line in section.lines:
            for one in under(line):
                yield section.key, one.matter.story_id if one.matter else None


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
