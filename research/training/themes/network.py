"""Answers by token: attention over what some of an encoder’s layers say of each, for themes and facts.

The encoder stays as it was trained for its other heads, in eight bits. A theme is expressed in a word or two,
which the mean over a text would drown out, so each label looks for its own tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from data.types import THEMES


@dataclass(frozen=True, slots=True)
class TokenHead:
    """One more output of a graph, of so many `labels`, and the tensors of `layers` that it reads."""

    output: str
    layers: tuple[str, ...]
    labels: int

    @property
    def prefix(self) -> str:
        """What its own tensors begin with."""
        return f"{self.output}/"


OF_THEMES = TokenHead("themes", ("layer_norm_2", "layer_norm_6"), len(THEMES))
"""Reads what the first and the third of six layers give of each token."""

MASK = "_to_copy_1"
"""The attention mask of the graph as numbers, `[batch, tokens, 1]`."""

_FAR = 1e4
_EPSILON = 1e-5


class TokenNet(nn.Module):
    """Hidden states `[batch, tokens, width]` and mask `[batch, tokens]` to logits `[batch, labels]`."""

    def __init__(self, width: int, hidden: int, dropout: float, labels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=_EPSILON, elementwise_affine=False)
        self.inner = nn.Linear(width, hidden)
        self.where = nn.Linear(hidden, labels)
        self.what = nn.Linear(hidden, labels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        kept = self.dropout(states.new_ones(len(states), 1, states.shape[2]))  # the same for every token
        inner = self.dropout(nn.functional.gelu(self.inner(self.norm(states) * kept)))
        far = (mask.unsqueeze(-1) - 1.0) * _FAR
        weights = (self.where(inner) + far).softmax(dim=1)
        out: Tensor = (weights * self.what(inner)).sum(dim=1)
        return out


def without(model: onnx.ModelProto, head: TokenHead) -> onnx.ModelProto:
    """The graph as it was before `graft`: a copy without the head's output and what leads to it."""
    plain = onnx.ModelProto()
    plain.CopyFrom(model)
    graph = plain.graph
    kept = [node for node in graph.node if not node.name.startswith(head.prefix)]
    weights = [tensor for tensor in graph.initializer if not tensor.name.startswith(head.prefix)]
    outputs = [output for output in graph.output if output.name != head.output]
    for field, values in ((graph.node, kept), (graph.initializer, weights), (graph.output, outputs)):
        del field[:]
        field.extend(values)
    return plain


def with_states(model: onnx.ModelProto, head: TokenHead) -> onnx.ModelProto:
    """A copy of the graph that outputs, in the head's place, the tensors of its layers, to learn from."""
    more = without(model, head)
    for name in head.layers:
        more.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    return more


def graft(
    model: onnx.ModelProto, nets: Sequence[TokenNet], line: NDArray[np.float32], head: TokenHead
) -> onnx.ModelProto:
    """A copy of the graph with the head's output, the mean over `nets`; nothing else in it changes.

    `line` is the logit from which a label holds, one for all or each its own: it is subtracted, so that one
    half corresponds to it.
    """
    grown = without(model, head)
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
    together = _together([{k: v.detach().numpy().T for k, v in net.state_dict().items()} for net in nets])
    own = {**shared, **together}.items()
    grown.graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(value), head.prefix + name) for name, value in own
    )
    grown.graph.node.extend(_nodes(head))
    shape = ["batch", head.labels]
    grown.graph.output.append(helper.make_tensor_value_info(head.output, TensorProto.FLOAT, shape))
    onnx.checker.check_model(grown)
    return grown


def _together(nets: Sequence[Mapping[str, NDArray[np.float32]]]) -> dict[str, NDArray[np.float32]]:
    """The networks side by side as one, and the matrix that takes their mean: a quarter of the operators."""
    found = {
        "inner.weight": np.concatenate([net["inner.weight"] for net in nets], axis=1),
        "inner.bias": np.concatenate([net["inner.bias"] for net in nets]),
        "mean": np.tile(np.eye(len(nets[0]["what.bias"]), dtype=np.float32) / len(nets), (len(nets), 1)),
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


_Step: TypeAlias = tuple[str, tuple[str, ...], str, dict[str, Any]]
"""Operator, what it reads, what it gives, its options; `@` stands before what is ours."""


def _nodes(head: TokenHead) -> list[onnx.NodeProto]:
    """The networks of TokenNet, all at once, operator by operator, and their mean."""
    first: _Step = ("Concat", head.layers, "@states", {"axis": -1})
    last: _Step = ("Sub", ("@middle", "@line"), head.output, {})
    return [
        helper.make_node(
            kind,
            [name.replace("@", head.prefix) for name in inputs],
            [output.replace("@", head.prefix)],
            name=f"{head.prefix}{place}/{kind}",
            **options,
        )
        for place, (kind, inputs, output, options) in enumerate((first, *_STEPS, last))
    ]


_STEPS: tuple[_Step, ...] = (
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
)
