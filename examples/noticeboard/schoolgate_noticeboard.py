"""A kind of source for Schoolgate: the noticeboard of a village, a page of notices with further pages."""

from __future__ import annotations

from typing import ClassVar

from data.ids import mention_id
from data.types import Mention, MentionKind, Page, Request, Response, Source
from sources.base import OnePage, PageSettings, SourceSettings
from sources.dates import PageDates
from sources.html.markup import first_text, next_link, own_words, shown_time, soup


class NoticeboardSettings(PageSettings):
    """What may be set beyond the address, and beyond how dates are read."""

    section: str = ""
    """Only the notices of this section; without it, all."""


class Noticeboard(OnePage):
    """Reads each `article.notice` of a page."""

    kind: ClassVar[str] = "schoolgate-noticeboard:noticeboard"
    settings: ClassVar[type[SourceSettings]] = NoticeboardSettings

    def parse(self, source: Source, response: Response) -> Page:
        """Every notice on the page, in its order."""
        settings = NoticeboardSettings.model_validate(dict(source.settings))
        tree = soup(response.body, response.header("content-type"))
        found = tree.select("article.notice[id]")
        notices = [n for n in found if settings.section in ("", n.get("data-section"))]
        times = [shown_time(notice, "time") for notice in notices]
        dates = PageDates.learn(settings, response.fetched_at, times)
        channel = source.channel or "local_forum"
        mentions = {}
        for notice, time in zip(notices, times, strict=True):
            url = f"{response.url.partition('#')[0]}#{notice['id']}"
            text, quoted = own_words(notice, "blockquote", "h2, footer")
            mentions[url] = Mention(
                id=mention_id(channel, url),
                url=url,
                channel=channel,
                kind=MentionKind.POST,
                title=first_text(notice, "h2") or "",
                text=text,
                quoted=quoted,
                author=first_text(notice, ".by"),
                published=dates.read(time),
                fetched_at=response.fetched_at,
            )
        following = next_link(tree, response.url)
        return Page(
            mentions=tuple(mentions.values()),
            next=Request(following) if following else None,
            warnings=() if mentions else ("No notice was found on the page.",),
        )
