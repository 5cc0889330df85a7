"""Scores with any other Hugging Face text-classification model (extra `hub`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.scoring.network import switch_off
from classifiers.text.model_text import CONTEXT_END
from data.errors import InputError, ModelMissing
from data.types import Scores

BATCH = 16
OVERLAP_TOKENS = 48
MOST_TOKENS = 512


class HuggingFaceScorer:
    """A model named by its folder, or by name if it is in the local cache; nothing is downloaded.

    `label_map` gives our label for each of the model's that is wanted (`{"LABEL_1": "abuse:hate"}`); where
    two of its labels map to one of ours, the likelier counts. Texts are those of `model_text`, without the
    line of context, which the model never learnt. Raises ModelMissing without the extra `hub` or the model,
    InputError where the map names an unknown label.
    """

    def __init__(self, model: str | Path, label_map: Mapping[str, str], threads: int = 2) -> None:
        self._name = str(model)
        self._map = dict(label_map)
        self._threads = threads
        self._loaded: tuple[Any, Any] | None = None
        self.labels: tuple[str, ...] = tuple(dict.fromkeys(self._map.values()))

    @property
    def version(self) -> str:
        """The model's name, and its revision where the cache knows it."""
        _, model = self._load()
        commit = getattr(model.config, "_commit_hash", None)
        return f"{self._name}@{commit[:12]}" if commit else self._name

    def score(self, texts: Sequence[str]) -> Scores:
        """Probabilities of each text, in order. Long texts are read in overlapping windows: for independent
        labels the strongest window counts, for mutually exclusive ones the mean."""
        values = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            values[batch] = self._batch([texts[i].partition(CONTEXT_END)[2] or texts[i] for i in batch])
        return Scores(self.labels, values, (False,) * len(texts), self.version)

    def _batch(self, texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        tokenizer, model = self._load()
        import torch

        encoded = tokenizer(
            texts,
            truncation=True,
            max_length=min(tokenizer.model_max_length, model.config.max_position_embeddings, MOST_TOKENS),
            stride=OVERLAP_TOKENS,
            return_overflowing_tokens=True,
            padding=True,
            return_tensors="pt",
        )
        owner = encoded.pop("overflow_to_sample_mapping").numpy()
        with torch.inference_mode():
            logits = model(**encoded).logits.float()
        alone = model.config.problem_type == "multi_label_classification" or logits.shape[1] == 1
        chances = (logits.sigmoid() if alone else logits.softmax(dim=1)).numpy()
        unite = np.max if alone else np.mean
        whole = np.stack([unite(chances[owner == i], axis=0) for i in range(len(texts))])
        # The model's columns converted to ours
        out = np.zeros((len(whole), len(self.labels)), dtype=np.float32)
        for theirs, ours in self._map.items():
            place = self.labels.index(ours)
            out[:, place] = np.maximum(out[:, place], whole[:, model.config.label2id[theirs]])
        return out

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            self._loaded = _load(self._name, self._threads)
            unknown = sorted(set(self._map) - set(self._loaded[1].config.label2id))
            if unknown:
                known = ", ".join(self._loaded[1].config.label2id)
                raise InputError(f"{self._name} has no label {', '.join(unknown)}; it has {known}.")
        return self._loaded


def _load(name: str, threads: int) -> tuple[Any, Any]:
    switch_off()
    try:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as fault:
        raise ModelMissing(
            f"{name} needs {fault.name}, which is not installed: in Schoolgate's checkout, install the extra "
            '`hub`: pip install -c constraints.txt ".[hub]"'
        ) from None
    torch.set_num_threads(threads)
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(
            name, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError) as fault:
        raise ModelMissing(
            f"{name} cannot be loaded from this machine; fetch it with `hf download {name}`. ({fault})"
        ) from None
    return tokenizer, model.eval()
