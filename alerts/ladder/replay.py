"""A case as its steps add up to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.access.matter import bypass_of
from alerts.ladder.rules import LONDON, SCHOOLGATE, Rules, due, imminent, recheck_times, still_left_out
from alerts.places import (
    at_each_place,
    at_place,
    everywhere,
    has_to_be_gone,
    is_gone,
    numbers,
    place_of,
    seen_twice,
    standing,
)
from data.cases import (
    Asking,
    Assessment,
    Case,
    CasePlace,
    CaseState,
    CaseStep,
    Consent,
    Event,
    PostCheck,
    Profile,
    ProposedClass,
    RunningClock,
    seen_gone,
)
from data.content_class import BYPASSING, ContentClass, class_spec
from data.ids import digest, each_once
from data.register.calendar import Calendar
from data.rungs import EMERGENCY, OF_PRIVACY, CaseClock, Rung
from data.steps.classes import (
    AboutCorrected,
    Accused,
    Answered,
    Asked,
    Assigned,
    Author,
    BreachDecided,
    CameBack,
    Checked,
    ChronologyApproved,
    Classified,
    Closed,
    Conflicted,
    ConsentAsked,
    ConsentGiven,
    ConsentOverridden,
    ConsentRefused,
    ConsentWithdrawn,
    CopyFound,
    Decided,
    EvidenceKept,
    Held,
    Hosted,
    InNameOf,
    Joined,
    LeftStanding,
    LetterDrafted,
    Locked,
    Noted,
    Opened,
    PicturesAllowed,
    Placed,
    PlaceLeft,
    Proposed,
    Reclassified,
    Referred,
    Released,
    Reopened,
    Responded,
    SaidSafe,
    StaffPost,
    Step,
    SupportStep,
    Targeted,
    TurnedDown,
    Unlocked,
    Warned,
    Weighed,
    WordsApproved,
    facts_to_store,
)
from data.steps.codes import (
    AboutWhom,
    BypassRoute,
    Capacity,
    Check,
    Complainant,
    Decision,
    Ending,
    EvidenceKind,
    NoticeWay,
    PlaceRole,
    Relationship,
    RungAnswer,
    StaffMatter,
    StepKind,
    Support,
    Wellbeing,
)
from data.types import ADULTS_OF_THE_SCHOOL, About, Person, Route

# What follows from what is known about a case: its state, its running clocks, its next check; and whom a step
# was recorded for by somebody else, who is mailed it.

GONE_ENDINGS = frozenset((Ending.REMOVED, Ending.CHANGED))
"""Endings after which the address is still checked: the post may come back."""
OF_DECISIONS = (CaseClock.BASILDON_24H, CaseClock.REVIEW_30D)

RHC = "rhc"


def with_derived_state(case: Case) -> Case:
    """The case with its state, its next check and its clocks in order."""
    if case.decided_by in case.subjects:  # by somebody it turns out to accuse
        case = without(clear_decision(case), *OF_DECISIONS)
    if case.sought_by in case.subjects:
        case = replace(case, sought=None, sought_by=None)
    if case.chronology_by in case.subjects:
        case = without_chronology(case)
    case = replace(case, pictures_allowed=case.pictures_allowed and not may_show_a_child(case))
    case = everywhere(case, lambda here: replace(here, recheck_at=next_check_at(here)))
    case = replace(case, state=_state(case))
    waits = [w for w in case.waits if w.clock not in _DERIVED]
    clock = case.call_to_999.running if case.call_to_999 and case.to_warn and case.closed_at is None else None
    waits += [clock] if clock else []
    for here in at_each_place(case):
        waits += _clocks_of_place(seen_from(case, here.place))
    return replace(case, waits=tuple(sorted(waits, key=lambda w: (w.due_at, w.clock, w.place))))


def seen_from(case: Case, n: int) -> Case:
    """The case at one of its places, in the state that it has there; of a single place, as it is."""
    if not case.others:
        return case
    here = at_place(case, n)
    alone = replace(here, others=(), role=PlaceRole.POST, left=False)
    return replace(here, state=_state(alone))


def _clocks_of_place(case: Case) -> list[RunningClock]:
    """List the clocks of one place that are worked out again."""
    if case.left:
        return []
    if case.state is CaseState.CONFIRMING and case.said_gone_at and case.recheck_at:
        return [RunningClock(CaseClock.RECHECK.value, case.said_gone_at, case.recheck_at, case.place)]
    waits: list[RunningClock] = []
    if case.state is CaseState.WAITING:  # of unanswered requests, what is not running yet, or was stopped
        asked = [clock for a in case.askings if a.answer is None and (clock := a.running)]
        waits += [w for w in asked if w not in case.waits and w.clock not in _DERIVED]
    takes = case.complainant is not Complainant.SCHOOL and case.spec.harm
    if case.state in (CaseState.WAITING, CaseState.SEEKING) and takes:
        # a platform's week of silence before Report Harmful Content, until that is asked
        silent = (a.at for a in case.reports if a.answer in (None, RungAnswer.NONE))
        rhc = () if any(a.kind == RHC for a in case.askings) else silent
        waits += [RunningClock(CaseClock.RHC_WEEK.value, at, rhc_from(at), case.place) for at in rhc]
    return waits


_DERIVED = frozenset((CaseClock.RECHECK, CaseClock.RHC_WEEK, CaseClock.WARN_1H))
"""Clocks that are worked out anew from what is known, whatever else stops."""


def may_show_a_child(case: Case) -> bool:
    """May a picture of it show a child, nudity or anything that bypasses the ladder?"""
    child = case.about is About.PUPIL or case.complainant is Complainant.PUPIL
    child = child or case.relationship is Relationship.PUPIL
    return child or not all(class_spec(c).pictures for c in (case.content_class, case.proposed_class))


def next_check_at(case: Case) -> datetime | None:
    """When its address should be checked next (UTC), None if it need not be. After it was said to be gone: 1
    h, 24 h, 72 h, 7 and 30 days, even if the case has been closed by then. A post that was left up: once,
    when its review is due."""
    if case.closed_at and case.ending not in GONE_ENDINGS:
        return case.recheck_at
    if case.said_gone_at is None:
        return None
    newest = max((look.at for look in case.checks), default=case.said_gone_at)
    return next((t for t in recheck_times(case.said_gone_at) if t > newest), None)


def start_clock(case: Case, step: CaseStep, since: datetime | None = None) -> Case:
    if step.due_at is None:
        return case
    place = case.place if isinstance(step.said, Asked | Answered) else 0
    clock = RunningClock(step.clock, since or step.done_at, step.due_at, place)
    return replace(case, waits=(*case.waits, clock))


def start_target_clock(case: Case, step: CaseStep, by: str | None) -> Case:
    """Start the school's target from the first decision since it last came back (Basildon 9.3)."""
    if step.due_at is None:
        return case
    first = case.sought or RunningClock(step.clock, step.done_at, step.due_at)
    bare = without(case, first.clock)
    return replace(bare, waits=(*bare.waits, first), sought=first, sought_by=case.sought_by or by)


def without(case: Case, *clocks: str) -> Case:
    return replace(case, waits=tuple(w for w in case.waits if w.clock not in clocks))


def without_all(case: Case) -> Case:
    """Without any clock except what is owed to a person about their data."""
    return replace(case, waits=tuple(w for w in case.waits if w.clock in OF_PRIVACY))


def put_down(case: Case) -> Case:
    """Treat the case as for fair comment or a bypass route: removal is no longer sought."""
    bare = everywhere(replace(clear_decision(case), pictures_allowed=False), not_gone)
    return without_chronology(without_all(bare))


def not_gone(case: Case) -> Case:
    """The case as if it had never been said to be gone at that place."""
    return replace(case, said_gone_at=None, checks=(), recheck_at=None)


def clear_decision(case: Case) -> Case:
    return replace(case, decision=None, decided_by=None, decided_at=None, delegated=False)


def without_chronology(case: Case) -> Case:
    """A chronology is allowed only within one open case of harassment."""
    return replace(case, chronology_by=None, chronology_author=None, chronology_person=None)


def rhc_from(asked_at: datetime) -> datetime:
    """When Report Harmful Content takes what a platform was told at `asked_at` and did not answer."""
    return due(CaseClock.RHC_WEEK, asked_at, calendar=Calendar(), zone=LONDON, profile=Profile())


def _state(case: Case) -> CaseState:
    if case.closed_at is not None:
        return CaseState.CLOSED
    if case.lane is not None:
        return CaseState.BYPASSED
    if case.fair:
        return CaseState.FAIR_COMMENT
    if is_gone(case):
        return CaseState.CONFIRMING
    if case.decision in ("answer", "stop"):
        return CaseState.TRIAGE
    asked = (here for here in at_each_place(case) if here.said_gone_at is None and not here.left)
    if any(a.answer is None for here in asked for a in here.askings):
        return CaseState.WAITING
    return CaseState.SEEKING if case.decision == "seek" else CaseState.TRIAGE


CONSENT = frozenset((StepKind.CONSENT_GIVEN, StepKind.CONSENT_REFUSED, StepKind.CONSENT_WITHDRAWN))
CONSENT |= {StepKind.CONSENT_OVERRIDDEN}
SUPPORT = frozenset((StepKind.SUPPORT,))
OfTheirs = ConsentGiven | ConsentRefused | ConsentWithdrawn | ConsentOverridden | SupportStep
"""What only the person can say, or what overrides them."""
LETTER = "recorded_for_you"


def for_whom(step: CaseStep | Event, case: Case) -> str | None:
    """Return the id of whom somebody else recorded it for; None if for themselves or nobody."""
    match step.said:
        case (
            ConsentGiven(person=said)
            | ConsentRefused(person=said)
            | ConsentWithdrawn(person=said)
            | SupportStep(person=said)
        ):
            person = said or case.target
        case ConsentOverridden():
            person = case.target
        case _:
            return None
    return person if person != step.actor else None


def step_code(said: Step) -> str:
    """Return what the catalogue calls it: how they are, what became of support, of what they were asked."""
    if isinstance(said, SaidSafe):
        return said.wording
    return said.status if isinstance(said, SupportStep) else said.kind.removeprefix("consent_")


def choose_way_to_inform(step: CaseStep | Event, case: Case, rules: Rules) -> NoticeWay | None:
    """Choose how the person it was recorded for learns of it; None if nobody else recorded it."""
    whose = for_whom(step, case)
    if whose is None:
        return None
    person = rules.person(whose)
    return NoticeWay.MAIL if person is not None and by_mail(person, case, rules) else NoticeWay.OWED


def by_mail(person: Person, case: Case, rules: Rules) -> bool:
    """May this person be written to about the case, and does mail reach them?"""
    return bool(person.email) and not rules.has_conflict(person, case)


def key(case: Case, n: int, person_id: str) -> str:
    """Return what names the message to a person about the steps of a case up to this one."""
    return digest("case", case.urn, case.id, str(n), person_id)


def mail_of(case: Case, steps: Sequence[CaseStep], kinds: Collection[StepKind]) -> str:
    """The key of the mail that told of the newest step of these kinds; empty where there was none."""
    step = next((s for s in reversed(steps) if s.kind in kinds), None)
    whose = for_whom(step, case) if step else None
    return key(case, step.n, whose) if step and whose and stated_way_to_inform(step) is NoticeWay.MAIL else ""


def stated_way_to_inform(step: CaseStep) -> NoticeWay | None:
    """Return how the person it was recorded for was to learn of it, as the step says."""
    return step.said.informed if isinstance(step.said, OfTheirs) else None


# How requests, answers and checks of the address change a case.

_SAID_GONE = frozenset((RungAnswer.REMOVED, RungAnswer.AMENDED))


def add_asking(case: Case, step: CaseStep, said: Asked) -> Case:
    """Add one more rung that was asked; its clock runs from when it was received, if that is known."""
    if case.decision in ("answer", "stop"):
        case = without(clear_decision(case), CaseClock.REVIEW_30D)
    rung, since = said.rung, said.received_at or step.done_at
    asking = Asking(
        rung=rung,
        by=step.actor,
        at=since,
        kind=said.way,
        reference=said.reference,
        due_at=step.due_at,
        clock=step.clock,
        sent_at=step.done_at,
        place=case.place,
    )
    higher = case.rung is None or rung.spec.order > case.rung.spec.order
    case = replace(case, rung=rung if higher else case.rung, askings=(*case.askings, asking), left=False)
    if promised_until(case, said, step.done_at):
        case = replace(case, letter_by=None)
    if imminent(step):
        case = replace(case, unexplained=not step.why, warned=())
    return start_clock(case, step, since)


def promised_until(case: Case, said: Asked, at: datetime) -> datetime | None:
    """Return until when the letter drafted last leaves its author time, where this sends it; else None."""
    spec, by = said.rung.spec, case.letter_by
    theirs = spec.clock is CaseClock.AUTHOR_DAYS and not spec.is_spoken(said.way)
    return by if theirs and by and by > at else None


def add_answer(case: Case, step: CaseStep, said: Answered) -> Case:
    """Add what came back from the newest open asking of a rung, and from the same one asked before it."""
    rung, result = said.rung, said.result
    i = open_asking(case, rung, said.way)
    if i is None:
        return case
    asking, told = case.askings[i], said.poster_told_at
    if told:  # the notice is not answered yet, and the poster's days run
        now_theirs = replace(asking, at=told, due_at=step.due_at, clock=step.clock)
        return start_clock(_with(_stop_clock(case, asking), i, now_theirs), step, told)
    kind = asking.kind
    while i is not None:
        asking = case.askings[i]
        reference = said.reference or asking.reference
        done = replace(asking, answer=result, reference=reference, talked_at=said.talked_at)
        case = _with(_stop_clock(case, asking), i, done)
        i = open_asking(case, rung, kind)
    if result not in _SAID_GONE or case.said_gone_at is not None:
        return case
    return _said_gone(case, step.done_at, amended=result is RungAnswer.AMENDED)


def open_asking(case: Case, rung: Rung, kind: str | None = None) -> int | None:
    """Which asking of this rung (of one kind, where given) has no answer yet: the newest, None for none."""
    rows = range(len(case.askings) - 1, -1, -1)
    for i in rows:
        asking = case.askings[i]
        if asking.rung is rung and asking.answer is None and kind in (None, asking.kind):
            return i
    return None


def open_clock(case: Case, rung: Rung, kind: str | None = None) -> RunningClock | None:
    i = open_asking(case, rung, kind)
    return None if i is None else case.askings[i].running


def add_check(case: Case, step: CaseStep, said: Checked) -> Case:
    """Add a check of the address: gone (or changed enough) starts the confirmation, present ends it."""
    result = said.result
    if case.state is CaseState.CLOSED:
        # A check after the end. A search result, and what was left, are gone and back again without opening
        # it; what was left counts as gone once it was seen so twice.
        look = PostCheck(result, step.done_at)
        if not has_to_be_gone(case) and back(case, look.result):
            return not_gone(case)
        went = not has_to_be_gone(case) and look.result is Check.GONE and case.said_gone_at is None
        since = look.at if went else case.said_gone_at
        case = replace(case, checks=(*case.checks, look), said_gone_at=since, recheck_at=None)
        return replace(case, left=case.left and not seen_twice(case))
    if case.state is CaseState.CONFIRMING:
        if back(case, result):
            return opened_again(case, step)
        return replace(case, checks=(*case.checks, PostCheck(result, step.done_at)))
    amended = result is Check.CHANGED and said.amended is True
    if result is Check.GONE or amended:
        gone = _said_gone(case, step.done_at, amended=amended)
        return replace(gone, checks=(PostCheck(result, step.done_at),))
    return case


def back(case: Case, result: Check) -> bool:
    """Does this check show that the post is there, although it was said to be gone? A changed post counts as
    gone if the answer was that it was amended, until it has been seen gone completely."""
    if result is Check.CHANGED:
        return seen_gone(case.checks) or not case.amended
    return result is Check.PRESENT


def still_there(case: Case, found: Check) -> bool:
    """Does this check show that it was said to be gone, and never was? Not what was gone and came back."""
    return case.state is CaseState.CONFIRMING and not seen_gone(case.checks) and back(case, found)


def copy_found(case: Case, said: CopyFound) -> Case:
    """The same matter elsewhere: one more place, unless it was named before places were told apart."""
    if said.mention and said.mention not in case.copies:
        case = replace(case, copies=(*case.copies, said.mention))
    if said.what is None:
        return case
    n = numbers(case)[-1] + 1
    new = CasePlace(n=n, role=said.what, mention_id=said.mention or None, url=said.url, channel=said.channel)
    return replace(case, others=(*case.others, new))


def opened_again(case: Case, step: CaseStep) -> Case:
    """Return it without its end, nor gone where it is back, or, opened by a person, anywhere."""
    there = everywhere(case, not_gone) if isinstance(step.said, Reopened) else not_gone(case)
    there = replace(there, ending=None, closed_at=None)
    if is_return(case, step.said):
        there = replace(there, sought=None, sought_by=None)
    return start_target_clock(there, step, case.decided_by)


def is_return(case: Case, said: Step) -> bool:
    """Does this say that a post that was gone is back, so that the school's own target runs anew?"""
    reopened = isinstance(said, Reopened) and case.ending in GONE_ENDINGS
    return reopened or isinstance(said, CameBack)


def _said_gone(case: Case, at: datetime, *, amended: bool) -> Case:
    """Nothing is waited for at that place any more, nor for the whole once no other stands."""
    there = replace(case, said_gone_at=at, amended=amended, checks=(), left=False)
    kept = frozenset((0,) if standing(there) else ()) | {p.n for p in case.others}
    waits = (w for w in case.waits if w.clock in OF_PRIVACY or w.place in kept)
    return replace(there, waits=tuple(waits))


def _with(case: Case, i: int, asking: Asking) -> Case:
    return replace(case, askings=(*case.askings[:i], asking, *case.askings[i + 1 :]))


def _stop_clock(case: Case, asking: Asking) -> Case:
    return replace(case, waits=tuple(w for w in case.waits if w != asking.running))


# A case is the fold of its steps (event-sourced). Nothing is checked or refused here.

FAIR_ROUTES = frozenset((Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND))


def replay(steps: Sequence[CaseStep]) -> Case:
    """The case of these steps, in order. Raises ValueError if they do not begin with its opening."""
    opening = steps[0].said if steps else None
    if not isinstance(opening, Opened):
        raise ValueError("a case begins with its opening")
    case = _open_case(steps[0], opening)
    for step in that_hold(steps)[1:]:
        case = after(case, step)
    return replace(case, steps=steps[-1].n)


def that_hold(steps: Sequence[CaseStep]) -> list[CaseStep]:
    """These steps but for what was joined and is undone, with all that came along."""
    held = list[CaseStep]()
    for step in steps:
        said = step.said
        if not (isinstance(said, Joined) and said.undone):
            held.append(step)
            continue
        joins = ((i, s.said) for i, s in enumerate(held) if isinstance(s.said, Joined))
        at = next((i for i, join in joins if join.case == said.case), len(held))
        del held[at : at + 1 + (said.taken or 0)]
    return held


def with_ways(steps: Sequence[CaseStep]) -> tuple[CaseStep, ...]:
    """The steps as people are told of them: each answer says to which way of asking it is."""
    if not steps:
        return ()
    case, told = replay(steps[:1]), [steps[0]]
    for step in steps[1:]:
        said = step.said
        if isinstance(said, Answered) and not said.way:
            there = at_place(case, place_of(said) or 1)
            to = open_asking(there, said.rung)
            said = replace(said, way="" if to is None else there.askings[to].kind)
        told.append(replace(step, said=said))
        case = after(case, step)
    return tuple(told)


def after(case: Case, step: CaseStep) -> Case:
    n = place_of(step.said)
    there = case if n is None else seen_from(case, n)
    folded = _note_actor(at_place(_fold_step(there, step), 1), step)
    return with_derived_state(replace(folded, steps=step.n))


def _note_actor(case: Case, step: CaseStep) -> Case:
    """Note who acts: who took the last step, not who only holds it from deletion or rang 999."""
    no_work = isinstance(step.said, Held | Released) or imminent(step)
    if no_work or step.actor in (SCHOOLGATE, case.target, *case.subjects):
        return case
    return replace(case, acting=step.actor, acting_at=step.recorded_at)


def _open_case(step: CaseStep, said: Opened) -> Case:
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
        author_says=said.author_says,
        enquiry=said.enquiry is True,
    )
    return with_derived_state(_note_actor(case, step))


def _classify(case: Case, step: CaseStep, said: Classified | Reclassified) -> Case:
    case = _overseen(replace(case, proposal=None, about=said.about or case.about), said)
    content_class, lane = said.content_class, None
    if content_class in BYPASSING:
        stands = case.lane if case.content_class == content_class else None
        by_about = bypass_of(content_class, alleged=case.about in ADULTS_OF_THE_SCHOOL)
        lane = said.lane or stands or by_about
    left = case.lane is not None and lane is None
    if lane is not None and not case.restricted:  # who was told of it as another matter is none of its few
        case = replace(case, audience=(step.actor,), assigned_to=None, owner=None)
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
        return put_down(changed)
    if left and case.proposed_class == ContentClass.UNJUDGED:  # a lane takes nobody's reading of it away
        return replace(changed, content_class=ContentClass.UNJUDGED, classified_by=None)
    return changed if class_spec(content_class).course else without_chronology(changed)


def _overseen(case: Case, said: Classified | Reclassified | Proposed) -> Case:
    """Anyone told of a proposal to reclassify comment may read what it is about."""
    return replace(case, audience=each_once(case.audience, said.overseers or ()))


_LEAVES_OUT = (StaffMatter.WHISTLEBLOWING, StaffMatter.UNION, StaffMatter.ALLEGATION)
_IS_OURS = (StaffMatter.NONE, StaffMatter.LOW_LEVEL)


def _note_staff_post(case: Case, step: CaseStep, said: StaffPost) -> Case:
    """Note what somebody who works here posted: its author, and whom a protected one speaks of, are left out;
    of any other these decide nothing. Whistle-blowing is read by who said so, and by the chair or who stands
    in."""
    out = (*filter(None, (said.person,)), *(said.meant if said.what in _LEAVES_OUT else ()))
    others = Relationship.UNKNOWN if case.relationship.may_disclose else case.relationship
    case = replace(
        _left_out(case, (*case.subjects, *out)),
        conflicted=each_once(case.conflicted, out),
        criticised=tuple(p for p in said.meant if p != said.person) if said.what in _IS_OURS else (),
        relationship=others if said.what is StaffMatter.NOT_STAFF else said.relationship or case.relationship,
        staff_matter=said.what,
    )
    if case.is_whistleblowing:
        case = replace(case, audience=(step.actor,), assigned_to=None, owner=None)
    return put_down(case) if case.stays_up else case


def _target(case: Case, said: Targeted) -> Case:
    subjects, accused = still_left_out(case, said)
    case = replace(_left_out(replace(case, accused=accused), subjects), about=said.about or case.about)
    if case.assigned_to == said.person:
        case = replace(case, assigned_to=None)
    return case if said.person == case.target else _aimed_at(case, said.person)


def _left_out(case: Case, people: Sequence[str]) -> Case:
    """Told and shown nothing: these, and nobody else."""
    case = replace(case, subjects=each_once(people))
    return replace(case, assigned_to=None) if case.assigned_to in people else case


_ABOUT = {AboutWhom.CHILD: About.PUPIL, AboutWhom.STAFF: About.STAFF, AboutWhom.NOBODY: About.OTHER}
_BY_ABOUT = frozenset((BypassRoute.SAFEGUARDING, BypassRoute.STAFF_ALLEGATION))
"""The routes that differ only by whom a matter is about."""


def _set_subject(case: Case, about: About) -> Case:
    lane = case.lane
    if lane in _BY_ABOUT:
        lane = bypass_of(case.content_class, alleged=about in ADULTS_OF_THE_SCHOOL)
    return replace(case, about=about, lane=lane or case.lane)


def _aimed_at(case: Case, person: str) -> Case:
    """Aim it at somebody else: consent, support, chronology and decisions do not carry over."""
    bare = replace(case, consent=Consent.NOT_ASKED, consent_person=None, consent_by=None, consent_told=None)
    fresh = replace(bare, support=Support.NOT_OFFERED, support_by=None, support_told=None, safe_at=None)
    fresh = replace(fresh, unsafe_at=None, ring_at=None)
    if case.decided_by == person:
        fresh = without(clear_decision(fresh), *OF_DECISIONS)
    if case.sought_by == person:
        fresh = replace(fresh, sought=None, sought_by=None)
    return replace(without_chronology(fresh), target=person)


def _note_decision(case: Case, step: CaseStep, said: Decided) -> Case:
    decided = replace(case, decision=said.decision, decided_by=step.actor, decided_at=step.done_at)
    decided = replace(decided, delegated=said.capacity is Capacity.DELEGATE)
    if said.decision is Decision.SEEK:
        return start_target_clock(without(decided, *OF_DECISIONS), step, step.actor)
    if said.decision is Decision.REPORT_ONLY:  # what is left up is still looked at again
        return without(decided, CaseClock.BASILDON_24H)
    return start_clock(without_all(decided), step)


def _consent(case: Case, step: CaseStep, becomes: Consent, person: str = "") -> Case:
    told, whose = _choose_how_informed(case, step), person or case.consent_person
    case = replace(case, consent=becomes, consent_person=whose)
    return replace(case, consent_by=step.actor, consent_at=step.done_at, consent_told=told)


def _choose_how_informed(case: Case, step: CaseStep) -> NoticeWay | None:
    """Return how they learn of it: whatever was recorded before anybody was told still has to be told."""
    if not for_whom(step, case):
        return None
    return stated_way_to_inform(step) or NoticeWay.OWED


def _letter(case: Case, said: LetterDrafted) -> Case:
    if said.by:
        return replace(case, letter_by=said.by)
    if said.letter != LETTER:
        return case
    return replace(
        case,
        consent_told=case.consent_told and NoticeWay.LETTER,
        support_told=case.support_told and NoticeWay.LETTER,
    )


def _say_how_they_are(case: Case, says: Wellbeing | None, at: datetime) -> Case:
    """Record what they say; a call that was made is asked for no more."""
    if says is None:
        return replace(case, safe_at=at, unsafe_at=None)
    if says is Wellbeing.NOT_SAFE:
        return replace(case, safe_at=None, unsafe_at=at)
    return replace(case, ring_at=at if says is Wellbeing.RING_ME else None)


def _close_case(case: Case, step: CaseStep, ending: Ending) -> Case:
    reviews = [w.due_at for w in case.waits if w.clock == CaseClock.REVIEW_30D]
    review = max(reviews, default=None) if ending is Ending.STANDING else None
    closed = replace(case, ending=ending, closed_at=step.done_at, recheck_at=review, proposal=None)
    return without_chronology(replace(closed, waits=()))


def _join_case(case: Case, step: CaseStep, said: Joined) -> Case:
    """Make it part of another case; or join one to it, whose target runs on where none does here."""
    if said.closes:
        closed = everywhere(_close_case(case, step, Ending.JOINED), lambda at: replace(at, recheck_at=None))
        return replace(closed, joined_to=said.case)
    case = replace(case, joined=(*case.joined, (said.case, step.done_at)))
    runs = any(w.clock == CaseClock.BASILDON_24H for w in case.waits)
    return case if runs else start_clock(case, step)


_WITHOUT_PAGE = frozenset((EvidenceKind.WALL, EvidenceKind.TOLD))


def _fold_step(case: Case, step: CaseStep) -> Case:  # noqa: C901, a line or two for every kind there is
    """Return what a step makes of a case, state and clocks aside: of most that only say, nothing."""
    match step.said:
        case Classified() as said:
            return _classify(case, step, said)
        case Reclassified() as said:
            return _classify(replace(case, fair=False, was_fair=False), step, said)
        case Proposed() as said:
            proposal = ProposedClass(said.content_class, said.lane, step.actor, said.meant)
            return _overseen(replace(case, proposal=proposal), said)
        case TurnedDown():
            return replace(case, proposal=None)
        case Author(relationship=relationship, contact_safe=safe):
            return replace(case, relationship=relationship, contact_safe=safe is not False)
        case StaffPost() as said:
            return _note_staff_post(case, step, said)
        case Placed(channel=channel):
            return replace(case, channel=channel)
        case InNameOf(who=who, person=person):
            return replace(case, complainant=who, complainant_person=person or None)
        case Targeted() as said:
            return _target(case, said)
        case AboutCorrected(who=whom):
            return _set_subject(case, _ABOUT[whom])
        case Accused() as said:
            subjects, accused = still_left_out(case, said)  # in the place of any guess
            left = _left_out(replace(case, accused=accused), subjects)
            return _set_subject(left, said.about or case.about)
        case Conflicted() as said:
            subjects, _ = still_left_out(case, said)
            those = [p for p in case.conflicted if p != said.person]
            conflicted = those if said.stands is False else [*those, said.person]
            return _left_out(replace(case, conflicted=tuple(conflicted)), subjects)
        case Weighed() as said:
            of = said.nature, said.visible, said.spread, said.impact
            return replace(case, weighed=Assessment(*of, at=step.done_at))
        case Decided() as said:
            return _note_decision(case, step, said)
        case Asked() as said:
            return add_asking(case, step, said)
        case Answered() as said:
            return add_answer(case, step, said)
        case WordsApproved():
            return replace(case, approved=True)
        case Responded():
            return replace(case, responded_at=step.done_at)
        case ConsentAsked(person=person):
            return _consent(case, step, Consent.ASKED, person)
        case ConsentGiven(person=person):
            return _consent(case, step, Consent.GIVEN, person)
        case ConsentRefused(person=person):
            return _consent(case, step, Consent.REFUSED, person)
        case ConsentWithdrawn(person=person):
            return _consent(case, step, Consent.WITHDRAWN, person)
        case ConsentOverridden():
            return _consent(case, step, Consent.OVERRIDDEN)
        case SupportStep(status=status):
            told = _choose_how_informed(case, step)
            at = step.done_at
            return replace(case, support=status, support_by=step.actor, support_at=at, support_told=told)
        case SaidSafe(says=says):
            return _say_how_they_are(case, says, step.done_at)
        case EvidenceKept(what=what):
            return replace(case, captures=case.captures + (what not in _WITHOUT_PAGE))
        case PicturesAllowed():
            return replace(case, pictures_allowed=True)
        case LetterDrafted() as said:
            return _letter(case, said)
        case Hosted() as said:
            return replace(case, hosting=facts_to_store(replace(said, place=None)))
        case Checked() as said:
            return add_check(case, step, said)
        case CopyFound() as said:
            case = _left_out(case, (*case.subjects, *said.subjects)) if said.subjects else case
            return copy_found(case, said)
        case PlaceLeft():
            # nothing is waited for there any more, nor said to be gone
            waits = tuple(w for w in case.waits if w.place != case.place)
            return not_gone(replace(case, left=True, waits=waits))
        case LeftStanding():
            return start_clock(case, step)
        case Warned(who=who):
            return replace(case, warned=(*case.warned, who))
        case Referred(to=to, reference=given):
            number = given if to == "police" and given else case.police_number
            if to == "police":
                call = Asking(EMERGENCY, step.actor, step.done_at, reference=given)
                case = replace(case, police_told=call, police_number=number)
            return replace(case, referred_to=(*case.referred_to, to))
        case BreachDecided(tell=tell):
            return replace(case, breach=tell)
        case Assigned(person=person):
            return replace(case, assigned_to=person, owner=person)
        case Noted(ends=ends, pack=pack):
            unexplained = case.unexplained and bool(pack)
            since = case.noted_at if pack else step.recorded_at
            noted = without(replace(case, unexplained=unexplained, noted_at=since), ends or "")
            return start_clock(noted, step)
        case Held(review=review):
            return replace(case, hold_by=step.actor, hold_review=review)
        case Released():
            return replace(case, hold_by=None, hold_review=None)
        case Locked():
            return replace(case, locked=True)
        case Unlocked():
            return replace(case, locked=False)
        case ChronologyApproved(author=author, person=person):
            by = step.actor
            return replace(case, chronology_by=by, chronology_author=author, chronology_person=person)
        case Closed(ending=ending):
            return _close_case(case, step, ending)
        case CameBack() | Reopened():
            return opened_again(case, step)
        case Joined() as said if not said.undone:
            return _join_case(case, step, said)
        case _:
            return case
