"""Four of the eleven stories at the desk, seconds of processor each; `benchmarks/stories.py` plays all."""

from contextlib import contextmanager

import pytest
from builders.served import needs_chromium
from live.desk.stories import CHAIR, HEAD, STORIES

pytestmark = needs_chromium


@pytest.fixture
def played(browser, tmp_path, monkeypatch):
    """Plays a story to the end that it must have, nothing refused, in no more taps than it may take."""

    @contextmanager
    def play(key):
        story = STORIES[key]
        with story.town(tmp_path, monkeypatch, browser) as town:
            assert story.acts(town) == story.ends
            assert town.refused == []
            assert town.taps <= story.taps
            yield town

    return play


def test_a_removal_goes_from_its_first_question_to_the_police_in_25_taps_and_8_fields(played):
    with played("a") as town:
        assert all(n <= most for n, most in zip(town.whole, (25, 8), strict=True))


def test_a_threatened_teacher_says_that_he_is_safe_and_agrees_in_5_taps_and_the_police_are_asked(played):
    with played("b") as town:
        assert town.own <= 5
        assert not town[HEAD].leads("/answered")  # it is closed: what the police say is recorded no more


def test_a_head_who_is_accused_and_her_husband_find_nothing_where_it_is_handed_over(played):
    with played("d") as town:
        for who in (HEAD, CHAIR):
            asks = town[who].opens("/").tab.request
            its, none = (asks.get(town.base + path) for path in (town.case, "/case/000000"))
            assert (its.status, its.text()) == (404, none.text())


def test_a_lie_in_two_places_climbs_from_its_author_to_who_hosts_it_goes_and_comes_back(played):
    with played("k") as town:
        assert town.tale("evidence verify").code == 0
        town.tale.only_reads()
