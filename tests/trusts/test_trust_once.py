"""What is about a trust is told once, to it; a danger to each of its schools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from builders.verdict import mention, scores

from classifiers.signals.find import find_signals
from classifiers.verdicts.decide import decide
from classifiers.verdicts.thresholds import read_thresholds
from classifiers.verdicts.trust import in_words_of_a_school, judged_once
from data.types import (
    About,
    Match,
    MentionKind,
    Person,
    Policy,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Verdict,
)

TRUST = School("trust-inspiration", "Inspiration Trust", head="Mrs Cora Chief")
PEOPLE = (
    Person("chief", "Mrs Cora Chief", (Role.HEAD,), "chief@example.org"),
    Person("board", "Dr Tilda Board", (Role.CHAIR,), "board@example.org"),
)
MATCHES = [
    Match(TRUST.urn, Relevance.ABOUT, 0.97, (Reason("full_name", "It names it."),)),
    Match("900101", Relevance.UNSURE, 0.6, (Reason("trust", "Your trust is named."),)),
]
GRAVE = scores("safeguarding", severe=0.97, severity__4=0.9, relevant=0.99)
LIMITS = read_thresholds()


def told(
    text: str, given: Mapping[str, float] = GRAVE, over: tuple[str, ...] = ("board",)
) -> dict[str, Verdict]:
    """The verdicts on a post, for the trust and for a school of it."""
    post = mention(text)

    def judge(match: Match) -> Verdict:
        school, people = (TRUST, PEOPLE) if match.urn == TRUST.urn else (School(match.urn, "Elm School"), ())
        signals = find_signals(post, school, people)
        return decide(post, 1, match, given, signals, Policy(), school, people, LIMITS)

    return {v.urn: v for v in judged_once(MATCHES, judge, ("chief",), over)}


def ours(found: Mapping[str, Verdict]) -> list[str]:
    return [urn for urn, verdict in found.items() if verdict.relevance is not Relevance.NOT_ABOUT]


def test_what_is_calm_is_the_trusts_alone() -> None:
    assert ours(told("Inspiration Trust moves its office", scores("note", relevant=0.9))) == [TRUST.urn]


def test_a_danger_is_each_schools() -> None:
    found = told("A boy at an Inspiration Trust school says his stepdad beats him")
    assert ours(found) == ["900101"]
    assert found["900101"].route is Route.SAFEGUARDING


def test_a_child_in_danger_is_each_schools_though_the_chief_is_named_beside() -> None:
    pupil = GRAVE | {"about:pupil": 0.95, "about:school": 0.02}
    text = "His stepdad beats him, he is at an Inspiration Trust school. Cora Chief was told"
    assert ours(told(text, pupil)) == ["900101"]


def test_a_threat_that_is_one_by_the_trusts_name_alone_is_each_schools() -> None:
    found = told("I'll be outside Inspiration Trust with a gun", scores("note", relevant=0.02))
    assert ours(found) == ["900101"]
    assert found["900101"].route is Route.POLICE_NOW


def test_a_child_hurt_in_an_article_is_each_schools() -> None:
    news = mention(
        "", title="Pupil stabbed at Inspiration Trust school", kind=MentionKind.ARTICLE, channel="news"
    )
    given = scores(
        "respond", severe=0.97, severity__3=0.97, relevant=0.99, about__pupil=0.95, abuse__safeguarding=0.3
    )

    def judge(match: Match) -> Verdict:
        school = TRUST if match.urn == TRUST.urn else School(match.urn, "Elm School")
        signals = find_signals(news, school, ())
        return decide(news, 1, match, given, signals, Policy(), school, (), LIMITS)

    assert ours({v.urn: v for v in judged_once(MATCHES, judge, (), ())}) == ["900101"]


def test_where_no_school_has_a_match_a_danger_stays_the_trusts() -> None:
    post = mention("A boy at an Inspiration Trust school says his stepdad beats him")
    (own,) = judged_once(
        MATCHES[:1], lambda m: decide(post, 1, m, GRAVE, (), Policy(), TRUST, PEOPLE, LIMITS), ("chief",), ()
    )
    assert own.route is Route.SAFEGUARDING


OF_STAFF = GRAVE | {"about:staff": 0.95, "about:school": 0.02}
ACCUSED = "The chief executive of Inspiration Trust touched my daughter in her office"


@pytest.mark.parametrize("text", [ACCUSED, "Cora Chief of Inspiration Trust touched my daughter"])
def test_an_allegation_against_the_chief_is_as_one_against_a_head(text: str) -> None:
    found = told(text, OF_STAFF)
    assert ours(found) == [TRUST.urn]
    assert found[TRUST.urn].about is About.HEAD
    assert {meant.who for meant in found[TRUST.urn].accuses} & {"office:head", "person:chief"}


def test_where_nobody_is_over_the_chief_the_schools_are_told() -> None:
    assert "900101" in ours(told(ACCUSED, OF_STAFF, over=()))


def test_a_threat_to_the_chief_is_told_on_both_sides() -> None:
    threat = scores("police_now", severe=0.97, severity__4=0.95, relevant=0.99, abuse__threat=0.97)
    assert ours(told("I will stab Cora Chief of Inspiration Trust tonight", threat)) == [TRUST.urn, "900101"]


def test_a_contact_who_is_the_chief_is_accused_with_the_chief() -> None:
    people = (replace(PEOPLE[0], roles=(Role.TRUST_CONTACT,)),)
    found = decide(
        mention(ACCUSED), 1, MATCHES[0], GRAVE, (), Policy(), TRUST, people, LIMITS
    )  # the post does not name them
    assert "person:chief" in {meant.who for meant in found.accuses}


def test_words_of_its_name_are_no_praise() -> None:
    news = mention("", title="Inspiration Trust to move", kind=MentionKind.ARTICLE, channel="news")
    as_read, words = in_words_of_a_school(news, TRUST)
    assert (as_read.title, words.strip()) == ("the trust to move", "the trust to move")


def test_a_contact_at_a_school_may_be_the_chief_who_is_accused_there() -> None:
    school, ours = School("900101", "Elm School"), Match("900101", Relevance.ABOUT, 0.97)
    people = (Person("gia", "Ms Gia Central", (Role.TRUST_CONTACT,), "gia@example.org"),)
    post = mention("The trust's CEO slept with a pupil at Elm School")
    found = decide(post, 1, ours, OF_STAFF, (), Policy(), school, people, LIMITS)
    assert "person:gia" in {meant.who for meant in found.accuses}
