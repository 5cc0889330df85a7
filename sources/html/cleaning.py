"""The last step of every collector: removes characters that a store, an e-mail or a terminal cannot hold."""

from __future__ import annotations

from dataclasses import replace

from data.types import Mention
from sources.html.sanitise import clean

_LONGEST, _LONGEST_NAME = 200_000, 1_000
"""Characters of a post, and of its title or author. No platform accepts posts a third as long. Judging a post
takes memory in proportion to its length, and says when it did not read one in full."""


def cleaned(mention: Mention) -> Mention:
    """The mention with every string from the site cleaned (`sanitise.clean`) and cut to its limit.

    Ids are ours and stay. An author with nothing left is None.
    """
    return replace(
        mention,
        url=clean(mention.url),
        title=clean(mention.title)[:_LONGEST_NAME],
        text=clean(mention.text)[:_LONGEST],
        quoted=clean(mention.quoted)[:_LONGEST],
        author=clean(mention.author or "")[:_LONGEST_NAME].strip() or None,
    )
