"""The service reminds the data protection officer once, a week before a request has to be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.mention import URN

from alerts.links import Links
from data.privacy.requests import PrivacyRequest, RequestKind
from data.store.engine.audit_chain import AuditEntry
from data.store.privacy import requests as request_store
from data.types import Person, Role, School
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.serve import PERIODIC_TASKS

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
