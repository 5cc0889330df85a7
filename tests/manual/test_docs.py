"""The docs say what the program does: its commands, its kinds of source, its words, its lines to be typed."""

from __future__ import annotations

import ast
import html
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import pytest
from support.checkout import ROOT
from support.every_command import ended, leaves, tree
from support.for_each import for_each
from typer.testing import CliRunner

from classifiers.triage import _KEYS as ITEM_KEYS
from data import errors
from data.register.national_lists import _KEYS as SCHOOL_KEYS
from data.types import Outcome, Route
from monitor.cli.app import app
from monitor.cli.commands.docs import command_lines, doc_pages
from monitor.reports.manual import FIGURES, fill_page, generated_pages
from monitor.terminal.program import INTERRUPTED
from monitor.terminal.wording import outcome_words
from research.evaluation.judged import press_figures, real_figures, school_figures
from research.evaluation.labelled_items import normal_form, read_items
from research.evaluation.made_tests import FUNCTIONS
from sources.registry import CATALOGUE, collector

pytestmark = pytest.mark.house

DOCS = {
    page: page.read_text(encoding="utf-8")
    for page in sorted(ROOT.rglob("*.md"))
    if ".venv" not in page.parts and "node_modules" not in page.parts
}
README = DOCS[ROOT / "README.md"]
COMMAND_PAGE, SOURCES = DOCS[ROOT / "docs" / "commands.md"], DOCS[ROOT / "docs" / "sources.md"]
COMMANDS = sorted(words for words, _ in leaves())

# ------------------------------------------------------------------- commands


@for_each("words", COMMANDS)
def test_every_command_has_help_with_an_example_that_begins_with_it(words):
    """Give the command an example in the `.toml` beside its module."""
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert f"schoolgate {' '.join(words)}" in result.stdout.partition("Examples:")[2]


def test_the_page_of_commands_has_a_row_for_each_that_there_is():
    """Have `command_lines` of monitor/cli/commands/docs.py give the command."""
    rows = re.findall(r"\| `schoolgate ([a-z -]+)` \| .{20,} \|", fill_page(COMMAND_PAGE, command_lines))
    assert sorted(rows) == sorted(map(" ".join, COMMANDS))


@for_each("page", doc_pages().values())
def test_every_table_that_a_page_names_is_made(page):
    """Correct the name of the table, or give it in monitor/reports/manual.py."""
    assert "<!-- made:" not in fill_page(DOCS[page], command_lines)


@for_each(
    "command", sorted({m for t in DOCS.values() for m in re.findall(r"`schoolgate ((?:[a-z][a-z-]* ?)+)", t)})
)
def test_no_page_names_a_command_that_is_not_there(command):
    """Correct the page that names it."""
    words = tuple(command.split())
    groups = {c[:n] for c in COMMANDS for n in range(len(c))}
    for n in range(len(words)):
        if words[:n] in groups:
            assert words[: n + 1] in {c[: n + 1] for c in COMMANDS}


_LINE = re.compile(r"^(?: {4,}|\$ )*(?:pip install .* && )?(schoolgate .*)$")
_IN_TEXT = re.compile(r"(?<!`)`(schoolgate [^`]*)`(?!`)")
_MARKED = re.compile(r"<!-- run: demo -->\n```console\n(.*?)```", re.DOTALL)
_FOR_READERS = {
    page: text
    for page, text in DOCS.items()
    if (page.parent == ROOT and page.name in ("README.md", "CONTRIBUTING.md"))
    or ROOT / "docs" in page.parents
}


def _typed(text: str) -> Iterator[str]:
    """Every command of a page: in a block, its comment after two blanks cut off; or within a sentence."""
    text = text.replace(" \\\n", " ")
    for line in text.splitlines():
        if match := _LINE.match(line):
            yield re.split(r" {3,}", match[1])[0].partition(" <")[0].partition(" #")[0]
    yield from (" ".join(line.split()) for line in _IN_TEXT.findall(text))


LINES = sorted({line for text in _FOR_READERS.values() for line in _typed(text)})


def _command(words):
    """The command that is meant, and what is given to it; a group by itself stands for all below it."""
    command = tree()
    while words and hasattr(command, "commands") and words[0][:1].islower():  # COMMAND: any of them
        assert words[0] in command.commands, f"there is no {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    return command, words


@for_each("line", LINES)
def test_a_line_to_be_typed_has_the_options_of_its_command(line):
    """Correct the line in the page: its command has other options."""
    words = [word for word in shlex.split(line)[1:] if word not in ("…", "&&")]
    command, typed = _command(words)
    options = [option for option in typed if option.startswith("--")]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in options} <= known | {"--help", "--version"}
    if "…" not in line and options and "--help" not in typed:
        command.make_parser(command.context_class(command)).parse_args(typed)


def test_the_lines_of_the_pages_are_found():
    """Correct `_typed`: it passes over lines of the pages."""
    assert {"schoolgate serve", "schoolgate demo"} <= set(LINES)


MARKED = sorted(
    {line for t in _FOR_READERS.values() for block in _MARKED.findall(t) for line in block.splitlines()}
)


@for_each("line", MARKED)
def test_a_line_of_a_marked_block_runs_in_the_demos_home(line, home):
    """Correct the line in the page, or the command: it failed in the demo's home."""
    code, out, err = ended([*shlex.split(line)[1:], "--home", str(home)])
    assert code in (0, 1), err
    assert out


# ------------------------------------------------------------------- exit codes and lines of JSON


def test_the_page_names_every_key_of_the_lines_of_json():
    """Write the key into “JSON” of docs/commands.md."""
    lines = COMMAND_PAGE.partition("\n## JSON\n")[2].partition("\n## ")[0]
    parsed = ast.parse((ROOT / "sources/parse.py").read_text("utf-8"))
    (line,) = (f for f in ast.walk(parsed) if isinstance(f, ast.FunctionDef) and f.name == "mention_line")
    keys = [key.value for node in ast.walk(line) if isinstance(node, ast.Dict) for key in node.keys]
    assert [key for key in (*keys, *ITEM_KEYS, *SCHOOL_KEYS) if f"`{key}`" not in lines] == []


_BEFORE_SETUP = COMMAND_PAGE.partition("## The commands")[0]
EXIT_CODES = dict(re.findall(r"^\| (\d+) \| .+? \| (.*?) ?\|$", _BEFORE_SETUP, re.MULTILINE))
NOT_ALL = {
    "scan": "monitor/cli/scan_once.py",
    "init": "monitor/cli/commands/init.py",
    "service install": "monitor/cli/commands/service.py",
    "fleet run": "monitor/cli/commands/fleet.py",
}
"""Where a command says that not all was done."""


def _codes(path: Path) -> set[int]:
    """The numbers that a module ends a command with: given to `end_command`, or returned where an int is."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = [n for n in nodes if isinstance(n, ast.Call)]
    ends = [call.args[0] for call in calls if ast.unparse(call.func).endswith("end_command")]
    for function in (n for n in nodes if isinstance(n, ast.FunctionDef) and n.returns):
        if ast.unparse(function.returns) == "int" and function.name.startswith(("_", "print", "exit")):
            ends += [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
    parts = [p for end in ends for p in ((end.body, end.orelse) if isinstance(end, ast.IfExp) else (end,))]
    return {part.value for part in parts if isinstance(part, ast.Constant)}


def test_the_table_of_exit_codes_has_those_of_the_code_and_no_other():
    """Correct the table of exit codes in docs/commands.md (and NOT_ALL here)."""
    codes = {path: _codes(path) for path in (ROOT / "monitor" / "cli").rglob("*.py")}
    kinds = (
        e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.SchoolgateError)
    )
    ends = {*(kind.exit_code for kind in kinds), INTERRUPTED, *(c for each in codes.values() for c in each)}
    assert set(map(str, ends)) == {*EXIT_CODES}
    assert {p.relative_to(ROOT).as_posix() for p, each in codes.items() if 3 in each} == {*NOT_ALL.values()}
    assert set(re.findall(r"`([a-z ]+)`", EXIT_CODES["3"])) == {*NOT_ALL}


# ------------------------------------------------------------------- kinds of source, words, figures


@for_each("kind", CATALOGUE.values())
def test_every_setting_of_a_kind_of_source_is_described(kind):
    """Name the table of settings in the kind's section of docs/sources.md."""
    title = "Places with a key" if kind.key else kind.name
    section = SOURCES.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    for name, field in collector(kind.name).settings.model_fields.items():
        told = section + SOURCES.partition("\n## Sources found")[0]
        assert field.description, name
        assert f"`{name}`" in told or "<!-- made: settings_" in section, name


@for_each("example", re.findall(r"```toml\n(.*?)```", SOURCES, re.DOTALL))
def test_every_example_of_a_source_is_toml(example):
    """Correct the example in docs/sources.md."""
    assert tomllib.loads(example)["sources"]


def test_the_glossary_names_every_route():
    """Write the route into docs/glossary.md."""
    row = next(t for t in DOCS[ROOT / "docs" / "glossary.md"].splitlines() if t.startswith("| route |"))
    assert [route for route in Route if route.value.replace("_", " ") not in row] == []


def test_every_outcome_a_person_may_meet_has_words():
    """Give the outcome words in monitor/terminal/wording.py."""
    assert [o for o in Outcome if "_" in outcome_words(o) or outcome_words(o) == o.name] == []


def test_every_figure_of_the_models_card_has_its_words():
    """Give the figure words in monitor/reports/manual.py, FIGURES."""
    assert {*school_figures([]), *press_figures([]), *real_figures([])} <= set(FIGURES)


def test_no_twin_that_was_made_for_measuring_is_learnt_from():
    """Take the post out of research/training/data: it is one that the model is measured by."""
    learnt = {
        normal_form(item["text"])
        for path in (ROOT / "research" / "training" / "data").glob("*.jsonl")
        for item in read_items(path)
    }
    assert [item["id"] for item in read_items(FUNCTIONS) if normal_form(item["text"]) in learnt] == []


# ------------------------------------------------------------------- pages, and links between them


def test_the_readme_is_read_in_five_minutes_and_shows_a_terminal_and_three_pages():
    """Shorten README.md to 650 words; Today first, a terminal and two more pages below 100 kB each."""
    assert len(README.split()) <= 650
    shown = re.findall(r"!\[[^]]+\]\(docs/([^)]+)\)", README)
    assert [Path(name).suffix for name in shown] == [".png", ".svg", ".png", ".png"]
    assert all((ROOT / "docs" / name).stat().st_size < 100_000 for name in shown)


def _anchors(text: str) -> set[str]:
    """What a link may name of a page: its headings as a web site of repositories writes them."""
    heads = [line.lstrip("#").strip() for line in text.splitlines() if line[:1] == "#"]
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).lower() for head in heads]
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in plain}


@for_each("page", DOCS)
def test_every_link_between_pages_and_to_a_heading_leads_somewhere(page):
    """Correct the link; or settle what two versions of the page left between marks."""
    text = DOCS[page]
    assert not re.findall(r"^(?:<{7}|>{7}|={7}$)", text, re.MULTILINE)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert "://" in target or (page.parent / target).exists(), target
    for target, anchor in re.findall(r"\]\(([^)#\s]*\.md)?#([^)]+)\)", text):
        assert anchor in _anchors(DOCS[(page.parent / target).resolve()] if target else text), (
            target,
            anchor,
        )


@for_each("name", ["CONTRIBUTING.md", "docs/how-it-works.md"])
def test_every_path_that_these_pages_name_is_there(name):
    """Correct the path in the page: the file has moved or is gone."""
    rooms = {p.name for p in ROOT.iterdir() if p.is_dir()}
    paths = {
        word
        for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", DOCS[ROOT / name])
        for word in span.split()
        if word.partition("/")[0] in rooms and "/" in word and "NAME" not in word and "ROOM" not in word
    }
    assert paths
    assert [path for path in sorted(paths) if not any(ROOT.glob(path.rstrip("/")))] == []


def test_ci_runs_exactly_the_readmes_test_command():
    """Keep README's block `<!-- test -->` and the line of .ci/run that takes it from there."""
    block = README.partition("<!-- test -->")[2].partition("```console\n")[2].partition("```")[0]
    assert block.strip() == 'pip install -c constraints.txt ./reader -e ".[test]" && pytest'
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_tests_play_what_the_readmes_first_command_installs():
    """Install in both blocks of README what the other one does: the second reader is in both."""
    first = README.partition("<!-- run -->")[2].partition("```console\n")[2].partition(" && ")[0]
    assert [part for part in first.split() if part.startswith(".")] == ["./reader", "."]


def _shown(text):
    """Without blanks, and without the numbers of alerts and stories, which hang on the demo server's port."""
    text = "".join(text.replace("\u00a0", " ").split())
    return re.sub(r"(alert)[0-9A-F]{6}|(story)[0-9a-f]{8}", r"\1\2", text)


def test_the_picture_shows_what_the_demo_ends_with(played):
    """Draw docs/demo.svg again: the demo ends with other lines."""
    from monitor.cli.scan_once import scan_lines

    _, summary, config = played
    svg = (ROOT / "docs" / "demo.svg").read_text(encoding="utf-8")
    drawn = _shown(html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", svg, flags=re.DOTALL)))
    lines = scan_lines(replace(summary, seconds=2.0, exit=0, waiting_messages=0), config.zone)
    assert [line for line in lines if _shown(line) not in drawn] == []


# ------------------------------------------------------------------- what the program says names pages

ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")
TEMPLATES = {".txt", ".html", ".j2", ".typ", ".xml", ".js"}


def _in_code(text: str) -> Iterator[str]:
    """Its strings, without what is said to those who read the code."""
    nodes = list(ast.walk(ast.parse(text)))
    aside = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            yield node.value


def _in_table(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _in_table(each)
    elif isinstance(value, str):
        yield value


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, str]]:
    """What people may read, each with where it is written."""
    found = [(f"schoolgate {' '.join(words)}", str(command.help)) for words, command in leaves()]
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*")):
        where = path.relative_to(ROOT).as_posix()
        if path.suffix not in {".py", ".toml", *TEMPLATES} or where.startswith("classifiers/model/"):
            continue
        text = path.read_text(encoding="utf-8")
        if "docs" not in text:
            continue
        texts = _in_code(text) if path.suffix == ".py" else [text]
        found += [
            (where, each) for each in (_in_table(tomllib.loads(text)) if path.suffix == ".toml" else texts)
        ]
    return found


def test_no_message_sends_anybody_to_a_file_of_the_checkout(messages):
    """Name the page by ⟪docs⟫ NAME, which an installed copy shows too."""
    assert [each for each in messages if re.search(r"\bdocs/[\w-]+\.md", each[1])] == []


def test_every_page_that_a_message_names_is_one_that_an_installed_copy_shows(messages):
    """Correct the page's name in the message."""
    names = [
        (name, where)
        for where, text in messages
        for name in re.findall(r"(?:schoolgate docs|⟪docs⟫) ([\w-]+)", text)
    ]
    shown = {*doc_pages(), *(name.split()[0] for name in generated_pages())}
    assert len(names) > 50
    assert [(name, where) for name, where in names if name not in shown] == []


def test_the_eight_files_from_a_feed_to_a_digest_follow_one_another():
    """Correct the table in docs/how-it-works.md: each function takes what an earlier one gives."""
    row = re.compile(r"\| \d \| `(\S+)\.py` \| `(\S+)` \| `(\w+)`[^→]* → `(\w+)`")
    rows = row.findall(DOCS[ROOT / "docs" / "how-it-works.md"])
    given = {"Request", "Facts"}  # the one is planned by sources/runs.py, the others are read from the store
    for path, name, takes, gives in rows:
        module = import_module(path.replace("/", "."))
        taken = dict(attrgetter(name)(module).__annotations__)
        returned = taken.pop("return")
        assert takes in given, name
        values = re.findall(r"\w+", " ".join(taken.values()))
        within = (getattr(getattr(module, value, None), "__annotations__", {}) for value in values)
        values += re.findall(r"\w+", " ".join(str(field) for fields in within for field in fields.values()))
        assert takes in values, name
        assert gives in re.findall(r"\w+", returned), name
        given |= {gives, *re.findall(r"\w+", " ".join(getattr(module, gives).__annotations__.values()))}
    assert len(rows) == 8
