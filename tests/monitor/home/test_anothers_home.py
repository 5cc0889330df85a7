"""A home of another account: nothing is done there, the line to type is said, and nothing is left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.as_account import NOBODY, only_root, open_folder, owned, typed

from data.errors import AnothersHome
from monitor.config.home.paths import find

TOML = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


@pytest.fixture
def home():
    with open_folder() as folder:
        home = folder / "home"
        home.mkdir()
        (home / "schoolgate.toml").write_text(TOML)
        (home / "schoolgate.toml").chmod(0o600)
        yield home


def listed(home: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_uid) for path in (home, *home.rglob("*")))


@only_root
@pytest.mark.parametrize("words", ["status", "doctor", "scan --no-send", "set contact=a@example.org"])
def test_root_leaves_nothing_in_a_technicians_home_and_is_told_the_line(home, words):
    before = listed(owned(home, NOBODY))
    run = typed(0, *words.split(), "--home", str(home))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines()[-1] == f"sudo -u '#{NOBODY}' schoolgate {words} --home {home}"
    assert listed(home) == before


@only_root
def test_another_account_is_told_whose_it_is_and_the_home_that_the_variable_names(home):
    run = typed(NOBODY, "status", home=home)
    assert run.returncode == 2
    assert f"{home} belongs to root, and you are #{NOBODY}." in run.stderr
    assert run.stderr.splitlines()[-1] == f"sudo schoolgate status --home {home}"


@only_root
def test_its_own_account_uses_it(home):
    assert typed(NOBODY, "source", "list", home=owned(home, NOBODY)).returncode == 0


def test_where_it_cannot_even_be_looked_at_it_is_whose_the_folder_above_is(tmp_path, monkeypatch):
    closed, seen = tmp_path / "closed" / "home", Path.stat

    def stat(path: Path, **how: bool) -> os.stat_result:
        if path == closed:
            raise PermissionError
        return seen(path if path != closed.parent else tmp_path, **how)

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(AnothersHome, match="Nothing was read or changed"):
        find({}, home=closed)
