"""One list of columns a table: what is declared there is what the file has, and all that is done with it."""

import os
import subprocess
import sys

from support.checkout import TESTS, paths

from data.store.engine.tables import TABLES


def test_the_tables_have_the_columns_that_are_declared_and_no_others(store):
    with store.open_reader() as con:
        for table in TABLES:
            real = [row[0] for row in con.execute(f"DESCRIBE {table.name}").fetchall()]
            assert sorted(real) == sorted(table.names), table.name


ADDED = """
import importlib.util, sys
from pathlib import Path

def add(module, **lines):
    spec = importlib.util.find_spec(module)
    text = Path(spec.origin).read_text(encoding="utf-8")
    for before, line in lines.values():
        assert text.count(before) == 1
        text = text.replace(before, before + line)
    sys.modules[module] = importlib.util.module_from_spec(spec)
    exec(compile(text, spec.origin, "exec"), sys.modules[module].__dict__)

add(
    "data.types",
    of_a_post=("    sent_on: bool = False", "; reactions: int | None = None; badge: str | None = None"),
    of_a_verdict=("    weighed_most: Span | None = None", "; mood: str | None = None"),
)
number = 'since=46, kind="BIGINT", deleted="NULL"'
words = 'since=46, kind="VARCHAR", deleted="NULL", **_WORDS'
add(
    "data.store.engine.tables",
    mentions=(
        '*_declare("url author", **_WORDS, deleted="NULL"),',
        f'*_declare("reactions", {number}), *_declare("badge", {words}),',
    ),
    verdicts=('*_declare("history"),', '*_declare("mood", hidden="NULL", since=46, kind="VARCHAR"),'),
)
from builders.mention import NOW, POLICY, a_batch, a_mention, a_store, a_verdict, by_labels
from data.evidence.faults import SealedRows, sealed_faults
from data.retention.deleting import empty_rows
from data.store.engine.audit_chain import links
from builders.mention import save

from data.store.verdicts import held_posts, put_again
from data.store.sealing import kept_salts, seal_posts, sealed_rows
from data.store.sealing import lift_restriction, restrict

def read():
    (held,) = held_posts(con, [post.id]).values()
    return held.mention.reactions, held.mention.badge, held.verdict.mood

def stored():
    sql = "SELECT m.reactions, m.badge, r.badge FROM mentions m LEFT JOIN restricted_texts r "
    return con.execute(sql + "ON mention_id = m.id").fetchone()

def names_at_fault():
    held = SealedRows({post.id}, sealed_rows(con, [post.id]), kept_salts(con, [post.id]))
    return " ".join(fault.said for fault in sealed_faults(held, links(con)))

post = a_mention(reactions=7, badge="gold")
judged = by_labels(a_verdict(post), mood="calm")
store = a_store(Path(sys.argv[1]))
assert store.migrate()[-1] == "columns_46", "created"
with store.write("columns") as con:
    save(con, a_batch(post, verdicts=[judged]), now=NOW, policy=POLICY)
    assert (read(), stored()) == ((7, "gold", "calm"), (7, "gold", None)), "inserted, read"
    seal_posts(con, [post.id], NOW, "0001")
    assert {"reactions", "badge", "mood"} <= {name for _, name in kept_salts(con, [post.id])}, "sealed"
    con.execute("UPDATE mentions SET reactions = 8")
    assert "reactions" in names_at_fault(), "a change is found"
    later = a_mention(reactions=9, badge="silver")
    save(con, a_batch(later, verdicts=[judged]), now=NOW, policy=POLICY)
    assert (read(), names_at_fault()) == ((9, "silver", "calm"), ""), "updated, and sealed as it is now"
    put_again(con, [by_labels(judged, mood="cross")], (), NOW, POLICY)
    assert (read(), names_at_fault()) == ((9, "silver", "cross"), ""), "carried through another judgement"
    restrict(con, [post.id], NOW)
    assert (read(), stored(), names_at_fault()) == ((9, "silver", None), (9, None, "silver"), ""), "hidden"
    lift_restriction(con, [post.id], NOW)
    assert (read(), stored(), names_at_fault()) == ((9, "silver", None), (9, "silver", None), ""), "shown"
    empty_rows(con, [post.id])
    assert (read(), stored()) == ((None, None, None), (None, None, None)), "emptied"
    assert not {name for _, name in kept_salts(con, [post.id])} & {"reactions", "badge", "mood"}
"""


def test_a_column_declared_in_one_place_is_created_kept_sealed_hidden_emptied_read_and_carried(tmp_path):
    """In a process of its own, whose declarations have three columns more."""
    done = subprocess.run(
        [sys.executable, "-c", ADDED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths(TESTS)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
