"""How this checkout is built: its size, what one command enters, and where the arrows run back.

python -P benchmarks/house.py [--list]

Counted are the product's rooms alone. `--list` names what is counted. What a command enters is noted by the
interpreter while the true command runs on a home made here, each in a process of its own: functions of the
product, with the files they are in. Bodies of modules and classes do not count, nor what they call while they
are imported; a lambda or a comprehension counts as the function around it. What the program hands to a
process of its own (the reading of documents) is not seen.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import CO_OPTIMIZED
from itertools import combinations
from pathlib import Path
from types import CodeType, FrameType

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("monitor", "sources", "classifiers", "alerts", "data")
MOST_FILES = 12
HEAD, DAY = "t-quillfeather", "2026-11-17"
FEED = (
    '<rss version="2.0"><channel><title>F</title><item><guid>1</guid><link>https://example.org/1</link>'
    "<description>Oakfield Primary School in Northvale sang today.</description></item></channel></rss>"
)
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Prints what there is, or (called by itself) what one command enters."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--list", action="store_true", help="Name what is counted.")
    options.add_argument("--enter", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.enter:
        print(json.dumps(entered(given.enter)))
        return
    for line, names in (*built(), *imported(), *commands()):
        print(line)
        for name in names if given.list else ():
            print(f"    {name}")


def product() -> dict[str, str]:
    """Each module of the product, and its text."""
    found = {}
    for path in sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    return found


Told = tuple[str, list[str]]


def built() -> Iterator[Told]:
    """Files, lines, folders that are too full, class names that mean two things."""
    texts = product()
    yield f"product: {len(texts)} files, {sum(text.count(chr(10)) for text in texts.values())} lines", []
    folders = Counter(str(Path(file).parent) for file in texts if not file.endswith("__init__.py"))
    full = [f"{folder}: {count}" for folder, count in sorted(folders.items()) if count > MOST_FILES]
    yield f"folders of more than {MOST_FILES} files: {len(full)}", full
    classes = defaultdict(list)
    for file, text in texts.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(file)
    twice = [f"{name}: {' '.join(files)}" for name, files in sorted(classes.items()) if len(files) > 1]
    yield f"class names that mean two classes or more: {len(twice)} of {len(classes)}", twice


def imported() -> Iterator[Told]:
    """Modules that one other imports, circles of modules, and arrows that run back between neighbours."""
    import grimp

    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    to = {name: set(graph.find_modules_directly_imported_by(name)) for name in sorted(graph.modules)}
    by = Counter(target for targets in to.values() for target in targets)
    single = [f"{name} <- {next(m for m in to if name in to[m])}" for name in to if by[name] == 1]
    yield (
        f"modules that exactly one imports: {len(single)} of {len(to)} ({len(single) / len(to):.0%})",
        single,
    )
    circles = [" ".join(sorted(circle)) for circle in _circles(to)]
    yield f"circles of modules: {len(circles)}", circles
    back = list(_back(to))
    yield f"arrows back between neighbours in a folder: {len(back)}", back
    rooms = [" ".join(sorted(circle)) for circle in _circles(_neighbours(to))]
    yield f"circles of neighbours in a folder: {len(rooms)}", rooms


def _arrows(to: dict[str, set[str]]) -> dict[tuple[str, str], list[str]]:
    """Imports between neighbours: two folders, or a folder and a file, that one folder holds."""
    found = defaultdict(list)
    for source, targets in to.items():
        for target in targets:
            here, there = source.split("."), target.split(".")
            depth = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)
            if depth and depth < min(len(here), len(there)):
                found[".".join(here[: depth + 1]), ".".join(there[: depth + 1])].append(
                    f"{source} -> {target}"
                )
    return found


def _neighbours(to: dict[str, set[str]]) -> dict[str, set[str]]:
    found = defaultdict(set)
    for here, there in _arrows(to):
        found[here].add(there)
    return found


def _back(to: dict[str, set[str]]) -> Iterator[str]:
    """Where two neighbours import each other, the arrows of the side that has fewer."""
    arrows = _arrows(to)
    for here, there in combinations(sorted({end for pair in arrows for end in pair}), 2):
        yield from min(arrows.get((here, there), []), arrows.get((there, here), []), key=len)


def _circles(to: dict[str, set[str]]) -> Iterator[set[str]]:
    """Those that reach one another by imports (Kosaraju's two walks), where there are two or more."""
    order: list[str] = []
    seen: set[str] = set()
    for name in to:
        _walk(name, to, seen, order.append)
    by = defaultdict(set)
    for name, targets in to.items():
        for target in targets:
            by[target].add(name)
    seen = set()
    for name in reversed(order):
        found: list[str] = []
        _walk(name, by, seen, found.append)
        if len(found) > 1:
            yield set(found)


def _walk(start: str, to: dict[str, set[str]], seen: set[str], done: Callable[[str], None]) -> None:
    if start in seen:
        return
    seen.add(start)
    open_ = [(start, iter(sorted(to.get(start, ()))))]
    while open_:
        name, rest = open_[-1]
        for target in rest:
            if target not in seen:
                seen.add(target)
                open_.append((target, iter(sorted(to.get(target, ())))))
                break
        else:
            open_.pop()
            done(name)


def commands() -> Iterator[Told]:
    """Files and functions that three commands enter."""
    with tempfile.TemporaryDirectory() as folder, _feed() as port:
        home, other = Path(folder) / "demo", Path(folder) / "other"
        _run("scan", "--demo", home=Path(folder))
        stories = json.loads(_run("story", "list", "--json", home=home))
        story = next(s["id"] for s in stories if s["route"] == "platform_report" and not s["restricted"])
        _run("case", "open", story, "--as", HEAD, home=home)
        other.mkdir()
        (other / "schoolgate.toml").write_text(_config(port), encoding="utf-8")
        yield _told("case note", home, "case", "note", "1", "She rang", "--as", HEAD)
        yield _told("scan of one feed", other, "scan", "--no-send")
        yield _told("digest", home, "digest")


def _run(*words: str, home: Path) -> str:
    return _python(
        "-c", f"import sys; from {_main()[0]} import {_main()[1]} as m; sys.exit(m())", *words, home=home
    )


def _told(name: str, home: Path, *words: str) -> Told:
    out = _python(str(Path(__file__)), "--enter", *words, home=home)
    names = json.loads(out.splitlines()[-1])
    files = {name.split("::")[0] for name in names}
    return f"entered by {name}: {len(files)} files, {len(names)} functions", names


def _python(*words: str, home: Path) -> str:
    kept = {"SCHOOLGATE_HOME": str(home), "SCHOOLGATE_AS": HEAD, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-P", *words],
        env={**os.environ, **kept},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"{' '.join(words[-6:])}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-1500:]}"
        )
    return done.stdout


def _main() -> list[str]:
    """Module and function that the program begins with."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["scripts"]["schoolgate"].split(":")


def entered(words: list[str]) -> list[str]:
    """`file::function` of the product that the command enters, in the order of entering."""
    module, name = _main()
    begin = getattr(importlib.import_module(module), name)
    _let_loopback()
    found: dict[str, None] = {}
    known: dict[CodeType, str] = {}

    imports = threading.local()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if code.co_name == "<module>" and event in ("call", "return"):
            imports.depth = getattr(imports, "depth", 0) + (1 if event == "call" else -1)
        elif event == "call" and not getattr(imports, "depth", 0):
            if code not in known:
                known[code] = _named(code)
            if known[code]:
                found[known[code]] = None

    sys.argv = ["schoolgate", *words]
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        begin()
    except SystemExit as end:
        if end.code:
            raise
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return list(found)


def _named(code: CodeType) -> str:
    """`file::function`; nothing for a module's or a class's body, and for what is not the product's."""
    file = Path(code.co_filename)
    rooms = [ROOT / room for room in ROOMS]
    if not code.co_flags & CO_OPTIMIZED or not any(room in file.parents for room in rooms):
        return ""
    name = code.co_qualname
    for inner in ("lambda", "genexpr", "listcomp", "setcomp", "dictcomp"):
        name = name.replace(f".<locals>.<{inner}>", "").replace(f"<{inner}>", "")
    return f"{file.relative_to(ROOT)}::{name}" if name else ""


def _let_loopback() -> None:
    """The feed of this machine may be read, which otherwise nothing here may."""
    port = int(os.environ.get("HOUSE_PORT", "0"))
    home = next(
        file for file, text in product().items() if "\nclass Fetcher:" in text or "\nclass Fetcher(" in text
    )
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


class _feed:
    def __enter__(self) -> int:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Feed)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        os.environ["HOUSE_PORT"] = str(self.server.server_address[1])
        return self.server.server_address[1]

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()


if __name__ == "__main__":
    main()
