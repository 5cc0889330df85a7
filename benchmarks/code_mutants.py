"""Whether tests notice faults in the code, drawn by seed: each is run against the tests that enter its line.

    python -P benchmarks/code_mutants.py draw COPY FOLDER [--seed 28]
    python -P benchmarks/code_mutants.py choose FOLDER RESULT [--count 60]
    python -P benchmarks/code_mutants.py run RESULT COPY [--out OUT]
    python -P benchmarks/code_mutants.py compare RESULT OUT

COPY is a clean checkout with an environment of its own, whose Python runs this; it is changed. `draw` puts a
probe at each drawn line and says by which command the suite is run once, which writes to FOLDER. After it,
`git checkout .` takes the probes out. `choose` takes the first lines that some test entered, and their tests:
the cheapest case of each test function, then the next, up to 30 s of processor. `run` changes a line of COPY
at a time, runs its tests and keeps what came of it in RESULT; begun again it goes on. With `--out` it does so
in the code of another commit: a line is found by the name of its function and its text, wherever that stands
now, and a test by its name, whatever its file; what is not found is named. `compare` prints both.

Left out are imports, defaults, docstrings, f-strings, expressions on several lines, the fleet and research. A
test that catches a change has to pass without it, or it does not count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from mutating.changes import Change, drawn
from mutating.probes import put_probes, read_book
from mutating.running import Outcome, changed, names_of, run_tests, undone

HERE = Path(__file__).parent
SECONDS = 30.0
SPARE = 3
"""So many lines are drawn for each that is wanted: some no test enters."""
Result = dict[str, Any]


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = options.add_subparsers(required=True)
    for does, folders in ((draw, 2), (choose, 2), (run, 2), (compare, 2)):
        command = commands.add_parser(does.__name__)
        command.add_argument("paths", nargs=folders, type=Path)
        command.set_defaults(does=does)
        command.add_argument("--seed", type=int, default=28)
        command.add_argument("--count", type=int, default=60)
        command.add_argument("--out", type=Path)
    given = options.parse_args()
    given.does(given)


def draw(given: argparse.Namespace) -> None:
    """Draws, and puts the probes into the copy."""
    copy, folder = (path.resolve() for path in given.paths)
    folder.mkdir(parents=True, exist_ok=True)
    lines = list(islice(drawn(copy, given.seed), SPARE * given.count))
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=copy, capture_output=True, text=True, check=True
    )
    told = {"seed": given.seed, "commit": commit.stdout.strip(), "lines": [asdict(one) for one in lines]}
    (folder / "drawn.json").write_text(json.dumps(told), encoding="utf-8")
    put_probes(copy, lines, folder / "entered.jsonl")
    print(
        f"cd {copy} && PYTHONPATH={HERE / 'mutating'} CODE_MUTANTS_BOOK={folder / 'tests.jsonl'}"
        " pytest -p plugin -p no:randomly --hypothesis-seed=28"
    )


def choose(given: argparse.Namespace) -> None:
    """Takes the first lines that are entered, each with the tests to be run."""
    folder, result = given.paths
    told = json.loads((folder / "drawn.json").read_text(encoding="utf-8"))
    entered = read_book(folder / "entered.jsonl")
    costs = {}
    for line in (folder / "tests.jsonl").read_text(encoding="utf-8").splitlines():
        test, seconds, ended = json.loads(line)
        costs[test] = float(seconds) if ended == "passed" else None
    chosen: list[Result] = []
    for number, line in enumerate(told["lines"]):
        by = {test: cost for test in entered.get(number, ()) if (cost := costs.get(test)) is not None}
        if by:
            chosen.append({**line, "entered_by": len(by), "tests": affordable(by), "outcome": None})
        if len(chosen) == given.count:
            break
    about = {key: told[key] for key in ("seed", "commit")}
    about |= {"seconds": SECONDS, "drawn": number + 1, "not_entered": number + 1 - len(chosen)}
    keep(result, {**about, "changes": chosen})


def affordable(costs: dict[str, float]) -> list[str]:
    """The tests to run, cheap ones first: one case of each function, then the next, up to the bound."""
    by_function = defaultdict(list)
    for test in sorted(costs, key=lambda test: (costs[test], test)):
        by_function[test.partition("[")[0]].append(test)
    turns = sorted((n, costs[test], test) for cases in by_function.values() for n, test in enumerate(cases))
    kept, spent = [], 0.0
    for _, cost, test in turns:
        spent += cost
        if spent > SECONDS and kept:
            break
        kept.append(test)
    return kept


def run(given: argparse.Namespace) -> None:
    """Runs what has no outcome yet, then holds those who caught something against the code as it is."""
    source, copy = given.paths[0], given.paths[1].resolve()
    target = given.out or source
    result = json.loads((target if target.exists() else source).read_text(encoding="utf-8"))
    if given.out and not target.exists():
        result = other_commit(result, copy)
        keep(target, result)
    waiting = True
    while waiting:
        for one in result["changes"]:
            if one["outcome"] is None:
                one["outcome"] = asdict(one_change(one, copy))
                keep(target, result)
                print(told(one), flush=True)
        waiting = drop_the_unsound(result["changes"], copy)
        keep(target, result)


def other_commit(result: Result, copy: Path) -> Result:
    """The same changes, to be run in another commit's code: its tests under the names they have there."""
    there = defaultdict(list)
    for test in names_of(copy):
        there[name(test)].append(test)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=copy, capture_output=True, text=True, check=True
    )
    changes = []
    for one in result["changes"]:
        before = one["outcome"] or {}
        first = sorted(one["tests"], key=lambda test: test != before.get("by"))
        tests = [now for test in first for now in in_its_place(test, there[name(test)])]
        gone = [test for test in one["tests"] if not there[name(test)]]
        changes.append({**one, "tests": tests, "gone": gone, "outcome": None})
    return {**result, "commit": commit.stdout.strip(), "changes": changes}


def name(test: str) -> str:
    """A test's name without its file."""
    return test.partition("::")[2]


def in_its_place(test: str, found: list[str]) -> list[str]:
    """Those in the file of the same name, where there is one; else all that are called so."""
    file = Path(test.partition("::")[0]).name
    return [one for one in found if Path(one.partition("::")[0]).name == file] or found


def one_change(one: Result, copy: Path) -> Outcome:
    """Changes the line, runs the tests, and puts the line back."""
    fields = {key: one[key] for key in Change.__dataclass_fields__}
    with changed(copy, Change(**fields)) as fault:
        if fault:
            return Outcome(caught=False, by="", how=fault)
        if not one["tests"]:
            return Outcome(caught=False, by="", how="none of its tests is there")
        return run_tests(copy, one["tests"], SECONDS)


def drop_the_unsound(changes: Iterable[Result], copy: Path) -> bool:
    """Takes out the tests that fail without a change too; was there one?"""
    caught = [one for one in changes if one["outcome"]["by"] in one["tests"] and not one.get("sound")]
    failing = undone(copy, sorted({one["outcome"]["by"] for one in caught}))
    for one in caught:
        one["sound"] = one["outcome"]["by"] not in failing
        if not one["sound"]:
            one["tests"] = [test for test in one["tests"] if test not in failing]
            one["outcome"] = None
    return bool(failing)


def compare(given: argparse.Namespace) -> None:
    """Prints what was caught before and what is caught now."""
    before, after = (json.loads(path.read_text(encoding="utf-8"))["changes"] for path in given.paths)
    for mark, said in (("=", lambda a, b: a == b), ("+", lambda a, b: b > a), ("-", lambda a, b: a > b)):
        both = [(a, b) for a, b in zip(before, after, strict=True) if said(caught(a), caught(b))]
        print(f"{mark} {len(both)}, caught before {sum(caught(a) for a, _ in both)}")
        for _, now in both if mark != "=" else ():
            print(f"    {told(now)}")


def caught(one: Result) -> bool:
    return bool(one["outcome"] and one["outcome"]["caught"])


def told(one: Result) -> str:
    """A change and what came of it, on one line."""
    outcome = one["outcome"]
    what = f"{one['file']}:{one['line']} {one['kind']}: {one['before']} -> {one['after']}"
    return f"{'caught' if outcome['caught'] else 'NOT caught'} ({outcome['how']} {outcome['by']}) {what}"


def keep(path: Path, result: Result) -> None:
    """Writes the result: whole, or as it was."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    main()
