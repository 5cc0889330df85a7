"""Any other Hugging Face model, tried with a tiny one made here."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from classifiers.scoring.huggingface_scorer import HuggingFaceScorer
from data.errors import InputError, ModelMissing


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory):
    """Makes a model folder: random weights, five words, the given labels."""
    torch = pytest.importorskip("torch", reason="needs the extra `hub`")
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    def build(labels: tuple[str, ...], problem: str) -> Path:
        folder = tmp_path_factory.mktemp("model")
        words = {w: i for i, w in enumerate(("[PAD]", "[UNK]", "good", "bad", "school"))}
        tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = Whitespace()
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
        ).save_pretrained(folder)
        torch.manual_seed(3)
        config = BertConfig(
            vocab_size=5,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=64,
            problem_type=problem,
            id2label=dict(enumerate(labels)),
            label2id={label: i for i, label in enumerate(labels)},
            initializer_range=1.0,
        )
        BertForSequenceClassification(config).save_pretrained(folder)
        return folder

    return build


@pytest.fixture(scope="module")
def sentiment(make) -> Path:
    return make(("NEG", "NEU", "POS"), "single_label_classification")


@pytest.fixture(scope="module")
def toxic(make) -> Path:
    return make(("toxic", "insult", "threat"), "multi_label_classification")


SENTIMENT_MAP = {"NEG": "sentiment:negative", "NEU": "sentiment:neutral", "POS": "sentiment:positive"}


@pytest.mark.torch
def test_the_labels_are_ours(sentiment: Path) -> None:
    scores = HuggingFaceScorer(sentiment, SENTIMENT_MAP, 1).score(["good school", "bad school", "good"])
    assert scores.labels == ("sentiment:negative", "sentiment:neutral", "sentiment:positive")
    assert np.allclose(scores.values.sum(axis=1), 1, atol=1e-5)
    assert scores.values.dtype == np.float32


@pytest.mark.torch
def test_rows_stand_in_the_order_of_the_texts(toxic: Path) -> None:
    scorer = HuggingFaceScorer(toxic, {"threat": "abuse:threat"}, 1)
    texts = ["good " * i for i in range(1, 40)]
    one_by_one = np.concatenate([scorer.score([text]).values for text in texts])
    assert np.allclose(scorer.score(texts).values, one_by_one, atol=1e-5)


@pytest.mark.torch
def test_of_two_labels_that_mean_one_of_ours_the_likelier_counts(toxic: Path) -> None:
    both = HuggingFaceScorer(toxic, {"toxic": "abuse:harassment", "insult": "abuse:harassment"}, 1)
    each = HuggingFaceScorer(toxic, {"toxic": "a", "insult": "b"}, 1)
    assert both.score(["bad"]).values[0, 0] == each.score(["bad"]).values[0].max()


@pytest.mark.torch
def test_the_line_of_context_is_not_read(sentiment: Path) -> None:
    scorer = HuggingFaceScorer(sentiment, SENTIMENT_MAP, 1)
    assert np.allclose(scorer.score(["group | bad\ngood"]).values, scorer.score(["good"]).values, atol=1e-6)


@pytest.mark.torch
def test_a_long_text_is_read_to_its_end(toxic: Path) -> None:
    scorer = HuggingFaceScorer(toxic, {"toxic": "a", "insult": "b", "threat": "c"}, 1)
    long = scorer.score(["good " * 300 + "bad " * 60]).values
    assert not np.allclose(long, scorer.score(["good " * 64]).values, atol=1e-3)


@pytest.mark.torch
def test_no_texts_give_no_rows(sentiment: Path) -> None:
    assert HuggingFaceScorer(sentiment, SENTIMENT_MAP, 1).score([]).values.shape == (0, 3)


@pytest.mark.torch
def test_a_map_that_names_an_unknown_label_is_refused(sentiment: Path) -> None:
    with pytest.raises(InputError, match="has no label BAD; it has NEG, NEU, POS"):
        HuggingFaceScorer(sentiment, {"BAD": "sentiment:negative"}, 1).score(["good"])


@pytest.mark.torch
def test_a_model_that_is_not_here_is_not_fetched(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra `hub`")
    with pytest.raises(ModelMissing, match="fetch it with `hf download"):
        HuggingFaceScorer(tmp_path / "nothing", SENTIMENT_MAP, 1).score(["good"])


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_what_a_default_install_lacks_is_named_with_the_extra_that_brings_it(missing, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModelMissing, match=rf'needs {missing}, which is not installed: .*"\.\[hub\]"'):
        HuggingFaceScorer("any", {}, 1).score(["good"])
