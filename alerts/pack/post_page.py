"""The post of what is off the ladder, for those to whom it is handed: its address and the words held of it.

Of such a matter nothing is captured, so there is no exhibit; the safeguarding lead and the authority's
designated officer are to know what was said and where. Never a picture; and of what may be extremist
the address alone, which is all that the police's unit asks for (it is not to be sent on).
"""

from __future__ import annotations

from alerts.pack.document import Block, PackHeading, PackParagraph, Quote, Rows
from alerts.pack.facts import PackFacts
from alerts.pack.recipients import Recipient
from data.cases import BypassRoute, Post
from data.words.say import Words

_HANDED_TO = frozenset((Recipient.DSL, Recipient.LA))


def post_blocks(facts: PackFacts, w: Words) -> list[Block]:
    """Where it stands, by whom, since when, its words; nothing for anybody else or of another case."""
    case, post = facts.file.case, facts.file.post
    if case.lane is None or facts.recipient not in _HANDED_TO or post is None:
        return []
    head = (w("pack.column.what"), w("pack.column.value"))
    blocks: list[Block] = [
        PackHeading(w("pack.head.post")),
        PackParagraph(w("pack.post.intro")),
        Rows("", head, _facts(post, facts, w), (28, 72)),
    ]
    if case.lane is BypassRoute.TERRORISM:
        return [*blocks, PackParagraph(w("pack.post.no_words"))]
    words = "\n".join((post.title or "", post.text or ""))
    lines = tuple(line for line in words.splitlines() if line.strip())
    return [*blocks, PackHeading(w("pack.head.text"), 2), Quote(lines)] if lines else blocks


def _facts(post: Post, facts: PackFacts, w: Words) -> tuple[tuple[str, str], ...]:
    unnamed = w("pack.unnamed")
    rows = [
        (w("pack.fact.address"), post.url or unnamed),
        (w("pack.fact.place"), facts.place(post.channel, w)),
        (w("pack.fact.author"), post.author or unnamed),
        (w("pack.fact.posted_read"), _when(post, facts) or unnamed),
        (w("pack.fact.first_seen"), f"{facts.utc(post.first_seen)} UTC\n{facts.local(post.first_seen)}"),
    ]
    rows += [(w("pack.fact.copy"), copy.url or unnamed) for copy in facts.file.copies]
    return tuple(rows)


def _when(post: Post, facts: PackFacts) -> str:
    return f"{facts.utc(post.published)} UTC\n{facts.local(post.published)}" if post.published else ""
