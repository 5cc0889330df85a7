"""What a report to the police holds besides the post: danger, consent, who it is aimed at, which crimes it
may be, who saw it, the exhibits. From facts alone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.ladder.guards.police import consent_wanted
from alerts.ladder.rules import Rules, imminent
from alerts.letters.facts.of_the_post import moment, of_place, with_place
from alerts.pack.exhibits import Exhibit, exhibits, file_name
from alerts.pack.recipients import Recipient, given_letter, may_name
from alerts.wording.cases import where_done, where_kept
from data.cases import Case, CaseFile, Consent
from data.content_class import ContentClass
from data.evidence.file_faults import ABOUT_THE_MANIFEST
from data.evidence.handed_in import BY_HAND, somebody
from data.rungs import EMERGENCY
from data.steps.asking import (
    Asked,
    ConsentAsked,
    ConsentOverridden,
    ConsentRefused,
    ConsentWithdrawn,
)
from data.steps.codes import EvidenceKind, StepKind
from data.steps.keeping import EvidenceKept
from data.web.channels import PlaceKind, channel, spoken
from data.words.say import Words

_BEFORE = {
    StepKind.CONSENT_REFUSED: "refused",
    StepKind.CONSENT_WITHDRAWN: "withdrawn",
    StepKind.CONSENT_ASKED: "unanswered",
}
"""What the person had said before somebody else decided: not asked is not the same as not agreed."""
_ANSWERS = (ConsentAsked, ConsentRefused, ConsentWithdrawn)


def for_the_police(
    file: CaseFile, rules: Rules, w: Words, manifests: Mapping[str, bytes]
) -> dict[str, object]:
    """The names that only the police's letter has."""
    case = file.case
    asked = [s.said for s in file.steps if isinstance(s.said, Asked) and s.said.rung is EMERGENCY]
    references = [said.reference for said in asked if said.reference]
    held = tuple(_held(file, rules, manifests))
    return {
        "imminent": any(said.imminent for said in asked),
        "reported": w(f"letter.reported.{_kind_of_place(case)}"),
        "spoken": w(f"digest.at.{case.channel}") if spoken(case.channel) else "",
        "preserve": case.content_class == ContentClass.THREAT,
        "crime_reference": references[-1] if references else "",
        "consent_words": _consent(file, rules, w),
        "victim": named.name if (named := rules.person(victim(case))) else "",
        "crimes": crimes(case, rules.school.nation, w),
        "seen_by": list(_seen(file, held, rules, w)),
        "exhibit_list": list(_exhibits(file, held, rules, w)),
    }


def _kind_of_place(case: Case) -> str:
    """Whether anybody could look at it: what is called public, and was not, is false evidence."""
    place = channel(case.channel)
    if place.public:
        return "public"
    return place.place.value if place.place in (PlaceKind.NOTHING, PlaceKind.UNKNOWN) else "private"


def victim(case: Case) -> str | None:
    """Who it is aimed at, where the police may be given the name in writing: as in the evidence pack, and
    never while the law may protect it.
    """
    may = case.target is not None and may_name(case.target, case, Recipient.POLICE)
    return case.target if may and not case.locked else None


def _consent(file: CaseFile, rules: Rules, w: Words) -> str:
    """How consent stands, from the steps."""
    case, zone = file.case, rules.means.zone
    if case.consent is Consent.GIVEN:
        at = next((s.done_at for s in reversed(file.steps) if s.kind is StepKind.CONSENT_GIVEN), None)
        return w("letter.consent.given_on", day=w.full_day(at, zone)) if at else w("letter.consent.given")
    if case.consent is Consent.OVERRIDDEN:
        return w(f"letter.consent.overridden.{_before(file)}", ground=overruled(file, w))
    if not consent_wanted(case):
        return w("letter.consent.not_needed")
    return w(f"letter.consent.{'imminent' if any(map(imminent, file.steps)) else 'open'}")


def overruled(file: CaseFile, w: Words) -> str:
    """Why somebody overruled the person's consent, in words."""
    grounds = (s.said.ground for s in reversed(file.steps) if isinstance(s.said, ConsentOverridden))
    return w(f"letter.consent.ground.{next(grounds, 'other_at_risk')}")


def _before(file: CaseFile) -> str:
    """What that person themselves had said; not somebody whom it was thought to be aimed at before."""
    whose = file.case.consent_person or file.case.target or ""
    said = (s.said for s in reversed(file.steps))
    theirs = (s for s in said if isinstance(s, _ANSWERS) and s.person == whose)
    return next((_BEFORE[s.kind] for s in theirs), "not_asked")


def crimes(case: Case, nation: str, w: Words) -> str:
    """Which crimes it may be, with the law of the nation; "" where the class names none."""
    code = case.content_class.lower()
    keys = (f"letter.crime.{nation}.{code}", f"letter.crime.{code}")
    return next((w(key) for key in keys if w.has(key)), "")


def _held(file: CaseFile, rules: Rules, manifests: Mapping[str, bytes]) -> Iterator[Exhibit]:
    """The exhibits that the police are given, as the pack numbers them."""
    zone = rules.means.zone
    for exhibit in exhibits(
        file.case.id, file.evidence, rules.people, zone, lambda sha: manifests.get(sha, b"{}")
    ):
        if given_letter(exhibit.facts, Recipient.POLICE):
            yield exhibit


def _exhibits(file: CaseFile, held: Sequence[Exhibit], rules: Rules, w: Words) -> Iterator[str]:
    for exhibit in held:
        names = ", ".join(file_name(f) for f in exhibit.files if f.name not in ABOUT_THE_MANIFEST)
        said = w("letter.exhibit", name=exhibit.name, moment=moment(exhibit.at, rules, w), files=names)
        yield with_place(said, where_kept(file, exhibit.files[0], w), w)


def _seen(file: CaseFile, held: Sequence[Exhibit], rules: Rules, w: Words) -> Iterator[str]:
    """Who saw the post, and when: from what was captured and handed in."""
    if file.post and not file.case.captures:
        sources = file.post.source_ids
        first = "brought" if sources == (BY_HAND,) else "either" if BY_HAND in sources else "first"
        yield w(f"letter.witness.{first}", moment=moment(file.post.first_seen, rules, w))
    said = {exhibit.capture_id: exhibit.facts.get("handed_in") or {} for exhibit in held}
    for step in file.steps:
        if isinstance(step.said, EvidenceKept):
            kept, where = said.get(step.said.capture, {}), where_done(file, step.said, w)
            if kept.get("seen_by") or kept.get("seen"):
                yield of_place(_said_seen(kept, file.case, rules, w), where, w)
            way = "page" if step.said.what is EvidenceKind.PAGE else "handed_in"
            who = _who(step.actor, file.case, rules, w) or w("letter.witness.program")
            line = w(f"letter.witness.{way}", who=who, moment=moment(step.done_at, rules, w))
            yield of_place(line, where, w)


def _said_seen(kept: Mapping[str, Any], case: Case, rules: Rules, w: Words) -> str:
    """Who saw it, as far as whoever handed it in said. Only our own people are named in writing."""
    by, at = somebody(kept, "seen_by"), kept.get("seen")
    who = _who(by.person or "", case, rules, w) if by else ""
    who = who or w(f"letter.witness.{'another' if by else 'not_said'}")
    how = "heard" if spoken(case.channel) else "seen"
    if at is None:
        return w(f"letter.witness.{how}", who=who)
    when = moment(datetime.fromisoformat(at["utc"]), rules, w) if "utc" in at else _day(at["day"], w)
    return w(f"letter.witness.{how}_at", who=who, moment=when)


def _day(said: str, w: Words) -> str:
    return w.full_day(datetime.fromisoformat(said).date())


def _who(person_id: str, case: Case, rules: Rules, w: Words) -> str:
    """One of our people; not by name whoever the matter may accuse, or is aimed at and may not be named."""
    person = rules.person(person_id)
    if person is None:
        return ""
    aimed_at = person.id == case.target and victim(case) is None
    hidden = case.locked or person.id in case.subjects or aimed_at
    return w("letter.witness.somebody") if hidden else person.name
