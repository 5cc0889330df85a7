"""The posts of a matter as its page shows them: as text, cut, with marks for what cannot be seen. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise, takewhile

from alerts.wording.verdicts import channel_name
from data.errors import as_typed
from data.matters import MatterView, PostVersion, PostView
from data.web.channels import host_of
from data.web.urls import untracked
from data.web.visible import host_in_full, visible
from data.words.say import Words
from monitor.desk.matter.page import EarlierVersion, Elsewhere, Moment, ShownPost

MOST = 10
"""So many posts of one matter are shown, the gravest first; a thread may hold hundreds."""
_MOST_CHARS = 2000
_MOST_TOGETHER, _LEAST_CHARS = 8000, 500
"""So much of a thread is shown at first, and at least so much of each post: it is read on a telephone."""
_MOST_QUOTED = 400
_MOST_OF_ONE = 20_000
"""So much of one post is shown to whoever asks for the rest of it."""
_MOST_CHARS_OF_A_NAME = 300
_LONGEST_WORD = 50
_MOST_ELSEWHERE = 30
_MOST_COMPARED = 10_000
"""So many pairs of words are compared: whoever edits a post chooses its words."""
_EMPTY_LINES = re.compile(r"\n\s*\n")


def address_of(url: str | None) -> str | None:
    """An address of the web that may stand in a link, without what only tracks its reader."""
    found = untracked(url or "")
    return found if found.startswith(("http://", "https://")) and host_of(found) else None


def site_of(address: str) -> str:
    """Where an address leads, as it is read and as it is looked up."""
    return host_in_full(host_of(address))


def posts_of(view: MatterView) -> tuple[PostView, ...]:
    """What is not restricted of it, the gravest first."""
    return shown_posts(post for post in view.posts if not post.restricted)


def shown_posts(posts: Iterable[PostView]) -> tuple[PostView, ...]:
    """All that is restricted, then the rest, so many that no thread pushes the buttons off the page."""
    found = tuple(posts)
    others = [post for post in found if not post.restricted]
    return (*(post for post in found if post.restricted), *others[:MOST])


def show_posts(posts: Iterable[PostView], at: Moment, w: Words) -> Iterator[ShownPost]:
    """Posts as they are shown; the longer the thread, the less of each of its last ones."""
    left = _MOST_TOGETHER
    for post in posts:
        shown = show_post(post, at, w, most=max(_LEAST_CHARS, min(_MOST_CHARS, left)))
        left -= len(shown.text)
        yield shown


def show_post(
    post: PostView, at: Moment, w: Words, *, opens: bool = True, most: int = _MOST_CHARS
) -> ShownPost:
    """The post as it is shown; `opens` says whether its address may be opened from here, `most` how many
    characters are shown at first."""
    text, leads = _in_lines(post.text), (address_of(post.url) if opens else None) or ""
    if post.words_deleted_at:
        text = w("page.words_deleted", **at.said(post.words_deleted_at, w))
    said = _cut(text, _MOST_OF_ONE if post.id and post.id == at.whole else most)
    return ShownPost(
        post.id,
        visible(_cut(post.author, _MOST_CHARS_OF_A_NAME)),
        visible(_cut(post.title, _MOST_CHARS_OF_A_NAME)),
        visible(said),
        visible(_cut(_in_lines(post.quoted), _MOST_QUOTED)),
        max(0, len(text) - len(said)) if said.endswith(" …") else 0,
        post.version,
        tuple(_earlier(post, at, w)),
        bool(post.enclosed),
        visible(_cut(post.url, _MOST_CHARS)),
        leads,
        site_of(leads) if leads else "",
        tuple(_besides(post, at, w)),
    )


def _besides(post: PostView, at: Moment, w: Words) -> Iterator[str]:
    for one in post.reported:
        who = visible(one.seen_by or w("page.reported.nobody"))
        yield w("page.reported.by", who=who, number=one.number or "–", **at.said(one.at, w))
        if one.file_at:
            let_in = f"⟪report-in⟫ ⟨file⟩ FILE ⟨of⟩ {one.number} ⟨shows_nothing⟩ WHY ⟨person⟩ PERSON"
            yield w("page.reported.file", at=visible(one.file_at), command=as_typed(let_in))
    yield from (w("page.reported.says", said=visible(said)) for said in post.corrections)


def elsewhere(posts: Iterable[PostView], at: Moment, w: Words) -> Iterator[Elsewhere]:
    """The other places where it was seen, as far as their words may be read."""
    for post in [post for post in posts if post.words and not post.restricted][1 : _MOST_ELSEWHERE + 1]:
        leads = address_of(post.url) or ""
        place = channel_name(post.channel, w)
        place = w("page.at_site", place=place, site=site_of(leads)) if leads else place
        when = w("page.at_time", **at.said(post.at, w)) if post.at else w("page.no_date")
        yield Elsewhere(f"{place[:1].upper()}{place[1:]} · {when}", leads)


def _earlier(post: PostView, at: Moment, w: Words) -> Iterator[EarlierVersion]:
    now = PostVersion(post.version, None, post.title or "", post.text or "")
    for newer, older in pairwise((now, *post.earlier)):
        fetched = w("page.at_time", **at.said(older.at, w)) if older.at else ""
        when = w("page.version", n=older.n, when=fetched)
        yield EarlierVersion(when, tuple(changes(_whole(older), _whole(newer))))


def _whole(version: PostVersion) -> str:
    return visible(_cut("\n".join(filter(None, (version.title, _in_lines(version.text)))), _MOST_CHARS))


def changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The parts of an older text, in order, each with what became of it; and what is new, where it came."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    first = len([*takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))])
    yield from _part("same", before[:first])
    before, after = before[first:], after[first:]
    if len(before) * len(after) > _MOST_COMPARED:
        yield from (*_part("gone", before), *_part("new", after))
        return
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield from _part("same", before[i:j])
        else:
            yield from (*_part("gone", before[i:j]), *_part("new", after[k:m]))


_WORDS = re.compile(r"\s*\S+|\s+")


def _part(what: str, words: list[str]) -> Iterator[tuple[str, str]]:
    if words:
        yield what, "".join(words)


def _in_lines(text: str | None) -> str:
    return _EMPTY_LINES.sub("\n\n", text or "")


def _cut(text: str | None, most: int) -> str:
    """At the end of a word, where that leaves no more out than a word has letters."""
    said = (text or "").strip()
    if len(said) <= most:
        return said
    whole = said[:most].rsplit(maxsplit=1)[0]
    return f"{whole if len(whole) > most - _LONGEST_WORD else said[:most]} …"
