"""`schoolgate triage`: what the model says of a file."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from typer import Option

from data.effects import utc_now
from data.errors import InputError
from data.register.national_lists import read_register, read_schools
from monitor.cli.commands.options import HomeOptions, Register
from monitor.config.model import ModelSettings
from monitor.home import wiring
from monitor.terminal.output import say, say_on_stderr, visible


def triage(
    opts: HomeOptions,
    items: Path,
    out: Annotated[Path, Option("--out")],
    schools: Path | None = None,
    register: Register = None,
) -> None:
    """Judge a file of items and write a verdict for each, in the same order."""
    if schools is None:
        if register is not None:
            raise InputError("--register goes with --schools: a home has its own in its settings.")
        _at_home(opts, items, out)
        return
    from classifiers.triage import ignored_keys, read_lines, triage_items
    from monitor.pipeline.judges import scorer

    known = read_schools(schools)
    lines = read_lines(items, known)
    others = read_register(register) if register is not None else ()
    answers = triage_items(lines, known, scorer(ModelSettings()), others)
    _write(items, out, answers, len(lines), len(known), ignored_keys(lines))


def _at_home(opts: HomeOptions, items: Path, out: Path) -> None:
    """Judges by the settings of a home alone, over a store of its own that is thrown away."""
    from classifiers.triage import ignored_keys, read_lines
    from monitor.pipeline.beforehand import complete_item, try_posts

    where, settings = opts.open_settings()
    known = {urn: school for school in settings.schools for urn in (school.urn, *school.members)}
    complete = partial(complete_item, schools=known, people=settings.people)
    lines = read_lines(items, known, complete)
    with TemporaryDirectory(prefix="schoolgate-") as folder:
        apart = replace(where, home=Path(folder))
        intake = wiring.make_intake(settings, apart, wiring.open_store(apart.home))
        answers = try_posts(lines, known, intake, utc_now)
        _write(items, out, answers, len(lines), len(settings.schools), ignored_keys(lines, "how", "by"))


def _write(
    items: Path, out: Path, answers: Iterable[dict[str, Any]], n: int, schools: int, ignored: list[str]
) -> None:
    say(f"{n} items, {schools} schools.")
    if ignored:
        say_on_stderr(f"{items}: keys that mean nothing here, and are ignored: {', '.join(ignored)}.")
    counts = write_whole(out, answers)
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
