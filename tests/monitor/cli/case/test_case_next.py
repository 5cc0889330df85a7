"""What the case file says of the schools' helpline, and of whom was asked in vain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.ladder import Climb

from alerts.ladder.advance import Refusal
from data.rungs import Rung
from monitor.act.casework.steps import NextStep, next_steps
from monitor.cli.views.case.next_steps import helpline_lines, next_lines
from monitor.cli.views.layout import local

LONDON = ZoneInfo("Europe/London")
NOT_YET = Refusal("posh_after_platform", "The platform was not asked.", "Report it there first.")


def said(at: datetime, *ways: NextStep) -> list[str]:
    return list(helpline_lines(ways, at, lambda moment: local(moment, LONDON)))


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (datetime(2026, 11, 20, 15, 59, tzinfo=UTC), "  The helpline is open now."),
        (
            datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
            "  The helpline is closed until Mon 23 Nov 2026, 10:00.",
        ),
        (
            datetime(2026, 12, 24, 17, 0, tzinfo=UTC),
            "  The helpline is closed until Tue 29 Dec 2026, 10:00.",
        ),
        (datetime(2027, 3, 30, 9, 0, tzinfo=UTC), "  The helpline is open now."),
    ],
)
def test_where_the_helpline_may_be_asked_the_file_says_when_it_may_be_rung(at, line):
    assert said(at, NextStep(Rung.POSH, "", None, "holt")) == [line]


def test_where_it_may_not_be_asked_yet_nothing_is_said_of_its_hours():
    at = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    others = NextStep(Rung.POSH, "rhc", None, "holt"), NextStep(Rung.PLATFORM_REPORT, "", None, "holt")
    assert said(at, NextStep(Rung.POSH, "", NOT_YET, "holt"), *others) == []


def test_a_parent_who_refused_to_talk_is_not_to_be_talked_to_again():
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.answer(Rung.AUTHOR_REQUEST, "refused", kind="conversation")
    ways = next_steps(climb.case, "head", climb.now, climb.rules)
    assert "conversation" not in [way.kind for way in ways]
    first = next(line for line in next_lines(climb.case, ways, "head") if "now:" in line)
    assert "conversation" not in first


def test_a_parent_whose_answer_has_not_come_may_be_talked_to_again():
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += timedelta(days=4)
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="conversation")
    ways = next_steps(climb.case, "head", climb.now, climb.rules)
    assert "conversation" in [way.kind for way in ways if way.refusal is None]


def test_who_was_talked_to_and_refused_is_no_more_asked_first() -> None:
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.answer(Rung.AUTHOR_REQUEST, "refused", kind="conversation")
    ways = [w for w in next_steps(climb.case, "head", climb.now, climb.rules) if w.refusal is None]
    assert next((w.rung, w.kind) for w in ways) == (Rung.PLATFORM_REPORT, "")
    assert (Rung.AUTHOR_REQUEST, "conversation") not in [(w.rung, w.kind) for w in ways]
