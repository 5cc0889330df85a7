"""Prepare the model's input: one line of context, then the words, both normalised.

The same function prepares training and scoring, so the model never sees text in any other form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TypeAlias

from data.frozen import freeze
from data.judged import calls_for_alert
from data.letters import ByCharacter, plain_letters
from data.types import TITLE, Match, Mention, MentionKind, Relevance, Span, Verdict
from data.web.channels import PRESS
from data.web.urls import unescape

# The sentence that weighed most in a verdict: each is left out in turn, and the rest is judged. Of more than
# MOST sentences so many runs of them are left out first, then those of the run that weighed most.

MOST = 12
"""So many parts of one post are left out at a time, each at the cost of judging one more post."""
LIKELY = 0.1
"""From this rank (how likely it is ours and grave) a look is worth that cost. Below lie two thirds of them,
which the cap leaves out, or which are shown for something else than danger, such as too few words."""
_END = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bYr)[.!?…]+[\"”’')\]]*\s+|\n+", re.IGNORECASE
)

_FEW = 3
"""A sentence of so few words belongs to the next, at the end to the one before."""

Judged: TypeAlias = tuple[Mention, tuple[Match, ...]]
"""A mention as it is judged, and its matches."""


@freeze
class _Search:
    """Among which parts of a mention it is looked for; `match` is the place of the verdict's among all."""

    mention: Mention
    matches: tuple[Match, ...]
    match: int
    parts: Sequence[Span]

    @property
    def runs(self) -> list[Sequence[Span]]:
        """The parts, as many together as make MOST of them or fewer."""
        size = -(-len(self.parts) // MOST)
        return [self.parts[n : n + size] for n in range(0, len(self.parts), size)]


def with_weightiest(
    fresh: Sequence[Judged],
    verdicts: Sequence[Verdict],
    judge: Callable[[Sequence[Judged]], Sequence[Verdict]],
) -> tuple[Verdict, ...]:
    """The verdicts, those that call for an alert or a look with the part that weighed most (`weighed_most`).

    That is the part without which the rest is least grave, of several such the first; none of a mention of
    one sentence, and where nothing is less grave without any. `judge` gives, as it gave these, the verdicts
    on mentions: one for each match, in order.
    """
    found, searches = list(verdicts), _searches(fresh, verdicts)
    # the parts are not read again: nor is the whole, beside them
    answers = iter(judge([(s.mention, s.matches) for s in searches.values()]) if searches else ())
    wholes = {n: [next(answers) for _ in s.matches][s.match] for n, s in searches.items()}
    while searches:
        asked = [(_without(s.mention, run), s.matches) for s in searches.values() for run in s.runs]
        answers = iter(judge(asked))
        for n, search in list(searches.items()):
            rest = [[next(answers) for _ in search.matches][search.match] for _ in search.runs]
            grave = [_gravity(verdict, wholes[n]) for verdict in rest]
            least, run = min(zip(grave, search.runs, strict=True), key=itemgetter(0))
            weighs = least < _gravity(wholes[n], wholes[n])
            if weighs and len(run) > 1:
                searches[n] = replace(search, parts=run)
                continue
            del searches[n]
            if weighs:
                found[n] = replace(found[n], weighed_most=run[0])
    return tuple(found)


def _searches(fresh: Sequence[Judged], verdicts: Sequence[Verdict]) -> dict[int, _Search]:
    """The searches, by the place of the verdict."""
    places = ((mention, matches, k) for mention, matches in fresh for k in range(len(matches)))
    found = {}
    for n, (verdict, (mention, matches, k)) in enumerate(zip(verdicts, places, strict=True)):
        raised = calls_for_alert(verdict) or (verdict.look and verdict.look_rank >= LIKELY)
        if raised and len(parts := list(_parts(mention))) > 1:
            alone = mention if parts[0] == TITLE else replace(mention, title="")
            found[n] = _Search(alone, matches, k, parts)
    return found


def _parts(mention: Mention) -> Iterator[Span]:
    """The title, unless the text begins with it, and the sentences of the text."""
    title, text = mention.title.rstrip(" .…").lstrip(), mention.text
    if title and not text.lstrip().startswith(title):
        yield TITLE
    start = 0
    for end in (*(hit.end() for hit in _END.finditer(text)), len(text)):
        said, after = text[start:end].strip(), text[end:].split(maxsplit=_FEW)
        if len(said.split()) <= _FEW or 0 < len(after) <= _FEW:
            continue
        begins = text.index(said, start)
        yield begins, begins + len(said)
        start = end


def _without(mention: Mention, run: Sequence[Span]) -> Mention:
    title, spans = "" if TITLE in run else mention.title, [span for span in run if span != TITLE]
    cut = slice(spans[0][0], spans[-1][1]) if spans else slice(0, 0)
    return replace(mention, title=title, text=mention.text[: cut.start] + mention.text[cut.stop :])


def _gravity(rest: Verdict, whole: Verdict) -> tuple[int, bool, float, float]:
    """The rank of the rest: by what becomes of it, how grave it is, the model; by numbers where not ours."""
    became, scores = whole if rest.relevance is Relevance.NOT_ABOUT else rest, dict(rest.scores)
    standing = int(became.severity) if calls_for_alert(became) else 0
    return standing, became.look, scores.get("weighed:severe", 0.0), scores.get("severity:3", 0.0)


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


_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


def with_answered(mention: Mention, words: Mapping[str, str]) -> Mention:
    """The mention as it is read for whom it means: a reply or a comment that quotes nothing as if it quoted
    what it answers, of which the `words` are given by id; any other, and where none are given, as it came."""
    answered = words.get(mention.parent or "", "") if mention.kind in _ANSWERS else ""
    return replace(mention, quoted=answered) if answered and not mention.quoted else mention


def mention_text(mention: Mention) -> str:
    """The model's input for a mention, a reply or a comment with what it answers."""
    answered = mention.quoted if mention.kind in _ANSWERS else ""
    return model_text(mention.channel, mention.title, mention.text, mention.rating, answered)


def model_text(channel: str, title: str, text: str, rating: float | None, quoted: str = "") -> str:
    """The model's input for one mention: `context`, a line end, `words`. Context is the family of the channel
    ("review", "group", "post" where it is unknown), any stars, and the title unless the words begin with it,
    and the beginning of what is answered. Without words, the title takes their place."""
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


def in_plain_letters(mention: Mention) -> Mention:
    """The mention as it is judged: what is kept and shown of it stays as it came."""
    title, text, quoted = map(plain_letters, (mention.title, mention.text, mention.quoted))
    return replace(mention, title=title, text=text, quoted=quoted)


def is_article(mention: Mention) -> bool:
    """Is it what a paper or a site published? A feed of a forum or a group brings what people said."""
    return mention.kind is MentionKind.ARTICLE and family_of(mention.channel) not in _OF_PEOPLE


def normalise(text: str, *, mask_handles: bool = True) -> str:
    """The text on one line, fit for an uncased vocabulary; idempotent. Escapes and entities are undone, tags
    and invisible characters dropped, addresses become `http`, handles `@user`, emoji their names, and runs of
    more than three of one letter three."""
    if "\\u" in text:
        text = _ESCAPES.sub(_unescape, text)
    text = _TAG.sub(" ", unescape(text))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", plain_letters(text)).translate(_PLAIN)
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
    """One character: emoji as their name, without shades of skin and invisible characters."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "So":
        return f" {unicodedata.name(character, '').lower()} "
    if category in ("Cf", "Cs", "Co", "Cn"):
        return ""
    return "" if "\U0001f3fb" <= character <= "\U0001f3ff" else character


_PLAIN = ByCharacter(_plain)
