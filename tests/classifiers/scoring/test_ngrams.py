"""The n-gram member: what it sees of a text, and its answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.scoring.ngram_features import BUCKETS, Counted, count, pieces, singles
from classifiers.scoring.ngrams import (
    NGRAM_COLUMNS,
    OPINIONS,
    Lines,
    Ngrams,
    batches,
    opinions,
    summed,
    write,
)

TEXTS = [
    "group\nI know where she parks, she parks behind the gym",
    "news | School praised | by parents\nThe choir sang.",
    "review | 1 of 5 stars\nk1ll the queue, k1ll it!",
    "post\n",
    "group\n" + "A very long complaint about parking. " * 900,
]


@pytest.fixture(scope="module")
def member_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A member with weights by lot."""
    dice = np.random.default_rng(7)
    n = len(NGRAM_COLUMNS)
    path = tmp_path_factory.mktemp("member") / "ngrams.npz"
    table = dice.integers(-127, 128, (BUCKETS, n)).astype(np.int8)
    idf = dice.integers(16, 170, BUCKETS)
    write(path, table, idf, np.full(n, 0.5, np.float32), np.zeros(n, np.float32), {"rows": 5})
    return path


@pytest.fixture(scope="module")
def member(member_file: Path) -> Ngrams:
    return Ngrams(member_file)


def words_of(found: Counted, row: int) -> dict[str, int]:
    """How often each word stands in a text."""
    mine = found.row == row
    return {
        found.words[i]: n for i, n in zip(found.word[mine].tolist(), found.times[mine].tolist(), strict=True)
    }


def test_words_are_counted_as_they_are_meant_and_as_they_are_written() -> None:
    assert words_of(count(TEXTS), 2) == {"kill": 2, "the": 1, "queue": 1, "it": 1, "!": 1, "k1ll": 1}


def test_the_line_of_context_is_apart_from_the_words() -> None:
    found = count(TEXTS)
    assert "praised" not in words_of(found, 1)
    assert (found.context_row == 1).sum() == len({"|news", "school", "praised", "by", "parents"})
    assert (found.context_row == 2).sum() == len({"|review", "|1 of 5 stars", "|disguised"})


def test_neighbours_count_as_a_pair_once_and_never_over_two_texts() -> None:
    found = count(["post\nno no no no", "post\nno"])
    assert found.pair_row.tolist() == [0]


@pytest.mark.parametrize(
    ("one", "other"), [("see you tonight", "see you Monday"), ("a gay teacher", "a Sikh teacher")]
)
def test_the_day_and_the_identity_of_somebody_make_no_difference(
    member: Ngrams, one: str, other: str
) -> None:
    answers = member.score([f"post\n{one}", f"post\n{other}"])
    assert np.array_equal(answers[0], answers[1])


def test_the_pieces_of_a_word_are_its_runs_of_two_to_five_letters_with_a_blank_at_each_end() -> None:
    owner, found = pieces(["ab", "gate"])
    assert np.bincount(owner).tolist() == [3 + 2 + 1, 5 + 4 + 3 + 2]
    assert ((found >= 0) & (found < BUCKETS)).all()


def test_a_word_has_the_same_pieces_whatever_stands_beside_it() -> None:
    owner, found = pieces(["so", "gate", "x"])
    assert found[owner == 1].tolist() == pieces(["gate"])[1].tolist()


def test_buckets_are_the_same_on_every_machine() -> None:
    assert singles(["gate", "knife", "ysgol", "学校"]).tolist() == [37104, 119494, 100997, 47868]
    assert pieces(["né"])[1].tolist() == [59111, 107095, 100948, 98788, 81785, 11410]


def test_a_text_has_one_answer_whatever_stands_beside_it(member: Ngrams, member_file: Path) -> None:
    together = member.score(TEXTS * 40)
    for i, text in enumerate(TEXTS):
        assert np.array_equal(Ngrams(member_file).score([text])[0], together[i])
        assert np.array_equal(together[i], together[i + len(TEXTS)])


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_text_has_probabilities(member: Ngrams, texts: list[str]) -> None:
    answers = member.score(texts)
    assert answers.shape == (len(texts), len(NGRAM_COLUMNS))
    assert ((answers >= 0) & (answers <= 1)).all()


def test_each_opinion_is_a_column_of_its_own(member: Ngrams) -> None:
    answers = member.score(TEXTS)
    own = dict(zip(OPINIONS, opinions(answers).T, strict=True))
    assert np.array_equal(own["ngram:severity:4"], answers[:, NGRAM_COLUMNS.index("severity:4")])


def test_long_texts_go_in_small_batches() -> None:
    assert [len(batch) for batch in batches(["a" * 30_000] * 5)] == [3, 2]
    assert list(batches([])) == []


def test_sums_go_by_owner_and_an_owner_without_any_has_nothing() -> None:
    values = np.asarray([[1, 2], [3, 4], [5, 6]], np.int8)
    assert summed(values, np.asarray([0, 0, 2]), 4).tolist() == [[4, 6], [0, 0], [5, 6], [0, 0]]


@pytest.mark.parametrize(
    ("relevant", "grave", "hour", "urgent", "gone"),
    [
        (0.01, 0.01, 0.01, 0.01, True),
        (0.2, 0.01, 0.01, 0.01, False),
        (0.01, 0.2, 0.01, 0.01, False),
        (0.01, 0.01, 0.2, 0.01, False),
        (0.01, 0.01, 0.01, 0.2, False),
    ],
)
def test_only_what_is_neither_ours_nor_grave_is_dismissed(
    relevant: float, grave: float, hour: float, urgent: float, *, gone: bool
) -> None:
    given = {
        "ngram:relevant": relevant,
        "ngram:severity:3": grave,
        "ngram:severity:4": hour,
        "ngram:urgent": urgent,
    }
    columns = {name: np.asarray([value]) for name, value in given.items()}
    assert Lines(relevant=0.1, grave=0.1).dismiss(columns).tolist() == [gone]


def test_the_same_arrays_give_the_same_file(tmp_path: Path) -> None:
    n = len(NGRAM_COLUMNS)
    given = (np.zeros((BUCKETS, n), np.int8), np.ones(BUCKETS, np.int64), np.ones(n, np.float32))
    for name in ("a.npz", "b.npz"):
        write(tmp_path / name, *given, np.zeros(n, np.float32), {"rows": 1})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert Ngrams(tmp_path / "a.npz").facts == {"rows": 1}
