"""A page fetched once, with what is needed to draw it, and the place of a post on it.

To find the post only letters and digits are compared, so line breaks and quotation marks make no difference;
`find_post.js` finds the same place in the browser's own tree, by the same rules. Every request goes through
the guarded fetcher. Style sheets are fetched so that the picture looks like the page. Pictures are fetched
only if a person decided so, and only those within the post; pictures embedded in the page as data are
removed. Nothing else that a page refers to is fetched.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from enum import StrEnum
from unicodedata import normalize
from urllib.parse import urldefrag, urljoin

from lxml import etree

from data.effects import Apart, Fetch, Timer, here
from data.errors import Unreadable
from data.frozen import freeze
from data.ids import squeeze
from data.types import BlockKind, FetchFailure, Outcome, Request, Response
from data.web.urls import LEADS_ON, unescape
from sources.html.dom import Element, document_of, plain_text
from sources.html.markup import decode_answer
from sources.walls import REASONS

ROOM = 200
"""Letters around the words that still count as part of the post: author, time, buttons."""

SPREAD = 4000
"""Letters allowed between the lines of a post, such as a quote; with more it is not one place."""

SHARE = 0.8
"""The share of a post's letters that is enough if not all are found: pages and feeds cut posts short."""

LEAST = 20
"""Fewer letters may match anywhere by chance: they count only beside the author's name, or alone."""

QUOTES = frozenset(("blockquote", "q"))
QUOTE_CLASSES = frozenset(("quote", "quotecontent", "bbcode_quote", "bbCodeBlock--quote"))
"""Elements, and classes of elements, in which forums quote others."""

_MOST_READ = 30_000_000  # letters in all, however deeply a page is nested
_NO_LETTER = re.compile(r"[\W_]+")
_PARTS = re.compile(r"[\n\r.!?…]+")
_UNREAD = ("script", "style", "template", "head", "title", etree.Comment, etree.ProcessingInstruction)
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrtbf/\"\\])")
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_A_FACE = re.compile(r"avatar|profile|userpic|user-?photo|member-?photo")

_LONGEST_TIME = 60
_DATED = re.compile(r"date|time|posted|published|when")
_SAYS_WHEN = re.compile(r"\d|\b(now|today|yesterday|ddoe|heddiw)\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_WRITTEN = re.compile(
    r"(?P<not>(?:joined|registered|since|edited|updated|birthday)\W{0,4}(?:by \S{1,40} )?(?:on )?)?"
    r"(?P<when>(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|today|yesterday"
    r"|\d{1,3} (?:second|minute|hour|day|week|month|year)s? ago)"
    r"(?P<clock>,? (?:at |@ )?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\b)?)?)",
    re.IGNORECASE,
)


@freeze
class PostOnPage:
    """A post as the page shows it: `found` the words, or this `share` of them, and `visible` without scripts.

    `text` is the post as shown; `author` and `posted` as displayed, "" if not found. `quoted`: the words
    appear only within a quote, so the author and time of the post around it are not theirs. `pictures` are
    the addresses, as written, of pictures within the post, without its author's face."""

    found: bool
    share: float = 0.0
    visible: bool = False
    text: str = ""
    author: str = ""
    posted: str = ""
    pictures: tuple[str, ...] = ()
    quoted: bool = False


def letters(text: str) -> str:
    """Only the letters and digits, in lower case and compatibility form (NFKC)."""
    return _NO_LETTER.sub("", normalize("NFKC", text)).lower()


def sentences(text: str) -> tuple[str, ...]:
    """The letters of each line, and of each sentence in it, that has any."""
    return tuple(found for part in _PARTS.split(text) if (found := letters(part)))


def find_post(response: Response, text: str, author: str | None) -> PostOnPage:
    """Find a post with this text by this author on the page."""
    wanted = sentences(text)
    root = document_of(response)
    if root is not None:
        etree.strip_elements(root, *_UNREAD, with_tail=False)
    found = [] if root is None else (_places(root, wanted, 1.0) or _places(root, wanted, SHARE))
    if not found:
        whole = "".join(wanted)
        in_data = len(whole) >= LEAST and whole in _data(response)
        return PostOnPage(in_data, float(in_data))
    by = letters(author or "")
    if sum(map(len, wanted)) < LEAST:
        found = [p for p in found if _said_by(p, by) or letters(_text(p)) == "".join(wanted)]
        if not found:
            return PostOnPage(False)
    own = [p for p in found if not _is_quoted(p)]
    place = next((p for p in own or found if _said_by(p, by)), (own or found)[0])
    post = _post(place)
    return PostOnPage(
        True,
        _share(letters(_text(place)), wanted),
        True,
        plain_text(place),
        (author or "") if own and _said_by(place, by) else "",
        _displayed_time(post, place) if own else "",
        tuple(_pictures(post)) if own else (),
        quoted=not own,
    )


def _said_by(place: Element, author: str) -> bool:
    """Is the author's name, compared by letters alone, beside the words?"""
    return bool(author) and author in letters(_text(_post(place)))


def _is_quoted(place: Element) -> bool:
    """Are the words within a quote? Then someone else's post may be repeating them."""
    around = (place, *place.iterancestors())
    return any(n.tag in QUOTES or QUOTE_CLASSES.intersection((n.get("class") or "").split()) for n in around)


def _share(text: str, wanted: Sequence[str]) -> float:
    """The share of the wanted letters that is there, 0 to 1; 0 if none are wanted."""
    whole = sum(map(len, wanted))
    return sum(len(part) for part in wanted if part in text) / whole if whole else 0.0


def _data(response: Response) -> str:
    """The letters of the whole document, including data that scripts would display."""
    text = decode_answer(response)
    text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else " ", text)
    return letters(_MARKUP.sub(" ", unescape(text)))


def _places(root: Element, wanted: Sequence[str], share: float) -> list[Element]:
    """The innermost elements that hold this share of the post, in document order."""
    most, read = sum(map(len, wanted)) + SPREAD, 0
    found, waiting = [], [(root, letters(_text(root)))]
    if _share(waiting[0][1], wanted) < share:
        return []
    while waiting and read < _MOST_READ:
        node, text = waiting.pop()
        read += len(text)
        each = ((child, letters(_text(child))) for child in reversed(node))
        within = [(child, said) for child, said in each if _share(said, wanted) >= share]
        if within:
            waiting += within
        elif len(text) <= most:
            found.append(node)
    return found


def _post(place: Element) -> Element:
    """The outermost element around the words that holds little else."""
    most = len(letters(_text(place))) + ROOM
    post = place
    for above in place.iterancestors():
        if len(letters(_text(above))) > most or above.tag in ("body", "html"):
            break
        post = above
    return post


def _text(node: Element) -> str:
    return "".join(node.itertext())


def _pictures(post: Element) -> Iterator[str]:
    """Pictures of the post itself, without the author's avatar."""
    for img in post.xpath(".//img[@src]"):
        marks = [img.get("src"), img.get("alt", ""), img.get("class", ""), img.getparent().get("class", "")]
        if not img.get("src").startswith("data:") and not _A_FACE.search(" ".join(marks).lower()):
            yield img.get("src")


def _displayed_time(post: Element, words: Element) -> str:
    """The time of a post as displayed, "" if none is found; `words` is the element with its words. Taken from
    a `time` element or one whose class names a date, else from a date written beside the words."""
    marks = {n: f"{n.get('class', '')} {n.get('itemprop', '')}".lower() for n in post.iter()}
    for node in [*post.iter("time"), *(n for n in post.iter() if _DATED.search(marks[n]))]:
        said = squeeze(_text_with_spaces(node))
        if said and len(said) <= _LONGEST_TIME and _SAYS_WHEN.search(said):
            return said
    # the post without its own words
    beside = squeeze(_text_with_spaces(post).replace(_text_with_spaces(words), " ", 1))
    found = [m for m in _WRITTEN.finditer(beside) if not m["not"]]
    with_clock = [m for m in found if m["clock"]]
    return next((m["when"] for m in [*with_clock, *found]), "")


def _text_with_spaces(node: Element) -> str:
    return " ".join(node.itertext())


# What is fetched.

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


@freeze
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
    timer: Timer = time.monotonic,
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
    urls: list[str], fetch: Fetch, kind: str, ends: float, timer: Timer
) -> Iterator[tuple[str, Response]]:
    """The addresses that return the right type; none is started after `ends`."""
    for url in urls:
        if timer() >= ends:
            return
        came = fetch(Request(url)) if url.startswith(("http://", "https://")) else None
        if isinstance(came, Response) and (came.header("content-type") or "").lower().startswith(kind):
            yield url, came
