"""Histories of wiki pages: an edit says what it adds, never what it removes or leaves standing."""

from __future__ import annotations

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document

from data.types import MentionKind, Page
from sources.parse import parse_document

XML = "application/atom+xml; charset=utf-8"
ENGLISH = Document(
    "feeds/wikipedia_history.xml",
    "https://en.wikipedia.example.org/w/index.php?title=Oakfield_Primary_School&action=history&feed=atom",
    6,
    words="Its gate is green.",
    escape="xml",
    content_type=XML,
)
WELSH = Document(
    "feeds/wikipedia_hanes.xml",
    "https://cy.wikipedia.example.org/w/index.php?title=Ysgol_Dolwen&action=history&feed=atom",
    2,
    content_type=XML,
)


class TestWikiHistory(CollectorConformance):
    kind = "feed"
    documents = (ENGLISH, WELSH)


def read(document: Document, old: str = "", new: str = "") -> Page:
    body = document.body.replace(old.encode(), new.encode())
    return parse_document(body, document.url, kind="feed", fetched_at=FETCHED_AT)


def said(document: Document) -> dict[str | None, list[str]]:
    told: dict[str | None, list[str]] = {}
    for mention in read(document).mentions:
        told.setdefault(mention.author, []).append(mention.text)
    return told


def test_who_takes_a_libel_out_of_a_page_has_not_said_it() -> None:
    reader = " ".join(said(ENGLISH)["Northvale Reader"])
    assert "thief" not in reader
    assert "lost property" not in reader
    assert "mould" not in reader
    assert "glass" not in reader


def test_an_edit_says_the_words_it_adds_and_the_lines_it_adds() -> None:
    assert said(ENGLISH)["192.0.2.7"] == [
        "a thief who empties the charity tin\nThe caretaker sells the lost property."
    ]
    assert said(WELSH)["192.0.2.9"] == [", a lle ofnadwy i blant"]


def test_what_stood_in_the_changed_line_before_is_kept_as_quoted() -> None:
    revert, libel = read(ENGLISH).mentions[1:3]
    assert libel.quoted == "The head is a thief who empties the charity tin."
    assert (revert.text, revert.quoted) == ("Ms Pell", "The head is Ms Pell.")


def test_an_edit_that_adds_nothing_says_only_why_it_was_made() -> None:
    assert said(ENGLISH)["Northvale Reader"][1] == "removed a claim without a source"
    assert said(WELSH)["Darllenydd"] == ["Dadwneud y golygiad 2001 gan 192.0.2.9 (sgwrs)"]


def test_a_paragraph_moved_within_the_page_is_not_said_again() -> None:
    assert said(ENGLISH)["Old Scholar"][0] == "widely"


def test_a_new_page_is_said_whole_by_who_wrote_it() -> None:
    words = said(ENGLISH)["Old Scholar"][1]
    assert words.startswith("Oakfield Primary School is a primary school in Northvale.")
    assert "New page" not in words


def test_a_title_names_the_page_and_why_it_was_edited() -> None:
    titles = [mention.title for mention in read(ENGLISH).mentions]
    assert titles[1] == "Oakfield Primary School: Undid revision 1004 by 192.0.2.7 (talk)"
    assert read(WELSH).mentions[0].title.startswith("Ysgol Dolwen: Dadwneud y golygiad 2001")


def test_a_title_never_names_the_editor_also_where_no_reason_was_given() -> None:
    mentions = read(ENGLISH).mentions
    assert (mentions[2].author, mentions[2].title) == ("192.0.2.7", "Oakfield Primary School")
    assert not [m for m in (*mentions, *read(WELSH).mentions) if m.title.count(m.author or "?")]
    (nameless,) = {
        m.title for m in read(ENGLISH, "Oakfield Primary School - ", "").mentions if m.text == "widely"
    }
    assert "Old Scholar" not in nameless


def test_an_edit_too_large_for_the_feed_is_said() -> None:
    page = read(ENGLISH)
    assert page.mentions[0].text == "→History: updated"
    assert "Edits too large for the feed to show, which were not read: 1." in page.warnings


def test_every_entry_of_a_history_is_an_edit() -> None:
    assert {mention.kind for mention in read(ENGLISH).mentions} == {MentionKind.EDIT}


@pytest.mark.parametrize(
    ("host", "channel"), [("wikipedia.example.org", "blog"), ("wikipedia.org", "wikipedia")]
)
def test_wikipedia_s_own_history_stands_on_wikipedia(host: str, channel: str) -> None:
    url = ENGLISH.url.replace("wikipedia.example.org", host)
    body = ENGLISH.body.replace(b"wikipedia.example.org", host.encode())
    page = parse_document(body, url, kind="feed", fetched_at=FETCHED_AT)
    assert {mention.channel for mention in page.mentions} == {channel}


def test_an_edit_in_a_wiki_s_recent_changes_says_no_more() -> None:
    other = b"title=Special:RecentChanges"
    body = ENGLISH.body.replace(b"action=history", other).replace(b"wikipedia.example", b"wiki.example")
    page = parse_document(body, "https://wiki.example.org/feed", kind="feed", fetched_at=FETCHED_AT)
    assert page.mentions[1].text == "Ms Pell"


def test_the_classes_of_the_wiki_s_own_page_are_read_like_the_feed_s_marks() -> None:
    added = '<td class="diff-marker">+</td><td class="diff-addedline"><div>Its bell is cracked.</div></td>'
    gone = '<td class="diff-marker">−</td><td class="diff-deletedline"><div>Its bell rang.</div></td>'
    blank = '<td colspan="2">&#160;</td>'
    table = f"<table><tr>{blank}{added}</tr><tr>{gone}{blank}</tr></table>".replace("<", "&lt;")
    body = (
        '<rss version="2.0"><channel><title>Oakfield - Revision history</title><link>'
        "https://wiki.example.org/index.php?title=Oakfield&amp;action=history</link>"
        f"<item><title>Kit: bell</title><description>&lt;p>bell&lt;/p>{table}</description></item>"
        "</channel></rss>"
    )
    (edit,) = parse_document(
        body.encode(), "https://wiki.example.org/feed", kind="feed", fetched_at=FETCHED_AT
    ).mentions
    assert edit.text == "Its bell is cracked."
