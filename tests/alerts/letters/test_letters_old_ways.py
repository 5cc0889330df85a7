"""A letter says that the way it goes was looked at long ago: platforms and helplines change theirs untold."""

from dataclasses import replace
from datetime import date

import pytest
from builders.letter import example

from alerts.letters.kinds import SPECS, LetterKind, LetterReader
from alerts.routes.ways import helplines, platforms

BY_A_WAY = [
    kind for kind in LetterKind if SPECS[kind].reader in (LetterReader.PLATFORM, LetterReader.HELPLINE)
]


@pytest.fixture
def looked_at(monkeypatch):
    def on(day):
        for rows in (platforms(), helplines()):
            for key, row in rows.items():
                other = [replace(way, checked_on=day) for way in getattr(row, "ways", ())]
                aged = replace(row, checked_on=day, **({"ways": tuple(other)} if other else {}))
                monkeypatch.setitem(rows, key, aged)

    return on


@pytest.mark.parametrize("kind", BY_A_WAY)
def test_over_six_months_after_a_way_was_looked_at_its_letters_say_so(kind, looked_at):
    looked_at(date(2026, 5, 19))
    said = "was last checked on 19 May 2026, over six months ago: check it before you send this."
    assert said in example(kind).notice


@pytest.mark.parametrize("kind", BY_A_WAY)
def test_until_then_they_do_not(kind, looked_at):
    looked_at(date(2026, 5, 20))
    assert "over six months" not in example(kind).notice


def test_a_letter_that_goes_no_such_way_says_nothing_of_it(looked_at):
    looked_at(date(2020, 1, 1))
    assert "over six months" not in example(LetterKind.PARENT_INVITATION).notice
