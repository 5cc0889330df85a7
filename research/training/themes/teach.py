"""Adds the themes to a model folder: `python -P -m research.training.themes.teach FOLDER`.

Fits a small network on the encoder's output for each token in `model.onnx`, adds it to the same file as one
more output, and updates the card. The encoder and its heads stay the same, bit by bit. Seeded; needs the
extra `train` and a few minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor

from classifiers.scoring.network import WordPieces, cut_windows, tokenise
from classifiers.scoring.onnx_scorer import CARD, MODEL_FILE, TOKENIZER_FILE, file_digest, load_session
from data.types import THEMES
from research.evaluation.labelled_items import item_text
from research.training import card as model_card
from research.training.fit import batches
from research.training.themes.network import OF_THEMES, TokenHead, TokenNet, graft, with_states, without
from research.training.themes.posts import (
    OWN_FILE,
    POSTS_FILE,
    SAID_FILE,
    THEME_DATA,
    Item,
    parts_of,
    said_items,
    theme_items,
)

Rows = list[NDArray[np.float32]]
Say = Callable[[str], None]

GRID = tuple(float(x) for x in np.linspace(0.30, 0.95, 66))


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """The settings the themes were fitted with; all of them appear in the card. The line aims at
    `precision`.
    """

    seed: int = 20261121
    nets: int = 4
    epochs: int = 10
    batch: int = 32
    rate: float = 2e-3
    decay: float = 0.05
    hidden: int = 96
    dropout: float = 0.4
    rare: float = 1.5
    window_tokens: int = 192
    overlap_tokens: int = 48
    precision: float = 0.80
    most: int = 2


def teach(folder: Path, settings: ThemeSettings, say: Say) -> dict[str, Any]:
    """Adds the themes to the folder's `model.onnx`; returns what the card says of them.

    Each network leaves one part of the posts out. The line is found from each network's answers for its own
    part, so only on posts that network had not seen, and on none of those held out.
    """
    model = onnx.load(folder / MODEL_FILE)
    learnt, said = theme_items()[0], said_items()
    rows = states(folder, model, [*learnt, *said], settings, OF_THEMES)
    targets = truth([*learnt, *said])
    say(f"{len(learnt)} posts in {settings.nets} parts, {len(said)} put together from sentences")
    nets, chances = fit_parts(rows, targets, parts_of(learnt, settings.nets), settings, say)
    line = line_for(chances, targets[: len(learnt)], settings)
    odds = np.asarray(np.log(line / (1.0 - line)), np.float32)
    onnx.save(graft(model, nets, odds, OF_THEMES), folder / MODEL_FILE)
    return {
        "encoder": plain_digest(model),
        "data": [
            {"name": name, "licence": "the project's own (MIT)", "sha256": file_digest(THEME_DATA / name)}
            for name in (OWN_FILE, POSTS_FILE, SAID_FILE)
        ],
        "rows": {"posts": len(learnt), "said": len(said)},
        "line": round(line, 4),
        "settings": asdict(settings),
    }


def fit_parts(
    rows: Rows, targets: NDArray[np.bool_], parts: Sequence[int], settings: ThemeSettings, say: Say
) -> tuple[list[TokenNet], NDArray[np.float32]]:
    """A network for each part, fitted on all other rows, and its answers for that part `[n, labels]`.

    Rows beyond `parts` are in no part: every network is fitted on them.
    """
    nets: list[TokenNet] = []
    chances = np.zeros((len(parts), targets.shape[1]), np.float32)
    for part in range(settings.nets):
        out = np.flatnonzero(np.asarray(parts) == part)
        fitted = np.setdiff1d(np.arange(len(rows)), out)
        nets.append(fit([rows[i] for i in fitted], targets[fitted], settings, part, say))
        chances[out] = chances_of(nets[-1:], [rows[i] for i in out])
    return nets, chances


def plain_digest(model: onnx.ModelProto) -> str:
    """The first twelve hex digits of SHA-256 over the graph without its themes, as onnx writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, MODEL_FILE)
        onnx.save(without(model, OF_THEMES), path)
        return file_digest(path)[:12]


def states(
    folder: Path, model: onnx.ModelProto, items: Sequence[Item], settings: ThemeSettings, head: TokenHead
) -> Rows:
    """The layers' output for each token of each item's first window: `[tokens, width]`."""
    tokenizer = WordPieces(folder / TOKENIZER_FILE)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, MODEL_FILE)
        onnx.save(with_states(model, head), path)
        session = load_session(path)
    found: Rows = []
    for context, words in tokenise(tokenizer, [item_text(item) for item in items]):
        window = settings.window_tokens, settings.overlap_tokens, tokenizer.marks
        ids = np.asarray([cut_windows(context, words, *window)[0]])
        given = session.run(list(head.layers), {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        found.append(np.concatenate([layer[0] for layer in given], axis=1).astype(np.float32))
    return found


def truth(items: Sequence[Item]) -> NDArray[np.bool_]:
    """Which themes each item has `[n, len(THEMES)]`."""
    return np.asarray([[theme in item["themes"] for theme in THEMES] for item in items])


def fit(rows: Rows, targets: NDArray[np.bool_], settings: ThemeSettings, place: int, say: Say) -> TokenNet:
    """Network number `place` after `epochs` passes in its seeded order: AdamW, one cycle of the rate."""
    torch.manual_seed(settings.seed + place)
    net = TokenNet(rows[0].shape[1], settings.hidden, settings.dropout, targets.shape[1])
    wanted = torch.from_numpy(targets.astype(np.float32))
    shuffle = random.Random(settings.seed + place)
    plan = [batches(rows, settings.batch, shuffle) for _ in range(settings.epochs)]
    optimiser = torch.optim.AdamW(net.parameters(), lr=settings.rate, weight_decay=settings.decay)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=sum(map(len, plan)))
    for epoch, chosen_rows in enumerate(plan, start=1):
        net.train()
        total = 0.0
        for chosen in chosen_rows:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                net(*padded([rows[i] for i in chosen])),
                wanted[chosen],
                pos_weight=torch.tensor(settings.rare),
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
            total += loss.item()
        say(f"network {place + 1}, epoch {epoch} of {settings.epochs}, loss {total / len(chosen_rows):.4f}")
    net.eval()
    return net


def padded(rows: Sequence[NDArray[np.float32]]) -> tuple[Tensor, Tensor]:
    """Rows of different lengths as one tensor, and a mask of the real tokens."""
    longest = max(len(row) for row in rows)
    values = torch.zeros((len(rows), longest, rows[0].shape[1]))
    mask = torch.zeros((len(rows), longest))
    for i, row in enumerate(rows):
        values[i, : len(row)] = torch.from_numpy(row)
        mask[i, : len(row)] = 1.0
    return values, mask


def chances_of(nets: Sequence[TokenNet], rows: Rows) -> NDArray[np.float32]:
    """The probabilities of each row by the mean of the networks, `[n, labels]`."""
    with torch.inference_mode():
        given = [torch.stack([net(*padded([row])) for net in nets]).mean(dim=0)[0] for row in rows]
    chances: NDArray[np.float32] = torch.sigmoid(torch.stack(given)).numpy()
    return chances


def line_for(chances: NDArray[np.float32], right: NDArray[np.bool_], settings: ThemeSettings) -> float:
    """The lowest probability from which the share of rightly named themes reaches `precision`."""
    highest = np.argsort(-chances, axis=1)[:, : settings.most]
    may = np.zeros_like(right)
    np.put_along_axis(may, highest, True, axis=1)
    for line in GRID:
        named = may & (chances >= line)
        if named.any() and (named & right).sum() / named.sum() >= settings.precision:
            return line
    return GRID[-1]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.training.themes.teach", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    facts = teach(folder, ThemeSettings(), say)
    before = json.loads((folder / CARD).read_text(encoding="utf-8"))
    model_card.write_card(folder, model_card.with_themes(folder, before, facts))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
