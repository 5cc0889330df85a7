"""`schoolgate triage` and `evaluate`: what the model says of a file, and how well it does."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

from typer import Argument, Option

from data.errors import InputError
from monitor.cli.commands.options import HomeOptions, Register, finish
from monitor.terminal.output import say, say_lines, tell, visible


def triage(
    items: Annotated[Path, Argument(metavar="ITEMS.jsonl", help="One JSON object a line.")],
    schools: Annotated[Path, Option("--schools", help="The schools, as a JSON list.")],
    out: Annotated[Path, Option("--out", help="Where to write the verdicts, a line an item.")],
    register: Register = None,
) -> None:
    """Judge a file of items and write a verdict for each, in the same order.

    \b
    Examples:
      schoolgate triage --schools schools.json items.jsonl --out verdicts.jsonl
    """
    from classifiers.scoring.onnx_scorer import Scorer
    from classifiers.triage import ignored_keys, read_lines, triage_items
    from data.register.national_lists import read_register
    from data.register.schools_json import read_schools

    known = read_schools(schools)
    lines = read_lines(items, known)
    others = read_register(register) if register is not None else ()
    say(f"{len(lines)} items, {len(known)} schools.")
    if ignored := ignored_keys(lines):
        tell(f"{items}: keys that mean nothing here, and are ignored: {', '.join(ignored)}.")
    counts = write_whole(out, triage_items(lines, known, Scorer(), others))
    by_route = ", ".join(f"{route.replace('_', ' ')} {n}" for route, n in counts.most_common() if n)
    say(f"{out}: {sum(counts.values())} lines. {by_route}.")


def write_whole(out: Path, answers: Iterable[dict[str, Any]]) -> Counter[str]:
    """Writes answers as JSON lines beside `out`, then puts them in its place; counts them by route."""
    import tempfile

    counts: Counter[str] = Counter()
    try:
        handle, draft = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}).") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for answer in answers:
                file.write(visible(json.dumps(answer, ensure_ascii=False)) + "\n")
                counts[answer["route"]] += 1
        Path(draft).replace(out)
    finally:
        Path(draft).unlink(missing_ok=True)
    return counts


def evaluate(
    opts: HomeOptions,
    data: Annotated[
        Path | None, Option("--data", help="Folder with the public sets and the labelled posts.")
    ] = None,
    floor: Annotated[Path | None, Option("--floor", help="A floor file other than the built-in.")] = None,
    report: Annotated[
        Path | None,
        Option("--report", help="Folder for tables and pictures; it is made where it is missing."),
    ] = None,
    before: Annotated[
        Path | None, Option("--before", help="Folder of an earlier model, for the report.")
    ] = None,
    compare: Annotated[
        str | None,
        Option("--compare", metavar="MODEL", help="A Hugging Face model on this machine, side by side."),
    ] = None,
    label: Annotated[
        list[str] | None,
        Option("--label", metavar="THEIRS=OURS", help="With --compare: a label of it, and ours."),
    ] = None,
    corrections: Annotated[
        bool, Option("--corrections", help="Judge again what people corrected in this home, and count.")
    ] = False,
    model: Annotated[
        Path | None, Option("--model", help="With --corrections: the folder of a model to be adopted.")
    ] = None,
    every: Annotated[
        bool, Option("--all", help="TweetEval on every row of its test splits, not on a part.")
    ] = False,
) -> None:
    """Measure the model and hold it against the quality floor; or against what people corrected.

    With --corrections nothing but counts is said, and nothing is changed. Without --model or --before, what
    was judged before is what was judged when somebody corrected it. Exits with 1 where one is lost.

    \b
    Examples:
      schoolgate evaluate --corrections --model ../new-model
      schoolgate evaluate --data ../corpus
      schoolgate evaluate --data ../corpus --all --report measured --before ../model-before
      schoolgate evaluate --data ../corpus --compare NAME --label LABEL_1=abuse:hate
    """
    if corrections:
        _replay(opts, model, before)
    if model:
        raise InputError("--model goes with --corrections.")
    from classifiers.evaluation.evaluate import main_evaluate
    from classifiers.evaluation.floor import FLOOR_FILE
    from classifiers.evaluation.page import comparison, report_on, whole_tweets
    from classifiers.scoring.onnx_scorer import Scorer

    scorer = Scorer()
    lines, code = main_evaluate(data, floor or FLOOR_FILE, scorer)
    if data is not None and every:
        lines += whole_tweets(data, scorer)
    if data is not None and report:
        lines += report_on(report, data, scorer, before, tweets=every)
    if data is not None and compare:
        lines += comparison(data, scorer, compare, label or (), every=every)
    say_lines(lines)
    finish(code)


def _replay(opts: HomeOptions, model: Path | None, before: Path | None) -> NoReturn:
    from dataclasses import replace

    from classifiers.scoring.onnx_scorer import Scorer
    from monitor.home import wiring
    from monitor.pipeline.judging.replay import replay

    where, config, store = wiring.open_home(opts.home, opts.config)
    here = wiring.judges(config, where.home)
    candidate, earlier = (Scorer(folder) if folder else None for folder in (model, before))
    now = replace(here, scorer=lambda: candidate) if candidate else here
    former = replace(here, scorer=lambda: earlier) if earlier else here if candidate else None
    with store.read() as con:
        counts = replay(con, {source.id: source for source in config.sources}, now, former)
    made, lost = counts.made.total(), counts.lost.total()
    if not made:
        say("Nobody has corrected anything here whose words are still held.")
        finish(0)
    say(f"Corrections: {made}. Agreed with before: {counts.before.total()}; now: {counts.now.total()}.")
    for kind, count in sorted(counts.made.items()):
        named = kind.replace("_", " ")
        say(
            f"  {named}: {count}, {counts.before[kind]} before, {counts.now[kind]} now, "
            f"{counts.lost[kind]} lost"
        )
    finish(1 if lost else 0)
