"""What somebody who adopts the program may count on: licences, whom to tell of a hole, types."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONSUMER = """\
from alerts.routes.ways import helplines, route
from classifiers.text.undisguise import undisguise
from data.types import Mention, Severity
from monitor.terminal.version import release
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
