"""docs/configuration.md against the models that check the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.for_each import for_each
from support.keys_told import rows

from data.web.channels import OF_SOURCES
from monitor.config import model as config_model
from monitor.config.load import load
from monitor.config.values import MODEL_LABELS

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
SECTIONS = {
    "At the top of the file": config_model.TomlFile,
    "`[[schools]]`": config_model.SchoolTable,
    "`[[schools.namesakes]]`": config_model.NamesakeTable,
    "`[[schools.terms]]`": config_model.TermTable,
    "`[schools.ladder]`": config_model.LadderTable,
    "`[schools.categories]`": config_model.CategoryTable,
    "`[trust]`": config_model.TrustTable,
    "`[[sources]]`": config_model.SourceTable,
    "`[[people]]`": config_model.PersonTable,
    "`[[former]]`": config_model.FormerTable,
    "`[policy]`": config_model.PolicyTable,
    "`[mail]`": config_model.MailSettings,
    "`[sign_in]`": config_model.SignInSettings,
    "`[model]`": config_model.ModelSettings,
    "`[serve]`": config_model.ServeSettings,
    "`[digest]`": config_model.DigestSettings,
    "`[evidence]`": config_model.EvidenceSettings,
    "`[network]`": config_model.NetworkTable,
    "`[cli]`": config_model.CliTable,
    "`[dpia]`": config_model.DpiaSettings,
    "`[[policies]]`": config_model.WrittenPolicy,
    "`[[accounts]]`": config_model.OwnAccount,
}


def test_every_table_of_the_file_has_a_section() -> None:
    tables = {
        m for m in vars(config_model).values() if isinstance(m, type) and issubclass(m, config_model.Table)
    }
    assert set(SECTIONS.values()) == tables - {config_model.Table, config_model.PlaceTable}


@pytest.mark.parametrize(("title", "model"), SECTIONS.items(), ids=SECTIONS.keys())
def test_a_section_lists_every_key_with_its_sentence_example_and_default(
    title: str, model: type[config_model.Table]
) -> None:
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == rows(model)


@for_each("word", [*OF_SOURCES, *MODEL_LABELS])
def test_every_channel_and_label_is_named(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_the_smallest_file_loads(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "schoolgate.toml").write_text(block)
    assert load(tmp_path / "schoolgate.toml", {}).schools[0].urn == "900001"


EXAMPLES = [
    (model, key, field.examples[0])
    for model in SECTIONS.values()
    for key, field in model.model_fields.items()
    if field.examples and field.examples[0] not in ([], {})
]


@for_each(("model", "key", "example"), EXAMPLES)
def test_every_example_is_accepted(model: type[config_model.Table], key: str, example: object) -> None:
    needed = {k: f.examples[0] for k, f in model.model_fields.items() if f.is_required() and f.examples}
    if model is config_model.TomlFile:
        needed["schools"] = [{"urn": "900001", "name": "Oakfield"}]
    assert getattr(model.model_validate({**needed, key: example}), key)
