"""Whose is what a place gave: over invented towns, whatever homes a fleet has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.mention import NOW, a_mention, a_run
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store.segments import HandedReading
from data.types import MentionKind, School, Source
from monitor.fleet.settings import SharedPlace
from monitor.fleet.stages.linking import NationalLinker, Routing
from monitor.fleet.work import ToRoute, places

BOARD = Source("board", "feed", "https://board.example.org/feed", name="Talk", channel="local_forum")
NAMES = ("Oakfield Primary School", "Hexley Marsh Academy", "Larch Green Infant School", "Tarn View College")
TOWNS = ("Northvale", "Hexley", "Sallowby", "Great Ember")
NOBODY = "Roadworks on the bypass, take the top road if you are going to the hospital."
SAID = "The summer fair at {0} in {1} was well attended, and all the parents were glad of it."
SHORT = "Has anybody a spare jumper for {0}? Ours is lost again."

SCHOOLS = tuple(
    School(f"9000{i:02}", name, locality=town)
    for i, (name, town) in enumerate((name, town) for name in NAMES for town in TOWNS)
)
HOMES = st.lists(st.sampled_from(SCHOOLS), min_size=2, max_size=6, unique=True)
WORDS = st.lists(
    st.one_of(
        st.just(NOBODY),
        st.builds(SAID.format, st.sampled_from(NAMES), st.sampled_from(TOWNS)),
        st.builds(SHORT.format, st.sampled_from(NAMES)),
    ),
    min_size=1,
    max_size=8,
)
"""What people write: about one school, about some school of a name, about none."""


def a_fleet(schools, naming=(), shared=(), source=BOARD):
    """Each school has a home of its urn; those `naming` the place have it in their own file."""
    watched = {s.urn: ([s], [source] if s in naming else []) for s in schools}
    return places(watched, shared)


def a_place(schools, naming=(), source=BOARD):
    """The one place of a fleet: it is the fleet's own where nobody names it."""
    (place,) = a_fleet(schools, naming, () if naming else [SharedPlace(source)], source)
    return place


def mentions_of(words, **fields):
    return tuple(a_mention(str(i), title="", text=text, **fields) for i, text in enumerate(words))


def routed(schools, place, mentions):
    """By home the texts of what it is handed."""
    homes = {s.urn: (s.urn,) for s in schools}
    routing = Routing(NationalLinker(tuple(schools)), homes)
    reading = HandedReading(a_run(place.source.id), mentions)
    (answer,) = routing(ToRoute(((place, reading),), NOW))
    return {home: [mentions[i].text for i in some] for home, some in answer.to.items()}


def about(school):
    return SAID.format(school.name, school.locality)


OAKFIELD, HEXLEY, LARCH = SCHOOLS[0], SCHOOLS[5], SCHOOLS[10]
THREE = (OAKFIELD, HEXLEY, LARCH)


@settings(max_examples=30)
@given(HOMES)
def test_what_names_a_school_goes_to_its_home_and_to_no_other(schools):
    place = a_place(schools)
    said = [about(s) for s in schools]
    assert routed(schools, place, mentions_of(said)) == {s.urn: [about(s)] for s in schools}


@settings(max_examples=30)
@given(HOMES, WORDS)
def test_of_a_place_that_a_home_names_it_has_all_but_what_others_alone_are_meant_by(schools, words):
    mentions = mentions_of(words)
    naming, *others = schools
    found = routed(schools, a_place(schools, [naming]), mentions)
    theirs = {text for s in others for text in found.get(s.urn, ())}
    own = found.get(naming.urn, [])
    assert set(words) == {*own, *theirs}
    assert NOBODY not in theirs
    for school in others:
        assert about(school) not in own


@settings(max_examples=30)
@given(HOMES, WORDS)
def test_of_the_fleets_own_place_nobody_has_what_is_about_nobody(schools, words):
    found = routed(schools, a_place(schools), mentions_of([*words, NOBODY]))
    assert all(NOBODY not in some for some in found.values())


@settings(max_examples=40)
@given(HOMES, WORDS, st.booleans())
def test_a_home_more_takes_from_the_others_only_what_is_its_own(schools, words, named):
    *before, new = schools
    mentions = mentions_of(words)
    naming = before if named else []
    first = routed(before, a_place(before, naming), mentions)
    then = routed(schools, a_place(schools, naming), mentions)
    for home in before:
        had, has = set(first.get(home.urn, ())), set(then.get(home.urn, ()))
        assert has <= had
        assert had - has <= set(then.get(new.urn, ()))


@settings(max_examples=20)
@given(HOMES, WORDS, st.randoms())
def test_the_order_of_the_homes_changes_nothing(schools, words, random):
    mentions = mentions_of(words)
    other = random.sample(schools, len(schools))
    assert routed(schools, a_place(schools), mentions) == routed(other, a_place(other), mentions)


@settings(max_examples=20)
@given(HOMES, WORDS)
def test_each_mention_is_routed_as_it_would_be_by_itself(schools, words):
    place = a_place(schools)
    together = routed(schools, place, mentions_of(words))
    alone = {text: routed(schools, place, mentions_of([text])).keys() for text in words}
    for school in schools:
        assert together.get(school.urn, []) == [text for text in words if school.urn in alone[text]]


def test_a_school_that_does_not_watch_the_place_is_handed_what_names_it():
    found = routed(THREE, a_place(THREE, [OAKFIELD]), mentions_of([about(LARCH)]))
    assert found == {LARCH.urn: [about(LARCH)]}


@pytest.mark.parametrize("source", [replace(BOARD, own=True), replace(BOARD, kind="mailbox")])
def test_what_is_read_for_one_home_alone_goes_to_no_other(source):
    found = routed(THREE, a_place(THREE, [OAKFIELD], source), mentions_of([about(LARCH), NOBODY]))
    assert found.keys() <= {OAKFIELD.urn}


def test_what_stands_on_a_schools_own_page_goes_to_its_home_whatever_it_says():
    source = replace(BOARD, own=True)
    found = routed(THREE, a_place(THREE, [OAKFIELD], source), mentions_of([NOBODY, about(LARCH)]))
    assert found == {OAKFIELD.urn: [NOBODY, about(LARCH)]}


def test_what_stands_on_a_schools_review_page_goes_to_its_home_whatever_it_says():
    source = replace(BOARD, listing=True)
    found = routed(THREE, a_place(THREE, [OAKFIELD], source), mentions_of([NOBODY]))
    assert found == {OAKFIELD.urn: [NOBODY]}


def test_a_school_of_two_homes_is_handed_to_both():
    place = a_place([OAKFIELD])
    routing = Routing(NationalLinker((OAKFIELD,)), {OAKFIELD.urn: ("trust", "school")})
    reading = HandedReading(a_run(place.source.id), mentions_of([about(OAKFIELD)]))
    (answer,) = routing(ToRoute(((place, reading),), NOW))
    assert answer.to == {"trust": (0,), "school": (0,)}


def test_readings_are_answered_in_their_order():
    place = a_place(THREE)
    readings = [HandedReading(a_run(place.source.id), mentions_of([about(s)])) for s in (LARCH, OAKFIELD)]
    routing = Routing(NationalLinker(THREE), {s.urn: (s.urn,) for s in THREE})
    found = routing(ToRoute(tuple((place, r) for r in readings), NOW))
    assert [list(one.to) for one in found] == [[LARCH.urn], [OAKFIELD.urn]]


def test_a_home_that_names_the_place_is_handed_the_replies_to_what_is_about_its_school():
    post = a_mention("post", title="", text=about(LARCH))
    reply = a_mention("reply", title="", text="We thought so too.", parent=post.id, kind=MentionKind.REPLY)
    found = routed(THREE, a_place(THREE, [LARCH]), (post, reply))
    assert found == {LARCH.urn: [post.text, reply.text]}


def headlines(*schools):
    return tuple(
        a_mention(
            str(i), title=about(s), text="", kind=MentionKind.ARTICLE, channel="news",
            url=f"https://paper.example.org/news/{i}-the-summer-fair-was-well-attended",
        )
        for i, s in enumerate(schools)
    )  # fmt: skip


def wanted(place, mentions, fleet=THREE):
    routing = Routing(NationalLinker(fleet), {s.urn: (s.urn,) for s in fleet})
    (answer,) = routing(ToRoute(((place, HandedReading(a_run(place.source.id), mentions)),), NOW))
    return [one.mention.id for one in answer.wanted]


PAPER = replace(BOARD, channel="news")


def test_the_article_behind_a_headline_about_a_school_is_wanted_once_for_all_homes():
    heads = headlines(OAKFIELD, HEXLEY)
    assert sorted(wanted(a_place(THREE, source=PAPER), heads)) == sorted(m.id for m in heads)


def test_what_a_paper_wrote_about_nobody_of_the_fleet_is_not_asked_for():
    heads = headlines(OAKFIELD, SCHOOLS[15])
    assert wanted(a_place(THREE, source=PAPER), heads) == [heads[0].id]
