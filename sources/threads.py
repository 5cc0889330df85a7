"""The posts of a thread page: their addresses, what the page declares, how they are read."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from functools import cache
from itertools import islice
from statistics import median
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from data.frozen import freeze
from data.ids import digest, mention_id, squeeze
from data.shipped import read_table
from data.types import Mention, MentionKind, Page, Request, Response, Source
from data.web import channels
from data.web.urls import canonical_url, unescape
from sources.base import OnePage, PageSettings, read_each
from sources.dates import PageDates
from sources.html.dom import (
    OURS,
    Element,
    document_of,
    find,
    first_node_text,
    node_texts,
    plain_text,
    split_quotes,
)
from sources.html.item import Item
from sources.html.json_ld import read_json_ld
from sources.html.markup import absolute, guess_of, left_out, oddities, plain
from sources.html.parsers import json_in, text_field
from sources.html.sanitise import clean_mention, separate
from sources.html.schema_org import SchemaOrg

Paths = tuple[str, ...]


@freeze
class Shape:
    """The places where one software keeps the parts of a thread, as XPaths; alternatives are tried in order.

    `bodies` finds every post's text in the document; author, time, edited, heading, number and permalink are
    looked for in a post's frame; `post_id` gives text whose last number is the post's. `quotes` and `drop`
    are looked for in the body, `quoted_beside` in the frame; `emphasis` is what a platform without quotes may
    quote with. `thread_id` matches the thread's number in an address (first non-empty group), `page` the
    number of a later page. `opening` matches the frame of a thread's first post; `cut` is the line where a
    signature begins. `numbered` is False if the ids on the page may start again on every page instead of
    being the platform's."""

    bodies: str
    author: Paths
    time: Paths
    post_id: Paths
    thread_id: str
    title: Paths = ("//h1",)
    quotes: str = ".//blockquote"
    drop: str = ""
    quoted_beside: str = ""
    emphasis: str = ""
    edited: Paths = ()
    heading: Paths = ()
    number: Paths = ()
    permalink: Paths = ()
    deleted: str = ""
    next: Paths = ()
    threads: str = ""
    opening: str = ""
    page: str = r"[?&;](?:page|pg)=(\d+)|/page-?(\d+)"
    cut: str = ""
    numbered: bool = True


@freeze
class Software:
    """One forum software: its shapes, of which the first that finds posts is used; texts in lower case that
    identify such a page, and with what confidence; the channel of its posts.

    In `boards.toml` a section may name another whose shapes are tried after its own (`then`)."""

    shapes: tuple[Shape, ...]
    marks: tuple[tuple[bytes, float], ...]
    channel: str


@cache
def forum_software() -> Mapping[str, Software]:
    """The sections of `boards.toml`, by the name behind `forum.` of their kind."""
    table = read_table("sources", "boards.toml")
    shapes = {name: tuple(map(_shape, section["shapes"])) for name, section in table.items()}
    return {
        name: Software(
            shapes[name] + shapes.get(section.get("then", ""), ()),
            tuple((mark.encode(), sure) for mark, sure in section["marks"]),
            section.get("channel", "local_forum"),
        )
        for name, section in table.items()
    }


def _shape(row: dict[str, Any]) -> Shape:
    fields: dict[str, Any] = {n: tuple(at) if isinstance(at, list) else at for n, at in row.items()}
    return Shape(**fields)


_SESSION = re.compile(r"([?&;])(?:sid|s|PHPSESSID)=[0-9a-f]{16,}(?=[&;#]|$)", re.IGNORECASE)
_TO_POST = re.compile(r"[?&;](?:p|pid|post|postid)=\d|/posts?[/-]\d|-post-\d|[.=]msg\d", re.IGNORECASE)
_PAGE_OF_PATH = re.compile(r"/page[-/]?\d+$", re.IGNORECASE)
_PAGE_OF_QUERY = re.compile(r"(?:page|pg|start|offset)=\d+", re.IGNORECASE)


def without_session(url: str) -> str:
    """The address without the visitor's session id, which phpBB and vBulletin add to every link."""
    cleaned = _SESSION.sub(r"\1", url)
    return re.sub(r"(?<![?&;])[?&;]++(?=#|$)", "", re.sub(r"([?&;])[&;]+", r"\1", cleaned))


def host_of(url: str) -> str:
    """The host in lower case without `www.`."""
    return channels.host_of(url).removeprefix("www.")


def board_address(address: str, thread_id: str) -> str:
    """Host and folder of the board, without a trailing slash: they make a platform's numbers unique.

    The folder ends where the match of `thread_id` begins; if the address has no thread number, it is the
    folder of the script or page."""
    found = re.search(thread_id, address)
    start = found.start() if found else len(address)
    head, query, _ = re.split(r"([?#]|$)", address[:start], maxsplit=1)
    own_segment = found is not None and not query and address[start] == "/"
    folder = re.sub(r"^\w+://[^/]*", "", head)
    return host_of(address) + (folder if own_segment else folder.rpartition("/")[0]).rstrip("/")


def leads_to_a_post(address: str) -> bool:
    """Does it lead to a post, so that it may be any page of the thread?"""
    return _TO_POST.search(address) is not None


def pageless(url: str) -> str:
    """Path and query of a thread's address, the same for all its pages; "/" for a site's front page. `p`
    counts as a page number only if another number identifies the thread."""
    parts = urlsplit(canonical_url(url))
    path = _PAGE_OF_PATH.sub("", parts.path)
    query = [part for part in parts.query.split("&") if part and not _PAGE_OF_QUERY.fullmatch(part)]
    without = [part for part in query if not re.fullmatch(r"p=\d+", part)]
    if re.search(r"\d", path + "".join(without)):
        query = without
    return (path or "/") + (f"?{'&'.join(query)}" if query else "")


_OTHER_THREAD = re.compile(r"prev_next=|[?&;]view=(?:next|previous)")
_MOST_LINKS = 2_000
NOT_FOUND = "The page links to later pages of its thread, but which of them follows was not found."


def first_match(pattern: str, *addresses: str) -> str:
    """The first non-empty group of the first match among the addresses, "" if none matches."""
    found = next(filter(None, (re.search(pattern, address) for address in addresses)), None)
    return next(filter(None, found.groups()), "") if found else ""


def page_number(shape: Shape, *addresses: str) -> int | None:
    """The number (or offset) of a later page in an address; None for the first or an unknown page."""
    shown = first_match(shape.page, *addresses)
    return int(shown) if shown and len(shown) < 10 else None


def next_page(
    shape: Shape, document: Element, base: str, addresses: list[str], thread: str = ""
) -> str | None:
    """Return the next page of the thread, or of a list if `thread` is "", never an earlier one; `addresses`
    are this page's own.
    """
    here = {address.split("#")[0] for address in addresses}
    number = page_number(shape, *addresses)
    for path in (*shape.next, '//link[@rel="next"]/@href', '//a[@rel="next"]/@href'):
        for address in _same_host(map(str, find(document, path)), base):
            later = page_number(shape, address)
            back = thread and later is not None and number is not None and later <= number
            if address not in here and not back and _is_of_thread(shape, address, thread):
                return address
    return None


def goes_on(shape: Shape, document: Element, base: str, addresses: list[str], thread: str) -> bool:
    """Does the page, outside its posts, link to later pages of its thread?"""
    if not thread or all(map(leads_to_a_post, addresses)):
        return False
    here = page_number(shape, *addresses) or 1
    links = _same_host(_links(document, set(find(document, shape.bodies))), base)
    later = (page_number(shape, link) or 0 for link in links if _is_of_thread(shape, link, thread))
    return any(number > here for number in later)


def _same_host(hrefs: Iterator[str], base: str) -> Iterator[str]:
    for href in hrefs:
        address = absolute(base, href)
        if address and host_of(address) == host_of(base):
            yield without_session(address).split("#")[0]


def _is_of_thread(shape: Shape, address: str, thread: str) -> bool:
    elsewhere = thread and first_match(shape.thread_id, address) != thread
    return not elsewhere and not _OTHER_THREAD.search(address)


def _links(document: Element, bodies: set[Element]) -> Iterator[str]:
    """The links outside the posts, whose own links say nothing about paging."""
    walk = etree.iterwalk(document, events=("start",))
    left = _MOST_LINKS
    for _, element in walk:
        if element in bodies:
            walk.skip_subtree()
        elif element.tag == "a" and element.get("href"):
            yield element.get("href")
            left -= 1
        if not left:
            return


# Turns the posts found by a collector into a `Page`: ids, parents, times, and warnings of what is missing.

_SUMMER = re.compile(r"\[\s*DST\s*\]")
_MACHINE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\S+|\d{10}(?:\d{3})?")


@freeze
class WebPost:
    """One post, review or comment as its page shows it. `id` is the platform's number for it, "" if it has
    none.

    `time` and `edited` are as in the document, machine-readable if possible. `title` is the post's own, if
    any; `emphasised` are parts of the text in bold; `rating` is from 1 to 5."""

    id: str = ""
    text: str = ""
    author: str = ""
    time: str = ""
    quoted: str = ""
    quote_first: bool = False
    edited: str = ""
    url: str = ""
    title: str = ""
    emphasised: tuple[str, ...] = ()
    rating: float | None = None

    def mention(
        self, own_id: str, channel: str, kind: MentionKind, dates: PageDates, parent: str | None = None
    ) -> Mention:
        """The mention with this id, its times read."""
        published, edited = dates.read_date(self.time), dates.read_date(self.edited)
        mention = Mention(
            id=own_id,
            url=self.url,
            channel=channel,
            kind=kind,
            title=self.title,
            text=self.text,
            quoted=self.quoted,
            quote_first=self.quote_first,
            author=self.author or None,
            published=published,
            edited=edited if edited and (published is None or edited > published) else None,
            rating=self.rating,
            parent=parent,
            fetched_at=dates.fetched_at,
        )
        return clean_mention(mention)


@freeze
class Thread:
    """The facts that all posts of a page share. `starts` is True if the first post shown is the thread's
    first.

    `id` is the platform's number for the thread, "" if the page does not say. `site` is the host and folder
    of the board within which numbers are unique, "" for the page's host."""

    id: str
    title: str
    url: str
    starts: bool = True
    zone: str = "Europe/London"
    next: str | None = None
    deleted: int = 0
    warnings: tuple[str, ...] = field(default=())
    unread: tuple[str, ...] = ()
    site: str = ""


def page_of_thread(
    thread: Thread, posts: Sequence[WebPost], source: Source, response: Response, channel: str
) -> Page:
    """The page of a thread: its posts in document order, with warnings of what is missing."""
    # how to read the page's times: in the configured zone, else the page's, else London's
    known = {name: source.settings[name] for name in ("dates", "zone") if name in source.settings}
    settings = PageSettings.model_validate(known)
    learnt = PageDates.learn(settings, response.fetched_at, [post.time for post in posts])
    when = learnt if "zone" in known else replace(learnt, zone=thread.zone)
    site = thread.site or host_of(response.url)
    keys, clashes = _make_unique(_post_keys(thread, posts, site), posts)
    ids = [mention_id(channel, key) for key in keys]
    opening = ids[0] if ids and thread.starts else None
    parent = mention_id(channel, _thread_key(thread, site)) if thread.id else opening
    mentions = []
    for number, (own, post) in enumerate(zip(ids, posts, strict=True)):
        opens = thread.starts and not number
        kind = MentionKind.POST if opens else MentionKind.REPLY
        shown = replace(post, url=post.url or thread.url, title=_title(thread.title, post.title))
        mentions.append(shown.mention(own, channel, kind, when, None if opens else parent))
    unread = (*left_out(response), *thread.unread)
    return Page(
        mentions=tuple(mentions),
        next=Request(thread.next) if thread.next else None,
        warnings=(
            *(*unread, *guess_of(response), *thread.warnings),
            *_missing(thread, mentions, parent, clashes),
        ),
        unread=unread,
    )


def _title(thread: str, heading: str) -> str:
    """The thread's title, followed by the post's own heading if it differs, so that no words are lost."""
    own = re.sub(r"^(?:re|aw|sv)\s*:\s*", "", heading, flags=re.IGNORECASE)
    if not own or own.casefold() in thread.casefold():
        return thread
    return f"{thread}: {own}" if thread else own


def _post_keys(thread: Thread, posts: Sequence[WebPost], site: str) -> Iterator[str]:
    """Give each post its key: the platform's number, else the thread, author and text. A displayed time is
    not included: it may read `3 hours ago` today and a date tomorrow."""
    within = _thread_key(thread, site) or canonical_url(thread.url)
    for number, post in enumerate(posts):
        if not number and thread.starts and thread.id:
            yield within
        elif post.id:
            yield f"{site}/p/{post.id}"
        else:
            machine = post.time if _MACHINE_TIME.fullmatch(post.time) else ""
            yield f"{within}#{digest(post.author, post.text or post.quoted, machine)[:16]}"


def _make_unique(keys: Iterable[str], posts: Sequence[WebPost]) -> tuple[list[str], int]:
    """The keys made unique, and how many were shared by different posts."""
    taken: dict[str, str] = {}
    copies: Counter[str] = Counter()
    clashes = 0
    for key, post in zip(keys, posts, strict=True):
        said = digest(post.author, post.title, post.text or post.quoted)[:16]
        if taken.get(key, said) != said:
            clashes += 1
            key = f"{key}#{said}"
        own = key
        while own in taken:
            copies[key] += 1
            own = f"{key}'{copies[key]}"
        taken[own] = said
    return list(taken), clashes


def _thread_key(thread: Thread, site: str) -> str:
    return f"{site}/t/{thread.id}" if thread.id else ""


def _missing(thread: Thread, mentions: Sequence[Mention], parent: str | None, clashes: int) -> Iterator[str]:
    total = len(mentions)
    if clashes:
        yield f"Posts that share a number with another post on the page: {clashes}."
    if thread.deleted:
        yield f"Posts that were deleted, hidden or ignored, and are left out: {thread.deleted}."
    if not total:
        return
    timeless = sum(m.published is None for m in mentions)
    if timeless:
        yield f"No time could be read on {timeless} of {total} posts."
    nameless = sum(m.author is None for m in mentions)
    if nameless:
        yield f"No author could be read on {nameless} of {total} posts."
    if parent is None and any(m.kind is MentionKind.REPLY for m in mentions):
        yield "The thread's number is not on the page, so its replies do not name their first post."


def zone_named(text: str) -> str | None:
    """The zone a page states: an IANA name, or an offset like `UTC-04:00`, `GMT +1`; None otherwise.

    Only whole hours: the time zone database names no other fixed offsets. `[ DST ]` after it, as phpBB
    writes, adds an hour."""
    name = text.strip().replace(" ", "_")
    if "/" in name:
        with suppress(KeyError, ValueError, OSError):
            return ZoneInfo(name).key
        return None
    offset = re.search(r"(?:UTC|GMT)\s*(?:([+\u2212-])\s*0?(\d{1,2})(?!\d)(?::?(\d\d))?)?", text)
    if not offset or offset[3] not in (None, "00"):
        return None
    hours = int(offset[2] or 0) * (1 if offset[1] == "+" else -1) + bool(_SUMMER.search(text))
    if not hours:
        return "UTC"
    return f"Etc/GMT{-hours:+d}" if abs(hours) <= 12 else None


# What a page declares about its thread in JSON-LD, compared with what it shows.

_ANSWERS = ("acceptedAnswer", "suggestedAnswer", "comment", "answer")
_OPENING = ("DiscussionForumPosting", "SocialMediaPosting", "Question")
_LETTERS = re.compile(r"[^\W\d_]+")
_BEGINNING = 60


def with_opening(thread: Thread, posts: Sequence[WebPost], document: Element, url: str) -> list[WebPost]:
    """The posts of a thread's first page, with the opening post added if it is declared but not shown. The
    declared post must belong to this thread: by its address, else by its headline in the page's title."""
    opening = opening_of(declared_in(document, url)) if thread.starts else None
    post = next(posts_under(opening, url)) if opening else None
    if opening is None or post is None or not post.text:
        return list(posts)
    headline = plain(opening.text("headline", "name"))
    same = pageless(post.url) in (pageless(url), pageless(thread.url)) if post.url else False
    named = bool(headline) and headline.casefold() in first_node_text(document, "//title").casefold()
    if not (same or named) or not not_shown([post.text], [(one.text, one.quoted) for one in posts]):
        return list(posts)
    return [post, *posts]


def not_shown(declared: Sequence[str], shown: Iterable[tuple[str, str]]) -> list[int]:
    """The indices of declared texts whose beginning is in none of those shown (own words, quoted)."""
    pairs = [(_letters(text), _letters(quoted)) for text, quoted in shown]
    whole = [both for text, quoted in pairs for both in (text + quoted, quoted + text)]
    starts = [_letters(text)[:_BEGINNING] for text in declared]
    return [place for place, start in enumerate(starts) if not any(start in text for text in whole)]


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold()))


def declared_in(document: Element, url: str) -> SchemaOrg:
    """The page's JSON-LD."""
    scripts = find(document, '//script[contains(@type,"ld+json")]')
    return SchemaOrg(*read_json_ld((script.text or "" for script in scripts), url))


def opening_of(declared: SchemaOrg) -> Item | None:
    """Find the opening of the page's thread: a posting, or the question on a Q&A page."""
    return next((item for item in declared.walk() if any(map(item.has_type, _OPENING))), None)


def declared_posts(declared: SchemaOrg, url: str) -> list[WebPost]:
    """The posts of the thread, as the page declares them. Some sites declare the thread itself instead of its
    first post, and that post as its first comment."""
    opening = opening_of(declared)
    found = posts_under(opening, url) if opening else ()
    posts = [post for post in found if post.text or post.author]
    again = [_letters(post.text) for post in posts[:2]]
    return posts[1:] if len(again) == 2 and again[0] == again[1] != "" else posts


def posts_under(opening: Item, url: str) -> Iterator[WebPost]:
    """The item as a post, then the replies to it, each once."""
    seen: set[int] = set()
    waiting = [(opening, 0)]
    while waiting:
        item, depth = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield _declared_posts_post(item, url, depth)
        waiting.extend((answer, depth + 1) for answer in reversed(item.items(*_ANSWERS)))


def _declared_posts_post(item: Item, url: str, depth: int) -> WebPost:
    address = absolute(url, item.text("url") or item.id) or ""
    text = item.text("articleBody", "text", "description")
    return WebPost(
        id=_number(address, url) if depth else "",
        text=plain(unescape(text) if "&lt;" in text else text),  # some sites escape their HTML twice
        author=plain(item.text("author", "creator")),
        time=item.text("datePublished", "dateCreated"),
        edited=item.text("dateModified"),
        url=address,
        title=plain(item.text("headline")) if depth else "",
    )


def _number(address: str, url: str) -> str:
    """The last number in a post's own address; "" if it only has the thread's."""
    own = address.removeprefix(url.split("#")[0])
    numbers = re.findall(r"\d+", own)
    threads_own = "#" not in own and pageless(address) == pageless(url)
    return str(numbers[-1]) if numbers and not threads_own else ""


# Reads a thread, or a list of threads, by a shape.

_MOST_THREADS = 100
_LONGEST_TITLE = 500
_MOST_TITLES = 50
_ZONE_TEXT = '//text()[contains(.,"All times are")]/..'
_TITLE_END = re.compile(r"\s+(?:[|\u2014\u2013-]\s+[^|\u2014\u2013-]*|-\s+Page \d+.*)$")


def read_thread(
    shape: Shape, document: Element, bodies: list[Element], response: Response
) -> tuple[Thread, list[WebPost]]:
    """The thread and the posts with these bodies, at least one; changes the document."""
    bodies, unread = separate(bodies, lambda body: body.iterancestors())
    thread = thread_of(shape, document, response)
    frames = frames_of(bodies, shape)
    starts = _starts_thread(shape, frames[0], thread.starts)
    base = base_of(document, response.url)
    pairs = zip(frames, bodies, strict=True)
    posts, late = read_each(lambda pair: _reading_post(shape, *pair, base, thread.url), pairs, "Posts")
    return replace(thread, starts=starts, unread=(*unread, *late)), posts


def base_of(document: Element, url: str) -> str:
    """Return the address that relative links of the document are resolved against."""
    return absolute(url, first_node_text(document, "//base/@href")) or url


def thread_of(shape: Shape, document: Element, response: Response) -> Thread:
    """Read the facts of the page's thread: number, title, address, zone, next page."""
    base = base_of(document, response.url)
    canonical = absolute(base, first_node_text(document, '//link[@rel="canonical"]/@href'))
    addresses = [without_session(url) for url in (canonical, response.url) if url]
    own = next((url for url in addresses if host_of(url) == host_of(response.url)), response.url)
    number = first_match(shape.thread_id, *addresses)
    following = next_page(shape, document, base, addresses, number)
    lost = following is None and goes_on(shape, document, base, addresses, number)
    known = number or shape.numbered
    # what the page shows as its title; of several, the one that is in the document's title. Links to similar
    # threads may have the same class.
    whole = first_node_text(document, "//title")[:_LONGEST_TITLE]
    titles = islice(node_texts(document, *shape.title), _MOST_TITLES)
    shown = [title[:_LONGEST_TITLE] for title in titles]
    named = next((title for title in shown if title.casefold() in whole.casefold()), "")
    # whether its addresses show that it is the first page: one that leads to a post shows nothing
    telling = [a for a in addresses if re.search(shape.page, a) or not leads_to_a_post(a)]
    return Thread(
        id=number if known else pageless(own),
        title=named or next(iter(shown), "") or _TITLE_END.sub("", whole),
        url=own,
        starts=bool(telling) and page_number(shape, *telling) in (None, 0, 1),
        zone=_zone(document),
        next=following,
        deleted=len(find(document, shape.deleted)),
        warnings=(NOT_FOUND,) if lost else (),
        site=board_address(own, shape.thread_id) if known else host_of(own),
    )


def _zone(document: Element) -> str:
    """The zone stated at the foot of the page; a post may contain such words too, so the last one counts."""
    for element in reversed(find(document, _ZONE_TEXT)):
        named = first_node_text(element, ".//@title")
        zone = (zone_named(named) if named else None) or zone_named(first_node_text(element, "."))
        if zone:
            return zone
    return "Europe/London"


def frames_of(bodies: list[Element], shape: Shape) -> list[Element]:
    """For each body, the largest element around it that holds no other body."""
    count: dict[Element, int] = {}
    for body in bodies:
        for above in body.iterancestors():
            count[above] = count.get(above, 0) + 1
    return [_frame(body, count, len(bodies), shape) for body in bodies]


def _frame(body: Element, count: dict[Element, int], total: int, shape: Shape) -> Element:
    frame = body
    for above in body.iterancestors():
        if count[above] > 1 or above.tag in ("body", "html"):
            break
        frame = above
        if total == 1 and first_node_text(above, *shape.author) and first_node_text(above, *shape.time):
            break
    return frame


def _starts_thread(shape: Shape, frame: Element, by_address: bool) -> bool:
    """Is the page's first post the thread's first? Judged by its number, else by the page's address."""
    if shape.opening:
        return bool(find(frame, shape.opening))
    digits = re.sub(r"\D", "", first_node_text(frame, *shape.number))
    return digits == "1" if digits else by_address


def _reading_post(shape: Shape, frame: Element, body: Element, base: str, thread_url: str) -> WebPost:
    anchor = first_node_text(frame, *shape.post_id)
    number = re.findall(r"\d+", anchor)
    post = WebPost(
        id=number[-1] if number and shape.numbered else "",
        text="",
        author=_name(first_node_text(frame, *shape.author)),
        time=first_node_text(frame, *shape.time),
        edited=first_node_text(frame, *shape.edited),
        title=first_node_text(frame, *shape.heading),
        url=_permalink(shape, frame, base)
        or (thread_url if not re.fullmatch(r"[\w:.-]+", anchor) else f"{thread_url.split('#')[0]}#{anchor}"),
    )
    emphasised = tuple(map(plain_text, find(body, shape.emphasis)))
    beside = [*map(plain_text, find(frame, shape.quoted_beside))]
    text, quoted, quote_first = split_quotes(body, shape.quotes, shape.drop)
    if shape.cut:
        text = re.split(shape.cut, text, maxsplit=1)[0].strip()
    quotes, first = "\n".join(filter(None, (*beside, quoted))), quote_first or bool(beside)
    return replace(post, text=text, quoted=quotes, quote_first=first, emphasised=emphasised)


def _name(shown: str) -> str:
    """A name; Invision keeps it among other things, as JSON."""
    held = json_in(shown) if shown.startswith("{") else None
    return shown if held is None else squeeze(text_field(held, "username"))


def _permalink(shape: Shape, frame: Element, base: str) -> str | None:
    hrefs = (absolute(base, str(href)) for path in shape.permalink for href in find(frame, path))
    own = (address for address in hrefs if address and host_of(address) == host_of(base))
    return next(map(without_session, own), None)


def read_listing(shape: Shape, document: Element, response: Response) -> Page | None:
    """Requests for the threads of a list, and for its next page; None if it lists none. A thread's own
    address is not a list, whatever similar threads the page links to."""
    if not shape.threads or re.search(shape.thread_id, response.url):
        return None
    base = base_of(document, response.url)
    threads: dict[str, str] = {}
    for address in _same_host(map(str, find(document, shape.threads)), base):
        if re.search(shape.thread_id, address):
            threads.setdefault(first_match(shape.thread_id, address), address)
    if not threads:
        return None
    following = next_page(shape, document, base, [without_session(response.url)])
    cut = f"The page lists {len(threads)} threads; the first {_MOST_THREADS} are asked for."
    return Page(
        follow=tuple(Request(url) for url in list(threads.values())[:_MOST_THREADS]),
        next=Request(following) if following else None,
        warnings=(cut,) if len(threads) > _MOST_THREADS else (),
    )


# The collector of every forum whose software is described by shapes.

_POSTING = b"DiscussionForumPosting"


class ShapedForum(OnePage):
    """The collector of a forum whose software is described by shapes."""

    @property
    def software(self) -> Software:
        """The section of `boards.toml` for its kind. Raises LookupError where there is none."""
        name = self.kind.removeprefix("forum.")
        if name not in forum_software():
            raise LookupError(f"sources/threads/boards.toml has no section [{name}].")
        return forum_software()[name]

    def parse(self, source: Source, response: Response) -> Page:
        """A thread's posts; for a list of threads, requests for them."""
        document = document_of(response)
        if document is None:
            return Page(warnings=("The document is empty or is not HTML.",))
        return self.read_page(document, source, response)

    def read_page(self, document: Element, source: Source, response: Response) -> Page:
        """Return the same for the response's document, which is changed if it holds posts of these shapes."""
        for shape in self.software.shapes:
            bodies = find(document, shape.bodies)
            if bodies:
                return self.thread(shape, document, bodies, source, response)
        listings = (read_listing(shape, document, response) for shape in self.software.shapes)
        page = next(filter(None, listings), None)
        if page is None:
            page = Page(warnings=("No posts and no list of threads were found on the page.",))
        return replace(page, warnings=(*oddities(response), *page.warnings))

    def recognises(self, response: Response) -> float:
        """The weight of the strongest mark of this software in the document."""
        return strongest_mark(self.software.marks, response.body)

    def thread(
        self, shape: Shape, document: Element, bodies: list[Element], source: Source, response: Response
    ) -> Page:
        """The page of the posts with these bodies; `bodies` must not be empty."""
        thread, posts = read_thread(shape, document, bodies, response)
        kept = self.refine(thread, posts)
        thread = replace(thread, deleted=thread.deleted + len(posts) - len(kept))
        if _POSTING in response.body:
            kept = with_opening(thread, kept, document, response.url)
        return page_of_thread(thread, kept, source, response, self.channel_of(source))

    def channel_of(self, source: Source) -> str:
        """The channel of its posts: the source's, else the software's."""
        return source.channel or self.software.channel

    def refine(self, thread: Thread, posts: list[WebPost]) -> list[WebPost]:
        """Corrections for one platform, with all posts in view; posts left out count as deleted."""
        return posts


def strongest_mark(marks: Sequence[tuple[bytes, float]], body: bytes) -> float:
    """The largest weight among the marks (in lower case) found in the body, 0.0 if none is."""
    text = body.lower()
    return max((weight for mark, weight in marks if mark in text), default=0.0)


# The shape of a thread on a page whose software is unknown.
#
# A thread repeats one thing: a text with an author and a time. So of all recurring class names, we take the
# one whose elements hold the most text with an author and a time beside it. We mark these elements with an
# attribute of our own: no name from the page becomes part of a query. Other pages also repeat texts with an
# author and a time: lists of boards, threads and articles, and the teasers beside an article. If most begin
# with a link of their own to another page, it is a list; on a page that calls itself an article, only
# elements named as comments or replies are posts.

_FEWEST, _MOST = 2, 200
_SHORTEST_MEDIAN = 15
_TRIED = 16
_MARGINS = ("aside", "nav", "footer")
_MOST_ELEMENTS = 20_000  # the largest thread seen has 6,000
_MOST_SEARCHED = 120_000  # each is looked at by some twenty queries
_LEAST_SHARE = 0.6
FEW_MISSING = 0.4
"""If more than this share of the declared posts is not among those shown, they are something else."""
_IN_AND_BEFORE = "count(descendant-or-self::*) + count(preceding-sibling::*[1]/descendant-or-self::*)"
_SHORT = "[string-length(normalize-space(.))>0][string-length(normalize-space(.))<{}]"
_AUTHOR_CLASS = (
    r"(^|[\s_-])(author|user-?name|poster|nick(name)?|member-?name|screen-?name|display-?name|person(-listing)?)"
    r"([\s_-]|$)|(^|\s)(user|name)(\s|$)"
)
_PROFILE = r"(^|[/?&=._-])(u|users?|members?|profiles?|user_info|people|memberlist)([/?&=._-]|$)"
_TIME_CLASS = r"(date|time|stamp|posted|published)"
_CLOCK = r"\d{1,2}[:.]\d{2}"
_DAY = (
    r"\bago\b|\b(to|yester)day\b|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
    r"|\b\d{1,2}(st|nd|rd|th)?\.?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
)
_NOT_SINCE = r"join|regist|member since|last (seen|online|visit)"
_SIGNATURE = re.compile(r"(?:^|[\s_-])(?:post)?sig(?:nature)?(?:[\s_-]|$)", re.IGNORECASE)
_WHEN = re.compile(f"{_CLOCK}|{_DAY}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SHORTEST_TITLE = 3  # words: “Post number 7” is none
_LETTER = re.compile(r"[^\W\d_]")
_LINKS = f'.//a[@href][not(re:test(@href,"{_PROFILE}","i"))]'
_IN_HEADING = "ancestor::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
_DECLARED = '//script[contains(@type,"ld+json")]/text() | //*/@itemtype'
_ARTICLE = re.compile(
    r'"(?:https?://schema\.org/)?(?:\w*Article|(?:Live)?BlogPosting)"'
    r"|schema\.org/(?:\w*Article|(?:Live)?BlogPosting)\b"
)
_THREAD = re.compile(r"DiscussionForumPosting|QAPage|Question\b")
_COMMENTS = (
    'ancestor-or-self::*[re:test(concat(@class," ",@id," ",@itemtype),'
    '"comment|repl(y|ies)|respon[ds]|discuss","i")]'
)


def guess_shape(document: Element, url: str) -> tuple[Shape, list[Element]] | None:
    """The shape of the thread on this page and its posts' bodies; None if nothing looks like posts. `url` is
    the page's address."""
    best: tuple[float, Shape] | None = None
    page = _Page.of(document, url)
    left = _MOST_SEARCHED
    for path, outside, text in _candidates(document):
        if best is not None and best[0] >= text:
            break  # no score is above its text, and the longest texts come first
        shape = _guessed_shape(path, outside)
        members = find(document, path)
        frames = frames_of(members, shape)
        if _complete(shape, [*frames[:2], *frames[-2:]]) < _LEAST_SHARE:
            continue
        # elements in these frames and in the rows before them: many times a page's where one holds the next
        searched = 0
        for frame in frames:
            searched += int(find(frame, _IN_AND_BEFORE)[0])
            if searched > left:
                break
        if searched > left:
            continue
        left -= searched
        score = _complete(shape, frames) ** 3 * text
        if (best is None or score > best[0]) and page.may_hold(shape, members, frames):
            best = score, shape
    bodies = _bodies(document, best[1]) if best else []
    return (best[1], bodies) if best and bodies else None


def count_undeclared(declared: Page, response: Response) -> int:
    """Count the posts that the page shows, if most of those declared are among them."""
    document = document_of(response) if declared.mentions else None
    guess = None if document is None else guess_shape(document, response.url)
    shown = [(plain_text(body), "") for body in guess[1]] if guess else []
    missing = not_shown([mention.text for mention in declared.mentions], shown)
    return 0 if len(missing) > FEW_MISSING * len(declared.mentions) else len(shown)


def _bodies(document: Element, shape: Shape) -> list[Element]:
    """The bodies of posts, leaving out the margins and whatever has neither author nor time."""
    found = find(document, shape.bodies)
    bodies = [body for body in found if next(body.iterancestors(*_MARGINS), None) is None]
    return [
        body
        for body, frame in zip(bodies, frames_of(bodies, shape), strict=True)
        if first_node_text(frame, *shape.author) or first_node_text(frame, *shape.time)
    ]


@freeze
class _Page:
    """The further facts about the page. `own` are its addresses, without page numbers."""

    url: str
    own: frozenset[str]
    is_article: bool

    @classmethod
    def of(cls, document: Element, url: str) -> Self:
        canonical = absolute(url, first_node_text(document, '//link[@rel="canonical"]/@href')) or url
        declared = " ".join(map(str, find(document, _DECLARED)))
        article = _ARTICLE.search(declared) is not None and _THREAD.search(declared) is None
        return cls(base_of(document, url), frozenset({pageless(url), pageless(canonical)}), article)

    def may_hold(self, shape: Shape, members: list[Element], frames: list[Element]) -> bool:
        """Can these be posts: not a list of other pages and, on an article's page, named as comments?"""
        if self.is_article and not _most(bool(find(member, _COMMENTS)) for member in members):
            return False
        leads = [self._leads(frame, first_node_text(frame, *shape.author)) for frame in frames]
        times = Counter(words for lead in leads for words in lead)
        return not _most(any(times[words] == 1 for words in lead) for lead in leads)

    def _leads(self, frame: Element, author: str) -> set[str]:
        """The texts of links to other pages that are headings or begin the frame's text.

        Author, times, texts too short to be words and links within a page are skipped. So is a line with a
        time, unless it begins with a title, as in the row of a list."""
        links = [(link, squeeze(plain_text(link))) for link in find(frame, _LINKS)]
        links = [(link, words) for link, words in links if _names_something(words, author)]
        titles = tuple(words for _, words in links if len(_WORD.findall(words)) >= _SHORTEST_TITLE)
        lines = map(squeeze, plain_text(frame).splitlines())
        telling = (line for line in lines if _names_something(line, author) or line.startswith(titles))
        begins = tuple(islice(telling, 2))
        return {
            words
            for link, words in links
            if (any(line.startswith(words) for line in begins) or find(link, _IN_HEADING))
            and self._is_elsewhere(link.get("href"))
        }

    def _is_elsewhere(self, href: str) -> bool:
        address = absolute(self.url, href) or ""
        return "#" not in address and pageless(address) not in self.own


def _names_something(words: str, author: str) -> bool:
    return words != author and len(_LETTER.findall(words)) >= 3 and _WHEN.search(words.casefold()) is None


def _most(each: Iterable[bool]) -> bool:
    answers = list(each)
    return sum(answers) >= _LEAST_SHARE * len(answers)


def _complete(shape: Shape, frames: list[Element]) -> float:
    """The share of frames with both an author and a time."""
    whole = sum(bool(first_node_text(f, *shape.author) and first_node_text(f, *shape.time)) for f in frames)
    return whole / len(frames)


def _candidates(document: Element) -> Iterator[tuple[str, str, int]]:
    """XPaths of recurring classes, the test for being outside them, and how much text they hold."""
    lengths: dict[Element, int] = {}  # characters of text, scripts and styles not counted
    for body in find(document, "//body"):
        for element in reversed(list(body.iter("*"))):
            inner = sum(lengths.get(child, 0) + len((child.tail or "").strip()) for child in element)
            own = 0 if element.tag in ("script", "style", "noscript") else len((element.text or "").strip())
            lengths[element] = own + inner
    if len(lengths) > _MOST_ELEMENTS:
        return
    groups: dict[tuple[str, str], list[Element]] = defaultdict(list)
    for element in lengths:
        named = element.get("class") or ""
        for name in set() if _SIGNATURE.search(named) else set(named.split()):
            groups[element.tag, name].append(element)
    likely = {
        (tuple(map(id, members)), sum(lengths[e] for e in members)): members
        for members in groups.values()
        if _FEWEST <= len(members) <= _MOST
        and median(lengths[e] for e in members) >= _SHORTEST_MEDIAN
        and not _are_nested(members)
    }
    most = sorted(((text, members) for (_, text), members in likely.items()), key=lambda found: -found[0])
    for number, (text, members) in enumerate(most[:_TRIED]):
        for element in members:  # an attribute in our own namespace, which no HTML can contain
            element.set(f"{{{OURS}}}candidate-{number}", "")
        mark = f"our:candidate-{number}"
        yield f"//*[@{mark}]", f"[not(ancestor-or-self::*[@{mark}])]", text


def _are_nested(members: list[Element]) -> bool:
    known = set(members)
    return any(not known.isdisjoint(element.iterancestors()) for element in members)


def _guessed_shape(path: str, outside: str) -> Shape:
    short, line = _SHORT.format(50), _SHORT.format(90)
    text_outside = outside.replace("ancestor-or-self", "ancestor")
    author = (
        f'.//*[@itemprop="author"]{outside}{short}',
        f'.//*[re:test(@class,"{_AUTHOR_CLASS}","i")]{outside}{short}',
        f'.//a[re:test(@href,"{_PROFILE}","i")]{outside}{short}',
    )
    time = (
        f".//time{outside}/@datetime",
        f'.//*[re:test(@class,"{_TIME_CLASS}","i")]{outside}{line}[re:test(.,"{_CLOCK}|{_DAY}","i")]',
        f'.//*[not(self::a)]{outside}{line}[re:test(.,"{_CLOCK}")][re:test(.,"{_DAY}","i")]'
        f'[not(re:test(.,"{_NOT_SINCE}","i"))]',
        f'.//text()[not(parent::a)]{text_outside}{line}[re:test(.,"{_CLOCK}.*|{_DAY}","i")]'
        f'[not(re:test(.,"{_NOT_SINCE}","i"))]',
        f'.//text(){text_outside}{line}[re:test(.,"{_DAY}","i")]',
    )
    return Shape(
        bodies=path,
        author=(*author, *(_row_before(one, path) for one in author)),
        time=(*time, *(_row_before(one, path) for one in time)),
        post_id=(
            'descendant-or-self::*[re:test(@id,"^[a-z_-]*[0-9]{2,}$","i")]/@id',
            './/a[re:test(@name,"^[a-z_-]*[0-9]{2,}$","i")]/@name',
            'preceding-sibling::*[1]//a[re:test(@name,"^[a-z_-]*[0-9]{2,}$","i")]/@name',
        ),
        thread_id=(
            r"(?i)[?&;](?:t|tid|topic|thread|id)=(\d+)"
            r"|/(?:threads?|topics?|t|post|discussions?)/(?:[^/]*\.)?(\d+)"
        ),
        drop=".//*[re:test(@class,'(^|[\\s_-])((post)?signature|sig|likes?|share|reactions?)([\\s_-]|$)','i')]",
        quotes='.//blockquote | .//*[re:test(@class,"(^|[\\s_-])quote","i")]',
        numbered=False,
    )


def _row_before(wanted: str, body: str) -> str:
    """The same in the row before: old tables keep author and text in separate rows."""
    return f"preceding-sibling::*[1][not(.{body})]{wanted.removeprefix('.')}"
