"""Who is told, and who covers for whom: people named for the offices of one school, or of a trust's schools,
one school at a time. Until something was read for the home, nobody is mailed of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from starlette.responses import Response

from alerts.access.offices import holders, offices_of
from alerts.wording.cases import office
from data.errors import InputError
from data.people import people_of
from data.register.school_names import normalise
from data.store.engine.rows import group_pairs
from data.types import Person, Role, School
from data.words.say import Words
from monitor.act.people import find_namesake, name_people, new_id, unheld, who_administers
from monitor.config import model as tables
from monitor.config.check import required_reader
from monitor.config.edit import Change, set_in
from monitor.config.load import Config
from monitor.desk.page import NotThere, led_to
from monitor.desk.pages.people import Desk, Page, done_or_shown
from monitor.setup.checklist import Answer, Step
from monitor.setup.desk.frame import PATH, StepPage, TypedAnswers, Wrong, go_on, list_some, step_page
from monitor.setup.people_table import PersonRow, merge_rows


def people_steps() -> Mapping[Step, StepPage]:
    """The pages of PEOPLE and COVER."""
    return {
        Step.PEOPLE: StepPage(show_people, take_people, answer_people),
        Step.COVER: StepPage(show_cover, take_cover, answer_cover),
    }


@dataclass(frozen=True, slots=True)
class Slot:
    """One person who is asked for: in which office of which school (`urns`, () for all), who holds it now,
    and who holds it for all schools. `key` begins the names of its fields."""

    key: str
    role: Role
    title: str
    urns: tuple[str, ...]
    holder: Person | None
    shared: str


Named: TypeAlias = tuple[Slot, str, str | None]
"""The name and the email that were typed for an office."""


def slots(config: Config, w: Words, school: School | None = None) -> list[Slot]:
    """List who is asked for at that school of several; without one, for all schools together, or for the only
    one, and who looks after the machine."""
    of, several = school or config.proper[0], len(config.schools) > 1
    roles = [role for pair in offices_of(of) for role in pair]
    if school is None and several:  # each school has its own head
        roles = [role for role in roles if role not in (Role.HEAD, Role.DEPUTY_HEAD)]
        roles = [*(offices_of(config.trust)[0] if config.trust else ()), *roles]
    roles += [] if school else [Role.IT_LEAD]
    here, seen, found = _people_at(config, school), Counter[Role](), list[Slot]()
    for role in roles:
        held, nth = holders(here, role), seen[role]
        seen[role] += 1
        title = w("setup.people.second", office=office(role, of, w)) if nth else office(role, of, w)
        key = "_".join((f"{role.value}{nth or ''}", *((school.urn,) if school else ())))
        shared = holders(_people_at(config, None), role) if school else []
        holder = held[nth] if nth < len(held) else None
        names, urns = w.list_items([p.name for p in shared]), (school.urn,) if school else ()
        found.append(Slot(key, role, title, urns, holder, names))
    return found


def _people_at(config: Config, school: School | None) -> list[Person]:
    """List those of that school alone, of several; without one, those of all schools, or of the only one."""
    several = len(config.schools) > 1
    people = people_of(school, config.people) if school else config.people
    return [p for p in people if not several or bool(p.urns) == (school is not None)]


def _read_names(desk: Desk, asked: Sequence[Slot]) -> tuple[list[Named], TypedAnswers]:
    """Read whom the form names; one who is named twice is one person, with one address."""
    typed, named, mails, w = TypedAnswers(desk.asking.form), list[Named](), dict[str, str](), desk.w
    shown = {slot.holder.name.casefold() for slot in asked if slot.holder}
    for slot in asked:
        name = " ".join(desk.asking.form.get(f"{slot.key}_name", "").split())
        email = typed.read(f"{slot.key}_email", required_reader(tables.Email), wanted=False)
        known = None if name.casefold() in shown else find_namesake(desk.at.config.people, name)
        there = mails.get(name.casefold()) or (known.email if known else None)
        if email and not name:
            typed.wrong[f"{slot.key}_name"] = w("setup.people.no_name", email=email)
        elif email and there and email != there:
            typed.wrong[f"{slot.key}_email"] = w("setup.people.two_addresses", name=name)
        elif name:
            named.append((slot, name, email))
            mails[name.casefold()] = there or email or ""
    for slot, name, email in named:
        old = slot.holder.name if slot.holder and email and slot.holder.email == email else name
        if old.casefold() != name.casefold() and old.casefold() in mails:
            typed.wrong[f"{slot.key}_email"] = w("setup.people.address_of", name=old)
    return named, typed


def place_people(config: Config, asked: Sequence[Slot], named: Sequence[Named]) -> tuple[Person, ...]:
    """The people as the form has them: who is named twice is one person in two offices; who is named no more
    in an office gives it up, who has none left goes; another name at the same address is a name put right."""
    said = dict[str, tuple[str, str | None]]()
    for _, name, email in named:
        said[name.casefold()] = (name, said.get(name.casefold(), ("", None))[1] or email)
    shown = {_who(slot.holder) for slot in asked if slot.holder}
    right = {
        _who(slot.holder): (name, email) for slot, name, email in named
        if slot.holder and email and email == slot.holder.email and slot.holder.name.casefold() not in said
        if find_namesake(config.people, name) is None
    }  # fmt: skip

    def put_right(person: Person) -> tuple[str, str | None]:
        new = said.get(person.name.casefold()) if _who(person) in shown or not person.email else None
        return new or right.get(_who(person)) or _who(person)

    rows = list[PersonRow]()
    for p in config.people:
        for at in [(urn,) for urn in p.urns] if len(config.schools) > 1 and p.urns else [()]:
            gone = {slot.role for slot in asked if slot.holder == p and slot.urns == at}
            if roles := tuple(role for role in p.roles if role not in gone):
                name, email = put_right(p)
                rows.append(PersonRow(at, name, roles, email))
    for slot, name, _ in named:
        known = find_namesake(config.people, name)
        email = said[name.casefold()][1]
        if email is None and known and _who(known) not in shown:
            email = known.email
        rows.append(PersonRow(slot.urns, name, (slot.role,), email))
    left, made = list(config.people), list[Person]()
    for row in merge_rows(rows):
        same = [p for p in config.people if _is_same(put_right(p), (row.name, row.email))]
        old = min((p for p in same if p in left), key=lambda p: set(p.urns) != set(row.urns), default=None)
        if old:
            left.remove(old)
        taken = replace(config, people=(*config.people, *made))
        base = old or replace(same[0] if same else Person("", "", ()), id=new_id(taken, row.offices[0]))
        urns = row.urns if len(config.schools) > 1 else base.urns
        made.append(replace(base, name=row.name, email=row.email, roles=row.offices, urns=urns))
    return tuple(made)


def _who(person: Person) -> tuple[str, str | None]:
    return person.name, person.email


def _is_same(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    return normalise(one[0]) == normalise(other[0]) and one[1] == other[1]


def _save(desk: Desk, asked: Sequence[Slot], named: Sequence[Named], again: Page, *also: Change) -> Response:
    """Name them, all or nobody, and go on."""
    placed = place_people(desk.at.config, asked, named)
    act = partial(name_people, desk.at, placed, "", desk.asking.form.get("mark", ""), *also)
    return done_or_shown(desk, act, again, lambda now, _: _go_on(now))


# ------------------------------------------------------------------------------------------- who is told


def _asked_school(desk: Desk) -> School | None:
    """Find which of several schools is asked about; None for all of them, and for an only one."""
    urn, schools = desk.asking.query.get("school"), desk.at.config.schools
    if urn is None or len(schools) == 1:
        return None
    if school := next((s for s in desk.at.config.proper if s.urn == urn), None):
        return school
    raise NotThere


def _go_on(desk: Desk) -> Response:
    """Lead to the next of several schools where somebody is wanted, then to the next step."""
    school, proper, people = _asked_school(desk), desk.at.config.proper, desk.at.config.people
    step = Step(desk.asking.query["step"])
    if step is Step.PEOPLE and len(desk.at.config.schools) > 1:
        rest = proper[proper.index(school) + 1 :] if school else proper
        if following := next((s for s in rest if unheld(s, people)), None):
            return led_to(f"{PATH}/{step.value}?school={following.urn}")
    return go_on(step)


def answer_people(desk: Desk) -> Answer:
    config, w = desk.at.config, desk.w
    lacks = group_pairs((found, s) for s in config.proper if (found := unheld(s, config.people)))
    waits = [
        w("setup.people.lacking", school=list_some([s.name for s in at], w), offices=_offices(gone, at[0], w))
        for gone, at in lacks.items()
    ]
    waits += [w("setup.people.until")] if lacks else []
    waits += [] if config.contact else [w("setup.people.no_contact")]
    try:
        who_administers(config)
    except InputError:
        return Answer(Step.PEOPLE, "", w("setup.people.nobody") if config.people else "")
    names = list(dict.fromkeys(p.name for p in config.people))
    return Answer(Step.PEOPLE, list_some(names, w), " ".join(waits))


def _offices(roles: Sequence[Role], school: School, w: Words) -> str:
    return w.list_items([office(role, school, w) for role in roles])


def show_people(desk: Desk, wrong: Wrong | None = None) -> Response:
    config, w, school = desk.at.config, desk.w, _asked_school(desk)
    each = config.proper if len(config.schools) > 1 and not school else ()
    view = {
        "slots": slots(config, w, school), "fresh": not desk.at.mails, "contact": config.contact,
        "known": (school or config.proper[0]).head or "", "mark": desk.mark("people", ""), "school": school,
        "each": [(s, _offices(unheld(s, config.people), s, w)) for s in each],
    }  # fmt: skip
    return step_page(desk, Step.PEOPLE, "setup_people.html", wrong, **view)


def take_people(desk: Desk) -> Response:
    if desk.at.mails:
        return show_people(desk)
    school = _asked_school(desk)
    asked, also = slots(desk.at.config, desk.w, school), list[Change]()
    named, typed = _read_names(desk, asked)
    if school is None:
        contact = typed.read("contact", required_reader(tables.Contact), wanted=False)
        also = [set_in("", {"contact": contact})]
    if typed.wrong:
        return show_people(desk, typed.wrong)
    return _save(desk, asked, named, show_people, *also)


# ------------------------------------------------------------------------------------------------ cover


@dataclass(frozen=True, slots=True)
class Covered:
    """An office, at one of several schools or at all of them: who holds it, who stands in, and who could."""

    school: School | None
    title: str
    holds: Sequence[str]
    deputies: Sequence[str]
    stands_in: Slot


def _list_cover(desk: Desk) -> Iterator[Covered]:
    config, several = desk.at.config, len(desk.at.config.schools) > 1
    for school in (None, *config.proper) if several else (None,):
        here, at = _people_at(config, school), {s.role: s for s in slots(config, desk.w, school)}
        for lead, deputy in offices_of(school or config.proper[0]):
            held = [p.name for p in holders(here, lead)]
            # at an authority nobody has a deputy of ours; of several schools PEOPLE asks for what is empty
            if deputy != lead and lead in at and (held or not several):
                slot = at[deputy]
                names = [p.name for p in holders(here, deputy)] + ([slot.shared] if slot.shared else [])
                yield Covered(school, at[lead].title, held, names, slot)


def answer_cover(desk: Desk) -> Answer:
    found, w = [each for each in _list_cover(desk) if each.holds], desk.w
    said = list_some(list(dict.fromkeys(name for each in found for name in each.deputies)), w)
    lacks = list(dict.fromkeys(each.stands_in.title for each in found if not each.deputies))
    waits = w("setup.cover.waits", offices=w.list_items(lacks)) if said and lacks else ""
    return Answer(Step.COVER, said, waits)


def show_cover(desk: Desk, wrong: Wrong | None = None) -> Response:
    by_school = group_pairs((each.school, each) for each in _list_cover(desk))
    view = {"by_school": by_school, "mark": desk.mark("people", "")}
    return step_page(desk, Step.COVER, "setup_cover.html", wrong, **view)


def take_cover(desk: Desk) -> Response:
    """Names the deputies that were typed."""
    asked = [each.stands_in for each in _list_cover(desk) if each.holds and not each.deputies]
    named, typed = _read_names(desk, asked)
    if typed.wrong:
        return show_cover(desk, typed.wrong)
    return _save(desk, asked, named, show_cover)
