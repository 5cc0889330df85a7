"""The title by which people call a matter."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from builders.mention import NOW, URN, a_mention, a_verdict

from alerts.wording.matters import title_of
from data.matters import Access, MatterView
from data.types import About, Person, PressEvent, Reason, Role, Route, Sentiment
from data.words.say import words

ZONE, W = ZoneInfo("Europe/London"), words("en")
TEACHER = Person("p-lark", "Miss Imogen Dunmore", "lark@example.org", (Role.STAFF,))
VIEW = MatterView("s1", URN, Access.WORDS, number="4711AB", channels=("local_forum",), raised_at=NOW)


def of(view=VIEW, people=(TEACHER,), **judged):
    top = a_verdict(a_mention(), **judged)
    return title_of(replace(view, top=top), people, W, NOW, ZONE)


READ = (Reason("article_read", "It was read."),)


@pytest.mark.parametrize(("judged", "title"), [
    ({}, "Local forum, criticism"),
    ({"themes": ("meals",)}, "Meals, local forum, criticism"),
    ({"about": About.HEAD}, "The head, local forum, criticism"),
    ({"about": About.STAFF, "subject_person": "p-lark"}, "Miss D., local forum, criticism"),
    ({"sentiment": Sentiment.POSITIVE, "route": Route.THANK}, "Local forum, thanks"),
    ({"sentiment": Sentiment.NEUTRAL}, "Local forum, question"),
    ({"event": PressEvent.CLOSURE}, "Press"),
    ({"event": PressEvent.CLOSURE, "reasons": READ}, "Press: a closure"),
])  # fmt: skip
def test_a_title_says_whom_where_and_what(judged, title):
    assert of(**judged) == title


@pytest.mark.parametrize(("view", "people"), [(replace(VIEW, access=Access.STATUS), (TEACHER,)), (VIEW, ())])
def test_nobody_is_named_to_whoever_may_not_read_the_words(view, people):
    title = of(view, people, about=About.STAFF, subject_person="p-lark")
    assert title == "A member of staff, local forum, criticism"


def test_of_a_sealed_matter_a_title_says_the_class_and_the_day_alone():
    judged = {"about": About.STAFF, "subject_person": "p-lark"}
    assert of(replace(VIEW, restricted=True), **judged) == "Safeguarding matter, 17 Nov"
    assert of(replace(VIEW, locked=True), **judged) == "Matter that the law keeps apart"
