"""The quality floor: figures that may rise and never fall, tied to the data they were measured on."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from data.errors import InputError

FLOOR_FILE = Path(__file__).with_name("quality_floor.toml")

SECTIONS = {
    "public": "public sets",
    "dev": "dev.jsonl",
    "holdout": "the held-out posts",
    "hand": "a hand that chose nothing",
    "themes": "themes of posts",
    "functions": "functions in twins",
}

MARGIN = {"public": 0.01, "dev": 0.02, "holdout": 0.02, "hand": 0.02, "themes": 0.03, "functions": 0.02}
"""How far below a measured figure its floor is set: processors round eight-bit products differently."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Floor:
    """The least value of each figure (`section.name`) and the SHA-256 of the files it was measured on."""

    floors: Mapping[str, float]
    data: Mapping[str, str]
    model: str = ""


def read_floor(path: Path) -> Floor:
    """The floor file. Raises InputError where it cannot be read as one."""
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        floors = {
            f"{section}.{name}": float(value)
            for section in SECTIONS
            for name, value in facts.get(section, {}).items()
        }
        return Floor(floors, dict(facts.get("data", {})), str(facts.get("model", "")))
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        raise InputError(f"{path} cannot be read as a floor file: {fault}") from None


def write_floor(path: Path, floor: Floor) -> None:
    """Writes the file completely or not at all."""
    page = tomlkit.document()
    page.add(
        tomlkit.comment(
            "Written by `python -P -m classifiers.evaluation.evaluate`; it only rises. More: page “model”."
        )
    )
    page["model"] = floor.model
    page["data"] = dict(sorted(floor.data.items()))
    for section in SECTIONS:
        start = f"{section}."
        page[section] = {
            k.removeprefix(start): v for k, v in sorted(floor.floors.items()) if k.startswith(start)
        }
    draft = path.with_suffix(".draft")
    draft.write_text(tomlkit.dumps(page), encoding="utf-8")
    draft.replace(path)


def check(floor: Floor, figures: Mapping[str, float], data: Mapping[str, str]) -> list[str]:
    """A sentence for each fault; empty where every figure of the measured sections holds.

    Faults are a figure below its floor, a figure without a floor, a floor without a figure, and data other
    than those the floor was measured on.
    """
    faults = [
        f"{name} has changed since the floor was set: its SHA-256 is {digest[:12]}…"
        for name, digest in sorted(data.items())
        if floor.data.get(name) != digest
    ]
    sections = {name.partition(".")[0] for name in figures}
    for name, least in sorted(floor.floors.items()):
        if name.partition(".")[0] in sections and name not in figures:
            faults.append(f"{name} has a floor of {least:.3f} and was not measured")
    for name, value in sorted(figures.items()):
        least = floor.floors.get(name, math.nan)
        if math.isnan(least):
            faults.append(f"{name} is {value:.3f} and has no floor")
        elif not value >= least:
            faults.append(f"{name} is {value:.3f}, below its floor of {least:.3f}")
    return faults


def raised(
    floor: Floor, figures: Mapping[str, float], data: Mapping[str, str], model: str, *, lower: bool = False
) -> Floor:
    """The floor after a measurement: each figure less its margin, where that is higher.

    `lower` sets every measured figure, down as well as up; a reviewer sees the flag in the command and the
    lower number in the file.
    """
    floors = dict(floor.floors)
    for name, value in figures.items():
        if math.isnan(value):
            raise InputError(f"{name} could not be measured, so no floor can be set on it.")
        least = math.floor((value - MARGIN[name.partition(".")[0]]) * 1000 + _ROUNDING) / 1000
        floors[name] = least if lower else max(least, floors.get(name, least))
    return Floor(floors, {**floor.data, **data}, model)
