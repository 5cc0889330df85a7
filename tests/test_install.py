"""What is installed and published: pins, the wheel away from the checkout, the start, licences, types."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, distributions
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
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
    assert done.stdout.startswith("schoolgate 0.1.0")


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


# --- what somebody who adopts it may count on: licences, whom to tell of a hole, types


@pytest.fixture(scope="module")
def hook():
    """The hook of the build that says what may be published."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ReleaseHook


def _classifiers(hook, folder, report_to):
    (folder / "SECURITY.md").write_text(f"# Holes\n\nREPORT TO:{report_to}\n\nThat line names who.\n")
    metadata = {}
    hook(str(folder), {}).update(metadata)
    return metadata["classifiers"]


def test_an_older_python_is_said_in_plain_words(hook, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.version_info", (3, 10, 13, "final", 0))
    with pytest.raises(
        SystemExit, match=r"Schoolgate needs Python 3\.11 or later, and this is Python 3\.10\."
    ):
        _classifiers(hook, tmp_path, "")


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_no_release_is_built_while_nobody_is_named_who_is_told_of_a_hole(hook, empty, tmp_path, monkeypatch):
    monkeypatch.setenv("SCHOOLGATE_RELEASE", "1")
    with pytest.raises(SystemExit, match=r"in SECURITY\.md nobody stands behind “REPORT TO:”"):
        _classifiers(hook, tmp_path, empty)


def test_a_release_that_names_somebody_may_be_uploaded(hook, tmp_path, monkeypatch):
    monkeypatch.setenv("SCHOOLGATE_RELEASE", "1")
    said = _classifiers(hook, tmp_path, " holes@schoolgate.example.org")
    assert "Typing :: Typed" in said
    assert "Private :: Do Not Upload" not in said


@pytest.mark.parametrize("switch", [None, "", "0"])
def test_what_is_no_release_is_built_without_a_name_and_may_not_be_uploaded(
    hook, switch, tmp_path, monkeypatch
):
    monkeypatch.delenv("SCHOOLGATE_RELEASE", raising=False)
    if switch is not None:
        monkeypatch.setenv("SCHOOLGATE_RELEASE", switch)
    assert "Private :: Do Not Upload" in _classifiers(hook, tmp_path, "")


def test_the_page_of_holes_has_one_line_for_the_name_and_says_how_a_release_is_made():
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^REPORT TO:", said, re.MULTILINE)) == 1
    assert "`SCHOOLGATE_RELEASE=1 python -m build`" in said


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
