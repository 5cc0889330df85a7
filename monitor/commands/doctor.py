"""`schoolgate doctor`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from monitor.findings import Finding, Level
from monitor.terminal import in_json


def run(
    *,
    home: Path,
    config: Path,
    as_json: bool,
    say: Callable[[str], None],
    now: datetime,
    env: Mapping[str, str] = os.environ,
) -> int:
    """Print what is wrong and how to mend it; 0 where there is no fault, else 1.

    `as_json` prints one document: `findings` (check, level, what, mend), `faults`, `warnings`, `exit`.
    """
    from monitor.doctor import examine, lines

    found = examine(home, config, env=env, now=now, sleep=time.sleep)
    code = int(any(f.level is Level.FAULT for f in found))
    if as_json:
        say(_json(found, code))
    else:
        for line in lines(found):
            say(line)
    return code


def _json(found: list[Finding], code: int) -> str:
    from dataclasses import asdict

    document = {
        "findings": [asdict(f) for f in found],
        "faults": sum(f.level is Level.FAULT for f in found),
        "warnings": sum(f.level is Level.WARN for f in found),
        "exit": code,
    }
    return in_json(document)
