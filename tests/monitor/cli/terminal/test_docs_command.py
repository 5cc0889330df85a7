"""`schoolgate docs`: the manual, shown where the program is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from support.for_each import for_each
from typer.testing import CliRunner

from monitor.cli.app import asked
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
        ("letters/readme", "letters/README.md"),
        ("0049-what-a-start-costs", "decisions/0049-what-a-start-costs.md"),
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
        "[why](decisions/0049-what-a-start-costs.md) and [the law](https://law.example.org/a.md).\x1b[2J\n"
    )
    said = output.sys.stdout.getvalue()
    assert "# Upgrading" not in said
    assert "See your first week (first-week), desk.md, why (decisions/0049-what-a-start-costs)" in said
    assert "https://law.example.org/a.md" in said
    assert "\x1b[2J" not in said
