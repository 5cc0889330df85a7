"""A model's card is read as it is, or refused: numbers that are none, and windows that never end."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.scoring.model_card import CARD, file_digest, read_card
from classifiers.scoring.onnx_scorer import Scorer
from classifiers.scoring.windows import cut_windows
from data.errors import InputError
from monitor.config.model import ModelSettings
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.state import check_model_files as doctor_on_the_model

FILES = ("model.onnx", "tokenizer.json", "ngrams.npz")
FACTS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "classifiers/model" / CARD).read_text())
NO_NUMBERS = st.sampled_from([math.nan, math.inf, -math.inf])


def _numbers(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where each number of a card stands."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        return [place for key, one in inside for place in _numbers(one, (*path, key))]
    return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _with(facts: dict[str, Any], path: tuple[Any, ...], number: float) -> dict[str, Any]:
    changed = json.loads(json.dumps(facts))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = number
    return changed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder with a card and three small files that it names."""
    made = tmp_path_factory.mktemp("model")
    for name in FILES:
        (made / name).write_text(name)
    return made


def _read(folder: Path, facts: dict[str, Any]) -> Any:
    named = {**facts, "files": {name: file_digest(folder / name) for name in FILES}}
    (folder / CARD).write_text(json.dumps(named), encoding="utf-8")
    return read_card(folder)


def test_the_shipped_card_is_read(folder: Path) -> None:
    assert _read(folder, FACTS).window_tokens == FACTS["window"]["tokens"]


@given(path=st.sampled_from(_numbers(FACTS)), number=NO_NUMBERS)
def test_any_number_of_a_card_must_be_finite(folder: Path, path: tuple[Any, ...], number: float) -> None:
    with pytest.raises(InputError, match=r"card\.json: .* is not a finite number"):
        _read(folder, _with(FACTS, path, number))


def test_a_number_too_large_to_be_one_is_refused(folder: Path) -> None:
    _read(folder, FACTS)
    card = folder / CARD
    card.write_text(
        card.read_text().replace(
            '"relevant": ' + str(FACTS["ngrams"]["lines"]["relevant"]), '"relevant": 1e999'
        )
    )
    with pytest.raises(InputError, match="1e999 is not a finite number"):
        read_card(folder)


@given(tokens=st.integers(-10, 2000), overlap=st.integers(-10, 2000))
def test_a_window_is_refused_or_moves_on_through_the_longest_text(folder, tokens, overlap):
    try:
        card = _read(folder, {**FACTS, "window": {"tokens": tokens, "overlap": overlap}})
    except InputError:
        return
    words = list(range(1000, 1600))
    windows = cut_windows([7] * 60, words, card.window_tokens, card.overlap_tokens)
    assert len(windows) <= len(words)
    assert {word for window in windows for word in window} >= set(words)
    assert max(map(len, windows)) <= 512


@for_each(
    ("tokens", "overlap"), [(5, 48), (0, 0), (192, 192), (192, 160), (192, -1), (513, 48), (100_000, 48)]
)
def test_a_window_that_could_not_move_on_or_that_no_model_reads_is_refused(folder, tokens, overlap):
    with pytest.raises(InputError, match=r"card\.json, “window”"):
        _read(folder, {**FACTS, "window": {"tokens": tokens, "overlap": overlap}})


def test_doctor_says_what_is_wrong_with_a_card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError):
        _read(folder, {**FACTS, "window": {"tokens": 5, "overlap": 48}})
    monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda model: Scorer(folder))
    (found,) = doctor_on_the_model(ModelSettings())
    assert "window" in found.what
    assert found.level is Level.FAULT


def test_doctor_says_whether_the_second_reader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.pipeline.judges.reader_folder", lambda model: None)
    (_, off), (_, absent) = (
        doctor_on_the_model(ModelSettings(threads=1, second_reader=on)) for on in (False, True)
    )
    assert ("switched off" in off.what, "not installed" in absent.what) == (True, True)

    def broken(model: ModelSettings) -> Scorer:
        return Scorer(reader=Scorer(Path("nowhere")))

    monkeypatch.setattr("monitor.pipeline.judges.scorer", broken)
    (_, faulty) = doctor_on_the_model(ModelSettings(threads=1))
    assert (faulty.level, "./reader" in faulty.command) == (Level.FAULT, True)
