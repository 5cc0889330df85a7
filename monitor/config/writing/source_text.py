"""How a place is written into `schoolgate.toml`: its table, and what is told of it above. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from data.types import Source
from monitor.config.faults import toml
from sources.places.proposal import Proposal
from sources.registry import CATALOGUE

TERMS = "Its terms, as read on"
"""What the comment above a place says that was written by program."""
_WIDTH = 108
_FIRST_PAGES = Source("", "", "").max_pages
_PACES = ((86_400, "d", "day"), (3_600, "h", "hour"), (60, "m", "minute"))


def source_values(source: Source) -> dict[str, object]:
    """Its keys as the file has them, without those that say what holds anyhow."""
    said: dict[str, object] = {
        "id": source.id,
        "kind": source.kind,
        "url": source.url,
        "name": "" if source.name == source.id else source.name,
        "schools": list(source.urns),
        "channel": source.channel,
        "listing": source.listing,
        "surfaced": source.surfaced,
        "interval": _interval(source.interval_s),
        "max_pages": source.max_pages if source.max_pages != _FIRST_PAGES else None,
        "settings": dict(source.settings),
        "own": source.own,
        "notice": source.notice,
        "disabled": source.disabled,
    }
    return {key: value for key, value in said.items() if value}


def place_text(proposal: Proposal) -> str:
    """The place with a comment: what it sees, how often, its terms and the day on which they were read."""
    source, checked = proposal.source, proposal.checked
    day = f"{checked.day} {checked:%B %Y}"
    told = f"{proposal.sees} Looked at {_pace(source)}. {TERMS} {day}: {proposal.terms}"
    rows = [f"{key} = {toml(value)}" for key, value in source_values(source).items()]
    return "\n".join([*_comment(told), "[[sources]]", *rows]) + "\n"


def _comment(told: str) -> Iterator[str]:
    for line in textwrap.wrap(told, _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _interval(seconds: float | None) -> str | None:
    """“15m”, “1h”; None for the kind's own pace."""
    if seconds is None:
        return None
    of, letter, _ = _unit(seconds)
    return f"{seconds / of:g}{letter}"


def _pace(source: Source) -> str:
    """“every hour”, “every 15 minutes”."""
    seconds = source.interval_s or CATALOGUE[source.kind].default_interval_s
    of, _, name = _unit(seconds)
    count = f"{seconds / of:g}"
    return f"every {name}" if count == "1" else f"every {count} {name}s"


def _unit(seconds: float) -> tuple[int, str, str]:
    return next((pace for pace in _PACES if seconds >= pace[0] and seconds % pace[0] == 0), _PACES[-1])
