"""The daily digest: one for each leader and school day, and on other days only what cannot wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from alerts.digest.when import Due
from alerts.links import Links
from alerts.notices.book import Book
from data.digest import Edition
from data.ids import digest
from data.people import PeopleBySchool
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.reporting import daily_digest as edition_store
from data.types import OutboxMessage, Person, School
from monitor.config.home.context import Context, Write
from monitor.config.load import Config
from monitor.matters.due import asked_together, due_today, readers
from monitor.service.state import notebook

if TYPE_CHECKING:
    from alerts.digest.select import SchoolPart
    from alerts.wording.digest.view import View

DIGEST = "digest"
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
    people, instead = PeopleBySchool(config.people), asked_together(config)
    missing = (
        (school, one, told)
        for school, one in due
        if (
            told := [
                p for p in readers(config, school, people.of(school), instead)
                if _key(one, school, p) not in done
            ]
        )
    )  # fmt: skip
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


def prepare(
    con: Connection,
    config: Config,
    school: School,
    due: Due,
    people: Sequence[Person],
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
    from monitor.matters.today import Days

    parts = Days(con, config, now, links, book).parts(school, due, people, again=again)
    return [_prepared(part, due, now) for part in parts]


def _prepared(part: SchoolPart, due: Due, now: datetime) -> Prepared:
    from alerts.digest.compose import compose

    facts, person = part.facts, part.chosen.person
    view, urn = compose(facts, part.chosen), facts.school.urn
    key = digest("digest", urn, due.period, person.id)
    silent = not due.school_day and not part.chosen.new_to_decide
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
