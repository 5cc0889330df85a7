"""Addresses that only we can have made, and that tell nobody anything."""

from __future__ import annotations

import hmac
from base64 import b32decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import Links, Ticket
from data.ids import digest

NOW = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
LINKS = Links("https://schoolgate.example.org/", b"s" * 32)
STORY = digest("a story")[:16]


def token_of(story=STORY, person="b-patel", at=NOW, links=LINKS):
    return links.page(story, person, at).rpartition("/")[2]


TOKEN = token_of()


def test_an_address_leads_to_its_story_for_its_person() -> None:
    assert LINKS.page(STORY, "b-patel", NOW) == f"https://schoolgate.example.org/m/{TOKEN}"
    assert LINKS.ticket(TOKEN) == Ticket(STORY, LINKS.holder("b-patel"), NOW)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40), st.integers(0, 10_000_000))
def test_whatever_ids_are_called_the_address_says_them_to_us(story: str, person: str, minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    assert LINKS.ticket(token_of(story, person, at)) == Ticket(story, LINKS.holder(person), at)


def test_it_is_short_enough_for_a_text_message_and_of_letters_and_digits_alone() -> None:
    assert len(TOKEN) == 52
    assert TOKEN.isalnum()
    assert TOKEN.lower() == TOKEN


def test_it_tells_neither_story_nor_person_nor_time_to_whoever_reads_it() -> None:
    whole = b32decode(TOKEN.upper() + "=" * (-len(TOKEN) % 8))
    assert bytes.fromhex(STORY) not in whole
    assert LINKS.holder("b-patel") not in whole
    later = b32decode(token_of(at=NOW + timedelta(minutes=1)).upper() + "=" * (-len(TOKEN) % 8))
    assert not any(a == b for a, b in zip(whole[:6], later[:6], strict=True))


def test_an_address_is_aes_siv_under_a_key_of_its_own() -> None:
    whole = b32decode(TOKEN.upper() + "=" * (-len(TOKEN) % 8))
    cipher = AESSIV(hmac.digest(b"s" * 32, b"page\0AES-SIV", "sha512"))
    assert bytes.fromhex(STORY) in cipher.decrypt(whole, None)


def test_each_person_has_an_address_of_their_own() -> None:
    assert token_of(person="a-pike") != TOKEN
    assert LINKS.holder("a-pike") != LINKS.holder("b-patel")


def test_an_address_is_its_persons_by_their_mail_too_in_letters_of_any_size() -> None:
    then, now, large = (
        replace(LINKS, mails={"b-patel": mail}).holder("b-patel")
        for mail in ("b.patel@example.org", "newcomer@example.org", "B.Patel@Example.Org")
    )
    assert (then == large, then == now, then == LINKS.holder("b-patel")) == (True, False, False)


def test_without_a_base_url_there_is_no_address() -> None:
    assert Links().page(STORY, "b-patel", NOW) is None


def test_without_a_secret_no_address_is_ours() -> None:
    unset = Links("https://schoolgate.example.org")
    assert unset.ticket(token_of(links=unset)) is None


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_an_address_with_any_letter_changed_is_not_ours(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert (LINKS.ticket(changed) is not None) == (changed == TOKEN)


@given(st.text(max_size=100) | st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", max_size=100))
def test_whatever_else_is_asked_for_is_not_ours(token: str) -> None:
    assert LINKS.ticket(token) is None


def test_another_home_knows_none_of_our_addresses() -> None:
    assert Links(LINKS.base_url, b"t" * 32).ticket(TOKEN) is None


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
