"""What a step says, as values and as it is stored: each kind has a class, and nothing stored is ever lost."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from builders.steps import names_of_facts, read_step
from hypothesis import given
from hypothesis import strategies as st

from data.content_class import CLASSES, ContentClass
from data.rungs import Rung
from data.steps.classes import (
    KINDS,
    Asked,
    Author,
    Classified,
    StepField,
    Targeted,
    facts_of_kind,
    facts_to_store,
    faults_of,
    fields_of,
    read_stored,
)
from data.steps.codes import BypassRoute, Relationship, StepKind, ValueKind
from data.web.channels import CHANNELS
from data.words.say import words

ASKED = {"rung": "host", "kind": "s5", "received_at": "2026-12-24T10:00:00+00:00", "imminent": "no"}


def test_every_kind_of_step_has_a_class_and_no_two_have_the_same() -> None:
    assert set(KINDS) == set(StepKind)
    assert len(set(KINDS.values())) == len(StepKind)


def test_facts_become_values_and_values_facts() -> None:
    step = read_step(StepKind.ASKED, ASKED)
    assert step == Asked(
        rung=Rung.HOST, way="s5", received_at=datetime(2026, 12, 24, 10, tzinfo=UTC), imminent=False
    )
    assert facts_to_store(step) == ASKED


def test_that_nobody_is_accused_is_said_and_that_nothing_is_said_of_it_is_not() -> None:
    assert facts_to_store(Targeted(person="teacher")) == {"person": "teacher"}
    assert facts_to_store(Targeted(person="teacher", subjects=())) == {"person": "teacher", "subjects": ""}
    assert read_step(StepKind.TARGET, {"person": "teacher", "subjects": ""}) == Targeted(
        person="teacher", subjects=()
    )


@pytest.mark.parametrize(
    ("kind", "facts", "wrong"),
    [
        ("author", {}, "relationship"),
        ("author", {"relationship": "aunt"}, "relationship"),
        ("author", {"relationship": "parent", "contact_safe": "perhaps"}, "contact_safe"),
        ("author", {"relationship": "parent", "mood": "bad"}, "mood"),
        ("weighed", {"nature": "", "visible": "a", "spread": "b", "impact": "c"}, "nature"),
        ("held", {"review": "soon"}, "review"),
        ("classified", {"class": "unjudged"}, "class"),
        ("classified", {"class": "C2", "lane": "safeguarding"}, "lane"),
        ("support", {"status": "not_offered"}, "status"),
        ("asked", {"rung": "host", "kept": "as_came"}, "kept"),
    ],
)
def test_what_does_not_fit_is_named(kind: str, facts: dict[str, str], wrong: str) -> None:
    assert read_step(StepKind(kind), facts) == (wrong,)


def test_a_value_that_such_a_step_may_not_have_is_a_fault_of_it_too() -> None:
    step = Classified(content_class=ContentClass.HARASSMENT, lane=BypassRoute.SAFEGUARDING)
    assert faults_of(step) == ("lane",)
    assert faults_of(Classified(content_class=ContentClass.UNJUDGED)) == ("class",)
    assert faults_of(Author(relationship=Relationship.PARENT)) == ()


def test_a_fact_that_a_later_program_stored_is_kept_as_it_is_written_and_a_value_of_its_refused() -> None:
    step, otherwise = read_stored(StepKind.AUTHOR, {"relationship": "parent", "seen_at_gate": "yes"})
    assert step == Author(relationship=Relationship.PARENT)
    assert otherwise == {"seen_at_gate": "yes"}
    with pytest.raises(ValueError, match="relationship"):
        read_stored(StepKind.AUTHOR, {"relationship": "neighbour"})


def test_what_was_written_in_another_form_stays_in_that_form() -> None:
    facts = {"person": "teacher", "subjects": "head it"}
    step, otherwise = read_stored(StepKind.TARGET, facts)
    assert step == Targeted(person="teacher", subjects=("head", "it"))
    assert facts_to_store(step) | dict(otherwise) == facts


# ------------------------------------------------------------ what is asked of whoever takes a step

BY_HAND = [kind for kind, of in KINDS.items() if of.by_hand]
ADDED = {
    StepKind.CLASSIFIED: "meant overseers about proposed_by", StepKind.TARGET: "second about beside",
    StepKind.ACCUSED: "second about", StepKind.DECIDED: "policy as", StepKind.PLACE: "place",
    StepKind.PLACE_LEFT: "place", StepKind.ASKED: "place route kept sha256 capture manifest files",
    StepKind.ANSWERED: "place kept sha256 capture manifest files", StepKind.CONSENT_GIVEN: "informed",
    StepKind.CONSENT_REFUSED: "informed", StepKind.CONSENT_WITHDRAWN: "informed",
    StepKind.CONSENT_OVERRIDDEN: "informed", StepKind.SUPPORT: "informed",
    StepKind.COPY_FOUND: "subjects sealed", StepKind.CONFLICTED: "second", StepKind.NOTED: "pack",
    StepKind.REOPENED: "rung", StepKind.STAFF_POST: "meant", StepKind.CLOSED: "second",
    StepKind.SAFE: "says",
}  # fmt: skip
"""Facts that nobody is asked for: the rules add them, or the program."""


def test_every_fact_of_a_step_that_a_person_takes_is_asked_for_or_added_on_purpose_and_has_a_label() -> None:
    w = words("en")
    for kind in BY_HAND:
        fields, added = fields_of(KINDS[kind]), set(ADDED.get(kind, "").split())
        asked = {field.name for field in fields}
        must, may = names_of_facts(kind)
        assert asked | added == {*must, *may}, kind
        assert not asked & added, kind
        assert all(w(field.label) for field in fields), kind
        assert all(field.choices for field in fields if field.kind in (ValueKind.CODE, ValueKind.RUNG)), kind
        assert (KINDS[kind].__doc__ or "").strip().partition("\n")[0].endswith("."), kind


def test_what_a_step_must_say_is_asked_for_or_the_program_says_it() -> None:
    for kind in StepKind:
        needed = {field.name for field in facts_of_kind(kind).values() if field.required}
        assert needed == set(names_of_facts(kind)[0]), kind


START = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = st.integers(0, 300 * 24 * 60).map(lambda n: (START + timedelta(minutes=n)).isoformat())
NAMES = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8})?", fullmatch=True)
SAID = st.from_regex(r"[A-Za-z0-9’£][A-Za-z0-9 ’£]{0,20}[a-z]", fullmatch=True)
OF_KIND = {
    ValueKind.YES_NO: st.sampled_from(("yes", "no")),
    ValueKind.TIME: TIMES,
    ValueKind.CLASS: st.sampled_from(sorted(set(CLASSES) - {"C9", "C10"})),
    ValueKind.CHANNEL: st.sampled_from(sorted(CHANNELS)),
    ValueKind.PERSON: NAMES,
    ValueKind.WHOSE: NAMES,
    ValueKind.NAMED: NAMES,
    ValueKind.REFERRAL: st.sampled_from(("police", "lado")),
    ValueKind.POST: NAMES,
}


def typed(field: StepField) -> st.SearchStrategy[str]:
    """What a form would send of one fact."""
    if field.many:
        return st.lists(NAMES, min_size=1, max_size=3).map(",".join)
    if field.choices:
        return st.sampled_from([str(value) for value in field.choices])
    return OF_KIND.get(field.kind, SAID)


@st.composite
def forms(draw: Any) -> tuple[StepKind, dict[str, str]]:
    """A kind of step, and what was typed: all that has to be said, and some of the rest."""
    kind = draw(st.sampled_from(BY_HAND))
    wanted = [f for f in fields_of(KINDS[kind]) if f.required or draw(st.booleans())]
    return kind, {field.name: draw(typed(field)) for field in wanted if field.name != "lane"}


@given(forms())
def test_what_is_typed_becomes_a_step_and_is_stored_as_it_was_typed(form):
    kind, said = form
    step = read_step(kind, said)
    assert isinstance(step, KINDS[kind])
    assert facts_to_store(step) == said


@given(forms())
def test_a_value_that_is_none_of_its_choices_is_refused_by_name(form):
    kind, said = form
    for field in fields_of(KINDS[kind]):
        if field.choices and issubclass(field.type, StrEnum):
            found = read_step(kind, said | {field.name: "no such value"})
            assert isinstance(found, tuple)
            assert field.name in found
