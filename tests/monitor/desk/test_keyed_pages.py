"""A source with a key at the desk: asked for, tried, and written with its secret apart."""

import json
import stat
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from builders.desk import SettingsDesk
from builders.fetcher import QUICK
from builders.page import form_of, words_of
from builders.twin import keyed as keyed_json
from support.web_server import Answer, serve

from data.effects import here
from monitor.act import keyed
from monitor.home import wiring
from sources.keys import key_kinds

SECRET = "AIza-of-the-twin"
ANSWERS = keyed_json("youtube_door")


@pytest.fixture
def twin(monkeypatch):
    """YouTube on this machine, and what it was asked; it knows no key but `SECRET`."""
    told = SimpleNamespace(asked=[])

    def answer(method, exchange):
        told.asked.append(exchange.asked)
        right = exchange.asked.headers.get("x-goog-api-key") == SECRET
        fault = {
            "error": {"code": 400, "message": "API key not valid.", "errors": [{"reason": "badRequest"}]}
        }
        return Answer(200 if right else 400, json.dumps(ANSWERS[method] if right else fault).encode())

    with serve({f"/youtube/v3/{m}": partial(answer, m) for m in ANSWERS}) as site:
        kind, key = keyed.KEYED["youtube"], key_kinds()["youtube"]
        trial = f"{site}/youtube/v3/videoCategories"
        monkeypatch.setitem(keyed.KEYED, "youtube", replace(kind, url=f"{site}/youtube/v3/"))
        monkeypatch.setitem(key_kinds(), "youtube", replace(key, hosts=("127.0.0.1",), trial=trial))
        real = partial(wiring.fetcher, allow_loopback=site.allowed, limits=QUICK)
        monkeypatch.setattr(wiring, "fetcher", real)
        monkeypatch.setattr(wiring, "start_reading", lambda: here)
        yield told


@pytest.fixture
def desk(tmp_path):
    return SettingsDesk(tmp_path)


def tried(desk, **form):
    """The page once what they had tried has come to its end."""
    answer = desk.send("/keyed/youtube", "try", **form)
    if answer.status_code != 303:
        return answer
    page = desk.browser.get(answer.headers["location"])
    while "http-equiv" in page.text:
        page = desk.browser.get(answer.headers["location"])
    return page


def test_a_platform_is_chosen_tried_and_kept_and_its_secret_lies_in_a_file_of_its_own(desk, twin):
    assert "YouTube" in words_of(desk.browser.get("/keyed"))
    form = desk.browser.get("/keyed/youtube")
    assert '"Oakfield Primary' in form.text.replace("&#34;", '"')
    page = tried(desk, secret=SECRET, query='"Oakfield Primary School"')
    said = words_of(page)
    assert "YouTube accepts the key. 1 of today’s 100 asks is used" in said
    assert "The gate at Oakfield Primary School" in said
    assert SECRET not in page.text
    assert "credentials" not in desk.file.read_text()
    kept = {**form_of(page), "do": "keep"}
    other = desk.browser.post("/keyed/youtube", data={**kept, "place": "0" * 64})
    assert "credentials" not in desk.file.read_text(), other.text
    desk.browser.post("/keyed/youtube", data=kept)
    config = desk.reload()
    source, file = config.sources[-1], desk.file.parent / "youtube.key"
    assert (source.kind, source.settings["credential"], source.disabled) == ("youtube", "youtube", None)
    assert file.read_text() == f"{SECRET}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert config.keys["youtube"].secret == SECRET
    assert SECRET not in desk.file.read_text()
    assert "It is there already: YouTube" in words_of(desk.browser.post("/keyed/youtube", data=kept))
    assert "The settings have a key for YouTube already" in words_of(desk.browser.get("/keyed/youtube"))
    desk.send("/sources/youtube", "test")
    page = words_of(desk.browser.get("/sources/youtube"))
    assert "1 post read" in page
    assert "Words to search for" in page
    assert "2 of today’s 100 asks are used" in page


def test_a_key_that_is_wrong_is_said_to_be_and_nothing_is_written(desk, twin):
    page = tried(desk, secret="another", query='"Oakfield Primary School" gate')
    assert "School&#34; gate" in page.text
    assert "YouTube does not accept this API key" in words_of(page)
    assert 'value="keep"' not in page.text
    assert "another" not in page.text
    assert not (desk.file.parent / "youtube.key").exists()


def test_what_is_still_needed_is_named_before_anything_is_asked(desk, twin):
    assert "Still needed: API key" in words_of(tried(desk, query='"Oakfield Primary School"'))
    assert "name of the school" in words_of(tried(desk, secret=SECRET, query="gate"))
    assert twin.asked == []


def test_a_key_is_replaced_without_another_source_and_is_not_shown(desk, twin):
    page = tried(desk, secret=SECRET, query='"Oakfield Primary School"')
    desk.browser.post("/keyed/youtube", data={**form_of(page), "do": "keep"})
    file = desk.file.parent / "youtube.key"
    file.write_text("revoked\n")
    desk.reload()
    before = desk.file.read_text()
    form = desk.browser.get("/keyed/youtube").text
    assert ("revoked" in form, "&#34;Oakfield Primary School&#34;" in form) == (False, True)
    page = tried(desk, secret=SECRET, query='"Oakfield Primary School"')
    said = words_of(
        desk.browser.post("/keyed/youtube", data={**form_of(page), "do": "keep"}, follow_redirects=True)
    )
    assert "Saved for YouTube" in said
    assert (file.read_text(), desk.file.read_text()) == (f"{SECRET}\n", before)
    assert SECRET not in page.text


def test_a_secret_that_is_over_or_lost_is_given_again(desk, twin):
    page = tried(desk, secret=SECRET, query='"Oakfield Primary School"')
    desk.browser.post("/keyed/youtube", data={**form_of(page), "do": "keep"})
    assert desk.reload().keys
    file = desk.file.parent / "youtube.key"
    file.write_text("over\n")
    desk.reload()
    refused = tried(desk, query='"Oakfield Primary School" gate')
    assert "Put the right one into youtube.key" in words_of(refused)
    file.unlink()
    desk.reload()
    assert "Still needed: API key" in words_of(tried(desk, query='"Oakfield Primary School" gate'))
    page = tried(desk, query='"Oakfield Primary School" gate', secret=SECRET)
    desk.browser.post("/keyed/youtube", data={**form_of(page), "do": "keep"})
    assert file.read_text() == f"{SECRET}\n"
    assert [s.name for s in desk.reload().sources] == ["YouTube", "YouTube-2"]
