"""The requests that make up one fetch, one for each redirect, and which of them may go. Pure."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import unescape
from urllib.parse import urldefrag, urljoin

from data.effects import Sleep
from data.ids import digest
from data.types import Request, SourceState
from sources.http.aborted import unreachable
from sources.http.address_guard import target_of
from sources.http.exchange import HttpAnswer
from sources.http.politeness import slot


@dataclass(slots=True)
class _Host:
    places: threading.Semaphore
    free_at_s: float = 0.0
    held_until_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Gate:
    """Lets requests to each host through at its pace, up to `concurrency` at a time. Thread-safe."""

    def __init__(self, timer: Callable[[], float], sleep: Sleep, concurrency: int) -> None:
        self._timer = timer
        self._sleep = sleep
        self._concurrency = concurrency
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, every_s: float) -> Iterator[float]:
        """Waits until the host may be asked; yields the seconds waited."""
        entry = self._entry(host)
        came = self._timer()
        with entry.places:
            with entry.lock:
                now = self._timer()
                start, entry.free_at_s = slot(max(entry.free_at_s, entry.held_until_s), now, every_s)
            if start > now:
                self._sleep(start - now)
            yield self._timer() - came

    def hold(self, host: str, seconds: float) -> None:
        """The host has asked us to stay away for this long."""
        entry = self._entry(host)
        with entry.lock:
            entry.held_until_s = max(entry.held_until_s, self._timer() + seconds)

    def held_s(self, host: str) -> float:
        """Seconds for which we must still stay away from the host; 0 if we need not."""
        return max(self._entry(host).held_until_s - self._timer(), 0.0)

    def ready_at_s(self, host: str) -> float:
        """When the host's next request may start, in the timer's seconds; a time in the past means now."""
        return self._entry(host).free_at_s

    def _entry(self, host: str) -> _Host:
        with self._lock:
            if host not in self._hosts:
                self._hosts[host] = _Host(threading.Semaphore(self._concurrency))
            return self._hosts[host]


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OURS = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length", "cookie"})
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since"})
_HARMLESS = frozenset({"accept", "accept-language", "cache-control"}) | _CONDITIONAL
_WEEK_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a fetch. `credential` is a header pair sent to the first origin only; `refreshed` says
    that a page has led here by itself."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    credential: tuple[str, str] | None = None
    refreshed: bool = field(default=False, compare=False)

    @property
    def conditional(self) -> bool:
        """May the answer be 304?"""
        return any(name.lower() in _CONDITIONAL for name, _ in self.headers)

    @property
    def plain(self) -> Step:
        """The same without conditions, past whatever a proxy keeps."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in _CONDITIONAL)
        return replace(self, headers=(*kept, ("Cache-Control", "no-cache")))


def first_step(
    request: Request, state: SourceState | None, credential: tuple[str, str] | None, now: datetime
) -> Step:
    """The first request sent.

    Headers that only the fetcher may set are removed; the validators remembered by the store (RFC 9110 §13)
    are added where they can be right, but for the first reading of each week: a site that answers 304 for
    ever is found out (FreshRSS #1020)."""
    headers = tuple(pair for pair in request.headers if pair[0].lower() not in _OURS)
    method = request.method.upper()
    if state is not None and method in ("GET", "HEAD"):
        headers += () if _a_week_is_over(state, now) else tuple(_validators(state, now))
    return Step(request.url, method, headers, request.body, credential)


_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]{1,1000}"|[\x21\x23-\x7e\x80-\xff]{1,1000}')
"""With its quotes, as RFC 9110 §8.8.3 has it, or without, as some servers send it."""
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No page of the web is older: an earlier date is a server's zero."""


def _validators(state: SourceState, now: datetime) -> Iterator[tuple[str, str]]:
    if state.etag and _ETAG.fullmatch(state.etag):
        yield "If-None-Match", state.etag
    try:
        changed = parsedate_to_datetime(state.last_modified or "")
        if changed.tzinfo is not None and _OLDEST <= changed <= now:
            yield "If-Modified-Since", format_datetime(changed.astimezone(UTC), usegmt=True)
    except (ValueError, TypeError, OverflowError):
        return


def _a_week_is_over(state: SourceState, now: datetime) -> bool:
    """Was it last read well in another week? Each place's weeks begin at a time of its own."""
    begins_s = int(digest(state.source_id)[:8], 16) % _WEEK_S
    weeks = {int(at.timestamp() - begins_s) // _WEEK_S for at in (state.last_ok_at, now) if at}
    return len(weeks) == 2


def follow_redirect(step: Step, answer: HttpAnswer) -> Step | None:
    """The next step if the answer is a redirect, else None.

    303 always, and 301 and 302 after a POST, become a GET without body, as in browsers. The first redirect's
    cookies go back to the same origin, in this fetch: some sites ask for no more. Only harmless headers are
    sent to another origin (host, port or scheme). Raises FetchAborted if a body would have to be sent to
    another origin, or the address is not a web address."""
    location = answer.header("location") if answer.status in _REDIRECTS else None
    if answer.status == 200 and b"efresh" in answer.body[:_MOST_BYTES]:
        location = _refresh_target(step, answer)
    if not location:
        return None
    try:
        url = urldefrag(urljoin(answer.url, _location_as_utf8(location))).url
    except ValueError as error:
        raise unreachable("The site redirects to what is not a web address.") from error
    method, body = step.method, step.body
    if (answer.status == 303 and method != "HEAD") or (answer.status in (301, 302) and method == "POST"):
        method, body = "GET", None
    refreshed = step.refreshed or answer.status not in _REDIRECTS
    if target_of(url).origin == target_of(answer.url).origin:
        headers = step.headers
        if answer.cookies and not any(name == _COOKIE for name, _ in headers):
            headers += ((_COOKIE, answer.cookies),)
        return Step(url, method, headers, body, step.credential, refreshed)
    if body is not None:
        raise unreachable("The site wants what we send to go to another site.")
    harmless = tuple(h for h in step.headers if h[0].lower() in _HARMLESS)
    return Step(url, method, harmless, refreshed=refreshed)


_COOKIE = "Cookie"
_REFRESH = re.compile(r"\s*[0-5](?:\.\d{0,9})?\s*[;,]\s*url\s*=\s*[\"']?([^\"'<>\s]{1,2000})", re.IGNORECASE)
"""At once, or within seconds: a page that is shown for longer is a page."""
_MOST_BYTES, _MOST_LETTERS = 16_000, 400
_META = re.compile(r"<meta\b[^>]{0,200}?\bhttp-equiv\s*=\s*[\"']?refresh\b[^>]{0,2500}>", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|noscript|title)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def _refresh_target(step: Step, answer: HttpAnswer) -> str | None:
    """Find where a page without words leads by `<meta http-equiv=refresh>`; once in a fetch."""
    page = answer.body
    if step.refreshed or len(page) > _MOST_BYTES:
        return None
    shown = _UNSEEN.sub(" ", page.decode("latin-1"))
    meta = _META.search(shown)
    content = _CONTENT.search(meta[0]) if meta else None
    leads = _REFRESH.match(unescape(content[1] or content[2] or "")) if content else None
    few = len("".join(re.sub(r"<[^>]*>", " ", shown).split())) < _MOST_LETTERS
    return leads[1] if leads and few else None


def _location_as_utf8(location: str) -> str:
    """Header bytes arrive as Latin-1; non-ASCII addresses in them are UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
