"""`schoolgate story search`: who finds what, and what is said of it."""

from __future__ import annotations

import logging

import pytest
from builders.case_desk import Desk, about_the_head, disclosure, insult, review, run


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    for prepare in (insult, review, disclosure, about_the_head):
        prepare(made)
    return made


def search(desk, *words, person="ash", said=""):
    asked = ("--as", person) if person else ()
    return run("story", "search", *words, *asked, "--home", str(desk.home), said=said)


def ids(ran):
    return sorted(row["id"] for row in ran.data)


def test_the_stories_that_hold_the_words_are_listed_as_story_list_lists_them(desk):
    found = search(desk, "mentioned review")
    assert found.code == 0
    assert "story-re" in found.out
    assert "“Title review”" in found.out
    assert "schoolgate story show ID" in found.out
    listed = run("story", "list", "--as", "ash", "--json", "--home", str(desk.home)).data
    assert search(desk, "review", "--json").data == [row for row in listed if row["id"] == "story-review"]


def test_words_need_no_quotation_marks_of_the_shell(desk):
    assert ids(search(desk, "mentioned", "review", "--json")) == ["story-review"]
    assert search(desk, "-", "-", said="review").code == 2


def test_words_that_nothing_holds_are_said_to_be_in_no_story(desk):
    found = search(desk, "uniform")
    assert (found.code, found.out) == (0, "No story has these words.\n")


def test_a_restricted_matter_is_never_found_and_only_who_may_read_it_hears_of_it(desk):
    everything = "mentioned"
    for person in ("ash", "holt", "fern"):
        assert "story-disclosure" not in ids(search(desk, everything, "--json", person=person))
        assert "safeguarding lead" not in search(desk, everything, person=person).err
    dsl = search(desk, everything, "--json", person="pike")
    assert "story-disclosure" not in ids(dsl)
    assert "1 matter with the safeguarding lead, or locked, not searched" in dsl.err


def test_what_a_restricted_matter_says_does_not_change_the_answer(desk):
    held, not_held = search(desk, "disclosure", person="pike"), search(desk, "nowhere", person="pike")
    assert (held.out, held.err) == (not_held.out, not_held.err)


def test_whoever_it_accuses_does_not_find_it(desk):
    assert ids(search(desk, "accused", "--json", person="holt")) == []
    assert ids(search(desk, "accused", "--json", person="marsh")) == ["story-accused"]


def test_somebody_of_another_school_finds_nothing(desk):
    assert ids(search(desk, "mentioned", "--json", person="elsewhere")) == []


def test_a_story_of_a_locked_case_is_not_found(desk):
    desk("open", "story-insult", "--as", "holt")
    assert ids(search(desk, "insult", "--json")) == ["story-insult"]
    assert desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him").code == 0
    assert ids(search(desk, "insult", "--json")) == []
    assert "2 matters with the safeguarding lead, or locked" in search(desk, "insult", person="pike").err


def test_who_asks_must_say_who_they_are(desk):
    found = search(desk, "review", person=None)
    assert found.code == 2
    assert "Say who you are" in found.err


def test_too_little_is_wrong_use(desk):
    assert search(desk, "it").code == 2


def test_the_newest_are_shown_and_no_more_than_asked_for(desk):
    assert len(search(desk, "mentioned", "--limit", "1", "--json").data) == 1


def test_since_leaves_out_what_did_not_go_on(desk):
    assert ids(search(desk, "review", "--since", "2026-11-01", "--json")) == ["story-review"]
    assert ids(search(desk, "review", "--since", "2027-01-01", "--json")) == []
    assert search(desk, "review", "--since", "Tuesday").code == 2


def test_another_school_can_be_chosen_out(desk):
    assert ids(search(desk, "review", "--school", "900001", "--json")) == ["story-review"]
    assert ids(search(desk, "review", "--school", "900002", "--json")) == []


def test_words_are_taken_from_standard_input_too(desk):
    assert ids(search(desk, "-", "--json", said="review\n")) == ["story-review"]


def test_what_was_asked_for_is_kept_nowhere(desk, caplog):
    caplog.set_level(logging.DEBUG)
    search(desk, "zwetschgenkuchen review")
    search(desk, "zwetschgenkuchen", person="pike")
    kept = b"".join(p.read_bytes() for p in desk.home.rglob("*") if p.is_file())
    assert b"zwetschgenkuchen" not in kept
    assert "zwetschgenkuchen" not in caplog.text


def test_a_story_of_a_locked_case_is_shown_without_its_words_which_want_a_reason(desk):
    shown = run("story", "show", "story-insult", "--as", "holt", "--home", str(desk.home))
    assert "Oakfield is mentioned" in shown.out
    desk("open", "story-insult", "--as", "holt")
    assert desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him").code == 0
    for words in ((), ("--json",)):
        shown = run("story", "show", "story-insult", *words, "--as", "holt", "--home", str(desk.home))
        assert not [said for said in ("is mentioned", "Title insult", "poster-insult") if said in shown.out]
        assert words or "case show 0001 --restricted --reason" in shown.err
