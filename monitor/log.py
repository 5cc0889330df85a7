"""Logging: events with fields, to standard error; never a post's text, an author or a secret."""

from __future__ import annotations

import logging

from monitor.terminal import log_handler


def set_up(*, verbose: bool) -> None:
    """Warnings only; with `verbose` every step. Called once, by the command."""
    root = logging.getLogger("schoolgate")
    root.handlers[:] = [log_handler()]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    root.propagate = False
