"""`schoolgate case open | show | list`: what a case begins with, and the case file as its reader sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case import a_case
from builders.case_desk import NOW as OPENED_AT
from builders.case_desk import (
    PNG,
    Desk,
    a_desk,
    about_the_head,
    disclosure,
    insult,
    restricted,
    review,
    run,
    stands_in_the_docs,
)
from builders.ladder import NOW, Climb
from builders.matter import of_case
from builders.mention import a_batch, a_mention, a_run, a_verdict, an_alert
from builders.steps import said as step_of
from support.documents import keys_told
from support.rows import rows

from alerts.access.knowing import Access
from alerts.ladder.advance import Refusal
from alerts.wording.cases import state_words
from data.cases import Asking, CaseState, CaseStep, RunningClock
from data.effects import utc_now
from data.rungs import Rung
from data.steps.codes import RungAnswer, StepKind
from data.steps.stored import names_of
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from data.words.asking import asking_words, who_is_asked
from data.words.say import words
from monitor.act.casework.steps import NextStep, next_steps
from monitor.cli.views.case import case_list as view
from monitor.cli.views.case.next_steps import helpline_lines, next_lines
from monitor.cli.views.case.steps import _KINDS, _TOLD, step_lines
from monitor.cli.views.layout import local
from monitor.cli.views.screen import Screen


def _stories(desk):
    for story in (insult, review, about_the_head, disclosure):
        story(desk)


@pytest.fixture
def desk(tmp_path):
    """A home with those stories, of which no case was opened."""
    return a_desk(tmp_path, _stories)


def audit(desk, action):
    return rows(desk.home, "SELECT actor, subject FROM audit WHERE action = $a", {"a": action})


def test_a_case_is_opened_of_a_story_and_numbered(desk):
    ran = desk("open", "story-ins", "--as", "holt")
    assert ran.code == 0
    assert ran.out.startswith("Case 0001: recorded. Now: to be weighed and decided.")
    assert stands_in_the_docs(ran.out, "0001", "417302")
    assert audit(desk, "case_opened") == [("holt", "0001")]


@pytest.mark.parametrize(("who", "has"), [("pike", "pike"), ("holt", None)])
def test_whoever_was_alerted_and_opens_a_case_has_the_alert_in_hand(desk, who, has):
    desk("open", "story-insult", "--as", who)
    (alert,) = [a for a in _alerts(desk, "--all", "--as", "holt") if a.get("story") == "story-insult"]
    assert (alert["acknowledged"] or {}).get("by") == has


def _alerts(desk, *words):
    return run("alerts", "list", *words, "--json", "--home", str(desk.home)).data


def test_a_second_open_case_on_the_same_post_is_refused_by_its_number(desk):
    story = "story-insult"
    desk("open", story, "--as", "holt")
    ran = desk("open", story, "--as", "ash")
    assert ran.code == 2
    assert ran.err == "Case 0001 is open about this post: schoolgate case show 0001 --as ash"


def test_a_case_that_somebody_may_not_know_of_is_not_named_to_who_would_open_a_second(desk):
    story = desk.story("lie", route=Route.REQUEST_REMOVAL, severity=Severity.RESPOND, content_class="C7")
    desk("open", story, "--as", "holt")
    desk("step", "target", "1", "--person", "vale", "--subject", "holt", "--as", "ash")
    ran = desk("open", story, "--as", "ash")
    assert (ran.code, ran.err) == (2, "This is not for ash to open a case about. Ask Alex Marsh.")


def test_a_post_is_named_as_the_story_shows_it(desk):
    story = "story-insult"
    shown = run("story", "show", story, "--as", "holt", "--home", str(desk.home)).out
    post = next(line.split()[0] for line in shown.splitlines() if "poster-insult" in line)
    assert desk("open", story, "--post", post, "--as", "holt").code == 0


def test_of_fair_comment_no_removal_is_offered_and_it_is_said_what_to_do(desk):
    said = desk("open", "story-review", "--as", "holt").out
    assert "fair comment" in said
    assert "No removal is offered" in said
    assert stands_in_the_docs(said, "0001", "905417")


def test_of_what_may_mean_the_head_nobody_is_sent_to_the_head(desk):
    story = desk.story("look", severity=Severity.RESPOND, route=Route.RESPOND, about=About.HEAD, look=True)
    ran = desk("open", story, "--as", "ash")
    assert (ran.code, ran.err) == (2, "This is not for ash to open a case about. Ask Alex Marsh.")
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
    assert desk("open", story, "--as", "pike").err.endswith("Ask Jane Holt.")
    assert desk("open", story, "--as", "holt").code == 0


def test_whoever_may_not_open_it_is_told_which_office_is_missing_where_nobody_can(desk):
    for person in ("reed", "marsh", "holt", "ash"):
        without(desk, person)
    story = desk.story("head", severity=Severity.RESPOND, route=Route.RESPOND, about=About.HEAD, look=True)
    ran = desk("open", story, "--as", "pike")
    assert (ran.code, "Nobody in the settings can: name there the chair of governors" in ran.err) == (2, True)


LOOK = {"severity": Severity.RESPOND, "route": Route.RESPOND, "about": About.HEAD, "look": True}


@pytest.mark.parametrize(
    ("person", "beginning"), [("elsewhere", "story-"), ("holt", "story-l"), ("vale", "s")]
)
def test_no_story_that_somebody_may_not_know_of_is_named_where_several_begin_so(desk, person, beginning):
    for name in ("look", "later"):
        desk.story(name, **LOOK)
    ran = desk("open", beginning, "--as", person)
    assert ran.err.startswith(f"No story or alert begins with “{beginning}”")


@pytest.mark.parametrize("person", ["holt", "elsewhere"])
def test_a_post_tells_nobody_of_a_story_that_they_may_not_know_of(desk, person):
    desk.story("look", **LOOK)
    its, none = (desk("open", f"story-{name}", "--post", "f", "--as", person) for name in ("look", "none"))
    assert its.err.replace("look", "none") == none.err


@pytest.mark.parametrize("person", ["holt", "elsewhere", "vale"])
def test_whom_it_may_accuse_another_schools_head_and_who_has_no_office_are_answered_as_for_none(desk, person):
    its, none = (desk("open", f"story-{name}", "--as", person) for name in ("accused", "nothing"))
    assert its.code == none.code == 2
    assert its.err.replace("accused", "nothing") == none.err
    assert audit(desk, "case_opened") == []


def test_a_disclosure_is_opened_by_the_dsl_alone_of_its_story_or_of_its_alert(desk):
    with desk.store.read() as con:
        ((number,),) = con.execute("SELECT number FROM alerts WHERE story_id = 'story-disclosure'").fetchall()
    assert "This is not for" in desk("open", number, "--as", "fern").err
    assert desk("open", "story-disclosure", "--as", "fern").code == 2
    assert audit(desk, "case_opened") == []
    assert desk("open", number, "--as", "pike").out.startswith("Case 0001: recorded. Now: with the DSL.")


def test_a_threat_begins_at_the_police(desk):
    story = desk.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, content_class="C6",
        abuse=("threat",), subject_person="vale",
    )  # fmt: skip
    assert "by 999, or by 101" in desk("open", story, "--as", "holt").out
    said = desk("show", "1", "--as", "holt").out
    assert "ring 999 first" in said
    assert "aimed at: Sam Vale" in said


# `case classify` and `case step confirm`: of criticism that means somebody, by whoever is free to say so.


WHY = "This is bullying of me personally and of my family, it names me and has to go."
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


NUMBERS = dict(zip(TEXTS, ("1", "2"), strict=True))


@pytest.fixture
def criticised(tmp_path):
    """A home with an open case of fair comment about each: all judged to be about the school."""
    return a_desk(tmp_path, _criticised)


def classify(criticised, name, person, *more):
    return criticised("classify", NUMBERS[name], "C2", "--as", person, "--why", WHY, *more)


def reclassified(criticised):
    return rows(criticised.home, "SELECT actor, subject FROM audit WHERE action = 'reclassified'")


def mailed(criticised, words):
    query = f"SELECT person_id FROM outbox WHERE subject LIKE '%{words}%' ORDER BY 1"
    return [person for (person,) in rows(criticised.home, query)]


@pytest.mark.parametrize("name", ["by name", "by office"])
def test_the_head_whom_a_post_names_or_speaks_of_never_says_that_it_is_no_fair_comment(criticised, name):
    ran = classify(criticised, name, "holt")
    assert ran.code == 1
    assert "“not_their_own”" in ran.err
    assert "Alex Marsh" in ran.err
    assert reclassified(criticised) == []
    assert "fair comment" in criticised("show", NUMBERS[name], "--as", "holt").out


@pytest.mark.parametrize(("name", "person"), [("by name", "ash"), ("by office", "pike")])
def test_who_reports_to_the_head_proposes_it_and_nothing_is_asked_before_it_is_confirmed(
    criticised, name, person
):
    ran = classify(criticised, name, person)
    assert ran.code == 0
    assert "proposed to be C2, which waits for a second person" in ran.out
    assert "told, without a word of the post: Alex Marsh" in ran.out
    assert mailed(criticised, "agree or refuse") == ["marsh"]
    assert reclassified(criticised) == []
    shown = criticised("show", NUMBERS[name], "--as", person).out
    assert criticised("show", NUMBERS[name], "--as", person, "--json").data["may_confirm"] == ["marsh"]
    assert "a second person confirms what was proposed, or turns it down: Alex Marsh" in shown
    asked = criticised("step", "ask", NUMBERS[name], "--rung", "platform-report", "--as", person)
    assert "“fair_comment”" in asked.err
    for other in {"ash", "pike", "holt", person}:
        assert criticised("step", "confirm", NUMBERS[name], "--as", other, "--why", "Yes").code == 1
    assert reclassified(criticised) == []


# `schoolgate case show | list`: the case file as its reader sees it, and what is kept from whom.


WORDS = "Oakfield is mentioned here as"
"""What every invented post says."""


def _insult(desk):
    desk("open", insult(desk), "--as", "holt")


def _disclosure(desk):
    desk("open", disclosure(desk), "--as", "pike")


def _threat(desk):
    """A threat whose removal is sought, and whose target has not been asked about the police."""
    _insult(desk)
    desk("classify", "1", "C6", "--as", "holt", "--why", "He is threatened")
    desk("step", "target", "1", "--person", "vale", "--as", "holt")
    (shot := desk.home / "shot.png").write_bytes(PNG)
    desk("capture", "1", "--file", str(shot), "--no-child-image", "--not-known", "rest", "--as", "holt")
    weighed = ("--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d")
    desk("step", "weigh", "1", *weighed, "--as", "holt")
    desk("step", "decide", "1", "--seek", "--as", "holt", "--why", "It names him")


def _restricted(desk):
    desk("open", restricted(desk), "--as", "pike")
    desk("classify", "1", "C11", "--as", "pike", "--why", "An address is given")
    desk("step", "target", "1", "--person", "vale", "--as", "pike")


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


def test_the_file_says_what_it_is_where_it_stands_and_what_comes_next(tmp_path):
    said = a_desk(tmp_path, _insult)("show", "1", "--as", "holt").out
    assert said.startswith("Case 0001  Oakfield Primary School (URN 900001)\n")
    assert "C2, possible bullying or harassment of a person (proposed; nobody has set it yet)" in said
    assert WORDS in said
    parts = [p for p in said.splitlines() if p and not p.startswith(" ")][1:]
    assert parts == [
        "The post", "Where it stands", "What comes next", "What is known", "What is kept", "What was done",
    ]  # fmt: skip


def test_what_may_be_defamatory_shows_the_laws_year_and_no_other_class_does(tmp_path):
    desk = a_desk(tmp_path, _insult)
    assert "solicitor" not in desk("show", "1", "--as", "holt").out
    desk("classify", "1", "C7", "--as", "holt", "--why", "It says as a fact what is not so")
    said = " ".join(desk("show", "1", "--as", "holt").out.split())
    assert "one year from first publication (Limitation Act 1980, section 4A)" in said
    assert "Ask a solicitor, well before that." in said


def test_where_pictures_were_taken_it_asks_whether_pupils_are_in_them(tmp_path):
    desk = a_desk(tmp_path, _insult)
    desk("classify", "1", "C8", "--as", "holt", "--why", "They are ours")
    says = "if pupils are in it, say so"
    assert says in desk("show", "1", "--as", "holt").out
    told = desk("step", "about", "1", "--child", "--as", "holt", "--why", "Year 4").out
    assert "Robin Pike, Ira Moss" in told
    assert says not in desk("show", "1", "--as", "holt").out


def test_as_json_each_rung_says_whether_it_is_possible_and_which_guard_keeps_it(tmp_path):
    data = a_desk(tmp_path, _insult)("show", "1", "--as", "holt", "--json").data
    platform = next(way for way in data["ways"] if way["rung"] == "platform_report")
    assert platform["possible"] is False
    assert platform["guard"] == "class_set"
    assert platform["said"]
    assert platform["remedy"]
    assert data["post"]["text"].startswith(WORDS)
    assert [step["step"] for step in data["steps"]] == ["opened"]
    assert data["steps"][0]["at"].endswith("Z")


def test_a_restricted_case_shows_no_words_without_a_reason(tmp_path):
    desk = a_desk(tmp_path, _disclosure)
    for ran in (desk("show", "1", "--as", "pike"), desk("show", "1", "--as", "pike", "--json")):
        assert ran.code == 0
        for secret in (WORDS, "Title", "C10", "poster-disclosure", "forum.example.org", "safeguarding"):
            assert secret not in ran.out
    assert restricted_reads(desk) == []


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_what_may_be_asked_in_a_restricted_case_tells_nothing_of_it_without_a_reason(tmp_path, json):
    desk = a_desk(tmp_path, _restricted)
    read = desk("show", "1", "--as", "pike", "--restricted", "--reason", "I am on duty", *json)
    assert "evidence" in read.out
    bare = desk("show", "1", "--as", "pike", *json).out
    for secret in ("C11", "Vale", "vale", "evidence is held", "C7"):
        assert secret not in bare
    assert not json or desk("show", "1", "--as", "pike", "--json").data["ways"] == []


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


def test_what_is_asked_for_as_restricted_and_is_not_needs_no_record(tmp_path):
    desk = a_desk(tmp_path, _insult)
    assert WORDS in desk("show", "1", "--as", "holt", "--restricted", "--reason", "to be sure").out
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
    assert json or "date withheld  note (Robin Pike)" in ran.out
    assert not json or ran.data["opened_at"] is None
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
    assert [actor for actor, _ in restricted_reads(desk)] == ["marsh", "marsh"]
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


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_what_the_guards_of_a_locked_case_say_names_nobody(tmp_path, json):
    desk = a_desk(tmp_path, _threat)
    assert "Sam Vale has not agreed" in desk("show", "1", "--as", "holt", *json).out
    desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him")
    assert "Sam Vale" not in desk("show", "1", "--as", "holt", *json).out
    ask = ("step", "ask", "1", "--rung", "police", "--not-imminent")
    assert "(name withheld) has not agreed" in desk(*ask, "--as", "holt").err
    assert "Sam Vale has not agreed" in desk(*ask, "--as", "pike").err


def test_whom_a_locked_case_is_about_is_not_told_by_their_office_or_by_what_they_answered(tmp_path):
    desk = a_desk(tmp_path, _insult)
    desk("step", "target", "1", "--person", "vale", "--as", "holt")
    desk("support", "offered", "1", "--as", "holt")
    desk("support", "accepted", "1", "--as", "vale")
    assert "support: accepted (Sam Vale)" in desk("show", "1", "--as", "holt").out
    assert "about a member of staff" in desk("show", "1", "--as", "holt").out
    desk("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him")
    said = desk("show", "1", "--as", "holt").out
    assert "support: accepted (name withheld)" in said
    assert "about a member of staff" not in said
    assert "Sam Vale" in desk("show", "1", "--as", "pike").out


def test_whom_an_allegation_is_about_is_not_told_that_it_is_there(tmp_path):
    desk = a_desk(tmp_path, _allegation)
    assert desk("show", "1", "--as", "vale").err.startswith("There is no case 0001.")
    assert desk("list", "--as", "vale").out == "No case is open.\n"


def test_whom_it_is_aimed_at_is_shown_where_to_see_how_it_stands(tmp_path):
    desk = a_desk(tmp_path, _insult)
    desk("step", "target", "1", "--person", "vale", "--as", "holt")
    ran = desk("show", "1", "--as", "vale")
    assert (ran.code, "schoolgate case list --as vale" in ran.err) == (2, True)


def test_every_step_has_its_words_in_the_file_and_is_told_by_facts_of_its_own():
    assert set(_KINDS) == set(StepKind)
    assert [
        kind for kind, names in _TOLD.items() if not set(names) <= {*names_of(kind)[0], *names_of(kind)[1]}
    ] == []


def test_of_whom_an_answer_is_awaited_the_command_names(tmp_path):
    desk = a_desk(tmp_path, _threat)
    assert desk("step", "ask", "1", "--rung", "platform-report", "--as", "holt").code == 0
    shown = desk("show", "1", "--as", "holt").out
    answered = "schoolgate case step answered 0001 --rung platform-report --result … --as holt"
    assert f"\n       {answered}\n" in shown


# What the case file says of the schools' helpline, and of whom was asked in vain.


LONDON = ZoneInfo("Europe/London")
NOT_YET = Refusal("posh_after_platform", "The platform was not asked.", "Report it there first.")


def said(at: datetime, *ways: NextStep) -> list[str]:
    return list(helpline_lines(ways, at, lambda moment: local(moment, LONDON)))


def test_where_the_helpline_may_be_asked_the_file_says_when_it_may_be_rung_and_else_nothing():
    at, asked = datetime(2026, 11, 20, 15, 59, tzinfo=UTC), NextStep(Rung.POSH, "", None, "holt")
    assert said(at, asked) == ["  The helpline is open now."]
    closed = ["  The helpline is closed until Mon 23 Nov 2026, 10:00."]
    assert said(at + timedelta(minutes=1), asked) == closed
    others = NextStep(Rung.POSH, "rhc", None, "holt"), NextStep(Rung.PLATFORM_REPORT, "", None, "holt")
    assert said(at, NextStep(Rung.POSH, "", NOT_YET, "holt"), *others) == []


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
def test_the_commands_call_an_asking_by_its_name(rung: Rung, kind: str) -> None:
    name, who = asking_words(rung, kind, EN), who_is_asked(rung, kind, EN)
    climb = Climb("C2")
    case = replace(
        climb.case, state=CaseState.WAITING, rung=rung, askings=(Asking(rung, "head", NOW, kind=kind),)
    )
    assert state_words(case, words("en")) == f"waiting for {who}"
    facts = {"rung": rung.value, "kind": kind}
    step = CaseStep("0001", 2, "900001", step_of(StepKind.ASKED, facts), "head", NOW, NOW)
    assert f"asked: {name} (" in "\n".join(step_lines(step, str, lambda _: "then", withheld=False))
    seeking = replace(climb.case, state=CaseState.SEEKING)
    assert f"  now: {name}" in list(next_lines(seeking, [NextStep(rung, kind, None, "head")], "head"))


def test_whoever_still_has_time_is_waited_for_though_others_further_up_have_answered() -> None:
    parent = Asking(Rung.AUTHOR_REQUEST, "head", NOW, kind="letter")
    platform = Asking(Rung.PLATFORM_REPORT, "head", NOW, answer=RungAnswer.REFUSED)
    case = replace(Climb("C2").case, state=CaseState.WAITING, rung=platform.rung, askings=(parent, platform))
    assert state_words(case, words("en")) == "waiting for the author"


def test_where_both_helplines_are_counted_together_both_are_named() -> None:
    said = words("en")(Rung.POSH.key)
    assert "Professionals Online Safety Helpline" in said
    assert "Report Harmful Content" in said


# `schoolgate case list`: what each person may know, what is overdue.


def _three(desk):
    desk("open", insult(desk), "--as", "holt")
    desk("open", disclosure(desk), "--as", "pike")
    desk("open", about_the_head(desk), "--as", "marsh")


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """0001: an insult, 0002: with the DSL, 0003: it may accuse the head. Only to be read."""
    return a_desk(tmp_path_factory.mktemp("three"), _three)


def numbers(ran):
    return [row["case"] for row in ran.data]


def test_without_a_person_no_more_is_shown_than_number_state_and_time(three):
    said = three("list").out
    assert "0001  somebody has it · to be weighed and decided" in said
    assert "Jane Holt" not in said
    assert "C2" not in said
    assert "Lee Ash" not in said


def test_with_a_person_what_they_may_see_stands_there(three):
    said = " ".join(three("list", "--as", "holt").out.split())
    assert "C2, possible bullying or harassment of a person (proposed)" in said
    assert "0001 you have it · to be weighed" in said


def test_a_restricted_case_shows_only_that_it_is_with_the_dsl(three):
    row = next(r for r in three("list", "--as", "fern", "--json").data if r["case"] == "0002")
    assert (row["restricted"], row["state"], row["has_it"]["person"]) == (True, "with the DSL", None)
    assert keys_told(row) == {"case", "urn", "restricted", "state", "opened_at", "has_it"}


def test_a_restricted_case_shows_no_class_even_to_its_few_without_a_reason(three):
    row = next(r for r in three("list", "--as", "pike", "--json").data if r["case"] == "0002")
    assert row["state"] == "with the DSL"
    assert (row["class"], row["proposed_class"]) == (None, None)
    assert "C10" not in three("list", "--as", "pike").out


def test_whom_a_case_may_accuse_is_not_shown_that_it_exists(three):
    assert "0003" not in numbers(three("list", "--as", "holt", "--json"))
    assert "0003" in numbers(three("list", "--as", "marsh", "--json"))


@pytest.mark.parametrize("person", ["elsewhere", "vale"])
def test_the_head_of_another_school_and_whom_a_case_is_not_for_see_none(three, person):
    assert numbers(three("list", "--as", person, "--json")) == []


def test_whom_it_is_aimed_at_sees_where_it_stands_and_no_more(tmp_path):
    three = a_desk(tmp_path, _three)
    three("step", "target", "1", "--person", "vale", "--as", "holt")
    (row,) = three("list", "--as", "vale", "--json").data
    assert row["case"] == "0001"
    assert (row["class"], row["proposed_class"]) == (None, None)


def test_closed_cases_are_shown_when_asked_for(tmp_path):
    three = a_desk(tmp_path, _three)
    three("close", "1", "--mistaken", "--as", "holt", "--why", "It is about another school")
    assert "0001" not in numbers(three("list", "--as", "holt", "--json"))
    assert "0001" in numbers(three("list", "--all", "--as", "holt", "--json"))


def test_the_row_of_a_case_has_these_keys(three):
    row = next(r for r in three("list", "--as", "holt", "--json").data if r["case"] == "0001")
    assert " ".join(sorted(row)) == (
        "assigned_to case class clocks closed_at consent due ending has_it hold locked next "
        "opened_at proposed_class restricted rung state story support urn"
    )


@pytest.mark.parametrize("given", ["1", "0001", "#1", "00001", " 1"])
def test_a_number_is_given_with_its_noughts_or_without(three, given):
    assert three("show", given, "--as", "holt").out.startswith("Case 0001")


def _owed(desk):
    """0001: an insult; 0002: fair comment, whose writer is owed an answer about their data."""
    desk("open", insult(desk), "--as", "holt")
    desk("open", review(desk), "--as", "holt")
    desk("note", "2", "She complains of it", "--starts", "dp-complaint-30d", "--as", "holt")


def test_what_is_overdue_stands_first_and_is_marked_and_status_counts_it(tmp_path, monkeypatch):
    desk = a_desk(tmp_path, _owed)
    status = ("status", "--home", str(desk.home))
    assert "in which a time is over" not in run(*status, "--as", "holt").out
    assert desk("list", "--overdue").out == "Nothing is overdue.\n"
    monkeypatch.setattr("data.effects.utc_now", lambda now=utc_now: now() + timedelta(days=31))
    _, first, *more = desk("list", "--as", "holt").out.splitlines()
    assert first.startswith("0002  overdue: ")
    assert "over: acknowledging the data-protection complaint" in " ".join(" ".join([first, *more]).split())
    assert numbers(desk("list", "--overdue", "--json")) == ["0002"]
    for known in (("--as", "holt"), ()):
        said = run(*status, *known).out
        assert "Cases in which a time is over: 1. To see what comes next: schoolgate case list --over" in said
    assert "in which a time is over" not in run(*status, "--as", "vale").out


def listed(now, *waits, access=Access.WORDS, **case):
    row = of_case(a_case(waits=waits, **case), access, now)
    return " ".join(" ".join(view.lines([row], Screen(now, UTC))[1:]).split()), row


def test_what_still_runs_is_due_and_what_is_over_says_since_when_and_what_comes_next():
    now = OPENED_AT + timedelta(hours=30)
    target = RunningClock("basildon_24h", OPENED_AT, OPENED_AT + timedelta(hours=24))
    operator = RunningClock("operator_s5_48h", OPENED_AT, OPENED_AT + timedelta(hours=48))
    both, row = listed(now, target, operator, state=CaseState.WAITING)
    assert "due: the operator's 48 hours, bank holidays and weekends left out" in both
    assert "over since Wed 18 Nov, 09:00: the school's own target for having it" in both
    assert both.startswith("0001 Thu 19 Nov, 09:00 ")
    assert not view.overdue(row)
    assert "next:" not in both
    found = view.as_json(row, now)
    assert found["due"]["clock"] == "operator_s5_48h"
    assert [clock["overdue"] for clock in found["clocks"]] == [True, False]

    later = OPENED_AT + timedelta(hours=60)
    both, row = listed(later, target, operator, state=CaseState.WAITING)
    assert both.startswith("0001 overdue: Thu 19 Nov, 09:00 ")
    assert (both.count("over since"), both.count("over: ")) == (1, 1)
    assert "next: record what came of it, or that nothing did, and go one rung further" in both
    assert view.as_json(row, later)["due"] is None
    mine, _ = listed(later, target, operator, state=CaseState.WAITING, access=Access.STATUS)
    assert "next:" not in mine, "whoever only sees how far it is has nothing to do"


def test_what_may_accuse_somebody_stands_in_no_list_that_anybody_sees(three):
    assert numbers(three("list", "--json")) == ["0001", "0002"]


def test_what_may_accuse_who_sees_no_cases_anyway_stands_there(tmp_path):
    desk = Desk(tmp_path)
    story = desk.story(
        "named", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.STAFF,
        content_class="C7", subject_person="vale", subjects=("vale",), alert=True,
    )  # fmt: skip
    desk("open", story, "--as", "holt")
    assert numbers(desk("list", "--json")) == ["0001"]
    assert numbers(desk("list", "--as", "vale", "--json")) == []
    assert "case 0001" in run("story", "show", story, "--home", str(desk.home)).out


def test_whoever_does_not_say_who_they_are_is_told_once_how_to(three):
    unnamed = three("list", "--json")
    assert unnamed.err.count("To say so: --as PERSON") == 1
    assert unnamed.data
    assert three("list", "--as", "holt").err == ""
