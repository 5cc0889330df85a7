"""The daily digest: one for each leader and school day, and on other days only what cannot wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from alerts.digest.when import Due, due_now, due_on, window
from alerts.links import Links
from alerts.notices.book import Book
from data.digest import Edition, Window
from data.ids import digest
from data.people import PeopleBySchool
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.reporting import sent_digests as edition_store
from data.types import OutboxMessage, Person, School
from monitor.config.load import Config
from monitor.context import Context, Write
from monitor.service.state import notebook

if TYPE_CHECKING:
    from alerts.digest.facts import Facts
    from alerts.digest.select import Selection
    from alerts.digest.view import View

GRAVE, DIGEST = "grave", "digest"
AT_A_LOOK = 8
"""The digests, or the week's reports, of so many schools are composed at a look, a second's work or two: the
store is held meanwhile, and what is urgent must not wait for those of a whole trust."""
_EMPTY, _NO_PAGES = Book(), Links()


@dataclass(frozen=True, slots=True)
class Prepared:
    """One person's digest: as it is kept, as it is read, and as a letter."""

    edition: Edition
    view: View
    letter: OutboxMessage

    @property
    def message(self) -> OutboxMessage | None:
        """What is to be sent; None on a day without school on which nothing new cannot wait."""
        return self.letter if self.edition.outbox_key else None


def digests(con: Connection, context: Context, now: datetime) -> Sequence[Write]:
    """The digests that are due now and were not composed yet, of some schools; of others at the next look.

    Each is composed once, sent or not.
    """
    config = context.config
    due = [(school, found) for school in config.schools if (found := due_today(config, school, now))]
    if not due:
        return ()
    done = edition_store.composed(con, sorted({d.period for _, d in due}))
    people, instead = PeopleBySchool(config.people), _told_together(config)
    missing = (
        (school, one, told)
        for school, one in due
        if (
            told := [
                p for p in _readers(school, people.of(school), instead) if _key(one, school, p) not in done
            ]
        )
    )
    writes: list[Write] = []
    for school, one, told in islice(missing, AT_A_LOOK):
        book = notebook.read(context.home)
        made = prepare(con, config, school, one, told, now, links=context.links, book=book)
        writes += [partial(write, x) for x in made]
    return writes


def untold(con: Connection, school: School, due: Due, people: Collection[Person]) -> list[Person]:
    """Those of these people who have no digest of that day in the queue yet."""
    found = {p.id: edition_store.edition(con, *_key(due, school, p)) for p in people}
    return [p for p in people if (before := found[p.id]) is None or before.outbox_key is None]


def _key(due: Due, school: School, person: Person) -> tuple[str, str, str, str]:
    return due.kind, school.urn, due.period, person.id


def write(prepared: Prepared, con: Connection) -> None:
    """Keep the edition and queue its message; both stay as they are where the day has one already."""
    edition_store.put_edition(con, prepared.edition)
    if prepared.message is not None:
        put_outbox(con, [prepared.message], prepared.edition.composed_at)


def readers(config: Config, school: School) -> tuple[Person, ...]:
    """Who is sent the school's digest: its leadership, but for those who get one of all their schools."""
    return _readers(school, config.people, _told_together(config))


def _readers(school: School, people: Sequence[Person], instead: Collection[str]) -> tuple[Person, ...]:
    from alerts.access.recipients import leadership

    return tuple(p for p in leadership(school, people) if p.id not in instead)


def _told_together(config: Config) -> frozenset[str]:
    """The ids of those who get one digest of all their schools instead."""
    from alerts.access.recipients import central_team

    named = config.digest.together
    asked = [p for p in config.people if p.id in named]
    return frozenset(p.id for p in central_team(config.schools, asked, named))


def due_of(config: Config, school: School, day: date) -> Due:
    """The school's digest of a day."""
    return due_on(day, config.calendar(school.urn), _at(config), config.zone)


def prepare(
    con: Connection,
    config: Config,
    school: School,
    due: Due,
    people: Collection[Person],
    now: datetime,
    *,
    links: Links = _NO_PAGES,
    again: bool = False,
    book: Book = _EMPTY,
) -> list[Prepared]:
    """The digests of these people. What happened is read once for all whose digests cover the same time.

    `links` are how our pages are addressed; `book` holds our own troubles, which come first.
    With `again` one that was composed before covers what it covered then.
    """
    if not people:
        return []
    from monitor.service.tasks.digest_facts import gather, told_apart

    kinds = [DIGEST] if due.school_day else [DIGEST, GRAVE]
    covered = edition_store.covered(con, kinds, school.urn, due.period)
    lost = edition_store.lost(con, DIGEST, school.urn, due.period)
    first = not edition_store.any_sent(con, DIGEST, school.urn, due.period)
    calendar = config.calendar(school.urn)
    readers: dict[Window, list[Person]] = {}
    for person in people:
        before = edition_store.edition(con, *_key(due, school, person)) if again else None
        covers = before.covers if before else window(due, covered.get(person.id), calendar, now, config.zone)
        readers.setdefault(covers, []).append(person)
    found: dict[str, Prepared] = {}
    for covers, told in readers.items():
        facts = gather(con, config, school, due, covers, now, lost, links, first=first)
        facts = replace(facts, troubles=book.during(covers.since, covers.until))
        for chosen in told_apart(con, facts, told):
            found[chosen.person.id] = _prepared(facts, chosen, due, now)
    return [found[person.id] for person in people]


def _prepared(facts: Facts, chosen: Selection, due: Due, now: datetime) -> Prepared:
    from alerts.digest.compose import compose

    view, person = compose(facts, chosen), chosen.person
    urn = facts.school.urn
    key = digest("digest", urn, due.period, person.id)
    silent = not due.school_day and not chosen.new_to_decide
    edition = Edition(due.kind, urn, due.period, person.id, facts.window, None if silent else key, now)
    return Prepared(edition, view, letter_of(view, key, urn, person, due, now))


def letter_of(view: View, key: str, urn: str, person: Person, due: Due, now: datetime) -> OutboxMessage:
    """A digest as the message that is queued for its reader."""
    from alerts.digest.render import html, text

    return OutboxMessage(
        key=key,
        urn=urn,
        person_id=person.id,
        kind=DIGEST,
        subject=view.subject,
        body=text(view),
        due_at=min(due.at, now),
        expires_at=due.expires_at,
        html=html(view),
    )


def due_today(config: Config, school: School, now: datetime) -> Due | None:
    """The school's digest that is due now and not stale; None between times."""
    return due_now(config.calendar(school.urn), _at(config), config.zone, now)


def _at(config: Config) -> time:
    return time.fromisoformat(config.digest.at)
