"""The prefixes of the codes in the audit: each kind has its own, and every writer takes it from one table."""

from __future__ import annotations

import ast
import re

import pytest
from builders.every_action import ROOT, writers

from data.store.engine.audit_chain import Code

_PREFIX = re.compile(r"(?:^|['\"\s])([a-z][a-z0-9_]*):(?!:)(?=\S|$)")


def test_no_kind_of_code_begins_as_another_does():
    begins = [kind.of("") for kind in Code]
    assert len(set(begins)) == len(begins) == len(Code.__members__)
    assert not [(a, b) for a in begins for b in begins if a != b and b.startswith(a)]


def test_no_writer_of_the_audit_spells_a_prefix_by_hand():
    found = [
        (path.relative_to(ROOT).as_posix(), text)
        for path, tree in writers()
        for text in _strings(tree)
        for prefix in _PREFIX.findall(text)
        if prefix in set(Code)
    ]
    assert found == []


def _strings(tree: ast.Module) -> list[str]:
    """All strings of a module but its docstrings: of an f-string the part before each value."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
    ]


@pytest.mark.parametrize("old", ["step:1", "step:", "step:" + "a" * 63, "steps:" + "a" * 64])
def test_a_seal_is_a_whole_hash_of_its_own_kind(old):
    seal = Code.STEP.of("a" * 64)
    assert Code.STEP.seals([old, seal, Code.FILE.of("a" * 64)]) == [seal]


def test_the_page_of_the_store_names_every_prefix():
    page = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
    table = page.partition("| prefix | what follows |")[2].partition("\n\n")[0]
    assert re.findall(r"`([a-z0-9_]+):`", table) == sorted(Code)
