"""Guards of every step, and those that each kind of step but asking needs besides. What each guard asks for
is said in data/words/en/refusal.toml, under its name.
"""

from __future__ import annotations

from operator import or_

from alerts.access.acts import Act, confirmers, reports_to_one
from alerts.access.guidance import EMPLOYERS, PLACES
from alerts.access.knowing import Access
from alerts.ladder.guards.asking import S5
from alerts.ladder.replay import GONE_ENDINGS, may_show_a_child, open_asking, open_clock
from alerts.ladder.rules import SCHOOLGATE, StepAttempt, meant_by, opens_ladder, still_left_out
from alerts.places import at_counted_places, at_each_place, place_of, seen_twice
from data.cases import Asking, Case, CaseState, Consent
from data.content_class import BYPASSING, ContentClass, Police, class_spec
from data.rungs import OF_OTHERS, OF_PRIVACY
from data.steps import classes
from data.steps.classes import (
    UNLOCKING,
    Answered,
    Asked,
    Assigned,
    ChronologyApproved,
    Closed,
    CopyFound,
    Held,
    Noted,
    Placed,
    Referred,
    Responded,
    Step,
    SupportStep,
    Unlocked,
    faults_of,
)
from data.steps.codes import BypassRoute, Check, Decision, Ending, RungAnswer, StaffMatter, Support, ToWarn
from data.types import ADULTS_OF_THE_SCHOOL, Route
from data.web.channels import CHANNELS
from data.web.urls import canonical_url


# What closing a case needs: an ending that fits its state, and nothing left undone.
def _ending(attempt: StepAttempt) -> Ending:
    """Return how it is to end. Raises ValueError for a step that ends nothing."""
    if isinstance(attempt.step, Closed):
        return attempt.step.ending
    raise ValueError(f"nothing is ended by a step {attempt.step.kind}")


_ENDS = {
    CaseState.TRIAGE: {Ending.STANDING, Ending.ANSWERED, Ending.HANDED_OVER, Ending.MISTAKEN},
    CaseState.FAIR_COMMENT: {Ending.ANSWERED, Ending.HANDED_OVER, Ending.MISTAKEN},
    CaseState.BYPASSED: {Ending.HANDED_OVER},
    CaseState.SEEKING: {Ending.STANDING, Ending.HANDED_OVER, Ending.MISTAKEN},
    CaseState.WAITING: {Ending.STANDING, Ending.HANDED_OVER, Ending.MISTAKEN},
}


def ending_fits(attempt: StepAttempt) -> bool:
    """Each state has its endings; of what nobody judged neither left up nor answered. See `two_checks`."""
    if attempt.case.is_unjudged and _ending(attempt) in (Ending.STANDING, Ending.ANSWERED):
        return False
    ends = _ENDS.get(attempt.case.state, set(Ending) - {Ending.JOINED})
    return _ending(attempt) in ends | set(GONE_ENDINGS)


def two_checks(attempt: StepAttempt) -> bool:
    """Seen gone (or changed) twice, a day apart, at each place not left standing (Basildon 9.4)."""
    ending = _ending(attempt)
    if ending not in GONE_ENDINGS:
        return True
    if attempt.case.state is not CaseState.CONFIRMING:
        return False
    places, sought = list(at_counted_places(attempt.case)), (Check.GONE, Check.CHANGED)
    gone, changed = ([seen_twice(here, wanted) for here in places] for wanted in sought)
    if ending is Ending.REMOVED:
        return all(gone)
    return any(changed) and all(map(or_, gone, changed))


def copies_taken(attempt: StepAttempt) -> bool:
    return _ending(attempt) not in GONE_ENDINGS or not attempt.rules.copies


def reason_to_end(attempt: StepAttempt) -> bool:
    return _ending(attempt) not in (Ending.STANDING, Ending.MISTAKEN) or bool(attempt.why)


def decider_to_stand(attempt: StepAttempt) -> bool:
    """Only a decider leaves a post up, whatever the ending is called: an answered post stays up too (fair
    comment aside), and so does one closed as a mistake after removal was sought or which blew a whistle."""
    sought = attempt.case.is_whistleblowing or (
        attempt.case.decision == "seek" and not attempt.case.delegated
    )
    stands = {Ending.STANDING: True, Ending.ANSWERED: not attempt.case.fair, Ending.MISTAKEN: sought}
    if not stands.get(_ending(attempt)) or attempt.case.decision not in (None, "seek"):
        return True
    return attempt.actor_may(Act.DECIDE)


def referred(attempt: StepAttempt) -> bool:
    case = attempt.case
    police = case.call_to_999 is not None and case.lane is not BypassRoute.STAFF_ALLEGATION
    return _ending(attempt) is not Ending.HANDED_OVER or bool(case.referred_to) or police


def danger_warned(attempt: StepAttempt) -> bool:
    return _ending(attempt) is not Ending.HANDED_OVER or not attempt.case.to_warn_first


def outcome_said(attempt: StepAttempt) -> bool:
    excused = bool(attempt.why) and attempt.actor_may(Act.DECIDE)
    return excused or not attempt.rules.unsaid(attempt.case, attempt.now)


def gate_warned(attempt: StepAttempt) -> bool:
    excused = bool(attempt.why) and attempt.actor_may(Act.DECIDE)
    return (
        excused or attempt.rules.danger_at is None or {ToWarn.TARGET, ToWarn.SITE} <= {*attempt.case.warned}
    )


def responded(attempt: StepAttempt) -> bool:
    answered = attempt.case.responded_at is not None or bool(attempt.why)
    return _ending(attempt) is not Ending.ANSWERED or answered


def support_offered(attempt: StepAttempt) -> bool:
    """The person aimed at was offered support (Basildon 9.6)."""
    offered = attempt.case.support is not Support.NOT_OFFERED
    return attempt.case.target is None or offered or _ending(attempt) is Ending.MISTAKEN


def promises_kept(attempt: StepAttempt) -> bool:
    return not any(w.clock in OF_PRIVACY for w in attempt.case.waits)


# What holds, locks, chronologies and notes about a person's data need before they are recorded.
UNLOCK_GROUNDS = frozenset(UNLOCKING)


def privacy_clock(attempt: StepAttempt) -> bool:
    held = {w.clock for w in attempt.case.waits}
    if not isinstance(attempt.step, Noted):
        return True
    starts, ends = attempt.step.starts, attempt.step.ends
    return starts in (None, *OF_PRIVACY - held) and (ends is None or ends in OF_PRIVACY & held)


def may_hold(attempt: StepAttempt) -> bool:
    """The head (or the stand-in, if it is about the head), the DSL or the data protection officer."""
    return attempt.actor_may(Act.HOLD)


def not_held(attempt: StepAttempt) -> bool:
    return attempt.case.hold_by is None


def held(attempt: StepAttempt) -> bool:
    return attempt.case.hold_by is not None


def review_ahead(attempt: StepAttempt) -> bool:
    return not isinstance(attempt.step, Held) or attempt.step.review > attempt.now


def another_releases(attempt: StepAttempt) -> bool:
    return attempt.event.actor != attempt.case.hold_by


def lock_nation(attempt: StepAttempt) -> bool:
    """Section 141F of the Education Act 2002 is law where the school is."""
    return section_141f_applies(attempt.rules.school.nation)


def section_141f_applies(nation: str) -> bool:
    """Is it an offence there to name a teacher accused by a pupil before a charge? Section 141F of the
    Education Act 2002 (Education Act 2011, section 13): schools in England and Wales."""
    return nation in ("england", "wales")


def not_locked(attempt: StepAttempt) -> bool:
    return not attempt.case.locked


def locked(attempt: StepAttempt) -> bool:
    return attempt.case.locked


def may_unlock(attempt: StepAttempt) -> bool:
    """The head (or the stand-in, if it is about the head), the DSL or the data protection officer."""
    return attempt.actor_may(Act.HOLD)


def unlock_ground(attempt: StepAttempt) -> bool:
    return not isinstance(attempt.step, Unlocked) or attempt.step.ground in UNLOCK_GROUNDS


def head_approves(attempt: StepAttempt) -> bool:
    return attempt.actor_may(Act.APPROVE)


def harassment(attempt: StepAttempt) -> bool:
    return class_spec(attempt.case.content_class).course


def chronology_person(attempt: StepAttempt) -> bool:
    of = attempt.step.person if isinstance(attempt.step, ChronologyApproved) else None
    return attempt.case.target is not None and of == attempt.case.target


# What the police rung needs, and the consent of the person targeted. A school's policy (Basildon 9.5) asks
# for that consent before the police are told of a threat to a member of staff. Imminent danger waits for
# nobody and passes none of these guards.
OVERRIDES = frozenset(classes.OVERRIDE_GROUNDS)


def imminent_reason(attempt: StepAttempt) -> bool:
    return not attempt.case.unexplained


def decided_to_report(attempt: StepAttempt) -> bool:
    return attempt.case.decision in (Decision.SEEK, Decision.REPORT_ONLY)


def police_matter(attempt: StepAttempt) -> bool:
    return class_spec(attempt.case.content_class).police >= Police.AFTER_ANOTHER or bool(attempt.why)


def police_last(attempt: StepAttempt) -> bool:
    at_once = class_spec(attempt.case.content_class).police is Police.AT_ONCE
    before = any(a.rung is not attempt.rung for a in attempt.case.askings)
    return at_once or before or bool(attempt.why)


def consent_wanted(case: Case) -> bool:
    """Is a named person, or staff, targeted? None is needed for children, the site or extremism."""
    adult = case.about in ADULTS_OF_THE_SCHOOL and class_spec(case.content_class).consent
    return case.target is not None or adult


def target_named(attempt: StepAttempt) -> bool:
    return not consent_wanted(attempt.case) or attempt.case.target is not None


def consent(attempt: StepAttempt) -> bool:
    """The member of staff agrees to the police being told (Basildon 9.5), or a recorded ground overrides."""
    given = attempt.case.consent in (Consent.GIVEN, Consent.OVERRIDDEN)
    return not consent_wanted(attempt.case) or given


def consent_told(attempt: StepAttempt) -> bool:
    told = attempt.case.consent_told
    return attempt.case.consent is not Consent.GIVEN or told is None or told.has_reached


def consent_person(attempt: StepAttempt) -> bool:
    match attempt.step:
        case (
            classes.ConsentAsked(person=person)
            | classes.ConsentGiven(person=person)
            | classes.ConsentRefused(person=person)
            | classes.ConsentWithdrawn(person=person)
            | classes.SaidSafe(person=person)
        ):
            return attempt.case.target is not None and person == attempt.case.target
    return True


def consent_asked(attempt: StepAttempt) -> bool:
    return attempt.case.consent is Consent.ASKED or attempt.event.actor == attempt.case.target


def consent_was_given(attempt: StepAttempt) -> bool:
    return attempt.case.consent is Consent.GIVEN


def head_overrides(attempt: StepAttempt) -> bool:
    return attempt.actor_may(Act.APPROVE)


def override_ground(attempt: StepAttempt) -> bool:
    return not isinstance(attempt.step, classes.ConsentOverridden) or attempt.step.ground in OVERRIDES


# What is asked of every step before all else; then what classifying, deciding and handing over need besides.


def facts(attempt: StepAttempt) -> bool:
    return not wrong_facts(attempt.step)


def wrong_facts(said: Step) -> tuple[str, ...]:
    """The names of facts that are missing or invalid."""
    nowhere = isinstance(said, Placed) and said.channel not in CHANNELS
    return (*faults_of(said), *(("channel",) if nowhere else ()), *(("person",) if _nobody(said) else ()))


def _nobody(said: Step) -> bool:
    """Does it name nobody, where it is about somebody?"""
    match said:
        case classes.Targeted(person="", subjects=None) | classes.Accused(people=(), stands=True | None):
            return True
    return False


def actor(attempt: StepAttempt) -> bool:
    if attempt.event.actor == SCHOOLGATE:
        return attempt.step.by_program
    return attempt.actor is not None


def may_see(attempt: StepAttempt) -> bool:
    if attempt.actor is None:
        return attempt.event.actor not in attempt.case.subjects
    return attempt.rules.access(attempt.actor, attempt.case) >= Access.STATUS


def when(attempt: StepAttempt) -> bool:
    said, case = attempt.step, attempt.case
    asked = (said.written_at, said.received_at) if isinstance(said, Asked) else ()
    meanwhile = (said.poster_told_at, said.talked_at) if isinstance(said, Answered) else ()
    past = all(at <= attempt.now for at in (attempt.at, *asked, *meanwhile) if at)
    known = (case.opened_at, case.closed_at or case.opened_at, *(seen.at for seen in case.checks))
    return past and (said.may_precede or attempt.at >= max(known))


def place_there(attempt: StepAttempt) -> bool:
    n = place_of(attempt.step)
    return n is None or n == attempt.case.place


FIRST = (facts, actor, may_see, place_there, when)
"""In the order in which they are asked, whatever the step."""

CEOP = "ceop"
_CEOP_LANES = frozenset((BypassRoute.SAFEGUARDING, BypassRoute.CHILD_IMAGE))
_MOST_PROTECTED = frozenset((StaffMatter.WHISTLEBLOWING, StaffMatter.CHILD, StaffMatter.ALLEGATION))


def works_on_it(attempt: StepAttempt) -> bool:
    if attempt.actor is None:
        return attempt.event.actor == SCHOOLGATE
    return attempt.actor_may(Act.WORK)


def another_place(attempt: StepAttempt) -> bool:
    return not isinstance(attempt.step, classes.Placed) or attempt.step.channel != attempt.case.channel


def called_fair(attempt: StepAttempt) -> bool:
    if _class(attempt) is not ContentClass.FAIR_COMMENT:
        return True
    decided = attempt.case.decision is not None and not attempt.case.delegated
    threat = attempt.case.route is Route.POLICE_NOW
    return (not decided or attempt.actor_may(Act.DECIDE)) and bool(attempt.why or not threat)


def _class(attempt: StepAttempt) -> ContentClass | None:
    match attempt.step:
        case classes.Classified(content_class=given) | classes.Reclassified(content_class=given):
            return given
    return None


def not_their_own(attempt: StepAttempt) -> bool:
    mine = attempt.event.actor in meant_by(attempt.case, attempt.event, attempt.rules)
    return not mine or not opens_ladder(attempt.case, attempt.event)


def second_person(attempt: StepAttempt) -> bool:
    ids = meant_by(attempt.case, attempt.event, attempt.rules)
    alone = attempt.actor is not None and reports_to_one(attempt.actor, ids, attempt.rules.people)
    return not alone or not opens_ladder(attempt.case, attempt.event)


def somebody_confirms(attempt: StepAttempt) -> bool:
    ids = meant_by(attempt.case, attempt.event, attempt.rules)
    return bool(confirmers(attempt.rules.matter(attempt.case), ids, attempt.rules.people))


def to_be_opened(attempt: StepAttempt) -> bool:
    return attempt.case.fair or attempt.case.is_unjudged


def is_proposed(attempt: StepAttempt) -> bool:
    return attempt.case.proposal is not None


def reason(attempt: StepAttempt) -> bool:
    return bool(attempt.why)


def in_words(attempt: StepAttempt) -> bool:
    said = attempt.step
    four = (said.nature, said.visible, said.spread, said.impact) if isinstance(said, classes.Weighed) else ()
    return all(words.strip() for words in four)


def reclassify(attempt: StepAttempt) -> bool:
    return _class(attempt) in BYPASSING | {ContentClass.FAIR_COMMENT}


def another_class(attempt: StepAttempt) -> bool:
    match attempt.step:
        case (
            classes.Reclassified(from_class=before, content_class=given)
            | classes.Proposed(from_class=before, content_class=given)
        ):
            return before == attempt.case.content_class and given is not ContentClass.FAIR_COMMENT
    return True


def keeps_lane(attempt: StepAttempt) -> bool:
    if _class(attempt) in BYPASSING or attempt.actor is None:
        return attempt.actor is not None
    return attempt.actor_may(Act.END_BYPASS)


def reason_to_leave_lane(attempt: StepAttempt) -> bool:
    return _class(attempt) in BYPASSING or bool(attempt.why)


def target_no_subject(attempt: StepAttempt) -> bool:
    if not isinstance(attempt.step, classes.Targeted):
        return True
    said, targets = attempt.step.subjects, (attempt.step.person, *attempt.step.beside)
    return not set(targets).intersection(attempt.case.subjects if said is None else said)


def two_let_in(attempt: StepAttempt) -> bool:
    said, (left, _) = attempt.step, still_left_out(attempt.case, attempt.step)
    named = classes.Targeted | classes.Accused | classes.Conflicted
    second = said.second if isinstance(said, named) else ""
    return set(attempt.case.subjects) <= set(left) or second not in ("", attempt.event.actor)


def says_who(attempt: StepAttempt) -> bool:
    return attempt.actor_may(Act.SAY_WHO)


def not_of_them(attempt: StepAttempt) -> bool:
    author = attempt.step.person if isinstance(attempt.step, classes.StaffPost) else ""
    meant = meant_by(attempt.case, attempt.event, attempt.rules)
    return attempt.event.actor not in {author, *meant}


def protected_still(attempt: StepAttempt) -> bool:
    said = attempt.step
    more = isinstance(said, classes.StaffPost) and said.what in _MOST_PROTECTED
    return more or not attempt.case.stays_up or (bool(attempt.why) and attempt.actor_may(Act.DECIDE))


def past_the_employer(attempt: StepAttempt) -> bool:
    said = attempt.step
    return not (isinstance(said, Referred) and attempt.case.is_whistleblowing and said.to in EMPLOYERS)


def decider(attempt: StepAttempt) -> bool:
    return attempt.actor_may(Act.DECIDE_ON_REPORT)


def delegate_seeks(attempt: StepAttempt) -> bool:
    open_to_them = attempt.case.decision is None or attempt.case.delegated
    seeks = attempt.decision is Decision.SEEK and open_to_them
    return seeks or attempt.actor_may(Act.DECIDE)


def reason_to_stop(attempt: StepAttempt) -> bool:
    return attempt.decision is not Decision.STOP or bool(attempt.why)


def was_asked(attempt: StepAttempt) -> bool:
    return _answers(attempt) is not None


def after_asking(attempt: StepAttempt) -> bool:
    asking = _answers(attempt)
    return asking is None or asking.at <= attempt.at


def _answers(attempt: StepAttempt) -> Asking | None:
    if not isinstance(attempt.step, Answered):
        return None
    i = open_asking(attempt.case, attempt.step.rung, attempt.step.way)
    return None if i is None else attempt.case.askings[i]


def silence_over(attempt: StepAttempt) -> bool:
    """Check that the time to answer is over before it is recorded that nobody answered: until then it is not
    known. An operator may act on a notice to the last minute of its time (SI 2013/3028). That it told the
    poster is no silence."""
    said = attempt.step
    if not isinstance(said, Answered) or said.result is not RungAnswer.NONE or said.poster_told_at:
        return True
    clock = open_clock(attempt.case, said.rung, said.way)
    return clock is None or clock.clock not in OF_OTHERS or clock.over(attempt.at)


def poster_told(attempt: StepAttempt) -> bool:
    said, notice = attempt.step, _answers(attempt)
    if not isinstance(said, Answered) or said.poster_told_at is None:
        return True
    told = notice is not None and notice.kind == S5 and notice.at <= said.poster_told_at
    return told and said.result is RungAnswer.NONE


def approver(attempt: StepAttempt) -> bool:
    return attempt.case.enquiry and attempt.actor_may(Act.DECIDE)


def press_approved(attempt: StepAttempt) -> bool:
    """The press is answered once that was approved in writing, where the policy asks for it (Maesteg)."""
    ends = isinstance(attempt.step, Closed) and attempt.step.ending is not Ending.ANSWERED
    wanted = attempt.case.enquiry and attempt.rules.profile.press_approval
    return ends or not wanted or attempt.case.approved


def sent_recorded(attempt: StepAttempt) -> bool:
    told = isinstance(attempt.step, Responded) and bool(attempt.step.sent.strip())
    return told or not attempt.case.enquiry


def support_person(attempt: StepAttempt) -> bool:
    person = attempt.step.person if isinstance(attempt.step, SupportStep) else ""
    return person in ("", attempt.case.target or person)


def no_child_in_pictures(attempt: StepAttempt) -> bool:
    return not may_show_a_child(attempt.case)


def looked_in_order(attempt: StepAttempt) -> bool:
    known = [c.at for c in attempt.case.checks] + [t for t in (attempt.case.said_gone_at,) if t]
    return all(attempt.at >= t for t in known)


def worth_looking(attempt: StepAttempt) -> bool:
    return attempt.case.ending in GONE_ENDINGS | {Ending.STANDING}


def not_joined(attempt: StepAttempt) -> bool:
    return not attempt.case.joined_to


def was_gone(attempt: StepAttempt) -> bool:
    return attempt.case.state is CaseState.CONFIRMING or attempt.case.ending in GONE_ENDINGS


def new_copy(attempt: StepAttempt) -> bool:
    said = attempt.step
    if not isinstance(said, CopyFound):
        return True
    known = {(here.mention_id, canonical_url(here.url)) for here in at_each_place(attempt.case)}
    return (
        bool(said.mention) != bool(said.url) and (said.mention or None, canonical_url(said.url)) not in known
    )


def other_places(attempt: StepAttempt) -> bool:
    return bool(attempt.case.others)


def still_unseen(attempt: StepAttempt) -> bool:
    return not seen_twice(attempt.case)


def decider_leaves(attempt: StepAttempt) -> bool:
    """Only a decider leaves a place standing (as a post that stays up: `decider_to_stand`)."""
    return attempt.actor_may(Act.DECIDE)


def known_place(attempt: StepAttempt) -> bool:
    return not isinstance(attempt.step, Referred) or attempt.step.to in PLACES


def place_of_nation(attempt: StepAttempt) -> bool:
    said = attempt.step
    return not isinstance(said, Referred) or attempt.rules.school.nation in PLACES[said.to]


def ceop_for_children(attempt: StepAttempt) -> bool:
    """CEOP takes online abuse of children, not bullying or fake accounts."""
    ceop = isinstance(attempt.step, Referred) and attempt.step.to == CEOP
    return not ceop or attempt.case.lane in _CEOP_LANES


def may_be_assigned(attempt: StepAttempt) -> bool:
    person = attempt.rules.person(attempt.step.person) if isinstance(attempt.step, Assigned) else None
    return person is not None and person in attempt.who_may(Act.BE_GIVEN)
