"""The letters in docs/letters/ are those that the code prints, every kind in both languages."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from alerts.letters.kinds import LetterKind
from data.words.say import LANGUAGES

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def printer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("print_letters", DOCS / "print_letters.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_page_is_what_the_code_prints(printer: ModuleType) -> None:
    held = {path: path.read_text(encoding="utf-8") for path in (DOCS / "letters").rglob("*.md")}
    made = printer.pages()
    assert held.keys() == made.keys()
    assert not [path.name for path in made if held[path] != made[path]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_kind_of_letter_is_shown_in_every_language(
    printer: ModuleType, kind: LetterKind, language: str
) -> None:
    assert list(printer.drafted(kind, language))
    assert f"]({language}/{kind.value}.md)" in printer.index()


def test_the_manual_lists_every_kind_by_its_title(printer: ModuleType) -> None:
    assert printer.manual() == printer.MANUAL.read_text(encoding="utf-8")
    assert "| `holding_line` | Line for the press |" in printer.manual()


def test_what_somebody_says_is_said_in_both_languages_and_all_of_it_is_used(printer: ModuleType) -> None:
    said = {language: set(facts) for language, facts in printer.SAID.items()}
    used = {fact for rows in printer.VARIANTS.values() for row in rows for fact in row[3]}
    assert said == {language: used for language in LANGUAGES}
