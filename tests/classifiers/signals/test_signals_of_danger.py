"""Danger in plain words, outright or veiled, is known by a rule; what only sounds like it is left alone."""

import json
from dataclasses import replace

from builders.verdict import ABOUT_US, PEOPLE, SCHOOL, judged, mention, scores
from support.checkout import FIXTURES
from support.for_each import for_each
from support.processor import within
from support.sentences import sentences

from classifiers.signals.catalogue import find_signals
from data.judged import beyond_cap, is_unplaced
from data.types import Person, Role, Route, Severity, Signal

TEACHER = Person("vane", "Mr Dale Vane", (Role.SLT,))
CHEER = scores("thank", severe=0.0001, sentiment__positive=0.99)
"""A model that finds nothing but praise."""
SAID = sentences("signals/danger")
"""What people say of danger, outright or veiled, and what only sounds like it."""


def signals_of(text: str) -> tuple[Signal, ...]:
    return find_signals(mention(text), SCHOOL, (*PEOPLE, TEACHER))


def grave(text: str, *labels: str) -> bool:
    """Does a rule, and no mere hint, ask for action?"""
    return any(
        s.severity >= Severity.TODAY and not s.hint and {*labels} & {*s.labels} for s in signals_of(text)
    )


@for_each(
    ("text", "labels"),
    [
        *((text, ["threat"]) for text in (*SAID["in_welsh"], *SAID["veiled_in_welsh"])),
        *((text, ["safeguarding"]) for text in (*SAID["about_staff"], *SAID["about_staff_in_welsh"])),
    ],
)
def test_a_threat_in_welsh_and_a_plain_allegation_are_known(text, labels):
    assert grave(text, *labels)


@for_each("text", SAID["look_alikes"])
def test_what_only_sounds_like_danger_wakes_nobody(text: str) -> None:
    assert not grave(text, "threat", "safeguarding", "self_harm")


@for_each("text", SAID["wants_to_die"])
def test_a_wish_to_die_is_shown_whatever_a_cap_cuts(text: str) -> None:
    found = judged(text, CHEER)
    assert found.severity >= Severity.TODAY or beyond_cap(found)


def test_a_wish_to_die_in_jest_is_looked_at_before_what_a_cap_cuts() -> None:
    found = judged("Good luck to the netball team. This maths makes me want to die.", CHEER)
    assert found.look
    assert found.look_rank >= 1.0


def test_a_language_that_nobody_judges_wakes_the_police_by_its_own_rules_alone() -> None:
    sure = scores("police_now", severe=0.95, abuse__threat=0.95)
    wedding = judged(
        "Mae priodas Mrs Huws yn yr eglwys ddydd Sadwrn, llongyfarchiadau mawr iawn iddi hi", sure
    )
    assert (wedding.severity, is_unplaced(wedding)) == (Severity.TODAY, True)
    threat = judged("Dw i'n mynd i ladd y pennaeth heno", sure, ABOUT_US)
    assert (threat.severity, threat.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)


# ------------------------------------------------------------------------------- said outright
@for_each("text", SAID["of_a_child"])
def test_harm_to_a_child_alerts_whatever_the_models_think(text: str) -> None:
    found = judged(text, CHEER)
    assert found.severity >= Severity.TODAY
    assert {"safeguarding", "self_harm"} & set(found.abuse)


@for_each("text", SAID["threats"])
def test_a_threat_alerts_whatever_the_models_think(text: str) -> None:
    found = judged(text, CHEER)
    assert (found.route, found.severity) == (Route.POLICE_NOW, Severity.THIS_HOUR)


@for_each("text", SAID["harmless"])
def test_its_harmless_twin_alerts_nobody(text: str) -> None:
    assert judged(text, CHEER).severity < Severity.TODAY


@for_each(("name", "outright", "heard", "hinted"), [("sixty", 42, 55, 3), ("twenty", 6, 12, 0)])
def test_wishes_to_die_are_heard_and_their_harmless_twins_wake_nobody(name, outright, heard, hinted):
    """By the signals alone. The counts are what was measured, and only get better."""
    lines = (FIXTURES / "wishes" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    found: dict[bool, list[tuple[bool, bool]]] = {False: [], True: []}
    for one in map(json.loads, lines):
        said = [s for s in find_signals(mention(one["text"]), SCHOOL, ()) if "self_harm" in s.labels]
        found[one.get("harmless", False)].append((any(s.danger for s in said), bool(said)))
    meant, harmless = found[False], found[True]
    assert sum(danger for danger, _ in meant) >= outright
    assert sum(any_ for _, any_ in meant) >= heard
    assert not any(danger for danger, _ in harmless)
    assert sum(any_ for _, any_ in harmless) <= hinted


@for_each("piece", ["A", "my ", "Aa' ", "touch me lol i'll kill him "])
def test_a_long_text_of_one_piece_is_read_in_time(piece: str) -> None:
    text = f"touched {piece * (10_000 // len(piece))}"
    with within(1):
        judged(text, CHEER)


def test_the_schools_initials_are_its_name() -> None:
    school = replace(SCHOOL, aliases=("OGS",))
    found = find_signals(mention("there's a bomb in ogs tonight"), school, PEOPLE)
    assert any(s.severity >= Severity.TODAY for s in found)
