"""Which addresses behind a headline may lead to its article, and its own words on the page. Pure.

What a newspaper keeps for those who pay is not read, though many pages hold it hidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from data.ids import squeeze
from data.types import Response
from data.web.channels import host_of
from data.web.urls import is_profile
from sources.html.dom import find, picture_descriptions, plain_text, with_pictures
from sources.html.markup import decode
from sources.html.parsers import parse_html
from sources.html.sanitise import clean, sanitise_document
from sources.registry import BY_LEAVE_ONLY


def hides_address(url: str) -> bool:
    """Does a search hide the address, so that only a browser finds the article?"""
    return host_of(url) == "news.google.com"  # it leads on by a script alone


def may_lead_to_article(url: str) -> bool:
    """An address of its own on a site that may be read: no front page, no closed site, no profile."""
    host = host_of(url)
    if not host or hides_address(url) or is_profile(url):
        return False
    if any(host == site or host.endswith(f".{site}") for site in BY_LEAVE_ONLY):
        return False
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.path.strip("/") or parts.query)


MOST_CHARS = 4_000
"""So much of an article is kept and judged; what it is about stands in its beginning."""

_FEWEST_WORDS = 25
"""With fewer it is a teaser, a caption or a notice."""
_NOT_FREE = re.compile(r"[\"']isAccessibleForFree[\"']\s*:\s*[\"']?(?:https?://schema\.org/)?false", re.I)
_SENTENCE_END = re.compile(r"[.!?][\"”’']?(?=\s)")


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article's text, "" where the page shows none; `paid` where it is for those who pay."""

    text: str = ""
    paid: bool = False


NOTHING = ArticleText()


def article_text(response: Response) -> ArticleText:
    """The article on a page, shortened."""
    page, _ = decode(response.body, response.header("content-type"))
    if _NOT_FREE.search(page):
        return ArticleText(paid=True)
    import trafilatura

    page_text = trafilatura.extract(
        sanitise_document(page), include_comments=False, include_tables=False, favor_precision=True
    )
    found = clean(page_text or "").strip()
    if len(found.split()) < _FEWEST_WORDS:
        return NOTHING
    said = _describe_pictures(page, found)
    return ArticleText(f"{cut_to_sentences(found, MOST_CHARS - len(said) - 1)}\n{said}".strip())


_MOST_OF_PICTURES, _MOST_FRAMES = 1_000, 5
_FRAMES = ".//main | .//article"
_NOT_ITS_OWN = r"""ancestor::nav | ancestor::aside | ancestor::footer
    | ancestor::a[@href and not(re:test(@href, '\.(jpe?g|png|gif|webp|avif)\b', 'i'))]"""
"""What stands around a menu's pictures, and around those that lead to other articles."""


def _describe_pictures(page: str, found: str) -> str:
    """Describe the pictures beside the words that were found, a line each."""
    tree, line = parse_html(page), max(found.splitlines(), key=len)
    if tree is None:
        return ""
    frames = find(tree, _FRAMES)[:_MOST_FRAMES]
    frame = next((one for one in frames if line in squeeze(plain_text(one))), tree)
    said = (words for picture, words in picture_descriptions(frame) if not find(picture, _NOT_ITS_OWN))
    return with_pictures("", found, said)[:_MOST_OF_PICTURES]


def cut_to_sentences(text: str, most: int = MOST_CHARS) -> str:
    """Keep as many whole sentences as fit."""
    if len(text) <= most:
        return text
    head = text[:most]
    ends = [found.end() for found in _SENTENCE_END.finditer(head)]
    return head[: ends[-1]] if ends else head.rsplit(" ", 1)[0]
