"""A matter is done with for a reason, kept as long as the matter and shown to whoever may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.alert import DEPUTY, HEAD
from builders.mention import URN
from builders.page import DANGER, STREET, PageDesk

from data.privacy.terms import SearchTerm, TermKind
from data.retention.purge import purge
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.privacy.held import find
from data.types import Mark, Owner, Policy
from monitor.act.mark import mark
from monitor.matters.reader import Reader
from monitor.matters.whole import one

WHY = "Mr Larchwood was rung, and is content."


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def end(desk, wanted=Mark.ANSWERED, why=WHY):
    with desk.store.write("done") as con:
        reader = Reader(desk.context.config, desk.store, HEAD)
        return mark(con, reader, "s-one", URN, wanted, desk.clock(), why)


def view(desk, person=DEPUTY):
    with desk.store.read() as con:
        return one(con, Reader(desk.context.config, desk.store, person), "s-one", desk.clock())


def reasons(desk):
    with desk.store.read() as con:
        return [note for (note,) in con.execute("SELECT note FROM audit_notes").fetchall()]


def test_the_others_see_why_it_is_done_with(desk):
    assert isinstance(end(desk), Done)
    assert view(desk).why_ended == WHY


def test_taken_back_it_is_done_with_for_no_reason_any_more(desk):
    end(desk)
    end(desk, None)
    assert (view(desk).ended, view(desk).why_ended) == (None, "")


def test_danger_is_ended_by_no_one_tap_and_no_one_reason(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "deputy"), **DANGER)
    assert isinstance(end(desk), Refused)
    assert end(desk, Mark.NOT_US).made.mark is Mark.SAID_NOT_US
    assert view(desk).ended is None


def test_a_request_for_access_finds_whom_the_reason_names(desk):
    end(desk)
    with desk.store.write("given") as con:
        given = Owner("deputy", desk.clock(), "head")
        alert_store.give(con, desk.alert.id, given, "You know Mr Larchwood.")
        typed = find(con, [URN], SearchTerm(TermKind.NAME, "larchwood")).notes
    assert sorted(one.words for one in typed) == sorted([WHY, "You know Mr Larchwood."])


def test_the_reason_goes_with_the_matter(desk):
    end(desk)
    assert reasons(desk) == [WHY]
    purge(desk.store, desk.clock() + timedelta(days=4000), Policy(), force=True)
    assert reasons(desk) == []
