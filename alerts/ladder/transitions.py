"""The transition table: what may be done in which state, under which guards, and where it may lead.

It is data: `advance` follows it, and docs/removal-ladder.md is printed from it. A step that has no row is
refused. Guards are named here and are found by
`alerts.ladder.guards.registry` in the modules that it gathers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.cases import CaseState, StepKind

TRIAGE, FAIR, LANE, SEEKING, WAITING, CONFIRMING, CLOSED = CaseState
ON_LADDER = (TRIAGE, SEEKING, WAITING, CONFIRMING)
"""The states in which removal can be requested at all."""
OPEN = (*ON_LADDER, FAIR, LANE)
DANGER = OPEN
"""The states in which a 999 call may be recorded, past every guard; they stay or become WAITING."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step may lead, and its guards in the order in which they are asked."""

    to: tuple[CaseState, ...]
    guards: tuple[str, ...] = ()


EVERY_RUNG = (
    "kind_fits",
    "said_gone",
    "own_account",
    "class_set",
    "evidence_held",
    "weighed",
    "decided_to_seek",
    "decider_of_rung",
)
"""What every rung needs; recording a 999 call in imminent danger needs none of it, nor any other guard."""

_CLOSING = (
    "works_on_it",
    "ending_fits",
    "two_checks",
    "reason_to_end",
    "decider_to_stand",
    "referred",
    "responded",
    "support_offered",
    "promises_kept",
    "imminent_reason",
)

_AIMED = ("works_on_it", "target_no_subject", "reason_to_clear")

Table = Mapping[tuple[CaseState, StepKind], Transition]


def _rows(kind: StepKind, states: Iterable[CaseState], guards: tuple[str, ...] = ()) -> Table:
    """Rows that leave the case where it is."""
    return {(state, kind): Transition((state,), guards) for state in states}


def _to(kind: StepKind, states: Iterable[CaseState], to: tuple[CaseState, ...], *guards: str) -> Table:
    return {(state, kind): Transition(to, guards) for state in states}


TABLE: Table = {
    **_to(
        StepKind.CLASSIFIED,
        ON_LADDER,
        (*ON_LADDER, FAIR, LANE),
        "works_on_it",
        "called_fair",
        "not_their_own",
        "second_person",
    ),
    **_to(StepKind.CLASSIFIED, (FAIR,), (FAIR, LANE), "works_on_it", "reclassify"),
    **_to(
        StepKind.CLASSIFIED,
        (LANE,),
        (LANE, TRIAGE, FAIR, WAITING),
        "works_on_it",
        "keeps_lane",
        "reason_to_leave_lane",
    ),
    **_to(
        StepKind.RECLASSIFIED,
        (FAIR,),
        (TRIAGE, WAITING, LANE),
        "works_on_it",
        "not_their_own",
        "second_person",
        "reason",
        "another_class",
    ),
    **_rows(
        StepKind.PROPOSED,
        (*ON_LADDER, FAIR),
        ("works_on_it", "to_be_opened", "not_their_own", "reason", "another_class", "somebody_confirms"),
    ),
    **_rows(StepKind.TURNED_DOWN, (*ON_LADDER, FAIR), ("works_on_it", "is_proposed", "reason")),
    **_rows(StepKind.AUTHOR, (*ON_LADDER, FAIR), ("works_on_it",)),
    **_rows(StepKind.PLACE, OPEN, ("works_on_it", "another_place")),
    **_rows(StepKind.COMPLAINANT, ON_LADDER, ("works_on_it",)),
    **_rows(StepKind.TARGET, (WAITING, CONFIRMING, FAIR, LANE), _AIMED),
    **_to(StepKind.TARGET, (TRIAGE,), (TRIAGE, WAITING), *_AIMED),
    **_to(StepKind.TARGET, (SEEKING,), (SEEKING, TRIAGE), *_AIMED),
    **_rows(StepKind.WEIGHED, ON_LADDER, ("works_on_it", "in_words")),
    **_to(
        StepKind.DECIDED,
        (TRIAGE, SEEKING, WAITING),
        (TRIAGE, SEEKING, WAITING),
        "class_set",
        "weighed",
        "decider",
        "delegate_seeks",
        "reason_to_stop",
    ),
    **_to(StepKind.ASKED, (TRIAGE, SEEKING, WAITING), (WAITING,), "works_on_it", *EVERY_RUNG),
    **_to(StepKind.ASKED, (CONFIRMING,), (CONFIRMING,), "works_on_it", *EVERY_RUNG),
    **_to(
        StepKind.ANSWERED,
        (TRIAGE, SEEKING, WAITING),
        (TRIAGE, SEEKING, WAITING, CONFIRMING),
        "works_on_it",
        "was_asked",
        "after_asking",
        "poster_told",
    ),
    **_to(
        StepKind.ANSWERED,
        (CONFIRMING,),
        (CONFIRMING,),
        "works_on_it",
        "was_asked",
        "after_asking",
        "poster_told",
    ),
    **_rows(StepKind.RESPONDED, (*ON_LADDER, FAIR), ("works_on_it",)),
    **_rows(StepKind.CONSENT_ASKED, ON_LADDER, ("works_on_it", "consent_person")),
    **_rows(StepKind.CONSENT_GIVEN, ON_LADDER, ("consent_person", "consent_asked")),
    **_rows(StepKind.CONSENT_REFUSED, ON_LADDER, ("consent_person", "consent_asked")),
    **_rows(StepKind.CONSENT_WITHDRAWN, ON_LADDER, ("consent_person", "consent_was_given")),
    **_rows(StepKind.CONSENT_OVERRIDDEN, ON_LADDER, ("head_overrides", "override_ground", "reason")),
    **_rows(StepKind.SUPPORT, (*OPEN, CLOSED), ("support_person",)),
    **_rows(StepKind.EVIDENCE, ON_LADDER),
    **_rows(
        StepKind.PICTURES_ALLOWED, ON_LADDER, ("works_on_it", "class_set", "no_child_in_pictures", "reason")
    ),
    **_rows(StepKind.LETTER, (*ON_LADDER, FAIR), ("works_on_it",)),
    **_rows(StepKind.HOSTED, ON_LADDER, ("works_on_it",)),
    **_to(
        StepKind.CHECKED,
        (TRIAGE, SEEKING, WAITING),
        (TRIAGE, SEEKING, WAITING, CONFIRMING),
        "works_on_it",
        "looked_in_order",
    ),
    **_to(
        StepKind.CHECKED,
        (CONFIRMING,),
        (CONFIRMING, TRIAGE, SEEKING, WAITING),
        "works_on_it",
        "looked_in_order",
    ),
    **_to(
        StepKind.CHECKED,
        (CLOSED,),
        (CLOSED, TRIAGE, SEEKING, WAITING),
        "works_on_it",
        "worth_looking",
        "looked_in_order",
    ),
    **_rows(StepKind.COPY_FOUND, (TRIAGE, SEEKING, WAITING, FAIR, LANE), ("new_copy",)),
    **_to(StepKind.COPY_FOUND, (CONFIRMING,), (CONFIRMING, TRIAGE, SEEKING, WAITING), "new_copy"),
    **_to(StepKind.COPY_FOUND, (CLOSED,), (CLOSED, TRIAGE, SEEKING, WAITING), "new_copy"),
    **_to(
        StepKind.CAME_BACK,
        (CONFIRMING, CLOSED),
        (TRIAGE, SEEKING, WAITING),
        "was_gone",
    ),
    **_rows(StepKind.REFERRED, OPEN, ("works_on_it", "known_place", "ceop_for_children")),
    **_rows(StepKind.ASSIGNED, OPEN, ("works_on_it", "may_be_assigned")),
    **_rows(StepKind.NOTED, (*OPEN, CLOSED), ("reason", "privacy_clock")),
    **_rows(StepKind.HELD, (*OPEN, CLOSED), ("may_hold", "not_held", "reason", "review_ahead")),
    **_rows(StepKind.RELEASED, (*OPEN, CLOSED), ("held", "may_hold", "another_releases")),
    **_rows(StepKind.LOCKED, (*OPEN, CLOSED), ("works_on_it", "lock_nation", "not_locked")),
    **_rows(StepKind.UNLOCKED, (*OPEN, CLOSED), ("locked", "may_unlock", "unlock_ground", "reason")),
    **_rows(
        StepKind.CHRONOLOGY, ON_LADDER, ("head_approves", "class_set", "harassment", "chronology_person")
    ),
    **_to(StepKind.CLOSED, OPEN, (CLOSED,), *_CLOSING),
    **_to(StepKind.REOPENED, (CLOSED,), OPEN, "works_on_it", "reason"),
}
"""What may be done, and where it may lead."""

FIRST = ("facts", "actor", "may_see", "when")
"""Asked before all else, whatever the step."""

BY_PROGRAM = frozenset(
    (
        StepKind.OPENED,
        StepKind.EVIDENCE,
        StepKind.LETTER,
        StepKind.HOSTED,
        StepKind.CHECKED,
        StepKind.COPY_FOUND,
        StepKind.CAME_BACK,
        StepKind.LOCKED,
    )
)
"""What the program may record by itself; everything else needs a named person."""

MAY_PRECEDE = frozenset(
    (
        StepKind.ASKED,
        StepKind.ANSWERED,
        StepKind.RESPONDED,
        StepKind.CONSENT_ASKED,
        StepKind.CONSENT_GIVEN,
        StepKind.CONSENT_REFUSED,
        StepKind.SUPPORT,
        StepKind.EVIDENCE,
        StepKind.REFERRED,
        StepKind.DECIDED,
        StepKind.WEIGHED,
        StepKind.NOTED,
        StepKind.CHECKED,
    )
)
"""What may have happened before the case was opened here."""

NO_ROW = {
    FAIR: "fair_comment",
    LANE: "lane",
    CLOSED: "closed",
}
"""The guard that speaks where a state has no row for a step; `no_row` elsewhere."""
