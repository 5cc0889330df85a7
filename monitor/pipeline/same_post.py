"""Which post a report is of: what was said there, not where. Pure.

Two reports with one address are two posts unless their words are near copies: a group, a chat and a page of
reviews have one address each, and nobody replaces what somebody else handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from classifiers.stories.fingerprints import runs
from classifiers.stories.folding import ALIKE
from data.ids import mention_id, text_hash
from data.judged import may_be_grave, route_rank
from data.store.mentions.person_reports import PostThere
from data.types import Mention, MentionKind, Verdict
from data.web.channels import of_many_posts
from data.web.urls import canonical_url
from monitor.pipeline.sighting import SOURCE_ID, Report, child_image_id
from sources.http.profiles import is_profile


def of_many(url: str) -> bool:
    """Is it the address of a group, a chat or a page, and so of many posts?"""
    return of_many_posts(url) or is_profile(url)


def same_post(report: Report, there: Sequence[PostThere]) -> PostThere | None:
    """The post at its address that was known in the very words; of an address alone the first with words."""
    if report.child_image:
        return None
    if not report.text or _said_anew(report):
        first = next((post for post in there if post.text), there[0] if there else None)
        return None if of_many(report.url) else first
    said = text_hash("", report.text)
    return next((post for post in there if text_hash("", post.text) == said), None)


def near_copy(report: Report, there: Sequence[PostThere]) -> PostThere | None:
    """The post at its address of which its words are likeliest a copy, with the same names, numbers, times
    and “not”s, since no judgement may weigh these; None where they are of none."""
    return likeliest(report, [post for post in there if not _says_otherwise(report.text, post.text)])


def likeliest(report: Report, posts: Sequence[PostThere]) -> PostThere | None:
    """The one of these posts of which its words are likeliest a copy, be it with other names; or None."""
    mine = frozenset() if report.child_image else runs(report.text)
    shares = [(_share(mine, runs(post.text)), post) for post in posts]
    share, post = max(shares, key=lambda one: one[0], default=(0.0, None))
    return post if share >= ALIKE else None


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


_WORD = re.compile(r"(^|[.!?:\n]\W*)?([\w'’]+)")
_TELLS = re.compile(
    r".*\d|(?:ai|are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)n['’]?t"
    r"|not?|never|nobody|none|nothing|neither|nor|without|cannot|now|soon|noon|midnight"
    r"|today|tonight|tomorrow|yesterday|morning|afternoon|evening|night|week|weekend|before|after"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    re.IGNORECASE,
)


def _says_otherwise(one: str, other: str) -> bool:
    """Is a word replaced or moved, be it a name in small letters? Or is one of those above there, or not?"""
    (said, words), (known, others) = _telling(one), _telling(other)
    less, more = sorted((words, others), key=len)
    rest = iter(more)
    return said != known or not all(word in rest for word in less)


def _telling(text: str) -> tuple[list[str], list[str]]:
    """What a text tells by single words within its sentences, and all its words, in their order."""
    tells, words = [], []
    for match in _WORD.finditer(text):
        word = match[2]
        words.append(word.casefold())
        if match[1] is None and (word[0].isupper() or _TELLS.fullmatch(word)):
            tells.append(word.casefold())
    return tells, words


def as_mention(report: Report, same: PostThere | None, now: datetime) -> Mention:
    """The report as a mention; of a post that is known, that one in the words in which it is known."""
    mention = Mention(
        id=_id(report),
        url=report.url,
        channel=report.channel,
        kind=MentionKind.POST,
        title="",
        text=report.text,
        fetched_at=now,
        author=report.author,
        published=None,
    )
    if same is None:
        return mention
    return replace(
        mention,
        id=same.mention_id,
        channel=same.channel,
        kind=same.kind,
        parent=same.parent,
        title=same.title,
        text=same.text,
    )


def apart(mention: Mention, report: Report) -> Mention:
    """The same as a mention of its own: its words are known, and a person says more of them now."""
    said = f"{report.says.danger} {report.says.who} {report.says.about}"
    return replace(mention, id=mention_id(SOURCE_ID, f"{mention.id} {said}"))


def adds_to(judged: Iterable[Verdict], known: Iterable[Verdict]) -> bool:
    """Is it graver than what is `known` of the post that it copies, or may it mean somebody more?"""
    before = {v.urn: v for v in known}
    return any(v.urn not in before or _adds(v, before[v.urn]) for v in judged)


def _adds(one: Verdict, other: Verdict) -> bool:
    rises = (
        one.severity > other.severity,
        route_rank(one.route) > route_rank(other.route),
        one.restricted > other.restricted,
        one.look and not may_be_grave(other),
        not {*one.abuse} <= {*other.abuse},
    )
    meant = {(m.who, m.harm) for m in (*one.endangers, *one.accuses)}
    return any(rises) or not meant <= {(m.who, m.harm) for m in (*other.endangers, *other.accuses)}


def _said_anew(report: Report) -> bool:
    """Are these too few words to be known by, so that they are another post at another moment?"""
    return not runs(report.text) and (not report.url or of_many(report.url))


def _id(report: Report) -> str:
    """By its address and words, by its place and words where it has none."""
    address = canonical_url(report.url) if report.url else ""
    if report.child_image:
        at = f"{report.seen_at.isoformat()}{report.text}{report.handed.file_at}"
        return child_image_id(report.url or at)
    words = text_hash("", report.text)
    if _said_anew(report):
        words = f"{words} {report.seen_at.isoformat()}"
    return mention_id(SOURCE_ID, f"{address or report.channel} {words}")
