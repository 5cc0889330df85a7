"""The one digest of somebody who belongs to several schools: the central team of a trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from alerts.digest.when import Due, window
from alerts.links import Links
from alerts.notices.book import Book
from data.digest import Edition, Window
from data.ids import digest
from data.people import schools_of
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.reporting import sent_digests as edition_store
from data.types import OutboxMessage, Person, School
from monitor.config.load import Config
from monitor.context import Context, Write
from monitor.service.state import notebook
from monitor.service.tasks.digests import DIGEST, due_of, due_today, letter_of

if TYPE_CHECKING:
    from alerts.digest.facts import Facts
    from alerts.digest.together import SchoolPart
    from alerts.digest.view import View

TRUST, TRUST_GRAVE = "trust", "trust_grave"
_EMPTY, _NO_PAGES = Book(), Links()
Dues = Sequence[tuple[School, Due]]


@dataclass(frozen=True, slots=True)
class PreparedTogether:
    """One person's digest of several schools: as it is kept for each, as it is read, as a letter."""

    editions: tuple[Edition, ...]
    view: View
    letter: OutboxMessage


def trust_digests(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """Those that are due now and were not composed yet. Each is composed once, sent or not."""
    config = context.config
    team = central_team(config)
    due = [(school, found) for school in config.schools if team and (found := due_today(config, school, now))]
    if not due:
        return ()
    done = edition_store.composed(con, sorted({d.period for _, d in due}))
    writes: list[Write] = []
    gathered = _SchoolDays(con, config, now, context.links)
    for person in team:
        mine = set(schools_of(person, config.schools))
        missing = [(s, d) for s, d in due if s in mine and (_kind(d), s.urn, d.period, person.id) not in done]
        if missing:
            book = notebook.read(context.home)
            writes.append(partial(write, prepare(gathered, missing, person, book=book)))
    return writes


def write(prepared: PreparedTogether, con: Connection) -> None:
    """Keep the editions and queue the one message; they stay as they are where the day has them already."""
    for edition in prepared.editions:
        edition_store.put_edition(con, edition)
    if any(edition.outbox_key for edition in prepared.editions):
        put_outbox(con, [prepared.letter], prepared.letter.due_at)


def central_team(config: Config, among: Sequence[Person] | None = None) -> tuple[Person, ...]:
    """Who is sent one digest for all their schools, of all or `among` some."""
    from alerts.access.recipients import central_team

    people = config.people if among is None else among
    return central_team(config.schools, people, config.digest.together)


def untold(con: Connection, config: Config, day: date, now: datetime, links: Links) -> list[PreparedTogether]:
    """Those of a day that nobody has in the queue yet, while they can be sent."""
    found = []
    for person in central_team(config):
        prepared = of_person(con, config, person, day, now, links)
        kept = (edition_store.edition(con, e.kind, e.urn, e.period, person.id) for e in prepared.editions)
        if now < prepared.letter.expires_at and not any(e is not None and e.outbox_key for e in kept):
            found.append(prepared)
    return found


def sender_name(config: Config, message: OutboxMessage, person: Person) -> str | None:
    """Under which name somebody of the central team is written to; None where the school's own serves."""
    if message.kind != DIGEST or not central_team(config, [person]):
        return None
    return known_together(schools_of(person, config.schools))


def known_together(schools: Sequence[School]) -> str:
    """What these schools are together: the trust's name, else those of the schools."""
    trusts = {school.trust for school in schools}
    name = trusts.pop() if len(trusts) == 1 else None
    return name or ", ".join(school.name for school in schools)


def of_person(
    con: Connection,
    config: Config,
    person: Person,
    day: date,
    now: datetime,
    links: Links = _NO_PAGES,
    *,
    book: Book = _EMPTY,
) -> PreparedTogether:
    """Their digest of a day, as it was composed or would be."""
    due = [(school, due_of(config, school, day)) for school in schools_of(person, config.schools)]
    return prepare(_SchoolDays(con, config, now, links), due, person, book=book, again=True)


class _SchoolDays:
    """What happened at a school within a window, read once for all who are told of it."""

    def __init__(self, con: Connection, config: Config, now: datetime, links: Links) -> None:
        self.con, self.config, self.now, self.links = con, config, now, links
        self._facts: dict[tuple[str, Window], Facts] = {}

    def part(self, school: School, due: Due, person: Person, book: Book, *, again: bool) -> SchoolPart:
        """What this person is told of the school."""
        from alerts.digest.together import SchoolPart
        from monitor.service.tasks.digest_facts import gather, told_apart

        covers = self._covers(school, due, person, again=again)
        lost = edition_store.lost(self.con, TRUST, school.urn, due.period)
        key = (school.urn, covers)
        if key not in self._facts:
            first = not edition_store.any_sent(self.con, TRUST, school.urn, due.period)
            told = gather(self.con, self.config, school, due, covers, self.now, lost, self.links, first=first)
            self._facts[key] = replace(told, troubles=book.during(covers.since, covers.until))
        facts = self._facts[key]
        return SchoolPart(facts, *told_apart(self.con, facts, [person]))

    def _covers(self, school: School, due: Due, person: Person, *, again: bool) -> Window:
        before = edition_store.edition(self.con, _kind(due), school.urn, due.period, person.id)
        if again and before is not None:
            return before.covers
        kinds = [TRUST] if due.school_day else [TRUST, TRUST_GRAVE]
        covered = edition_store.covered(self.con, kinds, school.urn, due.period).get(person.id)
        return window(due, covered, self.config.calendar(school.urn), self.now, self.config.zone)


def prepare(
    gathered: _SchoolDays, dues: Dues, person: Person, *, book: Book = _EMPTY, again: bool = False
) -> PreparedTogether:
    """The digest of these schools for this person; silent on a day without school if nothing new is grave."""
    from alerts.digest.together import compose

    now = gathered.now
    parts = [gathered.part(school, due, person, book, again=again) for school, due in dues]
    view = compose(parts)
    first, due = dues[0]
    key = digest("trust_digest", due.period, person.id)
    silent = not any(d.school_day for _, d in dues) and not any(p.chosen.new_to_decide for p in parts)
    editions = tuple(
        Edition(_kind(d), s.urn, d.period, person.id, p.facts.window, None if silent else key, now)
        for (s, d), p in zip(dues, parts, strict=True)
    )
    letter = letter_of(view, key, first.urn, person, due, now)
    return PreparedTogether(editions, view, letter)


def _kind(due: Due) -> str:
    return TRUST if due.school_day else TRUST_GRAVE
