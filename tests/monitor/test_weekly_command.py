"""`schoolgate report`: a draft, a signature, one mail to each governor."""

from __future__ import annotations

import shutil
import stat
from datetime import timedelta
from hashlib import sha256

import pytest
from mailing import post_office
from reporting import CONFIG, FRIDAY, a_home, fill, filled_home
from storing import POLICY, Clock, a_store

from alerts.weekly.facts import from_json
from data.errors import InputError
from data.retention import purge
from data.store import signed_reports
from data.store.audit import verify
from monitor.commands import weekly as command
from monitor.weekly_signing import NotFit


@pytest.fixture
def report(tmp_path_factory, tmp_path):
    """Runs the command on a copy of a filled home, an hour after the week's end."""
    return Report(shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home"))


@pytest.fixture(scope="module")
def signed_home(tmp_path_factory):
    """A home whose report the chair has signed, at 17:00."""
    home = tmp_path_factory.mktemp("signed") / "home"
    shutil.copytree(filled_home(tmp_path_factory), home)
    assert Report(home)(sign=True, person="o-fennimore") == 0
    return home


@pytest.fixture
def signed(signed_home, tmp_path):
    return Report(shutil.copytree(signed_home, tmp_path / "home"))


class Report:
    def __init__(self, home):
        self.home = home
        self.said: list[str] = []
        self.clock = Clock(FRIDAY + timedelta(hours=1))

    def __call__(self, **given):
        options = {"week": None, "out": None, "send": False, "sign": False, "person": None, "school": None}
        return command.run(
            **{**options, **given}, home=self.home, config=None, say=self.said.append, clock=self.clock
        )

    def rows(self, sql):
        with a_store(self.home).read() as con:
            return con.execute(sql).fetchall()


def test_it_shows_the_first_paragraph_and_how_it_is_signed(report):
    assert report() == 0
    text = "\n".join(report.said)
    assert "In the week to Friday 20 November people mentioned the school publicly 41 times" in text
    assert "schoolgate report --week 2026-W47 --sign --as PERSON" in text


def test_restricted_matters_are_in_no_number(report):
    report()
    ((stored,),) = report.rows("SELECT facts FROM reports")
    assert '"all":41' in stored
    assert "safety" not in stored


def test_the_numbers_are_fixed_when_they_are_first_counted(report):
    report()
    with a_store(report.home).write("late finds") as con:
        fill(con, range(200, 230), seen=FRIDAY - timedelta(hours=3))
    before = report.rows("SELECT facts FROM reports")
    report.said.clear()
    report()
    assert report.rows("SELECT facts FROM reports") == before
    assert "41 times" in report.said[0]


def test_a_draft_is_written_with_its_mark_and_sent_to_nobody(report, tmp_path):
    assert report(out=tmp_path / "out") == 0
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["governors-900001-2026-W47-DRAFT.html", "governors-900001-2026-W47-DRAFT.pdf"]
    assert "DRAFT. Not yet read and signed." in (tmp_path / "out" / names[0]).read_text()
    assert report.rows("SELECT key FROM outbox") == []
    assert not (report.home / "reports").exists()


def test_signing_keeps_the_files_and_queues_one_mail_for_each_governor(signed):
    report = signed
    kept = sorted((report.home / "reports").iterdir())
    assert [p.name for p in kept] == ["900001-2026-W47.html", "900001-2026-W47.pdf"]
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in kept)
    assert "DRAFT" not in kept[0].read_text()
    sent = report.rows("SELECT person_id, kind, attachment FROM outbox ORDER BY person_id")
    path = "reports/900001-2026-W47.pdf"
    assert sent == [("g-larch", "report", path), ("o-fennimore", "report", path)]
    (stored,) = report.rows("SELECT signed_by, sha256 FROM reports")
    assert stored == ("o-fennimore", sha256(kept[1].read_bytes()).hexdigest())
    assert report.rows("SELECT actor FROM audit WHERE action = 'report_signed'") == [("o-fennimore",)]


def test_signing_again_changes_nothing_and_says_who_signed(signed):
    report = signed
    before = report.rows("SELECT * FROM outbox ORDER BY key"), report.rows("SELECT count(*) FROM audit")
    report.clock.at += timedelta(days=1)
    report.said.clear()
    assert report(sign=True, person="t-quillfeather") == 0
    assert report.said == [
        "The report for 2026-W47 was signed by o-fennimore, Fri 20 Nov 17:00. Nothing was changed."
    ]
    after = report.rows("SELECT * FROM outbox ORDER BY key"), report.rows("SELECT count(*) FROM audit")
    assert before == after
    with a_store(report.home).read() as con:
        assert verify(con) == []


@pytest.mark.parametrize("person", ["g-larch", "b-thistlewood"])
def test_only_the_head_the_deputy_the_chair_and_the_leadership_sign(report, person):
    with pytest.raises(InputError, match=r"Those are: t-quillfeather, o-fennimore\."):
        report(sign=True, person=person)
    assert report.rows("SELECT signed_at FROM reports") == [(None,)]


def test_what_must_not_be_published_is_not_signed_and_it_says_what_and_where(report):
    text = CONFIG.replace("Social media policy", "Policy after Mr Thistlewood’s post of 17 November")
    a_home(report.home, text)
    with pytest.raises(NotFit) as refused:
        report(sign=True, person="o-fennimore")
    assert "Policies and data protection: a name (“thistlewood”)" in str(refused.value)
    assert "Policies and data protection: a date (“17 November”)" in str(refused.value)
    assert report.rows("SELECT signed_at FROM reports") == [(None,)]
    assert report.rows("SELECT key FROM outbox") == []
    assert not (report.home / "reports").exists()


def test_what_is_not_signed_is_not_sent(report):
    with pytest.raises(InputError, match=r"is not signed, so it is sent to nobody"):
        report(send=True)
    assert report.rows("SELECT key FROM outbox") == []


@pytest.mark.parametrize(
    ("week", "why"),
    [
        ("2026-W48", r"that week has not ended\. It ends on Fri 27 Nov 16:00"),
        ("2026-47", "not a week"),
        ("2020-W10", "no place had been looked at by then"),
    ],
)
def test_a_week_that_cannot_be_reported_is_refused_with_the_reason(report, week, why):
    with pytest.raises(InputError, match=why):
        report(week=week)


def test_what_was_deleted_since_still_counts_once(report):
    """Plain criticism goes after thirty days and leaves a count by day."""
    from storing import a_store

    week = "2026-W42"
    assert report(week=week) == 0
    store = a_store(report.home)
    (before,) = report.rows(f"SELECT facts FROM reports WHERE week = '{week}'")
    with store.write("forget") as con:
        con.execute("DELETE FROM reports")
    assert purge(store, FRIDAY, POLICY).deleted > 100
    report(week=week)
    (after,) = report.rows(f"SELECT facts FROM reports WHERE week = '{week}'")
    one, other = from_json(before[0]), from_json(after[0])
    assert [row.cells for row in one.weeks] == [row.cells for row in other.weeks]
    assert other.own.by_days
    assert not one.own.by_days


def test_of_a_signed_report_the_very_files_that_were_signed_are_given_out(signed, tmp_path):
    kept = (signed.home / "reports" / "900001-2026-W47.pdf").read_bytes()
    signed(out=tmp_path / "out")
    assert (tmp_path / "out" / "governors-900001-2026-W47.pdf").read_bytes() == kept
    (signed.home / "reports" / "900001-2026-W47.pdf").write_bytes(b"another")
    with pytest.raises(NotFit, match="is not the file that o-fennimore signed"):
        signed(out=tmp_path / "out")


def test_the_signed_pdf_reaches_each_governor_once_and_its_mail_tells_nothing(signed):
    with post_office() as office:
        text = CONFIG.replace("port = 2525", f"port = {office.port}").replace("127.0.0.1", "localhost")
        a_home(signed.home, text)
        assert signed(send=True) == 0
        assert signed(send=True) == 0
    assert sorted(taken.to[0] for taken in office.taken) == [
        "chair@example.sch.uk",
        "governor@example.sch.uk",
    ]
    kept = (signed.home / "reports" / "900001-2026-W47.pdf").read_bytes()
    for taken in office.taken:
        (attached,) = taken.mail.iter_attachments()
        assert attached.get_content() == kept
        assert attached.get_content_type() == "application/pdf"
        body = taken.mail.get_body().get_content()
        assert "It names nobody." in body
        assert "41" not in body
    assert signed.said[-1] == "0 messages sent, 0 wait."


def test_nobody_is_sent_a_report_twice(signed):
    report = signed
    with a_store(report.home).write("forget the signature") as con:
        con.execute("UPDATE reports SET signed_at = NULL, signed_by = NULL, sha256 = NULL")
        assert signed_reports.report(con, "900001", "2026-W47").signed_at is None
    report.clock.at += timedelta(hours=1)
    report(sign=True, person="t-quillfeather")
    assert len(report.rows("SELECT key FROM outbox WHERE kind = 'report'")) == 2
