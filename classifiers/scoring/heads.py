"""Heads of the model and the order of their labels, the same for training and for scoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.types import ABUSE_LABELS, THEMES, Scores

Floats = NDArray[np.float32]


class TextScorer(Protocol):
    """A model: one row of probabilities per text, in their order."""

    def score(self, texts: Sequence[str]) -> Scores: ...


def reader_of(scorer: TextScorer) -> TextScorer | None:
    """The second reader beside a scorer, its `reader`; None where it has none."""
    found: TextScorer | None = getattr(scorer, "reader", None)
    return found


@dataclass(frozen=True, slots=True)
class Head:
    """One question. `exclusive`: exactly one label holds (softmax); otherwise each by itself (sigmoid).
    `strongest` names the labels by which the window that decides for a long text is chosen; where it is
    empty, an exclusive head takes the mean over the windows."""

    name: str
    labels: tuple[str, ...]
    exclusive: bool
    strongest: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels as `Scores.labels` names them: `abuse:threat`; a head of one label stays bare."""
        return tuple(self.name if label == self.name else f"{self.name}:{label}" for label in self.labels)


HEADS = (
    Head("sentiment", ("negative", "neutral", "positive"), exclusive=True),
    Head("abuse", ABUSE_LABELS, exclusive=False),
    Head("about", ("school", "staff", "pupil", "head", "governor", "other"), exclusive=True),
    Head(
        "route",
        ("note", "thank", "respond", "request_removal", "platform_report", "safeguarding", "police_now"),
        exclusive=True,
        strongest=("request_removal", "platform_report", "safeguarding", "police_now"),
    ),
    Head("severity", ("3", "4"), exclusive=False),
    Head("relevant", ("relevant",), exclusive=False),
    Head("offensive", ("offensive",), exclusive=False),
)

LABELS = tuple(column for head in HEADS for column in head.columns)
"""What the network of `training.run` learns, in the order of its output `logits`."""

THEME_LABELS = tuple(f"theme:{theme}" for theme in THEMES)
"""What a text is about, each by itself, in the order of the output `themes` (`training.themes`)."""

SCORED = (*LABELS, *THEME_LABELS)
"""The columns of `Scores` from the model that comes with the program."""

FACTS = (
    *(f"danger:{who}" for who in ("child", "person", "site")),
    *(f"wrong:{by}" for by in ("head", "staff", "pupil", "other", "to_child")),
    *(f"limb:{limb}" for limb in ("harmed", "offence", "risk", "unsuitable")),
    *(f"wronged:{how}" for how in ("threatened", "filmed", "impersonated", "exposed", "smeared")),
    *(f"asks:{what}" for what in ("answer", "thanks", "nothing", "removal")),
)
"""What is true of a post apart from its tone, each by itself, in the order of the output `facts`
(`research.reader.facts`). The limbs are those of Keeping Children Safe in Education, Part 4."""

READ = (*LABELS, *FACTS)
"""The columns of `Scores` from the second reader."""


def spans() -> tuple[tuple[Head, slice], ...]:
    """Each head with its columns in a row of the model's output."""
    placed: list[tuple[Head, slice]] = []
    start = 0
    for head in HEADS:
        placed.append((head, slice(start, start + len(head.labels))))
        start += len(head.labels)
    return tuple(placed)


def probabilities(logits: Floats) -> Floats:
    """Logits of LABELS, SCORED or READ as probabilities: softmax in exclusive heads, sigmoid elsewhere."""
    out = np.empty_like(logits)
    for head, span in spans():
        part = logits[:, span]
        if head.exclusive:
            power = np.exp(part - part.max(axis=1, keepdims=True))
            out[:, span] = power / power.sum(axis=1, keepdims=True)
        else:
            out[:, span] = _sigmoid(part)
    out[:, len(LABELS) :] = _sigmoid(logits[:, len(LABELS) :])
    return out


def _sigmoid(logits: Floats) -> Floats:
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))).astype(np.float32)


def over_windows(windows: Floats, tokens: Floats, labels: Sequence[str] = SCORED) -> Floats:
    """One row for a text from the probabilities of its windows `[w, labels]`; `labels` are SCORED or READ.
    Independent labels and facts take their strongest window; sentiment, about and the themes the mean,
    weighted by the windows' `tokens`; route the row of the window most in favour of acting."""
    row = np.empty(windows.shape[1], dtype=np.float32)
    weights = tokens / tokens.sum()
    for head, span in spans():
        part = windows[:, span]
        if not head.exclusive:
            row[span] = part.max(axis=0)
        elif head.strongest:
            chosen = [head.labels.index(label) for label in head.strongest]
            row[span] = part[int(part[:, chosen].sum(axis=1).argmax())]
        else:
            row[span] = weights @ part
    rest = windows[:, len(LABELS) :]
    row[len(LABELS) :] = rest.max(axis=0) if labels == READ else weights @ rest
    return row
