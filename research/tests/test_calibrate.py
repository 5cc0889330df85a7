from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from builders.verdict import scores
from support.corpus import corpus_path

from classifiers.scoring.onnx_scorer import Scorer
from classifiers.verdicts.verdict_reasons import THRESHOLDS_FILE, Thresholds, read_thresholds
from classifiers.verdicts.weigh import STACK_FILE, Likelihoods, log_odds, read_stack
from data.types import ABUSE_LABELS, About, Scores
from research.thresholds import calibrate
from research.thresholds.calibrate import (
    HALVINGS,
    HELD_OUT,
    ScoredOnce,
    chosen_line,
    halves,
    main,
    thresholds,
)
from research.thresholds.lines import RULED_OUT, Doubt, LabelledCase, removal_line
from research.thresholds.week import (
    FALSE_ALARMS,
    LEAST_TOLD,
    LOOKS,
    WEEK,
    Found,
    cheapest,
    drawn,
    look_line,
    telling,
)

ROUTES = ("note", "thank", "respond", "request_removal", "platform_report", "safeguarding", "police_now")


def case(i: int, dice: random.Random) -> LabelledCase:
    """A labelled item with noisy scores: the graver, the higher."""
    route = ROUTES[i % len(ROUTES)]
    grave = ROUTES.index(route) > 2
    severe = min(max(dice.gauss(0.75 if grave else 0.25, 0.18), 0.0), 1.0)
    label = {"safeguarding": "safeguarding", "police_now": "threat"}.get(route, "harassment")
    severity = 4 if route == "police_now" or (route == "safeguarding" and i % 2) else 3 if grave else 1
    item = {
        "severity": severity,
        "route": route,
        "abuse": [label] if grave else [],
        "sentiment": "positive" if route == "thank" else "neutral",
    }
    model = scores(route, severe=severe, sentiment__neutral=0.5)
    model |= {f"abuse:{name}": 0.7 if name in item["abuse"] else 0.1 for name in ABUSE_LABELS}
    return LabelledCase(item, model, (), About.SCHOOL, Likelihoods(severe, severe / 2, 0.9))


DICE = random.Random(7)
CASES = [case(i, DICE) for i in range(210)]
DOUBTS = [Doubt(DICE.betavariate(5, 2), True) for _ in range(150)]
DOUBTS += [Doubt(DICE.betavariate(2, 5), False) for _ in range(60)]


def post(group: str, likely: float, *, firm: bool = False) -> Found:
    """A post of a week, grave where its group is."""
    grave = group in ("urgent", "removal")
    return Found(group, likely, firm, group != "ignore", grave=grave, hour=group == "urgent")


POSTS = [post(group, DICE.betavariate(5, 2)) for group in ("urgent", "removal") for _ in range(60)]
POSTS += [post(group, DICE.betavariate(1, 6)) for group in ("answer", "calm", "ignore") for _ in range(100)]


@pytest.fixture(scope="module")
def found() -> Thresholds:
    return thresholds(CASES, DOUBTS, drawn(POSTS))


def test_the_same_cases_give_the_same_thresholds(found: Thresholds) -> None:
    assert thresholds(CASES, DOUBTS, drawn(POSTS)) == found


def test_a_stream_has_the_shares_of_a_week() -> None:
    stream = drawn(POSTS)
    assert stream.grave.mean() == pytest.approx(WEEK["urgent"] + WEEK["removal"], abs=0.01)
    assert (~stream.ours).mean() == pytest.approx(WEEK["ignore"], abs=0.02)


def test_false_alarms_and_looks_keep_to_their_shares() -> None:
    stream = drawn(POSTS)
    alert = cheapest(stream)
    look = look_line(stream, alert)
    assert stream.false_alarms(alert) <= FALSE_ALARMS
    assert stream.looks(alert, look) <= LOOKS < stream.looks(alert, round(look - 0.01, 2))


def test_no_line_that_keeps_to_them_costs_less() -> None:
    stream = drawn(POSTS)
    kept = [line for step in range(5, 20) if stream.false_alarms(line := step / 20) <= FALSE_ALARMS]
    assert len(kept) > 5
    costs = [stream.cost(line, look_line(stream, line)) for line in (cheapest(stream), *kept)]
    assert min(costs) == costs[0]


def test_without_a_second_reader_enough_of_what_is_grave_alerts_and_with_one_the_line_is_the_chosen() -> None:
    stream = drawn([*POSTS, *(post("urgent", 0.3 + n / 200) for n in range(60))])
    line = telling(stream)
    assert (stream.likely[stream.grave] >= line).mean() >= LEAST_TOLD
    assert thresholds(CASES, DOUBTS, drawn(POSTS), read=True).alert == chosen_line()


def test_severity_4_that_is_only_looked_at_costs_more_than_severity_3(found: Thresholds) -> None:
    hour, today = (drawn([post(group, 0.4)]) for group in ("urgent", "removal"))
    assert hour.cost(0.5, 0.3) > today.cost(0.5, 0.3)


def test_what_a_signal_alerts_is_alerted_wherever_the_line_lies() -> None:
    stream = drawn([post("calm", 0.0, firm=True), post("urgent", 0.9)])
    assert stream.false_alarms(0.95) == 1.0


def test_the_lines_are_in_order(found: Thresholds) -> None:
    assert found.look < found.alert <= found.removal


def test_few_of_what_is_ours_are_ruled_out(found: Thresholds) -> None:
    ours = [doubt for doubt in DOUBTS if doubt.relevant]
    assert sum(log_odds(doubt.ours) < found.ours for doubt in ours) <= RULED_OUT * len(ours)


def harmless(likeliest: str, severe: float) -> LabelledCase:
    """An item to be answered that is as likely grave as said, and would go that way."""
    item = {"severity": 2, "route": "respond", "abuse": [], "sentiment": "neutral"}
    model = scores("respond") | {f"route:{likeliest}": 0.9}
    return LabelledCase(item, model, (), About.SCHOOL, Likelihoods(severe, 0.0, 0.9))


def test_where_no_harmless_case_would_go_to_removal_the_line_is_where_an_alert_begins() -> None:
    limits = replace(read_thresholds(), alert=0.7, removal=0.8)
    assert removal_line([harmless("safeguarding", 0.9)] * 5, limits) == 0.7


def test_a_removal_takes_more_than_the_gravest_harmless_case_that_would_go_there() -> None:
    limits = replace(read_thresholds(), alert=0.3)
    assert removal_line([harmless("platform_report", 0.8)] * 5, limits) == pytest.approx(0.8001)


def test_nothing_unlikely_is_alerted_however_few_the_false_alarms() -> None:
    assert cheapest(drawn([post("calm", 0.01), post("urgent", 0.3)])) == 0.25


ITEMS = [{"id": f"x-{i}", "pair": f"p{i // 2}" if i < 60 else None} for i in range(200)]


def test_nothing_is_measured_with_thresholds_found_on_it_nor_on_its_contrast_pair() -> None:
    for learnt, measured in halves(ITEMS):
        assert sorted(item["id"] for item in learnt + measured) == sorted(item["id"] for item in ITEMS)
        assert not {item["pair"] or item["id"] for item in learnt} & {
            item["pair"] or item["id"] for item in measured
        }
        assert len(measured) > 70


def test_each_halving_is_another_and_both_halves_are_measured() -> None:
    measured = [{item["id"] for item in half} for _, half in halves(ITEMS)]
    assert len({frozenset(ids) for ids in measured}) == 2 * HALVINGS
    assert all(sum(item["id"] in ids for ids in measured) == HALVINGS for item in ITEMS)


def test_no_text_is_scored_twice_and_each_keeps_its_row() -> None:
    asked: list[str] = []

    class Lengths:
        def score(self, texts: Sequence[str]) -> Scores:
            asked.extend(texts)
            values = np.array([[len(text)] for text in texts], np.float32)
            return Scores(("length",), values, tuple(len(text) > 3 for text in texts))

    once = ScoredOnce(Lengths())
    for texts in (["a", "four", "a"], ["three", "a"], ["four"]):
        scored = once.score(texts)
        assert [scored.row(i)["length"] for i in range(len(texts))] == [len(text) for text in texts]
        assert scored.truncated == tuple(len(text) > 3 for text in texts)
    assert asked == ["a", "four", "three"]


@pytest.fixture(scope="module", autouse=True)
def _scored_once() -> Iterator[None]:
    """One model for both tests of the command, which read the same posts: it remembers what it has read."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(calibrate, "Scorer", cache(Scorer))
        yield


def some_held_out(tmp_path: Path) -> Path:
    """A folder with every sixth of the posts held out, so that a test takes less time."""
    lines = (HELD_OUT / "holdout.jsonl").read_text(encoding="utf-8").splitlines()
    folder = tmp_path / "held"
    folder.mkdir()
    (folder / "holdout.jsonl").write_text("\n".join(lines[::6]), encoding="utf-8")
    shutil.copy(HELD_OUT / "holdout_schools.json", folder)
    return folder


@pytest.mark.corpus
@pytest.mark.slow
def test_what_the_findings_of_one_half_are_worth_on_the_other_is_told_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = corpus_path("triage", "dev.jsonl").parents[1]
    out = tmp_path / "out"
    given = ["--corpus", str(corpus), "--held", str(some_held_out(tmp_path)), "--out", str(out)]
    assert main([*given, "--halves"]) == 0
    figures = told(capsys)
    assert not out.exists()
    assert figures["severe_seen"] >= 0.9
    assert figures["false_alarms"] <= 0.08


OTHER_LANGUAGES = 0.06
"""The share of these items in a language that is not judged: they are shown beside the capped looks."""


@pytest.mark.corpus
@pytest.mark.slow
def test_the_command_writes_what_it_found_and_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = corpus_path("triage", "dev.jsonl").parents[1]
    given = ["--corpus", str(corpus), "--held", str(some_held_out(tmp_path)), "--out", str(tmp_path)]
    assert main(given) == 0
    figures = told(capsys)
    found = read_thresholds(tmp_path / THRESHOLDS_FILE.name)
    assert found.look < found.alert
    assert read_stack(tmp_path / STACK_FILE.name).keys() == read_stack().keys()
    assert figures["looks"] <= 0.125 + OTHER_LANGUAGES
    assert figures["false_alarms"] <= 0.05
    assert figures["fair_removals"] <= 0.02
    assert figures["severe_seen"] >= 0.9


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """The figures that the command printed."""
    return {line.split()[0]: float(line.split()[1]) for line in capsys.readouterr().out.splitlines()}
