"""Which letters the place of a post allows, and why not the others: who could be asked there, by what way,
and by whom. Each function gives the code of the reason, None where the letter may be written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from alerts.ladder.guards.asking import INDIVIDUALS, OWN, section_5_applies
from alerts.ladder.rules import Rules
from alerts.routes.ways import PlatformRoute, WayOf, route
from data.cases import Case
from data.content_class import ContentClass, class_spec
from data.rungs import COPYRIGHT, Rung
from data.steps.codes import Complainant, Relationship, RungAnswer
from data.web.channels import Channel, PlaceKind, Reporter, channel, place_said

_OWN_WAYS = ("mumsnet", "wikipedia")
_A_SEARCH = re.compile(
    r"https?://(?:www\.)?(?:google|bing|duckduckgo|search\.yahoo)\.[a-z.]+/(?:search\b|\?|$)", re.I
)


@dataclass(frozen=True, slots=True)
class Situation:
    """A case, its platform, and whether its address is a search's (`searched`) or an `account`'s."""

    case: Case
    rules: Rules
    now: datetime
    route: PlatformRoute
    searched: bool
    place: Channel
    account: bool = False


def situation(case: Case, rules: Rules, now: datetime, url: str, *, account: bool = False) -> Situation:
    """The case as it stands at its post's address, or at an account's."""
    row = channel(place_said(case.channel, url))
    return Situation(case, rules, now, route(case.channel, url), bool(_A_SEARCH.match(url)), row, account)


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


def report_refusal(at: Situation) -> str | None:
    """A report of one post, never of an account."""
    return platform_refusal(at) or ("whole_account" if at.account else None)


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


def archive_refusal(at: Situation) -> str | None:
    """A request to an archive, about what it keeps."""
    return None if at.place.place is PlaceKind.ARCHIVE else "other_place"


def search_result_refusal(at: Situation) -> str | None:
    """The right to erasure is the person's (UK GDPR, Article 17): nobody else asks by it."""
    return None if at.case.complainant in INDIVIDUALS else "search_person"


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
    return _refusal_past_host(at) if class_spec(at.case.content_class).crime else "crime_only"


def isp_refusal(at: Situation) -> str | None:
    """Beside crime: network and registrar are asked by their own terms, after whoever runs the site."""
    return "crime_desks" if class_spec(at.case.content_class).crime else _refusal_past_host(at)


def _refusal_past_host(at: Situation) -> str | None:
    if not at.case.hosting:
        return "not_hosted"
    return host_refusal(at) or (None if _asked_host(at.case) else "host_first")


def _asked_host(case: Case) -> bool:
    return any(a.rung is Rung.HOST for a in case.askings)
