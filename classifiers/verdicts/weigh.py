"""Combines model scores and signals, in log-odds. Pure."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from classifiers.linking.match_reasons import BESIDE, NAMES_ANOTHER, NAMES_ANOTHER_SCHOOL, NAMES_US, UNTIED
from classifiers.text.language import Language
from classifiers.text.model_text import family_of
from classifiers.verdicts.verdict_reasons import Thresholds
from data.errors import InputError
from data.types import ABUSE_LABELS, Match, Relevance, Route, Sentiment, Severity, Signal

# How likely a mention is grave, urgent and about the school: a logistic regression for each question, over
# few features: what the models think, how linking placed the text, which signals fire, the language, the kind
# of channel. `research/training/calibrate.py` writes the weights.

STACK_FILE = Path(__file__).with_name("stack.toml")

QUESTIONS = ("grave", "hour", "urgent", "ours")
"""Severity 3 or more, severity 4, child protection or police, about the school."""

MEMBERS = ("network", "ngrams", "reader")
"""The three weightings: by the network's opinion alone, by that of the n-grams beside it, and by the second
reader's in the network's place, with both beside it."""

_EDGE = 1e-4
_LEAST, _MOST_SURE = (math.log(p / (1 - p)) for p in (_EDGE, 1 - _EDGE))
_MOST = 3
_URGENT = tuple(f"route:{route.value}" for route in Route if route.urgent)
_LANES = tuple(f"route:{route.value}" for route in Route if route.urgent or route.removal)
_SINGLE = {
    "network:grave": "severity:3", "network:hour": "severity:4", "network:relevant": "relevant",
    "ngram:grave": "ngram:severity:3", "ngram:hour": "ngram:severity:4", "ngram:urgent": "ngram:urgent",
    "ngram:relevant": "ngram:relevant", "ngram:respond": "ngram:respond", "ngram:removal": "ngram:removal",
    "first:grave": "first:severity:3", "first:hour": "first:severity:4",
}  # fmt: skip
"""The features that are the log-odds of one column of `Scores`."""

_SUMMED = {"network:urgent": _URGENT, "network:lanes": _LANES}
"""Those that are the log-odds of the sum of several."""

_CODES = {
    "link:us": NAMES_US,
    "link:another": NAMES_ANOTHER,
    "link:another_school": NAMES_ANOTHER_SCHOOL,
    "link:beside": BESIDE,
    "link:untied": frozenset((UNTIED,)),
    "link:school_words": frozenset(("school_words", "school_words_many")),
    "link:few_bearers": frozenset(("few_bearers",)),
    "link:many_bearers": frozenset(("many_bearers",)),
}
"""The features that say whether linking gave one of these reasons."""


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Probabilities, 0..1: severity 3 or more, severity 4, child protection or police, about the school."""

    grave: float
    hour: float
    urgent: float
    ours: float


@dataclass(frozen=True, slots=True)
class Weighting:
    """One question's logistic regression."""

    bias: float
    weights: Mapping[str, float]

    def odds(self, found: Mapping[str, float]) -> float:
        """The log-odds from the features of a mention; a feature that is missing is 0."""
        odds, get = 0.0, found.get
        for name, weight in self.weights.items():
            value = get(name)
            if value:
                odds += weight * value
        return self.bias + odds


Stack = Mapping[str, Mapping[str, Weighting]]
"""The weighting of each of QUESTIONS, by member."""


def judge(
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    match: Match,
    language: Language,
    channel: str,
    stack: Stack | None = None,
) -> Likelihoods:
    """The four probabilities for a mention and a school; without the model's `ours`, linking's own score."""
    found = make_features(scores, signals, match, language, channel)
    alone = "ngrams" if "ngram:severity:3" in scores else "network"
    weightings = (stack or read_stack())["reader" if was_read(scores) else alone]
    grave, hour, urgent, ours = (probability(weightings[name].odds(found)) for name in QUESTIONS)
    return Likelihoods(grave, hour, urgent, ours if "relevant" in scores else match.score)


def was_read(scores: Mapping[str, float]) -> bool:
    """Did the second reader read the text that they are of?"""
    return "first:severity:3" in scores


def with_reading(scores: Mapping[str, float], reading: Mapping[str, float]) -> dict[str, float]:
    """The scores of a text that was read again: the second reader's, and those it does not give."""
    first = {f"first:{label}": scores.get(label, 0.0) for label in ("severity:3", "severity:4")}
    return {**scores, **reading, **first}


def make_features(
    scores: Mapping[str, float], signals: Sequence[Signal], match: Match, language: Language, channel: str
) -> dict[str, float]:
    """Build what the weightings are applied to, by name. A label missing from `scores` counts as unlikely."""
    codes = {reason.code for reason in match.reasons}
    found = {name: log_odds(scores.get(column, 0.0)) for name, column in _SINGLE.items()}
    found |= {name: log_odds(sum([scores.get(c, 0.0) for c in of])) for name, of in _SUMMED.items()}
    found["link:score"] = log_odds(match.score)
    found |= {name: 1.0 for name, group in _CODES.items() if not group.isdisjoint(codes)}
    found |= _count_families(signals) if signals else _NO_SIGNALS
    found[f"language:{language.value}"] = 1.0
    found[f"channel:{family_of(channel)}"] = 1.0
    return found


def _count_families(signals: Sequence[Signal]) -> dict[str, float]:
    """Count how many signals of each family fire: strong (severity 3), weak (a label only), clears, danger,
    and mere hints for and against. One that clears a label and asserts another only says what it is, and is
    of no family."""
    firm = [s for s in signals if not s.hint]
    cleared = {label for s in firm for label in s.clears}
    asserted = {label for s in firm for label in s.labels if s.danger or label not in cleared}
    counts = {
        "signal:strong": sum(s.severity >= Severity.TODAY for s in firm),
        "signal:weak": sum(_says(s, asserted) for s in firm),
        "signal:clears": sum(_clears(s) for s in firm),
        "signal:danger": sum(s.danger for s in firm),
        "signal:hints": sum(s.hint and bool(s.labels) for s in signals),
        "signal:doubts": sum(s.hint and _clears(s) for s in signals),
    }
    return {name: float(min(count, _MOST)) for name, count in counts.items()}


def _says(signal: Signal, asserted: set[str]) -> bool:
    said = asserted & set(signal.labels) - {"profanity"}
    return signal.severity < Severity.TODAY and not signal.clears and bool(said)


def _clears(signal: Signal) -> bool:
    return bool(signal.clears and not signal.labels)


_NO_SIGNALS = _count_families(())


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), with p held within 0.0001 of 0 and 1."""
    if probability <= _EDGE:
        return _LEAST
    return _MOST_SURE if probability >= 1 - _EDGE else math.log(probability / (1 - probability))


def probability(odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


@lru_cache(maxsize=1)
def read_stack(path: Path = STACK_FILE) -> Stack:
    """The weightings of a TOML file. Raises InputError, naming file and table, where one cannot be read."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as weights ({error}).") from error
    return {member: {name: _weighting(read, member, name, path) for name in QUESTIONS} for member in MEMBERS}


def _weighting(read: Mapping[str, Any], member: str, name: str, path: Path) -> Weighting:
    try:
        table = read[member][name]
        weights = {str(key): float(value) for key, value in table["weights"].items()}
        found = Weighting(float(table["bias"]), weights)
        if not weights or not all(map(math.isfinite, (found.bias, *weights.values()))):
            raise ValueError("weights must be there, and be numbers")
        return found
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise InputError(f"{path}, [{member}.{name}]: cannot be read as weights ({fault!r}).") from None


# Model scores and signals combined, in log-odds.

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
    """The evidence for one text; labels not in `scores` are unlikely, `likely` by default of it alone."""
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
