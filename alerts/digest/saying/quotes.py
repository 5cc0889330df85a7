"""A post in its own words, where those may be repeated to this reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.digest import headlines
from alerts.digest.saying.reader import Saying
from data.digest import Headline, ToldPost
from data.types import MentionKind, Verdict
from data.web.channels import CHANNELS, PRESS

_UNDER_A_TITLE = (MentionKind.REPLY, MentionKind.COMMENT, MentionKind.EDIT)
"""Their title is that of what they stand under."""
_SHORT = 5
"""A title of fewer words says too little alone: “Never again”."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A post's words as they may be repeated, and its address."""

    said: str
    url: str | None


def quote(
    say: Saying, story_id: str, post: ToldPost | None, verdicts: Sequence[Verdict], *, told: bool = False
) -> Excerpt | None:
    """The post's own headline or first dozen words; None where they may not be repeated to this reader."""
    facts = say.facts
    if post is None or story_id in facts.locked or not _excerpted(post, facts.excerpts):
        return None
    press = in_press(post)
    said = _own_words(say, post)
    if not headlines.fit(said, verdicts, facts.people, press=press, told=told):
        return None
    shown = say.w("digest.say.headline", headline=said)
    return Excerpt(shown, headlines.link(Headline(post.title, post.url, post.source_ids)))


def in_press(post: ToldPost) -> bool:
    """Is it an article of a newspaper or a broadcaster?"""
    return post.kind is MentionKind.ARTICLE and post.channel in PRESS


def _excerpted(post: ToldPost, excerpts: str) -> bool:
    """Do the settings let it be quoted, and may everybody look at it where it is?"""
    row = CHANNELS.get(post.channel)
    public = row is not None and row.public
    return public and (excerpts == "public" or (excerpts == "news" and in_press(post)))


def _own_words(say: Saying, post: ToldPost) -> str:
    if in_press(post):
        return outlet(say, post)[0]
    title = "" if post.kind in _UNDER_A_TITLE and post.text.strip() else post.title
    short = 0 < len(title.split()) < _SHORT and post.text.strip()
    return headlines.beginning(f"{title}: {post.text}" if short else title or post.text)


def outlet(say: Saying, post: ToldPost) -> tuple[str, str]:
    """The headline of an article, and who published it, "" where nothing tells."""
    headline = Headline(post.title, post.url, post.source_ids)
    return headlines.worded(headline, say.facts.papers, say.facts.source_names)
