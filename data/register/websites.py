"""A school's website as the register writes it; a host that several share is nobody's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

_PLAIN = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?")
_COUNCIL = re.compile(r"[a-z0-9-]+\.gov\.(?:uk|scot|wales)")
_OF_MANY = frozenset(
    {
        "blogs.glowscotland.org.uk", "edubuzz.org", "facebook.com", "en-gb.facebook.com", "hwb.gov.wales",
        "instagram.com", "primaryblogger.co.uk", "sites.google.com", "spanglefish.com", "twitter.com",
        "x.com",
    }
)  # fmt: skip


def host(website: str) -> str | None:
    """The bare host of a website as the register writes it: no scheme, no `www.`, lower case."""
    if found := _PLAIN.fullmatch(website):
        return found[1]
    address = website.strip()
    if not address:
        return None
    try:
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return None
    name = name.removeprefix("www.")
    return name if "." in name else None


def address(website: str, name: str | None) -> str:
    """The whole address, with a scheme where the register gives none; empty where it has no host `name`."""
    if name is None:
        return ""
    written = website.strip()
    return written if written[:4].lower() == "http" and "//" in written else f"https://{written.lstrip('/')}"


def shared(hosts: Iterable[str | None]) -> frozenset[str]:
    """The hosts of more than one school (a council's, a trust's, for blogs): they tell no school apart."""
    counted = Counter(name for name in hosts if name)
    return frozenset(name for name, schools in counted.items() if schools > 1 or of_many(name))


def of_many(name: str) -> bool:
    """Is it a council's host, or one where anybody may have a page, however few schools a list has there?"""
    return name in _OF_MANY or bool(_COUNCIL.fullmatch(name))
