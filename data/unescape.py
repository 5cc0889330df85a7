"""HTML's references undone, of whatever length: Python refuses a number of more than 4,300 digits."""

from __future__ import annotations

import html
import re

_ENDLESS = re.compile(r"&#(?:[xX][0-9a-fA-F]{20,}|[0-9]{20,});?")
"""No character has so long a number."""


def unescaped(text: str) -> str:
    """`html.unescape`, for every text that anybody may have written."""
    return html.unescape(_ENDLESS.sub("", text))
