"""A drill of the alarm: when it is held, who is asked, how it ends, and that no matter comes of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders.desk import CHAIR, OpenDesk, come, settle
from builders.digest import LONDON
from builders.home import do_in, rows_of
from builders.mention import URN, an_alert
from builders.page import BASE, SCHOOL, form_of, links_of, words_of

from alerts.drill import ANNOUNCED, asked_now, drill_id, planned_on
from alerts.next_date import SchoolDays
from data.digest import Drill
from data.register.calendar import Calendar, Term
from data.store.alerts import put_alerts
from data.types import Person, Policy, Role, Route, Severity
from monitor.act.drill import drills
from monitor.config.model import ServeSettings
from monitor.matters.today import due_of
from monitor.service.digests import prepare, queue_digest

HALVES = Term(date(2026, 9, 2), date(2026, 10, 23)), Term(date(2026, 11, 2), date(2026, 12, 18))
CALENDAR = Calendar("england", (*HALVES, Term(date(2027, 1, 4), date(2027, 3, 25))))
LINKS = links_of(())
DAYS = [d for n in range(108) if planned_on(SCHOOL, CALENDAR, LINKS, d := date(2026, 9, 2) + timedelta(n))]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ALARM = an_alert("s-real", severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
GOVERNOR = Person("gov", "Mo Reed", (Role.GOVERNOR,), "gov@example.org")


def begins(day=DAYS[0]):
    at = planned_on(SCHOOL, CALENDAR, LINKS, day)
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


class Drilled(OpenDesk):
    """A school that holds drills, whose chair has an address, and nothing else."""

    def __init__(self, home, *, on=True):
        super().__init__(home, raised=False)
        calendars = {URN: CALENDAR}
        settle(self, CHAIR, GOVERNOR, serve=ServeSettings(drills=on), calendars=calendars, base_url=BASE)

    def digests(self, day):
        """The digests of that day, composed and kept."""
        config = self.context.config
        with self.store.write("digest") as con:
            people = [p for p in config.people if p.email and p.id not in ("chair", "gov")]
            due = due_of(config, SCHOOL, day)
            made = prepare(con, config, SCHOOL, due, people, due.at, links=self.context.links)
            for one in made:
                queue_digest(one, con)
        return {one.letter.person_id: one.letter.body for one in made if one.is_sent}

    def tick(self, now):
        """What the service does then; gives who is mailed."""
        self.clock.at = now
        before = set(self.sent())
        with self.store.open_reader() as con:
            todo = drills(con, self.context, now)
        with self.store.write("tend") as con:
            for one in todo:
                one(con)
        return sorted(person for key, person in set(self.sent()) - before)

    def sent(self):
        return self.read("SELECT key, person_id FROM outbox WHERE kind = 'drill'")

    def announce(self, day=DAYS[0]):
        self.digests(max(d for n in range(1, 14) if CALENDAR.school_day(d := day - timedelta(n))))

    def page(self, person):
        """The address of the newest mail to them."""
        sql = "SELECT max_by(body, due_at) FROM outbox WHERE kind = 'drill' AND person_id"
        ((body,),) = self.read(f"{sql} = '{person}'")
        return next(w for w in body.split() if w.startswith(BASE)).removeprefix(BASE)


@pytest.fixture
def desk(tmp_path):
    return Drilled(tmp_path)


@pytest.fixture
def begun(desk):
    desk.announce()
    assert desk.tick(begins()) == ["dsl", "head"]
    return desk


def test_its_days_and_minutes_lie_within_school_and_no_other_home_has_the_same():
    assert DAYS
    opens, closes = CALENDAR.hours
    for day in DAYS:
        at = planned_on(SCHOOL, CALENDAR, LINKS, day)
        assert CALENDAR.school_day(day)
        assert opens < at
        assert datetime.combine(day, at) + HOUR + 15 * MINUTE <= datetime.combine(day, closes)  # begun late
    other = replace(LINKS, secret=b"x" * 32)
    assert [planned_on(SCHOOL, CALENDAR, other, d) for d in DAYS] != [
        planned_on(SCHOOL, CALENDAR, LINKS, d) for d in DAYS
    ]


def test_two_half_terms_are_one_term_and_without_a_term_there_is_none():
    ids = [drill_id(URN, CALENDAR, d) for d in (HALVES[0].first, HALVES[1].last, date(2027, 1, 5))]
    assert ids[0] == ids[1] != ids[2]
    assert drill_id(URN, CALENDAR, date(2026, 10, 26)) is drill_id(URN, Calendar(), DAYS[0]) is None


def test_the_day_before_the_digest_announces_it_without_the_hour_and_to_all_it_goes(desk):
    before = max(d for n in range(1, 14) if CALENDAR.school_day(d := DAYS[0] - timedelta(n)))
    told = desk.digests(before)
    assert sorted(told) == ["deputy", "dsl", "head"]
    at = f"{planned_on(SCHOOL, CALENDAR, LINKS, DAYS[0]):%H:%M}"
    for body in told.values():
        assert "Its messages begin with “DRILL”" in " ".join(body.split())
        assert at not in body


def test_what_was_not_announced_is_not_held_nor_what_is_off_nor_at_another_minute(desk, tmp_path):
    assert desk.tick(begins()) == []
    desk.announce()
    assert desk.tick(begins() - MINUTE) == desk.tick(begins() + HOUR) == []
    off = Drilled(tmp_path / "off", on=False)
    off.announce()
    assert off.tick(begins()) == []
    assert ANNOUNCED not in {row[0] for row in off.read("SELECT action FROM audit")}


def test_it_is_held_once_a_term(begun):
    for day in DAYS[1:3]:
        begun.announce(day)
        assert begun.tick(begins(day)) == []


def test_it_goes_by_the_table_and_ends_before_anybody_who_governs(begun):
    asked = [begun.tick(begins() + n * MINUTE) for n in (1, 15, 16, 30, 60, 75)]
    assert asked[0] == asked[2] == asked[4] == asked[5] == []
    assert asked[1] == ["deputy", "dsl", "head"]
    assert not {"chair", "gov"} & {person for _, person in begun.sent()}
    for subject, body in begun.read("SELECT subject, body FROM outbox WHERE kind = 'drill'"):
        assert subject.startswith("DRILL")
        assert "DRILL" in body.partition("\n\n")[2][:8]
    day_after = CALENDAR.next_school_day(DAYS[0])
    told = begun.digests(day_after)
    assert "nobody took it on within 60 minutes" in " ".join(told["head"].split())


def test_a_trusts_contact_is_not_asked_where_nobody_else_is_left():
    head, trust = (Person(r, r, (r,), f"{r}@example.org") for r in (Role.HEAD, Role.TRUST_CONTACT))
    runs = Drill("drill:x", URN, begun_at=begins(), told=("head",))
    given = (head, trust), SCHOOL, Policy(), SchoolDays("england", LONDON, CALENDAR)
    assert asked_now(runs, begins().time(), *given, begins() + 15 * MINUTE) == ("head",)


def test_never_beside_an_open_alarm_which_ends_it_too(desk):
    desk.announce()
    do_in(desk.store, put_alerts, [ALARM], begins())
    assert desk.tick(begins()) == []


def test_an_alarm_ends_a_drill_that_runs(begun):
    do_in(begun.store, put_alerts, [ALARM], begins())
    begun.tick(begins() + MINUTE)
    assert begun.tick(begins() + 15 * MINUTE) == []
    assert begun.read("SELECT key FROM outbox WHERE kind = 'drill' AND withdrawn_at IS NULL") == []
    said = words_of(begun.another().get(begun.page("head")))  # who may be kept out of that alarm
    assert ("stopped after 1 minute, before anybody took it on" in said, "real" in said) == (
        True,
        False,
    )


def test_whoever_presses_first_has_it_and_the_result_is_for_head_and_lead(begun):
    page = begun.page("dsl")
    begun.clock.at = begins() + 3 * MINUTE
    browser = begun.another()
    shown = browser.get(page)
    assert browser.post(page, data=form_of(shown)).status_code == 303  # at once, as what opens links does
    begun.clock.at += 5 * timedelta(seconds=1)
    browser.post(page, data=form_of(shown), headers={"Origin": "https://elsewhere.example.org"})
    assert "DRILL: I will deal with it" in words_of(browser.get(page))
    browser.post(page, data=form_of(shown), headers={"Origin": BASE})
    assert "took it on after 3 minutes" in words_of(browser.get(page))
    assert "took it on after 3 minutes" in words_of(begun.another().get(begun.page("head")))
    assert begun.tick(begins() + 15 * MINUTE) == []
    told = begun.digests(CALENDAR.next_school_day(DAYS[0]))
    heard = {who for who, body in told.items() if "took it on after 3 minutes" in " ".join(body.split())}
    assert heard == {"dsl", "head"}
    assert "took it on after 3 minutes" in words_of(come(begun, "head").get("/drill"))
    assert come(begun, "deputy").get("/drill").status_code == 404


def test_no_matter_comes_of_it(begun):
    begun.tick(begins() + 15 * MINUTE)
    for table in ("alerts", "cases", "escalations", "owners"):
        assert rows_of(begun.store, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_no_other_address_opens_it(begun):
    browser = begun.another()
    assert browser.get(f"/drill/{begun.page('head').rpartition('/')[2][:-4]}aaaa").status_code == 404
    assert browser.get(begun.page("head").replace("/drill/", "/m/")).status_code == 404
