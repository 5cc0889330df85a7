"""The network of the second reader: the labels of a post, and the part of a person in it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from classifiers.scoring.persons import PARTS
from research.training.network import MultiHeadNetwork


class ReaderNetwork(MultiHeadNetwork):
    """Adds to the labels of the mean state those of a person: one linear layer over the mean of all states
    and the mean of those at the marks, or the first state where nothing is marked.
    """

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__(encoder)
        self.roles = nn.Linear(2 * encoder.config.hidden_size, len(PARTS))

    def both(self, input_ids: Tensor, attention_mask: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of labels `[batch, len(COLUMNS)]` and of parts `[batch, len(PARTS)]`.

        `input_ids`, `attention_mask` and `marks` are `[batch, tokens]`.
        """
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mean = _mean(hidden, attention_mask)
        named = torch.where(marks.any(dim=1, keepdim=True), _mean(hidden, marks), hidden[:, 0])
        parts: Tensor = self.roles(self.dropout(torch.cat([mean, named], dim=1)))
        labels: Tensor = self.linear(self.dropout(mean))
        return labels, parts


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)


def from_base(base: Path, dropout: float = 0.1) -> ReaderNetwork:
    """The network before training, its encoder read from the base model's folder."""
    from transformers import MPNetModel

    encoder = MPNetModel.from_pretrained(
        base,
        attn_implementation="eager",
        add_pooling_layer=False,
        local_files_only=True,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=0.0,
    )
    return ReaderNetwork(encoder)


def tiny(vocabulary: int, seed: int = 0) -> ReaderNetwork:
    """A random network of the same make, two layers and 32 wide, for trying what is done with it."""
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(seed)
    config = MPNetConfig(
        vocab_size=vocabulary,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=258,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
    return ReaderNetwork(MPNetModel(config, add_pooling_layer=False))
