"""The files and functions of the product that three commands enter.

The interpreter notes them while the true command runs on a home made here, each in a process of its own.
Bodies of modules and classes do not count, nor what they call while they are imported; a lambda or a
comprehension counts as the function around it. What the program hands to a process of its own (the reading of
documents) is not seen. It is always the same Sunday afternoon: on a school day a digest enters others.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import CO_OPTIMIZED
from itertools import count
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from house_parts.source import ROOMS, Checkout, Figure

HEAD, PLACE = "t-quillfeather", "school_review_site"
FEED = (
    '<rss version="2.0"><channel><title>F</title><item><guid>1</guid><link>https://example.org/1</link>'
    "<description>Oakfield Primary School in Northvale sang today.</description></item></channel></rss>"
)
PORT, AT = "HOUSE_PORT", "HOUSE_AT"
BEGIN = datetime(2026, 11, 22, 16, 4, tzinfo=UTC)
Trace = Callable[[FrameType, str, object], Any]
DOOR = Path(__file__).parents[1] / "house.py"


def commands(root: Path, played: Path | None = None) -> Iterator[Figure]:
    """Yield what `case note`, a scan of one feed and `digest` enter; `played` is a demo's home to copy."""
    with tempfile.TemporaryDirectory() as folder, _feed() as port:
        home, other = Path(folder) / "demo", Path(folder) / "other"
        runs = _Runs(root)
        if played:
            shutil.copytree(played, home)
        else:
            runs.run("scan", "--demo", home=Path(folder))
        stories = json.loads(runs.run("story", "list", "--json", home=home))
        story = next(s["id"] for s in stories if s["route"] == "platform_report" and PLACE in s["channels"])
        opened = json.loads(runs.run("case", "open", story, "--as", HEAD, "--json", home=home))
        other.mkdir()
        (other / "schoolgate.toml").write_text(_config(port), encoding="utf-8")
        yield runs.figure("case note", "note", home, "case", "note", opened["case"], "She rang", "--as", HEAD)
        yield runs.figure("scan of one feed", "scan", other, "scan", "--no-send")
        yield runs.figure("digest", "digest", home, "digest")


class _Runs:
    """Runs commands of a checkout, each in a process of its own and a minute later than the one before."""

    def __init__(self, root: Path) -> None:
        self.root, self._minutes = root, count(1)

    def figure(self, name: str, key: str, home: Path, *words: str) -> Figure:
        """What the command enters."""
        out = home / "entered.json"
        self.run(*words, home=home, out=out)
        names = json.loads(out.read_text(encoding="utf-8"))
        files = {name.partition("::")[0] for name in names}
        return Figure(
            f"entered by {name}: {len(files)} files, {len(names)} functions",
            {f"{key}_files": len(files), f"{key}_functions": len(names)},
            names,
        )

    def run(self, *words: str, home: Path, out: Path | None = None) -> str:
        """What it prints; what it enters is written to `out`."""
        at = (BEGIN + timedelta(minutes=next(self._minutes))).isoformat()
        kept = {"SCHOOLGATE_HOME": str(home), "SCHOOLGATE_AS": HEAD, "PYTHONPATH": str(self.root), AT: at}
        door = [sys.executable, "-P", str(DOOR), "--root", str(self.root), "--enter", str(out or "-"), *words]
        done = subprocess.run(door, env={**os.environ, **kept}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(
                f"{' '.join(words)}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-1500:]}"
            )
        return done.stdout


def _main(root: Path) -> list[str]:
    """Module and function that the program begins with."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["scripts"]["schoolgate"].split(":")


def enter(root: Path, out: str, words: list[str]) -> None:
    """Run the command in this process and write to `out` the `file::function` that it enters, in their order.

    They are written however it ends: by itself, by `sys.exit` or by `os._exit`. With “-” none are noted.
    """
    _set_the_clock()
    module, name = _main(root)
    begin = getattr(importlib.import_module(module), name)
    sys.argv = ["schoolgate", *words]
    if out == "-":
        begin()
        return
    _let_loopback(root)
    found: dict[str, None] = {}
    leave, ours = os._exit, os.getpid()

    def left(code: int) -> None:
        if os.getpid() == ours:
            _write(out, found)
        leave(code)

    os._exit = left  # type: ignore[assignment]
    note = _noting(root, found)
    threading.settrace(note)
    sys.settrace(note)
    try:
        begin()
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        _write(out, found)


def _set_the_clock() -> None:
    """The one place that reads the machine's clock reads that of `AT`, which goes on from there."""
    begun, begin = time.monotonic(), datetime.fromisoformat(os.environ[AT])

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return (begin + timedelta(seconds=time.monotonic() - begun)).astimezone(tz)

    vars(importlib.import_module("data.effects"))["datetime"] = Set


def _write(out: str, found: dict[str, None]) -> None:
    Path(out).write_text(json.dumps(list(found)), encoding="utf-8")


def _noting(root: Path, found: dict[str, None]) -> Trace:
    """A tracer of calls alone, not of lines."""
    known: dict[int, tuple[str, CodeType]] = {}  # by identity: what is equal is looked through to say so
    imports = threading.local()

    def note(frame: FrameType, event: str, _: object) -> Any:
        code, depth = frame.f_code, getattr(imports, "depth", 0)
        if code.co_name == "<module>":
            imports.depth, frame.f_trace_lines = depth + 1, False
            return left
        if not depth:
            if id(code) not in known:
                known[id(code)] = _named(root, code), code
            if name := known[id(code)][0]:
                found[name] = None
        return None

    def left(frame: FrameType, event: str, _: object) -> Any:
        imports.depth -= event == "return"
        return left

    return note


def _named(root: Path, code: CodeType) -> str:
    """`file::function`; nothing for a module's or a class's body, and for what is not the product's."""
    file = Path(code.co_filename)
    if not code.co_flags & CO_OPTIMIZED or not any(root / room in file.parents for room in ROOMS):
        return ""
    name = code.co_qualname
    for inner in ("lambda", "genexpr", "listcomp", "setcomp", "dictcomp"):
        # one within another has no “<locals>” between them: both are the function that they stand in
        name = name.replace(f".<locals>.<{inner}>", "").replace(f".<{inner}>", "").replace(f"<{inner}>", "")
    return f"{file.relative_to(root)}::{name}" if name else ""


def _let_loopback(root: Path) -> None:
    """The feed of this machine may be read, which otherwise nothing here may."""
    port, texts = int(os.environ.get(PORT, "0")), Checkout(root).read("sources")
    home = next(f for f, text in texts.items() if "\nclass Fetcher:" in text or "\nclass Fetcher(" in text)
    fetcher = importlib.import_module(home.removesuffix(".py").replace("/", ".")).Fetcher
    real = fetcher.__init__

    def init(self: object, *given: object, **named: object) -> None:
        real(self, *given, **{**named, "allow_loopback": frozenset({("127.0.0.1", port)})})

    fetcher.__init__ = init


def _config(port: int) -> str:
    return (
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\nlocality = "Northvale"\n'
        f'[[sources]]\nid = "a"\nkind = "feed"\nurl = "http://127.0.0.1:{port}/feed.xml"\nsurfaced = true\n'
        f'[[people]]\nid = "{HEAD}"\nname = "Mrs Tamsin Quillfeather"\nroles = ["head"]\n'
        'email = "head@example.org"\n'
    )


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/feed.xml"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(FEED.encode() if found else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def _feed() -> Iterator[int]:
    """Serve one feed on this machine and name the port to the commands."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ[PORT] = str(server.server_address[1])
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
