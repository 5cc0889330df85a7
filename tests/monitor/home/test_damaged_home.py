"""Whatever command is given where the store is torn: one sentence with the way out, and exit code 1."""

from __future__ import annotations

import shlex

import pytest
from support.every_command import ended, leaves

NO_STORE = {
    "restore", "init", "triage", "source list", "source test", "source parse",
    "docs",
    "people add", "people away", "people list", "people change",
    "schools list", "schools add", "schools change", "set", "source add", "source pause",
    "source resume", "source set", "schools update", "service install", "service check", "terms list",
    "fleet run", "terms add", "mail setup", "mail test", "desk", "desk poster",
}  # fmt: skip
IN_ITS_OWN_WAY = {"doctor"}
AS = "--as i-larkspur"
OFFICER = "--as t-quillfeather"
"""Where no data protection officer is named, the head answers what people ask about their data."""
LINES = f"""
serve
status
backup ../backups
purge
digest --out digests
report --out reports
report-year --out reports
scan --no-send
alerts list
alerts ack a1 {AS}
people replace head --name "Mx D Quince" --email quince@oakfield.example.sch.uk
people remove c-dray
schools remove 900001 --yes
people sign-out i-larkspur
source propose --no-network
source remove gazette
evidence verify
"""


ALL = sorted((" ".join(words) for words, _ in leaves()), key=len, reverse=True)


def cut(raw):
    """In its first block: what is further on may be free, and missed by nobody."""
    return raw[:20000]


def hollow(raw):
    """Its head is whole, and nothing else."""
    return raw[:12288] + bytes(len(raw) - 12288)


def test_the_table_names_every_command():
    named = {next(name for name in ALL if line.startswith(name)) for line in LINES.strip().splitlines()}
    assert named | NO_STORE | IN_ITS_OWN_WAY == set(ALL)


@pytest.mark.parametrize("damage", [cut, hollow])
@pytest.mark.parametrize("words", LINES.strip().splitlines())
def test_each_command_says_it_in_one_line(home, words, damage, monkeypatch):
    monkeypatch.chdir(home)
    settings = home / "schoolgate.toml"
    settings.write_text(settings.read_text().replace('id = "gazette"', 'id = "gazette"\nown = true'))
    store = home / "schoolgate.duckdb"
    store.write_bytes(damage(store.read_bytes()))
    code, out, err = ended([*shlex.split(words), "--home", str(home)], typed="@oakfieldparent\n")
    assert (code, len(err.splitlines()), out) == (1, 1, ""), (out, err)
    assert "cannot be read as a store" in err
    assert "schoolgate restore DIR --replace" in err
