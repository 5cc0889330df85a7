"""What the two commands of the README install: on the Python of Debian 12, and pinned to the last one."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
DEBIAN_12 = "3.11.2"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = {
    canonicalize_name(name): version
    for name, found, version in (
        line.partition("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    )
    if found
}


def _installed(name):
    try:
        return metadata(name)
    except PackageNotFoundError:
        return None


def _brought_by(name, extras):
    """(distribution, asked extras) of what it requires with these extras, on this machine."""
    for wanted in map(Requirement, distribution(name).requires or ()):
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in extras or {""}):
            yield canonicalize_name(wanted.name), frozenset(wanted.extras)


def _everything_installed_for(requirements):
    waiting = [(canonicalize_name(wanted.name), frozenset(wanted.extras)) for wanted in requirements]
    seen = set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += _brought_by(*one)
    return {name for name, _ in seen}


@pytest.mark.parametrize("name", sorted(PINS))
def test_no_pin_refuses_the_python_of_debian_12(name):
    held = _installed(name)
    if held is None or held["Version"] != PINS[name]:
        pytest.skip("not installed here in the version pinned")
    assert DEBIAN_12 in SpecifierSet(held["Requires-Python"] or "")


def test_whatever_is_installed_is_pinned():
    """`constraints.txt` names every distribution that the program and its tests bring, however far down."""
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    assert _everything_installed_for(map(Requirement, asked)) <= PINS.keys()


def test_the_program_itself_runs_where_debian_12_runs():
    assert DEBIAN_12 in SpecifierSet(PROJECT["requires-python"])
