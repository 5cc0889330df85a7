"""The second reader's training, broken off and gone on with, and its export, tried on a tiny network."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")
onnx = pytest.importorskip("onnx", reason="needs the extra `train`")
pytest.importorskip("onnxscript", reason="needs the extra `train`")
pytest.importorskip("safetensors", reason="needs the extra `train`")

from classifiers.scoring.network import LABELS  # noqa: E402
from classifiers.scoring.onnx_scorer import TOKENIZER_FILE, load_session  # noqa: E402
from classifiers.scoring.persons import PARTS, PersonWindows  # noqa: E402
from data.errors import InputError  # noqa: E402
from research.reader import base, train  # noqa: E402
from research.reader.fit import Batch, Training, answers, loss_of, part_weights, this_machine  # noqa: E402
from research.reader.graft import (  # noqa: E402
    exported_parts,
    trained_parts,
)
from research.reader.network import tiny  # noqa: E402
from research.reader.rows import HANDS, Material, Row, meet, read_people, told_items  # noqa: E402
from research.reader.run import add_parts, page, save_apart, what_was_learnt  # noqa: E402
from research.reader.settings import ReaderSettings  # noqa: E402
from research.training.examples import COLUMNS, own_example  # noqa: E402
from research.training.export import export, trained_logits  # noqa: E402

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

TOKENIZER = Path(__file__).parents[2] / "reader" / "schoolgate_reader" / TOKENIZER_FILE
WINDOWS = PersonWindows(TOKENIZER)
WORDS = 30_527
THREATENED = PARTS.index("threatened")
QUICK = ReaderSettings(epochs=2, batch=8, rate=3e-3, label_rate=3e-3, part_rate=1e-2, mask=0.0, averaged=0.8)


def _machine():
    return this_machine(1, half=False)


def _person(rng: random.Random, threatened: bool) -> Row:
    """A row in which one word says whether the person who is marked in it is threatened."""
    words = [rng.randint(2000, 2400) for _ in range(6)]
    words.insert(rng.randint(0, 6), 1500 if threatened else 1600)
    words.insert(rng.randint(0, 7), WINDOWS.mark)
    holds = [float(threatened and part == "threatened") for part in PARTS]
    return Row([0, 1999, 2, *words, 2], parts=holds)


def _post(rng: random.Random, grave: bool) -> Row:
    labels = [float("nan")] * len(COLUMNS)
    labels[COLUMNS.index("severity:3")] = float(grave)
    words = [rng.randint(2000, 2400) for _ in range(5)]
    return Row([0, 2, *words, 1700 if grave else 1800, 2], labels=labels)


class MadePlan:
    """Rows that a tiny network can learn."""

    def __init__(self, settings: ReaderSettings, posts: int, persons: int) -> None:
        self.settings, self.windows, self.digest = settings, WINDOWS, f"{posts} and {persons}"
        self._many = posts, persons
        self.size = posts + persons

    def rows(self, epoch: int) -> list[Row]:
        rng = random.Random(epoch)
        posts, persons = self._many
        return [
            *(_post(rng, n % 2 == 0) for n in range(posts)),
            *(_person(rng, n % 2 == 0) for n in range(persons)),
        ]


def _weights() -> base.LabelWeights:
    return base.LabelWeights(torch.ones(len(COLUMNS)), torch.ones(len(PARTS)))


def _training(work: Path, settings: ReaderSettings = QUICK) -> Training:
    work.mkdir(exist_ok=True)
    plan = MadePlan(settings, 20, 21)
    return Training(tiny(WORDS), plan, _weights(), _machine(), work)


def _all(training: Training, stop=lambda: None) -> dict[str, torch.Tensor]:
    while training.step < training.steps:
        training.run_epoch(4, lambda line: None, stop)
    with training.averaged():
        return {name: value.clone() for name, value in training.network.state_dict().items()}


class BrokenOff(Exception):
    """What stops a run in the middle."""


def test_a_run_that_was_broken_off_ends_with_the_same_weights(tmp_path):
    settings = replace(QUICK, mask=0.1)
    whole = _all(_training(tmp_path / "whole", settings))
    broken = _training(tmp_path / "broken", settings)

    def stop() -> None:
        if broken.step == 8:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        _all(broken, stop=stop)
    resumed = _training(tmp_path / "broken", settings)
    assert resumed.step == 8
    again = _all(resumed)
    for name, value in whole.items():
        assert torch.equal(value, again[name]), name


def test_a_run_is_not_gone_on_with_by_other_settings(tmp_path):
    _training(tmp_path).keep()
    with pytest.raises(InputError, match="other settings"):
        _training(tmp_path, replace(QUICK, rate=1.0))
    assert _training(tmp_path, replace(QUICK, last=3)).step == 0


def test_a_run_may_end_after_so_many_steps(tmp_path):
    training = _training(tmp_path, replace(QUICK, steps=4))
    _all(training)
    assert training.step == 4
    assert _training(tmp_path, replace(QUICK, steps=4)).step == 4


def test_a_checkpoint_that_could_not_be_written_leaves_the_one_before(tmp_path, monkeypatch):
    training = _training(tmp_path)
    training.keep()
    before = (tmp_path / "state.pt").read_bytes()

    def full(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="full"):
        training.keep()
    assert (tmp_path / "state.pt").read_bytes() == before


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """A tiny network that has learnt posts and persons."""
    plan = MadePlan(replace(QUICK, epochs=8, batch=16, words=True), 96, 128)
    training = Training(tiny(WORDS), plan, _weights(), _machine(), tmp_path_factory.mktemp("learnt"))
    while training.step < training.steps:
        training.run_epoch(1000, lambda line: None)
    training.network.eval()
    return training.network


def test_posts_and_the_part_of_who_is_marked_are_learnt_in_one_run(learnt):
    rng = random.Random(99)
    truth = [n % 2 == 0 for n in range(60)]
    _, parts = answers(learnt, [_person(rng, holds) for holds in truth], WINDOWS.mark, _machine())
    assert np.mean((parts[:, THREATENED] > 0) == truth) > 0.9
    labels, _ = answers(learnt, [_post(rng, holds) for holds in truth], WINDOWS.mark, _machine())
    assert np.mean((labels[:, COLUMNS.index("severity:3")] > 0) == truth) > 0.9


def test_a_post_teaches_no_part_and_a_person_no_label():
    rng = random.Random(1)
    batch = Batch.of(
        [_post(rng, True), _person(rng, True), _post(rng, False)], WINDOWS.mark, torch.device("cpu")
    )
    labels, parts = (torch.zeros((3, width), requires_grad=True) for width in (len(COLUMNS), len(PARTS)))
    loss_of(labels, parts, batch, _weights(), 1.0).backward()
    assert labels.grad is not None
    assert parts.grad is not None
    assert [bool(row.any()) for row in labels.grad] == [True, False, True]
    assert [bool(row.any()) for row in parts.grad] == [False, True, False]


def test_a_row_counts_the_same_whatever_stands_beside_it():
    rng = random.Random(1)
    post, person = _post(rng, True), _person(rng, True)
    few = Batch.of([post, person], WINDOWS.mark, torch.device("cpu"))
    many = Batch.of([post, person, person, person], WINDOWS.mark, torch.device("cpu"))
    found = []
    for batch in (few, many):
        parts = torch.zeros((len(batch.ids), len(PARTS)), requires_grad=True)
        loss_of(torch.zeros((len(batch.ids), len(COLUMNS))), parts, batch, _weights(), 1.0).backward()
        assert parts.grad is not None
        found.append(parts.grad[1] * len(batch.ids))
    assert torch.allclose(*found)


def test_a_rare_part_weighs_more_but_never_over_six():
    targets = np.zeros((400, len(PARTS)))
    targets[:100, 0], targets[0, 1], targets[:, 2] = 1, 1, np.nan
    assert part_weights(targets)[:3].tolist() == pytest.approx([3**0.5, 6, 1])


def test_what_training_added_is_read_again_within_a_step(tmp_path):
    network = tiny(WORDS)
    plain = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        for name, value in network.named_parameters():
            if "word_embeddings" not in name:
                value.add_(0.01 * torch.randn_like(value))
    base.write_added(network, plain, tmp_path / "added.safetensors")
    again = tiny(WORDS)
    assert base.add(again, tmp_path / "added.safetensors")
    for name, value in network.state_dict().items():
        assert torch.allclose(again.state_dict()[name], value, atol=0.001), name
    assert (tmp_path / "added.safetensors").stat().st_size < 400_000  # the words are the base's
    mean = base.average([plain, network.state_dict()])
    assert torch.allclose(mean["linear.bias"], (plain["linear.bias"] + network.linear.bias) / 2)


def test_weights_that_answer_for_other_labels_are_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"x": torch.ones(1)}, tmp_path / "a.safetensors", metadata={"columns": '["one"]'})
    with pytest.raises(InputError, match="other labels"):
        base.add(tiny(WORDS), tmp_path / "a.safetensors")


def test_weights_other_than_those_of_the_training_are_refused(tmp_path):
    (tmp_path / "reader.safetensors").write_bytes(b"other")
    for said in (None, {"sha256": "0" * 64}):
        if said:
            (tmp_path / "training.json").write_text(json.dumps(said), encoding="utf-8")
        with pytest.raises(InputError, match="differs"):
            what_was_learnt(tmp_path)


@pytest.fixture(scope="module")
def exported(learnt, tmp_path_factory):
    """The package's graph of that network, in eight bits, with the parts; what it answered before; how well
    it agrees.
    """
    folder = tmp_path_factory.mktemp("exported")
    shutil.copy(TOKENIZER, folder / TOKENIZER_FILE)
    rng = random.Random(3)
    export(learnt, folder / "model.onnx", [_post(rng, bool(n % 2)).ids for n in range(20)])
    save_apart(onnx.load(folder / "model.onnx"), folder)
    plain = load_session(folder / "model.onnx").run(None, _given([0, 2, 1700, 2]))
    same = add_parts(folder, learnt, _weights(), folder, ["ha.jsonl"])
    return folder / "model.onnx", plain, same


def _given(ids: list[int]) -> dict[str, np.ndarray]:
    tokens = np.asarray([ids])
    return {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}


def test_the_exported_parts_agree_with_the_trained_ones(learnt, exported):
    path, _, same = exported
    assert same["parts"] >= 0.95
    assert same["parts_mean_shift"] < 0.01
    rows = [_person(random.Random(4), holds).ids for holds in (True, False)]
    answered = exported_parts(path, rows, WINDOWS.mark)[:, THREATENED]
    assert answered[0] > 0 > answered[1]


def test_whoever_asks_for_labels_alone_gets_them_as_before(learnt, exported):
    path, plain, _ = exported
    session = load_session(path)
    assert np.array_equal(session.run(["logits"], _given([0, 2, 1700, 2]))[0], plain[0])
    assert np.abs(plain[0] - trained_logits(learnt, [[0, 2, 1700, 2]])).mean() < 0.2
    assert plain[0].shape == (1, len(LABELS))


def test_where_nothing_is_marked_the_first_state_stands_for_the_person(learnt, exported):
    session, ids = load_session(exported[0]), [0, 1999, 2, 1500, 2001, 2]
    alone = session.run(["parts"], _given(ids))[0]
    none = session.run(["parts"], _given(ids) | {"marks": np.zeros((1, len(ids)), np.int64)})[0]
    assert np.array_equal(alone, none)
    assert np.abs(alone - trained_parts(learnt, [ids], WINDOWS.mark, _weights())).max() < 0.3


@pytest.fixture
def order(tmp_path, monkeypatch):
    """A whole training of a tiny network on a few true posts."""
    folder = tmp_path / "base"
    folder.mkdir()
    shutil.copy(TOKENIZER, folder / TOKENIZER_FILE)
    told = [post for post in told_items(HANDS / "ha.jsonl") if post["school"] == "ra"][:16]
    meetings, strangers = meet(told, read_people(HANDS / "schools.json"))
    school = {"name": "Tollerby Academy", "aliases": [], "locality": "Tollerby"}
    material = Material(
        own=[],
        told=told,
        public=[own_example(post) for post in told],
        meetings=meetings,
        strangers=strangers,
        apart=told,
        apart_meetings=meetings,
        held=told,
        schools={"ra": school},
        sources=[],
    )
    monkeypatch.setattr(base, "unpacked", lambda work: folder)
    monkeypatch.setattr(train, "from_base", lambda folder, dropout: tiny(WORDS))
    monkeypatch.setattr(train, "gather", lambda corpus, apart, twins: material)
    settings = replace(QUICK, told_times=1, public_parts=2, last=2)
    return train.Order(
        corpus=tmp_path,
        work=tmp_path / "work",
        begin=None,
        settings=settings,
        apart=("ha.jsonl",),
        beside=(),
        every=3,
        threads=1,
    )


def test_the_command_trains_measures_and_says_what_it_did(order):
    lines: list[str] = []
    made = train.train(order, _machine(), lines.append)
    said = what_was_learnt(order.work)
    assert said["figures"].keys() == {"1", "2", "made"}
    assert said["settings"]["epochs"] == 2
    assert [line.partition(",")[0] for line in lines if "persons:" in line] == [
        "epoch 1",
        "epoch 2",
        "the mean",
    ]
    assert base.add(tiny(WORDS), made)
    known = base.read_weights(order.work)
    assert known.parts is not None
    assert len(list(order.work.glob("step-*.safetensors"))) == 2
    assert {path.name for path in order.work.glob("epoch-*")} == {f"epoch-{n}.safetensors" for n in (1, 2)}
    # the same command once more changes nothing
    before = made.read_bytes()
    assert train.train(order, _machine(), lines.append).read_bytes() == before


def test_it_goes_on_from_earlier_weights_and_is_averaged_with_them(order):
    made = train.train(order, _machine(), lambda line: None)
    lines: list[str] = []
    again = replace(order, work=order.work.parent / "again", begin=made, beside=(made,))
    train.train(again, _machine(), lines.append)
    assert lines[1].startswith("before, apart: ")
    assert what_was_learnt(again.work)["begun_from"]["sha256"] == what_was_learnt(order.work)["sha256"]


def test_weights_without_what_their_labels_weighed_are_refused(order):
    made = train.train(order, _machine(), lambda line: None)
    (order.work / "weights.json").unlink()
    for path in (made, order.work / "nothing.safetensors"):
        with pytest.raises(InputError, match="is not there"):
            train.begin_at(tiny(WORDS), path)


def _shipped() -> dict[str, Any]:
    card: dict[str, Any] = json.loads(TOKENIZER.with_name("card.json").read_text(encoding="utf-8"))
    return card


def test_the_page_of_the_package_is_made_from_its_card():
    assert page(_shipped()) == TOKENIZER.parents[1].joinpath("README.md").read_text(encoding="utf-8")


def test_the_page_says_what_was_learnt_and_from_where_it_began(order):
    train.train(order, _machine(), lambda line: None)
    learnt = what_was_learnt(order.work)
    learnt["sources"] = [
        {"name": "he.jsonl", "licence": "the project's own (MIT)", "rows": 1234, "sha256": "a" * 64},
        {"name": "newsmtsc.parquet", "licence": "MIT-style notice", "rows": 9, "sha256": "b" * 64},
    ]
    shown = page(_shipped() | {"learnt": learnt, "parts": {"labels": PARTS, "mark": "[unused5]"}})
    for said in (
        "It learnt 1,234 posts of the project",
        f"beginning at `model.safetensors`\n(SHA-256 `{base.BASE_SHA256}`)",
        "| he.jsonl | the project's own (MIT) | 1,234 |",
        "| person_weight | 3.0 |",
        "(output `parts`; the input `marks` says where they are named):\nharm, crime,",
    ):
        assert said in shown
