"""The words of a picture come from a process of their own, one at a time, and are a stranger's."""

from __future__ import annotations

import json
import struct
import sys
import threading
import time

import pytest

from monitor.desk.picture import MOST_READ, PictureReader, picture_reader
from sources.parser_process import Bounds, ParserProcess

PICTURE = b"\x89PNG\r\n\x1a\n of nobody"
_TAKES = "import sys, struct, time; i = sys.stdin.buffer; i.read(struct.unpack('>Q', i.read(8))[0])"


def standing_in(answer, before="0", bounds=None):
    """A process that takes a picture, waits, and answers with these bytes whatever was on it."""
    told = struct.pack(">Q", len(answer)) + answer
    said = f"o = sys.stdout.buffer; o.write({told!r}); o.flush(); time.sleep(60)"
    command = (sys.executable, "-c", f"{_TAKES}; time.sleep({before}); {said}")
    return ParserProcess(time.monotonic, bounds or Bounds(5.0, 10.0, 512), command)


def read_by(answer, **given):
    return PictureReader(standing_in(b"f" + json.dumps(answer).encode(), **given))(PICTURE)


def test_the_words_come_back_line_by_line():
    assert read_by(" One\nTwo ") == "One\nTwo"


def test_signs_that_cannot_be_seen_are_shown():
    assert read_by("Come\u202e here\u200b.\x1b[2J") == "Come⟦U+202E⟧ here⟦U+200B⟧.⟦U+001B⟧[2J"


@pytest.mark.parametrize("answer", ["word " * 100_000, "\u202e." * 9_000])
def test_no_more_comes_back_than_a_screen_shows(answer):
    assert len(read_by(answer)) <= MOST_READ


@pytest.mark.parametrize("answer", [b"f7", b"f[]", b"x", b"", b'r["LookupError", "a.py:1", ""]', b'f"\xff"'])
def test_a_reader_that_fails_proposes_nothing_and_ends(answer, caplog):
    apart = standing_in(answer)
    assert PictureReader(apart)(PICTURE) == ""
    assert apart.pid is None
    assert "a picture was not read" in caplog.text


def test_one_that_takes_too_long_is_ended_and_proposes_nothing():
    apart = standing_in(b'f"late"', before="60", bounds=Bounds(5.0, 0.3, 512))
    assert PictureReader(apart)(PICTURE) == ""
    assert apart.pid is None


def test_its_process_ends_after_each_picture():
    apart = standing_in(b'f"One"')
    reads = PictureReader(apart)
    assert [reads(PICTURE), apart.pid, reads(PICTURE)] == ["One", None, "One"]


def test_one_picture_is_read_at_a_time_and_nobody_waits_long_for_another():
    apart = standing_in(b'f"One"', before="0.6")
    reads, found = PictureReader(apart, turn_s=0.05), []
    first = threading.Thread(target=lambda: found.append(reads(PICTURE)))
    first.start()
    while apart.pid is None:
        time.sleep(0.01)
    assert reads(PICTURE) == ""
    first.join()
    assert found == ["One"]


def test_nothing_of_a_picture_or_its_words_is_logged(caplog):
    caplog.set_level("DEBUG")
    read_by("She said it at the gate")
    PictureReader(standing_in(b'r["OSError", "a.py:1", "She said it"]'))(PICTURE)
    assert "She said" not in caplog.text
    assert "of nobody" not in caplog.text


def test_without_the_extra_nothing_reads(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert picture_reader() is None
