"""The first steps of setting a home up: which school, who is told, the impact assessment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TypeAlias

from starlette.responses import Response

from alerts.access.offices import holders, holding
from alerts.wording.cases import office
from data.errors import InputError, SchoolgateError
from data.register.calendar import read_day
from data.register.find_schools import SchoolSearch
from data.register.national_lists import SHIPPED
from data.store.sources import latest_runs
from data.types import Person, Role, School
from data.words.say import Words
from monitor.act.people import Became, find_namesake, new_id, unheld, who_administers, write_settings
from monitor.act.people import Shown as Marked
from monitor.config import model as tables
from monitor.config.check import required_reader
from monitor.config.edit import Change, add_table, change_table, heads, remove_table, set_head, set_in
from monitor.config.first_file import (
    Draft,
    entries,
    find_by_number,
    group_schools,
    key_without_number,
    name_heads,
    school_values,
    trust_entries,
    usable,
    write_first_file,
)
from monitor.config.home.paths import Paths
from monitor.config.hosts import by_purpose
from monitor.config.load import Config
from monitor.desk.page import file_to_save
from monitor.desk.pages.people import Desk, done_or_shown
from monitor.home.wiring import load_config, remember_config
from monitor.reports.papers import Paper, draft_paper, paper_page
from monitor.setup.checklist import Answer, OfficeQuestion, Step, offices_to_ask
from monitor.setup.desk.frame import StepPage, TypedAnswers, go_on, step_page

FindSearch: TypeAlias = Callable[[], tuple[SchoolSearch, str]]
"""Gives what searches a register, and the line to show with what it offers."""


def first_steps(search: FindSearch) -> Mapping[Step, StepPage]:
    """The pages of SCHOOL, PEOPLE and DPIA."""
    school = _SchoolStep(search)
    return {
        Step.SCHOOL: StepPage(school.show, school.take, _answer_school),
        Step.PEOPLE: StepPage(_show_people, _take_people, _answer_people),
        Step.DPIA: StepPage(_show_dpia, _take_dpia, _answer_dpia),
    }


def _answer_school(desk: Desk) -> Answer:
    names = [school.name for school in desk.at.config.schools]
    return Answer(Step.SCHOOL, desk.w.list_items(names[:_MOST_NAMED] + ["…"] * (len(names) > _MOST_NAMED)))


_MOST_NAMED = 4


class _SchoolStep:
    """Which school: of the register that comes with Schoolgate, or by hand. Choosing it writes the first
    settings; until places are chosen, another can be taken in its stead."""

    def __init__(self, search: FindSearch) -> None:
        self._find_search = search

    @cached_property
    def _search(self) -> tuple[SchoolSearch, str]:
        return self._find_search()

    def show(self, desk: Desk, wrong: Mapping[str, str] | None = None) -> Response:
        asked = (desk.asking.query.get("q") or desk.typed.get("q", "")).strip()
        search, source = self._search if asked or desk.at.config.is_blank else (None, "")
        config = desk.at.config
        view = {
            "asked": asked,
            "found": [(s, _school_facts(s)) for s in search.offer(asked)] if search else [],
            "source": source,
            "set": () if config.is_blank else config.schools,
            "may_change": config.is_blank or _may_take_another(config),
            "nations": [(n, n.replace("_", " ").title()) for n in tables.NATIONS],
            "mark": "" if config.is_blank else desk.mark("schools", config.schools[0].urn),
        }
        return step_page(desk, Step.SCHOOL, "setup_school.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        form, config = desk.asking.form, desk.at.config
        if not config.is_blank and not _may_take_another(config):
            return self.show(desk)
        typed = TypedAnswers(form)
        draft = self._draft_by_hand(typed) if form.get("do") == "own" else self._draft_chosen(desk, typed)
        if draft is None:
            return self.show(desk, typed.wrong)
        if not config.is_blank:
            act = partial(_take_another, desk, draft.schools[0])
            return done_or_shown(desk, act, self.show, lambda now, _: go_on(Step.SCHOOL))
        try:
            write_first_file(config.path, draft, self._search[0].schools)
        except SchoolgateError as error:
            return self.show(replace(desk, wrong=desk.asking.context.links.typed(error.text)))
        remember_config(desk.asking.store, load_config(Paths(desk.at.home, config.path)))
        return go_on(Step.SCHOOL)

    def _draft_chosen(self, desk: Desk, typed: TypedAnswers) -> Draft | None:
        """The draft of the schools that were chosen from the register; None where something is wrong."""
        schools, form = self._search[0].schools, desk.asking.form
        more, how = form.get("more", "").replace(",", " ").split(), form.get("how", "")
        if not form.get("urn"):
            typed.wrong["urn"] = desk.w("setup.school.none_chosen")
        if more and how not in ("one", "trust"):
            typed.wrong["how"] = desk.w("setup.school.how_wrong")
        trust = typed.read("trust", required_reader(tables.Text)) if how == "trust" else None
        if typed.wrong:
            return None
        try:
            found = find_by_number([form["urn"], *more], schools, SHIPPED)
        except InputError as error:
            typed.wrong["more"] = desk.asking.context.links.typed(error.text)
            return None
        if trust:
            return Draft(trust_entries(trust, found, schools), register_file=str(SHIPPED), trust=trust)
        made = entries(group_schools(found, [found] if more else ()), schools)
        return Draft(tuple(entry.school for entry in made), register_file=str(SHIPPED))

    def _draft_by_hand(self, typed: TypedAnswers) -> Draft | None:
        """The draft of a school that no register has."""
        name, town = (typed.read(key, required_reader(tables.Text)) for key in ("name", "town"))
        nation = typed.read("nation", required_reader(tables.Nation))
        if typed.wrong:
            return None
        school = School(key_without_number(name), name, town=town, nation=nation)
        made = entries([[school]], self._search[0].schools)
        return Draft(tuple(entry.school for entry in made), register_file=str(SHIPPED))


def _school_facts(school: School) -> str:
    """Say where it is, what kind, its number: what tells it from others of its name."""
    place = ", ".join(dict.fromkeys(part for part in (school.town, school.postcode) if part))
    number = f"{school.dfe[:3]}/{school.dfe[3:]}" if school.dfe else ""
    return " · ".join(filter(None, (place, school.phase, school.sector, school.urn, number)))


def _may_take_another(config: Config) -> bool:
    return len(config.schools) == 1 and not config.sources


def _take_another(desk: Desk, new: School) -> Became:
    """Another school in place of the only one, of which nothing is read yet."""
    old, at = desk.at.config.schools[0], desk.at
    (new,) = name_heads([new], at.config.people)
    values = {**dict.fromkeys(school_values(old)), **school_values(usable(new))}
    shown = Marked("schools", old.urn, desk.asking.form.get("mark", ""))
    return write_settings(at, [change_table("schools", old.urn, values)], new.urn, shown)


# ------------------------------------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class Slot:
    """One person who is asked for: in which office, what they would be told, who holds it now. `key` begins
    the names of its fields."""

    key: str
    role: Role
    title: str
    means: str
    holder: Person | None


def slots(config: Config, w: Words) -> list[Slot]:
    """List who is asked for, as `init` asks; and who looks after the machine."""
    school = config.proper[0]
    offices = offices_to_ask(school)
    if config.trust:
        offices = (OfficeQuestion(Role.TRUST_CONTACT, Role.TRUST_CONTACT, ""),)
    seen, found = Counter[Role](), list[Slot]()

    def add(role: Role, title: str) -> None:
        held, nth = holders(config.people, role), seen[role]
        seen[role] += 1
        key, holder = f"{role.value}{nth or ''}", held[nth] if nth < len(held) else None
        found.append(Slot(key, role, title, w(f"setup.people.means.{role.value}"), holder))

    for each in offices:
        own = f"setup.people.called.{each.question}"
        title = w(own) if w.has(own) else office(each.holder, school.nation, w)
        add(each.holder, title)
        plain = each.deputy != each.holder and not w.has(own)
        second = office(each.deputy, school.nation, w) if plain else w("setup.people.second", office=title)
        add(each.deputy, second)
    add(Role.IT_LEAD, office(Role.IT_LEAD, school.nation, w))
    return found


def _is_fresh(desk: Desk) -> bool:
    """Was nothing ever read here? Then nobody was told anything yet either."""
    with desk.asking.store.open_reader() as con:
        return not latest_runs(con)


def _answer_people(desk: Desk) -> Answer:
    config, w = desk.at.config, desk.w
    lacking = [
        w("setup.people.lacking", school=s.name,
          offices=w.list_items([office(r, s.nation, w) for r in unheld(s, config.people)]))
        for s in config.proper if unheld(s, config.people)
    ]  # fmt: skip
    waits = " ".join([*lacking[:_MOST_NAMED], *([] if config.contact else [w("setup.people.no_contact")])])
    try:
        who_administers(config)
    except InputError:
        return Answer(Step.PEOPLE, "", w("setup.people.nobody") if config.people else "")
    return Answer(Step.PEOPLE, w.list_items([p.name for p in config.people]), waits)


def _show_people(desk: Desk, wrong: Mapping[str, str] | None = None) -> Response:
    config, w = desk.at.config, desk.w
    view = {
        "slots": slots(config, w), "fresh": _is_fresh(desk), "contact": config.contact,
        "known": config.schools[0].head or "", "mark": desk.mark("people", ""),
    }  # fmt: skip
    return step_page(desk, Step.PEOPLE, "setup_people.html", wrong, **view)


def _take_people(desk: Desk) -> Response:
    if not _is_fresh(desk):
        return _show_people(desk)
    typed, config, w = TypedAnswers(desk.asking.form), desk.at.config, desk.w
    said: list[tuple[Slot, str, str | None]] = []
    for slot in slots(config, w):
        name = desk.asking.form.get(f"{slot.key}_name", "").strip()
        email = typed.read(f"{slot.key}_email", required_reader(tables.Email), wanted=False)
        if email and not name:
            typed.wrong[f"{slot.key}_name"] = w("setup.people.no_name", email=email)
        elif name and any(n.casefold() == name.casefold() and email and e and e != email for _, n, e in said):
            typed.wrong[f"{slot.key}_email"] = w("setup.people.two_addresses", name=name)
        elif name:
            said.append((slot, name, email))
    contact = typed.read("contact", required_reader(tables.Contact), wanted=False)
    if typed.wrong:
        return _show_people(desk, typed.wrong)
    then = replace(config, people=place_people(config, slots(config, w), said))
    made = [*people_changes(config, then), set_in("", {"contact": contact})]
    made += [set_head(config, urn, head) for urn, head in heads(config, then).items()]
    shown = Marked("people", "", desk.asking.form.get("mark", ""))
    # whoever names the first people mails nobody of who may see what: there is nothing to be seen yet
    at = replace(desk.at, store=None) if desk.asking.signed_in.sets_up else desk.at
    return done_or_shown(
        desk, lambda: write_settings(at, made, "people", shown), _show_people, _remember_people
    )


def _remember_people(desk: Desk, _: object) -> Response:
    remember_config(desk.asking.store, desk.at.config)
    return go_on(Step.PEOPLE)


def place_people(
    config: Config, asked: Sequence[Slot], said: Sequence[tuple[Slot, str, str | None]]
) -> tuple[Person, ...]:
    """The people as the form has them: who is named twice is one person in two offices, who is named no more
    in an office gives it up, who has none left goes."""
    people = {}
    for p in config.people:
        given_up = [slot.role for slot in asked if slot.holder == p]
        people[p.id] = replace(p, roles=tuple(r for r in holding(p, ()) if r not in given_up))
    named = {name.casefold() for _, name, _ in said}
    for slot, name, email in said:
        known, old = find_namesake(people.values(), name), slot.holder
        if known is not None:
            email = email or known.email
        elif old is not None and not holding(people[old.id], ()) and old.name.casefold() not in named:
            known = people[old.id]  # a name put right
        else:
            taken = replace(config, people=(*config.people, *people.values()))
            known = Person(new_id(taken, slot.role), name, ())
        people[known.id] = replace(known, name=name, email=email, roles=holding(known, (slot.role,)))
    return tuple(p for p in people.values() if holding(p, ()))


def people_changes(config: Config, then: Config) -> Iterator[Change]:
    had, has = ({p.id: p for p in each.people} for each in (config, then))
    yield from (remove_table("people", i) for i in had if i not in has)
    for p in then.people:
        values = {"name": p.name, "roles": [role.value for role in holding(p, ())], "email": p.email}
        if p.id not in had:
            yield add_table("people", {"id": p.id, **values})
        elif p != had[p.id]:
            yield change_table("people", p.id, values)


# --------------------------------------------------------------------------- the impact assessment


def _answer_dpia(desk: Desk) -> Answer:
    day = desk.at.config.dpia.recorded_on
    return Answer(Step.DPIA, desk.w("setup.dpia.signed", day=desk.w.full_day(day)) if day else "")


def _show_dpia(desk: Desk, wrong: Mapping[str, str] | None = None) -> Response:
    config, how = desk.at.config, desk.asking.query.get("as", "")
    if how in ("html", "md"):
        urn = desk.asking.query.get("school")
        school = next((s for s in config.proper if s.urn == urn), config.proper[0])
        home = (school, config, desk.asking.store)
        text = draft_paper(*home, Paper.DPIA, desk.at.now, None, by_purpose(config))
        return file_to_save((paper_page(text) if how == "html" else text).encode(), f"dpia.{how}")
    day = config.dpia.recorded_on
    view = {"day": day.isoformat() if day else "", "schools": config.proper, "mark": desk.mark("dpia", "")}
    return step_page(desk, Step.DPIA, "setup_dpia.html", wrong, **view)


def _take_dpia(desk: Desk) -> Response:
    today = desk.at.now.astimezone(desk.at.config.zone).date()
    typed = TypedAnswers(desk.asking.form)
    day = typed.read("day", lambda said: read_day(said, today, past=True))
    if day and day > today:
        typed.wrong["day"] = desk.w("setup.dpia.to_come")
    if typed.wrong:
        return _show_dpia(desk, typed.wrong)
    shown = Marked("dpia", "", desk.asking.form.get("mark", ""))
    change = set_in("dpia", {"recorded_on": day})
    return done_or_shown(
        desk, lambda: write_settings(desk.at, [change], "dpia", shown), _show_dpia,
        lambda now, _: go_on(Step.DPIA),
    )  # fmt: skip
