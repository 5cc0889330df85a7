"""Lines of keys in a TOML document."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from monitor.config.toml_lines import at, find_lines, first_lines

DOCUMENT = '''# a comment with = and [brackets]
zone = "Europe/London"  # = not a key

[[schools]]
name = "Oakfield # 1 = [x]"
aliases = [
  "Oakfield",   # with a comment, and = signs
  "Oakfield Primary",
]
"quoted key" = """
[[not a table]]
url = 3
"""
namesakes = [
  { name = "Oakfield", place = "Hexley" },
  { name = "Oakfield FC", place = "Hexley" },
]

[[schools]]
name = \'\'\'
x = 1
\'\'\'

[[schools.namesakes]]
place = "Hexley"

[mail]
deep.key = 1
'''


def test_every_key_has_the_line_it_stands_on() -> None:
    lines = find_lines(DOCUMENT)
    assert lines[("zone",)] == 2
    assert lines[("schools", 0)] == 4
    assert lines[("schools", 0, "name")] == 5
    assert lines[("schools", 0, "quoted key")] == 10
    assert lines[("schools", 1, "name")] == 20
    assert lines[("schools", 1, "namesakes", 0, "place")] == 25
    assert lines[("mail", "deep", "key")] == 28


def test_an_element_of_an_array_has_its_own_line() -> None:
    lines = find_lines(DOCUMENT)
    assert lines[("schools", 0, "aliases", 1)] == 8
    assert at(first_lines(lines), ("schools", 0, "namesakes", 1, "place")) == 16


def test_a_missing_key_is_placed_at_its_table_and_the_document_has_no_line() -> None:
    lines = first_lines(find_lines(DOCUMENT))
    assert at(lines, ("schools", 1, "urn")) == 19
    assert at(lines, ("nothing",)) is None


KEYS = st.text("abcdefgh", min_size=1, max_size=4)
VALUES = st.one_of(
    st.integers(0, 9).map(str),
    st.sampled_from(
        ['"x # = [y]"', "'[[a]]'", '"""\n[b]\nc = 1\n"""', "[\n 1, # x\n 2\n]", "{ a = [1, 2] }", '"\\""']
    ),
)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=4), max_size=5))
def test_every_key_that_is_read_is_found_on_the_line_that_says_it(tables: list[dict[str, str]]) -> None:
    text = "".join("[[t]]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()) for table in tables)
    lines = find_lines(text)
    rows = text.splitlines()
    for i, table in enumerate(tomllib.loads(text).get("t", [])):
        for key in table:
            assert rows[lines[("t", i, key)] - 1].startswith(f"{key} = ")
