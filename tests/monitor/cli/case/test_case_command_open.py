"""`schoolgate case open | classify`: what a case begins with, who may open one, and what is no removal."""

from __future__ import annotations

import pytest
from builders.case_desk import a_desk, about_the_head, disclosure, insult, review, run, stands_in_the_docs
from support.documents import keys_told
from support.rows import rows

from data.types import About, PressEvent, Route, Severity

LONG_ENOUGH = "It names her and says that she steals from the tuck shop, which is false."


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


def test_a_case_is_opened_of_an_alert(desk):
    (alert,) = [a for a in _alerts(desk) if a.get("story") == "story-insult"]
    assert desk("open", alert["id"][:6], "--as", "holt").code == 0


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


def test_after_the_first_was_closed_another_may_be_opened(desk):
    story = "story-insult"
    desk("open", story, "--as", "holt")
    desk("close", "1", "--mistaken", "--as", "holt", "--why", "Another school")
    assert desk("open", story, "--as", "holt").out.startswith("Case 0002")


def test_a_post_is_named_as_the_story_shows_it(desk):
    story = "story-insult"
    shown = run("story", "show", story, "--as", "holt", "--home", str(desk.home)).out
    post = next(line.split()[0] for line in shown.splitlines() if "poster-insult" in line)
    assert desk("open", story, "--post", post, "--as", "holt").code == 0


def test_a_post_that_the_story_has_not_is_wrong_use(desk):
    ran = desk("open", "story-insult", "--post", "ffff", "--as", "holt")
    assert (ran.code, "begins with “ffff”" in ran.err) == (2, True)


def test_what_is_no_story_is_wrong_use(desk):
    assert desk("open", "nothing", "--as", "holt").code == 2


def test_of_fair_comment_no_removal_is_offered_and_it_is_said_what_to_do(desk):
    said = desk("open", "story-review", "--as", "holt").out
    assert "fair comment" in said
    assert "No removal is offered" in said
    assert "schoolgate case step responded 0001" in said
    assert stands_in_the_docs(said, "0001", "905417")


def test_of_an_article_it_is_said_who_speaks_and_nobody_is_asked_to_come_in(desk):
    article = desk.story("article", channel="google_news", content_class="C0", event=PressEvent.STAFF)
    said = " ".join(desk("open", article, "--as", "holt").out.split())
    assert "No removal is offered: it is in the press, and is answered." in said
    assert "Agree who speaks to the press and what parents are told." in said
    assert "designated officer (LADO)" in said
    assert "come in" not in said
    assert "criticism" not in said


def test_whom_it_is_not_for_opens_none(desk):
    with desk.store.read() as con:
        ((number,),) = con.execute("SELECT number FROM alerts WHERE story_id = 'story-disclosure'").fetchall()
    ran = desk("open", number, "--as", "fern")
    assert ran.code == 2
    assert "This is not for" in ran.err
    assert audit(desk, "case_opened") == []


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


def test_a_disclosure_is_opened_by_the_dsl_alone(desk):
    story = "story-disclosure"
    assert desk("open", story, "--as", "fern").code == 2
    assert desk("open", story, "--as", "pike").out.startswith("Case 0001: recorded. Now: with the DSL.")


def test_a_threat_begins_at_the_police(desk):
    story = desk.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, content_class="C6",
        abuse=("threat",), subject_person="vale",
    )  # fmt: skip
    assert "by 999, or by 101" in desk("open", story, "--as", "holt").out
    said = desk("show", "1", "--as", "holt").out
    assert "ring 999 first" in said
    assert "aimed at: Sam Vale" in said


def test_fair_comment_is_reclassified_with_a_reason_of_some_length_alone(desk):
    desk("open", "story-review", "--as", "holt")
    short = desk("classify", "1", "C7", "--as", "holt", "--why", "It is rude")
    assert (short.code, "at least 40 characters" in short.err) == (2, True)
    assert audit(desk, "reclassified") == []
    assert desk("classify", "1", "C7", "--as", "holt", "--why", LONG_ENOUGH).code == 0
    assert audit(desk, "reclassified") == [("holt", "0001")]
    assert desk("list", "--as", "holt", "--json").data[0]["state"] == "triage"


def test_a_class_that_is_none_is_wrong_use(desk):
    desk("open", "story-insult", "--as", "holt")
    assert desk("classify", "1", "C15", "--as", "holt", "--why", "x").code == 2


def test_what_becomes_safeguarding_is_with_the_dsl_from_then_on(desk):
    desk("open", "story-insult", "--as", "holt")
    desk("classify", "1", "C10", "--lane", "safeguarding", "--as", "holt", "--why", "A child tells of harm")
    row = desk("list", "--as", "fern", "--json").data[0]
    assert (row["restricted"], row["state"], row["has_it"]["person"]) == (True, "with the DSL", None)
    assert keys_told(row) == {"case", "urn", "restricted", "state", "opened_at", "has_it"}
