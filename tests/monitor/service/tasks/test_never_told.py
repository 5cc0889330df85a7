"""From words to people, with the model that is shipped: whom an allegation may mean never reads of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alerts.instant.raise_alert import raise_alert
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.signals.find import find_signals
from classifiers.text.model_text import model_text
from classifiers.verdicts.decide import decide
from classifiers.verdicts.thresholds import read_thresholds
from data.types import (
    Alert,
    Match,
    Mention,
    MentionKind,
    Person,
    Policy,
    Relevance,
    Role,
    School,
    Story,
    Verdict,
)

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
SCHOOL = School("900001", "Oakfield Primary School", head="Mrs Jane Holt", aliases=("Oakfield",))


def person(id_: str, name: str, *roles: Role) -> Person:
    return Person(id_, name, roles, f"{id_}@example.org")


HOLT = person("holt", "Jane Holt", Role.HEAD)
BOTH = person("holt", "Jane Holt", Role.HEAD, Role.DSL)
BARKER = person("barker", "Colin Barker", Role.DEPUTY_HEAD, Role.DSL)
DEPUTY_DSL = person("vane", "Noor Vane", Role.DEPUTY_DSL)
CHAIR = person("marsh", "Alex Marsh", Role.CHAIR)
VICE = person("reed", "Kit Reed", Role.VICE_CHAIR)
PEOPLE = (HOLT, BARKER, DEPUTY_DSL, CHAIR, VICE)
SMALL = (BOTH, DEPUTY_DSL, CHAIR)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def judged(scorer: Scorer, text: str, people: tuple[Person, ...], school: School = SCHOOL) -> Verdict:
    mention = Mention("0123456789abcdef", "u", "facebook", MentionKind.POST, "", text, NOW)
    scores = scorer.score([model_text("facebook", "", text, None)]).row(0)
    match = Match(school.urn, Relevance.ABOUT, 0.97)
    signals = find_signals(mention, school, people)
    return decide(mention, 1, match, scores, signals, Policy(), school, people, read_thresholds())


def alert(scorer: Scorer, text: str, people: tuple[Person, ...], school: School = SCHOOL) -> Alert:
    story = Story("s", school.urn, "t", NOW, NOW, ("0123456789abcdef",))
    verdict = judged(scorer, text, people, school)
    found = raise_alert(story, [verdict], None, people, school, Policy(), NOW)
    assert isinstance(found, Alert), verdict
    return found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mr Barker has been touching the girls in year 5 and Mrs Holt covers it up.", ("marsh", "vane")),
        (
            "Told Mrs Holt that Mr Barker hit my daughter. Nothing done.",
            ("marsh", "vane"),
        ),
        ("Mrs Holt and Mr Barker both hit my son on the trip. Both of them.", ("marsh", "vane")),
        ("Mr Barker hit my son, year 4, round the head in PE", ("holt", "vane")),
        ("Mr Barker smacked a boy on the head with a book in class", ("holt", "vane")),
        ("The deputy head at Oakfield grabbed my son by the neck, he has bruises.", ("holt", "vane")),
        ("The deputy head has been messaging year 6 girls privately at night.", ("holt", "vane")),
    ],
)
def test_everyone_accused_is_kept_out_and_the_others_are_told(
    scorer: Scorer, text: str, told: tuple[str, ...]
) -> None:
    assert alert(scorer, text, PEOPLE).audience == told


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("The DSL at Oakfield has been messaging year 6 girls privately at night", "barker"),
        ("Year 6 girl says Barker makes her sit on his lap. She's terrified of him", "barker"),
        ("The chair stole the PTA money, he's a thief, everyone knows", "marsh"),
    ],
)
def test_whoever_may_be_accused_is_kept_out(scorer: Scorer, text: str, accused: str) -> None:
    found = alert(scorer, text, PEOPLE)
    assert accused not in found.audience
    assert found.audience


@pytest.mark.parametrize(
    "text",
    [
        "the headmistress slapped my son round the face yesterday in assembly",
        "My kid is scared of the head, she screams at them and he has bruises on his arm",
        "Mrs H*lt slapped my son",
        "Mrs H slapped my son round the face yesterday in assembly",
        "Mrs Hollt slapped my son",
        "@JaneHolt_Oakfield slapped my son in the face today, he is six and he has a bruise",
        "Mrs\u200b Ho\u200blt slapped my son in class",
    ],
)
def test_a_head_who_is_also_the_lead_is_kept_out_however_named(scorer: Scorer, text: str) -> None:
    found = alert(scorer, text, SMALL)
    assert "holt" not in found.audience
    assert found.audience


def test_a_person_of_a_member_of_the_school_is_kept_out(scorer: Scorer) -> None:
    joined = replace(SCHOOL, urn="T1", members=("900001", "900002"))
    people = tuple(replace(p, urns=("900002",)) for p in PEOPLE)
    text = "Mr Barker hit my son, year 4, round the head in PE"
    assert alert(scorer, text, people, joined).audience == ("holt", "vane")


@pytest.mark.parametrize(
    "text",
    [
        "Somebody should kill Jane Holt. I know where she lives, petrol through the door tonight",
        "I am going to kill myself tonight. I told Mrs Holt and she laughed",
        "my dad hits me every night and the head at oakfield knows",
    ],
)
def test_the_only_person_is_told_where_they_are_threatened_or_only_mentioned(
    scorer: Scorer, text: str
) -> None:
    assert alert(scorer, text, (BOTH,)).audience == ("holt",)


def test_an_allegation_against_the_only_person_is_told_to_nobody_and_says_so(scorer: Scorer) -> None:
    found = alert(scorer, "The head has been touching kids for years", (BOTH,))
    assert found.audience == ()
    assert "nobody_left" in {reason.code for reason in found.because}
