"""No word beside the school's name hides a danger: every word, every mark, both sides, two languages."""

from collections.abc import Sequence
from functools import cache
from itertools import product

import pytest
from builders.verdict import mention, scores
from support.for_each import for_each

from classifiers.linking.linker import Linker
from classifiers.linking.match_reasons import BESIDE
from classifiers.linking.school_profile import BEFORE, THINGS
from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import read_thresholds
from data.types import Match, Relevance, Route, School, Severity, Signal, Source, Verdict

WESTBROOK = School(
    "900001", "Westbrook Academy", aliases=("Westbrook",), locality="Stannerley", phase="secondary"
)
CWM = School("900002", "Ysgol Cwm Elain", aliases=("Cwm Elain",), locality="Pont Elain", nation="wales")
MARKS = (
    *(
        ". ", ", ", "; ", ": ", "! ", "? ", "... ", "… ", " - ", " – ", " — ", "—", " / ", "/", " | ",
        " • ", " * ",
    ),
    *(
        " (", ") ", " [", "] ", '" ', ' "', "” ", " “", "’ ", " ‘", "\n", "\r\n", "\n\n", " 🚨 ", " # ",
        " @", " ",
    ),
)  # fmt: skip
OFTEN = (" ", "’ ", ". ")
SAID = {
    "900001": (
        "Someone has a knife at {0}", " is full of police.", "Police are at the {0}",
        " someone has a knife.",
    ),
    "900002": (
        "Mae cyllell gan rywun yn {0}", " yn llawn heddlu.", "Mae heddlu wrth y {0}",
        " mae cyllell gan rywun.",
    ),
}  # fmt: skip
DANGER = Signal(
    "weapon", "A knife is spoken of.", ("threat",), (), Severity.THIS_HOUR, Route.POLICE_NOW, None, True
)
GRAVE = scores("police_now", severe=0.9, relevant=0.9)
LIMITS = read_thresholds()
NOT_ABOUT = Relevance.NOT_ABOUT


def texts(school: School, name: str, marks: Sequence[str] = MARKS) -> list[str]:
    """The name before each word and behind it with the usual marks between, before some with every mark."""
    near, on, far, then = SAID[school.urn]
    words = sorted(THINGS | BEFORE)
    pairs = [*product(words, [mark for mark in marks if mark in OFTEN]), *product(words[::20], marks)]
    after = [f"{near.format(name)}{mark}{word.title()}{on}" for word, mark in pairs]
    before = [f"{far.format(word)}{mark}{name}{then}" for word, mark in pairs]
    return after + before


@cache
def everywhere(school: School, *, short: bool) -> dict[str, Match]:
    """The match of every text of the school's full or short name, linked once: two tests ask for each."""
    said = texts(school, school.aliases[0] if short else school.name)
    return dict(zip(said, linked(school, said), strict=True))


def linked(school: School, said: list[str]) -> list[Match]:
    source = Source("search", "search", "", urns=(school.urn,), surfaced=True)
    return [matches[0] for matches in Linker([school]).link([mention(text) for text in said], source)]


def judged(match: Match, school: School, signals: tuple[Signal, ...], model: dict[str, float]) -> Verdict:
    return decide(read_post(mention("Something was said."), match, model, signals, school, (), LIMITS))


BOTH = pytest.mark.parametrize("school", [WESTBROOK, CWM], ids=["english", "welsh"])


@BOTH
def test_no_word_beside_the_full_name_makes_it_part_of_another(school: School) -> None:
    said = {text: match for text, match in everywhere(school, short=False).items() if "Of Dance" not in text}
    assert len(said) > 1_500
    assert [text for text, match in said.items() if codes(match) & BESIDE] == []


@BOTH
@pytest.mark.parametrize("short", [False, True], ids=["full", "short"])
def test_no_word_beside_the_name_dismisses_a_danger(school: School, short: bool) -> None:
    """What is decided hangs on the reasons and the score: the least score of each set of reasons is tried."""
    dismissed = [(m, t) for t, m in everywhere(school, short=short).items() if m.relevance is NOT_ABOUT]
    assert len(dismissed) > (100 if short else 0)
    least = {frozenset(codes(m)): (m, t) for m, t in sorted(dismissed, key=lambda one: -one[0].score)}
    assert [text for match, text in least.values() if not told(match, school)] == []


def told(match: Match, school: School) -> bool:
    """Does a danger alert by a signal, with a model and without, and is it kept by the model alone?"""
    by_signal = [judged(match, school, (DANGER,), model) for model in ({}, GRAVE)]
    alone = judged(match, school, (), GRAVE)
    return {v.severity for v in by_signal} == {Severity.THIS_HOUR} and alone.relevance is Relevance.UNSURE


@BOTH
def test_past_any_punctuation_a_word_is_no_part_of_the_short_name(school: School) -> None:
    marks = [mark for mark in MARKS if mark not in (" ", "’ ")]
    said, matches = texts(school, school.aliases[0], marks), everywhere(school, short=True)
    assert [text for text in said if codes(matches[text]) & BESIDE] == []


def test_within_one_phrase_it_is() -> None:
    said = ["Westbrook Road is shut, burst main", "The fete at St Mark's, Westbrook Church"]
    assert {match.relevance for match in linked(WESTBROOK, said)} == {NOT_ABOUT}
    (chapel,) = linked(CWM, ["Te yn y festri, capel Cwm Elain, nos Wener"])
    assert chapel.relevance is NOT_ABOUT


@for_each(
    ("text", "kept"),
    [
        ("Mae rhywun yn gwerthu cyffuriau i blant blwyddyn 8 ym Mharc Cwm Elain", True),
        ("Pwy yw'r dyn sy'n gofyn i blant fynd i'w gar ar Heol Cwm Elain ar ôl ysgol?", True),
        ("Ktoś sprzedaje dzieciom ze Year 8 coś na Cwm Elain Road i nie jest to dla szkoła", True),
        ("Noson bingo yn neuadd Cwm Elain nos Wener, mae croeso i bawb", False),
        ("Somebody sells sweets to the year 8 children in Cwm Elain Park", False),
    ],
)
def test_school_life_in_a_language_we_do_not_judge_is_never_dismissed_for_a_word(text, kept):
    (match,) = linked(CWM, [text])
    assert match.relevance is NOT_ABOUT
    seen = scores("note", severe=0.1, relevant=0.05)
    signals = find_signals(mention(text), CWM, ())
    found = decide(read_post(mention(text), match, seen, signals, CWM, (), LIMITS))
    assert (found.relevance is not NOT_ABOUT, found.look or found.severity >= Severity.TODAY) == (kept, kept)


def codes(match: Match) -> set[str]:
    return {reason.code for reason in match.reasons}
