"""What is asked of whoever takes a step: enough for a command line and for a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from builders.steps import read_step
from hypothesis import given
from hypothesis import strategies as st

from data.content_class import CLASSES
from data.steps.codes import StepKind, ValueKind
from data.steps.kinds import KINDS
from data.steps.stored import StepField, facts_of, facts_of_kind, fields_of, names_of
from data.web.channels import CHANNELS
from data.words.say import words

BY_HAND = [kind for kind, of in KINDS.items() if of.by_hand]
ADDED = {
    StepKind.CLASSIFIED: "meant overseers about proposed_by",
    StepKind.TARGET: "second about beside",
    StepKind.ACCUSED: "second about",
    StepKind.DECIDED: "policy as",
    StepKind.PLACE: "place",
    StepKind.PLACE_LEFT: "place",
    StepKind.ASKED: "place route kept sha256 capture manifest files",
    StepKind.ANSWERED: "place kept sha256 capture manifest files",
    StepKind.CONSENT_GIVEN: "informed",
    StepKind.CONSENT_REFUSED: "informed",
    StepKind.CONSENT_WITHDRAWN: "informed",
    StepKind.CONSENT_OVERRIDDEN: "informed",
    StepKind.SUPPORT: "informed",
    StepKind.COPY_FOUND: "subjects sealed",
    StepKind.CONFLICTED: "second",
    StepKind.NOTED: "pack",
    StepKind.REOPENED: "rung",
}
"""Facts that nobody is asked for: the rules add them, or the program."""


@pytest.mark.parametrize("kind", BY_HAND)
def test_every_fact_of_a_step_that_a_person_takes_is_asked_for_or_added_on_purpose(kind: StepKind) -> None:
    asked = {field.name for field in fields_of(KINDS[kind])}
    must, may = names_of(kind)
    assert asked | set(ADDED.get(kind, "").split()) == {*must, *may}
    assert not asked & set(ADDED.get(kind, "").split())


@pytest.mark.parametrize("kind", StepKind)
def test_what_a_step_must_say_is_asked_for_or_the_program_says_it(kind: StepKind) -> None:
    needed = {field.name for field in facts_of_kind(kind).values() if field.required}
    assert needed == set(names_of(kind)[0])


@pytest.mark.parametrize("kind", BY_HAND)
def test_every_fact_that_is_asked_for_has_label_and_help(kind: StepKind) -> None:
    w = words("en")
    for field in fields_of(KINDS[kind]):
        assert w(field.label)
        assert field.help.strip()
        assert bool(field.choices) >= (field.kind in (ValueKind.CODE, ValueKind.RUNG))


@pytest.mark.parametrize("kind", BY_HAND)
def test_a_step_that_a_person_takes_says_in_a_sentence_what_it_is(kind: StepKind) -> None:
    assert (KINDS[kind].__doc__ or "").strip().partition("\n")[0].endswith(".")


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
def test_what_is_typed_becomes_a_step_and_is_stored_as_it_was_typed(
    form: tuple[StepKind, dict[str, str]],
) -> None:
    kind, said = form
    step = read_step(kind, said)
    assert isinstance(step, KINDS[kind])
    assert facts_of(step) == said


@given(forms())
def test_a_value_that_is_none_of_its_choices_is_refused_by_name(
    form: tuple[StepKind, dict[str, str]],
) -> None:
    kind, said = form
    for field in fields_of(KINDS[kind]):
        if field.choices and issubclass(field.type, StrEnum):
            found = read_step(kind, said | {field.name: "no such value"})
            assert isinstance(found, tuple)
            assert field.name in found
