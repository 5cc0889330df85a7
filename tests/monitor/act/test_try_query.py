"""A query beside what is held, before it is switched on: what it finds and misses, nothing restricted."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.judges import CALM, HEXLEY, NOW, OAKFIELD, PEOPLE, brought, judges, posted, read_in

from data.evidence.handed_in import BY_HAND
from data.steps.acts import Refused
from data.types import Person, Role, Source
from monitor.act.people import Keeper
from monitor.act.places import try_query
from monitor.config.load import Config

TALK = Source("talk", "feed", "https://talk.example.org/feed", (OAKFIELD.urn,), "Talk")
CHILD = "At Oakfield Primary in Northvale my stepdad hits me and I am frightened to go home, please help me"
FAIR = "The Oakfield Primary School fair in Northvale was lovely, thank you everybody who came along"
OAKS = "Two oaks in a field fell on the lane last night, and the council says it is closed until Friday"


@pytest.fixture
def at(tmp_path):
    store, ours = a_migrated_store(tmp_path / "home"), judges(OAKFIELD, HEXLEY)
    hand = replace(TALK, id="report-in", kind=BY_HAND)
    long_ago = {"published": NOW - timedelta(days=25)}
    posts = [
        posted(1, CALM), posted(2, FAIR), posted(3, CHILD), posted(4, OAKS),
        posted(5, FAIR.replace("fair", "play"), **long_ago),
        posted(6, CALM.replace("winter fair", "concert"), published=NOW - timedelta(days=91)),
        posted(7, "And who brings the cake?", parent=posted(3, CHILD).id),
    ]  # fmt: skip
    read_in(store, ours, brought(TALK, *posts))
    read_in(store, ours, brought(hand, posted(8, CALM.replace("year", "term"))))
    config = Config(Path("schoolgate.toml"), schools=(OAKFIELD, HEXLEY), sources=(TALK,), people=PEOPLE)
    return Keeper(config, store.home, store, None, NOW)


def tried(at, text, urns=(OAKFIELD.urn,)):
    return try_query(at, text, urns, lambda config, home: judges(OAKFIELD, HEXLEY))


def test_it_says_how_many_posts_it_finds_and_which_of_the_schools_own_it_would_miss(at):
    made = tried(at, '"Oakfield Primary School"').made
    assert (made.found, made.about, made.missed) == (2, 3, 1)
    assert [find.said[:12] for find in made.misses] == ["Does anybody"]


def test_what_is_restricted_or_beside_it_or_was_handed_in_is_neither_shown_nor_counted(at):
    made = tried(at, "Oakfield OR Northvale Oakfield OR cake Oakfield").made
    assert (made.found, made.missed) == (3, 0)
    assert not any("stepdad" in find.said or "cake" in find.said for find in made.misses)


def test_without_a_name_of_the_school_or_for_a_school_of_others_it_is_refused(at):
    assert "has no name of it" in tried(at, "Northvale").reason
    assert "Mr Barnaby Thistlewood" in tried(at, "Oakfield Barnaby Thistlewood").reason
    it = Person("it", "Sam Vale", (Role.IT_LEAD,), urns=(OAKFIELD.urn,))
    assert isinstance(tried(replace(at, by=it), "Hexley", (HEXLEY.urn,)), Refused)
    assert isinstance(tried(at, "Oakfield", ("900009",)), Refused)
