"""The people of a school: who comes, leaves, is away, takes whose offices, is signed out. Each is one act,
for page and command alike, and raises as `monitor.act.settings.write_settings` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from alerts.access.knowing import Access
from alerts.access.offices import OUTSIDE, PAIRS, administers_for, holders, holding
from alerts.wording.cases import office
from data.people import people_of, schools_of
from data.steps.acts import Done, Refused, Remedy
from data.store import service as accounts
from data.store.engine.connect import Connection
from data.store.service import end_all, remove
from data.types import Person, Role, School
from data.words.say import words
from monitor.act.leaving import HandedOver, ask_next, hand_over_all, let_go
from monitor.act.settings import Keeper, Shown, write_settings
from monitor.config import edit
from monitor.config.edit import Succession
from monitor.config.home.lookup import free
from monitor.config.load import Config
from monitor.home.wiring import make_context
from monitor.matters.reader import Reader

_FIELDS = ("name", "roles", "email", "account", "phone", "urns", "related_to")
"""What may be otherwise about somebody who stays the same person."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The settings as they are then, and what became of each matter that somebody had who gave up offices."""

    config: Config
    handed: Sequence[HandedOver] = ()


Became = Done[Changed] | Refused


def reachable(school: School, people: Iterable[Person]) -> list[Person]:
    """The school's people whom mail reaches."""
    return [p for p in people_of(school, people) if p.email]


def unheld(school: School, people: Iterable[Person]) -> tuple[Role, ...]:
    """List offices every school needs that nobody holds by mail. In Scotland, where a parent council oversees
    nobody, an authority's contact is enough without a chair.
    """
    here = reachable(school, people)
    needless = {Role.CHAIR} if school.nation == "scotland" and holders(here, *OUTSIDE) else set[Role]()
    leads = [lead for lead, _ in PAIRS if lead not in needless]
    return tuple(lead for lead in leads if not holders(here, lead))


def new_id(config: Config, role: Role) -> str:
    """An id that nobody has, nor had who has left: what is recorded goes by it."""
    return free(role.value.replace("_", "-"), {p.id for p in config.all_people})


def find_namesake(people: Iterable[Person], name: str) -> Person | None:
    """Find who of them has that name."""
    return next((p for p in people if p.name.casefold() == name.strip().casefold()), None)


def enter_person(at: Keeper, person: Person) -> Became:
    """Somebody new."""
    values = {"id": person.id, **_changed_values(Person(person.id, "", ()), person)}
    return _became(write_settings(at, [edit.add_table("people", values)], person.id))


def correct_person(at: Keeper, old: Person, new: Person, mark: str | None = None) -> Became:
    """Put right what is wrong about somebody. Somebody else who comes in their place is another person."""
    if new == old:
        return Done(Changed(at.config))
    if old.name != new.name and old.email != new.email:
        return _refuse(at, "another", name=old.name)
    then = replace(at.config, people=tuple(new if p.id == old.id else p for p in at.config.people))
    if refused := _left_empty(at.config, then, old):
        return refused
    heads = edit.heads(at.config, then)
    made = [edit.change_table("people", old.id, _changed_values(old, new))]
    made += [edit.set_head(at.config, urn, head) for urn, head in heads.items()]
    return _became(write_settings(at, made, old.id, Shown("people", old.id, mark)))


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
    if refused := _left_empty(at.config, edit.after(at.config, going), old):
        return refused

    def hand(con: Connection, then: Config) -> Sequence[HandedOver]:
        given = (con, make_context(then, at.home), old, new, at.now)
        handed = [*hand_over_all(*given), *ask_next(*given)]
        if going.leaves:
            let_go(con, old, at.actor, at.now)
        return handed

    today = at.now.astimezone(at.config.zone).date()
    changes, shown = edit.changes(at.config, going, today), Shown("people", old.id, mark)
    return _became(write_settings(at, changes, old.id, shown, hand))


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
    if until is not None and until <= at.now.astimezone(at.config.zone).date():
        return _refuse(at, "past")
    if cover == person.id:
        return _refuse(at, "covers_self")
    values = {"away_until": until, "cover": cover if until else None}
    made, shown = [edit.change_table("people", person.id, values)], Shown("people", person.id, mark)
    return _became(write_settings(at, made, person.id, shown))


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The number of sessions that ended, of passkeys that were removed, whether an account was forgotten."""

    ended: int = 0
    removed: int = 0
    forgotten: bool = False


def sign_out(
    at: Keeper, person: Person, *, passkeys: bool = False, linked: bool = False
) -> Done[SignedOut] | Refused:
    """Ends all that they have open, and withdraws their codes on paper. If asked, removes their `passkeys`,
    and forgets the Microsoft or Google account that is `linked` to them: the next of its name is theirs."""
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
        removed = remove(con, *given) if passkeys else 0
        return Done(SignedOut(ended, removed, linked and accounts.unlink(con, *given)))


def _changed_values(old: Person, new: Person) -> dict[str, Any]:
    """List what the file says otherwise of them, by key; None for what it does not say any more."""
    said = {key: getattr(new, key) for key in _FIELDS if getattr(new, key) != getattr(old, key)}
    values = {"schools" if key == "urns" else key: value for key, value in said.items()}
    return {key: list(value) or None if isinstance(value, tuple) else value for key, value in values.items()}


def _became(done: Done[tuple[Config, Sequence[HandedOver] | None]] | Refused) -> Became:
    return done if isinstance(done, Refused) else Done(Changed(done.made[0], done.made[1] or ()))


def _refuse(at: Keeper, guard: str, **given: object) -> Refused:
    return Refused(guard, words(at.config.schools[0].language)(f"people.refused.{guard}", **given))


def _left_empty(before: Config, then: Config, old: Person) -> Refused | None:
    """Refuses where an office that must be reachable would be nobody's that was somebody's."""
    for school in before.schools:
        gone = set(unheld(school, then.people)) - set(unheld(school, before.people))
        if gone:
            w = words(school.language)
            empty = w.list_items([office(role, school.nation, w) for role in sorted(gone)])
            said = w("people.refused.empty", school=school.name, offices=empty)
            remedy = Remedy("people replace", wanted=("name", "email"), person=old.id)
            return Refused("empty", said, remedies=(remedy,))
    return None
