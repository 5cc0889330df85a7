"""What strangers write, as it may be shown: what cannot be seen, or turns what is read, is marked; HTML's
character references are undone, of any length: Python refuses a number of more than 4,300 digits. Pure."""

from __future__ import annotations

import html
import re

_JOINED = (
    r"[\u0590-\u1fff\u2070-\ud7ff\ue000-\ufdff\ufe0e-\ufefe\uff00-\uff9f"
    r"\U00010000-\U0001faff]"
)
_ACCENT = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HIDDEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff]"
)
_UNSEEN = re.compile(
    rf"(?<={_JOINED})[\u200c\u200d](?={_JOINED})"
    r"|\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"
    rf"|(?P<accents>{_ACCENT}{{4}})(?P<more>{_ACCENT}+)|(?P<unseen>{_HIDDEN}+)"
)
"""Joiners of emoji and of scripts that need them, and flags of nations, are seen by what they make."""
_LINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
MARK = "⟦U+"
"""How a mark begins."""


def visible(text: str) -> str:
    """The text with a mark for each run of signs that cannot be seen or that turn what is read: ⟦U+202E⟧,
    ⟦U+202E ×12⟧ by the first of twelve. What breaks a line anywhere breaks it here.
    """
    return _UNSEEN.sub(_marked, _LINES.sub("\n", text))


def _marked(found: re.Match[str]) -> str:
    run = found["unseen"] or found["more"]
    if run is None:
        return found[0]
    many = f" ×{len(run)}" if len(run) > 1 else ""
    return f"{found['accents'] or ''}{MARK}{ord(run[0]):04X}{many}⟧"


def host_in_full(host: str) -> str:
    """A host by its name; of one with letters of other scripts or accents, beside it how it is looked up."""
    try:
        plain = host.encode("idna").decode()
        name = plain.encode().decode("idna")
    except UnicodeError:  # nobody can look it up: as it is written
        return visible(host)
    return plain if name == plain else f"{visible(name)} ({plain})"


_ENDLESS = re.compile(r"&#(?:[xX][0-9a-fA-F]{20,}|[0-9]{20,});?")
"""No character has a number this long."""


def unescaped(text: str) -> str:
    """`html.unescape`, safe for text that anybody may have written."""
    return html.unescape(_ENDLESS.sub("", text))
