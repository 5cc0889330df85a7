"""How likely a mention is grave, urgent and about the school: all evidence weighed together. Pure.

A logistic regression for each question, over few features: what the models think, how linking placed the
text, which signals fire, the language, the kind of channel. `research/training/calibrate.py` writes
the weights.
"""

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
from data.errors import InputError
from data.types import Match, Route, Severity, Signal

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
    """The four probabilities for one mention and one school; `stack` is the shipped one by default.

    Without a model's opinion on whether it is about the school at all, `ours` is linking's own score.
    """
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
    and mere hints for and against.

    One that clears a label and asserts another only says what it is, and is of no family.
    """
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
    """The weightings of a TOML file: a table for each member and question, with `bias` and `weights`.

    Raises InputError, naming the file and the table, where one is missing or cannot be read.
    """
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
