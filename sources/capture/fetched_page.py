"""Fetches a page once, with what is needed to draw it; every request goes through the guarded fetcher.

Style sheets are fetched so that the picture looks like the page. Pictures are fetched only if a person
decided so, and only those within the post; pictures embedded in the page as data are removed. Nothing else
that a page refers to is fetched.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urldefrag, urljoin

from data.effects import Apart, Fetch, here
from data.errors import Unreadable
from data.types import BlockKind, FetchFailure, Outcome, Request, Response
from data.web.urls import LEADS_ON
from sources.blocks.wall_patterns import REASONS
from sources.capture.post_on_page import PostOnPage, find_post
from sources.html.dom import document_of

MOST_STYLES = 8
MOST_PICTURES = 8
RESOURCES_S = 20.0
"""Time for style sheets and pictures; those not started by then are left out."""


class AtAddress(StrEnum):
    """The answer and the post at an address."""

    PAGE = "page"
    WALL = "wall"
    GONE = "gone"
    REFUSED = "refused"


_TEXTS = re.compile(r"\s*(text/|application/(xhtml\+xml|xml|([\w.-]+\+)?json|octet-stream)\s*(;|$)|$)", re.I)
_NO_TEXT = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"ID3", b"%PDF")
_STARTS_WITHIN = 1024
_IS_MEDIA = "The address is itself a picture, a film or another file: it was not kept."
_ON_A_PROFILE = "The address redirects to somebody's profile: nothing was kept."
_AS_DATA = re.compile(rb"data:\s*(?:image|video|audio)[/\\][^\"'`\s<>()]*", re.IGNORECASE)
_TAKEN_OUT = b"data:,"
_NOTHING = PostOnPage(False)


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """The result of one fetch. `response` is None if there was no page; `said` tells what was there instead.

    `styles` and `pictures` were fetched for drawing, by the address asked. `left_out` counts, by kind, what
    the page also refers to and was not fetched."""

    asked: str
    response: Response | None
    stands: AtAddress
    said: str = ""
    final: str = ""
    status: int | None = None
    shown: PostOnPage = _NOTHING
    styles: Mapping[str, Response] = field(default_factory=dict)
    pictures: Mapping[str, Response] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


_BY_KIND = {
    BlockKind.REMOVED: AtAddress.GONE,
    BlockKind.SOFT_404: AtAddress.GONE,
    BlockKind.FORBIDDEN: AtAddress.REFUSED,
    BlockKind.RATE_LIMITED: AtAddress.REFUSED,
}


def take(
    url: str,
    fetch: Fetch,
    *,
    text: str = "",
    author: str | None = None,
    pictures: bool = False,
    apart: Apart = here,
    timer: Callable[[], float] = time.monotonic,
) -> FetchedPage | FetchFailure:
    """The page at the address, or the failure if nothing there can stand in for it. `text` and `author` are
    those of the post to look for; `apart` runs the parsing."""
    came = fetch(Request(url))
    if isinstance(came, FetchFailure):
        # what was there instead of the page, if it can be named
        if came.detail == LEADS_ON:
            return FetchedPage(url, None, AtAddress.WALL, _ON_A_PROFILE, came.url, came.status)
        if came.outcome not in (Outcome.BLOCKED, Outcome.GONE):
            return came
        kind = next((k for k, said in REASONS.items() if came.detail.startswith(said)), None)
        if kind is None or kind is BlockKind.RATE_LIMITED:
            return came
        stands = _BY_KIND.get(kind, AtAddress.WALL)
        return FetchedPage(url, None, stands, came.detail, came.url, came.status)
    if not _is_text(came):
        return FetchFailure(Outcome.MALFORMED, url, _IS_MEDIA, came.fetched_at, came.status)
    body, in_page = _AS_DATA.subn(_TAKEN_OUT, came.body)
    came = replace(came, url=urldefrag(came.url).url, body=body)
    try:
        found, wanted = apart(_examine_page, came, text, author)
    except Unreadable as error:
        return FetchFailure(Outcome.MALFORMED, url, str(error), came.fetched_at, came.status)
    ends = timer() + RESOURCES_S
    styles = dict(_fetch_all(wanted["styles"][:MOST_STYLES], fetch, "text/css", ends, timer))
    allowed = [urljoin(came.url, src) for src in found.pictures][:MOST_PICTURES] if pictures else []
    images = dict(_fetch_all(allowed, fetch, "image/", ends, timer))
    left_out = {
        "style_sheets": len(wanted["styles"]) - len(styles),
        "pictures": len(wanted["images"]) - len(images),
        "pictures_as_data": in_page,
        "media": len(wanted["media"]),
        "frames": len(wanted["frames"]),
        "scripts": len(wanted["scripts"]),
    }
    said = ("", came.url, came.status)
    return FetchedPage(url, came, AtAddress.PAGE, *said, found, styles, images, left_out)


def _is_text(came: Response) -> bool:
    """Is it a page of text, by its type and first bytes? Other files may contain pictures."""
    if not _TEXTS.match(came.header("content-type") or ""):
        return False
    return not came.body.startswith(_NO_TEXT) and b"\0" not in came.body[:_STARTS_WITHIN]


def _examine_page(page: Response, text: str, author: str | None) -> tuple[PostOnPage, dict[str, list[str]]]:
    """Find the post on the page, and the addresses that the page refers to."""
    return find_post(page, text, author), _collect_links(page)


def _collect_links(page: Response) -> dict[str, list[str]]:
    """Absolute addresses of what the page refers to, by kind, each once."""
    root = document_of(page)
    found: dict[str, list[str]] = {kind: [] for kind in _ASKED_FOR}
    if root is None:
        return found
    base = next(iter(root.xpath("//base/@href")), "")
    for kind, path in _ASKED_FOR.items():
        given = [urldefrag(_join_url(page.url, base, str(one).strip())).url for one in root.xpath(path)]
        found[kind] = list(dict.fromkeys(given))
    return found


_ASKED_FOR = {
    "styles": "//link[contains(concat(' ', normalize-space(@rel), ' '), ' stylesheet ')]/@href",
    "images": "//img/@src | //input[@type='image']/@src | //link[contains(@rel, 'icon')]/@href",
    "media": "//video/@src | //audio/@src | //source/@src | //video/@poster | //embed/@src | //object/@data",
    "frames": "//iframe/@src | //frame/@src",
    "scripts": "//script/@src",
}


def _join_url(url: str, base: str, given: str) -> str:
    try:
        return urljoin(urljoin(url, base), given)
    except ValueError:
        return given


def _fetch_all(
    urls: list[str], fetch: Fetch, kind: str, ends: float, timer: Callable[[], float]
) -> Iterator[tuple[str, Response]]:
    """The addresses that return the right type; none is started after `ends`."""
    for url in urls:
        if timer() >= ends:
            return
        came = fetch(Request(url)) if url.startswith(("http://", "https://")) else None
        if isinstance(came, Response) and (came.header("content-type") or "").lower().startswith(kind):
            yield url, came
