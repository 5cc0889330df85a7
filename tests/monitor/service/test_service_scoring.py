"""The model in a process of its own."""

import os
import sys
import threading

import numpy as np
import pytest

from classifiers.scoring.onnx_scorer import Scorer
from data.errors import SchoolgateError
from monitor.config.settings import ModelSettings
from monitor.service.scoring import AwayScorer

STUB = """
import json, os, signal, sys
from pathlib import Path
from data.system.child_process import serve

died = Path(sys.argv[1])

def answer(question):
    texts = json.loads(question)
    if "die" in texts or ("die once" in texts and not died.exists()):
        died.touch()
        os._exit(1)
    if "hang" in texts or ("hang once" in texts and not died.exists()):
        died.touch()
        signal.pause()
    if "noise" in texts:
        return b"a library says hello"
    if "fault" in texts:
        return json.dumps({"fault": "model.onnx is not there."}).encode()
    if "chatter" in texts:
        print("a library says hello", flush=True)
    head = {"labels": ["a", "b"], "truncated": [False] * len(texts), "model": "m"}
    return json.dumps(head).encode() + b"\\n" + b"\\0\\0\\x80?\\0\\0\\0@" * len(texts)

serve(answer)
"""


class Timer:
    at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def timer():
    return Timer()


@pytest.fixture
def scorer(tmp_path, timer):
    scorer = AwayScorer(ModelSettings(), timer, (sys.executable, "-c", STUB, str(tmp_path / "died")))
    yield scorer
    scorer.let_go(0.0)


def test_nothing_is_begun_before_the_first_text(scorer):
    assert not scorer.loaded


def test_the_numbers_of_the_child_come_back_in_order(scorer):
    scores = scorer.score(["one", "two\nlines é 🎒"])
    assert scores.labels == ("a", "b")
    assert scores.values.tolist() == [[1.0, 2.0], [1.0, 2.0]]
    assert (scores.truncated, scores.model) == ((False, False), "m")


def test_the_model_is_let_go_when_it_has_not_been_used_for_a_while(scorer, timer):
    scorer.score(["one"])
    timer.at = 299
    assert not scorer.let_go()
    timer.at = 301
    assert scorer.let_go()
    assert not scorer.loaded
    assert not scorer.let_go()
    assert scorer.score(["again"]).values.shape == (1, 2)


def test_a_child_that_died_is_begun_anew(scorer):
    assert scorer.score(["die once"]).values.shape == (1, 2)


@pytest.fixture
def impatient(tmp_path, timer):
    command = (sys.executable, "-c", STUB, str(tmp_path / "hung"))
    scorer = AwayScorer(ModelSettings(), timer, command, answers_in_s=1.0)
    yield scorer
    scorer.let_go(0.0)


def test_a_child_that_hangs_is_ended_and_begun_anew(impatient):
    assert impatient.score(["hang once"]).values.shape == (1, 2)


def test_a_text_over_which_the_child_hangs_every_time_is_a_fault_and_not_the_end_of_collecting(impatient):
    with pytest.raises(SchoolgateError, match="twice"):
        impatient.score(["hang"])
    assert impatient.score(["one"]).values.shape == (1, 2)


def test_an_answer_that_is_none_never_becomes_that_of_the_next_question(scorer):
    with pytest.raises(SchoolgateError, match="ended over a text, twice"):
        scorer.score(["noise"])
    assert not scorer.loaded
    assert scorer.score(["calm", "calm"]).values.shape == (2, 2)


def test_what_a_library_says_on_standard_output_does_not_come_between_the_answers(scorer):
    assert scorer.score(["chatter"]).values.shape == (1, 2)
    assert scorer.score(["calm", "calm"]).values.shape == (2, 2)


def test_a_text_over_which_the_child_dies_every_time_is_a_fault(scorer):
    with pytest.raises(SchoolgateError, match="twice"):
        scorer.score(["die"])
    assert scorer.score(["next"]).values.shape == (1, 2)


def test_what_the_child_cannot_do_is_told_in_its_own_words(scorer):
    with pytest.raises(SchoolgateError, match="is not there"):
        scorer.score(["fault"])


def test_threads_take_turns(scorer):
    found = []
    threads = [threading.Thread(target=lambda: found.append(scorer.score(["x"] * 500))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [s.values.shape for s in found] == [(500, 2)] * 6


def test_the_true_model_gives_the_same_numbers_from_its_own_process(timer):
    texts = ["Oakfield Primary is lovely", "the parking at the gate is a disgrace"]
    away = AwayScorer(ModelSettings(threads=1), timer)
    try:
        found = away.score(texts)
    finally:
        away.let_go(0.0)
    here = Scorer(threads=1).score(texts)
    assert found.labels == here.labels
    assert np.array_equal(found.values, here.values)
    assert (found.model, found.truncated) == (here.model, here.truncated)


def test_the_service_itself_loads_no_model_library():
    import subprocess

    code = (
        "import sys; from monitor.service import serve; "
        "print([m for m in ('transformers', 'onnxruntime', 'tokenizers', 'typst', 'torch', "
        "'playwright') if m in sys.modules])"
    )
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, env=env, check=True
    )
    assert run.stdout.strip() == "[]"
