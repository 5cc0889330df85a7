"""What is installed and published: pins, the wheel away from the checkout, the start, licences, types."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
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


# ---------- the wheel: the five rooms, where they begin and their manual


TOPS = {"schoolgate", "data", "sources", "classifiers", "alerts", "monitor"}
LICENCES = {"LICENSE", "LICENSE-APACHE", "MODEL-LICENCE", "NOTICE"}


PAGES = sorted(page.relative_to(ROOT).as_posix() for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return _built(ROOT, tmp_path_factory.mktemp("dist"))


def _built(root, out, **how):
    subprocess.run(
        [sys.executable, "-P", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(root)],
        check=True, capture_output=True, **how,
    )  # fmt: skip
    return next(out.glob("*.whl"))


def test_two_builds_are_the_same_to_the_byte(wheel, tmp_path):
    """Elsewhere, of files with other times, by somebody of other habits; over a second: it is built again."""
    git = ["git", "-C", str(ROOT)]
    held = subprocess.run([*git, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    for name in filter(None, held.split("\0")):
        if name.split("/")[0] not in ("benchmarks", "research", "tests"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    kept = subprocess.run(
        [*git, "rev-parse", "--absolute-git-dir"], check=True, capture_output=True, text=True
    )
    (tmp_path / ".git").write_text(f"gitdir: {kept.stdout}")
    habits = {**os.environ, "TZ": "Asia/Tokyo", "LANG": "C"}
    again = _built(tmp_path, tmp_path / "dist", umask=0o077, env=habits)
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def files(wheel):
    """What is in it, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry for entry in archive.infolist()}


@pytest.fixture(scope="module")
def site(wheel, tmp_path_factory):
    """Where it is unpacked, as pip does."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(site, *words, cwd):
    """The command of what is unpacked there, far from the checkout."""
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from schoolgate.start import main; main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, str(site), *map(str, words)],
        cwd=cwd, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_wheel_holds_the_five_rooms_and_where_they_begin_alone(files):
    tops = {name.split("/")[0] for name in files}
    assert {t for t in tops if not t.endswith(".dist-info")} == TOPS


def test_the_wheel_carries_the_licences_and_says_that_each_room_is_typed(wheel, files):
    names = {name.rpartition("/")[2]: name for name in files if ".dist-info/licenses/" in name}
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(path).decode() for name, path in names.items()}
    assert held == {name: (ROOT / name).read_text(encoding="utf-8") for name in LICENCES}
    assert held["LICENSE"].startswith("MIT License\n\nCopyright (c) 2026 The Schoolgate developers\n")
    assert {f"{room}/py.typed" for room in TOPS} <= files.keys()


def test_the_wheel_is_small_beside_its_models_and_as_a_whole(wheel, files):
    beside = sum(e.compress_size for name, e in files.items() if not name.startswith("classifiers/model/"))
    assert beside <= 10_000_000
    assert wheel.stat().st_size <= 50_000_000


def test_every_page_of_the_manual_is_in_the_wheel(files):
    held = {name.removeprefix("monitor/pages/") for name in files if name.startswith("monitor/pages/")}
    assert held == set(PAGES)
    assert len(held) > 100


def test_an_installed_copy_shows_its_pages(site, tmp_path):
    shown = _run(site, "docs", "docs/what-it-sees.md", cwd=tmp_path)
    assert shown.stdout == (ROOT / "docs" / "what-it-sees.md").read_text(encoding="utf-8") + "\n"
    assert _run(site, "docs", cwd=tmp_path).stdout.startswith("# Every page\n")


def test_what_is_no_release_says_that_it_is_not_to_be_uploaded(site):
    (metadata,) = site.glob("*.dist-info/METADATA")
    assert "\nClassifier: Private :: Do Not Upload\n" in metadata.read_text(encoding="utf-8")


def test_the_source_distribution_holds_the_rooms_the_manual_and_the_licences_and_no_test():
    builder = SdistBuilder(str(ROOT))
    with builder.config.set_build_data({"artifacts": [], **builder.get_default_build_data()}):
        names = {file.distribution_path for file in builder.recurse_included_files()}
    files = {*LICENCES, "constraints.txt", "hatch_build.py", "pyproject.toml", ".gitignore"}
    files |= {page for page in PAGES if "/" not in page}
    assert {name.split("/")[0] for name in names} == TOPS | files | {"docs"}
    assert {name for name in names if name.startswith("docs/")} == {page for page in PAGES if "/" in page}
    assert {f"{room}/py.typed" for room in TOPS} <= names


def test_the_wheel_carries_the_model_and_the_demo(files):
    assert any(n.startswith("classifiers/model/") and n.endswith(".onnx") for n in files)
    assert "monitor/cli/demo/demo.toml" in files
    assert any(n.startswith("monitor/cli/demo/documents/") for n in files)


def test_the_wheel_carries_none_of_the_posts_that_the_model_learnt_from(files):
    posts = {path.name for path in (ROOT / "research" / "training").rglob("*") if path.suffix != ".py"}
    assert "never.txt" in posts
    assert not posts & {name.rpartition("/")[2] for name in files if not name.endswith("README.md")}


def test_the_wheel_holds_no_research(wheel):
    """Neither its files under any name, nor a module that would want them."""
    research = {path.read_bytes() for path in (ROOT / "research").rglob("*.py") if path.stat().st_size}
    assert len(research) > 20
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}
        assert "classifiers/quality_floor.toml" not in archive.namelist()
    assert len(held) > 500
    assert not [name for name, code in held.items() if code in research or b"from research" in code]


def test_the_unpacked_wheel_runs_without_the_checkout(site, tmp_path):
    run = _run(site, "scan", "--demo", "--home", tmp_path / "home", cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WITH THE DSL" in run.stdout


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout: nothing knows its commit")
def test_the_wheel_says_the_commit_it_was_built_from_and_a_checkout_its_own(site):
    asks = ["git", "-C", str(ROOT), "log", "-1", "--abbrev=10", "--format=%h"]
    commit = subprocess.run(asks, capture_output=True, text=True, check=True).stdout.strip()
    for there in (site, ROOT):
        assert f"schoolgate 0.1.0, commit {commit} of " in _run(there, "--version", cwd=there).stdout


def test_what_was_built_without_git_says_that_its_commit_is_unknown(site, tmp_path):
    for part in TOPS:
        shutil.copytree(site / part, tmp_path / part)
    (tmp_path / "monitor" / "commit.txt").unlink(missing_ok=True)
    said = _run(tmp_path, "--version", cwd=tmp_path).stdout
    assert "commit unknown: it was built where no git could tell" in said


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


CONSUMER = """\
from alerts.routes.ways import helplines, route
from classifiers.text.undisguise import undisguise
from data.types import Mention, Severity
from monitor.terminal.program import release
from sources.registry import CATALOGUE, SourceKind

def of(mention: Mention, severity: Severity) -> tuple[str, list[SourceKind], int]:
    kinds = [kind for kind in CATALOGUE.values() if kind.name == route(mention.channel).name]
    return f"{release()}: {undisguise(mention.text).text}", kinds, severity + len(helplines())
reveal_type(of)
"""


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


def test_whoever_imports_a_room_has_its_types(tmp_path):
    """Five seconds of processor: mypy reads what these modules import, as whoever uses them has it do."""
    (tmp_path / "consumer.py").write_text(CONSUMER)
    checks = [sys.executable, "-P", "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "consumer.py"]
    run = subprocess.run(checks, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (
        '"def (mention: data.types.Mention, severity: data.types.Severity) -> '
        'tuple[str, list[sources.registry.SourceKind], int]"'
    ) in run.stdout
