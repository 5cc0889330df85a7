"""Whoever is asked is called the same in the case file, its list, what comes next and a letter."""

from __future__ import annotations

from dataclasses import replace

import builders.letter
import pytest
from builders.ladder import NOW, Climb
from builders.steps import said

from alerts.letters.kinds import LetterKind
from alerts.wording.cases import state_words
from data.cases import Asking, CaseState, CaseStep
from data.rungs import Rung
from data.steps.codes import RungAnswer, StepKind
from data.words.asking import asking_words, who_is_asked
from data.words.say import words
from monitor.act.casework.steps import NextStep
from monitor.cli.views.case.next_steps import next_lines
from monitor.cli.views.case.steps import step_lines

WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]
EN = words("en")


@pytest.mark.parametrize(("rung", "kind"), WAYS)
def test_the_commands_call_an_asking_by_its_name(rung: Rung, kind: str) -> None:
    name, who = asking_words(rung, kind, EN), who_is_asked(rung, kind, EN)
    climb = Climb("C2")
    case = replace(
        climb.case, state=CaseState.WAITING, rung=rung, askings=(Asking(rung, "head", NOW, kind=kind),)
    )
    assert state_words(case, words("en")) == f"waiting for {who}"
    facts = {"rung": rung.value, "kind": kind}
    step = CaseStep("0001", 2, "900001", said(StepKind.ASKED, facts), "head", NOW, NOW)
    assert f"asked: {name} (" in "\n".join(step_lines(step, str, lambda _: "then", withheld=False))
    seeking = replace(climb.case, state=CaseState.SEEKING)
    assert f"  now: {name}" in list(next_lines(seeking, [NextStep(rung, kind, None, "head")], "head"))


def test_whoever_still_has_time_is_waited_for_though_others_further_up_have_answered() -> None:
    parent = Asking(Rung.AUTHOR_REQUEST, "head", NOW, kind="letter")
    platform = Asking(Rung.PLATFORM_REPORT, "head", NOW, answer=RungAnswer.REFUSED)
    case = replace(Climb("C2").case, state=CaseState.WAITING, rung=platform.rung, askings=(parent, platform))
    assert state_words(case, words("en")) == "waiting for the author"


@pytest.mark.parametrize(("rung", "kind"), WAYS)
def test_a_letter_that_tells_what_was_done_calls_an_asking_by_its_name(rung: Rung, kind: str) -> None:
    asked = builders.letter.step(1, StepKind.ASKED, 3, rung=rung.value, kind=kind)
    case = builders.letter.a_case(askings=(builders.letter.asked(Rung.PLATFORM_REPORT),))
    facts = {"why": "It names a teacher.", "contact": "the office, 01632 960123"}
    letter = builders.letter.all_of(builders.letter.whole(LetterKind.POSH, case, facts, steps=(asked,)))
    assert f"contacted: {asking_words(rung, kind, EN)}" in letter


def test_where_both_helplines_are_counted_together_both_are_named() -> None:
    said = words("en")(Rung.POSH.key)
    assert "Professionals Online Safety Helpline" in said
    assert "Report Harmful Content" in said
