"""A Wikipedia article: its sections as they stand, and its edits from the feed beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from conformance import FETCHED_AT, CollectorConformance, Document
from support.checkout import FIXTURES

from data.errors import InputError
from data.types import MentionKind, Page, Request, Response, Source, SourceState
from monitor.pipeline.collect import collect
from sources.feeds.collector import Feed
from sources.feeds.wikipedia import WikipediaArticle

ADDRESS = "https://en.wikipedia.org/wiki/Oakfield_Primary_School"
ARTICLE = Document("feeds/wikipedia_article.html", ADDRESS, 2, words="It was opened in 1931.")
EDITS = (FIXTURES / "feeds/wikipedia_history.xml").read_bytes()
HISTORY = EDITS.replace(b"wikipedia.example.org", b"wikipedia.org")
SOURCE = Source("wiki", "wikipedia", ADDRESS)
HTML = (("content-type", "text/html; charset=utf-8"),)


class TestWikipediaArticle(CollectorConformance):
    kind = "wikipedia"
    documents = (ARTICLE,)


def read(body: bytes = ARTICLE.body, url: str = ADDRESS) -> Page:
    return WikipediaArticle().parse(SOURCE, Response(url, 200, HTML, body, FETCHED_AT))


def test_what_stands_in_the_article_is_read_by_its_sections_without_notes_and_navigation() -> None:
    lead, history = read().mentions
    assert lead.title == "Oakfield Primary School"
    assert lead.text.endswith("Oakfield Primary School is a primary school in Northvale.")
    assert "disambiguation" not in lead.text
    assert (history.title, history.url) == ("Oakfield Primary School: History", f"{ADDRESS}#History")
    assert history.text == "It was opened in 1931.\nThe caretaker sells the lost property on the market."
    assert {m.channel for m in (lead, history)} == {"wikipedia"}


def test_a_section_that_changes_is_a_new_version_of_the_same_and_the_others_stay() -> None:
    changed = ARTICLE.body.replace(b"in 1931", b"in 1932")
    before, after = read().mentions, read(changed).mentions
    assert [m.id for m in before] == [m.id for m in after]
    assert [a.text == b.text for a, b in zip(before, after, strict=True)] == [True, False]


def test_it_counts_as_written_when_the_article_was_last_edited() -> None:
    assert {m.published for m in read().mentions} == {datetime(2026, 11, 3, 10, 2, tzinfo=UTC)}


@pytest.mark.parametrize("language", ["en", "cy"])
def test_article_and_edits_are_asked_for_where_robots_leave_them_open(language: str) -> None:
    url = ADDRESS.replace("//en.", f"//{language}.")
    asked = WikipediaArticle().requests(Source("w", "wikipedia", url), SourceState("w"), FETCHED_AT)
    assert [r.url for r in asked] == [url, f"{url}?action=history&feed=atom"]


@pytest.mark.parametrize(
    "url",
    [
        "https://en.wikipedia.org/w/index.php?title=X",
        "https://wiki.example.org/wiki/X",
        "https://en.wikipedia.org/wiki/Special:Search",
        f"{ADDRESS}?action=history",
    ],
)
def test_another_address_is_refused_with_what_to_give(url: str) -> None:
    with pytest.raises(InputError, match="Give the address of the article itself"):
        WikipediaArticle().requests(Source("w", "wikipedia", url), SourceState("w"), FETCHED_AT)


def test_one_reading_brings_the_article_and_its_edits_which_keep_the_ids_that_the_feed_gives_them() -> None:
    feed_url = f"{ADDRESS}?action=history&feed=atom"
    answers = {ADDRESS: ARTICLE.body, feed_url: HISTORY}

    def fetch(request: Request, _: SourceState | None) -> Response:
        return Response(request.url, 200, HTML, answers[request.url], FETCHED_AT)

    found = collect(SOURCE, SourceState("wiki"), WikipediaArticle(), fetch, lambda: FETCHED_AT).mentions
    alone = (
        Feed()
        .parse(Source("f", "feed", feed_url), Response(feed_url, 200, HTML, HISTORY, FETCHED_AT))
        .mentions
    )
    assert [m.id for m in found] == [*(m.id for m in read().mentions), *(m.id for m in alone)]
    assert {m.kind for m in found} == {MentionKind.EDIT}
