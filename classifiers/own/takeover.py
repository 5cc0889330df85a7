"""What gives away an account that somebody has taken over: the words of scams, and suspicious links. Pure.

Scams offer money for nothing or prizes to claim, or threaten to close an account. Each kind is one pattern
with its reason. Schools write similar things themselves (raffles with a gift card, log-in pages for dinner
money, tickets for a play), so a pattern needs two pieces together: the bait and the hook.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import Levenshtein

_NEAR = r"[^\n]{0,90}?"
_HOOK = (
    r"(?:(?:click|tap|follow|use|visit|open)\s+(?:on\s+)?(?:the|this|my|our|below)\b|click here|tap here"
    r"|link (?:below|in (?:the )?(?:bio|comments?))|\b(?:dm|inbox|whats\s?app|telegram)\b"
    r"|(?:text|message) (?:me|us) (?:on|at|now|to)\b|cliciwch|anfonwch neges ata)"
)
_GOODS = (
    r"(?:gift ?cards?|vouchers?|iphones?|ipads?|playstations?|ps5|cash|giveaway|refund|hampers?"
    r"|cerdyn anrheg|taleb)"
)
_WON = (
    r"(?:claim(?:ing)? (?:your|a|the|this)|you(?:'ve| have) (?:won|been (?:selected|chosen))|free"
    r"|(?:first|next) \d+ (?:people|parents|families|followers|comments)|hawliwch|am ddim)"
)

_PATTERNS = tuple(
    (name, reason, re.compile(pattern, re.IGNORECASE))
    for name, reason, pattern in (
        (
            "crypto",
            "It speaks of crypto currency or of quick returns on money.",
            r"\b(?:bitcoin|btc|ethereum|crypto(?:\s?currency)?|forex|binary options?|nfts?)\b"
            rf"{_NEAR}\b(?:invest\w*|profits?|returns?|earn\w*|trad(?:e|er|ing)|double|giveaway|wallet|buddsodd\w*)\b"
            r"|\b(?:invest\w*|earn\w*|trad(?:e|er|ing)|double|giveaway|buddsodd\w*)\b"
            rf"{_NEAR}\b(?:bitcoin|btc|ethereum|crypto(?:\s?currency)?|forex|binary options?|nfts?)\b"
            r"|\b(?:earn|make|making|earning)\b[^\n]{0,20}?[£$€]\s?\d[\d,]*[^\n]{0,25}?"
            r"\b(?:a|per|every|in (?:a|one|just))\s?(?:\d+ )?(?:day|week|hour|24)",
        ),
        (
            "prize",
            "It promises a prize to whoever follows a link or writes a message.",
            rf"\b{_WON}\b{_NEAR}\b{_GOODS}\b{_NEAR}{_HOOK}|\b{_GOODS}\b{_NEAR}\b{_WON}\b{_NEAR}{_HOOK}"
            rf"|{_HOOK}{_NEAR}\b{_WON}\b{_NEAR}\b{_GOODS}\b|{_HOOK}{_NEAR}\b(?:to claim|i hawlio)\b",
        ),
        (
            "message_me",
            "It asks to be written to in private about money or goods.",
            r"\b(?:dm|inbox|pm|whats\s?app|telegram)\s+(?:me|now|on|\+?\d)"
            rf"{_NEAR}\b(?:earn|invest\w*|loans?|cash|money|offers?|sell\w*|deal|job|work from home)\b"
            r"|\b(?:earn|invest\w*|loans?|fast cash|selling|for sale|work from home)\b"
            rf"{_NEAR}\b(?:dm|inbox|pm|whats\s?app|telegram)\s+(?:me|now|on|\+?\d)",
        ),
        (
            "account",
            "It threatens to close an account unless somebody confirms who they are.",
            r"\b(?:your|eich|ich)\b[^\n]{0,20}?\b(?:account|page|profile|password|cyfrif|tudalen)\b[^\n]{0,40}?"
            r"\b(?:(?:will|has|have) (?:been|be)|is|wedi(?:'i)?)\b[^\n]{0,20}?"
            r"\b(?:suspended|locked|disabled|deleted|closed|restricted|limited|unpublished|removed|atal|cloi)\b"
            rf"{_NEAR}\b(?:confirm|verify|log ?in|sign ?in|appeal|password|cadarnhau|mewngofnod\w*)\b",
        ),
        (
            "password",
            "It asks for a password, a card or bank details.",
            r"\b(?:enter|confirm|verify|give|send|submit|provide)\b[^\n]{0,30}?\byour\b[^\n]{0,20}?"
            r"\b(?:passwords?|pin|bank (?:details|account)|card (?:details|number)|sort code)\b"
            r"(?! (?:with|on|in|via|at) (?-i:[A-Z]))"
            r"|\b(?:rhowch|cadarnhewch)\b[^\n]{0,30}?\b(?:eich|ich) (?:cyfrinair|manylion banc)\b",
        ),
        (
            "adult",
            "It offers sexual content or company.",
            r"\b(?:only\s?fans|hot (?:girls?|singles)|sexy (?:girls?|singles|video)|nude (?:video|pics?)"
            r"|adult (?:video|content|webcam|dating)|webcam girls?)\b",
        ),
    )
)
_WARNS = re.compile(
    r"(?<!no )(?<!not a )(?<!isn't a )\b(?:scams?|scammers?|phishing|fraud(?:ulent|sters?)?"
    r"|fake (?:account|page)|beware|be (?:aware|careful|wary)|not from us|online safety|e-?safety"
    r"|twyll|sgam|gwyliwch rhag)\b"
    r"|\b(?:do not|don't|never|peidiwch [aâ])"
    r" (?:click|tap|reply|respond|open|share|give|send|enter|engage|clicio|ateb)\b",
    re.IGNORECASE,
)

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
"""Endings under which not everybody can register a name (Nominet's rules for second-level domains)."""


def scam_in(text: str) -> tuple[tuple[str, str], ...]:
    """The names and reasons of the scam patterns found in a text, in their order."""
    plain = _plain(text)
    return tuple((name, reason) for name, reason, pattern in _PATTERNS if pattern.search(plain))


def warns_of_scams(text: str) -> bool:
    """Does it read like a warning about scams, which a school may well post?"""
    return _WARNS.search(_plain(text)) is not None


def links_in(text: str) -> tuple[str, ...]:
    """The hosts that a text links to, in lower case, without user, port and `www.`."""
    found = (match[1] or match[2] for match in _LINK.finditer(text))
    hosts = (host.rpartition("@")[2].partition(":")[0].lower().rstrip(".,;!") for host in found)
    return tuple(host.removeprefix("www.") for host in hosts)


def shortened(host: str) -> bool:
    """Is it a link shortener, which hides where an address leads?"""
    return host in _SHORT


def looks_like(host: str, own: str | None) -> bool:
    """Does a host imitate the school's own domain, or is it a bare number?

    It does if its letters are those of the school's with dots and dashes elsewhere, other words before or
    after, a single letter changed, or digits in place of letters. The school's own domain and its subdomains
    never do. Nor does a name that only contains the school's, such as a parents' association's, nor a domain
    reserved for public bodies.
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


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'")


def _letters(host: str) -> str:
    """As the eye reads it: only letters, with digits and pairs that look like a letter as that letter."""
    plain = "".join(c for c in host.translate(_LOOKS_AS) if c.isalnum())
    return plain.replace("rn", "m").replace("vv", "w")
