"""Whoever deals with a grave matter says on its page what has happened: by the case's steps and guards."""

from __future__ import annotations

import json

import pytest
from builders.page import CHILD, DANGER, STREET, PageDesk, form_of, words_of

from data.types import About, Harm, Meant, Severity

RANG = {
    "what": "rang_999", "by": "head", "when": "2026-11-17T08:50", "reference": "CAD 1234",
    "why": "They come at ten.",
}  # fmt: skip


AIMED = (Meant("person:vale", 1.0, "x", Harm.VIOLENCE),)


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **DANGER)


def say(desk, who="head", **fields):
    form = form_of(desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**form, **fields, "do": "happened"})


def steps(desk):
    with desk.store.read() as con:
        rows = con.execute("SELECT step, actor, detail, why FROM case_steps ORDER BY case_id, n").fetchall()
    return [(step, actor, json.loads(detail or "{}"), why) for step, actor, detail, why in rows]


def test_that_the_police_were_told_is_a_step_with_when_and_their_number(desk):
    page = say(desk, **RANG)
    assert "Recorded at" in words_of(page), words_of(page)
    step, actor, detail, why = steps(desk)[-1]
    assert (step, actor, why) == ("asked", "head", "They come at ten.")
    assert detail["reference"] == "CAD 1234"


def test_that_101_was_rung_is_recorded_though_nothing_is_classified_or_decided_yet(desk):
    assert "Recorded at" in words_of(say(desk, **{**RANG, "what": "rang_101"}))
    step, _, detail, why = steps(desk)[-1]
    assert (step, detail["to"], detail["reference"], why) == (
        "referred", "police", "CAD 1234", "They come at ten.",
    )  # fmt: skip


def test_of_a_threat_to_an_adult_101_waits_for_their_word_and_999_does_not(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "deputy"), **(DANGER | {"about": About.STAFF}))
    assert "whoever is threatened says whether" in words_of(say(desk, **{**RANG, "what": "rang_101"}))
    assert steps(desk) == []
    assert "Recorded at" in words_of(say(desk, **RANG))


def test_101_goes_with_the_word_of_whoever_is_threatened_where_they_gave_it_to_whoever_rang(tmp_path):
    desk = PageDesk(
        tmp_path, told=("head", "deputy"), **(DANGER | {"about": About.STAFF, "endangers": AIMED})
    )
    page = words_of(say(desk, **{**RANG, "what": "rang_101", "agreed": "phone"}))
    assert "Recorded The police have been told." in page
    assert "then ring 101" not in page
    assert [step for step, *_ in steps(desk)][-3:] == ["consent_asked", "consent_given", "referred"]


def test_that_the_gate_was_warned_is_recorded_and_no_longer_missing(desk):
    say(desk, **RANG)
    assert "Not yet recorded as told: the gate." in words_of(desk.press("read", "head"))
    page = words_of(say(desk, what="warned_site", why="The office rang them."))
    assert "Not yet recorded" not in page
    assert steps(desk)[-1][0] == "warned"


def test_who_told_them_is_named_where_it_was_somebody_else(desk):
    say(desk, **{**RANG, "by": "deputy"})
    assert steps(desk)[-1][3].endswith(": They come at ten.")
    assert steps(desk)[-1][3] != "They come at ten."


def test_that_nothing_need_be_done_is_a_note_with_its_reason(desk):
    say(desk, what="needless", why="It is a song.")
    assert [(step, why) for step, _, _, why in steps(desk)][-1] == ("noted", "It is a song.")


@pytest.mark.parametrize("wrong", [{"what": ""}, {"what": "nonsense"}, {"why": " "}, {"when": "soon"}])
def test_what_lacks_something_is_said_so_and_changes_nothing(desk, wrong):
    before = steps(desk)
    assert "Nothing was changed" in words_of(say(desk, **{**RANG, **wrong}))
    assert steps(desk) == before


def test_what_is_still_to_come_is_refused(desk):
    before = steps(desk)
    assert "Nothing was changed" in words_of(say(desk, **{**RANG, "when": "2027-11-17T08:50"}))
    assert steps(desk) == before


def test_it_is_asked_of_nothing_milder(tmp_path):
    desk = PageDesk(tmp_path, told=("head",), **STREET)
    assert 'value="happened"' not in desk.press("read", "head").text
    assert "Nothing" in words_of(say(desk, **RANG)) or "no longer" in words_of(say(desk, **RANG))
    assert steps(desk) == []


def test_the_lead_says_it_of_a_child_at_risk_without_a_case_before(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    say(desk, "dsl", what="needless", why="The family is known and safe.")
    assert [step for step, *_ in steps(desk)] == ["opened", "noted"]


def test_of_a_child_at_risk_the_police_are_told_by_a_referral(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    say(desk, "dsl", **RANG)
    step, _, detail, _ = steps(desk)[-1]
    assert (step, detail["to"], detail["reference"]) == ("referred", "police", "CAD 1234")


@pytest.mark.parametrize(("about", "offered"), [(About.STAFF, True), (About.PUPIL, False)])
def test_that_the_lado_was_told_is_said_of_an_allegation_alone(tmp_path, about, offered):
    desk = PageDesk(tmp_path, told=("dsl",), **(CHILD | {"about": about, "severity": Severity.TODAY}))
    assert ('value="lado"' in desk.press("read", "dsl").text) is offered
    if offered:
        say(desk, "dsl", what="lado", by="dsl", why="The duty line.")
        assert [(step, detail.get("to")) for step, _, detail, _ in steps(desk)][-1] == ("referred", "lado")


def test_that_the_lado_was_told_is_refused_of_what_is_no_allegation(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    page = say(desk, "dsl", what="lado", by="dsl", why="The duty line.")
    assert "Nothing was changed" in words_of(page)
    assert steps(desk) == []


def test_nobody_else_says_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    say(desk, "head", **RANG)
    assert steps(desk) == []
