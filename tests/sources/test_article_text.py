"""The text of an article on a newspaper's page, and of real ones beside the project."""

import gzip
from datetime import UTC, datetime
from time import process_time

import pytest
from support.corpus import corpus_path
from support.for_each import for_each
from support.sentences import rows, sentences, yes

from data.types import Response
from sources.articles import MOST_CHARS, article_text, cut_to_sentences, may_lead_to_article

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
LETTER = "Parents were sent a letter on Monday, which says that lessons go on as usual this week. " * 3
REAL = {name: words for name, *words in rows(sentences("feeds/said")["real articles"])}
"""Words of the first and of a later paragraph of each, read by eye."""


def page(body: str, head: str = "") -> Response:
    html = f"<html><head><title>T</title>{head}</head><body>{body}</body></html>"
    kind = (("content-type", "text/html; charset=utf-8"),)
    return Response("https://gazette.example.org/1", 200, kind, html.encode(), NOW)


@pytest.mark.corpus
@pytest.mark.parametrize("name", REAL)
def test_real_articles_give_their_first_and_later_sentences_quickly(name: str) -> None:
    body = corpus_path("samples", "news_article", name).read_bytes()
    plain = gzip.decompress(body) if name.endswith(".gz") else body
    response = Response("https://paper.example.org/a", 200, (("content-type", "text/html"),), plain, NOW)
    article_text(page(LETTER))  # the library is loaded
    began = process_time()
    found = article_text(response)
    took = process_time() - began
    for words in REAL[name]:
        assert words in found.text
    assert "cookie" not in found.text.lower()
    assert len(found.text) <= MOST_CHARS
    assert took < 1.0


def test_menus_comments_and_active_markup_are_not_the_article() -> None:
    comments = f"<div id='comments' class='comments'><p>{LETTER.replace('Parents', 'Trolls')}</p></div>"
    found = article_text(
        page(f"<nav><a href='/'>Home page of all</a></nav><article><p>{LETTER}</p></article>{comments}")
    )
    assert found.text.startswith("Parents were sent")
    assert "Home page" not in found.text
    assert "Trolls" not in found.text
    found = article_text(page(f"<article><p>{LETTER}<img src=x onerror=stolen()></p></article>"))
    assert "stolen" not in found.text
    assert "<" not in found.text


@for_each(("around", "said"), rows(sentences("feeds/said")["an article's pictures"], str, yes))
def test_what_describes_an_articles_pictures_is_read_with_it_not_what_leads_elsewhere(around, said) -> None:
    found = article_text(page(around.replace("…", LETTER).format("<img src=a alt='The gate on fire'>"))).text
    assert ("[Picture] The gate on fire" in found.splitlines()) is said
    assert ("[Picture] Ms Holt at noon" in found) is ("Ms Holt" in around)


@for_each("free", ['"isAccessibleForFree":false', '"isAccessibleForFree" : "False"'])
def test_what_is_for_those_who_pay_is_not_read_though_the_page_holds_it(free: str) -> None:
    found = article_text(
        page(f"<article><p>{LETTER}</p></article>", f'<script type="application/ld+json">{{{free}}}</script>')
    )
    assert (found.paid, found.text) == (True, "")


@for_each(
    "body", ["", "<p>Sign in.</p>", "<div id=root></div><script>x()</script>", "\x00<<<p", "<p>" * 5_000]
)
def test_a_page_without_an_article_gives_none(body: str) -> None:
    assert article_text(page(body)).text == ""


def test_a_long_article_ends_with_a_whole_sentence() -> None:
    assert cut_to_sentences("One, two, three. " * 1_000).endswith("three.")
    assert len(cut_to_sentences("x" * 9_000)) <= MOST_CHARS


@for_each(("url", "may"), rows(sentences("addresses/behind")["may_lead_to_an_article"], str, yes))
def test_which_addresses_may_lead_to_an_article(url: str, may: bool) -> None:
    assert may_lead_to_article(url) is may
