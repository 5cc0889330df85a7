"""The pages of a case: what is next, what is recorded, at which place, for whom there is nothing.

They are asked without a web server, but where what matters is how a browser sends it."""

import io
import json
import shutil
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from builders.capture import AUTHOR, TEXT, routes
from builders.case_desk import PNG, Acts
from builders.case_page import CHILDREN, FALSE, ON_FACEBOOK, WHAT, CaseDesk, as_often_as_one_likes, leads
from builders.desk import OpenDesk
from builders.fetcher import fetcher_for
from builders.home import rows_of
from builders.letter import OF_OWNER
from builders.matter_page import MatterPage
from builders.mention import NOW, URN, a_mention
from builders.page import CHILD, DANGER, form_of, prove, words_of
from support.web_server import Answer, serve

from alerts.access.knowing import Act
from alerts.letters.kinds import LetterKind
from data.cases import Event, Profile
from data.content_class import ContentClass
from data.evidence.vault import Vault
from data.judged import ENQUIRY
from data.rungs import Rung
from data.steps.acts import Done
from data.steps.classes import Decided, Hosted, Proposed
from data.steps.codes import Check, Decision, StepKind
from data.store.service import DeskSession, Device
from data.types import About, Meant, Person, Reason, Role, Route, Severity
from monitor.act import capture, keeping
from monitor.act import step as hosting
from monitor.act.step import take_steps
from monitor.desk.case.questions import ASKED_HERE, event_from_form, see, step_question
from monitor.desk.case.reading import PAGES_BESIDE, act_page, case_page, frame_page, rung_page
from monitor.desk.page import DeskRequest, FormFields, SignedIn, answer_or_end
from monitor.desk.pages.case import show_case, take_case_form
from monitor.home import wiring

DPO = Person("ingram", "Ann Ingram", (Role.DPO,), "ingram@example.org", urns=(URN,))
VALE = Person("vale", "Sam Vale", (Role.STAFF,), "vale@example.org")
OFFICE = Person("office", "Bo Wren", (Role.SLT,), "office@example.org", urns=(URN,))
CHAIR = Person("chair", "Pat Moor", (Role.CHAIR,), "chair@example.org", urns=(URN,))
STRANGER = Person("stranger", "Ira Moss", (Role.STAFF,), "stranger@example.org", urns=(URN,))
SEEK = "It is false, and names him."


class AtCase(CaseDesk):
    """The people of a school at one case, pages asked as by the desk; `who` is the head by default."""

    def __init__(self, home, **given):
        OpenDesk.__init__(self, home, **({"post": ON_FACEBOOK} | FALSE | given))
        self.case, self.who = "", "head"

    def asking(self, path="", who="", form=(), files=(), names=()):
        person = next(p for p in self.context.config.people if p.id == (who or self.who))
        session = DeskSession("x", person.id, "y", Device.OWN, self.clock(), self.clock(), NOW)
        place, _, rest = path.partition("/")
        act, _, given = rest.partition("?")
        query = dict(pair.split("=") for pair in given.split("&") if pair)
        query |= {"number": self.case.rpartition("/")[2] + place, "act": act}
        signed_in = SignedIn(person, self.context.config.schools, session, "form")
        return DeskRequest(
            *(self.store, self.context, self.clock(), signed_in, FormFields(query), FormFields(form)),
            files=files,
            names=names,
        )

    def beside(self, act):
        with self.store.open_reader() as con:
            return act_page(con, self.seen(), act, {})

    def page(self, path="", who=""):
        with self.store.open_reader() as con:
            return read(answer_or_end(self.context.config, lambda: show_case(self.asking(path, who), con)))

    def say(self, act, who="", files=(), names=(), **said):
        """What is answered to a form of that page, filled in a minute later."""
        self.clock.at += timedelta(minutes=1)
        seen = self.seen(who)
        form = {"version": seen.version if seen else "", "do": "record", **said}
        asking = self.asking(f"/{act}" if act else "", who, form, files, names)
        return read(answer_or_end(self.context.config, lambda: take_case_form(asking)))

    def seen(self, who=""):
        """The case as far as somebody may know it, None where it is nothing to them."""
        with self.store.open_reader() as con:
            return see(con, self.session(who or self.who), self.case.rpartition("/")[2], self.clock())

    def whole(self):
        seen = self.seen()
        with self.store.open_reader() as con:
            return case_page(con, seen)

    def fills_in(self, who="", **said):
        """What is answered to the first question, with an answer to each part of it."""
        return self.say("what", who, **(WHAT | {"target": "vale", "status": "offered"} | said))

    def open_it(self, who="head"):
        self.case, self.who = f"/case/{self.open('s-one', who).id}", who
        prove(self.browser, self.store, self.session(who).person, self.clock())
        return self

    def go(self, kind, /, **facts):
        """Somebody takes a step a minute later."""
        self.clock.at += timedelta(minutes=1)
        self.take(kind, self.who, **facts)
        return self

    def name(self, *people):
        """The settings, read again, name these too."""
        config = self.context.config
        named = (*(p for p in config.people if p.id not in {q.id for q in people}), *people)
        links = replace(self.context.links, mails={p.id: p.email for p in named if p.email})
        self.context = replace(self.context, config=replace(config, people=named), links=links)
        return self

    def copied(self, home):
        """The same in another home: nothing that is done there is done here."""
        desk = type(self)(home)
        for file in filter(Path.is_file, self.store.evidence.rglob("*")):
            there = desk.store.evidence / file.relative_to(self.store.evidence)
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(file, there)
        shutil.copy(self.store.path, desk.store.path)
        desk.browser.cookies.update(self.browser.cookies)
        desk.clock.at, desk.case, desk.who = self.clock.at, self.case, self.who
        return desk


def read(answer):
    answer.text = answer.body.decode(errors="replace")
    return answer


def decide(desk, class_="C7", author="parent"):
    """Up to the decision to seek removal."""
    desk.keep_evidence()
    desk.fills_in(target="", status="", relationship=author, **{"class": class_})
    return desk


HOST = {"rung": "host", "kind": "host"}
TALK = {"rung": "author_request", "kind": "conversation"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A case that was opened just now: for what records nothing in it."""
    return AtCase(tmp_path_factory.mktemp("opened")).open_it()


@pytest.fixture(scope="module")
def decided(opened, tmp_path_factory):
    """One whose removal is sought: for what records nothing in it."""
    return decide(opened.copied(tmp_path_factory.mktemp("decided")))


@pytest.fixture(scope="module")
def refused_once(decided, tmp_path_factory):
    """One whose author was talked to and refused."""
    desk = decided.copied(tmp_path_factory.mktemp("refused"))
    return desk.go(StepKind.ASKED, **TALK).go(StepKind.ANSWERED, **TALK, result="refused")


@pytest.fixture(scope="module")
def reported(refused_once, tmp_path_factory):
    """One that was reported to its platform then."""
    return refused_once.copied(tmp_path_factory.mktemp("reported")).go(StepKind.ASKED, rung="platform_report")


@pytest.fixture
def case(opened, tmp_path):
    """A case of one's own, just opened."""
    return opened.copied(tmp_path)


@pytest.fixture
def sought(decided, tmp_path):
    """A case of one's own, whose removal is sought."""
    return decided.copied(tmp_path)


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    as_often_as_one_likes(monkeypatch)
    monkeypatch.setattr(capture, "find_browser", lambda named: None)


# --------------------------------------------------------------------- it is opened, and what comes next


def test_a_case_is_opened_once_from_the_page_of_its_matter_and_that_leads_to_it(tmp_path):
    desk = AtCase(tmp_path)
    prove(desk.browser, desk.store, desk.session("head").person, desk.clock())
    page = desk.begin()
    assert "What do you want?" in words_of(page)
    assert "this page" not in page.text  # it has one place, which none of its pages names
    after = desk.browser.get(desk.own).text
    assert f'href="{desk.case}"' in after
    assert 'name="matter"' not in after
    form = {"form": form_of(desk.browser.get("/sign-out"))["form"], "matter": desk.own.rpartition("/")[2]}
    assert desk.browser.post("/case", data=form).headers["location"] == desk.own


def test_of_what_is_only_nice_to_read_no_case_is_offered(tmp_path):
    desk = AtCase(tmp_path, severity=Severity.NOTE, route=Route.THANK, abuse=(), raised=False)
    prove(desk.browser, desk.store, desk.session("head").person, desk.clock())
    assert "Open a case" not in words_of(desk.browser.get(desk.own))


def test_who_may_not_open_it_is_told_why_and_what_opens_the_way(tmp_path):
    it = {"severity": Severity.RESPOND, "route": Route.RESPOND, "abuse": (), "about": About.HEAD}
    it |= {"accuses": (Meant("office:head", 0.5, "person_said"),), "look": True, "content_class": "C1"}
    desk = AtCase(tmp_path, raised=False, **it)
    desk.sign_in("dsl", device="own")
    form = {"form": form_of(desk.browser.get("/sign-out"))["form"], "matter": desk.own.rpartition("/")[2]}
    answer = desk.browser.post("/case", data=form)
    assert answer.status_code == 409
    assert "the chair opens the case" in words_of(answer)


def first(page):
    """What the first form of a page does, and by which buttons."""
    return page.forms[0].act, [value for _, value, _ in page.forms[0].buttons]


def wanted(desk):
    """What may be chosen on the first page, by the end of its address, and what that says."""
    ends = {lead.to.removeprefix(f"{desk.case}/"): lead.said for lead in desk.whole().choices}
    return {to.removeprefix("what?decision="): said for to, said in ends.items()}


def test_the_first_page_asks_what_is_wanted_and_nothing_else(opened):
    page = opened.whole()
    assert (page.heading, page.forms, page.danger) == ("What do you want?", (), "")
    assert [*wanted(opened)] == ["seek", "report_only", "answer", "keep", "referred", "stop"]
    assert wanted(opened)["seek"] == "Have it removed: ask its author, or else the platform"
    assert {lead.to for lead in page.choices} <= {*leads(opened.page())}


def test_only_what_may_be_done_there_is_offered_to_each_reader(tmp_path):
    it_lead = Person("it", "Kim Ash", (Role.IT_LEAD,), "it@example.org", urns=(URN,))
    desk = AtCase(tmp_path / "1").open_it().name(it_lead)
    desk.who = "it"
    assert wanted(desk) == {
        "seek": "Report it to the platform", "keep": "Only keep the evidence",
        "referred": "Hand it on: to personnel (HR), pastoral care or others",
    }  # fmt: skip
    blog = AtCase(tmp_path / "2", post=replace(ON_FACEBOOK, channel="blog")).open_it().name(it_lead)
    blog.who = "it"  # where nothing can be reported a delegate decides nothing
    assert (wanted(blog), blog.page("/what?decision=seek").text.count('name="decision"')) == ({}, 0)
    said = AtCase(tmp_path / "3", post=replace(ON_FACEBOOK, channel="letter")).open_it()
    assert wanted(said)["seek"] == "Talk to its author"
    assert (
        wanted(AtCase(tmp_path / "4", content_class="C6").open_it())["seek"]
        == "Have it removed: ask the platform"
    )


@pytest.mark.parametrize("odd", [{"content_class": ContentClass.UNJUDGED}, {"subjects": ("vale",)}])
def test_what_nobody_judged_or_accuses_somebody_asks_first_what_it_is(opened, odd):
    seen = opened.seen()
    with opened.store.open_reader() as con:
        page = case_page(con, replace(seen, case=replace(seen.case, **odd)))
    assert (page.heading, page.choices, first(page)) == ("What is it?", (), ("what", ["record"]))


SEEKING = ["class", "relationship", "visible", "spread", "impact", "why"]


@pytest.mark.parametrize(
    ("decision", "asks", "beside"),
    [
        ("seek", SEEKING, ["target", "status", "lane", "contact_safe"]),
        ("report_only", ["class", "target", "relationship", "why"], ["status", "lane", "contact_safe"]),
        ("answer", ["class", "why"], ["lane"]),
        ("stop", ["class", "why"], ["lane"]),
    ],
)
def test_a_decision_asks_only_what_it_needs_and_is_not_asked_again(opened, tmp_path, decision, asks, beside):
    desk = opened.copied(tmp_path)
    page = desk.page(f"/what?decision={decision}")
    form = form_of(page)
    with desk.store.open_reader() as con:
        (shown,) = act_page(con, desk.seen(), "what", {"decision": decision}).forms
    assert [field.name for field in shown.fields] == asks
    assert [field.name for field in shown.more] == beside
    assert (form["decision"], 'type="radio" name="decision"' in page.text) == (decision, False)
    given = {name: said for name, said in WHAT.items() if name.partition("_")[0] in asks}
    given |= {"decision": decision, "settled": decision}
    again = desk.say("what", **given | {"class": "C99"})
    assert "Nothing was recorded." in words_of(again)
    assert (form_of(again)["settled"], "It is false.</textarea>" in again.text) == (decision, True)
    assert 'name="decision" value="seek" checked' not in again.text
    assert "Recorded." in words_of(desk.say("what", **given))
    assert (desk.step()[-1], Acts.case(desk).decision) == ("decided", decision)


def test_one_form_says_what_it_is_who_is_wronged_how_serious_it_is_and_the_decision(case):
    asked = case.beside("what")
    assert first(asked) == ("what", ["record"])
    assert {f.name: f.chosen for f in asked.forms[0].fields} == dict.fromkeys(
        ("class", "target", "status", "relationship", "visible", "spread", "impact", "why", "decision"), ""
    ) | {"class": "C7"}  # fmt: skip
    assert "Recorded." in words_of(case.fills_in())
    assert case.step()[1:] == ["classified", "target", "support", "author", "weighed", "decided"]
    weighed = Acts.case(case).weighed
    assert (weighed.nature, weighed.impact) == ("It is false.", "He dreads the gate.")
    page = case.page()
    assert ("Ask the author, in a conversation" in words_of(page), "Dear ………" in page.text) == (True, True)


def test_what_is_known_is_filled_in_and_only_what_is_new_is_recorded(decided, tmp_path):
    desk = decided.copied(tmp_path)
    known = {f.name: f.chosen for f in desk.beside("what").forms[0].fields}
    assert (known["relationship"], known["decision"], known["spread"]) == ("parent", "seek", WHAT["spread"])
    said = {n: given for n, given in known.items() if given} | {"relationship": "unknown"}
    assert "Recorded." in words_of(desk.say("what", **said))
    assert desk.step()[-2:] == ["decided", "author"]


def test_where_one_part_is_refused_nothing_of_the_form_is_recorded_and_it_stands_there_again(case):
    refused = case.fills_in(**{"class": "C0"})
    assert 'role="alert"' in refused.text
    assert "It is false.</textarea>" in refused.text
    assert "Something is missing" in words_of(case.fills_in(target=""))  # support, and for nobody
    assert case.step() == ["opened"]


def test_what_leaves_the_ladder_is_recorded_with_no_decision(case):
    case.fills_in(**{"class": "C10"})
    assert case.step()[:2] == ["opened", "classified"]
    assert "decided" not in case.step()


def test_only_who_may_decide_sees_a_decision_and_the_others_who_that_is(case):
    case.name(OFFICE)
    page = case.page("", "office")
    assert 'name="decision"' not in page.text
    assert "Jane Holt can decide" in words_of(page)
    case.fills_in("office")
    assert case.step()[-1] == "weighed"
    assert 'name="decision"' not in case.page("/decided", "office").text
    assert "/decided" not in case.page("/more", "office").text


def test_the_next_thing_stands_first_with_its_date_and_the_police_wait_for_a_reason(decided):
    page = decided.page()
    said = words_of(page)
    assert "Ask the author, in a conversation By" in said
    assert said.index("I have asked them") < said.index("Who else can be asked")
    asked = decided.page("/ask?rung=police&kind=")
    assert "Say who it is aimed at" in words_of(asked)


def test_what_a_pupil_may_have_written_says_why_pastoral_care_has_it_first(tmp_path):
    desk = decide(AtCase(tmp_path).open_it(), author="pupil")
    assert "The author may be a pupil, and neither" in words_of(desk.page()).split("Who else")[0]


def test_of_who_else_can_be_asked_only_the_next_who_is_barred_says_why(opened, decided, refused_once):
    assert [rung.name for rung in opened.whole().rungs] == ["The author"]  # the police lack the same
    shown = [(rung.name, rung.state, bool(rung.barred)) for rung in decided.whole().rungs]
    author, site, *police = shown
    assert (author, site) == (("The author", "you can ask now", False), ("The platform", "not yet", True))
    assert [name for name, *_ in police] == ["The police"]
    shown = [(rung.name, rung.state) for rung in refused_once.whole().rungs]
    assert shown[:2] == [("The author", "you can ask now"), ("The platform", "you can ask now")]


def test_after_a_refusal_it_is_not_said_that_nobody_was_asked(decided, refused_once):
    assert "nobody has been asked yet" in words_of(decided.page())
    page = words_of(refused_once.page())
    assert "still there, although somebody was asked" in page
    assert "nobody has been asked" not in page


def test_of_a_place_with_nothing_to_report_to_no_platform_is_spoken_of(tmp_path):
    blog = replace(ON_FACEBOOK, channel="blog", url="https://larch.blog.example.org/lie")
    of = ("C7", "unknown"), ("C7", "parent"), ("C2", "pupil"), ("C12", "unknown"), ("C6", "third_party")
    for class_, author in of:
        desk = AtCase(tmp_path / (class_ + author), post=blog, content_class=class_).open_it()
        pages = [desk.page()]
        desk.keep_evidence()
        pages += [desk.fills_in(relationship=author, settled="seek", **{"class": class_})]
        pages += [desk.page(f"/ask?rung={rung}&kind=") for rung in ("author_request", "posh", "host")]
        pages += [desk.page("/ask"), desk.page("/ask?rung=posh&kind=rhc")]
        assert not [page for page in pages if "platform" in words_of(page).lower()]


def test_the_number_of_the_police_is_asked_for_once_they_were_told_without_one(decided, tmp_path):
    desk, number = decided.copied(tmp_path), "/case/0001/referred?to=police"
    assert number not in leads(desk.page())
    desk.go(StepKind.REFERRED, to="police")
    assert number in leads(desk.page())
    desk.go(StepKind.REFERRED, to="police", reference="CR/118/26")
    assert number not in leads(desk.page())


def test_what_bars_a_rung_is_said_with_its_remedy_as_a_button(decided):
    before = decided.step()
    refused = decided.say("asked", rung="platform_report", kind="")
    assert 'role="alert"' in refused.text
    assert "/case/0001/ask?rung=author_request&kind=conversation" in leads(refused)
    refused = decided.say("asked", rung="police", why="He is called a thief to get him beaten.")
    assert "/case/0001/target" in leads(refused)
    assert decided.step() == before


def test_while_the_author_has_time_the_platform_is_next_within_the_schools_own(sought):
    page = sought.say("asked", **TALK)
    decided = next(step.done_at for step in sought.steps() if step.kind is StepKind.DECIDED)
    assert f"Ask the platform By Wednesday {decided:%H:%M}: the school’s own target" in words_of(page)
    assert "/case/0001/answered?rung=author_request&kind=conversation" in leads(page)
    page = sought.say("answered", **TALK, result="refused")
    assert "Ask the platform" in words_of(page)
    assert "/case/0001/ask?rung=author_request&kind=removal" in leads(page)
    assert "/case/0001/ask?rung=author_request&kind=conversation" not in leads(page)
    page = sought.say("asked", rung="platform_report", kind="")
    assert "Waiting for the platform By" in words_of(page)
    assert first(sought.whole()) == ("answered", ["refused", "removed"])


def test_what_spreads_is_reported_beside_the_talk_and_evidence_is_asked_for_there_too(case):
    case.fills_in(target="", status="", spread="Many people have shared it.")
    page = case.page()
    assert "Ask the author, in a conversation" in words_of(page)
    assert "/case/0001/keep" in leads(page)
    case.keep_evidence()
    assert "/case/0001/ask?rung=platform_report&kind=" in leads(case.page())


def test_when_they_talked_and_when_the_poster_was_told_are_asked_of_one_way_alone(decided):
    def asked(rung, kind):
        found = step_question(StepKind.ANSWERED, {"rung": rung, "kind": kind}, decided.seen())
        return {field.name for field in found.fields} & {"talked_at", "poster_told_at"}

    assert asked("author_request", "conversation") == {"talked_at"}
    assert asked("host", "s5") == {"poster_told_at"}
    assert asked("host", "host") == asked("platform_report", "") == set()


def test_each_question_is_answered_by_what_it_offers(opened):
    at = opened.seen()
    typed = {"line": "4", "words": "It is so.", "when": "2026-11-17T08:00", "ready": "It is so."}
    for kind in ASKED_HERE:
        asked = step_question(kind, {}, at)
        fields = [f for f in (*asked.fields, *asked.more) if f.how != "file"]
        assert not [w for f in fields for _, w in f.options if "_" in w or w in ("s5", "rhc")], kind
        said = {f.name: f.options[0][0] if f.options else typed[f.how] for f in fields}
        said |= {name: value for name, value, _ in asked.buttons[:1] if name != "do"} | dict(asked.hidden)
        assert (
            event_from_form(kind, said | {"url": "https://example.org/4", "why": "x" * 60}, at).kind is kind
        )


def test_what_is_missing_or_does_not_fit_is_asked_again_and_nothing_is_recorded(opened):
    opened_at = opened.step()
    short = opened.say("classified", **{"class": "C7"}, why=" ")
    assert "Something is missing" in words_of(short)
    odd = opened.say("classified", **{"class": "C7"}, lane="safeguarding", why="It is false.")
    assert "a value does not fit: “Why it bypasses the usual steps”." in words_of(odd)
    both = {"person": "vale", "subjects-nobody": "yes", "subjects-deputy": "yes"}
    refused = opened.say("target", **both)  # it does not accuse nobody and somebody
    assert "Something is missing" in words_of(refused)
    assert refused.text.count(" checked") >= 2
    assert opened.step() == opened_at == ["opened"]


def test_whom_it_is_aimed_at_is_asked_with_whom_it_accuses_and_why_where_somebody_may_be_accused(tmp_path):
    desk = AtCase(tmp_path, accuses=(Meant("person:vale", 0.9, "x"),)).open_it()
    desk.say("what", **{"class": "C11"}, why="It gives his address.")
    assert "or of being unsafe with children Nobody" in words_of(desk.page("/target"))
    missing = desk.say("target", person="vale", why="It gives his address.")
    assert "Something is missing" in words_of(missing)
    said = desk.say("target", person="vale", why="It gives his address.", **{"subjects-nobody": "yes"})
    assert "Recorded." in words_of(said)


def test_the_first_question_offers_the_one_whom_it_may_accuse_to_who_lets_them_in_alone(tmp_path):
    one = AtCase(tmp_path / "one", accuses=(Meant("person:vale", 0.9, "x"),)).open_it()
    assert 'name="target" value="vale"' in one.page().text
    two = (Meant("person:vale", 0.9, "x"), Meant("person:ash", 0.9, "x"))
    assert 'name="target"' not in AtCase(tmp_path / "two", accuses=two).open_it().page().text


def test_fair_comment_is_offered_an_answer_and_no_removal_until_a_reason_is_written(tmp_path):
    fair = {"content_class": "C0", "route": Route.RESPOND, "severity": Severity.RESPOND, "abuse": ()}
    desk = AtCase(tmp_path, **fair).open_it()
    page = desk.page()
    assert "Record that the concern was answered" in words_of(page)
    assert not [to for to in leads(page) if "rung=" in to]
    assert "At least 40 characters" in words_of(desk.page("/classified")), "before anything is typed"
    assert "needs two checks" not in words_of(desk.page("/closed"))
    assert "at least 40 characters" in words_of(desk.say("classified", **{"class": "C7"}, why="False."))
    why = "It says that he steals money, which is a matter of fact, and it is false."
    desk.say("classified", **{"class": "C7"}, why=why)
    assert {"reclassified", "proposed"} & {*desk.step()}


def test_a_form_whose_class_waits_for_a_second_person_records_that_and_no_decision(tmp_path):
    fair = {"content_class": "C0", "route": Route.RESPOND, "severity": Severity.RESPOND, "abuse": ()}
    desk, why = AtCase(tmp_path, **fair).open_it(), "It says that he steals money, which is a matter of fact."
    of = Proposed(from_class=ContentClass("C0"), content_class=ContentClass("C7"), meant=("head",))
    events = [Event(said, "deputy", why) for said in (of, Decided(decision=Decision.SEEK))]
    came = take_steps(desk.session("deputy"), desk.case.rpartition("/")[2], events, desk.clock())
    assert (isinstance(came, Done), desk.step()) == (True, ["opened", "proposed"])


def test_below_it_stands_the_next_step_of_the_playbook_that_fits(case):
    assert not any("An account that mocks staff" in line for line in case.whole().lines)
    said = words_of(case.say("classified", **{"class": "C12"}, why="It mocks a teacher."))
    assert "An account that mocks staff: Nobody replies to it, follows it or joins in." in said


@pytest.mark.parametrize(("post", "given", "said", "unsaid"), [
    ({}, {}, ["It hurts the member of staff it is about, who wants it gone."], ["families"]),
    ({}, {"about": About.OTHER}, ["It hurts the person it is about, who wants it gone."], ["families"]),
    ({}, {"about": About.SCHOOL, "content_class": "C12"}, ["It may mislead"], ["wants it"]),
    ({"published": NOW - timedelta(hours=3)}, {}, ["Less than a day."], ["Some days"]),
    ({"published": NOW - timedelta(days=3)}, {}, ["Some days, to anybody."], ["Less than a day."]),
])  # fmt: skip
def test_a_sentence_is_ready_only_where_it_fits_what_is_known(tmp_path, post, given, said, unsaid):
    desk = AtCase(tmp_path, **({"post": replace(ON_FACEBOOK, **post)} | given)).open_it()
    page = words_of(desk.page("/weighed"))
    assert all(one in page for one in said), page
    assert not any(one in page for one in unsaid)


def test_platform_and_author_read_the_words_and_what_the_school_says_is_wrong_with_them(tmp_path):
    desk = AtCase(tmp_path).open_it()
    desk.keep_evidence()
    true = "It says that the teacher takes money. Two people count it each day, and none is missing."
    hurts = "It hurts the member of staff it is about, who wants it gone."
    desk.fills_in(why=true, impact=hurts, impact_own="")
    page = words_of(desk.page("/ask?letter=parent_invitation"))
    assert true in desk.say("ask", do="draft", letter="parent_invitation", fact_to="Ms Example",
                            fact_meeting="Thursday at 15:30").text  # fmt: skip
    desk.go(StepKind.ASKED, **TALK).go(StepKind.ANSWERED, **TALK, result="refused")
    page = words_of(desk.page("/ask?letter=platform_report"))
    assert (ON_FACEBOOK.text in page, f"{true} {hurts}" in page) == (True, True)
    assert "Say who" not in page


def test_of_a_long_post_the_letter_quotes_the_sentence_that_weighed_most_when_it_was_judged(tmp_path):
    theirs, around = "Mr Vale takes the dinner money home.", "The queue was long and the tea was cold. " * 20
    post, begins = replace(ON_FACEBOOK, text=f"{around}{theirs} {around}"), len(around)
    desk = AtCase(tmp_path, post=post, weighed_most=(begins + 8, begins + 20)).open_it()
    decide(desk).go(StepKind.ASKED, **TALK).go(StepKind.ANSWERED, **TALK, result="refused")
    assert f"… {theirs} …" in words_of(desk.page("/ask?letter=platform_report"))


@pytest.mark.parametrize(("url", "site", "asks", "late"), [
    (ON_FACEBOOK.url, {"rung": "platform_report"}, "Ask the platform", "48 hours for the platform"),
    ("https://gripes.example.org/lie", HOST, "Ask the website’s host", "asking them again"),
])  # fmt: skip
def test_after_refusals_the_next_is_proposed_and_what_is_late_is_said(tmp_path, url, site, asks, late):
    channel = "facebook" if url == ON_FACEBOOK.url else "website"
    desk = decide(AtCase(tmp_path, post=replace(ON_FACEBOOK, url=url, channel=channel)).open_it())
    desk.go(StepKind.ASKED, **TALK).go(StepKind.ANSWERED, **TALK, result="refused")
    assert (desk.whole().heading, "nobody" in desk.whole().state) == (asks, False)
    desk.go(StepKind.ASKED, **site)
    desk.clock.at += timedelta(days=4)
    page = desk.whole()
    assert "Late since Thursday 09:0" in page.by
    assert late in page.by
    desk.go(StepKind.ANSWERED, **site, result="refused")
    page = desk.whole()
    assert page.heading == "Ask the Professionals Online Safety Helpline"
    assert "still there, although somebody was asked" in page.state
    assert page.by.startswith("Late since Wednesday 09:01: the school’s own target")


@pytest.mark.parametrize(("code", "asks", "then"), [
    ("C6", "Record that they were asked for consent", "Ask the police"),
    ("C3", "Record that they were asked for consent", "Ask the police"),
    ("C2", "Ask the platform", "Ask the platform"), ("C11", "Ask the platform", "Ask the platform"),
    ("C12", "Ask the platform", "Ask the platform"),
])  # fmt: skip
def test_the_police_are_proposed_of_what_may_be_a_crime_and_never_for_consent_alone(
    tmp_path, code, asks, then
):
    desk = decide(AtCase(tmp_path, content_class=code, about=About.STAFF).open_it(), code, "unknown")
    desk.go(StepKind.TARGET, person="vale")
    assert desk.whole().heading == asks
    desk.go(StepKind.CONSENT_ASKED, person="vale", how="phone")
    desk.go(StepKind.CONSENT_GIVEN, person="vale", informed="letter")
    owed = desk.whole().heading
    assert (owed == "Draft the letter") is (then == "Ask the police"), owed
    desk.draft(LetterKind.RECORDED_FOR_YOU, "head")
    assert desk.whole().heading == then


def test_who_agreed_is_asked_for_once_nobody_else_is_left(tmp_path):
    desk = decide(AtCase(tmp_path, content_class="C11", about=About.STAFF).open_it(), "C11", "unknown")
    desk.go(StepKind.TARGET, person="vale").go(StepKind.CONSENT_ASKED, person="vale", how="phone")
    desk.go(StepKind.CONSENT_GIVEN, person="vale", informed="letter")
    desk.draft(LetterKind.RECORDED_FOR_YOU, "head")
    proposed = []
    while (page := desk.whole()).heading.startswith("Ask ") and len(proposed) < 9:
        proposed.append(page.heading)
        (form,) = [form for form in page.forms if form.act == "asked"] or page.forms[:1]
        way = {name: said for name, said in form.hidden if name in ("rung", "kind")}
        desk.go(StepKind.ASKED, **way)
        desk.go(StepKind.ANSWERED, **way, result="refused")
    assert (proposed[0], proposed[-1], proposed.count("Ask the police")) == (
        "Ask the platform",
        "Ask the police",
        1,
    )


def test_a_rung_that_is_not_offered_is_asked_with_a_reason(reported, tmp_path):
    desk = reported.copied(tmp_path).go(StepKind.ANSWERED, rung="platform_report", result="refused")
    to = next(to for to in leads(desk.page()) if to.endswith("ask?rung=host&kind=host"))
    page = desk.page(to.removeprefix(desk.case))
    assert ("the website’s host" in words_of(page), 'name="why"' in page.text) == (True, True)
    desk.say("asked", rung="host", kind="host", why="Our solicitor wrote to their registered office.")
    assert desk.step().count("asked") == 3


def test_where_the_first_place_is_gone_the_act_for_what_still_stands_is_next(sought):
    sought.go(StepKind.ASKED, **TALK).go(StepKind.ANSWERED, **TALK, result="removed")
    assert sought.whole().heading == "Check whether it is gone"
    sought.go(StepKind.COPY_FOUND, url="https://mirror.example.org/lie", what="mirror")
    page = sought.page()
    assert "0001-2, mirror.example.org: Find out who hosts it" in words_of(page)
    assert "/case/0001-2" in leads(page)
    assert "the school’s own target" in words_of(page)


# ------------------------------------------------------------------ letters, looks, exhibits, forms too late


LETTER = "Dear Mr Larch, please call me about what you wrote on Tuesday."


def test_a_letter_stands_open_with_blanks_is_shown_again_saved_and_recorded_as_sent(sought):
    page = words_of(sought.page())  # what is missing is asked before the letter
    assert page.index("still needs 2 things") < page.index("Who is it to?") < page.index("Dear")
    facts = {"fact_to": "Ms Example", "fact_meeting": "Thursday at 15:30"}
    facts |= {"letter": "parent_invitation", "rung": "author_request", "kind": "conversation"}
    page = sought.say("ask", do="draft", **facts)
    assert "Dear Ms Example" in page.text
    again = sought.page(
        "/ask?rung=author_request&kind=conversation"
    )  # what was typed is there, to be changed
    assert "Dear Ms Example" in again.text
    assert 'value="Thursday at 15:30"' in again.text
    assert "letter" not in sought.step()
    saved = sought.say("ask", do="eml", **facts)
    assert saved.headers["content-disposition"].endswith('parent_invitation.eml"')
    pdf = sought.say("ask", do="pdf", **facts, version="0")
    assert pdf.body.startswith(b"%PDF")
    assert sought.step().count("letter") == 1
    assert "Recorded." in words_of(sought.say("ask", do="sent", **facts))
    assert sought.step()[-2:] == ["letter", "asked"]
    assert (sought.steps()[-1].said.way, sought.steps()[-1].said.kept) == ("conversation", None)


PLATFORM = {"letter": "platform_report", "rung": "platform_report", "kind": "", "do": "sent"}


@pytest.mark.parametrize("changed", ["", "Dear all,\r\nplease."])
def test_what_was_sent_is_kept_as_an_exhibit_as_drafted_or_as_it_was_changed(refused_once, tmp_path, changed):
    desk = refused_once.copied(tmp_path)
    assert "He dreads the gate." in desk.page().text  # what was weighed says why
    desk.say("ask", **PLATFORM, sent=changed)
    ((how, size),) = rows_of(desk.store, "SELECT how, size_bytes FROM evidence WHERE name = 'letter.txt'")
    assert (how, desk.steps()[-1].said.kept) == ("what was sent", "as_sent" if changed else "as_drafted")
    assert (size == len("Dear all,\nplease.\n")) is bool(changed)
    ((sha,),) = rows_of(desk.store, "SELECT sha256 FROM evidence WHERE name = 'letter.txt'")
    assert b"DRAFT" not in Vault(desk.store.evidence).get(sha)


def test_a_copyright_notice_that_was_sent_is_recorded_as_one_where_the_post_is(tmp_path):
    taken = {"about": About.SCHOOL, "content_class": "C8", "abuse": ()}
    blog = replace(ON_FACEBOOK, channel="blog")
    desk = decide(AtCase(tmp_path, post=blog, **taken).open_it(), "C8", "unknown")
    facts = {"owner": "school", **OF_OWNER, "address": "1 Larch Road, Northvale"}
    seen = desk.seen()
    given = {"letter": "copyright_notice", **{f"fact_{name}": said for name, said in facts.items()}}
    for channel, rung in (("facebook", "platform_report"), ("blog", "host")):
        with desk.store.open_reader() as con:
            page = rung_page(
                con, replace(seen, case=replace(seen.case, channel=channel)), given, frame_page(seen)
            )
        assert "512(c)(3)" in page.letter
        assert ("rung", rung) in page.forms[0].hidden
    desk.say("ask", do="sent", rung="host", kind="copyright", channel="Host Inc", **given)
    asked = [step.stored_facts for step in desk.steps(kind=StepKind.ASKED)]
    assert [(step["rung"], step["kind"]) for step in asked] == [("host", "copyright")]


def test_a_letter_that_asks_nobody_or_in_no_way_is_not_recorded_as_sent_nor_lost(decided):
    asks = {letter for rung in Rung for letter in rung.spec.letters}
    asks_nobody = next(kind.value for kind in LetterKind if kind.value not in asks)
    before = decided.step()
    for given in (
        {"letter": asks_nobody},
        {"letter": "parent_invitation", "rung": "author_request", "kind": "?"},
        {"letter": "parent_invitation", "version": "0"},
        {"letter": "of love"},
    ):
        page = decided.say("ask", **({"do": "sent", "sent": LETTER} | given))
        assert LETTER in words_of(page)
        told = "since you opened this page" if "version" in given else "Something is missing"
        assert told in words_of(page), given
    assert decided.step() == before


def test_where_somebody_was_quicker_no_button_records_a_step_and_what_was_typed_stands_there(opened):
    for do in ("record", "pdf"):
        answer = opened.say("classified", do=do, version="0", **{"class": "C7"}, why="Quite false.")
        assert "since you opened this page" in words_of(answer)
        assert "Quite false." in answer.text
    assert opened.step() == ["opened"]


def test_a_look_is_recorded_with_how_it_was_taken_and_gone_for_whoever_was_signed_in_shows_nothing(sought):
    page = sought.page("/gone")
    assert "I was signed in when I looked" in words_of(page)
    assert "<bdi>The post, Facebook" not in page.text
    for lacks in ({"result": "gone", "why": ""}, {"result": "?", "why": "In the app"}):
        assert "Something is missing" in words_of(sought.say("gone", do="saw", **lacks))
    gone = {"do": "saw", "result": "gone", "why": "In a private window"}
    assert "In a private window" in words_of(sought.say("gone", **gone, **{"signed_in-yes": "yes"}))
    said = sought.steps()[-1].said
    assert (said.result, said.signed_in) == (Check.CANNOT_TELL, True)
    sought.say("gone", **gone)
    assert sought.steps()[-1].said.result is Check.GONE


def test_exhibits_are_made_of_what_is_as_it_was_kept_and_that_is_recorded(sought):
    assert "Something is missing" in words_of(sought.say("pack", to="nobody"))
    assert 'name="chronology"' not in sought.page("/pack").text  # nobody has written one
    answer = sought.say("pack", to="solicitor")
    assert "verify.py" in " ".join(zipfile.ZipFile(io.BytesIO(answer.body)).namelist())
    assert sought.audited("pack_made") == [("pack_made", "head", "0001")]
    assert "everything kept is unchanged" in words_of(sought.page("/keep"))
    for file in (sought.store.evidence).rglob("*"):
        if file.is_file() and file.stat().st_size:
            file.chmod(0o600)
            file.write_bytes(b"something else")
    assert "things have changed since they were kept" in words_of(sought.page("/keep"))
    assert "things have changed since they were kept" in words_of(sought.say("pack", to="solicitor"))
    assert len(sought.audited("pack_made")) == 1


# ------------------------------------------------------- restricted: by a check, a tap on record, in no mail


@pytest.fixture
def restricted(tmp_path):
    return AtCase(tmp_path, told=("dsl",), **CHILD).open_it("dsl")


def test_a_restricted_case_wants_a_check_and_a_tap_that_is_recorded(restricted):
    page = restricted.page()
    assert "They never" not in page.text
    assert CHILDREN not in page.text
    assert not restricted.audited("restricted_read")
    assert CHILDREN in restricted.say("", do="read").text
    assert restricted.audited("restricted_read") == [("restricted_read", "dsl", "s-one")]
    restricted.wait(minutes=9)
    assert restricted.page().headers["location"] == "/check?to=/case/0001"


@pytest.mark.parametrize("minutes", [11, 31 * 24 * 60])
def test_what_was_typed_in_a_restricted_case_is_shown_where_the_check_or_the_session_ran_out(
    restricted, minutes
):
    case, browser = restricted.case, restricted.browser
    shown = form_of(browser.get(case))
    restricted.wait(minutes=minutes)
    given = {"form": shown["form"], "version": "1", "letter": "parent_invitation", "do": "sent"}
    page = browser.post(f"{case}/ask", data={**given, "sent": LETTER})
    assert (page.status_code, LETTER in words_of(page)) == (403, True)
    to = f"/check?to={case}" if minutes == 11 else f"/sign-in?to={case}/ask"
    assert f'href="{to}"' in page.text
    assert browser.post(f"{case}/ask", data=given).headers["location"] == to


def test_a_restricted_matter_gets_a_case_from_its_page_after_a_check(tmp_path):
    desk = AtCase(tmp_path, told=("dsl",), **CHILD)
    person, own = desk.session("dsl").person, desk.own
    prove(desk.browser, desk.store, person, desk.clock())
    form = {"form": form_of(desk.browser.get(own))["form"], "matter": own.rpartition("/")[2]}
    desk.wait(minutes=11)
    assert desk.browser.post("/case", data=form).headers["location"] == f"/check?to={own}"
    assert not desk.audited("case_opened", "case_step")
    prove(desk.browser, desk.store, person, desk.clock())
    form["form"] = form_of(desk.browser.get(own))["form"]
    assert desk.browser.post("/case", data=form).headers["location"].startswith("/case/")


# ---------------------------------------------- for whom there is nothing, or no more than how far it is


def test_whoever_is_accused_or_has_a_conflict_of_interest_finds_nothing_from_then_on(case):
    assert case.page("", "deputy").status_code == 200
    assert 'type="checkbox" name="person-deputy"' in case.page("/accused").text
    case.say("accused", **{"person-deputy": "yes", "person-vale": "yes"})
    (said,) = rows_of(case.store, "SELECT detail FROM case_steps WHERE step = 'accused'")[0]
    assert '"deputy,vale"' in said
    number, case.case = case.case, "/case/9999"
    nothing, case.case = case.page("", "deputy"), number
    for path in ("", "/ask", "/what", "/classified", "/pack"):
        answer = case.page(path, "deputy")
        assert (answer.status_code, answer.text) == (404, nothing.text)
    case.go(StepKind.CONFLICTED, person="dsl", why="Her husband wrote it.")
    assert case.seen("dsl") is None


def test_the_data_protection_officer_sees_how_far_it_is_and_no_more(sought):
    sought.name(DPO)
    page = sought.page("", "ingram")
    said = words_of(page)
    assert "Here you can see how far it has got." in said
    assert "removal" in said.lower()
    for hidden in (CHILDREN, "Jane Holt", "gate-dad", "It is false", "Sam Vale", "What is it?"):
        assert hidden not in said
    nothing = sought.page("/nothing", "ingram").text
    for act in (*PAGES_BESIDE, "classified", "asked"):
        answer = sought.page(f"/{act}", "ingram")
        assert (answer.status_code, answer.text) == (404, nothing), act


def test_who_may_know_how_far_it_is_records_nothing_but_that_999_was_rung(sought):
    sought.name(DPO)
    before = sought.step()
    said = {"letter": "parent_invitation", "to": "police", "why": "Because I say so."}
    acts = [(act, "record") for act in ("", *PAGES_BESIDE, "classified", "decided", "accused", "closed")]
    for act, do in (*acts, ("", "read"), ("ask", "draft"), ("keep", "capture")):
        asking = sought.asking(f"/{act}", "ingram", said | {"do": do, "version": str(len(before))})
        page = answer_or_end(sought.context.config, partial(take_case_form, asking))
        assert CHILDREN not in read(page).text
    assert sought.step() == before
    assert not sought.audited("restricted_read", "pack_made")
    page = sought.say("rang", "ingram", why="A man is at the gate.")
    assert ("Recorded." in words_of(page), CHILDREN in page.text) == (True, False)
    last = sought.steps()[-1]
    assert (last.actor, last.said.rung, last.said.imminent) == ("ingram", Rung.POLICE, True)
    sought.name(STRANGER)  # nor does whoever works on it, or may not know of it, record that there
    assert [sought.say("rang", who).status_code for who in ("head", "stranger")] == [404, 404]
    assert sought.steps()[-1] == last


def test_whom_it_is_aimed_at_sees_how_far_it_is_and_the_page_of_their_own(sought):
    sought.name(VALE).go(StepKind.TARGET, person="vale")
    page = sought.page("", "vale")
    assert "Here you can see how far it has got." in words_of(page)
    assert CHILDREN not in page.text
    assert f'href="{sought.own}"' in page.text
    prove(sought.browser, sought.store, VALE, sought.clock())
    assert f'href="{sought.case}"' in sought.browser.get(sought.own).text


def test_somebody_whom_only_the_case_says_it_is_aimed_at_answers_on_their_own_page(tmp_path):
    desk = AtCase(tmp_path, **(DANGER | {"about": About.STAFF})).name(VALE)
    desk.begin_by_act("vale")
    assert desk.whole().danger  # as of every threat that is not over
    with MatterPage.of(desk) as behind:
        page = behind.page("vale")
        assert 'name="police"' in page.text
        assert CHILDREN not in page.text
        behind.press("own_word", "vale", police="given")
        assert behind.steps()[-1][:2] == (StepKind.CONSENT_GIVEN, "vale")


def test_after_the_hour_that_a_threat_names_its_page_asks_first_whether_anything_happened(tmp_path):
    post = a_mention("post", channel="facebook", text="I wait for Mr Vale at your gate tomorrow at 15:30.")
    desk = AtCase(tmp_path, **(DANGER | {"about": About.STAFF, "post": post})).open_it()
    assert "Did anything happen?" not in desk.whole().heading
    desk.clock.at += timedelta(days=2)
    assert "Did anything happen?" in desk.whole().heading
    assert "noted" in desk.go(StepKind.NOTED, why="Nobody came.").step()
    assert "Did anything happen?" not in desk.whole().heading


# ---------------------------------------------- beside a case: “look now”, “keep it now”, and who hosts it


def test_beside_a_case_the_program_keeps_and_looks_at_its_page_and_finds_who_hosts_it(tmp_path, monkeypatch):
    served = routes()
    with serve(served) as site:
        post = a_mention("post", channel="forum", url=f"{site}/t/1#p2", text=TEXT, author=AUTHOR, title="")
        monkeypatch.setattr(wiring, "fetcher", lambda config: nullcontext(fetcher_for(site)))
        desk = AtCase(tmp_path, post=post).open_it()
        found = Hosted(host="forum.example.org", registrar="Larch Names")
        monkeypatch.setattr(hosting, "look_up_host", lambda *given: found)
        desk.fills_in()
        assert desk.step()[-2:] == ["evidence", "hosted"]  # by themselves
        assert "Larch Names" in desk.page("/host").text
        assert "Recorded." in words_of(desk.say("host", do="host"))
        assert "kept by Jane Holt" in words_of(desk.page("/keep"))
        assert 'role="alert"' in desk.say("keep", do="pictures").text
        assert "pictures_allowed" not in desk.step()
        page = desk.say("keep", do="pictures", why="The picture is the libel.")
        assert "Recorded." in words_of(page)
        assert "pictures_allowed" in desk.step()
        said = words_of(desk.say("gone", do="look"))
        assert said.index(": still there.") < said.index("Next: ")
        assert desk.steps()[-1].said.result is Check.PRESENT
        served["/t/1"] = Answer(404, b"", {})
        desk.say("gone", do="look")
        assert desk.steps()[-1].said.result is Check.GONE
        page = desk.say("keep", do="capture")
    assert 'role="alert"' in page.text
    assert "Recorded." not in words_of(page)


def test_what_fails_by_itself_is_said_and_breaks_no_act_and_what_is_left_alone_is_not_kept(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(wiring, "fetcher", lambda config: 1 / 0)
    post = a_mention("post", channel="forum", url="https://forum.example.org/t/1", text=TEXT, title="")
    desk = AtCase(tmp_path / "one", post=post).open_it()
    kept = desk.copied(tmp_path / "two")
    assert "Recorded. The page could not be kept automatically." in words_of(desk.fills_in())
    assert "decided" in desk.step()
    assert "by itself" not in words_of(kept.fills_in(decision="stop"))


def test_before_anybody_can_be_asked_the_page_says_why_and_what_opens_the_way(case):
    assert case.case in leads(case.page("/ask"))
    case.fills_in(**{"class": "C5"})
    page = case.page("/ask")
    assert "We hold no evidence." in words_of(page)
    assert "/case/0001/keep" in leads(page)


def test_once_the_police_were_told_the_date_and_the_heading_are_of_those_who_are_waited_for(
    reported, tmp_path
):
    desk = reported.copied(tmp_path)
    desk.go(StepKind.ASKED, rung="police", imminent="yes", why="He named a time.")
    while to_warn := desk.seen().case.to_warn:
        desk.go(StepKind.WARNED, who=to_warn[0].value)
    page = desk.whole()
    assert page.heading == "Waiting for the platform and the police"
    assert page.by.endswith("48 hours for the platform")


def handed_in(desk):
    """What is known of each thing that was handed in, by its manifest."""
    names = rows_of(desk.store, "SELECT sha256 FROM evidence WHERE name = 'manifest.json'")
    return [json.loads(Vault(desk.store.evidence).get(sha256)) for (sha256,) in names]


def brings(desk, *files, do="picture", **said):
    return desk.say("keep", files=files, names=("a.png",) * len(files), do=do, **said)


def test_files_that_somebody_brings_are_one_exhibit_with_what_is_known_of_the_post(case):
    shown = form_of(case.browser.get(f"{case.case}/keep"))
    known = {"seen_by": "A parent", "seen_at": "2026-11-16"}
    form = {name: shown[name] for name in ("form", "version")} | {"do": "picture", "shows": "no"} | known
    files = [("file", ("a.png", PNG)), ("file", ("a.png", b"%PDF-1.7"))]
    page = case.browser.post(f"{case.case}/keep", data=form, files=files)
    assert "Recorded." in words_of(page)
    page = words_of(case.page("/keep"))
    assert "kept by Jane Holt" in page
    assert "everything kept is unchanged" in page
    (told,) = handed_in(case)
    assert {"supplied-1.png", "supplied-2.pdf"} <= {file["name"] for file in told["files"]}
    assert "A parent" in str(told["handed_in"]["seen_by"])


def test_no_file_is_kept_that_may_not_be_or_of_which_that_is_not_said(opened):
    given = [((PNG,), said) for said in ({}, {"shows": "yes"}, {"shows": "not_sure"})]
    for files, said in (*given, ((b"MZ",), {"shows": "no"})):
        assert 'role="alert"' in brings(opened, *files, **said).text, (files, said)
    assert opened.step() == ["opened"]


def test_a_file_within_another_is_asked_about_by_its_name(case):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("Ann.png", b"")
    assert "Ann.png" in brings(case, held.getvalue(), shows="no").text
    assert "Nothing was kept." in words_of(brings(case, held.getvalue(), shows="no", inside="not_sure"))
    assert case.step() == ["opened"]
    assert "Recorded." in words_of(brings(case, held.getvalue(), shows="no", inside="no"))


def test_a_file_within_what_came_by_mail_is_asked_about(case, monkeypatch):
    came = WITHIN.replace(b"report", b"gate")
    monkeypatch.setattr("monitor.desk.case.reading.enclosures_of", lambda *given: True)
    monkeypatch.setattr(keeping, "case_enclosures", lambda *given: None)
    monkeypatch.setattr(keeping, "fetch_enclosures", lambda *given: (came,))
    page = brings(case, do="attachment", shows="no")
    assert page.text.count('name="inside"') == 3
    assert case.step() == ["opened"]
    assert "Recorded." in words_of(brings(case, do="attachment", shows="no", inside="no"))


def test_where_the_matter_is_about_a_child_files_are_kept_that_show_words_alone(tmp_path):
    desk = AtCase(tmp_path, about=About.PUPIL).open_it()
    desk.go(StepKind.CLASSIFIED, class_="C7", why="It is false.")
    assert "Do the files show only words?" in words_of(desk.page("/keep"))
    assert "Nothing was kept." in words_of(brings(desk, PNG, shows="no"))
    assert "evidence" not in desk.step()
    assert "Recorded." in words_of(brings(desk, PNG, shows="no", words_alone="yes"))


# ------------------------------------------------------ what came back of a report, with the letter as a file


MAIL = b"From: reports@forum.example\r\nSubject: Your report\r\nMIME-Version: 1.0\r\n\r\nWe have looked.\r\n"
WITHIN = MAIL.replace(b"MIME-", b"Content-Type: image/png; name=Ann.png\r\nMIME-")


def answers(desk, mail=MAIL, **said):
    given = {"rung": "platform_report", "kind": "", "result": "refused"} | said
    return desk.say("answered", files=(mail,), names=("a b.eml",), **given)


def test_a_letter_that_came_back_is_kept_byte_for_byte_once_it_is_said_that_it_shows_no_child(
    reported, tmp_path
):
    for mail, also in ((MAIL, {}), (WITHIN, {"inside": "no"})):
        desk = reported.copied(tmp_path / str(len(also)))
        if not also:
            assert "Nothing was recorded." in words_of(answers(desk, mail, shows="not_sure"))
        else:
            assert "Ann.png" in answers(desk, mail, shows="no").text
            assert "Nothing was recorded." in words_of(answers(desk, mail, shows="no", inside="yes"))
        assert desk.step()[-1] == "asked"
        assert "Recorded." in words_of(answers(desk, mail, shows="no", **also))
        kept = desk.steps()[-1].stored_facts
        assert (kept["kept"], int(kept["files"]) >= 2) == ("as_came", True)
        assert mail in [f.read_bytes() for f in desk.store.evidence.rglob("*") if f.is_file()]


# ------------------------------------- of several places: each page says of which it is, and what is whose


URL = "https://mirror.example.org/7"
MIRROR = f"A mirror, website, {URL}"


@pytest.fixture(scope="module")
def at_places(decided, tmp_path_factory):
    """A case with a mirror, at which somebody who looked found it gone."""
    desk = decided.copied(tmp_path_factory.mktemp("places"))
    assert "Nothing was recorded" in words_of(desk.say("copy_found", url="example.org/7", what="mirror"))
    assert "Recorded." in words_of(desk.say("copy_found", url=URL, what="mirror"))
    desk.clock.at += timedelta(minutes=1)
    desk.look(Check.GONE, "head", "0001-2")
    return desk


def test_a_page_at_a_place_says_what_and_where_that_is_and_leads_to_the_others(at_places):
    for path in ("", "/gone", "/classified"):
        page = at_places.page(f"-2{path}")
        assert f'<p class="meta"><bdi>{MIRROR}</bdi></p>' in page.text
        if not path:
            assert "0001-2, this page" in words_of(page)
            assert '<dt><a href="/case/0001">0001</a></dt>' in page.text
            assert 'href="/case/0001-2">0001-2' not in page.text


def test_how_each_place_stands_what_is_due_there_and_what_was_done_there_is_said_with_its_number(at_places):
    page = at_places.page()
    assert '<p class="meta"><bdi>The post, Facebook' in page.text
    assert f"<bdi>{MIRROR}</bdi><br>Found gone" in page.text
    assert "the next check whether it is gone (0001-2, " in words_of(page)
    assert "0001-2, mirror.example.org." in words_of(page).rpartition("It was looked at again.")[2]
    kept = words_of(at_places.page("/keep")).partition("kept by Jane Holt.")[2]
    assert "0001, facebook.example.org." in kept
    assert "to see whether it is gone (0001-2, " in words_of(at_places.browser.get("/"))


# -------------------------------------------------- a post of somebody who works for or with the school

DOORS = "I work at Oakfield Primary. The fire doors don't close and we were told to say nothing to parents."
LAZY = "I work at Oakfield Primary. My head of department is a lazy so-and-so."


def by_staff(home, text, **given):
    """A case about a post with these words."""
    return AtCase(home, post=replace(ON_FACEBOOK, text=text), **given).open_it().name(CHAIR)


def test_whistleblowing_is_proposed_first_then_nobody_removes_it_and_the_chair_hears_it(tmp_path):
    case = by_staff(tmp_path, DOORS)
    (asked,) = (page := case.whole()).forms
    assert page.heading == "What has somebody who works here posted?"
    assert {f.name: f.chosen for f in asked.fields} == {"what": "whistleblowing", "relationship": "staff"}
    assert "Proposed: whistle-blowing, since it says “fire doors" in page.lines[0]
    refused = case.say("decided", decision="seek", why=SEEK)
    assert "/case/0001/staff_post" in leads(refused)
    case.say("staff_post", what="whistleblowing", relationship="staff")
    page = case.page()  # the head, who said so, may read it and hand it on, and decides nothing
    assert "Personnel (HR), a line manager and anybody it criticises never do" in words_of(page)
    assert '<option value="chair" selected>' in page.text
    assert "Ask the author" not in words_of(page)
    assert [p.id for p in case.seen().rules.who_may(Act.DECIDE, case.seen().case)] == ["chair"]
    assert "nobody is asked to take it down" in words_of(case.say("decided", decision="seek", why=SEEK))
    assert case.page("", "deputy").status_code == 404


def test_of_none_of_these_the_school_requires_it_to_come_down_once_evidence_is_kept(tmp_path):
    case = by_staff(tmp_path, LAZY)
    assert {f.name: f.chosen for f in case.whole().forms[0].fields}["what"] == "none_of_these"
    case.say("staff_post", what="none_of_these", relationship="agency_worker")
    assert {"/case/0001/referred?to=agency", "/case/0001/referred?to=hr"} <= {*leads(case.page())}
    decide(case, "C2", "agency_worker")
    assert case.step()[-1] == "decided"
    letter = words_of(case.page())
    assert "the school requires you to take" in letter
    assert "This letter decides nothing about what you did." in letter
    assert "Your agency may be told of this letter." in letter


def test_a_refusal_by_somebody_who_works_here_is_a_matter_of_its_own_which_the_criticised_do_not_judge(
    tmp_path,
):
    case = by_staff(tmp_path, LAZY)
    case.say("staff_post", what="none_of_these", relationship="staff")
    decide(case, "C2", "staff")
    case.say("referred", to="hr")
    case.go(StepKind.ASKED, **TALK)
    assert "That is a matter of its own" not in words_of(case.page())
    assert "/case/0001/referred?to=hr" not in leads(case.page())
    case.go(StepKind.ANSWERED, **TALK, result="refused")
    said = words_of(case.page())
    assert "That is a matter of its own" in said
    assert "nobody whom the post criticises decides it" in said
    assert "/case/0001/referred?to=hr" in leads(case.page())


def test_once_something_serious_is_over_the_policy_is_to_be_looked_at_again(decided, tmp_path):
    case = decided.copied(tmp_path)
    asks = "should ask whether the school’s policy is still right"
    assert not any(asks in line for line in case.whole().lines)
    case.go(StepKind.CLOSED, ending="standing", why="It is over.")
    assert any(asks in line for line in case.whole().lines)


def test_what_was_typed_and_decided_stands_again_once_it_is_said_what_the_staff_post_is(tmp_path):
    case = by_staff(tmp_path, LAZY)
    page = case.fills_in(
        target="", status="", relationship="staff", decision="seek", why=SEEK, **{"class": "C2"}
    )
    assert form_of(page)["decision"] == "seek"
    page = case.say("staff_post", what="none_of_these", relationship="staff", decision="seek")
    assert SEEK in page.text
    assert form_of(page)["settled"] == "seek"


def test_whom_it_speaks_of_is_not_asked_what_it_is(tmp_path):
    case = by_staff(tmp_path, f"{DOORS} The head knows.", about=About.SCHOOL)
    assert "The post may be about you" in words_of(case.page())
    case.say("staff_post", what="union", relationship="staff")
    assert case.step() == ["opened"]
    case.say("staff_post", "dsl", what="union", relationship="staff")
    assert case.page().status_code == 404
    assert "head" in case.seen("chair").case.conflicted


ENQUIRED = "I’m a reporter at the Northvale Gazette. Would the school like to comment?"


def test_an_enquiry_of_the_press_leads_to_its_two_letters_and_is_answered_with_what_was_sent(tmp_path):
    post = a_mention("asked", channel="email", title="", text=ENQUIRED, author="Tom Reed")
    calm = {"route": Route.RESPOND, "abuse": (), "about": About.SCHOOL, "content_class": "C0"}
    desk = AtCase(tmp_path, post=post, reasons=(Reason(ENQUIRY, "It asks."),), **calm).open_it()
    page = desk.page()
    for kind in ("holding_line", "press_reply"):
        assert f"/ask?letter={kind}" in page.text
    assert "We have received it, and will answer it." in words_of(desk.page("/ask?letter=holding_line"))
    assert "The answer to the press is not recorded" in words_of(desk.say("responded", how="mail"))
    assert "Recorded." in words_of(
        desk.say("responded", how="mail", sent="The gates open at half past eight.")
    )
    profile = Profile(press_approval=True)
    desk.context = replace(desk.context, config=replace(desk.context.config, profiles={URN: profile}))
    assert "Approve the answer to the press" in words_of(desk.page("/more"))


def test_a_danger_is_not_closed_before_it_is_said_what_became_of_it(tmp_path):
    desk = AtCase(tmp_path, content_class="C6").open_it()
    ended = {"ending": "mistaken", "why": "A line of the school play."}
    assert desk.say("closed", **ended).status_code == 200
    assert desk.step()[-1] == "opened"
    desk.say("closed", **ended, became="misread")
    assert desk.step()[-1] == "closed"


def test_the_paper_on_data_that_got_out_knows_its_hours_and_the_decision_and_is_for_no_other_case(tmp_path):
    officer = Person("dpo", "Dee Fern", (Role.DPO,), "dpo@example.org")
    desk = AtCase(tmp_path, content_class="C1").open_it().name(officer)
    to = "/ask?letter=breach_report"
    facts = {"concerned": "About 30 pupils", "records": "30 reports", "effects": "Some may be teased",
             "measures": "It was reported"}  # fmt: skip
    facts = {f"fact_{name}": said for name, said in facts.items()} | {"letter": "breach_report"}
    assert to in "".join(leads(desk.page("/letters")))
    page = words_of(desk.say("ask", do="draft", **facts))
    for said in (
        "For Dee Fern",
        "dpo@example.org",
        "the 72 hours end on 20 November",
        "Nobody has decided yet",
    ):
        assert said in page, said
    desk.who = "dpo"
    desk.go(StepKind.BREACH, tell="regulator_and_people", why="Health data of children.")
    assert "Why: Health data of children." in words_of(desk.say("ask", do="draft", **facts))
    other = AtCase(tmp_path / "2", content_class="C7").open_it()
    assert to not in "".join(leads(other.page("/letters")))
