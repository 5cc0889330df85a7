"""Two people, one matter: who comes second reads what was done since, keeps what they typed, may go on."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from builders.desk import OpenDesk
from builders.page import form_of, words_of

from data.errors import StoreBusy
from monitor.desk.matter.reading import InWords, Tap
from monitor.desk.matter.versions import VERSIONED

NOTE = "Her father rang: he takes it down."


@pytest.fixture
def desk(tmp_path):
    return OpenDesk(tmp_path, told=("head", "deputy"))


@pytest.fixture
def two(desk):
    """The head and the deputy, each with the page open in a browser."""
    found = {who: desk.another() for who in ("head", "deputy")}
    for who, browser in found.items():
        desk.sign_in(who, browser)
    return found, {who: form_of(browser.get(address(desk))) for who, browser in found.items()}


def address(desk):
    return desk.context.links.at_desk("s-one")


def send(desk, browser, form, **said):
    desk.wait(seconds=5)
    return browser.post(address(desk), data={**form, **said})


def test_who_comes_second_reads_who_did_what_and_goes_on_with_one_tap(desk, two):
    browsers, forms = two
    send(desk, browsers["deputy"], forms["deputy"], do="have")
    page = send(desk, browsers["head"], forms["head"], do="wrong", label="criticism", why=NOTE)
    assert "Nothing was changed" in words_of(page)
    assert "Lee Ash has had it since" in words_of(page)
    assert f">{NOTE}</textarea>" in page.text
    assert '<option value="criticism" selected>' in page.text
    page = send(desk, browsers["head"], form_of(page), do="wrong", label="criticism", why=NOTE)
    assert "you said that it is judged wrongly" in words_of(page)


def test_what_was_marked_meanwhile_is_not_marked_again_by_a_page_of_before(desk, two):
    browsers, forms = two
    send(desk, browsers["deputy"], forms["deputy"], do="answered")
    page = send(desk, browsers["head"], forms["head"], do="not_us")
    assert "Lee Ash said at" in words_of(page)
    assert desk.mark().person_id == "deputy"


def test_a_note_written_meanwhile_is_read_before_it_is_given_away(desk, two):
    browsers, forms = two
    send(desk, browsers["deputy"], forms["deputy"], do="note", why="I rang the father.")
    page = send(desk, browsers["head"], forms["head"], do="give", to="deputy", note=NOTE)
    assert "Lee Ash wrote a note at" in words_of(page)
    assert f'value="{NOTE}"' in page.text
    assert desk.has() == {}


def test_what_is_taken_back_counts_too(desk, two):
    browsers, forms = two
    given = send(desk, browsers["deputy"], forms["deputy"], do="answered")
    stale = form_of(browsers["head"].get(address(desk)))
    send(desk, browsers["deputy"], form_of(given), do="undo")
    page = send(desk, browsers["head"], stale, do="undo")
    assert "was taken back" in words_of(page)


def test_a_page_that_nobody_overtook_is_not_held_up(desk, two):
    browsers, forms = two
    assert "judged wrongly" in words_of(
        send(desk, browsers["head"], forms["head"], do="wrong", label="criticism", why=NOTE)
    )


def test_by_a_link_it_is_the_same(desk):
    form = form_of(desk.press("read", "head"))
    desk.press("have", "deputy")
    desk.wait(seconds=5)
    page = desk.browser.post(desk.path("head"), data={**form, "do": "note", "why": NOTE})
    assert "Lee Ash has had it since" in words_of(page)
    assert f">{NOTE}</textarea>" in page.text


def test_every_act_is_bound_to_a_version_but_those_that_undo_or_are_said_for_oneself():
    free = {Tap.READ, Tap.HAVE, InWords.OWN_WORD, InWords.RIGHT_AGAIN, InWords.NOTE_BACK, InWords.PUT_DOWN}
    free |= {InWords.UNMERGE, InWords.TAKE_BACK, InWords.ASK_NO_MORE, InWords.WATCH_NO_MORE}
    assert {*Tap, *InWords} - VERSIONED == free


def test_what_was_typed_is_kept_where_the_store_stays_busy_and_sent_with_one_tap(desk, two, monkeypatch):
    browsers, forms = two

    @contextmanager
    def held(purpose):
        raise StoreBusy("held by another")
        yield

    with monkeypatch.context() as busy:
        busy.setattr(desk.store, "write", held)
        page = send(desk, browsers["head"], forms["head"], do="wrong", label="criticism", why=NOTE)
    assert page.status_code == 503
    assert "Schoolgate is busy." in words_of(page)
    assert NOTE in words_of(page)
    page = send(desk, browsers["head"], form_of(page))
    assert "you said that it is judged wrongly" in words_of(page)


def test_a_form_of_another_site_is_not_shown_again_while_the_store_is_busy(desk, two, monkeypatch):
    browsers, forms = two

    @contextmanager
    def held():
        raise StoreBusy("held by another")
        yield

    monkeypatch.setattr(desk.store, "read", held)
    desk.wait(seconds=5)
    page = browsers["head"].post(
        address(desk), data={**forms["head"], "why": NOTE}, headers={"origin": "https://evil.example"}
    )
    assert (page.status_code, NOTE in page.text) == (503, False)
