"""What people ask about their own data, without any door."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest
from builders.case_desk import Desk, insult

from data.errors import InputError
from data.privacy.requests import RequestEnding, RequestKind
from data.privacy.terms import SearchTerm, TermKind
from data.steps.acts import Done, Refused, Remedy
from data.store.engine.audit_chain import verify
from data.store.privacy import requests as request_store
from monitor.act import privacy
from monitor.act.privacy import answer_request, erase, record_request, rectify, to_erase, uphold, withdraw
from monitor.act.requests.finding import one_post
from monitor.act.requests.office import open_office

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HANDLE = SearchTerm(TermKind.HANDLE, "somebody")


@pytest.fixture
def office(tmp_path):
    desk = Desk(tmp_path)
    insult(desk)
    return open_office("moss", tmp_path, None, "900001")


def asked(office, kind=RequestKind.OBJECTION):
    return record_request(office, kind, "R-1", "By letter", None, NOW).made


def kept(office, number):
    with office.session.store.read() as con:
        assert verify(con) == []
        return request_store.request(con, number)


def post(office):
    with office.session.store.read() as con:
        ((mention,),) = con.execute("SELECT id FROM mentions").fetchall()
    return mention


def test_a_request_is_written_down_and_its_time_runs_from_when_it_came(office):
    came = NOW - timedelta(days=3)
    one = record_request(office, RequestKind.ACCESS, "R-1", "By letter", came, NOW).made
    assert one == kept(office, one.id)
    assert (one.received_at, one.recorded_by) == (came, "moss")
    with pytest.raises(InputError) as refused:
        record_request(office, RequestKind.ACCESS, "R-2", "By letter", NOW + timedelta(days=1), NOW)
    assert refused.value.field == "received"


def test_a_request_is_answered_once(office):
    number = asked(office).id
    done = answer_request(office, number, "granted", "Told at the office", NOW)
    assert isinstance(done, Done)
    assert (done.made.ending, done.made.answered_at) == (RequestEnding.GRANTED, NOW)
    assert done.made == kept(office, number)
    with pytest.raises(InputError, match="was answered on 2026-11-23"):
        answer_request(office, number, "granted", "Again", NOW)


def test_its_time_is_extended_once_and_not_after_its_month(office):
    number = asked(office).id
    assert isinstance(answer_request(office, number, "extended", "Three years of posts", NOW), Done)
    again = answer_request(office, number, "extended", "Again", NOW)
    assert again == Refused("may_be_extended", f"Request {number} was extended already, and may be once.")
    late = answer_request(office, asked(office).id, "extended", "Late", NOW + timedelta(days=60))
    assert isinstance(late, Refused)
    complaint = asked(office, RequestKind.COMPLAINT).id
    assert isinstance(answer_request(office, complaint, "extended", "No", NOW), Refused)
    assert kept(office, complaint).extended_at is None


def test_what_somebody_says_of_a_post_is_kept_beside_it(office):
    number, mention = asked(office, RequestKind.RECTIFICATION).id, post(office)
    added = rectify(office, number, mention[:8], "It was a Tuesday", NOW).made
    assert (added.request_id, added.mention_id, added.words) == (number, mention, "It was a Tuesday")


def test_an_objection_is_upheld_and_taken_back(office):
    number = asked(office).id
    assert uphold(office, number, HANDLE, "local_forum", NOW) == Done(number)
    assert withdraw(office, number, NOW) == Done(1)
    assert withdraw(office, number, NOW) == Done(0)


def test_nothing_is_kept_out_for_a_request_that_is_no_objection_and_the_remedy_is_to_record_one(office):
    refused = uphold(office, asked(office, RequestKind.ACCESS).id, HANDLE, "local_forum", NOW)
    assert isinstance(refused, Refused)
    said = (("kind", RequestKind.OBJECTION),)
    remedy = Remedy("record_request", said, ("reference", "why"), "moss")
    assert (refused.guard, refused.remedies) == ("kind_of_request", (remedy,))
    fields = inspect.signature(getattr(privacy, remedy.act)).parameters
    assert {*dict(remedy.values), *remedy.wanted} <= set(fields)


def test_a_post_is_erased(office):
    number, mention = asked(office, RequestKind.ERASURE).id, post(office)
    with office.session.store.read() as con:
        meant = to_erase(con, office, number, NOW, None, [one_post(con, office, mention)])
    stays = erase(office, meant, NOW).made
    assert stays == meant.stays
