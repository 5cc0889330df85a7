"""What the model reads: one line of context, then the words, both normalised.

The same function prepares training and scoring, so the model never sees text in any other form.
"""

from __future__ import annotations

import re
import unicodedata

from classifiers.text.undisguise import ByCharacter
from data.types import Mention, MentionKind
from data.web.channels import PRESS
from data.web.urls import unescape

CONTEXT_END = "\n"
"""Separates the line of context from the words; it occurs nowhere else in a model text."""

MAX_TITLE_CHARS = 100
MAX_QUOTED_CHARS = 160

_FAMILIES = {
    "review": ("google_review", "trustpilot", "school_review_site"),
    "news": (*PRESS, "news_comment"),
    "blog": ("blog", "website"),
    "forum": ("reddit", "mumsnet", "local_forum", "thestudentroom", "forum", "netmums"),
    "group": (
        "facebook", "facebook_group", "whatsapp", "whatsapp_report", "discord", "learning_platform",
        "nextdoor",
    ),
    "social": (
        "x", "bluesky", "instagram", "tiktok", "youtube", "snapchat", "snapchat_report", "mastodon",
        "threads", "linkedin", "flickr", "whatsapp_channel", "roblox",
        "minecraft", "other_game", "other_platform",
    ),
    "report": ("manual_report", "in_person", "telephone", "letter", "email"),
    "encyclopedia": ("wikipedia",),
}  # fmt: skip
_FAMILY = {channel: family for family, channels in _FAMILIES.items() for channel in channels}
_UNKNOWN = "post"
_OF_PEOPLE = frozenset(("review", "forum", "group", "social", "blog", "report"))

_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"(?<![\w.@])@\w+")
_RUN = re.compile(r"([^\W\d]|[^\w\s])\1{3,}")
_SPACE = re.compile(r"\s+")


def mention_text(mention: Mention) -> str:
    """The model's input for a mention as it was collected.

    What it answers is left out: the model that ships was never shown it.
    """
    return model_text(mention.channel, mention.title, mention.text, mention.rating)


def model_text(channel: str, title: str, text: str, rating: float | None, quoted: str = "") -> str:
    """The model's input for one mention: `context`, a line end, `words`.

    Context is the family of the channel ("review", "group", "post" where it is unknown), any stars, and the
    title unless the words begin with it, and the beginning of what is answered. Without words, the title
    takes their place.
    """
    words = normalise(text)
    heading = normalise(title, mask_handles=False)[:MAX_TITLE_CHARS].strip()
    if not words:
        words, heading = heading, ""
    parts = [family_of(channel)]
    if rating is not None:
        parts.append(f"{rating:.0f} of 5 stars")
    if heading and not words.startswith(heading):
        parts.append(heading)
    if answered := normalise(quoted)[:MAX_QUOTED_CHARS].strip():
        parts.append(f"re: {answered}")
    return " | ".join(parts) + CONTEXT_END + words


def family_of(channel: str) -> str:
    """The family of a channel: “review”, “group”, … or “post” where it is unknown."""
    return _FAMILY.get(channel, _UNKNOWN)


def is_article(mention: Mention) -> bool:
    """Is it what a paper or a site published? A feed of a forum or a group brings what people said."""
    return mention.kind is MentionKind.ARTICLE and family_of(mention.channel) not in _OF_PEOPLE


def normalise(text: str, *, mask_handles: bool = True) -> str:
    """The text on one line, fit for an uncased vocabulary; idempotent.

    Escapes and entities are undone, tags and invisible characters dropped, addresses become `http`, handles
    `@user`, emoji their names, and runs of more than three of one letter three.
    """
    if "\\u" in text:
        text = _ESCAPES.sub(_unescape, text)
    text = _TAG.sub(" ", unescape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    text = _ADDRESS.sub("http", text)
    if mask_handles:
        text = _HANDLE.sub("@user", text)
    return _SPACE.sub(" ", _RUN.sub(r"\1\1\1", text)).strip()


def _unescape(match: re.Match[str]) -> str:
    r"""`\u2019` written out as six characters is undone, surrogate pairs are joined."""
    units = [int(unit, 16) for unit in match.group().split("\\u")[1:]]
    raw = b"".join(unit.to_bytes(2, "little") for unit in units)
    return raw.decode("utf-16-le", "replace")


def _plain(character: str) -> str:
    """One character: emoji as their name, without style variants and invisible characters."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "So":
        return f" {unicodedata.name(character, '').lower()} "
    if category in ("Cf", "Cs", "Co", "Cn") or "\ufe00" <= character <= "\ufe0f":
        return ""
    return "" if "\U0001f3fb" <= character <= "\U0001f3ff" else character


_PLAIN = ByCharacter(_plain)
