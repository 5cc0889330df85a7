"""On the page of a matter: what strangers wrote, notes, merging, and what its reader may undo."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from builders.home import do_in
from builders.mention import NOW, POLICY, URN, a_batch, a_mention, a_run, a_verdict, an_alert
from builders.page import CHILD, POST, STREET, WORDS, PageDesk, buttons_of, form_of, leads_of, words_of

from data.store.alerts import alerts as alert_store
from data.store.mentions.batch import save
from data.store.verdicts.story_moves import moved_to
from monitor.act.matter.joining import write_note
from monitor.matters.reader import Reader

EDITED = replace(POST, text=WORDS.replace("Two weeks", "Three weeks"))


def put(desk, *mentions, version=1, **judged):
    verdicts = [a_verdict(m, version, **(STREET | judged)) for m in mentions]
    with desk.store.write("test") as con:
        save(con, a_batch(*mentions, verdicts=verdicts, version=version), now=desk.clock(), policy=POLICY)


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head", "deputy"), **STREET)


def say(desk, who="head", *, on=None, **form):
    """The page that answers what somebody does, on the page that they read or on another."""
    shown = form_of(on or desk.press("read", who))
    desk.wait(seconds=5)
    return desk.browser.post(desk.path(who), data={**shown, **form})


def test_after_a_tap_what_a_post_said_before_is_folded_away(desk):
    put(desk, EDITED, version=2)
    assert "Two weeks" not in desk.get().text
    page = desk.press("read")
    fold = page.text.partition("<details")[2].partition("<h2>What it said before")[2]
    assert "version 1" in fold
    assert "Two weeks" in fold
    assert "Three weeks now!" in words_of(page)


def test_the_other_places_where_it_was_seen_are_folded_with_when_and_where(desk):
    """No link of a post leads elsewhere but by the page that says where."""
    put(desk, a_mention("other", channel="forum", text="They never ring back, I hear.", author="sam"))
    page = desk.press("read")
    for shown in (desk.get(), page):
        assert not re.search(r'(href|src)="(https?:)?//', shown.text)
    address, key = leads_of(desk, page)[0], re.search(r'href="(/leave/[a-z2-7]+)"', page.text)[1]
    there = desk.browser.get(key)
    assert f'<a class="button quiet full" href="{address}" rel="noopener noreferrer"' in there.text
    assert there.headers["Referrer-Policy"] == "no-referrer"
    assert not there.is_redirect
    assert "Where else it was seen" in words_of(page)
    assert "forum.example.org" in words_of(page)
    assert "https://forum.example.org/other" in leads_of(desk, page)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A long post with signs that cannot be seen, on a host of other letters; and its page."""
    text = "e\u2066f " + "word " * 1000 + "the very end"
    url = "https://аррӏе.example/school\u202e"
    post = replace(POST, author="a\u202eb", title="c\u200bd", text=text, url=url)
    desk = PageDesk(tmp_path_factory.mktemp("odd"), told=("head",), post=post, **STREET)
    return desk, desk.press("read")


def test_what_cannot_be_seen_in_a_post_is_marked_wherever_it_stands(odd):
    _, page = odd
    for shown in ("a⟦U+202E⟧b", "c⟦U+200B⟧d", "e⟦U+2066⟧f"):
        assert shown in page.text
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069]", page.text)
    assert "stands for a sign that cannot be seen" in words_of(page)


def test_a_long_post_ends_at_2000_characters_and_a_button_shows_the_rest(odd):
    desk, page = odd
    assert "the very end" not in page.text
    assert "characters more" in words_of(page)
    assert "the very end" in say(desk, on=page, whole=POST.id, do="read").text


def test_it_tells_of_no_address_that_no_page_of_ours_bore(desk):
    """An address of a matter is no address to leave by."""
    for key in ("a" * 40, "https://evil.example", "%2e%2e"):
        assert desk.browser.get(f"/leave/{key}").status_code == 404
    token = desk.path().removeprefix("/m/")
    assert desk.browser.get(f"/leave/{token}").status_code == 404
    key = desk.context.links.seal("leave", b"https://x.example/")
    assert desk.browser.get(f"/m/{key}").status_code == 404


def test_where_a_host_of_other_letters_leads_is_said_as_it_is_looked_up(odd):
    desk, page = odd
    assert "аррӏе.example (xn--80ak6aa92e.example)" in words_of(page)
    key = re.search(r'href="(/leave/[a-z2-7]+)"', page.text)[1]
    assert "xn--80ak6aa92e.example" in desk.browser.get(key).text


def test_an_address_too_long_to_seal_is_shown_and_not_opened(tmp_path):
    post = replace(POST, url="https://x.example/" + "a" * 700)
    desk = PageDesk(tmp_path, told=("head",), post=post, **STREET)
    assert leads_of(desk, desk.press("read")) == []


SAID = "Rang the office, <b>no</b> answer."


def test_a_note_is_shown_to_the_others_after_a_tap_with_who_and_when_and_as_text(desk):
    """Who wrote it takes it back by the button beside it, and others have none."""
    page = say(desk, do="note", why=SAID)
    assert "Whoever may read this matter sees your note" in words_of(page)
    assert "Rang the office" not in desk.get("deputy").text
    theirs = desk.press("read", "deputy")
    assert f"Jane Holt (09:00, Tuesday 17 November): “{html.escape(SAID)}”" in words_of(theirs)
    assert "note_back" not in buttons_of(theirs)
    mine = desk.press("read")
    key = re.search(r'name="key" value="(\w+)"', mine.text)[1]
    assert "it is no longer as it was" in words_of(say(desk, "deputy", on=theirs, do="note_back", key=key))
    assert "you took that back" in words_of(say(desk, on=mine, do="note_back", key=key))
    assert "Rang the office" not in desk.press("read").text


def test_of_what_is_restricted_notes_and_why_it_was_judged_so_come_with_the_reading_alone(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    session = desk.session("dsl")
    reader = Reader(session.config, session.store, session.person)
    do_in(desk.store, write_note, reader, "s-one", URN, SAID, desk.clock())
    assert "Rang the office" not in desk.get("dsl").text
    read = desk.press("read", "dsl")
    assert "Rang the office" in read.text
    assert "Why we say so" in words_of(read)


def test_each_thing_done_has_a_button_beside_it_that_undoes_it(desk):
    page = desk.press("read")
    before = desk.rows()[1]
    for first, undo, says in (
        ({"do": "give", "to": "deputy"}, "take_back", "A mail that has gone to them is not undone"),
        ({"do": "take"}, "put_down", "you no longer have it"),
    ):
        assert undo not in buttons_of(page)
        done = say(desk, on=page, **first)
        assert undo in buttons_of(done)
        page = say(desk, on=done, do=undo)
        assert says in words_of(page)
        assert desk.rows()[1] == before
    assert undo not in buttons_of(page)


@pytest.fixture
def two(desk):
    """Two matters of one class and gravity."""
    post = a_mention("two", channel="x", title="", text="They never ring back at all.", author="rowan")
    verdict = a_verdict(post, **STREET)
    alert = an_alert(
        "s-two", severity=verdict.severity, route=verdict.route, content_class=verdict.content_class,
        audience=("head", "deputy"),
    )  # fmt: skip
    batch = a_batch(post, verdicts=[verdict], story_id="s-two", run=a_run("feed:two"), alerts=[alert])
    do_in(desk.store, save, batch, now=NOW, policy=POLICY)
    return desk


def number_of(desk, story):
    with desk.store.read() as con:
        return next(a.number for a in alert_store.list_alerts(con, open_only=False) if a.story_id == story)


def test_two_are_merged_by_number_and_made_two_again(two):
    """What is no other matter says what is wanted."""
    read = two.press("read")
    twice = {"do": "wrong", "what": "twice"}
    page = say(two, on=read, right="999999", **twice)
    assert "Type the number of another open matter" in words_of(page)
    say(two, on=page, right=number_of(two, "s-two"), **twice)
    with two.store.read() as con:
        assert moved_to(con, "s-two") == "s-one"
    read = two.press("read")
    assert "They never ring back at all." in words_of(read)
    assert "unmerge" in buttons_of(read)
    assert "they are two matters again" in words_of(say(two, on=read, do="unmerge"))
