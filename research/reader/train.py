"""Trains the second reader from nothing: labels of posts and parts of persons, in one run.

    python -P -m research.reader.train --corpus DIR --work DIR [--from FILE] [--settings JSON]

Begins at all-mpnet-base-v2, or with `--from` at earlier weights (`reader.safetensors`, `roles.safetensors`).
`--corpus` is as in `research.training.run`, with a folder `roles` of posts with persons beside it. `--work`
keeps the base, the checkpoints and in the end `reader.safetensors`, `weights.json` and `training.json`, from
which `research.reader.run` makes the package. The same command goes on where it was broken off, on another
machine too. Settings: `research.reader.settings`; needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from classifiers.scoring.onnx_scorer import TOKENIZER_FILE, file_digest
from classifiers.scoring.persons import PersonWindows
from data.errors import InputError
from research.reader import base
from research.reader.choose import figures_of, figures_of_parts, in_words
from research.reader.fit import Machine, Say, Training, answers, this_machine, weights_of
from research.reader.network import ReaderNetwork, from_base
from research.reader.rows import Material, Plan, gather
from research.reader.settings import GOING_ON, ReaderSettings, chosen
from research.training.examples import own_example

EVERY = 500
"""So many steps lie between two checkpoints, unless it is said otherwise."""
APART = ("hb.jsonl",)
"""The hand that is kept apart for choosing, unless it is said otherwise."""
FIGURES_FILE = "figures.json"

Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of one call of the command; `beside` are weights of other runs to be averaged with."""

    corpus: Path
    work: Path
    begin: Path | None
    settings: ReaderSettings
    apart: tuple[str, ...]
    beside: tuple[Path, ...]
    every: int
    threads: int


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="research.reader.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--from", dest="begin", type=Path, help="earlier weights to begin at")
    parser.add_argument("--settings", default="", help="a JSON object of settings that are to be others")
    parser.add_argument("--apart", nargs="+", default=list(APART), help="the hands kept for choosing")
    parser.add_argument("--mean-with", nargs="+", type=Path, default=[], help="weights of other runs")
    parser.add_argument("--every", type=int, default=EVERY, help="steps between two checkpoints")
    parser.add_argument("--threads", type=int, default=0, help="cores; all of them unless it is said")
    parser.add_argument("--bits", type=int, choices=(16, 32), help="of a product; what suits the machine")
    given = parser.parse_args(arguments)
    settings = chosen(given.settings, GOING_ON if given.begin else ReaderSettings())
    order = Order(
        corpus=given.corpus,
        work=given.work,
        begin=given.begin,
        settings=settings,
        apart=tuple(given.apart),
        beside=tuple(given.mean_with),
        every=given.every,
        threads=given.threads,
    )
    half = None if given.bits is None else given.bits == 16
    train(order, this_machine(given.threads, half=half), say)


def train(order: Order, machine: Machine, say: Say) -> Path:
    """Trains to the end, or from where it was broken off to the end; returns the file of the weights.

    Raises InputError where a file is not as expected, or where the folder holds a run of other settings.
    """
    order.work.mkdir(parents=True, exist_ok=True)
    folder = base.unpacked(order.work)
    windows = PersonWindows(folder / TOKENIZER_FILE)
    material = gather(order.corpus, order.apart, order.settings.twins)
    plan = Plan(material, order.settings, windows)
    say(
        f"{len(material.own)} own posts, {len(material.told)} of hands, {len(material.public)} public, "
        f"{len(material.meetings)} persons; {plan.size} rows an epoch; {machine}"
    )
    torch.manual_seed(order.settings.seed)
    network = from_base(folder, order.settings.dropout)
    plain = {name: value.clone() for name, value in network.state_dict().items()}
    before = begin_at(network, order.begin) if order.begin else None
    begun = file_digest(order.begin) if order.begin else base.BASE_SHA256
    weights = weights_of(plan, before)
    training = Training(network, plan, weights, machine, order.work, begun)
    figures = _read_figures(order.work)
    if training.step == 0 and before and "0" not in figures:
        figures["0"] = _measure(training, material, say, "before")
        _write_figures(order.work, figures)
    while True:
        _figures_of_epoch(training, material, figures, plain, order.work, say)
        if training.step == training.steps:
            break
        training.run_epoch(order.every, say, lambda: _keep_last(training, plain, order))
    with training.averaged():
        whole = _mean_of_last(training, plain, order)
    network.load_state_dict(whole)
    made = order.work / base.ADDED_FILE
    base.write_added(network, plain, made)
    last = _measure_as_is(training, material, say, "the mean" if order.settings.last > 1 else "the end")
    _write_training(order, machine, material, training, begun, {**figures, "made": last})
    return made


def begin_at(network: ReaderNetwork, path: Path) -> base.LabelWeights:
    """Adds earlier weights to the network; returns how much each label weighed when they were trained.

    That stands in `weights.json` beside them; for the corpus's `roles`, which were trained with the weights
    of its `reader`, in that folder.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there: these are the weights to begin at.")
    base.add(network, path)
    folders = (path.parent, path.parent.parent / "reader")
    known = [folder for folder in folders if (folder / base.WEIGHTS_FILE).is_file()]
    if not known:
        raise InputError(f"{path.parent / base.WEIGHTS_FILE} is not there: it says what each label weighed.")
    return base.read_weights(known[0])


def _figures_of_epoch(
    training: Training,
    material: Material,
    figures: dict[str, Figures],
    plain: base.State,
    work: Path,
    say: Say,
) -> None:
    """Measures an epoch that has just ended and writes its weights, unless that was done before."""
    ended = training.step > 0 and training.step % training.steps_of_epoch == 0
    if not ended or str(training.epoch) in figures:
        return
    with training.averaged():
        base.write_added(training.network, plain, work / f"epoch-{training.epoch}.safetensors")
    figures[str(training.epoch)] = _measure(training, material, say, f"epoch {training.epoch}")
    _write_figures(work, figures)


def _measure(training: Training, material: Material, say: Say, when: str) -> Figures:
    with training.averaged():
        return _measure_as_is(training, material, say, when)


def _measure_as_is(training: Training, material: Material, say: Say, when: str) -> Figures:
    """Figures of the hand kept apart, of its persons, and of the own posts held out; each is a line."""
    plan, machine, network = training.plan, training.machine, training.network
    found: Figures = {}
    for name, items in (("apart", material.apart), ("held out", material.held)):
        rows = plan.labelled([own_example(item) for item in items])
        labels, _ = answers(network, rows, plan.windows.mark, machine)
        found[name] = figures_of(items, labels)
    _, parts = answers(network, plan.met(material.apart_meetings), plan.windows.mark, machine)
    found["persons"] = figures_of_parts(material.apart_meetings, parts)
    for name, figures in found.items():
        say(f"{when}, {name}: {in_words(figures)}")
    return found


def _keep_last(training: Training, plain: base.State, order: Order) -> None:
    """Writes the averaged weights of a checkpoint, and keeps as many of them as the mean is to be of."""
    if order.settings.last < 2:
        return
    with training.averaged():
        base.write_added(training.network, plain, order.work / f"step-{training.step:07}.safetensors")
    for path in _last_files(order.work)[: -order.settings.last]:
        path.unlink()


def _last_files(work: Path) -> list[Path]:
    return sorted(work.glob("step-*.safetensors"))


def _mean_of_last(training: Training, plain: base.State, order: Order) -> base.State:
    """The mean of the weights of the last checkpoints, and of other runs where they are named."""
    network = training.network
    own = {name: value.detach().clone() for name, value in network.state_dict().items()}
    files = _last_files(order.work)[-order.settings.last :] if order.settings.last > 1 else []
    states = [_state_of(network, plain, path) for path in files] or [own]
    mine = base.average(states)
    others = [_state_of(network, plain, path) for path in order.beside]
    network.load_state_dict(own)
    return base.average([mine, *others])


def _state_of(network: ReaderNetwork, plain: base.State, path: Path) -> base.State:
    network.load_state_dict(plain)
    if not base.add(network, path):
        raise InputError(f"{path} knows no parts of persons: it cannot be averaged with what does.")
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _write_training(
    order: Order,
    machine: Machine,
    material: Material,
    training: Training,
    begun: str,
    figures: dict[str, Figures],
) -> None:
    said: dict[str, Any] = {
        "sha256": file_digest(order.work / base.ADDED_FILE),
        "begun_from": {"file": order.begin.name if order.begin else base.BASE_FILE, "sha256": begun},
        "mean_with": [file_digest(path) for path in order.beside],
        "settings": order.settings.facts(),
        "apart": list(order.apart),
        "rows": {"epoch": training.plan.size, "steps": training.steps},
        "machine": str(machine),
        "sources": material.sources,
        "figures": figures,
    }
    _write_json(order.work / base.WEIGHTS_FILE, training.weights.facts())
    _write_json(order.work / base.TRAINING_FILE, said)


def _read_figures(work: Path) -> dict[str, Figures]:
    path = work / FIGURES_FILE
    found: dict[str, Figures] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _write_figures(work: Path, figures: dict[str, Figures]) -> None:
    _write_json(work / FIGURES_FILE, figures)


def _write_json(path: Path, value: object) -> None:
    """What is not a number is null."""
    text = json.dumps(_without_nan(value), indent=1, ensure_ascii=False, allow_nan=False)
    draft = path.with_suffix(".draft")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def say(line: str) -> None:
    """Writes a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
