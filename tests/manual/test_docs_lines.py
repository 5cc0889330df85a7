"""Each line that a page gives to be typed exists, with its options; what is marked to be run does run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.every_command import ended, tree
from support.for_each import for_each

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINE = re.compile(r"^(?: {4,}|\$ )*(?:pip install .* && )?(schoolgate .*)$")
_IN_TEXT = re.compile(r"(?<!`)`(schoolgate [^`]*)`(?!`)")
_MARKED = re.compile(r"<!-- run: demo -->\n```console\n(.*?)```", re.DOTALL)


def _typed(page: Path) -> Iterator[str]:
    """Every command of a page: in a block, its comment after two blanks cut off; or within a sentence."""
    text = page.read_text(encoding="utf-8").replace(" \\\n", " ")
    for line in text.splitlines():
        found = _LINE.match(line)
        if found:
            yield re.split(r" {3,}", found[1])[0].partition(" <")[0].partition(" #")[0]
    yield from (" ".join(found.split()) for found in _IN_TEXT.findall(text))


LINES = sorted({line for page in PAGES for line in _typed(page)})


def _command(words):
    """The command that is meant, and what is given to it; a group by itself stands for all below it."""
    found = tree()
    while words and hasattr(found, "commands") and words[0][:1].islower():  # COMMAND: any of them
        assert words[0] in found.commands, f"there is no {words[0]}"
        found, words = found.commands[words[0]], words[1:]
    return found, words


@for_each("line", LINES)
def test_a_line_to_be_typed_has_the_options_of_its_command(line: str) -> None:
    words = [word for word in shlex.split(line)[1:] if word not in ("…", "&&")]
    command, given = _command(words)
    wanting = [option for option in given if option.startswith("--")]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in wanting} <= known | {"--help", "--version"}
    if "…" not in line and wanting and "--help" not in given:
        command.make_parser(command.context_class(command)).parse_args(given)


def test_the_lines_of_the_pages_are_found() -> None:
    assert {"schoolgate serve", "schoolgate scan --demo"} <= set(LINES)


MARKED = sorted(
    {
        line
        for page in PAGES
        for block in _MARKED.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
    }
)


@pytest.mark.parametrize("line", MARKED)
def test_a_line_of_a_marked_block_runs_in_the_demos_home(line: str, home: Path) -> None:
    code, out, err = ended([*shlex.split(line)[1:], "--home", str(home)])
    assert code in (0, 1), err
    assert out
