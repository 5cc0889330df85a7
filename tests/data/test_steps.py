"""What a step says, as values and as it is stored: each kind has a class, and nothing stored is ever lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from builders.steps import read_step

from data.content_class import ContentClass
from data.rungs import Rung
from data.steps.asking import Asked
from data.steps.codes import BypassRoute, Relationship, StepKind
from data.steps.judging import Author, Classified, Targeted
from data.steps.kinds import KINDS
from data.steps.stored import facts_of, faults_of, read_stored

ASKED = {"rung": "host", "kind": "s5", "received_at": "2026-12-24T10:00:00+00:00", "imminent": "no"}


def test_every_kind_of_step_has_a_class_and_no_two_have_the_same() -> None:
    assert set(KINDS) == set(StepKind)
    assert len(set(KINDS.values())) == len(StepKind)


def test_facts_become_values_and_values_facts() -> None:
    step = read_step(StepKind.ASKED, ASKED)
    assert step == Asked(
        rung=Rung.HOST, way="s5", received_at=datetime(2026, 12, 24, 10, tzinfo=UTC), imminent=False
    )
    assert facts_of(step) == ASKED


def test_that_nobody_is_accused_is_said_and_that_nothing_is_said_of_it_is_not() -> None:
    assert facts_of(Targeted(person="teacher")) == {"person": "teacher"}
    assert facts_of(Targeted(person="teacher", subjects=())) == {"person": "teacher", "subjects": ""}
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


def test_a_fact_that_a_later_program_stored_is_kept_as_it_is_written() -> None:
    step, otherwise = read_stored(StepKind.AUTHOR, {"relationship": "parent", "seen_at_gate": "yes"})
    assert step == Author(relationship=Relationship.PARENT)
    assert otherwise == {"seen_at_gate": "yes"}


def test_a_value_that_only_a_later_program_knows_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="relationship"):
        read_stored(StepKind.AUTHOR, {"relationship": "neighbour"})


def test_what_was_written_in_another_form_stays_in_that_form() -> None:
    facts = {"person": "teacher", "subjects": "head it"}
    step, otherwise = read_stored(StepKind.TARGET, facts)
    assert step == Targeted(person="teacher", subjects=("head", "it"))
    assert facts_of(step) | dict(otherwise) == facts
