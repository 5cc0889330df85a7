"""The loop over a source's pages: what it reads, where it stops, what it never loses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from data.types import (
    Block,
    BlockKind,
    FetchFailure,
    Mention,
    MentionKind,
    Outcome,
    Page,
    Request,
    Response,
    Source,
    SourceState,
)
from monitor.collect import collect

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SOURCE = Source("s", "feed", "https://forum.example.org/1", urns=("900001",), max_pages=4)
NEW = SourceState("s")


def mention(n, published=NOW):
    return Mention(
        id=f"{n:016x}",
        url=f"https://forum.example.org/{n}",
        channel="local_forum",
        kind=MentionKind.POST,
        title="",
        text=f"post {n}",
        fetched_at=NOW,
        published=published,
    )


class Pages:
    """A collector over pages by address."""

    def __init__(self, pages):
        self.pages = pages

    def requests(self, source, state, now):
        return [Request(source.url)]

    def parse(self, source, response):
        return self.pages[response.url]


def fetched(request, state):
    return Response(request.url, 200, (("etag", '"e"'),), b"x", NOW)


def read(pages, *, fetch=fetched, state=NEW, source=SOURCE):
    return collect(source, state, Pages(pages), fetch, lambda: NOW)


def url(n):
    return f"https://forum.example.org/{n}"


def test_every_page_of_a_list_is_read():
    pages = {
        url(1): Page((mention(1), mention(2)), next=Request(url(2))),
        url(2): Page((mention(3),)),
    }
    got = read(pages)
    assert [m.text for m in got.mentions] == ["post 1", "post 2", "post 3"]
    assert (got.run.outcome, got.run.pages, got.run.mentions_read) == (Outcome.OK, 2, 3)


def test_a_page_that_points_to_itself_is_read_once():
    assert read({url(1): Page((mention(1),), next=Request(url(1)))}).run.pages == 1


def test_the_page_limit_stops_and_says_so():
    pages = {url(n): Page((mention(n),), next=Request(url(n + 1))) for n in range(1, 9)}
    got = read(pages)
    assert got.run.pages == 4
    assert any("more were there" in w for w in got.run.warnings)


def test_a_mention_on_two_pages_is_one():
    pages = {url(1): Page((mention(1),), next=Request(url(2))), url(2): Page((mention(1), mention(2)))}
    assert len(read(pages).mentions) == 2


def test_documents_behind_headlines_are_followed():
    pages = {url(1): Page(follow=(Request(url(5)),)), url(5): Page((mention(5),))}
    assert [m.text for m in read(pages).mentions] == ["post 5"]


def test_a_list_newest_first_is_left_where_it_is_known():
    old = NOW - timedelta(days=30)
    state = SourceState("s", watermark=NOW - timedelta(days=1))
    pages = {
        url(1): Page((mention(1), mention(2, old)), next=Request(url(2))),
        url(2): Page((mention(3, old),)),
    }
    assert read(pages, state=state).run.pages == 1


def test_a_thread_oldest_first_is_read_to_its_end():
    old = NOW - timedelta(days=30)
    state = SourceState("s", watermark=NOW - timedelta(days=1))
    pages = {
        url(1): Page((mention(1, old), mention(2, old + timedelta(hours=1))), next=Request(url(2))),
        url(2): Page((mention(3),)),
    }
    assert read(pages, state=state).run.pages == 2


def test_a_failure_on_the_first_page_is_how_the_run_ended():
    def fetch(request, state):
        return FetchFailure(Outcome.GONE, request.url, "the page is gone", NOW, status=404)

    run = read({}, fetch=fetch).run
    assert (run.outcome, run.detail, run.status) == (Outcome.GONE, "the page is gone", 404)


def test_a_failure_later_keeps_what_was_read_and_warns():
    def fetch(request, state):
        if request.url == url(2):
            return FetchFailure(Outcome.UNREACHABLE, request.url, "no answer", NOW)
        return fetched(request, state)

    got = read({url(1): Page((mention(1),), next=Request(url(2)))}, fetch=fetch)
    assert len(got.mentions) == 1
    assert got.run.outcome is Outcome.OK
    assert any("no answer" in w for w in got.run.warnings)


def test_a_wall_in_place_of_the_page_is_blocked_with_its_reason():
    run = read({url(1): Page(block=Block(BlockKind.CONSENT, "A consent wall stands there."))}).run
    assert (run.outcome, run.detail) == (Outcome.BLOCKED, "A consent wall stands there.")


def test_not_modified_is_seen_and_asks_for_no_parsing():
    def fetch(request, state):
        return Response(request.url, 304, (), b"", NOW)

    assert read({}, fetch=fetch).run.outcome is Outcome.NOT_MODIFIED


def test_nothing_where_there_always_was_something_is_suspicious():
    state = SourceState("s", usual_mentions=6.0)
    assert read({url(1): Page()}, state=state).run.outcome is Outcome.SUSPICIOUS


def test_nothing_on_a_new_source_is_empty():
    assert read({url(1): Page()}).run.outcome is Outcome.EMPTY


def test_a_source_that_is_off_is_not_asked_and_says_why():
    source = Source("s", "feed", url(1), disabled="the terms forbid it")
    run = read({}, source=source, fetch=None).run
    assert (run.outcome, run.detail) == (Outcome.DISABLED, "the terms forbid it")


def test_the_watermark_is_the_newest_time_read_and_never_falls_back():
    state = SourceState("s", watermark=NOW)
    assert read({url(1): Page((mention(1, NOW - timedelta(days=2)),))}, state=state).run.watermark == NOW


def test_a_time_in_the_future_does_not_move_the_watermark():
    got = read({url(1): Page((mention(1, NOW + timedelta(days=400)), mention(2)))})
    assert got.run.watermark == NOW


def test_a_site_that_asked_to_be_left_alone_is_not_asked_before_the_time():
    state = SourceState("s", not_before=NOW + timedelta(minutes=30))
    run = read({}, state=state, fetch=None).run
    assert (run.outcome, run.retry_after_s) == (Outcome.BLOCKED, 1800.0)
    assert "no request before 09:30" in run.detail
