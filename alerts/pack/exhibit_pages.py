"""The page of one exhibit: where, when, by whom, the HTTP answer, its hash, its words and its picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.pack.document import Block, PackHeading, PackParagraph, Picture, Quote, Rows
from alerts.pack.exhibits import MANIFEST, Exhibit, file_name
from alerts.pack.facts import PackFacts
from alerts.pack.handed_in import WORDS, handed_in_rows, typed_words
from alerts.pack.printable import printable
from data.evidence.file_faults import ABOUT_THE_MANIFEST
from data.words.say import Words

_TEXT, _SHOT = "post.txt", "post.png"
_HOW = {"page": "pack.value.logged_out", "wall": "pack.value.wall"}


def exhibit_blocks(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The heading, the table of facts, and, unless they are left out, words and picture."""
    name = facts.exhibit_name(exhibit)
    rows = _withheld(exhibit, w) if facts.withheld else _facts(exhibit, facts, w)
    head = (w("pack.column.what"), w("pack.column.value"))
    blocks: list[Block] = [
        PackHeading(w("pack.head.exhibit", name=name), 2),
        Rows("", head, tuple(rows), (28, 72)),
    ]
    if not facts.withheld:
        blocks += _words(exhibit, facts, w)
        blocks += _picture(exhibit, facts, w)
    return blocks


def _withheld(exhibit: Exhibit, w: Words) -> list[tuple[str, str]]:
    left_out = [
        (w(f"pack.fact.{name}"), w("pack.withheld_value"))
        for name in ("address", "author", "posted", "captured")
    ]
    return [*left_out, _hash(exhibit, w)]


def _facts(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    said = exhibit.facts
    if said.get("kind") not in ("page", "wall"):
        return [*handed_in_rows(exhibit, facts, w), *_stamp_row(exhibit, facts, w), _hash(exhibit, w)]
    rows = [*_post(said, facts, w), *_capture(exhibit, facts, w)]
    if page := said.get("page"):
        if page.get("status"):
            rows.append((w("pack.fact.status"), w("pack.value.status", status=page["status"])))
        kept = (said.get("pictures") or {}).get("kept")
        pictures = "pack.value.pictures_loaded" if kept else "pack.value.pictures_blocked"
        rows.append((w("pack.fact.pictures"), w(pictures)))
    return [*rows, *_stamp_row(exhibit, facts, w), _hash(exhibit, w)]


def _stamp_row(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    return [(w("pack.fact.stamp"), _stamp(exhibit, facts, w))] if exhibit.capture_id else []


def _post(said: Mapping[str, Any], facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    """Where it was, by whom and since when, as far as the page showed it."""
    page, post = said.get("page"), said.get("post") or {}
    if not page:
        return []
    unnamed = w("pack.unnamed")
    rows = [
        (w("pack.fact.address"), page.get("address_asked") or unnamed),
        (w("pack.fact.author"), post.get("author_as_shown") or unnamed),
        (w("pack.fact.posted"), post.get("posted_as_displayed") or unnamed),
    ]
    if page.get("address_final") not in (None, page.get("address_asked")):
        rows.insert(1, (w("pack.fact.led_to"), page["address_final"]))
    if post.get("posted_as_read"):
        read = datetime.fromisoformat(post["posted_as_read"])
        rows.append((w("pack.fact.posted_read"), f"{facts.utc(read)} UTC\n{facts.local(read)}"))
    return rows


def _capture(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    at = f"{facts.utc(exhibit.at)} UTC\n{facts.local(exhibit.at)} ({facts.zone.key})"
    producer = facts.person(exhibit.producer) or w("pack.value.program")
    return [
        (w("pack.fact.captured"), at),
        (w("pack.fact.producer"), producer),
        (w("pack.fact.how"), w(_how(exhibit.facts))),
    ]


def _how(said: Mapping[str, Any]) -> str:
    """The key for how it was obtained; if something else was shown instead of the post, what that was."""
    if (said.get("page") or {}).get("stands") == "gone":
        return "pack.value.gone"
    return _HOW[str(said.get("kind"))]


def _stamp(exhibit: Exhibit, facts: PackFacts, w: Words) -> str:
    stamp = facts.stamps.get(exhibit.capture_id or "")
    if stamp is None:
        return w("pack.value.not_stamped")
    return w("pack.value.stamped", utc=facts.utc(stamp.at), authority=stamp.authority)


def _hash(exhibit: Exhibit, w: Words) -> tuple[str, str]:
    manifest = exhibit.file(MANIFEST)
    if manifest is not None:
        return w("pack.fact.hash"), manifest.sha256
    return w("pack.fact.file"), exhibit.files[0].sha256


def _words(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The post's words, after the capture's own sentence about where they were."""
    if typed := typed_words(exhibit, facts, w):
        return typed
    text = exhibit.file(_TEXT)
    if text is None:
        return []
    said = facts.contents[text.sha256].decode("utf-8", "replace")
    where, _, read = said.partition("\n\n")[2].partition("\n\n")
    lines = tuple(line for line in read.splitlines() if line.strip())
    if not lines:
        return []
    named = [PackParagraph(w("pack.whole_text", file=_TEXT))] if printable(read) != read else []
    return [PackHeading(w("pack.head.text"), 3), PackParagraph(where), Quote(lines), *named]


def _picture(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    shot = exhibit.file(_SHOT) if exhibit.facts.get("kind") == "page" else None
    if shot is None:
        return [PackParagraph(_not_shown(exhibit, w))]
    alt = w("pack.value.alt", name=facts.exhibit_name(exhibit))
    return [PackHeading(w("pack.head.picture"), 3), Picture(shot.sha256, alt)]


def _not_shown(exhibit: Exhibit, w: Words) -> str:
    """For a page, that there is no picture; for what was handed in, where it is."""
    if exhibit.facts.get("page"):
        return w("pack.value.no_picture")
    names = [file_name(f) for f in exhibit.files if f.name not in (*ABOUT_THE_MANIFEST, WORDS)]
    return w("pack.value.files", names=", ".join(names)) if names else w("pack.value.no_picture")
