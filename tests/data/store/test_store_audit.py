"""The audit chain: what it refuses and notices, and the prefixes of its codes, each taken from one table."""

from __future__ import annotations

import ast
import re

import pytest
from builders.every_action import ROOT, writers
from builders.mention import NOW
from hypothesis import given
from hypothesis import strategies as st

from data.store.engine.audit_chain import AuditEntry, Code, append, note, verify


def entry(n: int = 0) -> AuditEntry:
    return AuditEntry(NOW, "p-head", "alert_acked", f"a{n}", "900001", (f"times:{n}",))


def filled(store, rows: int = 5):
    with store.write("fill the chain") as con:
        append(con, [entry(0)])
        append(con, [entry(n) for n in range(1, rows)])
    return store


def test_an_untouched_chain_holds(store):
    with filled(store).read() as con:
        assert verify(con) == []


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE audit SET actor = 'p-dsl' WHERE n = 3", "row 3 was changed"),
        ("UPDATE audit SET done_at = done_at + INTERVAL 1 MICROSECOND WHERE n = 3", "row 3 was changed"),
        ("UPDATE audit SET codes = ['times:9'] WHERE n = 3", "row 3 was changed"),
        ("UPDATE audit SET urn = NULL WHERE n = 3", "row 3 was changed"),
        ("UPDATE audit SET hash = previous WHERE n = 3", "row 4 does not follow from row 3"),
        ("DELETE FROM audit WHERE n = 3", "row 3 is missing"),
        ("DELETE FROM audit WHERE n = 1", "row 1 is missing"),
    ],
)
def test_what_was_changed_or_taken_out_is_named(store, tampering, fault):
    with filled(store).write("tamper") as con:
        con.execute(tampering)
        assert any(fault in line for line in verify(con))


@pytest.mark.parametrize("field", ["Jo Bloggs said so", "@handle", "", "line\nbreak", "x" * 129, "naïve"])
def test_words_are_refused(store, field):
    with store.write("try words") as con, pytest.raises(ValueError, match="not an id, a code or a hash"):
        append(con, [AuditEntry(NOW, "p-head", "acked", "a1", None, (field,))])


def test_a_note_can_be_erased_without_breaking_the_chain(store):
    with store.write("note a reason") as con:
        append(con, [AuditEntry(NOW, "p-dsl", "restricted_read", "s1", None, (note(con, "She rang."),))])
        con.execute("DELETE FROM audit_notes")
        assert verify(con) == []


@given(st.lists(st.sampled_from(["a", "b"]), max_size=3), st.lists(st.sampled_from(["a", "b"]), max_size=3))
def test_no_two_lists_of_codes_have_one_hash(one, two):
    from data.store.engine.audit_chain import FIRST, _hash

    hashes = {_hash(1, AuditEntry(NOW, "p", "x", "s", None, tuple(codes)), FIRST) for codes in (one, two)}
    assert len(hashes) == (1 if one == two else 2)


# --------------------------------------------------------------------------- prefixes of codes


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
