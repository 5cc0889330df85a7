"""Who may say of a story that they have it, or that it is done with: all who show it ask the one rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.case import a_case
from builders.mention import NOW, URN, a_mention, a_verdict, an_alert, by_labels

from alerts.access.matter import matter_of_story
from alerts.next_date import offered, undoable
from data.types import About, Mark, Marked, Person, Role, Route, School, Sentiment, Severity

SCHOOL = School(URN, "Oakfield Primary School")
HEAD = Person("holt", "Jane Holt", (Role.HEAD,))
DEPUTY = Person("ash", "Lee Ash", (Role.DEPUTY_HEAD,))
DSL = Person("pike", "Robin Pike", (Role.DSL,))
PARENT = Person("vale", "Sam Vale", (Role.STAFF,))
PEOPLE = (HEAD, DEPUTY, DSL, PARENT)
MILD = a_verdict(a_mention("post"), severity=Severity.RESPOND, route=Route.RESPOND)


def marks_for(person, verdict=MILD, alert=None, cases=(), *, had=False):
    matter = matter_of_story([verdict], alert, SCHOOL, PEOPLE)
    return offered(person, matter, PEOPLE, alert, [verdict], cases, had=had)


def raised(verdict, **fields):
    told = {"severity": verdict.severity, "route": verdict.route, "audience": ("holt",), **fields}
    return an_alert("s-one", **told)


@pytest.mark.parametrize("person", [HEAD, DEPUTY, DSL], ids=lambda p: p.id)
def test_whoever_works_on_such_matters_may_say_either(person):
    assert marks_for(person) == (Mark.TAKEN, Mark.NOT_US, Mark.ANSWERED)


def test_what_somebody_has_or_was_raised_as_an_alert_is_not_taken_so():
    assert marks_for(DEPUTY, had=True) == (Mark.NOT_US, Mark.ANSWERED)
    assert marks_for(DEPUTY, alert=raised(MILD)) == (Mark.NOT_US, Mark.ANSWERED)


def test_only_whoever_took_it_gives_it_up_and_anybody_takes_back_that_it_is_done_with():
    taken = Marked("s-one", URN, Mark.TAKEN, "ash", NOW)
    assert undoable(taken, DEPUTY)
    assert not undoable(taken, HEAD)
    assert undoable(replace(taken, mark=Mark.ANSWERED), HEAD)


def test_whoever_may_not_read_it_may_say_nothing():
    assert marks_for(PARENT) == ()


@pytest.mark.parametrize(
    "grave",
    [
        {"severity": Severity.THIS_HOUR, "route": Route.REQUEST_REMOVAL},
        {"severity": Severity.RESPOND, "route": Route.SAFEGUARDING},
        {"severity": Severity.TODAY, "route": Route.POLICE_NOW},
        {"restricted": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p.id)
def test_nobody_marks_what_may_be_danger_or_is_restricted(grave, person):
    verdict = replace(MILD, **grave)
    assert marks_for(person, verdict, raised(verdict, restricted=verdict.restricted)) == ()
    assert marks_for(person, verdict) == ()


def test_an_alert_that_is_graver_than_its_posts_counts():
    assert marks_for(HEAD, MILD, raised(MILD, severity=Severity.THIS_HOUR)) == ()


def test_while_a_case_is_open_it_ends_by_its_own_steps():
    assert marks_for(HEAD, cases=[a_case()]) == ()
    assert marks_for(HEAD, cases=[replace(a_case(), closed_at=NOW)]) == (
        Mark.TAKEN,
        Mark.NOT_US,
        Mark.ANSWERED,
    )


def test_nobody_takes_criticism_of_themselves_out_of_what_governors_are_told():
    criticism = by_labels(MILD, about=About.HEAD, sentiment=Sentiment.NEGATIVE)
    assert marks_for(HEAD, criticism) == (Mark.TAKEN, Mark.ANSWERED)
    assert marks_for(DEPUTY, criticism) == (Mark.TAKEN, Mark.NOT_US, Mark.ANSWERED)
    assert marks_for(DEPUTY, by_labels(MILD, subject_person="ash")) == (Mark.TAKEN, Mark.ANSWERED)
