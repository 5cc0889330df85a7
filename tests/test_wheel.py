"""The wheel holds the five rooms and nothing else, and works away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {"data", "sources", "classifiers", "alerts", "monitor"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-P", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_five_rooms_alone(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == ROOMS


def test_the_wheel_carries_the_licence_and_says_that_each_room_is_typed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        licences = [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
        (licence,) = (archive.read(name).decode() for name in licences)
    assert licence.startswith("MIT License\n\nCopyright (c) 2026 The Schoolgate developers\n")
    assert {f"{room}/py.typed" for room in ROOMS} <= names


def test_the_source_distribution_holds_the_rooms_the_licence_and_no_test():
    builder = SdistBuilder(str(ROOT))
    with builder.config.set_build_data({"artifacts": [], **builder.get_default_build_data()}):
        names = {file.distribution_path for file in builder.recurse_included_files()}
    files = {"LICENSE", "README.md", "constraints.txt", "hatch_build.py", "pyproject.toml", ".gitignore"}
    assert {name.split("/")[0] for name in names} == ROOMS | files
    assert {f"{room}/py.typed" for room in ROOMS} <= names


def test_the_wheel_carries_the_model_and_the_demo(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert any(n.startswith("classifiers/model/") and n.endswith(".onnx") for n in names)
    assert "monitor/cli/demo/demo.toml" in names
    assert any(n.startswith("monitor/cli/demo/documents/") for n in names)


def test_the_wheel_carries_none_of_the_posts_that_the_model_learnt_from(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    posts = {path.name for path in (ROOT / "research" / "training").rglob("*") if path.suffix != ".py"}
    assert "never.txt" in posts
    assert not posts & {name.rpartition("/")[2] for name in names if not name.endswith("README.md")}


def test_the_wheel_holds_no_research(wheel):
    """Neither its files under any name, nor a module that would want them."""
    research = {path.read_bytes() for path in (ROOT / "research").rglob("*.py") if path.stat().st_size}
    assert len(research) > 20
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}
    assert len(held) > 500
    assert not [name for name, code in held.items() if code in research or b"research.training" in code]


def test_the_unpacked_wheel_runs_without_the_checkout(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "import data.types, monitor.cli.app; "
        "assert data.types.__file__.startswith(sys.argv[1]), data.types.__file__; "
        "sys.argv = ['schoolgate', 'scan', '--demo', '--home', sys.argv[2]]; "
        "monitor.cli.app.main()"
    )
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path / "site"), str(tmp_path / "home")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WITH THE DSL" in run.stdout


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout: nothing knows its commit")
def test_the_wheel_says_the_commit_it_was_built_from_and_a_checkout_its_own(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    asks = ["git", "-C", str(ROOT), "log", "-1", "--abbrev=10", "--format=%h"]
    commit = subprocess.run(asks, capture_output=True, text=True, check=True).stdout.strip()
    for site in (tmp_path, ROOT):
        assert f"schoolgate 0.1.0, commit {commit} of " in _version(site)
    (tmp_path / "monitor" / "commit.txt").unlink()
    assert "commit unknown: it was built where no git could tell" in _version(tmp_path)


def _version(site):
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); import monitor.cli.app as app; app.main()"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code, str(site), "--version"],
        cwd=site, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout
