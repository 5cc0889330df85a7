"""The content classes: a row for each, and none of them spelt out elsewhere."""

import ast
import re
from pathlib import Path

import pytest

from data.content_class import BYPASSING, CLASSES, MOST_PROTECTIVE, ContentClass, Police, class_spec
from data.words.say import words
from tests.test_architecture import ROOMS, ROOT

CODE = re.compile(r"""C\d+|.*['"]C\d+['"].*""", re.DOTALL)


@pytest.mark.parametrize("content_class", ContentClass)
def test_every_class_has_its_row_and_what_nobody_judged_has_none(content_class: ContentClass) -> None:
    assert (content_class in CLASSES) == (content_class is not ContentClass.UNJUDGED)


def test_nothing_follows_from_what_nobody_judged() -> None:
    spec = class_spec(ContentClass.UNJUDGED)
    assert (spec.bypasses, spec.police, spec.grounds, spec.kept) == (False, Police.NO, (), None)


def test_what_bypasses_is_never_taken_up_with_its_author_nor_kept_as_pictures() -> None:
    assert {"C9", "C10"} == BYPASSING
    assert not any(
        CLASSES[code].author or CLASSES[code].pictures or CLASSES[code].grounds for code in BYPASSING
    )


def test_the_most_protective_classes_are_grave() -> None:
    assert all(CLASSES[code].grave for code in MOST_PROTECTIVE)


@pytest.mark.parametrize("code", CLASSES)
def test_a_class_is_called_the_same_in_the_docs_as_everywhere_else(code: str) -> None:
    page = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
    assert f"| {code} | {words('en')(ContentClass(code).key)}" in page


def test_every_class_has_a_name() -> None:
    assert all(words("en").has(content_class.key) for content_class in ContentClass)


@pytest.mark.parametrize("room", ROOMS)
def test_no_class_is_spelt_out_but_where_the_classes_are_defined(room: str) -> None:
    home = ROOT / "data" / "content_class.py"
    assert [where for path in (ROOT / room).rglob("*.py") if path != home for where in _spelt(path)] == []


def _spelt(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if re.search(r"C\d", text) else "")
    strings = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return [f"{path}:{n.lineno}" for n in strings if CODE.fullmatch(str(n.value))]
