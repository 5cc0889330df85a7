"""Makes the package of the second reader from the base model and what training added to it.

    python -P -m research.reader.run --corpus DIR --from DIR --work DIR [--out reader/schoolgate_reader]

`--from` holds `reader.safetensors` and `weights.json`, and `training.json` where `research.reader.train` left
them; `--corpus` is as in `research.training.run`. `--work` keeps the unpacked base (420 MB) and the exported
network, and what is there is not made again. Adds the facts, calibrates, measures, adds the parts of persons
where the network knows them, writes the card. Needs the extra `train` and some twenty minutes.
"""

# ruff: noqa: E501 - a page of Markdown has long lines
from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import external_data_helper

from classifiers.scoring.network import FACTS, LABELS, READ, WordPieces, cut_windows, tokenise
from classifiers.scoring.onnx_scorer import CARD, MODEL_FILE, TOKENIZER_FILE, Scorer, file_digest
from classifiers.scoring.persons import MARK, PARTS, PersonWindows
from data.errors import InputError
from research.evaluation.labelled_items import item_text, read_items
from research.evaluation.measure import measure_items
from research.evaluation.metrics import auc
from research.evaluation.shipped import first_logits
from research.reader import base, facts
from research.reader.graft import agreement_of_parts, exported_parts, graft_parts, trained_parts
from research.reader.network import ReaderNetwork, from_base
from research.reader.rows import HANDS, SCHOOLS, as_configured, meet, read_people, told_items
from research.training.calibrate import Calibration, calibrate
from research.training.card import TOOLS
from research.training.examples import own_example, own_items
from research.training.export import MOST_TOKENS, agreement, export, trained_logits
from research.training.loss import Weights
from research.training.run import TYPICAL_ONE_IN
from research.training.themes import teach as by_token
from research.training.themes.network import graft

OVERLAP = 48
COMPARED_ONE_IN = 4
"""One text in so many is read by the network in 32 bits too, which takes a third of a second."""
WEIGHT_FILES = ("weights-1.bin", "weights-2.bin")
"""Where the weights stand: each file is small enough for what holds the checkout."""

_SMALL = 1024
"""A tensor with fewer bytes stays in the graph."""

Item = dict[str, Any]


def make(corpus: Path, added: Path, work: Path, out: Path) -> dict[str, Any]:
    """Writes the folder `out`; returns its card. Raises InputError where a file is not the one expected."""
    learnt = what_was_learnt(added)
    out.mkdir(parents=True, exist_ok=True)
    folder = base.unpacked(work)
    network = from_base(folder)
    base.add(network, added / base.ADDED_FILE)
    known = base.read_weights(added)
    weights = Weights(known.labels)
    network.eval()
    shutil.copy(folder / TOKENIZER_FILE, out / TOKENIZER_FILE)
    kept, held = own_items()
    graph = work / f"{learnt['sha256'][:12]}-{MODEL_FILE}"
    if not graph.is_file():
        export(network, graph, windows(out, kept[::TYPICAL_ONE_IN]))
    fitted, figures = _with_facts(out, onnx.load(graph), kept, held)
    save_apart(fitted, out)
    dev = read_items(corpus / "triage" / "dev.jsonl")
    shift = weights.shift()
    _write(out, Calibration((1.0,) * len(LABELS), tuple(shift)), {}, {}, learnt)
    exported = first_logits(Scorer(out, labels=READ), [item_text(item) for item in [*dev, *held]])
    targets = np.asarray([own_example(item).row()[: len(LABELS)] for item in dev])
    found = calibrate(exported[: len(dev)], targets, shift)
    neutral = Calibration((1.0,) * len(LABELS), tuple(shift))
    trained = trained_logits(network, windows(out, [*dev, *held][::COMPARED_ONE_IN]))
    same = agreement(neutral.apply(trained), neutral.apply(exported[::COMPARED_ONE_IN]))
    _write(out, found, same, {}, learnt)
    scorer = Scorer(out, labels=READ)
    for name, items in (("dev", dev), ("holdout", held)):
        figures |= {f"{name}.{what}": value for what, value in measure_items(items, scorer).items()}
    if known.parts is not None:
        same |= add_parts(out, network, known, corpus, learnt["apart"])
        figures |= {f"persons.{name}": value for name, value in learnt["figures"]["made"]["persons"].items()}
    return _write(out, found, same, figures, learnt)


def what_was_learnt(added: Path) -> dict[str, Any]:
    """What `training.json` says of the weights in the folder; of the first weights, which have none, the
    SHA-256 that they must have. Raises InputError where the file is another.
    """
    path = added / base.TRAINING_FILE
    said: dict[str, Any] = {"sha256": base.ADDED_SHA256}
    if path.is_file():
        said = json.loads(path.read_text(encoding="utf-8"))
    if file_digest(added / base.ADDED_FILE) != said["sha256"]:
        raise InputError(f"{added / base.ADDED_FILE} is not what was trained: its SHA-256 differs.")
    return said


def add_parts(
    out: Path, network: ReaderNetwork, weights: base.LabelWeights, corpus: Path, apart: Sequence[str]
) -> dict[str, float]:
    """Adds the parts of persons to the folder's graph; how well it agrees on the hands kept apart."""
    writer = PersonWindows(out / TOKENIZER_FILE)
    save_apart(graft_parts(onnx.load(out / MODEL_FILE), network, weights), out)
    files = [path for path in (*HANDS.glob("h*.jsonl"), *(corpus / "roles").glob("w*.jsonl"))]
    meetings = [
        one
        for path in sorted(files)
        if path.name in apart
        for one in meet(told_items(path), read_people(path.with_name(SCHOOLS)))[0]
    ]
    rows = [writer.learnt(as_configured(one.who), one.said) for one in meetings[::COMPARED_ONE_IN]]
    trained = trained_parts(network, rows, writer.mark, weights)
    return agreement_of_parts(trained, exported_parts(out / MODEL_FILE, rows, writer.mark))


def windows(folder: Path, items: Sequence[Item]) -> list[list[int]]:
    """The token ids of each item's first window."""
    pieces = WordPieces(folder / TOKENIZER_FILE)
    parts = tokenise(pieces, [item_text(item) for item in items])
    return [cut_windows(*of, MOST_TOKENS, OVERLAP, pieces.marks)[0] for of in parts]


def _with_facts(
    folder: Path, graph: onnx.ModelProto, kept: Sequence[Item], held: Sequence[Item]
) -> tuple[onnx.ModelProto, dict[str, float]]:
    """The graph with the facts as one more output, and how well they are told apart on items held out."""
    known = facts.labelled([*kept, *held])
    learnt, measured = ([item for item in some if item["id"] in known] for some in (kept, held))
    settings = facts.SETTINGS
    rows = by_token.states(folder, graph, [*learnt, *measured], settings, facts.OF_FACTS)
    own, others = rows[: len(learnt)], rows[len(learnt) :]
    right = facts.truth(learnt, known)
    nets, chances = by_token.fit_parts(own, right, facts.parts(learnt, settings.nets), settings, by_token.say)
    line = facts.lines(chances, right)
    found = by_token.chances_of(nets, others)
    truth = facts.truth(measured, known)
    figures = {
        f"facts.{fact}_auc": auc(found[:, n], truth[:, n])
        for n, fact in enumerate(FACTS)
        if truth[:, n].sum() >= facts.LEAST_POSITIVES
    }
    return graft(graph, nets, line, facts.OF_FACTS), figures


def save_apart(graph: onnx.ModelProto, out: Path) -> None:
    """Writes the graph, and its weights into two files of much the same size beside it."""
    large = [tensor for tensor in graph.graph.initializer if len(tensor.raw_data) >= _SMALL]
    total, before = sum(len(tensor.raw_data) for tensor in large), 0
    for tensor in large:
        external_data_helper.set_external_data(tensor, WEIGHT_FILES[int(before >= total / 2)])
        before += len(tensor.raw_data)
    for name in WEIGHT_FILES:
        (out / name).unlink(missing_ok=True)
    onnx.save(graph, out / MODEL_FILE)
    for name in WEIGHT_FILES:
        (out / name).chmod(0o644)


def _write(
    out: Path,
    found: Calibration,
    same: Mapping[str, float],
    figures: Mapping[str, float],
    learnt: Mapping[str, Any],
) -> dict[str, Any]:
    files = {name: file_digest(out / name) for name in (MODEL_FILE, *WEIGHT_FILES, TOKENIZER_FILE)}
    card = {
        "version": f"mpnet-{files[MODEL_FILE][:6]}{files[WEIGHT_FILES[0]][:6]}",
        "labels": READ,
        "window": {"tokens": MOST_TOKENS, "overlap": OVERLAP},
        "files": files,
        "calibration": {"scale": found.scale, "shift": found.shift},
        "base": {"package": base.BASE_PACKAGE, "file": base.BASE_FILE, "sha256": base.BASE_SHA256},
        "added": {"file": base.ADDED_FILE, "sha256": learnt["sha256"]},
        "facts": {"file": facts.FACT_FILE.name, "sha256": file_digest(facts.FACT_FILE)},
        "tools": {name: version(name) for name in TOOLS},
        "agreement": dict(same),
        "figures": {name: round(value, 4) for name, value in figures.items() if value is not None},
    }
    if "parts" in same:
        card["parts"] = {"labels": PARTS, "mark": MARK}
    if "settings" in learnt:
        card["learnt"] = dict(learnt)
    (out / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out.parent / "README.md").write_text(page(card), encoding="utf-8")
    return card


def page(card: Mapping[str, Any]) -> str:
    """The card as a page of Markdown."""
    tables = (
        ("Measured (the reader alone, on posts that it did not learn from)", "figure", card["figures"]),
        ("The eight-bit file agrees with the network (share of equal answers)", "head", card["agreement"]),
        ("Files, by SHA-256", "file", card["files"]),
    )  # fmt: skip
    rows = []
    for title, head, table in tables:
        rows += [f"## {title}", "", f"| {head} | value |", "|---|---|"]
        rows += [f"| {name} | {value} |" for name, value in sorted(table.items())] + [""]
    if learnt := card.get("learnt"):
        rows += _sources(learnt)
    parts = (
        _PARTS.format(mark=card["parts"]["mark"], labels=", ".join(card["parts"]["labels"]))
        if "parts" in card
        else ""
    )
    return _PAGE.format(
        **{name: card[name] for name in ("version", "base", "added", "facts")},
        learnt=_LEARNT.format(**learnt, own=_own_posts(learnt)) if learnt else _LEARNT_FIRST,
        about_parts=parts,
        rows="\n".join(rows),
    )


def _own_posts(learnt: Mapping[str, Any]) -> str:
    own = sum(source["rows"] for source in learnt["sources"] if source["licence"].startswith("the project"))
    return f"{own:,}"


def _sources(learnt: Mapping[str, Any]) -> list[str]:
    """What it learnt from and with which settings, as tables."""
    rows = ["## Learnt from", "", "| set | licence | rows | SHA-256 |", "|---|---|---|---|"]
    rows += ["| {name} | {licence} | {rows:,} | `{sha256}` |".format(**one) for one in learnt["sources"]]
    rows += ["", "## Settings", "", "| setting | value |", "|---|---|"]
    return [*rows, *(f"| {name} | {value} |" for name, value in learnt["settings"].items()), ""]


_LEARNT_FIRST = """It learnt 24,293 posts of the project
(`research/training/data`, less what is held out) and public posts under the licences of `research/training/data/LICENCES.md`, in three runs
whose weights were averaged, and one slow epoch over tone and hate."""

_LEARNT = """It learnt {own} posts of the project, those with persons
among them, and public posts under the licences of `research/training/data/LICENCES.md` (below), beginning at `{begun_from[file]}`
(SHA-256 `{begun_from[sha256]}`). How to train it: `research/reader/README.md`."""

_PARTS = """
Asked for one person of the school, it says what part they have in a post (output `parts`; the input `marks` says where they are named):
{labels}. Who is read so is written before the post, and `{mark}` stands before each of their names.
"""


_PAGE = """# schoolgate-reader {version}

The second reader of [Schoolgate](../README.md): it reads again what may be grave, and says more surely what is. Install it beside
the program, in the checkout's folder: `pip install ./reader .`. Without it Schoolgate judges by its small network alone.

Written by `python -P -m research.reader.run`; changes by hand are lost.

Twelve layers, 110 million weights, fine-tuned from all-mpnet-base-v2 (Apache-2.0, {base[package]}, `{base[file]}`, SHA-256
`{base[sha256]}`). What training added: SHA-256 `{added[sha256]}`. {learnt} ONNX, eight bits a weight, one text a run.

It answers the heads of the small network, and beside them twenty-one facts: who is in danger, by whom something wrong is said to have
been done (the four limbs of *Keeping children safe in education*, Part 4, among them), who is wronged, what is asked. Facts are learnt by small networks over
its states, from 7,529 posts labelled one by one (`research/reader/facts.txt`, SHA-256 `{facts[sha256]}`).
{about_parts}
Not to be used unattended: it ranks for a person who reads. Neither it nor its base knows Welsh. Nearly all posts it learnt from are invented.

{rows}
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.reader.run", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--from", dest="added", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("reader", "schoolgate_reader"))
    given = parser.parse_args(arguments)
    make(given.corpus, given.added, given.work, given.out)


if __name__ == "__main__":
    main()
