"""The verdict on one mention for one school: relevance, tone, labels, severity, route, and why.

Pure. The rules of severity and route are those of the project's labelling rules, taken from
above: not relevant, police, child protection, removal asked or reported, answer, thank, note.
Fair criticism is answered, never removed: a removal stands on a label other than profanity, or
is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from classifiers.content_class import RESTRICTED, content_class
from classifiers.language import Language, recognise
from classifiers.reasons import explain, explain_not_about
from classifiers.subject import subject
from classifiers.thresholds import Thresholds, read_thresholds
from classifiers.weigh import CONTENT_LABELS, LANES, Weighed, log_odds, weigh
from data.types import (
    ABUSE_LABELS,
    About,
    Match,
    Mention,
    Person,
    Policy,
    Relevance,
    Route,
    School,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)

__all__ = ["Thresholds", "decide", "read_thresholds"]

_COLUMN = {label: f"abuse:{label}" for label in ABUSE_LABELS}
_REMOVALS = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
_FOREIGN_ALERT = 0.8
"""In a language the model hardly learnt it alerts only where it is this sure; else a person looks."""

_BESIDE_A_SIGNAL = 0.2
_GRAVE_DOUBT = 1.5
_SURELY_ANOTHERS = 0.02
_URGENT_LABELS = frozenset(("threat", "extremism", "safeguarding", "self_harm"))
_ADULTS = frozenset((About.STAFF, About.HEAD, About.DSL, About.CHAIR, About.GOVERNOR))


@dataclass(frozen=True, slots=True)
class Outcome:
    """Severity, route, labels and tone, before person, class and reasons are added."""

    route: Route
    severity: Severity
    abuse: tuple[str, ...]
    sentiment: Sentiment
    unsure: bool = False


def decide(
    mention: Mention,
    version: int,
    match: Match,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    policy: Policy,
    school: School,
    people: Sequence[Person],
    thresholds: Thresholds,
    model: str = "",
) -> Verdict:
    """What to think of `version` of a mention for the school of `match`, with every number kept.

    `scores` are the probabilities by label of the model named `model`; without them signals alone
    decide. Unsure of the school is judged like about. A signal of immediate danger alerts whatever
    the model thinks.
    """
    weighed = weigh(scores, signals, thresholds)
    relevance = settle(match, scores, weighed, thresholds)
    if relevance is Relevance.NOT_ABOUT:
        dismissed = _not_about(mention, version, match, scores, weighed, signals)
        return replace(dismissed, model=model)
    text = f"{mention.title}\n{mention.text}"
    language = recognise(text)
    about, person = subject(text, scores, signals, school, people)
    line = thresholds.alert if language is Language.ENGLISH else max(thresholds.alert, _FOREIGN_ALERT)
    outcome = judge_severity(scores, weighed, about, thresholds, line)
    code = content_class(outcome.route, outcome.abuse, about, {s.name for s in signals})
    look = policy.look_share > 0 and _look(outcome, weighed, language, thresholds)
    restricted = code in RESTRICTED
    return Verdict(
        mention_id=mention.id,
        version=version,
        urn=match.urn,
        relevance=relevance,
        sentiment=outcome.sentiment,
        abuse=outcome.abuse,
        about=about,
        severity=outcome.severity,
        route=outcome.route,
        look=look,
        look_rank=round(weighed.severe, 4) if look else 0.0,
        subject_person=person,
        content_class=code,
        restricted=restricted,
        reasons=explain(
            match,
            relevance,
            signals,
            weighed.severe,
            outcome.route,
            language,
            look=look,
            restricted=restricted,
        ),
        scores=_kept(scores, weighed),
        model=model,
    )


def settle(match: Match, scores: Mapping[str, float], weighed: Weighed, t: Thresholds) -> Relevance:
    """Relevance after the model has read the text: linking's word, or one step from it.

    What linking rules out may still be unsure where the text reads like a school's, and the sooner
    the graver it is; what linking is unsure of may be ruled out, unless there is danger in it.
    """
    seen = scores.get("relevant")
    if seen is None:
        return match.relevance
    line = t.relevant_line - (_GRAVE_DOUBT if weighed.severe >= t.alert else 0.0)
    likely = likely_relevant(match.score, seen, t) >= line
    if likely:
        return Relevance.UNSURE if match.relevance is Relevance.NOT_ABOUT else match.relevance
    if match.relevance is Relevance.ABOUT or weighed.dangers:
        return match.relevance
    return Relevance.NOT_ABOUT


def worth_scoring(match: Match) -> bool:
    """False where linking is so sure it is another's that no model could change the verdict."""
    return match.relevance is not Relevance.NOT_ABOUT or match.score >= _SURELY_ANOTHERS


def likely_relevant(linked: float, seen: float, t: Thresholds) -> float:
    """Linking's score and the model's probability together, in log-odds; higher is likelier."""
    return log_odds(linked) + t.relevant_model * log_odds(seen)


def _not_about(
    mention: Mention,
    version: int,
    match: Match,
    scores: Mapping[str, float],
    weighed: Weighed,
    signals: Sequence[Signal],
) -> Verdict:
    return Verdict(
        mention_id=mention.id,
        version=version,
        urn=match.urn,
        relevance=Relevance.NOT_ABOUT,
        sentiment=Sentiment.NEUTRAL,
        abuse=(),
        about=About.OTHER,
        severity=Severity.NOTHING,
        route=Route.IGNORE,
        reasons=explain_not_about(match, signals),
        scores=_kept(scores, weighed),
    )


def judge_severity(
    scores: Mapping[str, float], weighed: Weighed, about: About, t: Thresholds, line: float | None = None
) -> Outcome:
    """Severity, route, labels and tone; `line` is where an alert begins, `t.alert` without it."""
    labels = _labels(scores, weighed, t)
    if weighed.severe < (t.alert if line is None else line):
        return _calm(labels, weighed)
    route = _lane(weighed)
    if route in _REMOVALS:
        abuse = _removal_labels(labels, scores, t)
        if weighed.severe < t.removal or not set(abuse) & set(CONTENT_LABELS):
            return _calm(labels, weighed, unsure=True)
        return Outcome(route, Severity.TODAY, abuse, Sentiment.NEGATIVE)
    if route is Route.POLICE_NOW:
        abuse = _police_labels(labels, scores, about)
        return Outcome(route, Severity.THIS_HOUR, abuse, Sentiment.NEGATIVE)
    this_hour = weighed.this_hour >= t.this_hour
    tone = Sentiment.NEGATIVE if about in _ADULTS else _tone(scores)
    abuse = _in_order({*labels - {"threat", "extremism", "defamation"}, "safeguarding"})
    return Outcome(route, Severity.THIS_HOUR if this_hour else Severity.TODAY, abuse, tone)


def _lane(weighed: Weighed) -> Route:
    """The way of acting: danger's own route first, police before safeguarding, else the likeliest."""
    asked = {s.route for s in weighed.dangers}
    for route in (Route.POLICE_NOW, Route.SAFEGUARDING):
        if route in asked:
            return _lane_of_danger(weighed, route)
    return max(LANES, key=lambda route: weighed.lanes[route])


def _lane_of_danger(weighed: Weighed, asked: Route) -> Route:
    """A danger is never less than its own route; police where the rest of the evidence says so."""
    urgent = (Route.SAFEGUARDING, Route.POLICE_NOW)
    return asked if asked is Route.POLICE_NOW else max(urgent, key=lambda route: weighed.lanes[route])


def _labels(scores: Mapping[str, float], weighed: Weighed, t: Thresholds) -> set[str]:
    """Labels the model or a signal asserts, less those that a signal argues away.

    Where a signal has named what it is, the model must be surer to add something else.
    """
    more = _BESIDE_A_SIGNAL if weighed.asserted - {"profanity"} else 0.0
    seen = {label for label, column in _COLUMN.items() if scores.get(column, 0.0) >= t.label(label) + more}
    return (seen - weighed.cleared) | weighed.asserted


def _removal_labels(labels: set[str], scores: Mapping[str, float], t: Thresholds) -> tuple[str, ...]:
    """What a removal stands on; where nothing passes its own threshold, the likeliest above the floor."""
    kept = labels - _URGENT_LABELS
    if not kept & set(CONTENT_LABELS):
        best = max((x for x in CONTENT_LABELS if x not in _URGENT_LABELS), key=lambda x: _score(scores, x))
        if _score(scores, best) >= t.removal_floor:
            kept = kept | {best}
    return _in_order(kept)


def _police_labels(labels: set[str], scores: Mapping[str, float], about: About) -> tuple[str, ...]:
    """A threat or extremism, and safeguarding where a child is its object."""
    kept = labels - {"defamation"}
    if not kept & {"threat", "extremism"}:
        kept = kept | {max(("threat", "extremism"), key=lambda label: _score(scores, label))}
    return _in_order(kept | ({"safeguarding"} if about is About.PUPIL else set()))


def _calm(labels: set[str], weighed: Weighed, *, unsure: bool = False) -> Outcome:
    route, tone = max(weighed.calm, key=lambda pair: weighed.calm[pair])
    severity = Severity.RESPOND if route is Route.RESPOND else Severity.NOTE
    return Outcome(route, severity, ("profanity",) if "profanity" in labels else (), tone, unsure)


def _tone(scores: Mapping[str, float]) -> Sentiment:
    blames = scores.get("sentiment:negative", 0.0) > scores.get("sentiment:neutral", 0.0)
    return Sentiment.NEGATIVE if blames else Sentiment.NEUTRAL


def _look(outcome: Outcome, weighed: Weighed, language: Language, t: Thresholds) -> bool:
    """Does a person have to look? Where it cannot tell, or was not trained for the language."""
    if outcome.severity >= Severity.TODAY:
        return False
    return outcome.unsure or weighed.severe >= t.look or language is not Language.ENGLISH


def _kept(scores: Mapping[str, float], weighed: Weighed) -> tuple[tuple[str, float], ...]:
    numbers = {**scores, "weighed:severe": weighed.severe, "weighed:this_hour": weighed.this_hour}
    return tuple((label, round(value, 4)) for label, value in numbers.items())


def _score(scores: Mapping[str, float], label: str) -> float:
    return scores.get(_COLUMN[label], 0.0)


def _in_order(labels: set[str]) -> tuple[str, ...]:
    return tuple(label for label in ABUSE_LABELS if label in labels)
