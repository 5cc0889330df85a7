"""Linking where very many schools are watched: only those that something in the text points to."""

from __future__ import annotations

from datetime import UTC, datetime

from classifiers.linking.linker import MANY, Linker
from data.types import Mention, MentionKind, Relevance, School, Source

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BROAD = Source("broad", "feed", "https://talk.example.org/")
SOUNDS = ("bar", "cot", "dun", "elm", "fen", "gar", "hex", "kel", "lar", "mar")


def school(n: int, **facts: str) -> School:
    name = f"{SOUNDS[n % 10]}{SOUNDS[n // 10 % 10]}wick".capitalize()
    return School(f"{100000 + n}", f"{name} School", **{"locality": f"{name[::-1]}", **facts})


def matched(text: str, *schools: School, source: Source = BROAD) -> dict[str, Relevance]:
    post = Mention("1", "https://talk.example.org/1", "local_forum", MentionKind.POST, "", text, NOW)
    return {m.urn: m.relevance for m in Linker(schools).link([post], source)[0]}


CITY = tuple(school(n, county="", town="Bigcaster") for n in range(MANY + 10))


def test_a_text_that_names_one_of_many_schools_is_matched_with_it_alone() -> None:
    found = matched(f"The fair at {CITY[3].name} in Bigcaster is on Friday.", *CITY)
    assert found == {CITY[3].urn: Relevance.ABOUT}


def test_what_more_than_fifty_schools_share_points_to_none_of_them() -> None:
    assert matched("The school run in Bigcaster is dreadful, said the teacher.", *CITY) == {}


def test_a_place_of_few_schools_points_to_these() -> None:
    here = school(99, locality="Larkham")
    found = matched(
        "The headteacher of the primary school in Larkham is a liar, all pupils say.", here, *CITY
    )
    assert found.keys() == {here.urn}


def test_what_many_share_counts_together_with_something_else_that_many_share() -> None:
    heads = [school(n, town="Bigcaster", head="Mrs Ada Marrow") for n in range(MANY + 10)]
    elsewhere = [school(n, town=f"Town{n}", head="Mrs Ada Marrow") for n in range(60, 99)]
    one = school(99, town="Bigcaster")
    text = "Mrs Marrow and the parking in Bigcaster are much the same."
    assert matched(text, *heads[:20], *elsewhere, one, *CITY[20:]).keys() == {s.urn for s in heads[:20]}


def test_a_list_of_many_schools_is_treated_like_all_of_them() -> None:
    listed = Source("listed", "feed", "https://talk.example.org/", urns=tuple(s.urn for s in CITY))
    assert matched("Roadworks until Tuesday.", *CITY, source=listed) == {}


def test_of_up_to_fifty_each_is_matched() -> None:
    assert len(matched("Roadworks until Tuesday.", *CITY[:MANY])) == MANY
