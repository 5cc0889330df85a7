"""On Windows every command says in one sentence where Schoolgate runs, and none ends in a traceback."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.every_command import leaves
from support.for_each import for_each

from monitor.terminal.errors import ON_WINDOWS

ON_WINDOWS_ALONE = """
import sys
for name in ("fcntl", "resource", "pwd", "grp", "termios", "syslog"):
    sys.modules[name] = None  # as on Windows: importing it raises ImportError

import contextlib, io, json
import monitor.terminal.errors
from monitor.cli.app import asked

class Windows:
    platform = "win32"
    def __getattr__(self, name):
        return getattr(sys, name)

monitor.terminal.errors.sys = Windows()  # for us alone: the libraries here are those of this machine

def tried(arguments):
    sys.argv = ["schoolgate", *arguments]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            monitor.terminal.errors.run(asked(arguments))
        except SystemExit as end:
            return end.code, out.getvalue(), err.getvalue()

print(json.dumps([tried(arguments) for arguments in json.load(sys.stdin)]))
"""


COMMANDS = sorted(words for words, _ in leaves() if words != ("docs",))


def _on_windows(lines):
    """(exit code, standard output, standard error) of each command line, all in one process."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", ON_WINDOWS_ALONE],
        input=json.dumps(lines), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def told():
    return dict(zip(COMMANDS, _on_windows(COMMANDS), strict=True))


@for_each("words", COMMANDS)
def test_every_command_says_in_one_sentence_where_it_runs(told, words):
    assert told[words] == [1, "", f"{ON_WINDOWS}\n"]


@pytest.mark.parametrize(
    "line", [["--help"], ["--version"], ["scan", "--help"], ["people", "add", "--help"], ["docs", "windows"]]
)
def test_help_version_and_the_manual_answer_anywhere(line):
    ((code, said, complained),) = _on_windows([line])
    assert (code, complained) == (0, "")
    assert "schoolgate" in said
