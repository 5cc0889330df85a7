"""The example of `examples/`, as its author and a school would have it: installed, tried and scanned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders.config import SCHOOL
from support.checkout import ROOT, paths
from support.web_server import Answer, serve

EXAMPLE = ROOT / "examples" / "noticeboard"
COMMAND = """
import sys
from dataclasses import replace
from functools import partial
port = int(sys.argv.pop(1))
from monitor.home import wiring
from sources.http.politeness import Limits
allowed, quick = frozenset({("127.0.0.1", port)}), replace(Limits(), per_host_interval_s=0.0)
wiring.fetcher = partial(wiring.fetcher, allow_loopback=allowed, limits=quick)
from schoolgate.start import main
main()
"""
PLACE = """
[[sources]]
id = "village-board"
kind = "schoolgate-noticeboard:noticeboard"
name = "Village noticeboard"
url = "{}/board"

[plugins]
allow = ["schoolgate-noticeboard"]
"""


@pytest.fixture(scope="module")
def site_packages(tmp_path_factory):
    """A folder with the example in it, put there by pip without any network."""
    target = tmp_path_factory.mktemp("site")
    subprocess.run(
        [
            *(sys.executable, "-P", "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"),
            *("--no-index", "--target", str(target), str(EXAMPLE)),
        ],
        check=True,
        capture_output=True,
    )
    return target


def beside(site_packages: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": paths(site_packages), "PYTHONDONTWRITEBYTECODE": "1"}


def html(name: str) -> Answer:
    body = (EXAMPLE / "tests" / name).read_bytes()
    return Answer(200, body, {"Content-Type": "text/html"})


def test_its_own_tests_pass_with_the_suite_that_is_shipped(site_packages):
    """Four seconds: a test session of its own."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLE)],
        env=beside(site_packages), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "29 passed, 1 skipped" in done.stdout


def test_a_scan_reads_it_judges_it_and_says_what_is_to_be_done(site_packages, tmp_path):
    """Four seconds: a whole scan, with the model."""

    def board(exchange):
        return html("board-2.html" if "page=2" in exchange.asked.path else "board.html")

    with serve({"/board": board, "/board?page=2": board}) as site:
        (tmp_path / "schoolgate.toml").write_text(SCHOOL + PLACE.format(site), encoding="utf-8")
        done = subprocess.run(
            [
                *(sys.executable, "-P", "-c", COMMAND, str(site.port)),
                *("scan", "--no-send", "--home", str(tmp_path)),
            ],
            env=beside(site_packages),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.paths == ["/board", "/board?page=2"]
    assert "Checked 1 of 1 sources, 3 posts read" in done.stdout
