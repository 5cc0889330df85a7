"""The pages of a case of several places: each says of which place it is, and what is whose."""

from datetime import timedelta

import pytest
from builders.case_page import CaseDesk
from builders.page import words_of

from data.cases import Event
from data.steps.codes import Check, PlaceRole
from data.steps.keeping import CopyFound
from monitor.act.step import record_look, take_step

URL = "https://mirror.example.org/7"
WHAT = f"A mirror, website, {URL}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A case with a mirror, at which somebody who looked found it gone."""
    desk = CaseDesk(tmp_path_factory.mktemp("places"), told=("head",))
    desk.to_decided()
    head = desk._session("head")
    take_step(head, "0001", Event(CopyFound(url=URL, what=PlaceRole.MIRROR), "head"), desk.clock())
    desk.clock.at += timedelta(minutes=1)
    record_look(head, "0001-2", Check.GONE, "A private window", None, desk.clock())
    return desk


def test_a_page_at_a_place_says_what_and_where_that_is(desk):
    for beside in ("", "/look", "/letters", "/classified"):
        assert f'<p class="meta"><bdi>{WHAT}</bdi></p>' in desk.page(f"-2{beside}").text
        assert '<p class="meta"><bdi>The post, Facebook' in desk.page(beside).text


def test_the_list_of_places_leads_to_the_others_and_marks_its_own(desk):
    page = desk.page("-2")
    assert "0001-2, this page" in words_of(page)
    assert '<dt><a href="/case/0001">0001</a></dt>' in page.text
    assert 'href="/case/0001-2">0001-2' not in page.text


def test_how_a_place_stands_is_no_part_of_its_address(desk):
    assert f"<bdi>{WHAT}</bdi><br>Seen gone" in desk.page().text


def test_what_is_due_at_another_place_says_so(desk):
    assert (
        "the next look whether it is gone (0001-2, " in words_of(desk.page()).partition("What is running")[0]
    )


def test_what_was_done_at_a_place_names_it(desk):
    assert "0001-2, mirror.example.org." in words_of(desk.page()).rpartition("It was looked at again.")[2]
    assert "kept by Jane Holt. 0001, facebook.example.org." in words_of(desk.page("/evidence"))


def test_today_says_at_which_place_something_is_due(desk):
    assert "to see whether it is gone (0001-2, " in words_of(desk.browser.get("/"))


def test_a_case_of_one_place_names_none(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    page = desk.page("/look").text + desk.page().text
    assert "<bdi>The post, Facebook" not in page
    assert "this page" not in page


def test_a_place_is_added_by_its_address_and_what_it_is(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    assert "Nothing was recorded" in words_of(desk.say("copy_found", url="example.org/7", what="mirror"))
    desk.say("copy_found", url=URL, what="mirror")
    assert WHAT in words_of(desk.page("-2"))
