"""`schoolgate scan --demo`: the true pipeline on invented documents, served on this machine.

Three earlier mornings are played first, so that a place that falls silent has a history to fall
silent from and an article has a first version to be edited from. Then comes the scan that is shown.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from data.effects import Clock, utc_now
from data.errors import SchoolgateError, as_typed
from data.types import Outcome
from monitor import wiring
from monitor.config.load import Config, load
from monitor.demo.server import DemoStage, serve
from monitor.home import paths
from monitor.scan_once import scan_once, show
from monitor.terminal.output import tell
from monitor.terminal.progress import Progress
from monitor.viewer import Viewer, asker
from monitor.views.scan.summary import ScanSummary

if TYPE_CHECKING:
    from sources.http.politeness import Limits

EARLIER = (("residents", 3), ("residents", 2), ("residents", 1), ("gazette", 1))
"""Source and days ago, in the order played."""

INTENDED = {
    "valley-chat": Outcome.BLOCKED,
    "residents": Outcome.SUSPICIOUS,
    "old-board": Outcome.REFUSED_BY_ROBOTS,
}
"""How a demo source is meant to end, where that is not `ok`."""


def run_demo(*, home: Path | None, as_json: bool, say: Callable[[str], None], clock: Clock = utc_now) -> int:
    """Play the demo and print it. 0 where every source ended as it is meant to, else 1."""
    folder = paths.find(os.environ, home).demo
    with alone(folder):
        summary, config = play(folder, clock, Progress(quiet=as_json))
    wrong = unintended(summary)
    viewer = Viewer(config, wiring.open_store(folder), asker(config, None))
    show(replace(summary, exit=0), viewer, as_json=as_json, say=say)
    if not as_json:
        say(f"The demo ends with 0; a real scan would have ended with {summary.exit}.")
        around = "Look around, with the same ⟨home⟩ for every command: ⟪story list⟫ ⟨home⟩"
        say(f"{as_typed(around)} {folder}")
    for line in wrong:
        tell(line)
    return 1 if wrong else 0


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the demo's folder: a second demo would wipe it under the first one's hands.

    Raises SchoolgateError while another demo plays there. The lock lies beside the folder, which is wiped.
    """
    from data.store.engine.lock import LockHeld, give_back, take

    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = take(folder.with_name(f".{folder.name}.lock"), shared=False)
    except LockHeld as held:
        raise SchoolgateError(
            f"A demo is playing in {folder} already: {held.holder}. Let it end, or play this one elsewhere: "
            "⟪scan⟫ ⟨demo⟩ ⟨home⟩ FOLDER"
        ) from None
    try:
        yield
    finally:
        give_back(handle)


def play(folder: Path, clock: Clock, progress: Progress) -> tuple[ScanSummary, Config]:
    """Wipe the demo's folder, play the earlier mornings, then the scan that counts."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    now = clock()
    stage = DemoStage(now)
    with serve(stage) as (base, closed):
        config = _configure(folder, base, closed)
        shift = timedelta(0)

        def moment() -> datetime:
            return clock() - shift

        store = wiring.open_store(folder, moment)
        wiring.remember_config(store, config)
        judges = wiring.judges(config, folder)
        loopback = frozenset((urlsplit(u).hostname or "", urlsplit(u).port or 0) for u in (base, closed))
        quiet = Progress(quiet=True)
        with wiring.fetcher(config, clock=moment, limits=_limits(), allow_loopback=loopback) as fetcher:
            for source_id, days in EARLIER:
                shift = timedelta(days=days)
                stage.now, stage.early = now - shift, True
                scan_once(
                    replace(config, sources=tuple(s for s in config.sources if s.id == source_id)),
                    store, judges, fetcher, clock=moment, since=None, progress=quiet,
                )  # fmt: skip
            shift = timedelta(0)
            stage.now, stage.early = now, False
            summary = scan_once(config, store, judges, fetcher, clock=moment, since=None, progress=progress)
    return summary, config


def unintended(summary: ScanSummary) -> list[str]:
    """A sentence for each source that did not end as the demo intends."""
    ended = {note.source.id: note.outcome for note in summary.not_seen}
    return [
        f"demo source {source_id}: meant to end as {INTENDED.get(source_id, Outcome.OK).value}, "
        f"ended as {ended.get(source_id, Outcome.OK).value}"
        for source_id in sorted(ended.keys() | INTENDED.keys())
        if ended.get(source_id) is not INTENDED.get(source_id)
    ]


def _configure(folder: Path, base: str, closed: str) -> Config:
    text = (files("monitor.demo") / "demo.toml").read_text(encoding="utf-8")
    path = folder / paths.CONFIG_NAME
    path.write_text(text.replace("{base}", base).replace("{closed}", closed), encoding="utf-8")
    return load(path, {})


def _limits() -> Limits:
    from sources.http.politeness import Limits

    return replace(Limits(), per_host_interval_s=0.0, per_host_concurrency=8)
