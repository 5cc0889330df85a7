"""Whatever command is given where the store is torn: one sentence with the way out, and exit code 1."""

from __future__ import annotations

import shlex

import pytest
from support.every_command import ended, leaves

NO_STORE = {
    "restore", "init", "triage", "source list", "source test", "source parse", "schools find",
    "docs",
    *(f"privacy {paper}" for paper in (
        "apd", "briefing", "dpia", "due-diligence", "lia", "notice", "retention", "ropa"
    )),
    "people add", "people away", "people list", "people change",
    "schools list", "schools add", "schools change", "policy add", "set", "source add", "source pause",
    "source resume", "source set", "schools update", "service install", "service check", "network hosts",
    "account register", "account add", "account change", "account remove",
    "fleet run", "terms add", "mail setup", "mail test", "desk", "desk poster",
}  # fmt: skip
IN_ITS_OWN_WAY = {
    "doctor",
    "report-in",
}
AS = "--as i-larkspur"
OFFICER = "--as t-quillfeather"
"""Where no data protection officer is named, the head answers what people ask about their data."""
LINES = f"""
serve
status
backup ../backups
encryption off --disk-is-encrypted
digest --out digests
report --out reports
report-year --out reports
scan --no-send
alerts list
alerts show a1 {AS}
alerts ack a1 {AS}
alerts person a1 {AS} --about nobody --why "It was at home"
alerts said a1 {AS} --confirm --why "I have seen it"
people show i-larkspur
people replace head --name "Mx D Quince" --email quince@oakfield.example.sch.uk
people remove c-dray
schools remove 900001 --yes
people sign-out i-larkspur {AS}
people print-codes i-larkspur {OFFICER}
source propose --no-network
source remove gazette
account list
account log --source gazette --action joined --reason "To see posts." {AS}
case capture 1 {AS} --no-child-image
case host 1 {AS} --offline
case step ask 1 {AS} --rung platform-report --kind own --why "Asked."
case step answered 1 {AS} --rung platform-report --result removed --why "Gone."
evidence verify
evidence end
evidence pack 1 {AS} --out packs
privacy record access {OFFICER} --reference SAR-1 --why "By letter."
privacy requests {OFFICER}
privacy answer P0001 granted {OFFICER} --why "Handed over."
privacy search P0001 --by handle {OFFICER}
privacy sar P0001 --by handle --to copies {OFFICER}
privacy rectify P0001 --post m1 --said "It was not me." {OFFICER}
privacy erase P0001 --post m1 {OFFICER}
privacy object P0001 --by handle --channel local_forum {OFFICER}
privacy due {OFFICER}
privacy foi --to foi {OFFICER}
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
