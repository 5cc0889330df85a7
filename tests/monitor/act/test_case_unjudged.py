"""A post that nothing could judge: no page calls it criticism, and its case says that a person reads it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from builders.case_desk import a_desk, run

from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.find import find_signals
from classifiers.text.model_text import model_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.thresholds import read_thresholds
from data.judged import reasons_of, was_judged
from data.types import Match, Mention, MentionKind, Policy, Reason, Relevance, Route, School, Severity

TO_ANSWER = Reason("route_respond", "To answer, not to remove: criticism or a question, however it is put.")
WELSH = (
    TO_ANSWER,
    Reason("language_cy", "It is in Welsh, which is not guessed at: please read it yourself."),
)
FEW = (TO_ANSWER, Reason("too_few_words", "Too few words to judge; a person should look."))
UNSURE = (TO_ANSWER, Reason("worth_a_look", "Not sure: worth a look."))


def _stories(desk):
    desk.story("welsh", look=True, reasons=WELSH)
    desk.story("few", look=True, reasons=FEW, route=Route.NOTE, severity=Severity.NOTE)
    desk.story("unsure", look=True, reasons=UNSURE)
    desk.story("unlooked", reasons=WELSH)
    desk.story("unplaced", route=Route.PLATFORM_REPORT, severity=Severity.TODAY, abuse=())
    decides = Reason("a_person_decides", "It may be serious: a person decides.")
    grave = {"route": Route.RESPOND, "severity": Severity.TODAY, "reasons": (decides, TO_ANSWER)}
    desk.story("decides", content_class="C0", **grave)
    desk.story("told", content_class="C0", alert=True, told=("holt",), **grave)
    desk.story("review", content_class="C0")


UNJUDGED = ("welsh", "few", "unsure", "unlooked", "unplaced", "decides", "told")


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, _stories)


@pytest.mark.parametrize("name", UNJUDGED)
def test_a_case_of_it_opens_as_not_judged_and_says_who_reads_it(desk, name):
    said = desk("open", f"story-{name}", "--as", "holt")
    assert said.out.startswith("Case 0001: recorded. Now: not judged: a person reads it and says what it is.")
    assert "say at the desk what it is" in said.out
    shown = desk("show", "1", "--as", "holt").out
    assert shown.count("not judged: a person reads it and says what it is") == 2
    assert "now: read it, or have it read by somebody who knows its language" in shown
    assert "ring 999 first" in shown
    assert "step ask 0001 --rung police --not-imminent" not in shown
    listed = desk("list", "--as", "holt").out
    assert listed.count("not judged: a person reads it") == 1
    for page in (said.out, shown, listed):
        assert "fair comment" not in page
        assert "criticism, opinion" not in page
        assert "(proposed" not in page


@pytest.mark.parametrize("name", UNJUDGED)
def test_nothing_of_its_story_tells_to_answer_it(desk, name):
    shown = run("story", "show", f"story-{name}", "--as", "holt", "--home", str(desk.home)).out
    assert "To answer, not to remove" not in shown
    assert "read it yourself, and say what it is" in shown
    told = run("story", "show", f"story-{name}", "--as", "holt", "--json", "--home", str(desk.home)).data[
        "posts"
    ][0]
    assert told["judged"] is False
    assert "route_respond" not in {reason["code"] for reason in told["reasons"]}


def test_what_was_judged_is_told_as_before(desk):
    shown = run("story", "show", "story-review", "--home", str(desk.home)).out
    assert "answer" in shown
    assert "read it yourself" not in shown
    assert "fair comment" in desk("open", "story-review", "--as", "holt").out


def test_as_json_it_has_no_class_until_a_person_gives_one(desk):
    desk("open", "story-welsh", "--as", "holt")
    told = desk("show", "1", "--as", "holt", "--json").data
    assert (told["state"], told["class"], told["proposed_class"]) == ("triage", None, "unjudged")
    desk("classify", "1", "C6", "--as", "holt", "--why", "It says that somebody comes with a knife tonight")
    told = desk("show", "1", "--as", "holt", "--json").data
    assert (told["class"], told["proposed_class"]) == ("C6", "unjudged")
    assert "it had not been judged" in desk("show", "1", "--as", "holt").out


SCHOOL = School("900001", "Ysgol Oakfield", head="Mrs Jane Holt", aliases=("Oakfield",), nation="wales")
TEXTS = {
    "a Welsh post": "Mae gen i gyllell a dwi'n dod i Ysgol Oakfield heno, gwyliwch eich hunain",
    "another language": "Ich komme heute Abend mit einem Messer und ihr seid alle dran, Schule Oakfield",
    "a word or two": "Oakfield rubbish",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_the_shipped_model_cannot_read_was_not_judged(text):
    mention = Mention(
        "0123456789abcdef", "u", "forum", MentionKind.POST, "", text, datetime(2026, 11, 20, tzinfo=UTC)
    )
    scores = Scorer().score([model_text("forum", "", text, None)]).row(0)
    match = Match(SCHOOL.urn, Relevance.ABOUT, 0.97)
    verdict = decide(
        mention, 1, match, scores, find_signals(mention, SCHOOL, ()), Policy(), SCHOOL, (), read_thresholds()
    )
    raised = verdict.severity >= Severity.TODAY
    assert raised or not was_judged(verdict)
    assert raised or not [r for r in reasons_of(verdict) if r.code.startswith("route_")]
