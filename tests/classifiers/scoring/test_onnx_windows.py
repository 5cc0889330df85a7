"""Windows: every word of a long text is read, behind its context."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each
from support.token_ids import ids_by_both

from classifiers.scoring.network import (
    CLS,
    LABELS,
    MAX_CONTEXT_TOKENS,
    SEP,
    cut_windows,
    over_windows,
    probabilities,
)

TOKENS = st.lists(st.integers(1000, 2000), max_size=700)


@given(TOKENS, TOKENS)
def test_the_windows_are_the_words_put_together_each_behind_the_context_and_as_long_as_was_learnt(
    context, words
):
    head = [CLS, *context[:MAX_CONTEXT_TOKENS], SEP]
    bodies = [window[len(head) : -1] for window in cut_windows(context, words, 192, 48)]
    assert bodies[0] + [word for body in bodies[1:] for word in body[48:]] == words
    assert all(len(window) <= 192 for window in cut_windows(context, words, 192, 48))
    assert all(
        window[: len(head)] == head and window[-1] == SEP for window in cut_windows(context, words, 192, 48)
    )


def _windows(**columns: tuple[float, float]) -> np.ndarray:
    values = np.full((2, len(LABELS)), 0.1, dtype=np.float32)
    for name, pair in columns.items():
        values[:, LABELS.index(name.replace("__", ":"))] = pair
    return values


@for_each("label", ["abuse__threat", "severity__3", "relevant"])
def test_of_an_independent_label_the_strongest_window_speaks(label: str) -> None:
    row = over_windows(_windows(**{label: (0.2, 0.9)}), np.asarray([192.0, 60.0], np.float32))
    assert row[LABELS.index(label.replace("__", ":"))] == pytest.approx(0.9)


def test_sentiment_is_the_mean_by_length_and_the_route_that_of_the_window_most_in_favour_of_acting() -> None:
    row = over_windows(_windows(sentiment__negative=(0.9, 0.1)), np.asarray([150.0, 50.0], np.float32))
    assert row[LABELS.index("sentiment:negative")] == pytest.approx(0.7)
    values = _windows(route__police_now=(0.05, 0.6), route__note=(0.7, 0.2))
    row = over_windows(values, np.asarray([190.0, 20.0], np.float32))
    assert row[LABELS.index("route:police_now")] == pytest.approx(0.6)
    assert row[LABELS.index("route:note")] == pytest.approx(0.2)
    assert cut_windows([5], [], 192, 48) == [[CLS, 5, SEP, SEP]]


@given(st.lists(st.floats(-80, 80, width=32), min_size=len(LABELS), max_size=len(LABELS)))
def test_exclusive_heads_sum_to_one_and_all_are_probabilities(logits: list[float]) -> None:
    row = probabilities(np.asarray([logits], dtype=np.float32))[0]
    assert ((row >= 0) & (row <= 1)).all()
    for head in ("sentiment", "about", "route"):
        places = [i for i, label in enumerate(LABELS) if label.startswith(f"{head}:")]
        assert row[places].sum() == pytest.approx(1, abs=1e-5)


@pytest.fixture(scope="module")
def both():
    return ids_by_both()


@for_each("text", ["", " ", "[CLS] a [SEP] [PAD] [UNK] [MASK]", "ŵyr ŷd ß İ 學校 😀", "a " * 900])
def test_a_strange_text_has_the_token_ids_that_transformers_gives_it(both, text: str) -> None:
    ours, theirs = both([text, "beside it"])
    assert ours == theirs


EVERYDAY = st.one_of(
    st.characters(max_codepoint=0x5FF),
    st.characters(min_codepoint=0x2E80, max_codepoint=0x1FFFF, categories=["L", "N", "S", "Z"]),
    st.sampled_from("‘’“”–—…•‹›«»‐‑′″、。「」\u200b\u200d\u2028\ufeff\ufe0f\u20e3"),
)
"""All but marks and punctuation of rare scripts: of 503 characters the library knows another category."""


@given(st.lists(st.text(EVERYDAY, max_size=60), min_size=1, max_size=5))
def test_any_text_has_the_token_ids_that_transformers_gives_it(both, texts: list[str]) -> None:
    ours, theirs = both([text.replace("\n", " ") for text in texts])
    assert ours == theirs
