"""What a letter may hold: what the case and the school know, and what somebody gave.

docs/letters.md lists every name; whatever is not known is empty. While section 141F of the Education Act
2002 may protect a teacher, neither dates nor a complainant's name stand in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.access.offices import ADULTS_OF_THE_SCHOOL
from alerts.ladder.clocks import due
from alerts.ladder.guards.asking import CONVERSATION
from alerts.ladder.guards.police import consent_wanted
from alerts.ladder.recorded_on_behalf import CONSENT, SUPPORT, said
from alerts.letters import forbidden_words
from alerts.letters.allowed import fair_comment
from alerts.letters.kinds import LONG_FACTS, LetterFacts, LetterKind, LetterReader, LetterSpec
from alerts.letters.signing import complainant, office, spokesperson
from alerts.routes.ways import PlatformRoute, ground_words, host_of, route
from data.cases import Asking, Case, CaseFile, CaseStep, Consent, Post, Relationship, RungAnswer, StepKind
from data.content_class import ContentClass, class_spec
from data.rungs import EMERGENCY, CaseClock, Rung
from data.types import THEMES, About, Person
from data.words.asking import asked_in
from data.words.say import LANGUAGES, Words, words

if TYPE_CHECKING:
    from alerts.ladder.rules import Rules

GIVEN = (
    "to", "meeting", "talked", "by", "address", "what", "place", "complaints_url", "contact", "url", "ground",
    "why", "words", "answer", "platform_reference", "name", "email", "operator", "statement", "defames",
    "meaning", "wrong", "no_details", "share_details", "host", "domain", "registrar", "crime_reference",
    "age_13", "harm", "force", "source", "theme", "answer_given", "support",
)  # fmt: skip
"""Every fact that somebody may give; a letter takes those of its `LetterSpec`."""
HARMS = ("abuse", "bullying", "threats", "impersonation", "advances", "violent", "self_harm", "pornographic")
"""The eight harms of the form of Report Harmful Content."""
_YES = ("yes", "ie")
_NO = ("no", "na")
_MOMENT = timedelta(seconds=1)
_AUTHOR_CHARS = 120
_KEPT = (StepKind.EVIDENCE,)
_SEEN = "page"
"""What we saw ourselves; not what somebody handed in, and not a log-in wall."""
_ENDS = (".", "!", "?", "”", ":", "…")
_TOLD = {
    StepKind.EVIDENCE: "evidence",
    StepKind.DECIDED: "decided",
    StepKind.ASKED: "asked",
    StepKind.ANSWERED: "answered_{result}",
    StepKind.CHECKED: "checked_{result}",
    StepKind.CAME_BACK: "came_back",
}
"""Which steps a chronology tells; none names anybody."""


def yes(said: object) -> bool:
    """Is it a yes?"""
    return str(said).strip().casefold() in _YES


def yes_or_no(said: object) -> bool:
    """Is it a yes or a no?"""
    return str(said).strip().casefold() in (*_YES, *_NO)


def values(
    kind: LetterKind, spec: LetterSpec, file: CaseFile, given: LetterFacts, rules: Rules, formal: bool
) -> dict[str, object]:
    """All names that a letter's file may use."""
    w, case, row = words(given.language), file.case, platform(file)
    bare = case.locked and kind is not LetterKind.POLICE
    known: dict[str, object] = dict.fromkeys(GIVEN, "")
    known |= _of_school(case, given, rules, w)
    known |= _of_post(case, file, rules, w, bare)
    known |= _of_askings(case, rules, given.now, w)
    known |= _of_person(kind, spec, case, rules)
    known |= _of_police(case, file, w)
    known["recorded"] = list(_recorded(file, rules, w, given.now))
    known |= {
        "formal": formal,
        "private": private_on_wikipedia(case),
        "chronology": [] if bare else list(_chronology(file, w, rules)),
        "platform": w("letter.platform_other") if row.is_site else row.name,
        "ground": next(iter(grounds(file, w)), "") if row.fitting(case.content_class) else "",
    }
    if spec.reader is LetterReader.STAFF:  # the author's days are not theirs: they are asked the same day
        known["by"] = ""
    known |= {name: _ended(name, said) for name, said in given.facts.items() if said}
    known["operator"] = known["operator"] or _operator(str(known["domain"]), str(known["url"]), w)
    known["harm"] = harms(w).get(str(known["harm"]).casefold(), "")
    theme = str(known["theme"])
    known["theme"] = w(f"theme.{theme}") if theme in THEMES else ""
    known["share_details"] = yes(known["share_details"])
    return known


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
    """What Report Harmful Content takes, in a language, by code and by its word in each."""
    return {
        name: w(f"letter.harm.{code}")
        for code in HARMS
        for name in (code, *(words(language)(f"letter.harm.{code}").casefold() for language in LANGUAGES))
    }


def _operator(domain: str, url: str, w: Words) -> str:
    """The website by its domain, or by the host of the post's address: never an empty place in a notice."""
    site = domain or host_of(url)
    return w("letter.s5_operator", domain=site) if site else ""


def _talk(asking: Asking) -> bool:
    return asking.kind == CONVERSATION


def _of_school(case: Case, given: LetterFacts, rules: Rules, w: Words) -> dict[str, object]:
    press, nation = spokesperson(case, rules), rules.school.nation
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
        "complaints_url": rules.profile.complaints_url,
        "support": rules.profile.support,
        "press": f"{press[0].name} ({said})" if press else said,
    }


def _of_post(case: Case, file: CaseFile, rules: Rules, w: Words, bare: bool) -> dict[str, object]:
    post, zone = file.post, rules.means.zone
    kept = next((s.done_at for s in file.steps if s.facts.get("kind") == _SEEN and s.kind in _KEPT), None)
    place, code = f"letter.place.{case.channel}", (case.content_class).lower()
    what = "c0" if fair_comment(case) else code
    shown = {"what": f"letter.what.{what}", "class_words": ContentClass(case.content_class).key}
    dated = post.published if post and not bare else None
    return {
        "url": forbidden_words.plain(post.url or "") if post else "",
        "author": _author(post, case, rules),
        "posted": w.full_day(dated, zone) if dated else "",
        "posted_at": _moment(dated, rules, w) if dated else "",
        "captured": _moment(kept, rules, w) if kept and not bare else "",
        "exhibits": case.captures > 0,
        "place": w(place if w.has(place) else "letter.place_other"),
        **{name: w(key) if w.has(key) else "" for name, key in shown.items()},
    }


def _author(post: Post | None, case: Case, rules: Rules) -> str:
    """As shown, in one line; never a pupil's, nor the name of one of our people, as a false account may
    use.
    """
    if post is None or case.relationship is Relationship.PUPIL:
        return ""
    shown = forbidden_words.plain(post.author or "")[:_AUTHOR_CHARS]
    own = None if case.locked else case.complainant_person
    return "" if forbidden_words.named(shown, [p for p in rules.people if p.id != own]) else shown


def _of_askings(case: Case, rules: Rules, now: datetime, w: Words) -> dict[str, object]:
    zone, hosting = rules.means.zone, case.hosting

    def on(*rungs: Rung, of: Callable[[Asking], bool] = lambda _: True) -> str:
        at = next((a.at for a in reversed(case.askings) if a.rung in rungs and of(a)), None)
        return w.full_day(at, zone) if at else ""

    until = due(CaseClock.AUTHOR_DAYS, now, calendar=rules.means.calendar, zone=zone, profile=rules.profile)
    references = [a.reference for a in case.reports if a.reference]
    domain = hosting.get("domain", "")
    return {
        "talked": on(Rung.AUTHOR_REQUEST, of=lambda a: _talk(a) and a.answer is not RungAnswer.NONE),
        "invited": on(Rung.AUTHOR_REQUEST, of=_talk),
        "by": w.day(until - _MOMENT, now, zone),
        "asked_on": on(Rung.PLATFORM_REPORT),
        "asked_host": on(Rung.HOST, Rung.ISP, of=lambda a: a.kind == "host"),
        "asked_operator": on(Rung.HOST, of=lambda a: a.kind != "host"),
        "not_yet": w("letter.not_yet"),
        "platform_reference": references[-1] if references else "",
        "host": forbidden_words.plain(hosting.get("network") or hosting.get("host", "")),
        "domain": forbidden_words.plain(domain),
        "registrar": forbidden_words.plain(hosting.get("registrar", "")),
        "addresses": forbidden_words.plain(hosting.get("addresses", "")),
        "nominet": yes(hosting.get("nominet", "")),
    }


def _of_person(kind: LetterKind, spec: LetterSpec, case: Case, rules: Rules) -> dict[str, object]:
    """Whose name it goes out in, and who a letter to staff is for."""
    person = None if case.locked else complainant(case, rules)
    own: Person | None = person if spec.own_name or spec.reader is LetterReader.PLATFORM else None
    target = rules.person(case.target) if spec.reader is LetterReader.STAFF else None
    return {
        "name": own.name if own else "",
        "email": (own.email or "") if own else "",
        "to": target.name if target else "",
    }


def _of_police(case: Case, file: CaseFile, w: Words) -> dict[str, object]:
    asked = [s.facts for s in file.steps if s.kind is StepKind.ASKED and s.facts.get("rung") == EMERGENCY]
    imminent = any(yes(facts.get("imminent", "")) for facts in asked)
    references = [facts["reference"] for facts in asked if facts.get("reference")]
    without = "imminent" if consent_wanted(case) else "not_needed"
    said = {Consent.GIVEN: "given", Consent.OVERRIDDEN: "overridden"}.get(case.consent, without)
    return {
        "imminent": imminent,
        "preserve": case.content_class == ContentClass.THREAT,
        "crime_reference": references[-1] if references else "",
        "consent_words": w(f"letter.consent.{said}"),
    }


def _recorded(file: CaseFile, rules: Rules, w: Words, now: datetime) -> Iterator[str]:
    """What others recorded on behalf of the person targeted: their consent, and the support for them."""
    for kinds, told in ((CONSENT, file.case.consent_told), (SUPPORT, file.case.support_told)):
        steps = [step for step in file.steps if step.kind in kinds]
        if told is not None and steps:
            yield said(steps[-1], w, rules, now)


def _ended(name: str, said: str) -> str:
    """Text that somebody wrote in sentences ends with a full stop."""
    return said if name not in LONG_FACTS or said.endswith(_ENDS) else f"{said}."


def _chronology(file: CaseFile, w: Words, rules: Rules) -> Iterator[str]:
    told = [(step.done_at, _happened(step), _who(step, w)) for step in file.steps]
    seen = [(file.post.first_seen, "first_seen", "")] if file.post else []
    for at, what, who in sorted((*seen, *told), key=lambda event: event[0]):
        if what and w.has(f"letter.happened.{what}"):
            said = w(f"letter.happened.{what}", who=who)
            yield w("letter.event", moment=_moment(at, rules, w), what=said)


def _happened(step: CaseStep) -> str:
    if step.kind is StepKind.DECIDED and step.facts.get("decision") != "seek":
        return ""
    filled: Mapping[str, str] = {"result": "", **step.facts}
    return _TOLD.get(step.kind, "").format_map(filled)


def _who(step: CaseStep, w: Words) -> str:
    """Who was asked in a step, "" where nobody was."""
    return asked_in(step.facts, w) if step.kind is StepKind.ASKED else ""


def _moment(at: datetime, rules: Rules, w: Words) -> str:
    zone = rules.means.zone
    return w("letter.moment", day=w.full_day(at, zone), clock=w.clock(at, zone))
