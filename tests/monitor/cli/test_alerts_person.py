"""`schoolgate alerts person`: who is meant, said in one act."""

from __future__ import annotations

import pytest
from builders.case_desk import Desk, run

from data.types import About, Harm, Meant, Route, Severity

CHILD = {
    "severity": Severity.THIS_HOUR, "route": Route.SAFEGUARDING, "abuse": ("safeguarding",),
    "about": About.HEAD, "content_class": "C10", "restricted": True,
    "endangers": (Meant("child", 1.0, "model:safeguarding", Harm.CHILD),),
    "accuses": (Meant("office:head", 0.25, "nobody_named"),),
}  # fmt: skip
LOOK = {"severity": Severity.NOTE, "route": Route.NOTE, "look": True, "look_rank": 0.5}
WHY = ("--why", "He takes that class")


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.story("child", alert=True, told=("pike", "marsh"), **CHILD)
    desk.story("look", **LOOK)
    return desk


def person(desk, given, *words, by="pike"):
    return run("alerts", "person", given, *words, "--as", by, "--home", str(desk.home))


def number(desk, by="pike"):
    (alert,) = run("alerts", "list", "--as", by, "--json", "--home", str(desk.home)).data
    return alert["id"]


def test_it_says_who_is_told_and_who_is_left_out(desk):
    done = person(desk, number(desk), "--about", "vale", *WHY)
    assert done.code == 0, done.err
    assert "Told of it: " in done.out
    assert "Jane Holt" in done.out.partition("Told nothing: ")[0]
    assert "Sam Vale" in done.out.partition("Told nothing: ")[2]


def test_what_is_only_to_be_looked_at_is_named_by_its_story(desk):
    done = person(desk, "story-look", "--aimed-at", "vale", *WHY)
    assert done.code == 0, done.err
    assert "Sam Vale" in done.out


def test_it_says_of_a_target_whom_no_mail_reaches_to_tell_them_in_person(desk):
    settings = desk.home / "schoolgate.toml"
    settings.write_text(settings.read_text().replace('email = "vale@example.org"', ""))
    assert "somebody must tell them in person" in person(desk, "story-look", "--aimed-at", "vale", *WHY).out


@pytest.mark.parametrize(
    "words", [("--about", "nobody", "--about", "vale", *WHY), WHY, ("--about", "stranger", *WHY)]
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(desk, words):
    refused = person(desk, number(desk), *words)
    assert refused.code == 2
    assert run("alerts", "show", number(desk), "--as", "marsh", "--home", str(desk.home)).code == 0


def test_whom_it_may_accuse_does_not_know_of_it(desk):
    assert "no alert" in person(desk, number(desk), "--about", "vale", *WHY, by="holt").err.lower()


def test_what_was_said_at_the_door_is_confirmed_or_withdrawn_not_both(desk):
    words = ("alerts", "said", number(desk), "--why", "I asked", "--as", "pike", "--home", str(desk.home))
    assert run(*words).code == run(*words, "--confirm", "--withdraw").code == 2
    refused = run(*words, "--withdraw")
    assert refused.code == 2
    assert "Nothing was said when it was handed in" in refused.err
