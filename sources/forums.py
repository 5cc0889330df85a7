"""Forums by selectors, and posts as they are shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit, urlunsplit

from bs4.element import Tag

from data.ids import squeeze
from data.types import MentionKind, Page, Request, Response, Source, SourceState
from data.web.urls import canonical_url
from sources.base import PostSelectors, read_each
from sources.html.dom import Element, document_of, find, part_quotes
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    canonical_link,
    decode,
    decode_answer,
    first,
    first_text,
    left_out,
    next_link,
    oddities,
    own_words,
    plain,
    shown_time,
    soup,
)
from sources.html.parsers import dig, json_in, objects_at, text_field
from sources.html.sanitise import LONGEST, clean, first_read, separate
from sources.threads import (
    FEW_MISSING,
    NOT_FOUND,
    Shape,
    ShapedForum,
    Thread,
    WebPost,
    declared_in,
    declared_posts,
    forum_software,
    guess_shape,
    host_of,
    not_shown,
    opening_of,
    page_of_thread,
    pageless,
    read_thread,
    strongest_mark,
    thread_of,
    without_session,
)

Record = Mapping[str, Any]

_BASE = re.compile(r"(.*?)/(?:t|latest|new|top|c|tag|tags|search|posts)(?:[/.]|$)")
_TOPIC_PATH = re.compile(r"(.*?/t/(?:[^/]+/)?\d+)(?:/\d+)?/?")
_TOPIC_ADDRESS = re.compile(r"[^?#]*?/t/(?:[^/?#]+/)?\d+(?=[/?#]|$)")
_NO_POSTS = (3, 4)  # small actions such as "closed this topic"; whispers
_MARKUP = ("cooked", "blurb", "excerpt")
_QUOTES = ".//aside[class(quote)] | .//blockquote"


class Discourse(ShapedForum):
    """A Discourse forum. Lists and searches give the titles of topics, and requests for the topics."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """The JSON form of the configured topic, list or search."""
        return [Request(json_address(source.url))]

    def recognises(self, response: Response) -> float:
        """By a page's generator; by the names in a JSON document."""
        found = _load_json(response)
        if found is None:
            return super().recognises(response)
        return 0.95 if _topic(found) or _latest(found) or _list_records(found) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """The posts of a topic, or the latest of all; for a list or search, its topics and what to fetch."""
        found = _load_json(response)
        if found is None:
            page = super().parse(source, response)
            return replace(page, follow=tuple(Request(json_address(asked.url)) for asked in page.follow))
        channel = self.channel_of(source)
        if _topic(found):
            return _topic_page(found, source, response, channel)
        if _latest(found):
            return _latest_page(found, source, response, channel)
        return _list_page(found, source, response, channel)

    def refine(self, thread: Thread, posts: list[WebPost]) -> list[WebPost]:
        """On HTML pages a post's number counts within its topic, so the topic's number is put before it."""
        topic = _TOPIC_ADDRESS.match(thread.url)
        if not topic or not thread.id:
            return posts
        return [replace(post, id=f"{thread.id}/{post.id}", url=f"{topic[0]}/{post.id}") for post in posts]


def json_address(url: str) -> str:
    """The JSON form of a Discourse page's address; for the front page, its list of latest topics."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if path.endswith(".json"):
        return url
    topic = _TOPIC_PATH.fullmatch(parts.path)
    if topic:
        path = topic[1]
    elif not _BASE.fullmatch(path) and not _BASE.match(path + "/"):
        path += "/latest"
    return urlunsplit(parts._replace(path=path + ".json", fragment=""))


def _load_json(response: Response) -> Any:
    """The document as JSON; None if it is not JSON."""
    if response.body.lstrip()[:1] not in (b"{", b"["):
        return None
    return json_in(decode(response.body)[0])


def _topic(found: Any) -> list[Record]:
    return objects_at(found, "post_stream", "posts")


def _latest(found: Any) -> list[Record]:
    """The posts of `/posts.json`, from any topic, newest first; each names its topic."""
    posts = objects_at(found, "latest_posts")
    return [post for post in posts if text_field(post, "topic_id") and text_field(post, "post_number")]


def _cut_records(records: list[Record]) -> tuple[list[Record], tuple[str, ...]]:
    """Keep as many records as one document may have, with a warning if there are more."""
    return first_read(
        records, lambda r: "".join(text_field(r, name)[:LONGEST] for name in _MARKUP), "posts or topics"
    )


def _part_deleted(posts: list[Record]) -> tuple[list[Record], list[Record]]:
    """The records that are posts, and those of them neither deleted nor hidden."""
    shown = [post for post in posts if post.get("post_type") not in _NO_POSTS]
    gone = ("deleted_at", "hidden", "user_deleted")
    return shown, [post for post in shown if not any(post.get(name) for name in gone)]


def _latest_page(found: Any, source: Source, response: Response, channel: str) -> Page:
    """Each post as on the page of its topic, so that both give the same mention."""
    posts, left = _cut_records(_latest(found))
    shown, kept = _part_deleted(posts)
    bare = replace(response, body=b"")  # warnings about the whole document come once, not with each post
    pages = [page_of_thread(*_thread_alone(post, response.url), source, bare, channel) for post in kept]
    warnings = dict.fromkeys(warning for page in pages for warning in page.warnings)
    warnings |= dict.fromkeys((*oddities(response), *left))
    if len(kept) < len(shown):
        gone = f"Posts that were deleted, hidden or ignored, and are left out: {len(shown) - len(kept)}."
        warnings[gone] = None
    numbers = [post["id"] for post in posts if isinstance(post.get("id"), int)]
    before = f"{_folder(response.url)}/posts.json?before={min(numbers) - 1}" if numbers else ""
    return Page(
        mentions=tuple({m.id: m for page in pages for m in page.mentions}.values()),
        next=Request(urljoin(response.url, before)) if before else None,
        warnings=tuple(warnings),
        unread=(*left_out(response), *left),
    )


def _thread_alone(post: Record, url: str) -> tuple[Thread, list[WebPost]]:
    number = text_field(post, "topic_id")
    address = _address(url, text_field(post, "topic_slug"), number)
    thread = Thread(
        id=number,
        site=host_of(url) + _folder(url),
        title=plain(text_field(post, "topic_title")),
        url=address,
        starts=text_field(post, "post_number") == "1",
    )
    return thread, [_post(post, number, address)]


def _topic_page(topic: Any, source: Source, response: Response, channel: str) -> Page:
    posts, left = _cut_records(_topic(topic))
    shown, kept = _part_deleted(posts)
    number = text_field(topic, "id") or text_field(shown[0], "topic_id") if shown else ""
    address = _address(response.url, text_field(topic, "slug"), number)
    thread = Thread(
        id=number,
        site=host_of(response.url) + _folder(response.url),
        title=plain(text_field(topic, "title")),
        url=address,
        starts=bool(kept) and kept[0].get("post_number") == 1,
        next=_find_following(topic, shown, address, response.url),
        deleted=len(shown) - len(kept),
    )
    read, late = read_each(lambda post: _post(post, number, address), kept, "Posts")
    return page_of_thread(replace(thread, unread=(*left, *late)), read, source, response, channel)


def _post(post: Record, topic: str, address: str) -> WebPost:
    words = part_quotes(text_field(post, "cooked")[:LONGEST], _QUOTES)
    return WebPost(
        id=f"{topic}/{text_field(post, 'post_number')}",
        **words._asdict(),
        author=text_field(post, "username"),
        time=text_field(post, "created_at"),
        edited=text_field(post, "updated_at") if (post.get("version") or 1) != 1 else "",
        url=f"{address}/{text_field(post, 'post_number')}",
    )


def _address(url: str, slug: str, number: str) -> str:
    """A topic's page, in the forum's own folder on its host."""
    parts = urlsplit(url)
    path = f"{_folder(url)}/t/{clean(slug) or '-'}/{number}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _folder(url: str) -> str:
    found = _BASE.match(urlsplit(url).path)
    return found[1] if found else ""


def _find_following(topic: Any, shown: list[Record], address: str, url: str) -> str | None:
    """The next twenty posts, if the stream of ids continues after the last one shown."""
    stream = dig(topic, "post_stream", "stream")
    last = shown[-1].get("id") if shown else None
    if not isinstance(stream, list) or last not in stream or stream[-1] == last:
        return None
    here = re.search(r"[?&]page=(\d{1,6})", url)
    return f"{address}.json?page={int(here[1]) + 1 if here else 2}"


# ---------------------------------------------------------------------------- lists and searches


def _list_records(found: Any) -> list[Record]:
    """The topics of a list, the posts of a search, or the topics of the old form of a search."""
    if isinstance(found, list):
        groups = [group for group in objects_at(found) if group.get("type") == "topic"]
        return [record for group in groups for record in objects_at(group, "results")]
    topics = objects_at(found, "topic_list", "topics")
    return topics or [post for post in objects_at(found, "posts") if "topic_id" in post]


def _list_page(found: Any, source: Source, response: Response, channel: str) -> Page:
    """One mention per topic: what the list itself says about it. Its id differs from that of the topic's
    first post, so that the list and the topic, which is fetched next, never overwrite each other."""
    listed, left = _cut_records(_list_records(found))
    entries = list(_entries(found, listed, response.url))
    if not entries:
        return Page(warnings=("The JSON document holds no Discourse topic, list or search.",))
    site = host_of(response.url) + _folder(response.url)
    unnamed = Thread("", "", response.url, site=site, warnings=left)
    page = page_of_thread(unnamed, entries, source, response, channel)
    topics = dict.fromkeys(json_address(post.url) for post in entries)
    more = absolute(response.url, text_field(found, "topic_list", "more_topics_url"))
    return replace(
        page,
        mentions=tuple(replace(m, kind=MentionKind.POST, parent=None) for m in page.mentions),
        follow=tuple(map(Request, topics)),
        next=Request(json_address(more)) if more else None,
    )


def _entries(found: Any, listed: list[Record], url: str) -> Iterator[WebPost]:
    lookup = {text_field(t, "id"): t for t in objects_at(found, "topics")}
    users = {text_field(u, "id"): text_field(u, "username") for u in objects_at(found, "users")}
    for record in listed:
        topic = lookup.get(text_field(record, "topic_id"), record)
        number = text_field(record, "topic_id") or text_field(record, "id")
        if not number:
            continue
        part = text_field(record, "post_number") if "topic_id" in record else ""
        linked = absolute(url, text_field(topic, "url"))
        address = linked or _address(url, text_field(topic, "slug"), number)
        posters = objects_at(record, "posters")  # who started it is the first of them
        starter = text_field(posters[0], "user_id") if posters else ""
        yield WebPost(
            id=f"{number}/{part}/listed" if part else f"{number}/listed",
            text=plain(text_field(record, "blurb") or text_field(record, "excerpt")),
            author=text_field(record, "username") or users.get(starter, ""),
            time=text_field(record, "created_at"),
            url=f"{address}/{part}" if part else address,
            title=plain(text_field(topic, "title")),
        )


_SEEN = ("phpbb", "vbulletin", "xenforo", "generic")
_SHOWN_POSTS_GUESSED = "The forum's software is not known; posts were found by what repeats on the page."


def choose_fullest(
    declared: Page, document: Element, source: Source, response: Response, channel: str
) -> Page:
    """The page of the declared posts, or of those shown if there are more and they are the same thread. The
    document is the response's, and is changed."""
    found = _recognise_shape(document, response.url)
    if found is None or len(found[1]) <= len(declared.mentions):
        return declared
    shape, bodies, is_guess = found
    thread, posts = read_thread(shape, document, bodies, response)
    seen = [(post.text, post.quoted) for post in posts]
    missing = not_shown([mention.text for mention in declared.mentions], seen)
    counts = f"Posts the page declares: {len(declared.mentions)}; posts seen on it: {len(posts)}."
    if is_guess and len(missing) > max(1, FEW_MISSING * len(declared.mentions)):
        return replace(declared, warnings=(*declared.warnings, f"{counts} Those declared were read."))
    if thread.starts and missing[:1] == [0]:
        first = declared.mentions[0]
        time = first.published.isoformat() if first.published else ""
        opening = WebPost("", first.text, first.author or "", time, first.quoted, url=first.url)
        posts.insert(0, opening)
    page = page_of_thread(thread, posts, source, response, channel)
    if not is_guess:
        return page
    warnings = (f"{counts} Those seen were read.",) if declared.mentions else ()
    return replace(page, warnings=(*page.warnings, *warnings, _SHOWN_POSTS_GUESSED))


def _recognise_shape(document: Element, url: str) -> tuple[Shape, list[Element], bool] | None:
    """The shape of the posts shown, their bodies, and whether it was only guessed."""
    known = forum_software()
    for shape in (shape for name in _SEEN for shape in known[name].shapes):
        bodies = find(document, shape.bodies)
        if bodies and shape not in known["schema_org"].shapes:
            return shape, bodies, False
    guess = guess_shape(document, url)
    return (*guess, True) if guess else None


# Any other forum: software with a known shape, a guessed shape, or your own selectors.

_MOST_LINKS = 2_000
_LATER_PAGE = re.compile(r"[?&;](?:page|pg|p)=(?!0*1?(?:\D|$))\d+|/page-?(?!0*1?(?:\D|$))\d+")


def read_by_selectors(css: PostSelectors, response: Response) -> tuple[Thread, list[WebPost]]:
    """The thread and its posts, as the selectors find them; there may be no posts."""
    tree = soup(response)
    base = base_url(tree, response.url)
    address = without_session(canonical_link(tree, response.url) or response.url)
    nodes, unread = separate(tree.select(css.post), lambda node: node.parents)
    # each post by its own link; an element's id alone may start again on every page
    posts = [_post_at(node, css, base, address) for node in nodes]
    links, page = Counter(post.id for post in posts), pageless(address)
    own = {link for link, times in links.items() if times == 1 and ("#" in link or pageless(link) != page)}
    posts = [post if post.id in own else replace(post, id="") for post in posts]
    following = next_link(tree, response.url, css.next)
    thread = Thread(
        id=pageless(address),
        title=first_text(tree, css.title, "title"),
        url=address,
        starts=_LATER_PAGE.search(response.url) is None,
        next=following and without_session(following),
        warnings=() if posts else (f'The selector "{css.post}" finds no post on the page.',),
        unread=unread,
    )
    if following is None and _goes_on(tree, base, response.url):
        thread = replace(thread, warnings=(*thread.warnings, f'{NOT_FOUND} "next" may name it.'))
    return thread, posts


def _goes_on(tree: Tag, base: str, url: str) -> bool:
    """Does the page link to later pages of its thread?"""
    here, page = pageless(url), _page_number(url)
    links = (absolute(base, attribute(node, "href")) for node in tree.select("a[href]", limit=_MOST_LINKS))
    return any(_page_number(link) > page and pageless(link) == here for link in links if link)


def _page_number(url: str) -> int:
    found = _LATER_PAGE.search(url)
    return int(re.findall(r"\d+", found[0])[-1][:9]) if found else 1


def _post_at(node: Tag, css: PostSelectors, base: str, address: str) -> WebPost:
    body = first(node, css.text)
    text, quoted = own_words(body, css.quote, css.drop) if body else ("", "")
    own = attribute(node, "id")
    linked = absolute(base, attribute(first(node, css.link), "href"))
    page, mark, fragment = (linked or "").partition("#")
    return WebPost(
        id=canonical_url(page) + mark + fragment if linked else "",
        text=text,
        quoted=quoted,
        author=first_text(node, css.author),
        time=shown_time(node, css.time),
        url=linked or (f"{address.split('#')[0]}#{own}" if re.fullmatch(r"[\w:.-]+", own) else ""),
    )


_DATA = re.compile(r"<script [^<>]{0,300}__NEXT_DATA__[^<>]{0,300}>")
_NEXT = re.compile(r'<link rel="next" href="([^"]+)"')
_PATH = ("props", "pageProps", "initialReduxState", "currentThread", "currentThread")
_SITE = "https://{}.netmums.com/coffeehouse/{}"


def _read_netmums(response: Response) -> tuple[Thread, list[WebPost]] | None:
    """The thread in the page's data; None for any other page, and for one whose data is cut off."""
    if b"__NEXT_DATA__" not in response.body:
        return None
    text = decode_answer(response)
    opening = _DATA.search(text)
    end = text.find("</script>", opening.end()) if opening else -1
    thread: Any = dig(json_in(text[opening.end() : end]), *_PATH) if opening and end >= 0 else None
    if not isinstance(dig(thread, "pagePosts"), list):
        return None
    posts = objects_at(thread, "pagePosts")
    kept = [post for post in posts if not post.get("isDeleted")]
    slug, page = str(thread.get("baseThreadSlug") or ""), thread.get("currentPage")
    number, following = re.search(r"/([0-9a-f]{6,})-[^/]*$", slug), _NEXT.search(text)
    found = Thread(
        id=number[1] if number else "",
        title=str(thread.get("subject") or ""),
        url=_SITE.format(thread.get("subDomain") or "www", f"{slug}.html"),
        starts=not isinstance(page, int) or page == 1,
        next=absolute(response.url, following[1]) if following else None,
        deleted=len(posts) - len(kept),
    )
    return found, [_read_netmums_post(post, found.url) for post in kept]


def _read_netmums_post(post: Record, address: str) -> WebPost:
    said = part_quotes(str(post.get("content") or ""), ".//blockquote")
    number = str(post.get("id") or "")
    return WebPost(
        id=number,
        **said._asdict(),
        author=str(dig(post, "user", "userName") or ""),
        time=str(post.get("date") or ""),
        edited=str(post.get("editedAt") or ""),
        url=f"{address}#{number}" if re.fullmatch(r"\w+", number) else "",
    )


class SchemaOrgForum(ShapedForum):
    """A thread by what its page declares (microdata, JSON-LD), or by what it shows if that is more."""

    marks: ClassVar[tuple[tuple[bytes, float], ...]] = (
        (b"schema.org/discussionforumposting", 0.6),
        (b'"discussionforumposting"', 0.55),
        (b"schema.org/qapage", 0.6),
        (b'"qapage"', 0.6),
    )

    def read_page(self, document: Element, source: Source, response: Response) -> Page:
        """Read the first post and its comments or answers, as declared or as shown."""
        declared = declared_in(document, response.url)
        posts = declared_posts(declared, response.url)
        (marked_up,) = self.software.shapes
        marked = bool(find(document, marked_up.bodies))
        page = super().read_page(document, source, response)
        if len(posts) > len(page.mentions):
            thread, first = thread_of(marked_up, document, response), opening_of(declared)
            title = plain(first.text("headline", "name")) if first else ""
            thread = replace(thread, title=title or thread.title)
            page = page_of_thread(thread, posts, source, response, self.channel_of(source))
        damage = f"JSON-LD blocks on the page that could not be read: {declared.damaged}."
        declares = replace(page, warnings=(*page.warnings, damage)) if declared.damaged else page
        whole = document_of(response) if marked else document
        return choose_fullest(declares, whole, source, response, self.channel_of(source))


_GENERIC_GUESSED = 0.3


class GenericForum(ShapedForum):
    """Threads of a forum that no other collector knows."""

    def recognises(self, response: Response) -> float:
        """By the marks of known software; low if a thread can only be guessed."""
        known = strongest_mark(self.software.marks, response.body)
        if known:
            return known
        document = document_of(response)
        return _GENERIC_GUESSED if document is not None and guess_shape(document, response.url) else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """By the selectors if there are any; else by data, a known shape, what is declared, or a guess."""
        css = PostSelectors.model_validate(dict(source.settings))
        channel = self.channel_of(source)
        found = read_by_selectors(css, response) if css.post else _read_netmums(response)
        if found is not None:
            return page_of_thread(*found, source, response, channel)
        return super().parse(source, response)

    def read_page(self, document: Element, source: Source, response: Response) -> Page:
        """Read it by a known shape, else by what is declared or shown."""
        page = super().read_page(document, source, response)
        if page.mentions or page.follow:
            return page
        return SchemaOrgForum("forum.schema_org").read_page(document, source, response)


# Mumsnet Talk.

_SHORTEST_QUOTE = 25
_REMOVED = re.compile(
    r"(?:message|post) (?:has been )?(?:deleted|withdrawn|removed) (?:by|at|for)\b.{0,120}"
    r"|this (?:post|message|reply) has been (?:deleted|withdrawn|removed|hidden).{0,160}",
    re.IGNORECASE,
)


class Mumsnet(ShapedForum):
    """Threads of Mumsnet Talk, and its lists of threads. In the old markup quotes are bold paragraphs: bold
    words that an earlier post of the page holds are taken for a quote."""

    def refine(self, thread: Thread, posts: list[WebPost]) -> list[WebPost]:
        """Removes the dot after the author and deleted posts; separates quotes found by repetition."""
        named = [replace(post, author=post.author.rstrip(" \u00b7")) for post in posts]
        kept = [post for post in named if not _REMOVED.fullmatch(post.text)]
        return _repetitions_apart(kept)


def _repetitions_apart(posts: Sequence[WebPost]) -> list[WebPost]:
    """Bold lines that repeat an earlier post word for word are quotes; everything else stays."""
    said: list[str] = []
    parted: list[WebPost] = []
    for post in posts:
        bold = {squeeze(line) for part in post.emphasised for line in part.splitlines()}
        own: list[str] = []
        repeated: list[str] = []
        for line in post.text.splitlines():
            words = squeeze(line)
            candidate = len(words) >= _SHORTEST_QUOTE and words in bold
            is_quote = candidate and any(words in earlier for earlier in said)
            (repeated if is_quote else own).append(line)
        said.append(squeeze(post.text))
        quoted = "\n".join(filter(None, (post.quoted, *repeated)))
        parted.append(replace(post, text="\n".join(own), quoted=quoted) if repeated else post)
    return parted
