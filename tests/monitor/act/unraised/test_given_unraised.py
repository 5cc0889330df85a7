"""What was never raised, a story to answer, is had, given and asked about as what was raised is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.alert import DEPUTY, DSL, HEAD
from builders.desk import OpenDesk
from builders.mention import POLICY, URN, a_batch, a_mention, a_verdict
from builders.page import CHILD, POST, form_of, words_of

from data.matters import ActKind
from data.steps.acts import Done, Refused
from data.store import owners
from data.store.mentions.batch import save
from data.store.verdicts import growth
from data.types import About, Mark, Route, Severity
from monitor.act.give import give, wait_for_growth
from monitor.act.mark import mark
from monitor.act.matter.undo import UNDOES, undo
from monitor.home.wiring import Session
from monitor.matters.reader import Reader
from monitor.matters.whole import one
from monitor.service.tasks.asking_again import ask

ANSWER = {
    "severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "themes": ("communication",),
    "content_class": "C1", "about": About.SCHOOL,
}  # fmt: skip
KEY = ("s-one", URN)


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path, raised=False, **ANSWER)


def session(desk, person):
    return Session(desk.context.config, desk.context, desk.store, person)


def reader(desk, person):
    return Reader(desk.context.config, desk.store, person)


def hand(desk, to, by=HEAD, **how):
    with desk.store.write("given") as con:
        done = give(con, session(desk, by), *KEY, to.id, desk.clock(), **how)
    desk.wait(seconds=60)
    return done


def take(desk, person):
    with desk.store.write("taken") as con:
        mark(con, reader(desk, person), *KEY, Mark.TAKEN, desk.clock())
    desk.wait(seconds=60)


def owner(desk):
    with desk.store.read() as con:
        return owners.records(con, ["s-one"]).owners.get("s-one")


def undone(desk, what, person=HEAD):
    with desk.store.write("undone") as con:
        return isinstance(undo(con, reader(desk, person), *KEY, what, desk.clock()), Done)


def offered(desk, person):
    with desk.store.read() as con:
        view = one(con, reader(desk, person), "s-one", desk.clock())
    return {what for what in UNDOES if view.may(what)}


def mails(desk):
    with desk.store.read() as con:
        sql = "SELECT person_id, subject, body FROM outbox WHERE kind = 'question' AND withdrawn_at IS NULL"
        return con.execute(sql).fetchall()


def looked(desk, **after):
    """Whom the service asks after that time."""
    desk.wait(**after)
    before = len(mails(desk))
    with desk.store.read() as con:
        writes = ask(con, desk.context, desk.clock())
    with desk.store.write("a look") as con:
        for write in writes:
            write(con)
    return [who for who, _, _ in mails(desk)[before:]]


def page(desk, who):
    desk.wait(minutes=1)
    desk.browser = desk.another()
    desk.sign_in(who)
    return desk.browser.get("/")


def test_whoever_it_is_given_to_has_it_and_is_told_with_the_note(desk):
    assert isinstance(hand(desk, DEPUTY, note="You know the family."), Done)
    assert (owner(desk).person, owner(desk).by) == ("deputy", "head")
    ((who, subject, body),) = mails(desk)
    assert (who, "yours now" in subject, "“You know the family.”" in body) == ("deputy", True, True)
    assert desk.audited("alert_given") == [("alert_given", "head", "s-one")]


def test_the_mail_says_what_it_is_without_a_word_of_the_post(desk):
    hand(desk, DEPUTY)
    ((_, subject, body),) = mails(desk)
    assert "999" not in subject
    assert "ring back" not in body
    assert desk.context.links.page("s-one", "deputy", owner(desk).at) in body


def test_it_goes_to_nobody_who_may_not_deal_with_it(desk):
    out = next(p for p in desk.context.config.people if p.id == "vale")
    assert isinstance(hand(desk, out), Refused)
    assert owner(desk) is None


def test_it_goes_to_nobody_whom_it_accuses(tmp_path):
    desk = OpenDesk(
        tmp_path, raised=False, **ANSWER | {"about": About.STAFF, "subjects": ("deputy",), "look": True}
    )
    assert isinstance(hand(desk, DEPUTY), Refused)
    assert mails(desk) == []


@pytest.mark.parametrize("kind", [CHILD, ANSWER | {"severity": Severity.THIS_HOUR}])
def test_what_may_be_danger_is_given_once_it_was_raised_alone(tmp_path, kind):
    desk = OpenDesk(tmp_path, raised=False, **kind)
    assert isinstance(hand(desk, HEAD, DSL), Refused)
    assert isinstance(hand(desk, DSL, DSL), Refused)


def test_its_giver_takes_it_back_and_the_mail_that_has_not_gone(desk):
    hand(desk, DEPUTY)
    assert offered(desk, HEAD) == {ActKind.TAKE_BACK}
    assert undone(desk, ActKind.TAKE_BACK)
    assert (owner(desk), mails(desk)) == (None, [])


def test_taken_back_it_is_theirs_who_had_it_and_who_took_it_puts_it_down(desk):
    take(desk, DSL)
    since = owner(desk)
    hand(desk, DEPUTY)
    assert undone(desk, ActKind.TAKE_BACK)
    assert owner(desk) == since
    with desk.store.write("given up") as con:
        mark(con, reader(desk, DSL), *KEY, None, desk.clock())
    assert owner(desk) is None


def test_whoever_keeps_it_is_asked_on_their_day_and_once(desk):
    hand(desk, HEAD, ask_at=desk.clock() + timedelta(days=1))
    assert looked(desk, hours=2) == []
    assert looked(desk, days=1) == ["head"]
    assert looked(desk, days=1) == []


def test_whoever_keeps_it_until_it_grows_is_asked_then_and_asks_no_more(desk):
    with desk.store.write("until it grows") as con:
        assert isinstance(wait_for_growth(con, session(desk, HEAD), *KEY, desk.clock()), Done)
    assert looked(desk, hours=1) == []
    more = a_mention("more", channel="local_forum", title="", text="And again.", author="sam")
    with desk.store.write("more") as con:
        save(con, a_batch(more, verdicts=[a_verdict(more, **ANSWER)]), now=desk.clock(), policy=POLICY)
    assert looked(desk, hours=1) == ["head"]
    with desk.store.read() as con:
        assert growth.watches(con, ["s-one"]) == {}


def test_what_is_done_with_is_asked_about_no_more(desk):
    hand(desk, HEAD, ask_at=desk.clock() + timedelta(days=1))
    with desk.store.write("answered") as con:
        mark(con, reader(desk, HEAD), *KEY, Mark.ANSWERED, desk.clock(), "I rang them.")
    assert looked(desk, days=2) == []


def test_lent_for_a_while_it_comes_back(desk):
    hand(desk, DEPUTY, until=desk.clock() + timedelta(hours=2))
    assert looked(desk, hours=3) == ["head"]
    assert owner(desk).person == "head"


def test_its_page_offers_all_of_it_and_does_it(desk):
    desk.sign_in("head", device="own")
    shown = desk.press("read", "head")
    assert {"give", "again", "grown", "note", "end"} <= {*_buttons(shown)}
    desk.wait(seconds=30)
    done = desk.browser.post(desk.path("head"), data=form_of(shown) | {"do": "give", "to": "deputy"})
    assert "you gave it to Lee Ash" in words_of(done)
    assert "take_back" in _buttons(done)


def _buttons(shown):
    return [part.partition('"')[0] for part in shown.text.split('name="do" value="')[1:]]


def test_today_says_to_whom_it_was_given_and_asks_nobody_else(desk):
    hand(desk, DEPUTY)
    theirs, mine = page(desk, "deputy"), page(desk, "head")
    assert "You have had it since" in words_of(theirs)
    assert "Lee Ash" in words_of(mine)
    assert "1 thing needs you" not in words_of(mine)


def test_who_answers_alone_takes_it_on_today(desk):
    shown = page(desk, "deputy")
    assert 'value="have"' in shown.text
    path = shown.text.partition('action="/m/')[2].partition('"')[0]
    desk.wait(seconds=30)
    desk.browser.post(f"/m/{path}", data=form_of(shown) | {"do": "have"})
    assert owner(desk).person == "deputy"


def test_raised_later_somebody_must_take_it_anew(desk):
    hand(desk, DEPUTY)
    alert = desk.alert
    with desk.store.write("raised") as con:
        batch = a_batch(POST, verdicts=[a_verdict(POST, severity=Severity.TODAY)], alerts=[alert])
        save(con, batch, now=desk.clock(), policy=POLICY)
    assert desk.has() == {}
    assert owner(desk) is None
