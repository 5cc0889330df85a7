"""From the trained network to `model.onnx`: eight bits per weight, per channel."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from classifiers.scoring.heads import Floats, probabilities, spans
from classifiers.scoring.no_telemetry import switch_off
from classifiers.training.fit import padded
from classifiers.training.network import MultiHeadNetwork, shipped

OPSET = 18
_LEAST = 1e-3


def export(network: MultiHeadNetwork, path: Path, typical: Sequence[list[int]]) -> None:
    """Writes the network, without its auxiliary columns, as an int8 ONNX file.

    `typical` are token rows used to even out the ranges of the activations.
    """
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder, "full.onnx")
        write_float(evened(shipped(network), typical), full)
        quantise(full, path)


class Evened(nn.Module):
    """A linear layer whose input is divided by `scale` and whose weights are multiplied by it."""

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.linear = copy.deepcopy(linear)
        with torch.no_grad():
            self.linear.weight.mul_(scale)
        self.register_buffer("inverse", 1.0 / scale)

    def forward(self, values: Tensor) -> Tensor:
        """Computes the same as the layer it replaces."""
        out: Tensor = self.linear(values * self.inverse)
        return out


def evened(network: MultiHeadNetwork, typical: Sequence[list[int]], share: float = 0.7) -> MultiHeadNetwork:
    """The same function, with its few large activations moved into the weights, each of which has its own
    scale.

    After SmoothQuant (Xiao et al. 2023); `share` is its migration strength. Otherwise a few channels inflate
    one scale for the whole tensor; this halves the error of eight bits.
    """
    network = copy.deepcopy(network)
    layers = {name: layer for name, layer in network.encoder.named_modules() if isinstance(layer, nn.Linear)}
    peaks = _peaks(network, layers, typical)
    for name, layer in layers.items():
        loud = layer.weight.detach().abs().amax(dim=0).clamp(min=_LEAST)
        scale = (peaks[name].clamp(min=_LEAST) ** share / loud ** (1.0 - share)).clamp(min=_LEAST)
        parent, _, own = name.rpartition(".")
        setattr(network.encoder.get_submodule(parent), own, Evened(layer, scale))
    network.eval()
    return network


def _peaks(
    network: MultiHeadNetwork, layers: Mapping[str, nn.Linear], typical: Sequence[list[int]]
) -> dict[str, Tensor]:
    """The largest absolute input of each layer, channel by channel."""
    peaks = {name: torch.zeros(layer.in_features) for name, layer in layers.items()}

    def watch(name: str) -> Any:
        def note(_: nn.Module, values: tuple[Tensor, ...]) -> None:
            peaks[name] = torch.maximum(peaks[name], values[0].detach().abs().flatten(0, -2).amax(dim=0))

        return note

    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in layers.items()]
    with torch.inference_mode():
        for row in typical:
            network(*padded([row]))
    for hook in hooks:
        hook.remove()
    return peaks


def write_float(network: MultiHeadNetwork, path: Path) -> None:
    """The ONNX file in 32 bits; batch and length stay variable."""
    example = (torch.ones((2, 16), dtype=torch.long), torch.ones((2, 16), dtype=torch.long))
    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens")}
    program = torch.onnx.export(
        network,
        example,
        dynamo=True,
        opset_version=OPSET,
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes={"input_ids": free, "attention_mask": free},
        verbose=False,
    )
    program.save(str(path), external_data=False)
    model = onnx.load(str(path))
    model.graph.ClearField("value_info")
    onnx.save(model, str(path))


def quantise(full: Path, path: Path) -> None:
    """Eight bits per channel for matrices and embeddings (per tensor costs a point and a half).

    The weights use seven of them: processors without VNNI add products in sixteen bits and would overflow
    with eight. This way every processor computes the same sums.
    """
    switch_off()
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(full),
        str(path),
        op_types_to_quantize=["MatMul", "Gather"],
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
    )


def trained_logits(network: MultiHeadNetwork, ids: Sequence[list[int]], batch: int = 32) -> Floats:
    """Logits of the trained network in 32 bits, rows in order `[n, len(LABELS)]`."""
    short = shipped(network)
    out: list[Floats] = []
    with torch.inference_mode():
        for start in range(0, len(ids), batch):
            tokens, mask = padded(ids[start : start + batch])
            out.append(short(tokens, mask).numpy())
    return np.concatenate(out)


def agreement(trained: Floats, exported: Floats) -> dict[str, float]:
    """How closely the exported model agrees: share of equal answers by head, mean shift of probability.

    An exclusive head agrees where the same label is highest; of the others the worst label counts.
    """
    left, right = probabilities(trained), probabilities(exported)
    figures: dict[str, float] = {}
    for head, span in spans():
        a, b = left[:, span], right[:, span]
        if head.exclusive:
            figures[head.name] = float((a.argmax(axis=1) == b.argmax(axis=1)).mean())
        else:
            figures[head.name] = float(((a > 0.5) == (b > 0.5)).mean(axis=0).min())
    figures["mean_shift"] = float(np.abs(left - right).mean())
    return {name: round(value, 4) for name, value in figures.items()}
