"""What a data protection officer does, on a home with the demo's posts and in one that goes on reading."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from builders.case_desk import run
from builders.town import BLOG, a_tale
from support.documents import content
from support.rows import rows

HEAD = "t-quillfeather"
SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "im in year 6", "07700")
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Larch Road Truths</title><item>
<title>{title}</title><guid>1</guid><link>{link}</link><pubDate>Sun, 15 Nov 2026 19:00:00 +0000</pubDate>
<description>{words}</description></item></channel></rss>"""
FAIR = "Oakfield Primary in Northvale never rings back. Three messages about reading groups, no answer."
SOURCE = f"""
[[sources]]
id = "truths"
name = "Larch Road Truths"
kind = "feed"
url = "{BLOG}/feed.xml"
channel = "blog"
"""


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


def test_a_member_of_staff_asks_and_learns_nothing_of_a_child_or_of_who_wrote(home, tmp_path):
    number = a_request(home, "access")
    shown = asked(home, "search", number, by="name", said="Mr Barnaby Thistlewood").out
    done = asked(home, "sar", number, "--to", str(tmp_path / "copy"), by="name", said="Thistlewood")
    assert done.code == 0
    folder = tmp_path / "copy"
    written = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file())
    for secret in (*SECRETS, "FedUpOnLarchRoad", "valley_truths", "zz_throwaway_9"):
        assert secret not in written + shown + done.out
    assert "Thistlewood" in written


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


@pytest.mark.parametrize("by", ["handle", "name", "address"])
def test_what_a_stranger_would_try_finds_nothing(home, by):
    number = a_request(home, "access")
    for said in ("%%%%", "____", "'; DROP TABLE mentions; --", "https://%", "\x00\x00\x00\x00", "👻👻👻👻"):
        done = asked(home, "search", number, "--json", by=by, said=said)
        assert done.code == 2 or not any(done.data[part] for part in ("posts", "cases", "notes"))
    assert rows(home, "SELECT count(*) > 10 FROM mentions") == [(True,)]


def test_each_command_speaks_on_the_demos_home(home):
    number = a_request(home, "objection")
    assert asked(home, "object", number, by="handle", said="Gate7").code == 0
    assert "going" in content(asked(home, "due", "--json").out)
    assert "Larch Road residents" in asked(home, "notice").out
    post = rows(home, "SELECT id FROM mentions WHERE author = 'Gate7'")[0][0]
    assert asked(home, "rectify", number, "--post", post, "--said", "-", said="She left in 2019.").code == 0
    assert asked(home, "answer", number, "granted", "--why", "Written to them").code == 0
    assert "granted on" in asked(home, "requests").out


def test_a_scan_that_meets_an_erased_post_again_leaves_it_out_until_it_is_a_threat(tmp_path, monkeypatch):
    threat = (
        "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school on Thursday "
        "with a bat. He will not walk home."
    )
    with a_tale(tmp_path, monkeypatch, "2026-11-17T12:30", SOURCE) as tale:
        link = tale.at(BLOG) + "/1"
        tale.pages["/feed.xml"] = FEED.format(title="No answer", link=link, words=FAIR)
        tale("scan")
        (story,) = tale("story list --json").data
        post = tale(f"story show {story['id']} --as {HEAD} --json").data["posts"][0]["id"]
        tale(f'privacy record erasure --reference E-1 --as {HEAD} --why "By letter"')
        tale(f"privacy erase 1 --post {post} --yes --as {HEAD}")
        tale.wait(hours=1)
        tale("scan")
        assert tale("story list --json").data == []
        tale.pages["/feed.xml"] = FEED.format(title="No answer", link=link, words=FAIR + " Still none.")
        tale.wait(hours=1)
        tale("scan")
        assert tale("story list --json").data == []
        tale.pages["/feed.xml"] = FEED.format(title="No answer", link=link, words=threat)
        tale.wait(hours=1)
        tale("scan")
        (back,) = tale("story list --json").data
        assert back["severity"] >= 3
