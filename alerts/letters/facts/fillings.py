"""What a letter may hold: what the case and the school know, and what somebody gave.

docs/letters.md lists every name; whatever is not known is empty. While section 141F of the Education Act
2002 may protect a teacher, neither dates nor a complainant's name stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address

from alerts.access.knowing import spokesperson
from alerts.ladder.guards.asking import section_5_applies
from alerts.ladder.rules import Rules
from alerts.letters import forbidden_words
from alerts.letters.allowed import fair_comment
from alerts.letters.facts.for_a_solicitor import for_a_solicitor
from alerts.letters.facts.for_the_police import for_the_police
from alerts.letters.facts.of_the_past import TO_THE_HOST, of_the_past
from alerts.letters.facts.of_the_post import named, of_the_post, posted_words, withheld
from alerts.letters.facts.of_works import of_works
from alerts.letters.kinds import (
    FORMAL,
    LONG_FACTS,
    LetterCheck,
    LetterFacts,
    LetterKind,
    LetterReader,
    LetterSpec,
)
from alerts.letters.signing import complainant, office, salutation
from alerts.routes.ways import PlatformRoute, ground_words, route
from data.cases import Case, CaseFile
from data.content_class import ContentClass, class_spec
from data.steps.codes import Complainant
from data.types import ADULTS_OF_THE_SCHOOL, THEMES, About, Person
from data.web.channels import host_of
from data.words.say import Words, words

GIVEN = (
    "to", "meeting", "by", "address", "what", "place", "complaints_url", "contact", "url", "ground",
    "why", "words", "answer", "platform_reference", "name", "email", "operator", "statement", "defames",
    "meaning", "wrong", "no_details", "share_name", "share_email", "host", "domain", "registrar", "provider",
    "crime_reference", "age_13", "harm", "force", "danger", "seen", "source", "theme", "answer_given",
    "support", "profile", "posed_as", "items", "original", "searched", "owner", "works", "material", "law",
    "telephone", "good_faith", "authority",
)  # fmt: skip
"""Every fact that somebody may give; a letter takes those of its `LetterSpec`."""
HARMS = ("abuse", "bullying", "threats", "impersonation", "advances", "violent", "self_harm", "pornographic")
"""The eight harms of the form of Report Harmful Content."""
_YES = ("yes", "ie")
_NO = ("no", "na")
SWITCHES = ("share_name", "share_email")
"""Regulation 2(e) asks for the name and for the address, each by itself."""
_WHOLE_POST = {
    **dict.fromkeys((LetterKind.S5_NOTICE, LetterKind.MUMSNET), "statement"),
    **dict.fromkeys((LetterKind.POLICE, LetterKind.SOLICITOR_FACTS), "words"),
}
_TO_STAFF = (LetterReader.STAFF, LetterReader.SOLICITOR)
_ENDS = (".", "!", "?", "”", ":", "…")


def yes(said: object) -> bool:
    """Is it a yes?"""
    return str(said).strip().casefold() in _YES


def yes_or_no(said: object) -> bool:
    """Is it a yes or a no?"""
    return str(said).strip().casefold() in (*_YES, *_NO)


def values(check: LetterCheck) -> dict[str, object]:
    """All names that a letter's file may use."""
    kind, spec, file, given, rules = check.kind, check.spec, check.file, check.given, check.rules
    w, case, row = words(given.language), file.case, platform(file)
    known: dict[str, object] = dict.fromkeys(GIVEN, "")
    known |= _of_school(case, given, rules, w)
    known |= of_the_post(check, w)
    known |= of_the_past(check, w) | _of_hosting(case, w)
    known |= _of_person(spec, case, rules)
    known |= for_the_police(file, rules, w, given.manifests)
    known |= for_a_solicitor(file, rules, w)
    known |= {
        "formal": spec is FORMAL,
        "private": private_on_wikipedia(case),
        "site": row.is_site,
        "platform": w("letter.platform_other") if row.is_site else row.name,
        "ground": next(iter(grounds(file, w)), "") if row.fitting(case.content_class) else "",
    }
    if spec.reader is LetterReader.STAFF:  # the author's days are not theirs: they are asked the same day
        known["by"] = ""
    known |= {name: _ended(name, said) for name, said in given.facts.items() if said}
    known |= of_works(check, known, row)
    if kind is LetterKind.MUMSNET:
        known["operator"] = row.name
    known["operator"] = known["operator"] or _operator(str(known["domain"]), str(known["url"]), w)
    known |= {"the_post": named(known, w), "provides": _provides(known, w)}
    known["for_child"] = case.complainant is Complainant.PARENT and known["searched"] not in (
        "",
        known["name"],
    )
    known["dear"] = salutation(str(known["to"]))
    if fact := whole_post(check):
        known[fact] = posted_words(file)
    known["harm"] = harms(w).get(str(known["harm"]).casefold(), "")
    theme = str(known["theme"])
    known["theme"] = w(f"theme.{theme}") if theme in THEMES else ""
    known |= {name: yes(known[name]) for name in SWITCHES}
    known["share_details"] = all(known[name] for name in SWITCHES)
    return known


def whole_post(check: LetterCheck) -> str:
    """The fact for which the whole post is quoted, as it is held, because nobody gave it; "" for none."""
    fact = _WHOLE_POST.get(check.kind, "")
    takes = fact in (*check.spec.wants, *check.spec.may)
    if not takes or check.given.facts.get(fact) or not posted_words(check.file):
        return ""
    return "" if fact == "words" and withheld(check.case) else fact


def private_on_wikipedia(case: Case) -> bool:
    """Is it for Wikipedia's oversight: private, about a child, or possibly libelling or harming somebody?"""
    person = case.target is not None or case.about in ADULTS_OF_THE_SCHOOL
    spec = class_spec(case.content_class)
    return (person and spec.personal) or case.about is About.PUPIL or spec.private


def platform(file: CaseFile) -> PlatformRoute:
    """How to report to the platform that the post is on."""
    return route(file.case.channel, (file.post.url or "") if file.post else "")


def grounds(file: CaseFile, w: Words) -> tuple[str, ...]:
    """The platform's own grounds, in words: those that fit the class first."""
    row = platform(file)
    codes = dict.fromkeys((*row.fitting(file.case.content_class), *row.grounds))
    return tuple(ground_words(code, w) for code in codes)


def harms(w: Words) -> dict[str, str]:
    """What Report Harmful Content takes, by code and by its word."""
    by_code = {code: w(f"letter.harm.{code}") for code in HARMS}
    return by_code | {said.casefold(): said for said in by_code.values()}


def _operator(domain: str, url: str, w: Words) -> str:
    """The website by its domain, or by the host of the post's address; "" where that is only a number."""
    site = next((name for name in (domain, host_of(url)) if _is_a_name(name)), "")
    return w("letter.s5_operator", domain=site) if site else ""


def _is_a_name(host: str) -> bool:
    """Is it a domain, and no network address or name of this machine alone?"""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return "." in host
    return False


def _of_school(case: Case, given: LetterFacts, rules: Rules, w: Words) -> dict[str, object]:
    nation = rules.school.nation
    press = spokesperson(rules.matter(case), rules.people)
    force = f"letter.force.{nation}"
    said = office(press[1] if press else rules.profile.press, rules.school.nation, w)
    return {
        "school": rules.school.name,
        "nation": nation,
        "force": w(force) if w.has(force) else "",
        "today": w.full_day(given.now, rules.means.zone),
        "case": case.id,
        "fair": fair_comment(case),
        "asks": case.decision == "seek" and not fair_comment(case),
        "locked": case.locked,
        "child": case.about is About.PUPIL,
        "account": class_spec(case.content_class).account,
        "police_told": bool(case.to_police),
        "s5_law": section_5_applies(nation) and case.content_class == ContentClass.DEFAMATION,
        "complaints_url": rules.profile.complaints_url,
        "support": rules.profile.support,
        "press": f"{press[0].name} ({said})" if press else said,
    }


def _of_hosting(case: Case, w: Words) -> dict[str, object]:
    hosting = {name: forbidden_words.plain(said) for name, said in case.hosting.items()}
    network = hosting.get("network") or hosting.get("host", "")
    registrar = hosting.get("registrar", "")
    asked = any(a.kind in TO_THE_HOST for a in case.askings)
    return {
        "host": network,
        "domain": hosting.get("domain", ""),
        "registrar": registrar,
        "provider": registrar if asked and registrar else network,
        "addresses": hosting.get("addresses", ""),
        "nominet": yes(hosting.get("nominet", "")),
    }


def _provides(known: Mapping[str, object], w: Words) -> str:
    """What the provider is to the website, as far as the registers say."""
    own = next((name for name in ("host", "registrar") if known[name] == known["provider"]), "other")
    return w(f"letter.provides.{own}", domain=known["domain"])


def _of_person(spec: LetterSpec, case: Case, rules: Rules) -> dict[str, object]:
    """Whose name it goes out in, and who a letter to staff is for."""
    person = None if case.locked else complainant(case, rules)
    own: Person | None = person if spec.own_name or spec.reader is LetterReader.PLATFORM else None
    named = case.target or (case.complainant_person if spec.reader is LetterReader.SOLICITOR else None)
    target = rules.person(named) if spec.reader in _TO_STAFF else None
    return {
        "name": own.name if own else "",
        "email": (own.email or "") if own else "",
        "to": target.name if target else "",
    }


def _ended(name: str, said: str) -> str:
    """Text that somebody wrote in sentences ends with a full stop."""
    return said if name not in LONG_FACTS or said.endswith(_ENDS) else f"{said}."
