"""A place where nine posts in ten were ours says whose its posts are."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from builders.judges import HEXLEY, NOW, OAKFIELD, brought, judges, posted, read_in

from data.store import mentions as mention_store
from data.types import Namesake, Relevance, Source

PARENTS = Source("parents", "feed", "https://talk.example.org/", urns=(OAKFIELD.urn,))
NAMED = "The winter fair of Oakfield Primary School in Northvale is on day {}, says the office."
UNNAMED = "The primary PE kit is lost again, has anybody seen it?"
OTHERS = "The bus to Brackenford was late on day {}."
LATER = NOW + timedelta(days=2)


@pytest.fixture
def store(undone):
    return undone


def read(store, texts, *, begin=0, place=PARENTS, by=None, at=NOW):
    mentions = [
        posted(begin + n, text.format(n), published=at, fetched_at=at) for n, text in enumerate(texts)
    ]
    return read_in(store, by or judges(), brought(place, *mentions, at=at), at).verdicts


def asked_later(store, text=UNNAMED, **how):
    (verdict,) = read(store, [text], **{"begin": 900, "at": LATER} | how)
    return verdict.relevance


def test_what_names_nobody_is_ours_where_nine_in_ten_of_twenty_were(store):
    read(store, [NAMED] * 18 + [OTHERS] * 2)
    assert asked_later(store) is Relevance.ABOUT


@pytest.mark.parametrize("texts", [[NAMED] * 17 + [OTHERS] * 3, [NAMED] * 19])
def test_it_is_not_where_fewer_were_or_too_few_came(store, texts):
    read(store, texts)
    assert asked_later(store) is Relevance.NOT_ABOUT


def test_what_was_another_s_counts_after_its_words_are_deleted(store):
    read(store, [NAMED] * 18 + [OTHERS] * 30)
    with store.write("test") as con:
        for table in ("matches", "verdicts"):
            con.execute(f"DELETE FROM {table} WHERE relevance = 'not_about'")
    assert asked_later(store) is Relevance.NOT_ABOUT


def test_what_is_ours_by_its_place_alone_counts_neither_way(store):
    read(store, [NAMED] * 18 + [OTHERS] * 2)
    read(store, [UNNAMED] * 30, begin=100, at=NOW + timedelta(days=1))
    assert asked_later(store) is Relevance.ABOUT


def test_posts_that_are_ours_by_their_place_alone_make_no_place_ours(store):
    read(store, [UNNAMED] * 30, place=replace(PARENTS, listing=True))
    assert asked_later(store) is Relevance.NOT_ABOUT


def test_what_was_found_by_a_search_stands_in_no_place(store):
    search = replace(PARENTS, surfaced=True)
    read(store, [NAMED] * 20, place=search)
    assert asked_later(store, place=search) is Relevance.UNSURE


def test_what_two_sources_bring_at_once_speaks_for_neither(store):
    elsewhere = replace(PARENTS, id="elsewhere")
    read(store, [NAMED] * 30, place=elsewhere)
    read(store, [NAMED] * 30 + [OTHERS] * 25)
    assert asked_later(store) is Relevance.NOT_ABOUT


def test_what_another_source_brought_first_does_not_speak_for_this_one(store):
    read(store, [NAMED] * 30, place=replace(PARENTS, id="elsewhere"))
    read(store, [NAMED] * 30 + [OTHERS] * 25, at=NOW + timedelta(days=1))
    assert asked_later(store) is Relevance.NOT_ABOUT


def test_a_place_of_one_school_is_not_the_other_s(store):
    both = replace(PARENTS, urns=(OAKFIELD.urn, HEXLEY.urn))
    by = judges(OAKFIELD, HEXLEY)
    read(store, [NAMED] * 20, place=both, by=by)
    found = read(store, [UNNAMED], begin=900, place=both, by=by, at=LATER)
    assert {v.relevance for v in found} == {Relevance.NOT_ABOUT}


def test_another_s_post_there_is_another_s(store):
    of_many = replace(OAKFIELD, namesakes=(Namesake("Oakfield Primary School", "Brackenford", "school"),))
    read(store, [NAMED] * 20, by=judges(of_many))
    text = "Oakfield Primary School in Brackenford has a new hall."
    assert asked_later(store, text, by=judges(of_many)) is Relevance.NOT_ABOUT


def test_a_post_of_ours_there_that_names_another_school_in_passing_is_ours(store):
    read(store, [NAMED] * 20)
    text = "Our primary netball girls lost 3-1 to Larkham Academy, so proud of Year 6."
    assert asked_later(store, text) is not Relevance.NOT_ABOUT


def test_nothing_is_asked_of_the_store_where_nothing_new_came(store):
    with patch.object(mention_store, "places_of_ours", wraps=mention_store.places_of_ours) as ask:
        read(store, [NAMED] * 3)
        read(store, [NAMED] * 3)
    assert [call.args[1] for call in ask.call_args_list] == [[PARENTS.id], []]
    with patch.object(mention_store, "read_rows") as rows:
        mention_store.places_of_ours(None, [], NOW, named=(), shared=())
    rows.assert_not_called()
