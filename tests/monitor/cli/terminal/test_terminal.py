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
from support.pseudo_terminal import shown_at
from support.terminal_marks import WHOLE, unseen

from data.types import Outcome, Source, SourceRun
from monitor.terminal import output
from monitor.terminal.output import Document, in_json, printed, say, set_up_log, visible
from monitor.terminal.progress import Progress
from monitor.terminal.table import ONE_EACH, Cell, Tone, folded, table

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


# A table on the terminal: heads, a row an entry, as wide as the terminal, nothing of an id lost.


HEADS = ("Id", "Raised", "How grave", "What it is")
LONG = (
    "A member of staff’s home street and car are given on a town group, and two parents have shared it. " * 2
)
ROWS = [
    ("6d1ee807", "Fri 20 Nov, 15:20", Cell("today", Tone.GRAVE), LONG),
    ("00aa11bb", "Mon 2 Feb 2026, 09:05", Cell("to note"), "Choir at the hospice"),
]
PRINTS = """
from monitor.terminal.output import guard, say
from monitor.terminal.table import Cell, Tone, table
guard()
for line in table(("Id", "What"), [("6d1ee807", Cell("today", Tone.GRAVE)), ("\\x1b[2Jx", "words " * 50)]):
    say(line)
"""


@pytest.mark.parametrize("width", [80, 120])
def test_lines_are_no_wider_than_the_terminal_and_use_its_width(width):
    lines = table(HEADS, ROWS, width=width)
    assert width - 20 < max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_heads_stand_over_their_columns(width):
    head, first, *_ = table(HEADS, ROWS, width=width)
    assert [first.index(str(c)) for c in ("6d1ee807", "Fri", "today", "A member")] == [
        head.index(h) for h in HEADS
    ]


def test_what_wraps_goes_on_below_itself_and_loses_nothing():
    head, *lines = table(HEADS, ROWS, width=80)
    column = head.index("What it is")
    of_first = lines[: next(n for n, line in enumerate(lines) if line.startswith("00aa11bb"))]
    assert all(not line[:column].strip() for line in of_first[1:])
    assert " ".join(line[column:] for line in of_first).split() == LONG.split()


@given(st.integers(20, 200))
def test_an_id_is_never_cut_however_narrow_the_terminal(width):
    told = "\n".join(table(HEADS, ROWS, width=width))
    assert all(word in told for word in ("6d1ee807", "00aa11bb"))


def test_where_columns_do_not_fit_each_entry_is_told_in_lines():
    lines = table(HEADS, ROWS, width=40)
    assert lines[:3] == ["Id: 6d1ee807", "Raised: Fri 20 Nov, 15:20", "How grave: today"]
    assert "" in lines
    assert max(map(len, lines)) <= 40


def test_an_address_that_is_wider_than_its_column_goes_on_in_the_next_line():
    address = "https://example.org/" + "a" * 90
    _, *lines = table(("Id", "Where"), [("1", address)], width=80)
    assert "".join(line.strip() for line in lines) == f"1   {address}"


def test_a_column_without_any_text_is_left_out():
    assert table(("Id", "Place", "What"), [("1", "", "a"), ("2", " ", "b")]) == ["Id  What", "1   a", "2   b"]


def test_nothing_is_said_of_no_rows():
    assert table(HEADS, []) == []


def test_what_somebody_else_wrote_stays_in_its_row_and_cannot_steer_the_terminal():
    _, line, *more = table(("Id", "What"), [("1", "one\n2  passes for a row\x1b[2J\u202e [bold]x[/] :bug:")])
    assert more == []
    assert line == r"1   one 2 passes for a row\u001b[2J\u202e [bold]x[/] :bug:"


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=3))
def test_whatever_is_in_the_cells_no_line_holds_what_cannot_be_seen(rows):
    assert not any(unseen(line) for line in table(("A", "B"), rows, width=80))


def test_a_row_of_another_length_than_the_heads_is_a_mistake():
    with pytest.raises(ValueError, match="zip"):
        table(HEADS, [("one", "two")])


def test_a_terminal_shows_colour_and_only_ours():
    told = shown_at(80, PRINTS)
    assert "\x1b[1;31mtoday" in told
    assert r"\u001b[2Jx" in told
    assert "\x1b[2J" not in told


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_whoever_asks_for_no_colour_gets_none(env):
    assert "\x1b" not in shown_at(80, PRINTS, env=env)


def test_a_file_gets_no_codes_and_eighty_columns():
    page = io.StringIO()
    with redirect_stdout(page):
        for line in table(HEADS, ROWS):
            say(line)
    assert "\x1b" not in page.getvalue()
    assert max(map(len, page.getvalue().splitlines())) <= 80


def test_json_of_a_line_is_its_text():
    (_, line) = table(("Id", "What"), [("1", Cell("today", Tone.GRAVE))])
    assert json.loads(json.dumps(line)) == "1   today"


def test_a_letter_counted_as_one_column_is_one():
    from rich.cells import get_character_cell_size as size

    letters = [chr(n) for n in range(0x30000)]
    assert not [c for c in letters if ONE_EACH.fullmatch(c) and size(c) != 1]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("日本語テキスト", ["日本", "語テ", "キス", "ト"]),
        ("ab 日本 cd", ["ab", "日本", "cd"]),
        ("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧 a", ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧 a"]),
        ("abcdefgh ij", ["abcd", "efgh", "ij"]),
        ("", [""]),
    ],
)
def test_letters_of_two_columns_and_words_wider_than_the_column_are_folded_where_they_stand(text, lines):
    assert folded(text, 4) == lines


def test_columns_that_wrap_share_what_is_left_and_the_widest_gives_first():
    rows = [("1", "a " * 60, "b " * 20, "c " * 50)]
    head, *_ = table(("Id", "A", "B", "C"), rows, wraps=("A", "B", "C"), width=90)
    assert [head.index(column) for column in "ABC"] == [4, 33, 62]
