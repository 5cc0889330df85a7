"""`schoolgate doctor`: the one thing to do next, what else is wrong, and which hosts must be reachable."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

from typer import Option

from data.effects import utc_now
from monitor.cli.commands.options import JsonOptions, end_command
from monitor.home import wiring
from monitor.setup.findings import Finding, Level, finding_lines
from monitor.terminal.output import terminal_columns
from monitor.terminal.table import Tone, draw_table, tint_mark
from monitor.terminal.wording import count_words, pick_fields

_BESIDES = (
    "Also: the papers’ own pages, which headlines link to; to install, pypi.org, files.pythonhosted.org."
)
NEVER_SEEN = "Never seen (Facebook groups, TikTok, WhatsApp, …): schoolgate docs what-it-sees"


def doctor_command(
    opts: JsonOptions, every: Annotated[bool, Option("--all")] = False, hosts: bool = False
) -> None:
    """Check everything: the one thing to do next, with its command, then whatever else is wrong."""
    from monitor.setup.check_machine import examine

    if hosts:
        _show_hosts(opts)
        return

    where = opts.find_paths()
    found = examine(where.home, where.config, env=os.environ, now=utc_now(), sleep=time.sleep)
    faults = sum(f.level is Level.FAULT for f in found)
    opts.show(findings_document(found, faults), doctor_lines(found, every=every, width=terminal_columns()))
    end_command(int(faults > 0))


def _show_hosts(opts: JsonOptions) -> None:
    """By the settings as they are, each with what for; whatever is set up later comes to it."""
    from monitor.config.hosts import hosts

    _, settings = opts.open_settings()
    found = hosts(settings)
    rows = [(each.host, str(each.port), ", ".join(each.what_for)) for each in found]
    said: list[str] = [*draw_table(("Host", "Port", "What for"), rows, wraps=("What for",)), _BESIDES]
    if (proxy := wiring.way_out(settings.network)) is not None:
        direct = ", ".join(f"{each.host}:{each.port}" for each in found if not each.proxied) or "nothing"
        said.append(f"All is asked through {proxy.host}:{proxy.port}; directly: {direct}.")
    opts.show([asdict(each) for each in found], said)


def doctor_lines(found: Sequence[Finding], *, every: bool = False, width: int = 80) -> Iterator[str]:
    """List a terminal's lines: what to do next, faults, how many warnings; with `every` each of those too."""
    from monitor.setup.check_settings import choose_next, sort_findings, step_lines

    step = choose_next(found)
    yield from step_lines(step, width) if step else ("There is nothing to do.",)
    rest = sort_findings([f for f in found if f is not step])
    by_level = {level: [f for f in rest if f.level is level] for level in Level}
    warnings = count_words(by_level[Level.WARN], "warning")
    heads = {
        Level.FAULT: f"Then {count_words(by_level[Level.FAULT], 'fault')}:",
        Level.WARN: f"Then {warnings}:",
        Level.OK: f"In order: {len(by_level[Level.OK])}:",
    }
    for level, head in heads.items():
        if by_level[level] and (every or level is Level.FAULT):
            yield from ("", head)
            for finding in by_level[level]:
                yield from _entry(finding, width)
    yield ""
    if not every:
        yield f"{warnings}, {len(by_level[Level.OK])} in order. To see each: schoolgate doctor --all"
    yield NEVER_SEEN


def _entry(finding: Finding, width: int) -> Iterator[str]:
    marks = {Level.FAULT: ("●", Tone.GRAVE), Level.WARN: ("◐", Tone.WARN), Level.OK: ("○", Tone.GOOD)}
    mark, tone = marks[finding.level]
    first, *more = finding_lines(finding, f"  {mark} ", width)
    yield tint_mark("  ", mark, first.removeprefix(f"  {mark}"), tone)
    yield from more


def findings_document(found: Sequence[Finding], faults: int) -> dict[str, object]:
    """One document: `next` (None where all is done), `findings`, `faults`, `warnings`, `exit`."""
    from monitor.setup.check_settings import choose_next

    step = choose_next(found)
    return {
        "next": _finding_json(step) if step else None,
        "findings": [_finding_json(f) for f in found],
        "faults": faults,
        "warnings": sum(f.level is Level.WARN for f in found),
        "exit": int(faults > 0),
    }


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        **pick_fields(finding, "check level what"),
        "remedy": finding.whole_remedy or None,
        "command": finding.command or None,
    }
