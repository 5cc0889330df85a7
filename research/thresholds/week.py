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

MISSED, LATER, TOO_LATE, NEEDLESS, LOOK = 50.0, 5.0, 20.0, 2.0, 0.2
"""The cost of a grave post that nobody is shown, of one that is only looked at, by the next day, of severity
4 that is (it was for this hour), of an alert for nothing, and of a look: their ratios count; docs/model.md
says why.
"""

FALSE_ALARMS = 0.06
"""The share of a week's posts about the school, none of them grave, that may be alerted: of posts that were
written to mislead, as most of these are."""

LEAST_TOLD = 0.91
"""The share of a week's grave posts that must alert where no second reader reads what does not."""

LOOKS = 0.12
"""The share of all of a week's posts that may ask for a look, the policy's. All of it is used: a few hundred
posts say little of where the next missed one lies."""

LEAST_ALERT = 0.25
"""Nothing less likely than this is alerted, however few the false alarms."""

_STEPS = tuple(round(0.01 * step, 2) for step in range(1, 96))


@dataclass(frozen=True, slots=True)
class Found:
    """One labelled post as the stack found it: `likely` is how likely it is grave; `firm` says that a signal
    alerts whatever the line, `ours` that it is about the school, `grave` that it needs action today, `hour`
    that it needs it within the hour.
    """

    group: str
    likely: float
    firm: bool
    ours: bool
    grave: bool
    hour: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """A week's posts, column by column."""

    likely: NDArray[np.float64]
    ours: NDArray[np.bool_]
    grave: NDArray[np.bool_]
    hour: NDArray[np.bool_]

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
        late = np.where(self.hour, TOO_LATE, LATER)
        missed = MISSED * (self.grave & ~shown) + late * (self.grave & looked)
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
        np.asarray([one.hour for one in chosen]),
    )


def telling(stream: Stream) -> float:
    """The cheapest line from which enough of what is grave alerts."""
    grave = stream.likely[stream.grave]
    lines = [line for line in _STEPS if line >= LEAST_ALERT and (grave >= line).mean() >= LEAST_TOLD]
    return _cheapest(stream, lines) if lines else LEAST_ALERT


def cheapest(stream: Stream) -> float:
    """The line of alerts that costs least and keeps to the share of false ones."""
    allowed = [line for line in _STEPS if line >= LEAST_ALERT and stream.false_alarms(line) <= FALSE_ALARMS]
    return _cheapest(stream, allowed or _STEPS[-1:])


def look_line(stream: Stream, alert: float) -> float:
    """The lowest line of looks that keeps to their share."""
    lines = (line for line in _STEPS if line < alert and stream.looks(alert, line) <= LOOKS)
    return next(lines, alert)


def _cheapest(stream: Stream, lines: Sequence[float]) -> float:
    return min(lines, key=lambda line: stream.cost(line, look_line(stream, line)))
