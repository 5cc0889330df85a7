"""The last step of every collector: no character that a store, a mail or a terminal cannot hold."""

from __future__ import annotations

from dataclasses import replace

from data.types import Mention
from sources.legal import clean


def cleaned(mention: Mention) -> Mention:
    """The mention with every string of the site's cleaned (`sources.legal.clean`); ids are ours and stay.

    An author of whom nothing is left is None.
    """
    return replace(
        mention,
        url=clean(mention.url),
        title=clean(mention.title),
        text=clean(mention.text),
        quoted=clean(mention.quoted),
        author=clean(mention.author or "").strip() or None,
    )
