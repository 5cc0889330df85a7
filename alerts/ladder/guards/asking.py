"""Guards of each rung, before it may be asked. A guard that does not concern the step lets it pass. What each
asks for is said in data/words/en/refusal.toml, under its name; here stand the sources of those that have one.

If a guard accepts a reason in place of what is missing, the reason is kept with the step: the schools'
policies allow this, and whoever gave the reason answers for it.
"""

from __future__ import annotations

import re
from datetime import datetime

from alerts.ladder.replay import RHC, rhc_from
from alerts.ladder.rules import StepAttempt, has_been_tried, newest_asking
from alerts.ways import route
from data.cases import Asking, Case, CaseState
from data.content_class import ContentClass, class_spec
from data.rungs import COPYRIGHT, UNDER_AGE, Rung
from data.steps.classes import Asked, Responded
from data.steps.codes import Complainant, Decision, PlaceRole, Relationship, RungAnswer
from data.types import About
from data.web.channels import Keeping, PlaceKind, Reporter, channel

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
    spoken = channel(attempt.case.channel).keeping is Keeping.WORDS
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
    return attempt.way != SITE_CONTACT or (stranger and channel(attempt.case.channel).has_operator)


def contact_safe(attempt: StepAttempt) -> bool:
    return attempt.case.contact_safe


def author_class(attempt: StepAttempt) -> bool:
    return class_spec(attempt.case.content_class).author


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
    return by is not None and (bool(attempt.why) or _ends_too_late(by, case))


def _author_suitable(case: Case) -> bool:
    """Could the author be asked at all? If not, that rung is skipped."""
    known = case.relationship not in (Relationship.UNKNOWN, Relationship.PUPIL)
    return known and case.contact_safe and class_spec(case.content_class).author


def _ends_too_late(by: Asking, case: Case) -> bool:
    """Would it be waited for an author until a site can no longer be asked in the school's own time?"""
    return case.sought is not None and (by.due_at is None or by.due_at > case.sought.due_at)


def urgent(case: Case) -> bool:
    """May it be unlawful, threaten, spread or name a child: “a matter of urgency” (Basildon 9.3)?"""
    child = case.about is About.PUPIL or case.complainant is Complainant.PUPIL
    copied = any(here.role in (PlaceRole.COPY, PlaceRole.MIRROR) for here in case.places)
    spreads = copied or bool(case.copies) or (case.weighed is not None and passed_on(case.weighed.spread))
    return case.threatens or class_spec(case.content_class).crime or child or spreads


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
    return channel(attempt.case.channel).place is not PlaceKind.NOTHING or asked_in_person


def place_known(attempt: StepAttempt) -> bool:
    return channel(attempt.case.channel).place is not PlaceKind.UNKNOWN or attempt.way == OWN


def platform_there(attempt: StepAttempt) -> bool:
    return channel(attempt.case.channel).reports or attempt.way == OWN


def member_reports(attempt: StepAttempt) -> bool:
    private = channel(attempt.case.channel).reporter is Reporter.MEMBER
    return attempt.way == OWN or private is (attempt.way == MEMBER)


def delisting_person(attempt: StepAttempt) -> bool:
    searched = channel(attempt.case.channel).place is PlaceKind.SEARCH
    return not searched or attempt.case.complainant in INDIVIDUALS


def copyright_class(attempt: StepAttempt) -> bool:
    return attempt.way != COPYRIGHT or attempt.case.content_class == ContentClass.COPYRIGHT


def copyright_place(attempt: StepAttempt) -> bool:
    if attempt.way != COPYRIGHT or attempt.rung is HOST:
        return attempt.way != COPYRIGHT or channel(attempt.case.channel).has_operator
    return COPYRIGHT in route(attempt.case.channel).grounds


def copyright_owner(attempt: StepAttempt) -> bool:
    owners = (Complainant.SCHOOL, Complainant.PARENT)
    return attempt.way != COPYRIGHT or attempt.case.complainant in owners


def platform_first(attempt: StepAttempt) -> bool:
    return channel(attempt.case.channel).has_operator or has_been_tried(attempt.case, PLATFORM, attempt.at)


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
    return _rhc(attempt) or class_spec(attempt.case.content_class).posh


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
    return not _rhc(attempt) or class_spec(attempt.case.content_class).harm


def rhc_after_refusal(attempt: StepAttempt) -> bool:
    return not _rhc(attempt) or rhc_takes(attempt.case, attempt.at)


def rhc_takes(case: Case, at: datetime) -> bool:
    """Has a platform refused by then, or been silent for over a week since it was asked?"""
    refused = any(a.answer in (RungAnswer.REFUSED, RungAnswer.PERSON_ONLY) for a in case.reports)
    return refused or any(a.answer in (None, RungAnswer.NONE) and rhc_from(a.at) < at for a in case.reports)
