"""Cuts long texts into overlapping windows, each preceded by the text's line of context."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from unicodedata import category, normalize

from classifiers.text.model_text import CONTEXT_END
from classifiers.text.undisguise import undisguise

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


class _Each(dict[int, str]):
    """A table of what becomes of each character, found out at its first."""

    def __init__(self, becomes: Callable[[str], str]) -> None:
        super().__init__()
        self._becomes = becomes

    def __missing__(self, code: int) -> str:
        self[code] = found = self._becomes(chr(code))
        return found


def _clean_char(char: str) -> str:
    if char in "\t\n\r" or category(char) in ("Zs", "Zl", "Zp"):
        return " "
    if char == "\ufffd" or category(char) in ("Cc", "Cf", "Co"):
        return ""
    return f" {char} " if any(first <= ord(char) <= last for first, last in _CHINESE) else char


def _space_char(char: str) -> str:
    alone = category(char)[0] == "P" or (char.isascii() and char in "$+<=>^`|~")
    return f" {char} " if alone else char


_CLEANED = _Each(_clean_char)
_WITHOUT_MARKS = _Each(lambda char: "" if category(char) == "Mn" else char)
_SPACED = _Each(_space_char)


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
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> list[int]:
        found: list[int] = []
        for n, part in enumerate(self._marks.split(text)):
            if n % 2:  # the name of a mark, as somebody wrote it
                found.append(self._pieces[part])
                continue
            for word in words_of(part):
                found += self._known.get(word) or self._cached_pieces(word)
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
    if not texts:
        return []
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
