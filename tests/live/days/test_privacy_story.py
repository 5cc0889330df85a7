"""What a data protection officer does, on a home with the demo's posts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders.case_desk import run
from support.rows import rows

HEAD = "t-quillfeather"


@pytest.fixture
def home(played, tmp_path):
    """The demo's home, in which nobody is named as data protection officer: the head answers."""
    shutil.copytree(played[0], tmp_path / "home")
    return tmp_path / "home"


def asked(home: Path, *words: str, said: str = "", by: str | None = None):
    given = ("--by", by) if by else ()
    return run("privacy", *words, *given, "--as", HEAD, "--home", str(home), said=said)


def a_request(home: Path, kind: str) -> str:
    words = ("record", kind, "--reference", "R-1", "--why", "By letter", "--json")
    return asked(home, *words).data["id"]


def test_an_author_of_the_demo_asks_for_a_copy_and_is_then_forgotten(home, tmp_path):
    number = a_request(home, "access")
    held = asked(home, "search", number, "--json", by="handle", said="marmalademonday").data
    assert len(held["posts"]) == 1
    assert (
        asked(home, "sar", number, "--to", str(tmp_path / "copy"), by="handle", said="MarmaladeMonday").code
        == 0
    )
    copy = (tmp_path / "copy" / "to-send" / "held.txt").read_text(encoding="utf-8")
    assert "Is it just me or is the new head at Oakfield Primary hopeless?" in copy
    assert "TeaAtFour" not in copy
    number = a_request(home, "erasure")
    done = asked(home, "erase", number, "--yes", by="handle", said="MarmaladeMonday")
    assert (done.code, "1 post erased" in done.out) == (0, True), done.out + done.err
    assert rows(home, "SELECT count(*) FROM mentions WHERE author = 'MarmaladeMonday'") == [(0,)]
    everything = b"".join(p.read_bytes() for p in home.rglob("*") if p.is_file())
    assert b"MarmaladeMonday" not in everything
    verified = run("evidence", "verify", "--home", str(home))
    assert (verified.code, f"Erased for request {number}: 1 post." in verified.out) == (0, True)


def test_no_word_about_anybody_is_seen_in_the_list_of_processes_or_in_the_log(home, tmp_path):
    number = a_request(home, "access")
    words = ("privacy", "search", number, "--by", "handle", "--as", HEAD, "--home", str(home))
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "monitor.cli.app", "-v", *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as running:  # fmt: skip
        assert running.stdin is not None
        running.stdin.write("MarmaladeMonday")
        running.stdin.flush()
        time.sleep(0.5)
        seen = Path(f"/proc/{running.pid}/cmdline").read_bytes() if Path("/proc").is_dir() else b""
        out, err = running.communicate(timeout=60)
    assert b"Marmalade" not in seen
    assert "1 post by them" in out
    assert "Marmalade" not in out + err
