"""The outcome for an article: the press is answered, noted, or a matter of child protection. Pure.

What its phrases tell (`events`) is laid on what the model thinks. Adverse news is never praise; what
is over, was nothing or was only practised raises no alert; a person looks where the headline says both.
Nothing is offered for removal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from classifiers.verdicts.press.events import PressReading
from classifiers.verdicts.severity import SeverityOutcome, in_protection
from classifiers.verdicts.verdict_reasons import Thresholds
from classifiers.verdicts.weigh import LANES, WeighedEvidence, log_odds, probability, route_score
from data.types import About, PressEvent, Route, Sentiment, Severity

_CALM = (Route.NOTE, Route.THANK)
_AGAINST = (Route.RESPOND, *LANES)
_MODEL_AT_MOST = 2.0
_OF_CHANCE = frozenset((PressEvent.INJURY,))
_TOLD_ALREADY = 1.5
_LEAST = 1e-4


def judge_press(
    scores: Mapping[str, float],
    weighed: WeighedEvidence,
    about: About,
    t: Thresholds,
    line: float,
    reading: PressReading | None,
) -> SeverityOutcome:
    """Severity, route and tone of an article; `line` is where an alert begins."""
    grave = _weigh_gravity(weighed, reading) >= line
    if not grave and not _adverse(scores, t, reading):
        return _favourable(weighed, reading)
    route = _route(scores, t, reading) if grave else Route.RESPOND
    if route is Route.POLICE_NOW:
        abuse = max(("threat", "extremism"), key=lambda label: scores.get(f"abuse:{label}", 0.0))
        return SeverityOutcome(route, Severity.THIS_HOUR, (abuse,), Sentiment.NEGATIVE)
    if route is Route.SAFEGUARDING:
        return in_protection((), scores, about, _how_soon(weighed, t, reading))
    return SeverityOutcome(
        Route.RESPOND, Severity.TODAY if grave else Severity.RESPOND, (), _tone(weighed, reading)
    )


def judge_shared(own: SeverityOutcome, news: SeverityOutcome, *, adds: bool) -> SeverityOutcome:
    """The outcome of a post that passes on adverse news: the graver of its `own` and of the `news`.

    Of two as grave the news goes, unless its poster `adds` something, somebody may be in danger or it may be
    removed: abuse behind a paper's name is abuse.
    """
    above = own.route.urgent or (own.route.removal and not news.route.urgent)
    if own.severity > news.severity or (own.severity == news.severity and (adds or above)):
        return own
    return news


def _weigh_gravity(weighed: WeighedEvidence, reading: PressReading | None) -> float:
    """Weigh how likely it needs action today; phrases of a poor inspection or a strike do not make it
    likelier.
    """
    if reading is None or (reading.adverse and reading.floor < Severity.TODAY):
        return weighed.severe
    model = log_odds(weighed.severe)
    return probability(
        max(model, -_MODEL_AT_MOST) + reading.lean if reading.adverse else model + reading.lean
    )


def _adverse(scores: Mapping[str, float], t: Thresholds, reading: PressReading | None) -> bool:
    """Is it against the school, by its phrases and the model together?"""
    against = sum(route_score(scores, route) for route in _AGAINST)
    calm = sum(route_score(scores, route) for route in _CALM)
    model = math.log(max(against, _LEAST)) - math.log(max(calm, _LEAST)) + t.respond_bias
    lean = 0.0 if reading is None else reading.lean
    return lean + min(max(model, -_MODEL_AT_MOST), _MODEL_AT_MOST) > 0.0


def _route(scores: Mapping[str, float], t: Thresholds, reading: PressReading | None) -> Route:
    """The likeliest of three: most of what the press tells is known to the authorities already."""
    if reading is not None and reading.at_risk:
        urgent = (Route.SAFEGUARDING, Route.POLICE_NOW)
        return max(urgent, key=lambda route: route_score(scores, route))
    answered = sum(route_score(scores, route) for route in _AGAINST if not route.urgent)
    odds = {
        Route.RESPOND: _log(answered) + (0.0 if reading is None else _TOLD_ALREADY),
        Route.SAFEGUARDING: _log(route_score(scores, Route.SAFEGUARDING)),
        Route.POLICE_NOW: _log(route_score(scores, Route.POLICE_NOW)) + t.police_bias,
    }
    return max(odds, key=lambda route: odds[route])


def _how_soon(weighed: WeighedEvidence, t: Thresholds, reading: PressReading | None) -> Severity:
    if weighed.this_hour >= t.this_hour or (reading is not None and reading.floor >= Severity.THIS_HOUR):
        return Severity.THIS_HOUR
    return Severity.TODAY


def _favourable(weighed: WeighedEvidence, reading: PressReading | None) -> SeverityOutcome:
    tones = (Sentiment.NEUTRAL, Sentiment.POSITIVE)
    tone = max(tones, key=lambda tone: weighed.calm[Route.NOTE, tone])
    if reading is not None:
        tone = Sentiment.POSITIVE if reading.praise else Sentiment.NEUTRAL
    return SeverityOutcome(Route.NOTE, Severity.NOTE, (), tone, unsure=reading is not None and reading.torn)


def _tone(weighed: WeighedEvidence, reading: PressReading | None) -> Sentiment:
    """Against the school, except where it is only the place of an accident."""
    if reading is not None:
        return Sentiment.NEUTRAL if reading.event in _OF_CHANCE else Sentiment.NEGATIVE
    blamed = weighed.calm.get((Route.RESPOND, Sentiment.NEGATIVE), 0.0)
    neutral = weighed.calm.get((Route.RESPOND, Sentiment.NEUTRAL), -1.0)
    return Sentiment.NEUTRAL if neutral > blamed else Sentiment.NEGATIVE


def _log(value: float) -> float:
    return math.log(max(value, _LEAST))
