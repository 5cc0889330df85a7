"""A rung of the removal ladder is one row and one name."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.checkout import paths
from support.for_each import for_each
from test_architecture import MODULES, ROOT

from alerts.letters.kinds import LetterKind
from data.rungs import Rung
from data.words.say import words

pytestmark = pytest.mark.house

ABOUT_ONE_RUNG = {
    "alerts/ladder/guards.py": {"AUTHOR_REQUEST", "HOST", "PLATFORM_REPORT"},
    "alerts/letters/kinds.py": {"HOST"},
    "alerts/letters/facts.py": {"AUTHOR_REQUEST", "HOST", "ISP", "PLATFORM_REPORT"},
    "data/cases.py": {"PLATFORM_REPORT"},
}
"""Rules that are truly about one rung: who is asked before whom, a platform's silence, what a letter says of
earlier requests. This list may only shrink: all else is a column of `RungSpec`."""

GUARDS = re.compile(r"^OF_RUNGS: .*?^}", re.MULTILINE | re.DOTALL)
"""What each rung wants before it is asked: rows beside those of the table."""

A_ROW = """
    PRESS_REGULATOR = (
        "press_regulator",
        RungSpec(
            order=4,
            clock=CaseClock.CHASE_2_WORKING_DAYS,
            ways=(PLAIN, AskingWay("appeal", clock=CaseClock.REVIEW_30D)),
        ),
    )
"""
ITS_GUARDS = """
    Rung.PRESS_REGULATOR: (
        guards.pupil_letters,
        guards.already_asked,
    ),
"""
NAME = "the press regulator"


def test_no_rung_is_named_outside_its_row_but_in_rules_about_it_alone() -> None:
    """Make what differs a column of `RungSpec` (data/rungs.py); ABOUT_ONE_RUNG may only shrink."""
    found = {
        path.relative_to(ROOT).as_posix(): set(
            re.findall(r"\bRung\.([A-Z_]+)", GUARDS.sub("", path.read_text()))
        )
        for path in MODULES
        if path.name != "rungs.py"
    }
    assert {path: names for path, names in found.items() if names} == ABOUT_ONE_RUNG


@for_each("rung", Rung)
def test_a_row_names_only_letters_that_there_are(rung: Rung) -> None:
    """Name letters of `LetterKind`, and give the rung its name in data/words/en/rung.toml."""
    assert set(rung.spec.letters) <= set(LetterKind)
    assert words("en").has(rung.key)


def test_no_letter_belongs_to_two_rungs_but_the_owners_notice() -> None:
    """Give the letter to one rung."""
    letters = Counter(letter for rung in Rung for letter in rung.spec.letters)
    assert {letter for letter, n in letters.items() if n > 1} == {LetterKind.COPYRIGHT_NOTICE}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a copy of the program shows, where somebody added that row, its guards and that name."""
    home = tmp_path_factory.mktemp("rung")
    for room in ("data", "alerts"):
        shutil.copytree(ROOT / room, home / room, ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("classifiers", "docs", "monitor", "sources"):
        (home / room).symlink_to(ROOT / room)
    _put_before("POLICE = (", A_ROW, home / "data" / "rungs.py")
    _put_before("Rung.POLICE: (", ITS_GUARDS, home / "alerts" / "ladder" / "advance.py")
    with (home / "data" / "words" / "en" / "rung.toml").open("a", encoding="utf-8") as file:
        file.write(f'press_regulator.name = "{NAME}"\n')
    script = Path(__file__).with_name("another_rung.py")
    ran = subprocess.run(
        [sys.executable, "-P", str(script)],
        env={**os.environ, "PYTHONPATH": paths(home, script.parent)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def _put_before(line: str, new: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert f"\n    {line}" in text
    path.write_text(text.replace(f"\n    {line}", f"{new}    {line}", 1), encoding="utf-8")


ROW = "| `press_regulator` | the press regulator | `pupil_letters`, `already_asked` |"


@for_each(
    ("where", "said"),
    [
        ("next", "the press regulator"),
        ("letter", "contacted: the press regulator"),
        ("pack", "Who was asked: the press regulator"),
        ("report", "The press regulator"),
        ("page", f"{ROW} `chase_2_working_days`; asked as `appeal`: `review_30d` | – |"),
    ],
)
def test_what_may_be_asked_next_letters_packs_reports_and_the_page_name_a_new_rung(shown, where, said):
    """Take rungs from the table, not from a list of your own."""
    assert said in shown[where]


def test_a_new_rung_is_guarded_and_waited_for_and_changes_no_letter_and_no_stored_report(shown) -> None:
    """Take guards and clocks from the table; keep what is stored as it was."""
    assert shown["refused_to_a_pupil"] == "pupil_letters"
    assert shown["clock"] == "chase_2_working_days"
    assert shown["clock_of_an_appeal"] == "review_30d"
    assert shown["highest"] == "press_regulator"
    assert shown["state"] == "waiting for the press regulator"
    assert shown["letters_offered"] == [kind.value for kind in LetterKind]
    assert "The platform" in shown["stored_report"]
    assert "The press regulator" not in shown["stored_report"]
