"""Exit codes and messages, as a shell sees them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def schoolgate(*words, home=None):
    extra = ["--home", str(home)] if home else []
    return subprocess.run(
        [sys.executable, "-P", "-c", "from monitor.cli import main; main()", *words, *extra],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_wrong_use_ends_with_2():
    assert schoolgate("scan", "--nonsense").returncode == 2


def test_a_missing_configuration_ends_with_2_and_says_how_to_write_one(tmp_path):
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 2
    assert "schoolgate init" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_configuration_with_faults_names_the_first_and_counts_the_rest(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nnme = "x"\n[[sources]]\nid = "a"\n'
    )
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 2
    assert "more faults below. Nothing was changed." in run.stderr
    assert "schoolgate.toml, [[schools]] number 1" in run.stderr.splitlines()[0]


def test_a_configuration_without_sources_says_where_to_read_of_them(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
    )
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 2
    assert "docs/sources.md" in run.stderr


@pytest.mark.slow
def test_the_demo_ends_with_0_and_says_what_a_real_scan_would_have(tmp_path):
    run = schoolgate("scan", "--demo", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "a real scan would have ended with 3" in run.stdout
    assert "Traceback" not in run.stderr
    assert "PyTorch" not in run.stderr


@pytest.mark.slow
def test_the_demo_as_json_is_one_document(tmp_path):
    run = schoolgate("scan", "--demo", "--json", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["exit"] == 0


def test_a_scan_of_a_place_that_cannot_be_read_ends_with_3(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
        '[[sources]]\nid = "local"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed.xml"\n'
    )
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 3, run.stderr
    assert "exit 3: done, but some sources failed" in run.stdout
    assert "Not seen:" in run.stdout


def test_a_source_named_wrongly_is_told_which_there_are(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
        '[[sources]]\nid = "local"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed.xml"\n'
    )
    run = schoolgate("scan", "--source", "locl", home=tmp_path)
    assert run.returncode == 2
    assert "It has: local." in run.stderr
