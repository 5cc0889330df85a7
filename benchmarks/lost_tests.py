"""Which tests of one commit another has no more, and which are new: by name, wherever they are.

python -P benchmarks/lost_tests.py BEFORE [AFTER]

AFTER is HEAD where it is not given. A test is the name of its function, with its class before it; a test that
other classes inherit counts where it is written. A name written in two files counts twice, so that neither
goes missing unseen. Those of research/ count with the others.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator

FOLDERS = ("tests", "research/tests")


def main() -> None:
    """Prints those that are missing (with the file they were in), then those that are new."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("before")
    options.add_argument("after", nargs="?", default="HEAD")
    given = options.parse_args()
    before, after = tests(given.before), tests(given.after)
    missing, new = _fewer(before, after), _fewer(after, before)
    print(f"{given.before}: {_count(before)} tests; {given.after}: {_count(after)}")
    for title, names in (("missing", missing), ("new", new)):
        print(f"\n{title}: {sum(count for count, _ in names.values())}")
        for name, (count, files) in sorted(names.items()):
            print(f"  {name}{f' ({count} of {len(files)})' if len(files) > 1 else ''}  {' '.join(files)}")


def tests(commit: str) -> dict[str, list[str]]:
    """The files that each name is written in, at a commit."""
    found = defaultdict(list)
    for file in _git("ls-tree", "-r", "--name-only", commit, *FOLDERS).splitlines():
        if file.endswith(".py"):
            for name in _names(ast.parse(_git("show", f"{commit}:{file}"))):
                found[name].append(file)
    return found


def _names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{name}" for name in _functions(node.body))
    yield from _functions(tree.body)


def _functions(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node.name


def _fewer(these: dict[str, list[str]], those: dict[str, list[str]]) -> dict[str, tuple[int, list[str]]]:
    """The names that are there more often among these: how often more, and where."""
    more = Counter({n: len(f) for n, f in these.items()}) - Counter({n: len(f) for n, f in those.items()})
    return {name: (count, these[name]) for name, count in more.items()}


def _count(found: dict[str, list[str]]) -> int:
    return sum(len(files) for files in found.values())


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
