"""feedparser and two torch pipelines of RoBERTa-base size with random weights, for `benchmarks/scan.py`.

Documents and how many posts come as a pickle on standard input. A line of JSON is printed for each way: as
one writes it, in batches of 16 as they come; and in batches of 8 sorted by length, so that little is padded.
Making the models is left out; reading the feeds is not.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import time
from itertools import islice

import feedparser
import torch
from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification, pipeline

from classifiers.scoring.model_card import MODEL_DIR, TOKENIZER_FILE


def main() -> None:
    documents, count = pickle.load(sys.stdin.buffer)
    torch.set_num_threads(os.cpu_count() or 1)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(MODEL_DIR / TOKENIZER_FILE), pad_token="[PAD]", model_max_length=512
    )
    shape = RobertaConfig(vocab_size=50265, num_labels=3, max_position_embeddings=514, type_vocab_size=1)
    made = [RobertaForSequenceClassification(shape).eval() for _ in range(2)]
    models = [pipeline("text-classification", model=model, tokenizer=tokenizer) for model in made]
    for model in models:
        model(["warm"])
    for name, batch, by_length in (("16 as they come", 16, False), ("8 sorted by length", 8, True)):
        began, worked = time.perf_counter(), time.process_time()
        read = list(islice((e.summary for body in documents for e in feedparser.parse(body).entries), count))
        for model in models:
            model(sorted(read, key=len) if by_length else read, batch_size=batch, truncation=True)
        wall, worked = time.perf_counter() - began, time.process_time() - worked
        told = f"feedparser and two torch pipelines, batches of {name}, no store"
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"name": told, "wall": wall, "worked": worked, "mb": most}), flush=True)


if __name__ == "__main__":
    main()
