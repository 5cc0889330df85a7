"""How long each stage of a scan was at work, and when the sites were asked and had answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

STAGES = {
    "load": "loading what judges",
    "link": "linking",
    "network": "the network",
    "reader": "the second reader",
    "decide": "deciding",
    "save": "saving",
}
"""The stages of `Stages`, and what each is called; they work beside one another."""


@dataclass(slots=True)
class Timings:
    """Seconds by stage, and since its beginning; `timer` is a monotonic clock in seconds.

    A stage is one thread's, so none is counted twice; the second reader reads while it is decided.
    """

    timer: Callable[[], float] = time.monotonic
    spent: dict[str, float] = field(default_factory=dict)
    asked_s: float | None = None
    answered_s: float | None = None
    began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.began_s = self.timer()

    @contextmanager
    def time_stage(self, stage: str) -> Iterator[None]:
        """Count what is done in the block as that stage's."""
        began_s = self.timer()
        try:
            yield
        finally:
            self.spent[stage] = self.spent.get(stage, 0.0) + self.timer() - began_s

    def note_asked(self) -> None:
        """A source is asked: the first is noted."""
        self.asked_s = self.asked_s or self.timer() - self.began_s

    def note_answered(self) -> None:
        """A source has answered: the last is noted."""
        self.answered_s = self.timer() - self.began_s

    def line(self) -> str:
        """One line for whoever asks where the time went."""
        spent = {stage: self.spent.get(stage, 0.0) for stage in STAGES}
        spent["decide"] = max(spent["decide"] - spent["reader"], 0.0)
        stages = ", ".join(f"{said} {spent[stage]:.1f}" for stage, said in STAGES.items())
        whole_s = self.timer() - self.began_s
        return (
            f"Seconds: the first site asked after {self.asked_s or 0.0:.1f}, the last answer after "
            f"{self.answered_s or 0.0:.1f}; beside that {stages}; in all {whole_s:.1f}."
        )
