"""What the pages of a case do for whom: forms of another time, two at once, whoever may know its state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case_page import CHILDREN, CaseDesk, another, as_often_as_one_likes
from builders.desk import OpenDesk
from builders.mention import URN
from builders.page import CHILD, DANGER, form_of, words_of

from alerts.letters.kinds import LetterKind
from data.cases import Event
from data.errors import CaseMoved
from data.rungs import Rung
from data.steps.codes import Relationship
from data.steps.judging import Author
from data.types import About, Person, Role
from monitor.act.step import take_step_with_copy
from monitor.desk.case.answers import STEPS
from monitor.desk.case.questions import ASKED_HERE, event_of, question
from monitor.desk.case.seen import see
from monitor.desk.case.sides import SIDES

DPO = Person("ingram", "Ann Ingram", (Role.DPO,), "ingram@example.org", urns=(URN,))
VALE = Person("vale", "Sam Vale", (Role.STAFF,), "vale@example.org")


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    as_often_as_one_likes(monkeypatch)


@pytest.fixture
def desk(tmp_path):
    return CaseDesk(tmp_path)


def of_restricted(home):
    """The lead's desk with a restricted matter, and what the form that opens a case of it carries."""
    desk = OpenDesk(home, told=("dsl",), **CHILD)
    desk.sign_in("dsl", device="own")
    own = desk.context.links.at_desk("s-one")
    return desk, own, {"form": form_of(desk.browser.get(own))["form"], "matter": own.rpartition("/")[2]}


def test_each_question_is_answered_by_what_it_offers(desk):
    desk.begin()
    with desk.store.read() as con:
        at = see(con, desk._session("head"), "0001", desk.clock()).setting
    for kind in ASKED_HERE:
        asked = question(kind, {}, at)
        said = {f.name: f.options[0][0] if f.options else _TYPED[f.how] for f in (*asked.fields, *asked.more)}
        assert event_of(kind, said | {"url": "https://example.org/4", "why": "x" * 60}, at).kind is kind


_TYPED = {"line": "4", "words": "It is so.", "when": "2026-11-17T08:00", "ready": "It is so."}


@pytest.mark.parametrize("do", ["draft", "eml", "pdf"])
def test_no_name_of_a_button_gets_a_step_of_an_older_page_recorded(desk, do):
    desk.begin()
    stale = form_of(desk.page("/classified"))
    desk.say("author", relationship="parent")
    sent = {
        "form": stale["form"],
        "version": stale["version"],
        "do": do,
        "class": "C7",
        "why": "Quite false.",
    }
    assert "since you opened this page" in words_of(desk.browser.post("/case/0001/classified", data=sent))
    assert "classified" not in desk.step()


def test_of_two_who_send_at_the_same_moment_one_is_recorded(desk):
    desk.begin()
    event = Event(Author(relationship=Relationship.PARENT), "head")
    session = desk._session("head")
    take_step_with_copy(session, "0001", event, None, desk.clock(), made_from=1)
    with pytest.raises(CaseMoved):
        take_step_with_copy(session, "0001", event, None, desk.clock(), made_from=1)
    assert desk.step() == ["opened", "author"]


def test_a_letter_that_asks_nobody_is_not_recorded_as_sent(desk):
    desk.begin()
    asks = {letter for rung in Rung for letter in rung.spec.letters}
    for kind in (kind.value for kind in LetterKind if kind.value not in asks):
        answer = desk.say("letters", do="sent", letter=kind, sent="Dear all")
        assert "Something is missing" in words_of(answer), kind
    assert desk.step() == ["opened"]


LETTER = "Dear Mr Larch, please call me about what you wrote on Tuesday."


def test_a_letter_that_was_pasted_is_not_lost_where_somebody_was_quicker_or_it_is_refused(desk):
    desk.begin()
    for version in ("0", None):
        given = {"version": version} if version else {}
        page = desk.say("letters", do="sent", letter="parent_invitation", way="?", sent=LETTER, **given)
        assert LETTER in words_of(page)
    assert desk.step() == ["opened"]


@pytest.mark.parametrize("minutes", [11, 31 * 24 * 60])
def test_what_was_typed_in_a_restricted_case_is_shown_where_the_check_or_the_session_ran_out(
    tmp_path, minutes
):
    desk, _, form = of_restricted(tmp_path)
    case = desk.browser.post("/case", data=form).headers["location"]
    desk.wait(minutes=minutes)
    given = {"form": form["form"], "version": "1", "letter": "parent_invitation", "do": "sent"}
    page = desk.browser.post(f"{case}/letters", data={**given, "sent": LETTER})
    assert (page.status_code, LETTER in words_of(page)) == (403, True)
    leads = f"/check?to={case}" if minutes == 11 else f"/sign-in?to={case}/letters"
    assert f'href="{leads}"' in page.text
    assert desk.browser.post(f"{case}/letters", data=given).headers["location"] == leads


def test_a_restricted_matter_gets_a_case_from_its_page_after_a_check(tmp_path):
    desk, own, form = of_restricted(tmp_path)
    desk.wait(minutes=11)
    assert desk.browser.post("/case", data=form).headers["location"] == f"/check?to={own}"
    assert not desk.audited("case_opened", "case_step")
    browser = another(desk, "dsl")
    form["form"] = form_of(browser.get(own))["form"]
    assert browser.post("/case", data=form).headers["location"].startswith("/case/")


def test_who_opens_a_case_second_is_led_to_the_page_of_its_matter(tmp_path):
    desk, own, form = of_restricted(tmp_path)
    first = desk.browser.post("/case", data=form).headers["location"]
    assert desk.browser.post("/case", data=form).headers["location"] == own
    assert f'href="{first}"' in desk.browser.get(own).text


def with_people(desk, *people):
    """The settings, read again, name these too."""
    config = desk.context.config
    named = (*(p for p in config.people if p.id not in {q.id for q in people}), *people)
    mails = {p.id: p.email for p in named if p.email}
    links = replace(desk.context.links, mails=mails)
    desk.context = replace(desk.context, config=replace(config, people=named), links=links)


def test_the_data_protection_officer_sees_how_far_it_is_and_no_more(desk):
    desk.to_decided()
    with_people(desk, DPO)
    officer = another(desk, "ingram")
    said = words_of(desk.page("", officer))
    assert "You see here how far it is." in said
    assert "Removal is sought" in said or "removal" in said.lower()
    for hidden in (CHILDREN, "Jane Holt", "gate-dad", "It is false", "Sam Vale", "Next:"):
        assert hidden not in said
    nothing = officer.get("/case/9999")
    for act in (*STEPS, *SIDES):
        answer = desk.page(f"/{act}", officer)
        assert (answer.status_code, answer.text) == (404, nothing.text), act


def test_whom_it_is_aimed_at_sees_how_far_it_is_and_the_page_of_their_own(desk):
    with_people(desk, VALE)
    desk.to_decided()
    desk.say("target", person="vale")
    browser = another(desk, "vale")
    page = desk.page("", browser)
    assert "You see here how far it is." in words_of(page)
    assert CHILDREN not in page.text
    assert f'href="{desk.own}"' in page.text
    assert f'href="{desk.case}"' in browser.get(desk.own).text


def test_who_may_know_how_far_it_is_records_nothing(desk):
    desk.to_decided()
    with_people(desk, DPO)
    officer, before = another(desk, "ingram"), desk.step()
    form = {"form": form_of(officer.get("/tell"))["form"], "version": str(len(before))}
    for act in ("", *(f"/{act}" for act in (*STEPS, *SIDES))):
        for do in ("record", "read", "pack", "draft", "capture"):
            sent = form | {
                "do": do,
                "letter": "parent_invitation",
                "to": "police",
                "why": "Because I say so.",
            }
            assert CHILDREN not in officer.post(f"{desk.case}{act}", data=sent).text
    assert desk.step() == before
    assert not desk.audited("restricted_read")


def test_somebody_whom_only_the_case_says_it_is_aimed_at_answers_on_their_own_page(tmp_path):
    desk = CaseDesk(tmp_path, **(DANGER | {"about": About.STAFF}))
    desk.rename("vale", email="vale@example.org")
    desk.begin_by_act("vale")
    browser = another(desk, "vale")
    link = "/m/" + desk.context.links.page("s-one", "vale", desk.clock()).rpartition("/")[2]
    page = browser.get(link)
    assert 'name="police"' in page.text
    assert CHILDREN not in page.text
    desk.wait(seconds=5)
    browser.post(link, data={**form_of(page), "police": "given", "do": "own_word"})
    assert desk.step()[-1] == "consent_given"
