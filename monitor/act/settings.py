"""Changing the settings of a home, for page and command alike: checked, written whole, recorded, mailed.

Nobody changes their own offices. Who is given or loses one that may see matters, or signs in by another
address, is mailed, by the old address too, with the head, the lead and the chair; so of whom they are close
to, and when another says that they are away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from alerts.access.offices import WATCHING, holding, sees_matters
from alerts.access.recipients import in_office
from alerts.layout.note import LIFE, mails
from alerts.notices.upkeep import OFFICES, offices_note
from alerts.wording.cases import office
from alerts.wording.matters import away_words
from data.people import schools_of
from data.steps.acts import Done, Refused
from data.store import service as accounts
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import put_outbox
from data.store.service import end_all
from data.types import OutboxMessage, Person, Role, School
from data.words.say import words
from monitor.act.leaving import keep_meant
from monitor.config import edit
from monitor.config.load import Config, from_text
from monitor.home.wiring import remember_config

T = TypeVar("T")
_ADDRESSES = ("email", "account")


@dataclass(frozen=True, slots=True)
class Keeper:
    """The person who changes the settings of a home, as they are in its file, and when. `by` is None at the
    shell, whose user keeps the machine; `store` is None before there is one."""

    config: Config
    home: Path
    store: Store | None
    by: Person | None
    now: datetime

    @property
    def actor(self) -> str:
        """By what id it is recorded."""
        return self.by.id if self.by else "schoolgate"

    def keeps(self, urns: Iterable[str]) -> bool:
        """Are these schools theirs to look after; without any, all?"""
        theirs = {s.urn for s in schools_of(self.by, self.config.schools)} if self.by else None
        asked = set(urns) or {s.urn for s in self.config.schools}
        return theirs is None or asked <= theirs


@dataclass(frozen=True, slots=True)
class Shown:
    """The table that a form was made for, and its mark (`edit.mark_of`) as it was then; None for no form."""

    table: str
    which: str
    mark: str | None


@dataclass(frozen=True, slots=True)
class Turned:
    """Somebody before and after a change of the settings; None where they are not in them."""

    before: Person | None
    after: Person | None

    @property
    def one(self) -> Person:
        """Whoever it is, as they are now."""
        found = self.after or self.before
        assert found is not None
        return found

    def has_moved(self, key: str) -> bool:
        """Is that key another one, of somebody who was there and stays?"""
        both = self.before and self.after
        return bool(both) and getattr(self.before, key) != getattr(self.after, key)

    @property
    def is_readdressed(self) -> bool:
        """Do they sign in by another address from now on?"""
        return any(map(self.has_moved, _ADDRESSES))

    @property
    def is_grave(self) -> bool:
        """May it let somebody see, or keep from them, what not everybody may?"""
        seers = (p is not None and sees_matters(p) for p in (self.before, self.after))
        return self.is_readdressed or self.has_moved("related_to") or any(seers)

    @property
    def is_away(self) -> bool:
        """Is it otherwise when they are back, or who is asked meanwhile?"""
        return self.has_moved("away_until") or self.has_moved("cover")

    @property
    def codes(self) -> tuple[str, ...]:
        """Return its codes in the audit."""
        old, new = (set(holding(p, ())) if p else set[Role]() for p in (self.before, self.after))
        roles = [*(Code.HAD.of(r) for r in sorted(old - new)), *(Code.GIVEN.of(r) for r in sorted(new - old))]
        return (
            *roles,
            *(
                key
                for key in (*_ADDRESSES, "name", "related_to", "away_until", "cover")
                if self.has_moved(key)
            ),
        )


def write_settings(
    at: Keeper,
    changes: Sequence[edit.Change],
    subject: str,
    shown: Shown | None = None,
    meanwhile: Callable[[Connection, Config], T | None] = lambda con, then: None,
) -> Done[tuple[Config, T | None]] | Refused:
    """Makes these changes of the file, all or none, with what the store has to do with them. `subject` is
    what they are about in the audit. Raises as `edit.edit` does, and StoreError; then nothing was changed."""
    path = at.config.path
    if shown is not None and shown.mark is not None:
        changes = [edit.require_unchanged(shown.table, shown.which, shown.mark), *changes]
    then = from_text(path, edit.preview_text(path, changes), os.environ)
    about = Turned(
        *(next((p for p in config.people if p.id == subject), None) for config in (at.config, then))
    )
    turns = list(_turns(at, then, subject))
    if refused := _own_refusal(at, then, turns, about):
        return refused
    made: T | None = None
    with at.store.write("settings") if at.store else nullcontext() as con:
        if con is not None:
            keep_meant(con, at.config, then, at.actor, at.now)
            made = meanwhile(con, then)
            for turn in turns:
                if turn.is_readdressed:
                    end_all(con, turn.one.id, at.actor, at.now)
                    accounts.unlink(con, turn.one.id, at.actor, at.now)
            done = {turn.one.id: turn.codes for turn in turns} or {subject: ()}
            append(
                con, [AuditEntry(at.now, at.actor, "settings_changed", i, None, c) for i, c in done.items()]
            )
            put_outbox(con, list(_mails(at, then, [turn for turn in turns if turn.is_grave])), at.now)
        edit.edit(path, *changes)
    if at.store is not None:
        remember_config(at.store, then)
    return Done((then, made))


def _turns(at: Keeper, then: Config, subject: str) -> Iterator[Turned]:
    """List everybody of whom something else is so: offices, schools, how they sign in, whom they are kept
    from; that the `subject` is away. A school that comes or goes turns nobody."""
    both = {s.urn for s in at.config.schools} & {s.urn for s in then.schools}
    old, new = ({p.id: p for p in config.people} for config in (at.config, then))

    def person_facts(person: Person | None, schools: Sequence[School]) -> object:
        if person is None:
            return None
        here = both.intersection(s.urn for s in schools_of(person, schools))
        close = set(person.related_to)
        return (person.name, set(holding(person, ())), here, person.email, person.account, close)

    for i in dict.fromkeys((*old, *new)):
        turn = Turned(old.get(i), new.get(i))
        away = i == subject != at.actor and turn.is_away
        if away or person_facts(turn.before, at.config.schools) != person_facts(turn.after, then.schools):
            yield turn


def _own_refusal(at: Keeper, then: Config, turns: Sequence[Turned], about: Turned) -> Refused | None:
    """Refuse what is one's own, or of a school not one's own; `about` is who the change concerns."""
    if at.by is None:
        return None
    w = words(at.config.schools[0].language)
    if any(_is_own(turn, at.by, about) for turn in turns):
        return Refused("own", w("people.refused.own"))
    after = replace(at, config=then, by=next((p for p in then.people if p.id == at.by.id), at.by))
    asked = [*turns, about] if about.before != about.after else turns
    for keeper, person in [pair for turn in asked for pair in ((at, turn.before), (after, turn.after))]:
        if person and not keeper.keeps(s.urn for s in schools_of(person, keeper.config.schools)):
            return Refused("schools", w("people.refused.schools", name=person.name))
    return None


def _is_own(turn: Turned, by: Person, about: Turned) -> bool:
    """Check whether it is theirs, or says who is close to them; a leaver's closeness is the leaver's."""
    old, new = turn.before, turn.after
    if old is None or new is None or turn.one.id != by.id:
        changed = set(old.related_to) ^ set(new.related_to) if old and new else set()
        return turn.one.id == by.id or not changed.isdisjoint((by.id, *holding(by, ())))
    return turn == about or replace(old, related_to=new.related_to, cover=new.cover) != new


def _mails(at: Keeper, then: Config, turns: Sequence[Turned]) -> Iterator[OutboxMessage]:
    """Mail all whom it concerns, before and after; an address that is named no more, in place of an id."""
    if not turns:
        return
    to: dict[str, Person] = {}
    for config, people in ((at.config, [t.before for t in turns]), (then, [t.after for t in turns])):
        found = [p for p in people if p is not None]
        for school in {s.urn: s for p in found for s in schools_of(p, config.schools)}.values():
            found += in_office(school, config.people, WATCHING)
        to |= {p.email.casefold(): p for p in found if p.email}
    now = {p.id: (p.email or "").casefold() for p in then.people}
    for address, person in to.items():
        school = next(iter(schools_of(person, then.schools)), then.schools[0])
        reader = person if now.get(person.id) == address else replace(person, id=address)
        note = offices_note(school, at.by, list(_lines(turns, school, then, at.now)))
        key = ("offices", at.actor, at.now.isoformat())
        yield from mails(note, [reader], school.urn, OFFICES, key, at.now, LIFE)


def _lines(turns: Sequence[Turned], school: School, then: Config, now: datetime) -> Iterator[str]:
    """A sentence for each thing that is otherwise."""
    w = words(school.language)

    def offices(person: Person) -> str:
        return w.list_items([office(role, school.nation, w) for role in holding(person, ())])

    for turn in turns:
        old, new, name = turn.before, turn.after, turn.one.name
        if new is None:
            yield w("people.mail.left", name=name, offices=offices(turn.one))
        elif old is None:
            yield w("people.mail.came", name=name, offices=offices(new))
        else:
            if set(holding(old, ())) != set(holding(new, ())) or old.urns != new.urns:
                yield w("people.mail.offices", name=name, offices=offices(new), before=offices(old))
            if turn.has_moved("name"):
                yield w("people.mail.name", name=name, before=old.name)
            if turn.is_readdressed:
                yield w("people.mail.address", name=name)
            if turn.has_moved("related_to"):
                yield w("people.mail.related", name=name)
            if turn.is_away:
                yield away_words(new, then.people, now, then.zone, w)
