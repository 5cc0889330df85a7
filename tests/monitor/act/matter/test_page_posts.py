"""On the page of a matter: what strangers wrote, as text, with what it said before and where else it was."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from builders.mention import POLICY, a_batch, a_mention, a_verdict
from builders.page import CHILD, POST, STREET, WORDS, PageDesk, leads_of, words_of

from data.store.mentions.batch import save
from monitor.desk.matter.posts import changes

EDITED = replace(POST, text=WORDS.replace("Two weeks", "Three weeks"))


def put(desk, *mentions, version=1, **judged):
    verdicts = [a_verdict(m, version, **(STREET | judged)) for m in mentions]
    with desk.store.write("more") as con:
        save(con, a_batch(*mentions, verdicts=verdicts, version=version), now=desk.clock(), policy=POLICY)


@pytest.fixture
def desk(tmp_path):
    return PageDesk(tmp_path, told=("head",), **STREET)


def test_what_a_post_said_before_is_folded_beside_it_with_what_changed(desk):
    put(desk, EDITED, version=2)
    page = desk.press("read")
    fold = re.search(
        r"<details class=\"fold\">\s*<summary>What it said before.*?</details>", page.text, re.S
    )[0]
    assert "version 1" in fold
    assert re.search(r"<del>.*? Two<span", fold)
    assert re.search(r"<ins>.*? Three<span", fold)
    assert "removed later: Two" in words_of(page)
    assert "Three weeks now!" in words_of(page)


def test_no_earlier_words_come_before_a_tap(desk):
    put(desk, EDITED, version=2)
    assert "Two weeks" not in desk.get().text


def test_the_other_places_where_it_was_seen_are_folded_with_when_and_where(desk):
    put(desk, a_mention("other", channel="forum", text="They never ring back, I hear.", author="sam"))
    page = desk.press("read")
    assert "Where else it was seen" in words_of(page)
    assert "forum.example.org" in words_of(page)
    assert "https://forum.example.org/other" in leads_of(desk, page)


def test_why_it_was_judged_so_stands_beside_what_is_restricted_once_it_is_read(tmp_path):
    desk = PageDesk(tmp_path, told=("dsl",), **CHILD)
    assert "Why we say so" in words_of(desk.press("read", "dsl"))


def test_what_cannot_be_seen_in_a_post_is_marked_wherever_it_stands(tmp_path):
    nasty = replace(
        POST, author="a\u202eb", title="c\u200bd", text="e\u2066f", url="https://x.example/\u202e"
    )
    page = PageDesk(tmp_path, told=("head",), post=nasty, **STREET).press("read")
    for shown in ("a⟦U+202E⟧b", "c⟦U+200B⟧d", "e⟦U+2066⟧f"):
        assert shown in page.text
    assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069]", page.text)
    assert "stands for a sign that cannot be seen" in words_of(page)


def test_a_long_post_ends_at_2000_characters_and_a_button_shows_the_rest(tmp_path):
    text = "word " * 1000 + "the very end"
    desk = PageDesk(tmp_path, told=("head",), post=replace(POST, text=text), **STREET)
    page = desk.press("read")
    assert "the very end" not in page.text
    assert "characters more" in words_of(page)
    form = {**desk.form(), "whole": POST.id, "do": "read"}
    desk.wait(seconds=5)
    assert "the very end" in desk.browser.post(desk.path(), data=form).text


def test_no_link_of_a_post_leads_elsewhere_but_by_the_page_that_says_where(desk):
    for page in (desk.get(), desk.press("read")):
        assert not re.search(r'(href|src)="(https?:)?//', page.text)
    (address,) = set(leads_of(desk, page))
    key = re.search(r'href="(/leave/[a-z2-7]+)"', page.text)[1]
    there = desk.browser.get(key)
    assert f'<a class="button quiet full" href="{address}" rel="noopener noreferrer"' in there.text
    assert there.headers["Referrer-Policy"] == "no-referrer"
    assert not there.is_redirect


@pytest.mark.parametrize("key", ["a" * 40, "https://evil.example", "%2e%2e"])
def test_it_tells_of_no_address_that_no_page_of_ours_bore(desk, key):
    assert desk.browser.get(f"/leave/{key}").status_code == 404


def test_an_address_of_a_matter_is_no_address_to_leave_by(desk):
    token = desk.path().removeprefix("/m/")
    assert desk.browser.get(f"/leave/{token}").status_code == 404
    key = desk.context.links.seal("leave", b"https://x.example/")
    assert desk.browser.get(f"/m/{key}").status_code == 404


def test_where_a_host_of_other_letters_leads_is_said_as_it_is_looked_up(tmp_path):
    post = replace(POST, url="https://аррӏе.example/school")
    desk = PageDesk(tmp_path, told=("head",), post=post, **STREET)
    page = desk.press("read")
    assert "аррӏе.example (xn--80ak6aa92e.example)" in words_of(page)
    key = re.search(r'href="(/leave/[a-z2-7]+)"', page.text)[1]
    assert "xn--80ak6aa92e.example" in desk.browser.get(key).text


def test_an_address_too_long_to_seal_is_shown_and_not_opened(tmp_path):
    post = replace(POST, url="https://x.example/" + "a" * 700)
    desk = PageDesk(tmp_path, told=("head",), post=post, **STREET)
    assert leads_of(desk, desk.press("read")) == []


def test_whoever_edits_a_post_makes_no_page_slow():
    old, new = "a b " * 500, "b a " * 500
    began = time.process_time()
    parts = list(changes(old, new))
    assert time.process_time() - began < 0.5
    assert "".join(said for what, said in parts if what != "new") == old
    assert "".join(said for what, said in parts if what != "gone") == new
