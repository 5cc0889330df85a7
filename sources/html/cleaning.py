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
    said = (mention.url, mention.title, mention.text, mention.quoted, mention.author or "")
    url, title, text, quoted, author = map(clean, said)
    known = title[:_LONGEST_NAME], text[:_LONGEST], quoted[:_LONGEST], author[:_LONGEST_NAME].strip()
    if (url, *known) == said and mention.author != "":
        return mention
    return replace(mention, url=url, title=known[0], text=known[1], quoted=known[2], author=known[3] or None)
