"""Cuts long texts into overlapping windows, each preceded by the text's line of context."""

from __future__ import annotations

import os
from collections.abc import Sequence

from classifiers.scoring.word_pieces import WordPieces
from classifiers.text.model_text import CONTEXT_END
from classifiers.text.undisguise import undisguise

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
    """The windows of one text, each at most `size` tokens including marks, at least one.

    Every word is in a window; neighbours share `overlap` words. `marks` are the vocabulary's own for the
    start of input and the end of a part.
    """
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
