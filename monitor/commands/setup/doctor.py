"""`schoolgate doctor`: what is wrong, and how to put it right."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from data.effects import utc_now
from monitor.commands.options import ConfigFile, Home, Json, finish
from monitor.home.paths import find
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from monitor.doctor.findings import Finding


def doctor(home: Home = None, config: ConfigFile = None, as_json: Json = False) -> None:
    """Check everything, and say how to put right what is wrong.

    \b
    Examples:
      schoolgate doctor
      schoolgate doctor --json
    """
    from monitor.doctor.examine import examine, lines
    from monitor.doctor.findings import Level

    where = find(os.environ, home, config)
    found = examine(where.home, where.config, env=os.environ, now=utc_now(), sleep=time.sleep)
    faults = sum(f.level is Level.FAULT for f in found)
    warnings = sum(f.level is Level.WARN for f in found)
    for line in [_json(found, faults, warnings)] if as_json else lines(found):
        say(line)
    finish(int(faults > 0))


def _json(found: list[Finding], faults: int, warnings: int) -> str:
    """One document: `findings` (check, level, what, remedy), `faults`, `warnings`, `exit`."""
    findings = [asdict(f) for f in found]
    return in_json({"findings": findings, "faults": faults, "warnings": warnings, "exit": int(faults > 0)})
