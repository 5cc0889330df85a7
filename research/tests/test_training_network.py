"""Training and export, tried on a tiny random network of the same make."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `hub`")
onnx = pytest.importorskip("onnx", reason="needs the extra `train`")
pytest.importorskip("onnxscript", reason="needs the extra `train`")

import onnxruntime  # noqa: E402

from classifiers.scoring.network import LABELS, probabilities  # noqa: E402
from classifiers.scoring.onnx_scorer import load_session  # noqa: E402
from research.training.examples import COLUMNS  # noqa: E402
from research.training.export import agreement, export, lean, trained_logits, write_float  # noqa: E402
from research.training.fit import TrainingRow, TrainingSettings, batches, epoch_rows, fit, load, padded  # noqa: E402
from research.training.loss import Weights, loss  # noqa: E402
from research.training.network import tiny  # noqa: E402
from research.training.themes.network import MASK, OF_THEMES, with_states  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

UNKNOWN = float("nan")


def _row(ids: list[int], weight: float = 1.0, **known: float) -> TrainingRow:
    targets = [known.get(column.replace(":", "__"), UNKNOWN) for column in COLUMNS]
    return TrainingRow(ids, ids[:1], ids, ids, targets, weight)


def _threats(count: int, seed: int = 1) -> list[TrainingRow]:
    """Rows whose threat can be told from one token."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        word = 7 if i % 2 else 8
        rows.append(
            _row([1, *(rng.randint(20, 150) for _ in range(6)), word, word], abuse__threat=float(i % 2))
        )
    return rows


def _run(path: Path, ids: list[list[int]]) -> np.ndarray:
    session = load_session(path)
    rows = [
        session.run(
            None, {"input_ids": np.asarray([row]), "attention_mask": np.ones((1, len(row)), np.int64)}
        )[0][0]
        for row in ids
    ]
    return np.stack(rows)


def test_the_exported_network_gives_the_trained_one_s_logits(tmp_path: Path) -> None:
    network, ids = tiny().eval(), [row.ids for row in _threats(8)] + [[1, 5], [1] * 60]
    write_float(lean(network, ids), tmp_path / "full.onnx")
    assert np.allclose(_run(tmp_path / "full.onnx", ids), trained_logits(network, ids), atol=1e-4)


def test_the_eight_bit_export_agrees_with_the_trained_network(tmp_path: Path) -> None:
    network, ids = tiny().eval(), [row.ids for row in _threats(200)]
    export(network, tmp_path / "model.onnx", ids[:20])
    kept = agreement(trained_logits(network, ids), _run(tmp_path / "model.onnx", ids))
    assert kept["mean_shift"] < 0.02
    assert min(kept[name] for name in ("sentiment", "about", "route")) >= 0.9


def test_the_lean_network_gives_the_trained_one_s_logits_and_leaves_that_as_it_was() -> None:
    network = tiny().eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.1 * torch.randn_like(weights))  # biases and norms count too
    ids = [[1, 5], *(row.ids for row in _threats(20)), [1] * 60]
    before = trained_logits(network, ids)
    with torch.inference_mode():
        after = lean(network, ids[:5])(*padded(ids)).numpy()
    assert np.allclose(before, after, atol=1e-4)
    assert np.array_equal(before, trained_logits(network, ids))


def test_each_layer_is_exported_as_four_products_in_eight_bits(tmp_path: Path) -> None:
    network, ids = tiny().eval(), [[1, 5, 6]]
    export(network, tmp_path / "model.onnx", ids)
    graph = onnx.load(tmp_path / "model.onnx").graph
    kinds = Counter(node.op_type for node in graph.node)
    assert kinds["MatMulInteger"] == 4 * len(network.encoder.encoder.layer) + 1
    assert kinds["Gelu"] == len(network.encoder.encoder.layer)


def test_the_themes_find_their_tensors_in_the_exported_graph(tmp_path: Path) -> None:
    network, row = tiny(layers=3).eval(), [1, 5, 6, 7, 0]
    export(network, tmp_path / "model.onnx", [row])
    model = with_states(onnx.load(tmp_path / "model.onnx"), OF_THEMES)
    model.graph.output.append(onnx.helper.make_tensor_value_info(MASK, onnx.TensorProto.FLOAT, None))
    onnx.save(model, tmp_path / "states.onnx")
    ids = np.asarray([row])
    given = load_session(tmp_path / "states.onnx").run(
        [*OF_THEMES.layers, MASK], {"input_ids": ids, "attention_mask": (ids != 0).astype(np.int64)}
    )
    with torch.inference_mode():
        states = network.encoder(*padded([row]), output_hidden_states=True).hidden_states
    for layer, found in zip((1, 3), given, strict=False):
        assert np.abs(found - states[layer].numpy()).mean() < 0.05
    assert given[2].tolist() == [[[1.0], [1.0], [1.0], [1.0], [0.0]]]


def test_what_onnxruntime_would_slow_down_it_leaves_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(tiny().eval(), tmp_path / "model.onnx", [[1, 5, 6]])
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "run.onnx")
    monkeypatch.setattr(onnxruntime, "SessionOptions", lambda: options)
    load_session(tmp_path / "model.onnx")
    kinds = {node.op_type for node in onnx.load(tmp_path / "run.onnx").graph.node}
    assert "DynamicQuantizeMatMul" in kinds
    assert "SkipLayerNormalization" not in kinds


def test_padding_does_not_change_an_answer() -> None:
    network = tiny().eval()
    beside = trained_logits(network, [[1, 5, 6], [1] * 40])
    assert np.allclose(beside[0], trained_logits(network, [[1, 5, 6]])[0], atol=1e-4)


def test_the_shipped_network_leaves_the_auxiliary_columns_out() -> None:
    logits = trained_logits(tiny().eval(), [[1, 2, 3]])
    assert logits.shape == (1, len(LABELS))


def test_what_can_be_told_is_learnt(tmp_path: Path) -> None:
    network = tiny()
    settings = TrainingSettings(epochs=6, rate=3e-3, head_rate=3e-3, threads=1, no_context=0.0, averaged=0.9)
    fit(network, _threats(256), [], settings, tmp_path, lambda line: None)
    fresh = _threats(40, seed=2)
    chances = probabilities(trained_logits(network.eval(), [row.ids for row in fresh]))[
        :, LABELS.index("abuse:threat")
    ]
    truth = [row.targets[COLUMNS.index("abuse:threat")] > 0.5 for row in fresh]
    assert np.mean((chances > 0.5) == truth) > 0.95


def test_the_same_seed_trains_the_same_network(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        network = tiny()
        fit(network, _threats(64), [], TrainingSettings(epochs=1, threads=1), tmp_path, lambda line: None)
        made.append(network.linear.weight.detach().clone())
    assert torch.equal(*made)


def test_a_checkpoint_of_every_epoch_can_be_taken_up(tmp_path: Path) -> None:
    network = tiny()
    weights = fit(
        network, _threats(64), [], TrainingSettings(epochs=2, threads=1), tmp_path, lambda line: None
    )
    again = tiny(seed=9)
    assert torch.equal(load(again, tmp_path / "epoch-2.pt").values, weights.values)
    assert torch.equal(again.linear.weight, network.linear.weight)
    assert (tmp_path / "epoch-1.pt").exists()


def test_every_public_row_is_seen_once_and_every_own_row_each_epoch() -> None:
    own, public = [_row([1])] * 3, [_row([i]) for i in range(10)]
    settings = TrainingSettings(epochs=4)
    rows = [epoch_rows(own, public, epoch, settings) for epoch in range(4)]
    assert sorted(row.ids[0] for part in rows for row in part[3:]) == list(range(10))
    assert all(part[:3] == own for part in rows)


def test_batches_hold_every_row_once() -> None:
    rows = [[0] * (i % 17 + 1) for i in range(205)]
    made = batches(rows, 32, random.Random(3))
    assert sorted(i for batch in made for i in batch) == list(range(205))


def test_unknown_targets_teach_nothing() -> None:
    targets = torch.tensor([_row([1], abuse__hate=1.0).targets])
    logits = torch.zeros((1, len(COLUMNS)), requires_grad=True)
    loss(logits, targets, torch.ones(1), Weights.of(targets)).backward()
    assert logits.grad is not None
    taught = [COLUMNS[i] for i in logits.grad[0].nonzero().flatten().tolist()]
    assert taught == ["abuse:hate"]


def test_a_rare_label_weighs_more_but_never_over_ten() -> None:
    rows = [_row([1], abuse__hate=0.0, abuse__threat=float(i % 2)).targets for i in range(400)]
    rows.append(_row([1], abuse__hate=1.0, abuse__threat=1.0).targets)
    weights = Weights.of(torch.tensor(rows))
    assert weights.values[COLUMNS.index("abuse:hate")] == 10
    assert weights.values[COLUMNS.index("abuse:threat")] == pytest.approx(1, abs=0.01)
    assert weights.shift()[LABELS.index("abuse:hate")] == pytest.approx(-np.log(10))
