"""Writes into what is built which commit it was built from, where git can tell."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "monitor/commit.txt"
"""The file in which `monitor/terminal/version.py` looks for it; a source distribution has it already."""


class CommitHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `NAME`, with the commit's first letters and its day."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Leaves everything as it is where there is no checkout, or no git."""
        if version == "editable" or not Path(self.root, ".git").exists():
            return
        asks = [
            "git",
            "-c",
            "safe.directory=*",
            "-C",
            self.root,
            "log",
            "-1",
            "--abbrev=10",
            "--format=%h %cs",
        ]
        try:
            said = subprocess.run(asks, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return
        with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(said)
        self._written = Path(file.name)
        build_data["force_include"][file.name] = NAME

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Deletes what was written beside: it is not needed any more."""
        if hasattr(self, "_written"):
            self._written.unlink()
