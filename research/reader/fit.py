"""The training loop of the second reader: seeded step by step, so that it goes on where it stopped.

What a step does depends on the seed, the step and the rows alone: its batch, the tokens that it hides and the
dropout. So a checkpoint holds the weights, their average, the optimiser and the number of the step, and no
random state beside them.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from classifiers.scoring.persons import PARTS
from data.errors import InputError
from research.reader.base import LabelWeights
from research.reader.network import ReaderNetwork
from research.reader.rows import Plan, Row
from research.reader.settings import ReaderSettings
from research.training.examples import COLUMNS, UNKNOWN
from research.training.fit import batches
from research.training.loss import Weights, loss

STATE_FILE = "state.pt"
_MOST_PART_WEIGHT = 6.0
_LEAST_RATE = 0.02

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it is trained, whether products are in 16 bits, and on how many cores."""

    device: torch.device
    half: bool
    threads: int

    def autocast(self) -> torch.autocast:
        """What the network is run in."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.half)

    def __str__(self) -> str:
        return f"{self.device}, {'16' if self.half else '32'} bits, {self.threads} threads"


def this_machine(threads: int = 0, *, half: bool | None = None) -> Machine:
    """An accelerator where there is one, or else the processor, in 16 bits where it multiplies them itself.

    Without `threads` all cores are used that the process may use.
    """
    threads = threads or _cores()
    torch.set_num_threads(threads)
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    if device is not None:
        return Machine(device, half is not False, threads)
    can = torch.cpu.get_capabilities()
    has = can.get("avx512_bf16", False) or can.get("amx_bf16", False)
    return Machine(torch.device("cpu"), bool(has) if half is None else half, threads)


def _cores() -> int:
    """How many cores this process may use; where a system does not say, all that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as tensors, posts and persons beside one another.

    Ids, mask and marks are `[batch, tokens]`; the targets `[batch, len(COLUMNS)]` and `[batch, len(PARTS)]`,
    NaN where unknown; `weights` `[batch]`. `persons` says which rows are of a person.
    """

    ids: Tensor
    mask: Tensor
    marks: Tensor
    labels: Tensor
    parts: Tensor
    weights: Tensor
    persons: Tensor

    @classmethod
    def of(cls, rows: Sequence[Row], mark: int, device: torch.device, padding: int = 1) -> Batch:
        """The rows, padded to the longest of them."""
        longest = max(map(len, rows))
        ids = np.full((len(rows), longest), padding, np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)], mask[i, : len(row)] = row.ids, 1
        columns = (
            ids,
            mask,
            (ids == mark).astype(np.int64),
            np.asarray([row.labels or [UNKNOWN] * len(COLUMNS) for row in rows], np.float32),
            np.asarray([row.parts or [UNKNOWN] * len(PARTS) for row in rows], np.float32),
            np.asarray([row.weight for row in rows], np.float32),
            np.asarray([bool(row.parts) for row in rows]),
        )
        return cls(*(torch.from_numpy(column).to(device) for column in columns))


def weights_of(plan: Plan, before: LabelWeights | None) -> LabelWeights:
    """How much rare labels and parts weigh more: as in the weights it begins from, the rest by the rows."""
    labels = before.labels if before else Weights.of(torch.tensor(plan.label_targets())).values
    if before is not None and before.parts is not None:
        return LabelWeights(labels, before.parts)
    parts = np.asarray(plan.part_targets())
    return LabelWeights(labels, torch.from_numpy(part_weights(parts)))


def part_weights(targets: NDArray[np.float64]) -> NDArray[np.float32]:
    """The root of how much rarer a part is than its absence, at most six, from targets `[n, parts]`."""
    positive = np.clip(np.nansum(targets, axis=0), 1, None)
    rarer = np.clip((~np.isnan(targets)).sum(axis=0) - positive, 1, None) / positive
    weights: NDArray[np.float32] = np.minimum(np.sqrt(rarer), _MOST_PART_WEIGHT).astype(np.float32)
    return weights


def loss_of(
    labels: Tensor, parts: Tensor, batch: Batch, weights: LabelWeights, person_weight: float
) -> Tensor:
    """One number for a batch, in which a row counts the same whatever stands beside it.

    `labels` and `parts` are the logits of all rows; each row teaches what it is of.
    """
    total = labels.new_zeros(())
    persons, posts = batch.persons, ~batch.persons
    share = float(persons.float().mean())
    if share < 1.0:
        asked = Weights(weights.labels)
        total = total + (1.0 - share) * loss(labels[posts], batch.labels[posts], batch.weights[posts], asked)
    if share > 0.0:
        told = _part_loss(parts[persons], batch.parts[persons], weights.parts)
        total = total + share * person_weight * told
    return total


def _part_loss(logits: Tensor, targets: Tensor, weights: Tensor | None) -> Tensor:
    """The mean over rows of the mean over the parts that are known."""
    known = ~torch.isnan(targets)
    each = functional.binary_cross_entropy_with_logits(
        logits, torch.where(known, targets, 0.0), pos_weight=weights, reduction="none"
    )
    return ((each * known).sum(dim=1) / known.sum(dim=1).clamp(min=1)).mean()


class Training:
    """A run of so many epochs in a folder, which may be broken off and gone on with."""

    def __init__(
        self,
        network: ReaderNetwork,
        plan: Plan,
        weights: LabelWeights,
        machine: Machine,
        work: Path,
        begun_from: str = "",
    ) -> None:
        self.network = network.to(machine.device)
        self.plan, self.settings, self.machine, self.work = plan, plan.settings, machine, work
        self.weights = LabelWeights(
            *(None if each is None else each.to(machine.device) for each in (weights.labels, weights.parts))
        )
        self.steps_of_epoch = -(-plan.size // self.settings.batch)
        asked = {name: value for name, value in self.settings.facts().items() if name != "last"}
        self._asked = {"settings": asked, "rows": plan.digest, "from": begun_from}
        self._optimiser = _optimiser(network, self.settings)
        self._live = [weights for weights in network.parameters() if weights.requires_grad]
        self._mean = [weights.detach().clone() for weights in self._live]
        self.step = 0
        self._take_up()

    @property
    def steps(self) -> int:
        """How many steps the whole run has."""
        whole = self.steps_of_epoch * self.settings.epochs
        return min(whole, self.settings.steps or whole)

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.step // self.steps_of_epoch

    def run_epoch(self, every: int, say: Say, kept: Callable[[], None] = lambda: None) -> None:
        """Goes on to the end of the epoch or the run, with a checkpoint after every so many steps and there.

        `kept` is called after each checkpoint.
        """
        epoch, began, rows, values = self.epoch, time.monotonic(), 0, [0.0, 0.0]
        self.network.train()
        left = self._batches(epoch, self.step - epoch * self.steps_of_epoch)
        for batch in itertools.islice(left, self.steps - self.step):
            values[0] += self._learn(batch)
            values[1] += 1
            rows += len(batch.ids)
            self.step += 1
            if self.step % every == 0 or self.step % self.steps_of_epoch == 0 or self.step == self.steps:
                speed = rows / (time.monotonic() - began)
                say(
                    f"epoch {epoch + 1}, step {self.step} of {self.steps}, loss {values[0] / values[1]:.3f}, "
                    f"{speed:.1f} rows a second"
                )
                self.keep()
                kept()

    def averaged(self) -> Averaged:
        """The network with the moving average of its weights, as long as one is within."""
        return Averaged(self._live, self._mean)

    def keep(self) -> None:
        """Writes the checkpoint; it appears whole or not at all."""
        held = {
            **self._asked,
            "step": self.step,
            "live": [weights.detach() for weights in self._live],
            "mean": self._mean,
            "optimiser": self._optimiser.state_dict(),
        }
        draft = self.work / f"{STATE_FILE}.draft"
        with draft.open("wb") as file:
            torch.save(held, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.work / STATE_FILE)

    def _take_up(self) -> None:
        path = self.work / STATE_FILE
        if not path.exists():
            return
        held = torch.load(path, map_location=self.machine.device, weights_only=True)
        if any(held[name] != asked for name, asked in self._asked.items()):
            raise InputError(f"{path} was begun with other settings or rows. Name another folder: --work DIR")
        with torch.no_grad():
            for name, into in (("live", self._live), ("mean", self._mean)):
                for weights, before in zip(into, held[name], strict=True):
                    weights.copy_(before)
        self._optimiser.load_state_dict(held["optimiser"])
        self.step = held["step"]

    def _batches(self, epoch: int, done: int) -> Iterator[Batch]:
        rows = self.plan.rows(epoch)
        if len(rows) != self.plan.size:
            raise AssertionError(f"an epoch has {len(rows)} rows, not {self.plan.size}")
        order = batches(rows, self.settings.batch, random.Random(f"{self.settings.seed}.{epoch}.order"))
        for chosen in order[done:]:
            some = [rows[i] for i in chosen]
            yield Batch.of(some, self.plan.windows.mark, self.machine.device)

    def _learn(self, batch: Batch) -> float:
        settings = self.settings
        torch.manual_seed(settings.seed * 1_000_003 + self.step)
        for group in self._optimiser.param_groups:
            group["lr"] = group["most"] * self._share()
        ids = self._hidden(batch)
        with self.machine.autocast():
            labels, parts = self.network.both(ids, batch.mask, batch.marks)
        value = loss_of(labels.float(), parts.float(), batch, self.weights, settings.person_weight)
        self._optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(self._live, 1.0)
        self._optimiser.step()
        keeps = min(settings.averaged, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for mean, weights in zip(self._mean, self._live, strict=True):
                mean.lerp_(weights, 1.0 - keeps)
        found: float = value.item()
        return found

    def _hidden(self, batch: Batch) -> Tensor:
        """The ids, some of them hidden; never a mark, nor what begins or ends a part."""
        chance = torch.rand(batch.ids.shape, device=batch.ids.device)
        first_word = max(self.plan.windows.pieces.marks) + 1
        may = (batch.ids >= first_word) & (batch.marks == 0)
        hidden = may & (chance < self.settings.mask)
        return torch.where(hidden, self.plan.windows.hidden, batch.ids)

    def _share(self) -> float:
        """The share of its rate that each group of weights has at this step: a rise, then a fall."""
        rising = max(1.0, self.settings.warm_up * self.steps)
        return min((self.step + 1) / rising, max(_LEAST_RATE, 1.0 - self.step / self.steps))


class Averaged:
    """While one is within, the network has the mean of its weights; behind it those that are trained."""

    def __init__(self, live: Sequence[Tensor], mean: Sequence[Tensor]) -> None:
        self._live, self._mean = live, mean

    def __enter__(self) -> None:
        self._swap()

    def __exit__(self, *_: object) -> None:
        self._swap()

    def _swap(self) -> None:
        with torch.no_grad():
            for weights, mean in zip(self._live, self._mean, strict=True):
                before = weights.clone()
                weights.copy_(mean)
                mean.copy_(before)


def answers(
    network: ReaderNetwork, rows: Sequence[Row], mark: int, machine: Machine, size: int = 32
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Logits of labels and of parts for each row, in order `[n, columns]`, `[n, parts]`."""
    network.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    labels = np.zeros((len(rows), len(COLUMNS)), np.float32)
    parts = np.zeros((len(rows), len(PARTS)), np.float32)
    with torch.inference_mode(), machine.autocast():
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            batch = Batch.of([rows[i] for i in chosen], mark, machine.device)
            found = network.both(batch.ids, batch.mask, batch.marks)
            labels[chosen], parts[chosen] = (each.float().cpu().numpy() for each in found)
    return labels, parts


def _optimiser(network: ReaderNetwork, settings: ReaderSettings) -> Any:
    """AdamW; each layer of the encoder slower than the one above it. What is frozen takes no gradient."""
    top = network.encoder.config.num_hidden_layers
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, weights in network.named_parameters():
        layer = int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else -1
        fixed = 0 <= layer < settings.freeze or ("word_embeddings" in name and not settings.words)
        weights.requires_grad_(not fixed)
        if fixed:
            continue
        rate = settings.rate * settings.layer_decay ** (top - 1 - max(layer, 0))
        if name.startswith("linear."):
            rate = settings.label_rate
        if name.startswith("roles."):
            rate = settings.part_rate
        groups.setdefault((rate, 0.0 if weights.ndim == 1 else settings.decay), []).append(weights)
    made = [{"params": some, "most": rate, "weight_decay": decay} for (rate, decay), some in groups.items()]
    return torch.optim.AdamW(made, lr=0.0, fused=True)
