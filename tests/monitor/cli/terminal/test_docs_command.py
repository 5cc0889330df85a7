"""`schoolgate docs`: the manual, shown where the program is."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from support.for_each import for_each
from typer.testing import CliRunner

from alerts.ladder.transitions import GUARDS, TABLE
from alerts.letters.kinds import SPECS, LetterKind
from alerts.routes.playbooks import playbooks
from classifiers.scoring.model_card import CARD, MODEL_DIR
from data.rungs import Rung
from data.steps.codes import BypassRoute
from data.words.say import words
from monitor.cli.app import asked
from monitor.cli.commands.setup.docs import pages
from monitor.cli.views.manual import FIGURES, filled
from monitor.terminal import output

DOCS = Path(__file__).resolve().parents[4] / "docs"


def _shown(*name):
    return CliRunner().invoke(asked(["docs"]), ["docs", *name])


@for_each("name", ["installing", "installing.md", "docs/installing.md", "Installing", "installing#upgrading"])
def test_a_page_is_shown_by_each_name_that_people_meet(name):
    assert _shown(name).stdout == (DOCS / "installing.md").read_text(encoding="utf-8") + "\n"


@for_each(
    ("name", "page"),
    [
        ("", "README.md"),
        ("decisions/readme", "decisions/README.md"),
        ("0037-a-sealed-set", "decisions/0037-a-sealed-set.md"),
        ("changelog", "../CHANGELOG.md"),
        ("readme", "../README.md"),
    ],
)
def test_the_list_what_stands_beside_the_manual_and_a_decision_are_pages_too(name, page):
    assert _shown(name).stdout == (DOCS / page).read_text(encoding="utf-8") + "\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("instaling", "There is no page “instaling”. Did you mean “installing”? All pages: schoolgate docs"),
        ("../pyproject", "There is no page “../pyproject”"),
    ],
)
def test_a_page_that_is_not_there_is_not_shown_and_the_nearest_is_named(name, said):
    result = _shown(name)
    assert str(result.exception).startswith(said)
    assert not result.stdout


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_page_is_laid_out_and_each_page_it_leads_to_is_named(monkeypatch):
    monkeypatch.setattr("sys.stdout", _Terminal())
    monkeypatch.setenv("COLUMNS", "200")
    output.say_page(
        "# Upgrading\n\nSee [your first week](first-week.md#mail), [desk.md](desk.md), "
        "[why](decisions/0037-a-sealed-set.md) and [the law](https://law.example.org/a.md).\x1b[2J\n"
    )
    said = output.sys.stdout.getvalue()
    assert "# Upgrading" not in said
    assert "See your first week (first-week), desk.md, why (decisions/0037-a-sealed-set)" in said
    assert "https://law.example.org/a.md" in said
    assert "\x1b[2J" not in said


def _lines(*name):
    return _shown(*name).stdout.splitlines()


def test_the_ladder_is_shown_with_every_transition_guard_rung_and_lane_of_the_program():
    page = _shown("removal-ladder").stdout
    assert all(f"| `{kind}` |" in page or f"| `{kind}`, 999" in page for _, kind in TABLE)
    assert all(f"| `{name}` |" in page for name in (*GUARDS, *Rung, *BypassRoute))
    assert "<!-- made" not in page


def test_the_page_of_access_is_shown_with_who_acts_and_who_is_told():
    shown = _lines("access")
    assert any(
        line.startswith("| the head | chair of governors, then vice-chair of governors") for line in shown
    )
    assert "| local authority | – | – | – | – | – | – |" in shown
    assert not [line for line in shown if line.startswith("<!-- made")]


def test_the_page_of_letters_is_shown_with_every_kind_by_its_title():
    shown = _shown("letters").stdout
    assert all(f"| `{kind}` |" in shown for kind in LetterKind)
    assert "| `holding_line` | Line for the press |" in shown


@for_each("kind", list(LetterKind))
def test_every_letter_is_shown_by_its_name_with_its_blanks_and_no_tag(kind):
    shown = _shown("letter", kind.value)
    assert shown.stdout.startswith("# ")
    assert not re.search(r"\{[{%]|[%}]\}", shown.stdout)
    assert "\n\n\n" not in shown.stdout
    assert all(f"`{name}`" in shown.stdout for name in SPECS[kind].wants)


def test_a_letter_that_a_nation_has_its_own_of_is_shown_for_each():
    shown = _lines("letter", "complaints_procedure")
    assert {"## Wales", "## Scotland", "## Northern Ireland"} <= set(shown)


def test_the_playbooks_are_shown_with_every_step_and_its_guidance():
    shown = _shown("playbooks").stdout
    assert all(f"## {words('en')(f'playbook.title.{key}')}" in shown for key in playbooks())
    assert shown.count("   Guidance: ") == sum(len(book.steps) for book in playbooks().values())


def test_the_first_hour_is_shown_with_the_questions_of_every_nation():
    assert "- The child protection co-ordinator: name, e-mail; a deputy after a semicolon" in _lines(
        "first-hour"
    )


def test_the_subjects_of_mails_are_listed_with_their_blanks():
    assert "| report | To sign: governors’ report, week ‹week› |" in _lines("mails")


def test_the_page_of_the_model_is_shown_with_every_figure_of_its_card():
    shown = _shown("model").stdout
    card = json.loads((MODEL_DIR / CARD).read_text(encoding="utf-8"))
    figures = card["measured"]["sealed"][-1]["figures"]
    assert all(f"| {FIGURES[name][0]} | {FIGURES[name][1]} |" in shown for name in figures)
    rows = [line for line in shown.splitlines() if line.startswith("| severity 3 and 4: alerted |")]
    assert rows
    assert all(
        re.fullmatch(r"\|[^|]+\| ≥ \.82 \| [\d.]+ \| [\d.]+ to [\d.]+ \| [\d,]+ \|", row) for row in rows
    )


def test_a_page_that_names_no_table_of_the_program_is_refused():
    with pytest.raises(KeyError, match="nothing"):
        filled("<!-- made: nothing -->")


@for_each(
    "name", sorted(name for name in pages() if "<!-- made" in pages()[name].read_text(encoding="utf-8"))
)
def test_every_table_that_a_page_names_is_made(name):
    assert "<!-- made" not in _shown(name).stdout
