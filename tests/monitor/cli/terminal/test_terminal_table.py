"""A table on the terminal: heads, a row an entry, as wide as the terminal, nothing of an id lost."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pseudo_terminal import shown_at
from support.terminal_marks import unseen

from monitor.terminal.output import say
from monitor.terminal.table import ONE_EACH, Cell, Tone, folded, table

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
