"""How much of the house one small command enters: whoever follows it has to open so many files."""

from __future__ import annotations

import sys
from collections import Counter
from inspect import CO_OPTIMIZED
from pathlib import Path

import pytest
from builders.case_desk import Desk, insult, run

from data.store.engine import connect

ROOT = Path(__file__).resolve().parents[4]
ROOMS = tuple(f"{ROOT / room}/" for room in ("monitor", "sources", "classifiers", "alerts", "data"))
MOST_FILES, MOST_FUNCTIONS = 55, 280
"""Reading the settings and opening the store included; these may only fall.

Two files and 12 functions are what a step owes to its evidence and to being of its own type. It is read,
checked and written in `data/steps/stored.py` (eight functions more than before), and sealed as the row of one
that this program cannot read (one). What was handed in becomes evidence with the next step, whatever it is:
`data/store/cases/evidence_files.py` is asked for it (one). A post that nobody has placed is where its address
says (one). Every clock that is over is told (two). One was folded into its only caller.
What a number means, a case's or its alert's, is one file of its own (three functions, and one for who acts in
it); the checks of the settings are three files. Six files and 28 functions are what a quick start costs: the
settings that were checked before are found again, the commands' options need no pydantic, a command is made
without those beside it, what only shows a case loads no rules, and a turn at writing knows whether somebody
else wrote meanwhile. Two functions are what it costs to ask the store for less: who was asked next is asked
only where there is an alert, and one row is looked for before it is written. A file and two functions are
what it costs that the places of a fleet are checked as a home's are. Three functions are what it costs that
who is away and who covers for them are read and checked, and that a step may say who has the matter. Eight
are what it costs that the settings say how people sign in and that who has a matter is its owner's record.
"""
OF_ITS_OWN = 20
"""Functions of the command and of what it shares with its neighbours, from its options to the rules."""


def entered(act):
    """How often each function of the product, (file, name), is entered; no bodies of modules and classes."""
    found = Counter()

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_flags & CO_OPTIMIZED and code.co_filename.startswith(ROOMS):
            name = code.co_qualname.partition(".<locals>.<")[0]
            found[Path(code.co_filename).relative_to(ROOT).as_posix(), name] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return found


@pytest.fixture
def note(tmp_path, monkeypatch):
    """What the command enters, once what is done once in a process, or at some of its files, is done."""
    monkeypatch.setattr(connect, "_GIVE_BACK_EVERY", sys.maxsize)
    desk = Desk(tmp_path)
    assert desk("open", insult(desk), "--as", "holt").code == 0
    words = ("case", "note", "1", "She rang", "--as", "holt", "--home", str(desk.home))
    assert run(*words).code == 0
    return entered(lambda: run(*words))


def test_a_note_enters_few_files_and_functions(note):
    own = [file for file, _ in note if file.startswith(("monitor/cli/commands/", "monitor/act/casework/"))]
    assert len({file for file, _ in note}) <= MOST_FILES
    assert len(note) <= MOST_FUNCTIONS
    assert len(own) <= OF_ITS_OWN


def test_a_note_reads_its_case_once_in_one_session(note):
    assert note["data/store/cases/cases.py", "steps"] == 1
    assert note["alerts/ladder/replay.py", "replay"] == 1
    assert note["monitor/home/wiring.py", "open_session"] == 1
