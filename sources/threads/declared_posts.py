"""What a page declares about its thread in JSON-LD, compared with what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from data.web.visible import unescaped
from sources.html.dom import Element, find, first_text
from sources.html.markup import absolute, plain, soup
from sources.html.schema_org import Item, SchemaOrg, schema_org
from sources.threads.addresses import pageless
from sources.threads.posts import ForumPost, Thread

_ANSWERS = ("acceptedAnswer", "suggestedAnswer", "comment", "answer")
_OPENING = ("DiscussionForumPosting", "SocialMediaPosting", "Question")
_LETTERS = re.compile(r"[^\W\d_]+")
_BEGINNING = 60


def with_opening(thread: Thread, posts: Sequence[ForumPost], document: Element, url: str) -> list[ForumPost]:
    """The posts of a thread's first page, with the opening post added if it is declared but not shown.

    The declared post must belong to this thread: by its address, else by its headline in the page's title.
    """
    opening = opening_of(declared_in(document, url)) if thread.starts else None
    post = next(posts_under(opening, url)) if opening else None
    if opening is None or post is None or not post.text:
        return list(posts)
    headline = plain(opening.text("headline", "name"))
    same = pageless(post.url) in (pageless(url), pageless(thread.url)) if post.url else False
    named = bool(headline) and headline.casefold() in first_text(document, "//title").casefold()
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
    """The page's JSON-LD; only its scripts are parsed again, not the whole page."""
    scripts = find(document, '//script[contains(@type,"ld+json")]')
    texts = "".join(f'<script type="application/ld+json">{script.text or ""}</script>' for script in scripts)
    return schema_org(soup(texts), url)


def opening_of(declared: SchemaOrg) -> Item | None:
    """What opens the page's thread: a posting, or the question on a Q&A page."""
    return next((item for item in declared.walk() if any(map(item.named, _OPENING))), None)


def posts_of(declared: SchemaOrg, url: str) -> list[ForumPost]:
    """The posts of the thread, as the page declares them.

    Some sites declare the thread itself instead of its first post, and that post as its first comment.
    """
    opening = opening_of(declared)
    found = posts_under(opening, url) if opening else ()
    posts = [post for post in found if post.text or post.author]
    again = [_letters(post.text) for post in posts[:2]]
    return posts[1:] if len(again) == 2 and again[0] == again[1] != "" else posts


def posts_under(opening: Item, url: str) -> Iterator[ForumPost]:
    """The item as a post, then the replies to it, each once."""
    seen: set[int] = set()
    waiting = [(opening, 0)]
    while waiting:
        item, depth = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield _post(item, url, depth)
        waiting.extend((answer, depth + 1) for answer in reversed(item.items(*_ANSWERS)))


def _post(item: Item, url: str, depth: int) -> ForumPost:
    address = absolute(url, item.text("url") or item.id) or ""
    text = item.text("articleBody", "text", "description")
    return ForumPost(
        id=_number(address, url) if depth else "",
        text=plain(unescaped(text) if "&lt;" in text else text),  # some sites escape their HTML twice
        author=plain(item.text("author", "creator")),
        time=item.text("datePublished", "dateCreated"),
        edited=item.text("dateModified"),
        url=address,
        heading=plain(item.text("headline")) if depth else "",
    )


def _number(address: str, url: str) -> str:
    """The last number in a post's own address; "" if it only has the thread's."""
    own = address.removeprefix(url.split("#")[0])
    numbers = re.findall(r"\d+", own)
    if not numbers or ("#" not in own and pageless(address) == pageless(url)):
        return ""
    return str(numbers[-1])
