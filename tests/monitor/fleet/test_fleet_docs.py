"""docs/fleet.md against the models that check `fleet.toml`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders.fleet import read
from support.keys_told import rows

from monitor.config.model import PlaceTable, Table
from monitor.fleet import checks as tables

PAGE = (Path(__file__).parents[3] / "docs" / "fleet.md").read_text(encoding="utf-8")
SECTIONS = {
    "At the top of the file": tables.FleetFile,
    "`[engine]`": tables.EngineTable,
    "`[[homes]]`": tables.HomeTable,
    "`[[places]]`": tables.SharedPlaceTable,
}


def test_every_table_of_the_file_has_a_section() -> None:
    there = {m for m in vars(tables).values() if isinstance(m, type) and issubclass(m, Table)}
    assert set(SECTIONS.values()) == there - {Table, PlaceTable}


@pytest.mark.parametrize(("title", "model"), SECTIONS.items(), ids=SECTIONS.keys())
def test_a_section_lists_every_key_with_its_sentence_example_and_default(
    title: str, model: type[Table]
) -> None:
    section = re.split(r"\n##+ ", PAGE.partition(f"\n### {title}\n")[2])[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == rows(model)


def test_the_smallest_file_loads(tmp_path: Path) -> None:
    block = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert [home.name for home in read(tmp_path, block).homes] == ["brightwater"]


EXAMPLES = [
    (model, key, field.examples[0])
    for model in SECTIONS.values()
    for key, field in model.model_fields.items()
    if field.examples and field.examples[0] not in ([], {})
]


@pytest.mark.parametrize(
    ("model", "key", "example"), EXAMPLES, ids=[f"{m.__name__}.{k}" for m, k, _ in EXAMPLES]
)
def test_every_example_is_accepted(model: type[Table], key: str, example: object) -> None:
    needed = {k: f.examples[0] for k, f in model.model_fields.items() if f.is_required() and f.examples}
    if model is tables.FleetFile:
        needed["homes"] = [{"name": "a", "folder": "homes/a"}]
    assert getattr(model.model_validate({**needed, key: example}), key)
