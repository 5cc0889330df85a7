"""Whether a part that has checks of its own has to be checked again.

    python .ci/changed.py PART [--tests | --tested]
    python .ci/changed.py nearest COMMIT
    python .ci/changed.py parts | nightly

It ends with 0 where nothing that concerns the part has changed since the commit named in `.ci/PART-tested`,
and with 1, saying why, where something has or where that cannot be told. `--tests` prints the part's test
files; `--tested` writes down that the part was tested as HEAD has it.

What concerns a part: its own files and what they import themselves; of the tests' builders and support
whatever is reached; every conftest.py above its tests; what is installed; this check. Not what the imported
modules import in turn: those have tests that run always, and before a release both parts are checked.

`nearest` prints the test files that import what differs from a commit, at most `MOST`, nearest folders first;
`parts` all the parts, the least costly first; `nightly` those of them that `.ci/nightly` runs.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN = {
    "registers": r"tests/data/register/nightly/.*|data/register/.*",
    "benchmarks": r"tests/house/nightly/.*|benchmarks/(hidden|house)\.\w+|benchmarks/ceilings\.toml",
    "store": r"tests/data/store/nightly/.*|data/(store|retention)/.*",
    "release": r"tests/nightly/.*|hatch_build\.py|reader/pyproject\.toml|schoolgate/.*|classifiers/model/.*"
    r"|research/training/data/.*",
    "install": r"tests/monitor/setup/nightly/.*|monitor/setup/installing\.py",
    "documents": r"tests/sources/nightly/.*|sources/(feed\w*|forums|html|mailbox|reviews|threads)(/.*|\.py)",
    "year": r"tests/live/nightly/test_school_year\.py|alerts/select\.py|(alerts/(notices|wording/digest)"
    r"|data/register)/.*|monitor/service/(digests|owed|rechecks|reminders)\.py",
    "ladder": r"tests/alerts/ladder/nightly/.*|alerts/ladder/.*",
    "fleet": r"(monitor|tests)/(.*/)?fleet/.*|tests/(.*/)?\w*fleet\w*\.py",
    "beside": r"tests/live/nightly/test_side_by_side\.py|(data/store/engine|monitor/(pipeline|service))/.*",
    "research": r"research/.*|tests/fixtures/triage/.*|classifiers/(model/card\.json|quality_floor\.toml"
    r"|signals/words/online\.toml|text/language\.toml|verdicts/subject\.toml)",
    "pages": r"tests/live/nightly/test_(desk_browser|every_page|stories)\.py|tests/live/desk/stories\.py"
    r"|(data/words|monitor/(act|desk))/.*",
    "days": r"tests/live/(days|cases)/nightly/.*|monitor/(service|setup)/.*",
    "homes": r"tests/monitor/nightly/.*|(alerts/(access|wording)|monitor/(act|desk|matters))/.*",
}
"""The files of each part, as an expression, the least costly part first (6 seconds, and 6 minutes the last);
those whose names begin with `test_` are its tests, which `pytest` does not run by itself but for `OTHERS`.
"""
OTHERS = ("fleet", "research")
"""The parts that are none of `.ci/nightly`: each is checked in its own way."""
ROOMS, MOST = ("alerts", "classifiers", "data", "monitor", "sources"), 25
ALWAYS = ("pyproject.toml", "constraints.txt", ".ci/research", ".ci/changed.py")


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("part", choices=[*OWN, "nearest", "nightly", "parts"])
    options.add_argument("commit", nargs="?", default="HEAD")
    options.add_argument("--tests", action="store_true")
    options.add_argument("--tested", action="store_true")
    given = options.parse_args()
    mark = ROOT / ".ci" / f"{given.part}-tested"
    if given.part == "parts":
        print(*OWN)
    elif given.part == "nightly":
        print(*(part for part in OWN if part not in OTHERS))
    elif given.part == "nearest":
        tests = nearest(ROOT, given.commit)
        print("".join(f"{test}\n" for test in tests[:MOST]), end="")
        if len(tests) > MOST:
            print(f"{len(tests) - MOST} more test files import what has changed", file=sys.stderr)
    elif given.tests:
        print(*tests_of(ROOT, OWN[given.part]), sep="\n")
    elif given.tested:
        mark.write_text(_git(ROOT, "rev-parse", "HEAD") + "\n", encoding="ascii")
    else:
        why = reason(ROOT, OWN[given.part], mark)
        print(f"{given.part}: {why or f'nothing of it has changed since it was tested ({mark.name})'}")
        sys.exit(bool(why))


def reason(root: Path, own: str, mark: Path) -> str:
    """Why the part is to be tested; nothing where all that concerns it is as it was."""
    if not mark.is_file():
        return f"{mark.name} is not there"
    try:
        if _git(root, "rev-parse", "--is-shallow-repository") != "false":
            return "this checkout has no history to compare with"
        if _git(root, "status", "--porcelain"):
            return "there are changes that are not committed"
        commit = _git(root, "rev-parse", "--verify", mark.read_text(encoding="ascii").strip() + "^{commit}")
        changed = _git(root, "diff", "--name-only", "--no-renames", commit, "HEAD").splitlines()
        concerning = files_of(root, own)
    except (OSError, UnicodeDecodeError, subprocess.CalledProcessError) as fault:
        return f"git cannot tell what has changed ({fault})"
    found = [name for name in changed if name in concerning or re.fullmatch(own, name)]
    return (
        f"changed since {commit[:8]}: {', '.join(found[:3])}{' and more' * (len(found) > 3)}" if found else ""
    )


def files_of(root: Path, own: str) -> set[str]:
    """What concerns a part, as the checkout has it."""
    own_files = {root / name for name in _git(root, "ls-files").splitlines() if re.fullmatch(own, name)}
    files = set(own_files)
    waiting = [path for path in files if path.suffix == ".py"]
    waiting += [up / "conftest.py" for path in files for up in path.parents if path.name.startswith("test_")]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in seen and path.is_file():
            seen.add(path)
            imported = set(imports(root, path))
            support = {file for file in imported if file.is_relative_to(root / "tests")}
            files |= {path} | (imported if path in own_files else support)
            waiting += support
    return {path.relative_to(root).as_posix() for path in files} | {*ALWAYS}


def tests_of(root: Path, own: str) -> list[str]:
    """The part's test files."""
    names = [name for name in _git(root, "ls-files").splitlines() if re.fullmatch(own, name)]
    return [name for name in names if re.fullmatch(r"test_\w+\.py", Path(name).name)]


def nearest(root: Path, commit: str) -> list[str]:
    """The test files that changed since a commit, or import what did; those of the nearest folders first.

    What is no module, or imported by no test, stands for the tests of its folder.
    """
    names = _git(root, "diff", "--name-only", "--no-renames", "--diff-filter=d", commit).splitlines()
    names += _git(root, "ls-files", "--others", "--exclude-standard").splitlines()
    everything = sorted(root.glob("tests/**/test_*.py"))
    tests = {path: set(imports(root, path)) for path in everything if "nightly" not in path.parts}
    found: dict[Path, int] = {}
    for changed in (root / name for name in names):
        near = [test for test, imported in tests.items() if changed == test or changed in imported]
        folder = root / "tests" / changed.relative_to(root).parent
        if not near and changed.relative_to(root).parts[0] in ROOMS:
            while folder != root / "tests" and not folder.is_dir():
                folder = folder.parent
            near = [test for test in tests if folder != root / "tests" and test.is_relative_to(folder)]
        for test in near:
            shared = [a == b for a, b in zip(test.parent.parts, folder.parts, strict=False)].count(True)
            found[test] = max(found.get(test, 0), len(test.parts) * (changed == test), shared)
    return [path.relative_to(root).as_posix() for path in sorted(found, key=lambda test: -found[test])]


def imports(root: Path, path: Path) -> Iterator[Path]:
    """The project's files that a file imports itself, with the packages they are in."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        for name in names:
            yield from _files_of(root, name.split("."))


def _files_of(root: Path, parts: list[str]) -> Iterator[Path]:
    for folder in (root, root / "tests"):
        file = folder.joinpath(*parts).with_suffix(".py")
        packages = [folder.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
        yield from (each for each in (file, *packages) if each.is_file())


def _git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
