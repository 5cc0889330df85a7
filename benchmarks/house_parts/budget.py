"""The most that each figure of the house may be: `benchmarks/budget.toml`, held by `tests/house`.

A table has `least`, the lowest that was ever written down, and `raised`, what was agreed to since: figures
with their reasons, each word for word in the section “Budget” of CHANGELOG.md. The last of these is the
bound, or `least` where there is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

PLACE = Path("benchmarks", "budget.toml")
LEEWAY = 0.01
"""The part of a bound that may stay unused: more has to be written down, so that nobody grows into it."""


@dataclass(frozen=True)
class Bound:
    """What one figure may be at most."""

    name: str
    least: float
    raised: tuple[tuple[float, str], ...] = ()

    @property
    def most(self) -> float:
        """The last figure that was agreed to."""
        return self.raised[-1][0] if self.raised else self.least

    def lowered(self, value: float) -> Bound:
        """What of it a measured value still needs."""
        if value <= self.least:
            return replace(self, least=value, raised=())
        needed = [n for n, (to, _) in enumerate(self.raised, 1) if to >= value]
        return replace(self, raised=self.raised[: needed[0]]) if needed else self

    def wrong(self, value: float) -> str:
        """Say what is to be done about a measured value; "" where nothing is."""
        if value > self.most:
            return (
                f"{self.name} is {value:,}, and {self.most:,} was agreed to. Make it smaller, or add what it"
                f" grows for to `raised` in {PLACE} and to “Budget” in CHANGELOG.md."
            )
        if self.lowered(value).most < self.most - LEEWAY * self.most:
            now = f"{self.name} is {value:,}, well below {self.most:,}."
            return f"{now} Write it down: python -P benchmarks/house.py --budget"
        return ""

    def said(self) -> Iterator[str]:
        """Yield the line of CHANGELOG.md that each raise wants."""
        before = self.least
        for to, reason in self.raised:
            yield f"- `{self.name}` from {before:,} to {to:,}: {reason}"
            before = to

    def __str__(self) -> str:
        """As its table is written."""
        raises = "".join(f'    {{ to = {to}, for = "{reason}" }},\n' for to, reason in self.raised)
        return f"[{self.name}]\nleast = {self.least}\n" + (f"raised = [\n{raises}]\n" if raises else "")


def bounds(text: str) -> list[Bound]:
    """Read the file's text. Raises ValueError where a raise is none."""
    return [_bound(name, table) for name, table in tomllib.loads(text).items()]


def lower(root: Path, values: Mapping[str, float]) -> None:
    """Write what the measured values need no more."""
    path = root / PLACE
    text = path.read_text(encoding="utf-8")
    lowered = [b.lowered(values[b.name]) if b.name in values else b for b in bounds(text)]
    head = text.partition("\n[")[0].rstrip("\n")
    path.write_text("\n".join([head + "\n", *map(str, lowered)]), encoding="utf-8")


def _bound(name: str, table: Mapping[str, Any]) -> Bound:
    bound = Bound(name, table["least"], tuple((each["to"], each["for"]) for each in table.get("raised", ())))
    steps = [bound.least, *(to for to, _ in bound.raised)]
    if sorted(set(steps)) != steps:
        raise ValueError(f"{name}: each raise must be higher than what was before it")
    return bound
