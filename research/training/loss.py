"""What is minimised: cross-entropy for exclusive heads, binary cross-entropy for the others."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from classifiers.scoring.network import LABELS, spans
from research.training.examples import COLUMNS

MAX_WEIGHT = 10.0
HEAD_WEIGHT = {
    "sentiment": 1.0,
    "abuse": 3.0,
    "about": 0.5,
    "route": 1.0,
    "severity": 1.5,
    "relevant": 0.3,
    "offensive": 0.7,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """The extra weight of a rare label, by column: the square root of how much rarer it is, at most
    MAX_WEIGHT.
    """

    values: Tensor

    @classmethod
    def of(cls, targets: Tensor) -> Weights:
        """From the training targets `[n, len(COLUMNS)]`, NaN where unknown."""
        known = ~torch.isnan(targets)
        positive = torch.where(known, targets, 0.0).sum(dim=0).clamp(min=1.0)
        rarer = (known.sum(dim=0) - positive).clamp(min=1.0) / positive
        values = rarer.sqrt().clamp(max=MAX_WEIGHT)
        for head, span in spans():
            if head.exclusive:
                values[span] = values[span] / values[span].mean()
        return cls(values)

    def shift(self) -> list[float]:
        """What the weights add to each exported logit, to be subtracted again."""
        return [-float(value) for value in self.values[: len(LABELS)].log()]


def loss(logits: Tensor, targets: Tensor, row_weights: Tensor, weights: Weights) -> Tensor:
    """One number for a batch; unknown targets are left out, each row counts by its weight."""
    total = logits.new_zeros(())
    for head, span in spans():
        one = _exclusive if head.exclusive else _independent
        total = total + HEAD_WEIGHT[head.name] * one(
            logits[:, span], targets[:, span], row_weights, weights.values[span]
        )
    auxiliary = slice(len(LABELS), len(COLUMNS))
    return total + _independent(
        logits[:, auxiliary], targets[:, auxiliary], row_weights, weights.values[auxiliary]
    )


def distance(logits: Tensor, answers: Tensor) -> Tensor:
    """How far a batch is from a teacher's answers (logits of LABELS, NaN in rows that it did not read)."""
    read = ~torch.isnan(answers).any(dim=1)
    if not bool(read.any()):
        return logits.sum() * 0.0
    total = logits.new_zeros(())
    for head, span in spans():
        mine, theirs = logits[read, span], answers[read, span]
        if head.exclusive:
            each = -(theirs.softmax(dim=1) * mine.log_softmax(dim=1)).sum(dim=1)
        else:
            apart = functional.binary_cross_entropy_with_logits(mine, theirs.sigmoid(), reduction="none")
            each = apart.mean(dim=1)
        total = total + HEAD_WEIGHT[head.name] * each.sum() / len(logits)
    return total


def _exclusive(logits: Tensor, targets: Tensor, row_weights: Tensor, weights: Tensor) -> Tensor:
    known = ~torch.isnan(targets).any(dim=1)
    if not bool(known.any()):
        return logits.sum() * 0.0
    each = functional.cross_entropy(logits[known], targets[known].argmax(dim=1), weights, reduction="none")
    return (each * row_weights[known]).sum() / row_weights.sum()


def _independent(logits: Tensor, targets: Tensor, row_weights: Tensor, weights: Tensor) -> Tensor:
    """Each row is the mean over its known labels, so a row with six labels weighs as much as one."""
    known = ~torch.isnan(targets)
    filled = torch.where(known, targets, 0.0)
    each = functional.binary_cross_entropy_with_logits(logits, filled, pos_weight=weights, reduction="none")
    rows = (each * known).sum(dim=1) / known.sum(dim=1).clamp(min=1)
    return (rows * row_weights).sum() / row_weights.sum()
