"""What a view leaves out for a reader who may know how far a matter is, and none of its words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from data.cases import Case
from data.matters import SOMEBODY, Access
from data.types import Reason, Verdict

TELL_OF_A_CONFLICT = frozenset(("subject_excluded", "fallback", "nobody_left"))
"""Codes of the reasons that say that somebody is kept out of it."""


def as_far(verdict: Verdict, access: Access) -> Verdict:
    """A verdict: without the words of its reasons, and nobody's id."""
    if access is Access.WORDS:
        return verdict
    return replace(
        verdict,
        mention_id="",
        subject_person=verdict.subject_person and SOMEBODY,
        subjects=(),
        reasons=_codes(verdict.reasons),
    )


def reasons_as_far(reasons: Iterable[Reason], access: Access, *, conflicts: bool) -> tuple[Reason, ...]:
    """Why it was raised: as codes alone, and nothing of who is kept out of it."""
    shown = tuple(r for r in reasons if conflicts or r.code not in TELL_OF_A_CONFLICT)
    return shown if access is Access.WORDS else _codes(shown)


def case_as_far(case: Case, access: Access, *, own: bool) -> Case:
    """A case: nobody's id but, where it is the reader's `own`, of who recorded what for them."""
    if access is Access.WORDS:
        return case
    return replace(
        case,
        mention_id=None,
        opened_by="",
        subjects=(),
        audience=(),
        target=None,
        assigned_to=None,
        acting=None,
        complainant_person=None,
        classified_by=None,
        weighed=None,
        decided_by=None,
        consent_person=None,
        chronology_by=None,
        chronology_author=None,
        chronology_person=None,
        hold_by=None,
        hosting={},
        askings=tuple(replace(a, by="", reference="", channel="") for a in case.askings),
        proposal=case.proposal and replace(case.proposal, by="", meant=()),
        copies=(),
        consent_by=case.consent_by if own else None,
        support_by=case.support_by if own else None,
    )


def _codes(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(Reason(r.code, "") for r in reasons)
