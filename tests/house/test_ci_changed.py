"""Parts with checks of their own are passed over only where nothing that concerns them has changed."""

from __future__ import annotations

import runpy
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CI = runpy.run_path(str(ROOT / ".ci" / "changed.py"))
FLEET = CI["OWN"]["fleet"]
FILES = {
    "pyproject.toml": "",
    "monitor/fleet/serve.py": "def serve():\n    from data.near import ask\n    return ask()\n",
    "data/near.py": "import data.far\n", "data/far.py": "", "data/beside.py": "", "data/asked.py": "",
    "tests/conftest.py": "from builders.home import a_home\n",
    "tests/builders/home.py": "from builders.town import a_town\nfrom data import beside\n",
    "tests/builders/town.py": "", "tests/builders/other.py": "",
    "tests/monitor/fleet/test_fleet_line.py": "import data.asked\n", "docs/other.md": "",
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A little repository with a fleet that was tested as it is."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "checkout"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    _git(root, "init", "-q")
    _commit(root)
    (root / "fleet-tested").write_text(_git(root, "rev-parse", "HEAD"))
    (root / ".git" / "info" / "exclude").write_text("fleet-tested\n")
    return root


def _git(root, *words):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout


def _commit(root):
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "--no-verify", "-m", "x")


def _why(root):
    return CI["reason"](root, FLEET, root / "fleet-tested")


def test_what_was_tested_as_it_is_is_not_tested_again(checkout):
    assert _why(checkout) == ""


@pytest.mark.parametrize(
    "name", ["data/far.py", "data/beside.py", "docs/other.md", "tests/builders/other.py"]
)
def test_a_change_that_does_not_concern_it_is_none(checkout, name):
    (checkout / name).write_text("# changed\n")
    _commit(checkout)
    assert _why(checkout) == ""


@pytest.mark.parametrize(
    "name",
    [
        "pyproject.toml", "monitor/fleet/serve.py", "data/near.py", "data/asked.py",
        "tests/conftest.py", "tests/builders/home.py", "tests/builders/town.py",
        "tests/monitor/fleet/test_fleet_line.py",
    ],
)  # fmt: skip
def test_a_change_of_its_files_or_of_what_they_import_is_named(checkout, name):
    (checkout / name).write_text(FILES[name] + "# changed\n")
    _commit(checkout)
    assert _why(checkout).endswith(f": {name}")


@pytest.mark.parametrize("name", ["monitor/fleet/serve.py", "tests/monitor/fleet/test_fleet_new.py"])
def test_a_file_of_it_that_is_gone_or_new_is_a_change(checkout, name):
    path = checkout / name
    path.unlink() if path.exists() else path.write_text("")
    _commit(checkout)
    assert _why(checkout).endswith(f": {name}")


@pytest.mark.parametrize("name", ["data/far.py", "new.py"])
def test_what_is_not_committed_cannot_be_told(checkout, name):
    (checkout / name).write_text("# changed\n")
    assert "not committed" in _why(checkout)


def test_without_the_name_of_a_commit_it_is_tested(checkout):
    (checkout / "fleet-tested").unlink()
    assert _why(checkout) == "fleet-tested is not there"


@pytest.mark.parametrize("commit", ["0" * 40, "", "no commit", "HEAD:docs"])
def test_a_commit_that_is_not_there_cannot_be_told(checkout, commit):
    (checkout / "fleet-tested").write_text(commit)
    assert _why(checkout).startswith("git cannot tell")


def test_a_shallow_checkout_cannot_be_told(checkout, tmp_path):
    (checkout / "data/far.py").write_text("# changed\n")
    _commit(checkout)
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", checkout.as_uri(), str(tmp_path / "shallow")], check=True
    )
    shallow = tmp_path / "shallow"
    (shallow / ".git" / "info" / "exclude").write_text("fleet-tested\n")
    (shallow / "fleet-tested").write_text((checkout / "fleet-tested").read_text())
    assert "no history" in _why(shallow)


def test_each_part_of_this_checkout_has_its_tests_and_what_they_import():
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    fleet, research = (CI["files_of"](ROOT, CI["OWN"][part]) for part in ("fleet", "research"))
    assert any(name.startswith("monitor/fleet/") for name in fleet)
    assert {"tests/conftest.py", "data/types.py"} <= fleet
    assert {"research/training/run.py", "classifiers/scoring/network.py"} <= research
    assert not {"alerts/wording/digest/compose.py", "classifiers/signals/rules.py"} & (fleet | research)
    assert all(CI["tests_of"](ROOT, own) for own in CI["OWN"].values())


def test_the_tests_nearest_to_a_change_are_those_that_import_it_the_nearest_folder_first(checkout):
    for name in ("data/test_beside.py", "monitor/test_near.py"):
        (checkout / "tests" / name).parent.mkdir(exist_ok=True)
        (checkout / "tests" / name).write_text("from data import near\n")
    _commit(checkout)
    assert CI["nearest"](checkout, "HEAD") == []
    (checkout / "data/near.py").write_text("import data.far  # changed\n")
    assert CI["nearest"](checkout, "HEAD") == ["tests/data/test_beside.py", "tests/monitor/test_near.py"]


def test_what_no_test_imports_is_tried_by_the_tests_of_its_folder(checkout):
    (checkout / "data/words.toml").write_text("a = 1\n")
    (checkout / "tests/data").mkdir()
    (checkout / "tests/data/test_words.py").write_text("")
    _commit(checkout)
    (checkout / "data/words.toml").write_text("a = 2\n")
    (checkout / "docs/other.md").write_text("changed\n")
    assert CI["nearest"](checkout, "HEAD") == ["tests/data/test_words.py"]


def test_a_change_of_the_run_alone_makes_no_part_run_again(checkout):
    for name in (".ci/run", ".ci/table"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text("changed\n")
    _commit(checkout)
    assert _why(checkout) == ""
