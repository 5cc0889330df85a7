"""Combines model scores and signals, in log-odds. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.text.language import Language
from classifiers.verdicts.stack import Likelihoods, judge
from classifiers.verdicts.verdict_reasons import Thresholds
from data.types import ABUSE_LABELS, Match, Relevance, Route, Sentiment, Severity, Signal

CONTENT_LABELS = tuple(label for label in ABUSE_LABELS if label != "profanity")
"""Every label except profanity, which is a flag and never a reason to remove."""

LANES = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.SAFEGUARDING, Route.POLICE_NOW)
"""The routes of severity 3 and 4."""

CALM = (Route.NOTE, Route.THANK, Route.RESPOND)
"""The routes of severity 1 and 2."""

_TONES: dict[Route, tuple[Sentiment, ...]] = {
    Route.NOTE: (Sentiment.NEUTRAL, Sentiment.POSITIVE),
    Route.THANK: (Sentiment.POSITIVE,),
    Route.RESPOND: (Sentiment.NEGATIVE, Sentiment.NEUTRAL),
}
_ROUTE_LABEL = {route: f"route:{route.value}" for route in Route}
_TONE_LABEL = {tone: f"sentiment:{tone.value}" for tone in Sentiment}
_EDGE = 1e-4
_WISH = "self_harm"
_MOST_VOTES = 3
_JEST = 0.9
"""At this share of the line where an alert begins: what a firm signal knows for a figure of speech is no more
than a look, unless the models find something grave that it does not explain."""
_NOT_EXPLAINED = 0.25
"""From this probability of a label that no jest clears there is something else in it."""
_ANYWHERE = Match("", Relevance.UNSURE, 0.5)


@dataclass(frozen=True, slots=True)
class WeighedEvidence:
    """The weighed evidence: `severe` is how likely it needs action (severity 3 or more), 0..1.

    `lanes` and `calm` are log-odds by route, comparable only within each; `this_hour` is how likely it is
    severity 4, `ours` how likely it is about the school. `asserted` labels come from signals that no other
    clears; `cleared` are argued away. `dangers` are signals of immediate danger; `grave_signal` says that one
    of severity 3 or more holds and none clears it: it alerts, however harmless the models find the text.
    `in_doubt` says that only a harmless word, or the length, stands against a danger, that somebody may
    wish to die, or that a grave word stands in what may be grave (`severity`). Signals that are no more
    than a hint move `severe` alone.
    """

    severe: float
    this_hour: float
    ours: float
    lanes: Mapping[Route, float]
    calm: Mapping[tuple[Route, Sentiment], float]
    asserted: frozenset[str]
    cleared: frozenset[str]
    dangers: tuple[Signal, ...]
    grave_signal: bool = False
    in_doubt: bool = False


def weigh(
    scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds, likely: Likelihoods | None = None
) -> WeighedEvidence:
    """The evidence for one text. Labels missing from `scores` count as unlikely.

    `likely` is what the stack makes of it; by default of the text alone, wherever it was found.
    """
    likely = likely or judge(scores, signals, _ANYWHERE, Language.ENGLISH, "")
    firm = tuple(s for s in signals if not s.hint)
    dangers = tuple(s for s in firm if s.danger)
    cleared = frozenset(label for s in firm for label in s.clears)
    asserted = frozenset(label for s in firm for label in s.labels if s.danger or label not in cleared)
    this_hour = any(s.severity >= Severity.THIS_HOUR for s in dangers)
    grave = any(s.severity >= Severity.TODAY and asserted & set(s.labels) for s in firm)
    explained = {label for s in firm if s.route is Route.NOTE for label in s.clears}
    others = (scores.get(f"abuse:{label}", 0.0) for label in CONTENT_LABELS if label not in explained)
    jest = bool(explained) and max(others) < _NOT_EXPLAINED
    found = min(likely.grave, _JEST * t.alert) if jest else likely.grave
    bias = {
        Route.REQUEST_REMOVAL: t.request_bias,
        Route.PLATFORM_REPORT: 0.0,
        Route.SAFEGUARDING: t.urgent_bias,
        Route.POLICE_NOW: t.urgent_bias + t.police_bias,
    }
    return WeighedEvidence(
        severe=1.0 if dangers else max(found, t.alert if grave else 0.0),
        this_hour=1.0 if this_hour else likely.hour,
        ours=likely.ours,
        lanes={
            route: _log(scores, _ROUTE_LABEL[route]) + bias[route] + _votes(route, firm, t) for route in LANES
        },
        calm=_calm(scores, firm, t),
        asserted=asserted,
        cleared=cleared - asserted,
        dangers=dangers,
        grave_signal=grave,
        in_doubt=any((s.hint and s.severity >= Severity.THIS_HOUR) or _WISH in s.labels for s in signals),
    )


def route_score(scores: Mapping[str, float], route: Route) -> float:
    """Return how likely the model finds a route."""
    return scores.get(_ROUTE_LABEL[route], 0.0)


def _log(scores: Mapping[str, float], label: str) -> float:
    return math.log(max(scores.get(label, 0.0), _EDGE))


def _votes(route: Route, signals: Sequence[Signal], t: Thresholds) -> float:
    """Signals that name a route; one of danger counts double."""
    if not signals:
        return 0.0
    votes = sum(1 + s.danger for s in signals if s.route is route)
    return t.signal_strong * min(votes, _MOST_VOTES)


def _calm(
    scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds
) -> dict[tuple[Route, Sentiment], float]:
    """Log-odds of route and sentiment together: thanks are positive, what needs an answer is not."""
    routes = {
        route: _log(scores, _ROUTE_LABEL[route]) + bias + _votes(route, signals, t)
        for route, bias in ((Route.NOTE, 0.0), (Route.THANK, t.thank_bias), (Route.RESPOND, t.respond_bias))
    }
    tones = {
        Sentiment.NEGATIVE: _log(scores, _TONE_LABEL[Sentiment.NEGATIVE]),
        Sentiment.NEUTRAL: _log(scores, _TONE_LABEL[Sentiment.NEUTRAL]) + t.neutral_bias,
        Sentiment.POSITIVE: _log(scores, _TONE_LABEL[Sentiment.POSITIVE]) + t.positive_bias,
    }
    return {(route, tone): routes[route] + tones[tone] for route in CALM for tone in _TONES[route]}
