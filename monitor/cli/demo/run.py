"""The demo: the true pipeline on invented documents, served on this machine; `scan --demo` prints it.

Three earlier mornings are played first, so that a place that falls silent has a history to fall
silent from and an article has a first version to be edited from. Then comes the scan that is shown.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.effects import Clock, utc_now
from data.errors import SchoolgateError
from data.shipped import read_shipped
from data.store.engine import turn
from data.types import Outcome
from monitor.cli.scan_once import ScanSummary, scan_once, show_summary
from monitor.config.home import paths
from monitor.config.home.lookup import for_home
from monitor.config.load import Config, load_file
from monitor.home import wiring
from monitor.matters.reader import Reader, asker
from monitor.pipeline.judges import reader_folder
from monitor.setup.findings import tell
from monitor.terminal.output import say_on_stderr
from monitor.terminal.progress import Progress
from sources.http.politeness import Limits

LONDON = ZoneInfo("Europe/London")
_TIME = re.compile(r"\{\{(\w+)(?: -(\d+)h)?\}\}")
_TYPES = {"xml": "application/xml", "html": "text/html; charset=utf-8", "json": "application/json"}

_FORMATS: dict[str, Callable[[datetime], str]] = {
    "iso": lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "rfc822": format_datetime,
    "day": lambda t: t.strftime("%Y-%m-%d"),
    "phpbb": lambda t: t.astimezone(LONDON).strftime("%a %b %d, %Y %H:%M"),
    "mumsnet": lambda t: t.astimezone(LONDON).strftime("%d/%m/%Y %H:%M"),
}


@dataclass(slots=True)
class DemoStage:
    """The stage that the server plays: the moment, and whether an earlier day's documents are served."""

    now: datetime
    early: bool = False


def render_document(name: str, now: datetime) -> bytes:
    """A document with each `{{format -Nh}}` replaced by the time N hours before `now`."""
    text = read_shipped("monitor.cli.demo", "documents", name)
    return _TIME.sub(lambda m: _FORMATS[m[1]](now - timedelta(hours=int(m[2] or 0))), text).encode()


def _document(path: str, stage: DemoStage) -> tuple[int, str]:
    name = path.partition("?")[0].strip("/")
    if name.startswith("t/oakfield-northvale"):
        return 200, "youth-board.json"
    if name == "valley-chat":
        return 403, "challenge.html"
    early = name.replace(".xml", ".early.xml")
    if stage.early and early in ("gazette.early.xml", "residents.early.xml"):
        return 200, early
    if (files("monitor.cli.demo") / "documents" / name).is_file() and ".early." not in name:
        return 200, name
    return 404, ""


def _handler(stage: DemoStage, robots: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                return self._answer(200, "text/plain", robots)
            status, name = _document(self.path, stage)
            body = render_document(name, stage.now) if name else b"not found"
            return self._answer(status, _TYPES.get(name.rpartition(".")[2], "text/plain"), body)

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the scan tells what was read."""

    return Handler


@contextmanager
def serve_sites(stage: DemoStage) -> Iterator[tuple[str, str]]:
    """Base addresses of two sites on 127.0.0.1: an open one, and one whose robots.txt refuses us."""
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), _handler(stage, robots))
        for robots in (b"User-agent: *\nAllow: /\n", b"User-agent: *\nDisallow: /\n")
    ]
    threads = [Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        first, second = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
        yield first, second
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


EARLIER = (("residents", 3), ("residents", 2), ("residents", 1), ("gazette", 1))
"""Source and days ago, in the order played."""

INTENDED = {
    "valley-chat": Outcome.BLOCKED,
    "residents": Outcome.SUSPICIOUS,
    "old-board": Outcome.REFUSED_BY_ROBOTS,
}
"""How a demo source is meant to end, where that is not `ok`."""


def run_demo(*, home: Path | None, as_json: bool, say: Callable[[str], None]) -> int:
    """Play the demo and print it. 0 where every source ended as it is meant to, else 1."""
    folder = paths.find_paths(os.environ, home).demo
    with alone(folder):
        summary, config = play(folder, utc_now, Progress(quiet=as_json))
    wrong = list_unintended(summary)
    reader = Reader(config, wiring.open_store(folder), asker(config, None))
    if as_json:
        show_summary(replace(summary, exit=0), reader, as_json=True, say=say)
    else:
        show_summary(replace(summary, exit=0, waiting_messages=0), reader, as_json=False, say=say)
        say(f"The demo ends with 0; a real scan would have ended with {summary.exit}.")
        written = f"{summary.waiting_messages} emails were written, and nothing was sent."
        say(for_home(folder, f"{written} To list the alerts: ⟪alerts list⟫"))
        say(for_home(folder.parent, "To see the emails and the desk: ⟪desk⟫ ⟨demo⟩"))
    if reader_folder(config.model) is None:
        say_on_stderr(tell("model.reader_missing").what)
    for line in wrong:
        say_on_stderr(line)
    return 1 if wrong else 0


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the demo's folder, by a lock beside it. Raises SchoolgateError while another demo plays there."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:
        try:
            held.enter_context(turn.alone(folder.with_name(f".{folder.name}.lock")))
        except turn.LockHeld as other:
            raise SchoolgateError(
                f"A demo is playing in {folder} already: {other.holder}. End it with Ctrl+C, or play "
                "this one elsewhere, with ⟨home⟩ FOLDER."
            ) from None
        yield


def play(
    folder: Path, clock: Clock, progress: Progress, base_url: str | None = None
) -> tuple[ScanSummary, Config]:
    """Wipe the demo's folder, play the earlier mornings, then the scan that counts. The emails lead to
    the desk at `base_url`, where one is given."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    now = clock()
    stage = DemoStage(now)
    with serve_sites(stage) as (base, closed):
        text = read_shipped("monitor.cli.demo", "demo.toml")
        for name, address in (("{open}", base), ("{closed}", closed)):
            text = text.replace(name, str(urlsplit(address).port))
        path = folder / paths.CONFIG_NAME
        paths.write_private(path, (f'base_url = "{base_url}"\n{text}' if base_url else text).encode())
        config = load_file(path, {})
        shift = timedelta(0)

        def moment() -> datetime:
            return clock() - shift

        store = wiring.open_store(folder, moment)
        wiring.remember_config(store, config)
        judges = wiring.judges(config, folder)
        hosts = (urlsplit(source.url or "") for source in config.sources)
        loopback = frozenset((parts.hostname or "", parts.port or 0) for parts in hosts)
        quiet, limits = Progress(quiet=True), Limits(per_host_interval_s=0.0, per_host_concurrency=8)
        with wiring.fetcher(config, clock=moment, limits=limits, allow_loopback=loopback) as fetcher:
            # its sites have names, and nothing else is asked
            fetcher.resolve = lambda host, port: ["127.0.0.1"]
            for source_id, days in EARLIER:
                shift = timedelta(days=days)
                stage.now, stage.early = now - shift, True
                scan_once(
                    replace(config, sources=tuple(s for s in config.sources if s.id == source_id)),
                    store, lambda: judges, fetcher, clock=moment, since=None, progress=quiet,
                )  # fmt: skip
            shift = timedelta(0)
            stage.now, stage.early = now, False
            summary = scan_once(
                config, store, lambda: judges, fetcher, clock=moment, since=None, progress=progress
            )
    return summary, config


def list_unintended(summary: ScanSummary) -> list[str]:
    """A sentence for each source that did not end as the demo intends."""
    ended = {note.source.id: note.outcome for note in summary.not_seen}
    return [
        f"demo source {source_id}: meant to end as {INTENDED.get(source_id, Outcome.OK).value}, "
        f"ended as {ended.get(source_id, Outcome.OK).value}"
        for source_id in sorted(ended.keys() | INTENDED.keys())
        if ended.get(source_id) is not INTENDED.get(source_id)
    ]
