"""The page of a case: what is next, what bars a rung, what is recorded, and for whom there is nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from builders.case_page import (
    CHILDREN,
    ON_FACEBOOK,
    WEIGHED,
    CaseDesk,
    another,
    as_often_as_one_likes,
    leads,
)
from builders.letter import OF_OWNER
from builders.page import CHILD, form_of, words_of

from alerts.ladder.refusals import BY_GUARD
from alerts.ladder.transitions import GUARDS
from data.steps.codes import Check, StepKind
from data.store.cases.cases import steps
from data.types import About, Meant, Route, Severity
from monitor.desk.case.ladder import HELPS


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    as_often_as_one_likes(monkeypatch)


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
    assert "Who it accuses Nobody" in page.partition("The steps, in")[0]
    missing = desk.say("target", person="vale", why="It gives his address.")
    assert "Something is missing" in words_of(missing)
    said = desk.say("target", person="vale", why="It gives his address.", **{"subjects-nobody": "yes"})
    assert "Aimed at Sam Vale" in words_of(said)


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


def test_what_was_typed_stands_there_where_somebody_was_quicker(desk):
    desk.begin()
    stale = desk.page("/classified")
    desk.say("author", relationship="parent")
    form = {"form": form_of(stale)["form"], "version": form_of(stale)["version"], "do": "record"}
    answer = desk.browser.post("/case/0001/classified", data={**form, "class": "C7", "why": "Quite false."})
    assert "since you opened this page" in words_of(answer)
    assert "Quite false." in answer.text
    assert "classified" not in desk.step()


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
    assert "Something is missing" in words_of(desk.say("classified", **{"class": "C7"}, why="False."))
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
    with desk.store.read() as con:
        (said,) = con.execute("SELECT detail FROM case_steps WHERE step = 'accused'").fetchone()
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
    with desk.store.read() as con:
        kept = con.execute("SELECT how, size_bytes FROM evidence WHERE name = 'letter.txt'").fetchall()
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


def test_what_is_not_theirs_and_what_is_not_there_are_answered_alike(desk):
    desk.rename("vale", email="vale@example.org")
    desk.begin()
    staff = another(desk, "vale")
    assert staff.get("/case/0001").text == staff.get("/case/0002").text
    assert staff.get("/case/0001").status_code == 404


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
    desk.add_place("https://mirror.example.org/lie")
    page = desk.page()
    assert "Next: 0001-2, mirror.example.org: Ask " in words_of(page)
    assert "/case/0001-2" in leads(page)
    assert "the school’s own target" in words_of(page).partition("What is running")[0]
