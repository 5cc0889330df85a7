"""What is typed is taken the quick way and typer's own alike: by either, a command says the same."""

from __future__ import annotations

import pytest
from builders.config import PERSON, SCHOOL, write
from builders.home import a_migrated_store
from support.for_each import for_each
from typer.testing import CliRunner

from monitor.cli.app import asked
from monitor.terminal import groups

TYPED = (
    "story list --home {home}",
    "story list --home {home}/not-there",
    "story list --home {home} --since",
    "story show é --home {home}",
    "story show",
    "alerts list --home {home} --config {home}/unreadable.toml",
    "report --week 2026-W99 --home {home}",
    "scan --since yesterweek --home {home} --no-send",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write(folder, SCHOOL + PERSON)
    (folder / "unreadable.toml").write_text("no toml")
    a_migrated_store(folder)
    return folder


def _said(words):
    result = CliRunner().invoke(asked(words), words)
    return result.exit_code, result.output, repr(result.exception)


@for_each("typed", TYPED)
def test_a_typer_that_says_no_types_takes_what_is_typed_as_the_quick_way_does(typed, home, monkeypatch):
    words = typed.format(home=home).split()
    quick = _said(words)
    monkeypatch.setattr(groups, "_take_as_typed", lambda params: None)
    assert _said(words) == quick
