"""Write letters that are the same to a reader in one way, before they are compared or judged.

What is stored and shown stays as it came. Unicode's Annex 15 says which forms of a letter are one, chapter
5.21 of the Standard what is ignored, and Technical Standard 39 what looks alike. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import category, combining, decomposition, is_normalized, normalize


class ByCharacter(dict[int, str | int | None]):
    """For `str.translate`: what becomes of each character, asked once."""

    def __init__(self, becomes: Callable[[str], str | int | None]) -> None:
        self._becomes = becomes

    def __missing__(self, code: int) -> str | int | None:
        self[code] = self._becomes(chr(code))
        return self[code]


LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһкмтвнАЕОРСУХІЈЅКМТВНαβεικνορτυχΑΒΕΙΚΜΝΟΡΤΥΧΖ",
    "aeopcyxijsdhkmtbhAEOPCYXIJSKMTBHabeiknoptuxABEIKMNOPTYXZ",
)
"""Letters of other alphabets that look like Latin ones."""
_SIGNS = str.maketrans(
    "ʼʻʽʹˈ´‛′❛❜ʺ‟″❝❞〝〞‐‑−ꜰꜱʏᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡᴢ",
    "''''''''''\"\"\"\"\"\"\"---fsyabcdeghijklmnoprtuvwz",
)
"""Quotes, hyphens and small capitals, which have no plain form in Unicode's tables."""
_WHITE = {first + n: ord("A") + n for first in (0x1F150, 0x1F170) for n in range(26)}
"""Capitals on circles and squares, which have none either."""
_SHOWN = _SIGNS | _WHITE
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_UNSEEN_SIGN = re.compile(rf"[{_UNSEEN}\U000e0000-\U000e0fff]")
_JOINER = re.compile(r"[\u200c\u200d](?<![\u0590-\u1cff].)")
"""It is not seen but in the scripts that need it."""
_BLANKS = re.compile("[\u200b\u2060\ufeff]")
_STRUNG = re.compile("(?<![\\w'’,.])(?:(?:[\\w'’,.]{2,20}|[aiAI])[\u200b\u2060\ufeff]){4,}")
"""Words that only characters without width keep apart."""
_ALIKE = "".join(map(chr, LOOKALIKES))
_LATIN = "A-Za-zÀ-ÖØ-öø-ɏ"
_MIXED = re.compile(
    rf"(?<![^\W\d_])(?:[{_LATIN}]++[{_ALIKE}]|[{_ALIKE}]++[{_LATIN}])[{_LATIN}{_ALIKE}]*+(?![^\W\d_])"
)
"""A word of Latin letters and such as look like them, and no others: a Russian word is none."""
_MAY_CHANGE = re.compile(rf"[{_UNSEEN}\u200c\u200d{_ALIKE}{''.join(map(chr, _SIGNS))}]")
_HIGH = re.compile("[\U0001f150-\U0001f169\U0001f170-\U0001f189\U000e0000-\U000e0fff]")
"""The others that may: in one class of letters they would make the search ten times slower."""
_LATIN_1 = 0x100


def without_accents(text: str) -> str:
    """The text with letters that have no accents: “Siân” is “Sian”."""
    if text.isascii():
        return text
    return "".join(c for c in normalize("NFKD", text) if not combining(c))


def plain_letters(text: str) -> str:
    """The text with one form of each letter: “ﬁ”, “ｆｉ”, “𝐟𝐢” and “f\u00adi” are “fi”. Of signs only quotes,
    hyphens and blanks change, so “½” and “…” stay. A text of plain letters comes back as it is."""
    if text.isascii() or not (
        _MAY_CHANGE.search(text) or _HIGH.search(text) or not is_normalized("NFKC", text)
    ):
        return text
    text = _STRUNG.sub(lambda strung: _BLANKS.sub(" ", strung[0]), text)
    composed = normalize("NFC", _JOINER.sub("", text))
    text = normalize("NFC", composed.translate(_PLAIN))
    return _MIXED.sub(lambda word: word[0].translate(LOOKALIKES), text)


def plain_address(text: str) -> str:
    """The address, of a page or a mailbox, with one form of each letter, as hosts are looked up (Unicode's
    Technical Standard 46). Letters that only look alike stay: they lead elsewhere."""
    return text if text.isascii() else normalize("NFC", _JOINER.sub("", text).translate(_SAME))


def _plain(character: str) -> str:
    shown = character.translate(_SHOWN)
    return _same(character).translate(_SIGNS) if shown == character else shown


def _same(character: str) -> str:
    if _UNSEEN_SIGN.match(character):
        return ""
    if category(character) == "Zs":
        return " "
    form = normalize("NFKC", character)
    if form == character or ord(character) < _LATIN_1:
        return character
    kind = decomposition(character).partition(" ")[0]
    # “m⁴” and “™” say something else than “m4” and “TM”
    if kind in ("<super>", "<sub>") and category(character)[0] != "L":
        return character
    return form if form.isalnum() or kind in ("<wide>", "<small>") else character


_PLAIN, _SAME = ByCharacter(_plain), ByCharacter(_same)
