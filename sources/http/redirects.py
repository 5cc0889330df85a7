"""The requests that make up one fetch, one for each redirect, and which of them may go. Pure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from data.effects import Sleep
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
_HARMLESS = frozenset({"accept", "accept-language"}) | _CONDITIONAL


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a fetch. `credential` is a header pair sent to the first origin only."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    credential: tuple[str, str] | None = None

    @property
    def conditional(self) -> bool:
        """May the answer be 304?"""
        return any(name.lower() in _CONDITIONAL for name, _ in self.headers)


def first_step(request: Request, state: SourceState | None, credential: tuple[str, str] | None) -> Step:
    """The first request sent.

    Headers that only the fetcher may set are removed; the validators remembered by the store
    (RFC 9110 §13) are added.
    """
    headers = tuple(pair for pair in request.headers if pair[0].lower() not in _OURS)
    method = request.method.upper()
    if state is not None and method in ("GET", "HEAD"):
        pairs = (("If-None-Match", state.etag), ("If-Modified-Since", state.last_modified))
        headers += tuple((name, value) for name, value in pairs if value)
    return Step(request.url, method, headers, request.body, credential)


def followed(step: Step, answer: HttpAnswer) -> Step | None:
    """The next step if the answer is a redirect, else None.

    303 always, and 301 and 302 after a POST, become a GET without body, as in browsers. Only harmless
    headers are sent to another origin (host, port or scheme). Raises FetchAborted if a body
    would have to be sent to another origin, or the address is not a web address.
    """
    location = answer.header("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        url = urldefrag(urljoin(answer.url, _as_utf8(location))).url
    except ValueError as error:
        raise unreachable("The site redirects to what is not a web address.") from error
    method, body = step.method, step.body
    if (answer.status == 303 and method != "HEAD") or (answer.status in (301, 302) and method == "POST"):
        method, body = "GET", None
    if target_of(url).origin == target_of(answer.url).origin:
        return Step(url, method, step.headers, body, step.credential)
    if body is not None:
        raise unreachable("The site wants what we send to go to another site.")
    return Step(url, method, tuple(h for h in step.headers if h[0].lower() in _HARMLESS))


def _as_utf8(location: str) -> str:
    """Header bytes arrive as Latin-1; non-ASCII addresses in them are UTF-8."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
