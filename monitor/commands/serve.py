"""`schoolgate serve`: the service, until it is told to end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from monitor import paths
from monitor.service.serve import serve


def run(*, home: Path | None, config: Path | None, say: Callable[[str], None]) -> int:
    """Serve one home; the exit code. Raises SchoolgateError where another service serves it already."""
    where = paths.find(os.environ, home, config)
    return serve(where.home, where.config, say=say)
