"""Of very many stories the posts of some dozen are read: those that may be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders.mention import NOW, a_mention, a_verdict
from builders.view import a_post as read_post
from builders.view import fresh

from alerts.digest.select import wanted_posts, with_posts
from alerts.facts import Selection
from data.matters import MatterView, PostView
from data.types import Person, Role

READER = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
JUDGED = a_verdict(a_mention(), reasons=())


def a_story(n: int, people: int = 1, theme: str = "traffic", **fields) -> MatterView:
    return fresh(
        f"s{n:04}", replace(JUDGED, themes=(theme,)), mentions=people, people_keys=tuple(range(people)),
        post_id=f"p{n:04}", **fields,
    )  # fmt: skip


def a_post(text: str = "Nobody rang back.", id: str = "") -> PostView:
    return read_post(text=text, at=NOW - timedelta(hours=3), id=id)


def test_of_stories_judged_alike_the_loudest_are_read_and_no_more():
    quiet, loud = [a_story(n) for n in range(900)], [a_story(1000 + n, people=3) for n in range(15)]
    wanted = wanted_posts(Selection(READER, answer=(*quiet, *loud)))
    assert len(wanted) == 20
    assert {s.post_id for s in loud} <= wanted.keys()
    assert wanted["p1000"] == "s1000"


def test_of_each_theme_some_are_read():
    stories = (*(a_story(n) for n in range(100)), a_story(500, theme="uniform"))
    assert "p0500" in wanted_posts(Selection(READER, praise=stories))


def test_of_the_news_and_what_we_cannot_tell_those_that_stand_there_are_read():
    news = tuple(a_story(n, article_id=f"a{n:04}") for n in range(40))
    looks = tuple(a_story(100 + n, look=replace(JUDGED, look=True, look_rank=0.5)) for n in range(40))
    wanted = wanted_posts(Selection(READER, news=news, looks=looks))
    assert sum(i.startswith("a") for i in wanted) == 12
    assert sum(i >= "p0100" for i in wanted if i.startswith("p")) == 4


def test_what_may_be_severity_4_is_all_read():
    looks = tuple(a_story(n, look=replace(JUDGED, look=True, look_rank=1.0)) for n in range(30))
    assert len(wanted_posts(Selection(READER, looks=looks))) == 30


def test_a_post_comes_to_its_own_story_and_to_no_other():
    chosen = Selection(READER, answer=(a_story(1), a_story(2)), news=(a_story(3, article_id="a3"),))
    given = with_posts(chosen, {"p0001": a_post("one", "p0001"), "a3": a_post("three", "a3")}, {}, ())
    assert [s.post and s.post.text for s in given.answer] == ["one", None]
    assert given.news[0].article is not None
    assert given.news[0].post is None
