"""What may be said on the signed page in words of one's own: who is meant, and “not us” by two."""

from __future__ import annotations

import pytest
from builders.page import CHILD, DANGER, PageDesk, buttons_of, form_of, words_of

from data.types import Harm, Mark, Meant

ALLEGED = CHILD | {"accuses": (Meant("person:vale", 0.25, "surname"),)}
THREAT = DANGER | {"endangers": (Meant("school", 1.0, "signal:threat", Harm.VIOLENCE),)}


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("dsl", "head"), **THREAT)


def say(desk, who="dsl", **form):
    """What the page answers to a form that somebody sends who has read it."""
    shown = form_of(desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**shown, **form})


def audited(desk):
    return desk.audited("who_was_named")


def test_who_is_meant_is_asked_of_whoever_has_read_it(desk):
    assert "name" not in buttons_of(desk.get("dsl"))
    assert "name" in buttons_of(desk.press("read", "dsl"))


def test_naming_at_whom_it_is_aimed_is_recorded_and_the_page_says_so(desk):
    page = say(desk, do="name", aimed_at="vale", why="She teaches that class")
    assert "Those who must know by that are told" in words_of(page)
    with desk.store.read() as con:
        (meant,) = con.execute("SELECT endangers FROM verdicts").fetchone()
    assert "person:vale 1.00 named violence" in meant
    assert [actor for _, actor, _ in audited(desk)] == ["dsl"]


def test_nothing_is_said_by_a_get(desk):
    desk.press("read", "dsl")
    before = desk.rows()
    desk.browser.get(f"{desk.path('dsl')}?do=name&aimed_at=vale&why=mine")
    assert desk.rows() == before


@pytest.mark.parametrize(
    "form", [{"aimed_at": "vale", "why": " "}, {"why": "mine"}, {"about": "x", "why": "y"}]
)
def test_without_somebody_and_a_reason_nothing_is_changed(desk, form):
    assert "choose somebody, and say why" in words_of(say(desk, do="name", **form))
    assert audited(desk) == []


def test_somebody_told_of_it_who_decides_nothing_is_not_asked(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl", "vale"), **CHILD)
    assert "name" not in buttons_of(desk.press("read", "vale"))
    say(desk, "vale", do="name", about="head", why="mine")
    assert audited(desk) == []


def test_whom_it_may_accuse_says_nothing_of_it(tmp_path):
    desk = PageDesk(
        tmp_path, told=("dsl",), **ALLEGED | {"accuses": (Meant("person:head", 0.25, "surname"),)}
    )
    form = desk.form("dsl")
    desk.wait(seconds=5)
    desk.browser.post(desk.path("head"), data={**form, "do": "name", "about": "-", "why": "It is not me"})
    assert audited(desk) == []


def test_of_a_restricted_matter_too_nobody_at_the_school_may_be_meant(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **ALLEGED)
    page = desk.press("read", "dsl")
    assert "name" in buttons_of(page)
    say(desk, do="name", about="-", why="It was at home")
    with desk.store.read() as con:
        assert con.execute("SELECT accuses FROM verdicts").fetchall() == [([],)]


def test_two_people_say_of_a_threat_that_it_is_not_about_the_school(desk):
    first = say(desk, do="not_us_by_two", why="It is a pub in Wales")
    assert "Until a second person has said so too" in words_of(first)
    assert desk.mark().mark is Mark.SAID_NOT_US
    assert "not_us_by_two" not in buttons_of(desk.press("read", "dsl")), "nobody says it twice"
    assert "has said so. If you say so too" in words_of(desk.press("read", "head"))
    second = say(desk, "head", do="not_us_by_two", why="I asked: it is the pub")
    assert "said that it is not about the school" in words_of(second)
    assert (desk.mark().mark, desk.mark().person_id) == (Mark.NOT_US, "head")


def test_what_somebody_said_alone_they_may_take_back(desk):
    say(desk, do="not_us_by_two", why="It is a pub in Wales")
    desk.wait(minutes=2)
    assert "you took that back" in words_of(desk.press("undo", "dsl"))
    assert desk.mark() is None


def test_not_us_by_two_wants_a_reason(desk):
    assert "say why" in words_of(say(desk, do="not_us_by_two", why=""))
    assert desk.mark() is None
