"""`doctor`: the school's days, its language, and where its pages are reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from builders.doctor import HEXLEY, OAKFIELD, TODAY, configured, read, told

from data.register.calendar import Calendar, Term
from monitor.config.load import Config
from monitor.setup.doctor import night as days


def with_terms(*terms: Term, closed: tuple[date, ...] = ()) -> Config:
    calendar = Calendar("england", terms, frozenset(closed))
    return replace(configured(), calendars={"900001": calendar})


SPRING = Term(date(2027, 1, 4), date(2027, 2, 12))
LONG = Term(date(2027, 2, 22), date(2027, 7, 20))


def test_terms_that_go_on_with_an_inset_day_before_one_are_in_order() -> None:
    assert not told(days.days(with_terms(SPRING, LONG, closed=(date(2027, 2, 19), date(2027, 6, 4))), TODAY))


def test_without_terms_the_digest_comes_in_the_holidays_too() -> None:
    assert told(days.days(with_terms(), TODAY)) == [
        "Oakfield Primary School: no terms are given, so the digest comes in the holidays too."
    ]


@pytest.mark.parametrize(
    ("last", "what"),
    [
        (date(2027, 2, 28), "the last term ended on 28 February 2027: every weekday that is no bank holiday"),
        (date(2027, 3, 1), "the last term that is given ends on 1 March 2027; after it every weekday"),
        (date(2027, 3, 22), "the last term that is given ends on 22 March 2027"),
        (date(2027, 3, 23), None),
    ],
)
def test_terms_that_run_out_within_three_weeks_are_told(last: date, what: str | None) -> None:
    found = told(days.days(with_terms(Term(date(2027, 1, 4), last)), TODAY))
    assert [what in line for line in found if what] == [True] * (what is not None)


def test_a_day_that_is_closed_in_no_term_is_told() -> None:
    found = told(days.days(with_terms(SPRING, LONG, closed=(date(2027, 2, 17),)), TODAY))
    assert found == ["Oakfield Primary School: closed on 17 February 2027, which is in no term."]


def test_without_base_url_alerts_are_acknowledged_by_command_alone(tmp_path: Path) -> None:
    assert told(days.pages(read(tmp_path, ""))) == [
        "No “base_url”: messages hold no link, and alerts can be read and acknowledged only by command."
    ]


def test_a_place_to_listen_without_base_url_does_nothing(tmp_path: Path) -> None:
    found = told(days.pages(read(tmp_path, '[serve]\nlisten = "127.0.0.1:8000"\n')))
    assert "“listen” in [serve] does nothing without “base_url”." in found


SECURE = "https://schoolgate.example.sch.uk"


@pytest.mark.parametrize(
    ("base_url", "listen", "words"),
    [
        (SECURE, "127.0.0.1:8477", []),
        (SECURE, "[::1]:8477", []),
        ("http://localhost:8477", "localhost:8477", []),
        ("http://schoolgate.example.sch.uk", "127.0.0.1:8477", ["is not https"]),
        (SECURE, "0.0.0.0:8477", ["without TLS, beyond this machine"]),
        (SECURE, "192.0.2.7:8477", ["without TLS, beyond this machine"]),
    ],
)
def test_pages_without_tls_beyond_this_machine_are_told(base_url: str, listen: str, words: list[str]) -> None:
    config = replace(configured(), base_url=base_url)
    config = replace(config, serve=replace(config.serve, listen=listen))
    found = told(days.pages(config))
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))


def test_a_school_whose_settings_ask_for_welsh_is_told_that_it_is_written_to_in_english() -> None:
    config = configured(schools=(OAKFIELD, HEXLEY))
    assert not told(days.language(config))
    assert told(days.language(replace(config, in_english=(HEXLEY.urn,)))) == [
        "Hexley Primary School: its settings ask for Welsh, and Schoolgate writes English: "
        "that is what its people are sent."
    ]
