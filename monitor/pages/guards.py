"""Whether a request for a page counts: how often it comes, where its form was sent from, what it holds."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from starlette.requests import ClientDisconnect, Request

EVERY = timedelta(minutes=1)
MOST = 30
"""How often one link may be asked for in that time; nobody opens one more often."""
_KEPT = 1024
_FORM_BYTES = 2048
_PORTS = {"http": 80, "https": 443}


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form; none where it is too large, or broke off."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _FORM_BYTES:
                return {}
    except ClientDisconnect:
        return {}
    return {name: given[0] for name, given in parse_qs(body.decode("ascii", "replace")).items()}


def from_our_page(request: Request, base_url: str | None) -> bool:
    """Does the browser say, where it says anything, that the form was one of this site's own?

    The page sends no referrer, so that a browser's Origin may be "null" (Fetch, "append a request Origin
    header"); Sec-Fetch-Site is told over https.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin in (None, "null", _origin(base_url or ""))


def _origin(url: str) -> str:
    """As a browser writes it (RFC 6454, 6.2): in small letters, without the port that goes without saying."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name if name.isascii() else name.encode("idna").decode()
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class LinkPace:
    """How often each link was asked for within the last minute. The keys are those of real links, and one for
    everything else.
    """

    def __init__(self) -> None:
        self._asked: dict[str, deque[datetime]] = {}

    def allows(self, key: str, now: datetime) -> bool:
        """May it be asked for once more? Counts it, if so."""
        if len(self._asked) > _KEPT:
            self._asked = {k: when for k, when in self._asked.items() if now - when[-1] < EVERY}
        when = self._asked.setdefault(key, deque())
        while when and now - when[0] >= EVERY:
            when.popleft()
        if len(when) >= MOST:
            return False
        when.append(now)
        return True
