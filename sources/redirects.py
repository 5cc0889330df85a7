"""Where a redirect leads, and what may go along. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from data.types import Outcome
from sources.guard import target_of
from sources.stop import Stop
from sources.wire import Answer

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HARMLESS = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a fetch. `credential` is a header pair sent to the first origin only."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    credential: tuple[str, str] | None = None


def followed(step: Step, answer: Answer) -> Step | None:
    """The next step where the answer is a redirect, else None.

    303 always, and 301 and 302 after a POST, become a GET without body, as browsers do. At
    another origin (host, port or scheme) only harmless headers go along. Raises Stop where a body
    would have to be sent to another origin, or the address is none.
    """
    location = answer.header("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        url = urldefrag(urljoin(answer.url, _as_utf8(location))).url
    except ValueError as error:
        raise Stop(Outcome.UNREACHABLE, "The site redirects to what is not a web address.") from error
    method, body = step.method, step.body
    if (answer.status == 303 and method != "HEAD") or (answer.status in (301, 302) and method == "POST"):
        method, body = "GET", None
    if target_of(url).origin == target_of(answer.url).origin:
        return Step(url, method, step.headers, body, step.credential)
    if body is not None:
        raise Stop(Outcome.UNREACHABLE, "The site wants what we send to go to another site.")
    return Step(url, method, tuple(h for h in step.headers if h[0].lower() in _HARMLESS))


def _as_utf8(location: str) -> str:
    """Header bytes arrive as Latin-1; addresses in them are UTF-8 where they are not ASCII."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
