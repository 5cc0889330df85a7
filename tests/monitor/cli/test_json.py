"""`--json`: what is withheld is null in a row with all its keys, and times are in UTC to the second."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.checkout import ROOT
from support.documents import keys_told
from support.every_command import ended

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ALWAYS = {"id", "urn", "restricted", "state", "severity"}
OF_A_RESTRICTED_ROW = {
    ("alerts", "list"): ALWAYS | {"number", "raised_at", "next", "finished", "times", "from_before", "cases"},
    ("story", "list"): ALWAYS | {"last_seen"},
}


def rows(home: Path, words: tuple[str, ...]) -> list[dict[str, object]]:
    """What the demo's list prints to somebody who has not said who they are."""
    listed: list[dict[str, object]] = json.loads(ended([*words, "--json", "--home", str(home)])[1])
    return listed


@pytest.mark.parametrize("words", OF_A_RESTRICTED_ROW)
def test_a_row_that_is_restricted_has_the_keys_of_every_other(home, words):
    found = rows(home, words)
    assert {row["restricted"] for row in found} == {True, False}
    assert len({tuple(sorted(row)) for row in found}) == 1


@pytest.mark.parametrize("words", OF_A_RESTRICTED_ROW)
def test_a_row_that_is_restricted_tells_none_of_its_words(home, words):
    withheld = [row for row in rows(home, words) if row["restricted"]]
    assert {row["state"] for row in withheld} == {"with the DSL"}
    assert all(keys_told(row) == OF_A_RESTRICTED_ROW[words] for row in withheld)


def _times(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _times(inner)
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]\d", value):
        yield value


@pytest.mark.parametrize(
    "words", [("alerts", "list"), ("story", "list"), ("source", "list"), ("status",), ("people", "list")]
)
def test_times_are_in_utc_to_the_second(home, words):
    document = json.loads(ended([*words, "--json", "--home", str(home)])[1])
    assert [time for time in _times(document) if not UTC.fullmatch(time)] == []


def _makes_json(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return any(ast.unparse(call.func) == "json.dumps" for call in calls)


def test_documents_are_made_in_one_place():
    found = {p.relative_to(ROOT).as_posix() for p in (ROOT / "monitor/cli").rglob("*.py") if _makes_json(p)}
    assert found == {
        "monitor/cli/commands/model.py",  # the lines of `triage`
        "monitor/cli/commands/source/app.py",  # those of `source parse`
        "monitor/cli/commands/setup/init.py",  # answers that are offered again
    }
