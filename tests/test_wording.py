"""The scanners of keys find what code and templates name."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.wording import used_keys

from data.words.say import words

COMMON = {key for key in words("en").lines if key.startswith("common.")}
CASES = {
    "a call": ('w("common.and")\n', {"common.and"}),
    "a call of what words gives": ('words("en")("common.not_watched")\n', {"common.not_watched"}),
    "a table": ('X = {1: "common.and"}\n', {"common.and"}),
    "an f-string": (
        'w(f"common.{which}")\n',
        COMMON,
    ),
    "a sum": ('w("common." + which)\n', COMMON),
    "a beginning": ('w(f"common.not_{which}")\n', {"common.not_watched"}),
    "a file": ('X = "common.toml"\n', set()),
    "an ending": ('w(f"{table}.not_watched")\n', {"common.not_watched"}),
    "a key of nothing": ('w("common.nothing")\n', set()),
}


@pytest.mark.parametrize(("text", "keys"), CASES.values(), ids=CASES.keys())
def test_keys_of_code_are_found(tmp_path: Path, text: str, keys: set[str]) -> None:
    path = tmp_path / "planted.py"
    path.write_text(text, encoding="utf-8")
    found = [use.keys(words("en")) for use in used_keys(path, {"common"})]
    assert set().union(*found) == keys
    assert len(found) == (text != CASES["a file"][0])


def test_keys_of_a_template_are_found(tmp_path: Path) -> None:
    path = tmp_path / "planted.html"
    path.write_text("{{ w('common.and') }} {{ w('common.' ~ which) }} {{ x['other.thing'] }}")
    found = [use.keys(words("en")) for use in used_keys(path, {"common"})]
    assert {"common.and"} in found
    assert set(words("en").lines) >= set().union(*found) == CASES["a sum"][1]


def test_a_table_of_the_catalogue_stands_for_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text('X = tell("describe.who")\n')
    (used,) = used_keys(path, {"describe"})
    assert "describe.who.head" in used.keys(words("en"))
    assert "describe.next.thank" not in used.keys(words("en"))
