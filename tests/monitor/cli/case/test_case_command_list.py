"""`schoolgate case list`: what each person may know, and what is overdue."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from builders.case import a_case
from builders.case_desk import NOW, Desk, a_desk, about_the_head, disclosure, insult, review, run
from builders.matter import of_case
from support.documents import keys_told

from alerts.access.knowing import Access
from data.cases import CaseState, RunningClock
from data.effects import utc_now
from data.types import About, Route, Severity
from monitor.cli.views.case import case_list as view
from monitor.cli.views.screen import Screen


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def _three(desk):
    desk("open", insult(desk), "--as", "holt")
    desk("open", disclosure(desk), "--as", "pike")
    desk("open", about_the_head(desk), "--as", "marsh")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """0001: an insult, 0002: with the DSL, 0003: it may accuse the head. Only to be read."""
    return a_desk(tmp_path_factory.mktemp("three"), _three)


def numbers(ran):
    return [row["case"] for row in ran.data]


def test_without_a_person_no_more_is_shown_than_number_state_and_time(three):
    said = three("list").out
    assert "0001  somebody has it · to be weighed and decided" in said
    assert "Jane Holt" not in said
    assert "C2" not in said
    assert "Lee Ash" not in said


def test_with_a_person_what_they_may_see_stands_there(three):
    said = " ".join(three("list", "--as", "holt").out.split())
    assert "C2, possible bullying or harassment of a person (proposed)" in said
    assert "0001 you have it · to be weighed" in said


def test_a_restricted_case_shows_only_that_it_is_with_the_dsl(three):
    row = next(r for r in three("list", "--as", "fern", "--json").data if r["case"] == "0002")
    assert (row["restricted"], row["state"], row["has_it"]["person"]) == (True, "with the DSL", None)
    assert keys_told(row) == {"case", "urn", "restricted", "state", "opened_at", "has_it"}


def test_a_restricted_case_shows_no_class_even_to_its_few_without_a_reason(three):
    row = next(r for r in three("list", "--as", "pike", "--json").data if r["case"] == "0002")
    assert row["state"] == "with the DSL"
    assert (row["class"], row["proposed_class"]) == (None, None)
    assert "C10" not in three("list", "--as", "pike").out


def test_whom_a_case_may_accuse_is_not_shown_that_it_exists(three):
    assert "0003" not in numbers(three("list", "--as", "holt", "--json"))
    assert "0003" in numbers(three("list", "--as", "marsh", "--json"))


@pytest.mark.parametrize("person", ["elsewhere", "vale"])
def test_the_head_of_another_school_and_whom_a_case_is_not_for_see_none(three, person):
    assert numbers(three("list", "--as", person, "--json")) == []


def test_whom_it_is_aimed_at_sees_where_it_stands_and_no_more(tmp_path):
    three = a_desk(tmp_path, _three)
    three("step", "target", "1", "--person", "vale", "--as", "holt")
    (row,) = three("list", "--as", "vale", "--json").data
    assert row["case"] == "0001"
    assert (row["class"], row["proposed_class"]) == (None, None)


def test_closed_cases_are_shown_when_asked_for(tmp_path):
    three = a_desk(tmp_path, _three)
    three("close", "1", "--mistaken", "--as", "holt", "--why", "It is about another school")
    assert "0001" not in numbers(three("list", "--as", "holt", "--json"))
    assert "0001" in numbers(three("list", "--all", "--as", "holt", "--json"))


def test_the_row_of_a_case_has_these_keys(three):
    row = next(r for r in three("list", "--as", "holt", "--json").data if r["case"] == "0001")
    assert " ".join(sorted(row)) == (
        "assigned_to case class clocks closed_at consent due ending has_it hold locked next "
        "opened_at proposed_class restricted rung state story support urn"
    )


@pytest.mark.parametrize("given", ["1", "0001", "#1", "00001", " 1"])
def test_a_number_is_given_with_its_noughts_or_without(three, given):
    assert three("show", given, "--as", "holt").out.startswith("Case 0001")


def test_a_person_who_is_not_known_is_wrong_use(desk):
    ran = desk("list", "--as", "nobody")
    assert ran.code == 2
    assert "there is no such person" in ran.err


def test_an_empty_list_says_so(desk):
    assert desk("list").out == "No case is open.\n"
    assert desk("list", "--overdue").out == "Nothing is overdue.\n"


def _owed(desk):
    """0001: an insult; 0002: fair comment, whose writer is owed an answer about their data."""
    desk("open", insult(desk), "--as", "holt")
    desk("open", review(desk), "--as", "holt")
    desk("note", "2", "She complains of it", "--starts", "dp-complaint-30d", "--as", "holt")


def test_what_is_overdue_stands_first_and_is_marked(tmp_path, monkeypatch):
    desk = a_desk(tmp_path, _owed)
    monkeypatch.setattr("data.effects.utc_now", lambda now=utc_now: now() + timedelta(days=31))
    _, first, *more = desk("list", "--as", "holt").out.splitlines()
    assert first.startswith("0002  overdue: ")
    assert "over: acknowledging the data-protection complaint" in " ".join(" ".join([first, *more]).split())
    assert numbers(desk("list", "--overdue", "--json")) == ["0002"]


def test_status_counts_the_cases_in_which_somebody_is_to_act_and_says_how_to_see_them(tmp_path, monkeypatch):
    desk = a_desk(tmp_path, _owed)
    status = ("status", "--home", str(desk.home))
    assert "in which a time is over" not in run(*status, "--as", "holt").out
    monkeypatch.setattr("data.effects.utc_now", lambda now=utc_now: now() + timedelta(days=31))
    for known in (("--as", "holt"), ()):
        said = run(*status, *known).out
        assert "Cases in which a time is over: 1. To see what comes next: schoolgate case list --over" in said
    assert "in which a time is over" not in run(*status, "--as", "vale").out


def listed(now, *waits, access=Access.WORDS, **case):
    row = of_case(a_case(waits=waits, **case), access, now)
    return " ".join(" ".join(view.lines([row], Screen(now, UTC))[1:]).split()), row


def test_what_still_runs_is_due_and_what_is_over_says_since_when_and_what_comes_next():
    now = NOW + timedelta(hours=30)
    target = RunningClock("basildon_24h", NOW, NOW + timedelta(hours=24))
    operator = RunningClock("operator_s5_48h", NOW, NOW + timedelta(hours=48))
    both, row = listed(now, target, operator, state=CaseState.WAITING)
    assert "due: the operator's 48 hours, bank holidays and weekends left out" in both
    assert "over since Wed 18 Nov, 09:00: the school's own target for having it" in both
    assert both.startswith("0001 Thu 19 Nov, 09:00 ")
    assert not view.overdue(row)
    assert "next:" not in both
    found = view.as_json(row, now)
    assert found["due"]["clock"] == "operator_s5_48h"
    assert [clock["overdue"] for clock in found["clocks"]] == [True, False]

    later = NOW + timedelta(hours=60)
    both, row = listed(later, target, operator, state=CaseState.WAITING)
    assert both.startswith("0001 overdue: Thu 19 Nov, 09:00 ")
    assert (both.count("over since"), both.count("over: ")) == (1, 1)
    assert "next: record what came of it, or that nothing did, and go one rung further" in both
    assert view.as_json(row, later)["due"] is None
    mine, _ = listed(later, target, operator, state=CaseState.WAITING, access=Access.STATUS)
    assert "next:" not in mine, "whoever only sees how far it is has nothing to do"


def test_the_list_is_read_on_a_terminal_of_eighty_columns(tmp_path, monkeypatch):
    desk = a_desk(tmp_path, _owed)
    desk("step", "target", "1", "--person", "vale", "--as", "holt")
    desk("assign", "1", "--to", "ash", "--as", "holt")
    desk("step", "hold", "1", "--review", "2036-01-01", "--as", "holt", "--why", "A claim")
    desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him")
    monkeypatch.setattr("data.effects.utc_now", lambda now=utc_now: now() + timedelta(days=31))
    said = desk("list", "--as", "holt").out
    assert "over: " in said
    assert "locked: nothing may name the accused teacher (section 141F)" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80


def test_what_may_accuse_somebody_stands_in_no_list_that_anybody_sees(three):
    assert numbers(three("list", "--json")) == ["0001", "0002"]


def test_what_may_accuse_who_sees_no_cases_anyway_stands_there(desk):
    story = desk.story(
        "named", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.STAFF,
        content_class="C7", subject_person="vale", subjects=("vale",), alert=True,
    )  # fmt: skip
    desk("open", story, "--as", "holt")
    assert numbers(desk("list", "--json")) == ["0001"]
    assert numbers(desk("list", "--as", "vale", "--json")) == []
    assert "case 0001" in run("story", "show", story, "--home", str(desk.home)).out


def test_whoever_does_not_say_who_they_are_is_told_once_how_to(three):
    unnamed = three("list", "--json")
    assert unnamed.err.count("To say so: --as PERSON") == 1
    assert unnamed.data
    assert three("list", "--as", "holt").err == ""
