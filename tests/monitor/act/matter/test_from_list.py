"""A list of what somebody saw, as it is read: pasted lines, or a table."""

from __future__ import annotations

import pytest

from monitor.act.matter.joining import is_list, read_list


def read(text):
    """Of each line its address and words, or why it is refused."""
    lines = read_list(text, lambda url, words: "" if url or words else "nothing").lines
    return [line.why or (line.address, line.words) for line in lines]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("https://example.org/v/1", ("https://example.org/v/1", "")),
        ("  3. www.example.org/v/1 ", ("www.example.org/v/1", "")),
        ("https://example.org/v/1, he says it again", ("https://example.org/v/1", "he says it again")),
        ("Seen by Ann: https://example.org/v/1.", ("https://example.org/v/1", "Seen by Ann")),
        ("office@example.org rang", "address"),
    ],
)
def test_an_address_is_found_in_its_line_and_the_rest_is_words(line, found):
    assert read(line) == [found]


def test_lines_that_say_the_same_are_taken_once_and_empty_ones_not_counted():
    assert read("https://example.org/1\n\nhttps://EXAMPLE.org/1\n") == [("https://example.org/1", ""), "same"]


def test_what_is_refused_is_kept_as_it_was_typed():
    (line,) = read_list("2. https://example.org/u/ann", lambda url, words: "profile").lines
    assert (line.n, line.typed, line.why) == (1, "2. https://example.org/u/ann", "profile")


@pytest.mark.parametrize("begins", ["address,words", "\ufeffAddress;Words", '"words"\t"address"'])
def test_a_table_names_its_columns_in_any_order_however_they_are_parted(begins):
    parts = next(part for part in ",;\t" if part in begins)
    cells = ["https://example.org/1", '"one, two"']
    row = parts.join(reversed(cells) if "words" in begins[:6] else cells)
    assert is_list(f"{begins}\r\n{row}")
    assert read(f"{begins}\r\n{row}\r\n") == [("https://example.org/1", "one, two")]


def test_nothing_of_a_table_is_lost_that_cannot_be_read():
    text = 'address,words\nhttps://example.org/1,a,b\nhttps://example.org/2,"one\nhttps://example.org/3,x'
    lines = read_list(text, lambda url, words: "").lines
    assert [line.why for line in lines] == ["cells", "quotes"]
    assert lines[1].typed.endswith("https://example.org/3,x")


@pytest.mark.parametrize(
    "text", ["They never ring back.\nNever.", "https://example.org/1", "", "See example.org"]
)
def test_words_are_no_list(text):
    assert not is_list(text)
