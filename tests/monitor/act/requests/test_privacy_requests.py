"""`schoolgate privacy record`, `requests` and `answer`: who may, and until when something is owed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW, PEOPLE, Desk
from builders.privacy import DPO, a_request, privacy

from data.privacy.requests import RequestKind, request_due
from data.register.calendar import Calendar, months_after
from data.store.engine.audit_chain import links
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


def test_a_request_is_listed_by_what_is_due_first_and_answered_once(desk):
    first = a_request(desk, "access", NOW)
    second = a_request(desk, "complaint", NOW, received="2026-11-16")
    listed = privacy(desk, "requests", "--as", DPO, now=NOW).out.splitlines()
    said = " ".join(" ".join(listed).split())
    assert "a complaint, received Mon 16 Nov 2026: acknowledge it by Wednesday 16 December 2026" in said
    assert [line[:5] for line in listed if line[:1] == "P"] == [second, first]
    told = privacy(desk, "answer", second, "acknowledged", "--as", DPO, "--why", "Written today", now=NOW)
    assert "acknowledged; to be answered" in told.out
    done = privacy(desk, "answer", first, "granted", "--as", DPO, "--why", "Handed over", now=NOW)
    assert "granted on" in done.out
    again = privacy(desk, "answer", first, "refused", "--as", DPO, "--why", "Twice", now=NOW)
    assert again.code == 2
    assert "was answered" in again.err


def test_only_within_its_month_and_only_once_is_it_extended(desk):
    number = a_request(desk, "access", NOW)
    words = ("answer", number, "extended", "--as", DPO, "--why", "Three years of posts")
    late = privacy(desk, *words, now=datetime(2026, 12, 18, 9, tzinfo=UTC))
    assert (late.code, "its month is over" in late.err) == (2, True)
    assert "17 February 2027 (extended)" in privacy(desk, *words, now=NOW).out
    assert "may be once" in privacy(desk, *words, now=NOW).err


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
