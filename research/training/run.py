"""Trains, exports, calibrates, measures and writes the card, in one seeded command.

    python -P -m research.training.run --corpus DIR --out DIR

`--corpus` holds `datasets/*.parquet` and `triage/dev.jsonl`; `--out` becomes a model folder, to be copied
over `classifiers/model/`. Needs the extra `train`. `--from CHECKPOINT` exports an earlier run's `settled.pt`
without training; what it left as `epoch-N.pt` is settled first. With `--teacher FOLDER`, that of the second
reader, the checkpoint goes on to learn from its answers before it is exported.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from classifiers.scoring.network import LABELS, READ, WordPieces, cut_windows, tokenise
from classifiers.scoring.onnx_scorer import MODEL_FILE, TOKENIZER_FILE, Scorer, file_digest
from research.evaluation.labelled_items import read_items
from research.evaluation.measure import evaluate, measure_items
from research.evaluation.shipped import first_logits
from research.training import card as model_card
from research.training.base import base_folder
from research.training.calibrate import Calibration, calibrate
from research.training.examples import (
    OWN_DATA,
    Example,
    distress_items,
    own_example,
    own_items,
    without_context,
)
from research.training.export import agreement, export, trained_logits
from research.training.fit import TrainingRow, TrainingSettings, fit, learn_from, load, settle
from research.training.network import MultiHeadNetwork, from_base
from research.training.own_posts.swaps import in_other_words, without_names
from research.training.public_sets import PUBLIC, evaluation_forms, public_examples
from research.training.themes.teach import ThemeSettings, teach

Say = Callable[[str], None]
Forms = tuple[Example, Example, Example, Example]
"""An example as it is, without its context, with other words of the same kind, and without any name."""

_REAL = "r"
"""The file of real posts."""

TYPICAL_ONE_IN = 25
"""How many own rows are used to even out the activations before they are cut to eight bits."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.training.run", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=TrainingSettings().epochs)
    parser.add_argument("--seed", type=int, default=TrainingSettings().seed)
    parser.add_argument("--no-public", action="store_true", help="the project's own items only")
    parser.add_argument("--from", dest="checkpoint", type=Path, help="export this checkpoint, train nothing")
    parser.add_argument("--teacher", type=Path, help="with --from: the folder of the second reader")
    parser.add_argument("--origin", default="", help="with --from: how it came to be, for the card")
    chosen = parser.parse_args(arguments)
    settings = replace(TrainingSettings(), epochs=chosen.epochs, seed=chosen.seed, origin=chosen.origin)
    train(chosen.corpus, chosen.out, settings, not chosen.no_public, chosen.checkpoint, chosen.teacher, _say)


def train(
    corpus: Path,
    out: Path,
    settings: TrainingSettings,
    public: bool,
    checkpoint: Path | None,
    teacher: Path | None,
    say: Say,
) -> None:
    """Writes the model folder `out`. Raises InputError where base weights or data are not as expected."""
    out.mkdir(parents=True, exist_ok=True)
    base = base_folder()
    shutil.copy(base / TOKENIZER_FILE, out / TOKENIZER_FILE)
    own, sources = _own(corpus, settings.seed)
    ballast: list[Example] = []
    if public:
        ballast, named = _ballast(corpus)
        sources += named
    say(f"{len(own)} own rows, {len(ballast)} public rows")
    network = from_base(base)
    rows = _rows(own, settings, 1.0, out)
    short = replace(settings, window_tokens=settings.public_tokens)
    more = _rows([(e, e, e, e) for e in ballast], short, settings.public_weight, out)
    random.Random(settings.seed).shuffle(more)
    if checkpoint is None:
        weights = fit(network, rows, more, settings, out, say)
    else:
        weights = load(network, checkpoint)
    if checkpoint is None or checkpoint.stem.startswith("epoch"):
        settle(network, rows, more, weights, settings, out, say)
    if teacher is not None:
        teacher_reads = Scorer(teacher, settings.threads, READ)
        answers = first_logits(teacher_reads, [form[0].text for form in own])
        rows = [replace(row, answers=answer.tolist()) for row, answer in zip(rows, answers, strict=True)]
        learn_from(network, rows, more[: settings.taught_public], weights, settings, out, say)
    network.eval()
    export(network, out / MODEL_FILE, [row.ids for row in rows[::TYPICAL_ONE_IN]])
    themes = teach(out, ThemeSettings(), say)
    _finish(corpus, out, settings, network, weights.shift(), sources, themes, say)


def _finish(
    corpus: Path,
    out: Path,
    settings: TrainingSettings,
    network: MultiHeadNetwork,
    shift: list[float],
    sources: list[dict[str, Any]],
    themes: dict[str, Any],
    say: Say,
) -> None:
    """Calibrates on dev.jsonl, compares the export with the network, measures, writes the card."""

    def write(found: Calibration, kept: Mapping[str, float], figures: Mapping[str, float]) -> None:
        card = model_card.facts(out, settings.facts(), found, sources, kept, figures)
        model_card.write_card(out, model_card.with_themes(out, card, themes))

    neutral = Calibration((1.0,) * len(LABELS), tuple(shift))
    write(neutral, {}, {})
    dev = [own_example(item) for item in read_items(corpus / "triage" / "dev.jsonl")]
    _, held = own_items()
    texts = [example.text for example in dev] + [own_example(item).text for item in held]
    exported = first_logits(Scorer(out, settings.threads), texts)
    tokenizer = WordPieces(out / TOKENIZER_FILE)
    windows = [_window(pair, settings) for pair in tokenise(tokenizer, texts)]
    kept = agreement(neutral.apply(trained_logits(network, windows)), neutral.apply(exported))
    targets = np.asarray([example.row()[: len(LABELS)] for example in dev])
    calibration = calibrate(exported[: len(dev)], targets, shift)
    write(calibration, kept, {})
    say(f"agreement {kept}")
    scorer = Scorer(out, settings.threads)
    figures = evaluate(corpus, scorer)
    figures |= {f"holdout.{name}": value for name, value in measure_items(held, scorer).items()}
    write(calibration, kept, figures)
    say("\n".join(f"{name} {value:.4f}" for name, value in figures.items()))


def _own(corpus: Path, seed: int) -> tuple[list[Forms], list[dict[str, Any]]]:
    """Own examples in their four forms, and what the card says of them."""
    kept = [*own_items()[0], *distress_items(corpus)]
    made = []
    for item, other, bare in zip(kept, in_other_words(kept, seed), without_names(kept), strict=True):
        example = own_example(item)
        forms = (without_context(item, example), own_example(other), own_example(bare))
        made.append((example, *forms))
    prefixes = Counter(item["id"].partition("-")[0] for item in kept)
    sources = [
        {
            "name": f"school posts {path.name}",
            "licence": "MIT, CC0-1.0, Apache-2.0, CC-BY-4.0 or released freely; each names its set"
            if path.stem == _REAL
            else "the project's own (MIT)",
            "sha256": file_digest(path),
            "rows": prefixes[_prefix(path)],
        }
        for path in sorted(OWN_DATA.glob("*.jsonl"))
    ]
    return made, sources


def _prefix(path: Path) -> str:
    """What the ids of a file's items begin with."""
    return str(json.loads(path.read_text(encoding="utf-8").partition("\n")[0])["id"]).partition("-")[0]


def _ballast(corpus: Path) -> tuple[list[Example], list[dict[str, Any]]]:
    """Public examples and what the card says of each set."""
    excluded = evaluation_forms(corpus)
    made: list[Example] = []
    sources: list[dict[str, Any]] = []
    for chosen in PUBLIC:
        found = public_examples(corpus, chosen, excluded)
        made += found
        digest = file_digest(corpus / "datasets" / f"{chosen.name}.parquet")
        sources.append({"name": chosen.name, "licence": chosen.licence, "rows": len(found), "sha256": digest})
    return made, sources


def _rows(
    examples: Sequence[Forms], settings: TrainingSettings, weight: float, out: Path
) -> list[TrainingRow]:
    tokenizer = WordPieces(out / TOKENIZER_FILE)
    plain, bare, other, masked = (tokenise(tokenizer, [form[i].text for form in examples]) for i in range(4))
    return [
        TrainingRow(
            _window(plain[i], settings),
            _window(bare[i], settings),
            _window(other[i], settings),
            _window(masked[i], settings),
            form[0].row(),
            weight,
        )
        for i, form in enumerate(examples)
    ]


def _window(parts: tuple[list[int], list[int]], settings: TrainingSettings) -> list[int]:
    """The first window, the part of a text that is learnt."""
    return cut_windows(*parts, settings.window_tokens, settings.overlap_tokens)[0]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
