"""The scorer over the model that comes with the program: n-grams first, then the network."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from classifiers.scoring.heads import LABELS, SCORED
from classifiers.scoring.model_card import (
    CARD,
    MODEL_DIR,
    MODEL_FILE,
    NGRAM_FILE,
    TOKENIZER_FILE,
    file_digest,
)
from classifiers.scoring.ngram_features import BUCKETS, singles
from classifiers.scoring.ngrams import NGRAM_COLUMNS, OPINIONS, Ngrams, write
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.text.model_text import model_text
from data.errors import ModelMissing

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


def folder_with(tmp_path: Path, **changes: float) -> Path:
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
    card["ngrams"] = {"lines": {"relevant": 0.1, "grave": 0.1} | changes}
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


def read_by_the_network(scorer: Scorer, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reach the network when all are scored."""
    seen: list[str] = []
    network = scorer._network
    monkeypatch.setattr(scorer, "_network", lambda some: seen.extend(some) or network(some))
    scorer.score(texts)
    return seen


def test_what_is_neither_ours_nor_grave_reaches_the_network_only_where_nothing_is_dismissed(
    pair, folder, monkeypatch
):
    texts = [f"{text} Now." for text in (NOISE, OURS, GRAVE, BOTH)]
    assert read_by_the_network(pair, texts, monkeypatch) == texts[1:]
    assert read_by_the_network(Scorer(folder, dismiss=False), [NOISE, OURS], monkeypatch) == [NOISE, OURS]


def test_rows_stand_in_the_order_of_the_texts_whoever_read_them(pair: Scorer) -> None:
    texts = [OURS, NOISE, GRAVE, NOISE + " Again."]
    together = pair.score(texts)
    assert together.values.dtype == np.float32
    assert np.array_equal(together.values, pair.score(texts[::-1]).values[::-1])
    assert np.array_equal(np.stack([pair.score([text]).values[0] for text in texts]), together.values)


def test_the_n_grams_opinions_stand_beside_the_networks_answers_or_in_their_place(pair: Scorer) -> None:
    found = pair.score([NOISE, BOTH])
    assert found.labels == (*SCORED, *OPINIONS)
    dismissed, read = found.row(0), found.row(1)
    assert read["ngram:severity:3"] > 0.9 > dismissed["ngram:severity:3"]
    assert read["severity:3"] != read["ngram:severity:3"]
    assert dismissed["severity:3"] == dismissed["ngram:severity:3"]
    assert dismissed["relevant"] == dismissed["ngram:relevant"]
    assert [dismissed[label] for label in SCORED[len(LABELS) :]] == [0.0] * (len(SCORED) - len(LABELS))


def test_the_networks_answer_is_the_same_beside_the_n_grams_and_of_an_earlier_model_with_fewer_labels(
    pair: Scorer,
) -> None:
    alone = Scorer(MODEL_DIR, dismiss=False).score([OURS]).values[0, : len(SCORED)]
    assert np.array_equal(pair.score([OURS]).values[0, : len(SCORED)], alone)
    now = (*SCORED, "later")
    with pytest.raises(ModelMissing, match="different labels"):
        Scorer(MODEL_DIR, labels=now).score([OURS])
    row = Scorer(MODEL_DIR, labels=now, dismiss=False, earlier=True).score([OURS]).values[0]
    assert np.array_equal(row[: len(SCORED)], alone)
    assert row[len(SCORED)] < 1e-9


def test_lines_that_are_missing_from_the_card_are_said(tmp_path: Path) -> None:
    card = json.loads((folder_with(tmp_path) / CARD).read_text())
    del card["ngrams"]["lines"]["grave"]
    (tmp_path / CARD).write_text(json.dumps(card))
    with pytest.raises(ModelMissing, match=r"card\.json is not a model card"):
        Scorer(tmp_path).score([NOISE])


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
    assert Scorer(folder, earlier=True).score([NOISE]).labels == SCORED
