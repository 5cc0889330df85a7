"""Are the words of a post still on a page? Only words are compared, ignoring case, punctuation and spaces."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_CUT = re.compile(r"(\S*(…|\.{3}|\[…\]|\[\.{3}\]))\s*$")
_RUN = 5
_MOSTLY = 0.5
_TOMBSTONE_WORDS = 30
_TOMBSTONE = re.compile(
    r"^\W*(removed|deleted|withdrawn|unavailable)\W*$"
    r"|\b(post|message|comment|reply|review|thread|content|this|it)\b.{0,30}"
    r"\b(was|were|is|has been|have been) (now )?(removed|deleted|withdrawn|hidden|taken down)\b"
    r"|\b(removed|deleted|withdrawn|hidden) (by|at|for) (a |the |its )?"
    r"(moderator|mod|admin|administrator|author|poster|user|owner|site|staff|team|mnhq|reddit|request|breaking)"
    r"|\bmessage (deleted|withdrawn)\b|\b(post|comment|reply|review) (removed|deleted|withdrawn)\b"
    r"|\b(neges|sylw|post|adolygiad)\b.{0,30}\b(dileu|ddileu|dynnu|thynnu|dynnwyd|ddilewyd)\b"
    r"|^\W*(dilëwyd|tynnwyd i lawr|wedi['’]i d?d?ileu)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_OF_NOTICES = """
a about abuse account admin administrator administrators admins an and as at author author's be been behaviour
breach breached breaches breaching break breaking breaks broke by code comment community conduct content
deleted discussion does for forum forums from group guideline guidelines has have here here's house in is it
its link longer member message mnhq mod moderated moderation moderator moderators mods more no not of on or
original our owner please policy poster poster's post posts r read reason reddit removed reply request review
rule rules see site sorry spam staff subreddit taken talk team terms that the their these they this thread to
unavailable under use user user's users violated violates violating was we were with withdrawn you your down
a'i adolygiad cael cafodd cymedrolwr cymedrolwyr defnyddiwr dileu ddileu ddilewyd dilëwyd dynnu dynnwyd ei gan
gael hon hwn i lawr mae mae'r neges oherwydd rheolau sylw thynnu torri tynnwyd wedi wedi'i y yr
"""
"""The vocabulary of notices. Anyone who adds something of their own uses other words."""
_NOTICE_WORDS = frozenset(_OF_NOTICES.split())
_FOREIGN = 2
"""How many other words a notice may have: the name of a forum, or of whoever removed it."""
_THING = (
    r"(post|thread|topic|page|discussion|review|comment|message|article|video|listing|content|tweet|photo)"
)
_NOTICE = re.compile(
    rf"\b{_THING}s? (has been|have been|was|were|is) (now )?(removed|deleted|withdrawn|taken down)\b"
    rf"|\b{_THING} (you requested |requested |you were looking for )?"
    r"((does not|doesn.t|no longer) exists?|(is|was) (no longer available|gone)|"
    r"(was |is |could )?(not|n.t) (be )?found|(couldn.t|can.t|cannot) be found)\b|^not found\b"
    rf"|\b(can.t|couldn.t|cannot|could not|can not)( seem to)? find (that|this|the|your) {_THING}\b"
    r"|^(http )?(error[: -]*)?(404|410)\b|\b(404|410)( error)?:? (not found|page|gone)\b|[-|–—] ?404$"
    r"|\b(no|invalid) (thread|topic|post) specified\b"
    r"|\b(dudalen|tudalen|neges|sylw|edefyn)\b.{0,30}\b(dileu|ddileu|dynnu|ganfod|chanfod|ddarganfod|bodoli)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"small group|who can see|(is|be|set to|are) (private|hidden)|not (be )?public\b|permission|log ?in\b|"
    r"sign ?in\b|logged in|right now|at the moment|try again|come back|(went|gone) wrong|error occurred|"
    r"an error|trouble|maintenance|(may|might) (have been|be)\b|off limits|temporar|under review|awaiting|"
    r"adults? only|your age|for sale|expired|in the app\b|mewngofnod|preifat",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"\bhidden\b|click|tap to|temporar|guddio", re.IGNORECASE)


class Overlap(StrEnum):
    """How many of a post's words are there: all, in one piece; most; a few; none."""

    ALL = "all"
    MOSTLY = "mostly"
    PARTLY = "partly"
    NONE = "none"


def overlap(held: str, shown: str) -> Overlap:
    """How many of the words we hold are in what is shown.

    ALL means in one piece: an inserted word changes the sentence (“is”, “is not”). Text that a feed cut off
    is compared up to the cut.
    """
    wanted, there = _words(_CUT.sub("", held)), _words(shown)
    if not wanted:
        return Overlap.NONE
    if f" {' '.join(wanted)} " in f" {' '.join(there)} ":
        return Overlap.ALL
    size = min(_RUN, max(1, len(wanted) // 2))
    runs = _runs(wanted, size)
    share = len(runs & _runs(there, size)) / len(runs)
    if share >= _MOSTLY:
        return Overlap.MOSTLY
    return Overlap.PARTLY if share > 0 else Overlap.NONE


class Tombstone(StrEnum):
    """What is in a post's place: a notice of removal, a doubtful one, or none."""

    PLAIN = "plain"
    DOUBTFUL = "doubtful"
    NONE = "none"


def tombstone(text: str) -> Tombstone:
    """Does it say, in place of a post, that the post was removed, and nothing else?

    An author who writes that their post was removed, and why, has written a new post; hidden posts may be
    shown again.
    """
    said = _words(text)
    if len(said) > _TOMBSTONE_WORDS or _TOMBSTONE.search(text) is None:
        return Tombstone.NONE
    foreign = [word for word in said if word not in _NOTICE_WORDS]
    plain = len(foreign) <= _FOREIGN and _HIDDEN.search(text) is None
    return Tombstone.PLAIN if plain else Tombstone.DOUBTFUL


def is_notice(start: str) -> bool:
    """Does a page without other content say plainly that the post or its page is gone?"""
    return _NOTICE.search(start) is not None and _HEDGED.search(start) is None


def words_in(text: str) -> int:
    """How many words it has."""
    return len(_words(text))


def same_words(one: str, other: str) -> bool:
    """The same words in the same order, and not none."""
    return bool(_words(one)) and _words(one) == _words(other)


def holds(text: str, words: str) -> bool:
    """Are these words in the text in one piece? Never, if there are none."""
    return overlap(words, text) is Overlap.ALL


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return _WORD.findall(folded)


def _runs(words: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}
