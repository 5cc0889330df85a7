"""The second day: one right next line answers each mistake, and a home that is well asks for nothing.

Each mistake of a newcomer's review is a row of `MISTAKES`: what was done, what is typed then, what is said.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import NamedTuple

import certifi
import duckdb
import pytest
from builders.doctor import NOW, TODAY
from builders.home import a_migrated_store, do_in
from support.as_account import NOBODY, only_root, open_folder, owned, typed
from support.checkout import ROOT
from support.disks import small_disk
from support.every_command import ended, leaves
from support.stand_ins import REGISTERS

from data.store.engine.open import Store
from data.store.sources import record_runs
from data.types import Outcome, Source, SourceRun
from monitor.cli.app import name_home
from monitor.config.home import paths
from monitor.config.load import load_file
from monitor.pipeline.looking import PlaceRead, decide_places
from monitor.setup import check_machine
from monitor.setup.findings import Finding, Level
from monitor.terminal import output
from sources.places import Proposal

REGISTER = REGISTERS["england"]
INIT = f"init --register {REGISTER} --no-network --urn 900101"
NO_LIST = INIT.replace(str(REGISTER), __file__)
ROLES = ("head", "deputy_head", "dsl", "deputy_dsl", "chair", "vice_chair", "it_lead", "dpo", "la_contact")
OURS = "oakfield.example.sch.uk"
ALL_SET = f'contact = "office@{OURS}"\nupdates = "it@{OURS}"\nbase_url = "https://schoolgate.{OURS}"\n'
TABLES = "\n[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = 'Mrs A Example'\n" + "".join(
    f'[[people]]\nid = "{r}"\nname = "{r} Example"\nroles = ["{r}"]\nemail = "{r}@example.org"\n'
    for r in ROLES
)
MORE = """
[mail]
host = "smtp.example.org"
sender = "schoolgate@example.org"
[serve]
heartbeat_url = "https://beat.example.org/a-long-address-that-nobody-guesses"
[[policies]]
title = "Social media"
review_due = 2099-09-01
"""
TERMS = "terms = [{ first = 2027-01-04, last = 2027-07-20 }]"


def gone(home: Path) -> None:
    (home / "register.csv.gz").unlink()


def older(home: Path) -> None:
    duckdb.connect(home / "schoolgate.duckdb").close()


def damaged(home: Path) -> None:
    path = a_migrated_store(home).path
    path.write_bytes(bytes(8192) + path.read_bytes()[8192:])


def no_address(home: Path) -> None:
    file = home / "schoolgate.toml"
    file.write_text(file.read_text().replace('email = "dsl@example.org"\n', ""))


def spreadsheet(home: Path) -> None:
    with zipfile.ZipFile(home / "list.xlsx", "w") as file:
        file.writestr("xl/workbook.xml", "<x/>")


def nobody(home: Path) -> None:
    file = home / "schoolgate.toml"
    file.write_text(file.read_text().partition("[[people]]")[0])


def read_so(home: Path, outcome: Outcome, detail: str = "") -> None:
    """Each place that is on was read once, and ended so."""
    on = [s for s in load_file(home / "schoolgate.toml", {}).sources if not s.disabled]
    store = Store(home, clock=lambda: NOW, sleep=lambda _: None)
    store.migrate()
    do_in(store, record_runs, [SourceRun(s.id, NOW, NOW, outcome, detail=detail) for s in on])


class Mistake(NamedTuple):
    """`made` does it in a home; `typed` follows, and `then` is said: by `doctor` as what is next."""

    name: str
    typed: str
    then: str
    made: Callable[[Path], object] = Path.exists


ROOM = "the disk is full. Make room, and begin again."
WRITABLE = "nothing can be written there. Make the disk writable, or name another folder: --home FOLDER"
TYPED = {"set": "set contact=a@example.org", "scan": "scan --no-send", "serve": "serve",
         "init": f"{INIT} --home {{home}}/new"}  # fmt: skip
ON_A_DISK = [
    *(Mistake(f"disk full, {name}", line, ROOM) for name, line in TYPED.items()),
    *(Mistake(f"read-only, {name}", line, WRITABLE) for name, line in TYPED.items()),
    Mistake("disk full, doctor", "doctor", "Make room: a scan needs at least 0.2 GB."),
    Mistake(
        "read-only, doctor", "doctor", "make it writable, then look again: schoolgate doctor --home {home}"
    ),
]
MISTAKES = [
    Mistake("register gone, scan", "scan --no-send",
            "To load one: schoolgate schools update --home {home}", gone),
    Mistake("register gone, doctor", "doctor", "schoolgate schools update --home {home}", gone),
    Mistake("another file as the register", f"{NO_LIST} --home {{home}}/new",
            "not a register of schools we know."),
    Mistake("a wrong --home", "status --home {home}/wrong",
            "{home}/wrong/schoolgate.toml is not there. To write one: schoolgate setup --home {home}/wrong"),
    Mistake("a wrong --home, doctor", "doctor --home {home}/wrong",
            "To write one: schoolgate setup --home {home}/wrong"),
    Mistake("store of an older version", "doctor", "by hand: schoolgate scan --home {home}", older),
    Mistake("store damaged", "doctor",
            "restore a backup: schoolgate restore --home {home} DIR --replace", damaged),
    Mistake("a backup that is none", "restore {home}/none",
            "{home}/none is not a backup, and contains none."),
    Mistake("no folder for backups", "backup {home}-no/disk",
            "make the folder, as the account that runs this: mkdir -m 700 {home}-no/disk", a_migrated_store),
    Mistake("a certificate is named", "set network.ca_file=ca.pem",
            "such as your website's feeds: the desk’s page /setup/places",
            lambda home: shutil.copy(certifi.where(), home / "ca.pem")),
    Mistake("no such person", "alerts list --as nosuch", "schoolgate.toml has 9, under [[people]]."),
    Mistake("a person, of nobody", "digest --as head",
            "add somebody: schoolgate setup --home {home}", nobody),
    Mistake("no such school", "report --week 2026-W40 --school 123456 --out {home}/out",
            "It has: 900101 (Oakfield Primary School)."),
    Mistake("no such alert", "alerts ack nosuch --as head",
            "To see them: schoolgate alerts list --home {home}"),
    Mistake("a lead without an address", "doctor",
            "Give dsl Example an email address: the desk’s page /people/dsl", no_address),
    Mistake("an impact assessment still to come", "set dpia.recorded_on=2999-09-01",
            "is dated 1 September 2999, which is in the future."),
    Mistake("a password as a setting", "set mail.password=secret",
            "The password is entered at the desk’s page /setup/mail"),
    Mistake("the file of a home", "scan --home {home}/schoolgate.toml",
            "{home}/schoolgate.toml is a file, and a home is a folder. Type: --home {home}"),
    Mistake("an option before its command", "--home {home} status",
            "Options follow the command that they are for: schoolgate status --home …"),
    Mistake("one dash for two", "status -home {home}", "or --home? For example: schoolgate status"),
    Mistake("a file of posts that is not there", "triage none.jsonl --out x.jsonl",
            "none.jsonl cannot be used: it is not there. Check the name."),
    Mistake("a spreadsheet as the register", "schools update {home}/list.xlsx",
            "no CSV file in it. Save a spreadsheet as CSV.", spreadsheet),
    Mistake("a command that the desk has", "source remove ofsted",
            "The rest is done at: schoolgate desk --home {home}"),
    Mistake("no such command", "docter", "Did you mean 'doctor', 'docs'?"),
    Mistake("a command by another word", "start", "Did you mean: schoolgate serve --home {home}"),
    Mistake("a command that the desk has, by another", "people add --name X",
            "The rest is done at: schoolgate desk --home {home}"),
    Mistake("an option by another word", "doctor --folder x", "Did you mean --home? For example: "),
    Mistake("an option of other commands", "people list --as head", "Leave it out. For example: "),
    Mistake("a path of Windows", "schools update 'C:\\Users\\alex\\all.csv'",
            "In WSL it is /mnt/c/Users/alex/all.csv"),
    Mistake("a desk without TLS", "set base_url=http://desk.example.org", "But: “base_url” is not https"),
    Mistake("a key of a school", "set nation=England",
            "nation is a school's. Change a school at the desk’s page /schools"),
    Mistake("no web address", "set base_url=http//x",
            "Write, for example: base_url = \"https://schoolgate.example.sch.uk\" Nothing was changed."),
    Mistake("a day that is none", "set dpia.recorded_on=31/13/2026",
            "Write, for example: 2 September 2026"),
]  # fmt: skip


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as `init` writes it, with all that `doctor` asks for; nothing was read yet."""
    home = tmp_path_factory.mktemp("monday") / "home"
    assert ended([*INIT.split(), "--home", str(home)])[0] == 0
    file = home / "schoolgate.toml"
    text = file.read_text().replace('urn = "900101"', f'urn = "900101"\n{TERMS}')
    file.write_text(f"{ALL_SET}{text}{MORE}{TABLES}")
    return home


@pytest.fixture
def home(monday, tmp_path):
    return Path(shutil.copytree(monday, tmp_path / "home"))


@pytest.fixture(autouse=True)
def _nothing_outside_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_machine, "server", lambda *_: [Finding("mail", Level.OK, "ok")])
    monkeypatch.setattr(check_machine, "browser", lambda _: Finding("browser", Level.OK, "there"))
    kept = {"model": lambda settings: [Finding("model", Level.OK, "whole")]}
    monkeypatch.setattr(
        check_machine.examine, "__kwdefaults__", {**check_machine.examine.__kwdefaults__, **kept}
    )
    monkeypatch.setenv("COLUMNS", "300")


def answer(words: str, home: Path) -> str:
    """What is said to these words, in one line; of `doctor` the next thing alone."""
    line = shlex.split(words.format(home=home))
    line += [] if "--home" in line else ["--home", str(home)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["schoolgate", *line])
        patched.setattr(output, "name_home", name_home)
        said = " ".join("".join(ended(line)[1:]).split())
    return re.split(r" Then \d+ | \d+ warnings?, ", said)[0] if words == "doctor" else said


def is_answered(mistake: Mistake, home: Path) -> None:
    mistake.made(home)
    said, then = answer(mistake.typed, home), mistake.then.format(home=home)
    assert then in said, said
    assert ("schoolgate restore" in said) is ("schoolgate restore" in then), "nobody is sent there for less"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_answered_by_the_one_right_next_line(mistake, home):
    is_answered(mistake, home)


@pytest.mark.parametrize("mistake", ON_A_DISK, ids=lambda mistake: mistake.name)
def test_a_disk_that_takes_nothing_is_named_and_nothing_is_half_written(mistake, monday, tmp_path):
    with small_disk(tmp_path, mount=True) as disk:
        if not tmp_path.is_mount():
            pytest.skip("no disk can be mounted here: only root may")
        home = Path(shutil.copytree(monday, tmp_path / "home"))
        if mistake.name.startswith("disk full"):
            disk.fill()
        else:
            subprocess.run(["mount", "-o", "remount,ro", tmp_path], check=True)
        is_answered(mistake, home)
        assert not list(home.glob("new/*"))


def test_ctrl_c_in_init_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def stop(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("monitor.cli.commands.init._places", stop)
    said = answer(INIT, tmp_path / "new")
    assert said.endswith("Interrupted. Nothing is half written.")
    assert not list(tmp_path.glob("new/*.toml"))


def test_whichever_places_are_down_at_init_all_stay_on():
    for outcomes in product((Outcome.OK, Outcome.UNREACHABLE, Outcome.BLOCKED, Outcome.GONE), repeat=2):
        runs = [SourceRun(f"s{n}", NOW, NOW, outcome) for n, outcome in enumerate(outcomes)]
        places = [Source(run.source_id, "feed", "https://s.example.org/", ()) for run in runs]
        read = [PlaceRead(Proposal(p, "", "", TODAY), run) for p, run in zip(places, runs, strict=True)]
        assert [p.source.disabled for p in decide_places(read, NOW)] == [None] * 2


@only_root
@pytest.mark.parametrize("words", ["doctor", "status"])
def test_what_root_left_in_a_home_is_given_back_and_no_backup_put_in_its_place(home, words):
    with open_folder() as folder:
        theirs = owned(Path(shutil.copytree(home, folder / "home")), NOBODY)
        a_migrated_store(theirs).path.chmod(0o600)
        run = typed(NOBODY, *words.split(), "--home", str(theirs))
        assert run.returncode == 2
        assert "belongs to root, and you are #12345" in run.stderr
        assert run.stderr.splitlines()[-1].strip() == f"sudo chown -R 12345: {theirs}"


@only_root
def test_whoever_names_no_home_where_a_service_has_one_is_told_the_line_for_that(home, tmp_path, monkeypatch):
    unit = tmp_path / "schoolgate.service"
    unit.write_text(f"ExecStart=/opt/schoolgate/bin/schoolgate serve\nEnvironment=SCHOOLGATE_HOME={home}\n")
    os.chown(home, NOBODY, NOBODY)
    monkeypatch.setattr(paths, "UNIT", unit)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("SCHOOLGATE_HOME", raising=False)
    monkeypatch.setattr(sys, "argv", ["/home/alex/venv/bin/schoolgate", "alerts", "list", "--as", "head"])
    _, _, told = ended(sys.argv[1:])
    line = f"/opt/schoolgate/bin/schoolgate alerts list --as head --home {home}"
    assert told.splitlines()[-1] == f"sudo -u '#{NOBODY}' {line}"


COMMAND, PAGE = re.compile(r"schoolgate ((?:[a-z-]+ ?)+)"), re.compile(r"docs/[\w-]+\.md")


def test_a_quiet_home_that_is_set_up_has_no_warning_that_nobody_can_act_on(home):
    known = {" ".join(words) for words, _ in leaves()}
    read_so(home, Outcome.OK)
    found = check_machine.examine(home, home / "schoolgate.toml", env={}, now=NOW, sleep=lambda _: None)
    wrong = [f for f in found if f.level is not Level.OK]
    for finding in wrong:
        commands, pages = COMMAND.findall(finding.whole_remedy), PAGE.findall(finding.whole_remedy)
        assert commands or pages or "the desk’s page /" in finding.whole_remedy, finding
        assert all(any(c.startswith(one) for one in known) for c in commands), finding
        assert all((ROOT / page).is_file() for page in pages), finding
    assert {f.check for f in wrong} == {"night", "school", "sources", "sheets", "pages"}, (
        "nobody has a telephone, no number of social care is set, nothing was looked up, no sheet was made,"
        " nothing answers at the desk’s address"
    )
