"""Is a post still there? What one look at its exact address, logged out, shows. Pure.

Only two things count as a removal: the site says that the post is gone (404, 410, a notice in its place),
or this is the page it was on, with the posts around it, and it is missing. A wall, an error, a redirect, a
page that we cannot read or that shows only a part is no proof: then we cannot tell, and say why.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from data.steps.codes import Check
from data.types import BlockKind, FetchFailure, Mention, Outcome, Page, Response, Source
from data.web.urls import canonical_url
from sources.blocks.recognise import BY_STATUS, recognise
from sources.html.dom import Element, document_of, find
from sources.html.markup import decode
from sources.parse import parse_document
from sources.recheck.absence import (
    RecheckFinding,
    ShownPage,
    SoughtPost,
    absent,
    cannot_tell,
    elsewhere,
    in_source,
)
from sources.recheck.word_overlap import Overlap, Tombstone, holds, is_notice, overlap, tombstone
from sources.registry import CATALOGUE, collector

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


def judge(sought: SoughtPost, answer: Response | FetchFailure, read: Read) -> RecheckFinding:
    """What one answer from the post's exact address says about it. Nothing a site sends makes it raise.

    `read` is called only if the answer is a page. A failure is judged by what the site sent, if anything
    (`FetchFailure.answer`).
    """
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
    itself = _itself(sought, shown.page)
    at_all = overlap(sought.text, shown.text)
    if itself is not None:
        return _of_itself(sought, itself, shown, at_all)
    if at_all is Overlap.ALL:
        return RecheckFinding(Check.PRESENT, "stands")
    return (
        RecheckFinding(Check.CHANGED, "mostly") if at_all is Overlap.MOSTLY else absent(sought, shown, at_all)
    )


def judge_as(sought: SoughtPost, answer: Response | FetchFailure, source: Source | None) -> RecheckFinding:
    """The same, reading the page with `reader`."""
    return judge(sought, answer, reader(source))


def reader(source: Source | None) -> Read:
    """How to read a post's page: as its source's pages, else by recognising the document.

    If a feed led to the post, the post's address holds another kind of page.
    """

    def read(response: Response) -> Page:
        if source is not None and source.kind in CATALOGUE and source.kind.startswith(_LIST_KINDS):
            return collector(source.kind).parse(source, response)
        page = parse_document(
            response.body, response.url, kind=None, fetched_at=response.fetched_at, headers=response.headers
        )
        return page if page.mentions else Page()

    return read


def _in_its_place(sought: SoughtPost, response: Response) -> RecheckFinding | None:
    """The result if something else was served instead of the page; None if it is a page."""
    block = recognise(response)
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
    if elsewhere(sought.url, response.url):
        return cannot_tell("elsewhere")
    # a status or notice says that it is gone; but its words may still be there, or be loaded by scripts
    if in_source(sought, response):
        return cannot_tell("partly")
    if response.status not in _GONE_STATUS:
        return RecheckFinding(Check.GONE, "notice") if is_notice(start) else cannot_tell("hedged")
    bare = recognise(replace(response, status=200))
    script = bare is not None and bare.kind is BlockKind.SCRIPT_ONLY
    return cannot_tell("script") if script else RecheckFinding(Check.GONE, "status")


def _of_itself(sought: SoughtPost, itself: Mention, shown: ShownPage, at_all: Overlap) -> RecheckFinding:
    """The post's own place is there: with its words, other words, or a notice."""
    notice = tombstone(itself.text)
    if notice is not Tombstone.NONE and tombstone(sought.text) is Tombstone.NONE:
        if elsewhere(sought.url, shown.response.url):
            return cannot_tell("elsewhere")
        if at_all in (Overlap.ALL, Overlap.MOSTLY):
            return cannot_tell("partly")
        return (
            RecheckFinding(Check.GONE, "tombstone")
            if notice is Tombstone.PLAIN
            else cannot_tell("notice_and_words")
        )
    if not sought.text.strip():
        return RecheckFinding(Check.PRESENT, "element")
    whole = holds(f"{itself.quoted}\n{itself.text}", sought.text) or at_all is Overlap.ALL
    return RecheckFinding(Check.PRESENT, "stands") if whole else RecheckFinding(Check.CHANGED, "changed")


def _itself(sought: SoughtPost, page: Page) -> Mention | None:
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
        return decode(response.body, response.header("content-type"))[0]
    parts = find(root, "//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    return " ".join(str(part) for part in parts)
