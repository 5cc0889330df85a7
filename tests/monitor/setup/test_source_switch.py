"""`schoolgate source pause | resume | remove`: by command, and the file stays as it was otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.config import SCHOOL, SOURCE, write
from builders.home import a_migrated_store
from builders.mention import NOW, POLICY, a_batch, a_mention, a_run
from support.every_command import ended

from data.store.mentions.batch import save
from monitor.config.load import load

MUMSNET = (
    '[[sources]]\nid = "thread"\nkind = "forum.mumsnet"\nurl = "https://www.mumsnet.com/talk/local/1-x"\n'
)
FILE = f"{SCHOOL}\n{SOURCE}# what they said\n\n{MUMSNET}\n[policy]\ncriticism_days = 30 # as agreed\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, FILE)


def run(path: Path, *words: str) -> tuple[int, str, str]:
    return ended(["source", *words, "--home", str(path.parent)])


def off(path: Path) -> dict[str, str | None]:
    return {source.id: source.disabled for source in load(path, {}).sources}


def test_a_source_that_is_paused_is_off_with_its_reason_until_it_is_resumed(path):
    code, out, _ = run(path, "pause", "gazette", "--why", "It asked us to stop")
    assert code == 0
    assert off(path)["gazette"] == "It asked us to stop"
    assert "schoolgate source resume gazette" in out
    assert "switched off: It asked us to stop" in " ".join(run(path, "list")[1].split())
    assert run(path, "resume", "gazette")[0] == 0
    assert path.read_text() == FILE


def test_without_a_reason_the_day_is_written(path):
    run(path, "pause", "gazette")
    assert (off(path)["gazette"] or "").startswith("paused on ")


def test_what_is_off_for_want_of_leave_stays_off_and_says_why(path):
    code, out, _ = run(path, "resume", "thread")
    assert code == 1
    assert "stays off: its terms forbid reading it by program" in out
    assert run(path, "resume", "gazette")[1].startswith("gazette is on already")
    assert path.read_text() == FILE


def test_several_are_resumed_at_once_and_one_that_must_stay_off_is_said(path):
    run(path, "pause", "gazette")
    code, out, _ = run(path, "resume", "thread", "gazette")
    assert code == 1
    assert "gazette is on." in out
    assert off(path)["gazette"] is None


@pytest.mark.parametrize("command", ["pause", "resume", "remove"])
def test_a_source_that_is_not_there_names_those_that_are(path, command):
    code, _, err = run(path, command, "gazete")
    assert code == 2
    assert "gazette, thread" in err


def test_a_source_that_is_removed_says_that_nothing_of_it_is_stored(path):
    code, out, _ = run(path, "remove", "gazette")
    assert code == 0
    assert set(off(path)) == {"thread"}
    assert "Nothing of it is stored." in out
    assert "schoolgate source add https://example.org/feed.xml" in out
    assert "# what they said" in path.read_text()


def test_a_source_that_is_removed_says_how_much_that_it_alone_brought_is_kept_and_until_when(path):
    store = a_migrated_store(path.parent)
    with store.write("scan") as con:
        save(con, a_batch(a_mention("one"), a_mention("both"), run=a_run("gazette")), now=NOW, policy=POLICY)
        save(con, a_batch(a_mention("both"), run=a_run("thread")), now=NOW, policy=POLICY)
    out = run(path, "remove", "gazette")[1]
    assert "1 post that it alone brought stays stored" in out
    assert "the last until" in out
    assert "cases keep what they hold" in out
