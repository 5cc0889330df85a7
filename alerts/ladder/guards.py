"""Guards of every step, of each kind of step, and of each rung before it is asked. A guard that does not
concern the step lets it pass. What each asks for is said in data/words/en/refusal.toml, under its name; here
stand the sources of those that have one.

If a guard accepts a reason in place of what is missing, the reason is kept with the step: the schools'
policies allow this, and whoever gave the reason answers for it.
"""

from __future__ import annotations

import re
from datetime import datetime
from operator import or_

from alerts.access.guidance import EMPLOYERS, PLACES
from alerts.access.knowing import Access, Act, confirmers, reports_to_one
from alerts.ladder.replay import GONE_ENDINGS, RHC, may_show_a_child, open_asking, open_clock, rhc_from
from alerts.ladder.rules import (
    SCHOOLGATE,
    StepAttempt,
    has_been_tried,
    meant_by,
    newest_asking,
    opens_ladder,
    still_left_out,
)
from alerts.places import at_counted_places, at_each_place, place_of, seen_twice
from alerts.ways import route
from data.cases import Asking, Case, CaseState, Consent
from data.content_class import BYPASSING, ContentClass, Police
from data.rungs import COPYRIGHT, OF_OTHERS, OF_PRIVACY, UNDER_AGE, Rung
from data.steps.classes import (
    OVERRIDE_GROUNDS,
    UNLOCKING,
    Accused,
    Answered,
    Asked,
    Assigned,
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
    Held,
    Noted,
    Placed,
    Proposed,
    Reclassified,
    Referred,
    Responded,
    SaidSafe,
    StaffPost,
    Step,
    SupportStep,
    Targeted,
    Unlocked,
    Weighed,
    faults_of,
)
from data.steps.codes import (
    BypassRoute,
    Check,
    Complainant,
    Decision,
    Ending,
    PlaceRole,
    Relationship,
    RungAnswer,
    StaffMatter,
    Support,
    ToWarn,
)
from data.types import ADULTS_OF_THE_SCHOOL, About, Route
from data.web.channels import CHANNELS, Keeping, PlaceKind, Reporter
from data.web.urls import canonical_url

AUTHOR, PLATFORM, HOST = Rung.AUTHOR_REQUEST, Rung.PLATFORM_REPORT, Rung.HOST
S5 = "s5"
CONVERSATION = "conversation"
OWN = "own"
SITE_CONTACT = "site_contact"
"""The ways of asking that have rules of their own."""
INDIVIDUALS = frozenset((Complainant.STAFF, Complainant.PARENT))
MEMBER = "member"
"""Somebody who is in a private conversation reports it there: nobody joins it for the school."""
LAWYER = "lawyer"


def kind_fits(attempt: StepAttempt) -> bool:
    return attempt.way in ("", *attempt.rung.spec.kinds)


def class_set(attempt: StepAttempt) -> bool:
    answers = attempt.decision is Decision.ANSWER or isinstance(attempt.step, Responded)
    return attempt.case.classified_by is not None or (answers and not attempt.case.is_unjudged)


def evidence_held(attempt: StepAttempt) -> bool:
    """A page was captured, or somebody's own picture of it is kept; a log-in wall proves nothing. Of what was
    only spoken there is nothing but what was written down and handed in. Neither what is only reported to the
    police nor a talk with the author waits for it (Basildon 8.2: records “could” be kept); of the account of
    a child under age none is kept."""
    spoken = attempt.channel.keeping is Keeping.WORDS
    unneeded = attempt.rung.spec.is_spoken(attempt.way) or attempt.way == UNDER_AGE
    return attempt.case.captures > 0 or spoken or unneeded or _only_reported(attempt)


def _only_reported(attempt: StepAttempt) -> bool:
    return attempt.decision is None and attempt.case.decision == Decision.REPORT_ONLY


def weighed(attempt: StepAttempt) -> bool:
    """Check that nature, time visible, recirculation and impact were weighed (Basildon 10.2)."""
    unneeded = attempt.decision in (Decision.ANSWER, Decision.STOP, Decision.REPORT_ONLY)
    return attempt.case.weighed is not None or unneeded or _only_reported(attempt)


def staff_matter_said(attempt: StepAttempt) -> bool:
    return not (_seeks_removal(attempt) and attempt.case.wants_staff_matter)


def may_come_down(attempt: StepAttempt) -> bool:
    """Not what somebody who works here may say: whistle-blowing (Employment Rights Act 1996, part IVA), a
    union matter, a concern about a child, or what is private."""
    return not (_seeks_removal(attempt) and attempt.case.stays_up)


def _seeks_removal(attempt: StepAttempt) -> bool:
    asks = isinstance(attempt.step, Asked) and not attempt.rung.spec.emergency
    return asks or attempt.decision is Decision.SEEK


def decided_to_seek(attempt: StepAttempt) -> bool:
    """A named person decided to seek removal; of the police, who remove nothing, `decided_to_report` asks."""
    return attempt.case.decision == Decision.SEEK or attempt.rung.spec.emergency


def decider_of_rung(attempt: StepAttempt) -> bool:
    return not attempt.case.delegated or attempt.rung.spec.delegate


def said_gone(attempt: StepAttempt) -> bool:
    return attempt.case.state is not CaseState.CONFIRMING or attempt.rung.spec.emergency


def own_account(attempt: StepAttempt) -> bool:
    """Check that the school is not asked: it takes its own page down itself (King James's 2.6)."""
    if attempt.way != OWN:
        return True
    return attempt.case.own_site and bool(attempt.why)


def already_asked(attempt: StepAttempt) -> bool:
    before = newest_asking(attempt.case, attempt.rung, attempt.way)
    waiting = before is not None and before.answer is None
    if waiting and before is not None and before.due_at is not None:
        waiting = before.due_at > attempt.at
    return not waiting


def pupil_letters(attempt: StepAttempt) -> bool:
    """The ladder never sends a pupil letters (Basildon 9.2): pastoral care or the DSL deals with it."""
    return attempt.case.relationship is not Relationship.PUPIL


def pupil_referred(attempt: StepAttempt) -> bool:
    return cared_for_first(attempt.case)


def cared_for_first(case: Case) -> bool:
    """Is it with pastoral care or the DSL, where a pupil may have written it?"""
    pupil = case.relationship is Relationship.PUPIL
    return not pupil or bool({"pastoral", "dsl"} & set(case.referred_to))


def author_known(attempt: StepAttempt) -> bool:
    return attempt.way == SITE_CONTACT or attempt.case.relationship is not Relationship.UNKNOWN


def site_contact(attempt: StepAttempt) -> bool:
    stranger = attempt.case.relationship in (Relationship.UNKNOWN, Relationship.THIRD_PARTY)
    return attempt.way != SITE_CONTACT or (stranger and attempt.channel.has_operator)


def contact_safe(attempt: StepAttempt) -> bool:
    return attempt.case.contact_safe


def author_class(attempt: StepAttempt) -> bool:
    return attempt.case.spec.author


def conversation_first(attempt: StepAttempt) -> bool:
    """A parent is spoken to, or did not come in time, before being written to (Calcot; King James's 2.9)."""
    invited = has_been_tried(attempt.case, AUTHOR, attempt.at, CONVERSATION)
    spoken_to = attempt.way == CONVERSATION or invited
    return attempt.case.relationship is not Relationship.PARENT or spoken_to


def author_first(attempt: StepAttempt) -> bool:
    """The author was asked and did not help in time. Beside them the site is asked where their time would end
    after the school's own for the site, or for a reason; before them, or in their place, what cannot wait."""
    case, by = attempt.case, newest_asking(attempt.case, AUTHOR)
    if (
        attempt.way == OWN
        or not _author_suitable(case)
        or has_been_tried(case, AUTHOR, attempt.at)
        or urgent(case)
    ):
        return True
    if by is None or attempt.why:
        return by is not None
    # would it be waited for an author until a site can no longer be asked in the school's own time?
    return case.sought is not None and (by.due_at is None or by.due_at > case.sought.due_at)


def _author_suitable(case: Case) -> bool:
    """Could the author be asked at all? If not, that rung is skipped."""
    known = case.relationship not in (Relationship.UNKNOWN, Relationship.PUPIL)
    return known and case.contact_safe and case.spec.author


def urgent(case: Case) -> bool:
    """May it be unlawful, threaten, spread or name a child: “a matter of urgency” (Basildon 9.3)?"""
    child = case.about is About.PUPIL or case.complainant is Complainant.PUPIL
    copied = any(here.role in (PlaceRole.COPY, PlaceRole.MIRROR) for here in case.places)
    spreads = copied or bool(case.copies) or (case.weighed is not None and passed_on(case.weighed.spread))
    return case.threatens or case.spec.crime or child or spreads


_PASSED_ON = re.compile(
    r"\b(?:shar(?:e[ds]?|ing)|re-?(?:shar|post|tweet)\w*|forward\w*|viral|widely|spread(?:s|ing)"
    r"|(?:has|it) spread|cop(?:y|ied|ies)|(?:passed|going|gone) (?:it )?(?:on|round|around))\b",
    re.IGNORECASE,
)
_BY_NOBODY = re.compile(r"\b(?:0|nobody|no|none|not|never|hardly|cannot|without|\w+n[’']t)\b", re.IGNORECASE)
_OFTEN = re.compile(r"\b[1-9][0-9]* (?:times|\w*shares|\w*posts|\w*tweets|copies|people)\b", re.IGNORECASE)


def passed_on(said: str) -> bool:
    """Does somebody who weighed it say that it was passed on, or how often? Not that nobody did."""
    clauses = [each for each in re.split(r"[.,;:!?]", said) if _PASSED_ON.search(each)]
    return any(_OFTEN.search(each) or not _BY_NOBODY.search(each) for each in clauses)


def online(attempt: StepAttempt) -> bool:
    asked_in_person = attempt.rung is AUTHOR and attempt.way in (CONVERSATION, "letter")
    return attempt.channel.place is not PlaceKind.NOTHING or asked_in_person


def place_known(attempt: StepAttempt) -> bool:
    return attempt.channel.place is not PlaceKind.UNKNOWN or attempt.way == OWN


def platform_there(attempt: StepAttempt) -> bool:
    return attempt.channel.reports or attempt.way == OWN


def member_reports(attempt: StepAttempt) -> bool:
    private = attempt.channel.reporter is Reporter.MEMBER
    return attempt.way == OWN or private is (attempt.way == MEMBER)


def delisting_person(attempt: StepAttempt) -> bool:
    searched = attempt.channel.place is PlaceKind.SEARCH
    return not searched or attempt.case.complainant in INDIVIDUALS


def copyright_class(attempt: StepAttempt) -> bool:
    return attempt.way != COPYRIGHT or attempt.case.content_class == ContentClass.COPYRIGHT


def copyright_place(attempt: StepAttempt) -> bool:
    if attempt.way != COPYRIGHT or attempt.rung is HOST:
        return attempt.way != COPYRIGHT or attempt.channel.has_operator
    return COPYRIGHT in route(attempt.case.channel).grounds


def copyright_owner(attempt: StepAttempt) -> bool:
    owners = (Complainant.SCHOOL, Complainant.PARENT)
    return attempt.way != COPYRIGHT or attempt.case.complainant in owners


def platform_first(attempt: StepAttempt) -> bool:
    return attempt.channel.has_operator or has_been_tried(attempt.case, PLATFORM, attempt.at)


def hosting_known(attempt: StepAttempt) -> bool:
    named = isinstance(attempt.step, Asked) and attempt.way == COPYRIGHT and attempt.step.channel
    return bool(attempt.case.hosting or attempt.why or named)


def host_first(attempt: StepAttempt) -> bool:
    return has_been_tried(attempt.case, HOST, attempt.at) or bool(attempt.why)


def s5_nation(attempt: StepAttempt) -> bool:
    """Section 5 of the Defamation Act 2013 is law where the school is."""
    return attempt.way != S5 or section_5_applies(attempt.rules.school.nation)


def section_5_applies(nation: str) -> bool:
    """Does section 5 of the Defamation Act 2013 extend there: England and Wales alone (section 17(2))?"""
    return nation in ("england", "wales")


def s5_class(attempt: StepAttempt) -> bool:
    return attempt.way != S5 or attempt.case.content_class == ContentClass.DEFAMATION


def s5_individual(attempt: StepAttempt) -> bool:
    if attempt.way != S5:
        return True
    if attempt.case.complainant in INDIVIDUALS and attempt.case.complainant_person:
        return True
    lawyer = isinstance(attempt.step, Asked) and attempt.step.advice == LAWYER and bool(attempt.why)
    return attempt.case.complainant is Complainant.SCHOOL and lawyer


def s5_poster(attempt: StepAttempt) -> bool:
    return attempt.way != S5 or attempt.case.relationship is Relationship.UNKNOWN


def _rhc(attempt: StepAttempt) -> bool:
    return attempt.way == RHC


def posh_for_schools(attempt: StepAttempt) -> bool:
    return _rhc(attempt) or attempt.case.complainant in (Complainant.SCHOOL, Complainant.STAFF)


def posh_class(attempt: StepAttempt) -> bool:
    return _rhc(attempt) or attempt.case.spec.posh


def posh_after_platform(attempt: StepAttempt) -> bool:
    """After the platform failed or was unclear; at once if somebody is unsure, and says so. Alongside the
    platform, if the school's policy uses it to speed a removal up (Calcot)."""
    if _rhc(attempt):
        return True
    before = any(has_been_tried(attempt.case, rung, attempt.at) for rung in (PLATFORM, HOST))
    beside = attempt.rules.profile.posh_at_once and newest_asking(attempt.case, PLATFORM) is not None
    return before or beside or bool(attempt.why)


def rhc_individual(attempt: StepAttempt) -> bool:
    person = attempt.case.complainant is not Complainant.SCHOOL and attempt.case.complainant_person
    return not _rhc(attempt) or bool(person)


def rhc_harm(attempt: StepAttempt) -> bool:
    return not _rhc(attempt) or attempt.case.spec.harm


def rhc_after_refusal(attempt: StepAttempt) -> bool:
    return not _rhc(attempt) or rhc_takes(attempt.case, attempt.at)


def rhc_takes(case: Case, at: datetime) -> bool:
    """Has a platform refused by then, or been silent for over a week since it was asked?"""
    refused = any(a.answer in (RungAnswer.REFUSED, RungAnswer.PERSON_ONLY) for a in case.reports)
    return refused or any(a.answer in (None, RungAnswer.NONE) and rhc_from(a.at) < at for a in case.reports)


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
    """Each state has its endings; of what nobody judged neither left up nor answered; past the ladder it was
    a mistake once two say so. See `two_checks`."""
    if attempt.case.is_unjudged and _ending(attempt) in (Ending.STANDING, Ending.ANSWERED):
        return False
    ends = _ENDS.get(attempt.case.state, set(Ending) - {Ending.JOINED})
    if attempt.case.state is CaseState.BYPASSED and isinstance(attempt.step, Closed) and attempt.step.second:
        ends = ends | {Ending.MISTAKEN} if attempt.step.second != attempt.event.actor else ends
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
    unwarned = attempt.case.threatens and attempt.case.to_warn
    return _ending(attempt) is not Ending.HANDED_OVER or not unwarned


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


def may_decide_breach(attempt: StepAttempt) -> bool:
    """The data protection officer, or without one the head; of what is restricted, who decides in it."""
    return attempt.actor_may(Act.DECIDE if attempt.case.restricted else Act.PROTECT_DATA)


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
    return attempt.case.spec.course


def chronology_person(attempt: StepAttempt) -> bool:
    of = attempt.step.person if isinstance(attempt.step, ChronologyApproved) else None
    return attempt.case.target is not None and of == attempt.case.target


# What the police rung needs, and the consent of the person targeted. A school's policy (Basildon 9.5) asks
# for that consent before the police are told of a threat to a member of staff. Imminent danger waits for
# nobody and passes none of these guards.
OVERRIDES = frozenset(OVERRIDE_GROUNDS)


def imminent_reason(attempt: StepAttempt) -> bool:
    return not attempt.case.unexplained


def decided_to_report(attempt: StepAttempt) -> bool:
    return attempt.case.decision in (Decision.SEEK, Decision.REPORT_ONLY)


def police_matter(attempt: StepAttempt) -> bool:
    return attempt.case.spec.police >= Police.AFTER_ANOTHER or bool(attempt.why)


def police_last(attempt: StepAttempt) -> bool:
    at_once = attempt.case.spec.police is Police.AT_ONCE
    before = any(a.rung is not attempt.rung for a in attempt.case.askings)
    return at_once or before or bool(attempt.why)


def consent_wanted(case: Case) -> bool:
    """Is a named person, or staff, targeted? None is needed for children, the site or extremism."""
    adult = case.about in ADULTS_OF_THE_SCHOOL and case.spec.consent
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
            ConsentAsked(person=person)
            | ConsentGiven(person=person)
            | ConsentRefused(person=person)
            | ConsentWithdrawn(person=person)
            | SaidSafe(person=person)
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
    return not isinstance(attempt.step, ConsentOverridden) or attempt.step.ground in OVERRIDES


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
        case Targeted(person="", subjects=None) | Accused(people=(), stands=True | None):
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
    return not isinstance(attempt.step, Placed) or attempt.step.channel != attempt.case.channel


def called_fair(attempt: StepAttempt) -> bool:
    if _class(attempt) is not ContentClass.FAIR_COMMENT:
        return True
    decided = attempt.case.decision is not None and not attempt.case.delegated
    threat = attempt.case.route is Route.POLICE_NOW
    return (not decided or attempt.actor_may(Act.DECIDE)) and bool(attempt.why or not threat)


def _class(attempt: StepAttempt) -> ContentClass | None:
    match attempt.step:
        case Classified(content_class=given) | Reclassified(content_class=given):
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
    four = (said.nature, said.visible, said.spread, said.impact) if isinstance(said, Weighed) else ()
    return all(words.strip() for words in four)


def reclassify(attempt: StepAttempt) -> bool:
    return _class(attempt) in BYPASSING | {ContentClass.FAIR_COMMENT}


def another_class(attempt: StepAttempt) -> bool:
    match attempt.step:
        case (
            Reclassified(from_class=before, content_class=given)
            | Proposed(from_class=before, content_class=given)
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
    if not isinstance(attempt.step, Targeted):
        return True
    said, targets = attempt.step.subjects, (attempt.step.person, *attempt.step.beside)
    return not set(targets).intersection(attempt.case.subjects if said is None else said)


def two_let_in(attempt: StepAttempt) -> bool:
    said, (left, _) = attempt.step, still_left_out(attempt.case, attempt.step)
    named = Targeted | Accused | Conflicted
    second = said.second if isinstance(said, named) else ""
    if set(attempt.case.subjects) <= set(left) or second not in ("", attempt.event.actor):
        return True
    smeared = isinstance(said, Targeted) and not left and said.person == find_smeared(attempt.case)
    return smeared and attempt.actor_may(Act.SAY_WHO)


def find_smeared(case: Case) -> str | None:
    """Find the one (id) whom the decider alone lets in as the target of a smear: the only one whom it may
    accuse. Nobody whom a person named as accused, or of whom harm to a child is said (decision 0056)."""
    if case.lane is not None or case.restricted or len(case.subjects) != 1:
        return None
    (only,) = case.subjects
    return None if only in (*case.accused, *case.conflicted) else only


def says_who(attempt: StepAttempt) -> bool:
    return attempt.actor_may(Act.SAY_WHO)


def not_of_them(attempt: StepAttempt) -> bool:
    author = attempt.step.person if isinstance(attempt.step, StaffPost) else ""
    meant = meant_by(attempt.case, attempt.event, attempt.rules)
    return attempt.event.actor not in {author, *meant}


def protected_still(attempt: StepAttempt) -> bool:
    said = attempt.step
    more = isinstance(said, StaffPost) and said.what in _MOST_PROTECTED
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
