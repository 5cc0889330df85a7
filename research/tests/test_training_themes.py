"""How the themes are learnt: which posts, the network as ONNX, the line."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from classifiers.scoring.onnx_scorer import MODEL_DIR, MODEL_FILE, file_digest
from data.types import THEMES
from research.evaluation.labelled_items import item_text, normal_form, read_items
from research.training.themes.posts import HARMLESS, THEME_DATA, Item, parts_of, said_items, theme_items

torch = pytest.importorskip("torch", reason="needs the extra `hub`")
onnx = pytest.importorskip("onnx", reason="needs the extra `train`")

from classifiers.scoring.onnx_scorer import load_session  # noqa: E402
from research.training.themes import teach  # noqa: E402
from research.training.themes.network import OF_THEMES, TokenNet, graft, with_states, without  # noqa: E402
from research.training.themes.teach import (  # noqa: E402
    ThemeSettings,
    chances_of,
    fit,
    fit_parts,
    line_for,
    padded,
    plain_digest,
)

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures" / "triage"
ROWS = [[101, 2023, 2003, 102], [101, 1996, 2082, 4638, 2003, 3147, 102], [101, 102]]


@cache
def learnt_from() -> list[Item]:
    """All posts that a network is fitted on."""
    return [*theme_items()[0], *said_items()]


@cache
def measured_on() -> list[Item]:
    return read_items(FIXTURES / "themes.jsonl")


def test_every_label_is_a_theme_and_none_has_more_than_three() -> None:
    posts = [*learnt_from(), *measured_on()]
    assert {theme for item in posts for theme in item["themes"]} == set(THEMES)
    assert max(len(item["themes"]) for item in posts) <= 3


def test_every_theme_is_learnt_from_at_least_a_hundred_posts() -> None:
    learnt = learnt_from()
    assert min(sum(theme in item["themes"] for item in learnt) for theme in THEMES) >= 100


def test_no_post_is_both_learnt_and_measured_nor_its_family_or_pair() -> None:
    held = [*theme_items()[1], *measured_on()]
    for key in ("id", "family", "pair"):
        ours = {item[key] for item in learnt_from() if item.get(key)}
        assert not ours & {item[key] for item in held if item.get(key)}
    ours = {normal_form(item_text(item)) for item in learnt_from()}
    assert not ours & {normal_form(item_text(item)) for item in held}


def test_no_measured_post_is_nearly_a_copy_of_one_that_was_learnt() -> None:
    """Counted are the runs of three words that two texts share; mere turns of phrase have up to seven."""
    learnt = [_runs(item) for item in learnt_from()]
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for place, runs in enumerate(learnt):
        for run in runs:
            holders[run].add(place)
    copies = []
    for item in measured_on():
        own = _runs(item)
        shared = Counter(place for run in own for place in holders.get(run, ()))
        copies += [(item["id"], place) for place, n in shared.items() if n >= 8]
    assert copies == []


def _runs(item: Item) -> set[tuple[str, ...]]:
    words = normal_form(item["text"] or item["title"]).split()
    return set(zip(words, words[1:], words[2:], strict=False))


def test_posts_are_put_together_the_same_each_time_from_every_sentence() -> None:
    said = json.loads((THEME_DATA / "said.json").read_text(encoding="utf-8"))
    posts = said_items()
    assert posts == said_items()
    alone = {item["text"]: item["themes"] for item in posts}
    assert all(
        alone[text] == [t for t in key.split(", ") if t] for key, texts in said.items() for text in texts
    )
    assert len({item["id"] for item in posts}) == len(posts)


def test_a_post_put_together_has_the_themes_of_its_sentences() -> None:
    said = json.loads((THEME_DATA / "said.json").read_text(encoding="utf-8"))
    themed = {text.lower(): key for key, texts in said.items() if key in THEMES for text in texts}
    together = said_items()[sum(map(len, said.values())) :]
    assert together
    for item in together[:200]:
        for theme in item["themes"]:
            assert any(text in item["text"].lower() for text, key in themed.items() if key == theme)


def test_families_and_pairs_stay_in_one_part() -> None:
    items = theme_items()[0]
    parts = parts_of(items, 4)
    keys = [item.get("family") or item.get("pair") or item["id"] for item in items]
    assert set(parts) == {0, 1, 2, 3}
    assert len(set(zip(keys, parts, strict=True))) == len(set(keys))


def test_no_network_has_seen_the_posts_it_is_judged_by(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [np.full((1, 1), i, np.float32) for i in range(7)]
    seen: list[set[int]] = []

    def fitted(given: list[np.ndarray], *_: object) -> int:
        seen.append({int(row[0, 0]) for row in given})
        return len(seen) - 1

    def judged(nets: list[int], given: list[np.ndarray]) -> np.ndarray:
        assert not seen[nets[0]] & {int(row[0, 0]) for row in given}
        return np.stack([np.full(len(THEMES), row[0, 0]) for row in given])

    monkeypatch.setattr(teach, "fit", fitted)
    monkeypatch.setattr(teach, "chances_of", judged)
    targets = np.zeros((7, len(THEMES)), bool)
    _, chances = fit_parts(rows, targets, [0, 1, 1, 0, 1], ThemeSettings(nets=2), lambda line: None)
    assert chances[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert seen == [{1, 2, 4, 5, 6}, {0, 3, 5, 6}]


def test_the_posts_for_measuring_are_those_that_were_kept() -> None:
    wanted = {item["id"]: item["themes"] for item in theme_items()[1]}
    kept = {item["id"]: item["themes"] for item in read_items(FIXTURES / "themes.jsonl")}
    assert {key: value for key, value in kept.items() if not key.startswith("dev-")} == wanted
    assert sum(key.startswith("dev-") for key in kept) >= 250


def test_only_harmless_posts_are_measured() -> None:
    assert {item["route"] for item in theme_items()[1] if "route" in item} <= set(HARMLESS)


@pytest.fixture(scope="module")
def shipped() -> onnx.ModelProto:
    return onnx.load(MODEL_DIR / MODEL_FILE)


def _run(model: onnx.ModelProto, path: Path, names: list[str], row: list[int]) -> list[np.ndarray]:
    if not path.exists():
        onnx.save(model, path)
    ids = np.asarray([row])
    given: list[np.ndarray] = load_session(path).run(
        names, {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    )
    return given


def test_the_encoder_and_its_heads_answer_as_without_the_themes(
    shipped: onnx.ModelProto, tmp_path: Path
) -> None:
    for row in ROWS:
        plain = _run(without(shipped, OF_THEMES), tmp_path / "plain.onnx", ["logits"], row)
        whole = _run(shipped, tmp_path / "whole.onnx", ["logits"], row)
        assert np.array_equal(plain[0], whole[0])


def test_the_card_names_the_file_that_the_themes_were_put_into(shipped: onnx.ModelProto) -> None:
    facts = json.loads((MODEL_DIR / "card.json").read_text(encoding="utf-8"))["themes"]
    assert facts["encoder"] == plain_digest(shipped)
    assert {s["name"]: s["sha256"] for s in facts["data"]} == {
        name: file_digest(THEME_DATA / name) for name in ("own.jsonl", "posts.json", "said.json")
    }


def test_the_network_in_the_graph_answers_as_the_fitted_one(shipped: onnx.ModelProto, tmp_path: Path) -> None:
    torch.manual_seed(3)
    nets = [TokenNet(384 * len(OF_THEMES.layers), 8, 0.3, OF_THEMES.labels).eval() for _ in range(2)]
    grown = graft(shipped, nets, np.asarray(0.5, np.float32), OF_THEMES)
    for row in ROWS:
        layers = _run(with_states(shipped, OF_THEMES), tmp_path / "states.onnx", list(OF_THEMES.layers), row)
        states = np.concatenate([layer[0] for layer in layers], axis=1)
        with torch.inference_mode():
            wanted = sum(net(*padded([states]))[0].numpy() for net in nets) / 2 - 0.5
        found = _run(grown, tmp_path / "grown.onnx", ["themes"], row)[0][0]
        assert np.allclose(found, wanted, atol=1e-4)


def test_padding_changes_no_theme() -> None:
    net = TokenNet(16, 8, 0.0, OF_THEMES.labels).eval()
    short, long = np.ones((3, 16), np.float32), np.zeros((30, 16), np.float32)
    with torch.inference_mode():
        assert torch.allclose(net(*padded([short, long]))[0], net(*padded([short]))[0], atol=1e-5)


def test_what_can_be_told_is_learnt_the_same_each_time() -> None:
    rng = np.random.default_rng(1)
    marks = rng.normal(size=(len(THEMES), 16)).astype(np.float32) * 3
    right = np.eye(len(THEMES), dtype=bool)[rng.integers(0, len(THEMES), 300)]
    rows = [
        np.concatenate([rng.normal(size=(n, 16)).astype(np.float32), marks[[int(t.argmax())]]])
        for n, t in zip(rng.integers(2, 9, 300).tolist(), right, strict=True)
    ]
    settings = ThemeSettings(epochs=20, hidden=32, dropout=0.0, rate=1e-2)
    found = [chances_of([fit(rows, right, settings, 0, lambda line: None)], rows) for _ in range(2)]
    assert np.array_equal(found[0], found[1])
    assert (found[0].argmax(axis=1) == right.argmax(axis=1)).mean() > 0.9


def test_the_line_is_the_lowest_with_the_precision_asked_for() -> None:
    chances = np.full((4, len(THEMES)), 0.01, np.float32)
    chances[:, 0] = (0.9, 0.8, 0.6, 0.5)
    right = np.zeros((4, len(THEMES)), bool)
    right[:3, 0] = True
    line = line_for(chances, right, ThemeSettings(precision=0.85))
    assert 0.5 < line <= 0.6


def test_there_is_always_a_line() -> None:
    nothing = np.zeros((2, len(THEMES)))
    assert line_for(nothing.astype(np.float32), nothing.astype(bool), ThemeSettings()) == pytest.approx(0.95)
