"""The chain over a real store: told once, stopped at once, never to its subject, with and without pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.alert import DEPUTY, DEPUTY_DSL, DSL, HEAD
from builders.case import a_case, a_step
from builders.home import a_migrated_store
from builders.mention import NOW, URN, Clock, a_batch, a_mention, a_run, an_alert

from alerts.instant.escalation import LOOKED_BACK, WAIT
from alerts.links import Links
from data.store.alerts import alerts as alert_store
from data.store.alerts import escalations as escalation_store
from data.store.cases import cases as case_store
from data.store.mentions import batch as mention_store
from data.types import Policy, Route, School, Severity, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.config.settings import Secret
from monitor.service.tasks.escalation import escalate

SCHOOL = School(URN, "Oakfield Primary School")
PEOPLE = (HEAD, DEPUTY, DSL, DEPUTY_DSL)
ALERT = an_alert(
    "s-one",
    audience=("dsl", "deputy_dsl"),
    severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING,
    restricted=True,
)


class House:
    """A store with alerts that nobody has in hand, and a service that looks now and then."""

    def __init__(self, home, *alerts, links=None):
        self.clock = Clock()
        self.store = a_migrated_store(home, self.clock)
        self.put(*(alerts or (ALERT,)))
        config = Config(Path("schoolgate.toml"), (SCHOOL,), people=PEOPLE)
        self.context = Context(config, home, links or Links())

    def put(self, *alerts):
        with self.store.write("test") as con:
            alert_store.put_alerts(con, alerts, self.clock())

    def look(self, after=timedelta(0)):
        """One look of the service; how many steps it made."""
        self.clock.at += after
        with self.store.read() as con:
            writes = escalate(con, self.context, self.clock())
        if not writes:
            return 0
        with self.store.write("test") as con:
            before = self.steps(con)
            for write in writes:
                write(con)
            return self.steps(con) - before

    def steps(self, con):
        return con.execute("SELECT count(*) FROM escalations").fetchone()[0]

    def do(self, what, *args, **more):
        with self.store.write("test") as con:
            return what(con, *args, **more)

    def asked(self):
        with self.store.read() as con:
            return con.execute(
                """SELECT person_id, subject LIKE '%Ring 999%' FROM outbox
                WHERE kind = 'escalation' AND withdrawn_at IS NULL ORDER BY due_at, person_id"""
            ).fetchall()


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


def test_nobody_is_asked_before_a_quarter_of_an_hour(house):
    assert house.look(WAIT - timedelta(seconds=1)) == 0


def test_without_a_base_url_the_chain_runs_to_its_end(house):
    looks = [house.look(timedelta(minutes=7, seconds=30)) for _ in range(8)]
    assert sum(looks) == 3
    assert house.asked() == [("head", False), ("deputy", False), ("dsl", True)]


def test_days_later_who_came_first_is_still_asked_each_hour(house):
    for _ in range(3):
        house.look(WAIT)
    assert house.look(timedelta(days=4)) == 1
    assert [house.look(timedelta(minutes=30)) for _ in range(4)] == [0, 1, 0, 1]


@pytest.mark.parametrize("actor", ["p-head", "schoolgate"])
def test_a_case_that_somebody_works_on_ends_it_and_one_that_began_by_itself_does_not(house, actor):
    house.look(WAIT)
    house.do(case_store.put, a_case(opened_by=actor), [a_step(actor=actor)], [], house.clock())
    assert house.look(WAIT) == (actor == "schoolgate")


def test_with_pages_each_is_given_a_link_of_their_own(tmp_path):
    house = House(tmp_path, links=Links("https://schoolgate.example.org", b"k" * 32))
    for _ in range(3):
        house.look(WAIT)
    with house.store.read() as con:
        bodies = con.execute("SELECT body FROM outbox WHERE kind = 'escalation'").fetchall()
    links = [word for (body,) in bodies for word in body.split() if word.startswith("https://")]
    assert len(set(links)) == len(bodies) == 3


def test_a_step_is_made_once_however_often_it_is_looked_for(house):
    house.look(WAIT)
    for _ in range(2):
        assert house.look(timedelta(seconds=10)) == 0
    assert house.asked() == [("head", False)]


def test_two_services_that_look_at_once_make_one_step(house):
    house.clock.at += WAIT
    with house.store.read() as con:
        both = [write for _ in range(2) for write in escalate(con, house.context, house.clock())]
    assert len(both) == 2
    for write in both:
        house.do(write)
    assert house.asked() == [("head", False)]


def test_a_restart_goes_on_where_it_was(tmp_path):
    House(tmp_path).look(WAIT)
    again = House(tmp_path)
    again.clock.at += WAIT
    assert again.look() == 0
    again.look(WAIT)
    assert [person for person, _ in again.asked()] == ["head", "deputy"]


@pytest.mark.parametrize("stop", [alert_store.ack, alert_store.hand_over])
def test_once_somebody_has_it_nobody_else_is_asked(house, stop):
    house.look(WAIT)
    house.do(stop, ALERT.id, "head", house.clock())
    assert [house.look(WAIT) for _ in range(4)] == [0] * 4


@pytest.mark.parametrize("stop", [alert_store.ack, alert_store.hand_over])
def test_what_waits_to_be_sent_is_taken_back_then(house, stop):
    house.look(WAIT)
    house.do(stop, ALERT.id, "dsl", house.clock())
    assert house.asked() == []


def test_taken_between_the_look_and_the_write_nobody_is_asked(house):
    house.clock.at += WAIT
    with house.store.read() as con:
        (write,) = escalate(con, house.context, house.clock())
    house.do(alert_store.ack, ALERT.id, "dsl", house.clock())
    house.do(write)
    assert house.asked() == []


def test_found_to_be_its_subject_between_the_look_and_the_write_they_are_not_asked(house):
    house.clock.at += WAIT
    with house.store.read() as con:
        (write,) = escalate(con, house.context, house.clock())
    house.do(alert_store.keep_out, {ALERT.id: ("head",)}, house.clock())
    house.do(write)
    assert [person for person, _ in house.asked()] == ["deputy"]


def test_what_waits_for_somebody_found_to_be_its_subject_is_taken_back(house):
    house.look(WAIT)
    house.do(alert_store.keep_out, {ALERT.id: ("head",)}, house.clock())
    assert house.asked() == []


def test_raised_again_what_waits_from_before_is_taken_back_and_it_begins_again(house):
    house.look(WAIT)
    house.put(replace(ALERT, times=2, raised_at=house.clock()))
    assert house.asked() == []
    assert house.look(WAIT - timedelta(seconds=1)) == 0
    house.look(timedelta(seconds=1))
    assert house.asked() == [("head", False)]


def test_each_alert_has_a_chain_of_its_own_and_after_a_sleep_one_step_each(tmp_path):
    house = House(tmp_path, ALERT, an_alert("s-two", audience=("head",), severity=Severity.THIS_HOUR))
    assert house.look(timedelta(hours=9)) == 2
    assert house.look(timedelta(minutes=14)) == 0
    assert house.look(timedelta(minutes=1)) == 2


def test_severity_3_is_left_alone(tmp_path):
    house = House(tmp_path, replace(ALERT, severity=Severity.TODAY))
    assert [house.look(WAIT) for _ in range(2)] == [0] * 2


def test_what_lies_days_back_is_left_alone(house):
    assert house.look(LOOKED_BACK + timedelta(minutes=1)) == 0


def test_of_a_school_that_is_configured_no_more_nobody_is_asked(tmp_path):
    house = House(tmp_path, replace(ALERT, urn="900009"))
    assert house.look(WAIT) == 0


def test_every_step_is_audited(house):
    for _ in range(3):
        house.look(WAIT)
    with house.store.read() as con:
        codes = con.execute("SELECT codes FROM audit WHERE action = 'alert_escalated' ORDER BY n").fetchall()
    assert [c[0] for c in codes] == [
        ["times:1", "escalation:1", "told:head"],
        ["times:1", "escalation:2", "told:deputy"],
        ["times:1", "escalation:3", "told:dsl"],
    ]


def test_those_asked_are_remembered_as_told(house):
    house.look(WAIT)
    with house.store.read() as con:
        assert escalation_store.asked(con, [ALERT.id]) == {ALERT.id: ("head",)}
        assert escalation_store.asked(con, []) == {}
    assert house.clock() > NOW


TOWN = Source("town", "feed", "https://talk.example.org/feed", urns=(URN,), interval_s=7200.0)
SLOW = replace(TOWN, id="slow", interval_s=14400.0)


@pytest.mark.parametrize(
    ("carriers", "known", "says"),
    [
        (("town",), (TOWN,), "about every 2 hours"),
        (("town", "slow"), (TOWN, SLOW), "about every 4 hours"),
        (("town", "slow"), (TOWN, replace(SLOW, surfaced=True)), "We found it through a search."),
        (("report-in",), (TOWN,), "We cannot tell how long"),
        ((), (TOWN,), "We cannot tell how long"),
    ],
    ids=["one_place", "the_slowest", "a_search", "reported", "unknown"],
)
def test_the_next_reads_how_far_behind_the_places_may_be(tmp_path, carriers, known, says):
    house = House(tmp_path, replace(ALERT, restricted=False, route=Route.PLATFORM_REPORT))
    house.context = replace(house.context, config=replace(house.context.config, sources=known))
    for carrier in carriers:
        batch = a_batch(a_mention(published=None), run=a_run(carrier))
        house.do(mention_store.save, batch, now=NOW, policy=Policy())
    house.look(WAIT)
    with house.store.read() as con:
        ((body,),) = con.execute("SELECT body FROM outbox WHERE kind = 'escalation'").fetchall()
    assert says in body


def test_whose_short_messages_its_subject_reads_too_is_asked_by_mail_alone(tmp_path):
    house = House(tmp_path, replace(ALERT, audience=("deputy_dsl",), excluded=("dsl",)))
    chats = dict.fromkeys(("head", "dsl"), Secret("ntfys://ntfy.example.org/all"))
    house.context = replace(house.context, config=replace(house.context.config, chats=chats))
    house.look(WAIT)
    with house.store.read() as con:
        assert con.execute("SELECT person_id, via FROM outbox").fetchall() == [("head", "mail")]
