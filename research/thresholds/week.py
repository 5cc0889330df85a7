"""A school's week, drawn from labelled posts, and what a judgement of it costs. Pure.

Posts that were written to be told apart are nearly all grave or nearly so; a school's are not. So the lines
are found on a stream in which each group of routes has the share it has in a week.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

STREAM = 5000
SEED = 20261125

WEEK = {"urgent": 0.02, "removal": 0.015, "answer": 0.22, "calm": 0.545, "ignore": 0.20}
"""The share of a week's finds by group of routes: an estimate, see docs/model.md."""

MISSED, LATER, NEEDLESS, LOOK = 50.0, 5.0, 2.0, 0.2
"""The cost of a grave post that nobody is shown, of one that is only looked at, by the next day, of an alert
for nothing, and of a look: their ratios count; docs/model.md says why.
"""

FALSE_ALARMS = 0.04
"""The share of a week's posts about the school, none of them grave, that may be alerted."""

LOOKS = 0.125
"""The share of all of a week's posts that may ask for a look: the policy's share."""

LEAST_ALERT = 0.25
"""Nothing less likely than this is alerted, however few the false alarms."""

_STEPS = tuple(round(0.01 * step, 2) for step in range(1, 96))


@dataclass(frozen=True, slots=True)
class Found:
    """One labelled post as the stack found it: `likely` is how likely it is grave; `firm` says that a signal
    alerts whatever the line, `ours` that it is about the school, `grave` that it needs action today.
    """

    group: str
    likely: float
    firm: bool
    ours: bool
    grave: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """A week's posts, column by column."""

    likely: NDArray[np.float64]
    ours: NDArray[np.bool_]
    grave: NDArray[np.bool_]

    def false_alarms(self, alert: float) -> float:
        """The share of what is ours and not grave that a line alerts."""
        return float((self.likely >= alert)[self.ours & ~self.grave].mean())

    def looks(self, alert: float, look: float) -> float:
        """The share of all posts that are looked at."""
        return float(((self.likely >= look) & (self.likely < alert)).mean())

    def cost(self, alert: float, look: float) -> float:
        """The mean cost of a post."""
        alerted, shown = self.likely >= alert, self.likely >= look
        looked = shown & ~alerted
        missed = MISSED * (self.grave & ~shown) + LATER * (self.grave & looked)
        return float((missed + NEEDLESS * (alerted & ~self.grave) + LOOK * looked).mean())


def drawn(found: Sequence[Found], size: int = STREAM, seed: int = SEED) -> Stream:
    """A stream of posts, drawn with replacement so that each group has its share of the week."""
    by_group: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_group[one.group].append(one)
    dice, groups = random.Random(seed), [group for group in WEEK if by_group[group]]
    shares = list(accumulate(WEEK[group] for group in groups))
    chosen = [dice.choice(by_group[group]) for group in dice.choices(groups, cum_weights=shares, k=size)]
    return Stream(
        np.asarray([1.0 if one.firm else one.likely for one in chosen]),
        np.asarray([one.ours for one in chosen]),
        np.asarray([one.grave for one in chosen]),
    )


def cheapest(stream: Stream) -> tuple[float, float]:
    """(alert, look): the two lines that cost least and keep to both shares."""
    allowed = [line for line in _STEPS if line >= LEAST_ALERT and stream.false_alarms(line) <= FALSE_ALARMS]
    pairs = [
        (alert, look)
        for alert in allowed or _STEPS[-1:]
        for look in _STEPS
        if look < alert and stream.looks(alert, look) <= LOOKS
    ]
    return min(pairs, key=lambda pair: stream.cost(*pair))
