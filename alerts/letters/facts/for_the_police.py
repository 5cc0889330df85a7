"""What a report to the police holds besides the post: danger, consent, who it is aimed at, which crimes it
may be, who saw it, the exhibits. From facts alone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from alerts.ladder.guards.police import consent_wanted
from alerts.letters.facts.of_the_post import moment
from alerts.pack.exhibits import MANIFEST, exhibits, file_name
from data.cases import Case, CaseFile, CaseStep, Consent, StepKind
from data.content_class import ContentClass
from data.rungs import EMERGENCY
from data.words.say import Words

if TYPE_CHECKING:
    from alerts.ladder.rules import Rules

_BEFORE = {
    StepKind.CONSENT_REFUSED: "refused",
    StepKind.CONSENT_WITHDRAWN: "withdrawn",
    StepKind.CONSENT_ASKED: "unanswered",
}
"""What the person had said before somebody else decided: not asked is not the same as not agreed."""
_YES = "yes"


def for_the_police(file: CaseFile, rules: Rules, w: Words) -> dict[str, object]:
    """The names that only the police's letter has."""
    case = file.case
    asked = [s.facts for s in file.steps if s.kind is StepKind.ASKED and s.facts.get("rung") == EMERGENCY]
    references = [facts["reference"] for facts in asked if facts.get("reference")]
    imminent = any(facts.get("imminent", "") == _YES for facts in asked)
    return {
        "imminent": imminent,
        "preserve": case.content_class == ContentClass.THREAT,
        "crime_reference": references[-1] if references else "",
        "consent_words": _consent(file, rules, w),
        "victim": _victim(case, rules),
        "crimes": crimes(case, rules.school.nation, w),
        "seen_by": list(_seen(file, rules, w)),
        "exhibit_list": list(_exhibits(file, rules, w)),
    }


def agreed(case: Case) -> bool:
    """Has the person it is aimed at agreed to the police being told, by themselves or as they have heard?"""
    told = case.consent_told
    return case.consent is Consent.GIVEN and (told is None or told.reached)


def _victim(case: Case, rules: Rules) -> str:
    """Who it is aimed at, with their consent alone; never while the law may protect the name."""
    person = rules.person(case.target)
    return "" if person is None or case.locked or not agreed(case) else person.name


def _consent(file: CaseFile, rules: Rules, w: Words) -> str:
    """How consent stands, from the steps."""
    case, zone = file.case, rules.means.zone
    if case.consent is Consent.GIVEN:
        at = next((s.done_at for s in reversed(file.steps) if s.kind is StepKind.CONSENT_GIVEN), None)
        return w("letter.consent.given_on", day=w.full_day(at, zone)) if at else w("letter.consent.given")
    if case.consent is Consent.OVERRIDDEN:
        step = next((s for s in reversed(file.steps) if s.kind is StepKind.CONSENT_OVERRIDDEN), None)
        ground = step.facts.get("ground", "other_at_risk") if step else "other_at_risk"
        why = w(f"letter.consent.ground.{ground}")
        return w(f"letter.consent.overridden.{_before(file.steps)}", ground=why)
    return w(f"letter.consent.{'imminent' if consent_wanted(case) else 'not_needed'}")


def _before(steps: tuple[CaseStep, ...]) -> str:
    said = (_BEFORE[s.kind] for s in reversed(steps) if s.kind in _BEFORE)
    return next(said, "not_asked")


def crimes(case: Case, nation: str, w: Words) -> str:
    """Which crimes it may be, with the law of the nation; "" where the class names none."""
    code = case.content_class.lower()
    keys = (f"letter.crime.{nation}.{code}", f"letter.crime.{code}")
    return next((w(key) for key in keys if w.has(key)), "")


def _seen(file: CaseFile, rules: Rules, w: Words) -> Iterator[str]:
    """Who saw the post, and when: from what was captured and handed in."""
    if file.post and not file.case.captures:
        yield w("letter.witness.first", moment=moment(file.post.first_seen, rules, w))
    for step in file.steps:
        if step.kind is StepKind.EVIDENCE:
            way = "page" if step.facts.get("kind") == "page" else "handed_in"
            yield w(f"letter.witness.{way}", **_witness(step, file.case, rules, w))


def _witness(step: CaseStep, case: Case, rules: Rules, w: Words) -> dict[str, str]:
    """Who did it; not by name whoever the matter may accuse, or is aimed at and has not agreed."""
    person = rules.person(step.actor)
    kept = {*case.subjects, *(() if agreed(case) else (case.target,))}
    hidden = person is not None and (case.locked or person.id in kept)
    who = w("letter.witness.somebody") if hidden else person.name if person else w("letter.witness.program")
    return {"who": who, "moment": moment(step.done_at, rules, w)}


def _exhibits(file: CaseFile, rules: Rules, w: Words) -> Iterator[str]:
    """The exhibits as the pack numbers them, with their files."""
    held = [f for f in file.evidence if f.name != MANIFEST]
    for exhibit in exhibits(file.case.id, held, rules.people, rules.means.zone, lambda _: b"{}"):
        yield w(
            "letter.exhibit",
            name=exhibit.name,
            moment=moment(exhibit.at, rules, w),
            files=", ".join(file_name(f) for f in exhibit.files),
        )
