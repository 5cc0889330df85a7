"""Invented cases for tests of the store and of what reads it: each function gives a whole value."""

from dataclasses import replace

from builders.mention import NOW, URN, a_mention
from builders.steps import as_stored

from data.cases import Case, CaseState, CaseStep
from data.content_class import ContentClass
from data.steps.codes import StepKind
from data.types import About, Route


def a_case(case_id="0001", **fields):
    """An open case about the mention “one” of the story “s-one”, just opened."""
    case = Case(
        id=case_id, urn=URN, story_id="s-one", opened_at=NOW, opened_by="p-head", route=Route.REQUEST_REMOVAL,
        about=About.STAFF, proposed_class=ContentClass.PRIVACY, content_class=ContentClass.PRIVACY,
        state=CaseState.TRIAGE, mention_id=a_mention().id, steps=1,
    )  # fmt: skip
    return replace(case, **fields)


def a_step(n=1, kind=StepKind.OPENED, *, case_id="0001", at=NOW, facts=None, **fields):
    """A step of that case, done and written down at `at`."""
    opened = {"story": "s-one", "route": "request_removal", "proposed_class": "C11", "about": "staff"}
    said = facts if facts is not None else opened if kind is StepKind.OPENED else {}
    told, otherwise = as_stored(kind, said)
    step = CaseStep(case_id, n, URN, told, "p-head", at, at, otherwise=otherwise)
    return replace(step, **fields)
