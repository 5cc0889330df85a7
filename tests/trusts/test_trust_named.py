"""Which texts are about a trust itself: it is named, and no school of it in particular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders.trust import TRUST
from builders.verdict import mention

from classifiers.linking.linker import Linker
from data.types import Match, Mention, MentionKind, Relevance, School, Source

BRIGHTWATER = School("trust-brightwater", TRUST, aliases=("BLT",), head="Mrs Cora Chief")
SCHOOLS = (
    School("900101", "Mill Lane Academy", town="Northvale", trust=TRUST, head="Mr Dan Instance"),
    School("900102", "Brightwater Academy", town="Northvale", trust=TRUST),
)
FEED = Source("paper", "feed", "https://example.org/", urns=("900101", "900102"))
ABOUT, UNSURE, NOT = Relevance.ABOUT, Relevance.UNSURE, Relevance.NOT_ABOUT


def article(title: str) -> Mention:
    return mention("", title=title, kind=MentionKind.ARTICLE, channel="news")


def linked(*mentions: Mention, source: Source = FEED, register: Sequence[School] = ()) -> dict[str, Match]:
    """The matches of the last of them, by school or trust."""
    found = Linker([*SCHOOLS, BRIGHTWATER], register).link(mentions, source)[-1]
    return {match.urn: match for match in found}


@pytest.mark.parametrize(
    ("title", "relevance"),
    [
        ("Brightwater Learning Trust chief's pay rises to £300,000", ABOUT),
        ("Brightwater Trust in deficit, accounts show", ABOUT),
        ("Cora Chief of academies trust earns £300,000", ABOUT),
        ("BLT academies boss to go", ABOUT),
        ("Brightwater Trust thanked", UNSURE),
        ("Cora Chief opens a shop", None),
        ("Brightwater floods again", None),
        ("Best BLT in town", None),
        ("Brightwater Learning Trust hails Mill Lane Academy", None),
        ("Dan Instance of Brightwater Learning Trust retires", None),
    ],
)
def test_what_is_about_the_trust(title: str, relevance: Relevance | None) -> None:
    found = linked(article(title)).get(BRIGHTWATER.urn)
    assert (found and found.relevance) == relevance


def test_its_schools_are_meant_by_its_name_alone_and_that_is_the_reason() -> None:
    found = linked(article("Brightwater Learning Trust in deficit"))
    assert [(found[s.urn].relevance, [r.code for r in found[s.urn].reasons]) for s in SCHOOLS] == [
        (UNSURE, ["trust"])
    ] * 2
    assert found[BRIGHTWATER.urn].reasons[0].text == f"It names {TRUST}."


def test_what_names_a_school_too_is_that_schools() -> None:
    found = linked(article("Fight at Mill Lane Academy, Northvale, says Brightwater Learning Trust"))
    assert {urn: match.relevance for urn, match in found.items()} == {"900101": ABOUT, "900102": NOT}


def test_a_spoken_name_that_another_trust_has_too_is_not_sure() -> None:
    other = School("900900", "Elm School", trust="Brightwater Education Trust")
    title = "Brightwater Trust in deficit, accounts show"
    assert linked(article(title), register=(*SCHOOLS, other))[BRIGHTWATER.urn].relevance is UNSURE


def test_a_reply_to_what_is_about_the_trust_is_about_it_too() -> None:
    first = mention("Brightwater Learning Trust have raised her pay again", id="first")
    reply = mention("Disgusting, and so much of it", id="reply", parent="first")
    assert linked(first, reply)[BRIGHTWATER.urn].relevance is UNSURE


def test_what_stands_on_its_own_page_is_the_trusts_unless_it_names_a_school() -> None:
    page = Source("site", "feed", "https://example.org/", urns=(BRIGHTWATER.urn,))
    assert linked(article("Term dates"), source=page)[BRIGHTWATER.urn].relevance is ABOUT
    assert BRIGHTWATER.urn not in linked(article("Mill Lane Academy wins"), source=page)


def test_a_whole_name_that_no_other_school_has_is_sure_in_a_papers_feed() -> None:
    title = "Three pupils excluded after fight at Mill Lane Academy"
    assert linked(article(title), register=SCHOOLS)["900101"].relevance is ABOUT
    other = School("900900", "Mill Lane Academy", town="Hexley")
    assert linked(article(title), register=(*SCHOOLS, other))["900101"].relevance is UNSURE


def test_a_trust_that_its_schools_name_otherwise_has_all_of_them() -> None:
    written = replace(BRIGHTWATER, name="Brightwater Academies")
    found = Linker([*SCHOOLS, written]).link([article("Bomb at Brightwater Academies schools")], FEED)[0]
    assert [match.reasons[0].code for match in found] == ["full_name", "trust", "trust"]
