"""Was a post judged? One rule: what was merely guessed at is for a person to read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.alert import verdict

from classifiers.text.language import Language, Tongue
from classifiers.verdicts.verdict_reasons import explain
from data.judged import UNREAD, beyond_cap, not_read_whole, reasons_of, tone_of, was_judged
from data.types import About, Match, Reason, Relevance, Route, Severity

CALM = verdict(Route.RESPOND, About.SCHOOL, scores=(("abuse:threat", 0.1),))


def explained(language: Language = Language.ENGLISH, **given: bool):
    match = Match("900001", Relevance.ABOUT, 0.9)
    told = {"look": False, "restricted": False, **given}
    return explain(match, Relevance.ABOUT, (), Route.RESPOND, Tongue(language, ""), **told)


@pytest.mark.parametrize(
    "reasons",
    [
        explained(Language.WELSH),
        explained(Language.OTHER),
        explained(few_words=True),
        explained(look=True),
        not_read_whole(replace(CALM, reasons=explained())).reasons,
    ],
    ids=["Welsh", "another language", "too few words", "a look", "too long"],
)
def test_what_the_program_says_it_cannot_judge_was_not_judged(reasons: tuple[Reason, ...]) -> None:
    judged = replace(CALM, reasons=reasons)
    assert not was_judged(judged)
    assert {r.code for r in reasons} & UNREAD
    assert "route_respond" in {r.code for r in reasons}
    assert not [r for r in reasons_of(judged) if r.code == "route_respond"]


@pytest.mark.parametrize("language", [Language.WELSH, Language.OTHER])
@pytest.mark.parametrize("route", [Route.RESPOND, Route.THANK, Route.PLATFORM_REPORT])
def test_what_is_in_a_language_that_nobody_judged_has_no_tone(language: Language, route: Route) -> None:
    assert tone_of(verdict(route, About.STAFF, reasons=explained(language))) is None


def test_a_word_or_two_have_no_tone_and_a_look_has_one() -> None:
    assert tone_of(replace(CALM, reasons=explained(few_words=True))) is None
    assert tone_of(replace(CALM, reasons=explained(look=True), look=True)) is CALM.sentiment
    assert tone_of(CALM) is CALM.sentiment


def test_a_look_was_not_judged_nor_was_what_no_model_has_read() -> None:
    assert not was_judged(replace(CALM, look=True))
    assert not was_judged(replace(CALM, scores=(("weighed:severe", 0.0), ("weighed:this_hour", 0.0))))


def test_plain_criticism_was_judged_and_keeps_its_reasons() -> None:
    judged = replace(CALM, reasons=explained())
    assert was_judged(judged)
    assert reasons_of(judged) == judged.reasons


@pytest.mark.parametrize("route", [Route.POLICE_NOW, Route.SAFEGUARDING])
def test_what_is_raised_as_danger_was_judged_in_any_language(route: Route) -> None:
    assert was_judged(verdict(route, reasons=explained(Language.WELSH)))


def test_what_is_grave_and_has_no_class_is_for_a_person_to_decide() -> None:
    placed = verdict(Route.PLATFORM_REPORT, About.STAFF)
    assert placed.severity is Severity.TODAY
    assert was_judged(placed)
    assert not was_judged(replace(placed, content_class="C0"))


def test_what_is_not_about_the_school_is_for_nobody_to_read() -> None:
    assert was_judged(replace(CALM, relevance=Relevance.NOT_ABOUT, reasons=explained(Language.WELSH)))


def test_what_may_be_severity_4_keeps_its_look_however_little_else_speaks_for_it() -> None:
    assert beyond_cap(replace(CALM, look=True, look_rank=1.0))
    assert not beyond_cap(replace(CALM, look=True, look_rank=0.9999))
