"""What linking reaches on the invented, labelled posts. The floor lies a little under what was measured."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from support.corpus import corpus_path

from classifiers.linking.linker import Linker
from data.register.schools_json import read_schools
from data.types import Mention, MentionKind, Relevance, Source

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FLOOR = {"kept of those about the school": 0.975, "dropped of the others": 0.77, "kept of severity 4": 0.96}


@pytest.mark.corpus
def test_the_dev_set_is_linked_as_well_as_it_was() -> None:
    schools = read_schools(corpus_path("triage", "schools.json"))
    linker = Linker(tuple(schools.values()))
    kept: dict[str, list[bool]] = {name: [] for name in FLOOR}
    for line in corpus_path("triage", "dev.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        urn = schools[item["school"]].urn
        mention = Mention(item["id"], "", item["channel"], MentionKind.POST, item["title"], item["text"], NOW)
        source = Source("search", "search", "", urns=(urn,), surfaced=True)
        (matches,) = linker.link([mention], source)
        keeps = next(m.relevance is not Relevance.NOT_ABOUT for m in matches if m.urn == urn)
        if item["relevant"]:
            kept["kept of those about the school"].append(keeps)
            if item["severity"] == 4:
                kept["kept of severity 4"].append(keeps)
        else:
            kept["dropped of the others"].append(not keeps)
    reached = {name: sum(right) / len(right) for name, right in kept.items()}
    assert {name for name, share in reached.items() if share < FLOOR[name]} == set(), reached
