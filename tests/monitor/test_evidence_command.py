"""`schoolgate evidence verify` as it is run."""

from __future__ import annotations

import json

import pytest
from evidencing import a_kept_case, some_files, vault_file
from homes import a_migrated_store
from typer.testing import CliRunner

from data.errors import InputError
from monitor.cli_evidence import evidence_app

CONFIG = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[people]]
id = "b-patel"
name = "Bina Patel"
roles = ["head"]
"""


@pytest.fixture
def store(tmp_path):
    store = a_migrated_store(tmp_path)
    (tmp_path / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
    a_kept_case(store)
    return store


def run(store, *words):
    return CliRunner().invoke(evidence_app, [*words, "--home", str(store.home)])


def damage(store):
    path = vault_file(store, some_files()["post.txt"])
    path.chmod(0o600)
    path.write_bytes(b"another")


def test_what_holds_is_said_with_what_was_looked_at_and_the_end_to_keep_elsewhere(store):
    done = run(store, "verify")
    assert done.exit_code == 0
    assert "All holds: 3 files of 1 capture, 6 steps of cases" in done.stdout
    assert "Without a time stamp that holds: 1 capture." in done.stdout
    last = done.stdout.partition("The chain ends with ")[2].split()[0]
    assert run(store, "verify", "--last", last).exit_code == 0


def test_a_changed_file_is_named_and_the_command_ends_with_1(store):
    damage(store)
    done = run(store, "verify", "42")
    assert done.exit_code == 1
    assert done.stdout.startswith("CHANGED: case 0042, capture cap1, post.txt (")


def test_as_json_it_says_the_same(store):
    damage(store)
    found = json.loads(run(store, "verify", "--json").stdout)
    assert not found["holds"]
    assert [f["wrong"] for f in found["faults"]] == ["changed"]


@pytest.mark.parametrize("words", [["99"], ["--last", "abc"], ["--last", "0" * 64]])
def test_a_case_there_is_not_and_an_end_that_is_none_are_refused(store, words):
    assert isinstance(run(store, "verify", *words).exception, InputError)
