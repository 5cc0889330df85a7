"""Netmums: the posts are data in the page; its class names change with every release."""

from __future__ import annotations

import re
from typing import Any

from data.types import Response
from sources.html.dom import NOTHING_SAID, split_quotes
from sources.html.markup import absolute, decode
from sources.html.parsers import parse_html, parse_json
from sources.html.sanitise import piece
from sources.threads.posts import ForumPost, Thread

MARK = b'"@id":"https://www.netmums.com/coffeehouse'
_DATA = re.compile(r"<script [^<>]{0,300}__NEXT_DATA__[^<>]{0,300}>")
_NEXT = re.compile(r'<link rel="next" href="([^"]+)"')
_PATH = ("props", "pageProps", "initialReduxState", "currentThread", "currentThread")
_SITE = "https://{}.netmums.com/coffeehouse/{}"


def read(response: Response) -> tuple[Thread, list[ForumPost]] | None:
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
    if opening is None or end < 0:
        return None
    try:
        return parse_json(text[opening.end() : end])
    except ValueError:
        return None


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
    body = parse_html(piece(str(post.get("content") or "")))
    said = split_quotes(body, ".//blockquote", "") if body is not None else NOTHING_SAID
    user = post.get("user")
    number = str(post.get("id") or "")
    return ForumPost(
        id=number,
        text=said.text,
        quoted=said.quoted,
        quote_first=said.quote_first,
        author=str(user.get("userName") or "") if isinstance(user, dict) else "",
        time=str(post.get("date") or ""),
        edited=str(post.get("editedAt") or ""),
        url=f"{_address(thread)}#{number}" if re.fullmatch(r"\w+", number) else "",
    )
