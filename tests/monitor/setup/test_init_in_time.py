"""A look at the places within the minute: what each part of it may take, and what a silent site is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from data.errors import Unreadable
from data.types import Outcome, Source, SourceRun
from monitor.setup.survey import LOOK_UP_S, MINUTE_S, NO_TIME, InTime, PlaceRead, decided
from sources.places.by_address import by_address
from sources.places.table import Proposal

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
SEARCH = "https://news.example.org/search?q="


def read(key: str, outcome: Outcome, detail: str = "", url: str = SEARCH) -> PlaceRead:
    run = SourceRun(key, NOW, NOW, outcome, detail=detail)
    return PlaceRead(Proposal(Source(key, "feed", f"{url}{key}"), "News.", "Open.", date(2026, 11, 1)), run)


@pytest.mark.parametrize("detail", ["No answer came in 10 seconds.", NO_TIME])
def test_a_search_that_did_not_answer_is_on_where_another_of_the_same_site_was_read(detail: str) -> None:
    silent = read("b", Outcome.UNREACHABLE, detail)
    first, second = decided([read("a", Outcome.OK), silent], NOW)
    assert first.source.disabled is None
    assert second.source.disabled is None


def test_a_site_that_never_answered_stays_off_with_the_command_that_tries_it() -> None:
    (off,) = decided([read("a", Outcome.UNREACHABLE, "No answer came.")], NOW)
    assert "schoolgate source test a" in (off.source.disabled or "")


def test_a_search_that_its_site_closes_is_off_though_another_was_read() -> None:
    closed = read("b", Outcome.REFUSED_BY_ROBOTS)
    _, off = decided([read("a", Outcome.OK), closed], NOW)
    assert "robots.txt" in (off.source.disabled or "")


def test_looking_up_leaves_most_of_the_minute_for_reading() -> None:
    whole = InTime(SimpleNamespace(), 100.0, lambda: NOW, lambda: 100.0 - MINUTE_S)
    assert whole.within(LOOK_UP_S).until == 100.0 - MINUTE_S + LOOK_UP_S
    assert replace(whole, timer=lambda: 99.0).within(LOOK_UP_S).until == 100.0
    assert LOOK_UP_S <= MINUTE_S / 3


def test_a_page_that_takes_too_much_to_read_is_one_where_nothing_is_found() -> None:
    def gave_up(*_: object) -> None:
        raise Unreadable("It was stopped.")

    reader = InTime(SimpleNamespace(apart=gave_up), 60.0, lambda: NOW, lambda: 0.0)
    assert reader.found(by_address, "https://town.example.org/") == ()
