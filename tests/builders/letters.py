"""Ways of writing that a reader takes for the plain letters: each changes a text, and none what it says."""

import re
import unicodedata


def _shifted(capital: int, small: int):
    """Every letter from another alphabet, which begins at these code points."""
    table = {ord("A") + n: capital + n for n in range(26)} | {ord("a") + n: small + n for n in range(26)}
    return lambda text: text.translate(table)


def _between(sign: str):
    """The sign between any two letters of a word of five or more, since in a row of short ones it parts."""
    return lambda text: " ".join(
        word if len(word) < 5 else word[:2] + sign.join(word[2:]) for word in text.split(" ")
    )


def _among_the_latin(text: str) -> str:
    """None that stands alone: a reader may take that for a letter of its own alphabet."""
    return re.sub(r"(?<=\w)[aeo]|[aeoAPO](?=\w)", lambda letter: _CYRILLIC[letter[0]], text)


_CYRILLIC = dict(zip("aeoAPO", "аеоАРО", strict=True))
SMALL_CAPITALS = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))

WAYS = {
    "full-width": _shifted(0xFF21, 0xFF41),
    "mathematical bold": _shifted(0x1D400, 0x1D41A),
    "sans-serif italic": _shifted(0x1D608, 0x1D622),
    "circled": _shifted(0x24B6, 0x24D0),
    "ligatures": lambda text: (
        text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ").replace("st", "ﬆ")
    ),
    "soft hyphens": _between("\u00ad"),
    "word joiners": _between("\u2060"),
    "joiners": _between("\u200d"),
    "marks of direction": lambda text: f"\u2067\u200e{text}\u2069",
    "a byte-order mark": lambda text: f"\ufeff{text}",
    "Cyrillic letters among the Latin": _among_the_latin,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "blanks of other widths": lambda text: text.replace(" ", "\u00a0"),
    "hyphens of other kinds": lambda text: text.replace("-", "\u2011"),
    "apostrophes of other kinds": lambda text: text.replace("'", "\u02bc"),
}
"""Capitals and small letters stay what they were."""

CAPITALS = {
    "small capitals": lambda text: text.lower().translate(str.maketrans(SMALL_CAPITALS)),
    "white on squares": lambda text: text.upper().translate({ord("A") + n: 0x1F170 + n for n in range(26)}),
    "white on circles": lambda text: text.upper().translate({ord("A") + n: 0x1F150 + n for n in range(26)}),
}
"""Ways that have but one kind of letters."""
