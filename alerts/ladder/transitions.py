"""The transition table: what may be done in which state, under which guards, and where it may lead.

It is data: `advance` follows it, and docs/removal-ladder.md is printed from it. A step that has no row is
refused. A guard is a function, and is called by its name wherever people read of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerts.ladder.guards import closing, first, keeping, police, steps
from alerts.ladder.guards.asking import class_set, weighed
from alerts.ladder.guards.first import FIRST
from alerts.ladder.guards.of_rungs import EVERY_RUNG, OF_RUNGS
from alerts.ladder.rules import Guard
from data.cases import CaseState
from data.frozen import dataclass
from data.steps.codes import StepKind, Where
from data.steps.kinds import KINDS

TRIAGE, FAIR, LANE, SEEKING, WAITING, CONFIRMING, CLOSED = CaseState
ON_LADDER = (TRIAGE, SEEKING, WAITING, CONFIRMING)
"""The states in which removal can be requested at all."""
OPEN = (*ON_LADDER, FAIR, LANE)


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a step may lead, and its guards in the order in which they are asked, after those of every step.

    `of_rung`: the guards of the rung that is asked are its own too. `imminent`: for a step that says that 999
    was rung, which waits for nothing: its guards alone are asked, not those of every step.
    """

    to: tuple[CaseState, ...]
    guards: tuple[Guard, ...] = ()
    of_rung: bool = False
    imminent: bool = False


_CLOSING = (
    steps.works_on_it,
    closing.ending_fits,
    closing.two_checks,
    closing.reason_to_end,
    closing.decider_to_stand,
    closing.referred,
    closing.responded,
    closing.support_offered,
    closing.promises_kept,
    police.imminent_reason,
)

_AIMED = (steps.works_on_it, steps.target_no_subject, steps.reason_to_clear)

_Rows = Mapping[tuple[CaseState, StepKind], Transition]


def _rows(kind: StepKind, states: Iterable[CaseState], guards: tuple[Guard, ...] = ()) -> _Rows:
    """Rows that leave the case where it is."""
    return {(state, kind): Transition((state,), guards) for state in states}


def _to(kind: StepKind, states: Iterable[CaseState], to: tuple[CaseState, ...], *guards: Guard) -> _Rows:
    return {(state, kind): Transition(to, guards) for state in states}


def _asked(states: Iterable[CaseState], to: CaseState) -> _Rows:
    """A rung is asked: what all rungs want, then what that one wants."""
    row = Transition((to,), (steps.works_on_it, *EVERY_RUNG), of_rung=True)
    return {(state, StepKind.ASKED): row for state in states}


def _in_danger(states: Iterable[CaseState], to: CaseState | None = None) -> _Rows:
    """That 999 was rung is recorded by anybody at the school."""
    asked = StepKind.ASKED
    return {(state, asked): Transition((to or state,), (first.actor,), imminent=True) for state in states}


_WHERE: Mapping[Where, tuple[CaseState, ...]] = {
    Where.ON_LADDER: ON_LADDER,
    Where.WITH_FAIR: (*ON_LADDER, FAIR),
    Where.OPEN: OPEN,
}


def _plain() -> _Rows:
    """Rows of the kinds whose class says where whoever works on the case may take them."""
    kinds = ((kind, _WHERE[of.where]) for kind, of in KINDS.items() if of.where)
    rows = (_rows(kind, states, (steps.works_on_it,)) for kind, states in kinds)
    return {key: row for some in rows for key, row in some.items()}


_ORDINARY: _Rows = {
    **_plain(),
    **_to(
        StepKind.CLASSIFIED,
        ON_LADDER,
        (*ON_LADDER, FAIR, LANE),
        steps.works_on_it,
        steps.called_fair,
        steps.not_their_own,
        steps.second_person,
    ),
    **_to(StepKind.CLASSIFIED, (FAIR,), (FAIR, LANE), steps.works_on_it, steps.reclassify),
    **_to(
        StepKind.CLASSIFIED,
        (LANE,),
        (LANE, TRIAGE, FAIR, WAITING),
        steps.works_on_it,
        steps.keeps_lane,
        steps.reason_to_leave_lane,
    ),
    **_to(
        StepKind.RECLASSIFIED,
        (FAIR,),
        (TRIAGE, WAITING, LANE),
        steps.works_on_it,
        steps.not_their_own,
        steps.second_person,
        steps.reason,
        steps.another_class,
    ),
    **_rows(
        StepKind.PROPOSED,
        (*ON_LADDER, FAIR),
        (
            steps.works_on_it,
            steps.to_be_opened,
            steps.not_their_own,
            steps.reason,
            steps.another_class,
            steps.somebody_confirms,
        ),
    ),
    **_rows(StepKind.TURNED_DOWN, (*ON_LADDER, FAIR), (steps.works_on_it, steps.is_proposed, steps.reason)),
    **_rows(StepKind.PLACE, OPEN, (steps.works_on_it, steps.another_place)),
    **_rows(StepKind.TARGET, (WAITING, CONFIRMING, FAIR, LANE), _AIMED),
    **_to(StepKind.TARGET, (TRIAGE,), (TRIAGE, WAITING), *_AIMED),
    **_to(StepKind.TARGET, (SEEKING,), (SEEKING, TRIAGE), *_AIMED),
    **_rows(StepKind.WEIGHED, ON_LADDER, (steps.works_on_it, steps.in_words)),
    **_to(
        StepKind.DECIDED,
        (TRIAGE, SEEKING, WAITING),
        (TRIAGE, SEEKING, WAITING),
        class_set,
        weighed,
        steps.decider,
        steps.delegate_seeks,
        steps.reason_to_stop,
    ),
    **_asked((TRIAGE, SEEKING, WAITING), WAITING),
    **_asked((CONFIRMING,), CONFIRMING),
    **_to(
        StepKind.ANSWERED,
        (TRIAGE, SEEKING, WAITING),
        (TRIAGE, SEEKING, WAITING, CONFIRMING),
        steps.works_on_it,
        steps.was_asked,
        steps.after_asking,
        steps.silence_over,
        steps.poster_told,
    ),
    **_to(
        StepKind.ANSWERED,
        (CONFIRMING,),
        (CONFIRMING,),
        steps.works_on_it,
        steps.was_asked,
        steps.after_asking,
        steps.silence_over,
        steps.poster_told,
    ),
    **_rows(StepKind.CONSENT_ASKED, ON_LADDER, (steps.works_on_it, police.consent_person)),
    **_rows(StepKind.CONSENT_GIVEN, ON_LADDER, (police.consent_person, police.consent_asked)),
    **_rows(StepKind.CONSENT_REFUSED, ON_LADDER, (police.consent_person, police.consent_asked)),
    **_rows(StepKind.CONSENT_WITHDRAWN, ON_LADDER, (police.consent_person, police.consent_was_given)),
    **_rows(
        StepKind.CONSENT_OVERRIDDEN, ON_LADDER, (police.head_overrides, police.override_ground, steps.reason)
    ),
    **_rows(StepKind.SUPPORT, (*OPEN, CLOSED), (steps.support_person,)),
    **_rows(StepKind.EVIDENCE, ON_LADDER),
    **_rows(
        StepKind.PICTURES_ALLOWED,
        ON_LADDER,
        (steps.works_on_it, class_set, steps.no_child_in_pictures, steps.reason),
    ),
    **_to(
        StepKind.CHECKED,
        (TRIAGE, SEEKING, WAITING),
        (TRIAGE, SEEKING, WAITING, CONFIRMING),
        steps.works_on_it,
        steps.looked_in_order,
    ),
    **_to(
        StepKind.CHECKED,
        (CONFIRMING,),
        (CONFIRMING, TRIAGE, SEEKING, WAITING),
        steps.works_on_it,
        steps.looked_in_order,
    ),
    **_to(
        StepKind.CHECKED,
        (CLOSED,),
        (CLOSED, TRIAGE, SEEKING, WAITING),
        steps.works_on_it,
        steps.worth_looking,
        steps.looked_in_order,
    ),
    **_rows(StepKind.COPY_FOUND, (TRIAGE, SEEKING, WAITING, FAIR, LANE), (steps.new_copy,)),
    **_to(StepKind.COPY_FOUND, (CONFIRMING,), (CONFIRMING, TRIAGE, SEEKING, WAITING), steps.new_copy),
    **_to(StepKind.COPY_FOUND, (CLOSED,), (CLOSED, TRIAGE, SEEKING, WAITING), steps.new_copy),
    **_to(
        StepKind.CAME_BACK,
        (CONFIRMING, CLOSED),
        (TRIAGE, SEEKING, WAITING),
        steps.was_gone,
    ),
    **_rows(
        StepKind.REFERRED,
        OPEN,
        (steps.works_on_it, steps.known_place, steps.place_of_nation, steps.ceop_for_children),
    ),
    **_rows(StepKind.ASSIGNED, OPEN, (steps.works_on_it, steps.may_be_assigned)),
    **_rows(StepKind.NOTED, (*OPEN, CLOSED), (steps.reason, keeping.privacy_clock)),
    **_rows(
        StepKind.HELD,
        (*OPEN, CLOSED),
        (keeping.may_hold, keeping.not_held, steps.reason, keeping.review_ahead),
    ),
    **_rows(StepKind.RELEASED, (*OPEN, CLOSED), (keeping.held, keeping.may_hold, keeping.another_releases)),
    **_rows(StepKind.LOCKED, (*OPEN, CLOSED), (steps.works_on_it, keeping.lock_nation, keeping.not_locked)),
    **_rows(
        StepKind.UNLOCKED,
        (*OPEN, CLOSED),
        (keeping.locked, keeping.may_unlock, keeping.unlock_ground, steps.reason),
    ),
    **_rows(
        StepKind.CHRONOLOGY,
        ON_LADDER,
        (keeping.head_approves, class_set, keeping.harassment, keeping.chronology_person),
    ),
    **_to(StepKind.CLOSED, OPEN, (CLOSED,), *_CLOSING),
    **_to(StepKind.REOPENED, (CLOSED,), OPEN, steps.works_on_it, steps.reason),
}
_IMMINENT: _Rows = {
    **_in_danger((TRIAGE, SEEKING, WAITING), WAITING),
    **_in_danger((CONFIRMING, FAIR, LANE)),
}
TABLE: Mapping[tuple[CaseState, StepKind], tuple[Transition, ...]] = {
    key: tuple(rows[key] for rows in (_ORDINARY, _IMMINENT) if key in rows)
    for key in dict.fromkeys((*_ORDINARY, *_IMMINENT))
}
"""What may be done, and where it may lead: of the rows of a step in a state, the one for what it says."""
GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guards in (*(row.guards for rows in TABLE.values() for row in rows), *OF_RUNGS.values(), FIRST)
    for guard in guards
}
"""Every guard, by what it is called."""

NO_ROW = {
    FAIR: "fair_comment",
    LANE: "lane",
    CLOSED: "closed",
}
"""What a refusal is called where a state has no row for a step; `no_row` elsewhere."""
