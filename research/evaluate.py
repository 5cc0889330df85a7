"""Measures a model and holds it against the quality floor, or against what people corrected in a home.

    python -P -m research.evaluate --data DIR
    python -P -m research.evaluate --data DIR --all --report OUT --before OLDER
    python -P -m research.evaluate --data DIR --compare NAME --label LABEL_1=abuse:hate
    python -P -m research.evaluate --data DIR --data tests/fixtures/triage --raise
    python -P -m research.evaluate --corrections --home HOME --model FOLDER

It ends with 1 where a figure is below its floor, or a correction that the model before agreed with is lost.
With --corrections only counts are printed, and nothing is changed; without --model or --before, what was
judged before is what was judged when somebody corrected it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from classifiers.scoring.onnx_scorer import Scorer
from data.errors import SchoolgateError
from monitor.home import wiring
from research.corrections import Replayed, replay
from research.evaluation.measure import FLOOR_FILE, hold_against_floor, raise_floor
from research.evaluation.report import comparison, report_on, whole_tweets
from research.evaluation.shipped import shipped_models


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="research.evaluate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", type=Path, action="append", default=[], help="folder with the sets; may be repeated")
    add("--floor", type=Path, default=FLOOR_FILE, help="a floor file other than the project’s")
    add("--raise", dest="lift", action="store_true", help="set the floors by what is measured now")
    add("--lower", action="store_true", help="with --raise: down as well; say why in the commit")
    add("--report", type=Path, help="folder for tables and pictures")
    add("--before", type=Path, help="folder of an earlier model, for --report and --corrections")
    add("--compare", metavar="MODEL", help="a Hugging Face model on this machine, side by side")
    add("--label", metavar="THEIRS=OURS", action="append", default=[], help="a label of it, and ours")
    add("--all", dest="every", action="store_true", help="TweetEval on every row of its test splits")
    add("--corrections", action="store_true", help="judge again what people corrected in a home, and count")
    add("--model", type=Path, help="with --corrections: folder of a model that may be adopted")
    add("--home", type=Path, default=os.environ.get("SCHOOLGATE_HOME"), help="with --corrections: the home")
    add("--config", type=Path, help="with --corrections: its settings, where they are elsewhere")
    chosen = parser.parse_args(arguments)
    if not (chosen.corrections or chosen.data):
        parser.error("name the folder to measure on: --data DIR")
    try:
        lines, code = _corrections(chosen) if chosen.corrections else _measured(chosen)
    except SchoolgateError as fault:
        parser.error(str(fault))
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)


def _measured(chosen: argparse.Namespace) -> tuple[list[str], int]:
    scorer = shipped_models()
    if chosen.lift:
        return [raise_floor(chosen.floor, chosen.data, scorer, lower=chosen.lower)], 0
    lines: list[str] = []
    worst = 0
    for data in chosen.data:
        found, code = hold_against_floor(data, chosen.floor, scorer)
        lines += found
        worst = max(worst, code)
        if chosen.every:
            lines += whole_tweets(data, scorer)
        if chosen.report:
            lines += report_on(chosen.report, data, scorer, chosen.before, tweets=chosen.every)
        if chosen.compare:
            lines += comparison(data, scorer, chosen.compare, chosen.label, every=chosen.every)
    return lines, worst


def _corrections(chosen: argparse.Namespace) -> tuple[list[str], int]:
    where, config, store = wiring.open_home(chosen.home, chosen.config)
    here = wiring.judges(config, where.home)
    candidate, earlier = (Scorer(folder) if folder else None for folder in (chosen.model, chosen.before))
    now = replace(here, scorer=lambda: candidate) if candidate else here
    former = replace(here, scorer=lambda: earlier) if earlier else here if candidate else None
    with store.open_reader() as con:
        counts = replay(con, {source.id: source for source in config.sources}, now, former)
    return list(_counted(counts)), int(counts.lost.total() > 0)


def _counted(counts: Replayed) -> Iterator[str]:
    if not (made := counts.made.total()):
        yield "Nobody has corrected anything here whose words are still held."
        return
    yield f"Corrections: {made}. Agreed with before: {counts.before.total()}; now: {counts.now.total()}."
    for kind, count in sorted(counts.made.items()):
        named = kind.replace("_", " ")
        yield (
            f"  {named}: {count}, {counts.before[kind]} before, {counts.now[kind]} now, "
            f"{counts.lost[kind]} lost"
        )


if __name__ == "__main__":
    main()
