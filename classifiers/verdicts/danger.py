"""Who may be in danger by a text, and who may be accused in it: two answers of their own. Pure.

Both are found for recall, since no single label may decide who is protected. What a firm signal or the
verdict asserts is sure; so is a low line of the model's with a hint beside it, or with somebody named. The
low line or a hint alone is no more than perhaps: it leaves more people out, and a person looks.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from classifiers.signals.rule import either
from classifiers.verdicts.named_people import NameReading, only_a_thing, people_named, read
from classifiers.verdicts.severity import MAYBE_GRAVE, SeverityOutcome, for_a_person
from classifiers.verdicts.subject import ADULT_SHARE, ROLE_OF, possible_subjects, roles_said
from data.judged import meant_by_labels
from data.types import (
    ADULTS_OF_THE_SCHOOL,
    PERHAPS,
    SURE,
    About,
    Harm,
    Meant,
    Person,
    Role,
    Route,
    School,
    Severity,
    Signal,
)

HARM_OF = {
    "threat": Harm.VIOLENCE,
    "safeguarding": Harm.CHILD,
    "self_harm": Harm.SELF_HARM,
    "extremism": Harm.EXTREMISM,
}
"""The harm that each label tells of."""
LOW = {"threat": 0.019, "safeguarding": 0.096, "self_harm": 0.017, "extremism": 0.002}
"""The probability that 95 of 100 posts with each label reach on `triage/dev.jsonl`."""
NAMED = 0.2
"""From here somebody named makes a threat of it, and a hint what concerns a child: at the low line too many
harmless posts have those beside it."""
OFFICE = 0.3
"""From here an office that is said makes an allegation of what concerns a child, as a name does."""
SHARE = 0.1
"""From this share of what speaks of a child, what speaks of violence is meant as well: nine in ten threats are
above it, and nine in ten allegations below."""
CHILD_SHARE = 0.5
"""From this share of what speaks of a threat, what speaks of a child makes it a child's matter too: with less it
would be hidden from all but the leads, though it is an adult who is waited for."""
LOOK = 2
"""At so many times the low line a post is a look: at the line itself more than one in eight would be."""
_OTHER = either(r"""
    teachers?|tutor|tas?|teaching assistants?|lsa|hlta|1:1|one to one|learning support \w+|supply|coach(?:es)?
    caretaker|cleaner|cook|dinner lad(?:y|ies)|midday \w+|lunchtime \w+|supervisors?|playground (?:staff|lady)
    driver|escort|receptionist|office (?:lady|staff|woman)|nurse|nursery nurse|keyworker
    sendco|senco|technician|librarian|invigilator|deputy|head of (?:year|house|maths|english|pe|science)
    athro|athrawes|cynorthwy\w+|gofalwr|gyrrwr|dirprwy
    (?:mr|mrs|ms|miss|dr|sir)\.? [a-z'-]+
    """)
_DEED = either(r"""
    hit|hits|hitting|(?:slap|smack|punch|kick|grab|drag|push|pull|shov|pinn|restrain|shak|thr[eo]w|forc|lift)\w*
    lock\w*|shut|left|leav\w*|(?:touch|strok|kiss|cuddl|groom|messag|text|dm|snapchat|film|photograph|invit)\w*
    (?:scream|shout|swear|bruis|hurt|harm|driv)\w*|swore|drove|drunk|drinking|stinks?|shook|taro|gwthio
    """)
_NO_WITNESS = r"(?:\W+(?!(?:saw|seen|sees|said|says|told|tells|heard|watched|walked|noticed|reported|witnessed|that|while|when|she|he|they)\b)\w+){0,5}?"
_OTHER_STAFF = re.compile(
    rf"{_OTHER}{_NO_WITNESS}\W+{_DEED}|{_DEED}(?:\W+\w+){{0,4}}?\W+by (?:\w+ ){{0,3}}?{_OTHER}|\bagainst (?:\w+ ){{0,3}}?{_OTHER}"
)
_OTHER_SAID = re.compile(_OTHER)
_TITLED = re.compile(r"\b(?:mr|mrs|ms|miss|dr|sir)\b\.?\s+[a-z]")
_FOR_A_DEED = re.compile(
    r"\b(?:after|for|over|cos of|because of) (?:what|the way) (?:that |the |he|she|they|you|u|mr|mrs|ms|miss)"
    r"|\b(?:nonce|paedo|pa?edophile|kiddy?[ -]fiddler|child abuser|groomer)s?\b"
    r"|\bwhat (?:he|she|they|you|u) did (?:to|with)\b|\bfeel what (?:my|our|he|she|they)\b|\bown medicine\b"
    r"|\b(?:puts?|la(?:id|ys?)|had) (?:his|her|their|your) hands? on (?:my|our)\b"
    r"|\b(?:for|after) (?:touching|hitting|hurting|grabbing|laying|messing with|what'?s been done)\b"
    r"|\bam (?:beth|be) (?:wnaeth|ddeudodd|ddywedodd)\b"
)
"""A reason for it that somebody gives, which may be an allegation."""


@dataclass(frozen=True, slots=True)
class DangerEvidence:
    """What the two answers are made of: the text prepared for names, the model's scores by label, the
    signals, those of the school's people who may be named, and how likely it needs action.
    """

    reading: NameReading
    scores: Mapping[str, float]
    signals: Sequence[Signal]
    named: Sequence[Person]
    severe: float

    def score(self, label: str) -> float:
        """How likely the model finds an abuse label."""
        return self.scores.get(f"abuse:{label}", 0.0)

    @property
    def of_an_adult(self) -> bool:
        """May it be about an adult of the school, as the model finds?"""
        return sum(self.scores.get(f"about:{a}", 0.0) for a in ADULTS_OF_THE_SCHOOL) >= ADULT_SHARE

    def hinted(self, label: str) -> bool:
        """Does any signal speak of it, were it only a hint?"""
        return any(label in s.labels for s in self.signals)

    def beside(self, label: str, outcome: SeverityOutcome) -> bool:
        """Is it over its line with a hint of the same, or a likely threat; with somebody of ours, or an office;
        or is it violence beside what is grave for a child?"""
        threat, p, grave = label == "threat", self.score(label), outcome.severity >= Severity.TODAY
        if self.hinted(label):
            return p >= (LOW[label] if threat else NAMED)
        if threat and outcome.route is Route.SAFEGUARDING and not self.hinted("extremism"):
            return p >= max(LOW[label], SHARE * self.score("safeguarding"))
        office, child = bool(roles_said(self.reading.plain)), label == "safeguarding" and self.of_an_adult
        if grave and (threat or label == "safeguarding") and (office or self.named):
            share = CHILD_SHARE if outcome.route is Route.POLICE_NOW and not threat else 0.0
            return p >= max(LOOK * LOW[label], share * self.score("threat"))
        if not grave and self.severe >= MAYBE_GRAVE and (self.named or (office and child)):
            return p >= (LOW[label] if self.named else OFFICE)
        someone = office or self.named or self.severe >= MAYBE_GRAVE or _TITLED.search(self.reading.plain)
        return threat and p >= NAMED and bool(someone)


def evidence_of(
    text: str,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    people: Sequence[Person],
    severe: float,
) -> DangerEvidence:
    """The evidence in a text, with what it quotes; `people` are those of the school, `severe` is how likely it
    needs action."""
    reading = read(text)
    return DangerEvidence(reading, scores, signals, people_named(reading, people), severe)


def harms_beside(outcome: SeverityOutcome, of: DangerEvidence, cleared: Collection[str]) -> frozenset[str]:
    """The labels of harm that are likely enough beside what the outcome says. `cleared` are those that a signal
    argues away."""
    return frozenset(label for label in HARM_OF if label not in cleared and of.beside(label, outcome))


def raised_by_danger(
    outcome: SeverityOutcome,
    beside: Collection[str],
    of: DangerEvidence,
    cleared: Collection[str],
    about: About,
) -> SeverityOutcome:
    """The outcome, or one of severity 3 that a person decides on where somebody may be in danger; where that
    is no more than perhaps, a person looks.
    """
    if outcome.severity >= Severity.TODAY:
        return outcome
    if beside:
        return for_a_person({*outcome.abuse, *beside}, of.scores, about)
    possible = (label for label in HARM_OF if label not in cleared)
    perhaps = any(of.hinted(label) or of.score(label) >= LOOK * LOW[label] for label in possible)
    return replace(outcome, unsure=True) if perhaps else outcome


def endangered(
    outcome: SeverityOutcome,
    asserted: Collection[str],
    beside: Collection[str],
    of: DangerEvidence,
    about: About,
    person: str | None,
) -> tuple[Meant, ...]:
    """Who may be in danger, and how. `asserted` are the labels that firm signals assert, `beside` those of
    `harms_beside`."""
    found: list[Meant] = []
    for label, harm in HARM_OF.items():
        sure, by = _how_sure(label, outcome, asserted, beside, of)
        whom = _targets(of, about, person) if harm is Harm.VIOLENCE else ("child",)
        found += [Meant(who, sure, by, harm) for who in whom if by]
    return tuple(found)


def _how_sure(
    label: str,
    outcome: SeverityOutcome,
    asserted: Collection[str],
    beside: Collection[str],
    of: DangerEvidence,
) -> tuple[float, str]:
    """How sure it is, and by what; by nothing where nothing speaks of it."""
    signal = next((f"signal:{s.name}" for s in of.signals if label in s.labels), "")
    p = of.score(label)
    if label in asserted or (label in outcome.abuse and outcome.severity >= Severity.TODAY):
        return 1.0, signal or f"model:{label}"
    if outcome.route is Route.POLICE_NOW and label == "threat" and "extremism" not in outcome.abuse:
        return 1.0, signal or "model:route"
    if label in beside:
        return max(SURE, round(p, 2)), signal or f"model:{label}"
    if p >= LOW[label] or signal:
        return min(PERHAPS, max(round(p, 2), 0.01)), signal or f"model:{label}"
    return 0.0, ""


def _targets(of: DangerEvidence, about: About, person: str | None) -> tuple[str, ...]:
    """At whom violence may be aimed: who is named, or whose office is; a child, or else the school."""
    things = {p.id for p in of.named if only_a_thing(p.name, of.reading)}
    named = [i for i in dict.fromkeys([person, *(p.id for p in of.named)]) if i and i not in things]
    said = roles_said(of.reading.plain)
    offices = [role for role in ROLE_OF.values() if role in said or (role == about.value and not named)]
    found = (*(f"person:{i}" for i in named), *(f"office:{role}" for role in offices))
    return found or (("child",) if about is About.PUPIL else ("school",))


def accused(
    outcome: SeverityOutcome,
    danger: Sequence[Meant],
    of: DangerEvidence,
    about: About,
    person: str | None,
    school: School,
    people: Sequence[Person],
) -> tuple[Meant, ...]:
    """Who may be accused: whom linking finds, by name or office; the head where no office is said.

    Whom a threat is aimed at is not, whatever its route, but where it gives a reason for it, or the model
    sees a child in it.
    """
    threat = any(m.harm is Harm.VIOLENCE and m.sure >= SURE for m in danger)
    route = Route.POLICE_NOW if threat else outcome.route
    labels = {*outcome.abuse}
    likely = of.hinted("safeguarding") or of.score("safeguarding") >= SURE
    if likely or _FOR_A_DEED.search(of.reading.plain):
        labels.add("safeguarding")
    subjects = possible_subjects(of.reading, route, labels, about, person, school, people)
    found = meant_by_labels(route, outcome.abuse, about, person, subjects, "linking")[1]
    if found or not _may_mean_the_head(outcome, labels, of, about, threat=threat):
        return found
    return (*found, Meant(f"office:{Role.HEAD}", PERHAPS, "nobody_named"))


def _may_mean_the_head(
    outcome: SeverityOutcome, labels: Collection[str], of: DangerEvidence, about: About, *, threat: bool
) -> bool:
    """Is an adult of the school said to have harmed a child, and nobody said who, by name or by office? Of a
    threat that may be so where it is about an adult and no other office is said."""
    grave = {"safeguarding", "sexual", "extremism"} & {*labels}
    of_a_child = outcome.route is Route.SAFEGUARDING or grave
    if not of_a_child or (about not in ADULTS_OF_THE_SCHOOL and (threat or not of.of_an_adult)):
        return False
    if any(s.about is About.PUPIL and "sexual" in s.labels for s in of.signals) and about is About.PUPIL:
        return False  # of a picture nothing says who made it
    plain = of.reading.plain
    other = _OTHER_SAID if threat else _OTHER_STAFF
    return not (other.search(plain) or roles_said(plain))
