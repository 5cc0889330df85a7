"""What another package says of a document is taken as a stranger's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from data.types import Aggregate, Block, BlockKind, Mention, MentionKind, Page, Request, Response, Source
from sources.plugins.admitted import admitted
from sources.registry import collector, needs_leave

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
URL = "https://board.example.org/notices"
SOURCE = Source("board", "sg-board:board", URL)
RESPONSE = Response("https://www.board.example.org/notices", 200, (), b"", NOW)
SAID = Mention("0" * 16, f"{URL}#1", "local_forum", MentionKind.POST, "Gate", "It was shut.", NOW)


def page(*mentions, **more):
    return admitted(Page(mentions, **more), SOURCE, RESPONSE)


def of(mention):
    (found,) = page(mention).mentions
    return found


def test_a_post_of_the_site_that_was_asked_or_led_to_is_kept_with_its_words():
    led = replace(SAID, url="https://www.board.example.org/notices#2", text="Open again.")
    assert [m.text for m in page(SAID, led).mentions] == ["It was shut.", "Open again."]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.facebook.com/groups/1/posts/2", "https://board.example.org:8443/1", "data:text/html,x",
        "https://board.example.org@evil.example/1", "https://evil.example\\@board.example.org/1",
        "https://evil.example/board.example.org", "https://[", "",
        f"{URL}?{'x' * 5000}",
    ],
)  # fmt: skip
def test_a_post_elsewhere_is_left_out_and_counted(url):
    found = page(SAID, replace(SAID, url=url))
    assert [m.url for m in found.mentions] == [SAID.url]
    assert (
        found.warnings
        == found.unread
        == ("Posts at another site's address, or too many for one page, were left out: 1.",)
    )


def test_its_ids_are_its_own_so_that_no_other_sources_post_is_changed():
    found = of(replace(SAID, parent="1" * 16))
    assert found.id != SAID.id
    assert found.parent == of(replace(SAID, id="1" * 16)).id


def test_no_mailbox_is_named_and_nothing_was_enclosed():
    found = of(replace(SAID, mail="imaps://imap.example.org/INBOX", enclosed=("image/png",)))
    assert (found.mail, found.enclosed) == ("", ())


@pytest.mark.parametrize(
    ("channel", "is_taken_as"),
    [("local_forum", "local_forum"), ("facebook", "website"), ("email", "website"), ("nonsense", "website")],
)
def test_it_may_name_a_sort_of_place_and_no_platform(channel, is_taken_as):
    assert of(replace(SAID, channel=channel)).channel == is_taken_as


def test_the_source_names_the_channel_before_it():
    found = admitted(Page((SAID,)), replace(SOURCE, channel="news"), RESPONSE)
    assert found.mentions[0].channel == "news"


@pytest.mark.parametrize(
    ("said", "is_taken_as"),
    [
        (
            datetime(2026, 11, 25, 8, tzinfo=timezone(timedelta(hours=1))),
            datetime(2026, 11, 25, 7, tzinfo=UTC),
        ),
        (datetime(2026, 11, 25, 8), None),  # noqa: DTZ001 - without a zone
        (datetime(2026, 12, 25, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), None),
    ],
)
def test_a_time_is_aware_possible_and_not_in_days_to_come(said, is_taken_as):
    found = of(replace(SAID, published=said, edited=said, fetched_at=NOW - timedelta(days=9)))
    assert (found.published, found.edited, found.fetched_at) == (is_taken_as, is_taken_as, NOW)


@pytest.mark.parametrize("rating", [0.0, 5.5, float("nan"), float("inf")])
def test_a_rating_is_one_to_five(rating):
    assert of(replace(SAID, rating=rating)).rating is None
    assert page(aggregate=Aggregate(rating, -1)).aggregate == Aggregate(None, None)
    assert page(aggregate=Aggregate(4.5, 12)).aggregate == Aggregate(4.5, 12)


def test_words_are_clean_and_of_a_length_that_is_judged():
    found = of(replace(SAID, text="a\x00b" * 200_000, author="\x1b"))
    assert found.text.startswith("abab")
    assert (len(found.text), found.author) == (200_000, None)


def test_what_it_asks_for_is_an_address_of_that_site_and_nothing_else():
    bears = {"method": "POST", "headers": (("Cookie", "x"),), "body": b"x", "auth": "mailbox"}
    there, elsewhere = Request(f"{URL}?page=2", **bears), Request("https://evil.example/?told=x")
    disguised = Request("https://evil.example\\@board.example.org/?told=x")
    found = page(next=there, follow=(there, elsewhere, disguised))
    assert (found.next, found.follow) == (Request(there.url), (Request(there.url),))
    assert page(next=elsewhere).next is page(next=disguised).next is None


def test_its_sentences_are_few_short_and_visible():
    found = page(warnings=("two\nlines \u202e" + "x" * 999,) * 99)
    assert len(found.warnings) == 20
    assert found.warnings[0].startswith("two lines ⟦U+202E⟧x")
    assert max(map(len, found.warnings)) < 320


def test_it_says_neither_where_to_go_on_nor_that_a_wall_or_a_notice_is_there():
    found = page(resume="imaps://x", notice=True, block=Block(BlockKind.LOG_IN, "Sign in."))
    assert found == Page()


def test_it_is_asked_for_the_address_of_the_settings_alone():
    kind = collector(SOURCE.kind)
    assert [r.url for r in kind.requests(SOURCE, None, NOW)] == [URL]
    assert kind.recognises(RESPONSE) == 0.0


def test_a_site_whose_terms_forbid_it_is_read_by_leave_alone():
    assert needs_leave("sg-board:board", "https://www.mumsnet.com/talk/12")
    assert not needs_leave("sg-board:board", URL)
