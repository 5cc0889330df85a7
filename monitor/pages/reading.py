"""What a signed address leads to, as the store has it now and as much of it as its reader may know."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.access.matter import Matter
from alerts.links import Ticket
from data.frozen import dataclass
from data.matters import MatterView, PostView
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Person, School
from data.words.say import words
from monitor.config.home.context import Context
from monitor.matters.reader import Reader
from monitor.matters.whole import one, read_posts

RESTRICTED_LIFE = timedelta(hours=24)
LIFE = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Visit:
    """What an address opened: the matter, for whom, and of which school.

    `matter` is given of what is sealed, to whoever may know its words: it says who is to be told first.
    """

    view: MatterView
    reader: Reader
    school: School
    matter: Matter | None = None

    @property
    def person(self) -> Person:
        """Whom the address was made for."""
        return self.reader.named

    def ends_at(self, ticket: Ticket) -> datetime:
        """Until when the address opens it."""
        return ticket.made_at + (RESTRICTED_LIFE if self.view.sealed else LIFE)


def look(con: Connection, context: Context, store: Store, ticket: Ticket, now: datetime) -> Visit | None:
    """What stands behind an address now; None where that is nothing, or nothing that its reader may know."""
    config, person = context.config, _holder(context, ticket)
    if person is None:
        return None
    reader = Reader(config, store, person)
    view = one(con, reader, ticket.story_id, now)
    school = config.school(view.urn) if view else None
    if view is None or school is None:
        return None
    if not view.sealed or not view.words:
        return Visit(view, reader, school)
    stored = reader.look(con, {view.story_id: view.urn}).stored
    return Visit(view, reader, school, stored.by_story[view.story_id])


def texts(con: Connection, seen: Visit, now: datetime) -> tuple[PostView, ...]:
    """The words behind it, the reading being put on record. Needs a write connection.

    Whether they may read it is for the caller to ask.
    """
    return read_posts(con, seen.reader, seen.view, words(seen.school.language)("page.read_why"), now)


def _holder(context: Context, ticket: Ticket) -> Person | None:
    """Whom the address was made for, where the settings still name them."""
    found = [p for p in context.config.people if context.links.holder(p.id) == ticket.holder]
    return found[0] if len(found) == 1 else None
