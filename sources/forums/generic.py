"""Forums by selectors, and posts as they are shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from bs4.element import Tag

from data.ids import squeeze
from data.types import Mention, Page, Response, Source
from data.web.urls import canonical_url
from sources.base import PostSelectors
from sources.html.dom import Element, document_of, find, part_quotes
from sources.html.markup import (
    absolute,
    attribute,
    base_url,
    canonical_link,
    decode,
    first,
    first_text,
    next_link,
    own_words,
    plain,
    shown_time,
    soup,
)
from sources.html.parsers import json_in
from sources.html.sanitise import separate
from sources.threads.guessed_shape import FEW_MISSING, guess_shape
from sources.threads.posts import (
    NOT_FOUND,
    ForumPost,
    ShapedForum,
    Thread,
    declared_in,
    declared_posts,
    not_shown,
    opening_of,
    page_of_thread,
    pageless,
    read_thread,
    strongest_mark,
    thread_of,
    without_session,
)
from sources.threads.shape import Shape, forum_software

# The posts that a page shows, compared with those that its markup declares.

_SEEN = ("phpbb", "vbulletin", "xenforo", "generic")
_SHOWN_POSTS_GUESSED = "The forum's software is not known; posts were found by what repeats on the page."


def fullest(declared: Page, document: Element, source: Source, response: Response, channel: str) -> Page:
    """The page of the declared posts, or of those shown if there are more and they are the same thread. The
    document is the response's, and is changed."""
    found = _recognise_shape(document, response.url)
    if found is None or len(found[1]) <= len(declared.mentions):
        return declared
    shape, bodies, is_guess = found
    thread, posts = read_thread(shape, document, bodies, response)
    missing = not_shown(
        [mention.text for mention in declared.mentions], [(post.text, post.quoted) for post in posts]
    )
    counts = f"Posts the page declares: {len(declared.mentions)}; posts seen on it: {len(posts)}."
    if is_guess and len(missing) > max(1, FEW_MISSING * len(declared.mentions)):
        return replace(declared, warnings=(*declared.warnings, f"{counts} Those declared were read."))
    if thread.starts and missing[:1] == [0]:
        posts.insert(0, _post_of_mention(declared.mentions[0]))
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


def _post_of_mention(mention: Mention) -> ForumPost:
    return ForumPost(
        id="",
        text=mention.text,
        author=mention.author or "",
        time=mention.published.isoformat() if mention.published else "",
        quoted=mention.quoted,
        url=mention.url,
    )


# Any other forum: software with a known shape, a guessed shape, or your own selectors.

_MOST_LINKS = 2_000
_LATER_PAGE = re.compile(r"[?&;](?:page|pg|p)=(?!0*1?(?:\D|$))\d+|/page-?(?!0*1?(?:\D|$))\d+")


def read_by_selectors(css: PostSelectors, response: Response) -> tuple[Thread, list[ForumPost]]:
    """The thread and its posts, as the selectors find them; there may be no posts."""
    tree = soup(response.body, response.header("content-type"))
    base = base_url(tree, response.url)
    address = without_session(canonical_link(tree, response.url) or response.url)
    nodes, unread = separate(tree.select(css.post), lambda node: node.parents)
    # each post by its own link; an element's id alone may start again on every page
    posts = [_post_at(node, css, base, address) for node in nodes]
    links, page = Counter(post.id for post in posts), pageless(address)
    own = {link for link, times in links.items() if times == 1 and ("#" in link or pageless(link) != page)}
    posts = [post if post.id in own else replace(post, id="") for post in posts]
    following = next_link(tree, response.url, *filter(None, [css.next]))
    thread = Thread(
        id=pageless(address),
        title=first_text(tree, css.title, "title") or "",
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


def _post_at(node: Tag, css: PostSelectors, base: str, address: str) -> ForumPost:
    body = first(node, css.text)
    text, quoted = own_words(body, css.quote, css.drop) if body else ("", "")
    own = attribute(node, "id") or ""
    linked = absolute(base, attribute(first(node, css.link), "href")) if css.link else None
    page, mark, fragment = (linked or "").partition("#")
    return ForumPost(
        id=canonical_url(page) + mark + fragment if linked else "",
        text=text,
        quoted=quoted,
        author=(css.author and first_text(node, css.author)) or "",
        time=shown_time(node, css.time),
        url=linked or (f"{address.split('#')[0]}#{own}" if re.fullmatch(r"[\w:.-]+", own) else ""),
    )


_DATA = re.compile(r"<script [^<>]{0,300}__NEXT_DATA__[^<>]{0,300}>")
_NEXT = re.compile(r'<link rel="next" href="([^"]+)"')
_PATH = ("props", "pageProps", "initialReduxState", "currentThread", "currentThread")
_SITE = "https://{}.netmums.com/coffeehouse/{}"


def _netmums(response: Response) -> tuple[Thread, list[ForumPost]] | None:
    """The thread in the page's data; None for any other page."""
    if b"__NEXT_DATA__" not in response.body:
        return None
    text = decode(response.body, response.header("content-type"))[0]
    thread = _data(text)
    for name in _PATH:
        thread = thread.get(name) if isinstance(thread, dict) else None
    shown = thread.get("pagePosts") if isinstance(thread, dict) else None
    if not isinstance(shown, list):
        return None
    posts = [post for post in shown if isinstance(post, dict)]
    kept = [post for post in posts if not post.get("isDeleted")]
    following = _NEXT.search(text)
    linked = absolute(response.url, following[1]) if following else None
    return _thread(thread, len(posts) - len(kept), linked), [_post(post, thread) for post in kept]


def _data(text: str) -> Any:
    """The page's data; None if it has none or is cut off."""
    opening = _DATA.search(text)
    end = text.find("</script>", opening.end()) if opening else -1
    return json_in(text[opening.end() : end]) if opening and end >= 0 else None


def _thread(thread: dict[str, Any], deleted: int, following: str | None) -> Thread:
    page = thread.get("currentPage")
    here = page if isinstance(page, int) else 1
    slug = str(thread.get("baseThreadSlug") or "")
    number = re.search(r"/([0-9a-f]{6,})-[^/]*$", slug)
    return Thread(
        id=number[1] if number else "",
        title=str(thread.get("subject") or ""),
        url=_address(thread),
        starts=here == 1,
        next=following,
        deleted=deleted,
    )


def _address(thread: dict[str, Any]) -> str:
    return _SITE.format(thread.get("subDomain") or "www", f"{thread.get('baseThreadSlug') or ''}.html")


def _post(post: dict[str, Any], thread: dict[str, Any]) -> ForumPost:
    said = part_quotes(str(post.get("content") or ""), ".//blockquote")
    user = post.get("user")
    number = str(post.get("id") or "")
    return ForumPost(
        id=number,
        **said._asdict(),
        author=str(user.get("userName") or "") if isinstance(user, dict) else "",
        time=str(post.get("date") or ""),
        edited=str(post.get("editedAt") or ""),
        url=f"{_address(thread)}#{number}" if re.fullmatch(r"\w+", number) else "",
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
            thread = replace(
                thread, title=(plain(first.text("headline", "name")) if first else "") or thread.title
            )
            page = page_of_thread(thread, posts, source, response, self.channel_of(source))
        damage = f"JSON-LD blocks on the page that could not be read: {declared.damaged}."
        declares = replace(page, warnings=(*page.warnings, damage)) if declared.damaged else page
        whole = document_of(response) if marked else document
        return fullest(declares, whole, source, response, self.channel_of(source))


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
        found = read_by_selectors(css, response) if css.post else _netmums(response)
        if found is not None:
            return page_of_thread(*found, source, response, channel)
        return super().parse(source, response)

    def read_page(self, document: Element, source: Source, response: Response) -> Page:
        """Read it by a known shape, else by what is declared or shown."""
        page = super().read_page(document, source, response)
        return (
            page
            if page.mentions or page.follow
            else SchemaOrgForum("forum.schema_org").read_page(document, source, response)
        )


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

    def refine(self, thread: Thread, posts: list[ForumPost]) -> list[ForumPost]:
        """Removes the dot after the author and deleted posts; separates quotes found by repetition."""
        named = [replace(post, author=post.author.rstrip(" \u00b7")) for post in posts]
        kept = [post for post in named if not _REMOVED.fullmatch(post.text)]
        return _repetitions_apart(kept)


def _repetitions_apart(posts: Sequence[ForumPost]) -> list[ForumPost]:
    """Bold lines that repeat an earlier post word for word are quotes; everything else stays."""
    said: list[str] = []
    parted: list[ForumPost] = []
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
