"""Limits of processor time, in seconds of the machine that the suite's ceiling counts."""

import runpy
import time
from contextlib import contextmanager
from functools import cache

from support.checkout import ROOT


@contextmanager
def within(seconds):
    """Fails if what is done in it takes longer, on a slower machine as many times longer."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    assert took < seconds or took < seconds * times_slower()


@cache
def _known():
    return runpy.run_path(str(ROOT / "benchmarks" / "processor.py"))


def times_slower():
    """Return how many times longer a known piece of work takes here, beside others' work; at least 1."""
    return max(1.0, *(_known()["known_work_s"]() / _known()["KNOWN_S"] for _ in range(3)))
