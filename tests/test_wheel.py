"""The wheel holds the five rooms, where they begin and their manual, and works away from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {"schoolgate", "data", "sources", "classifiers", "alerts", "monitor"}
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
    assert {t for t in tops if not t.endswith(".dist-info")} == ROOMS


def test_the_wheel_carries_the_licences_and_says_that_each_room_is_typed(wheel, files):
    names = {name.rpartition("/")[2]: name for name in files if ".dist-info/licenses/" in name}
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(path).decode() for name, path in names.items()}
    assert held == {name: (ROOT / name).read_text(encoding="utf-8") for name in LICENCES}
    assert held["LICENSE"].startswith("MIT License\n\nCopyright (c) 2026 The Schoolgate developers\n")
    assert {f"{room}/py.typed" for room in ROOMS} <= files.keys()


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
    assert {name.split("/")[0] for name in names} == ROOMS | files | {"docs"}
    assert {name for name in names if name.startswith("docs/")} == {page for page in PAGES if "/" in page}
    assert {f"{room}/py.typed" for room in ROOMS} <= names


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
    for part in ROOMS:
        shutil.copytree(site / part, tmp_path / part)
    (tmp_path / "monitor" / "commit.txt").unlink(missing_ok=True)
    said = _run(tmp_path, "--version", cwd=tmp_path).stdout
    assert "commit unknown: it was built where no git could tell" in said
