"""The training loop: seeded, on two cores, one checkpoint per epoch."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from classifiers.scoring.network import LABELS
from research.training.loss import Weights, distance, loss
from research.training.network import MultiHeadNetwork


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """The settings of a run; all of them appear in the card.

    `no_context`, `swapped` and `masked` are the shares of own rows shown without context, with other days,
    names and identities, and without any name, place or day; `averaged` is how much of the moving average
    of the weights each step keeps; `origin` says how the checkpoint came to be that was gone on from.
    """

    seed: int = 20261120
    epochs: int = 4
    batch: int = 32
    rate: float = 9e-5
    head_rate: float = 9e-4
    settle_rate: float = 2e-5
    settle_head_rate: float = 2e-4
    taught_epochs: int = 2
    taught_rate: float = 6e-5
    taught_head_rate: float = 2e-4
    taught_public: int = 30_000
    decay: float = 0.01
    warm_up: float = 0.06
    public_weight: float = 0.5
    no_context: float = 0.1
    swapped: float = 0.25
    masked: float = 0.4
    averaged: float = 0.998
    window_tokens: int = 192
    overlap_tokens: int = 48
    public_tokens: int = 96
    threads: int = 2
    origin: str = ""

    def facts(self) -> dict[str, Any]:
        """As the card shows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One example prepared: token ids as it is, without context, with other words and without names, its
    targets, its weight, and what a teacher answers to it (logits of LABELS), NaN where there is none.
    """

    ids: list[int]
    bare: list[int]
    swapped: list[int]
    masked: list[int]
    targets: list[float]
    weight: float
    answers: list[float] = field(default_factory=lambda: [math.nan] * len(LABELS))


def batches(rows: Sequence[Sized], size: int, rng: random.Random) -> list[list[int]]:
    """Indices in batches of similar length: shuffled, sorted inside pools of fifty batches, shuffled
    again.
    """
    order = list(range(len(rows)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for start in range(0, len(order), size * 50):
        pool = sorted(order[start : start + size * 50], key=lambda i: len(rows[i]))
        made += [pool[i : i + size] for i in range(0, len(pool), size)]
    rng.shuffle(made)
    return made


def padded(rows: Sequence[list[int]], padding: int = 0) -> tuple[Tensor, Tensor]:
    """Token ids and mask of a batch, padded to its longest row."""
    longest = max(len(row) for row in rows)
    ids = torch.full((len(rows), longest), padding, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)], mask[i, : len(row)] = torch.tensor(row), 1
    return ids, mask


def epoch_rows(
    own: Sequence[TrainingRow], public: Sequence[TrainingRow], epoch: int, settings: TrainingSettings
) -> list[TrainingRow]:
    """Every own row, and this epoch's share of the public ones, each of which is seen once in the whole run.

    The earlier an epoch, the more of them it has: the last words are the school posts'.
    """
    parts = settings.epochs * (settings.epochs + 1) // 2
    before = sum(settings.epochs - e for e in range(epoch))
    chosen = range(before, before + settings.epochs - epoch)
    return [*own, *(row for part in chosen for row in public[part::parts])]


def fit(
    network: MultiHeadNetwork,
    own: Sequence[TrainingRow],
    public: Sequence[TrainingRow],
    settings: TrainingSettings,
    folder: Path,
    say: Callable[[str], None],
) -> Weights:
    """Trains the network in place: it ends as the moving average of its weights.

    `epoch-N.pt` in `folder` holds that average as it was after each epoch.
    """
    weights = Weights.of(torch.tensor([row.targets for row in (*own, *public)]))
    plan = [epoch_rows(own, public, epoch, settings) for epoch in range(settings.epochs)]
    _train(network, plan, weights, settings, (settings.rate, settings.head_rate), folder, say)
    return weights


def settle(
    network: MultiHeadNetwork,
    own: Sequence[TrainingRow],
    public: Sequence[TrainingRow],
    weights: Weights,
    settings: TrainingSettings,
    folder: Path,
    say: Callable[[str], None],
) -> None:
    """Trains it once more, slowly, on every own row and on the public rows that tell of tone, at full weight.

    The last epochs are the school posts', which costs the tone of other text a little. Leaves `settled.pt`.
    """
    tone = [replace(row, weight=1.0) for row in public if any(not math.isnan(row.targets[c]) for c in _TONE)]
    rates = (settings.settle_rate, settings.settle_head_rate)
    _train(network, [[*own, *tone]], weights, settings, rates, folder, say, name="settled")


def learn_from(
    network: MultiHeadNetwork,
    own: Sequence[TrainingRow],
    public: Sequence[TrainingRow],
    weights: Weights,
    settings: TrainingSettings,
    folder: Path,
    say: Callable[[str], None],
) -> None:
    """Trains a network further, by labels and by the answers that the rows hold of its teacher. Leaves
    `taught-N.pt`.
    """
    settings = replace(settings, epochs=settings.taught_epochs)
    plan = [epoch_rows(own, public, epoch, settings) for epoch in range(settings.epochs)]
    rates = (settings.taught_rate, settings.taught_head_rate)
    _train(network, plan, weights, settings, rates, folder, say, name="taught-{}")


_TONE = tuple(LABELS.index(label) for label in ("sentiment:negative", "offensive"))


def _train(
    network: MultiHeadNetwork,
    plan: Sequence[Sequence[TrainingRow]],
    weights: Weights,
    settings: TrainingSettings,
    rates: tuple[float, float],
    folder: Path,
    say: Callable[[str], None],
    name: str = "epoch-{}",
) -> None:
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    rng = random.Random(settings.seed)
    steps = sum(-(-len(rows) // settings.batch) for rows in plan)
    optimiser, schedule = _optimiser(network, settings, steps, rates)
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(settings.averaged))
    network.train()
    half = torch.backends.cpu.get_cpu_capability().startswith("AVX512")  # elsewhere sixteen bits are emulated
    for epoch, rows in enumerate(plan, start=1):
        began, total = time.monotonic(), 0.0
        for count, (ids, mask, targets, counts, answers) in enumerate(_tensors(rows, settings, rng), start=1):
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                logits = network(ids, mask)
            value = loss(logits.float(), targets, counts, weights) + distance(logits.float(), answers)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            average.update_parameters(network)
            total += value.item()
            if count % 50 == 0:
                say(f"epoch {epoch}, {count} batches, loss {total / count:.3f}")
        torch.save(
            {"network": average.module.state_dict(), "weights": weights.values},
            folder / f"{name.format(epoch)}.pt",
        )
        say(f"{name.format(epoch)}: {len(rows)} rows, {time.monotonic() - began:.0f} s")
    network.load_state_dict(average.module.state_dict())


def load(network: MultiHeadNetwork, checkpoint: Path) -> Weights:
    """Loads a checkpoint of `fit` into the network."""
    saved = torch.load(checkpoint, weights_only=True)
    network.load_state_dict(saved["network"])
    return Weights(saved["weights"])


def _tensors(
    rows: Sequence[TrainingRow], settings: TrainingSettings, rng: random.Random
) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]]:
    ids = [_form(row, settings, rng.random()) for row in rows]
    for batch in batches(ids, settings.batch, rng):
        tokens, mask = padded([ids[i] for i in batch])
        columns = ([getattr(rows[i], name) for i in batch] for name in ("targets", "weight", "answers"))
        yield tokens, mask, *(torch.tensor(column) for column in columns)


def _form(row: TrainingRow, settings: TrainingSettings, chance: float) -> list[int]:
    """Which of a row's forms this epoch sees; `chance` is in 0..1."""
    if chance < settings.no_context:
        return row.bare
    if chance < settings.no_context + settings.swapped:
        return row.swapped
    return row.masked if chance < settings.no_context + settings.swapped + settings.masked else row.ids


def _optimiser(
    network: MultiHeadNetwork, settings: TrainingSettings, steps: int, rates: tuple[float, float]
) -> tuple[Any, Any]:
    """AdamW, the linear layer faster than the encoder; warm-up, then a decay to zero."""
    groups = [
        {"params": list(network.encoder.parameters()), "lr": rates[0]},
        {"params": list(network.linear.parameters()), "lr": rates[1]},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=settings.decay, fused=True)
    rising = max(1, int(steps * settings.warm_up))

    def factor(step: int) -> float:
        return min((step + 1) / rising, max(0.0, (steps - step) / max(1, steps - rising)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, factor)
