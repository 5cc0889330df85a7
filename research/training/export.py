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

from classifiers.scoring.network import Floats, probabilities, spans, switch_off
from research.training.fit import padded
from research.training.network import MultiHeadNetwork, shipped

OPSET = 20
MOST_TOKENS = 192
"""The longest window that is read: what MPNet's table of distances is cut to."""
_LEAST = 1e-3
_FAR = 1e4

Peaks = Mapping[nn.Module, Tensor]
"""The largest absolute input of each linear layer, channel by channel."""


def export(network: MultiHeadNetwork, path: Path, typical: Sequence[list[int]]) -> None:
    """Writes the network, without its auxiliary columns, as an int8 ONNX file.

    `typical` are token rows used to even out the ranges of the activations.
    """
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder, "full.onnx")
        write_float(lean(network, typical), full)
        quantise(full, path)


def lean(network: MultiHeadNetwork, typical: Sequence[list[int]], share: float = 0.8) -> Lean:
    """The same function in half of the operators, its few large activations moved into the weights.

    Each weight has its own scale, but a whole tensor of activations has one, which a few channels would
    inflate. After SmoothQuant (Xiao et al. 2023); `share` is its migration strength.
    """
    short = copy.deepcopy(shipped(network))
    with torch.no_grad():
        made = Lean(short, _peaks(short, typical), share)
    made.eval()
    return made


class Lean(nn.Module):
    """Token ids and mask `[batch, tokens]` to logits, of BERT (every token is of the first segment) or MPNet.

    What MPNet adds to the attention by how far apart two tokens are is one table for all layers, cut to the
    length of the text. The themes and facts find tensors of its graph by name
    (`research.training.themes.network`), so the order of its casts and norms counts.
    """

    def __init__(self, network: MultiHeadNetwork, peaks: Peaks, share: float) -> None:
        super().__init__()
        embeddings, encoder = network.encoder.embeddings, network.encoder.encoder
        self.words, self.places, self.norm = (
            embeddings.word_embeddings,
            embeddings.position_embeddings,
            embeddings.LayerNorm,
        )
        apart = None
        if hasattr(encoder, "relative_attention_bias"):
            self.places = nn.Embedding.from_pretrained(self.places.weight[embeddings.padding_idx + 1 :])
            longest = torch.zeros((1, MOST_TOKENS, 1))
            apart = encoder.compute_position_bias(longest).clone()
        else:
            self.places.weight.add_(embeddings.token_type_embeddings.weight[0])
        self.register_buffer("apart", apart)
        self.layers = nn.ModuleList(LeanLayer(layer, peaks, share) for layer in encoder.layer)
        self.linear = network.linear

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        tokens = input_ids.shape[1]
        places = torch.arange(tokens, device=input_ids.device)
        hidden = self.norm(self.words(input_ids) + self.places(places))
        far = (attention_mask[:, None, None, :].to(hidden.dtype) - 1.0) * _FAR
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        if self.apart is not None:
            far = far + self.apart[:, :, :tokens, :tokens]
        for layer in self.layers:
            hidden = layer(hidden, far)
        mean = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
        logits: Tensor = self.linear(mean)
        return logits


class LeanLayer(nn.Module):
    """A layer of BERT or MPNet: query, key and value are one product of one evened input.

    What evens the attention's output stands in the weights that make the values, so it takes no operator.
    """

    def __init__(self, layer: Any, peaks: Peaks, share: float) -> None:
        super().__init__()
        of_mpnet = hasattr(layer.attention, "attn")
        parts = layer.attention.attn if of_mpnet else layer.attention.self
        three = (parts.q, parts.k, parts.v) if of_mpnet else (parts.query, parts.key, parts.value)
        out = parts.o if of_mpnet else layer.attention.output.dense
        self.heads, self.width = parts.num_attention_heads, parts.attention_head_size
        scale = _scale(torch.cat([part.weight for part in three]), peaks[three[0]], share)
        inner = _scale(out.weight, peaks[out], share)
        three[2].weight.div_(inner[:, None])
        three[2].bias.div_(inner)
        out.weight.mul_(inner)
        weight, bias = (torch.cat([getattr(part, name) for part in three]) for name in ("weight", "bias"))
        self.three = Evened(weight, bias, scale)
        self.out = out
        self.norm = (layer.attention if of_mpnet else layer.attention.output).LayerNorm
        self.wide, self.narrow = (
            Evened(dense.weight, dense.bias, _scale(dense.weight, peaks[dense], share))
            for dense in (layer.intermediate.dense, layer.output.dense)
        )
        self.last = layer.output.LayerNorm

    def forward(self, hidden: Tensor, far: Tensor) -> Tensor:
        rows, tokens = hidden.shape[:2]
        three = self.three(hidden).view(rows, tokens, 3 * self.heads, self.width).transpose(1, 2)
        query, key, value = three.split(self.heads, dim=1)
        near = (query @ key.transpose(-1, -2)) * self.width**-0.5 + far
        seen = (near.softmax(dim=-1) @ value).transpose(1, 2).reshape(hidden.shape)
        hidden = self.norm(self.out(seen) + hidden)
        out: Tensor = self.last(self.narrow(nn.functional.gelu(self.wide(hidden))) + hidden)
        return out


class Evened(nn.Module):
    """A linear layer whose input is divided by `scale` and whose weights are multiplied by it."""

    def __init__(self, weight: Tensor, bias: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(weight.shape[1], weight.shape[0])
        self.linear.weight.copy_(weight * scale)
        self.linear.bias.copy_(bias)
        self.register_buffer("inverse", 1.0 / scale)

    def forward(self, values: Tensor) -> Tensor:
        """Computes the same as the layer it replaces."""
        out: Tensor = self.linear(values * self.inverse)
        return out


def _scale(weight: Tensor, peak: Tensor, share: float) -> Tensor:
    """What each input channel is divided by."""
    loud = weight.abs().amax(dim=0).clamp(min=_LEAST)
    return (peak.clamp(min=_LEAST) ** share / loud ** (1.0 - share)).clamp(min=_LEAST)


def _peaks(network: MultiHeadNetwork, typical: Sequence[list[int]]) -> Peaks:
    layers = [layer for layer in network.encoder.modules() if isinstance(layer, nn.Linear)]
    peaks: dict[nn.Module, Tensor] = {layer: torch.zeros(layer.in_features) for layer in layers}

    def note(layer: nn.Module, values: tuple[Tensor, ...]) -> None:
        peaks[layer] = torch.maximum(peaks[layer], values[0].detach().abs().flatten(0, -2).amax(dim=0))

    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    for row in typical:
        network(*padded([row]))  # alone: nothing is padded
    for hook in hooks:
        hook.remove()
    return peaks


def write_float(network: nn.Module, path: Path) -> None:
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
            tokens, mask = padded(ids[start : start + batch], short.encoder.config.pad_token_id)
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
