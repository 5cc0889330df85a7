from __future__ import annotations

import pytest

from classifiers.text.language import Language, Tongue
from classifiers.verdicts.verdict_reasons import MOST, explain, explain_not_about
from data.types import Match, Reason, Relevance, Route, Severity, Signal

MATCH = Match("900001", Relevance.ABOUT, 0.97, (Reason("name_and_place", "“Oakfield” and your street."),))
DANGER = Signal("bomb_threat", "A bomb.", ("threat",), (), Severity.THIS_HOUR, Route.POLICE_NOW, danger=True)
HINTS = tuple(Signal(f"hint_{n}", f"Hint {n}.", labels=("hate",)) for n in range(9))


def told(signals: tuple[Signal, ...] = (), **more: object) -> list[str]:
    given = {"look": False, "restricted": False} | more
    spoken = Tongue(given.pop("language", Language.ENGLISH), "")  # type: ignore[arg-type]
    found = explain(MATCH, Relevance.ABOUT, signals, Route.RESPOND, spoken, **given)  # type: ignore[arg-type]
    return [reason.code for reason in found]


def test_whose_then_what() -> None:
    assert told() == ["name_and_place", "route_respond"]


def test_whose_then_that_a_person_decides() -> None:
    assert told(placed=False)[:2] == ["name_and_place", "a_person_decides"]


def test_the_gravest_signal_comes_first() -> None:
    assert told((*HINTS, DANGER))[2] == "bomb_threat"


def test_nobody_reads_more_than_five() -> None:
    assert len(told(HINTS)) == MOST


def test_a_look_says_why() -> None:
    assert "worth_a_look" in told(look=True)
    assert "language_cy" in told(look=True, language=Language.WELSH)


def test_restricted_does_not_repeat_what_linking_quoted() -> None:
    assert told(restricted=True)[0] == "about_you"


def test_what_is_not_ours_says_why_and_what_to_pass_on() -> None:
    unexplained = Match("1", Relevance.NOT_ABOUT, 0)
    assert [r.code for r in explain_not_about(unexplained, grave=False)] == ["not_about"]
    assert explain_not_about(MATCH, grave=True)[0].code == "other_school_danger"


def test_where_words_are_too_few_that_is_why_to_look() -> None:
    assert told(look=True, few_words=True) == ["name_and_place", "route_respond", "too_few_words"]


@pytest.mark.parametrize(
    ("route", "signal_route", "shown"),
    [
        (Route.PLATFORM_REPORT, Route.REQUEST_REMOVAL, False),
        (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, False),
        (Route.PLATFORM_REPORT, Route.PLATFORM_REPORT, True),
        (Route.SAFEGUARDING, Route.REQUEST_REMOVAL, True),
    ],
)
def test_no_two_reasons_disagree_on_who_wrote_it(route: Route, signal_route: Route, shown: bool) -> None:
    author = Signal("author", "Who wrote it.", route=signal_route)
    spoken = Tongue(Language.ENGLISH, "")
    found = explain(MATCH, Relevance.ABOUT, (author,), route, spoken, look=False, restricted=False)
    assert ("author" in [reason.code for reason in found]) is shown
