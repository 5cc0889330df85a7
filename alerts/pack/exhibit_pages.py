"""The page of one exhibit: where, when, by whom, the HTTP answer, its hash, its words and its picture.

Of what somebody handed in: what is known of it, who said so, and its words as typed. What is not known is
printed as that; what nobody was asked, such as all of what was kept before anybody was, as not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.ladder.replay import may_show_a_child
from alerts.layout.pdf import Heading, Paragraph, names_any
from alerts.pack.facts import Exhibit, PackFacts, file_name, table
from alerts.pack.pdf import Block, Picture, Quote
from alerts.wording.cases import where_kept
from data.evidence.file_faults import ABOUT_THE_MANIFEST, MANIFEST
from data.evidence.handed_in import BY_HAND, WORDS, Kept, somebody
from data.web.channels import spoken
from data.words.say import Words

_TEXT, _SHOT = "post.txt", "post.png"
_NOT_THE_POST = (*ABOUT_THE_MANIFEST, WORDS, "capture.wacz")
"""Files of what was handed in that are not what was handed in."""
_PRINTED = frozenset(("image/png", "image/jpeg"))
_PLAIN = {"address": "address", "author": "author_as_shown", "posted": "posted_as_displayed"}
_LEFT_OUT = ("address", "author", "posted", "captured")
_HOW = {"page": "pack.value.logged_out", "wall": "pack.value.wall"}


def exhibit_blocks(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The heading, the table of facts, and, unless they are left out, words and picture."""
    name = facts.exhibit_name(exhibit)
    left_out = [(w(f"pack.fact.{key}"), w("pack.withheld_value")) for key in _LEFT_OUT]
    where = where_kept(facts.file, exhibit.files[0], w)
    place = [(w("pack.fact.at_place"), where)] if where else []
    rows = [*left_out, _hash(exhibit, w)] if facts.withheld else [*place, *_facts(exhibit, facts, w)]
    blocks: list[Block] = [Heading(w("pack.head.exhibit", name=name), 2), table(rows, w)]
    if not facts.withheld:
        blocks += _words(exhibit, facts, w)
        blocks += [] if exhibit.facts.get("kind") == "told" else _picture(exhibit, facts, w)
    return blocks


def _facts(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    said = exhibit.facts
    if said.get("kind") not in ("page", "wall"):
        return [*_handed_in(exhibit, facts, w), *_stamp_row(exhibit, facts, w), _hash(exhibit, w)]
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
        rows.append((w("pack.fact.posted_read"), facts.moment(read)))
    return rows


def _capture(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    producer = facts.person(exhibit.producer) or w("pack.value.program")
    gone = (exhibit.facts.get("page") or {}).get("stands") == "gone"  # something else was shown
    how = "pack.value.gone" if gone else _HOW[str(exhibit.facts.get("kind"))]
    return [
        (w("pack.fact.captured"), facts.moment_and_zone(exhibit.at)),
        (w("pack.fact.producer"), producer),
        (w("pack.fact.how"), w(how)),
    ]


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
    if typed := _typed(exhibit, facts, w):
        return typed
    text = exhibit.file(_TEXT)
    if text is None:
        return []
    said = facts.contents[text.sha256].decode("utf-8", "replace")
    where, _, read = said.partition("\n\n")[2].partition("\n\n")
    lines = tuple(line for line in read.splitlines() if line.strip())
    if not lines:
        return []
    named = [Paragraph(w("pack.whole_text", file=_TEXT))] if names_any(read) else []
    return [Heading(w("pack.head.text"), 3), Paragraph(where), Quote(lines), *named]


def _picture(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    shot = exhibit.file(_SHOT) if exhibit.facts.get("kind") == "page" else None
    if shot is None:
        shown = _brought(exhibit, facts, w)
        return [Paragraph(_where(exhibit, w, printed=bool(shown))), *shown]
    alt = w("pack.value.alt", name=facts.exhibit_name(exhibit))
    return [Heading(w("pack.head.picture"), 3), Picture(shot.sha256, alt)]


def _brought(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The pictures that somebody brought, as they are: none that may show a child or nudity, nor of a matter
    that bypasses the ladder or ever did.
    """
    case = facts.file.case
    if case.lane is not None or case.returned or case.restricted or may_show_a_child(case):
        return []
    held = [f for f in exhibit.files if f.name not in _NOT_THE_POST and f.media_type in _PRINTED]
    return [
        block
        for file in held
        for block in (
            Heading(w("pack.head.picture_brought"), 3),
            Picture(file.sha256, w("pack.value.picture_handed_in", name=file_name(file))),
        )
    ]


def _where(exhibit: Exhibit, w: Words, *, printed: bool) -> str:
    """For a page, that there is no picture; for what was handed in, where it is."""
    if exhibit.facts.get("page"):
        return w("pack.value.no_picture")
    names = [file_name(f) for f in exhibit.files if f.name not in _NOT_THE_POST]
    key = "pack.value.files_printed" if printed else "pack.value.files"
    return w(key, names=", ".join(names)) if names else w("pack.value.no_picture")


def _handed_in(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    """Where, by whom, when; seen when and by whom; supplied by whom, and how; added by whom and when."""
    kept: Kept = exhibit.facts.get("handed_in") or {}
    said = {name: kept.get(key) for name, key in _PLAIN.items()}
    said |= {"seen_at": _seen(kept, facts), "logged_in": _logged_in(kept, w), "came": _came(kept, w)}
    said |= {name: _who(kept, name, facts, w) for name in ("seen_by", "supplied_by")}
    adds = bool(exhibit.facts.get("adds_to"))
    # a platform has no need to know who saw it, who handed it in and how
    case = facts.file.case
    names = _SPOKEN if spoken(case.channel) else _FACT
    how = [(w("pack.fact.how"), w(f"digest.at.{case.channel}"))] if names is _SPOKEN else []
    rows = [
        (w(f"pack.fact.{names[name]}"), said[name] or _unknown(kept, name, w))
        for name in names
        if (said[name] or not adds or name in kept.get("not_known", ()))
        and (not facts.recipient.removes or name not in ("seen_by", "supplied_by", "came"))
    ]
    place = [(w("pack.fact.file_at"), kept["file_at"])] if kept.get("file_at") else []
    rows += [] if facts.recipient.removes else place
    return [*how, *rows, *_added(exhibit, facts, w), *_of_the_files(exhibit, w), *_adds_to(exhibit, facts, w)]


_FACT = {
    "address": "address_seen", "author": "author", "posted": "posted", "seen_at": "seen",
    "seen_by": "seen_by", "logged_in": "logged_in", "supplied_by": "producer", "came": "came",
}  # fmt: skip
"""What each is called, in the order of the page."""
_SPOKEN = {
    "author": "said_by", "seen_at": "heard", "seen_by": "heard_by", "supplied_by": "producer", "came": "came",
}  # fmt: skip
"""The same of what was only said: it has no address, and nobody was logged in."""


def _unknown(kept: Kept, name: str, w: Words) -> str:
    return w("pack.value.not_known" if name in kept.get("not_known", ()) else "pack.value.not_recorded")


def _seen(kept: Kept, facts: PackFacts) -> str | None:
    seen = kept.get("seen")
    if seen is None:
        return None
    return str(seen["day"]) if "day" in seen else facts.moment_and_zone(datetime.fromisoformat(seen["utc"]))


def _logged_in(kept: Kept, w: Words) -> str | None:
    said = kept.get("logged_in")
    return None if said is None else w("pack.value.seen_logged_in" if said else "pack.value.seen_logged_out")


def _came(kept: Kept, w: Words) -> str | None:
    came = kept.get("came")
    if came is None:
        return None
    how = w(f"pack.came.{came['how']}")
    return w("pack.value.came", how=how, said=came["said"]) if came["said"] else how


def _who(kept: Kept, name: str, facts: PackFacts, w: Words) -> str | None:
    """By name where they are of the school; else what they were called."""
    who = somebody(kept, name)
    if who is None:
        return None
    return facts.person(who.person) or who.person if who.person else who.said


def _added(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    told = exhibit.facts.get("kind") == "told"
    by = _typist(exhibit, facts) or w("pack.value.not_recorded")
    return [
        (w("pack.fact.added"), facts.moment_and_zone(exhibit.at)),
        *([] if facts.recipient.removes else [(w("pack.fact.added_by"), by)]),
        (w("pack.fact.how"), w("pack.value.told" if told else "pack.value.supplied")),
    ]


def _typist(exhibit: Exhibit, facts: PackFacts) -> str | None:
    """Who typed the command; None where they did not say who they are."""
    by = exhibit.producer
    return None if by == BY_HAND else facts.person(by) or by


def _of_the_files(exhibit: Exhibit, w: Words) -> list[tuple[str, str]]:
    """Files that say within themselves where they were taken: whoever is given them can read that."""
    names = [f["name"] for f in exhibit.facts.get("files", ()) if f.get("tells_place")]
    return [(w("pack.fact.within"), w("pack.value.tells_place", names=", ".join(names)))] if names else []


def _adds_to(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    earlier = exhibit.facts.get("adds_to")
    if not earlier:
        return []
    found = next((e for e in facts.exhibits if e.capture_id == earlier["capture"]), None)
    name = facts.exhibit_name(found) if found else earlier["capture"]
    return [(w("pack.fact.adds_to"), w("pack.value.adds_to", name=name))]


def _typed(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The post's words as somebody typed them, below the file's own first line; empty where nobody did."""
    text = exhibit.file(WORDS)
    if text is None:
        return []
    _, _, said = facts.contents[text.sha256].decode("utf-8", "replace").partition("\n\n")
    name = _typist(exhibit, facts)
    pictured = exhibit.facts.get("kind") == "supplied" or exhibit.facts.get("adds_to")
    key = "typed" if pictured else "typed_without"
    by = w(f"pack.{key}", name=name) if name else w(f"pack.{key}_unnamed")
    lines = tuple(line for line in said.splitlines() if line.strip())
    named = [Paragraph(w("pack.whole_text", file=WORDS))] if names_any(said) else []
    return [Heading(w("pack.head.typed"), 3), Paragraph(by), Quote(lines), *named]
