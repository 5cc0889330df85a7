"""What waits to be sent and is no longer true does not go out; what is danger still does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.case import a_case, a_step
from builders.home import a_migrated_store
from builders.mention import NOW, URN, Clock, a_message, an_alert

from alerts.links import Links
from data.digest import Edition, Window
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.messages import outbox
from data.store.reporting.daily_digest import put_edition
from data.types import Mark, Marked, Person, Role, School, Severity
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.tasks.withdrawals import SOON, withdrawals

HEAD = Person("p-head", "Jane Holt", (Role.HEAD,), "head@example.org")
DEPUTY = Person("p-deputy", "Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
ALERT = an_alert("s-one", audience=("p-head", "p-deputy"), severity=Severity.TODAY)
EIGHT = NOW + timedelta(hours=2)
BETWEEN = NOW + timedelta(hours=1)


class Night:
    """An alert that was raised at night, and its mails, which wait until eight."""

    def __init__(self, home: Path, due=EIGHT, kind="instant", alert=ALERT):
        self.store = a_migrated_store(home, Clock())
        self.context = Context(
            Config(Path("schoolgate.toml"), (School(URN, "Oakfield"),), people=(HEAD, DEPUTY)), home, Links()
        )
        to = [
            a_message(p.id, alert_id=ALERT.id, person_id=p.id, kind=kind, times=1, due_at=due)
            for p in (HEAD, DEPUTY)
        ]
        self.do(alert_store.put_alerts, [alert], NOW)
        self.do(outbox.put_outbox, to, NOW)

    def do(self, what, *args):
        with self.store.write("test") as con:
            return what(con, *args)

    def took(self, person="p-head", at=BETWEEN):
        self.do(alert_store.ack, ALERT.id, person, at)

    def shows(self, person, *, until=BETWEEN, sent=True, says="Nothing new."):
        """A digest that covers the time until then goes to that person."""
        key = f"digest-{person}"
        self.do(outbox.put_outbox, [a_message(key, kind="digest", person_id=person, body=says)], NOW)
        covers = Window(NOW - timedelta(days=1), until)
        self.do(put_edition, Edition("digest", URN, "2026-11-17", person, covers, key, until))
        sent_at = {"at": until if sent else None, "key": key}
        self.do(lambda con: con.execute("UPDATE outbox SET sent_at = $at WHERE key = $key", sent_at))

    def goes(self, now=EIGHT):
        """Who is written to about the alert at that time."""
        with self.store.read() as con:
            writes = withdrawals(con, self.context, now)
        for write in writes:
            self.do(write)
        with self.store.read() as con:
            return [p for (p,) in con.execute(
                "SELECT person_id FROM outbox WHERE alert_id = $id AND withdrawn_at IS NULL ORDER BY 1 DESC",
                {"id": ALERT.id},
            ).fetchall()]  # fmt: skip


@pytest.fixture
def night(tmp_path):
    return Night(tmp_path)


def test_what_nobody_took_goes_out(night):
    night.shows("p-deputy")
    assert night.goes() == ["p-head", "p-deputy"]


def test_who_took_it_is_not_written_to_about_it_and_who_has_not_heard_is(night):
    night.took()
    assert night.goes() == ["p-deputy"]


def test_to_whom_a_digest_told_it_since_no_mail_comes_once_somebody_has_it(night):
    night.shows("p-deputy")
    night.took()
    assert night.goes() == []


@pytest.mark.parametrize(
    "how", [{"until": NOW - timedelta(minutes=1)}, {"sent": False}], ids=["before", "unsent"]
)
def test_a_digest_from_before_it_or_one_that_did_not_arrive_tells_nobody(night, how):
    night.shows("p-deputy", **how)
    night.took()
    assert night.goes() == ["p-deputy"]


def test_what_is_done_with_is_told_to_nobody(night):
    night.do(owner_store.put, Marked("s-one", URN, Mark.ANSWERED, "p-deputy", BETWEEN))
    assert night.goes() == []


def test_until_it_is_nearly_due_what_was_said_may_be_taken_back(night):
    said = Marked("s-one", URN, Mark.ANSWERED, "p-deputy", BETWEEN)
    night.do(owner_store.put, said)
    assert night.goes(EIGHT - SOON - timedelta(seconds=1)) == ["p-head", "p-deputy"]
    night.do(owner_store.undo, "s-one", URN, "p-deputy", BETWEEN)
    assert night.goes() == ["p-head", "p-deputy"]


def test_who_opens_a_case_of_it_is_not_written_to_about_it(night):
    opened = a_case(opened_at=BETWEEN), [a_step(at=BETWEEN)], [], BETWEEN
    night.do(case_store.put, *opened)
    assert night.goes() == ["p-deputy"]


def test_what_a_case_brought_before_the_mail_was_written_withdraws_nothing(night):
    night.do(case_store.put, a_case(), [a_step(at=NOW - timedelta(hours=1))], [], NOW)
    night.shows("p-deputy")
    assert night.goes() == ["p-head", "p-deputy"]


def test_a_mail_of_danger_still_goes_to_all_but_who_took_it(tmp_path):
    night = Night(tmp_path, due=NOW)
    night.shows("p-deputy")
    night.took()
    assert night.goes() == ["p-deputy"]


def test_a_mail_of_danger_goes_to_who_records_a_step_without_having_seen_it(tmp_path):
    night = Night(tmp_path, due=NOW)
    night.do(case_store.put, a_case(opened_at=BETWEEN), [a_step(at=BETWEEN)], [], BETWEEN)
    assert night.goes() == ["p-head", "p-deputy"]


def test_nobody_is_asked_next_about_what_a_case_has_now(tmp_path):
    night = Night(tmp_path, due=NOW, kind="escalation")
    night.do(case_store.put, a_case(opened_at=BETWEEN), [a_step(at=BETWEEN)], [], BETWEEN)
    assert night.goes() == []


def test_each_withdrawal_is_audited_with_whose_mail_it_was(night):
    night.took()
    night.goes()
    with night.store.read() as con:
        found = con.execute("SELECT subject, codes FROM audit WHERE action = 'mail_withdrawn'").fetchall()
    assert found == [(ALERT.id, ["person:p-head"])]


def number(night):
    with night.store.read() as con:
        return alert_store.alert(con, ALERT.id).number


def test_who_was_sent_its_number_in_a_digest_is_not_written_to_half_an_hour_later(night):
    night.shows("p-deputy", says=f"Decide today: a remark. [{number(night)}]")
    assert night.goes() == ["p-head"]
    with night.store.read() as con:
        found = con.execute("SELECT codes FROM audit WHERE action = 'mail_withdrawn'").fetchall()
    assert found == [(["person:p-deputy", "digest"],)]


def test_a_digest_that_did_not_arrive_spares_nobody_the_mail(night):
    night.shows("p-deputy", sent=False, says=f"Decide today: a remark. [{number(night)}]")
    assert night.goes() == ["p-head", "p-deputy"]


GRAVE = replace(ALERT, severity=Severity.THIS_HOUR)
OTHERS = {"asked next": {"kind": "escalation"}, "grave": {"alert": GRAVE}}


@pytest.mark.parametrize("how", OTHERS.values(), ids=OTHERS)
def test_what_is_grave_or_asks_the_next_is_mailed_whatever_a_digest_said(tmp_path, how):
    night = Night(tmp_path, **how)
    night.shows("p-deputy", says=f"Decide today: a remark. [{number(night)}]")
    assert night.goes() == ["p-head", "p-deputy"]
