"""Recognises the themes: attention over what two of the encoder’s layers say of each token.

The encoder stays as it was trained for the other heads, in eight bits. A theme is expressed in a word or two,
which the mean over a text would drown out, so each theme looks for its own tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from data.types import THEMES

LAYERS = ("layer_norm_2", "layer_norm_6")
"""Tensors of the graph that are read: what the first and the third of six layers give of each token."""

MASK = "_to_copy_1"
"""The attention mask of the graph as numbers, `[batch, tokens, 1]`."""

PREFIX = "themes/"
OUTPUT = "themes"
_FAR = 1e4
_EPSILON = 1e-5


class ThemeNet(nn.Module):
    """Hidden states `[batch, tokens, width]` and mask `[batch, tokens]` to logits `[batch, len(THEMES)]`."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=_EPSILON, elementwise_affine=False)
        self.inner = nn.Linear(width, hidden)
        self.where = nn.Linear(hidden, len(THEMES))
        self.what = nn.Linear(hidden, len(THEMES))
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        kept = self.dropout(states.new_ones(len(states), 1, states.shape[2]))  # the same for every token
        inner = self.dropout(nn.functional.gelu(self.inner(self.norm(states) * kept)))
        far = (mask.unsqueeze(-1) - 1.0) * _FAR
        weights = (self.where(inner) + far).softmax(dim=1)
        out: Tensor = (weights * self.what(inner)).sum(dim=1)
        return out


def without_themes(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph as it was before `graft`: a copy without the output `themes` and what leads to it."""
    plain = onnx.ModelProto()
    plain.CopyFrom(model)
    graph = plain.graph
    kept = [node for node in graph.node if not node.name.startswith(PREFIX)]
    weights = [tensor for tensor in graph.initializer if not tensor.name.startswith(PREFIX)]
    outputs = [output for output in graph.output if output.name != OUTPUT]
    for field, values in ((graph.node, kept), (graph.initializer, weights), (graph.output, outputs)):
        del field[:]
        field.extend(values)
    return plain


def with_states(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of the graph that also outputs the tensors of LAYERS, to learn from."""
    more = without_themes(model)
    for name in LAYERS:
        more.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return more


def graft(model: onnx.ModelProto, nets: Sequence[ThemeNet], line: float) -> onnx.ModelProto:
    """A copy of the graph with the output `themes`, the mean over `nets`; nothing else in it changes.

    `line` is the logit from which a theme is named: it is subtracted, so that one half corresponds to it.
    """
    grown = without_themes(model)
    width = nets[0].inner.in_features
    shared = {
        "ones": np.ones(width, np.float32),
        "one": np.asarray(1.0, np.float32),
        "half": np.asarray(0.5, np.float32),
        "root": np.asarray(2.0**0.5, np.float32),
        "far": np.asarray(_FAR, np.float32),
        "axis": np.asarray([1], np.int64),
        "line": np.asarray(line, np.float32),
    }
    grown.graph.initializer.extend(_tensor(name, value) for name, value in shared.items())
    together = _together([{k: v.detach().numpy().T for k, v in net.state_dict().items()} for net in nets])
    grown.graph.initializer.extend(_tensor(name, value) for name, value in together.items())
    grown.graph.node.extend(_nodes())
    shape = ["batch", len(THEMES)]
    grown.graph.output.append(helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape))
    onnx.checker.check_model(grown)
    return grown


def _tensor(name: str, value: NDArray[np.float32] | NDArray[np.int64]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(value), PREFIX + name)


def _together(nets: Sequence[Mapping[str, NDArray[np.float32]]]) -> dict[str, NDArray[np.float32]]:
    """The networks side by side as one, and the matrix that takes their mean: a quarter of the operators."""
    found = {
        "inner.weight": np.concatenate([net["inner.weight"] for net in nets], axis=1),
        "inner.bias": np.concatenate([net["inner.bias"] for net in nets]),
        "mean": np.tile(np.eye(len(THEMES), dtype=np.float32) / len(nets), (len(nets), 1)),
    }
    for name in ("where", "what"):
        found[f"{name}.weight"] = _apart([net[f"{name}.weight"] for net in nets])
        found[f"{name}.bias"] = np.concatenate([net[f"{name}.bias"] for net in nets])
    return found


def _apart(blocks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The blocks along a diagonal, so that no network sees another's numbers."""
    rows, columns = blocks[0].shape
    whole = np.zeros((rows * len(blocks), columns * len(blocks)), np.float32)
    for i, block in enumerate(blocks):
        whole[i * rows : (i + 1) * rows, i * columns : (i + 1) * columns] = block
    return whole


def _nodes() -> list[onnx.NodeProto]:
    """The networks of ThemeNet, all at once, operator by operator, and their mean."""
    return [
        helper.make_node(
            kind,
            [name.replace("@", PREFIX) for name in inputs],
            [output.replace("@", PREFIX)],
            name=f"{PREFIX}{place}/{kind}",
            **options,
        )
        for place, (kind, inputs, output, options) in enumerate(_STEPS)
    ]


_STEPS: tuple[tuple[str, tuple[str, ...], str, dict[str, object]], ...] = (
    ("Concat", LAYERS, "@states", {"axis": -1}),
    ("LayerNormalization", ("@states", "@ones"), "@even", {"axis": -1, "epsilon": _EPSILON}),
    ("Sub", (MASK, "@one"), "@missing", {}),
    ("Mul", ("@missing", "@far"), "@hidden", {}),
    ("MatMul", ("@even", "@inner.weight"), "@product", {}),
    ("Add", ("@product", "@inner.bias"), "@inner", {}),
    ("Div", ("@inner", "@root"), "@scaled", {}),
    ("Erf", ("@scaled",), "@erf", {}),
    ("Add", ("@erf", "@one"), "@above", {}),
    ("Mul", ("@inner", "@above"), "@twice", {}),
    ("Mul", ("@twice", "@half"), "@gelu", {}),
    ("MatMul", ("@gelu", "@where.weight"), "@where.product", {}),
    ("Add", ("@where.product", "@where.bias"), "@where", {}),
    ("Add", ("@where", "@hidden"), "@seen", {}),
    ("Softmax", ("@seen",), "@weights", {"axis": 1}),
    ("MatMul", ("@gelu", "@what.weight"), "@what.product", {}),
    ("Add", ("@what.product", "@what.bias"), "@what", {}),
    ("Mul", ("@weights", "@what"), "@weighed", {}),
    ("ReduceSum", ("@weighed", "@axis"), "@each", {"keepdims": 0}),
    ("MatMul", ("@each", "@mean"), "@middle", {}),
    ("Sub", ("@middle", "@line"), OUTPUT, {}),
)
"""`@` stands before what is ours."""
