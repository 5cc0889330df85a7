"""The audit chain: what it refuses, and what it notices."""

from __future__ import annotations

import pytest
from builders.mention import NOW
from hypothesis import given
from hypothesis import strategies as st

from data.store.engine.audit_chain import AuditEntry, append, note, verify


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
