"""Who opens a case, and what of it each of its readers is shown."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from builders.case_desk import (
    ActRefused,
    Desk,
    a_desk,
    about_the_head,
    disclosure,
    insult,
    made_by,
    refused_to_open,
    restricted,
    review,
)
from builders.home import do_on
from builders.ladder import NOW, Climb
from builders.registries import PUBLIC, RIPE, Registers, document, resolving

from alerts.letters.kinds import LetterKind
from alerts.wording.cases import state_words
from data.cases import Asking, CaseState
from data.errors import InputError
from data.rungs import Rung
from data.steps.codes import RungAnswer, StepKind
from data.store.cases import whole_file
from data.types import About, Route, Severity
from data.words.say import who_is_asked, words
from monitor.act import step as hosting
from monitor.act.casework import next_steps
from monitor.act.letter import compose
from monitor.act.matter import say_for_oneself
from monitor.act.step import find_host
from monitor.matters.reader import load_case


def _stories(desk):
    for story in (insult, review, about_the_head, disclosure):
        story(desk)


@pytest.fixture
def desk(tmp_path):
    """A home with those stories, of which no case was opened."""
    return a_desk(tmp_path, _stories)


def test_whoever_was_alerted_and_opens_a_case_has_the_alert_in_hand_and_no_other(desk):
    for story, who in (("story-insult", "pike"), ("story-accused", "marsh")):
        desk.open(story, who)
    had = {a.story_id: a.acknowledged for a in desk.alerts("marsh", finished=True)}
    had |= {a.story_id: a.acknowledged for a in desk.alerts("holt", finished=True)}
    assert (had["story-insult"].person, had["story-accused"]) == ("pike", None)


def test_a_case_that_somebody_may_not_know_of_is_not_named_to_who_would_open_a_second(desk):
    story = desk.story("lie", route=Route.REQUEST_REMOVAL, severity=Severity.RESPOND, content_class="C7")
    desk.open(story, "holt")
    desk.take(StepKind.TARGET, "ash", person="vale", subjects="holt")
    assert "0001" not in refused_to_open(desk, story, "ash")


def test_of_what_may_mean_the_head_no_case_is_opened_by_who_reports_to_the_head(desk):
    story = desk.story("look", severity=Severity.RESPOND, route=Route.RESPOND, about=About.HEAD, look=True)
    refused_to_open(desk, story, "ash")
    desk.open(story, "marsh")


def test_where_nobody_stands_above_the_chair_the_head_opens_what_may_accuse_the_chair(desk):
    path = desk.home / "schoolgate.toml"
    tables = path.read_text(encoding="utf-8").split("[[people]]")
    path.write_text("[[people]]".join(t for t in tables if 'id = "reed"' not in t), encoding="utf-8")
    story = desk.story(
        "chair", severity=Severity.RESPOND, route=Route.RESPOND, about=About.CHAIR, look=True,
        content_class="C7", subject_person="marsh", subjects=("marsh",),
    )  # fmt: skip
    refused_to_open(desk, story, "pike")
    desk.open(story, "holt")


def test_of_what_somebody_may_not_read_no_case_is_opened_and_it_is_answered_as_for_none(desk):
    closed_to = {"holt": "accused", "elsewhere": "accused", "vale": "accused", "fern": "disclosure"}
    for person, story in closed_to.items():
        its, none = (refused_to_open(desk, f"story-{name}", person) for name in (story, "nothing"))
        assert its.replace(story, "nothing") == none, person
    assert desk.entries("case_opened") == []


# What is kept from whom.


WORDS = "Oakfield is mentioned here as"
"""What every invented post says."""


def _insult(desk):
    desk.open(insult(desk), "holt")


def _disclosure(desk):
    desk.open(disclosure(desk), "pike")


def _allegation(desk):
    """An allegation of a pupil against a member of staff: locked by itself."""
    story = desk.story(
        "allegation", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.STAFF,
        content_class="C10", restricted=True, abuse=("safeguarding",), subject_person="vale",
        subjects=("vale",), alert=True,
    )  # fmt: skip
    desk.open(story, "pike")


def readers(desk):
    """Who read restricted words on record."""
    return [entry.actor for entry in desk.entries("restricted_read")]


def _of_each(desk):
    for opened in (_insult, lambda desk: desk.open(about_the_head(desk), "marsh"), _allegation, _disclosure):
        opened(desk)


def test_whoever_may_not_read_a_case_neither_sees_it_nor_acts_in_it_and_is_told_where_to_ask(tmp_path):
    desk, ask = a_desk(tmp_path, _of_each), "It is with the DSL: ask there"
    for number, people in (
        ("0001", ("vale", "elsewhere", "marsh")), ("0002", ("holt",)), ("0003", ("vale",)),
        ("0004", ("fern", "moss", "ash")),
    ):  # fmt: skip
        for person in people:
            for act in (
                partial(desk.page, person, number, reason="I am curious"),
                partial(desk.take, StepKind.NOTED, person, number, why="x"),
                partial(desk.take, StepKind.ASSIGNED, person, number, person="ash"),
            ):
                with pytest.raises(InputError, match=ask if number == "0004" else f"no case {number}"):
                    act()
            with desk.store.open_reader() as con:
                known = desk.reader(person).cases([load_case(con, number)])
            assert bool(known[number]) is (number == "0004"), (number, person)
    assert readers(desk) == []


def test_a_restricted_case_shows_no_words_without_a_reason_and_its_few_read_it_with_one(tmp_path):
    desk = a_desk(tmp_path, _disclosure)
    shown = desk.page("pike")
    for secret in (WORDS, "Title", "C10", "poster-disclosure", "forum.example.org"):
        assert secret not in shown
    assert readers(desk) == []
    assert WORDS in desk.page("pike", reason="I am on duty")
    assert readers(desk) == ["pike"]


def test_of_a_restricted_threat_999_is_spoken_of_without_a_reason(tmp_path):
    assert "ring 999 first" in a_desk(tmp_path, _threat).page("pike")


def test_a_lock_keeps_name_words_and_dates_from_all_but_the_dsl_and_who_leads_it(tmp_path):
    desk = a_desk(tmp_path, _allegation)
    desk.take(StepKind.NOTED, "pike", why="It is about 4 November, in Year 3")
    desk.take(StepKind.ASSIGNED, "pike", person="fern")
    secrets = (WORDS, "Title", "poster-allegation", "Sam Vale", "vale", "Year 3", "4 November", "17 Nov")
    for shown in (desk.page("fern", reason="It was given to me"), desk.page("holt")):
        assert not [secret for secret in secrets if secret in shown]
    for person in ("pike", "holt"):
        shown = desk.page(person, reason="I act in it")
        assert WORDS in shown
        assert "Year 3" in shown
    assert readers(desk) == ["fern", "pike", "holt"]


def test_in_a_locked_case_nobody_reads_who_was_accused(tmp_path):
    desk = a_desk(tmp_path, _disclosure)
    desk.take(StepKind.ACCUSED, "pike", person="ash")
    desk.take(StepKind.CLASSIFIED, "pike", class_="C6", why="It threatens the building")
    desk.take(StepKind.ABOUT, "pike", who="nobody", why="It threatens the building")
    assert "Lee Ash" not in desk.page("holt")


def test_an_allegation_against_the_head_is_read_by_case_as_by_its_matter(tmp_path):
    """The vice-chair stands in only where the chair cannot be told."""
    desk = Desk(tmp_path)
    for number, told, opens, reads, not_theirs in (
        ("0001", ("marsh", "pike"), "pike", "marsh", ("holt", "reed", "ash")),
        ("0002", ("marsh", "reed"), "marsh", "reed", ("holt",)),
    ):
        story = desk.story(
            f"head-{number}", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.HEAD,
            content_class="C10", restricted=True, abuse=("safeguarding",), subject_person="holt",
            subjects=("holt",), alert=True, told=told,
        )  # fmt: skip
        desk.open(story, opens)
        before = len(readers(desk))
        assert WORDS in desk.posts(story, reads, "I was told")
        assert WORDS in desk.page(reads, number, reason="I was told")
        assert {*readers(desk)[before:]} == {reads}
        for person in not_theirs:
            with pytest.raises(InputError, match=f"There is no case {number}"):
                desk.page(person, number, reason="x")


def test_a_locked_case_that_is_not_restricted_is_read_by_the_head_with_a_recorded_reason(tmp_path):
    desk = a_desk(tmp_path, _insult)
    desk.take(StepKind.LOCKED, "holt", why="A pupil accuses him")
    assert WORDS not in desk.page("holt")
    assert WORDS in desk.page("holt", reason="I lead it")
    assert WORDS not in desk.page("ash", reason="I help")
    assert readers(desk) == ["holt", "ash"]


def test_whom_a_locked_case_is_about_is_not_told_by_their_office_or_by_what_they_answered(tmp_path):
    desk = a_desk(tmp_path, _insult)
    desk.take(StepKind.TARGET, "holt", person="vale")
    desk.take(StepKind.SUPPORT, "holt", status="offered")
    do_on(desk.session("vale"), "story-insult", "900001", desk.clock(), say_for_oneself, ["accepted"])
    desk.take(StepKind.LOCKED, "holt", why="A pupil accuses him")
    assert "Sam Vale" not in desk.page("holt")


# Whom was asked in vain, and for whom a case waits.


def test_a_parent_whose_answer_has_not_come_may_be_talked_to_again():
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += timedelta(days=4)
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="conversation")
    ways = next_steps(climb.case, "head", climb.now, climb.rules)
    assert "conversation" in [way.kind for way in ways if way.refusal is None]


WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]


def test_a_case_waits_for_whoever_was_asked_by_name() -> None:
    for rung, kind in WAYS:
        asking = Asking(rung, "head", NOW, kind=kind)
        case = replace(Climb("C2").case, state=CaseState.WAITING, rung=rung, askings=(asking,))
        assert state_words(case, words("en")) == f"waiting for {who_is_asked(rung, kind, words('en'))}"


def test_whoever_still_has_time_is_waited_for_though_others_further_up_have_answered() -> None:
    parent = Asking(Rung.AUTHOR_REQUEST, "head", NOW, kind="letter")
    platform = Asking(Rung.PLATFORM_REPORT, "head", NOW, answer=RungAnswer.REFUSED)
    case = replace(Climb("C2").case, state=CaseState.WAITING, rung=platform.rung, askings=(parent, platform))
    assert state_words(case, words("en")) == "waiting for the author"


# ------------- a letter is a draft on record for who may read its case; who hosts a website is recorded

REPLY = {"contact": "01632 960 002", "complaints_url": "https://oakfield.example.sch.uk/complaints"}


def _three(office):
    office.open(insult(office), "holt")
    office.open(review(office), "holt")
    office.open(disclosure(office), "pike")
    office.open(about_the_head(office), "marsh")


@pytest.fixture
def office(tmp_path):
    """0001: an insult, 0002: a fair review, 0003: with the DSL, 0004: it may accuse the head."""
    return a_desk(tmp_path, _three)


def test_a_letter_is_recorded_by_its_hash_without_its_words(office):
    made = office.draft(LetterKind.REPLY, "holt", "2", **REPLY)
    assert {*made} == {".txt", ".eml", ".pdf"}
    (step,) = office.steps("2", StepKind.LETTER)
    assert (step.stored_facts["letter"], step.stored_facts["form"], step.actor) == (
        "reply",
        "txt eml pdf",
        "holt",
    )
    assert "01632" not in str(step)


def test_who_may_not_read_the_case_or_is_aimed_at_gets_no_letter_of_it(office):
    office.take(StepKind.TARGET, "holt", person="vale")
    for number, person in (("3", "holt"), ("4", "holt"), ("2", "vale"), ("2", "elsewhere"), ("1", "vale")):
        with pytest.raises(InputError):
            office.draft(LetterKind.REPLY, person, number, **REPLY)


def _threat(office):
    story = office.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, about=About.PUPIL,
        content_class="C6", restricted=True, abuse=("threat",), alert=True,
    )  # fmt: skip
    office.open(story, "pike")


def test_the_police_are_given_a_restricted_post_on_record_and_changed_words_with_a_warning(tmp_path):
    office = a_desk(tmp_path, _threat)
    given = {
        "force": "Northvale Police", "why": "It may be one.", "contact": "01632 960 002", "danger": "No.",
    }  # fmt: skip

    def warnings():
        with office.store.open_reader() as con:
            file = whole_file(con, office.case(), restricted=True)
            return compose(
                con, office.session("pike"), file, LetterKind.POLICE, given, office.clock()
            ).warnings

    made, before = office.draft(LetterKind.POLICE, "pike", **given), warnings()
    assert b"https://" in made[".txt"]
    assert [(e.actor, e.codes[0]) for e in office.entries("restricted_read")] == [("pike", "case:0001")]
    with office.store.write("tampering") as con:
        con.execute("UPDATE mentions SET author = 'Somebody else'")
        con.execute("UPDATE restricted_texts SET text = 'He is a lovely man', author = 'Somebody else'")
    assert len(warnings()) == len(before) + 1


# Who hosts a website, recorded in the case.


ORG = "https://rdap.publicinterestregistry.org/rdap/domain/example.org"
TO_REMOVE = {"route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "content_class": "C11"}
ASKED_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def _of_each_site(desk):
    """1: an insult, 2: on a platform, 3: may accuse the head, 4: with the DSL, 5: fair, 6: restricted."""
    for story in (insult, on_a_platform, about_the_head, disclosure, review, restricted):
        desk.open(story(desk), "pike")


def on_a_platform(desk):
    return desk.story("fb", channel="facebook", **TO_REMOVE)


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    _of_each_site(desk := Desk(tmp_path_factory.mktemp("hosts")))
    return desk


@pytest.fixture
def registers(monkeypatch):
    """The registers as they answer here; no other machine is asked."""
    fetch = Registers({ORG: document("nominet"), RIPE + PUBLIC: document("ripe")})

    look = partial(hosting.look_up_host, fetch=fetch, resolve=resolving(PUBLIC))
    monkeypatch.setattr(hosting, "look_up_host", look)
    return fetch


def host(desk, number, person="holt"):
    """What is known of who hosts the post of a case, once it was looked up."""
    return dict(made_by(find_host(desk.session(person), number, "At work on it", desk.clock())).hosting)


def test_a_website_is_looked_up_and_what_is_found_is_recorded(cases, registers):
    found = host(cases, "0001")
    assert (found["domain"], found["network"]) == ("example.org", "Example Hosting Ltd")
    assert not [url for url in registers.urls if "forum.example.org/insult" in url]
    step = cases.steps("0001")[-1]
    assert (step.kind, step.actor) == (StepKind.HOSTED, "holt")


def test_of_a_platform_no_register_is_asked(cases, registers):
    assert host(cases, "0002") == {}
    assert not registers.asked
    assert cases.steps("0002", StepKind.HOSTED) == []


def test_whom_it_accuses_learns_nothing_and_where_nobody_is_asked_no_register_is(cases, registers):
    for number, person, told in (
        ("0003", "holt", "There is no case 0003"), ("0004", "pike", "lane"), ("0005", "pike", "fair_comment"),
    ):  # fmt: skip
        with pytest.raises((InputError, ActRefused), match=told):
            host(cases, number, person)
    assert registers.asked == []


@pytest.mark.usefixtures("registers")
def test_reading_where_a_restricted_post_stands_is_on_record(cases):
    assert host(cases, "0006", "pike")["network"] == "Example Hosting Ltd"
    read = [entry.actor for entry in cases.entries("restricted_read") if "case:0006" in entry.codes]
    assert read == ["pike"]


def test_the_registers_are_asked_without_robots_txt_and_the_rest_of_the_guard(tmp_path, monkeypatch):
    asked = []

    def fetcher(config, **options):
        asked.append(options)
        return nullcontext(Registers({ORG: document("nominet")}))

    monkeypatch.setattr(hosting.wiring, "fetcher", fetcher)
    found = hosting.look_up_host(None, tmp_path, "https://example.org/x", ASKED_AT, resolve=resolving(PUBLIC))
    assert asked == [{"obey_robots": False}]
    assert found.domain == "example.org"
