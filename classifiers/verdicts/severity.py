"""Severity, route, labels and tone from evidence already weighed. Pure.

The project's labelling rules, checked in this order: police, child protection, removal asked for or reported,
answer, thank, note. A removal needs a label other than profanity.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from classifiers.verdicts.thresholds import Thresholds
from classifiers.verdicts.weigh import CONTENT_LABELS, LANES, WeighedEvidence, of_route
from data.types import ABUSE_LABELS, ADULTS_OF_THE_SCHOOL, About, Route, Sentiment, Severity

_COLUMN = {label: f"abuse:{label}" for label in ABUSE_LABELS}
_REMOVALS = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
_BESIDE_A_SIGNAL = 0.2
_LIKELIER_THAN_NOT = 0.5
URGENT_LABELS = frozenset(("threat", "extremism", "safeguarding", "self_harm"))
_OF_A_CHILD = frozenset(("safeguarding", "self_harm"))


@dataclass(frozen=True, slots=True)
class SeverityOutcome:
    """Severity, route, labels and tone, before person, class and reasons are added.

    `unsure` asks for a look. `placed` is False where it is grave, but a person decides what becomes of it.
    """

    route: Route
    severity: Severity
    abuse: tuple[str, ...]
    sentiment: Sentiment
    unsure: bool = False
    placed: bool = True


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
    grounds = route is not Route.POLICE_NOW or _police_stands(weighed)
    if route in _REMOVALS:
        grounds = weighed.severe >= t.removal and not set(CONTENT_LABELS).isdisjoint(abuse)
    said = labels - ({"extremism"} - weighed.asserted)
    if not read or not grounds:
        return for_a_person(said, scores, about)
    if route in _REMOVALS:
        return SeverityOutcome(route, Severity.TODAY, abuse, Sentiment.NEGATIVE)
    if route is Route.POLICE_NOW:
        abuse = _police_labels(labels, scores, weighed, about)
        return SeverityOutcome(route, Severity.THIS_HOUR, abuse, Sentiment.NEGATIVE)
    if route is Route.RESPOND:
        return SeverityOutcome(route, Severity.TODAY, _flag(labels), _tone(scores))
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
    """Grave, but nobody can say by a program what it is: never filed as a note, never offered for removal.

    It is the safeguarding lead's where it speaks of a child at risk or of extremism, or child protection is
    the likeliest, otherwise the leadership's.
    """
    others = (Route.RESPOND, *_REMOVALS)
    likeliest = of_route(scores, Route.SAFEGUARDING) >= max(of_route(scores, route) for route in others)
    if likeliest or (_OF_A_CHILD | {"extremism"}) & labels:
        return replace(in_protection(labels, scores, about, Severity.TODAY), placed=False)
    return SeverityOutcome(Route.RESPOND, Severity.TODAY, _flag(labels), _tone(scores), placed=False)


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
    grave = scores.get("severity:3", 0.0) - sum(of_route(scores, route) for route in LANES)
    return Route.RESPOND if grave > of_route(scores, likeliest) else likeliest


def _police_stands(weighed: WeighedEvidence) -> bool:
    """Does a signal say threat or extremism? Or does the model find it likelier than not, with no signal
    against it?
    """
    if weighed.asserted & {"threat", "extremism"}:
        return True
    return "threat" not in weighed.cleared and weighed.severe >= _LIKELIER_THAN_NOT


def _labels(scores: Mapping[str, float], weighed: WeighedEvidence, t: Thresholds) -> set[str]:
    """Labels that the model or a signal asserts, without those a signal argues away.

    Where a signal has said what it is, the model must be surer to add something else.
    """
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


def _police_labels(
    labels: set[str], scores: Mapping[str, float], weighed: WeighedEvidence, about: About
) -> tuple[str, ...]:
    """A threat or extremism; labels about a child only where a child is the object or a signal says so."""
    kept = labels - ({"defamation", "safeguarding", "self_harm"} - weighed.asserted)
    if not kept & {"threat", "extremism"}:
        kept = kept | {max(("threat", "extremism"), key=lambda label: _score(scores, label))}
    return _in_order(kept | ({"safeguarding"} if about is About.PUPIL else set()))


def _calm(labels: set[str], weighed: WeighedEvidence) -> SeverityOutcome:
    route, tone = max(weighed.calm, key=lambda pair: weighed.calm[pair])
    severity = Severity.RESPOND if route is Route.RESPOND else Severity.NOTE
    return SeverityOutcome(route, severity, _flag(labels), tone)


def _flag(labels: Collection[str]) -> tuple[str, ...]:
    """Swearing, which is marked on anything and is never a reason."""
    return ("profanity",) if "profanity" in labels else ()


def _tone(scores: Mapping[str, float]) -> Sentiment:
    blames = scores.get("sentiment:negative", 0.0) > scores.get("sentiment:neutral", 0.0)
    return Sentiment.NEGATIVE if blames else Sentiment.NEUTRAL


def _score(scores: Mapping[str, float], label: str) -> float:
    return scores.get(_COLUMN[label], 0.0)


def _in_order(labels: set[str]) -> tuple[str, ...]:
    return tuple(label for label in ABUSE_LABELS if label in labels)
