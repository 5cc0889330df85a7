"""The last step of every collector: no character that a store, a mail or a terminal cannot hold."""

from __future__ import annotations

from dataclasses import replace

from data.types import Mention
from sources.legal import clean

_LONGEST, _LONGEST_NAME = 200_000, 1_000
"""Characters of a post, and of its title or author. No platform takes a third of it; whatever judges a post
takes memory by its length, and says so of one that it does not read whole."""


def cleaned(mention: Mention) -> Mention:
    """The mention with every string of the site's cleaned (`sources.legal.clean`) and no longer than any is.

    Ids are ours and stay. An author of whom nothing is left is None.
    """
    return replace(
        mention,
        url=clean(mention.url),
        title=clean(mention.title)[:_LONGEST_NAME],
        text=clean(mention.text)[:_LONGEST],
        quoted=clean(mention.quoted)[:_LONGEST],
        author=clean(mention.author or "")[:_LONGEST_NAME].strip() or None,
    )
