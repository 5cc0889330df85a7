"""Compression undone, never past a cap."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.types import Outcome
from sources.http.aborted import FetchAborted
from sources.http.content_encoding import GZIP, StreamEnd, decoded, in_units, inflated


def outcome(body, encodings, cap=1000):
    with pytest.raises(FetchAborted) as stop:
        decoded(body, encodings, cap)
    return stop.value.outcome


@given(st.binary(max_size=2000), st.sampled_from(["gzip", "x-gzip", "deflate", "deflate, gzip", ""]))
def test_what_was_packed_comes_back(data, encodings):
    packed = data
    for name in filter(None, encodings.split(", ")):
        packed = zlib.compress(packed) if name == "deflate" else gzip.compress(packed)
    assert decoded(packed, encodings, 4000) == data


@given(st.binary(max_size=2000))
def test_a_bare_deflate_stream_is_understood(data):
    assert decoded(zlib.compress(data)[2:-4], "deflate", 4000) == data


def test_several_gzip_members_are_one_document():
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 100) == b"one two"


def test_padding_after_the_stream_is_left():
    assert decoded(gzip.compress(b"all") + b"\0" * 9, "gzip", 100) == b"all"


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "gzip, gzip, gzip"]))
def test_any_bytes_give_at_most_the_cap_or_a_known_end(body, encodings):
    try:
        size = len(decoded(body, encodings, 50))
    except FetchAborted as stop:
        size, known = 0, stop.outcome in (Outcome.MALFORMED, Outcome.TOO_LARGE)
    else:
        known = True
    assert known
    assert size <= 50


def test_many_small_members_take_no_longer_than_one_large():
    member = gzip.compress(b"")
    assert decoded(member * 20_000 + gzip.compress(b"end"), "gzip", 100) == b"end"


def test_a_member_that_breaks_off_or_is_damaged_is_no_padding():
    whole, other = gzip.compress(b"one"), gzip.compress(b"two" * 99)
    assert outcome(whole + other[:-9], "gzip") is Outcome.MALFORMED
    assert outcome(whole + other[:12] + b"\xff" * 9, "gzip") is Outcome.MALFORMED


def test_what_came_before_the_damage_is_kept():
    text = b" ".join(b"%d" % (n * n) for n in range(50_000))
    packed = gzip.compress(text)
    broken = packed[:-2000] + b"\xff" * 2000
    part, ending = inflated(broken, GZIP, 1_000_000)
    assert ending is StreamEnd.DAMAGED
    assert len(part) > 100_000
    assert text.startswith(part[:100_000])


def test_the_cap_is_exact():
    packed = gzip.compress(b"x" * 1000)
    assert len(decoded(packed, "gzip", 1000)) == 1000
    assert outcome(packed, "gzip", 999) is Outcome.TOO_LARGE


def test_every_layer_and_member_counts_to_the_cap():
    bomb = gzip.compress(gzip.compress(b"\0" * 1_000_000))
    assert outcome(bomb, "gzip, gzip", 500_000) is Outcome.TOO_LARGE
    assert outcome(gzip.compress(b"x" * 600) * 2, "gzip") is Outcome.TOO_LARGE


def test_damage_and_foreign_encodings_are_malformed():
    assert outcome(gzip.compress(b"x" * 500)[:-12], "gzip") is Outcome.MALFORMED
    assert outcome(b"junk", "gzip") is Outcome.MALFORMED
    assert outcome(b"junk", "br") is Outcome.MALFORMED
    assert outcome(b"junk", "gzip, gzip, gzip") is Outcome.MALFORMED


def test_of_a_page_that_is_cut_what_can_be_had_is_given():
    text = b"".join(b"line %d\n" % n for n in range(5000))
    packed = gzip.compress(text)
    part = decoded(packed[: len(packed) // 2], "gzip", 100_000, cut=True)
    assert text.startswith(part)
    assert part
    assert decoded(packed, "gzip", 100, cut=True) == text[:100]


def test_sizes_are_said_as_people_say_them():
    assert [in_units(n) for n in (90, 512 * 1024, 10 * 1024 * 1024)] == ["90 bytes", "512 kB", "10 MB"]
