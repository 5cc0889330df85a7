"""Scoring tells nobody: tried in a process of its own, in which no socket may be made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from classifiers.scoring.network import SWITCHES

TRAP = """
import ctypes, os, struct, sys

def forbid_sockets():
    '''The kernel ends this process at its first socket(2), from Python or from a library's own code.'''
    number = {"x86_64": 41, "aarch64": 198}[os.uname().machine]
    steps = ((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000))
    rows = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(rows)))
    libc = ctypes.CDLL(None)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
        sys.exit(77)

forbid_sockets()
"""
SCORES = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.split(".")[0] == "torch" else find(name, *rest)
from classifiers.scoring.onnx_scorer import Scorer
print(Scorer(threads=1).score(['Good morning.']).model)
assert not {"torch", "transformers", "huggingface_hub"} & sys.modules.keys()
"""
SCORES_WITH_ANOTHER = """
from classifiers.scoring.huggingface_scorer import HuggingFaceScorer, ModelMissing
try:
    HuggingFaceScorer("example/none", {"LABEL_1": "abuse:hate"}).score(["Good morning."])
except ModelMissing:
    print("refused")
"""


def alone(program: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs it without this process's variables: under a test or in CI onnxruntime is quiet anyway."""
    if sys.platform != "linux" or os.uname().machine not in {"x86_64", "aarch64"}:
        pytest.skip("the trap for sockets is written for Linux on x86-64 and arm64")
    home.mkdir(exist_ok=True)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    env |= {"SSL_CERT_FILE": os.environ.get("SSL_CERT_FILE", "")}
    done = subprocess.run(
        [sys.executable, "-c", TRAP + program],
        env=env, cwd=home, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("this kernel takes no filter for system calls")
    return done


def test_the_trap_catches_a_socket(tmp_path: Path):
    assert alone("import socket; socket.socket()", tmp_path / "home").returncode < 0


def test_scoring_without_torch_makes_no_socket_says_nothing_and_leaves_no_trace(tmp_path: Path):
    done = alone(SCORES, tmp_path / "home")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    assert list((tmp_path / "home").rglob("*")) == []


def test_left_to_itself_the_runtime_would_leave_a_device_id(tmp_path: Path):
    """Holds up the test before this one: where this fails, onnxruntime has changed its ways."""
    alone("import classifiers.scoring.network as n; n.SWITCHES.clear()\n" + SCORES, tmp_path / "home")

    assert [path.name for path in (tmp_path / "home").rglob("deviceid")] == ["deviceid"]


def test_another_model_is_not_looked_for_outside(tmp_path: Path):
    pytest.importorskip("torch", reason="needs the extra `hub`")
    done = alone(SCORES_WITH_ANOTHER, tmp_path / "home")

    assert (done.returncode, done.stdout.strip()) == (0, "refused"), done.stderr


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_that_was_turned_the_other_way_is_set(name: str, monkeypatch: pytest.MonkeyPatch):
    from classifiers.scoring.network import switch_off

    for each in SWITCHES:
        monkeypatch.setenv(each, "0")
    switch_off()

    assert os.environ[name] == "1"
