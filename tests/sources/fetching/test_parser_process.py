"""What strangers wrote is read in a process that can be ended; ours goes on."""

import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import support.strain
from builders.mutants import SETTINGS
from support.checkout import TESTS
from support.for_each import for_each
from support.strain import FAST, Both

from data.errors import InputError, Unreadable
from data.types import Response, Source
from sources import base
from sources.base import read_each
from sources.blocks.recognise import recognise_block
from sources.parser_process import Bounds, ParserProcess
from sources.registry import CATALOGUE, collector

NOW = datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC)
PAGE = Response("https://town.example.org/t1", 200, (("content-type", "text/html"),), b"<p>Hello</p>", NOW)


class Timer:
    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture(scope="module")
def apart():
    reader = support.strain.reader()
    yield reader
    reader.let_go(0.0)


def alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def gone(pid: int, within_s: float = 5.0) -> bool:
    ends = time.monotonic() + within_s
    while time.monotonic() < ends and alive(pid):
        time.sleep(0.02)
    return not alive(pid)


def test_a_process_is_begun_for_the_first_document_with_no_secret_of_ours_and_let_go_after_a_minute(
    monkeypatch,
):
    monkeypatch.setenv("SCHOOLGATE_MAIL_PASSWORD", "drowssap")
    timer, value = Timer(), Both("two\nlines é 🎒", NOW, (1.5, -0.0), None)
    reader = support.strain.reader(timer=timer)
    assert reader.pid is None
    assert reader(support.strain.echo, value) == value
    assert "drowssap" not in reader(support.strain.environment).values()
    child, timer.at = reader.pid, 59.0
    assert not reader.let_go()
    timer.at = 60.0
    assert reader.let_go()
    assert gone(child)
    assert reader.pid is None


def test_one_process_reads_for_all_threads_through_signals_and_chatter(apart):
    assert apart(support.strain.pid) == apart(support.strain.pid) == apart.pid != os.getpid()
    found = []
    threads = [threading.Thread(target=lambda: found.append(apart(support.strain.pid))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [apart.pid] * 8
    child = apart(support.strain.pid)
    os.kill(child, signal.SIGTERM)
    os.kill(child, signal.SIGINT)
    assert apart(support.strain.pid) == child
    assert (apart(support.strain.chatter), apart(support.strain.pid)) == (1, apart.pid)
    wall = Response(PAGE.url, 403, (), b"<html><title>Just a moment...</title></html>", NOW)
    assert apart(recognise_block, wall) == recognise_block(wall) is not None
    assert apart(recognise_block, PAGE) is None


@for_each("kind", sorted(CATALOGUE))
def test_every_kind_is_read_there_as_it_is_here(apart, kind):
    source = Source("s", kind, PAGE.url, settings=SETTINGS.get(kind, {}))
    read = collector(kind).parse
    assert apart(read, source, PAGE) == read(source, PAGE)


def test_a_document_that_takes_too_long_is_ended_and_the_next_is_read(apart):
    before = apart(support.strain.pid)
    with pytest.raises(Unreadable, match=r"more than 0\.3 seconds"):
        apart(support.strain.spin)
    assert apart(support.strain.pid) != before
    assert gone(before)


def test_one_that_waits_for_ever_is_ended_too():
    reader = support.strain.reader(Bounds(work_s=5.0, whole_s=1.5))
    with pytest.raises(Unreadable, match=r"more than 1\.5 seconds"):
        reader(support.strain.hang)
    assert reader.pid is None


def test_a_busy_machine_is_no_fault_of_the_documents(apart):
    """What counts is the processor's time of its own."""
    apart(support.strain.pid)
    os.kill(apart.pid, signal.SIGSTOP)
    waker = threading.Timer(2 * FAST.work_s, os.kill, (apart.pid, signal.SIGCONT))
    waker.start()
    assert apart(support.strain.pid) == apart.pid
    waker.join()


@pytest.mark.skipif(sys.platform != "linux", reason="a bound on memory is Linux's")
def test_a_document_that_takes_too_much_memory_is_ended(apart):
    with pytest.raises(Unreadable, match="memory"):
        apart(support.strain.hoard)
    assert apart(support.strain.pid) == apart.pid


def test_whatever_breaks_or_ends_the_process_costs_one_document_at_most(apart):
    with pytest.raises(Unreadable, match="crashed"):
        apart(support.strain.crash)
    assert apart(support.strain.pid) == apart.pid
    with pytest.raises(Unreadable):
        apart(support.strain.lie)
    assert apart(support.strain.pid) == apart.pid
    os.kill(apart(support.strain.pid), signal.SIGKILL)
    with suppress(Unreadable):
        apart(support.strain.pid)
    assert apart(support.strain.pid) == apart.pid


def test_a_fault_of_ours_keeps_its_kind_loses_its_words_and_a_sentence_for_people_comes_whole(apart, caplog):
    file = Path(support.strain.__file__).name
    with pytest.raises(Exception, match=rf"{re.escape(file)}:\d+") as raised:
        apart(support.strain.stumble, "words of a post")
    assert type(raised.value).__name__ == "LookupError"
    assert "fault=LookupError" in caplog.text
    assert "words of a post" not in f"{raised.value}{caplog.text}"
    with pytest.raises(InputError, match=r"^Name another kind$"):
        apart(support.strain.refuse, "Name another kind")


def test_what_calls_itself_an_error_is_one_short_line_of_the_log(apart, caplog):
    with pytest.raises(Exception, match=r"strain\.py:\d+"):
        apart(support.strain.stumble_over, "a\nERROR \x1b" + "x" * 999)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("fault=a\\nERROR \\x1bxxx")
    assert len(line) < 700


@for_each("said", [b"r" + b"[" * 100_000, b"r[1, 2, 3]", b"f" + b"[" * 100_000, b"x", b""])
def test_a_reader_that_answers_what_is_no_answer_is_ended(said):
    told = f"{struct.pack('>Q', len(said))!r} + {said!r}"
    answers = (
        f"import sys, time; sys.stdin.buffer.read(8); sys.stdout.buffer.write({told}); sys.stdout.flush()"
    )
    reader = ParserProcess(time.monotonic, command=(sys.executable, "-c", f"{answers}; time.sleep(60)"))
    with pytest.raises(Unreadable):
        reader(support.strain.pid)
    assert reader.pid is None


def test_it_ends_with_its_parent_however_that_ended():
    name = support.strain.__name__
    code = (
        f"import sys, time; sys.path.insert(0, {str(TESTS)!r})\n"
        f"from {name} import pid, reader\n"
        "read = reader(); print(read(pid), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.communicate()
    assert gone(child)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is read from Linux's /proc")
def test_a_process_that_has_grown_is_begun_anew():
    reader = support.strain.reader(Bounds())
    child = reader(support.strain.pid)
    assert reader(support.strain.grow) > 100
    assert reader.pid is None
    assert reader(support.strain.pid) != child
    reader.let_go(0.0)


# ------ an item that takes too long is left out, and the others are read
@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base._Turn, "began", None)
    base.time_items()


def _spun(seconds: float) -> float:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return seconds


@pytest.mark.usefixtures("timed")
def test_an_item_that_takes_too_long_is_left_out_and_counted() -> None:
    found, said = read_each(_spun, [0.01, 60.0, 0.02], item_s=0.05)
    assert found == [0.01, 0.02]
    assert said == ("Items that took too long to be read: 1.",)


@pytest.mark.usefixtures("timed")
def test_of_a_document_that_took_its_time_no_further_item_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_ALL_S", 0.05)
    assert read_each(_spun, [0.06, 0.0, 0.0]) == ([0.06], ("Items that took too long to be read: 2.",))


def test_outside_the_process_that_reads_nothing_is_timed() -> None:
    assert read_each(_spun, [0.02], item_s=0.01) == ([0.02], ())


_NAME = f"<author>{('A' * 499 + '<x/>') * 90}</author>"
"""Feedparser seeks an e-mail address from each letter of a name; this one is in pieces, and is not cut."""


def test_an_item_that_would_take_all_time_of_its_feed_hides_no_other():
    """Takes as long as such an item is given, in a process of its own."""
    items = f"<item><title>a & b</title>{_NAME}</item><item><title>Good</title></item>"
    feed = f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"
    answer = Response("https://e.test/feed", 200, (), feed.encode(), datetime(2026, 11, 20, tzinfo=UTC))
    apart = ParserProcess(time.monotonic)
    try:
        page = apart(collector("feed").parse, Source("s", "feed", answer.url), answer)
    finally:
        apart.let_go(0.0)
    assert "Good" in [mention.title for mention in page.mentions]
    assert page.unread == ("Items that took too long to be read: 1.",)
