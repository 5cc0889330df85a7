"""What a case begins with, and the case as its reader sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case_desk import (
    Desk,
    a_desk,
    about_the_head,
    alerts_seen,
    disclosure,
    insult,
    review,
    run,
)
from builders.ladder import NOW, Climb
from builders.mention import a_batch, a_mention, a_run, a_verdict, an_alert
from support.rows import rows

from alerts.wording.cases import state_words
from data.cases import Asking, CaseState
from data.rungs import Rung
from data.steps.codes import RungAnswer
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from data.words.say import who_is_asked, words
from monitor.act.casework.steps import next_steps


def _stories(desk):
    for story in (insult, review, about_the_head, disclosure):
        story(desk)


@pytest.fixture
def desk(tmp_path):
    """A home with those stories, of which no case was opened."""
    return a_desk(tmp_path, _stories)


def audit(desk, action):
    return rows(desk.home, "SELECT actor, subject FROM audit WHERE action = $a", {"a": action})


@pytest.mark.parametrize(("who", "has"), [("pike", "pike"), ("holt", None)])
def test_whoever_was_alerted_and_opens_a_case_has_the_alert_in_hand(desk, who, has):
    desk("open", "story-insult", "--as", who)
    (alert,) = [a for a in alerts_seen(desk.home, "holt", finished=True) if a["story"] == "story-insult"]
    assert alert["has"] == has


def test_a_case_that_somebody_may_not_know_of_is_not_named_to_who_would_open_a_second(desk):
    story = desk.story("lie", route=Route.REQUEST_REMOVAL, severity=Severity.RESPOND, content_class="C7")
    desk("open", story, "--as", "holt")
    desk("step", "target", "1", "--person", "vale", "--subject", "holt", "--as", "ash")
    ran = desk("open", story, "--as", "ash")
    assert (ran.code, "0001" in ran.err) == (2, False)


def test_of_what_may_mean_the_head_no_case_is_opened_by_who_reports_to_the_head(desk):
    story = desk.story("look", severity=Severity.RESPOND, route=Route.RESPOND, about=About.HEAD, look=True)
    assert desk("open", story, "--as", "ash").code == 2
    assert desk("open", story, "--as", "marsh").code == 0


def without(desk, person):
    """The settings name this person no more."""
    path = desk.home / "schoolgate.toml"
    tables = path.read_text(encoding="utf-8").split("[[people]]")
    kept = [table for table in tables if f'id = "{person}"' not in table]
    path.write_text("[[people]]".join(kept), encoding="utf-8")


def test_where_nobody_stands_above_the_chair_the_head_opens_what_may_accuse_the_chair(desk):
    without(desk, "reed")
    story = desk.story(
        "chair", severity=Severity.RESPOND, route=Route.RESPOND, about=About.CHAIR, look=True,
        content_class="C7", subject_person="marsh", subjects=("marsh",),
    )  # fmt: skip
    assert desk("open", story, "--as", "pike").code == 2
    assert desk("open", story, "--as", "holt").code == 0


@pytest.mark.parametrize("person", ["holt", "elsewhere", "vale"])
def test_whom_it_may_accuse_another_schools_head_and_who_has_no_office_are_answered_as_for_none(desk, person):
    its, none = (desk("open", f"story-{name}", "--as", person) for name in ("accused", "nothing"))
    assert its.code == none.code == 2
    assert its.err.replace("accused", "nothing") == none.err
    assert audit(desk, "case_opened") == []


def test_a_disclosure_is_opened_by_the_dsl_alone_of_its_story_or_of_its_alert(desk):
    with desk.store.read() as con:
        ((number,),) = con.execute("SELECT number FROM alerts WHERE story_id = 'story-disclosure'").fetchall()
    assert desk("open", number, "--as", "fern").code == 2
    assert desk("open", "story-disclosure", "--as", "fern").code == 2
    assert audit(desk, "case_opened") == []
    assert desk("open", number, "--as", "pike").out.startswith("Case 0001: recorded. Now: with the DSL.")


# `case classify` and `case step confirm`: of criticism that means somebody, by whoever is free to say so.


TEXTS = {
    "by name": "One star. The office ignored four emails, and Mrs Holt simply does not care.",
    "by office": "One star. The head ignored four emails and does not care about our children.",
}


def _criticised(criticised):
    for name, text in TEXTS.items():
        mention = a_mention(name, channel="forum", text=text)
        batch = a_batch(
            mention, verdicts=[a_verdict(mention)], story_id=f"story-{name}", run=a_run(f"feed:{name}")
        )
        with criticised.store.write("test") as con:
            save(con, batch, now=batch.run.started_at, policy=Policy())
        assert criticised("open", f"story-{name}", "--as", "fern").code == 0


@pytest.fixture
def criticised(tmp_path):
    """A home with an open case of fair comment about each: all judged to be about the school."""
    return a_desk(tmp_path, _criticised)


# `schoolgate case show | list`: the case file as its reader sees it, and what is kept from whom.


WORDS = "Oakfield is mentioned here as"
"""What every invented post says."""


def _insult(desk):
    desk("open", insult(desk), "--as", "holt")


def _disclosure(desk):
    desk("open", disclosure(desk), "--as", "pike")


def _allegation(desk):
    """An allegation of a pupil against a member of staff: locked by itself."""
    story = desk.story(
        "allegation", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.STAFF,
        content_class="C10", restricted=True, abuse=("safeguarding",), subject_person="vale",
        subjects=("vale",), alert=True,
    )  # fmt: skip
    desk("open", story, "--as", "pike")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """A disclosure, for what changes nothing."""
    return a_desk(tmp_path_factory.mktemp("unchanged"), _disclosure)


def restricted_reads(desk):
    return rows(desk.home, "SELECT actor, codes FROM audit WHERE action = 'restricted_read'")


def test_a_restricted_case_shows_no_words_without_a_reason(tmp_path):
    desk = a_desk(tmp_path, _disclosure)
    for ran in (desk("show", "1", "--as", "pike"), desk("show", "1", "--as", "pike", "--json")):
        assert ran.code == 0
        for secret in (WORDS, "Title", "C10", "poster-disclosure", "forum.example.org"):
            assert secret not in ran.out
    assert restricted_reads(desk) == []


def test_of_a_restricted_threat_999_is_spoken_of_without_a_reason(tmp_path):
    desk = Desk(tmp_path)
    story = desk.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, content_class="C6",
        abuse=("threat",), about=About.PUPIL, restricted=True, alert=True,
    )  # fmt: skip
    desk("open", story, "--as", "pike")
    assert "ring 999 first" in desk("show", "1", "--as", "pike").out
    assert desk("show", "1", "--as", "pike", "--json").data["rung"] is None


def test_its_few_read_it_with_a_reason_that_is_kept(tmp_path):
    desk = a_desk(tmp_path, _disclosure)
    without = desk("show", "1", "--as", "pike", "--restricted")
    assert (without.code, "--reason" in without.err) == (2, True)
    ran = desk("show", "1", "--as", "pike", "--restricted", "--reason", "I am on duty")
    assert WORDS in ran.out
    (row,) = restricted_reads(desk)
    assert row[0] == "pike"


@pytest.mark.parametrize("person", ["fern", "moss", "ash"])
def test_others_are_told_to_ask_the_dsl_and_nothing_is_recorded(unchanged, person):
    desk = unchanged
    ran = desk("show", "1", "--as", person, "--restricted", "--reason", "I am curious")
    assert (ran.code, ran.err) == (2, f"Case 0001 is not for {person}. It is with the DSL: ask there.")
    assert restricted_reads(desk) == []


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_lock_keeps_name_words_and_dates_from_all_but_the_dsl_and_who_leads_it(tmp_path, json):
    desk = a_desk(tmp_path, _allegation)
    desk("note", "1", "It is about 4 November, in Year 3", "--as", "pike")
    desk("assign", "1", "--to", "fern", "--as", "pike")
    ran = desk("show", "1", "--as", "fern", "--restricted", "--reason", "It was given to me", *json)
    assert ran.code == 0
    for secret in (WORDS, "Title", "poster-allegation", "Sam Vale", "vale", "Year 3", "4 November", "17 Nov"):
        assert secret not in ran.out
    assert not json or "opened_at" not in ran.data
    for person, why in (("pike", "I am on duty"), ("holt", "I lead it")):
        read = desk("show", "1", "--as", person, "--restricted", "--reason", why, *json)
        assert WORDS in read.out
        assert "Year 3" in read.out
    assert [actor for actor, _ in restricted_reads(desk)] == ["fern", "pike", "holt"]


def test_who_leads_a_locked_case_is_shown_nothing_of_it_without_a_recorded_reason(tmp_path):
    desk = a_desk(tmp_path, _allegation)
    said = desk("show", "1", "--as", "holt").out + desk("list", "--as", "holt").out
    for secret in (WORDS, "poster-allegation", "Sam Vale", "17 Nov"):
        assert secret not in said
    assert restricted_reads(desk) == []


def _against_the_head(desk, *told):
    return desk.story(
        "head", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.HEAD,
        content_class="C10", restricted=True, abuse=("safeguarding",), subject_person="holt",
        subjects=("holt",), alert=True, told=told,
    )  # fmt: skip


def test_an_allegation_against_the_head_is_read_by_the_chair_by_case_as_by_alert(tmp_path):
    desk = Desk(tmp_path)
    story = _against_the_head(desk, "marsh", "pike")
    assert desk("open", story, "--as", "pike").code == 0
    by_reading = ("--restricted", "--reason", "I lead it", "--home", str(tmp_path))
    assert WORDS in run("alerts", "show", an_alert(story).id, "--as", "marsh", *by_reading).out
    assert WORDS in desk("show", "1", "--as", "marsh", "--restricted", "--reason", "I lead it").out
    assert {actor for actor, _ in restricted_reads(desk)} == {"marsh"}
    for person in ("holt", "reed", "ash"):  # the vice-chair stands in only where the chair cannot be told
        ran = desk("show", "1", "--as", person, "--restricted", "--reason", "x")
        assert ran.err.startswith("There is no case 0001.")


def test_whom_the_alert_of_an_allegation_names_reads_it_by_case_as_by_alert(tmp_path):
    desk = Desk(tmp_path)
    story = _against_the_head(desk, "marsh", "reed")
    assert desk("open", story, "--as", "marsh").code == 0
    reason = ("--restricted", "--reason", "I was told")
    by_alert = run("alerts", "show", an_alert(story).id, "--as", "reed", *reason, "--home", str(tmp_path))
    assert WORDS in by_alert.out
    assert WORDS in desk("show", "1", "--as", "reed", *reason).out


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_locked_case_that_is_not_restricted_is_read_by_the_head_with_a_recorded_reason(tmp_path, json):
    desk = a_desk(tmp_path, _insult)
    desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him")
    assert WORDS not in desk("show", "1", "--as", "holt", *json).out
    assert WORDS in desk("show", "1", "--as", "holt", "--restricted", "--reason", "I lead it", *json).out
    assert WORDS not in desk("show", "1", "--as", "ash", "--restricted", "--reason", "I help", *json).out
    assert [actor for actor, _ in restricted_reads(desk)] == ["holt", "ash"]


def test_whom_a_locked_case_is_about_is_not_told_by_their_office_or_by_what_they_answered(tmp_path):
    desk = a_desk(tmp_path, _insult)
    desk("step", "target", "1", "--person", "vale", "--as", "holt")
    desk("support", "offered", "1", "--as", "holt")
    desk("support", "accepted", "1", "--as", "vale")
    desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him")
    assert "Sam Vale" not in desk("show", "1", "--as", "holt").out


def test_whom_an_allegation_is_about_is_not_told_that_it_is_there(tmp_path):
    desk = a_desk(tmp_path, _allegation)
    assert desk("show", "1", "--as", "vale").err.startswith("There is no case 0001.")
    assert desk("list", "--as", "vale").data == []


# What the case file says of the schools' helpline, and of whom was asked in vain.


def test_a_parent_whose_answer_has_not_come_may_be_talked_to_again():
    climb = Climb().sought().author("parent").ask(Rung.AUTHOR_REQUEST, kind="conversation")
    climb.now += timedelta(days=4)
    climb.answer(Rung.AUTHOR_REQUEST, "none", kind="conversation")
    ways = next_steps(climb.case, "head", climb.now, climb.rules)
    assert "conversation" in [way.kind for way in ways if way.refusal is None]


# Whoever is asked is called the same in the case file, its list, what comes next and a letter.


WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]
EN = words("en")


@pytest.mark.parametrize(("rung", "kind"), WAYS)
def test_a_case_waits_for_whoever_was_asked_by_name(rung: Rung, kind: str) -> None:
    who = who_is_asked(rung, kind, EN)
    climb = Climb("C2")
    case = replace(
        climb.case, state=CaseState.WAITING, rung=rung, askings=(Asking(rung, "head", NOW, kind=kind),)
    )
    assert state_words(case, words("en")) == f"waiting for {who}"


def test_whoever_still_has_time_is_waited_for_though_others_further_up_have_answered() -> None:
    parent = Asking(Rung.AUTHOR_REQUEST, "head", NOW, kind="letter")
    platform = Asking(Rung.PLATFORM_REPORT, "head", NOW, answer=RungAnswer.REFUSED)
    case = replace(Climb("C2").case, state=CaseState.WAITING, rung=platform.rung, askings=(parent, platform))
    assert state_words(case, words("en")) == "waiting for the author"
