"""Who has a matter, and who said that it is done with: one record, kept, taken back, gone with its story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.case import a_case, a_step
from builders.mention import POLICY, URN, a_batch, a_mention, a_verdict, an_alert, keep, save
from support.statements import CountedStatements

from alerts.ladder.replay import replay
from alerts.next_date import find_holder
from data.digest import Window
from data.matters import Having, Holder
from data.retention.deleting import purge
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store import weekly as weekly_store
from data.store.digest import fresh_stories, standing_matters
from data.store.engine import audit_chain
from data.store.outbox import put_outbox, unanswered_since
from data.store.service import count_open_alerts
from data.types import Mark, Marked, OutboxMessage, Route, Severity, Via

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
ALERT = replace(an_alert("s-one"), route=Route.RESPOND)
ENDS = [mark for mark in Mark if mark.ends]
OURS = Marked("s-one", URN, Mark.NOT_US, "holt", NOW)
TAKEN = replace(OURS, mark=Mark.TAKEN)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(store):
    return telling(store)


def telling(store):
    """A story with one post and an alert about it."""
    mention = a_mention("post")
    judged = a_verdict(mention, severity=Severity.TODAY, route=Route.RESPOND)
    keep(store, a_batch(mention, verdicts=[judged], alerts=[ALERT]))
    return store


def put(store, mark=OURS):
    with store.write("test") as con:
        return owner_store.record_mark(con, mark)


def standing(store):
    with store.open_reader() as con:
        return owner_store.marks(con, ["s-one", "s-none"])


def open_ones(store):
    with store.open_reader() as con:
        return [a.id for a in alert_store.list_alerts(con)], count_open_alerts(con)


def undo(store, person="holt"):
    with store.write("test") as con:
        return owner_store.undo(con, "s-one", URN, person, NOW)


def audited(store):
    with store.open_reader() as con:
        rows = (link.entry for link in audit_chain.links(con))
        return [(e.action, e.actor, e.codes) for e in rows if e.action in ("story_marked", "mark_undone")]


def test_a_marked_story_leaves_what_is_open_and_undo_brings_it_back_all_audited_by_name(told):
    before = open_ones(told)
    assert before == ([ALERT.id], 1)
    for mark in ENDS:
        put(told, replace(OURS, mark=mark))
        assert open_ones(told) == ([], 0)
        assert undo(told, "ash")
        assert not undo(told, "ash")
        assert (open_ones(told), standing(told)) == (before, {})
    assert audited(told) == [
        entry
        for mark in ENDS
        for entry in (
            ("story_marked", "holt", (f"mark:{mark}", "times:1")),
            ("mark_undone", "ash", (f"mark:{mark}",)),
        )
    ]


def test_one_that_nobody_could_be_told_of_is_open_and_counted_as_that(store):
    mention = a_mention("post")
    with store.write("test") as con:
        save(con, a_batch(mention, alerts=[replace(ALERT, audience=())]), now=NOW, policy=POLICY)
        assert (count_open_alerts(con), count_open_alerts(con, untold=True)) == (1, 1)


def fresh(store):
    with store.open_reader() as con:
        window = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
        return [s.story_id for s in fresh_stories(con, URN, window)]


def test_what_somebody_has_stays_open_until_it_is_done_with(store):
    mention = a_mention("post")
    keep(store, a_batch(mention, verdicts=[a_verdict(mention)]))
    before = fresh(store), counted(store)
    assert put(store, TAKEN) == TAKEN
    assert (fresh(store), counted(store)) == before == (["s-one"], (1, 0, 0))
    answered = replace(OURS, mark=Mark.ANSWERED, person_id="ash")
    assert put(store, answered) == answered
    assert standing(store) == {"s-one": answered}
    assert put(store, TAKEN) == answered
    assert fresh(store) == []


def test_the_first_who_marks_it_is_kept_and_told_to_the_second_and_the_whole_list_still_has_it(told):
    assert put(told) == OURS
    late = replace(OURS, mark=Mark.ANSWERED, person_id="ash", at=NOW + timedelta(minutes=1))
    assert put(told, late) == OURS
    assert standing(told) == {"s-one": OURS}
    with told.open_reader() as con:
        assert [a.id for a in alert_store.list_alerts(con, open_only=False)] == [ALERT.id]


def test_a_mark_holds_no_longer_once_the_alert_is_raised_again_or_a_case_opened_nor_after_it_is_closed(told):
    put(told)
    with told.write("test") as con:
        alert_store.put_alerts(con, [replace(ALERT, times=2)], NOW)
    assert (standing(told), open_ones(told)) == ({}, ([ALERT.id], 1))
    again = replace(OURS, mark=Mark.ANSWERED)
    assert put(told, again) == again
    with told.write("test") as con:
        case_store.append_steps(con, a_case(opened_at=NOW + MINUTE), [a_step()], [], NOW)
    assert standing(told) == {}
    with told.write("test") as con:
        con.execute("UPDATE cases SET closed_at = $at", {"at": NOW + timedelta(hours=2)})
    assert standing(told) == {}
    once_more = replace(OURS, at=NOW + timedelta(hours=3))
    assert put(told, once_more) == once_more
    assert standing(told) == {"s-one": once_more}


def test_a_story_without_an_alert_is_marked_until_one_is_raised(store):
    with store.write("test") as con:
        save(con, a_batch(a_mention("calm")), now=NOW, policy=POLICY)
        owner_store.record_mark(con, OURS)
    assert standing(store) == {"s-one": OURS}
    with store.write("test") as con:
        alert_store.put_alerts(con, [ALERT], NOW)
    assert standing(store) == {}


def counted(store):
    with store.open_reader() as con:
        found = weekly_store.count_kept(con, URN, NOW - timedelta(days=400), NOW + timedelta(days=1))
        handled = weekly_store.answers(con, URN, NOW - timedelta(days=400), NOW + timedelta(days=1))
        gone = weekly_store.count_purged(con, URN, NOW.date() - timedelta(days=400), NOW.date())
        return sum(found.values()), len(handled), sum(gone.values())


def test_what_is_not_ours_leaves_the_counts_and_what_is_answered_does_not(told):
    before = counted(told)
    put(told, replace(OURS, mark=Mark.ANSWERED))
    assert counted(told) == before == (1, 1, 0)
    undo(told)
    put(told)
    assert counted(told) == (0, 0, 0)


def test_it_goes_with_its_story_and_the_counts_that_stay_say_the_same(on_disk):
    told = telling(on_disk)
    put(told, replace(OURS, mark=Mark.ANSWERED))
    purge(told, NOW + timedelta(days=4000), POLICY, force=True)
    with told.open_reader() as con:
        assert con.execute("SELECT count(*) FROM owners").fetchone() == (0,)
    assert counted(told) == (0, 0, 1)


def read_by_others(store, message):
    """What the digest, and the service when asked how it is, say of it."""
    window = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
    late = NOW + timedelta(days=3)
    with store.write("test") as con:
        put_outbox(con, [message], NOW)
        asking = CountedStatements(con)
        alerts = [s.alert.id for s in standing_matters(asking, URN, window, replay, marks=False).alerts]
        stories = [s.story_id for s in fresh_stories(asking, URN, window)]
        of_each = sum("FROM owners WHERE owners.story_id" in sql for sql in asking.asked)
        assert of_each == (2 if con.execute("SELECT 1 FROM owners").fetchone() else 1)
        return alerts, stories, unanswered_since(con, late, [Via.MAIL])


def test_neither_the_digest_nor_the_service_asks_for_what_is_marked(told):
    message = OutboxMessage(
        "k" * 64, URN, "holt", "instant", "", "", NOW, NOW + timedelta(days=1), alert_id=ALERT.id, times=1
    )
    assert read_by_others(told, message) == ([ALERT.id], ["s-one"], NOW)
    for mark in ENDS:
        put(told, replace(OURS, mark=mark))
        assert read_by_others(told, message) == ([], [], None)
        undo(told)


def given(store, minute, person, case_id="0001"):
    """The second step of the case, by which it is given to them in that minute."""
    now = NOW + minute * MINUTE
    step = a_step(2, StepKind.ASSIGNED, case_id=case_id, at=now, facts={"person": person})
    with store.write("test") as con:
        case = a_case(case_id, steps=2, assigned_to=person)
        case_store.append_steps(con, case, [step], [], now)


def opened(store, case_id="0001"):
    with store.write("test") as con:
        case_store.append_steps(con, a_case(case_id), [a_step(case_id=case_id)], [], NOW)


def acked(store, person, at=NOW):
    with store.write("test") as con:
        alert_store.ack(con, ALERT.id, person, at)


def holder(store, *cases, kept_out=()):
    with store.open_reader() as con:
        return find_holder(owner_store.records(con, ["s-one"]).owners.get("s-one"), cases, kept_out)


def who(store):
    found = holder(store)
    return found.person if found else None


def test_whoever_was_given_its_case_has_it_instead_of_who_acknowledged_before(told):
    acked(told, "dsl")
    opened(told)
    given(told, 2, "deputy")
    assert holder(told) == Holder("deputy", NOW + 2 * MINUTE, Having.GIVEN)


def test_whoever_acknowledges_after_a_case_was_given_has_it(told):
    opened(told)
    given(told, 2, "deputy")
    with told.write("test") as con:
        alert_store.put_alerts(con, [replace(ALERT, times=2)], NOW)
    assert (who(told), open_ones(told)[0]) == ("deputy", [ALERT.id])
    acked(told, "dsl", NOW + 3 * MINUTE)
    assert (who(told), open_ones(told)[0]) == ("dsl", [])


def test_whoever_took_the_story_has_it_also_once_others_open_a_case_from_it_until_that_is_given(store):
    keep(store, a_batch(a_mention("calm")))
    put(store, TAKEN)
    opened(store)
    assert holder(store, a_case(acting="p-head")) == Holder("holt", NOW, Having.TAKEN)
    given(store, 2, "dsl")
    assert who(store) == "dsl"


def test_nobody_has_what_is_answered_and_nobody_whom_it_may_accuse_has_what_they_took(told):
    put(told, replace(OURS, mark=Mark.ANSWERED))
    assert who(told) is None
    put(told, TAKEN)
    assert holder(told, kept_out={"holt"}) is None


def test_taking_back_that_it_is_answered_leaves_it_with_who_took_it(told):
    put(told, TAKEN)
    put(told, replace(OURS, mark=Mark.ANSWERED, person_id="ash"))
    assert undo(told, "ash")
    assert who(told) == "holt"


def test_what_was_given_is_in_hand_and_of_several_cases_the_one_given_last_says_with_whom(told):
    opened(told)
    opened(told, "0002")
    given(told, 2, "deputy")
    assert open_ones(told) == ([], 0)
    given(told, 3, "dsl", "0002")
    assert who(told) == "dsl"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(StepKind.ACCUSED, {"subjects": ("deputy",)}), (StepKind.TARGET, {"target": "deputy"})],
)
def test_nobody_has_it_any_more_once_the_case_may_accuse_them_or_is_aimed_at_them(told, kind, fields):
    opened(told)
    acked(told, "deputy")
    with told.write("test") as con:
        case_store.append_steps(
            con, a_case(steps=2, **fields), [a_step(2, kind, facts={"person": "deputy"})], [], NOW
        )
    assert (who(told), open_ones(told)[0]) == (None, [ALERT.id])


def test_nobody_has_it_any_more_whom_the_alert_turns_out_to_accuse(told):
    acked(told, "deputy")
    with told.write("test") as con:
        alert_store.exclude_from_alerts(con, {ALERT.id: ["deputy"]}, NOW)
    assert (who(told), open_ones(told)[0]) == (None, [ALERT.id])
