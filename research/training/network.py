"""The network: a small BERT, the mean of its last layer, one linear layer for all heads."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from classifiers.scoring.network import LABELS
from research.training.examples import COLUMNS


class MultiHeadNetwork(nn.Module):
    """Token ids and mask `[batch, tokens]` to logits `[batch, len(COLUMNS)]`."""

    def __init__(self, encoder: BertModel, columns: int = len(COLUMNS), dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(encoder.config.hidden_size, columns)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
        logits: Tensor = self.linear(self.dropout(mean))
        return logits


def from_base(folder: Path) -> MultiHeadNetwork:
    """The network before training, its encoder read from the base model's folder."""
    encoder = BertModel.from_pretrained(
        folder, attn_implementation="eager", add_pooling_layer=False, local_files_only=True
    )
    return MultiHeadNetwork(encoder)


def tiny(seed: int = 0, vocabulary: int = 200, layers: int = 2) -> MultiHeadNetwork:
    """A random network of the same shape, for trying training and export in a second."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=256,
        attn_implementation="eager",
    )
    return MultiHeadNetwork(BertModel(config, add_pooling_layer=False))


def shipped(network: MultiHeadNetwork) -> MultiHeadNetwork:
    """The network without the auxiliary columns, in evaluation mode."""
    short = MultiHeadNetwork(network.encoder, len(LABELS), 0.0)
    with torch.no_grad():
        short.linear.weight.copy_(network.linear.weight[: len(LABELS)])
        short.linear.bias.copy_(network.linear.bias[: len(LABELS)])
    short.eval()
    return short
