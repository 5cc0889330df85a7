"""The weight of a checkout, and what two acts enter of it, against `benchmarks/ceilings.toml`.

    python -P benchmarks/house.py [--still] [--list] [--lower] [--root DIR]

It prints each figure beside its ceiling, with the difference, and ends with 1 where one is more than 3 %
above it. It names the ceilings that are higher than in the last release. `--lower` writes what was measured,
where that is less; `--still` counts without running anything, `--list` names what is entered.

Lines and files are not counted: a ceiling on them made the code denser, and no lighter. Nor are seconds: they
measure the machine too. Tokens are those of the product's Python without comments and docstrings; its density
is their number on a line that holds any. A decision is a branch of a function, one within an expression too:
`if`, `for`, `while`, `except`, a conditional expression, each further part of `and` and `or`, each condition
of a comprehension. The rows of a `match` are read like a table, and are none.

The acts are a scan of one feed with one new post that nobody has to act on, and the desk's page Today in the
demo, as its head, both on a Tuesday afternoon. The interpreter notes the files and functions of the product
that they enter, each in a process of its own. Bodies of modules and classes do not count, nor what they call
while they are imported; a lambda or a comprehension counts as the function around it. What the program hands
to a process of its own, such as reading documents, is not seen.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import tokenize
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

HERE = Path(__file__).resolve()
CEILINGS = Path("benchmarks", "ceilings.toml")
PRODUCT = ("data", "sources", "classifiers", "alerts", "monitor", "schoolgate")
MARGIN = 0.03
"""The part of a ceiling by which a figure may be above it."""

BEGIN = datetime(2026, 11, 24, 16, 4, tzinfo=UTC)
HEAD = "t-quillfeather"
AT, PORT = "HOUSE_AT", "HOUSE_PORT"
FEED = (
    '<rss version="2.0"><channel><title>F</title><item><guid>1</guid><link>https://example.org/1</link>'
    "<description>Oakfield Primary School in Northvale sang today.</description></item></channel></rss>"
)
Trace = Callable[[FrameType, str, object], Any]


def main() -> int:
    """Measure and compare; or, in a process of its own, note what one act enters."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--still", action="store_true", help="Run nothing.")
    options.add_argument("--list", action="store_true", help="Name what is entered.")
    options.add_argument("--lower", action="store_true", help="Write lower figures into the ceilings.")
    options.add_argument("--root", type=Path, default=HERE.parents[1], help="The checkout to measure.")
    options.add_argument("--enter", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = options.parse_args()
    root = given.root.resolve()
    if given.enter:
        sys.path.insert(0, str(root))
        enter(root, given.enter[0], given.enter[1:])
        return 0
    values = sizes(root)
    if given.list:
        print(*(f"decisions: {count} {name}" for count, name in hardest(root)), sep="\n")
    for act, measure in () if given.still else (("scan", entered_by_scan), ("today", entered_by_today)):
        names = measure(root)
        values[f"{act}_files"] = len({name.partition("::")[0] for name in names})
        values[f"{act}_functions"] = len(names)
        if given.list:
            print(*(f"{act}: {name}" for name in names), sep="\n")
    if given.lower:
        lower(root, values)
    ceilings = read_ceilings(root)
    for name, value in values.items():
        print(f"{name}: {value:,} of {ceilings[name]:,} ({round(value - ceilings[name], 2):+,})")
    print(describe_raises(root, ceilings))
    faults = [fault for name, value in values.items() if (fault := compare(name, value, ceilings[name]))]
    for fault in faults:
        print(fault, file=sys.stderr)
    return int(bool(faults))


def read_ceilings(root: Path) -> dict[str, float]:
    """Read the ceilings of a checkout."""
    return tomllib.loads((root / CEILINGS).read_text(encoding="utf-8"))


def compare(name: str, value: float, ceiling: float) -> str:
    """Say that a figure is too far above its ceiling; "" where it is not."""
    if value <= ceiling * (1 + MARGIN):
        return ""
    return f"{name} is {value:,}, more than {MARGIN * 100:.0f} % above its ceiling of {ceiling:,}."


def lower(root: Path, values: Mapping[str, float]) -> None:
    """Write each figure that is less than its ceiling."""
    ceilings = read_ceilings(root)
    _write(root, {name: min(value, ceilings[name]) for name, value in values.items()})


def describe_raises(root: Path, ceilings: Mapping[str, float]) -> str:
    """Say which ceilings are higher than in the last release, which is the newest tag of this history."""
    release = _git(root, "describe", "--tags", "--abbrev=0")
    text = release and _git(root, "show", f"{release}:{CEILINGS.as_posix()}")
    if not text:
        return "No release here whose ceilings these could be compared with."
    before = tomllib.loads(text)
    raised = [
        f"{name} ({before[name]:,})" for name in ceilings if ceilings[name] > before.get(name, math.inf)
    ]
    return f"Ceilings higher than in {release}: {', '.join(raised) or 'none'}."


def _git(root: Path, *words: str) -> str:
    """Return what git prints; "" where it fails."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _write(root: Path, values: Mapping[str, float]) -> None:
    path = root / CEILINGS
    text = path.read_text(encoding="utf-8")
    for name, value in values.items():
        text = re.sub(rf"^{name} = [\d.]+", f"{name} = {value}", text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- weight

_LAYOUT = {
    tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER,
}  # fmt: skip
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_BRANCH = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler)


def sizes(root: Path) -> dict[str, float]:
    """Count tokens, density and decisions of the product, and the words of the docs."""
    tokens = lines = 0
    for path in _modules(root):
        code = _code_tokens(path.read_text(encoding="utf-8"))
        tokens += len(code)
        lines += len({n for token in code for n in range(token.start[0], token.end[0] + 1)})
    return {
        "product_tokens": tokens,
        "density": round(tokens / max(lines, 1), 2),
        "decisions": max((count for count, _ in hardest(root)), default=0),
        "doc_words": sum(
            len(path.read_text(encoding="utf-8").split()) for path in (root / "docs").rglob("*.md")
        ),
    }


def hardest(root: Path, most: int = 10) -> list[tuple[int, str]]:
    """Give the functions that decide most, as their number of decisions and `file:line name`."""
    rows = []
    for path in _modules(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, _FUNCTION):
                rows.append((_decisions(node), f"{path.relative_to(root)}:{node.lineno} {node.name}"))
    return sorted(rows, reverse=True)[:most]


def _modules(root: Path) -> Iterator[Path]:
    """Yield the product's Python files."""
    for room in PRODUCT:
        yield from (root / room).rglob("*.py")


def _code_tokens(source: str) -> list[tokenize.TokenInfo]:
    """Give the tokens of a module that are neither layout, comment nor docstring."""
    texts = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    docs = {line for node in texts for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token for token in tokens if token.type not in _LAYOUT and token.start[0] not in docs]


def _decisions(function: ast.AST) -> int:
    """Count the branches of a function, those within its expressions and inner functions too."""
    count = 0
    for node in ast.walk(function):
        if isinstance(node, _BRANCH):
            count += 1
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            count += len(node.ifs)
    return count


# ---------------------------------------------------------------- what an act enters


def entered_by_scan(root: Path) -> list[str]:
    """Name the functions, as `file::function`, that a scan of one feed enters in any case.

    In one run of four its threads wait for each other at the store, which enters four more: hence five runs.
    """
    return min((_entered_by_a_scan(root) for _ in range(5)), key=len)


def _entered_by_a_scan(root: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as folder, _serve_feed() as port:
        (Path(folder) / "schoolgate.toml").write_text(
            '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n[[schools]]\nurn = "900001"\n'
            'name = "Oakfield Primary School"\nlocality = "Northvale"\n'
            f'[[sources]]\nid = "a"\nkind = "feed"\nurl = "http://127.0.0.1:{port}/feed.xml"\n'
            f'surfaced = true\n[[people]]\nid = "{HEAD}"\nname = "Mrs Tamsin Quillfeather"\n'
            'roles = ["head"]\nemail = "head@example.org"\n',
            encoding="utf-8",
        )
        return _entered(root, Path(folder), "scan", "--no-send", port=port)


def entered_by_today(root: Path) -> list[str]:
    """Name the functions that the page Today enters for the demo's head.

    A run that the machine holds up for half a second opens the store again: hence the fewest of three.
    """
    runs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            runs.append(_entered(root, Path(folder), TODAY))
    return min(runs, key=len)


TODAY = "today"
"""No command, but the page."""


def _entered(root: Path, home: Path, *words: str, port: int = 0) -> list[str]:
    """Run an act in a process of its own. Raises SystemExit where it fails."""
    out = home / "entered.json"
    env = {name: value for name, value in os.environ.items() if not name.startswith("SCHOOLGATE_")}
    env |= {"SCHOOLGATE_HOME": str(home), "SCHOOLGATE_AS": HEAD, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-P", str(HERE), "--root", str(root), "--enter", str(out), *words],
        env={**env, AT: BEGIN.isoformat(), PORT: str(port)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-1500:]}")
    names: list[str] = json.loads(out.read_text(encoding="utf-8"))
    return names


def enter(root: Path, out: str, words: list[str]) -> None:
    """Run the act in this process and write to `out` the `file::function` that it enters, in their order.

    They are written however it ends: by itself, by `sys.exit` or by `os._exit`.
    """
    _set_clock()
    act = _prepare_today() if words == [TODAY] else _prepare_command(root, words)
    names: dict[str, None] = {}
    leave, ours = os._exit, os.getpid()

    def write() -> None:
        Path(out).write_text(json.dumps(list(names)), encoding="utf-8")

    def leave_noted(code: int) -> None:
        if os.getpid() == ours:
            write()
        leave(code)

    os._exit = leave_noted  # type: ignore[assignment]
    note = _make_tracer(root, names)
    threading.settrace(note)
    sys.settrace(note)
    try:
        act()
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
        write()


def _prepare_command(root: Path, words: list[str]) -> Callable[[], object]:
    """Load the program and let it read the feed of this machine, which it otherwise may not."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    module, name = tomllib.loads(text)["project"]["scripts"]["schoolgate"].split(":")
    command = getattr(importlib.import_module(module), name)
    sys.argv = ["schoolgate", *words]
    if port := int(os.environ.get(PORT, "0")):
        from sources.fetch import Fetcher

        real = Fetcher.__init__

        def init(self: Fetcher, *given: Any, **named: Any) -> None:
            real(self, *given, **{**named, "allow_loopback": frozenset({("127.0.0.1", port)})})

        Fetcher.__init__ = init  # type: ignore[method-assign]
    return command


def _prepare_today() -> Callable[[], object]:
    """Play the demo and its week, and sign its head in."""
    from dataclasses import replace

    from starlette.testclient import TestClient

    from data.effects import utc_now
    from monitor.cli.demo.desk import demo_app, play_week
    from monitor.cli.demo.run import play
    from monitor.desk.app import desk_app
    from monitor.home import wiring
    from monitor.terminal.progress import Progress

    folder, base_url = Path(os.environ["SCHOOLGATE_HOME"], "demo"), "http://localhost:8000"
    _, config = play(folder, utc_now, Progress(quiet=True))
    here = wiring.make_context(replace(config, base_url=base_url), folder)
    store = wiring.open_store(folder)
    play_week(store, config, utc_now())
    door, desk = (
        TestClient(app, base_url=base_url, client=("127.0.0.1", 5000))
        for app in (demo_app(store, lambda: here), desk_app(store, lambda: here, utc_now))
    )
    assert door.get(f"/as/{HEAD}", follow_redirects=False).status_code == 303
    desk.cookies = door.cookies

    def today() -> None:
        answer = desk.get("/")
        assert (answer.status_code, len(answer.text) > 1000) == (200, True), answer.text[:200]

    return today


def _set_clock() -> None:
    """Let the one place that reads the machine's clock read that of `AT`, which goes on from there."""
    begun, begin = time.monotonic(), datetime.fromisoformat(os.environ[AT])

    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return (begin + timedelta(seconds=time.monotonic() - begun)).astimezone(tz)

    vars(importlib.import_module("data.effects"))["datetime"] = Set


def _make_tracer(root: Path, names: dict[str, None]) -> Trace:
    """Make a tracer of calls alone, not of lines."""
    known: dict[int, tuple[str, CodeType]] = {}  # by identity: what is equal is looked through to say so
    imports = threading.local()

    def note(frame: FrameType, event: str, _: object) -> Any:
        code, depth = frame.f_code, getattr(imports, "depth", 0)
        if code.co_name == "<module>":
            imports.depth, frame.f_trace_lines = depth + 1, False
            return leave
        if not depth:
            if id(code) not in known:
                known[id(code)] = _name(root, code), code
            if name := known[id(code)][0]:
                names[name] = None
        return None

    def leave(frame: FrameType, event: str, _: object) -> Any:
        imports.depth -= event == "return"
        return leave

    return note


def _name(root: Path, code: CodeType) -> str:
    """Name it `file::function`; "" for a module's or a class's body, and for what is not the product's."""
    file = Path(code.co_filename)
    if not code.co_flags & CO_OPTIMIZED or not any(root / room in file.parents for room in PRODUCT):
        return ""
    name = code.co_qualname
    for inner in ("lambda", "genexpr", "listcomp", "setcomp", "dictcomp"):
        # one within another has no “<locals>” between them: both are the function around them
        name = name.replace(f".<locals>.<{inner}>", "").replace(f".<{inner}>", "").replace(f"<{inner}>", "")
    return f"{file.relative_to(root)}::{name}" if name else ""


class _Feed(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        there = self.path == "/feed.xml"
        self.send_response(200 if there else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(FEED.encode() if there else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


@contextmanager
def _serve_feed() -> Iterator[int]:
    """Serve one feed on this machine and yield its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
