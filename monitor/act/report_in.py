"""A person reports what they saw: written down first, so that nothing that fails loses it, then judged."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

from data.effects import Clock
from data.steps.acts import Done
from data.types import Person
from monitor.act.casework.from_alert import judging
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.pipeline import spool
from monitor.pipeline.intake import Answer, take_in, take_waiting
from monitor.pipeline.spool import Kept


class NotYetTaken(Exception):
    """It could not be judged or saved; `path` is where it waits, None where it could not be kept."""

    def __init__(self, fault: Exception, path: Path | None) -> None:
        super().__init__()
        self.fault, self.path = fault, path


def report_in(
    config: Config, home: Paths, person: Person | None, kept: Kept, content: bytes | None, clock: Clock
) -> Done[Answer]:
    """Judges and saves what was reported, with the bytes of its file. Raises NotYetTaken."""
    with ExitStack() as stack:
        try:
            path: Path | None = stack.enter_context(spool.keep(home.home, kept))
        except OSError:
            path = None
        try:
            answer = _saved(config, home, person, kept, content, clock)
        except Exception as error:  # it stays where it was written down
            raise NotYetTaken(error, path) from error
        if path is not None:
            path.unlink()
    return Done(answer)


def _saved(
    config: Config, home: Paths, person: Person | None, kept: Kept, content: bytes | None, clock: Clock
) -> Answer:
    store = wiring.open_store(home.home)
    wiring.remember_config(store, config)
    intake = wiring.intake(config, home, store, judging)
    answer = take_in(kept.report, kept.urn, kept.file, content, intake, kept.at, clock)
    with suppress(Exception):  # it is logged, and stays for the next
        take_waiting(home.home, intake, clock)
    reader = Reader(config, store, person)
    with store.read() as con:
        return replace(answer, hidden=not reader.tells_of_post(con, answer.mention, kept.urn))
