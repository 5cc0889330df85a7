"""`schoolgate story wrong`: that something is judged wrongly, what is right and why; and taken back."""

from __future__ import annotations

import pytest
from builders.case_desk import Desk, run

from data.types import Route, Severity


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt",), severity=Severity.TODAY, route=Route.RESPOND)
    return desk


def wrong(desk, *words, by="holt"):
    return run("story", "wrong", "story-fair", *words, "--as", by, "--home", str(desk.home))


def shown(desk):
    found = run("story", "show", "story-fair", "--as", "ash", "--json", "--home", str(desk.home))
    return [each for post in found.data["posts"] for each in post["said_wrong"]]


def test_it_is_said_and_whoever_may_read_the_story_sees_who_what_and_why(desk):
    done = wrong(desk, "--not-about", "--severity", "1", "--why", "Hexley is meant")
    assert (done.code, done.out) == (0, "It is recorded. No alert has changed.\n")
    (said,) = shown(desk)
    assert (said["by"], said["relevance"], said["severity"], said["why"]) == (
        "holt", "not_about", 1, "Hexley is meant",
    )  # fmt: skip
    lines = run("story", "show", "story-fair", "--as", "ash", "--home", str(desk.home)).out
    assert "judged wrongly, says holt" in lines
    assert "not_about, severity 1. Hexley is meant" in lines


def test_it_is_taken_back_by_whoever_said_it(desk):
    wrong(desk, "--label", "criticism", "--why", "It is about lunch")
    assert wrong(desk, "--undo", by="ash").code == 1
    assert wrong(desk, "--undo").code == 0
    assert shown(desk) == []


@pytest.mark.parametrize(
    "words", [("--why", "So"), ("--label", "rude", "--why", "So"), ("--label", "hate"), ("--undo", "--about")]
)
def test_what_is_right_and_why_are_wanted(desk, words):
    done = wrong(desk, *words)
    assert done.code != 0
    assert shown(desk) == []
