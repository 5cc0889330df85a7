"""What a signed address leads to, as the store has it now and as much of it as its reader may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from alerts.access.knowing import Access, reads_whole
from alerts.access.matter import Matter
from alerts.describe import gravest
from alerts.gravity import calls_for_alert, may_endanger
from alerts.holding import Holder
from alerts.links import Ticket
from alerts.wording.number import number_of
from data.cases import Case
from data.ids import digest
from data.store.alerts import alerts as alert_store
from data.store.alerts.alerts import RestrictedText
from data.store.alerts.in_hand import in_hand
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.verdicts import stories as story_store
from data.store.verdicts.stories import StoryDetail, StoryMention
from data.types import Alert, Mark, Person, School, Verdict
from data.words.say import words
from monitor.casework.replaying import matter_of
from monitor.context import Context
from monitor.marking import Markable, markable
from monitor.viewer import KnownMatters, Viewer

RESTRICTED_LIFE = timedelta(hours=24)
LIFE = timedelta(days=35)


@dataclass(frozen=True)
class SeenMatter:
    """One matter for one reader. `alert` is None of what was never raised.

    `cases` are its open ones whose state they may know, `locked` all of its that are locked, closed ones too.
    `taken` says that it is in somebody's hands, or was handed over.
    """

    viewer: Viewer
    person: Person
    school: School
    story: StoryDetail
    alert: Alert | None
    matter: Matter
    access: Access
    cases: tuple[Case, ...]
    locked: tuple[Case, ...]
    holder: Holder | None
    taken: bool
    may: Markable

    @property
    def sealed(self) -> bool:
        """Is nothing told of it before a reading that is on record?"""
        return self.matter.restricted or bool(self.locked)

    @property
    def may_read(self) -> bool:
        """May they read what was posted?"""
        config = self.viewer.config
        return self.access is Access.WORDS and all(
            reads_whole(self.person, matter_of(case, config), config.people) for case in self.locked
        )

    @property
    def may_take(self) -> bool:
        """May they say that they have it?"""
        return (
            self.access is Access.WORDS and self.alert is not None and not self.taken and not self.may.ended
        ) or Mark.TAKEN in self.may.offered

    @property
    def has_it(self) -> bool:
        """Do they have it themselves?"""
        return self.holder is not None and self.holder.person == self.person.id

    @property
    def number(self) -> str:
        """What people call it by; the beginning of its own id where it was never raised."""
        if self.alert is None:
            return min((case.id for case in self.cases), key=int, default=self.story.row.id[:6].upper())
        return number_of(self.alert, [case.id for case in self.cases])

    @cached_property
    def top(self) -> Verdict:
        """The verdict that it goes by: the gravest that is not restricted, where there is one."""
        found = [m.verdict for m in self.story.mentions]
        return gravest([v for v in found if not v.restricted] or found)

    @property
    def post(self) -> StoryMention:
        """The post that it goes by."""
        return next(m for m in self.story.mentions if m.verdict == self.top)

    @property
    def danger(self) -> bool:
        """May somebody be in danger by it?"""
        return may_endanger(self.alert or self.top)

    @property
    def told_so_far(self) -> str:
        """Stands for what is serious in it, as far as it has come: another once there is more."""
        grave = sum(m.version for m in self.story.mentions if calls_for_alert(m.verdict))
        return digest(self.story.row.id, str(self.alert.times if self.alert else 0), str(grave))[:8]

    def ends_at(self, ticket: Ticket) -> datetime:
        """Until when the address opens it."""
        return ticket.made_at + (RESTRICTED_LIFE if self.sealed else LIFE)


def look(con: Connection, context: Context, store: Store, ticket: Ticket) -> SeenMatter | None:
    """What stands behind an address now; None where that is nothing, or nothing that its reader may know."""
    config = context.config
    person = _holder(context, ticket)
    story = story_store.story(con, ticket.story_id) if person else None
    school = config.school(story.row.urn) if story else None
    if person is None or story is None or school is None:
        return None
    viewer = Viewer(config, store, person)
    known = viewer.look(con, {story.row.id: story.row.urn})
    return _seen(con, viewer, person, school, story, known) if known.tells_of(story.row.id) else None


def texts(con: Connection, seen: SeenMatter, now: datetime) -> tuple[RestrictedText, ...]:
    """The restricted words behind it; the reading is put on record, for each of its cases that is locked too.

    Needs a write connection. Whether they may read it is for the caller to ask.
    """
    why = words(seen.school.language)("page.read_why")
    for case in seen.locked:
        case_store.record_read(con, case, person=seen.person.id, reason=why, now=now)
    if seen.alert is None or not seen.matter.restricted:
        return ()
    return alert_store.restricted_text(con, seen.alert.id, reason=why, person=seen.person.id, now=now)


def _holder(context: Context, ticket: Ticket) -> Person | None:
    """Whom the address was made for, where the settings still name them."""
    found = [p for p in context.config.people if context.links.holder(p.id) == ticket.holder]
    return found[0] if len(found) == 1 else None


def _seen(
    con: Connection, viewer: Viewer, person: Person, school: School, story: StoryDetail, known: KnownMatters
) -> SeenMatter:
    stored, story_id = known.stored, story.row.id
    alert = stored.alerts.get(story_id)
    cases = stored.cases_of(story_id)
    open_ones = [case for case in cases if case.closed_at is None]
    may_know = viewer.cases(open_ones)
    return SeenMatter(
        viewer,
        person,
        school,
        story,
        alert,
        stored.by_story[story_id],
        known.access[story_id],
        cases=tuple(c for c in open_ones if may_know.get(c.id, Access.NOTHING) >= Access.STATUS),
        locked=tuple(c for c in cases if c.locked),
        holder=stored.holder(story_id),
        taken=alert is not None and in_hand(con, alert.id),
        may=markable(viewer, known, story_id),
    )
