"""A case is the fold of its steps (event-sourced). Nothing is checked or refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.access.matter import bypass_of
from alerts.ladder import derived_state, recorded_on_behalf, replay_requests
from alerts.ladder.rules import SCHOOLGATE, imminent, still_left_out
from alerts.places import at_place, everywhere, place_of
from data.cases import Assessment, Case, CaseState, CaseStep, Consent, ProposedClass
from data.content_class import BYPASSING, ContentClass, class_spec
from data.rungs import EMERGENCY, CaseClock
from data.steps import asking, judging, keeping
from data.steps.codes import (
    AboutWhom,
    BypassRoute,
    Capacity,
    Decision,
    Ending,
    EvidenceKind,
    HowTold,
    Support,
)
from data.steps.stored import facts_of
from data.types import ADULTS_OF_THE_SCHOOL, About, Route

FAIR_ROUTES = frozenset((Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND))
"""Routes that are answered, or need nothing: never removed."""


def replay(steps: Sequence[CaseStep]) -> Case:
    """The case of these steps, in order. Raises ValueError if they do not begin with its opening."""
    opening = steps[0].said if steps else None
    if not isinstance(opening, judging.Opened):
        raise ValueError("a case begins with its opening")
    case = _opened(steps[0], opening)
    for step in that_hold(steps)[1:]:
        case = after(case, step)
    return replace(case, steps=steps[-1].n)


def that_hold(steps: Sequence[CaseStep]) -> list[CaseStep]:
    """These steps but for what was joined and is undone, with all that came along."""
    held = list[CaseStep]()
    for step in steps:
        said = step.said
        if not (isinstance(said, keeping.Joined) and said.undone):
            held.append(step)
            continue
        at = next(
            (
                i
                for i, s in enumerate(held)
                if isinstance(s.said, keeping.Joined) and s.said.case == said.case
            ),
            len(held),
        )
        del held[at : at + 1 + (said.taken or 0)]
    return held


def with_ways(steps: Sequence[CaseStep]) -> tuple[CaseStep, ...]:
    """The steps as people are told of them: each answer says to which way of asking it is."""
    if not steps:
        return ()
    case, told = replay(steps[:1]), [steps[0]]
    for step in steps[1:]:
        told.append(_with_way(step, case))
        case = after(case, step)
    return tuple(told)


def _with_way(step: CaseStep, case: Case) -> CaseStep:
    """The step as it is told; `case` is the case before it."""
    said = step.said
    if not isinstance(said, asking.Answered) or said.way:
        return step
    there = at_place(case, place_of(said) or 1)
    to = replay_requests.open_asking(there, said.rung)
    return replace(step, said=replace(said, way="" if to is None else there.askings[to].kind))


def after(case: Case, step: CaseStep) -> Case:
    """The case after one more step."""
    n = place_of(step.said)
    there = case if n is None else derived_state.seen_from(case, n)
    folded = _acted(at_place(_folded(there, step), 1), step)
    return derived_state.with_derived_state(replace(folded, steps=step.n))


def _acted(case: Case, step: CaseStep) -> Case:
    """Who acts in it: whoever took the last step; not who only holds it from deletion, or only rang 999."""
    no_work = isinstance(step.said, keeping.Held | keeping.Released) or imminent(step)
    if no_work or step.actor in (SCHOOLGATE, case.target, *case.subjects):
        return case
    return replace(case, acting=step.actor, acting_at=step.recorded_at)


def _opened(step: CaseStep, said: judging.Opened) -> Case:
    about, route, proposed = said.about, said.route, said.proposed_class
    lane = said.lane or bypass_of(proposed, route=route, alleged=about in ADULTS_OF_THE_SCHOOL)
    urgent = route is Route.POLICE_NOW
    # what we answer; what was not judged is for a person to read
    calm = proposed != ContentClass.UNJUDGED and (
        route in FAIR_ROUTES or proposed == ContentClass.FAIR_COMMENT
    )
    fair = lane is None and not urgent and calm
    case = Case(
        id=step.case_id,
        urn=step.urn,
        story_id=said.story,
        opened_at=step.done_at,
        opened_by=step.actor,
        route=route,
        about=about,
        proposed_class=proposed,
        content_class=proposed,
        state=CaseState.TRIAGE,
        mention_id=said.mention or None,
        channel=said.channel,
        alert_id=said.alert or None,
        rung=EMERGENCY if urgent and lane is None else None,
        lane=lane,
        restricted=lane is not None or said.restricted is True,
        subjects=said.subjects,
        audience=said.audience,
        target=said.target or None,
        steps=step.n,
        fair=fair,
        own_site=said.own_site is True,
        danger_now=said.danger_now is True,
    )
    return derived_state.with_derived_state(_acted(case, step))


def _classified(case: Case, step: CaseStep, said: judging.Classified | judging.Reclassified) -> Case:
    case = _overseen(replace(case, proposal=None, about=said.about or case.about), said)
    content_class, lane = said.content_class, _lane(case, said)
    left = case.lane is not None and lane is None
    if lane is not None and not case.restricted:  # who was told of it as another matter is none of its few
        case = replace(case, audience=(step.actor,), assigned_to=None, assigned_at=None, owner=None)
    changed = replace(
        case,
        content_class=content_class,
        classified_by=step.actor,
        lane=lane,
        restricted=lane is not None or (case.restricted and not left),
        fair=lane is None and (content_class == ContentClass.FAIR_COMMENT or case.fair or case.was_fair),
        was_fair=lane is not None and (case.fair or case.was_fair),
        returned_at=None if lane is not None else step.recorded_at if left else case.returned_at,
    )
    if lane is not None or changed.fair:
        return derived_state.put_down(changed)
    if left and case.proposed_class == ContentClass.UNJUDGED:  # a lane takes nobody's reading of it away
        return replace(changed, content_class=ContentClass.UNJUDGED, classified_by=None)
    return changed if class_spec(content_class).course else derived_state.without_chronology(changed)


def _lane(case: Case, said: judging.Classified | judging.Reclassified) -> BypassRoute | None:
    if said.content_class not in BYPASSING:
        return None
    kept = case.lane if case.content_class == said.content_class else None
    return said.lane or kept or bypass_of(said.content_class, alleged=case.about in ADULTS_OF_THE_SCHOOL)


def _overseen(case: Case, said: judging.Classified | judging.Reclassified | judging.Proposed) -> Case:
    """Anyone told of a proposal to reclassify comment may read what it is about."""
    return replace(case, audience=tuple(dict.fromkeys((*case.audience, *(said.overseers or ())))))


def _target(case: Case, said: judging.Targeted) -> Case:
    subjects, accused = still_left_out(case, said)
    case = replace(_left_out(replace(case, accused=accused), subjects), about=said.about or case.about)
    if case.assigned_to == said.person:
        case = replace(case, assigned_to=None, assigned_at=None)
    return case if said.person == case.target else _aimed_at(case, said.person)


def _left_out(case: Case, people: Sequence[str]) -> Case:
    """Told and shown nothing: these, and nobody else."""
    case = replace(case, subjects=tuple(dict.fromkeys(people)))
    return replace(case, assigned_to=None, assigned_at=None) if case.assigned_to in people else case


def _accused(case: Case, said: judging.Accused) -> Case:
    """What a person says of who is accused takes the place of any guess."""
    subjects, accused = still_left_out(case, said)
    return _of_whom(_left_out(replace(case, accused=accused), subjects), said.about or case.about)


_ABOUT = {AboutWhom.CHILD: About.PUPIL, AboutWhom.STAFF: About.STAFF, AboutWhom.NOBODY: About.OTHER}
_BY_ABOUT = frozenset((BypassRoute.SAFEGUARDING, BypassRoute.STAFF_ALLEGATION))
"""The routes that differ only by whom a matter is about."""


def _of_whom(case: Case, about: About) -> Case:
    lane = case.lane
    if lane in _BY_ABOUT:
        lane = bypass_of(case.content_class, alleged=about in ADULTS_OF_THE_SCHOOL)
    return replace(case, about=about, lane=lane or case.lane)


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
    if case.sought_by == person:
        fresh = replace(fresh, sought=None, sought_by=None)
    return replace(derived_state.without_chronology(fresh), target=person)


def _weighed(case: Case, step: CaseStep, said: judging.Weighed) -> Case:
    weighed = Assessment(said.nature, said.visible, said.spread, said.impact, by=step.actor, at=step.done_at)
    return replace(case, weighed=weighed)


def _decided(case: Case, step: CaseStep, said: judging.Decided) -> Case:
    decided = replace(
        case,
        decision=said.decision,
        decided_by=step.actor,
        decided_at=step.done_at,
        delegated=said.capacity is Capacity.DELEGATE,
    )
    if said.decision is Decision.SEEK:
        return derived_state.sought(
            derived_state.without(decided, *derived_state.OF_DECISIONS), step, step.actor
        )
    if said.decision is Decision.REPORT_ONLY:  # what is left up is still looked at again
        return derived_state.without(decided, CaseClock.BASILDON_24H)
    return derived_state.started(derived_state.without_all(decided), step)


def _consent(case: Case, step: CaseStep, becomes: Consent, person: str = "") -> Case:
    told = _told(case, step)
    whose = person or case.consent_person
    return replace(case, consent=becomes, consent_person=whose, consent_by=step.actor, consent_told=told)


def _told(case: Case, step: CaseStep) -> HowTold | None:
    """Whatever was recorded before anybody was told still has to be told."""
    if not recorded_on_behalf.for_whom(step, case):
        return None
    return recorded_on_behalf.informed(step) or HowTold.OWED


def _letter(case: Case, said: keeping.LetterDrafted) -> Case:
    if said.by:
        return replace(case, letter_by=said.by)
    if said.letter != recorded_on_behalf.LETTER:
        return case
    return replace(
        case,
        consent_told=case.consent_told and HowTold.LETTER,
        support_told=case.support_told and HowTold.LETTER,
    )


def _closed(case: Case, step: CaseStep, ending: Ending) -> Case:
    reviews = [w.due_at for w in case.waits if w.clock == CaseClock.REVIEW_30D]
    review = max(reviews, default=None) if ending is Ending.STANDING else None
    closed = replace(case, ending=ending, closed_at=step.done_at, recheck_at=review, proposal=None)
    return derived_state.without_chronology(replace(closed, waits=()))


def _joined(case: Case, step: CaseStep, said: keeping.Joined) -> Case:
    """Part of another case; or with one that is part of it, whose target runs on where none does here."""
    if said.closes:
        closed = everywhere(_closed(case, step, Ending.JOINED), lambda here: replace(here, recheck_at=None))
        return replace(closed, joined_to=said.case)
    case = replace(case, joined=(*case.joined, (said.case, step.done_at)))
    runs = any(w.clock == CaseClock.BASILDON_24H for w in case.waits)
    return case if runs else derived_state.started(case, step)


_WITHOUT_PAGE = frozenset((EvidenceKind.WALL, EvidenceKind.TOLD))


def _folded(case: Case, step: CaseStep) -> Case:  # noqa: C901, a line or two for every kind there is
    """What a step makes of a case, its state and clocks aside: of most that only say something, nothing."""
    match step.said:
        case judging.Classified() as said:
            return _classified(case, step, said)
        case judging.Reclassified() as said:
            return _classified(replace(case, fair=False, was_fair=False), step, said)
        case judging.Proposed() as said:
            proposal = ProposedClass(said.content_class, said.lane, step.actor, step.done_at, said.meant)
            return _overseen(replace(case, proposal=proposal), said)
        case judging.TurnedDown():
            return replace(case, proposal=None)
        case judging.Author(relationship=relationship, contact_safe=safe):
            return replace(case, relationship=relationship, contact_safe=safe is not False)
        case judging.Placed(channel=channel):
            return replace(case, channel=channel)
        case judging.InNameOf(who=who, person=person):
            return replace(case, complainant=who, complainant_person=person or None)
        case judging.Targeted() as said:
            return _target(case, said)
        case judging.AboutCorrected(who=whom):
            return _of_whom(case, _ABOUT[whom])
        case judging.Accused() as said:
            return _accused(case, said)
        case judging.Conflicted() as said:
            subjects, _ = still_left_out(case, said)
            those = [p for p in case.conflicted if p != said.person]
            conflicted = those if said.stands is False else [*those, said.person]
            return _left_out(replace(case, conflicted=tuple(conflicted)), subjects)
        case judging.Weighed() as said:
            return _weighed(case, step, said)
        case judging.Decided() as said:
            return _decided(case, step, said)
        case asking.Asked() as said:
            return replay_requests.asked(case, step, said)
        case asking.Answered() as said:
            return replay_requests.answered(case, step, said)
        case asking.Responded():
            return replace(case, responded_at=step.done_at)
        case asking.ConsentAsked(person=person):
            return _consent(case, step, Consent.ASKED, person)
        case asking.ConsentGiven(person=person):
            return _consent(case, step, Consent.GIVEN, person)
        case asking.ConsentRefused(person=person):
            return _consent(case, step, Consent.REFUSED, person)
        case asking.ConsentWithdrawn(person=person):
            return _consent(case, step, Consent.WITHDRAWN, person)
        case asking.ConsentOverridden():
            return _consent(case, step, Consent.OVERRIDDEN)
        case asking.SupportStep(status=status):
            told = _told(case, step)
            return replace(case, support=status, support_by=step.actor, support_told=told)
        case keeping.EvidenceKept(what=what):
            return replace(case, captures=case.captures + (what not in _WITHOUT_PAGE))
        case keeping.PicturesAllowed():
            return replace(case, pictures_allowed=True)
        case keeping.LetterDrafted() as said:
            return _letter(case, said)
        case keeping.Hosted() as said:
            return replace(case, hosting=facts_of(replace(said, place=None)))
        case keeping.Checked() as said:
            return replay_requests.checked(case, step, said)
        case keeping.CopyFound() as said:
            case = _left_out(case, (*case.subjects, *said.subjects)) if said.subjects else case
            return replay_requests.copy_found(case, said)
        case keeping.PlaceLeft():
            return replay_requests.left(case)
        case keeping.LeftStanding():
            return derived_state.started(case, step)
        case asking.Warned(who=who):
            return replace(case, warned=(*case.warned, who))
        case asking.Referred(to=to):
            return replace(case, referred_to=(*case.referred_to, to))
        case asking.Assigned(person=person):
            return replace(case, assigned_to=person, assigned_at=step.recorded_at, owner=person)
        case keeping.Noted(ends=ends, pack=pack):
            unexplained = case.unexplained and bool(pack)
            noted = derived_state.without(replace(case, unexplained=unexplained), ends or "")
            return derived_state.started(noted, step)
        case keeping.Held(review=review):
            return replace(case, hold_by=step.actor, hold_review=review)
        case keeping.Released():
            return replace(case, hold_by=None, hold_review=None)
        case keeping.Locked():
            return replace(case, locked=True)
        case keeping.Unlocked():
            return replace(case, locked=False)
        case keeping.ChronologyApproved(author=author, person=person):
            by = step.actor
            return replace(case, chronology_by=by, chronology_author=author, chronology_person=person)
        case keeping.Closed(ending=ending):
            return _closed(case, step, ending)
        case keeping.CameBack() | keeping.Reopened():
            return replay_requests.opened_again(case, step)
        case keeping.Joined() as said if not said.undone:
            return _joined(case, step, said)
        case _:
            return case
