"""The scorer over the model that comes with the program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from classifiers.scoring.model_card import (
    CARD,
    MODEL_DIR,
    MODEL_FILE,
    NGRAM_FILE,
    TOKENIZER_FILE,
    file_digest,
)
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


def test_the_shipped_model_is_small() -> None:
    assert (MODEL_DIR / NGRAM_FILE).stat().st_size <= 8_000_000
    assert (MODEL_DIR / MODEL_FILE).stat().st_size <= 25_000_000


def test_no_texts_give_no_rows(scorer: Scorer) -> None:
    scores = scorer.score([])
    assert scores.values.shape == (0, len(scores.labels))
    assert scores.truncated == ()


def test_rows_stand_in_the_order_of_the_texts(scorer: Scorer) -> None:
    both, turned = scorer.score([PRAISE, THREAT]), scorer.score([THREAT, PRAISE])
    assert np.array_equal(both.values, turned.values[::-1])
    assert both.values.dtype == np.float32


def test_praise_is_positive_and_a_threat_is_not(scorer: Scorer) -> None:
    praise, threat = (scorer.score([PRAISE, THREAT]).row(i) for i in (0, 1))
    assert praise["sentiment:positive"] > 0.7
    assert threat["abuse:threat"] > 0.5 > praise["abuse:threat"]
    assert threat["severity:3"] > 0.5 > praise["severity:3"]


def test_the_strongest_window_of_a_long_text_speaks(scorer: Scorer) -> None:
    context, _, words = LUNCH.partition("\n")
    calm = f"{words} " * 40
    long = (
        f"{context}\n{calm}I know what car she drives. I'll be waiting at the gate with a bat at 3.15. {calm}"
    )
    assert scorer.score([long]).row(0)["abuse:threat"] > 3 * scorer.score([LUNCH]).row(0)["abuse:threat"]
    assert scorer.score([long]).truncated == (False,)


def test_what_is_too_long_to_read_whole_is_marked(scorer: Scorer) -> None:
    assert scorer.score(["word " * 6000, "word"]).truncated == (True, False)


def test_texts_of_any_length_get_the_answers_they_get_alone(scorer: Scorer) -> None:
    texts = [THREAT, "word " * 400, LUNCH, "", PRAISE, "a much longer neighbour " * 60]
    alone = [Scorer().score([text]).values[0] for text in texts]
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


def test_nothing_is_loaded_before_the_first_text(tmp_path: Path) -> None:
    Scorer(tmp_path / "nowhere")


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"There is no model: .*card\.json is missing"):
        Scorer(tmp_path).score(["a"])


def _copy(folder: Path, *names: str) -> Path:
    for name in names:
        shutil.copy(MODEL_DIR / name, folder / name)
    return folder


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"model\.onnx is missing"):
        Scorer(_copy(tmp_path, CARD, TOKENIZER_FILE, NGRAM_FILE)).score(["a"])


def test_another_file_than_the_card_names_is_refused(tmp_path: Path) -> None:
    _copy(tmp_path, CARD, TOKENIZER_FILE, NGRAM_FILE)
    (tmp_path / MODEL_FILE).write_bytes(b"another")
    with pytest.raises(ModelMissing, match=r"model\.onnx is not the file its card names"):
        Scorer(tmp_path).score(["a"])


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"files": 3}'])
def test_a_damaged_card_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / CARD).write_text(content)
    with pytest.raises(ModelMissing, match=r"card\.json"):
        Scorer(tmp_path).score(["a"])


WITHOUT_TORCH = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.split(".")[0] == "torch" else find(name, *rest)
from classifiers.scoring.onnx_scorer import Scorer
Scorer().score(["A text."])
import sys
assert not {"torch", "transformers", "huggingface_hub"} & sys.modules.keys()
"""


def test_without_torch_it_scores_says_nothing_of_torch_and_loads_no_transformers() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", WITHOUT_TORCH], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_version_names_the_files(scorer: Scorer) -> None:
    network, ngrams = (file_digest(MODEL_DIR / name) for name in (MODEL_FILE, NGRAM_FILE))
    assert scorer.version == f"minilm-{network[:12]}-{ngrams[:6]}"
