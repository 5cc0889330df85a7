"""What is installed and published: pins, the wheel away from the checkout, the start, licences, types."""

import ast
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from support.checkout import paths

from schoolgate import start

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
COMPLETE = runpy.run_path(str(ROOT / ".ci" / "sbom.py"))["complete"]
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
    """What its files hold, ours too; not `__pycache__`, which Python makes, nor pip and setuptools. It was
    527 with transformers, 491 with the library of word pieces, which the extra `hub` brings; now 451."""
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


# ---------- the wheel: the five rooms, where they begin and their manual


TOPS = {"schoolgate", "data", "sources", "classifiers", "alerts", "monitor"}
LICENCES = {"LICENSE", "LICENSE-APACHE", "MODEL-LICENCE", "NOTICE"}


PAGES = sorted(page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))


def test_the_source_distribution_holds_the_rooms_the_manual_and_the_licences_and_no_test():
    builder = SdistBuilder(str(ROOT))
    with builder.config.set_build_data({"artifacts": [], **builder.get_default_build_data()}):
        names = {file.distribution_path for file in builder.recurse_included_files()}
    files = {*LICENCES, "constraints.txt", "hatch_build.py", "pyproject.toml", ".gitignore"}
    files |= {page for page in PAGES if "/" not in page}
    assert {name.split("/")[0] for name in names} == TOPS | files | {"docs"}
    assert {name for name in names if name.startswith("docs/")} == {page for page in PAGES if "/" in page}
    assert {f"{room}/py.typed" for room in TOPS} <= names


def test_an_older_python_is_told_what_to_do_before_its_versions_are_compared(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or later, and this is Python 3\.10\. Make"):
        ProjectMetadata(str(ROOT), PluginManager()).core  # noqa: B018 - to read it runs the hook
    ast.parse((ROOT / "hatch_build.py").read_text("utf-8"), feature_version=(3, 10))


# --------------------- the command begins where its packages are its own


BEGINS = "import sys; sys.argv = ['schoolgate', '--version']; from schoolgate.start import main; main()"
LAST = (
    "Nothing was read or changed. Install Schoolgate in an environment of its own (docs/installing.md); or "
    "take that out: pip uninstall some-data-lib.\n"
)


def begun(site: Path) -> subprocess.CompletedProcess[str]:
    """The command, with a folder before all others that Python loads from."""
    env = {**os.environ, "PYTHONPATH": paths(site)}
    command = [sys.executable, "-P", "-X", "utf8", "-c", BEGINS]
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)


def another(site: Path, *rooms: str) -> None:
    """A distribution with packages of these names, as pip would have installed it."""
    for room in rooms:
        (site / room).mkdir(parents=True)
        (site / room / "__init__.py").write_text("raise SystemExit('another was run')\n")
    info = site / "some_data_lib-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-data-lib\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("\n".join(rooms))


def test_it_begins_where_each_package_is_its_own(tmp_path):
    done = begun(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"schoolgate {PROJECT['version']}, ")


@pytest.mark.parametrize("room", start.ROOMS)
def test_another_package_of_that_name_is_not_run_but_named(tmp_path, room):
    another(tmp_path, room)
    done = begun(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Schoolgate does not start: another package has the name of one of its own, brought by "
        f"some-data-lib.\n  {room}: {tmp_path}/{room}/__init__.py\n{LAST}"
    )


def test_one_that_pip_wrote_over_ours_is_known_by_not_being_empty(tmp_path):
    another(tmp_path, *start.ROOMS)
    for room in start.ROOMS[1:]:
        (tmp_path / room / "__init__.py").write_text("")
    shutil.copytree(Path(start.__file__).parent, tmp_path / "schoolgate")
    done = begun(tmp_path)
    assert done.returncode == 1
    assert f"  {start.ROOMS[0]}: {tmp_path}/{start.ROOMS[0]}/__init__.py\nNothing" in done.stderr


def test_one_that_is_gone_is_said(tmp_path):
    for room in start.ROOMS[:-1]:
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    shutil.copytree(Path(start.__file__).parent, tmp_path / "schoolgate")
    begins = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {BEGINS}"
    done = subprocess.run(
        [sys.executable, "-E", "-P", "-S", "-c", begins],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "  data: its __init__.py is gone\n" in done.stderr


# ------- a release: one version, nothing missing, licences that we may pass on


def test_the_reader_and_the_newest_changes_have_the_programs_version_and_no_page_repeats_it():
    version = PROJECT["version"]
    assert ProjectMetadata(str(ROOT / "reader"), PluginManager()).version == version
    pages = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
    assert re.findall(r"^## (\S+), ", pages["CHANGELOG.md"], re.MULTILINE)[0] == version
    assert [page for page, text in pages.items() if version in text] == ["CHANGELOG.md"]


@pytest.mark.parametrize(("switch", "held_back"), [("", True), ("0", True), ("1", False)])
def test_only_a_release_may_be_uploaded(switch, held_back, monkeypatch):
    monkeypatch.setenv("SCHOOLGATE_RELEASE", switch)
    for folder in (ROOT, ROOT / "reader"):
        classifiers = ProjectMetadata(str(folder), PluginManager()).core.classifiers
        assert ("Private :: Do Not Upload" in classifiers) is held_back


@pytest.mark.parametrize(
    ("left", "name", "text"),
    [
        ("there are changes that are not committed", "NOTICE", ""),
        ("CHANGELOG.md does not begin with “## 1.2.3, ”", "CHANGELOG.md", "## 1.2.3, not yet released\n"),
        ("SECURITY.md does not say where to report a vulnerability", "SECURITY.md", "Write to us.\n"),
    ],
)
def test_no_release_is_begun_where_something_is_missing(left, name, text, tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "release", tmp_path / ".ci")
    shutil.copy(ROOT / "SECURITY.md", tmp_path)
    (tmp_path / "pyproject.toml").write_text('version = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## 1.2.3, 1 December 2026\n")
    (tmp_path / name).write_text(text)
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    git = "git -c user.name=A -c user.email=a@example.org"
    script = f"git init -q && git add *.* .ci && {git} commit -qm x && .ci/release"
    run = subprocess.run(script, shell=True, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith(f"NO RELEASE: {left}")


def _with_licences(*licences):
    return COMPLETE({"components": [{"name": "some-part", "licenses": list(licences)}]})


@pytest.mark.parametrize("refused", ["", "GPL-3.0-only", "MIT AND GPL-2.0-only", "Proprietary"])
def test_a_part_without_a_licence_that_we_may_pass_on_ends_the_release(refused):
    licences = [{"license": {"id": "MIT"}}, {"expression": refused}] if refused else []
    with pytest.raises(SystemExit, match=f"some-part: .*{refused or 'none'}"):
        _with_licences(*licences)


def test_of_licences_to_choose_from_one_will_do_and_what_names_none_was_read_by_hand():
    assert _with_licences({"expression": "GPL-2.0-only OR MIT AND MPL-2.0"})
    (part,) = COMPLETE({"components": [{"name": "protobuf"}]})["components"]
    assert part["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]


def test_the_models_licence_names_every_set_that_its_card_names():
    card = json.loads((ROOT / "classifiers" / "model" / "card.json").read_text(encoding="utf-8"))
    origins = (ROOT / "research/training/data/r.jsonl").read_text(encoding="utf-8").splitlines()
    learnt = {row["name"] for row in card["data"] if not row["name"].startswith("school posts ")}
    learnt |= {json.loads(line)["origin"].partition("/")[0] for line in origins}
    named = set(re.findall(r"^    ([a-z0-9_, ]+?)(?:  |$)", _licence(), re.MULTILINE))
    assert learnt <= {name for line in named for name in line.split(", ")}


def test_whoever_asks_for_attribution_is_named_with_where_it_is_and_what_was_changed():
    card = json.loads((ROOT / "classifiers" / "model" / "card.json").read_text(encoding="utf-8"))
    section = _licence().partition("Under Creative Commons Attribution 4.0")[2].partition("\nUnder the")[0]
    assert "https://creativecommons.org/licenses/by/4.0/" in section
    assert "Changed in each:" in section
    asking = {row["name"] for row in card["data"] if row["licence"] == "CC-BY-4.0"}
    assert asking
    for name in asking:
        told = re.search(rf"^    {name} (.*(?:\n {{20}}.*)*)", section, re.MULTILINE)
        assert told, name
        assert "https://" in told[1], name
        assert " by " in told[1] or "published by" in told[1], name


def _licence():
    return (ROOT / "MODEL-LICENCE").read_text(encoding="utf-8")
