"""Whoever keeps a matter until it grows is asked once it has, however it grew; nothing else is put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import HEAD
from builders.mention import POLICY, URN, a_batch, a_mention, a_run, a_verdict
from builders.page import CHILD, DANGER, POST, STREET, PageDesk
from hypothesis import given
from hypothesis import strategies as st

from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.mentions.batch import save
from data.store.verdicts import growth
from data.types import Severity
from monitor.act.give import wait_for_growth
from monitor.home.wiring import Session
from monitor.service.tasks.asking_again import ask

HOUR = timedelta(hours=1)
ANOTHER = a_mention("another", channel="local_forum", title="", text="Shut again today.", author="sam")


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def wait(desk, person=HEAD):
    session = Session(desk.context.config, desk.context, desk.store, person)
    with desk.store.write("until it grows") as con:
        return wait_for_growth(con, session, "s-one", URN, desk.clock())


def put(desk, *mentions, run=None, alerts=(), **judged):
    batch = a_batch(
        *mentions, verdicts=[a_verdict(m, **(STREET | judged)) for m in mentions], run=run, alerts=alerts
    )
    with desk.store.write("more") as con:
        save(con, batch, now=desk.clock(), policy=POLICY)


def looked(desk, after=HOUR):
    """Whom the service asks since it grew, in what words."""
    desk.wait(seconds=after.total_seconds())
    with desk.store.write("a look") as con:
        for write in ask(con, desk.context, desk.clock()):
            write(con)
        sql = "SELECT person_id, body FROM outbox WHERE kind = 'question' AND contains(body, 'once it grew')"
        return con.execute(sql).fetchall()


def place(desk, name):
    put(desk, POST, run=a_run(name))


@pytest.mark.parametrize(
    ("grows", "says"),
    [
        (lambda desk: put(desk, ANOTHER), "there are more posts of it"),
        (lambda desk: place(desk, "feed:other"), "it is in another place"),
    ],
)
def test_it_is_asked_about_once_it_has_grown_and_not_before(desk, grows, says):
    assert isinstance(wait(desk), Done)
    assert desk.has() == {desk.alert.id: "head"}
    assert looked(desk) == []
    grows(desk)
    ((who, body),) = looked(desk)
    assert who == "head"
    assert says in body


def test_it_is_asked_about_once(desk):
    wait(desk)
    put(desk, ANOTHER)
    looked(desk)
    put(desk, replace(ANOTHER, id="third", url="https://forum.example.org/third", text="And again."))
    assert len(looked(desk)) == 1
    assert desk.audited("growth_unwatched") == [("growth_unwatched", "schoolgate", "s-one")]


def test_what_becomes_graver_is_told_at_once_as_anything_that_was_raised_anew(desk):
    wait(desk)
    again = replace(desk.alert, severity=Severity.THIS_HOUR, times=2, raised_at=desk.clock())
    put(desk, ANOTHER, alerts=[again], severity=Severity.THIS_HOUR)
    assert desk.has() == {}
    assert desk.open_alerts() == [desk.alert.id]
    assert looked(desk) == []


def test_at_night_it_waits_for_the_morning(desk):
    wait(desk)
    desk.wait(hours=13)  # 22:00
    put(desk, ANOTHER)
    assert looked(desk) == []
    assert len(looked(desk, 9 * HOUR)) == 1


def test_whoever_has_it_by_then_is_not_asked_what_another_wished(desk):
    wait(desk)
    with desk.store.write("given") as con:
        alert_store.put_down(con, desk.alert.id, "head", desk.clock())
        alert_store.ack(con, desk.alert.id, "deputy", desk.clock())
    put(desk, ANOTHER)
    assert looked(desk) == []


def test_whoever_has_it_already_has_it_since_they_took_it(desk):
    with desk.store.write("taken") as con:
        alert_store.ack(con, desk.alert.id, "head", desk.clock())
    took = desk.clock()
    desk.wait(hours=1)
    wait(desk)
    with desk.store.read() as con:
        assert alert_store.acknowledged(con, [desk.alert.id])[desk.alert.id].at == took


@pytest.mark.parametrize("judged", [DANGER, CHILD])
def test_what_may_be_danger_is_not_kept_until_it_grows(tmp_path, judged):
    desk = PageDesk(tmp_path, told=("dsl", "head"), **judged)
    for person in desk.context.config.people:
        assert isinstance(wait(desk, person), Refused)
    assert desk.has() == {}


def test_all_other_questions_are_asked_as_if_nobody_had_wished(tmp_path):
    """Over a second: a day of looks at two homes."""
    asked = []
    for wished in (True, False):
        desk = PageDesk(tmp_path / str(wished), told=("head", "deputy"), **STREET)
        with desk.store.write("taken") as con:
            alert_store.ack(con, desk.alert.id, "head", desk.clock())
        if wished:
            wait(desk)
        for _ in range(8):
            looked(desk)
        with desk.store.read() as con:
            # to the minute: the clock moves by the milliseconds that a store is waited for
            due = "date_trunc('minute', due_at)"
            sql = f"SELECT person_id, subject, {due} FROM outbox WHERE kind = 'question' ORDER BY ALL"
            asked.append(con.execute(sql).fetchall())
    assert asked[0] == asked[1] != []


def test_a_wish_goes_with_its_story(desk):
    wait(desk)
    with desk.store.write("gone") as con:
        con.execute("DELETE FROM stories")
        growth.drop_without_story(con)
        assert con.execute("SELECT * FROM growth_watches").fetchall() == []


@given(st.tuples(*[st.integers(0, 4)] * 3), st.tuples(*[st.integers(0, 4)] * 3))
def test_it_has_grown_by_what_is_more_than_it_was_and_by_nothing_else(was, is_now):
    before, after = (
        growth.GrowthWatch("s", URN, "head", POST.fetched_at, posts, places, Severity(severity))
        for posts, places, severity in (was, is_now)
    )
    more = dict(zip(("mentions", "places", "severity"), zip(was, is_now, strict=True), strict=True))
    assert set(before.growth(after)) == {name for name, (old, new) in more.items() if new > old}
