"""The scorer over the model that comes with the program: n-grams first, then the network."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.scoring import network as pieces_of
from classifiers.scoring.network import SCORED, WordPieces
from classifiers.scoring.ngrams import (
    BUCKETS,
    NGRAM_COLUMNS,
    OPINIONS,
    Counted,
    Ngrams,
    batches,
    count,
    pieces,
    singles,
    sum_by_owner,
)
from classifiers.scoring.onnx_scorer import (
    CARD,
    MODEL_DIR,
    MODEL_FILE,
    NGRAM_FILE,
    TOKENIZER_FILE,
    Scorer,
    file_digest,
)
from classifiers.text.model_text import model_text
from data.errors import ModelMissing
from research.evaluation.shipped import EarlierScorer
from research.training.ngrams.member import read_facts, write

PRAISE = model_text(
    "google_review", "", "Lovely school. The teachers helped our daughter settle in so kindly.", 5
)
THREAT = model_text(
    "facebook", "", "I know what car she drives. I'll be waiting at the gate with a bat at 3.15.", None
)
LUNCH = model_text("facebook", "", "Does anyone know what time the school shop opens on Monday?", None)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


def test_the_shipped_model_is_small_named_by_its_files_and_gives_no_rows_for_no_texts(scorer: Scorer) -> None:
    assert (MODEL_DIR / NGRAM_FILE).stat().st_size <= 8_000_000
    assert (MODEL_DIR / MODEL_FILE).stat().st_size <= 25_000_000
    scores = scorer.score([])
    assert scores.values.shape == (0, len(scores.labels))
    assert scores.truncated == ()
    network, ngrams = (file_digest(MODEL_DIR / name) for name in (MODEL_FILE, NGRAM_FILE))
    assert scorer.version == f"minilm-{network[:12]}-{ngrams[:6]}"


def test_praise_is_positive_a_threat_is_not_and_of_a_long_text_the_strongest_window_speaks(
    scorer: Scorer,
) -> None:
    praise, threat = (scorer.score([PRAISE, THREAT]).row(i) for i in (0, 1))
    assert praise["sentiment:positive"] > 0.7
    assert threat["abuse:threat"] > 0.5 > praise["abuse:threat"]
    assert threat["severity:3"] > 0.5 > praise["severity:3"]
    context, _, words = LUNCH.partition("\n")
    calm = f"{words} " * 40
    long = (
        f"{context}\n{calm}I know what car she drives. I'll be waiting at the gate with a bat at 3.15. {calm}"
    )
    assert scorer.score([long]).row(0)["abuse:threat"] > 3 * scorer.score([LUNCH]).row(0)["abuse:threat"]
    assert scorer.score([long]).truncated == (False,)
    assert scorer.score(["word" + " " * 20_000, "word"]).truncated == (True, False)


def test_texts_of_any_length_get_the_answers_they_get_alone(scorer: Scorer) -> None:
    texts, one_by_one = [THREAT, "word " * 250, LUNCH, "", PRAISE], Scorer()
    alone = [one_by_one.score([text]).values[0] for text in texts]
    assert np.array_equal(Scorer(threads=3).score(texts).values, np.stack(alone))


def test_a_run_that_fails_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def run(self, *_: object) -> None:
            raise RuntimeError("out of memory")

    scorer = Scorer()
    scorer.score([PRAISE])
    monkeypatch.setattr(scorer, "_loaded", (scorer._load()[0], Broken()))
    with pytest.raises(RuntimeError, match="out of memory"):
        scorer.score([PRAISE, THREAT])


def test_a_text_is_never_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer()
    scorer.score([PRAISE])
    rows: list[int] = []
    run = scorer._run
    monkeypatch.setattr(scorer, "_run", lambda ids: rows.append(len(ids)) or run(ids))
    scorer.score([PRAISE, THREAT, THREAT])
    assert rows == [1]


def test_a_model_or_a_file_that_is_missing_or_another_than_the_card_names_is_refused_at_the_first_text(
    tmp_path: Path,
) -> None:
    Scorer(tmp_path / "nowhere")
    with pytest.raises(ModelMissing, match=r"There is no model: .*card\.json is missing"):
        Scorer(tmp_path).score(["a"])
    with pytest.raises(ModelMissing, match=r"model\.onnx is missing"):
        Scorer(_copy(tmp_path, CARD, TOKENIZER_FILE, NGRAM_FILE)).score(["a"])
    _copy(tmp_path, CARD, TOKENIZER_FILE, NGRAM_FILE)
    (tmp_path / MODEL_FILE).write_bytes(b"another")
    with pytest.raises(ModelMissing, match=r"model\.onnx is not the file its card names"):
        Scorer(tmp_path).score(["a"])


def _copy(folder: Path, *names: str) -> Path:
    for name in names:
        shutil.copy(MODEL_DIR / name, folder / name)
    return folder


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"files": 3}'])
def test_a_damaged_card_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / CARD).write_text(content)
    with pytest.raises(ModelMissing, match=r"card\.json"):
        Scorer(tmp_path).score(["a"])


# ------------------------------------------------------------- n-grams first, then the network


NOISE = "social\nThe cricket was rained off again."
OURS = "group\nThe pupils had a lovely day."
GRAVE = "social\nHe is bringing a knife."
BOTH = "group\nOne of the pupils is bringing a knife."


def folder_with(tmp_path: Path) -> Path:
    """The shipped network beside a member that knows two words: “pupils” is ours, “knife” is grave."""
    for name in (CARD, MODEL_FILE, TOKENIZER_FILE):
        (tmp_path / name).symlink_to(MODEL_DIR / name)
    table = np.zeros((BUCKETS, len(NGRAM_COLUMNS)), np.int8)
    ours, knife = singles(["pupils", "knife"]).tolist()
    table[ours, NGRAM_COLUMNS.index("relevant")] = 127
    table[knife, NGRAM_COLUMNS.index("severity:3")] = 127
    columns = len(NGRAM_COLUMNS)
    scale, bias = np.full(columns, 100.0, np.float32), np.full(columns, -6.0, np.float32)
    write(tmp_path / NGRAM_FILE, table, np.full(BUCKETS, 16), scale, bias, {})
    card = json.loads((tmp_path / CARD).read_text())
    card["files"] = {name: file_digest(tmp_path / name) for name in (MODEL_FILE, TOKENIZER_FILE, NGRAM_FILE)}
    (tmp_path / CARD).unlink()
    (tmp_path / CARD).write_text(json.dumps(card))
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    """The shipped network behind n-grams of two words."""
    return Scorer(folder_with(tmp_path_factory.mktemp("pair")))


def test_rows_stand_in_the_order_of_the_texts_whoever_read_them(pair: Scorer) -> None:
    texts = [OURS, NOISE, GRAVE, NOISE + " Again."]
    together = pair.score(texts)
    assert together.values.dtype == np.float32
    assert np.array_equal(together.values, pair.score(texts[::-1]).values[::-1])
    assert np.array_equal(np.stack([pair.score([text]).values[0] for text in texts]), together.values)


def test_the_n_grams_opinions_stand_beside_the_networks_answers(pair: Scorer) -> None:
    found = pair.score([NOISE, BOTH])
    assert found.labels == (*SCORED, *OPINIONS)
    calm, grave = found.row(0), found.row(1)
    assert grave["ngram:severity:3"] > 0.9 > calm["ngram:severity:3"]
    assert grave["severity:3"] != grave["ngram:severity:3"]


def test_the_networks_answer_is_the_same_beside_the_n_grams_and_of_an_earlier_model_with_fewer_labels(
    pair: Scorer,
) -> None:
    alone = Scorer(MODEL_DIR).score([OURS]).values[0, : len(SCORED)]
    assert np.array_equal(pair.score([OURS]).values[0, : len(SCORED)], alone)
    now = (*SCORED, "later")
    with pytest.raises(ModelMissing, match="different labels"):
        Scorer(MODEL_DIR, labels=now).score([OURS])
    row = EarlierScorer(MODEL_DIR, now).score([OURS]).values[0]
    assert np.array_equal(row[: len(SCORED)], alone)
    assert row[len(SCORED)] < 1e-9


def test_a_member_that_answers_for_other_labels_is_refused(folder: Path) -> None:
    columns = len(NGRAM_COLUMNS) - 1
    with np.load(folder / NGRAM_FILE) as read:
        arrays = {name: read[name] for name in read.files} | {"table": read["table"][:, :columns]}
    np.savez_compressed(folder / NGRAM_FILE, **arrays)
    with pytest.raises(ModelMissing, match="other labels"):
        Ngrams(folder / NGRAM_FILE)


def test_of_an_earlier_model_only_the_network_reads(folder: Path) -> None:
    (folder / NGRAM_FILE).write_bytes(b"for other labels")
    card = json.loads((folder / CARD).read_text())
    card["files"][NGRAM_FILE] = file_digest(folder / NGRAM_FILE)
    (folder / CARD).write_text(json.dumps(card))
    assert EarlierScorer(folder).score([NOISE]).labels == SCORED
    with pytest.raises(ModelMissing, match="answers for relevant"):
        EarlierScorer(folder, tuple(label for label in SCORED if label != "relevant"))
    (folder / CARD).write_text("{")
    with pytest.raises(ModelMissing, match="no card of an earlier model"):
        EarlierScorer(folder)


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


def test_words_are_counted_as_meant_and_as_written_apart_from_the_context_and_neighbours_once() -> None:
    assert words_of(count(TEXTS), 2) == {"kill": 2, "the": 1, "queue": 1, "it": 1, "!": 1, "k1ll": 1}
    found = count(TEXTS)
    assert "praised" not in words_of(found, 1)
    assert (found.context_row == 1).sum() == len({"|news", "school", "praised", "by", "parents"})
    assert (found.context_row == 2).sum() == len({"|review", "|1 of 5 stars", "|disguised"})
    found = count(["post\nno no no no", "post\nno"])
    assert found.pair_row.tolist() == [0]


@for_each(("one", "other"), [("see you tonight", "see you Monday"), ("a gay teacher", "a Sikh teacher")])
def test_the_day_and_the_identity_of_somebody_make_no_difference(member, one, other):
    answers = member.score([f"post\n{one}", f"post\n{other}"])
    assert np.array_equal(answers[0], answers[1])


def test_the_pieces_of_a_word_are_its_runs_of_letters_whatever_stands_beside_it_on_every_machine() -> None:
    owner, found = pieces(["ab", "gate"])
    assert np.bincount(owner).tolist() == [3 + 2 + 1, 5 + 4 + 3 + 2]
    assert ((found >= 0) & (found < BUCKETS)).all()
    owner, found = pieces(["so", "gate", "x"])
    assert found[owner == 1].tolist() == pieces(["gate"])[1].tolist()
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
    assert answers.shape == (len(texts), len(OPINIONS))
    assert ((answers >= 0) & (answers <= 1)).all()


def test_each_opinion_is_a_column_of_its_own(member: Ngrams) -> None:
    own = dict(zip(OPINIONS, member.score(TEXTS).T, strict=True))
    odds = member._odds(TEXTS)[:, NGRAM_COLUMNS.index("severity:4")]
    assert np.allclose(own["ngram:severity:4"], 1 / (1 + np.exp(-odds)))


def test_long_texts_go_in_small_batches_and_sums_go_by_owner() -> None:
    assert [len(batch) for batch in batches(["a" * 30_000] * 5)] == [3, 2]
    assert list(batches([])) == []
    values = np.asarray([[1, 2], [3, 4], [5, 6]], np.int8)
    assert sum_by_owner(values, np.asarray([0, 0, 2]), 4).tolist() == [[4, 6], [0, 0], [5, 6], [0, 0]]


def test_the_same_arrays_give_the_same_file(tmp_path: Path) -> None:
    n = len(NGRAM_COLUMNS)
    given = (np.zeros((BUCKETS, n), np.int8), np.ones(BUCKETS, np.int64), np.ones(n, np.float32))
    for name in ("a.npz", "b.npz"):
        write(tmp_path / name, *given, np.zeros(n, np.float32), {"rows": 1})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert read_facts(tmp_path / "a.npz") == {"rows": 1}


# --------------------------------------------------------------------------------- word pieces


BY_THE_LIBRARY = {
    "Don't bring the kids in tomorrow!!": [2123, 1005, 1056, 3288, 1996, 4268, 1999, 4826, 999, 999],
    "Mae'r ysgol ar gau: ŵyr pwy pam? ŷd": [
        11530, 1005, 1054, 1061, 28745, 4747, 12098, 11721, 2226, 1024, 1059, 12541, 1052, 18418, 14089, 1029,
        21076,
    ],
    "K1ll ur self_": [1047, 2487, 3363, 24471, 2969, 1035],
    "café naïve Ångström": [7668, 15743, 17076, 15687],
    "İstanbul ΣΊΣΥΦΟΣ groß": [9960, 1173, 18199, 29733, 29735, 29736, 29730, 29733, 24665, 2080, 19310],
    "學校 is 校": [100, 100, 2003, 100],
    "😀👍🏽 ok": [100, 7929],
    "a\u200bb\u00adc\ufffd\x00d": [5925, 2094],
    "tab\tline\nend\u2028x\u0085y": [21628, 2240, 2203, 1060, 2100],
    "price: £5,000 – “half”…": [3976, 1024, 27813, 1010, 2199, 1516, 1523, 2431, 1524, 1529],
    "supercalifragilistic": [3565, 9289, 10128, 29181, 24411, 4588],
}  # fmt: skip


@pytest.fixture(scope="module")
def word_pieces():
    return WordPieces(MODEL_DIR / TOKENIZER_FILE)


@for_each("text", BY_THE_LIBRARY)
def test_it_is_cut_into_the_pieces_that_the_library_gives(word_pieces, text):
    assert word_pieces.ids([text]) == [BY_THE_LIBRARY[text]]


def test_a_mark_that_somebody_wrote_is_that_mark_and_a_word_of_more_than_a_hundred_letters_unknown(
    word_pieces,
):
    assert word_pieces.ids(["[SEP] [sep] [MASK]x"]) == [[102, 1031, 19802, 1033, 103, 1060]]
    short, long = word_pieces.ids(["x" * 100, "x" * 101])
    assert len(short) == 50
    assert long == [100]
    assert all(len(word) <= 100 for word in word_pieces._known)


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_texts_are_cut_each_by_itself_and_the_second_time_as_the_first(word_pieces, texts):
    found = word_pieces.ids(texts)
    assert found == [word_pieces.ids([text])[0] for text in texts]
    assert all(0 <= piece < 30_522 for pieces in found for piece in pieces)


@given(st.text(max_size=60))
def test_what_is_in_a_word_is_small_and_has_no_blank(text):
    assert all(
        word and word == word.lower() and not any(map(str.isspace, word)) for word in pieces_of.words_of(text)
    )


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("normalizer", None),
        ("normalizer", {"lowercase": False}),
        ("normalizer", {"strip_accents": False}),
        ("model", {"type": "BPE"}),
        ("model", {"continuing_subword_prefix": "@@"}),
        ("model", {"max_input_chars_per_word": 50}),
        ("added_tokens", None),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, part, other):
    held = json.loads((MODEL_DIR / TOKENIZER_FILE).read_bytes())
    held[part] = held[part] | other if other else []
    (tmp_path / "tokenizer.json").write_text(json.dumps(held), "utf-8")
    with pytest.raises(ValueError, match="no word pieces that are cut"):
        WordPieces(tmp_path / "tokenizer.json")
