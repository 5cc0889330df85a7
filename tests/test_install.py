"""What the two commands of the README install: on the Python of Debian 12, and pinned to the last one."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
DEBIAN_12 = "3.11.2"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, WHEEL = SETTINGS["project"], SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]
ROOMS = WHEEL["packages"]
PINS = {
    canonicalize_name(name): version
    for name, found, version in (
        line.partition("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    )
    if found
}


HASHED = (ROOT / "hashes.txt").read_text(encoding="utf-8")
LISTED = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))["components"]
ANEW = "to be written anew by .ci/pins"


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


def test_no_pin_refuses_the_python_of_debian_12():
    """Of what is installed here as it is pinned; what only training needs is not here."""
    held = [each for each in distributions() if PINS.get(canonicalize_name(each.name)) == each.version]
    assert len(held) > 100
    asked = {each.name: each.metadata["Requires-Python"] or "" for each in held}
    assert {name: wanted for name, wanted in asked.items() if DEBIAN_12 not in SpecifierSet(wanted)} == {}


def test_whatever_is_installed_is_pinned():
    """`constraints.txt` names every distribution that the program and its tests bring, however far down."""
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    assert _everything_installed_for(map(Requirement, asked)) <= PINS.keys()


def test_each_file_of_a_default_install_and_of_what_builds_it_is_known_by_its_hash():
    asked = [*PROJECT["dependencies"], *SETTINGS["build-system"]["requires"]]
    parts = {part.partition("==")[0]: part for part in re.split(r"\n(?=\w)", HASHED)[1:]}
    assert _everything_installed_for(map(Requirement, asked)) <= parts.keys(), ANEW
    assert all(part.startswith(f"{name}=={PINS[name]} ") for name, part in parts.items()), ANEW
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", part) for part in parts.values())
    assert "://" not in HASHED


def test_the_list_of_what_a_default_install_brings_is_true():
    brought = _everything_installed_for(map(Requirement, PROJECT["dependencies"]))
    listed = {canonicalize_name(each["name"]): each["version"] for each in LISTED}
    assert listed == {name: PINS[name] for name in brought}, ANEW


def _unmet_by_an_older_pip(name, extras):
    """What an extra brings that `name` spells otherwise than it is asked for: an older pip passes it by."""
    spelt = set(distribution(name).metadata.get_all("Provides-Extra") or ())
    return {
        brought for extra in extras - spelt for brought, _ in _brought_by(name, {canonicalize_name(extra)})
    }


def test_what_the_pip_of_debian_12_would_pass_by_is_asked_for_by_name():
    asked = list(map(Requirement, PROJECT["dependencies"]))
    wanted = (one for name in _everything_installed_for(asked) for one in _brought_by(name, frozenset()))
    plain = {
        brought for name in {each.name for each in asked} for brought, _ in _brought_by(name, frozenset())
    }
    passed_by = {each for name, extras in wanted for each in _unmet_by_an_older_pip(name, extras)}
    assert passed_by - plain <= {canonicalize_name(each.name) for each in asked}


def test_every_dependency_says_since_when_it_will_do_and_its_pin_is_later():
    for wanted in map(Requirement, PROJECT["dependencies"]):
        assert wanted.specifier, wanted.name
        assert PINS[canonicalize_name(wanted.name)] in wanted.specifier, wanted.name


def test_a_default_install_takes_at_most_455_mb():
    """What its files hold, ours too; not `__pycache__`, which Python makes, nor pip and setuptools.

    It was 527 with transformers, 491 with the library of word pieces, which the extra `hub` brings; now 451.
    """
    brought = _everything_installed_for(map(Requirement, PROJECT["dependencies"]))
    files = [Path(str(file.locate())) for name in brought for file in distribution(name).files or ()]
    files += [path for room in ROOMS for path in (ROOT / room).rglob("*")]
    files += (ROOT / "docs").rglob("*.md")
    held = [path.stat().st_size for path in files if path.is_file() and "__pycache__" not in path.parts]
    assert len(held) > 5_000
    assert sum(held) <= 455_000_000


def test_what_only_another_model_needs_comes_with_the_extra_hub_alone():
    hub = {Requirement(each).name for each in PROJECT["optional-dependencies"]["hub"]}
    assert hub == {"torch", "transformers"}
    assert not hub & _everything_installed_for(map(Requirement, PROJECT["dependencies"]))


def test_the_program_itself_runs_where_debian_12_runs():
    assert DEBIAN_12 in SpecifierSet(PROJECT["requires-python"])
