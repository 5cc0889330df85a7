"""Checks of how evidence is kept: is there a browser for pictures, and would time stamps be believed?

The time server itself is not asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from monitor.act.casework.evidence.audit_checkpoint import authorities_file
from monitor.config.load import Config
from monitor.setup.doctor.findings import Finding, fault, ok, warn
from sources.capture.browser import can_draw, find_browser
from sources.timestamps.timestamp import authorities

SOON = timedelta(days=30)
_NO_PICTURES = "Captures hold page, archive and words, but no picture and no PDF"


def capturing(config: Config, now: datetime) -> list[Finding]:
    """What a capture would be without, and why. `now` is aware."""
    return [browser(config), time_server(config, now)]


def browser(config: Config) -> Finding:
    """The browser for pictures and PDFs of posts."""
    named = config.evidence.browser
    found = find_browser(named)
    if named and found is None:
        return fault(
            "browser",
            f"There is no browser at {named}, which [evidence] names.",
            "Name another, or take “browser” out of [evidence]: the usual places are looked at then",
            "schoolgate set evidence.browser",
        )
    if not can_draw():
        return warn(
            "browser",
            f"{_NO_PICTURES}: the extra “browser” is not installed.",
            'In Schoolgate\'s checkout: pip install -c constraints.txt ".[browser]"',
        )
    if found is None:
        return warn(
            "browser",
            f"{_NO_PICTURES}: no Chromium was found.",
            "Install Chromium from your system's packages.",
        )
    return ok("browser", f"Pictures of posts are drawn by {found}.")


def time_server(config: Config, now: datetime) -> Finding:
    """The time server of stamps, and the authorities they are checked against."""
    table = config.evidence
    if not table.timestamp_url:
        return ok("time_server", "No time server is configured: captures are kept without a time stamp.")
    if not table.timestamp_ca:
        return fault(
            "time_server",
            "A time server is configured without the certificates its stamps are checked against.",
            "Ask for them there, and name the file",
            "schoolgate set evidence.timestamp_ca",
        )
    return _authorities(config, config.near(table.timestamp_ca), now)


def _authorities(config: Config, path: Path, now: datetime) -> Finding:
    try:
        found = authorities(authorities_file(config) or b"")
    except ValueError:
        return fault(
            "time_server",
            f"{path} cannot be read as certificates: no capture is time-stamped.",
            "Put the PEM file of the time server's authority there.",
        )
    ends = min(certificate.not_valid_after_utc for certificate in found)
    if ends - now < SOON:
        return warn(
            "time_server",
            f"A certificate in {path} runs out on {ends:%d %b %Y}.",
            "Get the newer one from the time server's authority, and put it beside the old.",
        )
    return ok("time_server", f"Captures are time-stamped; {len(found)} certificates are there to check them.")
