"""The docs say what the program does: its commands, its kinds of source, its words."""

from __future__ import annotations

import html
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from support.every_command import leaves
from support.for_each import for_each
from typer.testing import CliRunner

from data.types import Outcome, Route
from monitor.cli.app import app
from sources.registry import CATALOGUE, collector

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
DOCS = sorted(p for p in ROOT.rglob("*.md") if ".venv" not in p.parts and "node_modules" not in p.parts)


COMMANDS = sorted(words for words, _ in leaves())


@for_each("words", COMMANDS)
def test_every_command_has_help_with_an_example_that_begins_with_it(words):
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert f"schoolgate {' '.join(words)}" in result.stdout.partition("Examples:")[2]


@for_each("words", COMMANDS)
def test_every_command_has_a_row_in_the_page_of_commands(words):
    assert f"| `schoolgate {' '.join(words[:2])}` |" in COMMAND_PAGE


def test_the_page_of_commands_names_none_that_is_not_there():
    named = set(re.findall(r"\| `schoolgate ([a-z -]+)` \|", COMMAND_PAGE))
    assert named == {" ".join(words[:2]) for words in COMMANDS}


NAMED = sorted(
    {
        m
        for page in DOCS
        for m in re.findall(r"`schoolgate ((?:[a-z][a-z-]* ?)+)", page.read_text(encoding="utf-8"))
    }
)


@for_each("command", NAMED)
def test_no_page_names_a_command_that_is_not_there(command):
    words = tuple(command.split())
    tops = {c[0] for c in COMMANDS}
    groups = {c[:n] for c in COMMANDS for n in range(1, len(c))}
    assert words[0] in tops
    for n in range(1, len(words)):
        if words[:n] in groups:
            assert words[: n + 1] in {c[: n + 1] for c in COMMANDS}


def test_the_readme_is_read_in_five_minutes_and_shows_two_terminals_and_three_pages():
    assert len(README.split()) < 900
    shown = re.findall(r"!\[[^]]+\]\(docs/([^)]+)\)", README)
    assert [Path(name).suffix for name in shown] == [".svg", ".svg", ".png", ".png", ".png"]
    assert all((ROOT / "docs" / name).stat().st_size < 100_000 for name in shown)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda k: k.name)
def test_every_kind_of_source_is_told_with_its_terms(kind):
    section = SOURCES.partition(f"\n## {kind.name}\n")[2].partition("\n## ")[0]
    assert kind.what in section
    assert kind.terms in section


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda k: k.name)
def test_every_setting_of_a_kind_is_told(kind):
    section = SOURCES.partition(f"\n## {kind.name}\n")[2].partition("\n## ")[0]
    for name in collector(kind.name).settings.model_fields:
        assert f"`{name}`" in section or f"`{name}`" in SOURCES.partition("\n## ")[0]


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", SOURCES, re.DOTALL))
def test_every_example_of_a_source_is_toml(example):
    assert tomllib.loads(example)["sources"]


def test_the_glossary_names_every_route():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    row = next(line for line in glossary.splitlines() if line.startswith("| route |"))
    assert all(route.value.replace("_", " ") in row for route in Route)


@for_each("page", DOCS)
def test_no_page_keeps_the_marks_of_two_versions(page):
    assert not re.findall(r"^(?:<{7}|>{7}|={7}$)", page.read_text(encoding="utf-8"), re.MULTILINE)


@for_each("page", DOCS)
def test_every_link_between_pages_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def _anchors(page: Path) -> set[str]:
    """What a link may name of a page: its headings as a web site of repositories writes them."""
    heads = [
        line.lstrip("#").strip() for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    ]
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).lower() for head in heads]
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain}


@for_each("page", DOCS)
def test_every_link_to_a_heading_finds_it(page):
    for target, anchor in re.findall(r"\]\(([^)#\s]*\.md)?#([^)]+)\)", page.read_text(encoding="utf-8")):
        assert anchor in _anchors(page.parent / target if target else page), (target, anchor)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/how-it-works.md"])
def test_every_path_that_these_pages_name_is_there(name):
    rooms = {p.name for p in ROOT.iterdir() if p.is_dir()}
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", (ROOT / name).read_text(encoding="utf-8"))
    named = {
        word
        for span in spans
        for word in span.split()
        if word.partition("/")[0] in rooms and "/" in word and "NAME" not in word and "ROOM" not in word
    }
    assert named
    assert not [path for path in sorted(named) if not any(ROOT.glob(path.rstrip("/")))]


def test_every_outcome_a_person_may_meet_has_words():
    from monitor.terminal.wording import outcome_words

    assert not [o for o in Outcome if "_" in outcome_words(o) or outcome_words(o) == o.name]


def test_ci_runs_exactly_the_readmes_test_command():
    door = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    block = README.partition("<!-- test -->")[2].partition("```console\n")[2].partition("```")[0]
    assert block.strip() == 'pip install -c constraints.txt -e ".[test]" && pytest'
    assert "<!-- test -->" in door


def _shown(text):
    """Without blanks, and without the numbers of alerts and stories, which hang on the demo server's port."""
    return re.sub(
        r"(alert)[0-9A-F]{6}|(story)[0-9a-f]{8}", r"\1\2", "".join(text.replace("\u00a0", " ").split())
    )


def test_the_picture_shows_what_the_demo_ends_with(played):
    from monitor.cli.views.scan import scan_lines

    _, summary, config = played
    svg = (ROOT / "docs" / "demo.svg").read_text(encoding="utf-8")
    drawn = _shown(html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", svg, flags=re.DOTALL)))
    for line in scan_lines(replace(summary, seconds=2.0), config.zone):
        assert _shown(line) in drawn
