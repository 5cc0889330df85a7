"""Changes to `schoolgate.toml` by program: the rest of the file stays, and nothing is half written."""

from __future__ import annotations

import os
import stat
import threading
import tomllib
from datetime import date
from pathlib import Path

import pytest
from builders.config import PERSON, SCHOOL, SOURCE, write
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConfigError, InputError, SchoolgateError
from data.ids import squeeze
from data.store.engine.turn import give_back, take
from data.types import Source
from monitor.config.load import load
from monitor.config.toml_lines import at, find_lines, first_lines
from monitor.config.writing import edit
from monitor.config.writing import edit as in_place
from monitor.config.writing.edit import EditRefused
from monitor.config.writing.toml_edit import with_element, with_key, with_table, without_table
from sources.places.table import Proposal

NEW = {"id": "new", "kind": "feed", "url": "https://paper.example.org/rss", "name": "The “paper” # 1"}
SEES = "What the paper publishes."
FILE = f"""\
# The top.
zone = "Europe/London"   # ours

{SCHOOL}# what the office says
# terms = [{{ first = 2026-09-02, last = 2026-10-23 }}]

# ---- people
{PERSON}# chat_env = "SCHOOLGATE_CHAT_HEAD"

# ---- sources
{SOURCE}
# ---- the rest
[policy]
criticism_days = 30
"""

COMMENTS = st.sampled_from(
    ["", "# a remark\n", '\n# [[sources]]\n# id = "example"\n\n', "\n\n# -- [x] = #\n"]
)
ENDINGS = st.sampled_from(["", "  # beside it"])
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(lambda text: text not in ("",)),
    st.integers(1, 9),
    st.booleans(),
    st.just(["a", "b"]),
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Tables of three names in any order, several of a name apart, with comments in many places."""
    text = draw(COMMENTS) + draw(st.sampled_from(["", "zone = 1 # top\n", "contact = '''\n[[a]]\n'''\n"]))
    for n in range(draw(st.integers(1, 6))):
        name = draw(st.sampled_from(["sources", "people", "schools"]))
        text += f"{draw(COMMENTS)}[[{name}]]{draw(ENDINGS)}\nid = {n}{draw(ENDINGS)}\n"
        text += draw(st.sampled_from(["", "list = [\n  1, # one\n\n  2,\n]\n", 'many = """\n[no]\n"""\n']))
        text += draw(st.sampled_from(["", f"[{name}.below]\nx = {n}\n"])) + draw(COMMENTS)
    return text if draw(st.booleans()) else text.rstrip("\n")


def add(path: Path, values: dict[str, str]) -> None:
    place = Proposal(Source(**values), SEES, "Feeds are for programs.", date(2026, 11, 21))
    edit.add_places(path, [place])


def rows(text: str, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(text).get(name, [])
    return found


def remarks(text: str) -> list[str]:
    return sorted(line.strip() for line in text.split("\n") if line.strip().startswith("#"))


@given(documents(), st.dictionaries(st.sampled_from(["id", "url", "list"]), VALUES, min_size=1))
def test_a_table_that_is_added_stands_after_its_like_and_removing_it_gives_the_file_back(text, values):
    added = with_table(text, "sources", values)
    before = rows(text, "sources")
    assert rows(added, "sources") == [*before, values]
    assert all(rows(added, name) == rows(text, name) for name in ("people", "schools"))
    assert remarks(added) == remarks(text)
    again = without_table(added, ("sources", len(before)))
    assert tomllib.loads(again) == tomllib.loads(text)
    assert [line for line in again.split("\n") if line] == [line for line in text.split("\n") if line]


@given(documents(), st.data())
def test_a_table_that_is_removed_takes_nothing_of_the_others_with_it(text, data):
    name = data.draw(st.sampled_from(sorted(set(tomllib.loads(text)) - {"zone", "contact"})))
    n = data.draw(st.integers(0, len(rows(text, name)) - 1))
    left = without_table(text, (name, n))
    kept = [row for i, row in enumerate(rows(text, name)) if i != n]
    assert rows(left, name) == kept
    assert {k: v for k, v in tomllib.loads(left).items() if k != name} == {
        k: v for k, v in tomllib.loads(text).items() if k != name
    }


@given(documents(), st.data(), VALUES)
def test_a_key_that_is_set_and_set_back_gives_the_file_back_to_the_letter(text, data, value):
    name = data.draw(st.sampled_from(sorted(set(tomllib.loads(text)) - {"zone", "contact"})))
    path = (name, data.draw(st.integers(0, len(rows(text, name)) - 1)))
    changed = with_key(text, path, "disabled", value)
    assert rows(changed, name)[path[1]]["disabled"] == value
    assert with_key(changed, path, "disabled", None) == text
    other = with_key(text, path, "id", 7)
    assert rows(other, name)[path[1]]["id"] == 7
    assert with_key(other, path, "id", rows(text, name)[path[1]]["id"]) == text
    assert remarks(changed) == remarks(other) == remarks(text)


@given(st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)), unique=True, max_size=4), documents())
def test_elements_are_put_in_at_their_place_and_the_comments_of_a_list_stay(days, text):
    text += "\n[[schools]]\nclosed = [\n  2020-01-01, # long ago\n  # nothing yet\n]\n"
    at = ("schools", len(rows(text, "schools")) - 1)
    there = [date(2020, 1, 1)]
    for day in days:
        place = sum(other < day for other in there)
        text = with_element(text, at, "closed", day, place)
        there.insert(place, day)
    assert rows(text, "schools")[-1]["closed"] == sorted([date(2020, 1, 1), *days])
    assert "# long ago" in text
    assert "  # nothing yet" in text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = write(tmp_path, FILE)
    found.chmod(0o600)
    return found


def test_a_source_stands_behind_the_others_and_not_a_letter_else_has_changed(path):
    add(path, NEW)
    at = FILE.index("\n# ---- the rest")
    block = path.read_text().removeprefix(FILE[:at]).removesuffix(FILE[at:])
    told, table = block.split("[[sources]]\n")
    assert squeeze(told.replace("#", "")).startswith(
        f"{SEES} Looked at every 15 minutes. Its terms, as read on"
    )
    assert table == (
        'id = "new"\nkind = "feed"\nurl = "https://paper.example.org/rss"\nname = "The “paper” # 1"\n'
    )
    edit.edit_in_turn(path, edit.removed("sources", "new"))
    assert path.read_text() == FILE


def test_a_person_stands_behind_what_belongs_to_the_one_before(path):
    edit.edit_in_turn(
        path, edit.added("people", {"id": "dsl", "name": "Mr B Example", "roles": ["dsl"], "email": None})
    )
    block = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\n'
    assert f'# chat_env = "SCHOOLGATE_CHAT_HEAD"\n\n{block}\n# ---- sources' in path.read_text()


def test_the_first_of_its_kind_stands_where_the_file_shows_an_example(tmp_path):
    example = '\n# ---- people\n# Who is told.\n\n# A head:\n# [[people]]\n# id = "head"\n\n[policy]\n'
    path = write(tmp_path, SCHOOL + example)
    edit.edit_in_turn(path, edit.added("people", {"id": "dsl", "name": "Mr B Example", "roles": ["dsl"]}))
    assert '# Who is told.\n\n[[people]]\nid = "dsl"' in path.read_text()
    assert 'roles = ["dsl"]\n\n# A head:' in path.read_text()
    assert load(path, {}).people[0].id == "dsl"


def test_terms_stand_in_the_order_of_the_year_and_are_not_written_twice(path):
    autumn, late = (date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))
    edit.add_terms(path, ["900001"], [late])
    edit.add_terms(path, ["900001"], [autumn, late], [date(2027, 1, 4), date(2026, 9, 1)])
    school = tomllib.loads(path.read_text())["schools"][0]
    assert school["terms"] == [{"first": a, "last": b} for a, b in (autumn, late)]
    assert school["closed"] == [date(2026, 9, 1), date(2027, 1, 4)]
    lines = path.read_text().split("\n")
    assert lines[lines.index("# what the office says") + 2].startswith("terms = [")


def test_lines_that_end_as_on_windows_and_a_mark_at_the_beginning_stay(path):
    path.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    before = path.read_bytes()
    edit.edit_in_turn(path, edit.changed("sources", "gazette", {"disabled": "for the summer"}))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf# The top.\r\n")
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n") == before.count(b"\n") + 1
    edit.edit_in_turn(path, edit.changed("sources", "gazette", {"disabled": None}))
    assert path.read_bytes() == before


def test_lines_that_end_in_two_ways_are_left_as_they_are(path):
    path.write_bytes(FILE.encode().replace(b"\n", b"\r\n", 3))
    before = path.read_bytes()
    edit.edit_in_turn(path, edit.changed("sources", "gazette", {"disabled": "for the summer"}))
    assert path.read_bytes().replace(b'disabled = "for the summer"\n', b"") == before


def test_a_file_with_faults_is_told_with_their_lines_and_left_alone(path):
    path.write_text(FILE.replace("criticism_days = 30", "criticism_days = 0"))
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"schoolgate.toml, \[policy\], “criticism_days” \(line 25\)"):
        add(path, NEW)
    path.write_text(FILE + "\nthis is no line\n")
    with pytest.raises(ConfigError, match="line 27"):
        add(path, NEW)
    assert before != path.read_bytes() == (FILE + "\nthis is no line\n").encode()


def test_what_the_rules_refuse_is_named_and_nothing_is_changed(path):
    with pytest.raises(EditRefused, match=r"“url”.*is not a web address.*Nothing was changed") as refused:
        add(path, NEW | {"url": "paper"})
    assert [fault.path for fault in refused.value.faults] == [("sources", 1, "url")]
    with pytest.raises(EditRefused, match="“id”"):
        add(path, NEW | {"id": "gazette"})
    assert path.read_text() == FILE


def test_what_is_written_in_another_way_is_left_to_an_editor(tmp_path):
    in_one = 'sources = [{ id = "gazette", kind = "feed", url = "https://example.org/feed.xml" }]\n' + SCHOOL
    path = write(tmp_path, in_one)
    with pytest.raises(InputError, match=r"“sources”.*only an editor can change.*Nothing was changed"):
        add(path, NEW)
    with pytest.raises(InputError, match="“sources”"):
        edit.edit_in_turn(path, edit.changed("sources", "gazette", {"name": "Gazette"}))
    assert path.read_text() == in_one
    apart = SCHOOL + "[[schools.terms]]\nfirst = 2026-09-02\nlast = 2026-10-23\n"
    path = write(tmp_path, apart)
    with pytest.raises(InputError, match="“terms”"):
        edit.add_terms(path, ["900001"], [(date(2026, 11, 2), date(2026, 12, 18))])
    assert path.read_text() == apart


def test_the_file_keeps_its_rights_and_a_link_is_followed_to_it(path, tmp_path):
    link = tmp_path / "elsewhere" / "schoolgate.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    add(link, NEW)
    assert link.is_symlink()
    assert "new" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    edit.edit_in_turn(link, edit.removed("sources", "new"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_an_editor_saved_meanwhile_is_not_written_over(path, monkeypatch):
    saved = FILE + "# theirs\n"
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (path.write_text(saved), real(handle)))
    with pytest.raises(SchoolgateError, match="saved by somebody else meanwhile"):
        add(path, NEW)
    assert path.read_text() == saved


@pytest.mark.parametrize("broken", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_whatever_breaks_off_leaves_the_file_whole_and_nothing_beside_it(path, monkeypatch, broken):
    def fail(handle: int) -> None:
        raise broken

    monkeypatch.setattr(os, "fsync", fail)
    expected = KeyboardInterrupt if isinstance(broken, KeyboardInterrupt) else SchoolgateError
    with pytest.raises(expected) as raised:
        add(path, NEW)
    if expected is SchoolgateError:
        assert str(raised.value).endswith(
            "the disk is full. Make room, and begin again. Nothing was changed."
        )
    assert path.read_text() == FILE
    assert {each.name for each in path.parent.iterdir()} == {"schoolgate.toml", ".schoolgate.toml.lock"}


def test_of_two_at_once_neither_loses_the_others_change(path):
    wanted = [f"new-{n}" for n in range(8)]
    threads = [threading.Thread(target=add, args=(path, NEW | {"id": each})) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(s.id for s in load(path, {}).sources) == sorted(["gazette", *wanted])


def test_a_command_that_holds_the_file_too_long_is_named(path, monkeypatch):
    monkeypatch.setattr(in_place, "WAIT_S", 0.0)
    handle = take(path.with_name(".schoolgate.toml.lock"), shared=False)
    try:
        with pytest.raises(SchoolgateError, match="being changed by another command"):
            add(path, NEW)
    finally:
        give_back(handle)
    assert path.read_text() == FILE


def test_a_missing_file_says_how_one_is_written(tmp_path):
    with pytest.raises(ConfigError, match="schoolgate init"):
        add(tmp_path / "schoolgate.toml", NEW)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------- lines of keys


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
LINE_VALUES = st.one_of(
    st.integers(0, 9).map(str),
    st.sampled_from(
        ['"x # = [y]"', "'[[a]]'", '"""\n[b]\nc = 1\n"""', "[\n 1, # x\n 2\n]", "{ a = [1, 2] }", '"\\""']
    ),
)


@given(st.lists(st.dictionaries(KEYS, LINE_VALUES, max_size=4), max_size=5))
def test_every_key_that_is_read_is_found_on_the_line_that_says_it(tables: list[dict[str, str]]) -> None:
    text = "".join("[[t]]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()) for table in tables)
    lines = find_lines(text)
    rows = text.splitlines()
    for i, table in enumerate(tomllib.loads(text).get("t", [])):
        for key in table:
            assert rows[lines[("t", i, key)] - 1].startswith(f"{key} = ")
