"""A mark without any door: set, taken back, or refused."""

from __future__ import annotations

import pytest
from builders.case_desk import NOW, Desk

from data.steps.acts import Done, Refused
from data.store import owners as owner_store
from data.types import Mark, Marked, Route, Severity
from monitor.act.mark import mark
from monitor.cli.commands.options import HomeOptions


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt",), severity=Severity.TODAY, route=Route.RESPOND)
    desk.story("danger", alert=True, told=("holt",), severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
    return desk


def marked(desk, story, wanted, person="holt"):
    reader = HomeOptions(home=desk.home).reader(person)
    with desk.store.write("test") as con:
        return mark(con, reader, story, "900001", wanted, NOW)


def standing(desk, story):
    with desk.store.read() as con:
        return owner_store.marks(con, [story]).get(story)


def test_a_mark_is_set_and_taken_back(desk):
    set_ = Marked("story-fair", "900001", Mark.NOT_US, "holt", NOW)
    assert marked(desk, "story-fair", Mark.NOT_US) == Done(set_)
    assert standing(desk, "story-fair") == set_
    assert marked(desk, "story-fair", None) == Done(None)
    assert standing(desk, "story-fair") is None


def test_what_somebody_else_marked_stays_as_it_is_and_is_given(desk):
    marked(desk, "story-fair", Mark.NOT_US)
    came = marked(desk, "story-fair", Mark.ANSWERED, "ash")
    assert isinstance(came, Done)
    assert came.made is not None
    assert (came.made.mark, came.made.person_id) == (Mark.NOT_US, "holt")


@pytest.mark.parametrize(
    ("story", "wanted", "person", "guard"),
    [
        ("story-danger", Mark.NOT_US, "holt", "reason"),
        ("story-fair", Mark.NOT_US, "vale", "offered"),
        ("story-fair", None, "vale", "offered"),
    ],
)
def test_what_is_not_on_offer_is_refused_with_a_reason_and_changes_nothing(
    desk, story, wanted, person, guard
):
    came = marked(desk, story, wanted, person)
    assert isinstance(came, Refused)
    assert (came.guard, came.remedies) == (guard, ())
    assert came.reason
    assert standing(desk, story) is None
