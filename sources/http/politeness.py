"""Limits on how often we may ask a host: pure arithmetic. Nothing here reads a clock or waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRY_AFTER_CAP_S = 24 * 3600.0
"""The longest that one answer can keep us away; after that we ask again."""
CRAWL_DELAY_CAP_S = 30.0
"""A longer Crawl-delay in robots.txt is cut to this: such delays are meant for crawlers of whole sites."""

ASKED_PACE_S: Mapping[str, float] = {"api.gdeltproject.org": 5.0}
"""Seconds between two requests where a site asks for it in its terms and not in robots.txt."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one fetch, for us and the host. Times in seconds, sizes in bytes.

    `deadline_s` covers the whole answer over all redirects, but not waiting for a turn. `max_body_bytes`
    counts bytes on the wire, `max_decompressed_bytes` what they unpack to; of a page within both,
    `sources.html.sanitise.beginning` decides how much is read. `per_host_interval_s` is the least time
    between the starts of two requests to one host; `asked_pace_s` that of hosts that ask for a longer one in
    their terms. `longest_hold_s`: if a site asks for a longer pause, we report it instead of waiting."""

    connect_s: float = 10.0
    deadline_s: float = 30.0
    max_body_bytes: int = 10 * 1024 * 1024
    max_decompressed_bytes: int = 16 * 1024 * 1024
    max_redirects: int = 5
    per_host_interval_s: float = 2.0
    asked_pace_s: Mapping[str, float] = field(default_factory=lambda: ASKED_PACE_S)
    per_host_concurrency: int = 1
    longest_hold_s: float = 5.0

    def pace_s(self, host: str) -> float:
        """Seconds between two requests to a host, before its robots.txt is asked."""
        return max(self.per_host_interval_s, self.asked_pace_s.get(host, 0.0))


def retry_after_s(value: str | None, now: datetime, cap_s: float = RETRY_AFTER_CAP_S) -> float | None:
    """Seconds to stay away, 0 to `cap_s`, from a Retry-After header: a number or an HTTP date. None if it is
    missing or neither of these (RFC 9110 §10.2.3)."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), cap_s)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max((when - now).total_seconds(), 0.0), cap_s)


def host_interval_s(own_s: float, crawl_delay_s: float | None, cap_s: float = CRAWL_DELAY_CAP_S) -> float:
    """Seconds between two requests to a host: ours, or what its robots.txt asks for, up to the cap."""
    return max(own_s, min(crawl_delay_s or 0.0, cap_s))


def slot(free_at_s: float, now_s: float, every_s: float) -> tuple[float, float]:
    """When the next request may start, and when the one after it may; neither is before `now_s`. Feeding each
    answer into the next call keeps starts at least `every_s` apart."""
    start = max(free_at_s, now_s)
    return start, start + every_s


def backoff_s(failures_in_a_row: int, base_s: float, cap_s: float, jitter_01: float = 0.5) -> float:
    """Seconds to wait after this many failures: doubled each time up to `cap_s`, spread by ±20 %.

    `jitter_01` in [0, 1] comes from the caller, so that sources that failed together do not retry together;
    0.5 changes nothing. Never longer than `cap_s`."""
    doublings = min(max(failures_in_a_row - 1, 0), 32)
    return min(base_s * 2.0**doublings * (0.8 + 0.4 * jitter_01), cap_s)


def user_agent(version: str, contact: str) -> str:
    """“Schoolgate/0.1.0 (+contact)”: names the tool and a contact for the site's owner."""
    plain = "".join(c if c.isascii() and c.isprintable() else "?" for c in contact)
    return f"Schoolgate/{version} (+{plain})"
