"""What people ask about their own data: who may answer it, until when it is owed, and who is reminded."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW, PEOPLE, Desk, insult
from builders.home import a_migrated_store
from builders.mention import URN
from builders.privacy import DPO, a_request, privacy

from alerts.links import Links
from data.errors import InputError
from data.privacy.requests import PrivacyRequest, RequestEnding, RequestKind, request_due
from data.privacy.terms import SearchTerm, TermKind
from data.register.calendar import Calendar, months_after
from data.steps.acts import Done, Refused, Remedy
from data.store.engine.audit_chain import AuditEntry, links, verify
from data.store.privacy import requests as request_store
from data.types import Person, Role, School
from monitor.act import privacy as acts
from monitor.act.privacy import answer_request, record_request, uphold, withdraw
from monitor.act.requests.office import open_office
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import PERIODIC_TASKS
from monitor.setup.doctor import state as doctor_state
from monitor.setup.doctor.findings import Level

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar("england")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def due(kind, received, *, extended=False):
    """The last day on which it is in time."""
    moment = request_due(kind, received, CALENDAR, LONDON, extended=extended)
    assert moment.astimezone(LONDON).hour == 0
    return date.fromordinal(moment.astimezone(LONDON).date().toordinal() - 1)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-17T09:00+00:00", date(2026, 12, 17)),
        ("2026-11-17T23:59+00:00", date(2026, 12, 17)),
        ("2026-07-01T23:30+00:00", date(2026, 8, 3)),  # the 2nd in London; 2 August is a Sunday
        ("2027-01-31T09:00+00:00", date(2027, 3, 1)),  # 28 February is a Sunday
        ("2026-11-25T09:00+00:00", date(2026, 12, 29)),  # Christmas, Boxing Day, and what stands for it
    ],
)
def test_a_request_is_answered_within_a_month_or_by_the_next_working_day(received, last):
    assert due(RequestKind.ACCESS, datetime.fromisoformat(received)) == last


def test_it_may_be_extended_by_two_months_and_a_complaint_has_thirty_days_whatever_the_day():
    assert due(RequestKind.ERASURE, NOW, extended=True) == date(2027, 2, 17)
    assert due(RequestKind.RESTRICTION, NOW) == due(RequestKind.ACCESS, NOW)
    assert due(RequestKind.COMPLAINT, datetime(2026, 11, 25, 9, tzinfo=UTC)) == date(2026, 12, 25)


def test_a_month_after_the_last_of_one_is_the_last_of_the_next():
    assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert months_after(date(2026, 10, 31), 3) == date(2027, 1, 31)


def test_a_request_is_listed_by_what_is_due_first_extended_and_answered(desk):
    first = a_request(desk, "access", NOW)
    second = a_request(desk, "complaint", NOW, received="2026-11-16")
    listed = privacy(desk, "requests", "--as", DPO, now=NOW).out.splitlines()
    said = " ".join(" ".join(listed).split())
    assert "a complaint, received Mon 16 Nov 2026: acknowledge it by Wednesday 16 December 2026" in said
    assert [line[:5] for line in listed if line[:1] == "P"] == [second, first]
    told = privacy(desk, "answer", second, "acknowledged", "--as", DPO, "--why", "Written today", now=NOW)
    assert "acknowledged; to be answered" in told.out
    later = privacy(desk, "answer", first, "extended", "--as", DPO, "--why", "Three years of posts", now=NOW)
    assert "17 February 2027 (extended)" in later.out
    done = privacy(desk, "answer", first, "granted", "--as", DPO, "--why", "Handed over", now=NOW)
    assert "granted on" in done.out


def test_what_is_overdue_says_so_and_doctor_does_too(desk):
    a_request(desk, "access", NOW)
    for day, told in ((17, []), (18, ["privacy"])):
        at = datetime(2026, 12, day, 9, tzinfo=UTC)
        found = doctor_state.store(desk.home, (), clock=lambda at=at: at, sleep=lambda seconds: None)
        assert [f.check for f in found if f.level is Level.WARN and f.check != "clock"] == told
    listed = privacy(desk, "requests", "--as", DPO, now=datetime(2026, 12, 18, 9, tzinfo=UTC))
    assert "OVERDUE since Thursday 17 December 2026" in " ".join(listed.out.split())


@pytest.mark.parametrize("person", [p for p in PEOPLE if p != DPO])
def test_nobody_but_the_data_protection_officer_may(desk, person):
    for words in (("requests",), ("record", "access", "--reference", "R", "--why", "By letter")):
        done = privacy(desk, *words, "--as", person)
        assert done.code == 2
        assert "is for the data protection officer" in done.err
    assert privacy(desk, "requests", "--as", DPO).out.startswith("Nobody has asked")


def test_whoever_answers_for_another_school_may_not_for_this_one(desk):
    number = a_request(desk)
    assert number not in privacy(desk, "requests", "--as", "elsewhere").out
    done = privacy(desk, "requests", "--as", "elsewhere", "--school", "900001")
    assert (done.code, "is for the data protection officer" in done.err) == (2, True)
    answered = privacy(desk, "answer", number, "granted", "--as", "elsewhere", "--why", "x")
    assert (answered.code, "There is no request" in answered.err) == (2, True)


def test_the_officer_of_all_schools_sees_all_requests_and_each_next_command_bears_its_school(desk):
    toml = desk.home / "schoolgate.toml"
    everywhere = '[[people]]\nid = "r-lowe"\nname = "Ruth Lowe"\nroles = ["dpo"]\nemail = "r@example.org"\n'
    toml.write_text(toml.read_text() + everywhere, encoding="utf-8")
    by = ("--as", "r-lowe")
    empty = privacy(desk, "requests", *by)
    assert "privacy record KIND --reference NUMBER --as r-lowe --school URN" in empty.out
    recorded = ("record", "erasure", "--reference", "R", "--why", "By letter", *by, "--school")
    for number, urn in (("P0001", "900001"), ("P0002", "900002")):
        done = privacy(desk, *recorded, urn, now=NOW)
        assert f"search {number} --by handle --as r-lowe --school {urn}" in done.out
    said = " ".join(privacy(desk, "requests", *by, now=NOW).out.split())
    assert "P0001 R Oakfield Primary School (URN 900001): erasure" in said
    assert "P0002 R Hexley Primary School (URN 900002): erasure" in said
    assert [one["urn"] for one in privacy(desk, "requests", *by, "--json").data] == ["900001", "900002"]
    one = privacy(desk, "requests", *by, "--school", "900002", now=NOW).out
    assert ("P0001" in one, "P0002" in one) == (False, True)
    assert "P0002" not in privacy(desk, "requests", "--as", DPO).out
    elsewhere = privacy(desk, "erase", "P0002", "--by", "handle", *by, "--school", "900001", said="x")
    assert "schoolgate privacy requests --as r-lowe --school 900001" in elsewhere.err


def test_where_none_is_named_the_head_does(desk):
    toml = desk.home / "schoolgate.toml"
    toml.write_text(toml.read_text().replace('roles = ["dpo"]', 'roles = ["slt"]'), encoding="utf-8")
    assert privacy(desk, "requests", "--as", "holt").code == 0
    assert privacy(desk, "requests", "--as", DPO).code == 2


def test_the_audit_holds_who_and_what_kind_and_no_word_of_it(desk):
    number = a_request(desk, "erasure", NOW, why="Quincunx rang")
    privacy(desk, "answer", number, "refused", "--as", DPO, "--why", "Kestrel is open", now=NOW)
    with desk.store.read() as con:
        chain = links(con)
        notes = con.execute("SELECT * FROM audit_notes").fetchall()
    done = [(link.entry.actor, link.entry.action, link.entry.subject, link.entry.codes) for link in chain]
    assert done[-2:] == [
        (DPO, "request_recorded", number, ("kind:erasure",)),
        (DPO, "request_answered", number, ("result:refused",)),
    ]
    assert notes == []


@pytest.mark.parametrize(
    "words",
    [
        ("record", "fortune", "--reference", "R", "--why", "x"),
        ("record", "access", "--reference", " ", "--why", "x"),
        ("record", "access", "--reference", "R", "--why", "x", "--received", "2999-01-01"),
        ("answer", "P0009", "granted", "--why", "x"),
        ("answer", "1' OR '1'='1", "granted", "--why", "x"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(desk, words):
    done = privacy(desk, *words, "--as", DPO)
    assert done.code == 2
    assert done.err.strip()


MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HANDLE = SearchTerm(TermKind.HANDLE, "somebody")


@pytest.fixture
def office(tmp_path):
    desk = Desk(tmp_path)
    insult(desk)
    return open_office("moss", tmp_path, None, "900001")


def asked(office, kind=RequestKind.OBJECTION):
    return record_request(office, kind, "R-1", "By letter", None, MONDAY).made


def kept(office, number):
    with office.session.store.read() as con:
        assert verify(con) == []
        return request_store.request(con, number)


def test_a_request_is_written_down_and_its_time_runs_from_when_it_came(office):
    came = MONDAY - timedelta(days=3)
    one = record_request(office, RequestKind.ACCESS, "R-1", "By letter", came, MONDAY).made
    assert one == kept(office, one.id)
    assert (one.received_at, one.recorded_by) == (came, "moss")
    with pytest.raises(InputError) as refused:
        record_request(office, RequestKind.ACCESS, "R-2", "By letter", MONDAY + timedelta(days=1), MONDAY)
    assert refused.value.field == "received"


def test_a_request_is_answered_once(office):
    number = asked(office).id
    done = answer_request(office, number, "granted", "Told at the office", MONDAY)
    assert isinstance(done, Done)
    assert (done.made.ending, done.made.answered_at) == (RequestEnding.GRANTED, MONDAY)
    assert done.made == kept(office, number)
    with pytest.raises(InputError, match="was answered on 2026-11-23"):
        answer_request(office, number, "granted", "Again", MONDAY)


def test_its_time_is_extended_once_and_not_after_its_month(office):
    number = asked(office).id
    assert isinstance(answer_request(office, number, "extended", "Three years of posts", MONDAY), Done)
    again = answer_request(office, number, "extended", "Again", MONDAY)
    assert again == Refused("may_be_extended", f"Request {number} was extended already, and may be once.")
    late = answer_request(office, asked(office).id, "extended", "Late", MONDAY + timedelta(days=60))
    assert isinstance(late, Refused)
    assert "its month is over" in late.reason
    complaint = asked(office, RequestKind.COMPLAINT).id
    assert isinstance(answer_request(office, complaint, "extended", "No", MONDAY), Refused)
    assert kept(office, complaint).extended_at is None


def test_an_objection_is_upheld_and_taken_back(office):
    number = asked(office).id
    assert uphold(office, number, HANDLE, "local_forum", MONDAY) == Done(number)
    assert withdraw(office, number, MONDAY) == Done(1)
    assert withdraw(office, number, MONDAY) == Done(0)


@pytest.mark.parametrize(
    "kind", [RequestKind.ACCESS, RequestKind.RECTIFICATION, RequestKind.COMPLAINT, RequestKind.TOLD]
)
def test_nothing_is_kept_out_for_a_request_that_is_no_objection_and_the_remedy_is_to_record_one(office, kind):
    number = asked(office, kind).id
    refused = uphold(office, number, HANDLE, "local_forum", MONDAY)
    assert isinstance(refused, Refused)
    assert f"{number} is of kind {kind}" in refused.reason
    said = (("kind", RequestKind.OBJECTION),)
    remedy = Remedy("record_request", said, ("reference", "why"), "moss")
    assert (refused.guard, refused.remedies) == ("kind_of_request", (remedy,))
    fields = inspect.signature(getattr(acts, remedy.act)).parameters
    assert {*dict(remedy.values), *remedy.wanted} <= set(fields)
    with office.session.store.read() as con:
        assert con.execute("SELECT count(*) FROM suppressions").fetchone() == (0,)


DUE = datetime(2026, 12, 18, 0, 0, tzinfo=UTC)
CAME = DUE - timedelta(days=31)
WEEK = timedelta(days=7)
HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
OFFICER = Person("officer", "Ira Moss", (Role.DPO,), "moss@example.org")


@pytest.fixture
def store(tmp_path: Path):
    with a_migrated_store(tmp_path).write("test") as con:
        yield con


def recorded(con, kind=RequestKind.ACCESS, **fields):
    given = PrivacyRequest("", URN, kind, "SAR Jane Harrow", "By letter", CAME, CAME, "officer", DUE)
    return request_store.record(con, replace(given, **fields))


def told(con, now, people=(OFFICER, HEAD)):
    """Whom the task tells now, and what."""
    config = Config(Path("schoolgate.toml"), schools=(School(URN, "Oakfield"),), people=people)
    for write in PERIODIC_TASKS["owed"](con, Context(config, Path(), Links()), now):
        write(con)
    return con.execute("SELECT person_id, subject, body FROM outbox ORDER BY written_at").fetchall()


def test_nobody_is_reminded_earlier_than_a_week_before(store):
    recorded(store)
    assert told(store, DUE - WEEK - timedelta(minutes=1)) == []


def test_the_data_protection_officer_is_reminded_once_by_number_without_the_reference(store):
    recorded(store)
    ((person, subject, body),) = told(store, DUE - WEEK)
    assert (person, subject) == ("officer", "Request P0001: due within a week")
    assert "Request P0001 (a copy of what is held) is to be answered by the end of 17 December 2026." in body
    assert "Harrow" not in body + subject
    assert len(told(store, DUE - timedelta(days=1))) == 1


def test_the_head_is_reminded_where_there_is_no_officer(store):
    recorded(store)
    assert [person for person, *_ in told(store, DUE - WEEK, (HEAD,))] == ["head"]


def test_a_complaint_is_to_be_acknowledged(store):
    recorded(store, RequestKind.COMPLAINT)
    assert "(a complaint) is to be acknowledged by" in told(store, DUE - WEEK)[0][2]


def test_what_was_answered_is_not_reminded_of_and_what_was_extended_is_again(store):
    one = recorded(store)
    entry = AuditEntry(DUE - WEEK, "officer", "request_answered", one.id, URN)
    told(store, DUE - WEEK)
    later = replace(one, due_at=DUE + timedelta(days=60), extended_at=DUE - WEEK)
    request_store.change(store, later, entry)
    assert len(told(store, DUE)) == 1
    assert len(told(store, DUE + timedelta(days=54))) == 2
    answered = recorded(store, RequestKind.ERASURE)
    request_store.change(store, replace(answered, answered_at=CAME, due_at=None), entry)
    assert len(told(store, DUE - timedelta(days=2))) == 2
