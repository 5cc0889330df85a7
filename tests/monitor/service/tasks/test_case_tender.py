"""What the service does for cases: of each alert for the police one is opened, what is overdue is told."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from builders.case import a_step
from builders.digest import (
    OAKFIELD,
    PEOPLE,
    TUESDAY,
    a_config,
    a_context,
    a_home,
    alert_on,
    grave,
    mark,
    queue,
    say,
    story_id,
)
from builders.home import do_in
from builders.judges import judges as a_judges
from builders.kept_open import kept_open, undone_in
from builders.mention import a_message
from support.statements import CountedStatements

from alerts.escalation import TABLE
from alerts.ladder.mails import in_charge
from alerts.ladder.replay import replay
from data.cases import CaseState
from data.rungs import CaseClock, Rung
from data.steps.codes import BypassRoute, StepKind
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.alerts import hand_over_alert
from data.store.outbox import put_outbox
from data.types import About, Owner, Person, Role, Route, Severity
from data.words.say import words
from monitor.act import casework as opening
from monitor.act.casework import open_cases, school_rules
from monitor.matters.reader import Reader, load_case
from monitor.matters.views import alert_views
from monitor.pipeline.raising import write_messages
from monitor.service.owed import escalate
from monitor.service.reminders import cases
from monitor.service.serve import PERIODIC_TASKS

NOW = TUESDAY + timedelta(hours=3)
HOUR = timedelta(hours=1)
TEACHER = Person("teacher", "Sam Fell", (Role.STAFF,), "teacher@example.org")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("kept"))) as found:
        yield found


@pytest.fixture
def store(kept, tmp_path):
    with undone_in(kept, tmp_path) as found:
        yield found


@pytest.fixture
def config(tmp_path):
    return a_config(tmp_path, people=(*PEOPLE, TEACHER))


def tend(store, config, now=NOW):
    """What the service does at one tick; gives how many writes there were."""
    context = a_context(config)
    writes = cases(store.con, context, now)
    for write in writes:
        do_in(store, write)
    return len(writes)


def threat(store, name="gate", at=NOW - HOUR, target="teacher", **alert):
    given = {"route": Route.POLICE_NOW, "severity": Severity.THIS_HOUR, "content_class": "C6"}
    raised = alert_on(name, at, **{**given, "audience": ("head", "dsl"), **alert})
    say(
        store, name, at, route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, content_class="C6",
        abuse=("threat",), about=About.STAFF, subject_person=target, alert=raised,
    )  # fmt: skip
    return raised


def stored(store):
    return {case_id: replay(steps) for case_id, steps in case_store.all_steps(store.con).items()}


def mails(store):
    rows = store.con.execute(
        """SELECT person_id, subject, body FROM outbox WHERE kind IN ('case', 'answer')
            ORDER BY person_id, subject"""
    )
    return rows.fetchall()


def test_a_threat_becomes_a_case_at_the_rung_police_for_a_person_to_choose(store, config):
    assert list(PERIODIC_TASKS)[:3] == ["escalation", "warned", "cases"]
    alert = threat(store)
    assert tend(store, config) == 1
    (case,) = stored(store).values()
    assert (case.rung, case.state, case.route) == (Rung.POLICE, CaseState.TRIAGE, Route.POLICE_NOW)
    assert (case.opened_by, case.alert_id, case.target) == ("schoolgate", alert.id, "teacher")
    assert case.decision is None
    assert store.con.execute("SELECT actor, action FROM audit WHERE subject = '0001'").fetchall() == [
        ("schoolgate", "case_opened")
    ]


def test_it_is_opened_once_however_often_the_service_looks_whoever_was_faster_and_closed_for_good(
    store, config
):
    threat(store)
    late = cases(store.con, a_context(config), NOW)
    assert tend(store, config) == 1
    for write in late:
        do_in(store, write)
    assert list(stored(store)) == ["0001"]
    assert tend(store, config) == 0
    with store.write("close") as con:
        con.execute("UPDATE cases SET closed_at = $now, ending = 'mistaken'", {"now": NOW})
    assert tend(store, config, NOW + HOUR) == 0


def test_no_case_is_opened_of_anything_else_nor_for_a_school_that_is_no_more_configured(store, config):
    grave(store, "street", NOW - HOUR)
    threat(store, "long ago", at=NOW - timedelta(days=8))
    over = threat(store)
    do_in(store, hand_over_alert, over.id, "dsl", NOW)
    assert tend(store, config) == 0
    threat(store, "lane")
    assert tend(store, replace(config, schools=(replace(OAKFIELD, urn="900009"),))) == 0
    assert tend(store, config) == 1


def test_who_decides_is_told_without_a_word_of_the_post_unless_they_were_told_of_its_alert(store, config):
    threat(store, "gate", audience=("dsl",))
    threat(store, "lane")
    assert tend(store, config) == 2
    assert sorted(stored(store)) == ["0001", "0002"]
    told = mails(store)
    assert [person for person, _, _ in told if person in ("head", "dsl")] == ["head"]
    assert not [m for m in told if "secret" in (m[1] + m[2]).lower()]


def test_alert_and_case_are_one_mail_a_person_under_the_cases_number(store, config):
    alert = threat(store, audience=("dsl",))
    judges = replace(
        a_judges(OAKFIELD), people=config.people, open_cases=partial(open_cases, a_context(config))
    )
    with store.write("told") as con:
        told = write_messages(con, [alert], judges, NOW)
        put_outbox(con, told, NOW)
    assert list(stored(store)) == ["0001"]
    assert tend(store, config) == 0
    rows = store.con.execute("SELECT person_id, kind, subject FROM outbox ORDER BY 1").fetchall()
    assert [(person, kind) for person, kind, _ in rows] == [("dsl", "instant"), ("head", "answer")]
    assert all("(0001)" in subject for _, _, subject in rows)


def test_a_fault_in_making_its_case_holds_no_alert_back(store, config, monkeypatch):
    alert = threat(store, audience=("dsl",))
    judges = replace(
        a_judges(OAKFIELD), people=config.people, open_cases=partial(open_cases, a_context(config))
    )
    with monkeypatch.context() as broken, store.write("told") as con:
        broken.setattr(opening, "begin", lambda *given: 1 / 0)
        put_outbox(con, write_messages(con, [alert], judges, NOW), NOW)
    assert store.con.execute("SELECT person_id, kind FROM outbox").fetchall() == [("dsl", "instant")]
    assert stored(store) == {}
    assert tend(store, config) == 1
    assert list(stored(store)) == ["0001"]


def test_cases_that_alerts_begin_together_are_asked_for_once_and_each_made_once(store, config, monkeypatch):
    alerts = [threat(store, name, audience=("dsl",)) for name in ("gate", "bus")]
    made, begin = [], opening.begin
    monkeypatch.setattr(opening, "begin", lambda *given: made.append(given[0]) or begin(*given))
    with store.write("told") as con:
        asking = CountedStatements(con)
        open_cases(a_context(config), asking, alerts, NOW)
    assert (made, sorted(stored(store))) == (["0001", "0002"], ["0001", "0002"])
    assert len([asked for asked in asking.asked if "NOT EXISTS (SELECT 1 FROM cases" in asked]) == 1


# ------------------------------------------------------------------------------------------ reminders


def waiting(store, *waits, opened=None, case_id="0001"):
    """A case of a platform report, with these clocks: (clock, due)."""
    told = {"story": story_id("street"), "route": "platform_report", "proposed_class": "C11",
            "about": "staff", **(opened or {})}  # fmt: skip
    at = NOW - timedelta(days=4)
    steps = [a_step(case_id=case_id, at=at, facts=told)]
    steps.append(a_step(2, StepKind.DECIDED, case_id=case_id, at=at, facts={"decision": "seek"}))
    for n, (clock, due) in enumerate(waits, start=3):
        noted = {"starts": clock.value}
        steps.append(
            a_step(n, StepKind.NOTED, case_id=case_id, at=at, facts=noted, due_at=due, clock=clock.value)
        )
    do_in(store, case_store.append_steps, replay(steps), steps, (), at)


def add(store, *steps, at=NOW):
    """Adds steps to the case; gives it as it is then."""
    with store.write("more steps") as con:
        case = replay([*case_store.steps_of_case(con, "0001"), *steps])
        case_store.append_steps(con, case, steps, (), at)
    return case


def test_what_is_overdue_is_told_once_to_who_decides(store, config):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR))
    assert tend(store, config, NOW - 2 * HOUR) == 0
    assert tend(store, config) == 1
    ((person, subject, body),) = mails(store)
    assert person == "head"
    assert subject == "Staff details: overdue (0001)"
    assert "Overdue: the platform had until Tuesday 09:30" in body
    assert "at the desk, on the computer that runs Schoolgate" in body
    assert "Not watched around the clock" in body
    assert tend(store, config, NOW + timedelta(days=3)) == 0


def test_of_a_locked_case_no_date_goes_into_the_mail(store, config):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR))
    add(store, a_step(4, StepKind.LOCKED, at=NOW))
    assert tend(store, config) == 1
    ((_, _, body),) = mails(store)
    assert "something in it is waiting; it is locked" in body
    assert "Tuesday" not in body


def absent(config, who, cover=None):
    gone = tuple(
        replace(p, away_until=NOW + timedelta(days=9), cover=cover) if p.id == who else p
        for p in config.people
    )
    return replace(config, people=gone)


def test_whoever_covers_and_may_know_is_reminded_in_the_place_of_who_is_away(store, config):
    covers = {"deputy": "deputy", None: "deputy", "dsl": "dsl", "teacher": "deputy"}
    found = {}
    for n, cover in enumerate(covers, 1):
        waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR), case_id=f"000{n}")
        tend(store, absent(config, "head", cover))
        (found[cover],) = {person for person, subject, _ in mails(store) if f"(000{n})" in subject}
    assert found == covers


def test_whom_the_case_accuses_is_not_reminded_though_they_cover(store, config):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR), opened={"subjects": "deputy"})
    tend(store, absent(config, "head", "deputy"))
    assert "deputy" not in {person for person, _, _ in mails(store)}
    assert mails(store)


def test_of_a_case_that_opens_whoever_covers_is_told(store, config):
    threat(store, audience=("dsl",))
    tend(store, absent(config, "head", "deputy"))
    told = {person for person, _, _ in mails(store)}
    assert "deputy" in told
    assert "head" not in told


def test_a_second_clock_that_runs_out_is_told_and_one_that_ended_is_not_told_anew(store, config):
    first, second = (CaseClock.PLATFORM_48H, NOW - HOUR), (CaseClock.ART14_MONTH, NOW + HOUR)
    waiting(store, first, second)
    tend(store, config)
    assert tend(store, config, NOW + 2 * HOUR) == 1
    assert len(mails(store)) == 2
    add(store, a_step(5, StepKind.NOTED, at=NOW, facts={"ends": second[0].value}))
    assert tend(store, config, NOW + 3 * HOUR) == 0


GIVEN = a_step(4, StepKind.ASSIGNED, at=NOW - 2 * HOUR, facts={"person": "deputy"})


def test_who_has_the_case_in_hand_is_told_instead(store, config):
    waiting(store, (CaseClock.AUTHOR_DAYS, NOW - HOUR))
    add(store, GIVEN, at=NOW - 2 * HOUR)
    tend(store, config)
    assert [person for person, _, _ in mails(store)] == ["deputy"]


@pytest.mark.parametrize(("since", "told"), [("dsl", "dsl"), (None, "head")])
def test_who_has_its_matter_since_the_case_was_given_is_reminded_or_who_decides(store, config, since, told):
    waiting(store, (CaseClock.AUTHOR_DAYS, NOW - HOUR))
    add(store, GIVEN, at=NOW - 2 * HOUR)
    with store.write("taken or gone back since") as con:
        if since:
            owner_store.own(con, story_id("street"), OAKFIELD.urn, Owner(since, NOW - HOUR, since))
        else:
            owner_store.end_ownership(con, story_id("street"), OAKFIELD.urn, ["deputy"], NOW - HOUR)
    tend(store, config)
    assert [person for person, _, _ in mails(store)] == [told]
    case = load_case(store.con, "0001")
    charged = in_charge(case, school_rules(a_context(config), case.urn))
    assert (case.assigned_to, charged[0].id) == ("deputy", told)


@pytest.mark.parametrize("turned_out", [{"person": "teacher", "subjects": "deputy"}, {"person": "deputy"}])
def test_who_has_it_in_hand_is_passed_over_where_it_turns_out_to_be_about_them(store, config, turned_out):
    waiting(store, (CaseClock.AUTHOR_DAYS, NOW - HOUR))
    add(store, GIVEN, a_step(5, StepKind.TARGET, at=NOW - 2 * HOUR, facts=turned_out), at=NOW - 2 * HOUR)
    tend(store, config)
    assert [person for person, _, _ in mails(store)] == ["head"]


@pytest.mark.parametrize("opened", [{"subjects": "head"}, {"about": "head"}, {"target": "head"}])
def test_never_its_subject_nor_whom_it_is_aimed_at(store, config, opened):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR), opened=opened)
    tend(store, config)
    assert {person for person, _, _ in mails(store)} == {"chair"}


def test_nor_whom_its_alert_keeps_out_since_the_case_was_opened(store, config):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR))
    grave(
        store, "street", NOW - HOUR, alert_on("street", NOW - HOUR, excluded=("head",), audience=("chair",))
    )
    tend(store, config)
    assert {person for person, _, _ in mails(store)} == {"chair"}


def test_it_goes_out_in_working_hours(store, config):
    saturday = NOW + timedelta(days=4)
    waiting(store, (CaseClock.PLATFORM_48H, saturday))
    monday = TUESDAY + timedelta(days=6, minutes=30)
    tend(store, config, saturday)
    tend(store, config, monday - timedelta(minutes=1))
    assert mails(store) == []
    tend(store, config, monday)
    ((due,),) = store.con.execute("SELECT epoch_us(due_at) FROM outbox").fetchall()
    assert due / 1_000_000 == monday.timestamp()


def overdue_in_a_digest(store, written, sent=NOW, named="0001"):
    queue(store, [a_message("digest", person_id="head", kind="digest", numbers=(named,))], written)
    mark(store, "digest", "sent_at", sent)


@pytest.mark.parametrize(
    ("written", "named", "mailed"),
    [
        (NOW - HOUR, "0001", set()),
        (NOW - HOUR, "0002", {"head"}),
        (NOW - 3 * HOUR, "0001", {"head"}),  # before the time ran out, though sent after it
    ],
)
def test_of_what_a_digest_has_told_since_then_no_mail_is_sent(store, config, written, named, mailed):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - 2 * HOUR))
    overdue_in_a_digest(store, written, named=named)
    tend(store, config)
    assert {person for person, _, _ in mails(store)} == mailed


@pytest.mark.parametrize(("written", "mailed"), [(NOW - HOUR, False), (NOW - 3 * HOUR, True)])
def test_what_the_digest_said_of_danger_since_then_is_not_mailed_as_well(store, config, written, mailed):
    waiting(store)
    grave(store, "street", NOW - 3 * HOUR, alert_on("street", NOW - 3 * HOUR, severity=Severity.THIS_HOUR))
    rang = a_step(
        3, StepKind.ASKED, at=NOW - 3 * HOUR, facts={"rung": Rung.POLICE.value, "imminent": "yes"},
        clock=CaseClock.WARN_1H.value, due_at=NOW - 2 * HOUR,
    )  # fmt: skip
    add(store, rang)
    overdue_in_a_digest(store, written)
    tend(store, config)
    assert ("head" in {person for person, _, _ in mails(store)}) is mailed


def test_our_own_looking_again_is_nobodys_to_be_reminded_of(store, config):
    waiting(store)
    case = add(store, a_step(3, StepKind.CHECKED, at=NOW - 3 * HOUR, facts={"result": "gone"}))
    assert [w.clock for w in case.waits if w.due_at <= NOW] == [CaseClock.RECHECK]
    assert tend(store, config) == 0


def test_a_hold_past_its_review_is_told_once_though_its_case_is_closed(store, config):
    waiting(store)
    held = a_step(3, StepKind.HELD, at=NOW, facts={"review": (NOW + HOUR).isoformat()})
    add(store, held, a_step(4, StepKind.CLOSED, at=NOW, facts={"ending": "removed"}))
    assert tend(store, config) == 0
    assert tend(store, config, NOW + 2 * HOUR) == 1
    assert "the hold was to be reviewed by Tuesday 11:30" in mails(store)[0][2]
    assert tend(store, config, NOW + 3 * HOUR) == 0


def test_a_closed_case_reminds_nobody(store, config):
    waiting(store, (CaseClock.PLATFORM_48H, NOW - HOUR))
    add(store, a_step(4, StepKind.CLOSED, at=NOW - HOUR, facts={"ending": "standing"}))
    assert tend(store, config) == 0


def test_every_clock_can_be_told_as_due_and_as_overdue():
    w = words("en")
    for clock in (c for c in CaseClock if c is not CaseClock.RECHECK):
        assert w(f"digest.case.due.{clock}", when="…") != w(f"digest.case.late.{clock}", when="…")


def test_who_is_asked_next_about_a_threat_knows_its_case_by_the_same_number(store, config):
    """At whom it is aimed is not asked to take it; what is past the ladder is told to nobody so."""
    alert = threat(store, at=NOW, audience=("head", "dsl", "teacher"))
    tend(store, config)
    with store.open_reader() as con:
        assert "deputy" not in load_case(con, "0001").audience
    # by the whole table; nobody takes it
    for row in TABLE[1:]:
        for write in escalate(store.con, a_context(config), NOW + row.after):
            do_in(store, write)
    with store.open_reader() as con:
        case = load_case(con, "0001")
        assert case.audience == ("head", "dsl", "deputy")
        (shown,) = alert_views(con, Reader(config, store, people(config)["deputy"]), [alert], NOW)
        past = replace(replay(case_store.steps_of_case(con, "0001")), lane=BypassRoute.SAFEGUARDING)
        assert case_store.with_alerts(con, [past]) == (past,)
        asked = "SELECT person_id, subject, body FROM outbox WHERE kind = 'escalation'"
        rows = con.execute(asked).fetchall()
    assert shown.number == "0001"
    subjects = {who: subject for who, subject, _ in rows}
    assert subjects["teacher"].startswith("Your safety: not taken on")
    assert all(
        "Sam Fell" not in body.partition("Asked so far:")[2] for who, _, body in rows if who != "teacher"
    )


def people(config):
    return {person.id: person for person in config.people}
