"""Let go when idle what takes memory: the model, in a process of its own, and the linker.

Measured: a model that was loaded, used and let go leaves 50 MB behind in the process that held it, and
its libraries as much again. A question is a JSON list: what is asked (`first`, `again` or `persons`), and the
texts, or posts and persons; the answer is a JSON line, and behind it the numbers as float32.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from classifiers.scoring.persons import AskedPerson, DescribedPerson, PostText, reader_of
from data.child_process import ChildProcess, Ended, serve
from data.errors import SchoolgateError
from data.types import Match, Mention, Scores, Source
from monitor.config.model import ModelSettings
from monitor.pipeline.judges import Linking, reader_folder, scorer

IDLE_S = 300.0
"""So long the model is kept after its last text."""

ANSWERS_IN_S, A_TEXT_S = 120.0, 0.5
"""So long the child may take over one question, and for each of its texts. A cold start on a busy machine
took 50 seconds, a text 4 ms. A child that hangs longer is ended and counts as one that died."""

AGAIN_S = 3.0
"""So long it may take to read a text again. What the second reader is late with is as it was found first:
it is asked once."""

_TRIES = 2
Command = Sequence[str]
CHILD: Command = (sys.executable, "-P", "-m", "monitor.service.scoring")


class AwayScorer:
    """A TextScorer whose model lives in a child process, begun at the first text. Safe in threads.

    `timer` is a clock in seconds that never jumps. The model's table is the last word of the child's command.
    `reader` is the second reader in the same child, where there is one.
    """

    def __init__(
        self,
        model: ModelSettings,
        timer: Callable[[], float],
        command: Command = CHILD,
        answers_in_s: float = ANSWERS_IN_S,
    ) -> None:
        self._child = ChildProcess((*command, model.model_dump_json()), timer)
        self._answers_in_s = answers_in_s
        self._reads_again = False
        self.reader = copy(self) if reader_folder(model) else None
        if self.reader:
            self.reader._reads_again = True

    @property
    def has_child(self) -> bool:
        """Is there a child?"""
        return self._child.pid is not None

    def score(self, texts: Sequence[str]) -> Scores:
        """Probabilities of each text, in order; the first model is asked again once where the child died or
        hung over it.

        Raises SchoolgateError with the child's own sentence, or where that happened again.
        """
        return self._ask("again" if self._reads_again else "first", texts)

    def read_persons(self, asked: Sequence[AskedPerson]) -> Scores:
        """Give how likely each part is of each person in their post, as `Scorer.read_persons` has it."""
        return self._ask("persons", [(asdict(one.post), asdict(one.person)) for one in asked])

    def _ask(self, what: str, asked: Sequence[Any]) -> Scores:
        question = json.dumps([what, list(asked)]).encode()
        within_s = self._answers_in_s + (AGAIN_S if self._reads_again else A_TEXT_S) * len(asked)
        for _ in range(1 if self._reads_again else _TRIES):
            try:
                found = self._child.ask(question, within_s, partial(_read_scores, len(asked)))
            except Ended:
                continue
            if isinstance(found, str):
                raise SchoolgateError(found)
            return found
        raise SchoolgateError("The model's process ended over a text. To see why: ⟪doctor⟫")

    def let_go(self, idle_s: float = IDLE_S) -> bool:
        """Ends the child where it was not used for so long; never while it is at work. Says whether."""
        return self._child.let_go(idle_s)


class IdleLinker:
    """A linker that is made at its first use, and again after it was let go. `timer` counts seconds.

    With the whole register of schools a linker takes 50 MB.
    """

    def __init__(self, make: Callable[[], Linking], timer: Callable[[], float]) -> None:
        self._make = make
        self._timer = timer
        self._linker: Linking | None = None
        self._used_at = timer()
        self._lock = threading.Lock()

    def link(
        self, mentions: Sequence[Mention], source: Source, about: Collection[tuple[str, str]] = ()
    ) -> list[tuple[Match, ...]]:
        """Link as the linker does."""
        with self._lock:
            self._linker = self._linker or self._make()
            self._used_at = self._timer()
            return self._linker.link(mentions, source, about)

    def let_go(self, idle_s: float = IDLE_S) -> bool:
        """Forgets it where it was not used for so long; says whether it is forgotten."""
        with self._lock:
            if self._timer() - self._used_at >= idle_s:
                self._linker = None
            return self._linker is None


def _read_scores(count: int, answer: bytes) -> Scores | str:
    """Read what the child found for so many texts, or its sentence on why it could not."""
    line, _, body = answer.partition(b"\n")
    head = json.loads(line)
    if "fault" in head:
        return str(head["fault"])
    values = np.frombuffer(body, np.float32).reshape(count, len(head["labels"])).copy()
    return Scores(tuple(head["labels"]), values, tuple(head["truncated"]), head["model"])


def run_scoring() -> None:
    """The child: loads the model at the first texts, and scores."""
    first = scorer(ModelSettings(**json.loads(sys.argv[1])))

    def answer(question: bytes) -> bytes:
        what, asked = json.loads(question)
        try:
            if what == "first":
                scores = first.score(asked)
            elif (reader := reader_of(first)) is None:
                raise SchoolgateError("The second reader is not installed any more.")
            elif what == "again":
                scores = reader.score(asked)
            else:
                persons = [AskedPerson(PostText(**p), DescribedPerson(**who)) for p, who in asked]
                scores = reader.read_persons(persons)
        except SchoolgateError as error:
            return json.dumps({"fault": str(error)}).encode()
        values = np.ascontiguousarray(scores.values, np.float32)
        truncated = [bool(t) for t in scores.truncated]
        head = {"labels": list(scores.labels), "truncated": truncated, "model": scores.model}
        return json.dumps(head).encode() + b"\n" + values.tobytes()

    serve(answer)


if __name__ == "__main__":
    run_scoring()
