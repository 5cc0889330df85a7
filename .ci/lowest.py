"""Prints constraints for pip: the lowest versions that pyproject.toml declares.

Of what these bring in turn none is later than its pin, so that a new release elsewhere fails nothing here.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def normal(name: str) -> str:
    """A distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
lowest = {normal(name): version for name, version in (re.split(">=|,", each)[:2] for each in declared)}
pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
for name, version in lowest.items():
    print(f"{name}=={version}")
for name, version in pins:
    if normal(name) not in lowest:
        print(f"{name}<={version}")
