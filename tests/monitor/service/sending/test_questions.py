"""Over a real store: what is taken and not finished is asked once; what nobody has goes up the chain."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from builders.alert import DEPUTY, DEPUTY_DSL, DSL, HEAD
from builders.case import a_case, a_step
from builders.home import a_migrated_store, do_in, rows_of, tend
from builders.kept_open import undone_in
from builders.mention import NOW, POLICY, URN, Clock, a_batch, a_mention, a_message, a_verdict, an_alert, save
from pydantic import SecretStr
from support.statements import CountedStatements

from alerts.access import knowing
from alerts.escalation import TABLE
from alerts.links import Links
from data.matters import Access, DeedKind, MatterNote
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.engine import audit_chain
from data.store.outbox import put_outbox
from data.store.owners import put_note
from data.types import About, Owner, Person, Role, Route, School, Severity
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.matters.reader import read_matters
from monitor.matters.searching import alarm_unanswered
from monitor.service.owed import ask_due_questions, escalate, reassure

SCHOOL = School(URN, "Oakfield Primary School", nation="england")
HOUR = timedelta(hours=1)
WAIT = TABLE[1].after
GRAVE = {
    "severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6", "abuse": ("threat",)
}  # fmt: skip


KEPT_APART = {
    "severity": Severity.TODAY, "route": Route.SAFEGUARDING, "restricted": True, "content_class": "C10",
    "abuse": ("safeguarding",),
}  # fmt: skip


class House:
    """A home with one alert, and a service that looks now and then."""

    def __init__(self, store, *, school=SCHOOL, **judged):
        self.clock = Clock()
        raised = {name: value for name, value in judged.items() if name not in ("about", "abuse")}
        self.alert = an_alert("s-one", audience=("deputy", "dsl"), **raised)
        config = Config(Path("schoolgate.toml"), (school,), people=(HEAD, DEPUTY, DSL, DEPUTY_DSL))
        self.context = Context(config, store.home, Links("https://schoolgate.example.org", b"k" * 32))
        mention = a_mention("one")
        batch = a_batch(mention, verdicts=[a_verdict(mention, **judged)], alerts=[self.alert])
        self.store = store
        self.do(save, batch, now=NOW, policy=POLICY)

    def do(self, what, *args, **more):
        return do_in(self.store, what, *args, **more)

    def take(self, person):
        self.do(alert_store.ack, self.alert.id, person, self.clock())

    def look(self, after=timedelta(0)):
        """One look of the service; whom it asked, and the subject."""
        self.clock.at += after
        before = self.do(self.mails)
        tend(self.store, ask_due_questions, self.context, self.clock())
        return [(p, subject) for p, subject, _ in self.do(self.mails)[len(before) :]]

    def mails(self, con):
        sql = "SELECT person_id, subject, body FROM outbox WHERE kind = 'question' ORDER BY due_at"
        return con.execute(sql).fetchall()

    def last(self):
        with self.store.open_reader() as con:
            return self.mails(con)[-1][2]


@pytest.fixture
def house(undone):
    return House(undone, **GRAVE)


def record(house, kind=StepKind.NOTED):
    step = a_step(2, kind, at=house.clock(), why="101 was rung.")
    house.do(case_store.append_steps, a_case(), [a_step()], [], NOW)
    house.do(case_store.append_steps, a_case(steps=2), [step], [], house.clock())


def test_of_a_threat_that_somebody_took_they_are_asked_what_was_done_and_then_the_next(house):
    house.take("deputy")
    assert house.look(HOUR - timedelta(seconds=1)) == []
    ((asked, subject),) = house.look(timedelta(seconds=1))
    assert asked == "deputy"
    assert "what was done?" in subject
    assert "Nothing is recorded: no call to the police" in house.last()
    assert house.look() == []
    ((then, _),) = house.look(HOUR)
    assert then == "dsl"
    assert f"Please ask {DEPUTY.name}, or say yourself what was done." in house.last()
    assert house.look(HOUR) == []
    house.do(alert_store.hand_over_alert, house.alert.id, "deputy", house.clock())
    assert house.look(24 * HOUR) == []


def test_whoever_has_something_milder_is_named_the_buttons_that_end_it_where_its_page_has_them(
    opened_store, tmp_path
):
    for route in (Route.PLATFORM_REPORT, Route.POLICE_NOW):
        with undone_in(opened_store, tmp_path) as store:
            house = House(store, severity=Severity.TODAY, route=route, content_class="C2")
            house.take("deputy")
            house.clock.at = NOW.replace(hour=15, minute=1)
            assert [person for person, _ in house.look()] == ["deputy"]
            assert "To be decided by the end of" in house.last()
            assert ("press “Done”" in house.last()) is (route is Route.PLATFORM_REPORT)


@pytest.mark.parametrize(
    ("deed", "asked"), [(DeedKind.STATEMENT, []), (DeedKind.RANG, ["deputy"]), (None, ["deputy"])]
)
def test_of_something_milder_whose_answer_is_noted_nobody_is_asked_for_a_decision(undone, deed, asked):
    house = House(undone, severity=Severity.TODAY, route=Route.PLATFORM_REPORT, content_class="C2")
    house.take("deputy")
    said = "Statement to parents: We are sorry."
    house.do(put_note, MatterNote("n", "s-one", URN, "deputy", said, NOW + HOUR, deed))
    house.clock.at = NOW.replace(hour=15, minute=1)
    assert [person for person, _ in house.look()] == asked


def test_a_restricted_matter_that_somebody_took_is_asked_about_on_its_day_without_a_word_of_it(undone):
    house = House(undone, **KEPT_APART)
    house.take("dsl")
    house.clock.at = NOW.replace(hour=14, minute=59)
    ((_, subject),) = house.look(timedelta(minutes=2))
    assert subject.startswith("Safeguarding matter: decided? (")
    assert a_mention("one").text not in house.last()


def test_what_was_given_for_a_while_goes_back_at_its_end(house):
    owner = Owner("dsl", NOW, "deputy", until=NOW + timedelta(minutes=30))
    house.do(alert_store.give, house.alert.id, owner)
    ((asked, subject),) = house.look(timedelta(minutes=31))
    assert asked == "deputy"
    assert "it is yours now" in subject
    with house.store.open_reader() as con:
        has = alert_store.owners_of_alerts(con, [house.alert.id])[house.alert.id]
    assert (has.person, has.until) == ("deputy", None)
    assert house.look() == []
    with house.store.open_reader() as con:
        done = [link.entry for link in audit_chain.links(con) if link.entry.action == "alert_given"]
    assert [(entry.actor, entry.codes[-1]) for entry in done] == [
        ("deputy", "person:dsl"),
        ("schoolgate", "person:deputy"),
    ]


@pytest.mark.parametrize(("minutes", "alarmed"), [(10, []), (61, ["deputy_dsl", "dsl", "head"])])
def test_of_what_comes_back_to_nobody_nobody_has_a_question_beside_the_alarm(house, minutes, alarmed):
    until = NOW + timedelta(minutes=minutes)
    house.do(alert_store.give, house.alert.id, Owner("dsl", NOW, "deputy", until=until))
    house.do(alert_store.exclude_from_alerts, {house.alert.id: ["deputy"]}, NOW)
    house.clock.at = until
    asked = [("escalation", person) for person in alarmed] or [("question", "head")]
    tend(house.store, escalate, house.context, until)
    for task in (ask_due_questions, escalate):  # the alarm goes out with what brought it back
        tend(house.store, task, house.context, until)
        assert rows_of(house.store, "SELECT kind, person_id FROM outbox ORDER BY kind, person_id") == asked


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_recorded_or_closed_before_it_was_raised_anew_answers_nothing(house, closed):
    house.take("deputy")
    record(house)
    if closed:
        house.do(lambda con: con.execute("UPDATE cases SET closed_at = $at", {"at": house.clock()}))
    house.clock.at += timedelta(days=1)
    house.do(alert_store.put_alerts, [replace(house.alert, times=2, raised_at=house.clock())], house.clock())
    with house.store.open_reader() as con:
        assert escalate(con, house.context, house.clock() + HOUR), "nobody has it"
    house.take("deputy")
    assert [p for p, _ in house.look(HOUR)] == ["deputy"]


def test_whom_it_may_accuse_since_is_not_given_it_back(house):
    house.do(alert_store.give, house.alert.id, Owner("dsl", NOW, "deputy", until=NOW + timedelta(minutes=30)))
    house.do(alert_store.exclude_from_alerts, {house.alert.id: ["deputy"]}, NOW)
    asked = [p for p, _ in house.look(timedelta(minutes=31))]
    assert asked
    assert "deputy" not in asked
    with house.store.open_reader() as con:
        assert alert_store.owners_of_alerts(con, [house.alert.id]) == {}
    assert "Nobody is dealing with it yet." in house.last()
    assert "yours" not in house.last()


def test_what_cannot_be_due_yet_is_not_looked_at_again_until_the_store_or_the_settings_change(house):
    def asks(context=house.context):
        with house.store.open_reader() as con:
            asking = CountedStatements(con)
            assert ask_due_questions(asking, context, house.clock()) == []
            return len(asking.asked)

    house.take("deputy")
    first = asks()
    house.clock.at += HOUR / 2
    assert asks() == 1 < first
    assert asks(replace(house.context, config=replace(house.context.config))) == first
    record(house)
    assert asks() > 1
    house.clock.at -= HOUR
    assert asks() > 1


def test_two_services_that_look_at_once_ask_once(house):
    house.take("deputy")
    house.clock.at += HOUR
    with house.store.open_reader() as con:
        both = [write for _ in range(2) for write in ask_due_questions(con, house.context, house.clock())]
    assert len(both) == 2
    for write in both:
        house.do(write)
    with house.store.open_reader() as con:
        assert len(house.mails(con)) == 1


def with_another(house, **judged):
    """A second matter of the same two people's, in the same home."""
    mention = a_mention("two")
    raised = {name: value for name, value in judged.items() if name != "abuse"}
    alert = an_alert("s-two", audience=("deputy", "dsl"), **raised)
    batch = a_batch(mention, verdicts=[a_verdict(mention, **judged)], alerts=[alert], story_id="s-two")
    house.do(partial(save, now=NOW, policy=POLICY), batch)
    return alert


def test_the_notes_of_all_that_is_unfinished_are_read_by_one_statement(undone):
    house = House(undone, **GRAVE)
    other = with_another(house, **GRAVE)
    house.take("deputy")
    house.do(alert_store.ack, other.id, "deputy", house.clock())
    with house.store.open_reader() as con:
        asking = CountedStatements(con)
        ask_due_questions(asking, house.context, house.clock())
    assert sum("FROM notes" in asked for asked in asking.asked) == 1


DUE = {"severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "content_class": "C2"}


def test_what_one_person_is_asked_at_one_look_is_one_mail_with_a_link_for_each(undone):
    house = House(undone, **DUE)
    other = with_another(house, **DUE)
    house.take("deputy")
    house.do(alert_store.ack, other.id, "deputy", house.clock())
    house.clock.at = NOW.replace(hour=15, minute=1)
    ((asked, subject),) = house.look()
    assert asked == "deputy"
    assert ": decided? (" in subject
    assert house.last().count("https://schoolgate.example.org/m/") == 2
    assert house.last().count("To be decided by the end of") == 2
    links = re.findall(r"https://schoolgate\S+", house.last())
    with house.store.open_reader() as con:
        ((html,),) = con.execute("SELECT html FROM outbox WHERE kind = 'question'").fetchall()
        assert len(alert_store.escalation_steps(con, [house.alert.id, other.id])) == 2
    assert all(f'href="{link}"' in html for link in links)
    assert house.look() == []


def test_of_what_is_restricted_such_a_mail_says_the_number_alone_and_nobody_is_to_answer_it(undone):
    house = House(undone, **DUE)
    hidden = with_another(house, **KEPT_APART)
    for alert in (house.alert, hidden):
        house.do(alert_store.ack, alert.id, "dsl", house.clock())
    house.clock.at = NOW.replace(hour=15, minute=1)
    ((_, subject),) = house.look()
    assert subject.startswith("Safeguarding matter: decided?")
    about = rows_of(house.store, "SELECT alert_id FROM outbox WHERE kind = 'question'")
    assert about == [(hidden.id,)]
    assert "press “Done”" in house.last()


def test_a_matter_of_danger_keeps_a_mail_of_its_own(undone):
    house = House(undone, **GRAVE)
    other = with_another(house, **GRAVE)
    house.take("deputy")
    house.do(alert_store.ack, other.id, "deputy", house.clock())
    assert [p for p, _ in house.look(HOUR)] == ["deputy", "deputy"]


def digest_names(house, person, *named):
    told = a_message(f"digest-{person}", kind="digest", person_id=person, due_at=house.clock(), numbers=named)
    house.do(put_outbox, [told], house.clock())
    house.do(
        lambda con: con.execute(
            "UPDATE outbox SET sent_at = $at WHERE kind = 'digest'", {"at": house.clock()}
        )
    )


def test_whose_digest_of_the_morning_gave_its_number_is_asked_there_and_not_by_mail_as_well(undone):
    house = House(undone, **KEPT_APART)
    house.take("dsl")
    house.clock.at = NOW.replace(hour=15, minute=1)
    assert [p for p, _ in house.look()] == ["dsl"]
    house.clock.at = NOW.replace(hour=7, minute=31) + timedelta(days=1)
    with house.store.open_reader() as con:
        number = alert_store.alert(con, house.alert.id).number
    digest_names(house, "deputy", number)
    assert house.look(timedelta(minutes=30)) == []
    with house.store.open_reader() as con:
        (steps,) = alert_store.escalation_steps(con, [house.alert.id]).values()
        audited = [
            link.entry.codes for link in audit_chain.links(con) if link.entry.action == "alert_escalated"
        ]
    assert [s.person_id for s in steps] == ["dsl", "deputy"]
    assert audited[-1][-1] == "digest"


def number_of(house):
    with house.store.open_reader() as con:
        return alert_store.alert(con, house.alert.id).number


def test_a_digest_within_the_hour_before_three_does_not_take_the_place_of_the_first_question(undone):
    house = House(undone, **DUE)
    house.take("deputy")
    house.clock.at = NOW.replace(hour=14, minute=45)
    digest_names(house, "deputy", number_of(house))
    house.clock.at = NOW.replace(hour=15, minute=1)
    assert [p for p, _ in house.look()] == ["deputy"]


def test_no_digest_takes_the_place_of_a_question_about_the_lado(undone):
    school = replace(SCHOOL, allegations="01632 960 107")
    house = House(undone, school=school, about=About.STAFF, **KEPT_APART)
    house.take("dsl")
    house.clock.at = NOW.replace(hour=15, minute=1) + timedelta(days=1)
    assert [p for p, _ in house.look()] == ["dsl"]
    assert "The LADO’s number is 01632 960 107." in house.last()
    house.clock.at = NOW.replace(hour=7, minute=31) + timedelta(days=2)
    digest_names(house, "deputy", number_of(house))
    assert [p for p, _ in house.look(timedelta(minutes=30))] == ["deputy"]
    assert "LADO" in house.last()


def test_a_question_about_two_matters_is_withdrawn_from_whom_the_second_keeps_out(undone):
    house = House(undone, **DUE)
    other = with_another(house, **DUE)
    for alert in (house.alert, other):
        house.do(alert_store.ack, alert.id, "deputy", house.clock())
    house.clock.at = NOW.replace(hour=15, minute=1)
    house.look()
    ((first,),) = rows_of(house.store, "SELECT alert_id FROM outbox WHERE kind = 'question'")
    (second,) = {house.alert.id, other.id} - {first}
    house.do(alert_store.exclude_from_alerts, {second: ["deputy"]}, house.clock())
    with house.store.open_reader() as con:
        (left,) = con.execute(
            "SELECT count(*) FROM outbox WHERE kind = 'question' AND withdrawn_at IS NULL"
        ).fetchone()
    assert left == 0


# --------------------- the chain: told once, stopped at once, never to its subject, with and without pages


PEOPLE = (HEAD, DEPUTY, DSL, DEPUTY_DSL)
ALERT = an_alert(
    "s-one",
    audience=("dsl", "deputy_dsl"),
    severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING,
    restricted=True,
)


AT_15, AT_60 = ["deputy_dsl", "dsl", "head"], ["deputy", "deputy_dsl", "dsl", "head"]
"""Who is asked then, by their ids."""


class Chain(House):
    """A store with alerts that nobody has in hand, and a service that looks now and then."""

    def __init__(self, store, *alerts, links=None):
        self.clock, self.store = Clock(), store
        self.put(*(alerts or (ALERT,)))
        config = Config(Path("schoolgate.toml"), (SCHOOL,), people=PEOPLE)
        self.context = Context(config, store.home, links or Links())

    def put(self, *alerts):
        self.do(alert_store.put_alerts, alerts, self.clock())

    def look(self, after=timedelta(0)):
        """One look of the service; how many steps it made."""
        self.clock.at += after
        before = self.steps()
        tend(self.store, escalate, self.context, self.clock())
        return self.steps() - before

    def steps(self):
        return len(rows_of(self.store, "FROM escalations"))

    def asked(self):
        found = rows_of(
            self.store,
            """SELECT person_id FROM outbox
            WHERE kind = 'escalation' AND withdrawn_at IS NULL ORDER BY due_at, person_id""",
        )
        return [person for (person,) in found]


@pytest.fixture
def chain(undone):
    return Chain(undone)


STEPS = [timedelta(minutes=n) for n in (15, 15, 30)]


def test_without_a_base_url_the_table_runs_to_its_end_and_no_further(chain):
    assert chain.look(timedelta(minutes=14, seconds=59)) == 0
    made = [chain.look(after) for after in (timedelta(seconds=1), *STEPS[1:], HOUR, HOUR)]
    assert [bool(one) for one in made] == [True, True, True, False, False]
    assert chain.asked() == [*AT_15, "deputy", *AT_60]


@pytest.mark.parametrize("actor", ["p-head", "schoolgate"])
def test_a_case_that_somebody_works_on_ends_it_and_one_that_began_by_itself_does_not(chain, actor):
    chain.look(WAIT)
    chain.do(case_store.append_steps, a_case(opened_by=actor), [a_step(actor=actor)], [], chain.clock())
    assert chain.look(WAIT) == (actor == "schoolgate")


def test_with_pages_each_is_given_a_link_of_their_own(undone):
    house = Chain(undone, links=Links("https://schoolgate.example.org", b"k" * 32))
    house.look(WAIT)
    bodies = rows_of(house.store, "SELECT body FROM outbox WHERE kind = 'escalation'")
    links = [word for (body,) in bodies for word in body.split() if word.startswith("https://")]
    assert len(set(links)) == len(bodies) == len(AT_15)


def test_two_services_that_look_at_once_make_one_step(chain):
    chain.clock.at += WAIT
    with chain.store.open_reader() as con:
        both = [write for _ in range(2) for write in escalate(con, chain.context, chain.clock())]
    assert len(both) == 2
    for write in both:
        chain.do(write)
    assert chain.asked() == AT_15


def test_a_restart_goes_on_where_it_was_and_a_school_that_is_no_more_has_nobody_asked(undone, tmp_path):
    assert Chain(a_migrated_store(tmp_path / "gone"), replace(ALERT, urn="900009")).look(WAIT) == 0
    Chain(undone).look(WAIT)
    again = Chain(undone)
    again.clock.at += WAIT
    assert again.look() == 0
    again.look(WAIT)
    assert again.asked() == [*AT_15, "deputy"]


@pytest.mark.parametrize("stop", [alert_store.ack, alert_store.hand_over_alert])
def test_once_somebody_has_it_nobody_else_is_asked_and_what_waits_is_taken_back(chain, stop):
    chain.look(WAIT)
    chain.do(stop, ALERT.id, "dsl", chain.clock())
    assert chain.asked() == []
    assert [chain.look(WAIT) for _ in range(2)] == [0, 0]


def test_what_happens_between_the_look_and_the_write_counts_and_what_waits_is_taken_back(chain):
    """Nobody who turns out to be its subject is asked, and nobody once somebody has it."""
    chain.clock.at += WAIT
    with chain.store.open_reader() as con:
        first, again = (write for _ in range(2) for write in escalate(con, chain.context, chain.clock()))
    chain.do(alert_store.exclude_from_alerts, {ALERT.id: ("head",)}, chain.clock())
    chain.do(first)
    assert chain.asked() == ["deputy_dsl", "dsl"]  # the deputy of an accused head is not asked as such
    chain.do(alert_store.exclude_from_alerts, {ALERT.id: ("deputy",)}, chain.clock())
    assert chain.asked() == ["deputy_dsl", "dsl"]
    chain.do(alert_store.ack, ALERT.id, "dsl", chain.clock())
    chain.do(again)
    assert chain.asked() == []


def test_raised_again_what_waits_from_before_is_taken_back_and_it_begins_again(chain):
    chain.look(WAIT)
    chain.put(replace(ALERT, times=2, raised_at=chain.clock()))
    assert chain.asked() == []
    assert chain.look(WAIT - timedelta(seconds=1)) == 0
    chain.look(timedelta(seconds=1))
    assert chain.asked() == AT_15


def mornings(house, days, every=6 * HOUR):
    """Who gets a mail of a morning, by day, while nobody acts."""
    for _ in range(int(timedelta(days=days) / every)):
        house.look(every)
    return rows_of(
        house.store,
        """SELECT due_at::DATE::VARCHAR, person_id FROM outbox WHERE kind = 'morning'
            ORDER BY due_at, person_id""",
    )


def test_while_nobody_acts_each_has_one_mail_a_morning_for_all_that_is_open(undone):
    house = Chain(undone, ALERT, replace(ALERT, id="other", story_id="s-two"))
    found = mornings(house, 3)
    assert len(found) == len(set(found))
    assert {person for _, person in found} == {"deputy_dsl", "dsl", "head"}
    assert len({day for day, _ in found}) == 3
    bodies = rows_of(house.store, "SELECT body FROM outbox WHERE kind = 'morning'")
    assert all(body.count("nobody has said that they are dealing with it") == 2 for (body,) in bodies)


@pytest.mark.parametrize("late", [timedelta(), 3 * HOUR], ids=["", "late"])
@pytest.mark.parametrize(("named", "mailed"), [(True, []), (False, ["head"])])
def test_of_severity_3_the_mornings_digest_or_a_mail_at_eight_asks_and_not_both(undone, named, mailed, late):
    given = {"severity": Severity.TODAY, "route": Route.PLATFORM_REPORT, "restricted": False}
    house = Chain(undone, replace(ALERT, audience=("head",), **given))
    with house.store.open_reader() as con:
        number = alert_store.alert(con, ALERT.id).number
    house.clock.at = NOW.replace(hour=7, minute=31) + timedelta(days=1)
    digest_names(house, "head", number if named else "100000")
    assert house.look() == 0
    assert house.look(timedelta(minutes=29) + late) == 1
    mails = rows_of(house.store, "SELECT person_id FROM outbox WHERE kind = 'morning'")
    assert [person for (person,) in mails] == mailed


def test_once_it_is_taken_there_are_no_more_mornings(chain):
    mornings(chain, 1)
    chain.do(alert_store.ack, ALERT.id, "dsl", chain.clock())
    before = chain.steps()
    mornings(chain, 1)
    assert chain.steps() == before


def test_whoever_is_asked_by_number_reads_nothing_until_they_take_it(undone):
    chair = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
    house = Chain(undone, replace(ALERT, restricted=False, route=Route.POLICE_NOW))
    people = (*PEOPLE, chair)
    house.context = replace(house.context, config=replace(house.context.config, people=people))
    for after in STEPS:
        house.look(after)
    ((subject, body),) = rows_of(house.store, "SELECT subject, body FROM outbox WHERE person_id = 'chair'")
    assert "nobody has answered" in subject
    assert "hreat" not in subject + body

    def access():
        with house.store.open_reader() as con:
            matter = read_matters(con, house.context.config, {"s-one": URN}).by_story["s-one"]
            return knowing.access(chair, matter, people)

    assert access() is Access.EXISTS
    house.do(alert_store.ack, ALERT.id, "chair", house.clock())
    assert access() is Access.WORDS


def test_every_step_is_audited_and_those_asked_are_remembered_as_told(chain):
    for _ in range(2):
        chain.look(WAIT)
    asked = ("dsl", "deputy_dsl", "head", "deputy")
    codes = rows_of(chain.store, "SELECT codes FROM audit WHERE action = 'alert_escalated' ORDER BY n")
    assert [c[0] for c in codes] == [
        ["times:1", f"escalation:{n}", f"told:{person}"] for n, person in enumerate(asked, 1)
    ]
    with chain.store.open_reader() as con:
        assert alert_store.people_asked(con, [ALERT.id]) == {ALERT.id: asked}
        assert alert_store.people_asked(con, []) == {}


def test_whose_short_messages_its_subject_reads_too_is_asked_by_mail_alone(undone):
    house = Chain(undone, replace(ALERT, audience=("deputy_dsl",), excluded=("dsl",)))
    chats = dict.fromkeys(("head", "dsl"), SecretStr("ntfys://ntfy.example.org/all"))
    house.context = replace(house.context, config=replace(house.context.config, chats=chats))
    house.look(WAIT)
    assert rows_of(house.store, "SELECT person_id, via FROM outbox") == [
        ("deputy_dsl", "mail"),
        ("head", "mail"),
    ]


@pytest.mark.parametrize(
    "told_of", [{"warned": ("deputy",)}, {"audience": ("dsl", "deputy")}], ids=["warned", "aimed_at"]
)
def test_whoever_was_warned_or_told_that_it_may_threaten_them_is_told_once_who_has_it(undone, told_of):
    house = Chain(undone, replace(ALERT, **told_of))
    post = a_mention("one")
    aimed = a_verdict(post, **{**GRAVE, "about": About.STAFF, "subject_person": "deputy"})
    house.do(save, a_batch(post, verdicts=[aimed]), now=house.clock(), policy=POLICY)

    def told():
        tend(house.store, reassure, house.context, house.clock())
        return rows_of(house.store, "SELECT person_id, body FROM outbox WHERE kind = 'warning'")

    assert told() == []
    house.do(alert_store.ack, ALERT.id, "dsl", house.clock())
    ((person, body),) = told()
    assert person == "deputy"
    assert f"{DSL.name} has been dealing with it since" in body
    assert len(told()) == 1
    house.clock.at += 2 * HOUR
    assert len(told()) == 1


@pytest.mark.parametrize(("excluded", "says"), [((), True), (("it",), False)], ids=["", "means_it"])
def test_after_an_hour_it_may_learn_that_an_alarm_is_unanswered_unless_it_means_them(undone, excluded, says):
    lead = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")
    house = Chain(undone, replace(ALERT, excluded=excluded))
    house.context = replace(house.context, config=replace(house.context.config, people=(*PEOPLE, lead)))

    def unanswered():
        with house.store.open_reader() as con:
            return alarm_unanswered(con, house.context.config)

    for after in (*STEPS[:2], STEPS[2] - timedelta(seconds=1)):
        house.look(after)
    assert not unanswered()
    house.look(timedelta(seconds=1))
    assert unanswered() is says
    assert bool(rows_of(house.store, "SELECT 1 FROM outbox WHERE person_id = 'it'")) is says
    house.do(alert_store.ack, ALERT.id, "dsl", house.clock())
    assert not unanswered()


def test_when_it_grows_they_are_asked_once_until_the_next_morning(undone):
    house = House(undone, **GRAVE)

    def asked():
        tend(house.store, escalate, house.context, house.clock())
        return len(rows_of(house.store, "FROM escalations"))

    def grow(name):
        house.clock.at += HOUR
        post = a_mention(name)
        grown = a_batch(post, verdicts=[a_verdict(post, **GRAVE)], story_id="s-one")
        house.do(save, grown, now=house.clock(), policy=POLICY)

    for _ in range(5):  # through the table and the morning after
        house.clock.at += 8 * HOUR
        asked()
    before = asked()
    grow("two")
    once = asked()
    assert once > before
    grow("three")
    assert asked() == once
