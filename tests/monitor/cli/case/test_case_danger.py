"""`case step ask --rung police --imminent`: by anybody of the school, who is shown nothing of the case."""

from __future__ import annotations

import pytest
from builders.case_desk import (
    PEOPLE,
    SETTINGS,
    a_desk,
    about_the_head,
    disclosure,
    insult,
    restricted,
    review,
)
from support.documents import keys_told

STORIES = {
    "insult": insult,
    "review": review,
    "accused": about_the_head,
    "disclosure": disclosure,
    "doxxed": restricted,
}
BY = {"accused": "marsh", "disclosure": "pike", "doxxed": "pike"}
NUMBERS = dict(zip(STORIES, ("0001", "0002", "0003", "0004", "0005"), strict=True))


def _opened(desk):
    for name, story in STORIES.items():
        story(desk)
        ran = desk("open", f"story-{name}", "--as", BY.get(name, "holt"))
        assert ran.code == 0, ran.err


@pytest.fixture
def desk(tmp_path):
    """A home with open cases: to be removed, fair, about the head, off the ladder, restricted."""
    return a_desk(tmp_path, _opened)


def rang(desk, number, person, *more):
    return desk("step", "ask", number, "--rung", "police", "--imminent", "--as", person, *more)


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_anybody_of_the_school_writes_down_that_999_was_rung_in_every_open_case(desk, number):
    for person in PEOPLE:
        ran = rang(desk, number, person, "--why", "He is at the gate.")
        assert ran.code == 0, (person, ran.err)
    steps = desk("show", number, "--as", BY_NUMBER[number], "--restricted", "--reason", "On duty").out
    assert steps.count("asked: the police") >= len(PEOPLE)


BY_NUMBER = {NUMBERS[name]: BY.get(name, "ash") for name in STORIES}


def test_who_may_not_read_the_case_is_shown_the_same_of_every_case(desk):
    said = {rang(desk, n, "vale", "--why", "Now.").out.replace(n, "N") for n in NUMBERS.values()}
    assert len(said) == 1
    assert said.pop().startswith("Case N: the 999 call is recorded. You are shown no more of the case.")
    for number in NUMBERS.values():
        told = rang(desk, number, "vale", "--json").data
        assert keys_told(told) == {"case", "steps"}
        assert (told["case"], told["steps"]) == (number, [{"n": None, "step": "asked"}])


def test_whom_it_may_accuse_is_answered_as_everybody_who_may_not_read_it(desk):
    accused = rang(desk, NUMBERS["accused"], "holt")
    assert (accused.code, accused.out) == (0, rang(desk, NUMBERS["accused"], "vale").out)
    assert desk("show", NUMBERS["accused"], "--as", "holt").code == 2


def test_a_closed_case_and_none_are_one_to_who_may_not_read_it_and_999_comes_first(desk):
    desk("close", NUMBERS["insult"], "--mistaken", "--as", "holt", "--why", "Another school")
    closed, none = rang(desk, NUMBERS["insult"], "vale"), rang(desk, "0099", "vale")
    assert (closed.code, none.code) == (2, 2)
    assert closed.err.replace("0001", "N") == none.err.replace("0099", "N")
    assert "ring 999" in none.err
    assert "“closed”" in rang(desk, NUMBERS["insult"], "ash").err


def test_another_schools_people_write_nothing_here(desk):
    assert "elsewhere" in SETTINGS
    assert rang(desk, NUMBERS["insult"], "elsewhere").code == 2


def test_no_reason_is_asked_for_first_and_it_is_said_how_to_add_it(desk):
    ran = rang(desk, NUMBERS["review"], "holt")
    assert ran.code == 0
    assert "say why once there is time: schoolgate case note 0002 --as " in ran.out
    assert "say why once" not in rang(desk, NUMBERS["review"], "holt", "--why", "A knife").out


def test_no_other_option_keeps_it_from_being_written_down(desk):
    odd = ("--kind", "carrier pigeon", "--lawyer", "--received-at", "never", "--at", "2099-01-01T10:00")
    assert rang(desk, NUMBERS["review"], "vale", *odd).code == 0


def test_a_time_that_cannot_be_read_says_that_999_comes_first(desk):
    ran = rang(desk, NUMBERS["review"], "vale", "--at", "just now")
    assert ran.code == 2
    assert "ring 999" in ran.err


LAST = ("--restricted", "--reason", "On duty")


def test_once_999_was_rung_the_case_says_when_and_how_it_ends_and_not_to_ring_first(desk):
    assert "ring 999 first" in desk("show", NUMBERS["disclosure"], "--as", "pike", *LAST).out
    rang(desk, NUMBERS["disclosure"], "pike", "--why", "He is at the gate.")
    shown = desk("show", NUMBERS["disclosure"], "--as", "pike", *LAST).out
    assert "ring 999 first" not in shown
    assert "999 was rung on " in shown
    assert "If there is danger again, ring again and record it:" in shown
    closes = f"case close {NUMBERS['disclosure']} --handed-over --as pike"
    assert f"schoolgate {closes}" in shown
    assert desk(*closes.split()[1:], "--why", "The police have it.").code == 0


def test_what_the_lead_calls_a_threat_after_all_still_has_999_first(desk):
    number = NUMBERS["disclosure"]
    desk("classify", number, "C6", "--as", "pike", "--why", "He means the teacher.")
    shown = desk("show", number, "--as", "pike").out
    assert "If anybody may be in danger now, ring 999 first; then record it:" in shown
