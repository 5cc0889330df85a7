"""Phrases that nobody reads in one go are refused in all that the program says and in its manual."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

REFUSED = [  # a pattern, why it is refused, what to write instead
    (
        r"\bwhoever (looks after|keeps)\b",
        "a relative clause as a subject",
        "the person who looks after Schoolgate",
    ),
    (
        r"(?<![a-z] )\bWhoever\b",
        "a relative clause as a subject",
        "a noun: anyone who, people who, the person who",
    ),
    (r"\be-mail", "two spellings of one word", "email"),
    (r"\btelephones?\b", "an old word", "phone"),
    (r"\banew\b", "an old word", "again"),
    (r"\blest\b", "an old word", "so that … not"),
    (r"\bmeanwhile\b", "says neither since nor until", "since then, or until then"),
    (r"\bnot yours to\b", "who may is left out", "you may not"),
    (r"\bhand(s|ed)? (it|this|something) in\b", "another word for report", "report"),
    (r"\bwas handed in by\b", "another word for report", "somebody reported it"),
    (r"\b(nobody|somebody|you) (has|have) it\b", "who does what is left out", "is dealing with it"),
    (r"\bI have it\b", "who does what is left out", "I will deal with it"),
    (r"\bthat is no bank holiday\b", "a negated noun", "that is not a bank holiday"),
    (r"\bjudged too gravely\b", "grave is not said of a post", "less serious than we judged"),
    (r"\bof the press\b", "of for from", "from the press"),
    (r"\bgood (once|for ten|until)\b", "good for valid", "it works once, it works until"),
    (r"\b(a|the) hole in\b", "a hole is dug", "a vulnerability"),
    (r"\bstands (there|here|below|in its|beside|inside|within)\b", "stands for is", "is"),
    (r"\bbears? (your|the|its) name\b", "an old word", "has the name"),
    (r"\bhow far it is\b", "a measure without a thing", "how far it has got, its state"),
    (r"\bwhat became of\b", "a relative clause as an object", "the outcome"),
    (r"\bput right now\b", "long for fix", "fix now"),
    (r"\bbut for (a|the|those)\b", "but for except", "except for"),
    (r"\bof which\b", "of which", "two sentences"),
]

SAID = (
    "data/words",
    "alerts/letters/templates",
    "alerts/layout/templates",
    "alerts/weekly/templates",
    "monitor/reports/templates",
    "monitor/desk/templates",
    "monitor/setup",
    "monitor/config",
)
FILES = ("README.md", "alerts/routes/platforms.toml", "alerts/routes/helplines.toml", "sources/kinds.toml")
NAMES = re.compile(r"\{\{.*?\}\}|\{[^{}]*\}|<[^>]*>|`[^`]*`")
"""Placeholders, markup and commands: nobody reads them as prose."""


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _said(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    found = _strings(tomllib.loads(text)) if path.suffix == ".toml" else [text]
    return [NAMES.sub("", said) for said in found]


def _paths() -> list[Path]:
    kinds = {".toml", ".txt", ".html", ".md", ".jinja", ".typ"}
    found = [path for folder in SAID for path in sorted((ROOT / folder).rglob("*")) if path.suffix in kinds]
    return [*found, *sorted((ROOT / "docs").glob("*.md")), *(ROOT / name for name in FILES)]


@pytest.mark.parametrize(("pattern", "why", "instead"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_people_read_says_it_plainly(pattern: str, why: str, instead: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {said[max(0, hit.start() - 40) : hit.end() + 40]!r}"
        for path in _paths()
        for said in _said(path)
        for hit in re.finditer(pattern, said)
    ]
    assert not wrong, f"{why}; write: {instead}"
