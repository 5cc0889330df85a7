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
alerts show a1
alerts ack a1 {AS}
alerts give a1 --to i-larkspur {AS}
alerts person a1 {AS} --about nobody --why "It was at home"
alerts said a1 {AS} --confirm --why "I have seen it"
people show i-larkspur
people replace head --name "Mx D Quince" --email quince@oakfield.example.sch.uk
people remove c-dray
schools remove 900001 --yes
people sign-out i-larkspur {AS}
people print-codes i-larkspur {OFFICER}
story list
story show s1
story search review {AS}
story mark s1 --not-us {AS}
story merge s1 s2 {AS}
story split s1 m1 {AS}
story wrong s1 --label criticism --why "It is." {AS}
source propose --no-network
source remove gazette
account list
account log --source gazette --action joined --reason "To see posts." {AS}
case list
case show 1 {AS}
case open s1 {AS}
case classify 1 C2 {AS} --why "It insults."
case assign 1 --to i-larkspur {AS}
case note 1 "Spoken to." {AS}
case close 1 {AS} --mistaken --why "Not ours."
case reopen 1 {AS} --why "It is back."
case capture 1 {AS} --no-child-image
case host 1 {AS} --offline
case letter 1 s5_notice {AS} --out letters
case recheck 1 {AS}
case step weigh 1 {AS} --nature insult --visible yes --spread low --impact low --why "It is seen."
case step decide 1 {AS} --seek --why "It harms."
case step confirm 1 {AS} --why "Seen."
case step ask 1 {AS} --rung platform-report --kind own --why "Asked."
case step answered 1 {AS} --rung platform-report --result removed --why "Gone."
case step responded 1 {AS} --how letter --why "Told."
case step referred 1 {AS} --to police --why "Told."
case step author 1 {AS} --relationship parent --why "Known."
case step place 1 local_forum {AS} --why "Known."
case step complainant 1 {AS} --who school --why "Known."
case step target 1 {AS} --person t-quillfeather --why "Known."
case step safe 1 {AS}
case step warned 1 {AS} --site
case step about 1 {AS} --staff --why "It is."
case step accused 1 {AS} --person t-quillfeather
case step conflicted 1 t-quillfeather {AS} --why "Related."
case step hold 1 {AS} --review 2027-01-01 --why "Asked."
case step release 1 {AS} --why "Over."
case step lock 1 {AS} --why "Charged."
case step unlock 1 {AS} --ground charge --why "Over."
case step copy 1 --post m1 {AS} --why "The same."
case step leave 1-2 {AS} --why "Nobody reads it."
case consent ask 1 {AS} --how meeting --why "Asked."
case consent give 1 {AS} --why "Yes."
case consent refuse 1 {AS} --why "No."
case consent withdraw 1 {AS} --why "No."
case consent override 1 {AS} --ground child-at-risk --why "A child."
case support offered 1 {AS}
case support accepted 1 {AS}
case support declined 1 {AS}
case support in-place 1 {AS}
case support ended 1 {AS}
case chronology approve 1 {AS} --author i-larkspur --person t-quillfeather --why "Read."
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
