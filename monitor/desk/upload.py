"""Forms: what one brings, and whether it is one of this site's own. A picture is read in memory alone, and no
further than it may be long."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

_FORM_BYTES = 16_384
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
    return origin in (None, "null", origin_of(base_url or ""))


def origin_of(url: str) -> str:
    """As a browser writes it (RFC 6454, 6.2): in small letters, without the port that goes without saying."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name if name.isascii() else name.encode("idna").decode()
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


MOST_FILE = 10 * 1024 * 1024
_MOST_WORDS = 64 * 1024
_MOST = MOST_FILE + _MOST_WORDS


@dataclass(frozen=True, slots=True)
class Upload:
    """The fields of a form and the one file that it may bring, b"" without one. `cut` says that there was
    more of it than is read: its file is missing then."""

    fields: Mapping[str, str]
    file: bytes = b""
    cut: bool = False


class _InMemory(MultiPartParser):
    spool_max_size = _MOST

    def close(self) -> None:
        """Lets go of its files, of one that was cut off too."""
        for file in self._files_to_close_on_error:
            file.close()


def has_parts(request: Request) -> bool:
    """Is its form of the kind that may bring a file?"""
    return request.headers.get("content-type", "").lower().startswith("multipart/")


async def fields_of(request: Request) -> Upload:
    """The fields of a form of either kind, and no file."""
    if has_parts(request):
        return replace(await upload_of(request, _MOST_WORDS), file=b"")
    return Upload(await form_of(request))


async def upload_of(request: Request, most: int = _MOST) -> Upload:
    """What a form brought, no further than that; nothing of one that broke off, or is not as browsers send
    it: they name no charset, and many of those that could be named decode to what is no text."""
    kind = request.headers.get("content-type", "").lower()
    if not kind.startswith("multipart/form-data") or "charset" in kind:
        return Upload({})
    read = 0

    async def chunks() -> AsyncGenerator[bytes, None]:
        nonlocal read
        async for chunk in request.stream():
            read += len(chunk)
            yield chunk[: max(0, len(chunk) - max(0, read - most))]
            if read > most:
                return

    parser = _InMemory(request.headers, chunks(), max_files=1, max_fields=20, max_part_size=_MOST_WORDS)
    try:
        found = await parser.parse()
        fields = {name: value for name, value in found.multi_items() if isinstance(value, str)}
        given = next((value for value in found.values() if isinstance(value, UploadFile)), None)
        file = await given.read() if given and read <= most else b""
    except (MultiPartException, ClientDisconnect):
        return Upload({}, cut=True)
    finally:
        parser.close()
    return Upload(fields, file if len(file) <= MOST_FILE else b"", read > most or len(file) > MOST_FILE)
