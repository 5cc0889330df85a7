"""The numbers behind the decision, kept apart from its rules, and the themes that pass theirs.

`research/training/calibrate.py` writes them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.errors import InputError
from data.types import ABUSE_LABELS, THEMES

THEME_LINE = 0.5
"""The probability from which a theme is named. The shipped model's is set so that most named are right."""

MOST_THEMES = 2

_THEME = "theme:"
_END = len(_THEME)


def themes_of(scores: Mapping[str, float]) -> tuple[str, ...]:
    """A text's themes, surest first, from its probabilities by label; themes the model does not score are
    left out.
    """
    sure = [theme for theme in THEMES if scores.get(f"theme:{theme}", 0.0) >= THEME_LINE]
    return tuple(sorted(sure, key=lambda theme: -scores[f"theme:{theme}"])[:MOST_THEMES])


def without_themes(scores: Mapping[str, float], named: tuple[str, ...]) -> list[tuple[str, float]]:
    """The scores without those of themes that are not named: a verdict keeps what led to it."""
    return [pair for pair in scores.items() if pair[0][:_END] != _THEME or pair[0][_END:] in named]


THRESHOLDS_FILE = Path(__file__).with_name("thresholds.toml")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the lines are drawn. Probabilities are in 0..1; `*_bias` and `signal_*` are in log-odds.

    `alert`: from here a mention needs action (severity 3). `removal`: from here a removal may be offered,
    which takes more. `look`: from here a person looks. `this_hour`: from here a safeguarding matter is
    severity 4. `urgent_bias` favours the routes safeguarding and police_now over removal, `police_bias`
    police_now over safeguarding, `request_bias` request_removal over platform_report. `respond_bias` favours
    respond over note and thank, `thank_bias` thank over note. `removal_floor`: below it no label is grounds
    for a removal. `ours`: from here, in log-odds, what the stack makes of it is about the school.
    `signal_strong` is what a signal's vote for a route counts. `sure`: from here what is first judged to be
    of child protection or for the police is not lowered by a second reading. `read` are the lines for posts
    that were read again.
    """

    alert: float = 0.5
    removal: float = 0.7
    look: float = 0.2
    this_hour: float = 0.5
    urgent_bias: float = 0.0
    police_bias: float = 0.0
    request_bias: float = 0.0
    respond_bias: float = 0.0
    thank_bias: float = 0.0
    neutral_bias: float = 0.0
    positive_bias: float = 0.0
    removal_floor: float = 0.15
    ours: float = 0.0
    signal_strong: float = 1.5
    sure: float = 0.9
    abuse: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(ABUSE_LABELS, 0.5))
    read: Thresholds | None = None

    def label(self, name: str) -> float:
        """The probability from which an abuse label holds; 0.5 where none is given."""
        return self.abuse.get(name, 0.5)


def read_thresholds(path: Path = THRESHOLDS_FILE) -> Thresholds:
    """The thresholds of a TOML file: numbers by field name, labels under `[abuse]`, and under `[read]` those
    for posts that were read again.

    Raises InputError, naming the file and the key, where something is missing, unknown or not a number.
    """
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as thresholds ({error}).") from error
    held.pop("measured", None)
    again, found = held.pop("read", None), None
    for table in (again, held) if again else (held,):
        abuse = table.pop("abuse", {})
        known = set(Thresholds.__dataclass_fields__) - {"abuse", "read"}
        for key in sorted(set(table) ^ known):
            raise InputError(f"{path}: “{key}” is {'missing' if key in known else 'not a threshold'}.")
        for key in sorted(set(abuse) - set(ABUSE_LABELS)):
            raise InputError(f"{path}, [abuse]: “{key}” is not an abuse label.")
        for key, value in (*table.items(), *abuse.items()):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InputError(f"{path}: “{key}” must be a number.")
        numbers = {key: float(value) for key, value in table.items()}
        labels = {key: float(value) for key, value in abuse.items()}
        found = replace(Thresholds(abuse=labels, read=found), **numbers)  # type: ignore[arg-type]
    return found or Thresholds()
