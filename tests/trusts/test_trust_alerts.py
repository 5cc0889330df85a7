"""A trust that is watched for beside its schools: one story, told once to its people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.home import migrated
from builders.judges import HEXLEY, OAKFIELD, Words, judges

from data.store.engine.open import Store
from data.store.mentions.batch import Batch
from data.types import Mention, MentionKind, Outcome, Person, Role, School, Source, SourceRun
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
TRUST = School("trust-brightwater", "Brightwater Learning Trust", head="Mrs Cora Chief")
SOURCE = Source("talk", "feed", "https://talk.example.org/", urns=(OAKFIELD.urn, HEXLEY.urn))
RUN = SourceRun("talk", NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
CENTRAL = Person("central", "Ms Gia Central", (Role.TRUST_CONTACT,), "gia@example.org")
AT_SCHOOLS = (OAKFIELD.urn, HEXLEY.urn)
LEAD = Person("dsl", "Ms Imogen Larkspur", (Role.DSL,), "dsl@example.org", AT_SCHOOLS)
INSULT = "Whoever runs Brightwater Learning Trust is a moron and a creep, all of them up there are."
THREAT = "I will be at the gate of a Brightwater Learning Trust school with a knife tomorrow."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda s: None)
    migrated(store)
    return store


class Accusing(Words):
    """A model that takes every text for one that accuses staff of harm to a child."""

    def _shares(self, text: str) -> dict[str, float]:
        return {"route:safeguarding": 0.97, "severity:3": 0.97, "about:staff": 0.95, "relevant": 0.98}


def read(
    store: Store, text: str, *people: Person, trust: School = TRUST, model: type[Words] = Words
) -> Batch:
    by = replace(
        judges(OAKFIELD, HEXLEY, trust),
        scorer=model,
        people=people,
        first_assessors={TRUST.urn: Role.TRUST_CONTACT},
    )
    post = Mention("00a1", "https://talk.example.org/1", "local_forum", MentionKind.POST, "", text, NOW)
    judged = judge(Collected(SOURCE, RUN, (post,)), store, by, NOW)
    with store.write("test") as con:
        return keep(con, judged, by, NOW)


def test_it_is_one_story_and_one_alert_told_to_its_people(store: Store) -> None:
    batch = read(store, INSULT, CENTRAL, LEAD)
    assert [(a.urn, a.audience) for a in batch.alerts] == [(TRUST.urn, ("central",))]
    assert [s.urn for s in batch.stories] == [TRUST.urn]


def test_where_nobody_of_it_can_be_told_it_is_kept_and_nobody_is_alerted(store: Store) -> None:
    batch = read(store, INSULT, LEAD)
    assert ([s.urn for s in batch.stories], batch.alerts) == ([TRUST.urn], ())


def test_a_danger_waits_for_nobody_of_the_trust(store: Store) -> None:
    batch = read(store, THREAT, CENTRAL, LEAD)
    assert {a.urn for a in batch.alerts} == {OAKFIELD.urn, HEXLEY.urn}
    assert all("dsl" in a.audience for a in batch.alerts)


def test_a_chief_who_is_a_contact_of_all_schools_is_told_nothing_of_what_accuses_them(store: Store) -> None:
    chief = Person("chief", "Mrs Cora Pemberton", (Role.TRUST_CONTACT,), "chief@example.org")
    board = Person("board", "Dr Tilda Board", (Role.CHAIR,), "board@example.org", (TRUST.urn,))
    text = "The chief executive of Brightwater Learning Trust touched my daughter in her office"
    batch = read(store, text, chief, board, LEAD, trust=replace(TRUST, head=chief.name), model=Accusing)
    assert [(a.urn, a.audience) for a in batch.alerts] == [(TRUST.urn, ("board",))]
