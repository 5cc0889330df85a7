"""What somebody else wrote cannot steer the terminal it is shown on."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest
from builders.mention import NOW
from hypothesis import given
from hypothesis import strategies as st
from support.documents import content
from support.terminal_marks import WHOLE, unseen

from data.types import Outcome, Source, SourceRun
from monitor.terminal import output
from monitor.terminal.output import Document, in_json, printed, set_up_log, visible
from monitor.terminal.progress import Progress

SEEN = ("Ysgol Tŷ Gŵyr, Llanfair-ym-Muallt: cŵl — “iawn”", "naïve façade", "مدرسة", "בית ספר", *WHOLE)


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_stays_as_it_is(text):
    assert visible(text) == visible(f"a{text}b")[1:-1] == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;owned\x07", r"\u001b[2J\u001b]0;owned\u0007"),
        ("\x9b31m", r"\u009b31m"),
        ("a\u202eb", r"a\u202eb"),
        ("pay\u200bpal", r"pay\u200bpal"),
        ("a\u200db", r"a\u200db"),
        ("\ufeffx", r"\ufeffx"),
        ("\U000e0041", r"\udb40\udc41"),
        ("🏴\U000e0075\U000e0073\U000e007f", r"🏴\udb40\udc75\udb40\udc73\udb40\udc7f"),
        ("\ud800", r"\ud800"),
        ("over\rwritten", r"over\rwritten"),
        ("two\r\nlines", "two\nlines"),
    ],
)
def test_what_is_not_seen_is_shown(text, shown):
    assert visible(text) == shown


def test_nothing_unseen_is_left_of_any_letter():
    every = "".join(chr(n) for n in range(sys.maxunicode + 1))
    assert unseen(visible(every)) == []


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\u200d\ufe0f🏴👩\u202e\x1b\r\n🏽"))))
def test_twice_does_no_more_than_once_and_json_means_the_same(text):
    once = visible(text)
    assert visible(once) == once
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


def test_a_further_line_of_what_somebody_wrote_passes_for_none_of_ours():
    assert (
        printed("  Thank you!\n\n    - no threat was found")
        == "  Thank you!\n\n  |     - no threat was found"
    )
    assert printed("title\u2028Case 4 is closed") == r"title\u2028Case 4 is closed"


def test_the_lines_of_a_document_are_its_own():
    assert printed(Document("Dear Ms Holt\n\nYours")) == "Dear Ms Holt\n\nYours"
    told = in_json({"mention": "\x1b\u202e"})
    assert content(printed(told)) == {"mention": "\x1b\u202e"}


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def guarded(kind=io.StringIO):
    """Standard output and standard error, as the command has them."""
    out, err = kind(), kind()
    with redirect_stdout(out), redirect_stderr(err):
        output.guard()
        yield out, err


def test_whoever_prints_is_made_visible():
    with guarded() as (out, err):
        sys.stdout.write("a\x1b[1m")
        sys.stderr.writelines(["b\u202e"])
        output.guard()
        output.say("once\x1b")
    assert out.getvalue() == "a\\u001b[1monce\\u001b\n"
    assert err.getvalue() == r"b\u202e"


def test_a_log_entry_is_one_entry():
    with guarded() as (_, err):
        set_up_log(verbose=False)
        logging.getLogger("schoolgate.x").warning("of \x1b[1m\nschoolgate.service all is well")
    logging.getLogger("schoolgate").handlers.clear()
    assert "\x1b" not in err.getvalue()
    assert err.getvalue().splitlines()[1] == "| schoolgate.service all is well"


def test_a_live_line_shows_the_name_of_a_place_as_it_is():
    source = Source("a", "feed", "https://example.org", ("900001",), name="\x1b]0;x\u202e[bold]")
    with guarded(Screen) as (_, err):
        progress = Progress()
        with progress.over([source]):
            progress.started(source)
            time.sleep(0.3)
            progress.finished(source, SourceRun("a", NOW, NOW, Outcome.OK, mentions_new=1))
    told = err.getvalue()
    assert r"reading \u001b]0;x\u202e[bold]" in told
    assert "\x1b]" not in told
    assert "\u202e" not in told


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Who is it to?", "Who is it to? "),
        ("Your name", "Your name: "),
        (f"{'What is meant by it, ' * 5}and why?", "and why?\n> "),
    ],
)
def test_a_question_ends_as_it_is_put_and_a_long_one_leaves_its_answer_a_line(monkeypatch, question, shown):
    with redirect_stdout(io.StringIO()) as out:
        monkeypatch.setattr(sys, "stdin", io.StringIO("so\n"))
        assert output.asked(question) == "so"
    assert out.getvalue().endswith(shown)
    assert max(map(len, out.getvalue().split("\n"))) <= 80
