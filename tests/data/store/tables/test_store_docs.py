"""The words of `schoolgate docs store` and the real tables say the same."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
WORDS = ROOT / "data" / "store" / "engine" / "columns.toml"
CONTRACT = (
    "schools sources source_runs mentions mention_versions sightings matches stories verdicts alerts cases "
    "case_steps evidence outbox deliveries audit people migrations restricted_texts"
)
BESIDES = (
    "back_fills "
    "beginnings fingerprints counts audit_notes leases editions reports escalations spikes account_log clock "
    "privacy_requests suppressions corrections seal_salts enclosures article_reads owners "
    "school_sets judged_for handed_in files_not_taken said_wrong notes letter_facts sessions accounts "
    "credentials printed_codes day_codes case_places story_moves asks_of_keys"
)


def documented() -> dict[str, list[tuple[str, bool]]]:
    """By table its columns in order, with whether each belongs to the key."""
    tables = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    names = {table: " ".join(row.partition(":")[0] for row in of["columns"]) for table, of in tables.items()}
    return {
        table: [(n, bool(key)) for n, key in re.findall(r"`(\w+)(\*?)`", of)] for table, of in names.items()
    }


def real(store) -> dict[str, list[tuple[str, bool]]]:
    with store.open_reader() as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            table: [(row[0], row[3] == "PRI") for row in con.execute(f"DESCRIBE {table}").fetchall()]
            for table in tables
        }


def test_every_table_column_and_key_is_documented_as_it_is_and_bears_the_name_that_outsiders_rely_on(store):
    """Write the column into data/store/engine/columns.toml, in the order of the store."""
    tables, written = real(store), documented()
    for table, columns in tables.items():
        assert written.get(table) == columns, table
    assert not written.keys() - tables
    assert set(tables) == {*CONTRACT.split(), *BESIDES.split()}
    columns = [name for table in ("cases", "case_steps", "evidence") for name, _ in tables[table]]
    assert not [name for name in columns if "author" in name or "handle" in name], "a case names none"


_MAKES_MESSAGES = ("OutboxMessage", "message", "mails")
"""Whose fourth argument is the kind, where it has no name."""


def _kinds_of_messages() -> set[str]:
    """Those that the code names where it makes a message for the outbox."""
    texts = (p.read_text(encoding="utf-8") for r in ("alerts", "monitor") for p in (ROOT / r).rglob("*.py"))
    trees = (ast.parse(text) for text in texts if any(f"{name}(" in text for name in _MAKES_MESSAGES))
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    made = [c for c in calls if getattr(c.func, "attr", getattr(c.func, "id", "")) in _MAKES_MESSAGES]
    given = [word.value for call in made for word in call.keywords if word.arg == "kind"]
    given += [call.args[3] for call in made if len(call.args) > 3]
    return {str(value.value) for value in given if isinstance(value, ast.Constant)}


def test_every_kind_of_message_is_named_where_the_outbox_is_told():
    outbox = tomllib.loads(WORDS.read_text(encoding="utf-8"))["outbox"]
    (row,) = (row for row in outbox["columns"] if row.startswith("`kind`"))
    kinds = _kinds_of_messages()
    assert "account" in kinds
    assert kinds <= set(re.findall(r"\w+", row))
