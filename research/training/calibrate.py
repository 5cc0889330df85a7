"""Calibration: removes the weights of training, and finds one temperature per head on the calibration set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.scoring.network import Floats, Head, spans

TEMPERATURES = tuple(float(x) for x in np.geomspace(0.25, 4.0, 49))
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibrated logits are `logits * scale + shift`, column by column."""

    scale: tuple[float, ...]
    shift: tuple[float, ...]

    def apply(self, logits: Floats) -> Floats:
        """The calibrated logits."""
        return logits * np.asarray(self.scale, np.float32) + np.asarray(self.shift, np.float32)


def calibrate(logits: Floats, targets: NDArray[np.float64], weight_shift: Sequence[float]) -> Calibration:
    """Scale and shift from logits and targets `[n, labels]`, NaN where unknown.

    The shift undoes what the label weights of the loss added; the temperature of a head is the one, of 49
    between a quarter and four, with the least log loss; 1 where no target is known.
    """
    scale = np.ones(logits.shape[1])
    shift = np.asarray(weight_shift, dtype=np.float64)
    for head, span in spans():
        if np.isnan(targets[:, span]).all():
            continue
        plain = logits[:, span] + shift[span]
        best = min(TEMPERATURES, key=lambda heat: _log_loss(plain / heat, targets[:, span], head))
        scale[span] = 1.0 / best
    return Calibration(tuple(scale.round(5).tolist()), tuple((shift * scale).round(5).tolist()))


def _log_loss(logits: NDArray[np.float64], targets: NDArray[np.float64], head: Head) -> float:
    known = ~np.isnan(targets)
    if head.exclusive:
        power = np.exp(logits - logits.max(axis=1, keepdims=True))
        chance = power / power.sum(axis=1, keepdims=True)
        return float(-np.log(chance[known & (targets > 0.5)] + _TINY).mean())
    chance = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
    likely = np.where(targets > 0.5, chance, 1.0 - chance)
    return float(-np.log(likely[known] + _TINY).mean())
