"""An envelope gives back what was put in, to the byte and as what it was, or nothing."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import KeyMissing, StoreDamaged
from data.keeping.envelope import CHUNK, HEADER_BYTES, Keyring, decrypted, encrypted, key_needed

KEYS = Keyring("a.key", (b"k" * 32,))
OTHERS = Keyring("b.key", (b"o" * 32,))
TAG = 16
EARLIER = (
    "c2Nob29sZ2F0ZS1lbmNyeXB0ZWQvMSBkNzUzODczMTY1ODQyNzdlChD5LRxD9uDt5Pwk7ypDNajWlZ7gpkXQlnTkjF6UHyT/"
    "1WGUMXAS7Lt5l51VEo3eHE2oa8Tm8vYn+kdzBv6JoZ4aEcnXr+o1rIo="
)
"""Written by the version of 25 November 2026, which encrypted evidence in place."""


def sealed(content: bytes, keys: Keyring = KEYS, about: str = "evidence/a") -> bytes:
    return b"".join(encrypted(BytesIO(content), keys, about))


def opened(kept: bytes, keys: Keyring = KEYS, about: str = "evidence/a") -> bytes:
    return b"".join(decrypted(BytesIO(kept), keys, about))


@given(content=st.binary(max_size=200))
def test_what_was_put_in_comes_out(content):
    kept = sealed(content)
    assert opened(kept) == content
    assert len(content) < 8 or content not in kept


@pytest.mark.parametrize("size", [0, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_content_of_any_number_of_chunks_comes_out(size):
    content = bytes(size)
    assert opened(sealed(content)) == content


def test_it_says_in_words_which_format_and_key_it_has():
    assert sealed(b"x").splitlines()[0] == f"schoolgate-encrypted/1 {KEYS.newest}".encode()
    assert key_needed(sealed(b"x")[:HEADER_BYTES]) == KEYS.newest
    assert key_needed(b"%PDF-1.7" * 20) == key_needed(b"") == ""


def test_the_same_content_is_never_encrypted_the_same_way_twice():
    assert sealed(b"x")[HEADER_BYTES:] != sealed(b"x")[HEADER_BYTES:]


@given(data=st.data())
def test_no_bit_of_it_can_be_flipped(data):
    kept = bytearray(sealed(b"what was seen"))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((StoreDamaged, KeyMissing)):
        opened(bytes(kept))


@given(data=st.data())
def test_nothing_can_be_cut_off_or_added(data):
    kept = sealed(b"what was seen")
    with pytest.raises(StoreDamaged):
        opened(kept[: data.draw(st.integers(0, len(kept) - 1))])
    with pytest.raises(StoreDamaged):
        opened(kept + data.draw(st.binary(min_size=1, max_size=40)))


def _chunks(kept: bytes) -> list[bytes]:
    size = CHUNK + TAG
    return [kept[n : n + size] for n in range(HEADER_BYTES, len(kept), size)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0, 2), (0, 2), (0, 0, 1, 2), (0, 1, 1, 2)])
def test_no_chunk_can_be_left_out_repeated_or_moved(order):
    kept = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    chunks = _chunks(kept)
    with pytest.raises(StoreDamaged, match="evidence/a is not as it was written"):
        opened(kept[:HEADER_BYTES] + b"".join(chunks[n] for n in order))


def test_it_opens_only_as_what_it_was_made_for():
    with pytest.raises(StoreDamaged, match="or is another file"):
        opened(sealed(b"x"), about="evidence/b")


def test_a_chunk_of_another_envelope_of_the_same_key_is_refused():
    one, other = sealed(b"one"), sealed(b"two")
    with pytest.raises(StoreDamaged):
        opened(one[:HEADER_BYTES] + other[HEADER_BYTES:])


def test_another_key_opens_nothing_and_the_one_needed_is_named():
    with pytest.raises(KeyMissing, match=rf"The key {KEYS.newest} is not in b\.key"):
        opened(sealed(b"x"), OTHERS)


def test_an_older_key_still_opens_what_it_encrypted():
    both = Keyring("a.key", OTHERS.held + KEYS.held)
    assert opened(sealed(b"x"), both) == b"x"
    assert key_needed(sealed(b"x", both)[:HEADER_BYTES]) == OTHERS.newest


def test_a_key_does_not_show_itself():
    assert "kkk" not in repr(KEYS)
    assert KEYS.newest not in (b"k" * 32).hex()


def test_an_envelope_of_an_earlier_version_opens():
    assert opened(b64decode(EARLIER)) == b"what was seen at the gate"


def test_what_is_not_an_envelope_is_said():
    with pytest.raises(StoreDamaged, match="is not encrypted, or its beginning is gone"):
        opened(b"plain")
