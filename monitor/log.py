"""Logging: events with fields, to standard error; never a post's text, an author or a secret."""

from __future__ import annotations

import logging
import sys


def set_up(*, verbose: bool) -> None:
    """Warnings only; with `verbose` every step. Called once, by the command."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S%z"))
    root = logging.getLogger("schoolgate")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    root.propagate = False
