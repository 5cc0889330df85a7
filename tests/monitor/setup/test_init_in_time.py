"""A look at the places within the minute: what each part of it may take, and what a silent site is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from data.errors import Unreadable
from data.types import Outcome, Source, SourceRun, SourceState
from monitor.setup.survey import LOOK_UP_S, MINUTE_S, InTime, PlaceRead, decided, place_lines
from sources.due import due
from sources.places.by_address import by_address
from sources.places.table import Proposal

NOW = datetime(2026, 11, 17, 16, 4, tzinfo=UTC)
SEARCH = "https://news.example.org/search?q="

FORBIDDEN = Proposal(
    Source("a", "feed", SEARCH), "News.", "Closed.", date(2026, 11, 1), "Its terms forbid it."
)


def read(key: str, outcome: Outcome, detail: str = "", url: str = SEARCH) -> PlaceRead:
    run = SourceRun(key, NOW, NOW, outcome, detail=detail)
    return PlaceRead(Proposal(Source(key, "feed", f"{url}{key}"), "News.", "Open.", date(2026, 11, 1)), run)


NOT_CLOSED = [one for one in Outcome if one is not Outcome.REFUSED_BY_ROBOTS]


@pytest.mark.parametrize("outcome", NOT_CLOSED)
def test_a_place_is_on_however_reading_it_ended_but_for_its_robots_txt(outcome: Outcome) -> None:
    (place,) = decided([read("a", outcome)], NOW)
    assert place.source.disabled is None


def test_a_place_whose_terms_forbid_reading_stays_off_with_the_reason() -> None:
    (place,) = decided([replace(read("a", Outcome.OK), run=None, proposal=FORBIDDEN)], NOW)
    assert place.source.disabled == "Its terms forbid it."


HOSTS = tuple("abcdefg")
DOWN = [
    set(),
    set(HOSTS),
    *({host} for host in HOSTS),
    *(set(Random(seed).sample(HOSTS, Random(seed).randint(2, 6))) for seed in range(50)),
]


@pytest.mark.parametrize("down", DOWN, ids=lambda down: "".join(sorted(down)) or "none")
def test_whatever_was_down_while_it_was_set_up_is_asked_again_within_the_hour(down: set[str]) -> None:
    tried = [read(host, Outcome.UNREACHABLE if host in down else Outcome.OK) for host in HOSTS]
    for host, place in zip(HOSTS, decided(tried, NOW), strict=True):
        failed = {"last_outcome": Outcome.UNREACHABLE, "failures_in_a_row": 1} if host in down else {}
        known = SourceState(host, first_run_at=NOW, last_run_at=NOW, **failed)
        assert place.source.disabled is None
        assert due(place.source, known, NOW + timedelta(hours=1)) or host not in down


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.UNREACHABLE, "not yet: not reached"),
        (Outcome.BLOCKED, "not yet: blocked, asked once a day"),
        (Outcome.GONE, "not yet: gone, asked again within a week"),
        (Outcome.REFUSED_BY_ROBOTS, "off: asks programs not to read it"),
    ],
)
def test_the_table_says_what_is_off_and_what_is_only_not_read_yet(outcome: Outcome, said: str) -> None:
    assert any(said in " ".join(line.split()) for line in place_lines([read("a", outcome)]))


def test_a_page_that_needs_scripts_is_not_said_to_refuse_us() -> None:
    lines = place_lines([read("a", Outcome.BLOCKED, "The page has no text without its scripts.")])
    said = " ".join(" ".join(lines).split())
    assert ("nothing without its scripts" in said, "blocked" in said) == (True, False)


def test_the_table_says_for_which_of_several_schools_each_place_is() -> None:
    names = {"900101": "East Larch Academy", "trust-x": "Brightwater Learning Trust"}
    of = {"a": ("900101",), "b": ("trust-x",), "c": tuple(names)}
    places = [read(key, Outcome.OK) for key in of]
    shown = [
        replace(p, proposal=replace(p.proposal, source=replace(p.source, urns=of[p.source.id])))
        for p in places
    ]
    lines = "\n".join(place_lines(shown, names))
    assert all(said in lines for said in ("For", *names.values(), "2 schools"))
    assert "For" not in "\n".join(place_lines(places, {"900101": "East Larch Academy"}))


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
