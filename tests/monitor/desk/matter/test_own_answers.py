"""What whoever is threatened answers: all who hold it hear it at once, and do what is asked of them."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.home import tend
from builders.matter_page import MatterPage
from builders.mention import a_message
from builders.page import DANGER, POST, STAFF, PageDesk, words_of

from alerts.links import DeskLinks
from alerts.notices.book import Book
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store.outbox import put_outbox
from data.types import About, Escalation, Harm, Mark, Meant, StillOpen
from data.words.say import words
from monitor.act.casework import open_of_alert
from monitor.desk.matter.facts import asks_if_over
from monitor.desk.matter.page import Moment
from monitor.matters.reader import read_matters
from monitor.matters.today import open_today
from monitor.service.owed import _said_safe, escalate, reassure

W = words("en")
THREAT = {
    **DANGER, "about": About.STAFF, "endangers": (Meant("person:vale", 1.0, "name", Harm.VIOLENCE),),
}  # fmt: skip
ACCUSED = (Meant("person:vale", 1.0, "name"),)
ASKS_HER = W("instant.target.page")


@pytest.fixture
def at():
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(MatterPage.made(**given))


@pytest.fixture
def target(at):
    """A threat to a teacher, told to the lead, the head and her; its case is open."""
    it = at(told=("dsl", "head", "vale"), **THREAT)
    open_of_alert(it.con, it.context, it.desk.alert, it.now)
    it.rows("DELETE FROM outbox")
    return it


def answer(it, **answers):
    return it.press("own_word", "vale", **answers)


def mailed(it):
    sql = "SELECT person_id, subject, body FROM outbox WHERE withdrawn_at IS NULL ORDER BY ALL"
    return [(who, subject, " ".join(body.split())) for who, subject, body in it.rows(sql)]


def times(it):
    return it.rows("SELECT times, severity FROM alerts")


@pytest.mark.parametrize("code", ["safe", "ring_me"])
def test_all_who_hold_it_hear_it_at_once_by_name_and_she_does_not(target, code):
    answer(target, safe=code)
    found = mailed(target)
    assert [who for who, *_ in found] == ["dsl", "head"]
    said = W("case.told.of_target", who=STAFF.name, said=W(f"case.target.{code}"))
    assert all(said in body for *_, body in found)
    assert times(target) == [(1, 4)], "only that she is not safe raises it again"


@pytest.mark.parametrize(("about", "hears"), [(StillOpen.UNTAKEN, True), (StillOpen.BY_NUMBER, False)])
def test_who_was_asked_next_hears_it_too_and_who_was_by_number_does_not(target, about, hears):
    alert = target.desk.alert
    alert_store.put_step(target.con, Escalation(alert.id, alert.urn, 1, 1, "deputy", target.now, about))
    answer(target, safe="safe")
    assert ("deputy" in [who for who, *_ in mailed(target)]) is hears


def test_of_one_whom_it_may_accuse_too_nobody_hears_the_name(at):
    it = at(told=("head",), **THREAT, accuses=ACCUSED)
    answer(it, safe="ring_me")
    ((who, _, body),) = mailed(it)
    assert (who, STAFF.name in body) == ("head", False)
    assert W("case.target.ring_me") in body


def test_that_she_is_not_safe_shows_999_and_raises_the_alarm_again_but_not_with_her(target):
    alert_store.ack(target.con, target.desk.alert.id, "head", target.now)
    target.wait(minutes=5)
    page = answer(target, safe="not_safe").page
    assert page.danger == W("page.own.not_safe")
    assert "999" in page.said[0]
    assert (times(target), target.has()) == ([(2, 4)], "")
    found = mailed(target)
    assert [who for who, *_ in found] == ["dsl", "head"]
    said = f"{STAFF.name} has answered: {W('case.target.not_safe')}"
    assert all(said in body and "999" in body for *_, body in found)
    assert dict(target.page("head", read=True).page.facts)[STAFF.name].endswith(W("case.target.not_safe"))


def test_what_somebody_asked_to_end_before_waits_for_nobody_once_she_is_not_safe(target):
    target.press("over", "dsl", why="The man was seen at home.")
    target.wait(minutes=1)
    assert "agree" in target.page("head", read=True).buttons
    answer(target, safe="not_safe")
    assert "agree" not in target.page("head", read=True).buttons
    assert target.press("over", "dsl", why="Now he is held.").became == "wrong"


@pytest.fixture
def home(tmp_path):
    return PageDesk(tmp_path, told=("dsl", "head", "vale"), **THREAT)


def say(home, who="vale", act="own_word", **form):
    with home.store.write("test") as con:
        return MatterPage(home, con, now=home.clock()).press(act, who, **form)


def to_her(home):
    with home.store.open_reader() as con:
        sql = "SELECT body FROM outbox WHERE person_id = 'vale' AND kind <> 'answer'"
        return [ASKS_HER in body for (body,) in con.execute(sql).fetchall()]


@pytest.mark.parametrize(("said", "asked"), [("safe", []), ("ring_me", [True])])
def test_once_she_is_safe_nobody_asks_her_again_while_it_waits(home, said, asked):
    say(home, safe=said)
    home.wait(minutes=31)
    tend(home.store, escalate, home.context, home.clock())
    assert to_her(home) == asked


def test_once_she_is_safe_who_has_it_is_told_her_without_asking(home):
    say(home, safe="safe")
    say(home, "head", "take")
    tend(home.store, reassure, home.context, home.clock())
    assert to_her(home) == [False]


def test_raised_again_with_something_new_about_her_she_is_asked_again(home):
    say(home, safe="safe")
    home.wait(minutes=10)
    again = replace(home.alert, times=2, raised_at=home.clock())
    with home.store.write("test") as con:
        alert_store.put_alerts(con, [again], home.clock())
    home.wait(minutes=31)
    tend(home.store, escalate, home.context, home.clock())
    assert to_her(home) == [True]


def waiting_for(home, who):
    """The subjects of what still goes to them."""
    with home.store.open_reader() as con:
        sql = "SELECT subject FROM outbox WHERE person_id = $who AND withdrawn_at IS NULL ORDER BY subject"
        return [subject for (subject,) in con.execute(sql, {"who": who}).fetchall()]


def put(home, who, *kinds, times=1):
    mails = [
        a_message(f"{kind} {who} {times}", alert_id=home.alert.id, person_id=who, kind=kind, times=times,
                  subject=kind)
        for kind in kinds
    ]  # fmt: skip
    with home.store.write("test") as con:
        put_outbox(con, mails, home.clock())


@pytest.mark.parametrize(("code", "left"), [
    ("safe", ["question"]), ("ring_me", ["escalation", "question", "warning"]),
])  # fmt: skip
def test_once_she_has_answered_what_waits_to_tell_or_ask_her_the_same_does_not_go(home, code, left):
    put(home, "vale", "instant", "warning", "escalation", "question")
    put(home, "head", "instant")
    say(home, safe=code)
    assert waiting_for(home, "vale") == left
    assert "instant" in waiting_for(home, "head")


def test_that_it_was_raised_again_and_who_has_it_goes_to_her_though_she_is_safe(home):
    say(home, "head", "take")
    tend(home.store, reassure, home.context, home.clock())
    put(home, "vale", "instant")
    put(home, "vale", "escalation", "instant", times=2)
    say(home, safe="safe")
    assert waiting_for(home, "vale") == [W("instant.warned.subject.has"), "instant"]


def test_who_comes_first_and_must_act_is_still_told_and_asked(tmp_path):
    home = PageDesk(tmp_path, told=("vale", "dsl"), **THREAT)
    put(home, "vale", "instant", "escalation")
    say(home, safe="safe")
    assert waiting_for(home, "vale") == ["escalation", "instant"]


def today(home, who):
    home.wait(minutes=3)  # what was read is shown for two
    home.path(who)
    return words_of(home.browser.get("/"))


def test_on_her_today_nothing_says_that_she_may_be_in_danger_once_she_is_safe(home):
    assert W("desk.today.danger_to_you") in today(home, "vale")
    say(home, safe="safe")
    page = today(home, "vale")
    assert (W("desk.today.danger_to_you") in page, W("page.own.what.safe") in page) == (False, True)
    assert W("digest.heading.others") not in page


@pytest.mark.parametrize(("question", "code"), [("safe", "ring_me"), ("support", "accepted")])
def test_what_she_asks_for_is_on_the_today_of_who_has_it_until_it_is_done(home, question, code):
    say(home, "head", "take")
    asked = W(f"page.wish.{code}", who=STAFF.name)
    assert asked not in today(home, "head")
    say(home, **{question: code})
    assert (asked in today(home, "head"), asked in today(home, "dsl")) == (True, False)
    say(home, "head", "fulfil", key=f"{code}:vale")
    assert asked not in today(home, "head")
    with home.store.open_reader() as con:
        kinds = [one[0] for one in MatterPage(home, con).steps()]
    assert kinds[-1] is (StepKind.SAFE if code == "ring_me" else StepKind.SUPPORT)


def test_her_number_and_that_she_was_rung_stand_above_what_was_posted(home):
    home.rename("vale", phone="01632 960 123")
    say(home, "head", "take")
    say(home, safe="ring_me")
    page = home.press("read", "head").text
    parts = (
        f'{W("page.wish.ring_me", who=STAFF.name)} <a href="tel:01632960123">01632 960 123</a>',
        W("page.wish.done.ring_me"),
        W("page.head.words"),
    )
    places = [page.find(part) for part in parts]
    assert places == sorted(places)
    assert -1 not in places
    assert page.count(W("page.wish.done.ring_me")) == 1
    say(home, "head", "fulfil", key="ring_me:vale")
    assert "01632" not in home.press("read", "head").text


def test_what_she_asks_for_stays_on_today_once_the_danger_is_over_until_it_is_done(home):
    say(home, "head", "take")
    say(home, safe="ring_me")
    home.wait(minutes=1)
    say(home, "dsl", "over", why="He is held.")
    home.wait(minutes=1)
    say(home, "head", "agree", what="yes")
    assert home.mark().mark is Mark.OVER
    asked = W("page.wish.ring_me", who=STAFF.name)
    assert asked in today(home, "head")
    say(home, "head", "fulfil", key="ring_me:vale")
    assert asked not in today(home, "head")


def test_of_one_whom_it_may_accuse_too_it_is_on_the_today_of_who_decides_by_a_note(tmp_path):
    home = PageDesk(tmp_path, told=("head",), **THREAT, accuses=ACCUSED)
    say(home, safe="ring_me")
    asked = W("page.wish.ring_me", who=STAFF.name)
    assert asked in today(home, "head")
    say(home, "head", "fulfil", key="ring_me:vale")
    assert asked not in today(home, "head")


@pytest.mark.parametrize("accuses", [(), (*ACCUSED, Meant("person:deputy", 1.0, "name"))])
def test_that_one_was_rung_ends_no_wish_of_another(at, accuses):
    deputy = Meant("person:deputy", 1.0, "name", Harm.VIOLENCE)
    it = at(told=("head",), **{**THREAT, "endangers": (*THREAT["endangers"], deputy)}, accuses=accuses)
    for who in ("vale", "deputy"):
        it.press("own_word", who, safe="ring_me")
        it.wait(minutes=1)
    assert it.press("fulfil", "head", key="ring_me:vale").became == "happened"
    it.wait(minutes=1)
    left = [line.key for line in it.page("head", read=True).page.wishes if line.key.startswith("ring_me")]
    assert left == ["ring_me:deputy"]
    assert it.press("fulfil", "head", key="ring_me:deputy").became == "happened"
    assert "fulfil" not in it.page("head", read=True).buttons


def test_nobody_says_that_it_is_done_who_does_not_work_on_it_nor_what_was_not_asked(target):
    answer(target, safe="ring_me")
    assert target.press("fulfil", "vale", key="ring_me:vale").became.startswith("not")
    assert target.press("fulfil", "head", key="accepted:vale").became.startswith("not")
    assert "fulfil" in target.page("head", read=True).buttons
    assert target.press("fulfil", "head", key="ring_me:vale").became == "happened"
    assert "fulfil" not in target.page("head", read=True).buttons


# ------------------------------------------------------------- once it seems over, or two have ended it


@pytest.fixture(params=["over", "no_danger"])
def ended(at, request):
    it = at(told=("dsl", "head", "vale"), **THREAT)
    it.press(request.param, "dsl", why="The man was seen at home.")
    it.wait(minutes=1)
    it.press("agree", "head", what="yes")
    assert not it.is_open()
    it.rows("DELETE FROM outbox")
    it.wait(minutes=1)
    return it


def test_once_two_have_ended_it_she_may_still_say_that_she_is_not_safe(ended):
    page = ended.page("vale").page
    assert (page.danger, page.heading) == ("", W("page.own.what.ended"))
    page = answer(ended, safe="not_safe").page
    assert page.danger
    assert "999" in page.said[0]
    assert (ended.is_open(), times(ended), ended.mark()) == (True, [(2, 4)], None)
    assert {"dsl", "head"} <= {who for who, *_ in mailed(ended)}


def test_once_two_have_ended_it_a_call_is_still_asked_for_and_leaves_it_ended(ended):
    answer(ended, safe="ring_me")
    assert (ended.is_open(), times(ended)) == (False, [(1, 4)])
    assert {"dsl", "head"} <= {who for who, *_ in mailed(ended)}
    assert "fulfil" in ended.page("head", read=True).buttons


def test_what_was_merged_or_never_threatened_them_offers_nothing_once_ended(ended):
    assert ended.press("own_word", "deputy", safe="not_safe").became.startswith("not")


def test_a_call_is_on_the_today_of_who_has_it_though_two_have_ended_it(home):
    say(home, "head", "take")
    say(home, "dsl", "over", why="He is held.")
    say(home, "head", "agree", what="yes")
    say(home, safe="ring_me")
    assert W("page.wish.ring_me", who=STAFF.name) in today(home, "head")


def is_over(home):
    with home.store.open_reader() as con:
        seen = MatterPage(home, con, now=home.clock()).look("head")
        return asks_if_over(seen, Moment(home.clock(), None, None, home.context.config.zone, "", "", "", ""))


def test_while_she_is_not_safe_no_hour_that_has_passed_says_that_it_may_be_over(tmp_path):
    post = replace(POST, text="I am going to bring a knife today at 9 and stab Mr Vale.")
    home = PageDesk(tmp_path, told=("dsl", "head", "vale"), post=post, **THREAT)
    home.clock.at += timedelta(hours=3)
    assert is_over(home)
    say(home, safe="not_safe")
    assert not is_over(home)
    say(home, safe="safe")
    assert is_over(home)


def test_an_hour_before_it_was_raised_again_does_not_say_that_it_may_be_over(tmp_path):
    post = replace(POST, text="I am going to bring a knife today at 9 and stab Mr Vale.")
    home = PageDesk(tmp_path, told=("dsl", "head"), post=post, **THREAT)
    home.clock.at += timedelta(hours=3)
    assert is_over(home)
    again = replace(home.alert, times=2, raised_at=home.clock())
    with home.store.write("test") as con:
        alert_store.put_alerts(con, [again], home.clock())
    assert not is_over(home)


TWO = THREAT | {"endangers": (*THREAT["endangers"], Meant("person:deputy", 1.0, "name", Harm.VIOLENCE))}


def safe_of(home):
    """Who is safe by the mails, and whether it may be over, by its page and by Today."""
    with home.store.open_reader() as con:
        tendered = read_matters(con, home.context.config, {"s-one": home.alert.urn})
        mailed_safe = _said_safe(con, tendered, home.alert)
    return mailed_safe, is_over(home), W("desk.today.danger_to_you") not in today(home, "vale")


def test_of_two_whom_it_threatens_the_word_of_both_counts_on_page_today_and_in_mails(tmp_path):
    home = PageDesk(tmp_path, told=("dsl", "head", "vale", "deputy"), **TWO)
    say(home, "head", "take")
    say(home, safe="safe")
    assert (safe_of(home)[0], is_over(home)) == ({"vale"}, False)
    say(home, "deputy", safe="safe")
    assert safe_of(home) == ({"vale", "deputy"}, True, True)
    with home.store.open_reader() as con:
        assert [part.may_be_over for part in matters_of(home, con, "head")] == [True]
    say(home, "deputy", safe="not_safe")
    assert "deputy" not in safe_of(home)[0]


def matters_of(home, con, who):
    config, context = home.context.config, MatterPage(home, con, now=home.clock()).context
    person = next(p for p in config.people if p.id == who)
    links = DeskLinks(context.links.base_url, context.links.secret, context.links.mails)
    found = open_today(con, config, person, home.clock(), links, Book())
    return [matter for part in found for matter in part.chosen.matters]
