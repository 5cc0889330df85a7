"""Whether a post is still there: absence, the same words, the judgement."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl, urldefrag, urlsplit

from data.frozen import freeze
from data.letters import plain_letters
from data.shipped import read_table
from data.steps.codes import Check
from data.types import BlockKind, FetchFailure, Mention, MentionKind, Outcome, Page, Response, Source
from data.web.urls import canonical_url, unescape
from sources.blocks import BY_STATUS, recognise_block
from sources.html.dom import Element, document_of, find
from sources.html.markup import decode_answer, left_out
from sources.parse import parse_document
from sources.registry import CATALOGUE, collector

# Are the words of a post still on a page? Only words are compared, ignoring case, punctuation and spaces.

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_CUT = re.compile(r"(\S*(…|\.{3}|\[…\]|\[\.{3}\]))\s*$")
_RUN = 5
_MOSTLY = 0.5
_TOMBSTONE_WORDS = 30
_TABLE = read_table("sources", "recheck.toml")
SAID: Mapping[str, str] = _TABLE["said"]
"""The reason for each result, by code."""
_NOTICE_WORDS = frozenset(_TABLE["words"]["notices"].split())


def _wording(name: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """The alternatives of that name in `recheck.toml`, as one."""
    said = "|".join(_TABLE["wording"][name])
    return re.compile(re.sub("⟨(.*?)⟩", lambda word: _TABLE["words"][word[1]], said), flags)


_TOMBSTONE = _wording("tombstone", re.IGNORECASE | re.DOTALL)
_NOTICE, _HEDGED, _HIDDEN, _MORE, _COUNTED = map(_wording, ("notice", "hedged", "hidden", "more", "counted"))
_FOREIGN = 2
"""How many other words a notice may have: the name of a forum, or of whoever removed it."""


class Overlap(StrEnum):
    """The share of a post's words that are there: all, in one piece; most; a few; none."""

    ALL = "all"
    MOSTLY = "mostly"
    PARTLY = "partly"
    NONE = "none"


def compare_words(held: str, shown: str) -> Overlap:
    """Compare the words we hold with what is shown. ALL means in one piece: an inserted word changes the
    sentence (“is”, “is not”). Text that a feed cut off is compared up to the cut."""
    wanted, there = _words(_CUT.sub("", held)), _words(shown)
    if not wanted:
        return Overlap.NONE
    if f" {' '.join(wanted)} " in f" {' '.join(there)} ":
        return Overlap.ALL
    size = min(_RUN, max(1, len(wanted) // 2))
    runs = _runs(wanted, size)
    share = len(runs & _runs(there, size)) / len(runs)
    if share >= _MOSTLY:
        return Overlap.MOSTLY
    return Overlap.PARTLY if share > 0 else Overlap.NONE


class Tombstone(StrEnum):
    """A notice in a post's place: of removal, a doubtful one, or none."""

    PLAIN = "plain"
    DOUBTFUL = "doubtful"
    NONE = "none"


def read_tombstone(text: str) -> Tombstone:
    """Does it say, in place of a post, that the post was removed, and nothing else? An author who writes that
    their post was removed, and why, has written a new post; hidden posts may be shown again."""
    said = _words(text)
    if len(said) > _TOMBSTONE_WORDS or _TOMBSTONE.search(text) is None:
        return Tombstone.NONE
    foreign = [word for word in said if word not in _NOTICE_WORDS]
    plain = len(foreign) <= _FOREIGN and _HIDDEN.search(text) is None
    return Tombstone.PLAIN if plain else Tombstone.DOUBTFUL


def count_words(text: str) -> int:
    """Count the words."""
    return len(_words(text))


def same_words(one: str, other: str) -> bool:
    """The same words in the same order, and not none."""
    return bool(_words(one)) and _words(one) == _words(other)


def holds_words(text: str, words: str) -> bool:
    """Are these words in the text in one piece? Never, if there are none."""
    return compare_words(words, text) is Overlap.ALL


def _words(text: str) -> list[str]:
    return _WORD.findall(plain_letters(text).casefold().replace("’", "'"))


def _runs(words: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


# A post's words are not on the page: is this the right page, complete, where they ought to be?


@freeze
class RecheckFinding:
    """The result of a look; `code` says why, and `SAID` has the sentence for it."""

    check: Check
    code: str

    @property
    def reason(self) -> str:
        """Give the reason, as a sentence that does not quote the post."""
        return SAID[self.code]


def cannot_tell(code: str) -> RecheckFinding:
    """The result “we cannot tell”, for this reason."""
    return RecheckFinding(Check.CANNOT_TELL, code)


_PAGE_NUMBER = re.compile(r"(page\w*|pg|p|st|start|skip|from|offset|cursor|after|before)$", re.IGNORECASE)
_IN_PATH = re.compile(r"/(page|p)[-/]?\d+\b", re.IGNORECASE)
_NEXT = (
    "//link[@rel='next' or @rel='prev'] | //a[@rel='next' or @rel='prev'] | "
    "//*[contains(@class, 'pagination') or contains(@class, 'pager')"
    " or contains(@class, 'pageNav')]//a[@href]"
)
_TO_A_PAGE = re.compile(r"\W*(\d+|next|older|newer|nesaf)?\W*(page)?\W*", re.IGNORECASE)


@freeze
class SoughtPost:
    """The post to look for: its exact address and, if we still hold them, its words. `title` is its thread's,
    or its own. `published` is aware, None if it was never known."""

    url: str
    mention_id: str = ""
    kind: str = MentionKind.POST.value
    title: str = ""
    text: str = ""
    published: datetime | None = None


@freeze
class ShownPage:
    """A page as received: what its collector read, its elements, all its text."""

    response: Response
    page: Page
    root: Element | None
    text: str


def judge_absence(sought: SoughtPost, shown: ShownPage, at_all: Overlap) -> RecheckFinding:
    """GONE only if the post's place on its own page is seen to be empty; `at_all`: how much is there."""
    # why missing words prove nothing here, "" if they may
    page = shown.page
    reasons = (
        ("elsewhere", is_elsewhere(sought.url, shown.response.url)),
        ("no_words", not sought.text.strip()),
        ("partly", at_all is Overlap.PARTLY or in_source(sought, shown.response)),
        ("unread", page.block is not None or not page.mentions),
        ("cut", bool(left_out(shown.response)) or not _is_complete(shown.response)),
        (
            "more",
            bool(_MORE.search(shown.text)) or (_counts_more(shown) and not _has_pages(sought.url, shown)),
        ),
    )
    doubt = next((code for code, holds_ in reasons if holds_), "")
    if doubt:
        return cannot_tell(doubt)
    others = [m for m in shown.page.mentions if m.kind is not MentionKind.ARTICLE]
    if not others:
        return cannot_tell("alone")
    between = _is_between(sought, others, shown)
    if not _same_thread(sought, shown) and not (between and sought.kind == MentionKind.REVIEW):
        return cannot_tell("other_page")
    if between or not (_has_pages(sought.url, shown) or _counts_more(shown)):
        return RecheckFinding(Check.GONE, "absent")
    return cannot_tell("paged")


def is_elsewhere(asked: str, came: str) -> bool:
    """Is the answer from a different page than we asked for? `www.` and tracking do not count."""
    return canonical_url(urldefrag(asked).url) != canonical_url(urldefrag(came).url)


def in_source(sought: SoughtPost, response: Response) -> bool:
    """Are its words in the page's source, for example in data for its scripts?"""
    source = decode_answer(response)
    return compare_words(sought.text, unescape(source)) is not Overlap.NONE


def _is_between(sought: SoughtPost, others: Sequence[Mention], shown: ShownPage) -> bool:
    """Does this page, sorted by time, hold posts from both before and after it?

    A page that puts the best first may have moved it to another page. A thread's first post may be repeated
    at the top of every page, so it does not count there."""
    times = [m.published for m in others if m.published is not None]
    at = sought.published
    ordered = sorted(times)
    if at is None or times not in (ordered, ordered[::-1]):
        return False
    before = [t for t in times if t < at]
    # might it not be the first page?
    back = shown.root is not None and bool(find(shown.root, "//link[@rel='prev'] | //a[@rel='prev']"))
    top = times[0] if (back or _has_number(sought.url)) else None
    return before not in ([], [top]) and any(t > at for t in times)


def _same_thread(sought: SoughtPost, shown: ShownPage) -> bool:
    """Does the page, or a post on it, have the thread's title?"""
    if any(same_words(m.title, sought.title) for m in shown.page.mentions):
        return True
    heads = [] if shown.root is None else find(shown.root, "//title | //h1")
    return any(holds_words(" ".join(head.itertext()), sought.title) for head in heads)


def _has_pages(url: str, shown: ShownPage) -> bool:
    linked = shown.root is not None and (bool(find(shown.root, _NEXT)) or _links_to_pages(shown.root))
    return linked or _has_number(url) or shown.page.next is not None


def _counts_more(shown: ShownPage) -> bool:
    """Does the page say that it shows fewer than there are?"""
    found = (c.groupdict() for c in _COUNTED.finditer(shown.text))
    return any(int(c["n"] or c["some"]) < int(c["all"] or c["more"]) for c in found)


def _has_number(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    named = any(_PAGE_NUMBER.match(name) for name, _ in parse_qsl(parts.query))
    return named or _IN_PATH.search(parts.path) is not None


def _links_to_pages(root: Element) -> bool:
    """Are there links labelled with a number or “next” that lead to a numbered address?"""
    return any(
        _TO_A_PAGE.fullmatch(" ".join(link.itertext())[:40]) and _has_number(link.get("href"))
        for link in find(root, "//a[@href]")
    )


def _is_complete(response: Response) -> bool:
    """Is an HTML document complete? One cut off shows only some of its posts."""
    body = response.body.lower()
    return b"<html" not in body[:4000] or b"</html" in body[-4000:] or b"</body" in body[-4000:]


# Is a post still there? What one look at its exact address, logged out, shows. Pure.

Read = Callable[[Response], Page]
"""Reads a document as its collector does. Fetches nothing."""

_REGION = re.compile(r"legal reasons|in your (country|region|location)", re.IGNORECASE)
_LIST_KINDS = ("forum.", "reviews.", "own.")
_WALL = RecheckFinding(Check.BLOCKED, "wall")
_WALLS = {
    BlockKind.LOG_IN: RecheckFinding(Check.LOG_IN_WALL, "log_in"),
    **dict.fromkeys((BlockKind.CHALLENGE, BlockKind.CAPTCHA, BlockKind.CONSENT, BlockKind.AGE), _WALL),
    **dict.fromkeys((BlockKind.FORBIDDEN, BlockKind.RATE_LIMITED), _WALL),
    BlockKind.SCRIPT_ONLY: RecheckFinding(Check.CANNOT_TELL, "script"),
}
_GONE_STATUS = frozenset({404, 410})


def judge_answer(sought: SoughtPost, answer: Response | FetchFailure, read: Read) -> RecheckFinding:
    """Judge what one answer from the post's exact address says about it. Nothing a site sends makes it raise.

    `read` is called only if the answer is a page. A failure is judged by what the site sent, if anything
    (`FetchFailure.answer`)."""
    if isinstance(answer, FetchFailure):
        if answer.answer is None:
            # nothing readable came; only a plain 404 or 410 tells us anything
            if answer.outcome is Outcome.REFUSED_BY_ROBOTS:
                return RecheckFinding(Check.BLOCKED, "robots")
            if answer.outcome is Outcome.GONE and answer.status in _GONE_STATUS:
                return RecheckFinding(Check.GONE, "status")
            if answer.outcome is Outcome.BLOCKED:
                return _WALLS[BlockKind.LOG_IN if answer.status == 401 else BlockKind.FORBIDDEN]
            return cannot_tell("too_large" if answer.outcome is Outcome.TOO_LARGE else "trouble")
        answer = answer.answer
    in_its_place = _in_its_place(sought, answer)
    if in_its_place is not None:
        return in_its_place
    root, page = document_of(answer), read(answer)
    # what its collector read may come from data that only scripts display
    text = _text(root, answer) + "".join(f"\n{m.quoted}\n{m.text}" for m in page.mentions)
    shown = ShownPage(answer, page, root, text)
    itself = _find_itself(sought, shown.page)
    at_all = compare_words(sought.text, shown.text)
    if itself is not None:
        return _judge_own_place(sought, itself, shown, at_all)
    if at_all is Overlap.ALL:
        return RecheckFinding(Check.PRESENT, "stands")
    if at_all is Overlap.MOSTLY:
        return RecheckFinding(Check.CHANGED, "mostly")
    return judge_absence(sought, shown, at_all)


def judge_as(sought: SoughtPost, answer: Response | FetchFailure, source: Source | None) -> RecheckFinding:
    """The same, reading the page with `reader`."""
    return judge_answer(sought, answer, choose_reader(source))


def choose_reader(source: Source | None) -> Read:
    """Choose how to read a post's page: as its source's pages, else by recognising the document. If a feed
    led to the post, the post's address holds another kind of page."""

    def read_page(response: Response) -> Page:
        if source is not None and source.kind in CATALOGUE and source.kind.startswith(_LIST_KINDS):
            return collector(source.kind).parse(source, response)
        page = parse_document(
            response.body, response.url, kind=None, fetched_at=response.fetched_at, headers=response.headers
        )
        return page if page.mentions else Page()

    return read_page


def _in_its_place(sought: SoughtPost, response: Response) -> RecheckFinding | None:
    """The result if something else was served instead of the page; None if it is a page."""
    block = recognise_block(response)
    if block is None:
        if not 200 <= response.status < 300:
            return cannot_tell("trouble")
        return None if response.body.strip() else cannot_tell("empty")
    start = _text(document_of(response), response)[:1000]
    if response.status == 451 or (block.kind is BlockKind.FORBIDDEN and _REGION.search(start)):
        return cannot_tell("region")
    # whatever the page says, these statuses shut us out, which says nothing about the post
    wall = _WALLS.get(block.kind) or _WALLS.get(BY_STATUS.get(response.status, block.kind))
    if wall is not None:
        return wall
    if is_elsewhere(sought.url, response.url):
        return cannot_tell("elsewhere")
    # a status or notice says that it is gone; but its words may still be there, or be loaded by scripts
    if in_source(sought, response):
        return cannot_tell("partly")
    if response.status not in _GONE_STATUS:
        plain = _NOTICE.search(start) is not None and _HEDGED.search(start) is None
        return RecheckFinding(Check.GONE, "notice") if plain else cannot_tell("hedged")
    bare = recognise_block(replace(response, status=200))
    script = bare is not None and bare.kind is BlockKind.SCRIPT_ONLY
    return cannot_tell("script") if script else RecheckFinding(Check.GONE, "status")


def _judge_own_place(
    sought: SoughtPost, itself: Mention, shown: ShownPage, at_all: Overlap
) -> RecheckFinding:
    """The post's own place is there: with its words, other words, or a notice."""
    notice = read_tombstone(itself.text)
    if notice is not Tombstone.NONE and read_tombstone(sought.text) is Tombstone.NONE:
        if is_elsewhere(sought.url, shown.response.url):
            return cannot_tell("elsewhere")
        if at_all in (Overlap.ALL, Overlap.MOSTLY):
            return cannot_tell("partly")
        plain = notice is Tombstone.PLAIN
        return RecheckFinding(Check.GONE, "tombstone") if plain else cannot_tell("notice_and_words")
    if not sought.text.strip():
        return RecheckFinding(Check.PRESENT, "element")
    whole = holds_words(f"{itself.quoted}\n{itself.text}", sought.text) or at_all is Overlap.ALL
    return RecheckFinding(Check.PRESENT, "stands") if whole else RecheckFinding(Check.CHANGED, "changed")


def _find_itself(sought: SoughtPost, page: Page) -> Mention | None:
    """The post by its id, or by an address that only it has."""
    by_id = next((m for m in page.mentions if sought.mention_id and m.id == sought.mention_id), None)
    if by_id is not None:
        return by_id
    own = canonical_url(sought.url)
    at = [m for m in page.mentions if canonical_url(m.url) == own]
    return at[0] if len(at) == 1 and len(page.mentions) > 1 else None


def _text(root: Element | None, response: Response) -> str:
    """All the text of a page, its scripts and styles left out."""
    if root is None:
        return decode_answer(response)
    parts = find(root, "//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    return " ".join(str(part) for part in parts)
