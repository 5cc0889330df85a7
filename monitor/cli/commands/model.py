"""`schoolgate triage`: what the model says of a file."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from data.errors import InputError
from monitor.cli.commands.options import Register
from monitor.terminal.output import say, tell, visible


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
