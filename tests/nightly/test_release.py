"""A wheel, built and unpacked away from the checkout, and what is in it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_install import LICENCES, PAGES, PROJECT, TOPS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return _built(ROOT, tmp_path_factory.mktemp("dist"), "--wheel")


def _built(root, out, *what, **how):
    subprocess.run(
        [sys.executable, "-P", "-m", "build", *what, "--no-isolation", "--outdir", str(out), str(root)],
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
    again = _built(tmp_path, tmp_path / "dist", "--wheel", umask=0o077, env=habits)
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


@pytest.fixture(scope="module")
def files(wheel):
    """What is in it, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry for entry in archive.infolist()}


def test_the_source_distribution_builds_the_same_files(files, tmp_path):
    with zipfile.ZipFile(_built(ROOT, tmp_path)) as archive:
        again = {entry.filename: entry.CRC for entry in archive.infolist()}
    record = next(name for name in again if name.endswith("/RECORD"))  # it has them in another order
    assert again | {record: 0} == {name: entry.CRC for name, entry in files.items()} | {record: 0}


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
    assert len(held) > 60


def test_an_installed_copy_shows_its_pages(site, tmp_path):
    shown = _run(site, "docs", "docs/what-it-sees.md", cwd=tmp_path)
    assert shown.stdout == (ROOT / "docs" / "what-it-sees.md").read_text(encoding="utf-8") + "\n"
    assert _run(site, "docs", cwd=tmp_path).stdout.startswith("# Every page\n")


def test_what_is_no_release_says_that_it_is_not_to_be_uploaded(site):
    (metadata,) = site.glob("*.dist-info/METADATA")
    assert "\nClassifier: Private :: Do Not Upload\n" in metadata.read_text(encoding="utf-8")


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
    assert len(held) > 300
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
        assert (
            f"schoolgate {PROJECT['version']}, commit {commit} of "
            in _run(there, "--version", cwd=there).stdout
        )


def test_what_was_built_without_git_says_that_its_commit_is_unknown(site, tmp_path):
    for part in TOPS:
        shutil.copytree(site / part, tmp_path / part)
    (tmp_path / "monitor" / "commit.txt").unlink(missing_ok=True)
    said = _run(tmp_path, "--version", cwd=tmp_path).stdout
    assert "commit unknown: it was built where no git could tell" in said


CONSUMER = """\
from alerts.ways import helplines, route
from classifiers.text.words import undisguise
from data.types import Mention, Severity
from monitor.terminal.program import release
from sources.registry import CATALOGUE, SourceKind

def of(mention: Mention, severity: Severity) -> tuple[str, list[SourceKind], int]:
    kinds = [kind for kind in CATALOGUE.values() if kind.name == route(mention.channel).name]
    return f"{release()}: {undisguise(mention.text).text}", kinds, severity + len(helplines())
reveal_type(of)
"""


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
