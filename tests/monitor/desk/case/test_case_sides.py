"""The pages beside a case that ask somebody: “look now”, “keep it now”, and who hosts it."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from builders.capture import AUTHOR, TEXT, routes
from builders.case_page import CaseDesk, as_often_as_one_likes
from builders.fetcher import fetcher_for
from builders.mention import a_mention
from builders.page import words_of
from support.web_server import Answer, serve

from monitor.act import capture
from monitor.act.casework import hosting
from monitor.home import wiring
from sources.hosting.who_hosts import Hosting


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    as_often_as_one_likes(monkeypatch)
    monkeypatch.setattr(capture, "find_browser", lambda named: None)


def desk_at(home, site, monkeypatch):
    """The desk, with a case about a post at that site, which alone is asked."""
    post = a_mention("post", channel="forum", url=f"{site}/t/1#p2", text=TEXT, author=AUTHOR, title="")
    monkeypatch.setattr(wiring, "fetcher", lambda config: nullcontext(fetcher_for(site)))
    desk = CaseDesk(home, post=post)
    desk.begin()
    return desk


def test_keep_it_now_keeps_the_page_as_an_exhibit(tmp_path, monkeypatch):
    with serve(routes()) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        assert "Recorded." in words_of(desk.say("evidence", do="capture"))
    assert desk.step()[-1] == "evidence"
    assert "kept by Jane Holt" in words_of(desk.page("/evidence"))


def test_what_cannot_be_kept_is_said_and_what_is_left_is_said_too(tmp_path, monkeypatch):
    with serve(routes(page=Answer(404, b"", {}))) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        page = desk.say("evidence", do="capture")
    assert 'role="alert"' in page.text
    assert "Recorded." not in words_of(page)


@pytest.mark.parametrize(("page", "seen"), [(None, "present"), (Answer(404, b"", {}), "gone")])
def test_look_now_records_what_the_program_sees(tmp_path, monkeypatch, page, seen):
    with serve(routes(page=page)) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
        assert "Recorded." in words_of(desk.say("look", do="look"))
    with desk.store.read() as con:
        (found,) = con.execute("SELECT detail FROM case_steps WHERE step = 'checked'").fetchone()
    assert f'"{seen}"' in found


def test_who_hosts_it_is_looked_up_and_kept(tmp_path, monkeypatch):
    with serve(routes()) as site:
        desk = desk_at(tmp_path, site, monkeypatch)
    found = Hosting("forum.example.org", desk.clock(), domain="example.org")
    monkeypatch.setattr(hosting, "look", lambda *given: found)
    assert "Recorded." in words_of(desk.say("host", do="host"))
    assert desk.step()[-1] == "hosted"
