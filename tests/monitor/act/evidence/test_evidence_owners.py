"""Whoever edits who has a matter, past the program, is found out; what the program did holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, an_alert

from data.evidence.vault import Vault
from data.retention.purge import purge
from data.steps.codes import StepKind
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.mentions.batch import save
from data.types import Mark, Marked, Owner
from monitor.act.casework.evidence.proving import prove, read_evidence

OURS = Marked("s-said", URN, Mark.ANSWERED, "holt", NOW)
TAKEN = "story_id = 's-taken'"


def alert_of(store, story):
    with store.read() as con:
        return alert_store.by_story(con, [story])[story, URN]


@pytest.fixture
def store(tmp_path):
    """Matters taken, given, given by a case, given back, answered, taken back, raised anew, kept from one."""
    store = a_migrated_store(tmp_path / "home")
    with store.write("test") as con:
        for story in ("s-taken", "s-given", "s-case", "s-back", "s-said", "s-undone", "s-anew", "s-out"):
            batch = a_batch(a_mention(f"post-{story}"), story_id=story, alerts=[an_alert(story)])
            save(con, batch, now=NOW, policy=POLICY)
    alerts = {story: alert_of(store, story) for story in ("s-taken", "s-given", "s-back", "s-anew", "s-out")}
    lent = Owner("deputy", NOW, "dsl", NOW + timedelta(hours=2))
    with store.write("test") as con:
        for story in ("s-taken", "s-anew", "s-out"):
            alert_store.ack(con, alerts[story].id, "dsl", NOW)
        alert_store.give(con, alerts["s-given"].id, lent, "While I teach.")
        alert_store.give(con, alerts["s-back"].id, lent)
        alert_store.give_back(con, alerts["s-back"].id, lent, None, NOW)
        owner_store.put(con, OURS, "I rang them.")
        owner_store.put(con, replace(OURS, story_id="s-undone"))
        owner_store.undo(con, "s-undone", URN, "ash", NOW)
        alert_store.put_alerts(con, [replace(alerts["s-anew"], times=2)], NOW)
        alert_store.keep_out(con, {alerts["s-out"].id: ["dsl"]}, NOW)
        case, first = a_case(story_id="s-case", alert_id=None), a_step()
        case_store.put(con, case, [first], [], NOW)
        given = a_step(2, StepKind.ASSIGNED, facts={"person": "deputy"})
        case_store.put(con, replace(case, steps=2, assigned_to="deputy"), [given], [], NOW)
    return store


def faults(store, *tampered, case_id=None):
    with store.write("tamper") as con:
        for statement in tampered:
            con.execute(statement)
        held = read_evidence(con, case_id)
    proved = prove(held, Vault(store.evidence), case_id=case_id).faults
    return [(f.wrong.value, f.where) for f in proved if f.where.startswith("who has")]


def test_what_people_took_gave_marked_and_undid_holds(store):
    assert faults(store) == []
    with store.read() as con:
        assert {story for story, _ in owner_store.rows(con)} == {"s-taken", "s-given", "s-case", "s-said"}


@pytest.mark.parametrize(
    "column",
    [
        *("person_id = 'x'", "since_at = since_at + INTERVAL 1 SECOND", "given_by = 'x'", "until_at = now()"),
        *("ask_at = now()", "times = times + 1", "mark = 'not_us'", "marked_by = 'x'", "marked_at = now()"),
        *("marked_times = 9", "why = 'x'"),
    ],
)
def test_a_change_of_any_column_is_found(store, column):
    assert faults(store, f"UPDATE owners SET {column} WHERE {TAKEN}") == [
        ("changed", "who has story s-taken")
    ]


@pytest.mark.parametrize("story", ["s-taken", "s-given", "s-case", "s-said"])
def test_a_record_taken_out_is_found(store, story):
    found = faults(store, f"DELETE FROM owners WHERE story_id = '{story}'")
    assert found == [("missing", f"who has story {story}")]


@pytest.mark.parametrize("story", ["s-back", "s-undone", "s-anew", "s-out", "s-never"])
def test_a_record_put_in_is_found_also_of_who_once_had_it(store, story):
    into = (
        f"INSERT INTO owners (story_id, urn, person_id, since_at, given_by, times) VALUES ('{story}', '{URN}'"
    )
    (found,) = faults(store, f"{into}, 'dsl', '{NOW.isoformat()}', 'dsl', 1)")
    assert found == ("unrecorded" if story == "s-never" else "changed", f"who has story {story}")


def test_of_one_case_its_own_matter_alone_is_looked_at(store):
    gone = "DELETE FROM owners"
    assert faults(store, gone, case_id="0001") == [("missing", "who has story s-case")]


def test_what_went_with_its_story_holds(store):
    purge(store, NOW + timedelta(days=4000), POLICY, force=True)
    with store.read() as con:
        assert {story for story, _ in owner_store.rows(con)} == {"s-case"}  # its case is open
    assert faults(store) == []


@pytest.fixture
def older(store):
    """The same home, as it was before records were sealed."""
    with store.write("test") as con:
        con.execute("DELETE FROM audit WHERE action = 'owner_sealed'")
    return store


def test_a_home_older_than_seals_holds(older):
    assert faults(older) == []


def test_in_a_home_older_than_seals_somebody_put_into_a_record_is_found(older):
    found = faults(older, f"UPDATE owners SET person_id = 'x' WHERE {TAKEN}")
    assert found == [("unrecorded", "who has story s-taken")]


def test_the_first_seal_of_an_older_home_seals_all_that_it_holds(older):
    with older.write("test") as con:
        owner_store.put(con, replace(OURS, story_id="s-undone"))
    assert faults(older, f"DELETE FROM owners WHERE {TAKEN}") == [("missing", "who has story s-taken")]
