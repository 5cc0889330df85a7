"""A scan looks at the posts of cases that are due, and names copies: for homes without the service."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from builders.recheck import PATH, Rechecks
from builders.thread_page import AFTER, BEFORE, thread
from support.command_call import called
from support.web_server import Answer, serve

from data.cases import CaseState
from data.steps.codes import Check
from monitor.act.casework.recheck import recheck, record_sighting
from monitor.cli.commands import scan

SOURCE = (
    '[[sources]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\ndisabled = "off"\n'
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One site, and a home with a case whose post was seen gone."""
    table = {PATH: thread(BEFORE, AFTER)}
    with serve(table) as site:
        home = Rechecks(tmp_path_factory.mktemp("made"), site)
        home.now = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
        recheck(home.store, home.context, home.fetch, "0001", home.clock)
        yield home, table


@pytest.fixture
def home(made, tmp_path):
    copy = Rechecks.copied(made[0], tmp_path / "home")
    with (copy.desk.home / "schoolgate.toml").open("a") as settings:
        settings.write(SOURCE)
    copy.now, copy.site.asked[:] = made[0].now, []
    made[1][PATH] = thread(BEFORE, AFTER)
    copy.table = made[1]
    return copy


@pytest.fixture
def scanned(home, monkeypatch):
    monkeypatch.setattr(scan.wiring, "fetcher", lambda config: nullcontext(home.fetch))
    monkeypatch.setattr(scan, "utc_now", home.clock)

    def look(**given):
        return called(scan.scan, home=home.desk.home, **given)

    return look


def test_what_is_due_is_looked_at_once_and_has_a_line_of_its_own(home, scanned):
    home.wait(hours=2)
    code, said = scanned()
    assert (code, said[-1]) == (0, "Looked again at 1 post of cases: 1 gone. schoolgate case list")
    assert home.site.paths == [PATH]
    assert "Looked again" not in " ".join(scanned()[1])
    assert home.site.paths == [PATH]


def test_a_wall_does_not_change_how_the_scan_ends(home, scanned):
    home.wait(hours=2)
    home.table[PATH] = Answer(503, b"later")
    code, (document,) = scanned(as_json=True)
    assert (code, json.loads(document)["counts"]["looked_again"]) == (0, {"cannot_tell": 1})


def test_a_scan_that_is_to_do_less_looks_at_no_case(home, scanned):
    home.wait(hours=2)
    scanned(no_send=True)
    scanned(source=("gazette",))
    assert home.site.asked == []


def test_a_copy_that_came_with_it_reopens_its_case_before_messages_go_out(home, scanned):
    with home.store.read() as con:
        before = con.execute("SELECT count(*) FROM outbox").fetchone()[0]
    record_sighting(home.store, home.context, "0001", Check.GONE, home.now, by="holt", why="gone")
    home.post("copy", "https://other.example.org/x", at=home.now)
    said = "\n".join(scanned()[1])
    with home.store.read() as con:
        state = con.execute("SELECT state FROM cases").fetchone()[0]
        after = con.execute("SELECT count(*) FROM outbox").fetchone()[0]
    assert state != CaseState.CONFIRMING
    assert after > before
    assert "● CASE 0001 IS OPEN AGAIN   0001-2, " in said
    assert "schoolgate case show 0001" in said
    assert "Nothing new about you" not in said
