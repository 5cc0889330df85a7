"""The settings of a training of the second reader."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from data.errors import InputError


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """The settings of a run; all of them appear in the card.

    Rows: `own` is the share of own posts in an epoch (those of the press are in all of them), `told_times`
    how often each post of the hands is in it, `person_times` each person of them, `public_parts` over how
    many epochs the public posts are spread; `twins` says whether those of tests/fixtures/beforehand are
    learnt. `no_context`, `swapped` and `masked` are the shares of posts without context, with other days,
    names and identities, and without names; `own_offices` that of persons described by their own office;
    `mix` that of posts joined with another; `mask` of tokens that are hidden.

    Steps: the rates are those of the last layer of the encoder, of the labels and of the parts; each layer
    below has `layer_decay` of the one above, and `freeze` layers stay as they are. `averaged` is how much of
    the moving average of the weights each step keeps; of the last `last` checkpoints the mean is taken. With
    `steps` the run ends after so many, for trying it.
    """

    seed: int = 20261129
    epochs: int = 5
    batch: int = 32
    rate: float = 6e-5
    label_rate: float = 8e-4
    part_rate: float = 8e-4
    layer_decay: float = 0.9
    freeze: int = 0
    words: bool = False
    decay: float = 0.01
    warm_up: float = 0.06
    dropout: float = 0.1
    mask: float = 0.03
    mix: float = 0.15
    own: float = 1.0
    told_times: int = 2
    person_times: int = 1
    person_weight: float = 3.0
    public_parts: int = 8
    public_weight: float = 0.5
    twins: bool = True
    no_context: float = 0.1
    swapped: float = 0.25
    masked: float = 0.2
    own_offices: float = 0.5
    post_tokens: int = 160
    public_tokens: int = 96
    averaged: float = 0.998
    last: int = 1
    steps: int = 0

    def facts(self) -> dict[str, Any]:
        """As the card shows it."""
        return asdict(self)


GOING_ON = replace(
    ReaderSettings(), epochs=2, rate=3e-5, label_rate=5e-5, part_rate=3e-4, own=0.3, averaged=0.99
)
"""Where it begins at earlier weights: smaller steps, and fewer of the posts that it has learnt."""


def chosen(text: str, given: ReaderSettings) -> ReaderSettings:
    """The settings with what a JSON object says otherwise. Raises InputError where it is none, or names a
    setting that there is not, or one of another kind.
    """
    try:
        said = json.loads(text or "{}")
    except ValueError as error:
        raise InputError(f"--settings: not JSON ({error}).") from error
    if not isinstance(said, dict):
        raise InputError("--settings: not a JSON object.")
    kinds = {field.name: type(getattr(given, field.name)) for field in fields(given)}
    for name, value in said.items():
        if name not in kinds:
            raise InputError(f"--settings: there is no “{name}”. There are: {', '.join(kinds)}.")
        if type(value) is not kinds[name] and not (kinds[name] is float and type(value) is int):
            raise InputError(f"--settings: “{name}” is to be of the kind of {getattr(given, name)}.")
    return replace(given, **said)
