"""Addresses that only we can have made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import Links
from data.ids import digest

NOW = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
LINKS = Links("https://schoolgate.example.org/", b"s" * 32)
KEY = digest("a message")
TOKEN = LINKS.acknowledge(KEY).rpartition("/")[2]


def test_an_address_leads_to_its_message() -> None:
    assert LINKS.acknowledge(KEY) == f"https://schoolgate.example.org/ack/{TOKEN}"
    assert LINKS.beginning_of_key(TOKEN) == KEY[:16]


def test_without_a_base_url_there_is_no_address() -> None:
    assert Links().acknowledge(KEY) is None


def test_without_a_secret_no_address_is_ours() -> None:
    unset = Links("https://schoolgate.example.org")
    assert unset.beginning_of_key(unset.acknowledge(KEY).rpartition("/")[2]) is None


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_an_address_with_any_letter_changed_is_not_ours(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert (LINKS.beginning_of_key(changed) is not None) == (changed == TOKEN)


@given(st.text(max_size=100))
def test_whatever_else_is_asked_for_is_not_ours(token: str) -> None:
    assert LINKS.beginning_of_key(token) is None


def test_another_home_knows_none_of_our_addresses() -> None:
    assert Links(LINKS.base_url, b"t" * 32).beginning_of_key(TOKEN) is None


def test_the_secret_is_never_shown() -> None:
    assert "sss" not in repr(LINKS)


@pytest.mark.parametrize(
    ("after", "counts"),
    [(0, False), (1, True), (3600, True), (3601, False), (-5, False)],
    ids=["at_once", "a_second", "an_hour", "longer", "from_the_future"],
)
def test_a_form_counts_from_a_second_to_an_hour(after: int, counts: bool) -> None:
    proof = LINKS.proof(TOKEN, NOW)
    assert LINKS.proved(TOKEN, proof, NOW + timedelta(seconds=after)) is counts


def test_a_form_is_for_one_address() -> None:
    assert not LINKS.proved("another", LINKS.proof(TOKEN, NOW), NOW + timedelta(seconds=5))


@given(st.text(max_size=80))
def test_no_other_text_is_a_proof(proof: str) -> None:
    assert not LINKS.proved(TOKEN, proof, NOW)
