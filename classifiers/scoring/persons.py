"""Write a post as the second reader reads it for one person: who they are, then the post, with a mark before
each of their names, and before their office where it is said. It reads a post once for each person and
answers what part they have in it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from classifiers.scoring.network import MAX_CHARS, Floats, TextScorer, WordPieces
from classifiers.text.model_text import MAX_TITLE_CHARS, family_of, normalise
from classifiers.text.words import undisguise
from data.frozen import freeze
from data.letters import without_accents
from data.types import Scores

PARTS = (
    "harm", "crime", "criticised", "threatened", "wronged", "writer", "addressed", "informed", "praised",
    "mentioned", "word",
)  # fmt: skip
"""What somebody may have to do with a post, each by itself, in the order of the output `parts`."""

MARK = "[unused5]"
"""The piece before each name or office of the person. It stands in no text: words are cut at brackets."""

PERSON_TOKENS, OVERLAP = 192, 48
"""The longest window, and how many words two neighbours share."""

MAX_ANSWERED_CHARS = 240
_WHO_TOKENS, _TITLE_TOKENS, _ANSWERED_TOKENS = 24, 30, 50
_LONG = 4
"""A first name with fewer letters (Ian, Amy) is not looked for by itself."""

_HONORIFIC = re.compile(
    r"^(?:(?:Mr|Mrs|Miss|Ms|Mx|Dr|Prof|Professor|Cllr|Lady|Lord|Sir|Dame|Rev|Revd|Reverend|Canon|Father|Fr|Sister"
    r"|Brother|Pastor|Vicar|Rabbi|Imam|Deacon)\.?\s+)+",
    re.IGNORECASE,
)
_IN_WORDS = {
    "head": "headteacher, the head",
    "dsl": "designated safeguarding lead",
    "deputy_dsl": "deputy safeguarding lead",
    "chair": "chair of governors",
    "vice_chair": "vice chair of governors",
    "slt": "senior leadership team",
    "staff": "member of staff",
    "it_lead": "IT lead",
    "dpo": "data protection officer",
    "press": "press officer",
    "janitor": "janitor, caretaker",
    "coach": "sports coach",
}
"""Each office as it is said to the network; others by their own name."""


@freeze
class DescribedPerson:
    """A person of a school, by name and by every office that they hold; and by what a post calls them by
    office, in small letters."""

    name: str
    offices: tuple[str, ...]
    called: tuple[str, ...] = ()

    def describe(self) -> str:
        """Give name and offices: “Mrs Dawn Page, teaching assistant”."""
        offices = (_IN_WORDS.get(office, office.replace("_", " ")) for office in self.offices)
        return ", ".join((self.name, *offices))


@freeze
class PostText:
    """The words of a post that are read, where it stands, and what it answers."""

    channel: str
    title: str
    text: str
    quoted: str = ""


class AskedPerson(NamedTuple):
    """A question to the reader: what part has this person in this post?"""

    post: PostText
    person: DescribedPerson


class PersonReader(TextScorer, Protocol):
    """A model that also answers which part a person has in a post."""

    def read_persons(self, asked: Sequence[AskedPerson]) -> Scores: ...


def reader_of(scorer: TextScorer) -> PersonReader | None:
    """The second reader beside a scorer, its `reader`; None where it has none."""
    found: PersonReader | None = getattr(scorer, "reader", None)
    return found


class PersonWindows:
    """Writes a post's token rows for a person, with the word pieces of a `tokenizer.json`."""

    def __init__(self, tokenizer: Path) -> None:
        vocabulary: dict[str, int] = json.loads(tokenizer.read_bytes())["model"]["vocab"]
        self.pieces = WordPieces(tokenizer)
        self.mark, self.hidden = vocabulary[MARK], vocabulary["<mask>"]

    def windows(self, person: DescribedPerson, post: PostText) -> list[list[int]]:
        """The windows of the post, each at most PERSON_TOKENS long and headed by person, place and title."""
        names = _names(person.name, tuple(person.called))
        words, title = normalise(post.text), normalise(post.title, mask_handles=False)[:MAX_TITLE_CHARS]
        if not words:
            words, title = title, ""
        head = self._head(person, post, title, names)
        marked, room = self._mark(words[:MAX_CHARS], names), PERSON_TOKENS - len(head) - 1
        starts = range(0, max(len(marked) - OVERLAP, 1), room - OVERLAP)
        return [[*head, *marked[start : start + room], self.pieces.marks[1]] for start in starts]

    def learnt(self, person: DescribedPerson, post: PostText) -> list[int]:
        """The window that is learnt: the first whose words name the person, or else the first."""
        windows = self.windows(person, post)
        end = self.pieces.marks[1]
        return next((ids for ids in windows if self.mark in ids[ids.index(end) :]), windows[0])

    def _head(self, person: DescribedPerson, post: PostText, title: str, names: re.Pattern[str]) -> list[int]:
        start, end = self.pieces.marks
        described, place = self.pieces.ids([person.describe(), f" | {family_of(post.channel)} | "])
        head = [start, *described[:_WHO_TOKENS], *place, *self._mark(title, names)[:_TITLE_TOKENS]]
        if answered := normalise(post.quoted)[:MAX_ANSWERED_CHARS].strip():
            head += self.pieces.ids(["| re: "])[0] + self._mark(answered, names)[:_ANSWERED_TOKENS]
        return [*head, end]

    def _mark(self, text: str, names: re.Pattern[str]) -> list[int]:
        """Give the text's pieces, a mark before each of the names, with accents or without."""
        text = without_accents(text)
        cuts = [0, *(found.start() for found in names.finditer(text)), len(text)]
        between = [text[a:b] for a, b in itertools.pairwise(cuts)]
        parts = self.pieces.ids([undisguise(part).text for part in between])
        ids = list(parts[0])
        for part in parts[1:]:
            ids += [self.mark, *part]
        return ids


@lru_cache(maxsize=4096)
def _names(name: str, called: tuple[str, ...]) -> re.Pattern[str]:
    """Find the surname, a long first name or what they are `called` where it stands as a word, whatever its
    case, with `s` or not."""
    words = _HONORIFIC.sub("", without_accents(name).strip()).split()
    looked_for = {*called, words[-1], *(first for first in words[:-1][:1] if len(first) >= _LONG)}
    either = "|".join(sorted(map(re.escape, looked_for), key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:{either})(?=s?(?![^\W\d_]))", re.IGNORECASE)


def run_parts(session: Any, ids: Sequence[int], mark: int) -> Floats:
    """The output `parts` of onnxruntime's session for one token row: logits `[len(PARTS)]`."""
    tokens = np.asarray([ids], dtype=np.int64)
    given = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
    marks = (tokens == mark).astype(np.int64)
    answer: Floats = session.run(["parts"], given | {"marks": marks})[0][0]
    return answer
