"""The transition table: what may be done in which state, under which guards, and where it may lead; and what
each rung wants before it is asked.

It is data: `advance` follows it, and `schoolgate docs removal-ladder` shows it. A step that has no row is
refused. A guard is a function, and is called by its name wherever people read of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerts.ladder.guards import asking, steps
from alerts.ladder.guards.asking import class_set, weighed
from alerts.ladder.guards.steps import FIRST
from alerts.ladder.rules import Guard
from data.cases import CaseState
from data.rungs import Rung
from data.steps.classes import KINDS
from data.steps.codes import StepKind, Where

EVERY_RUNG = (
    asking.kind_fits, asking.said_gone, asking.own_account, asking.staff_matter_said, asking.may_come_down,
    asking.class_set, asking.pupil_referred, asking.evidence_held, asking.weighed, asking.decided_to_seek,
    asking.decider_of_rung,
)  # fmt: skip
"""What every rung wants; that 999 was rung in imminent danger wants none of it, nor any other guard."""

OF_RUNGS: Mapping[Rung, tuple[Guard, ...]] = {
    Rung.AUTHOR_REQUEST: (
        asking.pupil_letters, asking.author_known, asking.site_contact, asking.online, asking.contact_safe,
        asking.author_class, asking.conversation_first, asking.already_asked,
    ),
    Rung.PLATFORM_REPORT: (
        asking.online, asking.place_known, asking.platform_there,
        asking.member_reports, asking.delisting_person, asking.copyright_class, asking.copyright_place,
        asking.copyright_owner, asking.author_first, asking.already_asked,
    ),
    Rung.HOST: (
        asking.pupil_letters, asking.online, asking.s5_nation, asking.s5_class, asking.s5_individual,
        asking.s5_poster, asking.copyright_class, asking.copyright_place, asking.copyright_owner,
        asking.author_first, asking.platform_first, asking.hosting_known,
        asking.already_asked,
    ),
    Rung.ISP: (
        asking.pupil_letters, asking.online, asking.host_first, asking.hosting_known, asking.already_asked,
    ),
    Rung.POSH: (
        asking.online, asking.posh_for_schools, asking.posh_class,
        asking.posh_after_platform, asking.rhc_harm, asking.rhc_individual, asking.rhc_after_refusal,
        asking.already_asked,
    ),
    Rung.POLICE: (
        steps.decided_to_report, steps.police_matter, steps.police_last,
        steps.target_named, steps.consent, steps.consent_told, asking.already_asked,
    ),
}  # fmt: skip
"""What each rung wants besides, before it is asked, in the order in which it is asked."""

TRIAGE, FAIR, LANE, SEEKING, WAITING, CONFIRMING, CLOSED = CaseState
ON_LADDER = (TRIAGE, SEEKING, WAITING, CONFIRMING)
OPEN = (*ON_LADDER, FAIR, LANE)


@dataclass(frozen=True, slots=True)
class Transition:
    """The states where a step may lead, and its guards in the order in which they are asked, after those of
    every step. `of_rung`: the guards of the rung that is asked are its own too. `imminent`: for a step that
    says that 999 was rung, which waits for nothing: its guards alone are asked, not those of every step."""

    to: tuple[CaseState, ...]
    guards: tuple[Guard, ...] = ()
    of_rung: bool = False
    imminent: bool = False


_SOUGHT = (TRIAGE, SEEKING, WAITING)
_EVER = (*OPEN, CLOSED)

_Rows = Mapping[tuple[CaseState, StepKind], Transition]


def _rows(
    kind: StepKind, states: Iterable[CaseState], *guards: Guard, to: tuple[CaseState, ...] = ()
) -> _Rows:
    """Rows that lead `to` these states; without them, that leave the case where it is."""
    return {(state, kind): Transition(to or (state,), guards) for state in states}


def _rows_for_worker(
    kind: StepKind, states: Iterable[CaseState], *guards: Guard, to: tuple[CaseState, ...] = ()
) -> _Rows:
    return _rows(kind, states, steps.works_on_it, *guards, to=to)


def _rows_of_asking(states: Iterable[CaseState], to: CaseState) -> _Rows:
    """Make the rows in which a rung is asked: what all rungs want, then what that one wants."""
    row = Transition((to,), (steps.works_on_it, *EVERY_RUNG), of_rung=True)
    return {(state, StepKind.ASKED): row for state in states}


def _in_danger(states: Iterable[CaseState], to: CaseState | None = None) -> _Rows:
    """Make the rows in which it is recorded, by anybody at the school, that 999 was rung."""
    asked = StepKind.ASKED
    return {(state, asked): Transition((to or state,), (steps.actor,), imminent=True) for state in states}


_WHERE = {Where.ON_LADDER: ON_LADDER, Where.WITH_FAIR: (*ON_LADDER, FAIR), Where.OPEN: OPEN}


def _plain() -> _Rows:
    """Rows of the kinds whose class says where whoever works on the case may take them."""
    rows = (_rows_for_worker(kind, _WHERE[of.where]) for kind, of in KINDS.items() if of.where)
    return {key: row for some in rows for key, row in some.items()}


def _says_who(kind: StepKind, *guards: Guard) -> _Rows:
    """Make the rows in which it is said who is left out; what one of them decided is open again."""
    wanted = (steps.says_who, steps.two_let_in, *guards)
    return {
        **_rows_for_worker(kind, (WAITING, CONFIRMING, FAIR, LANE), *wanted),
        **_rows_for_worker(kind, (TRIAGE,), *wanted, to=(TRIAGE, WAITING)),
        **_rows_for_worker(kind, (SEEKING,), *wanted, to=(SEEKING, TRIAGE)),
    }


_AIMED = (steps.target_no_subject, steps.two_let_in)
_REOPENS = (steps.not_their_own, steps.second_person)
_ANSWERS = (steps.was_asked, steps.after_asking, steps.silence_over, steps.poster_told)

_ORDINARY: _Rows = {
    **_plain(),
    **_rows_for_worker(
        StepKind.CLASSIFIED, ON_LADDER, steps.called_fair, *_REOPENS, to=(*ON_LADDER, FAIR, LANE)
    ),
    **_rows_for_worker(StepKind.CLASSIFIED, (FAIR,), steps.reclassify, to=(FAIR, LANE)),
    **_rows_for_worker(
        StepKind.CLASSIFIED, (LANE,), steps.keeps_lane, steps.reason_to_leave_lane,
        to=(LANE, TRIAGE, FAIR, WAITING),
    ),
    **_rows_for_worker(
        StepKind.RECLASSIFIED, (FAIR,), *_REOPENS, steps.reason, steps.another_class,
        to=(TRIAGE, WAITING, LANE),
    ),
    **_rows_for_worker(
        StepKind.PROPOSED, (*ON_LADDER, FAIR), steps.to_be_opened, steps.not_their_own, steps.reason,
        steps.another_class, steps.somebody_confirms,
    ),
    **_rows_for_worker(StepKind.TURNED_DOWN, (*ON_LADDER, FAIR), steps.is_proposed, steps.reason),
    **_rows_for_worker(
        StepKind.STAFF_POST, (*ON_LADDER, FAIR), steps.not_of_them, steps.protected_still,
        to=(*ON_LADDER, FAIR, LANE),
    ),
    **_rows_for_worker(StepKind.PLACE, OPEN, steps.another_place),
    **_rows_for_worker(StepKind.TARGET, (WAITING, CONFIRMING, FAIR, LANE), *_AIMED),
    **_rows_for_worker(StepKind.TARGET, (TRIAGE,), *_AIMED, to=(TRIAGE, WAITING)),
    **_rows_for_worker(StepKind.TARGET, (SEEKING,), *_AIMED, to=(SEEKING, TRIAGE)),
    **_rows_for_worker(StepKind.ABOUT, OPEN, steps.says_who, steps.reason),
    **_says_who(StepKind.ACCUSED),
    **_says_who(StepKind.CONFLICTED, steps.reason),
    **_rows_for_worker(StepKind.WEIGHED, ON_LADDER, steps.in_words),
    **_rows(
        StepKind.DECIDED, _SOUGHT, asking.staff_matter_said, asking.may_come_down, class_set, weighed,
        steps.decider, steps.delegate_seeks, steps.reason_to_stop, to=_SOUGHT,
    ),
    **_rows_of_asking(_SOUGHT, WAITING),
    **_rows_of_asking((CONFIRMING,), CONFIRMING),
    **_rows_for_worker(StepKind.ANSWERED, _SOUGHT, *_ANSWERS, to=(*_SOUGHT, CONFIRMING)),
    **_rows_for_worker(StepKind.ANSWERED, (CONFIRMING,), *_ANSWERS),
    **_rows_for_worker(StepKind.APPROVED, (*ON_LADDER, FAIR), steps.approver),
    **_rows_for_worker(
        StepKind.RESPONDED, (*ON_LADDER, FAIR), class_set, steps.press_approved, steps.sent_recorded
    ),
    **_rows_for_worker(StepKind.CONSENT_ASKED, ON_LADDER, steps.consent_person),
    **_rows(StepKind.CONSENT_GIVEN, ON_LADDER, steps.consent_person, steps.consent_asked),
    **_rows(StepKind.CONSENT_REFUSED, ON_LADDER, steps.consent_person, steps.consent_asked),
    **_rows(StepKind.CONSENT_WITHDRAWN, ON_LADDER, steps.consent_person, steps.consent_was_given),
    **_rows(
        StepKind.CONSENT_OVERRIDDEN, ON_LADDER, steps.head_overrides, steps.override_ground, steps.reason
    ),
    **_rows(StepKind.SUPPORT, _EVER, steps.support_person),
    **_rows(StepKind.SAFE, _EVER, steps.consent_person),
    **_rows(StepKind.EVIDENCE, ON_LADDER),
    **_rows_for_worker(
        StepKind.PICTURES_ALLOWED, ON_LADDER, class_set, steps.no_child_in_pictures, steps.reason
    ),
    **_rows_for_worker(StepKind.CHECKED, _SOUGHT, steps.looked_in_order, to=(*_SOUGHT, CONFIRMING)),
    **_rows_for_worker(StepKind.CHECKED, (CONFIRMING,), steps.looked_in_order, to=(CONFIRMING, *_SOUGHT)),
    **_rows_for_worker(
        StepKind.CHECKED, (CLOSED,), steps.worth_looking, steps.looked_in_order, to=(CLOSED, *_SOUGHT)
    ),
    **_rows(StepKind.COPY_FOUND, (*_SOUGHT, FAIR, LANE), steps.new_copy),
    **_rows(StepKind.COPY_FOUND, (CONFIRMING,), steps.new_copy, to=(CONFIRMING, *_SOUGHT)),
    **_rows(StepKind.COPY_FOUND, (CLOSED,), steps.new_copy, to=(CLOSED, *_SOUGHT)),
    **_rows_for_worker(
        StepKind.PLACE_LEFT, _SOUGHT, steps.other_places, steps.decider_leaves, steps.reason,
        to=(*_SOUGHT, CONFIRMING),
    ),
    **_rows_for_worker(
        StepKind.PLACE_LEFT, (CONFIRMING,), steps.other_places, steps.still_unseen, steps.decider_leaves,
        steps.reason, to=(CONFIRMING, *_SOUGHT),
    ),
    **_rows(StepKind.CAME_BACK, (CONFIRMING, CLOSED), steps.was_gone, to=_SOUGHT),
    **_rows_for_worker(
        StepKind.REFERRED, OPEN, steps.known_place, steps.place_of_nation, steps.ceop_for_children,
        steps.past_the_employer,
    ),
    **_rows_for_worker(StepKind.ASSIGNED, OPEN, steps.may_be_assigned),
    **_rows(StepKind.NOTED, _EVER, steps.reason, steps.privacy_clock),
    **_rows(StepKind.HELD, _EVER, steps.may_hold, steps.not_held, steps.reason, steps.review_ahead),
    **_rows(StepKind.RELEASED, _EVER, steps.held, steps.may_hold, steps.another_releases),
    **_rows_for_worker(StepKind.LOCKED, _EVER, steps.lock_nation, steps.not_locked),
    **_rows(StepKind.UNLOCKED, _EVER, steps.locked, steps.may_unlock, steps.unlock_ground, steps.reason),
    **_rows(
        StepKind.CHRONOLOGY, ON_LADDER, steps.head_approves, class_set, steps.harassment,
        steps.chronology_person,
    ),
    **_rows_for_worker(
        StepKind.CLOSED, OPEN, steps.ending_fits, steps.two_checks, steps.copies_taken,
        steps.reason_to_end, steps.decider_to_stand, steps.referred, steps.danger_warned,
        steps.outcome_said, steps.gate_warned,
        steps.press_approved, steps.responded, steps.support_offered, steps.promises_kept,
        steps.imminent_reason,
        to=(CLOSED,),
    ),
    **_rows_for_worker(StepKind.REOPENED, (CLOSED,), steps.not_joined, steps.reason, to=OPEN),
    **_rows_for_worker(StepKind.JOINED, OPEN, steps.reason, to=(*OPEN, CLOSED)),
}  # fmt: skip
_IMMINENT: _Rows = {**_in_danger(_SOUGHT, WAITING), **_in_danger((CONFIRMING, FAIR, LANE))}
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

NO_ROW = {FAIR: "fair_comment", LANE: "lane", CLOSED: "closed"}
"""What a refusal is called where a state has no row for a step; `no_row` elsewhere."""
