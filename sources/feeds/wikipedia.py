"""A Wikipedia article: what is added to it, from the feed of its edits, and what stands in it now.

The feed alone would never tell of a libel that has stood for a year, and leaves out what is too large to
show. So the article is read too, a section a mention; a section that is changed is a new version of it.
Wikipedia's robots.txt closes its interface for programs and leaves articles and their histories open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote, unquote, urlsplit

from data.errors import InputError
from data.ids import mention_id, squeeze
from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.urls import canonical_url
from sources.base import PageSettings, SourceSettings
from sources.dates import parse_date
from sources.feeds.collector import Feed
from sources.html.dom import document_of, find, first_text, has_class, plain_text, take_out
from sources.html.markup import decode
from sources.html.parsers import is_feed
from sources.html.sanitise import cleaned

_CHANNEL = "wikipedia"
_ARTICLE = re.compile(r"https://[a-z-]{2,12}(?:\.m)?\.wikipedia\.org/wiki/[^?#:]+")
_BODY = f".//div[{has_class('mw-parser-output')}]"
_SAYS = "self::p|self::ul|self::ol|self::dl|self::blockquote|self::table|self::div|self::section"
_FRAME = ("reference", "mw-editsection", "navbox", "noprint", "reflist", "metadata", "hatnote")
_NOT_SAID = f".//*[{' or '.join(map(has_class, _FRAME))} or self::style or self::script or self::sup]"
_HEADING = f"self::h2 | self::div[{has_class('mw-heading2')}]"
_LEFT_OUT = re.compile(
    r"references|external links|see also|notes|further reading|bibliography|sources|footnotes"
    r"|cyfeiriadau|dolenni allanol|gweler hefyd|llyfryddiaeth|nodiadau",
    re.IGNORECASE,
)


class WikipediaArticle:
    """Reads the feed of an article's edits, and the article."""

    kind: ClassVar[str] = "wikipedia"
    settings: ClassVar[type[SourceSettings]] = PageSettings

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The article, and the feed of its edits. Raises InputError for another address."""
        if not _ARTICLE.fullmatch(source.url):
            raise InputError(
                f"“{source.url}” is no article of Wikipedia. Give the address of the article itself, such as "
                "https://en.wikipedia.org/wiki/Oakfield_Primary_School"
            )
        return [Request(source.url), Request(f"{source.url}?action=history&feed=atom")]

    def recognises(self, response: Response) -> float:
        """By its address and the wiki's own body."""
        tree = document_of(response) if _ARTICLE.fullmatch(response.url) else None
        return 0.9 if tree is not None and find(tree, _BODY) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """The edits in a feed; of an article its sections."""
        start, _ = decode(response.body[:8192], response.header("content-type"))
        if is_feed(start):
            return Feed().parse(replace(source, settings={}, channel=source.channel or _CHANNEL), response)
        name = unquote(urlsplit(response.url).path.rpartition("/")[2]).replace("_", " ")
        # when the article was last edited, as its foot says (in UTC)
        tree = document_of(response)
        said = first_text(tree, ".//*[@id='footer-info-lastmod']") if tree is not None else ""
        edited = parse_date(said, zone="UTC", fetched_at=response.fetched_at) if said else None
        channel, here = source.channel or _CHANNEL, canonical_url(response.url)
        mentions = [
            Mention(
                id=mention_id(channel, f"{here}#{heading}"),
                url=f"{response.url}#{quote(heading.replace(' ', '_'))}" if heading else response.url,
                channel=channel,
                kind=MentionKind.EDIT,
                title=f"{name}: {heading}" if heading else name,
                text=text,
                published=edited,
                fetched_at=response.fetched_at,
            )
            for heading, text in _sections(response)
        ]
        return Page(
            tuple(map(cleaned, mentions)), warnings=() if mentions else ("No article was found on the page.",)
        )


def _sections(response: Response) -> Iterator[tuple[str, str]]:
    """The heading and the words of each section, the first without a heading; each heading once."""
    tree = document_of(response)
    bodies = find(tree, _BODY) if tree is not None else []
    for part in (part for body in bodies[:1] for part in find(body, _NOT_SAID)):
        take_out(part)
    told: dict[str, list[str]] = {}
    heading = ""
    for node in bodies[0] if bodies else ():
        if isinstance(node.tag, str) and find(node, _HEADING):
            heading = squeeze(plain_text(node))
        elif isinstance(node.tag, str) and find(node, _SAYS):
            told.setdefault(heading, []).append(plain_text(node).strip())
    for name, pieces in told.items():
        text = "\n".join(filter(None, pieces)).strip()
        if text and not _LEFT_OUT.fullmatch(name):
            yield name, text
