"""Who heads a school: what the register writes as one name may hold two people, a role or a weekday."""

from __future__ import annotations

import re
from functools import lru_cache

TITLES = r"(?:Mr|Mrs|Miss|Ms|Mx|Dr|Sir|Dame|Rev|Revd|Prof|Professor|Father|Sister|Canon)"

_ODD = re.compile(r"[/&(),;:\[\]\d]| and | [-–] |- |ting|rim|tive|chool|cip|ead ?[tom]|^Co |[Cc]o-|TBC")
"""Quick, for a whole register: parts of “acting”, “interim”, “executive”, “school”, “principal” and so on."""

_NO_NAME = re.compile(
    r"\S*@\S*|\d+(?:[./]\d+)*|\b(?:until|previously|formerly|formally|n[ée]e)\b", re.IGNORECASE
)
_KIND = (
    r"(?:co|joint|acting|interim|exec|executive|associate|deputy|designated|primary|secondary|regional|area)"
)
_ROLE = re.compile(
    rf"""
    \b{_KIND}\s*[-–]?\s*(?:{_KIND}\s*[-–]?\s*)*
        (?:heads?(?:\s?(?:teachers?|masters?))?(?:\s+of\s+\w+)?|principals?|leaders?|directors?(?:\s+for\s+\w+)?)\b
    | \bhead\s?(?:teachers?|masters?|mistress(?:es)?)\b | \bheads?\s+of\s+(?:school|centre|academy)\b
    | (?:^|(?<=[\s;]))principals?\b | \b(?:acting|interim|eht|hos|job\s+share|joint)\b
    | \b(?:january|february|march|april|may|june|july|august|september|october|november|december)\s*;
    | [-–]\s*(?:primary|secondary)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASIDE = re.compile(r"[(\[]([^)\]]*)[)\]]")
_AND = re.compile(r"\s*(?:/|&|;|,|\band\b)\s*")
_NEXT = re.compile(rf"(?<=\w)\s+(?={TITLES}\b\.?\s)")
_TITLED = re.compile(rf"{TITLES}\b\.?\s*")
_NO_PERSON = frozenset(
    {"tbc", "tbd", "nswl", "vacant", "vacancy", "mbe", "obe", "cbe", "bsc", "hons", "ma", "ba", "npqh"}
)
_SHARED = re.compile(
    rf"(?:{TITLES}\.?\s+)?([^\W\d][\w'’-]*)\s*(?:/|&|\band\b)\s*([^\W\d][\w'’-]*)"
    r"\s+([^\W\d][\w'’-]*)\s*(?:/|&|\band\b)\s*([^\W\d][\w'’-]*)"
)
_HYPHEN = re.compile(r"(?<=\w)\s*[-–]\s*(?=\w)")
_HEADED = re.compile(r"(?:co[\s-]?)?heads?\s?teachers?\s+(?!(?:mr|mrs|ms|miss|dr)\b)", re.IGNORECASE)
_TWO_NAMES = 4
_ONE_SURNAME = re.compile(r"([^\W\d][\w'’-]*)\s*(?:/|&|\band\b)\s*([^\W\d][\w'’-]*)\s+([^\W\d][\w'’-]*)")


@lru_cache(maxsize=1024)
def told_apart(said: str | None) -> tuple[str, ...]:
    """The names of those who head the school, with titles; without roles, days, degrees, former names.

    “Co Headteacher Ada/Bo Example/Sample” is Ada Example and Bo Sample. What is no name (“TBC”, a school's)
    is left out. Pure; a plain name comes back as it is.
    """
    name = " ".join((said or "").split())
    if not _ODD.search(name):
        return (name,) if name else ()
    plain = _ROLE.sub(";", _NO_NAME.sub(";", _ASIDE.sub(_aside, name)))
    plain = _HYPHEN.sub("-", " ".join(plain.strip(" ;,.:/&-–").split()))
    if pair := _SHARED.fullmatch(plain):
        return (f"{pair[1]} {pair[3]}", f"{pair[2]} {pair[4]}")
    if (pair := _ONE_SURNAME.fullmatch(plain)) and not _TITLED.match(plain):
        return (f"{pair[1]} {pair[3]}", f"{pair[2]} {pair[3]}")
    parts = [p for part in _AND.split(plain) for p in _NEXT.split(part)]
    if len(parts) == 1 and _HEADED.match(name) and len(words := plain.split()) == _TWO_NAMES:
        parts = [" ".join(words[:2]), " ".join(words[2:])]
    return tuple(dict.fromkeys(found for part in parts if (found := _person(part))))


def together(said: str) -> str | None:
    """Them as the settings hold it: “Ada Example and Bo Sample”; None where nobody is named."""
    return (" and ".join(told_apart(said)) if _ODD.search(said) else said) or None


def _aside(found: re.Match[str]) -> str:
    """A role in brackets parts two people; a name in them is a former one, or a short one."""
    return ";" if _ROLE.search(f"{found[1]};") or "@" in found[1] else " "


def _person(part: str) -> str:
    words = [w for w in part.strip(" .,:-–").split() if w.strip(".").lower() not in _NO_PERSON]
    if len(words) < 2 or words[-1].lower() == "school" or not words[0][0].isalpha():
        return ""
    return " ".join(words)
