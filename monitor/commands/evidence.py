"""`schoolgate evidence verify | end`: is what is kept still what was kept?"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from zoneinfo import ZoneInfo

from data.effects import Clock, Fetch, utc_now
from data.errors import InputError, SchoolgateError
from data.store import audit
from data.vault import Vault
from monitor import wiring
from monitor.casework.proving import Proved, hold, prove
from monitor.casework.root import end_of, stamp_end
from monitor.commands.case_common import whole_number
from monitor.commands.common import opened
from monitor.config import Config
from monitor.terminal import in_json
from monitor.views.alerts import local
from sources.timestamps.timestamp import NoStamp

Say = Callable[[str], None]
Fetching = Callable[[Config], AbstractContextManager[Fetch]]
_LAST = re.compile(r"([0-9a-f]{64})@([0-9]{1,18})")


def verify(
    *,
    case: str | None,
    last: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """Holds files, rows, manifests, steps, audit chain and time stamps against one another; 1 where not.

    Raises InputError for a case there is not, and for a `last` that is none.
    """
    noted = _noted(last)
    _, settings, store = opened(home, config)
    number = whole_number(case) if case else None
    vault = Vault(store.evidence)
    present = vault.everything() if number is None else ()
    with store.read() as con:
        held = hold(con, number)
    if number is not None and not held.knows(number):
        raise InputError(f"There is no case {number}. To see those there are: schoolgate case list")
    proved = prove(held, vault, case_id=number, last=noted, present=present)
    if as_json:
        say(in_json(_json(proved)))
    else:
        for line in _lines(proved, settings.zone):
            say(line)
    return 1 if proved.faults else 0


def end(
    *,
    stamped: bool,
    home: Path | None,
    config: Path | None,
    say: Say,
    clock: Clock = utc_now,
    fetching: Fetching = wiring.fetcher,
) -> int:
    """Prints the chain's end; with `stamped`, has it stamped by the configured time server and keeps that."""
    _, settings, store = opened(home, config)
    with store.read() as con:
        last = end_of(audit.links(con))
    if last is None:
        say("The audit chain is empty: nothing was done yet.")
        return 0
    say(last)
    if not stamped:
        return 0
    with fetching(settings) as fetch:
        found = stamp_end(store, settings, fetch, clock())
    if isinstance(found, NoStamp):
        raise NotStamped(f"{found.detail} Nothing was kept.")
    say(f"Stamped at {local(found.at, settings.zone)}, and kept: verify holds the chain against it.")
    return 0


class NotStamped(SchoolgateError):
    """There is no stamp for the chain's end; the text says why."""


def _noted(last: str | None) -> tuple[int, str] | None:
    """The chain's end as it was noted earlier: HASH@NUMBER."""
    if last is None:
        return None
    found = _LAST.fullmatch(last.strip())
    if found is None:
        raise InputError(f"--last {last}: write it as it was printed, 64 digits, “@” and the row's number.")
    return int(found[2]), found[1]


def _lines(proved: Proved, zone: ZoneInfo) -> list[str]:
    lines = [f"{fault.wrong.value.upper()}: {fault.where}. {fault.said}" for fault in proved.faults]
    looked = (
        f"{_count(proved.files, 'file')} of {_count(proved.captures, 'capture')}, "
        f"{_count(proved.steps, 'step')} of cases, {_count(proved.rows, 'row')} of the audit chain"
    )
    if lines:
        lines.append(f"{_count(len(proved.faults), 'fault')} in {looked}.")
        lines.append("Change nothing, copy the home folder as it is, and tell your data-protection officer.")
    else:
        lines.append(f"All holds: {looked}.")
    for stamp in proved.stamps:
        lines.append(
            f"Time stamp of capture {stamp.capture_id}: {local(stamp.at, zone)}, by {stamp.authority}."
        )
    unstamped = proved.captures - len(proved.stamps)
    if unstamped:
        lines.append(f"Without a time stamp that holds: {_count(unstamped, 'capture')}.")
    if proved.last:
        lines.append(f"The chain ends with {proved.last}")
        lines.append("Keep that line elsewhere. Later, --last says whether the chain still has it.")
    return lines


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _json(proved: Proved) -> dict[str, object]:
    return {
        "holds": not proved.faults,
        "faults": [{"wrong": f.wrong.value, "where": f.where, "said": f.said} for f in proved.faults],
        "files": proved.files,
        "captures": proved.captures,
        "steps": proved.steps,
        "audit_rows": proved.rows,
        "stamps": [
            {"capture": s.capture_id, "at": s.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "authority": s.authority}
            for s in proved.stamps
        ],
        "last": proved.last,
    }
