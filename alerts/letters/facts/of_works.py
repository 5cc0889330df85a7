"""What a letter says of works that others use, and of pages that others keep: whose, by which law, and which
page is behind an archived one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from alerts.letters.kinds import LetterCheck, LetterKind
from alerts.letters.signing import postal_address
from alerts.routes.ways import PlatformRoute

OWNERS = {"school": False, "ysgol": False, "parent": True, "rhiant": True}
"""Who may own works, as it is given: is it a parent?"""
LAWS = ("us", "uk")
"""Which law a copyright notice may be by: where its host is."""
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/[^/]+/(?P<page>https?:/.+)", re.IGNORECASE)


def parents(facts: Mapping[str, str]) -> bool:
    """Is it said that a parent owns the works?"""
    return OWNERS.get(facts.get("owner", "").strip().casefold(), False)


def of_works(check: LetterCheck, known: Mapping[str, object], row: PlatformRoute) -> dict[str, object]:
    """What may be filled in besides what is `known`; `row` is how the place of the post is asked.

    A platform is its own host, and the school's address is the owner's where the school owns the works.
    """
    facts, archived = check.given.facts, _ARCHIVED.fullmatch(str(known["url"]))
    own = parents(facts)
    found: dict[str, object] = {
        "parents": own,
        "uk": facts.get("law", "").strip().casefold() == "uk",
        "original": known["original"] or (archived["page"] if archived else ""),
        "profile": known["profile"] or (known["url"] if known["is_account"] else ""),
    }
    if check.kind is LetterKind.COPYRIGHT_NOTICE:
        school = check.rules.school
        where = f"{school.name}, {postal_address(school)}" if school.street and not own else ""
        found["host"] = known["host"] or ("" if row.is_site else row.name)
        found["address"] = known["address"] or where
    return found
