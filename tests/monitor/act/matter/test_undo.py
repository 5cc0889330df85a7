"""Taking a matter, giving it and asking to be asked again are undone as they were done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import DEPUTY, DSL, HEAD
from builders.mention import URN, pending_outbox
from builders.page import CHILD, DANGER, STREET, PageDesk

from data.matters import ActKind
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations
from data.types import Severity
from monitor.act.give import give, wait_for_growth
from monitor.act.matter.note import write_note
from monitor.act.matter.undo import UNDOES, undo
from monitor.home.wiring import Session
from monitor.matters.reader import Reader
from monitor.matters.whole import one
from monitor.service.tasks.escalation import escalate

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def reader(desk, person):
    return Reader(desk.context.config, desk.store, person)


def take(desk, person=HEAD):
    with desk.store.write("taken") as con:
        alert_store.ack(con, desk.alert.id, person.id, desk.clock())
    desk.wait(seconds=60)


def hand(desk, to, by=HEAD, **how):
    session = Session(desk.context.config, desk.context, desk.store, by)
    with desk.store.write("given") as con:
        assert isinstance(give(con, session, "s-one", URN, to.id, desk.clock(), **how), Done)
    desk.wait(seconds=60)


def undone(desk, what, person=HEAD):
    with desk.store.write("undone") as con:
        return isinstance(undo(con, reader(desk, person), "s-one", URN, what, desk.clock()), Done)


def has(desk):
    return desk.has().get(desk.alert.id)


def offered(desk, person):
    with desk.store.read() as con:
        view = one(con, reader(desk, person), "s-one", desk.clock())
    return {what for what in UNDOES if view.may(what)}


def test_what_somebody_took_is_put_down_and_is_open_again(desk):
    take(desk)
    assert offered(desk, HEAD) == {ActKind.PUT_DOWN}
    assert undone(desk, ActKind.PUT_DOWN)
    assert has(desk) is None
    assert desk.open_alerts() == [desk.alert.id]
    assert desk.audited("alert_put_down") == [("alert_put_down", "head", desk.alert.id)]


def test_nobody_puts_down_what_another_has(desk):
    take(desk, DEPUTY)
    assert offered(desk, HEAD) == set()
    assert not undone(desk, ActKind.PUT_DOWN)
    assert has(desk) == "deputy"


def test_danger_is_put_down_within_the_hour_alone_and_its_questions_go_on(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "dsl"), **DANGER)
    take(desk)
    assert undone(desk, ActKind.PUT_DOWN)
    with desk.store.read() as con:
        assert escalations.unanswered(con, desk.clock() - timedelta(days=3)) == [desk.alert.id]
    take(desk)
    desk.wait(minutes=61)
    assert offered(desk, HEAD) == set()
    assert not undone(desk, ActKind.PUT_DOWN)
    assert has(desk) == "head"


def test_who_was_to_be_asked_before_it_was_taken_is_asked_once_it_is_put_down(tmp_path):
    desk = PageDesk(tmp_path, told=("deputy",), **DANGER)
    desk.wait(minutes=16)
    with desk.store.write("escalated") as con:
        for write in escalate(con, desk.context, desk.clock()):
            write(con)
    asked = waiting(desk)
    assert asked
    take(desk, DEPUTY)
    assert waiting(desk) == []
    assert undone(desk, ActKind.PUT_DOWN, DEPUTY)
    assert waiting(desk) == asked


def waiting(desk):
    with desk.store.read() as con:
        return [(m.kind, m.person_id) for m in pending_outbox(con, desk.clock()) if m.kind == "escalation"]


def test_what_is_restricted_is_not_put_down_after_the_hour(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    take(desk, DSL)
    desk.wait(minutes=61)
    assert offered(desk, DSL) == set()


@pytest.mark.parametrize("had", [None, HEAD, DEPUTY])
def test_what_was_given_goes_back_to_who_had_it_before(desk, had):
    if had is not None:
        take(desk, had)
    hand(desk, DSL)
    assert ActKind.TAKE_BACK in offered(desk, HEAD)
    assert undone(desk, ActKind.TAKE_BACK)
    assert has(desk) == (had.id if had else None)
    assert desk.audited("giving_undone") == [("giving_undone", "head", desk.alert.id)]


def test_the_mail_that_has_not_gone_to_them_is_withdrawn_and_no_other(desk):
    hand(desk, DEPUTY)
    with desk.store.read() as con:
        before = {m.key for m in pending_outbox(con, desk.clock()) if m.person_id == "deputy"}
    assert undone(desk, ActKind.TAKE_BACK)
    with desk.store.read() as con:
        after = {m.key for m in pending_outbox(con, desk.clock()) if m.person_id == "deputy"}
    assert len(before - after) == 1


def test_once_they_have_done_something_it_is_not_taken_back(desk):
    hand(desk, DEPUTY)
    with desk.store.write("a note") as con:
        write_note(con, reader(desk, DEPUTY), "s-one", URN, "I have rung them.", desk.clock())
    assert offered(desk, HEAD) == set()
    assert not undone(desk, ActKind.TAKE_BACK)
    assert has(desk) == "deputy"


def test_nobody_takes_back_what_another_gave(desk):
    hand(desk, DEPUTY)
    assert not undone(desk, ActKind.TAKE_BACK, DSL)
    assert has(desk) == "deputy"


def test_once_it_is_raised_anew_nothing_of_before_is_undone(desk):
    hand(desk, DEPUTY)
    raised = replace(desk.alert, severity=Severity.THIS_HOUR, times=2, raised_at=desk.clock())
    with desk.store.write("raised") as con:
        alert_store.put_alerts(con, [raised], desk.clock())
    assert offered(desk, HEAD) == set()


def test_a_day_that_was_asked_for_is_taken_back_and_it_stays_theirs(desk):
    hand(desk, HEAD, ask_at=desk.clock() + timedelta(days=1))
    assert offered(desk, HEAD) == {ActKind.ASK_NO_MORE, ActKind.PUT_DOWN}
    assert undone(desk, ActKind.ASK_NO_MORE)
    with desk.store.read() as con:
        owner = alert_store.acknowledged(con, [desk.alert.id])[desk.alert.id]
    assert (owner.person, owner.ask_at) == ("head", None)


def test_a_refusal_says_why(desk):
    with desk.store.write("undone") as con:
        came = undo(con, reader(desk, HEAD), "s-one", URN, ActKind.PUT_DOWN, desk.clock())
    assert isinstance(came, Refused)
    assert "can no longer be undone" in came.reason


def test_what_comes_back_is_asked_about_on_the_day_that_its_holder_had_chosen(desk):
    asked = desk.clock() + timedelta(days=2)
    hand(desk, HEAD, ask_at=asked)
    before = owner(desk)
    hand(desk, DEPUTY)
    assert undone(desk, ActKind.TAKE_BACK)
    assert owner(desk) == before
    assert before.ask_at == asked


def test_what_comes_back_is_asked_about_once_it_grows_as_its_holder_wished(desk):
    session = Session(desk.context.config, desk.context, desk.store, HEAD)
    with desk.store.write("until it grows") as con:
        wait_for_growth(con, session, "s-one", URN, desk.clock())
    desk.wait(seconds=60)
    hand(desk, DEPUTY)
    assert ActKind.WATCH_NO_MORE not in offered(desk, HEAD)
    assert undone(desk, ActKind.TAKE_BACK)
    assert ActKind.WATCH_NO_MORE in offered(desk, HEAD)


def owner(desk):
    with desk.store.read() as con:
        return alert_store.acknowledged(con, [desk.alert.id])[desk.alert.id]
