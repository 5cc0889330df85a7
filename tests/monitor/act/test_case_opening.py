"""What a case begins with: its gravest post, whom it may accuse, who was told, what is restricted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.digest import (
    PEOPLE,
    TUESDAY,
    a_config,
    a_context,
    a_home,
    alert_on,
    grave,
    kept_open,
    restricted,
    say,
    story_id,
)
from builders.mention import POLICY, a_batch, a_mention, a_run, a_verdict

from data.errors import InputError
from data.steps.codes import StepKind
from data.steps.stored import facts_of, names_of
from data.store.mentions.batch import save
from data.types import About, Person, Reason, Relevance, Role, Route, Severity
from monitor.act.casework.opening import opened_event

NOW = TUESDAY
TEACHER = Person("teacher", "Sam Fell", (Role.STAFF,), "teacher@example.org")
GRAVE = {"severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL}


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        yield found


@pytest.fixture
def context(tmp_path):
    return a_context(a_config(tmp_path, people=(*PEOPLE, TEACHER)))


def facts(store, context, of, **more):
    event = opened_event(store.con, context, of, **more)
    assert event.kind is StepKind.OPENED
    must, may = names_of(StepKind.OPENED)
    given = facts_of(event.said)
    assert set(must) <= set(given) <= {*must, *may}
    return given


def id_of(name):
    return a_mention(name).id


def test_of_an_alert_it_is_about_the_gravest_post_of_its_story(store, context):
    say(store, "calm", NOW, story="street")
    alert = grave(store, "street", NOW, channel="facebook")
    told = facts(store, context, alert)
    assert (told["story"], told["mention"], told["alert"]) == (story_id("street"), id_of("street"), alert.id)
    assert (told["route"], told["proposed_class"], told["about"]) == ("request_removal", "C11", "staff")
    assert (told["channel"], told["restricted"], told["own_site"]) == ("facebook", "no", "no")
    assert told["audience"] == "head"
    assert "subjects" not in told


def test_it_says_who_opened_it_and_why(store, context):
    alert = grave(store, "street", NOW)
    event = opened_event(store.con, context, alert, actor="deputy", why="It gives her street.")
    assert (event.actor, event.why) == ("deputy", "It gives her street.")
    assert opened_event(store.con, context, alert).actor == "schoolgate"


def test_of_a_story_it_is_what_its_alert_says_where_it_has_one(store, context):
    alert = grave(store, "street", NOW)
    assert facts(store, context, story_id("street")) == facts(store, context, alert)


def test_of_a_story_without_an_alert_it_is_what_its_posts_say(store, context):
    say(store, "insult", NOW, **GRAVE, content_class="C2", about=About.STAFF)
    told = facts(store, context, story_id("insult"))
    assert (told["proposed_class"], told["route"]) == ("C2", "request_removal")
    assert not {"alert", "audience"} & set(told)


def test_another_post_of_the_story_may_be_named_and_then_counts_alone(store, context):
    alert = grave(store, "street", NOW)
    say(store, "other", NOW, story="street", content_class="C2", about=About.PUPIL, **GRAVE)
    told = facts(store, context, alert, mention_id=id_of("other"))
    assert (told["mention"], told["proposed_class"], told["about"]) == (id_of("other"), "C2", "pupil")


def test_a_post_of_another_story_and_a_story_there_is_not_are_refused(store, context):
    alert = grave(store, "street", NOW)
    with pytest.raises(InputError, match="has no post"):
        opened_event(store.con, context, alert, mention_id=id_of("elsewhere"))
    with pytest.raises(InputError, match="There is no story"):
        opened_event(store.con, context, "nothing")
    say(store, "others", NOW, relevance=Relevance.NOT_ABOUT)
    with pytest.raises(InputError, match="There is no story"):
        opened_event(store.con, context, story_id("others"))


def test_whom_it_may_accuse_is_whoever_any_version_of_its_posts_may_mean(store, context):
    alert = alert_on("street", NOW, excluded=("chair",))
    say(store, "street", NOW, **GRAVE, subjects=("deputy",), about=About.STAFF, alert=alert)
    assert facts(store, context, alert)["subjects"] == "chair deputy"


def test_an_accusation_of_the_head_is_about_the_head_though_it_says_a_teacher(store, context):
    alert = alert_on("street", NOW, excluded=("head",), audience=("chair",))
    say(store, "street", NOW, **GRAVE, subjects=("head",), about=About.STAFF, alert=alert)
    told = facts(store, context, alert)
    assert (told["about"], told["subjects"], told["audience"]) == ("head", "head", "chair")


def test_calm_criticism_of_the_head_accuses_nobody(store, context):
    say(store, "hopeless", NOW, about=About.HEAD, subject_person="head")
    told = facts(store, context, story_id("hopeless"))
    assert "subjects" not in told
    assert (told["route"], told["about"], told["proposed_class"]) == ("respond", "head", "C0")


def test_who_was_told_though_it_may_mean_them_is_no_subject(store, context):
    alert = alert_on("street", NOW, audience=("head",))
    say(store, "street", NOW, **GRAVE, about=About.HEAD, alert=alert)
    assert "subjects" not in facts(store, context, alert)


@pytest.mark.parametrize(
    ("about", "meant", "target"),
    [(About.STAFF, "teacher", "teacher"), (About.HEAD, None, "head"), (About.STAFF, None, None)],
)
def test_a_threat_is_aimed_at_the_person_or_the_holder_of_the_office(store, context, about, meant, target):
    alert = alert_on(
        "gate", NOW, route=Route.POLICE_NOW, content_class="C6", audience=("dsl", "teacher", "head")
    )
    given = {"route": Route.POLICE_NOW, "severity": Severity.THIS_HOUR, "content_class": "C6"}
    say(store, "gate", NOW, **given, about=about, subject_person=meant, alert=alert)
    told = facts(store, context, alert)
    assert told.get("target") == target
    assert told["audience"].split() == [p for p in ("dsl", "teacher", "head") if p != target]
    assert "subjects" not in told


@pytest.mark.parametrize(
    ("about", "abuse", "lane"),
    [
        (About.PUPIL, ("safeguarding",), "safeguarding"),
        (About.PUPIL, ("safeguarding", "sexual"), "child_image"),
        (About.PUPIL, ("self_harm",), "self_harm"),
        (About.STAFF, ("safeguarding",), "staff_allegation"),
    ],
)
def test_what_is_for_the_safeguarding_lead_bypasses_the_ladder(store, context, about, abuse, lane):
    given = {"route": Route.SAFEGUARDING, "severity": Severity.THIS_HOUR, "content_class": "C10"}
    alert = alert_on("child", NOW, restricted=True, audience=("dsl",), **given)
    say(store, "child", NOW, **given, about=about, abuse=abuse, restricted=True, alert=alert)
    told = facts(store, context, alert)
    assert (told["lane"], told["restricted"], told["audience"]) == (lane, "yes", "dsl")


def test_what_stands_beside_a_restricted_post_of_its_story_is_restricted_with_its_alert(store, context):
    alert = restricted(store, "child", NOW)
    say(store, "reply", NOW, story="child", **GRAVE)
    told = facts(store, context, alert, mention_id=id_of("reply"))
    assert told["restricted"] == "yes"


def test_a_post_on_an_account_of_the_school_s_own_is_told_as_one(store, context):
    say(store, "comment", NOW, source="page", **GRAVE)
    assert facts(store, context, story_id("comment"))["own_site"] == "yes"


def test_an_edit_lets_nobody_in_whom_the_former_words_accused(store, context):

    say(store, "street", NOW, **GRAVE, subjects=("deputy",), about=About.STAFF)
    calm = a_mention("street", text="Edited.", fetched_at=NOW + timedelta(hours=1))
    with store.write("edited") as con:
        batch = a_batch(calm, verdicts=[a_verdict(calm, 2)], version=2, story_id=story_id("street"),
                        run=a_run("forum", NOW + timedelta(hours=1)))  # fmt: skip
        save(con, batch, now=NOW + timedelta(hours=1), policy=POLICY)
    assert facts(store, context, story_id("street"))["subjects"] == "deputy"


def test_it_says_that_whoever_handed_it_in_said_danger_now(store, context):
    said = Reason("said_danger_now", "Whoever handed it in says that a child is in danger now.")
    alert = grave(store, "street", NOW, reasons=(said,))
    assert facts(store, context, alert)["danger_now"] == "yes"
    assert "danger_now" not in facts(store, context, grave(store, "road", NOW))
