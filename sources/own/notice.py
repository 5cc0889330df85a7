"""Does one of the school's own pages say that it is not monitored around the clock? Pure.

Schools' policies require this notice on every account (King James's 2.3). We look for the school's
configured wording, else for the usual wordings in English and Welsh.
"""

from __future__ import annotations

import re
import unicodedata

_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_QUOTES = str.maketrans(dict.fromkeys("’‘ʼ′`´", "'"))
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")


def _within(n: int) -> str:
    """Up to `n` words in between."""
    return rf"(?: [^ ]+){{0,{n}}}? "


_WATCHED = r"(?:monitor(?:ed|ing)?|watch(?:ed|ing)?|check(?:ed|ing)?|staffed|manned|moderated|attended|read)"
_NOT = r"(?:not(?! only)|isn't|aren't|never|cannot|can't|don't|won't|unable|unmonitored)"
_ALWAYS = (
    r"(?:24 7|24 hours?|24hrs?|24h|247|twenty four hours|a?round the clock|all (?:of )?the time"
    r"|at all times|constantly|continuously|continually|day and night|every day"
    r"|outside (?:of )?(?:(?:normal|our|the|usual) )*"
    r"(?:school|office|working|term|opening|hours|\d{1,2}(?:am)?)"
    r"|out of (?:school |office |working )?hours|(?:at|over|during|on) (?:the )?weekends?"
    r"|in (?:the )?holidays|(?:during|in) (?:the )?(?:school )?(?:evenings?|holidays?))"
)
_ACCOUNT = r"(?:accounts?|pages?|inbox|profile|feed|channels?|messages|dms|posts?|tweets|comments)"
_MINDED = r"(?:monitored|watched|checked|staffed|manned)"
_HARDLY = r"(?:actively|regularly|always|constantly|continuously|continually|permanently)"
_WEEK = r"(?:mon|monday|weekdays|term time|\d{1,2}(?:am| \d\d(?:am)?))"
_HOURS = (
    r"(?:during|within|in|between) (?:(?:normal|our|the|usual) )*"
    r"(?:school|office|working|term|opening) ?(?:hours|time|day|days)?"
)
_CY_WATCHED = (
    r"(?:mh?onitro|fonitro|g?wylio|g?oruchwylio|g?wirio|staffio|ddarllen|wylir|fonitrir|monitrir|gwylir)"
)
_CY_NOT = r"(?:nid|nad|ni|ddim|dydi|dydy|dyw|dim)"
_CY_ALWAYS = (
    r"(?:24 7|24 awr|24h|247|pedair awr ar hugain|drwy'r amser|trwy'r amser|ddydd a nos|dydd a nos|nos a dydd"
    r"|bob awr|rownd y cloc|o gwmpas y cloc|yn gyson|yn barhaus|(?:y )?tu allan i oriau|ar benwythnosau"
    r"|dros y penwythnos|yn ystod y gwyliau)"
)
_CY_ACCOUNT = r"(?:cyfrifo?n?|dudalen|tudalen|tudalennau|mewnflwch|negeseuon|proffil)"
_CY_HOURS = r"(?:yn ystod|o fewn|yn) oriau(?: (?:yr|y))? ?(?:ysgol|swyddfa|gwaith|agor)"

_WORDINGS = tuple(
    re.compile(rf"(?<![^ ]){pattern}(?![^ ])")
    for pattern in (
        rf"{_NOT}{_within(5)}{_WATCHED}{_within(8)}{_ALWAYS}",
        rf"{_NOT}{_within(2)}(?:a )?(?:24 7|24 hour|24hr)",
        rf"{_ACCOUNT}{_within(2)}{_NOT}{_within(1)}{_MINDED}",
        rf"{_NOT}{_within(1)}{_HARDLY} {_MINDED}",
        rf"only {_MINDED}{_within(1)}{_WEEK}",
        rf"{_MINDED}{_within(12)}(?:term time|weekdays|hours|days) only",
        rf"only{_within(3)}{_WATCHED}{_within(4)}{_HOURS}",
        rf"{_WATCHED}{_within(3)}only{_within(2)}{_HOURS}",
        rf"{_WATCHED}{_within(4)}{_HOURS} only",
        rf"{_CY_NOT}{_within(8)}{_CY_WATCHED}{_within(8)}{_CY_ALWAYS}",
        rf"{_CY_NOT}{_within(3)}{_CY_ACCOUNT}{_within(5)}{_CY_WATCHED}",
        rf"dim ond{_within(3)}{_CY_HOURS}{_within(6)}{_CY_WATCHED}",
        rf"{_CY_WATCHED}{_within(4)}{_CY_HOURS}{_within(1)}yn unig",
    )
)

_SENTENCES = re.compile(r"[.!?:;]+(?=\s|$)|\n")
_TURN_TO = re.compile(
    r"(?:(?:if|in|for|os|mewn) [\w' ]{2,50} )?(?:please )?(?:ring|call|dial|phone|ffoniwch) (?:999|112)"
    r"|(?:if|in|for|os|mewn) [\w' ]{0,40}(?:danger|emergency|emergencies|perygl|argyfwng)"
    r"|concerns|pryderon"
)
"""What usually goes with the notice, in one sentence."""


def has_notice(text: str, configured: str | None = None) -> bool:
    """Is the notice in a page's text? With `configured` wording, only that counts.

    Capitals, line breaks, punctuation and the shape of quotation marks make no difference.
    """
    said = _words(text)
    if configured is not None and (wanted := _words(configured)):
        return f" {wanted} " in f" {said} "
    return any(wording.search(said) for wording in _WORDINGS)


def is_the_notice(text: str, configured: str | None = None) -> bool:
    """Is the text nothing but the notice, with where to turn in danger or with a concern?"""
    whole = _words(configured or "")
    said = [_words(part) for part in _SENTENCES.split(text)]
    beside = [part for part in said if part and not (whole and f" {part} " in f" {whole} ")]
    rest = (part for part in beside if not has_notice(part) and not _TURN_TO.fullmatch(part))
    return has_notice(text, configured) and not any(rest)


def _words(text: str) -> str:
    """Only the words, in lower case, separated by single spaces."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(_QUOTES)).casefold()
    return " ".join(_WORDS.findall(plain))
