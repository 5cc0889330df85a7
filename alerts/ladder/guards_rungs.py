"""What each rung wants before it may be asked. A guard that does not concern the step lets it pass.

Where a guard lets a stated reason stand in for what is missing, the reason is kept with the step: the
papers allow such bypasses, and somebody answers for each.
"""

from __future__ import annotations

from datetime import datetime

from alerts.ladder.clocks import s5_applies
from alerts.ladder.rules import StepAttempt, asked, tried
from alerts.ladder.standing import rhc_from
from data.cases import Case, CaseState, Complainant, Relationship, RungAnswer
from data.content_class import ContentClass, class_spec
from data.rungs import Rung

S5 = "s5"
RHC = "rhc"
CONVERSATION = "conversation"
OWN = "own"
SITE_CONTACT = "site_contact"
"""The ways of asking that have rules of their own."""
INDIVIDUALS = frozenset((Complainant.STAFF, Complainant.PARENT))
PLAIN_SITES = frozenset(("blog", "website", "news", "google_news"))
"""Places with nobody but their operator: there is no platform to report to."""
OPERATED = PLAIN_SITES | {
    *("mumsnet", "netmums", "thestudentroom", "local_forum", "forum", "school_review_site", "manual_report"),
}
"""Places whose operator may be written to without a platform's refusal."""


def kind_fits(look: StepAttempt) -> bool:
    """The way of asking belongs to the rung."""
    return look.kind in ("", *look.rung.spec.kinds)


def class_set(look: StepAttempt) -> bool:
    """A person, not the program, said what it is; what was judged may be answered without."""
    answered = look.fact("decision") == "answer" and not look.case.unjudged
    return look.case.classified_by is not None or answered


def evidence_held(look: StepAttempt) -> bool:
    """A page was captured, or somebody's own picture of it is kept; a log-in wall proves nothing."""
    return look.case.captures > 0


def weighed(look: StepAttempt) -> bool:
    """Nature, how long visible, recirculation and impact were weighed (Basildon 10.2)."""
    unneeded = look.fact("decision") in ("answer", "stop")
    return look.case.weighed is not None or unneeded


def decided_to_seek(look: StepAttempt) -> bool:
    """A named person decided to seek removal."""
    return look.case.decision == "seek"


def decider_of_rung(look: StepAttempt) -> bool:
    """A delegate's decision is enough for a platform report alone."""
    return not look.case.delegated or look.rung.spec.delegate


def said_gone(look: StepAttempt) -> bool:
    """Nothing more is asked while it is said to be gone, but of the police."""
    return look.case.state is not CaseState.CONFIRMING or look.rung.spec.emergency


def own_account(look: StepAttempt) -> bool:
    """The school takes down itself what stands on its own page, and says why (King James's 2.6)."""
    if look.kind != OWN:
        return True
    return look.case.own_site and bool(look.why)


def already_asked(look: StepAttempt) -> bool:
    """The same is not asked twice while its answer is awaited."""
    before = asked(look.case, look.rung, look.kind)
    waiting = before is not None and before.answer is None
    if waiting and before is not None and before.due_at is not None:
        waiting = before.due_at > look.at
    return not waiting


def pupil_letters(look: StepAttempt) -> bool:
    """A pupil is never sent letters by the school's ladder (Basildon 9.2): pastoral care or the DSL."""
    return look.case.relationship is not Relationship.PUPIL


def pupil_referred(look: StepAttempt) -> bool:
    """Pastoral care or the DSL has a pupil's case before anybody else is asked."""
    pupil = look.case.relationship is Relationship.PUPIL
    return not pupil or bool({"pastoral", "dsl"} & set(look.case.referred_to))


def author_known(look: StepAttempt) -> bool:
    """Who wrote it is known to the school by ordinary means, or the site's own contact passes it on."""
    return look.kind == SITE_CONTACT or look.case.relationship is not Relationship.UNKNOWN


def site_contact(look: StepAttempt) -> bool:
    """A site's own contact may reach an author who is not known; a platform has only profiles."""
    stranger = look.case.relationship in (Relationship.UNKNOWN, Relationship.THIRD_PARTY)
    return look.kind != SITE_CONTACT or (stranger and look.case.channel in OPERATED)


def contact_safe(look: StepAttempt) -> bool:
    """Speaking to them puts nobody at risk."""
    return look.case.contact_safe


def author_class(look: StepAttempt) -> bool:
    """Threats, sexual matter and whatever has a lane are not talked over with their author."""
    return class_spec(look.case.content_class).author


def conversation_first(look: StepAttempt) -> bool:
    """A parent is spoken to, or did not come in time, before being written to (Calcot; King James's 2.9)."""
    invited = tried(look.case, Rung.AUTHOR_REQUEST, look.at, CONVERSATION)
    spoken_to = look.kind == CONVERSATION or invited
    return look.case.relationship is not Relationship.PARENT or spoken_to


def author_suitable(look: StepAttempt) -> bool:
    """Could the author be asked at all? If not, that rung is passed over."""
    case = look.case
    known = case.relationship not in (Relationship.UNKNOWN, Relationship.PUPIL)
    return known and case.contact_safe and class_spec(case.content_class).author


def author_first(look: StepAttempt) -> bool:
    """The author was asked and did not help in time; at once where it spreads, with the reason stated."""
    if look.kind == OWN or not author_suitable(look) or tried(look.case, Rung.AUTHOR_REQUEST, look.at):
        return True
    beside = asked(look.case, Rung.AUTHOR_REQUEST) is not None
    return beside and bool(look.case.copies or look.why)


def platform_there(look: StepAttempt) -> bool:
    """A website of somebody's own has no platform to report to."""
    return look.case.channel not in PLAIN_SITES or look.kind == OWN


def platform_first(look: StepAttempt) -> bool:
    """A platform refused, was unclear, or let its time go by, before its operator is given notice."""
    return look.case.channel in OPERATED or tried(look.case, Rung.PLATFORM_REPORT, look.at)


def hosting_known(look: StepAttempt) -> bool:
    """Who hosts it was looked up, or it is said how else it is known."""
    return bool(look.case.hosting or look.why)


def host_first(look: StepAttempt) -> bool:
    """The operator was asked first, or it is said why not."""
    return tried(look.case, Rung.HOST, look.at) or bool(look.why)


def s5_nation(look: StepAttempt) -> bool:
    """Section 5 of the Defamation Act 2013 is law in England and Wales alone."""
    return look.kind != S5 or s5_applies(look.rules.school.nation)


def s5_class(look: StepAttempt) -> bool:
    """A notice under section 5 is for what may be defamatory."""
    return look.kind != S5 or look.case.content_class == ContentClass.DEFAMATION


def s5_individual(look: StepAttempt) -> bool:
    """The person defamed gives notice; the school itself only on a lawyer's recorded advice."""
    if look.kind != S5:
        return True
    if look.case.complainant in INDIVIDUALS and look.case.complainant_person:
        return True
    lawyer = look.fact("advice") == "lawyer" and bool(look.why)
    return look.case.complainant is Complainant.SCHOOL and lawyer


def s5_poster(look: StepAttempt) -> bool:
    """A notice bites only where the poster cannot be identified."""
    return look.kind != S5 or look.case.relationship is Relationship.UNKNOWN


def _rhc(look: StepAttempt) -> bool:
    return look.kind == RHC


def posh_for_schools(look: StepAttempt) -> bool:
    """The Professionals Online Safety Helpline helps those who work with children, not parents or pupils."""
    return _rhc(look) or look.case.complainant in (Complainant.SCHOOL, Complainant.STAFF)


def posh_class(look: StepAttempt) -> bool:
    """It helps with what harms people online; pictures and marks are claimed by their owner."""
    return _rhc(look) or class_spec(look.case.content_class).posh


def posh_after_platform(look: StepAttempt) -> bool:
    """After the platform failed or was unclear; at once where somebody is unsure, and says so.

    Beside the platform, where the school's policy turns to it to speed a removal up (Calcot).
    """
    if _rhc(look):
        return True
    before = any(tried(look.case, rung, look.at) for rung in (Rung.PLATFORM_REPORT, Rung.HOST))
    beside = look.rules.profile.posh_at_once and asked(look.case, Rung.PLATFORM_REPORT) is not None
    return before or beside or bool(look.why)


def rhc_individual(look: StepAttempt) -> bool:
    """Report Harmful Content hears the individual, whom the school may help."""
    person = look.case.complainant is not Complainant.SCHOOL and look.case.complainant_person
    return not _rhc(look) or bool(person)


def rhc_harm(look: StepAttempt) -> bool:
    """It takes the kinds of harm that it names, and no others."""
    return not _rhc(look) or class_spec(look.case.content_class).harm


def rhc_after_refusal(look: StepAttempt) -> bool:
    """After the platform refused, or has been silent for over a week."""
    return not _rhc(look) or rhc_takes(look.case, look.at)


def rhc_takes(case: Case, at: datetime) -> bool:
    """Has a platform refused by then, or been silent for over a week since it was asked?"""
    reports = [a for a in case.askings if a.rung is Rung.PLATFORM_REPORT]
    refused = any(a.answer in (RungAnswer.REFUSED, RungAnswer.PERSON_ONLY) for a in reports)
    return refused or any(a.answer in (None, RungAnswer.NONE) and rhc_from(a.at) < at for a in reports)
