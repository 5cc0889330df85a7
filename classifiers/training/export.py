"""From the trained network to `model.onnx`: eight bits a weight, per channel."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from classifiers.heads import Floats, probabilities, spans
from classifiers.training.fit import padded
from classifiers.training.network import Network, shipped

OPSET = 18


def export(network: Network, path: Path) -> None:
    """Writes the network, without its auxiliary columns, as an int8 ONNX file."""
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder, "full.onnx")
        write_float(shipped(network), full)
        quantise(full, path)


def write_float(network: Network, path: Path) -> None:
    """The ONNX file in 32 bits; batch and length stay free."""
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
    """Eight bits per channel for matrices and embeddings (per tensor costs a point and a half)."""
    quantize_dynamic(
        str(full),
        str(path),
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        weight_type=QuantType.QInt8,
        per_channel=True,
    )


def trained_logits(network: Network, ids: Sequence[list[int]], batch: int = 32) -> Floats:
    """Logits of the trained network in 32 bits, rows in order `[n, len(LABELS)]`."""
    short = shipped(network)
    out: list[Floats] = []
    with torch.inference_mode():
        for start in range(0, len(ids), batch):
            tokens, mask = padded(ids[start : start + batch])
            out.append(short(tokens, mask).numpy())
    return np.concatenate(out)


def agreement(trained: Floats, exported: Floats) -> dict[str, float]:
    """How far the exported model agrees: share of equal answers by head, mean shift of probability.

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
