"""Feeds: RSS, Atom, JSON; those of inspectors and encyclopaedias."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from data.errors import InputError
from data.frozen import freeze
from data.ids import PLAIN_FEED, digest, mention_id, squeeze
from data.types import Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.channels import WEBSITE, channel_at, domains_of, host_of
from data.web.urls import canonical_url, unwrap
from sources.base import FeedSettings, OnePage, PageSettings, read_each
from sources.dates import PageDates, parse_date
from sources.feed_document import (
    FeedDocument,
    FeedEntry,
    are_newest_last,
    cut_items,
    join_names,
    named_once,
    read_pieces,
    read_quick,
    read_xml,
    warn_of_cuts,
    write_as_markup,
)
from sources.html.additions import without_written_lines
from sources.html.dom import (
    NOTHING_SAID,
    Element,
    Said,
    document_of,
    find,
    first_node_text,
    plain_text,
    split_quotes,
    take_out,
    with_pictures,
)
from sources.html.markup import (
    absolute,
    attribute,
    decode_answer,
    guess_of,
    keep_bracketed,
    next_link,
    plain,
    soup,
)
from sources.html.parsers import (
    is_feed,
    json_in,
    parse_html,
    parse_json,
    parse_json_members,
    parse_xml,
    text_field,
)
from sources.html.sanitise import LONGEST, clean_mention, cut_document, first_read, piece
from sources.nature import CHANNEL_OF, Nature, nature_of, nature_of_feed
from sources.walls import wording

_TABLE = ".//table[.//td[class(diff-marker)]]"
_ADDED = (
    ".//td[class(diff-marker)]"
    '[@data-marker="+" or normalize-space()="+" or a[contains(@class,"movedpara-right")]]'
)
_STOOD_BEFORE = (
    "../td[class(diff-marker)]"
    '[@data-marker="\u2212" or @data-marker="-" or normalize-space()="\u2212" or normalize-space()="-"]'
    " | a"
)
_TOO_LARGE = re.compile(  # an entry links to its edit instead of showing it
    r"</p>\s*<a\b[^>]*[?&;]diff=\d[^>]*>[^<]*</a>\s*\Z"
)
_HISTORY = re.compile(r"[?&;]action=history\b")


def edited_words(tree: Element) -> Said:
    """Read what the edit adds, with the current lines around it as quoted; else the reason for the edit."""
    pairs = [pair for table in find(tree, _TABLE) for pair in _lines(table)]
    added = "\n".join(words for words, _ in pairs if words)
    lines = "\n".join(line for words, line in pairs if words and words != line)
    new_page = "" if added else "\n".join(map(plain_text, find(tree, "//body/div")))
    if not (added or new_page):  # the reason for the edit is what is left
        for part in find(tree, f"{_TABLE} | //body/a"):
            take_out(part)
    return Said(added or new_page or plain_text(tree), lines, quote_first=False)


def _lines(table: Element) -> Iterator[tuple[str, str]]:
    """For each changed line on the right: the words added to it, and the whole line."""
    for mark in find(table, _ADDED):
        cell = next(mark.itersiblings("td"), None)
        if cell is None:
            continue
        pieces = find(cell, ".//ins")
        line = plain_text(cell)
        if pieces:
            yield " … ".join(filter(None, map(plain_text, pieces))), line
        elif not find(mark, _STOOD_BEFORE):
            yield line, line


_REDDIT_ID = re.compile(r"t[13]_[0-9a-z]+")
_REDDIT_THREAD = re.compile(r"/comments/([0-9a-z]+)/")
_QUOTES = ".//blockquote"
_FLICKR_LEAD = re.compile(r"\A[^\n]* posted a (?:photo|video):\s*")
_TAG_PAGE = re.compile(r"https?://[^/]+/tags/[^/]+?(?:\.rss)?/?")
_TOOT = re.compile(r"https?://([^/]+)/@([\w.-]+)(?:@[\w.-]+)?/\d+")


@freeze
class Publisher:
    """The publisher of a feed, and the channel of its items; `ids` is what their ids are made with instead.
    `ids` is what such feeds counted as before they were recognised: their items keep their ids."""

    name: str
    channel: str
    kind: MentionKind
    ids: str = ""


_PLAIN = Publisher("plain", PLAIN_FEED, MentionKind.ARTICLE)
_OF = {of: Publisher("plain", key, MentionKind.ARTICLE, ids=PLAIN_FEED) for of, key in CHANNEL_OF.items()}
"""A title may change: the items of a plain feed keep their ids whatever it says of itself."""
_MASTODON = Publisher("mastodon", "mastodon", MentionKind.POST, ids=PLAIN_FEED)
_COMMENTS = Publisher("comments", "blog", MentionKind.COMMENT)
_BY_HOST = {
    "news.google.com": Publisher("google_news", "google_news", MentionKind.ARTICLE),
    "bing.com": Publisher("bing_news", "bing_news", MentionKind.ARTICLE, ids="google_news"),
    "reddit.com": Publisher("reddit", "reddit", MentionKind.POST),
    "wikipedia.org": Publisher("wiki", "wikipedia", MentionKind.EDIT),
    "youtube.com": Publisher("youtube", "youtube", MentionKind.POST),
}
_BY_OWN_HOST = {
    "flickr.com": Publisher("flickr", "flickr", MentionKind.POST, ids=PLAIN_FEED),
    "api.gdeltproject.org": Publisher("gdelt", "gdelt", MentionKind.ARTICLE, ids=PLAIN_FEED),
}
"""Known by the feed's own addresses alone: any feed may begin with a link to a photo."""
_WIKI = Publisher("wiki", "blog", MentionKind.EDIT)
_ALERTS = Publisher("google_alerts", "google_news", MentionKind.ARTICLE)
_SEARCHES = frozenset({"google_alerts", "google_news", "bing_news"})
_LIST_OTHERS = ("news.google.com", "www.google.com", "bing.com")
_TAG = re.compile(r"tag:(?:www\.)?([\w.-]+),")
_PLATFORMS = frozenset((
    "bluesky", "facebook", "instagram", "mumsnet", "reddit", "thestudentroom", "tiktok", "trustpilot", "x",
    "youtube",
))  # fmt: skip


def publisher_of(feed: FeedDocument, url: str, source: Source) -> Publisher:
    """Recognised by the feed's own addresses and the one it was fetched from, else by its items' links; a
    plain feed by its title, else by what is known of the place that is watched."""
    stated = [*feed.addresses, url]
    if any("google.com/alerts" in address or ":reader/user/" in address for address in stated):
        return _ALERTS
    for address in (*stated, *(entry.link for entry in feed.entries[:1])):
        found = _BY_HOST.get(_site(address, _BY_HOST))
        if found:
            return found
    known = next(filter(None, (_site(address, _BY_OWN_HOST) for address in stated)), "")
    if known:
        return _BY_OWN_HOST[known]
    if any(map(_HISTORY.search, stated)):
        return _WIKI
    if any(map(_TAG_PAGE.fullmatch, stated)) and any(_TOOT.fullmatch(entry.link) for entry in feed.entries):
        return _MASTODON  # a server of any name: the page of a tag, whose items are posts of accounts
    if re.match(r"comments (?:on|for)\b", feed.title.strip(), re.IGNORECASE):
        return _COMMENTS
    said = None if source.own else nature_of_feed(feed.title, url, feed.addresses)
    nature = said or nature_of(source)
    return _OF[nature] if nature else _PLAIN


def publishing_platform(url: str, publisher: Publisher) -> Publisher:
    """Find the platform of an item: search feeds also find posts on platforms that we may not read."""
    key = channel_at(url) if publisher.name in _SEARCHES else ""
    return Publisher(publisher.name, key, MentionKind.POST) if key in _PLATFORMS else publisher


def _site(address: str, known: Iterable[str]) -> str:
    """The platform of an address, including its subdomains; "" if it is none of these."""
    host = host_of(address)
    return next((site for site in known if host == site or host.endswith(f".{site}")), "") if host else ""


def title_of(entry: FeedEntry, feed: FeedDocument, publisher: Publisher) -> str:
    """The item's title, without the section that phpBB writes before it; for an edit, the page's name and the
    reason given, without the editor's name. A wiki writes “Editor: reason”, and “Editor at 08:02, 17 November
    2026” where none was given."""
    title = squeeze(plain(entry.title))
    if publisher.name != "wiki":
        return title.rpartition(" • ")[2] if publisher.channel == CHANNEL_OF[Nature.BOARD] else title
    page, editor = squeeze(plain(feed.title)).rpartition(" - ")[0], squeeze(entry.author)
    if editor and title.startswith(editor):
        _, _, title = title.removeprefix(editor).partition(": ")
    return ": ".join(filter(None, (page, title)))


def item_words(entry: FeedEntry, publisher: Publisher) -> Said:
    """The item's own words and what it quotes, as plain text."""
    tree = parse_html(piece(keep_bracketed(entry.body))) if "<" in entry.body else None
    if tree is None:
        return Said(without_written_lines(plain(entry.body)), "", quote_first=False)
    if publisher.name == "wiki" or find(tree, _TABLE):
        return edited_words(tree)
    said = split_quotes(tree, _QUOTES, "", entry.title)
    if publisher.name == "flickr":
        return said._replace(text=_FLICKR_LEAD.sub("", said.text))
    if publisher.name != "google_news":
        return said
    # its description is just the headline again, followed by other papers' headlines
    headline = plain(entry.title).removesuffix(f" - {entry.outlet}").rsplit(" - ", 1)[0]
    return NOTHING_SAID if said.text.startswith(headline[:60]) else said


def item_author(entry: FeedEntry, publisher: Publisher) -> str:
    """Find the author of the item, as shown, "" for nobody named. For Bing's items it is the outlet, which
    their titles do not name; for a post on Mastodon the account."""
    toot = _TOOT.fullmatch(entry.link) if publisher.name == "mastodon" else None
    if toot and not entry.author:
        return f"@{toot[2]}@{toot[1]}"
    return entry.author or (entry.outlet if publisher.name == "bing_news" else "")


def parent_of(entry: FeedEntry, publisher: Publisher) -> str:
    """The platform's id of the post replied to, "" for none."""
    if publisher.name != "reddit" or not entry.id.startswith("t1_"):
        return entry.parent
    thread = _REDDIT_THREAD.search(entry.link)
    return f"t3_{thread[1]}" if thread else ""


def is_known_to(url: str, own_id: str, publisher: Publisher) -> bool:
    """Was the id given by the site at the feed's address, so that it is valid beyond this feed?

    If another site's feed uses the number or address of a post, that is not the post and must not replace it.
    Search engines list items from any site."""
    if publisher.name == "reddit" and _REDDIT_ID.fullmatch(own_id):
        return bool(_site(url, ("reddit.com",)))
    if own_id.startswith("yt:"):
        return bool(_site(url, ("youtube.com",)))
    if _site(url, _LIST_OTHERS):
        return own_id.startswith(("http:", "https:", "tag:", "urn:"))
    made_by = _TAG.match(own_id)
    return (made_by[1].lower() if made_by else _host(own_id)) == _host(url)


@lru_cache(maxsize=256)
def _host(address: str) -> str:
    try:
        return urlsplit(canonical_url(address)).netloc
    except ValueError:
        return ""


def read_json(text: str) -> FeedDocument:
    """The feed in this text; if the JSON is damaged, its intact items and where it broke."""
    try:
        found = parse_json(text)
    except json.JSONDecodeError as fault:
        return _salvage_items(text, f"The JSON is damaged or cut off: {fault.msg} (character {fault.pos}).")
    except ValueError:
        return _salvage_items(text, "The JSON is nested too deep to be read.")
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list):
        return FeedDocument("", warnings=("The JSON is not a JSON Feed: it has no list of items.",))
    return _document_of_feed(found, items)


_ITEMS = '"items"'


def _salvage_items(text: str, damage: str) -> FeedDocument:
    """The intact items of a damaged feed."""
    items = parse_json_members(text, "items")
    if not items:
        return FeedDocument("", warnings=(f"{damage} Nothing was read.",))
    head = json_in(f"{text.partition(_ITEMS)[0]}{_ITEMS}:[]}}")
    feed = _document_of_feed(head if isinstance(head, dict) else {}, items)
    kept = f"{damage} What could be read was kept."
    return replace(feed, warnings=(kept, *feed.warnings), unread=(kept, *feed.unread))


def _document_of_feed(found: dict[str, Any], items: list[Any]) -> FeedDocument:
    signed = _authors_of(found) or ""
    ends = [_entry(one, "").times if isinstance(one, dict) else () for one in (*items[:1], *items[-1:])]
    newest_last = bool(ends) and are_newest_last(*ends)
    few, unread = first_read(items, lambda item: "", "items", newest_last=newest_last)
    entries = tuple(_entry(item, signed) for item in few if isinstance(item, dict))
    kept = tuple(entry for entry in entries if not entry.empty)
    lost = len(few) - len(kept)
    warnings = [f"{lost} of {len(few)} items are empty or are not items."] if lost else []
    return FeedDocument(
        format=text_field(found, "version") or "json",
        title=text_field(found, "title"),
        addresses=named_once(text_field(found, "home_page_url"), text_field(found, "feed_url")),
        entries=kept,
        warnings=(*warnings, *unread),
        unread=unread,
        next=text_field(found, "next_url"),
    )


def looks_like_json_feed(start: str) -> bool:
    """Does a document begin like a JSON feed? `start` is its first few thousand characters."""
    text = start.lstrip()
    return text.startswith("{") and (
        "jsonfeed.org/version" in text or ('"items"' in text and '"feed_url"' in text)
    )


def _authors_of(thing: dict[str, Any]) -> str | None:
    """The authors of an item or of a whole feed; None where none is stated. Version 1 has `author`, 1.1 a
    list of `authors`; those of the feed are those of its items without (JSON Feed 1.1, “Items”)."""
    listed = thing.get("authors")
    people = list(filter(None, listed if isinstance(listed, list) else ())) or [thing.get("author")]
    return join_names(text_field(one, "name") or text_field(one) for one in people) if any(people) else None


def _entry(item: dict[str, Any], signed: str) -> FeedEntry:
    own = _authors_of(item)
    return FeedEntry(
        id=text_field(item, "id"),
        link=text_field(item, "url") or text_field(item, "external_url"),
        title=write_as_markup(text_field(item, "title")),
        body=text_field(item, "content_html")
        or write_as_markup(text_field(item, "content_text") or text_field(item, "summary")),
        author=signed if own is None else own,
        times=tuple(filter(None, (text_field(item, "date_published"), text_field(item, "date_modified")))),
        edits=tuple(filter(None, (text_field(item, "date_modified"),))),
    )


_LONGEST_FAULT, _WHOLE_S = 300, 2.0
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_IN_A_PAGE = '<feed xmlns="http://www.w3.org/2005/atom"'


class Feed(OnePage):
    """Reads a feed in any of its formats, and warns about anything odd."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The feed's own address."""
        return [Request(source.url, headers=(("accept", _ACCEPT),))]

    def recognises(self, response: Response) -> float:
        """By the root element, or the version in a JSON feed."""
        start = decode_answer(response, 8192).lower()
        return 0.95 if looks_like_json_feed(start) or _IN_A_PAGE in start or is_feed(start) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every item of the feed in order; duplicates are read once."""
        feed = _without_faults(_cut_to_limit(_read_feed(response)))
        settings = FeedSettings.model_validate(dict(source.settings))
        times = [text for entry in feed.entries for text in entry.times[:1]]
        dates = PageDates.learn(settings, response.fetched_at, times)
        publisher = publisher_of(feed, response.url, source)
        base = next(filter(_http, feed.addresses), response.url)
        reading = _EntryReader(source, response, feed, publisher, dates, base)
        read, late = read_each(lambda entry: clean_mention(reading.mention(entry)), feed.entries)
        # duplicates are read once; different items under one id are told apart by their words
        ids_of = reading.ids_of
        found: dict[str, Mention] = {}
        for mention in read:
            before = found.get(mention.id)
            if before is not None and (before.title, before.text) != (mention.title, mention.text):
                own = digest(mention.id, mention.title, mention.text)
                mention = replace(mention, id=mention_id(ids_of(mention.channel), own))
            found.setdefault(mention.id, mention)
        mentions = tuple(found.values())
        following = absolute(response.url, feed.next)
        return Page(
            mentions=mentions,
            next=Request(following) if following and following != response.url else None,
            warnings=(*feed.warnings, *late, *_missing(feed, len(read), mentions, response)),
            unread=(*feed.unread, *late),
        )


def _read_feed(response: Response) -> FeedDocument:
    """JSON separately; XML the quick way if it is ordinary, else the tolerant way. The tolerant way would
    take seconds for a page that is no feed, or for a large one: neither gets there."""
    text = decode_answer(response)
    if text.lstrip()[:1] in ("{", "["):
        return read_json(text)
    if not is_feed(text) and _IN_A_PAGE not in text[:8192].lower():
        return FeedDocument("")
    whole = len(cut_document(text)) == len(text)
    short, unread = (text, ()) if whole else cut_items(text)
    feed = read_quick(short) or _read_bare(short) or _read_tolerantly(short)
    damage = feed.warnings if whole else ()  # we cut it ourselves
    root = _ROOT.search(text[:100_000])
    if whole and not feed.unread and root and text.rfind(f"</{root[1]}") < 0:
        unread = (*unread, "The feed breaks off before its end: what is missing is not known.")
    warnings = (*guess_of(response), *unread, *damage)
    return replace(feed, warnings=warnings, unread=(*feed.unread, *unread))


_ROOT = re.compile(r"(?:<\?xml\b[^<>]{0,200}>\s{0,99})?<((?:rdf:)?(?:rss|feed|rdf))(?=[\s>])", re.IGNORECASE)


def _read_bare(text: str) -> FeedDocument | None:
    """The feed without what stands before and after it: a fault of the site's program, a counter."""
    root = _ROOT.search(text[:100_000])
    end = text.rfind(f"</{root[1]}>") if root else -1
    feed = read_quick(f"{text[root.start() : end]}</{root[1]}>") if root and end > 0 else None
    more = "The document holds more than the feed; that was passed over."
    return replace(feed, warnings=(*feed.warnings, more)) if feed else None


def _without_faults(feed: FeedDocument) -> FeedDocument:
    """The feed without items that only tell that it could not be read where it is made, which is said."""
    match = wording().faults.match
    faults = {n for n, one in enumerate(feed.entries) if match(one.title[:_LONGEST_FAULT].strip().lower())}
    if len(faults) < len(feed.entries):  # among others something is a post as soon as it says more
        faults = {n for n in faults if len(feed.entries[n].body) < _LONGEST_FAULT}
    if not faults:
        return feed
    said = f"Items that only tell of a fault or a move of the feed itself, and are no posts: {len(faults)}."
    entries = tuple(one for n, one in enumerate(feed.entries) if n not in faults)
    return replace(feed, entries=entries, warnings=(said, *feed.warnings), unread=(said, *feed.unread))


def _cut_to_limit(feed: FeedDocument) -> FeedDocument:
    """Keep as many items as one document may have, with a warning if there are more."""
    long = {n for n, e in enumerate(feed.entries) if max(len(e.title), len(e.body)) > LONGEST}
    short = [
        replace(e, title=e.title[:LONGEST], body=e.body[:LONGEST]) if n in long else e
        for n, e in enumerate(feed.entries)
    ]
    last = bool(short) and are_newest_last(short[0].times, short[-1].times)
    read, unread = first_read(short, lambda entry: entry.title + entry.body, "items", newest_last=last)
    unread = (*unread, *warn_of_cuts(len(long)))
    warnings, unread = (*feed.warnings, *unread), (*feed.unread, *unread)
    return replace(feed, entries=tuple(read), warnings=warnings, unread=unread)


def _read_tolerantly(text: str) -> FeedDocument:
    """Well-formed feeds as a whole; others, and one that takes too long, item by item."""
    whole, _ = read_each(read_xml, [text] if parse_xml(text) is not None else [], item_s=_WHOLE_S)
    return next(iter(whole), None) or read_pieces(text) or read_xml(text)


@freeze
class _EntryReader:
    """Everything needed to turn one item into a mention. Its address is relative to `base`: the page of the
    feed, as it states it, else its own address, else the one it came from; `xml:base` is resolved before."""

    source: Source
    response: Response
    feed: FeedDocument
    publisher: Publisher
    dates: PageDates
    base: str

    def mention(self, entry: FeedEntry) -> Mention:
        url = self.address(entry)
        shown = publishing_platform(url, self.publisher)
        channel = self.source.channel or shown.channel
        ids = self.ids_of(channel)
        title = title_of(entry, self.feed, self.publisher)
        text, quoted, quote_first = item_words(entry, self.publisher)
        published, edited = (
            next(filter(None, map(self.dates.read_date, texts)), None) for texts in (entry.times, entry.edits)
        )
        parent = parent_of(entry, self.publisher)
        return Mention(
            id=mention_id(ids, self.platform_id(entry, url, title, text)),
            url=url,
            channel=channel,
            kind=MentionKind.REPLY if entry.id.startswith("t1_") or entry.parent else shown.kind,
            title=title,
            text=with_pictures(text, entry.title, map(plain, entry.pictures)),
            quoted=quoted,
            quote_first=quote_first,
            author=squeeze(plain(plain(item_author(entry, self.publisher)))) or None,  # links, packed twice
            published=published,
            edited=edited if edited and published and edited > published else None,
            parent=mention_id(ids, self.key(parent)) if parent else None,
            fetched_at=self.response.fetched_at,
        )

    def ids_of(self, channel: str) -> str:
        """The channel that ids are made with: a configured one as it is, or as it was at first."""
        of_feed = self.publisher.ids if channel == self.publisher.channel else ""
        first = str(self.source.settings.get("ids") or "")
        return first or self.source.channel or of_feed or channel

    def address(self, entry: FeedEntry) -> str:
        """The item's true address; the feed's own page if it gives none."""
        link = absolute(self.base, entry.link) or absolute(self.base, _http(entry.id))
        if link:
            return unwrap(link)
        homes = (absolute(self.response.url, home) for home in self.feed.addresses)
        return next(filter(None, homes), self.response.url)

    def platform_id(self, entry: FeedEntry, url: str, title: str, text: str) -> str:
        """The item's own id, else its address, else what it says."""
        if entry.id:
            return self.key(entry.id)
        return self.key(canonical_url(url)) if entry.link else digest(url, title, text)

    def key(self, own_id: str) -> str:
        """An id that is unique everywhere: prefixed with the host if it is only the feed's own."""
        own = own_id
        if _http(own_id):
            # two ids may differ only in the fragment, whatever it says
            own = canonical_url(own_id.partition("#")[0]) + "".join(own_id.partition("#")[1:])
        if is_known_to(self.response.url, own, self.publisher):
            return own
        return f"{urlsplit(canonical_url(self.response.url)).hostname}/{own}"


def _http(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else ""


def _missing(feed: FeedDocument, read: int, mentions: Sequence[Mention], response: Response) -> list[str]:
    """Warnings about what could not be read."""
    if not feed.format:
        return [] if feed.warnings else [_no_feed(response)]
    warnings = []
    undated = sum(m.published is None for m in mentions)
    if undated:
        warnings.append(f"No date could be read on {undated} of {len(mentions)} items.")
    twice = read - len(mentions)
    if twice:
        warnings.append(f"Duplicate items, read once: {twice}.")
    edited = any(mention.kind is MentionKind.EDIT for mention in mentions)
    unread = sum(_TOO_LARGE.search(entry.body) is not None for entry in feed.entries) if edited else 0
    if unread:
        warnings.append(f"Edits too large for the feed to show, which were not read: {unread}.")
    return warnings


def _no_feed(response: Response) -> str:
    tree = soup(replace(response, body=response.body[:200_000]))
    links = tree.select('link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]')
    feeds = [found for link in links[:3] if (found := absolute(response.url, attribute(link, "href")))]
    return "This is not a feed." + (f" The page names these: {', '.join(feeds)}" if feeds else "")


# The page of a school at its inspectorate: each report that it lists is one mention.

HOSTS = (
    "reports.ofsted.gov.uk", "estyn.gov.wales", "estyn.llyw.cymru", "education.gov.scot", "etini.gov.uk",
    "isi.net", "careinspectorate.com", "careinspectorate.wales", "arolygiaethgofal.cymru",
)  # fmt: skip
_OF_MANY = re.compile(
    r"/search\b|/school-search\b|/publications/type/|/find-an-inspection-report/?$|/service-directory/?$"
    r"|/care-services/?$|/education-providers/?$|/(?:chwilio|canfod)\b",
    re.IGNORECASE,
)
"""Lists of all schools: what stands there is seldom about one's own."""
_DAYS = ".//li[class(timeline__day)]"
_BLOCKS = "ancestor::li|ancestor::tr|ancestor::article|ancestor::section|ancestor::div"
_REPORT = re.compile(
    r"\b(?:inspection|report|monitoring|visit|review|letter|follow[- ]through|regulatory|progress|outcome"
    r"|arolyg\w*|adroddiad\w*|ymweliad)\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"\b(?:about|how|what|guidance|framework|handbook|annual report|subscribe|complain\w*|cookies?"
    r"|all reports|find|search|download all)\b",
    re.IGNORECASE,
)
_FILE = re.compile(r"[\s,(–-]*\b(?:pdf|docx?)\b[^A-Za-z\d]*(?:[\d.,]+ ?[km]b\)?)?[\s-]*", re.IGNORECASE)
"""“, pdf - ”, “ (PDF, 180 KB)”: what comes before it is the report's name."""
_FOLDER = re.compile(r"/(?:file|report|inspection|media)")
_LONGEST_BLOCK = 600
"""A larger block around a link is the page's frame."""


class InspectionPage(OnePage):
    """Reads the page of one provider; a list of many gives nothing and says why."""

    def recognises(self, response: Response) -> float:
        """By its host, if it lists reports."""
        known = not set(HOSTS).isdisjoint(domains_of(host_of(response.url)))
        return 0.9 if known and any(_links(response)) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every report on the page, in its order."""
        if _OF_MANY.search(urlsplit(response.url).path):
            return Page(warnings=("This is a list of many schools. Give the page of your own.",))
        settings = PageSettings.model_validate(dict(source.settings))
        links = list(_links(response))
        dates = PageDates.learn(settings, response.fetched_at, [block for _, _, block in links])
        channel = source.channel or WEBSITE
        found: dict[str, Mention] = {}
        for url, words, block in links:
            key = canonical_url(url)
            if key not in found:
                found[key] = Mention(
                    id=mention_id(channel, key),
                    url=url,
                    channel=channel,
                    kind=MentionKind.ARTICLE,
                    title=_FILE.split(words, maxsplit=1)[0] or words,
                    text=_FILE.sub(" ", block).strip(),
                    published=dates.read_date(block) or dates.read_date(words),
                    fetched_at=response.fetched_at,
                )
        following = next_link(soup(response), response.url)
        return Page(
            mentions=tuple(map(clean_mention, found.values())),
            next=Request(following) if following and following != response.url else None,
            warnings=() if found else ("No inspection report was found on the page.",),
        )


def _links(response: Response) -> Iterator[tuple[str, str, str]]:
    """The address of each report, the words of its link, and those of the block around it."""
    tree = document_of(response)
    if tree is None:
        return
    days = find(tree, _DAYS)
    for node in find(tree, f"{_DAYS}//a[@href]" if days else ".//a[@href]"):
        url = absolute(response.url, node.get("href"))
        words = squeeze(plain_text(node))
        if url and url.startswith("http") and (days or _is_report(url, words, response.url)):
            yield url, words, _block_around(node, words)


def _is_report(url: str, words: str, page: str) -> bool:
    """A file or a page of its own whose link says that it is a report."""
    path = urlsplit(url).path.lower()
    named = _REPORT.search(words) and not _ABOUT_US.search(words)
    file = path.endswith((".pdf", ".docx", ".doc")) or _FOLDER.search(path)
    return bool(named and file) and canonical_url(url) != canonical_url(page)


def _block_around(node: Element, words: str) -> str:
    """Find the text around the link: the smallest block around it that says more."""
    for around in reversed(find(node, _BLOCKS)):
        said = squeeze(plain_text(around))
        if len(said) > _LONGEST_BLOCK:
            break
        if len(said) > len(words):
            return said
    return words


# A Wikipedia article: what is added to it, from the feed of its edits, and what stands in it now.

_CHANNEL = "wikipedia"
_ARTICLE = re.compile(r"https://[a-z-]{2,12}(?:\.m)?\.wikipedia\.org/wiki/[^?#:]+")
_BODY = ".//div[class(mw-parser-output)]"
_SAYS = "self::p|self::ul|self::ol|self::dl|self::blockquote|self::table|self::div|self::section"
_FRAME = ("reference", "mw-editsection", "navbox", "noprint", "reflist", "metadata", "hatnote")
_NOT_SAID = (
    f".//*[{' or '.join(f'class({name})' for name in _FRAME)} or self::style or self::script or self::sup]"
)
_HEADING = "self::h2 | self::div[class(mw-heading2)]"
_LEFT_OUT = re.compile(
    r"references|external links|see also|notes|further reading|bibliography|sources|footnotes"
    r"|cyfeiriadau|dolenni allanol|gweler hefyd|llyfryddiaeth|nodiadau",
    re.IGNORECASE,
)


class WikipediaArticle(OnePage):
    """Reads the feed of an article's edits, and the article."""

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
        start = decode_answer(response, 8192)
        if is_feed(start):
            edits = replace(source, settings={}, channel=source.channel or _CHANNEL)
            return Feed("feed").parse(edits, response)
        name = unquote(urlsplit(response.url).path.rpartition("/")[2]).replace("_", " ")
        # when the article was last edited, as its foot says (in UTC)
        tree = document_of(response)
        said = first_node_text(tree, ".//*[@id='footer-info-lastmod']") if tree is not None else ""
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
        warnings = () if mentions else ("No article was found on the page.",)
        return Page(tuple(map(clean_mention, mentions)), warnings=warnings)


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
