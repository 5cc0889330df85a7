"""Combines model scores and signals, in log-odds. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.verdicts.stack import log_odds, probability
from classifiers.verdicts.thresholds import Thresholds
from data.types import ABUSE_LABELS, Route, Sentiment, Severity, Signal

CONTENT_LABELS = tuple(label for label in ABUSE_LABELS if label != "profanity")
"""Every label except profanity, which is a flag and never a reason to remove."""

PLAYFUL = "playful"
"""The name of the signal of a joke that neither complains nor asks."""

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
_LANE_LABELS = tuple(_ROUTE_LABEL[route] for route in LANES)
_EDGE = 1e-4
_MOST_STRONG = 3
_MOST_WEAK = 2


@dataclass(frozen=True, slots=True)
class WeighedEvidence:
    """What the evidence says: `severe` is how likely it needs action (severity 3 or more), 0..1.

    `lanes` and `calm` are log-odds by route, comparable only within each; `this_hour` is how likely it is
    severity 4. `asserted` labels come from signals that no other signal clears; `cleared` are argued away.
    `dangers` are signals of immediate danger; `grave_signal` says that one of severity 3 or more holds and
    none clears it. Signals that are no more than a hint move `severe` alone.
    """

    severe: float
    this_hour: float
    lanes: Mapping[Route, float]
    calm: Mapping[tuple[Route, Sentiment], float]
    asserted: frozenset[str]
    cleared: frozenset[str]
    dangers: tuple[Signal, ...]
    grave_signal: bool = False


def weigh(scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds) -> WeighedEvidence:
    """The evidence for one text. Labels missing from `scores` count as unlikely."""
    firm = tuple(s for s in signals if not s.hint)
    dangers = tuple(s for s in firm if s.danger)
    cleared = frozenset(label for s in firm for label in s.clears)
    asserted = frozenset(label for s in firm for label in s.labels if s.danger or label not in cleared)
    severe = _model_severe(scores) + _push(signals, asserted, t)
    return WeighedEvidence(
        severe=1.0 if dangers else probability(severe),
        this_hour=_this_hour(scores, dangers),
        lanes=_lanes(scores, firm, t),
        calm=_calm(scores, firm, t),
        asserted=asserted,
        cleared=cleared - asserted,
        dangers=dangers,
        grave_signal=any(s.severity >= Severity.TODAY and asserted & set(s.labels) for s in firm),
    )


def _model_severe(scores: Mapping[str, float]) -> float:
    lanes = sum(scores.get(label, 0.0) for label in _LANE_LABELS)
    return (log_odds(lanes) + log_odds(scores.get("severity:3", 0.0))) / 2


def _push(signals: Sequence[Signal], asserted: frozenset[str], t: Thresholds) -> float:
    """How far the signals shift the log-odds: strong and weak ones for, clearing ones against.

    One that clears a label and asserts another only says what it is, and shifts nothing.
    """
    strong = sum(s.severity >= Severity.TODAY for s in signals)
    weak = sum(
        s.severity < Severity.TODAY and not s.clears and bool(asserted & set(s.labels) - {"profanity"})
        for s in signals
    )
    against = sum(bool(s.clears and not s.labels) for s in signals)
    return (
        t.signal_strong * min(strong, _MOST_STRONG)
        + t.signal_weak * min(weak, _MOST_WEAK)
        - t.signal_clears * min(against, _MOST_WEAK)
    )


def _this_hour(scores: Mapping[str, float], dangers: Sequence[Signal]) -> float:
    return 1.0 if any(s.severity >= Severity.THIS_HOUR for s in dangers) else scores.get("severity:4", 0.0)


def _lanes(scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds) -> dict[Route, float]:
    bias = {
        Route.REQUEST_REMOVAL: t.request_bias,
        Route.PLATFORM_REPORT: 0.0,
        Route.SAFEGUARDING: t.urgent_bias,
        Route.POLICE_NOW: t.urgent_bias + t.police_bias,
    }
    return {
        route: _log(scores, _ROUTE_LABEL[route]) + bias[route] + _votes(route, signals, t) for route in LANES
    }


def _log(scores: Mapping[str, float], label: str) -> float:
    return math.log(max(scores.get(label, 0.0), _EDGE))


def _votes(route: Route, signals: Sequence[Signal], t: Thresholds) -> float:
    """Signals that name a route; one of danger counts double."""
    votes = sum(1 + s.danger for s in signals if s.route is route)
    return t.signal_strong * min(votes, _MOST_STRONG)


def _calm(
    scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds
) -> dict[tuple[Route, Sentiment], float]:
    """Log-odds of route and sentiment together: thanks are positive, what needs an answer is not.

    The model takes a joke's hard words for blame, but a joke does not need an answer.
    """
    in_fun = any(s.name == PLAYFUL for s in signals)
    routes = {
        route: _log(scores, _ROUTE_LABEL[route]) + bias + _votes(route, signals, t)
        for route, bias in ((Route.NOTE, 0.0), (Route.THANK, t.thank_bias), (Route.RESPOND, t.respond_bias))
    }
    tones = {
        Sentiment.NEGATIVE: _log(scores, _TONE_LABEL[Sentiment.NEGATIVE]),
        Sentiment.NEUTRAL: _log(scores, _TONE_LABEL[Sentiment.NEUTRAL]) + t.neutral_bias,
        Sentiment.POSITIVE: _log(scores, _TONE_LABEL[Sentiment.POSITIVE]) + t.positive_bias,
    }
    return {
        (route, tone): routes[route] + tones[tone]
        for route in CALM
        for tone in _TONES[route]
        if not (in_fun and route is Route.RESPOND)
    }
