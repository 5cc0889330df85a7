"""`schoolgate triage`."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from data.errors import InputError
from monitor.terminal import visible


def run(*, schools: Path, items: Path, out: Path, register: Path | None, say: Callable[[str], None]) -> int:
    """Judge the items of a file and write a line for each to `out`, in the same order; 0.

    `out` is written whole or not at all. Raises InputError naming the file and the line at fault,
    RegisterError for the register, ModelMissing for the model.
    """
    from classifiers.scoring.onnx_scorer import Scorer
    from classifiers.triage import read_lines, triage_items
    from data.register import read_register
    from data.schools_json import read_schools

    known = read_schools(schools)
    lines = read_lines(items, known)
    others = read_register(register) if register is not None else ()
    say(f"{len(lines)} items, {len(known)} schools.")
    counts = write_whole(out, triage_items(lines, known, Scorer(), others))
    say(f"{out}: {sum(counts.values())} lines. " + _told(counts))
    return 0


def write_whole(out: Path, answers: Iterable[dict[str, Any]]) -> Counter[str]:
    """Writes answers as JSON lines beside `out`, then puts them in its place; counts them by route."""
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


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{route.replace('_', ' ')} {n}" for route, n in counts.most_common() if n) + "."
