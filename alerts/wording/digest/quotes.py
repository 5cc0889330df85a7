"""A post in its own words, where those may be repeated to this reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.wording.digest import headlines
from alerts.wording.digest.reader import Saying
from data.digest import Headline
from data.matters import MatterView, PostView
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
    say: Saying, view: MatterView, verdicts: Sequence[Verdict], *, told: bool = False, printed: bool = False
) -> Excerpt | None:
    """The headline or first dozen words of its post, or of its article where that is `printed`; None where
    they may not be repeated to this reader: the settings must let it be quoted, and everybody look at it.
    """
    facts, post = say.facts, (view.article if printed else None) or view.post
    row = CHANNELS.get(post.channel) if post else None
    if post is None or view.story_id in facts.locked or row is None or not row.public:
        return None
    press = in_press(post)
    if facts.excerpts != "public" and not (facts.excerpts == "news" and press):
        return None
    said = _own_words(say, post)
    if not headlines.fit(said, verdicts, facts.people, press=press, told=told):
        return None
    shown = say.w("digest.say.headline", headline=said)
    return Excerpt(shown, headlines.link(Headline(post.title or "", post.url, post.source_ids)))


def in_press(post: PostView) -> bool:
    """Is it an article of a newspaper or a broadcaster?"""
    return post.kind is MentionKind.ARTICLE and post.channel in PRESS


def _own_words(say: Saying, post: PostView) -> str:
    if in_press(post):
        return outlet(say, post)[0]
    text = post.text or ""
    title = "" if post.kind in _UNDER_A_TITLE and text.strip() else post.title or ""
    short = 0 < len(title.split()) < _SHORT and text.strip()
    return headlines.beginning(f"{title}: {text}" if short else title or text)


def outlet(say: Saying, post: PostView) -> tuple[str, str]:
    """The headline of an article, and who published it, "" where nothing tells."""
    headline = Headline(post.title or "", post.url, post.source_ids)
    return headlines.worded(headline, say.facts.papers, say.facts.source_names)
