"""The first steps of setting a home up: which school, the impact assessment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import TypeAlias

from starlette.responses import Response

from data.errors import InputError, SchoolgateError
from data.register.calendar import read_day
from data.register.find_schools import SchoolSearch
from data.register.national_lists import SHIPPED
from data.store.engine.migrations import set_up_at
from data.types import School
from monitor.act.people import Became, write_settings
from monitor.act.people import Shown as Marked
from monitor.act.places import stop_watching_school, watch_school
from monitor.config import model as tables
from monitor.config.check import required_reader
from monitor.config.edit import change_table, set_in
from monitor.config.first_file import (
    Draft,
    entries,
    find_by_number,
    key_without_number,
    name_heads,
    school_values,
    trust_entries,
    usable,
    write_first_file,
)
from monitor.config.home.paths import Paths
from monitor.config.hosts import by_purpose
from monitor.desk.page import file_to_save, led_to
from monitor.desk.pages.people import Desk, done_or_shown
from monitor.home.wiring import load_config, remember_config
from monitor.matters.assessment import may_be_of
from monitor.reports.papers import Paper, draft_paper, paper_page
from monitor.setup.desk.frame import PATH, Answer, Step, StepPage, TypedAnswers, go_on, list_some, step_page

FindSearch: TypeAlias = Callable[[], tuple[SchoolSearch, str]]
"""Gives what searches a register, and the line to show with what it offers."""


def first_steps(search: FindSearch) -> Mapping[Step, StepPage]:
    """The pages of SCHOOL and DPIA."""
    school = _SchoolStep(search)
    return {
        Step.SCHOOL: StepPage(school.show, school.take, _answer_school),
        Step.DPIA: StepPage(_show_dpia, _take_dpia, _answer_dpia),
    }


def _answer_school(desk: Desk) -> Answer:
    return Answer(Step.SCHOOL, list_some([school.name for school in desk.at.config.proper], desk.w))


class _SchoolStep:
    """Which school: of the register that comes with Schoolgate, or by hand. Choosing it writes the first
    settings; until places are chosen, another can be taken in its stead, and of several each be taken out."""

    def __init__(self, search: FindSearch) -> None:
        self._find_search = search

    @cached_property
    def _search(self) -> tuple[SchoolSearch, str]:
        return self._find_search()

    def show(self, desk: Desk, wrong: Mapping[str, str] | None = None) -> Response:
        asked = (desk.asking.query.get("q") or desk.typed.get("q", "")).strip()
        search, source = self._search if asked or desk.at.config.is_blank else (None, "")
        config = desk.at.config
        ticked = [*desk.asking.query["ticked"].split(","), *_numbers_ticked(desk.typed)]
        offered = search.offer(asked) if search else ()
        basket = [s for s in search.schools if s.urn in ticked] if search and any(ticked) else []
        view = {
            "asked": asked,
            "nothing": asked and not offered,
            "ticked": [school.urn for school in basket],
            "found": [(s, _school_facts(s)) for s in dict.fromkeys((*basket, *offered))],
            "source": source,
            "set": () if config.is_blank else config.schools,
            "may_change": not config.sources,
            "several": len(config.schools) > 1,
            "nations": [(n, n.replace("_", " ").title()) for n in tables.NATIONS],
            "mark": "" if config.is_blank else desk.mark("schools", config.schools[0].urn),
        }
        return step_page(desk, Step.SCHOOL, "setup_school.html", wrong, **view)

    def take(self, desk: Desk) -> Response:
        form, config = desk.asking.form, desk.at.config
        if config.sources:
            return self.show(desk)
        if form.get("do") == "remove" and (wrong := config.school(form.get("urn", ""))):
            act = partial(stop_watching_school, desk.at, wrong, form.get("mark"))
            return done_or_shown(desk, act, self.show, lambda now, _: led_to(f"{PATH}/{Step.SCHOOL.value}"))
        if form.get("do") == "more":
            return led_to(f"{PATH}/{Step.SCHOOL}?ticked={','.join(_numbers_ticked(form))}")
        typed = TypedAnswers(form)
        draft = self._draft_by_hand(typed) if form.get("do") == "own" else self._draft_chosen(desk, typed)
        if draft is None:
            return self.show(desk, typed.wrong)
        if not config.is_blank:
            act = partial(_take_another, desk, draft.schools[0])
            if len(config.schools) > 1:
                trust = config.trust.name if config.trust else None
                act = partial(watch_school, desk.at, replace(draft.schools[0], trust=trust), {})
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
        numbers, how = _numbers_ticked(form), form.get("how", "")
        several = len(numbers) > 1
        if not numbers:
            typed.wrong["urn"] = desk.w("setup.school.none_chosen")
        if several and how not in ("one", "trust"):
            typed.wrong["how"] = desk.w("setup.school.how_wrong")
        trust = typed.read("trust", required_reader(tables.Text)) if how == "trust" else None
        if typed.wrong:
            return None
        try:
            found = find_by_number(numbers, schools, SHIPPED)
        except InputError as error:
            typed.wrong["urn"] = desk.asking.context.links.typed(error.text)
            return None
        if trust:
            return Draft(trust_entries(trust, found, schools), register_file=str(SHIPPED), trust=trust)
        made = entries(found, schools, [found] if several else ())
        return Draft(tuple(entry.school for entry in made), register_file=str(SHIPPED))

    def _draft_by_hand(self, typed: TypedAnswers) -> Draft | None:
        """The draft of a school that no register has."""
        name, town = (typed.read(key, required_reader(tables.Text)) for key in ("name", "town"))
        nation = typed.read("nation", required_reader(tables.Nation))
        if typed.wrong:
            return None
        school = School(key_without_number(name), name, town=town, nation=nation)
        made = entries([school], self._search[0].schools)
        return Draft(tuple(entry.school for entry in made), register_file=str(SHIPPED))


def _numbers_ticked(form: Mapping[str, str]) -> list[str]:
    """The numbers of the schools that are ticked in the form, or of the one that is chosen there."""
    return list(dict.fromkeys(value for key, value in form.items() if key == "urn" or key.startswith("urn_")))


def _school_facts(school: School) -> str:
    """Say where it is, what kind, its number: what tells it from others of its name."""
    place = ", ".join(dict.fromkeys(part for part in (school.town, school.postcode) if part))
    number = f"{school.dfe[:3]}/{school.dfe[3:]}" if school.dfe else ""
    return " · ".join(filter(None, (place, school.phase, school.sector, school.urn, number)))


def _take_another(desk: Desk, new: School) -> Became:
    """Another school in place of the only one, of which nothing is read yet."""
    old, at = desk.at.config.schools[0], desk.at
    (new,) = name_heads([new], at.config.people)
    values = {**dict.fromkeys(school_values(old)), **school_values(usable(new))}
    shown = Marked("schools", old.urn, desk.asking.form.get("mark", ""))
    return write_settings(at, [change_table("schools", old.urn, values)], new.urn, shown)


# --------------------------------------------------------------------------- the impact assessment


def _answer_dpia(desk: Desk) -> Answer:
    day, by = desk.at.config.dpia.recorded_on, desk.at.config.dpia.recorded_by
    if day is None:
        return Answer(Step.DPIA, "")
    signed = desk.w(
        "setup.dpia.signed_by" if by else "setup.dpia.signed", day=desk.w.full_day(day), name=by or ""
    )
    return Answer(Step.DPIA, signed)


def _show_dpia(desk: Desk, wrong: Mapping[str, str] | None = None) -> Response:
    config, how = desk.at.config, desk.asking.query.get("as", "")
    if how in ("html", "md"):
        urn = desk.asking.query.get("school")
        school = next((s for s in config.proper if s.urn == urn), config.proper[0])
        home = (school, config, desk.asking.store)
        text = draft_paper(*home, Paper.DPIA, desk.at.now, None, by_purpose(config))
        return file_to_save((paper_page(text) if how == "html" else text).encode(), f"dpia.{how}")
    day, by = config.dpia.recorded_on, config.dpia.recorded_by
    view = {
        "day": day.isoformat() if day else "",
        "by": by or "",
        "schools": config.proper,
        "mark": desk.mark("dpia", ""),
    }
    return step_page(desk, Step.DPIA, "setup_dpia.html", wrong, **view)


def _set_up_on(desk: Desk) -> date | None:
    """The day on which the home was set up; None where it is now."""
    if desk.at.store is None:
        return None
    with desk.at.store.open_reader() as con:
        return desk.at.config.day_of(set_up_at(con))


def _take_dpia(desk: Desk) -> Response:
    today = desk.at.now.astimezone(desk.at.config.zone).date()
    typed = TypedAnswers(desk.asking.form)
    day = typed.read("day", lambda said: read_day(said, today, past=True))
    by = desk.asking.form["by"].strip()
    if day and day > today:
        typed.wrong["day"] = desk.w("setup.dpia.to_come")
    elif day and not may_be_of(day, _set_up_on(desk) or today, today):
        typed.wrong["day"] = desk.w("setup.dpia.too_old")
    if not by:
        typed.wrong["by"] = desk.w("setup.dpia.by_whom")
    if typed.wrong:
        return _show_dpia(desk, typed.wrong)
    shown = Marked("dpia", "", desk.asking.form.get("mark", ""))
    change = set_in("dpia", {"recorded_on": day, "recorded_by": by})
    return done_or_shown(
        desk, lambda: write_settings(desk.at, [change], "dpia", shown), _show_dpia,
        lambda now, _: go_on(Step.DPIA),
    )  # fmt: skip
