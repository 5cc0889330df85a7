"""Whoever may read a matter writes a note on it, for the others who may; it is undone by who wrote it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.alert import DEPUTY, DSL, HEAD
from builders.mention import URN
from builders.page import CHILD, POST, STAFF, STREET, PageDesk

from data.matters import ActKind
from data.privacy.terms import SearchTerm, TermKind
from data.retention import deleting
from data.retention.purge import purge
from data.steps.acts import Done, Refused
from data.store.engine import audit_chain
from data.store.privacy.held import find
from data.store.verdicts import notes
from data.types import Policy
from monitor.act.matter.note import MOST, take_back_note, write_note
from monitor.matters.reader import Reader
from monitor.matters.whole import one

SAID = "Rang the office, no answer."


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head",), **STREET)


def reader(desk, person):
    return Reader(desk.context.config, desk.store, person)


def write(desk, person=HEAD, said=SAID):
    with desk.store.write("a note") as con:
        return write_note(con, reader(desk, person), "s-one", URN, said, desk.clock())


def view(desk, person):
    with desk.store.read() as con:
        return one(con, reader(desk, person), "s-one", desk.clock())


def kept(desk):
    with desk.store.read() as con:
        return [note.note for note in notes.notes_of(con, "s-one", URN)]


def test_the_others_who_may_read_it_see_it_with_who_and_when(desk):
    write(desk)
    (note,) = view(desk, DEPUTY).notes
    assert (note.person_id, note.note, note.written_at) == ("head", SAID, desk.clock())


def test_it_is_in_the_audit_without_its_words(desk):
    write(desk)
    with desk.store.read() as con:
        (entry,) = [x.entry for x in audit_chain.links(con) if x.entry.action == "note_written"]
        words = con.execute("SELECT note FROM audit_notes").fetchall()
    assert (entry.actor, entry.subject, entry.codes, words) == ("head", "s-one", (), [])


def test_nobody_writes_one_who_may_not_read_all_of_it(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    assert isinstance(write(desk, STAFF), Refused)
    assert isinstance(write(desk, HEAD), Refused)
    assert kept(desk) == []
    assert not view(desk, HEAD).may(ActKind.NOTE)


@pytest.mark.parametrize("said", ["", "  \n", "x" * (MOST + 1)])
def test_one_without_words_or_with_too_many_is_refused(desk, said):
    assert isinstance(write(desk, said=said), Refused)
    assert kept(desk) == []


def test_of_what_is_restricted_it_is_not_shown_before_a_reading_is_on_record(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    assert isinstance(write(desk, DSL), Done)
    assert view(desk, DSL).notes == ()


def test_whoever_wrote_it_takes_it_back_and_nobody_else_does(desk):
    note = write(desk).made
    with desk.store.write("taken back") as con:
        given = ("s-one", URN, note.id, desk.clock())
        assert not take_back_note(con, reader(desk, DEPUTY), *given).made
        assert take_back_note(con, reader(desk, HEAD), *given).made
    assert kept(desk) == []
    assert desk.audited("note_undone") == [("note_undone", "head", "s-one")]


def test_it_counts_as_nothing_done(desk):
    write(desk)
    assert desk.open_alerts() == [desk.alert.id]


def test_it_goes_with_the_last_words_of_the_matter(desk):
    write(desk)
    purge(desk.store, desk.clock() + timedelta(days=4000), Policy(), force=True)
    assert kept(desk) == []


def test_it_goes_when_only_a_stub_is_left(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    write(desk, DSL)
    purge(desk.store, desk.clock() + timedelta(days=400), Policy(), force=True)
    with desk.store.read() as con:
        assert con.execute("SELECT stub FROM mentions").fetchall() == [(True,)]
    assert kept(desk) == []


def test_it_goes_with_a_post_of_the_matter_that_is_erased(desk):
    write(desk)
    with desk.store.write("erased") as con:
        deleting.scrub(con, ["another"], desk.clock())
        assert notes.notes_of(con, "s-one", URN)
        deleting.scrub(con, [POST.id], desk.clock())
        assert notes.notes_of(con, "s-one", URN) == ()


@pytest.mark.parametrize(("judged", "found"), [(STREET, 1), (CHILD, 0)])
def test_a_request_for_access_finds_whom_it_names_unless_it_is_restricted(tmp_path, judged, found):
    desk = PageDesk(tmp_path, told=("dsl",), **judged)
    write(desk, DSL, "Mr Larchwood was rung.")
    with desk.store.read() as con:
        typed = find(con, [URN], SearchTerm(TermKind.NAME, "larchwood")).notes
    assert [one.words for one in typed] == ["Mr Larchwood was rung."] * found
