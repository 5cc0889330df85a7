"""`schoolgate evidence verify` and `end` as they are run."""

from __future__ import annotations

import shutil
from contextlib import closing
from unittest.mock import patch

import pytest
from builders.evidence import OPENED, a_kept_case, some_files, vault_file
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store
from support.documents import content
from support.time_server import an_authority, time_server
from typer.testing import CliRunner

from data.errors import InputError
from monitor.cli.commands.case.evidence import NotStamped, evidence_app
from monitor.terminal.groups import with_types

CONFIG = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[people]]
id = "b-patel"
name = "Bina Patel"
roles = ["head"]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home with a case, made once; each test has a copy."""
    store = a_migrated_store(tmp_path_factory.mktemp("made"))
    (store.home / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
    a_kept_case(store)
    return store.home


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return a_migrated_store(tmp_path)


def run(store, *words):
    return CliRunner().invoke(with_types(evidence_app), [*words, "--home", str(store.home)])


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
    found = content(run(store, "verify", "--json").stdout)
    assert not found["holds"]
    assert [f["wrong"] for f in found["faults"]] == ["changed"]


@pytest.mark.parametrize(("words", "code"), [([], 1), (["42"], 0)])
def test_a_file_that_nobody_recorded_is_told_where_all_is_looked_at(store, words, code):
    (store.evidence / "notes.txt").write_text("x")
    done = run(store, "verify", *words)
    assert (done.exit_code, "UNKNOWN: vault file notes.txt" in done.stdout) == (code, bool(code))


@pytest.mark.parametrize("words", [["99"], ["--last", "abc"], ["--last", "0" * 64]])
def test_a_case_there_is_not_and_an_end_that_is_none_are_refused(store, words):
    assert isinstance(run(store, "verify", *words).exception, InputError)


def stamped_end(store, tmp_path, how="good"):
    """Has the chain's end stamped by a real time server; gives what was printed and sent."""
    authority = an_authority(tmp_path / "authority")
    with time_server(authority, how) as server:
        table = f'\n[evidence]\ntimestamp_url = "{server}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
        (store.home / "schoolgate.toml").write_text(CONFIG + table, encoding="utf-8")
        with (
            patch("monitor.home.wiring.fetcher", lambda config: closing(fetcher_for(server))),
            patch("data.effects.utc_now", lambda: OPENED),
        ):
            ran = run(store, "end", "--stamp")
    if ran.exception and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.stdout.splitlines(), server


def test_the_chains_end_is_printed(store):
    printed = run(store, "end").stdout.strip()
    assert run(store, "verify", "--last", printed).exit_code == 0


def test_the_chains_end_is_stamped_and_held_against_the_chain_from_then_on(store, tmp_path):
    said, server = stamped_end(store, tmp_path)
    assert said[0].endswith("@9")
    assert server.paths == ["/tsr"]
    found = content(run(store, "verify", "--json").stdout)
    assert found["holds"]
    assert [s["capture"] for s in found["stamps"]] == ["end-9"]


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM audit WHERE n >= 9",
        "UPDATE audit SET hash = repeat('0', 64) WHERE n = 9",
    ],
)
def test_a_chain_that_was_cut_off_contradicts_the_stamp(store, tmp_path, tampering):
    stamped_end(store, tmp_path)
    with store.write("tamper") as con:
        con.execute(tampering)
    assert "CHAIN: audit chain, end-9. Row 9 is not the one that was stamped" in run(store, "verify").stdout


def test_without_a_stamp_nothing_is_kept_and_it_is_said_why(store, tmp_path):
    with pytest.raises(NotStamped, match="Nothing was kept"):
        stamped_end(store, tmp_path, "garbage")
    assert content(run(store, "verify", "--json").stdout)["captures"] == 1
