"""Kinds of letter: who each goes to, what must be known before it is complete, and which a case allows, and
why not the others: by bypass route, state, class, author, nation, rung.

The order is that of the ladder: what bypasses it gets no letter; fair comment is answered; a pupil goes to
pastoral care; a parent is invited to talk before anything is asked. The rungs and routes are those of the
schools' own policies; what a notice to a website's operator must hold is regulation 2 of SI 2013/3028
(Defamation Act 2013, section 5). What a copyright notice must hold is 17 USC 512(c)(3)(A)(i)-(vi) for a host
in the United States; for one in the United Kingdom what regulation 22 of SI 2002/2013 looks at, so that the
host has the knowledge of regulation 19 (all read on 25 November 2026).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from importlib.resources import files

from alerts.ladder.guards import (
    INDIVIDUALS,
    OWN,
    cared_for_first,
    consent_wanted,
    rhc_takes,
    section_5_applies,
)
from alerts.ladder.rules import Rules
from alerts.next_date import ico_by
from alerts.ways import PlatformRoute, WayOf, route
from data.cases import Case, CaseFile, CaseState, Consent
from data.content_class import ContentClass, Police
from data.frozen import freeze
from data.rungs import COPYRIGHT, Rung
from data.steps.codes import Complainant, Decision, Relationship, RungAnswer
from data.types import Route
from data.web.channels import Channel, PlaceKind, Reporter, channel, place_said


class LetterKind(StrEnum):
    PARENT_INVITATION = "parent_invitation"
    PARENT_REMOVAL = "parent_removal"
    COMPLAINTS_PROCEDURE = "complaints_procedure"
    AUTHOR_REMOVAL = "author_removal"
    STAFF_REMOVAL = "staff_removal"
    PLATFORM_REPORT = "platform_report"
    ACCOUNT_REPORT = "account_report"
    UNDER_AGE_REPORT = "under_age_report"
    PLATFORM_APPEAL = "platform_appeal"
    MUMSNET = "mumsnet"
    WIKIPEDIA = "wikipedia"
    ARCHIVE_REQUEST = "archive_request"
    SEARCH_RESULT = "search_result"
    S5_NOTICE = "s5_notice"
    COPYRIGHT_NOTICE = "copyright_notice"
    HOST_ABUSE = "host_abuse"
    REGISTRAR_ABUSE = "registrar_abuse"
    ISP_TERMS = "isp_terms"
    POSH = "posh"
    RHC = "rhc"
    POLICE = "police"
    THANKS = "thanks"
    REPLY = "reply"
    HOLDING_LINE = "holding_line"
    PRESS_REPLY = "press_reply"
    CONSENT_REQUEST = "consent_request"
    SUPPORT_OFFER = "support_offer"
    SOLICITOR_FACTS = "solicitor_facts"
    RECORDED_FOR_YOU = "recorded_for_you"
    BREACH_REPORT = "breach_report"


class LetterReader(StrEnum):
    """The reader of a letter, and so how it goes out; a person sends each of them."""

    AUTHOR = "author"
    STRANGER = "stranger"
    PLATFORM = "platform"
    OPERATOR = "operator"
    HOST = "host"
    HELPLINE = "helpline"
    POLICE = "police"
    PUBLIC = "public"
    PRESS = "press"
    STAFF = "staff"
    SOLICITOR = "solicitor"


@freeze
class LetterSpec:
    """One kind of letter: `wants` must be known, `may` can also be given. `own_name` letters are the
    individual's: only that person signs them. Those that `answers` says ask for nothing to go, and are all
    that fair comment gets."""

    reader: LetterReader
    wants: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    own_name: bool = False
    answers: bool = False


_ROWS = tomllib.loads((files("alerts.letters") / "letters.toml").read_text(encoding="utf-8"))


def _spec(name: str) -> LetterSpec:
    row = {"wants": "", "may": ""} | _ROWS[name]
    facts = {which: tuple(row[which].split()) for which in ("wants", "may")}
    return LetterSpec(**(row | facts | {"reader": LetterReader(row["reader"])}))


SPECS: Mapping[LetterKind, LetterSpec] = {kind: _spec(kind.value) for kind in LetterKind}
FORMAL = _spec("formal")
PARENTS = _spec("parents")
"""A copyright notice of a parent's own pictures."""

LONG_FACTS = frozenset(("what", "why", "answer", "answer_given", "wrong", "defames", "meaning", "support"))
LONG_FACTS |= {
    "danger",
    "seen",
    "works",
    "material",
    "items",
    "concerned",
    "records",
    "effects",
    "measures",
    "late",
}
"""What somebody says in sentences of their own; all others are names, days, addresses and the like."""
QUOTED_FACTS = frozenset(("words", "statement"))
"""What was posted, word for word: never shortened, joined to one line or otherwise changed."""


class Quoted(str):
    """A paragraph that holds what somebody else wrote, word for word: its lines and blanks are theirs."""

    __slots__ = ()


@freeze
class LetterFacts:
    """The facts that a draft is made with: `facts` as somebody gave them, the moment (UTC), the letter's
    language. `manifests` are those of the evidence, as bytes by their SHA-256: they say who saw what was
    handed in. `meant` is the part of the post that weighed most when it was judged. `holds` is False where
    what is held of the case is not what was sealed."""

    now: datetime
    language: str
    facts: Mapping[str, str] = field(default_factory=dict)
    manifests: Mapping[str, bytes] = field(default_factory=dict)
    meant: str = ""
    holds: bool = True


@freeze
class LetterCheck:
    kind: LetterKind
    spec: LetterSpec
    file: CaseFile
    given: LetterFacts
    rules: Rules

    @property
    def case(self) -> Case:
        return self.file.case

    @property
    def bare(self) -> bool:
        """Do dates and names stay out of it, as section 141F may protect a teacher? Not from the police."""
        return self.case.locked and self.kind is not LetterKind.POLICE


@freeze
class WantedFact:
    """One thing that is missing or has to be changed: the fact's name, and a question for a person."""

    fact: str
    question: str


@freeze
class NoDraft:
    """Why there is no draft: what is missing, or (`why_not`) why this case does not allow this letter."""

    wanted: tuple[WantedFact, ...] = ()
    why_not: str = ""


@freeze
class Offer:
    """May this letter be drafted for this case? `why_not` is a sentence, empty if it may."""

    kind: LetterKind
    possible: bool
    why_not: str = ""


@freeze
class LetterDraft:
    """A letter for a person to read, edit and send. All words are in `language`.

    `head` is the school and where it is; `to` the reader's lines, "" none; `body` paragraphs, one of which
    may be a list (its lines begin with “- ”). `mark` and `notice` say that it is a draft and how it goes out.
    A `public` one is posted without its head and signature, which are for the file. `mail_to` is an abuse
    desk's address, if the case's hosting facts give one. `warnings` are for whoever drafts it: what it holds
    that may be unwise. `by` is until when it leaves its author time. `verbatim` is what it quotes, by the
    fact's name."""

    kind: LetterKind
    language: str
    day: date
    title: str
    mark: str
    notice: str
    head: tuple[str, ...]
    dated: str
    reference: str
    to: tuple[str, ...]
    subject: str
    body: tuple[str, ...]
    signed: tuple[str, ...]
    public: bool = False
    mail_to: str | None = None
    warnings: tuple[str, ...] = ()
    by: datetime | None = None
    verbatim: Mapping[str, str] = field(default_factory=dict)


# Which letters the place of a post allows, and why not the others: who could be asked there, by what way, and
# by whom. Each function gives the code of the reason, None where the letter may be written.
_OWN_WAYS = ("mumsnet", "wikipedia")
_A_SEARCH = re.compile(
    r"https?://(?:www\.)?(?:google|bing|duckduckgo|search\.yahoo)\.[a-z.]+/(?:search\b|\?|$)", re.I
)


@freeze
class Situation:
    """A case, its platform, and whether its address is a search's (`searched`) or an `account`'s."""

    case: Case
    rules: Rules
    now: datetime
    route: PlatformRoute
    searched: bool
    place: Channel
    account: bool = False


def platform_refusal(at: Situation) -> str | None:
    """A report of one post, where there is a platform that takes it from anybody."""
    if at.place.place is PlaceKind.SEARCH and at.case.complainant not in INDIVIDUALS:
        return "search_person"
    if at.route.key in _OWN_WAYS or at.place.place in (PlaceKind.ARCHIVE, PlaceKind.SEARCH):
        return "its_own_way"
    if at.place.reporter is Reporter.MEMBER:
        return "member_only"
    if at.place.reports:
        return None
    return "place_unknown" if at.place.place is PlaceKind.UNKNOWN else "no_platform"


def account_refusal(at: Situation) -> str | None:
    """A whole account, by the platform's way for one, or for false ones; beside a post where it has one."""
    if at.account or at.route.way(*account_ways(at.case)) is None:
        return platform_refusal(at) or (None if at.account else "no_account_way")
    return None


def under_age_refusal(at: Situation) -> str | None:
    """An account of a child who is too young for the platform (Calcot; Monkhouse), by its way for that."""
    if at.case.relationship is not Relationship.PUPIL:
        return "not_a_pupil"
    return platform_refusal(at) or (None if at.route.way(WayOf.UNDER_AGE) else "no_under_age_way")


def account_ways(case: Case) -> tuple[WayOf, ...]:
    """By which of a platform's ways an account is reported, the best first."""
    posing = case.content_class == ContentClass.IMPERSONATION
    return (WayOf.POSING, WayOf.ACCOUNT) if posing else (WayOf.ACCOUNT,)


def copyright_refusal(at: Situation) -> str | None:
    """By its owner, to whoever runs or hosts a site, or to a platform that has a way for it."""
    if at.case.content_class != ContentClass.COPYRIGHT:
        return "copyright_class"
    if at.case.complainant not in (Complainant.SCHOOL, Complainant.PARENT):
        return "copyright_owner"
    return None if at.place.has_operator or COPYRIGHT in at.route.grounds else "no_copyright_way"


def appeal_refusal(at: Situation) -> str | None:
    """One request to look again, after a refusal of the platform's own."""
    asked = [a for a in at.case.reports if a.kind != OWN]
    refused = any(a.answer in (RungAnswer.REFUSED, RungAnswer.PERSON_ONLY) for a in asked)
    once = any(a.kind == "appeal" for a in at.case.reports)
    return platform_refusal(at) or ("appealed" if once else None if refused else "not_refused")


def takes_the_formal_way(case: Case, rules: Rules) -> bool:
    """For defamation, after a report, Mumsnet wants a formal complaint from the person defamed."""
    return _s5_holds(case, rules) is None and bool(case.reports)


def s5_refusal(at: Situation) -> str | None:
    """A notice under section 5, to the operator of a website alone."""
    if at.searched or at.place.place is PlaceKind.SEARCH:
        return "s5_search"
    return _s5_holds(at.case, at.rules) or ("its_own_way" if at.route.key == "mumsnet" else None)


def _s5_holds(case: Case, rules: Rules) -> str | None:
    """Only the person defamed, about a poster whom they cannot identify, so whom they know too little of to
    bring proceedings (Defamation Act 2013, section 5(3)(a) and (4)); where section 5 applies."""
    if not section_5_applies(rules.school.nation):
        return "s5_nation"
    if case.content_class != ContentClass.DEFAMATION:
        return "s5_class"
    if case.complainant not in (Complainant.STAFF, Complainant.PARENT):
        return "s5_person"
    if case.relationship is not Relationship.UNKNOWN:
        return "s5_known"
    return None


def host_refusal(at: Situation) -> str | None:
    """Refuse a letter to a platform's host, or where one went; a site's host may be unknown."""
    return None if at.route.is_site or _asked_host(at.case) else "a_platform"


def registrar_refusal(at: Situation) -> str | None:
    """A registrar acts on crime, and is asked after whoever runs or hosts the site."""
    return _refusal_past_host(at) if at.case.spec.crime else "crime_only"


def isp_refusal(at: Situation) -> str | None:
    """Beside crime: network and registrar are asked by their own terms, after whoever runs the site."""
    return "crime_desks" if at.case.spec.crime else _refusal_past_host(at)


def _refusal_past_host(at: Situation) -> str | None:
    if not at.case.hosting:
        return "not_hosted"
    return host_refusal(at) or (None if _asked_host(at.case) else "host_first")


def _asked_host(case: Case) -> bool:
    return any(a.rung is Rung.HOST for a in case.askings)


ANSWERS = frozenset(kind for kind, spec in SPECS.items() if spec.answers)
"""The only letters for fair comment."""
FOR_STAFF = frozenset(kind for kind, spec in SPECS.items() if spec.reader is LetterReader.STAFF)
NOT_OF_A_PUPIL = frozenset(LetterKind) - FOR_STAFF - {LetterKind.PLATFORM_REPORT, LetterKind.ACCOUNT_REPORT}
NOT_OF_A_PUPIL -= {LetterKind.UNDER_AGE_REPORT, LetterKind.PLATFORM_APPEAL, LetterKind.WIKIPEDIA}
NOT_OF_A_PUPIL -= {LetterKind.POSH, LetterKind.HOLDING_LINE}
"""Policies send what pupils write to pastoral care or the safeguarding lead, never to legal letters."""
TO_REMOVE = frozenset(kind for rung in Rung for kind in rung.spec.letters)
TO_REMOVE -= {LetterKind.PARENT_INVITATION, LetterKind.POLICE}
"""Letters that ask for something to be taken down, or for help with that."""
UNDER_THE_LOCK = frozenset(
    (LetterKind.PLATFORM_REPORT, LetterKind.POLICE, LetterKind.HOLDING_LINE, *FOR_STAFF)
)
"""While section 141F of the Education Act 2002 may protect a teacher's name."""
_ASKS_NOTHING = {*FOR_STAFF, LetterKind.HOLDING_LINE, LetterKind.SOLICITOR_FACTS}


def list_offers(
    case: Case, rules: Rules, now: datetime, url: str = "", *, account: bool = False
) -> tuple[Offer, ...]:
    """List each kind, possible or why not; `url` is the post's, or where `account` its account's."""
    found = ((kind, letter_refusal(kind, case, rules, now, url, account=account)) for kind in LetterKind)
    return tuple(
        Offer(kind, code is None, rules.w(f"letter.why_not.{code}", number=case.id) if code else "")
        for kind, code in found
    )


def letter_refusal(
    kind: LetterKind, case: Case, rules: Rules, now: datetime, url: str = "", *, account: bool = False
) -> str | None:
    """Return the code of why this case does not allow this letter, None if it does."""
    row, searched = channel(place_said(case.channel, url)), bool(_A_SEARCH.match(url))
    at = Situation(case, rules, now, route(case.channel, url), searched, row, account)
    # what was only said to somebody is nowhere to be removed
    nowhere = at.place.place is PlaceKind.NOTHING and kind in TO_REMOVE
    early = _lasting_refusal(kind, case) or ("nowhere" if nowhere else None) or _refuse_by_state(kind, case)
    if early is None and kind in TO_REMOVE and not cared_for_first(case):
        return "pupil_first"  # pastoral care or the DSL has it before anybody is asked
    if early is None and kind in TO_REMOVE and (case.wants_staff_matter or case.stays_up):
        return "staff_first" if case.wants_staff_matter else "stays_up"
    own = _OF_ITS_OWN.get(kind) or _OF_ITS_READER.get(SPECS[kind].reader)
    return early or (own(at) if own else None)


def _lasting_refusal(kind: LetterKind, case: Case) -> str | None:
    """Return the code of what no decision can change."""
    if case.lane is not None or case.state is CaseState.BYPASSED or case.spec.bypasses:
        return "lane"
    if case.state is CaseState.CLOSED:
        return "closed"
    if case.restricted and kind not in (LetterKind.POLICE, *FOR_STAFF):
        return "restricted"
    if case.locked and kind not in UNDER_THE_LOCK:
        return "locked"
    if case.relationship is Relationship.PUPIL and kind in NOT_OF_A_PUPIL:
        return "pupil"
    return None


_NOT_SOUGHT: Mapping[str | None, str] = {Decision.STOP: "stopped", Decision.REPORT_ONLY: "only_reported"}
_STILL = ((Decision.REPORT_ONLY, LetterKind.POLICE), (Decision.STOP, LetterKind.SEARCH_RESULT))
"""Letters that are written all the same: where the page stays, the person may ask not to be found by it."""


def _refuse_by_state(kind: LetterKind, case: Case) -> str | None:
    if fair_comment(case):
        return None if kind in {*ANSWERS, LetterKind.HOLDING_LINE} else "fair"
    if kind in _ASKS_NOTHING:
        return None
    if case.is_unjudged:
        return "unjudged"
    if case.decision in _NOT_SOUGHT:
        still = kind in ANSWERS or (case.decision, kind) in _STILL
        return None if still else _NOT_SOUGHT[case.decision]
    if kind is LetterKind.THANKS:
        return "not_praise"
    if case.decision != "seek" and not (kind is LetterKind.POLICE and case.route is Route.POLICE_NOW):
        return "undecided"
    after = (LetterKind.POLICE, LetterKind.COMPLAINTS_PROCEDURE)
    if case.state is CaseState.CONFIRMING and kind not in after:
        return "said_gone"
    return "being_removed" if kind is LetterKind.REPLY else None


def fair_comment(case: Case) -> bool:
    """Is it answered, not removed?"""
    answered = case.state is CaseState.FAIR_COMMENT or case.decision == "answer"
    return case.fair or answered or case.content_class == ContentClass.FAIR_COMMENT


def _contact(case: Case) -> str | None:
    own = case.content_class == ContentClass.OWN_ACCOUNT  # not its author's to take down
    if own or not case.spec.author:
        return "never_to_the_author"
    return None if case.contact_safe else "not_safe"


def _invitation(at: Situation) -> str | None:
    parent = at.case.relationship is Relationship.PARENT
    return _contact(at.case) if parent else "not_a_parent"


def _parent_removal(at: Situation) -> str | None:
    talked = any(a.kind == "conversation" for a in at.case.askings)
    return _invitation(at) or (None if talked else "talk_first")


def _author(at: Situation) -> str | None:
    if at.case.relationship is Relationship.PARENT:
        return "a_parent"
    if at.case.relationship.works_here:
        return "our_own"
    return _contact(at.case) or (None if at.route.is_site else "no_contact")


def _staff_refusal(at: Situation) -> str | None:
    """Return the code of what is still required to write to staff, by what binds them, once kept."""
    if not at.case.relationship.works_here:
        return "not_our_own"
    return _contact(at.case) or (None if at.case.captures else "no_evidence")


def _posh(at: Situation) -> str | None:
    if at.case.complainant not in (Complainant.SCHOOL, Complainant.STAFF):
        return "posh_schools"
    return None if at.case.spec.posh else "posh_class"


def _rhc(at: Situation) -> str | None:
    """Refuse by the form's own page: an individual, after a refusal or over a week's silence."""
    if at.case.complainant is Complainant.SCHOOL:
        return "rhc_person"
    if not at.case.spec.harm:
        return "rhc_harm"
    return None if rhc_takes(at.case, at.now) else "rhc_early"


def _police(at: Situation) -> str | None:
    case = at.case
    if not case.to_police and not _for_the_police(case):
        return "police_class"
    if case.consent is Consent.GIVEN and case.consent_told and not case.consent_told.has_reached:
        return "consent_told"
    if not consent_wanted(case) or case.consent in (Consent.GIVEN, Consent.OVERRIDDEN):
        return None
    if case.to_police and case.consent in (Consent.NOT_ASKED, Consent.ASKED):
        return None
    return "consent" if case.target else "no_target"


def _for_the_police(case: Case) -> bool:
    return case.spec.police is not Police.NO


def _target(at: Situation) -> str | None:
    return None if at.case.target else "no_target"


def _solicitor(at: Situation) -> str | None:
    if at.case.is_unjudged:
        return "unjudged"
    person = at.case.target or at.case.complainant_person
    return None if person and person not in at.case.subjects else "solicitor_person"


def _refuse_unrecorded(at: Situation) -> str | None:
    by_others = at.case.consent_told or at.case.support_told
    return _target(at) or (None if by_others else "nothing_recorded")


def _consent(at: Situation) -> str | None:
    case = at.case
    if case.consent not in (Consent.NOT_ASKED, Consent.ASKED):
        return "consent_answered"
    wanted = _for_the_police(case) and consent_wanted(case)
    return _target(at) or (None if wanted else "police_class")


_OF_ITS_OWN: Mapping[LetterKind, Callable[[Situation], str | None]] = {
    LetterKind.PARENT_REMOVAL: _parent_removal,
    LetterKind.STAFF_REMOVAL: _staff_refusal,
    LetterKind.COMPLAINTS_PROCEDURE: lambda at: "our_own" if at.case.relationship.works_here else None,
    LetterKind.PLATFORM_REPORT: lambda at: platform_refusal(at) or ("whole_account" if at.account else None),
    LetterKind.ACCOUNT_REPORT: account_refusal,
    LetterKind.UNDER_AGE_REPORT: under_age_refusal,
    LetterKind.PLATFORM_APPEAL: appeal_refusal,
    LetterKind.MUMSNET: lambda at: None if at.route.key == "mumsnet" else "other_place",
    LetterKind.WIKIPEDIA: lambda at: None if at.route.key == "wikipedia" else "other_place",
    LetterKind.ARCHIVE_REQUEST: lambda at: None if at.place.place is PlaceKind.ARCHIVE else "other_place",
    # the right to erasure is the person's (UK GDPR, Article 17): nobody else asks by it
    LetterKind.SEARCH_RESULT: lambda at: None if at.case.complainant in INDIVIDUALS else "search_person",
    LetterKind.S5_NOTICE: s5_refusal,
    LetterKind.COPYRIGHT_NOTICE: copyright_refusal,
    LetterKind.HOST_ABUSE: host_refusal,
    LetterKind.REGISTRAR_ABUSE: registrar_refusal,
    LetterKind.ISP_TERMS: isp_refusal,
    LetterKind.POSH: _posh,
    LetterKind.RHC: _rhc,
    LetterKind.POLICE: _police,
    LetterKind.PRESS_REPLY: lambda at: None if at.case.enquiry else "no_enquiry",
    LetterKind.CONSENT_REQUEST: _consent,
    LetterKind.SUPPORT_OFFER: _target,
    LetterKind.SOLICITOR_FACTS: _solicitor,
    LetterKind.RECORDED_FOR_YOU: _refuse_unrecorded,
    LetterKind.BREACH_REPORT: lambda at: None if ico_by(None, [at.case], anyway=True) else "no_data_out",
}
_OF_ITS_READER = {LetterReader.AUTHOR: _invitation, LetterReader.STRANGER: _author}
"""What a letter to the author of a post wants, where its kind has no condition of its own."""
