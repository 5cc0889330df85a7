"""Writes into what is built which commit it was built from, where git can tell, and the pages that an
installed copy shows. Of all but a release (`SCHOOLGATE_RELEASE=1`, which `.ci/release` sets) it says what
makes package indexes refuse it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

COMMIT = "monitor/commit.txt"
"""Where `monitor/terminal/program.py` looks for it; a source distribution has it already."""
PAGES = "monitor/pages"
"""Where `monitor/cli/commands/docs.py` looks for the pages, as they lie in the checkout."""
_CLASSIFIERS = ("Intended Audience :: Education", "Programming Language :: Python :: 3.11", "Typing :: Typed")


OLDEST = (3, 11)


def refuse_older_python(version: tuple[int, int]) -> None:
    """Say it before pip compares what is pinned, of which it tells in riddles. Raises SystemExit."""
    if version < OLDEST:
        raise SystemExit(
            f"Schoolgate needs Python 3.11 or later, and this is Python {version[0]}.{version[1]}. Make the "
            "environment again with a newer one: python3.11 -m venv FOLDER"
        )


class ReleaseHook(MetadataHookInterface):
    """Holds back what is no release."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Adds the classifiers. Raises SystemExit for an older Python."""
        refuse_older_python(sys.version_info[:2])
        release = os.environ.get("SCHOOLGATE_RELEASE", "") not in ("", "0")
        metadata["classifiers"] = [*_CLASSIFIERS, *([] if release else ["Private :: Do Not Upload"])]


class ContentsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `COMMIT`, with the commit's first letters and its day, and to a wheel `PAGES`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Leaves the commit out where there is no checkout, or no git; an editable install has both."""
        if version == "editable":
            return
        root, added = Path(self.root), build_data["force_include"]
        if self.target_name == "wheel":
            for page in (*root.glob("*.md"), *root.glob("docs/**/*.md")):
                added[str(page)] = f"{PAGES}/{page.relative_to(root).as_posix()}"
        if said := _commit(root):
            with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False, encoding="utf-8") as file:
                file.write(said)
            self._written = Path(file.name)
            added[file.name] = COMMIT

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Deletes what was written beside: it is not needed any more."""
        if hasattr(self, "_written"):
            self._written.unlink()


def _commit(root: Path) -> str:
    asks = ["git", "-c", "safe.directory=*", "-C", str(root), "log", "-1", "--abbrev=10", "--format=%h %cs"]
    try:
        if (root / ".git").exists():
            return subprocess.run(asks, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pass
    return ""
