"""The one digest of somebody who belongs to several schools: the central team of a trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from alerts.digest.when import Due
from alerts.links import Links
from alerts.notices.book import Book
from data.digest import Edition
from data.ids import digest
from data.people import schools_of
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.reporting import daily_digest as edition_store
from data.types import OutboxMessage, Person, School
from monitor.config.home.context import Context, Write
from monitor.config.load import Config
from monitor.matters.due import OF_A_TRUST, central_team, due_of, due_today
from monitor.service.state import notebook
from monitor.service.tasks.digests import DIGEST, letter_of

if TYPE_CHECKING:
    from alerts.wording.digest.view import View
    from monitor.matters.today import Days

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
    from monitor.matters.today import Days

    days = Days(con, config, now, context.links, notebook.read(context.home))
    for person in team:
        mine = set(schools_of(person, config.schools))
        missing = [(s, d) for s, d in due if s in mine and (_kind(d), s.urn, d.period, person.id) not in done]
        if missing:
            writes.append(partial(write, prepare(days, missing, person)))
    return writes


def write(prepared: PreparedTogether, con: Connection) -> None:
    """Keep the editions and queue the one message; they stay as they are where the day has them already."""
    for edition in prepared.editions:
        edition_store.put_edition(con, edition)
    if any(edition.outbox_key for edition in prepared.editions):
        put_outbox(con, [prepared.letter], prepared.letter.due_at)


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
    from monitor.matters.today import Days

    due = [(school, due_of(config, school, day)) for school in schools_of(person, config.schools)]
    return prepare(Days(con, config, now, links, book), due, person, again=True)


def prepare(days: Days, dues: Dues, person: Person, *, again: bool = False) -> PreparedTogether:
    """The digest of these schools for this person; silent on a day without school if nothing new is grave."""
    from alerts.digest.together import compose

    now = days.now
    parts = [part for s, d in dues for part in days.parts(s, d, [person], OF_A_TRUST, again=again)]
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
    return OF_A_TRUST[not due.school_day]
