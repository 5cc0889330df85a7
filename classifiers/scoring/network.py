"""Prepare what the network reads and read what it answers: windows of word pieces, and the heads with the
order of their labels, the same for training and for scoring.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from unicodedata import category, normalize

import numpy as np
from numpy.typing import NDArray

from classifiers.text.model_text import CONTEXT_END
from classifiers.text.words import undisguise
from data.frozen import freeze
from data.letters import ByCharacter
from data.types import ABUSE_LABELS, THEMES, Scores

# Word pieces by BERT's uncased vocabulary or MPNet's, from the model's own `tokenizer.json`. The rules are
# those of Devlin et al., “BERT” (2019): odd characters and accents go, all is in small letters, punctuation
# and Chinese characters stand alone, and of each word the longest piece that is known comes first.

MOST_LETTERS = 100
"""A longer word is unknown."""
REMEMBERED = 50_000
"""So many words' pieces are kept, none of a longer one: it may be as long as a post, and comes once."""
_NORMALIZER = {
    "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None,
    "lowercase": True,
}  # fmt: skip
_MODEL = {
    "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
    "max_input_chars_per_word": MOST_LETTERS,
}  # fmt: skip
_CHINESE = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


def _clean_char(char: str) -> str:
    if char in "\t\n\r" or category(char) in ("Zs", "Zl", "Zp"):
        return " "
    if char == "\ufffd" or category(char) in ("Cc", "Cf", "Co"):
        return ""
    return f" {char} " if any(first <= ord(char) <= last for first, last in _CHINESE) else char


_CLEANED = ByCharacter(_clean_char)
_WITHOUT_MARKS = ByCharacter(lambda char: "" if category(char) == "Mn" else char)
_SPACED = ByCharacter(
    lambda c: f" {c} " if category(c)[0] == "P" or (c.isascii() and c in "$+<=>^`|~") else c
)


class WordPieces:
    """The pieces of a file's vocabulary. Safe in threads. Raises ValueError for a file of another kind."""

    def __init__(self, path: Path) -> None:
        held = json.loads(path.read_bytes())
        model, marks = held.get("model", {}), [one["content"] for one in held.get("added_tokens", ())]
        if held.get("normalizer") != _NORMALIZER or not _MODEL.items() <= model.items() or not marks:
            raise ValueError(f"{path} holds no word pieces that are cut as BERT's uncased ones are.")
        self._pieces: dict[str, int] = model["vocab"]
        self._unknown = (self._pieces["[UNK]"],)
        start, end = ("<s>", "</s>") if "<s>" in self._pieces else ("[CLS]", "[SEP]")
        self.marks = (self._pieces[start], self._pieces[end])
        """The numbers of what begins an input and of what ends a part."""
        self._marks = re.compile(f"({'|'.join(map(re.escape, marks))})")
        self._known: dict[str, tuple[int, ...]] = {}

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, in order, without the marks of beginning and end."""
        found: list[list[int]] = [[] for _ in texts]
        for text, ids in zip(texts, found, strict=True):
            for n, part in enumerate(self._marks.split(text)):
                if n % 2:  # the name of a mark, as somebody wrote it
                    ids.append(self._pieces[part])
                    continue
                for word in words_of(part):
                    ids += self._known.get(word) or self._cached_pieces(word)
        return found

    def _cached_pieces(self, word: str) -> tuple[int, ...]:
        if len(word) > MOST_LETTERS:
            return self._unknown
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[word] = found = self._cut_word(word)
        return found

    def _cut_word(self, word: str) -> tuple[int, ...]:
        found: list[int] = []
        start, mark = 0, ""
        while start < len(word):
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._pieces), None)
            if end is None:
                return self._unknown
            found.append(self._pieces[mark + word[start:end]])
            start, mark = end, "##"
        return tuple(found)


def words_of(text: str) -> list[str]:
    """The words, in small letters and without accents; each punctuation mark is one."""
    text = text.translate(_CLEANED)
    if not text.isascii():
        text = normalize("NFD", text).translate(_WITHOUT_MARKS)
    small = "".join(map(str.lower, text)) if "Σ" in text else text.lower()
    return small.translate(_SPACED).split()


SWITCHES = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1"}
"""Environment variables and what each is set to, whatever it was before."""


def switch_off() -> None:
    """Sets the switches. Call before each import of onnxruntime or transformers."""
    os.environ.update(SWITCHES)


CLS, SEP = 101, 102
"""The marks of BERT's vocabulary: start of input, end of a part."""

MAX_CONTEXT_TOKENS = 40
MAX_CHARS = 20_000


def tokenise(word_pieces: WordPieces, texts: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """Token ids of context and words of each model text, without marks; words cut and undisguised."""
    parts = [text.partition(CONTEXT_END) if CONTEXT_END in text else ("", "", text) for text in texts]
    contexts = word_pieces.ids([context[: MAX_CONTEXT_TOKENS * 10] for context, _, _ in parts])
    words = word_pieces.ids([undisguise(words[:MAX_CHARS]).text for _, _, words in parts])
    return list(zip(contexts, words, strict=True))


def cut_windows(
    context: Sequence[int], words: Sequence[int], size: int, overlap: int, marks: tuple[int, int] = (CLS, SEP)
) -> list[list[int]]:
    """The windows of one text, each at most `size` tokens including marks, at least one. Every word is in a
    window; neighbours share `overlap` words. `marks` are the vocabulary's own for the start of input and the
    end of a part."""
    start_mark, end_mark = marks
    head = [start_mark, *context[:MAX_CONTEXT_TOKENS], end_mark]
    room = size - len(head) - 1
    windows = [[*head, *words[:room], end_mark]]
    start = room
    while start < len(words):
        start -= overlap
        windows.append([*head, *words[start : start + room], end_mark])
        start += room
    return windows


Floats = NDArray[np.float32]


class TextScorer(Protocol):
    """A model: one row of probabilities per text, in their order."""

    def score(self, texts: Sequence[str]) -> Scores: ...


@freeze
class Head:
    """One question. `exclusive`: exactly one label holds (softmax); otherwise each by itself (sigmoid).
    `strongest` names the labels by which the window that decides for a long text is chosen; where it is
    empty, an exclusive head takes the mean over the windows."""

    name: str
    labels: tuple[str, ...]
    exclusive: bool
    strongest: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels as `Scores.labels` names them: `abuse:threat`; a head of one label stays bare."""
        return tuple(self.name if label == self.name else f"{self.name}:{label}" for label in self.labels)


HEADS = (
    Head("sentiment", ("negative", "neutral", "positive"), exclusive=True),
    Head("abuse", ABUSE_LABELS, exclusive=False),
    Head("about", ("school", "staff", "pupil", "head", "governor", "other"), exclusive=True),
    Head(
        "route",
        ("note", "thank", "respond", "request_removal", "platform_report", "safeguarding", "police_now"),
        exclusive=True,
        strongest=("request_removal", "platform_report", "safeguarding", "police_now"),
    ),
    Head("severity", ("3", "4"), exclusive=False),
    Head("relevant", ("relevant",), exclusive=False),
    Head("offensive", ("offensive",), exclusive=False),
)

LABELS = tuple(column for head in HEADS for column in head.columns)
"""What the network of `training.run` learns, in the order of its output `logits`."""

THEME_LABELS = tuple(f"theme:{theme}" for theme in THEMES)
"""What a text is about, each by itself, in the order of the output `themes` (`training.themes`)."""

SCORED = (*LABELS, *THEME_LABELS)
"""The columns of `Scores` from the model that comes with the program."""

FACTS = (
    *(f"danger:{who}" for who in ("child", "person", "site")),
    *(f"wrong:{by}" for by in ("head", "staff", "pupil", "other", "to_child")),
    *(f"limb:{limb}" for limb in ("harmed", "offence", "risk", "unsuitable")),
    *(f"wronged:{how}" for how in ("threatened", "filmed", "impersonated", "exposed", "smeared")),
    *(f"asks:{what}" for what in ("answer", "thanks", "nothing", "removal")),
)
"""What is true of a post apart from its tone, each by itself, in the order of the output `facts`
(`research.reader.facts`). The limbs are those of Keeping Children Safe in Education, Part 4."""

READ = (*LABELS, *FACTS)
"""The columns of `Scores` from the second reader."""


def spans() -> tuple[tuple[Head, slice], ...]:
    """Each head with its columns in a row of the model's output."""
    placed: list[tuple[Head, slice]] = []
    start = 0
    for head in HEADS:
        placed.append((head, slice(start, start + len(head.labels))))
        start += len(head.labels)
    return tuple(placed)


def probabilities(logits: Floats) -> Floats:
    """Logits of LABELS, SCORED or READ as probabilities: softmax in exclusive heads, sigmoid elsewhere."""
    out = np.empty_like(logits)
    for head, span in spans():
        part = logits[:, span]
        if head.exclusive:
            power = np.exp(part - part.max(axis=1, keepdims=True))
            out[:, span] = power / power.sum(axis=1, keepdims=True)
        else:
            out[:, span] = sigmoid(part)
    out[:, len(LABELS) :] = sigmoid(logits[:, len(LABELS) :])
    return out


def sigmoid(logits: Floats) -> Floats:
    """Logits as probabilities, each by itself."""
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))).astype(np.float32)


def over_windows(windows: Floats, tokens: Floats, labels: Sequence[str] = SCORED) -> Floats:
    """One row for a text from the probabilities of its windows `[w, labels]`; `labels` are SCORED or READ.
    Independent labels and facts take their strongest window; sentiment, about and the themes the mean,
    weighted by the windows' `tokens`; route the row of the window most in favour of acting."""
    row = np.empty(windows.shape[1], dtype=np.float32)
    weights = tokens / tokens.sum()
    for head, span in spans():
        part = windows[:, span]
        if not head.exclusive:
            row[span] = part.max(axis=0)
        elif head.strongest:
            chosen = [head.labels.index(label) for label in head.strongest]
            row[span] = part[int(part[:, chosen].sum(axis=1).argmax())]
        else:
            row[span] = weights @ part
    rest = windows[:, len(LABELS) :]
    row[len(LABELS) :] = rest.max(axis=0) if labels == READ else weights @ rest
    return row
