"""What the desk says in plain words: no command, no code, and no midnight as a time of today."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.matters import DECIDE, NextDate
from data.words.say import words
from monitor.desk.matter.facts import due_words

_OF_THE_SHELL = re.compile(r"\bschoolgate[ .][a-z]|(?<!\w)--[a-z]|\bC\d+\b|\b[a-z]+(_[a-z0-9]+)+\b")
_LONDON = ZoneInfo("Europe/London")
MIDNIGHT = datetime(2026, 11, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "table", ["refusal", "letter.ask", "letter.remedy", "letter.unwise", "letter.why_not"]
)
def test_a_refusal_or_a_letters_question_names_no_command_and_no_class(table):
    lines = words("en").lines
    said = {key: str(lines[key]) for key in lines if key.startswith(f"{table}.")}
    assert said
    assert not [key for key, text in said.items() if _OF_THE_SHELL.search(re.sub(r"\{\w+\}", "", text))]


@pytest.mark.parametrize(
    ("at", "now", "said"),
    [
        (MIDNIGHT, MIDNIGHT - timedelta(hours=9), "Somebody has to decide by the end of Tuesday."),
        (MIDNIGHT, MIDNIGHT + timedelta(hours=9), "Somebody was to decide by the end of Tuesday."),
        (
            MIDNIGHT - timedelta(hours=2),
            MIDNIGHT - timedelta(hours=9),
            "Somebody has to decide by 22:00 today.",
        ),
    ],
)
def test_what_ends_at_midnight_is_said_as_the_end_of_its_day_on_that_day_and_the_next(at, now, said):
    assert due_words(NextDate(at, DECIDE, now > at), now, _LONDON, words("en")) == said
