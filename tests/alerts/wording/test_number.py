"""One matter has one number, whoever says it."""

from __future__ import annotations

from builders.alert import raised, verdict

from data.ids import number_of

ALERT = raised(verdict())


def test_without_a_case_it_is_that_of_the_alert() -> None:
    assert number_of(ALERT.number) == ALERT.number


def test_with_a_case_it_is_the_cases_and_with_several_the_oldests() -> None:
    assert number_of(ALERT.number, ["0007"]) == "0007"
    assert number_of(ALERT.number, iter(["736204", "482913", "0012"])) == "736204"
