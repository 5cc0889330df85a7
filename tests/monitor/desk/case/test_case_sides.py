"""The pages beside a case that ask somebody: “look now”, “keep it now”, and who hosts it."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from builders.capture import AUTHOR, TEXT, routes
from builders.case_desk import PNG
from builders.case_page import CaseDesk, as_often_as_one_likes
from builders.fetcher import fetcher_for
from builders.mention import a_mention
from builders.page import form_of, words_of
from support.web_server import Answer, serve

from data.types import About
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


def brings(desk, file=PNG, **said):
    shown = desk.page("/evidence")
    kept = {name: form_of(shown)[name] for name in ("form", "version")} | {"do": "picture"} | said
    return desk.browser.post(f"{desk.case}/evidence", data=kept, files={"file": ("a.png", file)})


def test_a_picture_that_somebody_brings_is_kept_as_an_exhibit_with_who_brought_it(tmp_path):
    desk = CaseDesk(tmp_path)
    desk.begin()
    assert "Recorded." in words_of(brings(desk, shows="no", supplied_by="A parent"))
    assert desk.step()[-1] == "evidence"
    page = words_of(desk.page("/evidence"))
    assert "kept by Jane Holt" in page
    assert "all that is kept is as it was" in page


@pytest.mark.parametrize(
    "said", [{}, {"shows": "yes"}, {"shows": "not_sure"}, {"shows": "no", "file": b"MZ"}]
)
def test_no_picture_is_kept_of_which_it_is_not_said_that_it_shows_no_child_or_that_is_none(tmp_path, said):
    desk = CaseDesk(tmp_path)
    desk.begin()
    assert "Nothing was kept." in words_of(brings(desk, **said))
    assert desk.step() == ["opened"]


def test_where_the_matter_is_about_a_child_no_picture_is_asked_for_or_kept(tmp_path):
    desk = CaseDesk(tmp_path, about=About.PUPIL)
    desk.begin()
    desk.say("classified", **{"class": "C7"}, why="It is false.")
    pages = desk.page("?later=author"), desk.page("/evidence")
    assert "Next: Keep evidence" in words_of(pages[0])
    assert not any('type="file"' in page.text for page in pages)
    assert "Nothing was kept." in words_of(brings(desk, shows="no"))
    assert "evidence" not in desk.step()


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
