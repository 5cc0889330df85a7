"""The pages of a case: what is next, what is recorded, at which place, for whom there is nothing."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from builders.capture import AUTHOR, TEXT, routes
from builders.case_desk import PNG
from builders.case_page import (
    CHILDREN,
    ON_FACEBOOK,
    WEIGHED,
    CaseDesk,
    another,
    as_often_as_one_likes,
    leads,
)
from builders.desk import OpenDesk
from builders.fetcher import fetcher_for
from builders.home import rows_of
from builders.letter import OF_OWNER
from builders.mention import URN, a_mention
from builders.page import CHILD, DANGER, form_of, words_of
from support.web_server import Answer, serve

from alerts.ladder.refusals import BY_GUARD
from alerts.ladder.transitions import GUARDS
from alerts.letters.kinds import LetterKind
from data.cases import Event
from data.errors import CaseMoved
from data.evidence.vault import Vault
from data.rungs import Rung
from data.steps.codes import Check, Relationship, StepKind
from data.steps.judging import Author
from data.store.cases.cases import steps
from data.types import About, Meant, Person, Role, Route, Severity
from monitor.act import capture
from monitor.act.casework import hosting
from monitor.act.casework.evidence import enclosed
from monitor.act.step import take_step
from monitor.desk.case.doing import STEPS
from monitor.desk.case.ladder import HELPS
from monitor.desk.case.page import see
from monitor.desk.case.questions import ASKED_HERE, event_of, question
from monitor.desk.case.sides import SIDES
from monitor.home import wiring
from sources.hosting import Hosting


@pytest.fixture
def desk(tmp_path):
    return CaseDesk(tmp_path)


def test_a_case_is_opened_from_the_page_of_its_matter_and_that_leads_to_it(desk):
    page = words_of(desk.begin())
    assert "Next: Say what it is" in page
    assert f'href="{desk.case}"' in desk.browser.get(desk.own).text
    assert 'name="matter"' not in desk.browser.get(desk.own).text


def test_of_what_is_only_nice_to_read_no_case_is_offered(tmp_path):
    desk = CaseDesk(tmp_path, severity=Severity.NOTE, route=Route.THANK, abuse=(), raised=False)
    assert "Open a case" not in words_of(desk.browser.get(desk.own))


def test_whom_it_is_aimed_at_is_asked_with_whom_it_accuses_and_why_where_somebody_may_be_accused(tmp_path):
    desk = CaseDesk(tmp_path, accuses=(Meant("person:vale", 0.9, "x"),))
    desk.begin()
    page = words_of(desk.say("classified", **{"class": "C11"}, why="It gives his address."))
    assert "or of being unsafe with children Nobody" in page.partition("The steps, in")[0]
    missing = desk.say("target", person="vale", why="It gives his address.")
    assert "Something is missing" in words_of(missing)
    said = desk.say("target", person="vale", why="It gives his address.", **{"subjects-nobody": "yes"})
    assert "A second person has been asked to agree" in words_of(said)


def test_each_step_leads_to_the_one_that_is_next(desk):
    desk.begin()
    said = words_of(desk.say("classified", **{"class": "C7"}, why="It is false."))
    assert "Recorded." in said
    assert "Next: Say who it is aimed at" in said
    assert "Next: Say who the author is" in words_of(desk.page("?later=target"))
    assert "Next: Record support" in words_of(desk.say("target", person="vale"))
    said = words_of(desk.say("support", status="offered", person="vale"))
    assert "Next: Say who the author is" in said
    assert "Next: Keep evidence" in words_of(desk.say("author", relationship="unknown"))
    desk.keep_evidence()
    assert "Next: Weigh how serious it is" in words_of(desk.page())


def test_the_next_thing_stands_first_with_its_date(desk):
    page = words_of(desk.to_decided())
    assert "Next: Ask the author, in a conversation By" in page
    assert page.index("Next:") < page.index("The steps, in their order")


def test_who_has_not_answered_is_waited_for_to_a_date_and_a_parent_who_refused_is_not_asked_again(desk):
    desk.to_decided()
    page = words_of(desk.say("asked", rung="author_request", kind="conversation"))
    assert "Next: Record what came of it: the author, in a conversation By" in page
    page = words_of(desk.say("answered", rung="author_request", kind="conversation", result="refused"))
    assert "Next: Ask the platform" in page
    assert "/case/0001/asked?rung=author_request&kind=removal" in leads(desk.page())
    assert "/case/0001/asked?rung=author_request&kind=conversation" not in leads(desk.page())


def test_what_bars_a_rung_is_said_with_its_remedy_as_a_button(desk):
    desk.to_decided()
    page = desk.page()
    assert "/case/0001/asked?rung=author_request&kind=conversation" in leads(page)
    refused = desk.say("asked", rung="platform_report", kind="")
    assert 'role="alert"' in refused.text
    assert "/case/0001/asked?rung=author_request" in leads(refused)
    assert "asked" not in desk.step()


def test_what_helps_is_a_button_where_no_one_act_satisfies_a_guard(desk):
    desk.to_decided()
    page = desk.say("author", relationship="parent", contact_safe="no")
    assert "/case/0001/author?contact_safe=yes" in leads(page)
    refused = desk.say("asked", rung="author_request", kind="conversation")
    assert "/case/0001/author?contact_safe=yes" in leads(refused)
    asked = desk.page("/author?contact_safe=yes").text
    assert '<details class="fold" open>' in asked
    assert 'name="contact_safe" value="yes" checked' in asked


def test_every_button_that_helps_is_of_a_guard_and_leads_to_a_question(desk):
    assert {*HELPS} <= {*GUARDS}
    assert not {*HELPS} & {*BY_GUARD}
    desk.begin()
    for kind, values in HELPS.values():
        assert desk.page(f"/{kind}?{urlencode(values)}").status_code == 200


def test_the_police_are_told_for_a_reason_and_what_else_that_wants_is_a_button(desk):
    to = next(to for to in leads(desk.to_decided()) if "rung=police" in to)
    assert to.endswith("reason=yes")
    assert 'name="why"' in desk.browser.get(to).text
    refused = desk.say("asked", rung="police", why="He is called a thief to get him beaten.")
    assert "/case/0001/target" in leads(refused)
    assert "registrar" not in desk.page("/asked?rung=police").text  # they are asked in one way


def test_what_must_be_said_and_is_not_is_asked_again_and_nothing_is_recorded(desk):
    desk.begin()
    answer = desk.say("classified", **{"class": "C7"}, why=" ")
    assert "Something is missing" in words_of(answer)
    assert desk.step() == ["opened"]


def test_what_does_not_fit_is_called_as_its_question_calls_it(desk):
    desk.begin()
    page = words_of(desk.say("classified", **{"class": "C7"}, lane="safeguarding", why="It is false."))
    assert "a value that does not fit: “Why it bypasses the usual steps”." in page
    assert desk.step() == ["opened"]


def test_fair_comment_is_offered_an_answer_and_no_removal_until_a_reason_is_written(tmp_path):
    desk = CaseDesk(tmp_path, content_class="C0", route=Route.RESPOND, severity=Severity.RESPOND, abuse=())
    page = desk.begin()
    assert "Record that the concern was answered" in words_of(page)
    assert not [to for to in leads(page) if "rung=" in to]
    assert "at least 40 characters" in words_of(desk.say("classified", **{"class": "C7"}, why="False."))
    why = "It says that he steals money, which is a matter of fact, and it is false."
    desk.say("classified", **{"class": "C7"}, why=why)
    assert {"reclassified", "proposed"} & {*desk.step()}


def test_whoever_is_accused_finds_nothing_from_then_on(desk):
    desk.begin()
    deputy = another(desk, "deputy")
    assert desk.page("", deputy).status_code == 200
    desk.say("accused", person="deputy")
    nothing = deputy.get("/case/9999")
    for path in ("", "/letters", "/classified", "/pack"):
        answer = desk.page(path, deputy)
        assert (answer.status_code, answer.text) == (404, nothing.text)


def test_several_are_accused_at_once(desk):
    desk.begin()
    assert 'type="checkbox" name="person-deputy"' in desk.page("/accused").text
    desk.say("accused", **{"person-deputy": "yes", "person-vale": "yes"})
    (said,) = rows_of(desk.store, "SELECT detail FROM case_steps WHERE step = 'accused'")[0]
    assert '"deputy,vale"' in said
    assert desk.page("", another(desk, "deputy")).status_code == 404


def test_it_does_not_accuse_nobody_and_somebody(desk):
    desk.begin()
    both = {"person": "vale", "subjects-nobody": "yes", "subjects-deputy": "yes"}
    refused = desk.say("target", **both)
    assert "Something is missing" in words_of(refused)
    assert refused.text.count(" checked") >= 2
    assert desk.step() == ["opened"]


def test_a_person_with_a_conflict_of_interest_finds_nothing_either(desk):
    desk.begin()
    deputy = another(desk, "deputy")
    desk.say("conflicted", person="deputy", why="Her husband wrote it.")
    assert desk.page("", deputy).status_code == 404


def test_a_rung_that_is_not_offered_is_recorded_in_another_way_with_a_reason(desk):
    desk.to_decided()
    for rung, kind in (("author_request", "conversation"), ("platform_report", "")):
        desk.say("asked", rung=rung, kind=kind)
        desk.say("answered", rung=rung, kind=kind, result="refused")
    to = next(to for to in leads(desk.page()) if to.endswith("rung=host&kind=host&reason=yes"))
    assert "the website’s host" in words_of(desk.browser.get(to))
    desk.say("asked", rung="host", kind="host", why="Our solicitor wrote to their registered office.")
    assert desk.step().count("asked") == 3


def test_a_letter_is_drafted_saved_and_recorded_as_sent_with_its_words(desk):
    desk.to_decided()
    wants = desk.say("letters", do="draft", letter="parent_invitation")
    assert "Who is it to?" in words_of(wants)
    facts = {"fact_to": "Ms Example", "fact_meeting": "Thursday at 15:30"}
    facts |= {"fact_words": "He takes the dinner money home", "fact_place": "in a group"}
    page = desk.say("letters", do="draft", letter="parent_invitation", **facts)
    assert "Dear Ms Example" in page.text
    saved = desk.say("letters", do="eml", letter="parent_invitation", **facts)
    assert saved.headers["content-disposition"].endswith('parent_invitation.eml"')
    pdf = desk.say("letters", do="pdf", letter="parent_invitation", **facts)
    assert pdf.content.startswith(b"%PDF")
    assert desk.step().count("letter") == 1
    sent = desk.say("letters", do="sent", letter="parent_invitation", way="conversation", sent="Dear Ms E")
    assert "Recorded." in words_of(sent)


@pytest.mark.parametrize(("place", "rung"), [("facebook", "platform_report"), ("blog", "host")])
def test_a_copyright_notice_that_was_sent_is_recorded_as_one_where_the_post_is(tmp_path, place, rung):
    taken = {"about": About.SCHOOL, "content_class": "C8", "abuse": ()}
    desk = CaseDesk(tmp_path, post=replace(ON_FACEBOOK, channel=place), **taken)
    desk.begin()
    desk.keep_evidence()
    desk.say("classified", **{"class": "C8"}, why="It is our gallery.")
    desk.say("author", relationship="unknown")
    desk.say("weighed", **WEIGHED)
    desk.say("decided", decision="seek", why="The pictures are ours.")
    said = {f"fact_{name}": value for name, value in {"owner": "school", **OF_OWNER}.items()}
    said |= {"fact_address": "1 Larch Road, Northvale"}
    page = desk.say("letters", do="draft", letter="copyright_notice", **said)
    assert "512(c)(3)" in page.text
    assert f'name="rung" value="{rung}"' in page.text
    desk.say(
        "letters",
        do="sent",
        letter="copyright_notice",
        way="copyright",
        rung=rung,
        sent="N",
        channel="Host Inc",
    )
    with desk.store.read() as con:
        asked = [step.written for step in steps(con, "0001") if step.kind is StepKind.ASKED]
    assert [(step["rung"], step["kind"]) for step in asked] == [(rung, "copyright")]


def test_what_was_sent_is_kept_as_an_exhibit(desk):
    desk.to_decided()
    desk.say("asked", rung="author_request", kind="conversation")
    desk.say("answered", rung="author_request", kind="conversation", result="refused")
    desk.say("letters", do="sent", letter="parent_removal", way="removal", sent="Dear Ms E,\r\nplease.")
    kept = rows_of(desk.store, "SELECT how, size_bytes FROM evidence WHERE name = 'letter.txt'")
    assert kept == [("what was sent", len("Dear Ms E,\nplease.\n"))]


def test_evidence_is_checked_each_time_it_is_looked_at(desk):
    desk.begin()
    desk.keep_evidence()
    assert "all that is kept is as it was" in words_of(desk.page("/evidence"))
    for file in (desk.store.evidence).rglob("*"):
        if file.is_file() and file.stat().st_size:
            file.chmod(0o600)
            file.write_bytes(b"something else")
    assert "not as" in words_of(desk.page("/evidence"))
    assert "not as" in words_of(desk.say("pack", to="solicitor"))


def test_a_look_is_recorded_with_how_it_was_taken(desk):
    desk.to_decided()
    assert "Something is missing" in words_of(desk.say("look", do="saw", result="gone", why=""))
    assert "Recorded." in words_of(desk.say("look", do="saw", result="present", why="In a private window"))
    assert desk.step()[-1] == "checked"


def test_that_it_was_gone_for_somebody_who_was_signed_in_shows_nothing(desk):
    desk.to_decided()
    assert "I was signed in when I looked" in words_of(desk.page("/look"))
    desk.say("look", do="saw", result="gone", why="In the app", **{"signed_in-yes": "yes"})
    said = desk.steps()[-1].said
    assert (said.result, said.signed_in) == (Check.CANNOT_TELL, True)
    desk.say("look", do="saw", result="gone", why="In a private window")
    assert desk.steps()[-1].said.result is Check.GONE


def test_when_they_talked_is_asked_of_a_conversation_alone_and_recorded(desk):
    desk.to_decided()
    desk.say("asked", rung="author_request", kind="conversation")
    asks = "/answered?rung={}&kind={}"
    assert "When they were talked to" in words_of(desk.page(asks.format("author_request", "conversation")))
    assert "When they were talked to" not in words_of(desk.page(asks.format("platform_report", "")))
    told = {"rung": "author_request", "kind": "conversation", "result": "refused"}
    assert "Recorded." in words_of(desk.say("answered", **told, talked_at=f"{desk.clock.at:%Y-%m-%dT%H:%M}"))
    assert desk.steps()[-1].said.talked_at is not None


def test_when_the_poster_was_told_is_asked_of_a_notice_alone(desk):
    desk.to_decided()
    told = "The operator told whoever posted it"
    assert told in words_of(desk.page("/answered?rung=host&kind=s5"))
    assert told not in words_of(desk.page("/answered?rung=host&kind=host"))


def test_exhibits_are_made_for_whom_they_may_be_and_that_is_recorded(desk):
    desk.to_decided()
    answer = desk.say("pack", to="solicitor")
    assert "verify.py" in " ".join(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
    assert desk.audited("pack_made") == [("pack_made", "head", "0001")]


def test_a_restricted_case_wants_a_check_and_a_tap_that_is_recorded(tmp_path):
    desk = CaseDesk(tmp_path, told=("dsl",), **CHILD)
    browser = another(desk, "dsl")
    desk.browser = browser
    page = desk.begin()
    assert "They never" not in page.text
    assert CHILDREN not in page.text
    read = browser.post(desk.case, data={"form": form_of(page)["form"], "version": "1", "do": "read"})
    assert CHILDREN in read.text
    assert desk.audited("restricted_read")
    desk.wait(minutes=11)
    assert desk.page().headers["location"].startswith("/check?to=")


def test_below_it_stands_the_next_step_of_the_playbook_that_fits(desk):
    desk.begin()
    assert "An account that mocks staff" not in words_of(desk.page())
    said = words_of(desk.say("classified", **{"class": "C12"}, why="It mocks a teacher."))
    assert "An account that mocks staff: Nobody answers it, follows it or joins in." in said


def test_where_the_first_place_is_gone_the_act_for_what_still_stands_is_next(desk):
    desk.to_decided()
    desk.say("asked", rung="author_request", kind="conversation")
    desk.say("answered", rung="author_request", kind="conversation", result="removed")
    assert "Next: Look whether it is gone" in words_of(desk.page())
    desk.take(StepKind.COPY_FOUND, "head", url="https://mirror.example.org/lie", what="mirror")
    page = desk.page()
    assert "Next: 0001-2, mirror.example.org: Ask " in words_of(page)
    assert "/case/0001-2" in leads(page)
    assert "the school’s own target" in words_of(page).partition("What is running")[0]


# ------------------------------------------ forms of another time, two at once, whoever may know its state


DPO = Person("ingram", "Ann Ingram", (Role.DPO,), "ingram@example.org", urns=(URN,))
VALE = Person("vale", "Sam Vale", (Role.STAFF,), "vale@example.org")


def of_restricted(home):
    """The lead's desk with a restricted matter, and what the form that opens a case of it carries."""
    desk = OpenDesk(home, told=("dsl",), **CHILD)
    desk.sign_in("dsl", device="own")
    own = desk.context.links.at_desk("s-one")
    return desk, own, {"form": form_of(desk.browser.get(own))["form"], "matter": own.rpartition("/")[2]}


def test_each_question_is_answered_by_what_it_offers(desk):
    desk.begin()
    with desk.store.read() as con:
        at = see(con, desk.session("head"), "0001", desk.clock()).setting
    for kind in ASKED_HERE:
        asked = question(kind, {}, at)
        fields = [f for f in (*asked.fields, *asked.more) if f.how != "file"]
        said = {f.name: f.options[0][0] if f.options else _TYPED[f.how] for f in fields}
        assert event_of(kind, said | {"url": "https://example.org/4", "why": "x" * 60}, at).kind is kind


_TYPED = {"line": "4", "words": "It is so.", "when": "2026-11-17T08:00", "ready": "It is so.", "file": ""}


@pytest.mark.parametrize("do", ["record", "draft", "eml", "pdf"])
def test_where_somebody_was_quicker_no_button_records_a_step_and_what_was_typed_stands_there(desk, do):
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
    answer = desk.browser.post("/case/0001/classified", data=sent)
    assert "since you opened this page" in words_of(answer)
    assert "Quite false." in answer.text
    assert "classified" not in desk.step()


def test_of_two_who_send_at_the_same_moment_one_is_recorded(desk):
    desk.begin()
    event = Event(Author(relationship=Relationship.PARENT), "head")
    session = desk.session("head")
    take_step(session, "0001", event, desk.clock(), made_from=1)
    with pytest.raises(CaseMoved):
        take_step(session, "0001", event, desk.clock(), made_from=1)
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


def test_who_may_know_how_far_it_is_records_that_999_was_rung_and_reads_no_more(desk):
    desk.to_decided()
    with_people(desk, DPO)
    officer = another(desk, "ingram")
    form = form_of(desk.page("", officer)) | {"why": "A man is at the gate."}
    page = officer.post(f"{desk.case}/rang", data=form)
    assert ("Recorded." in words_of(page), CHILDREN in page.text) == (True, False)
    (last,) = desk.steps()[-1:]
    assert (last.actor, last.said.rung, last.said.imminent) == ("ingram", Rung.POLICE, True)


@pytest.mark.parametrize("who", ["head", "stranger"])
def test_whoever_works_on_it_or_may_not_know_it_records_no_999_there(desk, who):
    desk.to_decided()
    with_people(desk, replace(DPO, id="stranger", roles=(Role.STAFF,)))
    before, browser = desk.step(), another(desk, who)
    form = {"form": form_of(browser.get("/tell?danger=no&picture=no"))["form"]}
    assert (browser.post(f"{desk.case}/rang", data=form).status_code, desk.step()) == (404, before)


def test_who_may_know_how_far_it_is_records_nothing_else(desk):
    desk.to_decided()
    with_people(desk, DPO)
    officer, before = another(desk, "ingram"), desk.step()
    form = {"form": form_of(officer.get("/tell?danger=no&picture=no"))["form"], "version": str(len(before))}
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


# ---------------------------------------------- beside a case: “look now”, “keep it now”, and who hosts it


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    as_often_as_one_likes(monkeypatch)
    monkeypatch.setattr(capture, "find_browser", lambda named: None)


def desk_at(home, site, monkeypatch):
    """The desk, with a case about a post at that site, which alone is asked."""
    post = a_mention("post", channel="forum", url=f"{site}/t/1#p2", text=TEXT, author=AUTHOR, title="")
    monkeypatch.setattr(wiring, "fetcher", lambda config: nullcontext(fetcher_for(site)))
    desk = CaseDesk(home, post=post)
    desk.begin()
    return desk


def test_keep_it_now_keeps_the_page_as_an_exhibit(tmp_path, monkeypatch):
    with serve(routes()) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        assert "Recorded." in words_of(desk.say("evidence", do="capture"))
    assert desk.step()[-1] == "evidence"
    assert "kept by Jane Holt" in words_of(desk.page("/evidence"))


def test_what_cannot_be_kept_is_said_and_what_is_left_is_said_too(tmp_path, monkeypatch):
    with serve(routes(page=Answer(404, b"", {}))) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        page = desk.say("evidence", do="capture")
    assert 'role="alert"' in page.text
    assert "Recorded." not in words_of(page)


def brings(desk, *files, do="picture", **said):
    shown = desk.page("/evidence")
    kept = {name: form_of(shown)[name] for name in ("form", "version")} | {"do": do} | said
    given = [("file", ("a.png", file)) for file in files or (PNG,)]
    return desk.browser.post(f"{desk.case}/evidence", data=kept, files=given)


def handed_in(desk):
    """What is known of each thing that was handed in, by its manifest."""
    names = rows_of(desk.store, "SELECT sha256 FROM evidence WHERE name = 'manifest.json'")
    return [json.loads(Vault(desk.store.evidence).get(sha256)) for (sha256,) in names]


def test_files_that_somebody_brings_are_one_exhibit_with_what_is_known_of_the_post(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    known = {"supplied_by": "A parent", "author": "gate-dad", "came": "paper", "logged_in": "no"}
    assert "Recorded." in words_of(brings(desk, PNG, b"%PDF-1.7", shows="no", **known))
    page = words_of(desk.page("/evidence"))
    assert "kept by Jane Holt" in page
    assert "all that is kept is as it was" in page
    (told,) = handed_in(desk)
    assert {"supplied-1.png", "supplied-2.pdf"} <= {file["name"] for file in told["files"]}
    assert (told["logged_out"], told["handed_in"]["author_as_shown"]) == (True, "gate-dad")


def test_what_is_learnt_later_is_added_to_what_is_kept(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    brings(desk, shows="no")
    (first,) = handed_in(desk)
    said = {"adds_to": first["capture"], "add_posted": "Yesterday at 20:14"}
    assert "Recorded." in words_of(brings(desk, b"", do="add", **said))
    (added,) = (told for told in handed_in(desk) if told["adds_to"])
    assert added["adds_to"]["capture"] == first["capture"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        *(((), said) for said in ({}, {"shows": "yes"}, {"shows": "not_sure"}, {"do": "add"})),
        ((b"MZ",), {"shows": "no"}),
    ],
)
def test_no_file_is_kept_that_may_not_be_or_of_which_that_is_not_said(tmp_path, files, said):
    desk = CaseDesk(tmp_path)
    desk.begin()
    assert 'role="alert"' in brings(desk, *files, **said).text
    assert desk.step() == ["opened"]


def test_a_file_within_another_is_asked_about_by_its_name(tmp_path):
    desk, held = CaseDesk(tmp_path), io.BytesIO()
    desk.begin()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("Ann.png", b"")
    page = brings(desk, held.getvalue(), shows="no")
    assert "Ann.png" in page.text
    assert desk.step() == ["opened"]
    assert "Nothing was kept." in words_of(brings(desk, held.getvalue(), shows="no", inside="not_sure"))
    assert "Recorded." in words_of(brings(desk, held.getvalue(), shows="no", inside="no"))


def test_a_file_within_what_came_by_mail_is_asked_about(tmp_path, monkeypatch):
    came, desk = WITHIN.replace(b"report", b"gate"), CaseDesk(tmp_path)
    desk.begin()
    monkeypatch.setattr("monitor.desk.case.sides.enclosures_of", lambda *given: True)
    monkeypatch.setattr(enclosed, "enclosed_with", lambda *given: None)
    monkeypatch.setattr(enclosed, "fetched", lambda *given: (came,))
    page = brings(desk, b"", do="attachment", shows="no")
    assert page.text.count('name="inside"') == 3
    assert desk.step() == ["opened"]
    assert "Recorded." in words_of(brings(desk, b"", do="attachment", shows="no", inside="no"))


def test_pictures_of_the_page_are_kept_for_a_reason(tmp_path, monkeypatch):
    with serve(routes()) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        desk.say("classified", **{"class": "C7"}, why="It is false.")
        assert 'role="alert"' in desk.say("evidence", do="pictures").text
        assert "Recorded." in words_of(desk.say("evidence", do="pictures", why="The picture is the libel."))
    assert "pictures_allowed" in desk.step()


def test_where_the_matter_is_about_a_child_files_are_kept_that_show_words_alone(tmp_path):
    desk = CaseDesk(tmp_path, about=About.PUPIL)
    desk.begin()
    desk.say("classified", **{"class": "C7"}, why="It is false.")
    assert "show words alone" in words_of(desk.page("/evidence"))
    assert "Nothing was kept." in words_of(brings(desk, shows="no"))
    assert "evidence" not in desk.step()
    assert "Recorded." in words_of(brings(desk, shows="no", words_alone="yes"))


@pytest.mark.parametrize(("page", "seen"), [(None, "present"), (Answer(404, b"", {}), "gone")])
def test_look_now_records_what_the_program_sees(tmp_path, monkeypatch, page, seen):
    with serve(routes(page=page)) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        assert "Recorded." in words_of(desk.say("look", do="look"))
    (found,) = rows_of(desk.store, "SELECT detail FROM case_steps WHERE step = 'checked'")[0]
    assert f'"{seen}"' in found


def test_who_hosts_it_is_looked_up_and_kept(tmp_path, monkeypatch):
    with serve(routes()) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
    found = Hosting("forum.example.org", desk.clock(), domain="example.org")
    monkeypatch.setattr(hosting, "look", lambda *given: found)
    assert "Recorded." in words_of(desk.say("host", do="host"))
    assert desk.step()[-1] == "hosted"


# ------------------------------------- of several places: each page says of which it is, and what is whose


URL = "https://mirror.example.org/7"
WHAT = f"A mirror, website, {URL}"


@pytest.fixture(scope="module")
def at_places(tmp_path_factory):
    """A case with a mirror, at which somebody who looked found it gone."""
    at_places = CaseDesk(tmp_path_factory.mktemp("places"), told=("head",))
    at_places.to_decided()
    at_places.take(StepKind.COPY_FOUND, "head", url=URL, what="mirror")
    at_places.clock.at += timedelta(minutes=1)
    at_places.look(Check.GONE, "head", "0001-2")
    return at_places


def test_a_page_at_a_place_says_what_and_where_that_is(at_places):
    for beside in ("", "/look", "/letters", "/classified"):
        assert f'<p class="meta"><bdi>{WHAT}</bdi></p>' in at_places.page(f"-2{beside}").text
        assert '<p class="meta"><bdi>The post, Facebook' in at_places.page(beside).text


def test_the_list_of_places_leads_to_the_others_and_marks_its_own(at_places):
    page = at_places.page("-2")
    assert "0001-2, this page" in words_of(page)
    assert '<dt><a href="/case/0001">0001</a></dt>' in page.text
    assert 'href="/case/0001-2">0001-2' not in page.text


def test_how_a_place_stands_is_no_part_of_its_address(at_places):
    assert f"<bdi>{WHAT}</bdi><br>Seen gone" in at_places.page().text


def test_what_is_due_at_another_place_says_so(at_places):
    assert (
        "the next look whether it is gone (0001-2, "
        in words_of(at_places.page()).partition("What is running")[0]
    )


def test_what_was_done_at_a_place_names_it(at_places):
    assert (
        "0001-2, mirror.example.org." in words_of(at_places.page()).rpartition("It was looked at again.")[2]
    )
    kept = words_of(at_places.page("/evidence")).partition("kept by Jane Holt.")[2]
    assert ") 0001, facebook.example.org." in kept


def test_today_says_at_which_place_something_is_due(at_places):
    assert "to see whether it is gone (0001-2, " in words_of(at_places.browser.get("/"))


def test_a_case_of_one_place_names_none(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    page = desk.page("/look").text + desk.page().text
    assert "<bdi>The post, Facebook" not in page
    assert "this page" not in page


def test_a_place_is_added_by_its_address_and_what_it_is(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    assert "Nothing was recorded" in words_of(desk.say("copy_found", url="example.org/7", what="mirror"))
    desk.say("copy_found", url=URL, what="mirror")
    assert WHAT in words_of(desk.page("-2"))


MAIL = b"From: reports@forum.example\r\nSubject: Your report\r\nMIME-Version: 1.0\r\n\r\nWe have looked.\r\n"


WITHIN = MAIL.replace(b"MIME-", b"Content-Type: image/png; name=Ann.png\r\nMIME-")


def answers(desk, mail=MAIL, **said):
    """Records what came back of the report to the platform, with the letter as a file."""
    shown = desk.page("/answered?rung=platform_report")
    kept = {name: form_of(shown)[name] for name in ("form", "version")} | {"rung": "platform_report"}
    kept |= {"do": "record", "result": "refused", "kind": ""} | said
    return desk.browser.post(f"{desk.case}/answered", data=kept, files={"file": ("a b.eml", mail)})


@pytest.fixture
def reported(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.to_decided()
    desk.say("asked", rung="author_request", kind="conversation")
    desk.say("answered", rung="author_request", kind="conversation", result="refused")
    desk.say("asked", rung="platform_report", kind="")
    return desk


def test_a_letter_that_came_back_is_kept_with_its_step_byte_for_byte(reported):
    assert reported.step()[-1] == "asked"
    assert "Recorded." in words_of(answers(reported, shows="no"))
    kept = reported.steps()[-1].written
    assert (kept["kept"], kept["files"]) == ("as_came", "2")
    held = [f.read_bytes() for f in reported.store.evidence.rglob("*") if f.is_file()]
    assert MAIL in held


def test_a_file_within_a_letter_is_asked_about(reported):
    assert "Ann.png" in answers(reported, WITHIN, shows="no").text
    assert "Nothing was recorded." in words_of(answers(reported, WITHIN, shows="no", inside="yes"))
    assert reported.step()[-1] == "asked"
    assert "Recorded." in words_of(answers(reported, WITHIN, shows="no", inside="no"))


def test_a_letter_of_which_it_is_not_said_that_it_shows_no_child_is_not_kept(reported):
    assert "Nothing was recorded." in words_of(answers(reported, shows="not_sure"))
    assert reported.step()[-1] == "asked"
