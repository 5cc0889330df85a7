"""`schoolgate case step …` and the rest: the effect of each, its refusal, and who may."""

from __future__ import annotations

import sys
from collections import Counter
from inspect import CO_OPTIMIZED
from pathlib import Path

import pytest
from builders.case_desk import (
    PEOPLE,
    PNG,
    SETTINGS,
    a_desk,
    about_the_head,
    disclosure,
    insult,
    restricted,
    review,
    run,
)
from support.documents import keys_told

from data.store.cases import cases as case_store

AS_HEAD = ("--as", "holt")


def _opened(desk):
    desk("open", insult(desk), *AS_HEAD)
    desk("classify", "1", "C2", *AS_HEAD, "--why", "He is insulted")


def _decided(desk):
    _opened(desk)
    shot = desk.home / "shot.png"
    shot.write_bytes(PNG)
    desk("capture", "1", "--file", str(shot), "--no-child-image", "--not-known", "rest", *AS_HEAD)
    desk("step", "weigh", "1", "--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d", *AS_HEAD)
    desk("step", "decide", "1", "--seek", *AS_HEAD, "--why", "It sets children on him")


@pytest.fixture
def desk(tmp_path):
    """A home with one case of an insult, opened and classified."""
    return a_desk(tmp_path, _opened)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """The same, for what changes nothing."""
    return a_desk(tmp_path_factory.mktemp("unchanged"), _opened)


@pytest.fixture
def decided(tmp_path):
    """Evidence held, weighed, and decided to seek removal."""
    return a_desk(tmp_path, _decided)


def steps(desk, number="0001"):
    with desk.store.read() as con:
        return case_store.steps(con, number)


def last(desk):
    return steps(desk)[-1]


def row(desk, person="holt"):
    return next(r for r in desk("list", "--all", "--as", person, "--json").data if r["case"] == "0001")


def test_a_rung_is_refused_by_the_guard_with_what_would_satisfy_it_and_nothing_changes(desk):
    before = steps(desk)
    ran = desk("step", "ask", "1", "--rung", "platform-report", *AS_HEAD)
    assert ran.code == 1
    assert ran.out == ""
    first, mend, command, nothing = ran.err.splitlines()
    assert first.startswith("Refused by the guard “evidence_held”.")
    assert mend.startswith("What would satisfy it: ")
    assert command == "    schoolgate case capture 0001 --as holt"
    assert nothing == "Nothing was changed."
    assert steps(desk) == before


def test_what_is_done_at_the_desk_has_no_command(decided):
    decided("step", "decide", "1", "--stop", *AS_HEAD, "--why", "Not now")
    ran = decided("step", "ask", "1", "--rung", "host", *AS_HEAD)
    assert (ran.code, "“decided_to_seek”" in ran.err, "schoolgate" in ran.err) == (1, True, False)


def test_whom_it_is_aimed_at_may_be_several(desk):
    desk("step", "target", "1", "--person", "vale", "--person", "fern", *AS_HEAD)
    assert dict(last(desk).written) == {"person": "vale", "beside": "fern"}
    assert "the person targeted: also Jo Fern" in desk("show", "1", *AS_HEAD).out


def test_nobody_whom_it_may_accuse_is_among_them(desk):
    desk("step", "accused", "1", "--person", "fern", *AS_HEAD)
    ran = desk("step", "target", "1", "--person", "vale", "--person", "fern", *AS_HEAD)
    assert "“target_no_subject”" in ran.err


@pytest.mark.parametrize("whom", [("--person", "fern"), ("fern",)], ids=["by option", "as before"])
def test_who_has_a_conflict_of_interest_is_named_as_who_is_accused_is(desk, whom):
    desk("step", "conflicted", "1", *whom, *AS_HEAD, "--why", "Her brother")
    assert last(desk).written["person"] == "fern"


def test_what_was_asked_is_awaited_what_came_back_is_recorded_and_gone_is_seen_before_it_is_closed(decided):
    ran = decided("step", "ask", "1", "--rung", "platform-report", "--reference", "7731", *AS_HEAD)
    assert "waiting for the platform" in ran.out
    assert row(decided)["state"] == "waiting"
    assert (last(decided).clock, last(decided).written["reference"]) == ("platform_48h", "7731")
    decided("step", "answered", "1", "--rung", "platform-report", "--result", "removed", *AS_HEAD)
    assert row(decided)["state"] == "confirming"
    ran = decided("close", "1", "--removed", *AS_HEAD, "--why", "They say so")
    assert (ran.code, "“two_checks”" in ran.err) == (1, True)


def test_a_time_without_a_zone_is_the_schools_own(decided):
    decided("step", "ask", "1", "--rung", "platform-report", "--at", "2026-07-01T10:00", *AS_HEAD)
    assert last(decided).done_at.isoformat() == "2026-07-01T09:00:00+00:00"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("step", "ask", "1", "--rung", "solicitor", *AS_HEAD), "author-request, platform-report"),
        (("step", "ask", "1", "--rung", "host", "--kind", "fax", *AS_HEAD), "conversation, removal"),
        (("step", "ask", "1", "--rung", "host", "--at", "lately", *AS_HEAD), "2 September 2026"),
        (("step", "ask", "1", "--rung", "host", "--at", "9999-12-31T23:59-10:00", *AS_HEAD), "is not a time"),
        (("step", "ask", "1", "--rung", "host", "--at", "", *AS_HEAD), "--at: “” is not a day"),
        (("step", "answered", "1", "--rung", "host", "--result", "maybe", *AS_HEAD), "person-only"),
        (("note", "1", " ", *AS_HEAD), "in your own words"),
        (("show", "99", *AS_HEAD), "There is no case 0099"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use_and_says_what_can(unchanged, words, said):
    ran = unchanged(*words)
    assert ran.code == 2
    assert said in ran.err
    assert len(steps(unchanged)) == 2


def test_the_data_protection_officer_releases_what_somebody_else_set_in_a_case_they_may_not_read(desk):
    desk("step", "hold", "1", "--review", "2036-01-01", *AS_HEAD, "--why", "A claim")
    released = desk("step", "release", "1", "--as", "moss", "--why", "The claim was withdrawn")
    assert (released.code, row(desk)["hold"]) == (0, False)
    assert "not for moss" in desk("show", "1", "--as", "moss").err


@pytest.mark.parametrize(("who", "has"), [("pike", "pike"), ("ash", None)])
def test_whoever_was_alerted_and_works_on_a_case_has_the_alert_in_hand(desk, who, has):
    desk("note", "1", "I have it", "--as", who)
    (alert,) = run("alerts", "list", "--all", "--json", *AS_HEAD, "--home", str(desk.home)).data
    assert last(desk).actor == who
    assert (alert["acknowledged"] or {}).get("by") == has


def test_support_is_a_status_and_no_more(desk):
    desk("step", "target", "1", "--person", "vale", *AS_HEAD)
    for status in ("offered", "accepted", "declined", "in-place", "ended"):
        assert desk("support", status, "1", *AS_HEAD).code == 0
        assert dict(last(desk).written) == {"status": status.replace("-", "_"), "informed": "mail"}
        assert last(desk).why == ""


@pytest.mark.parametrize("person", ["vale", "elsewhere", "marsh"])
def test_to_whom_it_is_not_for_there_is_no_such_case(unchanged, person):
    ran = unchanged("note", "1", "I write this", "--as", person)
    assert ran.code == 2
    assert ran.err.startswith("There is no case 0001.")


def test_to_whom_it_accuses_there_is_no_such_case_in_any_command(desk):
    desk("open", about_the_head(desk), "--as", "marsh")
    for words in (
        ("show", "2"),
        ("note", "2", "x"),
        ("assign", "2", "--to", "ash"),
        ("support", "ended", "2"),
    ):
        ran = desk(*words, *AS_HEAD)
        assert (ran.code, ran.err.startswith("There is no case 0002.")) == (2, True), words


def test_a_restricted_case_is_the_dsls_to_act_in(desk):
    desk("open", disclosure(desk), "--as", "pike")
    ran = desk("note", "2", "x", "--as", "fern")
    assert (ran.code, ran.err) == (2, "Case 0002 is not for fern. It is with the DSL: ask there.")
    assert desk("step", "referred", "2", "--to", "social-care", "--as", "pike").code == 0


def test_a_story_an_alert_and_the_list_name_the_case(desk):
    home = ("--home", str(desk.home))
    assert "case 0001" in run("story", "show", "story-insult", *home).out
    (alert,) = run("alerts", "list", "--json", *home).data
    assert alert["cases"] == ["0001"]
    assert "case 0001" in run("alerts", "show", alert["id"], *home).out


def test_a_story_does_not_name_a_case_that_may_accuse_somebody(desk):
    desk("open", about_the_head(desk), "--as", "marsh")
    assert "case 0002" not in run("story", "show", "story-accused", "--home", str(desk.home)).out


def test_as_json_a_step_says_what_was_recorded_where_the_case_stands_and_who_is_told(desk):
    opened = desk("open", review(desk), "--as", "holt", "--json").data
    assert (opened["case"], opened["steps"]) == ("0002", [{"n": 1, "step": "opened"}])
    done = desk("assign", "1", "--to", "ash", "--as", "holt", "--json").data
    assert done["steps"] == [{"n": 3, "step": "assigned"}]
    assert (done["state"], done["told"]) == ("triage", ["ash"])
    consent = desk("step", "target", "1", "--person", "vale", "--as", "holt", "--json").data
    assert [step["step"] for step in consent["steps"]] == ["target"]


def test_as_json_a_step_in_a_restricted_case_tells_no_more_than_that_it_is_with_the_dsl(desk):
    desk("open", disclosure(desk), "--as", "pike")
    done = desk("note", "2", "She was spoken to", "--as", "pike", "--json").data
    assert done["state"] == "with the DSL"
    assert done["class"] is None


def test_in_a_locked_case_nobody_reads_who_was_accused(desk):
    desk("open", disclosure(desk), "--as", "pike")
    for words in (
        ("step", "accused", "2", "--person", "ash"),
        ("classify", "2", "C6", "--why", "It threatens the building"),
        ("step", "about", "2", "--nobody", "--why", "It threatens the building"),
    ):
        ran = desk(*words, "--as", "pike")
        assert ran.code == 0, ran.err
    shown = desk("show", "2", *AS_HEAD)
    assert "who is accused (Robin Pike)" in shown.out
    assert "Lee Ash" not in shown.out


ROOT = Path(__file__).resolve().parents[4]
ROOMS = tuple(f"{ROOT / room}/" for room in ("monitor", "sources", "classifiers", "alerts", "data"))


def entered(act):
    """How often each function of the product, (file, name), is entered; no bodies of modules and classes."""
    found = Counter()

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_flags & CO_OPTIMIZED and code.co_filename.startswith(ROOMS):
            name = code.co_qualname.partition(".<locals>.<")[0]
            found[Path(code.co_filename).relative_to(ROOT).as_posix(), name] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return found


def test_a_note_reads_its_case_once_in_one_session(desk):
    words = ("case", "note", "1", "She rang", *AS_HEAD, "--home", str(desk.home))
    assert run(*words).code == 0
    note = entered(lambda: run(*words))
    assert note["data/store/cases/cases.py", "steps"] == 1
    assert note["alerts/ladder/replay.py", "replay"] == 1
    assert note["monitor/home/wiring.py", "open_session"] == 1


# `case step ask --rung police --imminent`: by anybody of the school, who is shown nothing of the case.


STORIES = {
    "insult": insult,
    "review": review,
    "accused": about_the_head,
    "disclosure": disclosure,
    "doxxed": restricted,
}
BY = {"accused": "marsh", "disclosure": "pike", "doxxed": "pike"}
NUMBERS = dict(zip(STORIES, ("0001", "0002", "0003", "0004", "0005"), strict=True))


def _five(five):
    for name, story in STORIES.items():
        story(five)
        ran = five("open", f"story-{name}", "--as", BY.get(name, "holt"))
        assert ran.code == 0, ran.err


@pytest.fixture
def five(tmp_path):
    """A home with open cases: to be removed, fair, about the head, off the ladder, restricted."""
    return a_desk(tmp_path, _five)


def rang(five, number, person, *more):
    return five("step", "ask", number, "--rung", "police", "--imminent", "--as", person, *more)


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_anybody_of_the_school_writes_down_that_999_was_rung_in_every_open_case(five, number):
    for person in PEOPLE:
        ran = rang(five, number, person, "--why", "He is at the gate.")
        assert ran.code == 0, (person, ran.err)
    steps = five("show", number, "--as", BY_NUMBER[number], "--restricted", "--reason", "On duty").out
    assert steps.count("asked: the police") >= len(PEOPLE)


BY_NUMBER = {NUMBERS[name]: BY.get(name, "ash") for name in STORIES}


def test_who_may_not_read_the_case_is_shown_the_same_of_every_case(five):
    said = {rang(five, n, "vale", "--why", "Now.").out.replace(n, "N") for n in NUMBERS.values()}
    assert len(said) == 1
    assert said.pop().startswith("Case N: the 999 call is recorded. You are shown no more of the case.")
    for number in NUMBERS.values():
        told = rang(five, number, "vale", "--json").data
        assert keys_told(told) == {"case", "steps"}
        assert (told["case"], told["steps"]) == (number, [{"n": None, "step": "asked"}])


def test_whom_it_may_accuse_is_answered_as_everybody_who_may_not_read_it(five):
    accused = rang(five, NUMBERS["accused"], "holt")
    assert (accused.code, accused.out) == (0, rang(five, NUMBERS["accused"], "vale").out)
    assert five("show", NUMBERS["accused"], "--as", "holt").code == 2


def test_a_closed_case_and_none_are_one_to_who_may_not_read_it_and_999_comes_first(five):
    five("close", NUMBERS["insult"], "--mistaken", "--as", "holt", "--why", "Another school")
    closed, none = rang(five, NUMBERS["insult"], "vale"), rang(five, "0099", "vale")
    assert (closed.code, none.code) == (2, 2)
    assert closed.err.replace("0001", "N") == none.err.replace("0099", "N")
    assert "ring 999" in none.err
    assert "“closed”" in rang(five, NUMBERS["insult"], "ash").err


def test_another_schools_people_write_nothing_here(five):
    assert "elsewhere" in SETTINGS
    assert rang(five, NUMBERS["insult"], "elsewhere").code == 2


def test_no_reason_is_asked_for_first_and_it_is_said_how_to_add_it(five):
    ran = rang(five, NUMBERS["review"], "holt")
    assert ran.code == 0
    assert "say why once there is time: schoolgate case note 0002 --as " in ran.out
    assert "say why once" not in rang(five, NUMBERS["review"], "holt", "--why", "A knife").out


def test_no_other_option_keeps_it_from_being_written_down(five):
    odd = ("--kind", "carrier pigeon", "--lawyer", "--received-at", "never", "--at", "2099-01-01T10:00")
    assert rang(five, NUMBERS["review"], "vale", *odd).code == 0


def test_a_time_that_cannot_be_read_says_that_999_comes_first(five):
    ran = rang(five, NUMBERS["review"], "vale", "--at", "just now")
    assert ran.code == 2
    assert "ring 999" in ran.err


LAST = ("--restricted", "--reason", "On duty")


def test_once_999_was_rung_the_case_says_when_and_how_it_ends_and_not_to_ring_first(five):
    assert "ring 999 first" in five("show", NUMBERS["disclosure"], "--as", "pike", *LAST).out
    rang(five, NUMBERS["disclosure"], "pike", "--why", "He is at the gate.")
    shown = five("show", NUMBERS["disclosure"], "--as", "pike", *LAST).out
    assert "ring 999 first" not in shown
    assert "999 was rung on " in shown
    assert "If there is danger again, ring again and record it:" in shown
    assert "close it at the desk as handed over" in shown
    closed = five(
        "close", NUMBERS["disclosure"], "--handed-over", "--as", "pike", "--why", "The police have it."
    )
    assert closed.code == 0


def test_what_the_lead_calls_a_threat_after_all_still_has_999_first(five):
    number = NUMBERS["disclosure"]
    five("classify", number, "C6", "--as", "pike", "--why", "He means the teacher.")
    shown = five("show", number, "--as", "pike").out
    assert "If anybody may be in danger now, ring 999 first; then record it:" in shown
