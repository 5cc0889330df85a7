"""The second reader of the checkout: it is whole, and finds the facts that the small network lacks."""

from pathlib import Path

import pytest
from builders.verdict import PEOPLE
from support.for_each import for_each
from support.sentences import rows, sentences

from classifiers.scoring.network import FACTS, LABELS, READ
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.scoring.persons import AskedPerson, DescribedPerson, PostText
from classifiers.verdicts.parts import ACCUSED, DOUBTED, THREATENED

READER = Path(__file__).parents[3] / "reader" / "schoolgate_reader"
THREAT = "I will wait for Mr Vale at the gate on Friday and break his jaw."
ALLEGATION = (
    "Mr Vale dragged my six-year-old by the arm and left bruises, and the head will not ring me back."
)
THANKS = "What a lovely sports day, thank you to everybody who helped."


@pytest.fixture(scope="module")
def reader() -> Scorer:
    return Scorer(READER, labels=READ)


@for_each(
    ("text", "facts"),
    [
        (THREAT, {"danger:person", "wronged:threatened"}),
        (ALLEGATION, {"danger:child", "wrong:staff", "wrong:to_child", "limb:harmed", "asks:answer"}),
        (THANKS, {"asks:thanks"}),
    ],
)
def test_it_finds_who_is_in_danger_who_did_wrong_and_what_is_asked(reader, text, facts):
    found = reader.score([text]).row(0)
    assert {fact for fact in FACTS if found[fact] >= 0.5} >= facts
    assert (facts == {"asks:thanks"}) is (max(found[f] for f in FACTS if not f.startswith("asks:")) < 0.1)


def test_it_answers_the_heads_of_the_small_network_but_for_themes_and_facts_beside_them() -> None:
    assert {*READ} == {label for label in LABELS if not label.startswith("theme:")} | {*FACTS}


TWINS = sentences("signals/who_is_in_danger")
BY_NAME = {p.id: DescribedPerson(p.name, p.roles) for p in PEOPLE}


@for_each(
    ("section", "accusing", "sparing"),
    [
        ("one_of_the_four_limbs_accuses", 14, 16),
        ("a_greeting_or_a_signature", 28, 29),
        ("a_picture_made_of_somebody", 29, 16),
        ("whoever_denies_it", 27, 24),
    ],
)
def test_most_who_are_accused_are_told_from_the_same_people_in_a_twin(reader, section, accusing, sparing):
    """None of these sentences was learnt; the numbers are what it reached."""
    found = {"accusing": 0, "sparing": 0}
    for first, second, *whom in rows(TWINS[section]):
        person = BY_NAME[whom[0] if whom else "pike"]
        texts = (second, first) if whom else (first, second)
        posts = [AskedPerson(PostText("facebook", "", text), person) for text in texts]
        harm, none = reader.read_persons(posts).values[:, 0] >= ACCUSED
        found["accusing"] += harm
        found["sparing"] += not none
    assert found["accusing"] >= accusing
    assert found["sparing"] >= sparing


def test_who_only_knows_of_harm_is_not_accused_of_it(reader) -> None:
    known = PostText("facebook", "", "my dad hits me every night and the head at oakfield knows")
    head = AskedPerson(known, DescribedPerson("Mrs Jane Holt", ("head", "dsl")))
    assert reader.read_persons([head]).row(0)["harm"] < DOUBTED


@for_each(
    ("text", "part", "least"),
    [
        ("I'm going to set {}'s car on fire tonight, Larkspur Hill", "threatened", THREATENED),
        ("I will stab {} at the school gate on Friday, Larkspur Hill", "threatened", THREATENED),
        ("{} at Larkspur Hill grabbed my 7 year old by the arm and left bruises", "harm", DOUBTED),
        ("{} slapped a Year 3 child round the face at Larkspur Hill yesterday", "harm", DOUBTED),
    ],
)
def test_who_is_meant_by_office_is_found_by_the_words_for_it(reader, text, part, least):
    """Of these eight at least six were missed where the words bore no mark."""
    for called in ("the woman in charge", "the head"):
        post = PostText("facebook", "", text.format(called))
        marked, bare = (DescribedPerson("Mrs Ada Vale", ("head",), words) for words in ((called,), ()))
        found = reader.read_persons([AskedPerson(post, marked), AskedPerson(post, bare)])
        assert found.row(0)[part] >= least
        assert found.row(0)[part] > found.row(1)[part]


@for_each(
    "text",
    [
        "A TA grabbed my child and {} rang me and apologised",
        "I emailed {} about the lost coat and the boy who hit mine",
        "Thanks to {} for seeing us about the trip",
    ],
)
def test_who_only_acts_or_is_written_to_is_not_accused_by_the_words_for_their_office(reader, text):
    post = PostText("facebook", "", text.format("the head"))
    head = DescribedPerson("Mrs Ada Vale", ("head",), ("the head",))
    assert (
        max(reader.read_persons([AskedPerson(post, head)]).row(0)[part] for part in ("harm", "crime"))
        < DOUBTED
    )
