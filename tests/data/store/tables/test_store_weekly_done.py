"""What the school did itself: counted to the last one, and nothing confidential."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.mention import NOW, URN

from data.rungs import Rung
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.reporting.weekly_counts import DONE, done

WEEK = (URN, NOW - timedelta(days=6), NOW + timedelta(days=1))


def a_case(con, name, *steps, restricted=False, locked=False, content_class="C11", detail="{}"):
    con.execute(
        "INSERT INTO cases (id, story_id, urn, content_class, rung, opened_at, opened_by, closed_at, hold, "
        "restricted, locked) VALUES (?, ?, ?, ?, 'host', ?, 'head', NULL, FALSE, ?, ?)",
        [name, name, URN, content_class, NOW, restricted, locked],
    )
    for n, (step, at) in enumerate(steps):
        con.execute(
            "INSERT INTO case_steps (case_id, n, urn, step, actor, done_at, due_at, detail) "
            "VALUES (?, ?, ?, ?, 'head', ?, NULL, ?)",
            [name, n, URN, step, at, detail],
        )


def marked(story, mark, at=NOW, urn=URN):
    return AuditEntry(at, "head", "story_marked", story, urn, (f"mark:{mark}", Code.TIMES.of(1)))


def test_nothing_done_is_none_of_each(store):
    with store.read() as con:
        assert done(con, *WEEK) == dict.fromkeys(DONE, 0)


def test_each_step_of_the_week_counts_once_where_it_was_taken(store):
    before = NOW - timedelta(days=7)
    with store.write("cases") as con:
        a_case(con, "one", ("asked", before), ("asked", NOW), ("asked", NOW), ("checked", NOW))
        a_case(con, "two", ("removed", NOW), ("changed", NOW), ("noted", NOW))
        found = done(con, *WEEK)
    assert found == {"answered": 0, "not_us": 0, "asked": 2, "gone": 2, "delisted": 0, "checked": 1}


@pytest.mark.parametrize("given", [{"restricted": True}, {"locked": True}, {"content_class": "C10"}])
def test_what_is_confidential_is_in_none_of_them(store, given):
    with store.write("a case") as con:
        a_case(con, "one", ("asked", NOW), **given)
        assert done(con, *WEEK) == dict.fromkeys(DONE, 0)


def test_telling_the_police_is_no_asking_for_removal(store):
    """And in a small school everybody would know of whom it tells."""
    with store.write("cases") as con:
        for rung in (Rung.POLICE, Rung.HOST):
            a_case(con, rung.value, ("asked", NOW), detail=json.dumps({"rung": rung.value}))
        assert done(con, *WEEK)["asked"] == 1


def test_marks_count_by_what_they_say(store):
    with store.write("marks") as con:
        con.execute("INSERT INTO stories VALUES ('hidden', ?, '', ?, ?, TRUE)", [URN, NOW, NOW])
        given = [marked("a", "answered"), marked("b", "answered"), marked("c", "not_us")]
        others = [marked("hidden", "answered"), marked("d", "not_us", NOW - timedelta(days=7))]
        append(con, [*given, *others, marked("e", "answered", urn="900009")])
        found = done(con, *WEEK)
    assert (found["answered"], found["not_us"]) == (2, 1)


def test_a_mark_that_was_taken_back_counts_no_more_and_a_story_counts_once(store):
    with store.write("marks") as con:
        slip, right = marked("a", "not_us"), marked("a", "answered")
        undone = replace(slip, action="mark_undone")
        append(con, [slip, undone, right, replace(undone, codes=right.codes), right])
        append(con, [marked("b", "not_us"), replace(undone, subject="b")])
        found = done(con, *WEEK)
    assert (found["answered"], found["not_us"]) == (1, 0)
