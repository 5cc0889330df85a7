"""Severity, route, labels, tone and class from evidence already weighed; what a person must see. Pure.

The project's labelling rules, checked in this order: police, child protection, removal asked for or reported,
answer, thank, note. A removal needs a label other than profanity.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifiers.text.language import Language
from classifiers.text.undisguise import undisguise
from classifiers.text.word_files import WordFile
from classifiers.verdicts.verdict_reasons import Thresholds
from classifiers.verdicts.weigh import CONTENT_LABELS, LANES, WeighedEvidence, route_score
from data.content_class import ContentClass
from data.types import (
    ABUSE_LABELS,
    ADULTS_OF_THE_SCHOOL,
    About,
    Mention,
    MentionKind,
    Route,
    Sentiment,
    Severity,
    Signal,
)

_COLUMN = {label: f"abuse:{label}" for label in ABUSE_LABELS}
_REMOVALS = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
_BESIDE_A_SIGNAL = 0.2
_LIKELIER_THAN_NOT = 0.5
URGENT_LABELS = frozenset(("threat", "extremism", "safeguarding", "self_harm"))
_OF_A_CHILD = frozenset(("safeguarding", "self_harm"))
_SWEARING = frozenset(("profanity",))
"""What is marked on anything and is never a reason."""
MAYBE_GRAVE = 0.2
"""From here a post may be grave: for somebody of ours who is named in it, and beside a grave word."""
_CLASS_OF_LABEL = {
    "extremism": ContentClass.EXTREMISM, "threat": ContentClass.THREAT, "sexual": ContentClass.SEXUAL,
    "hate": ContentClass.HATE, "privacy": ContentClass.PRIVACY, "impersonation": ContentClass.IMPERSONATION,
    "defamation": ContentClass.DEFAMATION, "harassment": ContentClass.HARASSMENT,
}  # fmt: skip
"""The class that each label suggests, the most protective first."""
NEVER = math.inf
"""The line where an alert begins, of what the model alone never alerts of."""
_ENOUGH_WORDS = 3
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)
_GRAVE, _GRAVE_ALONE = WordFile(Path(__file__).with_name("severity.toml")).patterns("grave", "grave_alone")


@dataclass(frozen=True, slots=True)
class SeverityOutcome:
    """Severity, route, labels and tone; `unsure` asks for a look, and not `placed`, a person decides."""

    route: Route
    severity: Severity
    abuse: tuple[str, ...]
    sentiment: Sentiment
    unsure: bool = False
    placed: bool = True


def content_class(
    route: Route, abuse: Collection[str], about: About, signals: Collection[str] = ()
) -> ContentClass:
    """The class a verdict proposes; where several fit, the most protective. `signals` are the names of those
    that fired: a leaked record is confidential, not only private."""
    if not route.urgent and not route.removal:
        return ContentClass.FAIR_COMMENT
    if route is Route.SAFEGUARDING or {"safeguarding", "self_harm"} & set(abuse):
        return ContentClass.SAFEGUARDING
    found = next((c for label, c in _CLASS_OF_LABEL.items() if label in abuse), ContentClass.FAIR_COMMENT)
    if found is ContentClass.SEXUAL and about is About.PUPIL:
        return ContentClass.SAFEGUARDING
    leaked = found is ContentClass.PRIVACY and "leaked_record" in signals
    return ContentClass.CONFIDENTIAL if leaked else found


def judge_severity(
    scores: Mapping[str, float],
    weighed: WeighedEvidence,
    about: About,
    t: Thresholds,
    line: float | None = None,
    *,
    read: bool = True,
) -> SeverityOutcome:
    """Severity, route, labels and tone; `line` is where an alert begins, `t.alert` by default.

    What is grave is severity 3 at least. Where the police or a removal has not grounds enough, a person
    decides what becomes of it. So it is where the text is not `read`, being in a language that neither the
    model nor a signal knows.
    """
    labels = _labels(scores, weighed, t)
    if weighed.severe < (t.alert if line is None else line):
        return _calm(labels, weighed)
    route = _lane(labels, weighed, scores)
    abuse = _removal_labels(labels, scores, t) if route in _REMOVALS else ()
    grounds = route is not Route.POLICE_NOW or _needs_police(weighed)
    if route in _REMOVALS:
        grounds = weighed.severe >= t.removal and not set(CONTENT_LABELS).isdisjoint(abuse)
    said = labels - ({"extremism"} - weighed.asserted)
    if not read or not grounds:
        return for_a_person(said, scores, about)
    if route in _REMOVALS:
        return SeverityOutcome(route, Severity.TODAY, abuse, Sentiment.NEGATIVE)
    if route is Route.POLICE_NOW:
        # A threat or extremism; labels about a child only where a child is the object or a signal says so
        kept = labels - ({"defamation", "safeguarding", "self_harm"} - weighed.asserted)
        if not kept & {"threat", "extremism"}:
            kept = kept | {max(("threat", "extremism"), key=lambda label: _score(scores, label))}
        abuse = _in_order(kept | ({"safeguarding"} if about is About.PUPIL else set()))
        return SeverityOutcome(route, Severity.THIS_HOUR, abuse, Sentiment.NEGATIVE)
    if route is Route.RESPOND:
        return SeverityOutcome(route, Severity.TODAY, tuple(_SWEARING & {*labels}), _tone(scores))
    severity = Severity.THIS_HOUR if weighed.this_hour >= t.this_hour else Severity.TODAY
    return in_protection(said, scores, about, severity)


def in_protection(
    labels: Collection[str], scores: Mapping[str, float], about: About, severity: Severity
) -> SeverityOutcome:
    """The outcome of a matter of child protection; extremism is said of it where a signal says so."""
    tone = Sentiment.NEGATIVE if about in ADULTS_OF_THE_SCHOOL else _tone(scores)
    abuse = _in_order({*labels} - {"threat", "defamation"} | {"safeguarding"})
    return SeverityOutcome(Route.SAFEGUARDING, severity, abuse, tone)


def for_a_person(labels: set[str], scores: Mapping[str, float], about: About) -> SeverityOutcome:
    """Grave, but nobody can say by a program what it is: never filed as a note, never offered for removal. It
    is the safeguarding lead's where it speaks of a child at risk or of extremism, or child protection is the
    likeliest, otherwise the leadership's."""
    others = (Route.RESPOND, *_REMOVALS)
    likeliest = route_score(scores, Route.SAFEGUARDING) >= max(route_score(scores, route) for route in others)
    if likeliest or (_OF_A_CHILD | {"extremism"}) & labels:
        return replace(in_protection(labels, scores, about, Severity.TODAY), placed=False)
    return SeverityOutcome(
        Route.RESPOND, Severity.TODAY, tuple(_SWEARING & {*labels}), _tone(scores), placed=False
    )


def _lane(labels: Collection[str], weighed: WeighedEvidence, scores: Mapping[str, float]) -> Route:
    """The route of what is grave: at least the danger's own, police before safeguarding, otherwise the
    likeliest.

    An answer takes what is grave beyond the other four, which always are: an accident, a charge in the press.
    It never takes what speaks of a child at risk, or what a signal calls a threat. What a signal calls
    extremism is never a matter of removal. Where one has said what it is, a home address say, the police are
    told only of what is a threat or extremism as well.
    """
    asked = {s.route for s in weighed.dangers}
    if Route.POLICE_NOW in asked:
        return Route.POLICE_NOW
    if Route.SAFEGUARDING in asked:  # never less than its own route; police where the other evidence says so
        return max((Route.SAFEGUARDING, Route.POLICE_NOW), key=lambda route: weighed.lanes[route])
    told = weighed.asserted & set(CONTENT_LABELS) and not {"threat", "extremism"} & {*labels}
    lanes = [route for route in LANES if not (told and route is Route.POLICE_NOW)]
    if "extremism" in weighed.asserted:
        lanes = [Route.SAFEGUARDING, Route.POLICE_NOW]
    likeliest = max(lanes, key=lambda route: weighed.lanes[route])
    if _OF_A_CHILD & {*labels} or URGENT_LABELS & weighed.asserted:
        return likeliest
    grave = scores.get("severity:3", 0.0) - sum(route_score(scores, route) for route in LANES)
    return Route.RESPOND if grave > route_score(scores, likeliest) else likeliest


def _needs_police(weighed: WeighedEvidence) -> bool:
    """Does a signal say threat or extremism? Or does the model find it likelier than not, with no signal
    against it?"""
    if weighed.asserted & {"threat", "extremism"}:
        return True
    return "threat" not in weighed.cleared and weighed.severe >= _LIKELIER_THAN_NOT


def _labels(scores: Mapping[str, float], weighed: WeighedEvidence, t: Thresholds) -> set[str]:
    """Labels that the model or a signal asserts, without those a signal argues away. Where a signal has said
    what it is, the model must be surer to add something else."""
    more = _BESIDE_A_SIGNAL if weighed.asserted - {"profanity"} else 0.0
    seen = {label for label, column in _COLUMN.items() if scores.get(column, 0.0) >= t.label(label) + more}
    return (seen - weighed.cleared) | weighed.asserted


def _removal_labels(labels: set[str], scores: Mapping[str, float], t: Thresholds) -> tuple[str, ...]:
    """The grounds for a removal; where no label passes its own threshold, the likeliest above the floor."""
    kept = labels - URGENT_LABELS
    if not kept & set(CONTENT_LABELS):
        best = max((x for x in CONTENT_LABELS if x not in URGENT_LABELS), key=lambda x: _score(scores, x))
        if _score(scores, best) >= t.removal_floor:
            kept = kept | {best}
    return _in_order(kept)


def _calm(labels: set[str], weighed: WeighedEvidence) -> SeverityOutcome:
    route, tone = max(weighed.calm, key=lambda pair: weighed.calm[pair])
    severity = Severity.RESPOND if route is Route.RESPOND else Severity.NOTE
    return SeverityOutcome(route, severity, tuple(_SWEARING & {*labels}), tone)


def _tone(scores: Mapping[str, float]) -> Sentiment:
    blames = scores.get("sentiment:negative", 0.0) > scores.get("sentiment:neutral", 0.0)
    return Sentiment.NEGATIVE if blames else Sentiment.NEUTRAL


def _score(scores: Mapping[str, float], label: str) -> float:
    return scores.get(_COLUMN[label], 0.0)


def _in_order(labels: set[str]) -> tuple[str, ...]:
    return tuple(label for label in ABUSE_LABELS if label in labels)


def in_doubt_by_words(mention: Mention, weighed: WeighedEvidence) -> WeighedEvidence:
    """The evidence, in doubt where it may be grave and holds a grave word: no cap cuts its look."""
    if weighed.severe < MAYBE_GRAVE or not _says_grave_word(mention):
        return weighed
    return replace(weighed, in_doubt=True)


def _says_grave_word(mention: Mention) -> bool:
    """Most posts with one are harmless: alone it judges nothing."""
    return _GRAVE.search(undisguise(_own(mention)).text) is not None


def too_few_words(mention: Mention, signals: Sequence[Signal], outcome: SeverityOutcome) -> bool:
    """The model's guess about a word or two is worthless, unless one of them is a grave one."""
    if not few_words(mention, signals):
        return False
    no_words = not _own(mention).split()
    return no_words or outcome.severity > (Severity.RESPOND if signals else Severity.NOTE)


def few_words(mention: Mention, signals: Sequence[Signal]) -> bool:
    """Is it a word or two, none of them a grave one, of which no signal says anything?"""
    if len(_own(mention).split()) >= _ENOUGH_WORDS or any(s.labels or s.severity for s in signals):
        return False
    return not (_GRAVE_ALONE.search(undisguise(_own(mention)).text) or _says_grave_word(mention))


def _own(mention: Mention) -> str:
    return mention.text if mention.kind in _ANSWERS else f"{mention.title} {mention.text}"


def look_rank(weighed: WeighedEvidence, t: Thresholds) -> float:
    """The order for a person's look: how likely it is about the school and grave; 1 or more where it may be
    severity 4, which no cap cuts."""
    above = 1.0 if weighed.this_hour >= t.this_hour or weighed.in_doubt else 0.0
    return round(above + weighed.ours * weighed.severe, 4)


def keep_in_sight(
    outcome: SeverityOutcome, weighed: WeighedEvidence, line: float, signals: Sequence[Signal]
) -> SeverityOutcome:
    """The outcome; what is calm and has a grave sign that the rest outweighs is shown, neither thanked for nor
    filed as praise: a wish to die is never passed over, nor are thanks for harm."""
    if outcome.severity >= Severity.TODAY:
        return outcome
    told = weighed.grave_signal or weighed.in_doubt or line == NEVER
    passed_over = {"self_harm"} | (_OF_A_CHILD if outcome.route is Route.THANK else set())
    more = told or any(passed_over & {*s.labels} for s in signals)
    return noted_and_shown(outcome) if more else outcome


def noted_and_shown(outcome: SeverityOutcome) -> SeverityOutcome:
    """The outcome as one that a person looks at, and that is neither thanked for nor filed as praise."""
    route = Route.NOTE if outcome.route is Route.THANK else outcome.route
    tone = Sentiment.NEUTRAL if outcome.sentiment is Sentiment.POSITIVE else outcome.sentiment
    return replace(outcome, route=route, sentiment=tone, unsure=True)


def asks_a_look(
    outcome: SeverityOutcome, weighed: WeighedEvidence, language: Language, t: Thresholds
) -> bool:
    """Must a person look: is it too uncertain, or in a language that nobody judged?"""
    if outcome.severity >= Severity.TODAY:
        return False
    return outcome.unsure or weighed.severe >= t.look or language is Language.OTHER
