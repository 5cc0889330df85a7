"""Addresses in a post: where they lead, whether they hide it, whether they imitate the school's own. Pure."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

_LINK = re.compile(
    r"(?:https?://|\bwww\.)([^\s/?#<>\"')\]]{1,253})|(?<![\w@.])((?:[\w-]{1,63}\.){1,6}[a-z]{2,24})/[^\s]",
    re.IGNORECASE,
)
_SHORT_NAMES = (
    "bit.ly tinyurl.com goo.gl ow.ly is.gd cutt.ly rb.gy shorturl.at tiny.cc rebrand.ly t.ly s.id v.gd "
    "bl.ink short.io shorturl.gg clck.ru u.to adf.ly tr.im qr.ae lnk.to soo.gd shrtco.de"
)
_SHORT = frozenset(_SHORT_NAMES.split())
_LOOKS_AS = str.maketrans("0135", "oies")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_LEAST_LETTERS = 6
_CLOSED = (".sch.uk", ".gov.uk", ".gov.wales", ".ac.uk", ".nhs.uk", ".police.uk")
"""Endings under which nobody can take a name at will (Nominet's rules for second-level domains)."""


def links_in(text: str) -> tuple[str, ...]:
    """The hosts that a text links to, in lower case, without user, port and `www.`."""
    found = (match[1] or match[2] for match in _LINK.finditer(text))
    hosts = (host.rpartition("@")[2].partition(":")[0].lower().rstrip(".,;!") for host in found)
    return tuple(host.removeprefix("www.") for host in hosts)


def shortened(host: str) -> bool:
    """A service of short addresses, which do not show where they lead."""
    return host in _SHORT


def looks_like(host: str, own: str | None) -> bool:
    """Does a host imitate the school's own domain, or is it a bare number?

    It does where its letters are the own ones with dots and dashes elsewhere, other words before or after,
    a single letter changed, or digits in place of letters. The own domain, and what stands below it, never
    does; nor does one that merely bears the school's name, as a parents' association's may, nor a
    domain that is given to public bodies alone.
    """
    if _ADDRESS.fullmatch(host):
        return True
    own = (own or "").lower().removeprefix("www.")
    if not own or host == own or host.endswith((f".{own}", *_CLOSED)):
        return False
    theirs, ours = _letters(host), _letters(own)
    if len(ours) < _LEAST_LETTERS:
        return False
    return ours in theirs or Levenshtein.distance(theirs, ours, score_cutoff=1) <= 1


def _letters(host: str) -> str:
    """As the eye reads it: letters alone, digits and pairs that pass for a letter as that letter."""
    plain = "".join(c for c in host.translate(_LOOKS_AS) if c.isalnum())
    return plain.replace("rn", "m").replace("vv", "w")
