"""Who may be in danger by a text, and who may be accused in it, whatever its severity and route."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders.verdict import ABOUT_US, DSL, HEAD, PEOPLE, SCHOOL, mention, scores
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.scoring.onnx_scorer import Scorer
from classifiers.text.model_text import model_text
from classifiers.triage import mention_of
from classifiers.verdicts.danger import CHILD_SHARE, HARM_OF, LOOK, LOW, NAMED, OFFICE, SHARE
from classifiers.verdicts.decide import decide, read_thresholds
from data.judged import harms
from data.types import (
    ABUSE_LABELS,
    PERHAPS,
    SURE,
    About,
    Harm,
    Meant,
    Person,
    Policy,
    Role,
    Route,
    Severity,
    Signal,
    Verdict,
)

DEV = Path(__file__).parents[4] / "shared" / "triage" / "dev.jsonl"
HINT = Signal("some_threat", "It says so.", labels=("threat",), hint=True)
SAID = Signal("a_threat", "It says so.", labels=("threat",), severity=Severity.TODAY, route=Route.POLICE_NOW)


def of(text: str, *signals: Signal, route: str = "note", **labels: float) -> Verdict:
    model = scores(route, **labels) | {"about:staff": 0.6, "about:school": 0.2}
    return decide(mention(text), 1, ABOUT_US, model, signals, Policy(), SCHOOL, PEOPLE, read_thresholds())


def whom(meant: tuple[Meant, ...], least: float = 0.0) -> set[str]:
    return {m.who for m in meant if m.sure >= least}


def test_whom_a_signal_of_a_threat_names_is_surely_in_danger() -> None:
    found = of("Somebody will hurt Robin Pike.", SAID)
    assert {(m.who, m.harm) for m in found.endangers if m.sure >= SURE} == {("person:pike", Harm.VIOLENCE)}


@for_each(
    ("text", "office"),
    [("Set fire to the head's car.", "head"), ("The chair of governors gets it.", "chair")],
)
def test_an_office_is_in_danger_where_a_threat_says_it(text: str, office: str) -> None:
    assert f"office:{office}" in whom(of(text, SAID).endangers, SURE)


@for_each(
    "text",
    [
        "Pike youre dead.",
        "That Pike woman gets it.",
        "The Pike woman gets it, and so does the pike in the pond.",
        "Somebody smash pikes windows.",
        "Pike's house burns tonight.",
        "We know when Pike park outside.",
        "Pike Street, then Ms Pike.",
    ],
)
def test_a_surname_alone_is_in_danger_where_it_is_used_as_one(text: str) -> None:
    assert "person:pike" in whom(of(text, SAID).endangers, SURE)


@for_each(
    "text",
    [
        "Somebody will burn the marsh tonight.",
        "There is a pike in the pond, kill it.",
        "Pike Street burns tonight.",
        "Pike and Sons come with hammers.",
        "Marsh Lane gets it.",
        "The holts and a marsh will burn.",
    ],
)
def test_a_street_a_firm_or_a_thing_that_is_called_as_somebody_is_nobody_in_danger(text: str) -> None:
    assert whom(of(text, SAID).endangers, SURE) == {"school"}


@for_each(
    ("text", "found"),
    [
        ("Tell the Pike it is tomorrow, we will batter her.", "pike"),
        ("Someone should punch the Pike.", "pike"),
        ("Pike and sons are dead.", "pike"),
        ("The Pike is getting it.", "pike"),
        ("I am going to slap a Marsh tonight.", "marsh"),
        ("Somebody will burn the Holt tonight.", "holt"),
        ("Holt and Sons come with hammers.", "holt"),
    ],
)
def test_a_surname_is_no_thing_where_it_is_no_everyday_word_or_somebody_is_to_be_hurt(text, found) -> None:
    assert whom(of(text, SAID).endangers, SURE) == {f"person:{found}"}


def test_who_may_be_accused_is_found_where_the_surname_may_be_that_of_a_thing() -> None:
    found = of("The Pike shouts and bullies everybody all day.", route="respond", about__pupil=0.9)
    assert "person:pike" in whom(found.accuses, SURE)
    assert found.subject_person is None


@for_each(
    ("text", "found"),
    [("A lad with a brown car comes for you.", "school"), ("Brown gets it.", "person:brown")],
)
def test_a_surname_that_says_what_a_thing_is_like_is_nobody_in_danger(text: str, found: str) -> None:
    brown = (*PEOPLE, Person("brown", "Mr Ian Brown", (Role.STAFF,)))
    model = scores() | {"about:other": 0.9}
    post = mention(text)
    seen = decide(post, 1, ABOUT_US, model, (SAID,), Policy(), SCHOOL, brown, read_thresholds())
    assert whom(seen.endangers, SURE) == {found}


def test_a_threat_at_nobody_is_at_the_school() -> None:
    assert whom(of("Burn it all.", SAID).endangers) == {"school"}


def test_a_hint_over_the_low_line_is_for_a_person_today() -> None:
    found = of("He gets it.", HINT, abuse__threat=LOW["threat"])
    assert found.severity is Severity.TODAY
    assert whom(found.endangers, SURE)


def test_somebody_named_beside_a_likely_threat_is_for_a_person_today() -> None:
    assert of("Mr Wraith gets it.", abuse__threat=NAMED).severity is Severity.TODAY
    assert of("It gets it.", abuse__threat=NAMED).severity < Severity.TODAY


def test_somebody_of_ours_named_over_the_low_line_is_for_a_person_where_it_may_be_grave() -> None:
    known = {"severe": 0.3, "abuse__safeguarding": LOW["safeguarding"]}
    assert of("Robin Pike and the cupboard.", **known).severity is Severity.TODAY
    assert of("Mr Wraith and the cupboard.", **known).severity < Severity.TODAY


def test_an_office_beside_a_likely_allegation_is_for_a_person_where_it_may_be_grave() -> None:
    known = {"severe": 0.3, "abuse__safeguarding": OFFICE}
    assert of("The lady who runs the school and the cupboard.", **known).severity is Severity.TODAY
    assert of("Somebody there and the cupboard.", **known).severity < Severity.TODAY


@for_each(("share", "meant"), [(SHARE, True), (SHARE / 2, False)])
def test_violence_is_meant_beside_a_child_from_its_share_on(share: float, meant: bool) -> None:
    found = of(
        "Do not come.", route="safeguarding", severe=0.9, abuse__safeguarding=0.8, abuse__threat=share * 0.8
    )
    assert (Harm.VIOLENCE in harms(found)) is meant


@for_each(("label", "harm"), [("threat", Harm.VIOLENCE), ("safeguarding", Harm.CHILD)])
def test_what_is_to_be_removed_is_danger_too_where_somebody_of_ours_is_named(label: str, harm: Harm) -> None:
    known = {"severe": 0.95, "abuse__harassment": 0.9, f"abuse__{label}": LOOK * LOW[label]}
    assert harm in harms(of("Robin Pike is a disgrace.", route="request_removal", **known))
    assert harm not in harms(of("What a disgrace.", route="request_removal", **known))


@for_each(("share", "of_a_child"), [(CHILD_SHARE, True), (CHILD_SHARE - 0.01, False)])
def test_a_threat_to_somebody_of_ours_is_a_childs_matter_from_its_share_on(
    share: float, of_a_child: bool
) -> None:
    found = of(
        "Robin Pike gets it.", SAID, route="police_now", abuse__threat=0.9, abuse__safeguarding=0.9 * share
    )
    assert (
        ("child", Harm.CHILD) in {(m.who, m.harm) for m in found.endangers if m.sure >= SURE}
    ) is of_a_child


@for_each("found", [of("He gets it.", HINT), of("He gets it.", abuse__threat=LOOK * LOW["threat"])])
def test_a_hint_or_twice_the_low_line_alone_is_a_look(found: Verdict) -> None:
    assert (found.severity < Severity.TODAY, found.look) == (True, True)
    assert {m.sure <= PERHAPS for m in found.endangers} == {True}


def test_nobody_is_in_danger_where_nothing_speaks_of_it() -> None:
    assert of("The fair was lovely.").endangers == ()


@for_each(
    "text",
    [
        "My son was grabbed by the arm at school. He has bruises.",
        "They locked my boy in a cupboard. She admitted it.",
        "That woman hit a child.",
        "The TA saw her hit my son.",
        "My son told his teacher she hit him.",
        "A cleaner walked in while he was kissing my child.",
    ],
)
def test_the_head_may_be_meant_where_no_office_is_said(text: str) -> None:
    assert "office:head" in whom(of(text, route="safeguarding", severe=0.9, abuse__safeguarding=0.9).accuses)


@for_each(
    "text",
    [
        "The PE teacher grabbed my son by the arm.",
        "A TA locked my boy in a cupboard.",
        "Robin Pike hit a child.",
        "Mr Wraith hit a child.",
        "Cynorthwydd yn taro plentyn.",
    ],
)
def test_an_office_that_cannot_be_the_heads_leaves_the_head_in(text: str) -> None:
    found = of(text, route="safeguarding", severe=0.9, abuse__safeguarding=0.9)
    assert not {"office:head", "person:holt"} & whom(found.accuses)


def test_a_plain_threat_accuses_nobody() -> None:
    assert of("I will stab Robin Pike tomorrow.", SAID, abuse__threat=0.9).accuses == ()


def test_whom_a_threat_of_no_sure_route_is_aimed_at_is_not_accused() -> None:
    found = of("Robin Pike gets it.", HINT, abuse__threat=LOW["threat"])
    assert (found.route, found.accuses) == (Route.RESPOND, ())


@for_each(
    "reason",
    [
        "after what he did to my lad",
        "so he can feel what my son felt",
        "he laid his hands on our boy",
        "for touching my girl",
        "over the way he treated her",
    ],
)
def test_a_threat_that_gives_a_reason_may_accuse_whom_it_is_aimed_at(reason: str) -> None:
    found = of(f"I will stab Robin Pike tomorrow {reason}.", SAID, abuse__threat=0.9)
    assert whom(found.accuses) == whom(found.endangers) == {f"person:{DSL.id}"}


@for_each(
    ("text", "about"),
    [("I will throttle the drama teacher.", "staff"), ("Everybody out by ten. It is set.", "pupil")],
)
def test_a_threat_to_somebody_else_does_not_accuse_the_head(text: str, about: str) -> None:
    model = scores("safeguarding", abuse__threat=0.5, abuse__safeguarding=0.6)
    model |= {"about:staff": 0.2, f"about:{about}": 0.6}
    found = decide(mention(text), 1, ABOUT_US, model, (SAID,), Policy(), SCHOOL, PEOPLE, read_thresholds())
    assert "office:head" not in whom(found.accuses)


def test_a_threat_that_calls_somebody_an_abuser_may_accuse_them() -> None:
    assert whom(of("Robin Pike you nonce you get it.", SAID, abuse__threat=0.9).accuses) == {
        f"person:{DSL.id}"
    }


def test_a_threat_for_a_deed_may_mean_the_head_where_nobody_is_named() -> None:
    found = of("I will stab her tomorrow after what she did to my son.", SAID, abuse__threat=0.9)
    assert "office:head" in whom(found.accuses)


def test_a_picture_of_a_child_accuses_nobody() -> None:
    picture = Signal("a_picture", "It says so.", ("safeguarding", "sexual"), about=About.PUPIL, danger=True)
    assert of("Image of a child.", picture, route="safeguarding", severe=0.9, about__pupil=0.5).accuses == ()


@for_each("words", ["her in charge", "whoever runs that place", "the head", "y pennaeth"])
def test_words_for_the_head_accuse_the_head(words: str) -> None:
    found = of(f"It was {words} who slapped him.", route="safeguarding", severe=0.9, abuse__safeguarding=0.9)
    assert f"person:{HEAD.id}" in whom(found.accuses)


@given(
    st.fixed_dictionaries({f"abuse:{label}": st.floats(0, 1) for label in ABUSE_LABELS}),
    st.sampled_from([*Route]),
    st.sampled_from(["He hit my lad.", "The chair gets it.", "Jane Holt will burn."]),
)
def test_what_is_urgent_says_who_may_be_in_danger(labels, route, text) -> None:
    model = scores(route.value, severe=0.9) | labels
    found = decide(mention(text), 1, ABOUT_US, model, (), Policy(), SCHOOL, PEOPLE, read_thresholds())
    if found.route.urgent:
        assert whom(found.endangers, SURE)
    meant = {HARM_OF[label] for label in HARM_OF if label in found.abuse and found.severity >= Severity.TODAY}
    assert meant <= {m.harm for m in found.endangers if m.sure >= SURE}


@pytest.mark.skipif(not DEV.exists(), reason="the labelled posts are not here")
def test_the_low_lines_find_95_of_100_labelled_posts() -> None:
    """It scores 90 texts: a second of processor."""
    items = [json.loads(line) for line in DEV.read_text(encoding="utf-8").splitlines()]
    grave = [i for i in items if i["relevant"] and i["severity"] >= 3 and {*LOW} & {*i["abuse"]}]
    texts = [model_text(m.channel, m.title, m.text, m.rating) for m in map(mention_of, grave)]
    rows = Scorer().score(texts)
    for label, line in LOW.items():
        found = [rows.row(n)[f"abuse:{label}"] >= line for n, i in enumerate(grave) if label in i["abuse"]]
        assert sum(found) / len(found) >= 0.875 if len(found) < 20 else 0.94, label
