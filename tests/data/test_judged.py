"""Was a post judged? And the content classes: a row for each, none of them spelt out elsewhere."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from builders.alert import verdict

from classifiers.text.language import Language, Tongue
from classifiers.verdicts.verdict_reasons import explain
from data.content_class import BYPASSING, CLASSES, MOST_PROTECTIVE, ContentClass, Police, class_spec
from data.judged import UNREAD, beyond_cap, not_read_whole, reasons_of, tone_of, was_judged
from data.types import About, Match, Reason, Relevance, Route, Severity
from data.words.say import words
from tests.test_architecture import ROOMS, ROOT

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


def test_what_nobody_judged_or_is_a_word_or_two_has_no_tone_and_a_look_has_one() -> None:
    for language in (Language.WELSH, Language.OTHER):
        for route in (Route.RESPOND, Route.THANK, Route.PLATFORM_REPORT):
            assert tone_of(verdict(route, About.STAFF, reasons=explained(language))) is None
    assert tone_of(replace(CALM, reasons=explained(few_words=True))) is None
    assert tone_of(replace(CALM, reasons=explained(look=True), look=True)) is CALM.sentiment
    assert tone_of(CALM) is CALM.sentiment


def test_plain_criticism_was_judged_and_keeps_its_reasons_as_was_what_is_not_about_the_school() -> None:
    judged = replace(CALM, reasons=explained())
    assert was_judged(judged)
    assert reasons_of(judged) == judged.reasons
    assert was_judged(replace(CALM, relevance=Relevance.NOT_ABOUT, reasons=explained(Language.WELSH)))


def test_a_look_was_not_judged_nor_was_what_no_model_has_read() -> None:
    assert not was_judged(replace(CALM, look=True))
    assert not was_judged(replace(CALM, scores=(("weighed:severe", 0.0), ("weighed:this_hour", 0.0))))


@pytest.mark.parametrize("route", [Route.POLICE_NOW, Route.SAFEGUARDING])
def test_what_is_raised_as_danger_was_judged_in_any_language(route: Route) -> None:
    assert was_judged(verdict(route, reasons=explained(Language.WELSH)))


def test_what_is_grave_and_has_no_class_is_for_a_person_to_decide() -> None:
    placed = verdict(Route.PLATFORM_REPORT, About.STAFF)
    assert placed.severity is Severity.TODAY
    assert was_judged(placed)
    assert not was_judged(replace(placed, content_class="C0"))


def test_what_may_be_severity_4_keeps_its_look_however_little_else_speaks_for_it() -> None:
    assert beyond_cap(replace(CALM, look=True, look_rank=1.0))
    assert not beyond_cap(replace(CALM, look=True, look_rank=0.9999))


# ----------------------------------------------------------------------------- content classes


CODE = re.compile(r"""C\d+|.*['"]C\d+['"].*""", re.DOTALL)


def test_every_class_has_its_row_and_name_and_nothing_follows_from_what_nobody_judged() -> None:
    assert set(ContentClass) - set(CLASSES) == {ContentClass.UNJUDGED}
    assert all(words("en").has(content_class.key) for content_class in ContentClass)
    spec = class_spec(ContentClass.UNJUDGED)
    assert (spec.bypasses, spec.police, spec.grounds, spec.kept) == (False, Police.NO, (), None)


def test_what_bypasses_is_never_taken_up_with_its_author_nor_kept_as_pictures() -> None:
    assert {"C9", "C10"} == BYPASSING
    assert not any(
        CLASSES[code].author or CLASSES[code].pictures or CLASSES[code].grounds for code in BYPASSING
    )


def test_the_most_protective_classes_are_grave() -> None:
    assert all(CLASSES[code].grave for code in MOST_PROTECTIVE)


def test_no_class_is_spelt_out_but_where_the_classes_are_defined() -> None:
    home = ROOT / "data" / "content_class.py"
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path != home)
    assert [where for path in files for where in _spelt(path)] == []


def _spelt(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if re.search(r"C\d", text) else "")
    strings = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return [f"{path}:{n.lineno}" for n in strings if CODE.fullmatch(str(n.value))]
