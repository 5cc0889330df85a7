"""The posts that a page shows, compared with those that its markup declares.

Some sites declare only a thread's first post (GameFAQs, Tapatalk), or the opening post on every page. The
posts shown are recognised by the shape of known software, which is reliable, else by what repeats.
"""

from __future__ import annotations

from dataclasses import replace

from data.types import Mention, Page, Response, Source
from sources.forums.boards import PhpBB, VBulletin, XenForo
from sources.html.dom import Element, find
from sources.threads.guessed_shape import FEW_MISSING, guessed
from sources.threads.posts import ForumPost, not_shown, page_of, read_thread
from sources.threads.shape import KNOWN, MARKED_UP, Shape

_KNOWN = tuple(
    shape for shape in (*PhpBB.shapes, *VBulletin.shapes, *XenForo.shapes, *KNOWN) if shape is not MARKED_UP
)
_GUESSED = "The forum's software is not known; posts were found by what repeats on the page."


def fullest(declared: Page, document: Element, source: Source, response: Response, channel: str) -> Page:
    """The page of the declared posts, or of those shown if there are more and they are the same thread.

    The document is the response's, and is changed.
    """
    found = _seen(document, response.url)
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
        posts.insert(0, _as_post(declared.mentions[0]))
    page = page_of(thread, posts, source, response, channel)
    if not is_guess:
        return page
    warnings = (f"{counts} Those seen were read.",) if declared.mentions else ()
    return replace(page, warnings=(*page.warnings, *warnings, _GUESSED))


def _seen(document: Element, url: str) -> tuple[Shape, list[Element], bool] | None:
    """The shape of the posts shown, their bodies, and whether it was only guessed."""
    for shape in _KNOWN:
        bodies = find(document, shape.bodies)
        if bodies:
            return shape, bodies, False
    guess = guessed(document, url)
    return (*guess, True) if guess else None


def _as_post(mention: Mention) -> ForumPost:
    return ForumPost(
        id="",
        text=mention.text,
        author=mention.author or "",
        time=mention.published.isoformat() if mention.published else "",
        quoted=mention.quoted,
        url=mention.url,
    )
