"""Pictures that stand for a letter: an emoji or a smiley is sent as one by many programs.

What a picture stands for is its `alt` (HTML, “Images”: a picture in the place of text); of a shortcode, such
as “:knife:”, the emoji that it names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup

_SAYS = ("data-emoji", "alt", "data-stringify-emoji", "data-shortname", "title", "aria-label")
"""Where programs write what the picture stands for, best first."""
_ONLY_THERE = ("data-emoji", "data-emoticon", "data-stringify-emoji", "data-shortname")
_EMOJI = re.compile(
    r"(?:[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff]|[0-9#*]\ufe0f?\u20e3"
    r"|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u24c2\u25a0-\u25ff\u2934-\u2935\u3030-\u3299]\ufe0f"
    r"|[\u200d\ufe0f\U000e0020-\U000e007f])+"
)
_CLASS = re.compile(r"(?<![a-z])(?:[\w-]*emoji|smil(?:ie|ey|y)|emoticon)", re.IGNORECASE)
_FOLDER = re.compile(r"(?:emoji\w*|smil(?:ie|ey|y)s?|emoticons?)[\w.-]*/", re.IGNORECASE)
_SHORTCODE = re.compile(r":([\w+-]{1,60}):(?:t[2-6]:|:?skin-tone-\d:)?|([^\W\d_][\w+ -]{2,60})")
"""A name in colons, with a shade of skin or without; or a name alone."""
_FILE = re.compile(
    r"/(?:u|emoji_u)?([0-9a-f]{4,5}(?:[-_][0-9a-f]{2,5}){0,9})(?:@\dx)?(?:/\d{2,3})?\.(?:png|svg|gif|webp)",
    re.IGNORECASE,
)
"""A file whose name is the numbers of an emoji's characters."""
_LONGEST = 60


def write_emoji(tree: Any) -> None:
    """Writes each picture of an emoji in a tree by lxml as the emoji."""
    for picture in [*tree.iter("img")]:
        if letters := _letters_of(picture.attrib):
            picture.tag, picture.text = "span", letters


def write_emoji_in_soup(tree: BeautifulSoup) -> None:
    """The same in a tree by Beautiful Soup."""
    for picture in tree.find_all("img"):
        if letters := _letters_of(picture.attrs):
            picture.name, picture.string = "span", letters


def _letters_of(picture: Mapping[str, Any]) -> str:
    """The letters that a picture with these attributes stands for; "" for any other picture."""
    said: str = next(filter(None, (picture.get(name, "").strip() for name in _SAYS)), "")
    if _EMOJI.fullmatch(said):
        return said
    source = picture.get("src", "")[:1_000]
    marked = any(name in picture for name in _ONLY_THERE) or _CLASS.search(picture.get("class", ""))
    if not (marked or _FOLDER.search(source)) or len(said) > _LONGEST:
        return ""
    name = _SHORTCODE.fullmatch(said)
    if said and not name:
        return said
    known = _emoji_named(name[1] or name[2]) if name else ""
    return known or _emoji_in_file(source) or (f":{said.strip(':')}:" if said else "")


def _emoji_named(name: str) -> str:
    """The emoji that most programs mean by a name; "" for one that a place has made for itself."""
    from rich.emoji import Emoji, NoEmoji

    try:
        return str(Emoji(name.lower().replace(" ", "_")))
    except NoEmoji:
        return ""


def _emoji_in_file(source: str) -> str:
    named = _FILE.search(source)
    numbers = re.split("[-_]", named[1]) if named else ()
    letters = "".join(chr(int(number, 16)) for number in numbers)
    return letters if _EMOJI.fullmatch(letters) else ""
