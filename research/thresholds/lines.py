"""Where each threshold of the decision is best set, given labelled cases. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from classifiers.verdicts.verdict_reasons import Thresholds
from classifiers.verdicts.weigh import LANES, Likelihoods, WeighedEvidence, judge_severity, log_odds, weigh
from data.types import ABUSE_LABELS, About, Route, Sentiment, Signal
from research.evaluation.metrics import f1

FAIR_REMOVALS = 0.0075
"""The share of notes, thanks and items to be answered for which removal may be offered."""

RULED_OUT = 0.03
"""The share of relevant items that may be ruled out; graver ones are kept more readily."""

MOST_REMOVAL = 0.9
"""From here on a removal may always be offered."""

FEW = 12
"""A label with fewer positives uses the common threshold."""

GRID = tuple(round(0.05 * step, 2) for step in range(2, 19))
_SEVERE = 3


@dataclass(frozen=True, slots=True)
class LabelledCase:
    """One relevant labelled item with everything the decision is based on; `likely` is by a stack that was
    fitted without it.
    """

    item: Mapping[str, Any]
    scores: Mapping[str, float]
    signals: tuple[Signal, ...]
    about: About
    likely: Likelihoods

    @property
    def severe(self) -> bool:
        return bool(self.item["severity"] >= _SEVERE)

    def weighed(self, t: Thresholds) -> WeighedEvidence:
        """What the evidence says."""
        return weigh(self.scores, self.signals, t, self.likely)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How likely the stack finds it that an item is about the school, and whether it is."""

    ours: float
    relevant: bool


def ours_line(doubtful: Sequence[Doubt]) -> float:
    """The line, in log-odds, that rules out no more than a few relevant items."""
    ours = sorted(log_odds(d.ours) for d in doubtful if d.relevant)
    return round(ours[int(RULED_OUT * len(ours))] - 1e-3, 3)


def removal_line(found: Sequence[LabelledCase], t: Thresholds) -> float:
    """Just above the gravest harmless cases that would go to removal, except for the few allowed."""
    judged = [(case.weighed(t), case) for case in found if not case.severe]
    removals = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
    wrong = [w.severe for w, _ in judged if max(LANES, key=lambda route: w.lanes[route]) in removals]
    ranked = sorted(wrong, reverse=True)
    allowed = int(FAIR_REMOVALS * len(judged))
    line = ranked[allowed] + 1e-4 if len(ranked) > allowed else t.alert
    return round(min(max(line, t.alert), max(MOST_REMOVAL, t.alert)), 4)


def lanes_right(found: Sequence[LabelledCase], t: Thresholds) -> float:
    """The share of severe cases with the right route, and of child protection and police kept within
    theirs.
    """
    urgent = (Route.SAFEGUARDING, Route.POLICE_NOW)
    right = kept = severe = lane = 0
    for case in found:
        if case.severe:
            lanes = case.weighed(t).lanes
            guess, truth = max(LANES, key=lambda route: lanes[route]), Route(case.item["route"])
            severe, right = severe + 1, right + (guess is truth)
            lane, kept = lane + (truth in urgent), kept + (truth in urgent and guess in urgent)
    return right / severe + 0.5 * kept / lane


def hour_right(found: Sequence[LabelledCase], t: Thresholds) -> float:
    """Among child-protection matters: those for this hour found as such, and the others not."""
    own = [case for case in found if case.item["route"] == Route.SAFEGUARDING.value]
    sure = [case.weighed(t).this_hour >= t.this_hour for case in own]
    hour = [s for s, case in zip(sure, own, strict=True) if case.item["severity"] > _SEVERE]
    later = [not s for s, case in zip(sure, own, strict=True) if case.item["severity"] == _SEVERE]
    return 0.6 * sum(hour) / len(hour) + 0.4 * sum(later) / len(later)


def label_lines(found: Sequence[LabelledCase]) -> dict[str, float]:
    """For each label the threshold with the best F1 among severe cases; rare ones share one."""
    pool = [case for case in found if case.severe]
    common = max(GRID, key=lambda line: sum(_f1(pool, label, line) for label in ABUSE_LABELS))
    lines = {}
    for label in ABUSE_LABELS:
        several = sum(label in case.item["abuse"] for case in pool) >= FEW
        best = max(GRID, key=partial(_f1, pool, label))
        lines[label] = round((best + common) / 2, 3) if several else common
    return lines


def _f1(pool: Sequence[LabelledCase], label: str, line: float) -> float:
    truth = [label in case.item["abuse"] for case in pool]
    guess = [case.scores[f"abuse:{label}"] >= line for case in pool]
    return f1(sum(a and b for a, b in zip(truth, guess, strict=True)), sum(guess), sum(truth))


def calm_right(found: Sequence[LabelledCase], t: Thresholds) -> float:
    """The shares of harmless cases with the right route and tone."""
    own = [case for case in found if not case.severe]
    made = [judge_severity(case.weighed(t), case.about) for case in own]
    routes = sum(o.route.value == case.item["route"] for o, case in zip(made, own, strict=True)) / len(own)
    tones = 0.0
    for tone in Sentiment:
        truth = [case.item["sentiment"] == tone.value for case in own]
        guess = [o.sentiment is tone for o in made]
        tones += f1(sum(a and b for a, b in zip(truth, guess, strict=True)), sum(guess), sum(truth))
    return float(routes + tones / len(Sentiment))
