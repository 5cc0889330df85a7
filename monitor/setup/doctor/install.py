"""Checks of the installation and the machine: packages, clock, disk, the browser for pictures, time stamps.

Each takes what it judges; `installation` looks it up. The time server itself is not asked.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from alerts.routes.ways import Helpline, PlatformRoute, helplines, old, platforms
from data.errors import KeyMissing
from data.evidence.vault import Vault
from data.keeping import envelope
from monitor.act.casework.proving import authorities_file
from monitor.config.load import Config
from monitor.setup.doctor.findings import Finding, end_sentence, fault_finding, ok, warn
from sources.capture.browser import can_draw, find_browser
from sources.timestamps import authorities

ROOMS = ("schoolgate", "monitor", "sources", "classifiers", "alerts", "data")
DISTRIBUTION = "schoolgate"
RELEASED = date(2026, 11, 20)
"""The day of this release; a clock that is behind it is wrong. Raised with the version."""

_LEAST_FREE_BYTES, _LITTLE_FREE_BYTES = 200 * 2**20, 2 * 2**30
ANEW = (
    "Install Schoolgate anew from its checkout, in an environment of its own: "
    "pip install -c constraints.txt ."
)
"""Never by name from an index: what has the name there is not ours."""


def installation(home: Path, now: datetime) -> list[Finding]:
    """Packages, Python, clock, disk, and who may read the folder."""
    from monitor.terminal.program import release

    place = next(p for p in (home, *home.parents) if p.exists())
    # The permission bits, None on Windows (its rights are not in them) or before the folder is there
    return [
        *own_packages(),
        python(sys.version_info[:3], sys.platform, release()),
        clock(now),
        disk(shutil.disk_usage(place).free, place, read_only=_read_only(place)),
        *privacy(home, home.stat().st_mode & 0o777 if os.name == "posix" and home.is_dir() else None),
        *encryption(home),
    ]


def own_packages() -> list[Finding]:
    """`packages` of this very process; a scheduled run asks it too."""
    from importlib.metadata import distributions

    owners: dict[str, list[str]] = {}
    for (
        one
    ) in distributions():  # asked for its name only where it has one of ours: that takes most of the time
        files, said = f"\n{one.read_text('RECORD') or ''}", (one.read_text("top_level.txt") or "").split()
        for room in ROOMS:
            if room in said or f"\n{room}/" in files or f"\n{room}.py," in files:
                owners.setdefault(room, []).append(one.metadata["Name"])
    return packages(owners)


def packages(owners: Mapping[str, Iterable[str]]) -> list[Finding]:
    """Whether the top-level packages are ours alone, by the distributions that brought each name (none for an
    editable install).

    What lies before ours keeps the program from starting (`schoolgate/start.py`); what pip wrote over parts
    of it does not, and pip says nothing.
    """
    also = {room: sorted(set(owners.get(room, ())) - {DISTRIBUTION}) for room in ROOMS}
    found = [
        fault_finding(
            "packages",
            f"The package “{room}” is also brought by {', '.join(others)}, which may have overwritten ours.",
            ANEW,
        )
        for room, others in also.items()
        if others
    ]
    return found or [ok("packages", f"The {len(ROOMS)} packages are Schoolgate's alone.")]


def python(version: Sequence[int], platform: str, release: str) -> Finding:
    """Whether this Python is one that Schoolgate is tested with."""
    shown = ".".join(map(str, version))
    if tuple(version[:2]) < (3, 11):
        return fault_finding(
            "python", f"Python {shown} is too old.", "Install Python 3.11 or later, then Schoolgate."
        )
    return ok("python", f"Schoolgate {release} with Python {shown} on {platform}.")


def clock(now: datetime) -> Finding:
    """Whether the machine's clock can be right: evidence and deadlines hang on it."""
    if now.date() < RELEASED:
        what = f"The clock says {now:%d %B %Y}, which is before this release ({RELEASED:%d %B %Y})."
        return fault_finding("clock", what, "Set the machine's clock, and let it follow a time server.")
    return ok("clock", f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def disk(free_bytes: int, place: Path, *, read_only: bool = False) -> Finding:
    """Whether there is room for the store and for a copy of it, and whether anything can be written."""
    if read_only:
        what = f"Nothing can be written at {place}: its disk is there to be read alone."
        remedy = f"See why (dmesg, and findmnt -T {place}), make it writable, then look again"
        return fault_finding("disk", what, remedy, "schoolgate doctor")
    what = f"{free_bytes / 2**30:.1f} GB are free at {place}."
    if free_bytes < _LEAST_FREE_BYTES:
        return fault_finding("disk", what, "Make room: a scan needs 0.2 GB at the least.")
    if free_bytes < _LITTLE_FREE_BYTES:
        return warn(
            "disk", what, "Make room: rewriting the store after a purge needs as much again as it holds."
        )
    return ok("disk", what)


def privacy(home: Path, mode: int | None) -> list[Finding]:
    """Whether others on this machine can look into the folder; `mode` None where that is not known."""
    if mode is None:
        return []
    if mode & 0o077:
        what = f"Others on this machine may look into {home}, where names and posts are kept."
        return [warn("privacy", what, f'Close it: chmod 700 "{home}"')]
    return [ok("privacy", f"Only you may look into {home}.")]


def encryption(home: Path) -> list[Finding]:
    """Findings on evidence that an earlier version encrypted: this way of keeping it has ended, and its key
    may be missing. None where no evidence is encrypted.
    """
    vault, on, faults = Vault(home / "evidence"), (home / envelope.AT_REST).exists(), list[Finding]()
    if not (names := vault.list_encrypted()) and not on:
        return []
    try:
        envelope.read_keys(home)
        if locked := [why for name in names if (why := vault.why_locked(name))]:
            what = f"{len(locked):,} files of evidence: {locked[0]}"
            faults.append(warn("encryption", what, "If that key is lost for good, so are they."))
    except KeyMissing as error:
        faults.append(
            fault_finding("encryption", str(error), "Put that right, then look again", "schoolgate doctor")
        )
    return faults or [ok("encryption", f"Evidence that an earlier version encrypted: {len(names):,} files.")]


def _read_only(place: Path) -> bool:
    return os.name == "posix" and bool(os.statvfs(place).f_flag & os.ST_RDONLY)


def routes(today: date) -> list[Finding]:
    """Ways to platforms and helplines that were looked at over six months ago."""
    rows: list[PlatformRoute | Helpline] = [*platforms().values(), *helplines().values()]
    others = (replace(row, checked_on=way.checked_on) for row in platforms().values() for way in row.ways)
    aged = [row for row in (*rows, *others) if old(row, today)]
    if not aged:
        said = f"The ways to {len(rows)} platforms and helplines were looked at within six months."
        return [ok("routes", said)]
    oldest = min(row.checked_on for row in aged)
    stale = list(dict.fromkeys(row.name for row in aged))
    names = ", ".join(stale[:5]) + (" …" if len(stale) > 5 else "")
    said = (
        f"{len(stale)} of {len(rows)} ways to platforms and helplines were looked at over six months ago, "
        f"the first of them on {oldest:%d %B %Y}: {names}"
    )
    remedy = "Check an address or a number before you rely on it; a newer version of Schoolgate brings newer"
    return [warn("routes", end_sentence(said), f"{remedy} ones.")]


SOON = timedelta(days=30)
_NO_PICTURES = "Captures hold page, archive and words, but no picture and no PDF"


def browser(config: Config) -> Finding:
    """The browser for pictures and PDFs of posts."""
    named = config.evidence.browser
    found = find_browser(named)
    if named and found is None:
        what = f"There is no browser at {named}, which [evidence] names."
        remedy = "Name another, or take “browser” out of [evidence]: the usual places are looked at then"
        return fault_finding("browser", what, remedy, "schoolgate set evidence.browser")
    if not can_draw():
        remedy = 'In Schoolgate\'s checkout: pip install -c constraints.txt ".[browser]"'
        return warn("browser", f"{_NO_PICTURES}: the extra “browser” is not installed.", remedy)
    if found is None:
        remedy = "Install Chromium from your system's packages."
        return warn("browser", f"{_NO_PICTURES}: no Chromium was found.", remedy)
    return ok("browser", f"Pictures of posts are drawn by {found}.")


def time_server(config: Config, now: datetime) -> Finding:
    """The time server of stamps, and the authorities they are checked against."""
    table = config.evidence
    if not table.timestamp_url:
        return ok("time_server", "No time server is configured: captures are kept without a time stamp.")
    if not table.timestamp_ca:
        what = "A time server is configured without the certificates its stamps are checked against."
        remedy = "Ask for them there, and name the file"
        return fault_finding("time_server", what, remedy, "schoolgate set evidence.timestamp_ca")
    return _authorities(config, config.near(table.timestamp_ca), now)


def _authorities(config: Config, path: Path, now: datetime) -> Finding:
    try:
        found = authorities(authorities_file(config) or b"")
    except ValueError:
        what = f"{path} cannot be read as certificates: no capture is time-stamped."
        return fault_finding("time_server", what, "Put the PEM file of the time server's authority there.")
    ends = min(certificate.not_valid_after_utc for certificate in found)
    if ends - now < SOON:
        remedy = "Get the newer one from the time server's authority, and put it beside the old."
        return warn("time_server", f"A certificate in {path} runs out on {ends:%d %b %Y}.", remedy)
    return ok("time_server", f"Captures are time-stamped; {len(found)} certificates are there to check them.")
