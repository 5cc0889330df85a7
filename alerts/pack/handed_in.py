"""The page of an exhibit that somebody handed in: what is known of it, who said so, and its words as typed.

What is not known is printed as that; what nobody was asked, such as all of what was kept before anybody was
asked, as not recorded.
"""

from __future__ import annotations

from datetime import datetime

from alerts.pack.document import Block, PackHeading, PackParagraph, Quote
from alerts.pack.exhibits import Exhibit
from alerts.pack.facts import PackFacts
from alerts.pack.printable import printable
from data.handed_in import Kept, somebody
from data.words.say import Words

WORDS = "words.txt"
_PLAIN = {"address": "address", "author": "author_as_shown", "posted": "posted_as_displayed"}


def handed_in_rows(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[tuple[str, str]]:
    """Where, by whom, when; seen when and by whom; supplied by whom, and how; added by whom and when."""
    kept: Kept = exhibit.facts.get("handed_in") or {}
    said = {name: kept.get(key) for name, key in _PLAIN.items()}
    said |= {"seen_at": _seen(kept, facts), "logged_in": _logged_in(kept, w), "came": _came(kept, w)}
    said |= {name: _who(kept, name, facts, w) for name in ("seen_by", "supplied_by")}
    rows = [(w(f"pack.fact.{_FACT[name]}"), said[name] or _unknown(kept, name, w)) for name in _FACT]
    return [*rows, *_added(exhibit, facts, w), *_of_the_files(exhibit, w), *_adds_to(exhibit, facts, w)]


_FACT = {
    "address": "address_seen", "author": "author", "posted": "posted", "seen_at": "seen",
    "seen_by": "seen_by", "logged_in": "logged_in", "supplied_by": "producer", "came": "came",
}  # fmt: skip
"""What each is called, in the order of the page."""


def _unknown(kept: Kept, name: str, w: Words) -> str:
    return w("pack.value.not_known" if name in kept.get("not_known", ()) else "pack.value.not_recorded")


def _seen(kept: Kept, facts: PackFacts) -> str | None:
    seen = kept.get("seen")
    if seen is None:
        return None
    return str(seen["day"]) if "day" in seen else _moment(datetime.fromisoformat(seen["utc"]), facts)


def _moment(at: datetime, facts: PackFacts) -> str:
    return f"{facts.utc(at)} UTC\n{facts.local(at)} ({facts.zone.key})"


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
    by = facts.person(exhibit.producer) or w("pack.value.program")
    return [
        (w("pack.fact.added"), _moment(exhibit.at, facts)),
        (w("pack.fact.added_by"), by),
        (
            w("pack.fact.how"),
            w("pack.value.told" if exhibit.facts.get("kind") == "told" else "pack.value.supplied"),
        ),
    ]


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


def typed_words(exhibit: Exhibit, facts: PackFacts, w: Words) -> list[Block]:
    """The post's words as somebody typed them, with who did; empty where nobody typed any."""
    text = exhibit.file(WORDS)
    if text is None:
        return []
    said = facts.contents[text.sha256].decode("utf-8", "replace")
    name = facts.person(exhibit.producer)
    pictured = exhibit.facts.get("kind") == "supplied"
    key = "typed" if pictured else "typed_without"
    by = w(f"pack.{key}", name=name) if name else w(f"pack.{key}_unnamed")
    lines = tuple(line for line in said.splitlines() if line.strip())
    named = [PackParagraph(w("pack.whole_text", file=WORDS))] if printable(said) != said else []
    return [PackHeading(w("pack.head.typed"), 3), PackParagraph(by), Quote(lines), *named]
