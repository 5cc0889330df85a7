"""The one-time address of an alert: made by us alone, and saying nothing."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from alerts.links import Links
from data.ids import digest

BASE = "https://schoolgate.example.sch.uk"
SECRET = bytes(range(32))
KEYS = st.text("0123456789abcdef", min_size=32, max_size=64)
ANY = st.text(st.characters(codec=None, exclude_categories=[]), max_size=80)


def token(links: Links, key: str) -> str:
    address = links.acknowledge(key)
    assert address is not None
    return address.rpartition("/")[2]


def test_without_base_url_there_is_no_address() -> None:
    assert Links(secret=SECRET).acknowledge(digest("outbox", "1")) is None


def test_the_address_begins_with_base_url_however_that_ends() -> None:
    key = digest("outbox", "1")
    assert Links(BASE, SECRET).acknowledge(key) == Links(f"{BASE}/", SECRET).acknowledge(key)
    assert str(Links(BASE, SECRET).acknowledge(key)).startswith(f"{BASE}/ack/")


@given(KEYS)
def test_a_token_leads_back_to_the_message_it_was_made_for(key: str) -> None:
    links = Links(BASE, SECRET)
    beginning = links.beginning_of_key(token(links, key))
    assert beginning is not None
    assert key.startswith(beginning)


@given(KEYS)
def test_a_token_can_stand_in_an_address_as_it_is(key: str) -> None:
    links = Links(BASE, SECRET)
    address = str(links.acknowledge(key))
    assert quote(token(links, key), safe="") == token(links, key)
    assert not urlsplit(address).query
    assert not urlsplit(address).fragment


@given(ANY)
@example("a" * 16 + "\ud800" * 32)
@example("\ud800" * 48)
def test_what_we_did_not_make_opens_nothing_and_breaks_nothing(text: str) -> None:
    assert Links(BASE, SECRET).beginning_of_key(text) is None


@given(KEYS, st.integers(0, 47), st.sampled_from("0123456789abcdef"))
def test_a_token_with_one_letter_changed_opens_nothing(key: str, at: int, letter: str) -> None:
    links = Links(BASE, SECRET)
    made = token(links, key)
    changed = made[:at] + letter + made[at + 1 :]
    if changed != made:
        assert links.beginning_of_key(changed) is None


@given(KEYS)
def test_a_token_of_another_house_or_cut_short_or_drawn_out_opens_nothing(key: str) -> None:
    links = Links(BASE, SECRET)
    made = token(links, key)
    assert Links(BASE, bytes(32)).beginning_of_key(made) is None
    assert links.beginning_of_key(made[:-1]) is None
    assert links.beginning_of_key(made + "0") is None


@given(KEYS)
def test_without_a_secret_no_token_opens_anything(key: str) -> None:
    assert Links(BASE).beginning_of_key(token(Links(BASE), key)) is None


def test_the_secret_is_never_shown() -> None:
    assert SECRET.hex() not in repr(Links(BASE, SECRET))
    assert repr(SECRET) not in repr(Links(BASE, SECRET))
