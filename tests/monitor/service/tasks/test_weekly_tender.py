"""On Friday at four a draft is made and the first in turn is asked to sign it; later the next."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders.mention import a_store
from builders.report import FRIDAY, filled_home

from alerts.access.recipients import report_signers
from alerts.links import Links
from alerts.weekly.weeks import named
from data.register.calendar import Calendar, Term
from data.store.reporting.signed_reports import put_report
from data.types import Person, Role
from monitor.config.home.context import Context
from monitor.config.load import load
from monitor.reports.weekly import gather, wanted
from monitor.service.tasks.digests import AT_A_LOOK
from monitor.service.tasks.reports import reports


@pytest.fixture
def service(tmp_path_factory, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(filled_home(tmp_path_factory), home)
    return Service(home)


class Service:
    def __init__(self, home):
        self.home = home
        self.store = a_store(home)
        self.context = Context(load(home / "schoolgate.toml", os.environ), home, Links())

    def tick(self, now):
        """What is due then is written; how many writes it was."""
        with self.store.read() as con:
            writes = reports(con, self.context, now)
        if writes:
            with self.store.write("tend") as con:
                for write in writes:
                    write(con)
        return len(writes)

    def rows(self, sql):
        with self.store.read() as con:
            return con.execute(sql).fetchall()

    @property
    def weeks(self):
        return [week for (week,) in self.rows("SELECT week FROM reports ORDER BY week")]

    @property
    def asked(self):
        return self.rows(
            "SELECT person_id, subject FROM outbox WHERE kind = 'sign' ORDER BY due_at, person_id"
        )


def test_at_four_on_friday_the_week_is_counted_once_and_those_who_may_sign_are_asked(service):
    service.tick(FRIDAY - timedelta(seconds=1))
    before = service.weeks
    service.tick(FRIDAY)
    assert [w for w in service.weeks if w not in before] == ["2026-W47"]
    people = [person for person, subject in service.asked if "week 47" in subject]
    assert people == ["t-quillfeather"]
    (body,) = service.rows("SELECT body FROM outbox WHERE kind = 'sign' AND subject LIKE '%47%'")
    assert "schoolgate report --week 2026-W47 --sign --as t-quillfeather" in body[0]
    assert body[0].endswith("Not watched around the clock. If a child is in danger, ring 999.\n")


def test_the_mail_to_sign_says_how_it_begins_and_what_may_be_asked_before_any_command(service):
    """Its reader may hold a telephone, and may never see the computer that makes the report."""
    service.tick(FRIDAY)
    ((subject, body, html, attached),) = service.rows(
        "SELECT subject, body, html, attachment FROM outbox WHERE person_id = 't-quillfeather'"
    )
    assert subject == "To sign: governors’ report, week 47"
    said = (
        "people mentioned the school publicly 41 times",
        "Safeguarding matters, if any, are handled under a separate procedure.",
        "What have families been told?",
        "ask whoever looks after it to print the report for you",
        "schoolgate report --week 2026-W47 --out DIR",
    )
    for text in (body, html):
        places = [text.index(one) for one in said]
        assert places == sorted(places)
    assert attached is None


def test_nothing_is_written_twice(service):
    assert service.tick(FRIDAY) > 0
    for minutes in (0, 1, 60, 600):
        assert service.tick(FRIDAY + timedelta(minutes=minutes)) == 0
    assert len(service.asked) == 1


def test_two_that_read_at_the_same_time_write_it_once(service):
    with service.store.read() as con:
        first, second = (reports(con, service.context, FRIDAY + timedelta(seconds=n)) for n in (0, 1))
    with service.store.write("both") as con:
        for write in (*first, *second):
            write(con)
    assert service.weeks == ["2026-W47"]
    assert len(service.asked) == 1


def test_after_two_working_days_at_eight_the_next_is_asked_where_nobody_has_signed(service):
    service.tick(FRIDAY)
    wednesday = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert service.tick(wednesday - timedelta(days=1)) == 0
    assert service.tick(wednesday - timedelta(seconds=1)) == 0
    assert service.tick(wednesday) == 1
    assert service.tick(wednesday + timedelta(hours=2)) == 0
    assert service.asked[1:] == [("o-fennimore", "Still to sign: governors’ report, week 47")]
    assert [service.tick(wednesday + timedelta(days=n)) for n in (1, 2)] == [0, 0]


def test_the_deputy_whose_turn_it_is_reads_it_in_the_digest_and_the_chair_after_that_has_a_mail(service):
    config = service.context.config
    deputy = Person("n-ashdown", "Ms Nia Ashdown", (Role.DEPUTY_HEAD,), "deputy@example.org")
    service.context = replace(service.context, config=replace(config, people=(*config.people, deputy)))
    service.tick(FRIDAY)
    assert service.tick(datetime(2026, 11, 25, 8, 0, tzinfo=UTC)) == 0
    assert service.tick(datetime(2026, 11, 27, 8, 0, tzinfo=UTC)) == 1
    assert [person for person, _ in service.asked] == ["t-quillfeather", "o-fennimore"]


def test_who_is_away_is_not_waited_for(service):
    config = service.context.config
    back = FRIDAY + timedelta(days=5)
    absent = tuple(replace(p, away_until=back) if p.id == "t-quillfeather" else p for p in config.people)
    service.context = replace(service.context, config=replace(config, people=absent))
    service.tick(FRIDAY)
    assert [person for person, _ in service.asked] == ["o-fennimore"]


def test_of_the_leadership_team_nobody_is_asked_who_holds_no_other_office(service):
    config = service.context.config
    bursar = Person("bursar", "Mx B Coyne", (Role.SLT,), "bursar@example.org")
    assert report_signers(config.schools[0], (bursar,)) == (bursar,)
    assert bursar not in report_signers(config.schools[0], (bursar, *config.people))


def test_nobody_is_asked_again_once_it_is_signed(service):
    service.tick(FRIDAY)
    with service.store.write("sign") as con:
        con.execute("UPDATE reports SET signed_at = now(), signed_by = 'o-fennimore'")
    assert service.tick(datetime(2026, 11, 23, 9, 0, tzinfo=UTC)) == 0


def test_what_was_slept_through_is_caught_up_once_not_once_for_each_week(service):
    service.tick(FRIDAY + timedelta(days=15))
    assert service.weeks == ["2026-W49"]
    assert len(service.asked) == 1


def test_a_report_made_late_is_not_asked_for_twice_at_once(service):
    tuesday = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert service.tick(tuesday) == 2
    assert service.tick(tuesday + timedelta(minutes=1)) == 0


def test_a_report_that_somebody_asked_for_first_is_still_brought_to_those_who_may_sign(service):
    with service.store.write("by hand") as con:
        context, week = service.context, named("2026-W47")
        facts = gather(con, context.config, context.config.schools[0], week, FRIDAY).text
        put_report(con, "900001", "2026-W47", facts, FRIDAY)
    service.tick(FRIDAY + timedelta(seconds=5))
    assert [person for person, _ in service.asked] == ["t-quillfeather"]


def test_in_a_week_s_holiday_none_is_made_and_the_next_says_how_many_weeks_had_none(service):
    autumn = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)  # 16:00 in summer
    service.tick(autumn)
    assert service.tick(autumn + timedelta(days=7, hours=1)) == 0  # half term
    assert service.weeks == ["2026-W43"]
    service.tick(autumn + timedelta(days=14, hours=1))
    assert service.weeks == ["2026-W43", "2026-W45"]
    (facts,) = service.rows("SELECT facts FROM reports WHERE week = '2026-W45'")
    assert '"unreported":1' in facts[0]


def test_in_long_holidays_each_fourth_week_gets_one(service):
    config = service.context.config
    terms = (Term(date(2026, 4, 13), date(2026, 7, 22)), Term(date(2026, 9, 2), date(2026, 10, 23)))
    given = replace(config, calendars={"900001": Calendar(terms=terms)})
    weeks = [f"2026-W{n}" for n in range(29, 38)]
    made = [week for week in weeks if wanted(given, config.schools[0], named(week))]
    assert made == ["2026-W29", "2026-W30", "2026-W34", "2026-W36", "2026-W37"]


def test_where_the_terms_have_run_out_one_is_made_each_week_as_without_terms(service):
    config = service.context.config
    calendar = Calendar(terms=(Term(date(2024, 9, 2), date(2025, 7, 22)),))
    given = replace(config, calendars={"900001": calendar})
    assert all(wanted(given, config.schools[0], named(f"2026-W{n}")) for n in range(40, 48))


def test_a_term_written_to_end_on_a_sunday_does_not_make_the_next_week_one_of_term(service):
    config = service.context.config
    terms = Term(date(2026, 9, 2), date(2026, 10, 25)), Term(date(2026, 11, 2), date(2026, 12, 18))
    calendar = Calendar(terms=terms)
    given = replace(config, calendars={"900001": calendar})
    assert wanted(given, config.schools[0], named("2026-W43"))
    assert not wanted(given, config.schools[0], named("2026-W44"))


def test_nothing_is_made_of_a_week_in_which_nothing_was_looked_at_or_handed_in(service):
    with service.store.write("nothing ran, and nobody handed anything in") as con:
        for table in ("source_runs", "mentions", "cases"):
            con.execute(f"DELETE FROM {table}")
    assert service.tick(FRIDAY) == 0


def test_of_a_week_before_anything_was_read_no_school_is_asked_about(service, monkeypatch):
    """Else each of a trust's schools would be, every ten seconds, until a week is complete."""
    from monitor.reports import weekly

    with service.store.write("as at the beginning") as con:
        for table in ("reports", "source_runs", "mentions", "cases"):
            con.execute(f"DELETE FROM {table}")
    asked = []
    monkeypatch.setattr(weekly, "gather", lambda con, config, school, *given: asked.append(school))
    assert service.tick(FRIDAY) == 0
    assert not asked


def test_of_very_many_schools_some_are_counted_at_a_look(service, monkeypatch):
    monkeypatch.setattr("monitor.service.tasks.reports._school", lambda *given: [lambda con: None])
    one = service.context.config.schools[0]
    many = tuple(replace(one, urn=f"9101{n:02}") for n in range(AT_A_LOOK + 2))
    context = replace(service.context, config=replace(service.context.config, schools=many))
    with service.store.read() as con:
        assert len(reports(con, context, FRIDAY)) == AT_A_LOOK
