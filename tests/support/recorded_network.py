"""What the network answered to each window of the held-out posts, so that a run need not compute it again.

It is a pure function of the tokens, and takes nine tenths of measuring. An answer stands in only for the
very file of the model, the very version of onnxruntime and the very tokens that it was recorded with, and on
a processor that gives the same to some of them, drawn anew in each run: anything else is computed. Whatever
else measuring does (cutting, calibrating, deciding) is done in full. A new model is recorded by
`PYTHONPATH=tests:. python -P -m support.recorded_network`.
"""

import random
from itertools import pairwise

import numpy as np
import onnxruntime
from support.checkout import ROOT

from classifiers.scoring import onnx_scorer
from classifiers.scoring.onnx_scorer import file_digest
from research.evaluation.measure import all_figures

HELD_OUT = ROOT / "tests" / "fixtures" / "triage"
RECORDED = HELD_OUT / "network.npz"
TRIED = 60
"""So many recorded windows are computed in each run: one wrong in twenty is found in 19 runs of 20."""


class RecordedSession:
    """A session of onnxruntime that looks an answer up where it is known."""

    def __init__(self, session, known):
        self.session, self.known = session, known

    def run(self, outputs, feeds):
        """The outputs for one window."""
        key = feeds["input_ids"].tobytes()
        if key not in self.known:
            self.known[key] = self.session.run(outputs, feeds)
        return self.known[key]


def load_recorded(path):
    """In place of `load_session`: the model at `path` with what was recorded of it."""
    session = RecordedSession(_load(path), {})
    if not RECORDED.is_file():
        return session
    with np.load(RECORDED) as file:
        if str(file["of"]) != _of(path):
            return session
        ends, tokens = np.cumsum([0, *file["lengths"]]).tolist(), file["tokens"].astype(np.int64)
        keys = [tokens[a:b] for a, b in pairwise(ends)]
        answers = [
            [head[None], theme[None]] for head, theme in zip(file["heads"], file["themes"], strict=True)
        ]
    for i in random.Random().sample(range(len(keys)), TRIED):
        row = keys[i][None]
        now = session.session.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})
        if not all(np.allclose(a, b, rtol=0, atol=1e-4) for a, b in zip(now, answers[i], strict=True)):
            return session
    session.known = {key.tobytes(): answer for key, answer in zip(keys, answers, strict=True)}
    return session


_load = onnx_scorer.load_session


def _of(model):
    return f"{file_digest(model)} onnxruntime {onnxruntime.__version__}"


def main():
    """Measures the held-out posts, and writes down what the network answered."""
    made: list[RecordedSession] = []

    def load(path):
        made.append(RecordedSession(_load(path), {}))
        return made[0]

    onnx_scorer.load_session = load
    all_figures(HELD_OUT, onnx_scorer.Scorer())
    known = made[0].known
    tokens = [np.frombuffer(key, np.int64) for key in known]
    np.savez_compressed(
        RECORDED, of=_of(onnx_scorer.MODEL_DIR / onnx_scorer.MODEL_FILE),
        lengths=np.asarray([len(row) for row in tokens], np.uint16),
        tokens=np.concatenate(tokens).astype(np.uint16),
        heads=np.concatenate([heads for heads, _ in known.values()]),
        themes=np.concatenate([themes for _, themes in known.values()]),
    )  # fmt: skip


if __name__ == "__main__":
    main()
