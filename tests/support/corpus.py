"""Where the documents beside the project lie; tests over them are skipped, with the reason, without."""

import os
from pathlib import Path

import pytest
from support.checkout import ROOT


def corpus_path(*parts):
    """A path under SCHOOLGATE_CORPUS (default: the folder `shared` beside the checkout)."""
    default = ROOT.parent / "shared"
    path = Path(os.environ.get("SCHOOLGATE_CORPUS") or default).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no corpus: {'/'.join(parts)} is not under SCHOOLGATE_CORPUS or ../shared")
    return path
