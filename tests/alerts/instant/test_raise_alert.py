"""When an alert is raised, and when it is raised again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from builders.alert import EVERYBODY, NOW, SCHOOL, STORY, codes, raised, verdict
from builders.mention import by_labels
from hypothesis import given
from hypothesis import strategies as st

from alerts.instant.raise_alert import Decline, raise_alert, story_severity
from alerts.next_date import due_at, in_working_hours
from data.judged import ROUTE_ORDER, route_rank
from data.register.calendar import Calendar
from data.types import About, Alert, Policy, Reason, Relevance, Route, Severity, Verdict


@pytest.mark.parametrize("route", [Route.NOTE, Route.THANK, Route.RESPOND])
def test_what_needs_no_action_is_declined(route: Route) -> None:
    found = raise_alert(STORY, [verdict(route, look=True)], None, EVERYBODY, SCHOOL, Policy(), NOW)
    assert isinstance(found, Decline)
    assert found.reason.code == "not_severe"


def test_what_is_not_about_us_is_declined() -> None:
    other = verdict(relevance=Relevance.NOT_ABOUT)
    assert isinstance(raise_alert(STORY, [other], None, EVERYBODY, SCHOOL, Policy(), NOW), Decline)


def test_a_story_is_told_once() -> None:
    first = raised(verdict())
    again = raise_alert(STORY, [verdict(), verdict()], first, EVERYBODY, SCHOOL, Policy(), NOW)
    assert isinstance(again, Decline)
    assert again.reason.code == "told_already"


def test_it_is_told_again_where_severity_rises() -> None:
    first = raised(verdict())
    again = raised(verdict(severity=Severity.THIS_HOUR), existing=first)
    assert (again.id, again.times) == (first.id, 2)
    assert "severity_rose" in codes(again)


def test_it_is_told_again_where_the_route_rises_and_severity_never_falls() -> None:
    first = raised(verdict(Route.PLATFORM_REPORT, About.STAFF), places=5)
    again = raised(verdict(Route.SAFEGUARDING), existing=first)
    assert "route_rose" in codes(again)
    assert again.severity == first.severity == Severity.THIS_HOUR


def test_the_gravest_mention_leads_and_one_restricted_mention_restricts_all() -> None:
    alert = raised(verdict(Route.PLATFORM_REPORT, About.STAFF), verdict())
    assert (alert.route, alert.content_class, alert.restricted) == (Route.SAFEGUARDING, "C10", True)


def test_an_edit_that_no_longer_names_the_head_does_not_let_the_head_in() -> None:
    first = raised(verdict(about=About.HEAD, subject_person="head"))
    edited = verdict(about=About.STAFF, severity=Severity.THIS_HOUR, version=2)
    again = raised(edited, existing=first)
    assert again.audience == ("chair", "dsl")
    assert again.excluded == ("head",)


def test_milder_words_after_an_edit_keep_the_route_and_open_it_to_nobody_else() -> None:
    first = raised(verdict())
    again = raised(verdict(Route.PLATFORM_REPORT, About.PUPIL, version=2), existing=first, places=5)
    assert "severity_rose" in codes(again)
    assert (again.route, again.content_class, again.restricted) == (Route.SAFEGUARDING, "C10", True)
    assert again.audience == first.audience == ("dsl", "deputy_dsl")


def test_whom_a_former_version_may_accuse_stays_out() -> None:
    former = verdict(Route.RESPOND, About.SCHOOL, subjects=("dsl",))
    assert "dsl" not in raised(verdict(), earlier=[former]).audience


def test_somebody_told_who_turns_out_to_be_its_subject_leaves_the_list() -> None:
    first = raised(verdict(about=About.STAFF))
    again = raised(verdict(about=About.STAFF, subjects=("dsl",)), existing=first)
    assert again.audience == ("head", "deputy_dsl")
    assert again.times == first.times + 1
    assert "subject_found" in codes(again)


def test_what_was_restricted_once_stays_so() -> None:
    first = raised(verdict())
    again = raised(verdict(Route.POLICE_NOW, About.SCHOOL), existing=first)
    assert again.restricted


def test_one_restricted_mention_restricts_all_though_another_leads() -> None:
    assert raised(verdict(Route.POLICE_NOW, About.SCHOOL), verdict()).restricted


def test_an_alert_that_may_be_anothers_says_so() -> None:
    unsure = verdict(relevance=Relevance.UNSURE)
    assert "perhaps_other_school" in codes(raised(unsure))
    assert "perhaps_other_school" not in codes(raised(unsure, verdict()))


def test_ids_are_stable() -> None:
    assert raised(verdict()).id == raised(verdict(severity=Severity.THIS_HOUR)).id


def test_routes_are_in_one_order() -> None:
    assert set(ROUTE_ORDER) == set(Route)
    assert all(route_rank(a) < route_rank(b) for a, b in pairwise(ROUTE_ORDER))


@given(
    st.sampled_from(list(Severity)),
    st.sampled_from(list(Route)),
    st.booleans(),
    st.integers(1, 9),
    st.booleans(),
)
def test_a_story_rises_by_one_at_most_and_never_where_an_answer_is_enough(
    severity: Severity, route: Route, child: bool, places: int, back: bool
) -> None:
    found = story_severity(severity, route, child_identifiable=child, places=places, came_back=back)
    assert severity <= found <= min(severity + 1, 4) or found == severity
    if route in (Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND):
        assert found == severity


@pytest.mark.parametrize(
    "why", [{"child_identifiable": True}, {"places": 3}, {"came_back": True}], ids=["child", "spread", "back"]
)
def test_each_ground_raises_by_one(why: dict[str, object]) -> None:
    grounds = {"child_identifiable": False, "places": 1, "came_back": False} | why
    assert story_severity(Severity.TODAY, Route.PLATFORM_REPORT, **grounds) is Severity.THIS_HOUR  # type: ignore[arg-type]


def test_a_child_that_can_be_told_is_known_by_its_reason() -> None:
    child = verdict(reasons=(Reason("child_identifiable", "A child can be told."),))
    assert raised(child).severity is Severity.THIS_HOUR
    assert "raised_by_one" in codes(raised(child))


URGENT = (Route.SAFEGUARDING, Route.POLICE_NOW)


@given(st.sampled_from(list(Severity)), st.sampled_from(URGENT), st.sampled_from(list(Relevance)))
def test_the_lane_of_its_own_is_told_whatever_the_severity_unless_it_is_not_ours(
    severity: Severity, route: Route, relevance: Relevance
) -> None:
    found = raise_alert(
        STORY,
        [verdict(route, severity=severity, relevance=relevance)],
        None,
        EVERYBODY,
        SCHOOL,
        Policy(),
        NOW,
    )
    assert isinstance(found, Alert) == (relevance is not Relevance.NOT_ABOUT)


@given(st.sampled_from(list(Severity)), st.sampled_from([r for r in Route if r not in URGENT]))
def test_any_other_route_is_told_from_severity_3_on(severity: Severity, route: Route) -> None:
    found = raise_alert(STORY, [verdict(route, severity=severity)], None, EVERYBODY, SCHOOL, Policy(), NOW)
    assert isinstance(found, Alert) == (severity >= Severity.TODAY)


def test_somebody_new_whom_it_may_accuse_is_kept_out_though_it_is_not_told_again() -> None:
    first = raised(verdict(about=About.STAFF))
    assert "deputy_dsl" not in first.audience
    more = [verdict(about=About.STAFF), verdict(about=About.STAFF, subjects=("deputy_dsl",))]
    again = raise_alert(STORY, more, first, EVERYBODY, SCHOOL, Policy(), NOW)
    assert isinstance(again, Decline)
    assert again.kept_out == ("deputy_dsl",)


def test_whom_it_kept_out_before_is_not_named_again() -> None:
    first = raised(verdict(about=About.STAFF, subjects=("deputy_dsl",)))
    again = raise_alert(STORY, [verdict(about=About.STAFF)], first, EVERYBODY, SCHOOL, Policy(), NOW)
    assert isinstance(again, Decline)
    assert again.kept_out == ()


def test_it_is_told_again_where_somebody_asked_after_it_turns_out_to_be_its_subject() -> None:
    first = raised(verdict(about=About.STAFF))
    more = [verdict(about=About.STAFF), verdict(about=About.STAFF, subjects=("deputy_dsl",))]
    again = raised(*more, existing=first, asked=("deputy_dsl",))
    assert again.times == 2
    assert "deputy_dsl" in again.excluded


ACCUSED = verdict(about=About.STAFF)
REPLY = verdict(Route.NOTE, About.SCHOOL, mention_id="m2", subjects=("head",))


def test_whom_a_calm_reply_says_it_was_is_not_told_of_the_allegation() -> None:
    alert = raised(ACCUSED, REPLY)
    assert "head" in alert.excluded
    assert alert.audience == raised(verdict(about=About.STAFF, subjects=("head",))).audience


def test_somebody_told_whom_a_later_calm_reply_names_leaves_the_list() -> None:
    first = raised(ACCUSED)
    assert "head" in first.audience
    again = raised(ACCUSED, REPLY, existing=first)
    assert "subject_found" in codes(again)
    assert "head" not in again.audience


def test_a_calm_reply_leaves_somebody_to_tell() -> None:
    everybody = tuple(p.id for p in EVERYBODY)
    assert raised(ACCUSED, by_labels(REPLY, subjects=everybody)).audience


@pytest.mark.parametrize(
    "severe", [verdict(), verdict(Route.POLICE_NOW), verdict(Route.REQUEST_REMOVAL, About.STAFF)]
)
def test_whom_a_calm_reply_names_is_told_where_no_adult_is_accused_over_a_child(severe: Verdict) -> None:
    assert raised(severe, REPLY).audience == raised(severe).audience


def test_a_reply_about_another_school_keeps_nobody_out() -> None:
    elsewhere = replace(REPLY, relevance=Relevance.NOT_ABOUT)
    assert raised(ACCUSED, elsewhere).excluded == ()


DECIDES = Reason("a_person_decides", "It may be serious, and we cannot tell what it is: a person decides.")


def test_an_answer_that_cannot_wait_is_told_to_the_leadership_the_same_day() -> None:
    grave = verdict(
        Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, content_class="C0", restricted=False
    )
    alert = raised(grave, places=5)
    assert (alert.route, alert.severity, alert.restricted) == (Route.RESPOND, Severity.TODAY, False)
    assert alert.audience[0] == "head"
    assert due_at(alert, NOW, ZoneInfo("Europe/London"), Calendar()) == in_working_hours(
        NOW, ZoneInfo("Europe/London"), Calendar()
    )


def test_what_a_person_decides_is_said_in_the_alert() -> None:
    unplaced = verdict(
        Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, content_class="C0", reasons=(DECIDES,)
    )
    assert "a_person_decides" in codes(raised(unplaced))
    assert "a_person_decides" not in codes(raised(verdict()))
