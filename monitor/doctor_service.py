"""What the service says of itself, and what it left beside the store where it does not answer."""

from __future__ import annotations

from pathlib import Path

from alerts.notice.book import merged
from data.troubles import Trouble
from monitor.findings import Finding, fault, ok, warn
from monitor.service import notebook

_LOG = "Its log says more, for example: journalctl -u schoolgate"
_MAIL = "See what is said here of the mail server and of messages that did not arrive, and mend that."
_MENDS = {
    "StoreBusy": "Another program has the store. Find it, and let it end: fuser -v {home}/schoolgate.duckdb",
    "StoreDamaged": "End the service, put a backup in place (schoolgate restore DIR --replace), "
    "then start it again.",
    "StoreError": "See that there is room (df -h {home}), and that the service’s account may write there.",
    "judge fails": "See what is said here of the model. Where it is whole, memory may be short "
    f"(free -m), so that its process is ended. {_LOG}",
    "mail fails": _MAIL,
    "a message has waited": _MAIL,
    "chat fails": "See what is said here of addresses for short messages, and whether their service works.",
    "an alert due": "Tell these people yourself: schoolgate alerts list",
    "of the places": "To see which, and why: schoolgate source list",
    "config fails": "Mend what is said here of schoolgate.toml; the service reads it again by itself.",
}
"""What mends a complaint in which these words stand; the first that fits."""


def service(home: Path, complaints: tuple[str, ...] | None) -> list[Finding]:
    """What it complains of (`complaints`; None where none answers). Nothing where none ever ran."""
    if complaints is not None:
        said = [_complaint(f"The service says: {one}.", one, home) for one in complaints]
        return said or [ok("service", "The service runs, and complains of nothing.")]
    book = notebook.read(home)
    if book.alive is None:
        return []
    left = [_text(t) for n in book.notices for t in merged(n.troubles) if t.until is None]
    return [
        *(_complaint(f"The service said last: {one}.", one, home) for one in left),
        warn(
            "service",
            f"The service does not answer; its last sign of life was on {book.alive:%-d %B %Y, %H:%M} UTC.",
            "To start it: schoolgate serve, or: systemctl start schoolgate. Then: schoolgate status",
        ),
    ]


def _text(trouble: Trouble) -> str:
    return f"{trouble.work} fails since {trouble.since:%Y-%m-%d %H:%M} UTC ({trouble.why})"


def _complaint(what: str, complaint: str, home: Path) -> Finding:
    mend = next((mend for words, mend in _MENDS.items() if words in complaint), _LOG)
    return fault("service", what, mend.format(home=home))
