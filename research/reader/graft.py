"""Adds to an exported graph the output `parts`, read from its last states, with the mask `marks` as input.

Nothing else in the graph changes. The mask has a value of its own, nothing marked, so whoever asks for the
labels alone need not know of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from classifiers.scoring.network import Floats
from classifiers.scoring.onnx_scorer import load_session
from classifiers.scoring.persons import PARTS, run_parts
from research.reader.base import LabelWeights
from research.reader.network import ReaderNetwork
from research.training.themes.network import MASK

OUTPUT, MARKS = "parts", "marks"
_PREFIX = "parts/"


def graft_parts(model: onnx.ModelProto, network: ReaderNetwork, weights: LabelWeights) -> onnx.ModelProto:
    """A copy of the graph with the output `parts` `[batch, len(PARTS)]`: logits, less the weights of
    training.
    """
    if weights.parts is None:
        raise ValueError("the label weights say nothing of parts")
    grown = onnx.ModelProto()
    grown.CopyFrom(model)
    layer = network.roles
    bias = layer.bias.detach().cpu() - weights.parts.cpu().log()
    held = {
        "weight": layer.weight.detach().cpu().numpy().T.copy(),
        "bias": bias.numpy(),
        "axis": np.asarray([1], np.int64),
        "depth": np.asarray([2], np.int64),
        "first": np.asarray(0, np.int64),
        "one": np.asarray(1.0, np.float32),
        "nothing": np.asarray(0.0, np.float32),
    }
    named = [(_PREFIX + name, value) for name, value in held.items()]
    named.append((MARKS, np.zeros((1, 1), np.int64)))
    grown.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in named)
    asked = ["batch", "tokens"]
    grown.graph.input.append(helper.make_tensor_value_info(MARKS, TensorProto.INT64, asked))
    grown.graph.node.extend(_nodes(2 * len(network.encoder.encoder.layer)))
    shape = ["batch", len(PARTS)]
    grown.graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape))
    onnx.checker.check_model(grown)
    return grown


def _nodes(last: int) -> list[onnx.NodeProto]:
    """What ReaderNetwork does with the last states, operator by operator; `@` stands before what is ours."""
    states = f"layer_norm_{last}"
    steps: tuple[tuple[str, tuple[str, ...], str, dict[str, Any]], ...] = (
        ("Mul", (states, MASK), "@seen", {}),
        ("ReduceSum", ("@seen", "@axis"), "@sum", {"keepdims": 0}),
        ("ReduceSum", (MASK, "@axis"), "@tokens", {"keepdims": 0}),
        ("Max", ("@tokens", "@one"), "@count", {}),
        ("Div", ("@sum", "@count"), "@mean", {}),
        ("Cast", (MARKS,), "@marked", {"to": TensorProto.FLOAT}),
        ("Unsqueeze", ("@marked", "@depth"), "@marks", {}),
        ("Mul", (states, "@marks"), "@named", {}),
        ("ReduceSum", ("@named", "@axis"), "@names", {"keepdims": 0}),
        ("ReduceSum", ("@marks", "@axis"), "@many", {"keepdims": 0}),
        ("Max", ("@many", "@one"), "@divisor", {}),
        ("Div", ("@names", "@divisor"), "@beside", {}),
        ("Gather", (states, "@first"), "@begins", {"axis": 1}),
        ("Greater", ("@many", "@nothing"), "@any", {}),
        ("Where", ("@any", "@beside", "@begins"), "@person", {}),
        ("Concat", ("@mean", "@person"), "@both", {"axis": 1}),
        ("MatMul", ("@both", "@weight"), "@product", {}),
        ("Add", ("@product", "@bias"), OUTPUT, {}),
    )
    return [
        helper.make_node(
            kind,
            [name.replace("@", _PREFIX) for name in inputs],
            [output.replace("@", _PREFIX)],
            name=f"{_PREFIX}{place}/{kind}",
            **options,
        )
        for place, (kind, inputs, output, options) in enumerate(steps)
    ]


def trained_parts(
    network: ReaderNetwork, rows: Sequence[Sequence[int]], mark: int, weights: LabelWeights
) -> Floats:
    """Logits of the trained network in 32 bits, less the weights of training `[n, len(PARTS)]`."""
    if weights.parts is None:
        raise ValueError("the label weights say nothing of parts")
    network.eval()
    found = []
    with torch.inference_mode():
        for row in rows:
            ids = torch.tensor([row])
            _, parts = network.both(ids, torch.ones_like(ids), (ids == mark).long())
            found.append(parts[0] - weights.parts.log())
    logits: Floats = torch.stack(found).numpy()
    return logits


def exported_parts(path: Path, rows: Sequence[Sequence[int]], mark: int) -> Floats:
    """The same of an exported graph."""
    session = load_session(path)
    return np.stack([run_parts(session, row, mark) for row in rows])


def agreement_of_parts(trained: Floats, exported: Floats) -> dict[str, float]:
    """Share of equal answers of the part that agrees worst, and the mean shift of its likelihood."""
    left, right = (1.0 / (1.0 + np.exp(-np.clip(side, -30.0, 30.0))) for side in (trained, exported))
    equal = ((left > 0.5) == (right > 0.5)).mean(axis=0)
    return {
        "parts": round(float(equal.min()), 4),
        "parts_mean_shift": round(float(np.abs(left - right).mean()), 4),
    }
