"""The people who are told and who cover for them, named for the offices of one school, or of one after
another of a trust's. Until somebody is named and something was read, nobody is mailed of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from starlette.responses import Response

from alerts.access.offices import administers, holders, holding, kind_of_school, offices_of
from alerts.wording.cases import office
from data.errors import InputError
from data.frozen import freeze
from data.people import people_of
from data.store.engine.rows import group_pairs
from data.types import Person, Role, School
from data.words.say import Words
from monitor.act.people import find_namesake, name_people, new_id, unheld
from monitor.config import model as tables
from monitor.config.check import required_reader
from monitor.config.edit import Change, change_table, require_unchanged, set_in
from monitor.config.load import Config
from monitor.desk.page import led_to
from monitor.desk.pages.people import Desk, Page, done_or_shown
from monitor.setup.desk.frame import (
    PATH,
    Answer,
    Step,
    StepPage,
    TypedAnswers,
    Wrong,
    go_on,
    list_some,
    step_page,
)
from monitor.setup.people_table import PersonRow, merge_rows, people_of_table


def people_steps() -> Mapping[Step, StepPage]:
    """The pages of PEOPLE and COVER."""
    return {
        Step.PEOPLE: StepPage(show_people, take_people, answer_people),
        Step.COVER: StepPage(show_cover, take_cover, answer_cover),
    }


@freeze
class Slot:
    """One person who is asked for: in which office, at which of several schools (`urns`, () for all), who
    holds it there now, and who at all schools. `key` begins the names of its fields."""

    key: str
    role: Role
    title: str
    urns: tuple[str, ...]
    holder: Person | None
    shared: Person | None

    @property
    def names(self) -> list[str]:
        """The names of those who hold it."""
        return [p.name for p in (self.holder, self.shared) if p]


Named: TypeAlias = tuple[Slot, str, str | None]
"""The name and the email that were typed for an office."""


def slots(config: Config, w: Words, school: School | None = None) -> list[Slot]:
    """List who is asked for at that school of several; without one, for all schools together, or for the only
    one, and who looks after the machine."""
    of, several, asked = school or config.proper[0], len(config.schools) > 1, list[Slot]()
    urns, last = ((school.urn,), ()) if school else ((), (Role.IT_LEAD,))
    trusts = offices_of(config.trust)[:1] if config.trust and not school else ()
    for role in (*(role for pair in (*trusts, *offices_of(of)) for role in pair), *last):
        nth = sum(slot.role is role for slot in asked)
        everywhere, here = ([p for p in config.people if bool(p.urns) is own] for own in (False, True))
        held = holders(people_of(school, here) if school else everywhere if several else config.people, role)
        title = office(role, of, w)
        asked.append(
            Slot(
                "_".join((f"{role.value}{nth or ''}", *urns)),
                role,
                w("setup.people.second", office=title) if nth else title,
                urns,
                held[nth] if nth < len(held) else None,
                next(iter(holders(everywhere, role)), None) if school else None,
            )
        )
    return asked


def _read_names(desk: Desk, asked: Sequence[Slot]) -> tuple[list[Named], Mapping[str, str]]:
    """Read whom the form names, and what is wrong. Who is named twice is one person, with one address."""
    typed, w = TypedAnswers(desk.asking.form), desk.w
    named, mails = list[tuple[Slot, str]](), dict[str, str]()
    shown = {slot.holder.name.casefold() for slot in asked if slot.holder}
    for slot in asked:
        name = " ".join(desk.asking.form.get(f"{slot.key}_name", "").split())
        email = typed.read(f"{slot.key}_email", required_reader(tables.Email), wanted=False)
        known = None if name.casefold() in shown else find_namesake(desk.at.config.people, name)
        there = mails.get(name.casefold()) or (known and known.email)
        if email and not name:
            typed.wrong[f"{slot.key}_name"] = w("setup.people.no_name", email=email)
        elif email and there and email != there:
            typed.wrong[f"{slot.key}_email"] = w("setup.people.two_addresses", name=name)
        elif name:
            named.append((slot, name))
            mails[name.casefold()] = there or email or ""
    for slot, name in named:
        old = slot.holder if slot.holder and mails[name.casefold()] == slot.holder.email else None
        stays = old and (old.name.casefold() in mails or any(_held_beside(desk.at.config, old, asked)))
        if old and stays and old.name.casefold() != name.casefold():
            typed.wrong[f"{slot.key}_email"] = w("setup.people.address_of", name=old.name)
    return [(slot, name, mails[name.casefold()] or None) for slot, name in named], typed.wrong


def _held_beside(config: Config, p: Person, asked: Sequence[Slot]) -> Iterator[PersonRow]:
    """List by school what somebody holds beside these."""
    for at in [(urn,) for urn in p.urns] if len(config.schools) > 1 and p.urns else [()]:
        gone = [slot.role for slot in asked if slot.holder and (slot.holder.id, slot.urns) == (p.id, at)]
        if roles := tuple(role for role in holding(p, ()) if role not in gone):
            yield PersonRow(at, p.name, roles, p.email)


def place_people(config: Config, asked: Sequence[Slot], named: Sequence[Named]) -> tuple[Person, ...]:
    """The people as the form has them: who is named twice is one person in two offices; who is named no more
    in an office gives it up, who has none left goes; another name at the same address is a name put right.
    Anybody else stays as they are, whatever others are called."""
    several, people = len(config.schools) > 1, list(config.people)
    rows = defaultdict[str, list[PersonRow]](list)
    mails = {name.casefold(): email for _, name, email in named}
    shown = {(slot.holder.name, slot.holder.email) for slot in asked if slot.holder}
    renamed = {name.casefold(): s.holder for s, name, at in named if s.holder and at and at == s.holder.email}
    for slot, name, email in named:
        called = [p for p in people if p.name.casefold() == name.casefold()]
        same = [p for p in called if p.email in (None, email) or (p.name, p.email) in shown]
        same.sort(key=lambda p: (p != slot.holder, set(p.urns) != set(slot.urns)))
        if not (person := next(iter(same), renamed.get(name.casefold()))):
            person = Person(new_id(replace(config, people=tuple(people)), slot.role), name, ())
            people.append(person)
        rows[person.id].append(PersonRow(slot.urns, name, (slot.role,), email))
    made = list[Person]()
    for p in people:
        email = mails.get(p.name.casefold(), p.email) if (p.name, p.email) in shown else p.email
        name, email = next(((row.name, row.email) for row in rows[p.id]), (p.name, email))
        base = replace(p, name=name, email=email)
        again = [(row.urns, *row.offices) for row in rows[p.id]]
        given_up = [slot for slot in asked if (slot.urns, slot.role) not in again]
        merged = merge_rows([*_held_beside(config, base, given_up), *rows[p.id]])
        for n, row in enumerate(sorted(merged, key=lambda row: set(row.urns) != set(p.urns))):
            key = new_id(replace(config, people=(*people, *made)), row.offices[0]) if n else p.id
            made.append(replace(base, id=key, roles=row.offices, urns=row.urns if several else p.urns))
    return tuple(made)


def _save(desk: Desk, asked: Sequence[Slot], named: Sequence[Named], again: Page, *also: Change) -> Response:
    """Name them, all or nobody; then lead to the next of several schools that lacks somebody, or step."""
    placed, step = place_people(desk.at.config, asked, named), Step(desk.asking.query["step"])
    act = partial(name_people, desk.at, placed, "", desk.asking.form.get("mark", ""), *also)

    def then(now: Desk, _: object) -> Response:
        config, school = now.at.config, _asked_school(now)
        rest = config.proper[config.proper.index(school) + 1 :] if school else config.proper
        if step is Step.PEOPLE and len(config.schools) > 1:
            for following in (s for s in rest if unheld(s, config.people)):
                return led_to(f"{PATH}/{step.value}?school={following.urn}")
        return go_on(step)

    return done_or_shown(desk, act, again, then)


# ------------------------------------------------------------------------------------------- who is told


def _asked_school(desk: Desk) -> School | None:
    """Find which of several schools is asked about; None for all of them, and for an only one."""
    urn, config = desk.asking.query.get("school"), desk.at.config
    return next((s for s in config.proper if s.urn == urn and len(config.schools) > 1), None)


def answer_people(desk: Desk) -> Answer:
    config, w = desk.at.config, desk.w
    lacks = group_pairs((empty, s) for s in config.proper if (empty := unheld(s, config.people)))
    waits = [
        w("setup.people.lacking", school=list_some([s.name for s in at], w), offices=_offices(gone, at[0], w))
        for gone, at in lacks.items()
    ]
    waits += [w("setup.people.until")] if lacks else []
    waits += [] if config.contact else [w("setup.people.no_contact")]
    if not any(map(administers, config.people)):
        return Answer(Step.PEOPLE, "", w("setup.people.nobody" if config.people else "setup.people.untold"))
    names = list(dict.fromkeys(p.name for p in config.people))
    return Answer(Step.PEOPLE, list_some(names, w), " ".join(waits))


def _offices(roles: Sequence[Role], school: School, w: Words) -> str:
    return w.list_items([office(role, school, w) for role in roles])


def _is_open(desk: Desk) -> bool:
    """May the page still name people: is nobody mailed of it, or is there nobody who could elsewhere?"""
    return not (desk.at.mails and any(map(administers, desk.at.config.people)))


def show_people(desk: Desk, wrong: Wrong | None = None) -> Response:
    config, w, school = desk.at.config, desk.w, _asked_school(desk)
    each = config.proper if len(config.schools) > 1 and not school else ()
    of = school or config.proper[0]
    view = {
        "slots": slots(config, w, school), "fresh": _is_open(desk), "contact": config.contact,
        "governed": not kind_of_school(of), "head": office(Role.HEAD, of, w).lower(),
        "chair": office(Role.CHAIR, of, w).lower(), "known": "" if each else of.head,
        "allegations": of.allegations, "officer": w(f"lane.officer.{of.nation}"),
        "school": school, "mark": desk.mark("people", ""), "contact_mark": desk.mark("contact", ""),
        "each": [(s, _offices(unheld(s, config.people), s, w)) for s in each],
    }  # fmt: skip
    return step_page(desk, Step.PEOPLE, "setup_people.html", wrong, **view)


def take_people(desk: Desk) -> Response:
    if not _is_open(desk):
        return show_people(desk)
    if desk.asking.form.get("do") == "paste":
        return _take_table(desk)
    school = _asked_school(desk)
    asked, also = slots(desk.at.config, desk.w, school), list[Change]()
    named, wrong = _read_names(desk, asked)
    if school is None:
        typed = TypedAnswers(desk.asking.form)
        contact = typed.read("contact", required_reader(tables.Contact), wanted=False)
        shown = desk.asking.form.get("contact_mark", "")
        also = [require_unchanged("contact", "", shown), set_in("", {"contact": contact})]
        wrong = {**wrong, **typed.wrong}
    number, proper = desk.asking.form["allegations"].strip(), desk.at.config.proper
    had = (school or proper[0]).allegations
    alike = [school] if school else [each for each in proper if each.allegations == had]
    if number != had:
        also += [change_table("schools", each.urn, {"allegations": number or None}) for each in alike]
    if wrong:
        return show_people(desk, wrong)
    return _save(desk, asked, named, show_people, *also)


def _take_table(desk: Desk) -> Response:
    """Name the people of a pasted table, all or nobody, beside those who are named already."""
    config, name = desk.at.config, desk.w("setup.people.table_name")
    if not desk.asking.form["table"].strip():
        return show_people(desk, {"table": desk.w("setup.people.no_table")})
    try:
        people = people_of_table(desk.asking.form["table"], name, config.schools, config.people)
    except InputError as error:
        return show_people(desk, {"table": error.text})
    act = partial(name_people, desk.at, people, "", desk.asking.form.get("mark", ""))
    return done_or_shown(desk, act, show_people, lambda now, _: led_to(f"{PATH}/{Step.PEOPLE}"))


# ------------------------------------------------------------------------------------------------ cover


def _list_cover(desk: Desk) -> Iterator[tuple[School | None, tuple[Slot, Slot]]]:
    """List by school, where there are several, the offices with who holds each and who stands in."""
    config, several = desk.at.config, len(desk.at.config.schools) > 1
    for school in (None, *config.proper) if several else (None,):
        at = {slot.role: slot for slot in slots(config, desk.w, school)}
        for lead, deputy in offices_of(school or config.proper[0]):
            # at an authority nobody has a deputy of ours; of several schools PEOPLE asks for what is empty
            if deputy != lead and (at[lead].holder or not several):
                yield school, (at[lead], at[deputy])


def answer_cover(desk: Desk) -> Answer:
    deputies, w = [deputy for _, (lead, deputy) in _list_cover(desk) if lead.holder], desk.w
    names = list_some(list(dict.fromkeys(name for deputy in deputies for name in deputy.names)), w)
    lacks = list(dict.fromkeys(deputy.title for deputy in deputies if not deputy.names))
    waits = w("setup.cover.waits", offices=w.list_items(lacks)) if names and lacks else ""
    return Answer(Step.COVER, names, waits)


def show_cover(desk: Desk, wrong: Wrong | None = None) -> Response:
    view = {"by_school": group_pairs(_list_cover(desk)), "mark": desk.mark("people", "")}
    return step_page(desk, Step.COVER, "setup_cover.html", wrong, **view)


def take_cover(desk: Desk) -> Response:
    """Names the deputies that were typed."""
    asked = [deputy for _, (lead, deputy) in _list_cover(desk) if lead.holder and not deputy.names]
    named, wrong = _read_names(desk, asked)
    return show_cover(desk, wrong) if wrong else _save(desk, asked, named, show_cover)
