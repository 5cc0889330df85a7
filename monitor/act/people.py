"""The people of a school, and changes of a home's settings: checked, written whole, recorded, mailed.

Who comes, leaves, is away, takes whose offices, is signed out: each is one act, for page and command alike,
and raises as `write_settings` does. What somebody had goes to whoever comes, as far as they may know of it,
and the rest to the next who may; what was recorded stays as it was. Nobody changes their own offices. Who is
given or loses one that may see matters, or signs in by another address, is mailed, by the old address too,
with the head, the lead and the chair; so of whom they are close to, and when another says that they are away.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from alerts.access.knowing import Access, Act, access, who_may
from alerts.access.matter import Matter, name_holders
from alerts.access.offices import (
    OUTSIDE,
    WATCHING,
    WAYS_IN,
    administers_for,
    holders,
    holding,
    mailboxes_shared,
    offices_of,
    sees_matters,
)
from alerts.access.recipients import in_office
from alerts.ladder.advance import Refusal
from alerts.ladder.rules import SCHOOLGATE
from alerts.layout.note import LIFE, mails
from alerts.notices.upkeep import OFFICES, offices_note
from alerts.wording.cases import office
from alerts.wording.instant import alert_messages, compose_given, telling
from alerts.wording.matters import away_words
from data.cases import Case, Event
from data.errors import InputError
from data.frozen import freeze
from data.letters import plain_letters
from data.people import people_of, schools_of
from data.steps.acts import Done, Refused
from data.steps.classes import Assigned
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners
from data.store import service as accounts
from data.store.engine.audit_chain import AuditEntry, Code, append, record_act
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import asked_of, put_outbox, withdraw_all
from data.store.service import end_all, remove
from data.store.verdicts import posts_meaning, put_again, whole_verdicts
from data.types import Alert, OutboxMessage, Owner, Person, Role, School
from data.words.say import words
from monitor.act.casework import apply_event
from monitor.config import edit
from monitor.config.edit import Succession
from monitor.config.home.context import Context, message_means
from monitor.config.home.lookup import free
from monitor.config.load import Config, from_text
from monitor.home.wiring import make_context, remember_config
from monitor.matters.reader import Reader, StoredMatters, matter_of, read_matters, replay_cases, school_of
from monitor.pipeline.raising import aimed_at, seen_of


@freeze
class HandedOver:
    """The outcome of one matter: `to` has it or is `asked`, None where nobody may; who knows by `matter`."""

    number: str
    to: Person | None
    matter: Matter
    asked: bool = False


def keep_meant(con: Connection, before: Config, then: Config, by: str, now: datetime) -> None:
    """Keep what was said of an office until now about those who held it."""
    for school in before.schools:
        here = [people_of(school, config.people) for config in (before, then)]
        held, holds = ({role: tuple(p.id for p in holders(each, role)) for role in Role} for each in here)
        turned = {role.value: ids for role, ids in held.items() if ids and ids != holds[role]}
        by_office = {f"office:{role}": ids for role, ids in turned.items()}
        judged = whole_verdicts(con, posts_meaning(con, school.urn, turned), school.urn) if turned else []
        changed = [new for v in judged if (new := name_holders(v, by_office)) != v]
        if changed:
            put_again(con, changed, (), now, before.policy, by)


def hand_over_all(
    con: Connection, context: Context, old: Person, new: Person | None, now: datetime
) -> list[HandedOver]:
    """Give each open matter of `old` to the first who may have it: `new`, `old` if still in the settings, or
    who works on it; each is mailed. `context` has the settings from now on."""
    cases = replay_cases(con, *case_store.all_steps(con, open_only=True).values())
    theirs = {c.story_id: c.urn for c in cases if c.closed_at is None and c.acting == old.id}
    held = theirs | owners.held_by(con, old.id)
    held = {story: urn for story, urn in held.items() if context.config.school(urn) is not None}
    stored = read_matters(con, context.config, held)
    found = []
    for story, urn in held.items():
        if story not in stored.by_story or not _is_theirs(stored, story, old.id):
            continue
        to = _next(context, stored, story, (new, old))
        if to is not None and to.id == old.id:
            continue
        alert, open_cases = stored.to_tell(story, now), _open(stored, story)
        if to is None:
            owners.end_ownership(con, story, urn, [old.id], now)
        else:
            _give(con, context, stored, alert, open_cases, old, to, now)
        number = open_cases[0].id if open_cases else alert.number
        found.append(HandedOver(number, to, stored.by_story[story]))
    return found


def let_go(con: Connection, old: Person, by: str, now: datetime) -> None:
    """Ends what reaches somebody who has left: sessions, codes on paper, and mail that waits."""
    end_all(con, old.id, by, now)
    withdraw_all(con, old.id, now)


def finish_leaving(store: Store, context: Context, now: datetime) -> None:
    """Hand over what those have who left, where that was cut off or they were still written to."""
    if not context.config.former:
        return
    with store.write("hand over") as con:
        for old in context.config.former:
            hand_over_all(con, context, old, None, now)
            ask_next(con, context, old, None, now)
            withdraw_all(con, old.id, now)


def ask_next(
    con: Connection, context: Context, old: Person, new: Person | None, now: datetime
) -> list[HandedOver]:
    """Ask `new`, or the next who may know and was not told, what a waiting mail asks of `old`."""
    alerts = [
        a for i in asked_of(con, old.id) if (a := alert_store.alert(con, i)) and context.config.school(a.urn)
    ]
    here = {p.id for p in context.config.people}
    stored = read_matters(con, context.config, {a.story_id: a.urn for a in alerts})
    seen = seen_of(con, alerts, stored.verdicts, partial(message_means, context))
    found = []
    for alert in alerts:
        to = _next(context, stored, alert.story_id, (new,))
        stays = to is not None and to != new and old.id in here
        dealt_with = stored.ending_mark(alert.story_id) or stored.holder(alert.story_id)
        if dealt_with or stays or to is None or to.id in alert.audience:
            continue
        school, people = school_of(context.config, alert.urn), context.config.people
        aimed = aimed_at(alert, stored.verdicts.get(alert.story_id, ()), school, people)
        left = [i for i in alert.audience if i in here]
        again = replace(alert, audience=(to.id, *left), warned=())
        reached, numbers = message_means(context, alert.urn), [c.id for c in _open(stored, alert.story_id)]
        t = telling(again, people, school, reached, now, seen[alert.id], *aimed, numbers)
        put_outbox(con, [mail for mail in alert_messages(t) if mail.person_id == to.id], now)
        found.append(HandedOver(alert.number, to, stored.by_story[alert.story_id], asked=True))
    return found


def _open(stored: StoredMatters, story: str) -> tuple[Case, ...]:
    return tuple(case for case in stored.cases_of(story) if case.closed_at is None)


def _is_theirs(stored: StoredMatters, story: str, old: str) -> bool:
    """Have they that matter, and is it not done with?"""
    holder, cases = stored.holder(story), stored.cases_of(story)
    over = stored.ending_mark(story) is not None or (bool(cases) and not _open(stored, story))
    return holder is not None and holder.person == old and not over


def _next(context: Context, stored: StoredMatters, story: str, of: Sequence[Person | None]) -> Person | None:
    """The first who may have it and whom mail reaches: of these, then of those who work on it."""
    people = context.config.people
    matters = (stored.by_story[story], *(matter_of(case, context.config) for case in _open(stored, story)))
    able = {p.id for p in people if p.email and all(_can_have(p, m, people) for m in matters)}
    order = (*(p for p in of if p is not None), *who_may(Act.WORK, matters[0], people))
    return next((p for p in order if p.id in able), None)


def _can_have(person: Person, matter: Matter, people: Sequence[Person]) -> bool:
    given = person in who_may(Act.BE_GIVEN, matter, people)
    return given and access(person, matter, people) is Access.WORDS


def _give(
    con: Connection,
    context: Context,
    stored: StoredMatters,
    alert: Alert,
    open_cases: Sequence[Case],
    old: Person,
    to: Person,
    now: datetime,
) -> None:
    """By a step of each open case, of which the ladder mails them; else by a mail of its own."""
    config, story = context.config, alert.story_id
    for case in open_cases:
        said = Event(Assigned(person=to.id), SCHOOLGATE, f"In place of {old.name}.")
        done = apply_event(con, context, case, said, now)
        if isinstance(done, Refusal):
            raise InputError(words("en")("people.refused.case_to_nobody", name=old.name))
    before = stored.owners.get(story)
    ask_at = before.ask_at if before and before.ask_at and before.ask_at > now else None
    given = Owner(to.id, now, SCHOOLGATE, None, ask_at)
    alert_store.give(con, alert.id, given, "", now)
    if not open_cases:
        seen = seen_of(con, [alert], stored.verdicts, partial(message_means, context))[alert.id]
        school = school_of(config, alert.urn)
        t = telling(alert, config.people, school, message_means(context, alert.urn), now, seen)
        put_outbox(con, compose_given(t, given, "", old.name), now)


_ADDRESSES = ("email", "account")


@freeze
class Keeper:
    """The person who changes the settings of a home, as they are in its file, and when. `by` is None at the
    shell, whose user keeps the machine; `store` is None before there is one. `mails` is False while the home
    is set up and nothing was read: then nobody is mailed of a change, as there is nothing to be seen. With
    `shares` they know that head and safeguarding lead get one mailbox."""

    config: Config
    home: Path
    store: Store | None
    by: Person | None
    now: datetime
    mails: bool = True
    shares: bool = False

    @property
    def actor(self) -> str:
        """By what id it is recorded."""
        return self.by.id if self.by else "schoolgate"

    def keeps(self, urns: Iterable[str]) -> bool:
        """Are these schools theirs to look after; without any, all?"""
        theirs = {s.urn for s in schools_of(self.by, self.config.schools)} if self.by else None
        asked = set(urns) or {s.urn for s in self.config.schools}
        return theirs is None or asked <= theirs


@freeze
class Shown:
    """The table that a form was made for, and its mark (`edit.mark_of`) as it was then; None for no form."""

    table: str
    which: str
    mark: str | None


@freeze
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


@freeze
class Changed:
    """The settings as they are then, and what became of each matter that somebody had who gave up offices."""

    config: Config
    handed: Sequence[HandedOver] = ()


Became = Done[Changed] | Refused


def write_settings(
    at: Keeper,
    changes: Sequence[edit.Change],
    subject: str,
    shown: Shown | None = None,
    meanwhile: Callable[[Connection, Config], Sequence[HandedOver]] = lambda con, then: (),
) -> Became:
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
    if refused := _own_refusal(at, then, turns, about) or _one_mailbox(at, then):
        return refused
    handed: Sequence[HandedOver] = ()
    with at.store.write("settings") if at.store else nullcontext() as con:
        if con is not None:
            keep_meant(con, at.config, then, at.actor, at.now)
            handed = meanwhile(con, then)
            for turn in turns:
                if turn.is_readdressed:
                    end_all(con, turn.one.id, at.actor, at.now)
                    accounts.unlink(con, turn.one.id, at.actor, at.now)
            done = {turn.one.id: turn.codes for turn in turns} or {subject: ()}
            append(
                con, [AuditEntry(at.now, at.actor, "settings_changed", i, None, c) for i, c in done.items()]
            )
            if at.mails:
                put_outbox(con, list(_mails(at, then, [turn for turn in turns if turn.is_grave])), at.now)
        edit.edit(path, *changes)
    if at.store is not None:
        remember_config(at.store, then)
    return Done(Changed(then, handed))


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


ONE_MAILBOX = "one_mailbox"
"""The guard: head and safeguarding lead, two people, would get one mailbox; nobody said that it is right."""


def _one_mailbox(at: Keeper, then: Config) -> Refused | None:
    """Ask before the reader of one mailbox is told what is kept from the head, or from the lead."""
    if at.shares:
        return None
    had, has = (mailboxes_shared(config.people, config.schools) for config in (at.config, then))
    new = [_refuse(at, ONE_MAILBOX, head=one, lead=lead, email=email) for email, one, lead in has - had]
    return next(iter(new), None)


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
        return w.list_items([office(role, school, w) for role in holding(person, ())])

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


def reachable(school: School, people: Iterable[Person]) -> list[Person]:
    """The school's people whom mail reaches."""
    return [p for p in people_of(school, people) if p.email]


def unheld(school: School, people: Iterable[Person]) -> tuple[Role, ...]:
    """List the offices that the school needs and nobody holds by mail. Where an authority oversees the head,
    a trust's contact or a chair is enough.
    """
    here = reachable(school, people)
    return tuple(lead for lead, _ in offices_of(school) if not _who_fill(lead, here))


def _who_fill(lead: Role, here: Iterable[Person]) -> list[Person]:
    return holders(here, *((*OUTSIDE, Role.CHAIR) if lead is Role.LA_CONTACT else (lead,)))


def who_administers(config: Config) -> Person:
    """The first IT lead, else the head. Raises InputError where nobody administers."""
    able = (p for p in holders(config.people, *WAYS_IN) if schools_of(p, config.schools))
    if person := next(able, None):
        return person
    raise InputError("Nobody administers this home. Name somebody as IT lead: ⟪setup⟫")


def new_id(config: Config, role: Role) -> str:
    """An id that nobody has, nor had who has left: what is recorded goes by it."""
    return free(role.value.replace("_", "-"), {p.id for p in config.all_people})


def find_namesake(people: Iterable[Person], name: str) -> Person | None:
    """Find who of them has that name."""
    wanted = plain_letters(name).strip().casefold()
    return next((p for p in people if plain_letters(p.name).casefold() == wanted), None)


def name_people(
    at: Keeper, people: Sequence[Person], subject: str, mark: str | None = None, *also: edit.Change
) -> Became:
    """Make these the people, with other changes, all or none; who is no longer among them was named by
    mistake. `subject` is who it is about, "" for all; `mark` is of what was shown of them."""
    then = replace(at.config, people=tuple(people))
    # while a home is being set up, a trust's own head may become one school's
    if refused := _left_empty(at.config.schools if at.mails else at.config.proper, at.config, then):
        return refused
    had, has = ({p.id: p for p in config.people} for config in (at.config, then))
    made = [edit.remove_table("people", i) for i in had if i not in has]
    made += [edit.write_person(p, had.get(p.id)) for p in people]
    made += [edit.set_head(at.config, urn, head) for urn, head in edit.heads(at.config, then).items()]
    return write_settings(at, [*made, *also], subject or "people", Shown("people", subject, mark))


def enter_person(at: Keeper, person: Person) -> Became:
    """Somebody new."""
    return write_settings(at, [edit.write_person(person)], person.id)


def correct_person(at: Keeper, old: Person, new: Person, mark: str | None = None) -> Became:
    """Put right what is wrong about somebody. Somebody else who comes in their place is another person."""
    if new == old:
        return Done(Changed(at.config))
    if old.name != new.name and old.email != new.email:
        return _refuse(at, "another", name=old.name)
    return name_people(at, [new if p.id == old.id else p for p in at.config.people], old.id, mark)


def comer(
    config: Config,
    among: Iterable[Person],
    old: Person,
    name: str,
    email: str | None,
    phone: str | None,
    roles: tuple[Role, ...],
) -> Person:
    """Whoever comes for `old` in these offices, as they are then: somebody of these by that name, or new."""
    known = find_namesake(among, name)
    if known is None:
        return Person(new_id(config, roles[0]), name.strip(), roles, email, old.urns, phone)
    new = add_to_person(known, roles, email, phone, old.urns)
    return new if old.urns else replace(new, urns=())


def add_to_person(
    known: Person,
    roles: tuple[Role, ...],
    email: str | None,
    phone: str | None,
    urns: Sequence[str],
    close: Sequence[str] = (),
) -> Person:
    """Return somebody who is there, with what is more to be said of them."""
    return replace(
        known,
        roles=holding(known, roles),
        email=known.email or email,
        phone=phone or known.phone,
        related_to=tuple(dict.fromkeys((*known.related_to, *close))),
        urns=tuple(dict.fromkeys((*known.urns, *urns))) if known.urns else (),
    )


def succeed_person(at: Keeper, going: Succession, mark: str | None = None) -> Became:
    """Somebody leaves, or gives up offices to who comes; what they had goes to these, else the next."""
    old, new = going.old, going.new
    if new is not None and new.id == old.id:
        return _refuse(at, "same", name=old.name)
    if refused := _left_empty(at.config.schools, at.config, edit.after(at.config, going)):
        return refused

    def hand(con: Connection, then: Config) -> Sequence[HandedOver]:
        given = (con, make_context(then, at.home), old, new, at.now)
        handed = [*hand_over_all(*given), *ask_next(*given)]
        if going.leaves:
            let_go(con, old, at.actor, at.now)
        return handed

    today = at.config.day_of(at.now)
    changes, shown = edit.changes(at.config, going, today), Shown("people", old.id, mark)
    return write_settings(at, changes, old.id, shown, hand)


def list_known_handovers(
    handed: Sequence[HandedOver], going: Succession, reader: Reader
) -> tuple[list[HandedOver], int]:
    """Say where each matter went that its reader may know that of, and how many more they may know of."""
    known, new = reader.access({each.number: each.matter for each in handed}), going.new
    shown = []
    for each in handed:
        theirs = each.to is None or (new is not None and each.to.id == new.id)
        if known[each.number] is Access.WORDS or (known[each.number] is Access.STATUS and theirs):
            shown.append(each)
    return shown, sum(known[each.number] > Access.NOTHING for each in handed if each not in shown)


def set_away(
    at: Keeper, person: Person, until: date | None, cover: str | None, mark: str | None = None
) -> Became:
    """Away until that day, when they are back, with who covers; None: they are back now."""
    if until is not None and until <= at.config.day_of(at.now):
        return _refuse(at, "past")
    if cover == person.id:
        return _refuse(at, "covers_self")
    values = {"away_until": until, "cover": cover if until else None}
    made, shown = [edit.change_table("people", person.id, values)], Shown("people", person.id, mark)
    return write_settings(at, made, person.id, shown)


@freeze
class SignedOut:
    """The number of sessions that ended, of passkeys that were removed, whether an account was forgotten."""

    ended: int = 0
    removed: int = 0
    forgotten: bool = False


def sign_out(
    at: Keeper, person: Person, *, passkeys: bool = False, linked: bool = False, lost: bool = False
) -> Done[SignedOut] | Refused:
    """Ends all that they have open, and withdraws their codes on paper. If asked, removes their `passkeys`,
    and forgets the Microsoft or Google account that is `linked` to them: the next of its name is theirs. That
    a computer or mailbox of theirs is `lost` is recorded."""
    if at.by is not None and at.by.id == person.id:
        return _refuse(at, "own")
    urns = [s.urn for s in schools_of(person, at.config.schools)]
    mine = at.by is None or administers_for(at.by, person, at.config.schools)
    if not mine or (linked and not at.keeps(urns)):
        return _refuse(at, "schools", name=person.name)
    if at.store is None:
        return Done(SignedOut())
    given = (person.id, at.actor, at.now)
    with at.store.write("a sign-out") as con:
        ended = end_all(con, *given)
        removed = remove(con, *given) if passkeys or lost else 0
        if lost:
            record_act(con, at.now, at.actor, "device_lost", person.id)
        return Done(SignedOut(ended, removed, linked and accounts.unlink(con, *given)))


@freeze
class Readable:
    """Matters that somebody may read, as far as who asks may know of them: those with these `numbers`, and so
    many `more`; of both so many are `restricted`."""

    numbers: tuple[str, ...]
    more: int
    restricted: int


def list_readable(at: Keeper, person: Person) -> Readable:
    """List what was raised, or has a case, and this person may read."""
    if at.store is None:
        return Readable((), 0, 0)
    urns = [s.urn for s in schools_of(person, at.config.schools)]
    with at.store.open_reader() as con:
        raised = alert_store.list_alerts(con, urns, open_only=False)
        cases = replay_cases(con, *case_store.all_steps(con, urns).values())
        stories = {a.story_id: a.urn for a in raised} | {c.story_id: c.urn for c in cases}
        seen = Reader(at.config, at.store, person).look(con, stories)
    theirs = {story: matter for story, matter in seen.stored.by_story.items() if seen.words(story)}
    may = Reader(at.config, at.store, at.by).access(theirs)
    known = [story for story in theirs if may[story] > Access.NOTHING]
    numbers = tuple(
        next((c.id for c in seen.stored.cases_of(story)), seen.stored.to_tell(story, at.now).number)
        for story in known
        if may[story] is Access.WORDS
    )
    return Readable(numbers, len(known) - len(numbers), sum(theirs[story].restricted for story in known))


def _refuse(at: Keeper, guard: str, **given: object) -> Refused:
    return Refused(guard, words(at.config.schools[0].language)(f"people.refused.{guard}", **given))


def _left_empty(schools: Iterable[School], before: Config, then: Config) -> Refused | None:
    """Refuses where an office of these schools that must be reachable is left to nobody."""
    for school in schools:
        if gone := set(unheld(school, then.people)) - set(unheld(school, before.people)):
            w = words(school.language)
            empty = w.list_items([office(role, school, w) for role in sorted(gone)])
            said = w("people.refused.empty", school=school.name, offices=empty)
            return Refused("empty", said)
    return None
