"""Verdicts, kept with everyone who may be meant, on every version."""

from __future__ import annotations

from dataclasses import replace

from builders.mention import NOW, POLICY, a_batch, a_mention, a_verdict

from data.store.engine.open import Store
from data.store.mentions.batch import save
from data.store.verdicts.verdicts import former_verdicts


def test_who_may_be_meant_is_kept_and_former_versions_are_still_there(store: Store) -> None:
    mention = a_mention("one")
    first = a_verdict(mention, subject_person="holt", subjects=("holt", "pike"))
    second = a_verdict(mention, version=2)
    edited = replace(mention, text="Now it says something else.")
    for given, verdict in ((mention, first), (edited, second)):
        batch = a_batch(given, verdicts=[verdict])
        with store.write("save a test batch") as con:
            save(con, replace(batch, versions={mention.id: verdict.version}), now=NOW, policy=POLICY)
    with store.read() as con:
        assert former_verdicts(con, [mention.id]) == [first, second]
        assert former_verdicts(con, ["another"]) == []
