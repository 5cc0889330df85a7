"""A case is the fold of its steps (event-sourced). Nothing is checked or refused here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from alerts.access.matter import bypass_of
from alerts.ladder import derived_state, recorded_on_behalf
from alerts.ladder.replay_requests import (
    answered,
    asked,
    came_back,
    checked,
    copy_found,
    open_asking,
    opened_again,
)
from alerts.ladder.rules import moment, several, yes
from data.cases import (
    Assessment,
    BypassRoute,
    Case,
    CaseState,
    CaseStep,
    Complainant,
    Consent,
    Ending,
    HowTold,
    Proposal,
    Relationship,
    StepKind,
    Support,
)
from data.content_class import BYPASSING, ContentClass, class_spec
from data.rungs import EMERGENCY, CaseClock, Rung
from data.types import About, Route

FAIR_ROUTES = frozenset((Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND))
"""Routes that are answered, or need nothing: never removed."""
"""Harassment, hate and threats: within a case of these alone one author's posts are put together."""

_Fold = Callable[[Case, CaseStep], Case]


def replay(steps: Sequence[CaseStep]) -> Case:
    """The case of these steps, in order. Raises ValueError if they do not begin with its opening."""
    if not steps or steps[0].kind is not StepKind.OPENED:
        raise ValueError("a case begins with its opening")
    case = _opened(steps[0])
    for step in steps[1:]:
        case = after(case, step)
    return case


def with_ways(steps: Sequence[CaseStep]) -> tuple[CaseStep, ...]:
    """The steps as people are told of them: each answer says to which way of asking it is."""
    told = []
    for i, step in enumerate(steps):
        said = step
        if i and step.kind is StepKind.ANSWERED and not step.facts.get("kind"):
            before = replay(steps[:i])
            to = open_asking(before, Rung(step.facts["rung"]))
            kind = "" if to is None else before.askings[to].kind
            said = replace(step, facts={**step.facts, "kind": kind})
        told.append(said)
    return tuple(told)


def after(case: Case, step: CaseStep) -> Case:
    """The case after one more step."""
    fold = _FOLDS.get(step.kind)
    changed = fold(case, step) if fold else case
    return derived_state.with_derived_state(replace(changed, steps=step.n))


def _opened(step: CaseStep) -> Case:
    f = step.facts
    about, route, proposed = About(f["about"]), Route(f["route"]), ContentClass(f["proposed_class"])
    lane = BypassRoute(f["lane"]) if f.get("lane") else bypass_of(proposed, about)
    if lane is None and route is Route.SAFEGUARDING:
        lane = bypass_of(ContentClass.SAFEGUARDING, about)
    urgent = route is Route.POLICE_NOW
    fair = lane is None and not urgent and _calm(route, proposed)
    case = Case(
        id=step.case_id,
        urn=step.urn,
        story_id=f["story"],
        opened_at=step.done_at,
        opened_by=step.actor,
        route=route,
        about=about,
        proposed_class=proposed,
        content_class=proposed,
        state=CaseState.TRIAGE,
        mention_id=f.get("mention") or None,
        channel=f.get("channel", ""),
        alert_id=f.get("alert") or None,
        rung=EMERGENCY if urgent and lane is None else None,
        lane=lane,
        restricted=lane is not None or yes(f, "restricted"),
        subjects=several(f, "subjects"),
        audience=several(f, "audience"),
        target=f.get("target") or None,
        steps=step.n,
        fair=fair,
        own_site=yes(f, "own_site"),
    )
    return derived_state.with_derived_state(case)


def _calm(route: Route, proposed: ContentClass) -> bool:
    """Was it judged to be something we answer? What was not judged is for a person to read."""
    fair = route in FAIR_ROUTES or proposed == ContentClass.FAIR_COMMENT
    return fair and proposed != ContentClass.UNJUDGED


def _classified(case: Case, step: CaseStep) -> Case:
    case = _overseen(replace(case, proposal=None, about=About(step.facts.get("about") or case.about)), step)
    content_class = ContentClass(step.facts["class"])
    lane = _lane(case, step, content_class)
    left = case.lane is not None and lane is None
    if lane is not None and not case.restricted:  # who was told of it as another matter is none of its few
        case = replace(case, audience=(step.actor,), assigned_to=None)
    changed = replace(
        case,
        content_class=content_class,
        classified_by=step.actor,
        lane=lane,
        restricted=lane is not None or (case.restricted and not left),
        fair=lane is None and (content_class == ContentClass.FAIR_COMMENT or case.fair or case.was_fair),
        was_fair=lane is not None and (case.fair or case.was_fair),
    )
    if lane is not None or changed.fair:
        return derived_state.put_down(changed)
    if left and case.proposed_class == ContentClass.UNJUDGED:  # a lane takes nobody's reading of it away
        return replace(changed, content_class=ContentClass.UNJUDGED, classified_by=None)
    return changed if class_spec(content_class).course else derived_state.without_chronology(changed)


def _lane(case: Case, step: CaseStep, content_class: ContentClass) -> BypassRoute | None:
    if content_class not in BYPASSING:
        return None
    said = step.facts.get("lane")
    if said:
        return BypassRoute(said)
    kept = case.lane if case.content_class == content_class else None
    return kept or bypass_of(content_class, case.about)


def _reclassified(case: Case, step: CaseStep) -> Case:
    return _classified(replace(case, fair=False, was_fair=False), step)


def _proposed(case: Case, step: CaseStep) -> Case:
    lane, meant = step.facts.get("lane"), several(step.facts, "meant")
    proposed = ContentClass(step.facts["class"])
    said = Proposal(proposed, BypassRoute(lane) if lane else None, step.actor, step.done_at, meant)
    return _overseen(replace(case, proposal=said), step)


def _overseen(case: Case, step: CaseStep) -> Case:
    """Anyone told of a proposal to reclassify comment may read what it is about."""
    more = several(step.facts, "overseers")
    return replace(case, audience=tuple(dict.fromkeys((*case.audience, *more))))


def _author(case: Case, step: CaseStep) -> Case:
    safe = yes(step.facts, "contact_safe", otherwise=True)
    return replace(case, relationship=Relationship(step.facts["relationship"]), contact_safe=safe)


def _complainant(case: Case, step: CaseStep) -> Case:
    who = Complainant(step.facts["who"])
    return replace(case, complainant=who, complainant_person=step.facts.get("person") or None)


def _target(case: Case, step: CaseStep) -> Case:
    subjects = several(step.facts, "subjects") if "subjects" in step.facts else case.subjects
    person = step.facts["person"]
    case = replace(case, subjects=subjects, about=About(step.facts.get("about") or case.about))
    if case.assigned_to in (person, *subjects):
        case = replace(case, assigned_to=None)
    return case if person == case.target else _aimed_at(case, person)


def _aimed_at(case: Case, person: str) -> Case:
    """Aimed at somebody else: consent, support, chronology and decisions of the earlier target do not
    carry over.
    """
    unasked = replace(
        case, consent=Consent.NOT_ASKED, consent_person=None, consent_by=None, consent_told=None
    )
    fresh = replace(unasked, support=Support.NOT_OFFERED, support_by=None, support_told=None)
    if case.decided_by == person:
        fresh = derived_state.without(derived_state.undecided(fresh), *derived_state.OF_DECISIONS)
    return replace(derived_state.without_chronology(fresh), target=person)


def _weighed(case: Case, step: CaseStep) -> Case:
    four = {name: step.facts[name] for name in ("nature", "visible", "spread", "impact")}
    return replace(case, weighed=Assessment(**four, by=step.actor, at=step.done_at))


def _decided(case: Case, step: CaseStep) -> Case:
    decided = replace(
        case,
        decision=step.facts["decision"],
        decided_by=step.actor,
        decided_at=step.done_at,
        delegated=step.facts.get("as") == "delegate",
    )
    if decided.decision == "seek":
        return derived_state.started(derived_state.without(decided, *derived_state.OF_DECISIONS), step)
    return derived_state.started(derived_state.without_all(decided), step)


def _consent(becomes: Consent) -> _Fold:
    def fold(case: Case, step: CaseStep) -> Case:
        person = step.facts.get("person") or case.consent_person
        told = _told(case, step)
        return replace(case, consent=becomes, consent_person=person, consent_by=step.actor, consent_told=told)

    return fold


def _told(case: Case, step: CaseStep) -> HowTold | None:
    """Whatever was recorded before anybody was told still has to be told."""
    return (
        HowTold(step.facts.get("informed", HowTold.OWED)) if recorded_on_behalf.for_whom(step, case) else None
    )


def _letter(case: Case, step: CaseStep) -> Case:
    if step.facts["letter"] != recorded_on_behalf.LETTER:
        return case
    return replace(
        case,
        consent_told=case.consent_told and HowTold.LETTER,
        support_told=case.support_told and HowTold.LETTER,
    )


def _support(case: Case, step: CaseStep) -> Case:
    return replace(
        case, support=Support(step.facts["status"]), support_by=step.actor, support_told=_told(case, step)
    )


def _evidence(case: Case, step: CaseStep) -> Case:
    held = step.facts.get("kind", "page") not in ("wall", "told")
    return replace(case, captures=case.captures + held)


def _noted(case: Case, step: CaseStep) -> Case:
    noted = replace(case, unexplained=False)
    return derived_state.started(derived_state.without(noted, step.facts.get("ends", "")), step)


def _held(case: Case, step: CaseStep) -> Case:
    return replace(case, hold_by=step.actor, hold_review=moment(step.facts["review"]))


def _chronology(case: Case, step: CaseStep) -> Case:
    author, person = step.facts["author"], step.facts["person"]
    return replace(case, chronology_by=step.actor, chronology_author=author, chronology_person=person)


def _closed(case: Case, step: CaseStep) -> Case:
    ending = Ending(step.facts["ending"])
    reviews = [w.due_at for w in case.waits if w.clock == CaseClock.REVIEW_30D]
    review = max(reviews, default=None) if ending is Ending.STANDING else None
    closed = replace(case, ending=ending, closed_at=step.done_at, recheck_at=review, proposal=None)
    return derived_state.without_chronology(replace(closed, waits=()))


def _reopened(case: Case, step: CaseStep) -> Case:
    return derived_state.started(opened_again(case), step)


_FOLDS: Mapping[StepKind, _Fold] = {
    StepKind.CLASSIFIED: _classified,
    StepKind.RECLASSIFIED: _reclassified,
    StepKind.PROPOSED: _proposed,
    StepKind.TURNED_DOWN: lambda case, step: replace(case, proposal=None),
    StepKind.AUTHOR: _author,
    StepKind.PLACE: lambda case, step: replace(case, channel=step.facts["channel"]),
    StepKind.COMPLAINANT: _complainant,
    StepKind.TARGET: _target,
    StepKind.WEIGHED: _weighed,
    StepKind.DECIDED: _decided,
    StepKind.ASKED: asked,
    StepKind.ANSWERED: answered,
    StepKind.RESPONDED: lambda case, step: replace(case, responded_at=step.done_at),
    StepKind.CONSENT_ASKED: _consent(Consent.ASKED),
    StepKind.CONSENT_GIVEN: _consent(Consent.GIVEN),
    StepKind.CONSENT_REFUSED: _consent(Consent.REFUSED),
    StepKind.CONSENT_WITHDRAWN: _consent(Consent.WITHDRAWN),
    StepKind.CONSENT_OVERRIDDEN: _consent(Consent.OVERRIDDEN),
    StepKind.SUPPORT: _support,
    StepKind.EVIDENCE: _evidence,
    StepKind.PICTURES_ALLOWED: lambda case, step: replace(case, pictures_allowed=True),
    StepKind.LETTER: _letter,
    StepKind.HOSTED: lambda case, step: replace(case, hosting=dict(step.facts)),
    StepKind.CHECKED: checked,
    StepKind.COPY_FOUND: copy_found,
    StepKind.CAME_BACK: came_back,
    StepKind.STANDING: derived_state.started,
    StepKind.REFERRED: lambda case, step: replace(case, referred_to=(*case.referred_to, step.facts["to"])),
    StepKind.ASSIGNED: lambda case, step: replace(case, assigned_to=step.facts["person"]),
    StepKind.NOTED: _noted,
    StepKind.HELD: _held,
    StepKind.RELEASED: lambda case, step: replace(case, hold_by=None, hold_review=None),
    StepKind.LOCKED: lambda case, step: replace(case, locked=True),
    StepKind.UNLOCKED: lambda case, step: replace(case, locked=False),
    StepKind.CHRONOLOGY: _chronology,
    StepKind.CLOSED: _closed,
    StepKind.REOPENED: _reopened,
}
