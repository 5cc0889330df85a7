import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders.verdict import ABOUT_US, scores
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.scoring.network import cut_windows
from classifiers.scoring.onnx_scorer import CARD, Scorer, file_digest, read_card
from classifiers.text.language import Language
from classifiers.verdicts.weigh import (
    MEMBERS,
    QUESTIONS,
    STACK_FILE,
    Likelihoods,
    Stack,
    Weighting,
    judge,
    log_odds,
    make_features,
    read_stack,
)
from data.errors import InputError
from data.types import Match, Reason, Relevance, Route, Severity, Signal
from monitor.config.model import ModelSettings
from monitor.setup.check_machine import check_model_files as doctor_on_the_model
from monitor.setup.findings import Level

STRONG = Signal("a", "A.", ("threat",), (), Severity.TODAY, Route.POLICE_NOW)
HINT = Signal("b", "B.", ("harassment",))
IDIOM = Signal("c", "C.", (), ("threat",))


def judged(
    found: dict[str, float],
    *signals: Signal,
    match: Match = ABOUT_US,
    language: Language = Language.ENGLISH,
    channel: str = "facebook",
    stack: Stack | None = None,
) -> Likelihoods:
    return judge(found, signals, match, language, channel, stack)


def only(name: str, weight: float = 1.0) -> Stack:
    """A stack in which every question hangs on one feature."""
    return {member: dict.fromkeys(QUESTIONS, Weighting(0.0, {name: weight})) for member in MEMBERS}


def test_the_shipped_weights_answer_every_question_by_features_that_somebody_makes() -> None:
    assert {member: tuple(of) for member, of in read_stack().items()} == dict.fromkeys(MEMBERS, QUESTIONS)
    every = set(make_features({}, (), ABOUT_US, Language.ENGLISH, ""))
    for of in read_stack().values():
        for weighting in of.values():
            named = {
                name
                for name in weighting.weights
                if name.split(":")[0] not in ("language", "channel", "link")
            }
            assert named <= every


@for_each("route", [r for r in Route if r.urgent or r.removal])
def test_each_way_of_acting_counts_once_in_the_lanes(route: Route) -> None:
    found = make_features({f"route:{route.value}": 0.3}, (), ABOUT_US, Language.ENGLISH, "")
    assert found["network:lanes"] == pytest.approx(log_odds(0.3))


def test_models_signals_and_linking_raise_what_they_speak_of() -> None:
    calm, doubt, grave = (judged(scores("safeguarding", severe=p)).grave for p in (0.02, 0.3, 0.95))
    assert calm < doubt < grave
    found = scores("safeguarding", severe=0.3)
    plain = judged(found).grave
    assert judged(found, STRONG).grave > plain
    near, far = (judged(scores(), match=replace(ABOUT_US, score=score)).ours for score in (0.95, 0.05))
    assert near > far
    assert judged({}).ours == ABOUT_US.score


def test_the_n_grams_weights_hold_only_where_they_have_an_opinion() -> None:
    stack = {**only("network:grave"), "ngrams": only("ngram:grave")["ngrams"]}
    found = {"severity:3": 0.2}
    assert judged(found, stack=stack).grave == pytest.approx(0.2)
    assert judged({**found, "ngram:severity:3": 0.7}, stack=stack).grave == pytest.approx(0.7)


@for_each(
    ("signal", "kind"),
    [(STRONG, "strong"), (HINT, "weak"), (replace(HINT, danger=True), "danger")],
)
def test_signals_are_counted_by_kind(signal: Signal, kind: str) -> None:
    assert make_features({}, (signal,), ABOUT_US, Language.ENGLISH, "x")[f"signal:{kind}"] == 1.0


def test_what_linking_found_the_language_and_the_channel_are_features_and_a_cleared_hint_is_none() -> None:
    match = Match("900001", Relevance.UNSURE, 0.4, (Reason("untied", "Nothing else in it points to you."),))
    found = make_features({}, (), match, Language.WELSH, "google_review")
    assert found["link:untied"] == found["language:cy"] == found["channel:review"] == 1.0
    assert "link:us" not in found
    cleared = Signal("d", "D.", (), ("harassment",))
    assert make_features({}, (HINT, cleared), ABOUT_US, Language.ENGLISH, "x")["signal:weak"] == 0.0


@given(st.floats(0, 1), st.lists(st.sampled_from([HINT, STRONG, IDIOM]), max_size=6))
def test_every_answer_is_a_probability(severe: float, signals: list[Signal]) -> None:
    found = judged(scores("safeguarding", severe=severe), *signals)
    assert all(0 <= value <= 1 for value in (found.grave, found.hour, found.ours))


@pytest.mark.parametrize(
    ("turned", "told"),
    [
        (("[ngrams.hour]", "[ngrams.hours]"), r"\[ngrams\.hour\]"),
        (("bias = ", 'bias = "much" #'), "cannot be read"),
        (("[network.grave]", "[network.grave"), "cannot be read as weights"),
        (("bias = ", "bias = nan #"), r"\[network\.grave\].*be numbers"),
        (("bias = ", "bias = inf #"), r"\[network\.grave\].*be numbers"),
    ],
)
def test_a_fault_in_the_file_names_its_table(tmp_path: Path, turned: tuple[str, str], told: str) -> None:
    path = tmp_path / "stack.toml"
    path.write_text(STACK_FILE.read_text(encoding="utf-8").replace(*turned, 1), encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_stack(path)


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
            '"relevant.auc": ' + str(FACTS["ngrams"]["out_of_fold"]["relevant.auc"]), '"relevant.auc": 1e999'
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
    monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda model: Scorer(threads=1))
    (_, off), (_, absent) = (
        doctor_on_the_model(ModelSettings(threads=1, second_reader=on)) for on in (False, True)
    )
    assert ("switched off" in off.what, "not installed" in absent.what) == (True, True)

    for broken in (Scorer(Path("nowhere")), Scorer(threads=1)):  # the second knows no parts of persons
        monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda _, of=broken: Scorer(reader=of))
        (_, faulty) = doctor_on_the_model(ModelSettings(threads=1))
        assert (faulty.level, "./reader" in faulty.command) == (Level.FAULT, True)
