"""Where the lines of severity lie, and which labels a verdict bears."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.verdict import judged, scores

from classifiers.verdicts.severity import judge_severity
from classifiers.verdicts.thresholds import Thresholds, read_thresholds
from classifiers.verdicts.weigh import weigh
from data.judged import unplaced
from data.types import About, Route, Severity, Signal

DEFAULT = read_thresholds()
HARASSES = Signal("mocking", "It mocks a person.", labels=("harassment",), severity=Severity.TODAY)
SWEARS = Signal("profanity", "It swears.", labels=("profanity",))


def labels(privacy: float, *signals: Signal) -> tuple[str, ...]:
    """The labels of a removal where the model gives this much to privacy."""
    model = scores("platform_report", severe=0.95, abuse__harassment=0.95, abuse__privacy=privacy)
    t = Thresholds()
    return judge_severity(model, weigh(model, signals, t), About.STAFF, t).abuse


def test_beside_what_a_signal_names_the_model_must_be_surer_of_another_label() -> None:
    line = Thresholds().label("privacy")
    assert labels(line + 0.1) == ("harassment", "privacy")
    assert labels(line + 0.1, HARASSES) == ("harassment",)
    assert labels(line + 0.3, HARASSES) == ("harassment", "privacy")


def test_a_signal_of_swearing_alone_asks_no_more_of_the_model() -> None:
    assert "privacy" in labels(Thresholds().label("privacy") + 0.1, SWEARS)


FLOOR = Thresholds().removal_floor


@pytest.mark.parametrize(
    ("harassment", "route", "grounds"),
    [(FLOOR + 0.01, Route.PLATFORM_REPORT, ("harassment",)), (FLOOR - 0.01, Route.RESPOND, ())],
)
def test_where_no_label_is_sure_a_removal_has_the_likeliest_or_is_not_offered(
    harassment: float, route: Route, grounds: tuple[str, ...]
) -> None:
    t = Thresholds()
    assert t.label("harassment") > FLOOR + 0.01
    model = scores("platform_report", severe=0.95, abuse__harassment=harassment)
    found = judge_severity(model, weigh(model, (), t), About.STAFF, t)
    assert (found.route, found.abuse) == (route, grounds)


WELSH = "Mae'r plant wedi bod yn sôn am rywbeth yn yr ysgol heddiw"
ENGLISH = "The children have been talking about something at school today"


@pytest.mark.parametrize(("text", "placed"), [(WELSH, False), (ENGLISH, True)])
def test_between_the_alert_line_and_a_half_a_person_decides_on_what_is_not_english(
    text: str, *, placed: bool
) -> None:
    low = replace(DEFAULT, alert=0.3)
    found = judged(text, scores("safeguarding", severe=0.42), thresholds=low)
    assert found.severity >= Severity.TODAY
    assert unplaced(found) is not placed


@pytest.mark.parametrize("route", ["platform_report", "request_removal", "respond"])
def test_in_a_language_that_is_not_judged_no_removal_is_offered_and_nothing_answered(route: str) -> None:
    model = scores(route, severe=0.95, abuse__harassment=0.95)
    found = judged(WELSH, model, thresholds=replace(DEFAULT, alert=0.3))
    assert found.severity < Severity.TODAY or (found.route, unplaced(found)) == (Route.RESPOND, True)
