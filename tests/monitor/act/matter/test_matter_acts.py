"""What people do with a matter: notes, reasons, having it; and undoing each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.alert import DEPUTY, DSL, HEAD
from builders.desk import OpenDesk
from builders.home import do_in, do_on, rows_of, tend
from builders.mention import POLICY, URN, a_batch, a_mention, a_verdict, pending_outbox, save
from builders.page import CHILD, DANGER, POST, STAFF, STREET, PageDesk

from data.matters import ActKind
from data.privacy import SearchTerm, TermKind
from data.retention import deleting
from data.retention.deleting import purge
from data.steps.acts import Done, Refused
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.engine import audit_chain
from data.store.owners import notes_of
from data.store.privacy import find_held
from data.types import About, Mark, Policy, Route, Severity
from monitor.act.joining import MOST, ask_for_reminder, take_back_note, undo, write_note
from monitor.act.mark import mark
from monitor.act.matter import Deed, give, say_what_was_done
from monitor.matters.reader import Reader
from monitor.matters.views import read_matter
from monitor.service.owed import ask_due_questions, escalate

KEY = ("s-one", URN)
SAID = "Rang the office, no answer."
WHY = "Mr Larchwood was rung, and is content."
HOUR = timedelta(hours=1)
ANOTHER = a_mention("another", channel="local_forum", title="", text="Mrs Larch told me so.", author="sam")
ANSWER = {
    "severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "themes": ("communication",),
    "content_class": "C1", "about": About.SCHOOL,
}  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def do(desk, person, act, *given, **how):
    return do_on(desk.session(person.id), *KEY, desk.clock(), act, *given, **how)


def write(desk, person=HEAD, said=SAID):
    return do(desk, person, write_note, said)


def end(desk, wanted=Mark.ANSWERED, why=WHY, person=HEAD):
    return do(desk, person, mark, wanted, why)


def take(desk, person=HEAD):
    do_in(desk.store, alert_store.ack, desk.alert.id, person.id, desk.clock())
    desk.wait(minutes=1)


def hand(desk, to, by=HEAD, **how):
    done = do(desk, by, give, to.id, **how)
    desk.wait(minutes=1)
    return done


def undone(desk, what, person=HEAD):
    return isinstance(do(desk, person, undo, what), Done)


def put(desk, *mentions, run=None, alerts=(), **judged):
    batch = a_batch(
        *mentions, verdicts=[a_verdict(m, **(STREET | judged)) for m in mentions], run=run, alerts=alerts
    )
    do_in(desk.store, save, batch, now=desk.clock(), policy=POLICY)


def view(desk, person=DEPUTY):
    with desk.store.open_reader() as con:
        return read_matter(con, Reader(desk.context.config, desk.store, person), "s-one", desk.clock())


def offered(desk, person):
    shown = view(desk, person)
    undoes = (ActKind.PUT_DOWN, ActKind.TAKE_BACK)
    return {what for what in undoes if shown.may(what)}


def owner(desk):
    with desk.store.open_reader() as con:
        return owner_store.records(con, ["s-one"]).owners.get("s-one")


def has(desk):
    found = owner(desk)
    return found and found.person


def found_by(desk, name):
    with desk.store.open_reader() as con:
        return sorted(note.words for note in find_held(con, [URN], SearchTerm(TermKind.NAME, name)).notes)


def late_purge(desk, days=4000):
    purge(desk.store, desk.clock() + timedelta(days=days), Policy(), force=True)


def erase(desk, *posts):
    do_in(desk.store, deleting.scrub, list(posts), desk.clock())


# ------------------------------------------------------------------------------------------- a note


def kept(desk):
    with desk.store.open_reader() as con:
        return [note.note for note in notes_of(con, *KEY)]


def test_the_others_who_may_read_it_see_it_with_who_and_when_and_it_counts_as_nothing_done(desk):
    """It is in the audit without its words, and goes with the last words of the matter."""
    write(desk)
    (note,) = view(desk).notes
    assert (note.person_id, note.note, note.written_at) == ("head", SAID, desk.clock())
    assert desk.open_alerts() == [desk.alert.id]
    with desk.store.open_reader() as con:
        (entry,) = [x.entry for x in audit_chain.links(con) if x.entry.action == "note_written"]
        words = con.execute("SELECT note FROM audit_notes").fetchall()
    assert (entry.actor, entry.subject, entry.codes, words) == ("head", "s-one", (), [])
    late_purge(desk)
    assert kept(desk) == []


def test_of_what_is_restricted_nobody_writes_one_who_may_not_read_all_of_it(tmp_path):
    """No request for access finds it, and it goes when only a stub is left."""
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    assert isinstance(write(desk, STAFF), Refused)
    assert isinstance(write(desk, HEAD), Refused)
    assert kept(desk) == []
    assert not view(desk, HEAD).may(ActKind.NOTE)
    write(desk, DSL, WHY)
    assert (kept(desk), found_by(desk, "larchwood")) == ([WHY], [])
    late_purge(desk, days=400)
    assert rows_of(desk.store, "SELECT stub FROM mentions") == [(True,)]
    assert kept(desk) == []


def test_whoever_wrote_it_takes_it_back_and_nobody_else_does(desk):
    """One without words or with too many is refused; it goes with a post of the matter that is erased."""
    for said in ("", "  \n", "x" * (MOST + 1)):
        assert isinstance(write(desk, said=said), Refused)
    assert kept(desk) == []
    note = write(desk, said="x" * MOST).made
    assert not do(desk, DEPUTY, take_back_note, note.id).made
    assert do(desk, HEAD, take_back_note, note.id).made
    assert kept(desk) == []
    assert desk.audited("note_undone") == [("note_undone", "head", "s-one")]
    write(desk)
    erase(desk, "elsewhere")
    assert kept(desk) == [SAID]
    erase(desk, POST.id)
    assert kept(desk) == []


# ---------------------------------------------------------------------- done with, and why it was given


def reasons(desk):
    return [note for (note,) in rows_of(desk.store, "SELECT note FROM audit_notes")]


def test_the_others_see_why_it_is_done_with_until_that_is_taken_back(desk):
    assert isinstance(end(desk), Done)
    assert view(desk).why_ended == WHY
    end(desk, None, "")
    assert (view(desk).ending_mark, view(desk).why_ended) == (None, "")
    end(desk)
    assert WHY in reasons(desk)
    late_purge(desk)
    assert reasons(desk) == [], "it goes with the matter"


@pytest.mark.parametrize("judged", [DANGER, CHILD])
def test_danger_is_ended_by_no_one_tap_and_no_one_reason(tmp_path, judged):
    desk = PageDesk(tmp_path, told=("head", "deputy", "dsl"), **judged)
    assert isinstance(end(desk, person=DSL), Refused)
    assert end(desk, Mark.NOT_US, person=DSL).made.mark is Mark.SAID_NOT_US
    assert view(desk, DSL).ending_mark is None
    assert not view(desk, DSL).may(ActKind.MARK)
    take(desk, DSL)
    desk.wait(minutes=61)
    assert offered(desk, DSL) == set()


def test_a_request_for_access_finds_whom_a_note_or_a_reason_names(desk):
    write(desk, said="I know Mrs Larchwood.")
    hand(desk, DEPUTY, note="You know Mr Larchwood.")
    end(desk)
    assert found_by(desk, "larchwood") == sorted([WHY, "You know Mr Larchwood.", "I know Mrs Larchwood."])


def quotes(desk):
    """Where the words of the second post stand still."""
    mails = "SELECT body || coalesce(html, '') FROM outbox WHERE person_id = 'deputy'"
    sent = [said for (said,) in rows_of(desk.store, mails)]
    return [said for said in (*reasons(desk), *sent) if "Larch" in said]


def test_a_note_to_whom_it_was_given_goes_with_one_of_two_posts_and_out_of_a_mail_that_waits(desk):
    put(desk, ANOTHER)
    hand(desk, DEPUTY, note="Mrs Larch says <so> again.")
    erase(desk, "elsewhere")
    assert len(quotes(desk)) > 1
    end(desk, why="I rang Mrs Larch.", person=DEPUTY)
    assert "I rang Mrs Larch." in quotes(desk)
    with desk.store.write("a mail that has gone out") as con:
        con.execute(
            """INSERT INTO outbox SELECT * REPLACE ('sent' AS key, written_at AS sent_at) FROM outbox
            WHERE kind = 'question'"""
        )
    erase(desk, ANOTHER.id)
    assert quotes(desk) == []
    ((body,),) = rows_of(desk.store, "SELECT body FROM outbox WHERE body LIKE '%has passed it on%'")
    assert "[…]" in body


# ------------------------------------------------------------------------- taken, given, and undone


def test_what_somebody_took_is_put_down_and_is_open_again(desk):
    """Nobody puts down what another has, and the refusal says why."""
    take(desk)
    assert offered(desk, DEPUTY) == set()
    came = do(desk, DEPUTY, undo, ActKind.PUT_DOWN)
    assert isinstance(came, Refused)
    assert "can no longer be undone" in came.reason
    assert has(desk) == "head"
    assert offered(desk, HEAD) == {ActKind.PUT_DOWN}
    assert undone(desk, ActKind.PUT_DOWN)
    assert has(desk) is None
    assert desk.open_alerts() == [desk.alert.id]
    assert desk.audited("alert_put_down") == [("alert_put_down", "head", desk.alert.id)]


def test_danger_is_put_down_within_the_hour_alone_and_its_questions_go_on(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "dsl"), **DANGER)
    take(desk)
    assert undone(desk, ActKind.PUT_DOWN)
    with desk.store.open_reader() as con:
        assert alert_store.unanswered_alerts(con, desk.clock() - timedelta(days=3)) == [desk.alert.id]
    take(desk)
    desk.wait(minutes=58)
    assert offered(desk, HEAD) == {ActKind.PUT_DOWN}
    desk.wait(minutes=3)
    assert offered(desk, HEAD) == set()
    assert not undone(desk, ActKind.PUT_DOWN)
    assert has(desk) == "head"


def waiting(desk):
    """What waits to be sent."""
    with desk.store.open_reader() as con:
        return pending_outbox(con, desk.clock())


def asked_next(desk):
    return [m.person_id for m in waiting(desk) if m.kind == "escalation"]


def test_who_was_to_be_asked_before_it_was_taken_is_asked_once_it_is_put_down(tmp_path):
    desk = PageDesk(tmp_path, told=("deputy",), **DANGER)
    desk.wait(minutes=16)
    tend(desk.store, escalate, desk.context, desk.clock())
    asked = asked_next(desk)
    assert asked
    take(desk, DEPUTY)
    assert asked_next(desk) == []
    assert undone(desk, ActKind.PUT_DOWN, DEPUTY)
    assert asked_next(desk) == asked


def test_what_was_given_goes_back_to_who_had_it_before(desk):
    """The mail that has not gone to them is withdrawn and no other; nobody takes back what another gave."""
    for had in (None, DEPUTY):
        if had is not None:
            take(desk, had)
        others = {m.key for m in waiting(desk)}
        hand(desk, DSL)
        assert not undone(desk, ActKind.TAKE_BACK, DEPUTY)
        assert ActKind.TAKE_BACK in offered(desk, HEAD)
        assert {m.person_id for m in waiting(desk) if m.key not in others} == {"dsl"}
        assert undone(desk, ActKind.TAKE_BACK)
        assert has(desk) == (had.id if had else None)
        assert {m.key for m in waiting(desk)} <= others
        if had is not None:
            assert undone(desk, ActKind.PUT_DOWN, had)
    assert {*desk.audited("giving_undone")} == {("giving_undone", "head", desk.alert.id)}


def test_once_they_have_done_something_it_is_not_taken_back(desk):
    hand(desk, DEPUTY)
    write(desk, DEPUTY, "I have rung them.")
    assert offered(desk, HEAD) == set()
    assert not undone(desk, ActKind.TAKE_BACK)
    assert has(desk) == "deputy"


def test_once_it_is_raised_anew_nothing_of_before_is_undone(desk):
    hand(desk, DEPUTY)
    assert offered(desk, HEAD) == {ActKind.TAKE_BACK}
    raised = replace(desk.alert, severity=Severity.THIS_HOUR, times=2, raised_at=desk.clock())
    do_in(desk.store, alert_store.put_alerts, [raised], desk.clock())
    assert offered(desk, HEAD) == set()


# ----------------------------------------------------------------------- reminded on the next school day


def reminder(desk, person=HEAD):
    """When that person may be reminded, as their page offers it."""
    return next((dict(a.values)["at"] for a in view(desk, person).actions if a.act == ActKind.REMIND), None)


def decide(desk):
    do(desk, HEAD, say_what_was_done, view(desk, HEAD), Deed("posted", "They have our answer."))


def test_who_decided_what_they_have_is_reminded_at_eight_on_the_next_school_day(desk):
    take(desk)
    assert reminder(desk) is None
    decide(desk)
    at = reminder(desk)
    assert (at.weekday(), at.astimezone(desk.context.config.zone).hour) in [(d, 8) for d in range(5)]
    assert at > desk.clock()
    assert isinstance(do(desk, HEAD, ask_for_reminder), Done)
    assert owner(desk).ask_at == at
    assert has(desk) == "head"
    assert desk.audited("reminder_asked") == [("reminder_asked", "head", "s-one")]
    assert reminder(desk) is None


def test_a_reminder_leaves_until_when_it_was_lent(desk):
    until = desk.clock() + timedelta(days=9)
    hand(desk, HEAD, DEPUTY, until=until)
    decide(desk)
    do(desk, HEAD, ask_for_reminder)
    assert owner(desk).until == until


def test_nobody_is_reminded_of_what_another_has(desk):
    take(desk)
    decide(desk)
    assert reminder(desk, DEPUTY) is None
    came = do(desk, DEPUTY, ask_for_reminder)
    assert isinstance(came, Refused)
    assert owner(desk).ask_at is None


def test_what_may_be_danger_is_put_off_by_nobody(tmp_path):
    desk = PageDesk(tmp_path, told=("head", "dsl"), **DANGER)
    take(desk)
    assert reminder(desk) is None
    assert isinstance(do(desk, HEAD, ask_for_reminder), Refused)


# ------------------------------------------------- never raised, a story to answer: as what was raised


@pytest.fixture
def calm(tmp_path):
    return OpenDesk(tmp_path, raised=False, **ANSWER)


def mails(desk):
    with desk.store.open_reader() as con:
        sql = "SELECT person_id, subject, body FROM outbox WHERE kind = 'question' AND withdrawn_at IS NULL"
        return con.execute(sql).fetchall()


def asked_after(desk, **after):
    """Whom the service asks after that time."""
    before = len(mails(desk))
    desk.wait(**{unit: float(n) for unit, n in after.items()})
    tend(desk.store, ask_due_questions, desk.context, desk.clock())
    return [who for who, _, _ in mails(desk)[before:]]


def test_whoever_it_is_given_to_has_it_and_is_told_with_the_note_and_without_a_word_of_the_post(calm):
    assert isinstance(hand(calm, STAFF), Refused)
    assert owner(calm) is None, "they may not deal with it"
    assert isinstance(hand(calm, DEPUTY, note="You know the family."), Done)
    assert (owner(calm).person, owner(calm).by) == ("deputy", "head")
    ((who, subject, body),) = mails(calm)
    assert (who, "yours now" in subject, "“You know the family.”" in body) == ("deputy", True, True)
    assert "999" not in subject
    assert "ring back" not in body
    assert calm.context.links.page("s-one", "deputy", owner(calm).at) in body
    assert calm.audited("alert_given") == [("alert_given", "head", "s-one")]


def test_it_goes_to_nobody_whom_it_accuses(tmp_path):
    accuses = ANSWER | {"about": About.STAFF, "subjects": ("deputy",), "look": True}
    desk = OpenDesk(tmp_path, raised=False, **accuses)
    assert isinstance(hand(desk, DEPUTY), Refused)
    assert mails(desk) == []


@pytest.mark.parametrize("kind", [CHILD, ANSWER | {"severity": Severity.THIS_HOUR}])
def test_what_may_be_danger_is_given_once_it_was_raised_alone(tmp_path, kind):
    desk = OpenDesk(tmp_path, raised=False, **kind)
    assert isinstance(hand(desk, HEAD, DSL), Refused)
    assert isinstance(hand(desk, DSL, DSL), Refused)


def test_taken_back_it_is_theirs_who_had_it_and_who_took_it_puts_it_down(calm):
    end(calm, Mark.TAKEN, "", DSL)
    calm.wait(minutes=1)
    since = owner(calm)
    hand(calm, DEPUTY)
    assert undone(calm, ActKind.TAKE_BACK)
    assert owner(calm) == since
    end(calm, None, "", DSL)
    assert owner(calm) is None


def test_lent_for_a_while_it_comes_back(calm):
    hand(calm, DEPUTY, until=calm.clock() + 2 * HOUR)
    assert asked_after(calm, hours=3) == ["head"]
    assert has(calm) == "head"


def test_raised_later_somebody_must_take_it_anew(calm):
    hand(calm, DEPUTY)
    put(calm, POST, alerts=[calm.alert], severity=Severity.TODAY)
    assert calm.has() == {}
    assert owner(calm) is None
