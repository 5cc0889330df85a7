"""A home that is damaged, or on Windows."""

import json
import shlex
import shutil
import subprocess
import sys

import pytest
from support.every_command import ended, leaves
from support.for_each import for_each

from monitor.terminal.program import ON_WINDOWS

# Whatever command is given where the store is torn: one sentence with the way out, and exit code 1.

NO_STORE = {
    "restore", "init", "triage", "source list", "source test", "source parse",
    "docs",
    "people list", "schools list", "set",
    "schools update", "service install", "service check", "terms list",
    "fleet run", "mail test", "desk", "demo", "setup",
}  # fmt: skip
IN_ITS_OWN_WAY = {"doctor"}
AS = "--as i-larkspur"
LINES = f"""
serve
status
backup ../backups
purge
digest --out digests
report --out reports
scan --no-send
alerts list
alerts ack a1 {AS}
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


@pytest.fixture(scope="module", params=[cut, hollow], ids=["cut", "hollow"])
def torn(request, played, tmp_path_factory):
    """A home whose store is damaged; no command changes anything in it."""
    home = tmp_path_factory.mktemp("torn") / "demo"
    shutil.copytree(played[0], home)
    settings, store = home / "schoolgate.toml", home / "schoolgate.duckdb"
    settings.write_text(settings.read_text().replace('id = "gazette"', 'id = "gazette"\nown = true'))
    store.write_bytes(request.param(store.read_bytes()))
    return home


@pytest.mark.parametrize("words", LINES.strip().splitlines())
def test_each_command_says_it_in_one_line(torn, words, monkeypatch):
    monkeypatch.chdir(torn)
    before = (torn / "schoolgate.duckdb").read_bytes()
    code, out, err = ended([*shlex.split(words), "--home", str(torn)], typed="@oakfieldparent\n")
    assert (code, len(err.splitlines()), out) == (1, 1, ""), (out, err)
    assert (torn / "schoolgate.duckdb").read_bytes() == before
    assert "cannot be read as a store" in err
    assert "schoolgate restore DIR --replace" in err


# On Windows every command says in one sentence where Schoolgate runs, and none ends in a traceback.

ON_WINDOWS_ALONE = """
import sys
for name in ("fcntl", "resource", "pwd", "grp", "termios", "syslog"):
    sys.modules[name] = None  # as on Windows: importing it raises ImportError

import contextlib, io, json
import monitor.terminal.program
from monitor.cli.app import app_for_words

class Windows:
    platform = "win32"
    def __getattr__(self, name):
        return getattr(sys, name)

monitor.terminal.program.sys = Windows()  # for us alone: the libraries here are those of this machine

def tried(arguments):
    sys.argv = ["schoolgate", *arguments]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            monitor.terminal.program.run_app(app_for_words(arguments))
        except SystemExit as end:
            return end.code, out.getvalue(), err.getvalue()

print(json.dumps([tried(arguments) for arguments in json.load(sys.stdin)]))
"""


COMMANDS = sorted(words for words, _ in leaves() if words != ("docs",))


ANYWHERE = [
    ["--help"], ["--version"], ["scan", "--help"], ["people", "list", "--help"], ["docs", "windows"],
]  # fmt: skip


@pytest.fixture(scope="module")
def on_windows():
    """(exit code, standard output, standard error) of each command line, all in one process."""
    lines = [*COMMANDS, *ANYWHERE]
    done = subprocess.run(
        [sys.executable, "-P", "-c", ON_WINDOWS_ALONE],
        input=json.dumps(lines), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {tuple(line): ended for line, ended in zip(lines, json.loads(done.stdout), strict=True)}


@for_each("words", COMMANDS)
def test_every_command_says_in_one_sentence_where_it_runs(on_windows, words):
    assert on_windows[words] == [1, "", f"{ON_WINDOWS}\n"]


@pytest.mark.parametrize("line", ANYWHERE, ids=" ".join)
def test_help_version_and_the_manual_answer_anywhere(on_windows, line):
    code, said, complained = on_windows[tuple(line)]
    assert (code, complained) == (0, "")
    assert "schoolgate" in said
