"""Which act would satisfy a guard that refused, and who can do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alerts.access.acts import Act
from alerts.ladder.guards.asking import AUTHOR, CONVERSATION, HOST, PLATFORM
from alerts.ladder.rules import Rules
from data.cases import Case
from data.steps.acts import Remedy
from data.steps.codes import Complainant, Decision, StepKind
from data.web.channels import Keeping, channel


def _of(act: str, *wanted: str, **values: object) -> Remedy:
    return Remedy(act, tuple(values.items()), wanted)


_CLASSIFY = _of(StepKind.CLASSIFIED, "content_class", "why")
_SEEK = _of(StepKind.DECIDED, "why", decision=Decision.SEEK)
_ASK_PLATFORM = _of(StepKind.ASKED, rung=PLATFORM)
_TO_PASTORAL = _of(StepKind.REFERRED, to="pastoral")
_REFER = _of(StepKind.REFERRED, "to")
_INDIVIDUAL = _of(StepKind.COMPLAINANT, "person", who=Complainant.STAFF)
_TARGET = _of(StepKind.TARGET, "person")
_CLEARED = _of(StepKind.TARGET, "person", "why", subjects=())
_ASK_CONSENT = _of(StepKind.CONSENT_ASKED, "how")
_LOOK = _of("look_again")
_HANDED_IN = _of("capture", "supplied")

BY_GUARD: Mapping[str, Remedy] = {
    "class_set": _CLASSIFY,
    "evidence_held": _of("capture"),
    "weighed": _of(StepKind.WEIGHED, "nature", "visible", "spread", "impact"),
    "decided_to_seek": _SEEK,
    "decider_of_rung": _SEEK,
    "author_known": _of(StepKind.AUTHOR, "relationship"),
    "conversation_first": _of(StepKind.ASKED, rung=AUTHOR, way=CONVERSATION),
    "author_first": _of(StepKind.ASKED, rung=AUTHOR),
    "place_known": _of(StepKind.PLACE, "channel"),
    "platform_first": _ASK_PLATFORM,
    "posh_after_platform": _ASK_PLATFORM,
    "hosting_known": _of("find_host"),
    "host_first": _of(StepKind.ASKED, rung=HOST, way="host"),
    "pupil_referred": _TO_PASTORAL,
    "pupil_letters": _TO_PASTORAL,
    "s5_individual": _INDIVIDUAL,
    "rhc_individual": _INDIVIDUAL,
    "target_named": _TARGET,
    "target_no_subject": _CLEARED,
    "reason_to_clear": _CLEARED,
    "consent": _ASK_CONSENT,
    "consent_asked": _ASK_CONSENT,
    "consent_told": _of("draft_letter", kind="recorded_for_you"),
    "consent_was_given": _of(StepKind.CONSENT_REFUSED),
    "consent_person": _TARGET,
    "chronology_person": _TARGET,
    "imminent_reason": _of(StepKind.NOTED, "why"),
    "support_offered": _of(StepKind.SUPPORT, status="offered"),
    "referred": _REFER,
    "responded": _of(StepKind.RESPONDED, "how"),
    "two_checks": _LOOK,
    "said_gone": _LOOK,
    "already_asked": _of(StepKind.ANSWERED, "rung", "result"),
    "was_asked": _of(StepKind.ASKED, "rung"),
    "lane": _REFER,
    "fair_comment": _CLASSIFY,
    "second_person": _CLASSIFY,
    "closed": _of(StepKind.REOPENED, "why"),
}
"""The guards that one act satisfies."""


def remedies(guard: str, case: Case, person_id: str) -> tuple[Remedy, ...]:
    """The acts of this person (an id) in this case that would satisfy the guard; none where no act would.

    At a place whose pages are a wall, evidence is what somebody hands in.
    """
    found = BY_GUARD.get(guard)
    if found is None:
        return ()
    if guard == "evidence_held" and case.channel and channel(case.channel).keeping is not Keeping.PAGE:
        found = _HANDED_IN
    return (replace(found, values=(("case", case.id), *found.values), person=person_id),)


_WANT_A_DECISION = frozenset(("decided_to_seek", "decider_of_rung"))


def who_can_satisfy(guard: str, case: Case, person_id: str, rules: Rules) -> str:
    """The id of whoever can satisfy this guard: this person, or somebody who decides on the case."""
    if guard not in _WANT_A_DECISION:
        return person_id
    may = [p.id for p in rules.who_may(Act.DECIDE, case)]
    return person_id if person_id in may or not may else may[0]
