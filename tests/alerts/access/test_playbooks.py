"""Three playbooks: who does what by when, each step from guidance with a page and a day."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.letter import a_case, asked
from support.for_each import for_each

from alerts.ladder.derived_state import seen_from
from alerts.letters.kinds import LetterKind
from alerts.routes.playbooks import next_step, next_words, playbooks
from data.cases import CasePlace, CaseState
from data.rungs import EMERGENCY, Rung
from data.steps.codes import BypassRoute, PlaceRole, Support
from data.types import About
from data.words.say import words

STEPS = [(book, step) for book in playbooks().values() for step in book.steps]
ACCOUNT = CasePlace(n=2, role=PlaceRole.ACCOUNT)
MOCKING = a_case(content_class="C2", captures=0, others=(ACCOUNT,))
IMAGE = a_case(content_class="C10", about=About.PUPIL, lane=BypassRoute.CHILD_IMAGE, state=CaseState.BYPASSED)
HOAX = a_case(content_class="C6", about=About.SCHOOL, target=None, captures=0)


def next_of(case):
    found = next_step(case)
    return found and (found[0].key, found[1].key)


@for_each("row", STEPS)
def test_every_step_has_its_guidance_and_its_letter_if_it_names_one(row):
    _, step = row
    assert step.source
    assert step.page.startswith("https://")
    assert step.read_on.year == 2026
    assert step.letter in ("", *LetterKind)
    assert step.helpline is None or step.helpline.web


def test_every_step_has_its_words():
    w = words("en")
    for book, step in STEPS:
        for key in (f"{book.key}.{step.key}", f"who.{step.who}", f"by.{step.by}", f"title.{book.key}"):
            assert w.has(f"playbook.{key}")
        assert not step.body or w.has(f"playbook.say.{step.body}")


def test_it_names_the_first_step_that_the_case_does_not_show():
    kept = replace(MOCKING, captures=1)
    sorted_out = replace(kept, classified_by="head")
    supported = replace(sorted_out, support=Support.OFFERED)
    reported = replace(supported, askings=(asked(Rung.PLATFORM_REPORT),))
    helped = replace(reported, askings=(*reported.askings, asked(Rung.POSH)))
    found = [next_of(case) for case in (MOCKING, kept, sorted_out, supported, reported, helped)]
    assert found == [("mocking", step) for step in ("kept", "sorted", "support", "platform", "posh", "rhc")]


def test_what_was_asked_at_any_of_its_places_is_done():
    known = replace(MOCKING, captures=1, classified_by="head", support=Support.OFFERED)
    account = replace(ACCOUNT, askings=(asked(Rung.PLATFORM_REPORT),))
    assert next_of(replace(known, others=(account,))) == ("mocking", "posh")


def test_a_threat_is_first_a_call_then_a_copy_then_the_site():
    called = replace(HOAX, askings=(asked(EMERGENCY),))
    assert next_of(HOAX) == ("hoax", "call")
    assert next_of(called) == ("hoax", "unanswered")
    assert next_of(replace(called, captures=1)) == ("hoax", "site")


def test_a_call_is_no_next_step_at_another_place_either():
    called = replace(HOAX, askings=(asked(EMERGENCY),), others=(CasePlace(n=2),))
    assert next_of(seen_from(called, 2)) == ("hoax", "unanswered")


def test_of_a_childs_image_the_police_come_first_then_the_child_is_helped():
    assert next_of(IMAGE) == ("deepfake", "urgent")
    assert next_of(replace(IMAGE, referred_to=("police",))) == ("deepfake", "report_remove")


@pytest.mark.parametrize(
    "case",
    [
        replace(MOCKING, state=CaseState.CLOSED),
        replace(MOCKING, state=CaseState.FAIR_COMMENT),
        replace(MOCKING, about=About.PUPIL),
        replace(MOCKING, others=()),
        replace(MOCKING, lane=BypassRoute.SAFEGUARDING),
        replace(HOAX, about=About.STAFF),
        replace(IMAGE, lane=BypassRoute.SELF_HARM),
    ],
)
def test_where_none_fits_or_it_is_over_none_is_named(case):
    assert next_words(case, words("en")) == ()


def test_where_somebody_outside_is_asked_it_says_how_they_are_reached_and_what_to_say():
    case = replace(IMAGE, referred_to=("police", "report_remove"))
    what, reach, say = next_words(case, words("en"))
    assert "Internet Watch Foundation" in what
    assert reach == "Internet Watch Foundation: https://report.iwf.org.uk"
    assert say.startswith("Words to say: “I work at a school.")
