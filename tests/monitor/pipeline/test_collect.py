"""The loop over a source's pages: what it reads, where it stops, what it never loses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from data.errors import Unreadable
from data.types import (
    Aggregate,
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
from monitor.pipeline.collect import collect, scope_of

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


def test_no_page_leads_on_to_somebodys_profile_but_one_of_the_schools_own():
    profile = "https://forum.example.org/members/ann.7/"
    pages = {url(1): Page((mention(1),), follow=(Request(profile),), next=Request(f"{profile}page-2"))}
    pages |= {profile: Page((mention(2),)), f"{profile}page-2": Page((mention(3),))}
    assert read(pages).run.pages == 1
    assert read(pages, source=replace(SOURCE, own=True)).run.pages == 3


def test_the_page_limit_stops_and_says_so():
    pages = {url(n): Page((mention(n),), next=Request(url(n + 1))) for n in range(1, 9)}
    got = read(pages)
    assert got.run.pages == 4
    assert "More is there" in got.run.warnings[0]


def test_a_mention_on_two_pages_is_one():
    pages = {url(1): Page((mention(1),), next=Request(url(2))), url(2): Page((mention(1), mention(2)))}
    assert len(read(pages).mentions) == 2


def test_documents_behind_headlines_are_followed():
    pages = {url(1): Page(follow=(Request(url(5)),)), url(5): Page((mention(5),))}
    assert [m.text for m in read(pages).mentions] == ["post 5"]


def test_a_list_newest_first_is_left_where_it_is_known():
    old = NOW - timedelta(days=30)
    state = SourceState("s", watermark=NOW - timedelta(days=1), scope=scope_of(SOURCE))
    pages = {
        url(1): Page((mention(1), mention(2, old)), next=Request(url(2))),
        url(2): Page((mention(3, old),)),
    }
    assert read(pages, state=state).run.pages == 1


def test_a_thread_oldest_first_is_read_to_its_end():
    old = NOW - timedelta(days=30)
    state = SourceState("s", watermark=NOW - timedelta(days=1), scope=scope_of(SOURCE))
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


def test_a_tag_that_nobody_has_used_yet_is_empty_not_gone():
    def fetch(request, state):
        return FetchFailure(Outcome.GONE, request.url, "the page is gone", NOW, status=404)

    tag = replace(SOURCE, url="https://social.example.org/tags/oakfieldprimary.rss")
    assert read({}, fetch=fetch, source=tag).run.outcome is Outcome.EMPTY


def test_a_failure_later_keeps_what_was_read_and_warns():
    def fetch(request, state):
        if request.url == url(2):
            return FetchFailure(Outcome.UNREACHABLE, request.url, "no answer", NOW)
        return fetched(request, state)

    got = read({url(1): Page((mention(1),), next=Request(url(2)))}, fetch=fetch)
    assert len(got.mentions) == 1
    assert got.run.outcome is Outcome.OK
    assert any("no answer" in w for w in got.run.warnings)


def test_a_page_read_in_part_says_so_and_is_asked_for_whole_again():
    got = read({url(1): Page((mention(1),), unread=("8 of 9 were read.",))})
    assert (got.run.outcome, got.run.detail) == (Outcome.PARTLY, "8 of 9 were read.")
    assert (got.run.etag, got.run.watermark) == (None, None)


def refusing(*barred):
    """An `Apart` in which the pages at these addresses cannot be read to their end."""

    def apart(work, source, response):
        if response.url in barred:
            raise Unreadable("It takes too long.")
        return work(source, response)

    return apart


def test_a_first_page_that_cannot_be_read_to_its_end_is_how_the_run_ended():
    got = collect(
        SOURCE, NEW, Pages({}), fetched, lambda: NOW, refusing(SOURCE.url)
    )  # fmt: skip
    assert (got.run.outcome, got.run.detail) == (Outcome.MALFORMED, "It takes too long.")
    assert (got.run.etag, got.run.watermark, got.mentions) == (None, None, ())


def test_a_later_page_that_cannot_be_read_to_its_end_keeps_what_was_read_and_warns():
    second = "https://forum.example.org/2"
    pages = {SOURCE.url: Page((mention(1),), next=Request(second))}
    got = collect(SOURCE, NEW, Pages(pages), fetched, lambda: NOW, refusing(second))
    assert (got.run.outcome, len(got.mentions), got.run.etag) == (Outcome.OK, 1, None)
    assert got.run.warnings == ("page 2 could not be read: It takes too long.",)


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


def test_the_watermark_is_the_newest_time_read():
    pages = {url(1): Page((mention(1, NOW - timedelta(days=2)), mention(2, NOW - timedelta(days=1))))}
    assert read(pages).run.watermark == NOW - timedelta(days=1)


def test_a_time_in_the_future_does_not_move_the_watermark():
    got = read({url(1): Page((mention(1, NOW + timedelta(days=400)), mention(2)))})
    assert got.run.watermark == NOW


def test_a_site_that_asked_to_be_left_alone_is_not_asked_before_the_time():
    state = SourceState("s", not_before=NOW + timedelta(minutes=30))
    run = read({}, state=state, fetch=None).run
    assert (run.outcome, run.retry_after_s) == (Outcome.BLOCKED, 1800.0)
    assert not read({}, state=state, fetch=None).asked
    assert "no request before 09:30" in run.detail


# ------------------------------------------------------------------ what may be relied on next time


def failing_at(*addresses, outcome=Outcome.UNREACHABLE, retry_after_s=None):
    def fetch(request, state):
        if request.url in addresses:
            return FetchFailure(outcome, request.url, "no answer", NOW, retry_after_s=retry_after_s)
        return fetched(request, state)

    return fetch


def posts(first, *numbers, next_page=None):
    """A page of a thread: posts and replies, oldest first."""
    kinds = [MentionKind.POST if n == first else MentionKind.REPLY for n in numbers]
    found = tuple(replace(mention(n), kind=kind) for n, kind in zip(numbers, kinds, strict=True))
    return Page(found, next=Request(url(next_page)) if next_page else None)


def test_a_single_whole_page_leaves_its_etag():
    assert read({url(1): Page((mention(1),))}).run.etag == '"e"'


def test_a_list_of_several_pages_leaves_none_for_its_first_page_says_nothing_of_the_rest():
    pages = {url(1): posts(1, 1, 2, next_page=2), url(2): posts(1, 3)}
    assert read(pages).run.etag is None


def test_a_page_that_failed_leaves_neither_etag_nor_watermark():
    run = read({url(1): Page((mention(1),), next=Request(url(2)))}, fetch=failing_at(url(2))).run
    assert (run.etag, run.watermark) == (None, None)


def asked_with(state, source=SOURCE):
    seen = []

    def fetch(request, conditional):
        seen.append(conditional)
        return fetched(request, conditional)

    read({url(1): Page((mention(1),))}, fetch=fetch, state=state, source=source)
    return seen[0]


def test_what_was_learnt_for_the_same_schools_is_asked_with():
    state = SourceState("s", etag='"e"', scope=scope_of(SOURCE))
    assert asked_with(state) is state


def test_what_was_learnt_for_other_schools_is_not():
    state = SourceState("s", etag='"e"', scope=scope_of(SOURCE))
    assert asked_with(state, replace(SOURCE, urns=("900001", "900002"))) is None


# ------------------------------------------------------------------------------------- long threads


def test_a_long_thread_is_read_on_from_where_the_last_reading_ended():
    pages = {url(n): posts(1, 2 * n - 1, 2 * n, next_page=n + 1) for n in range(1, 20)}
    first = read(pages).run
    assert first.resume == url(4)
    assert "reads on from there" in first.warnings[0]
    second = read(pages, state=SourceState("s", resume=first.resume, scope=scope_of(SOURCE)))
    assert [m.text for m in second.mentions][-2:] == ["post 11", "post 12"]
    assert second.run.resume == url(6)


def test_a_thread_that_grew_on_its_last_page_is_seen():
    pages = {url(1): posts(1, 1, 2, next_page=2), url(2): posts(1, 3)}
    resume = read(pages).run.resume
    pages[url(2)] = posts(1, 3, 4, next_page=3)
    pages[url(3)] = posts(1, 5)
    grown = read(pages, state=SourceState("s", resume=resume, scope=scope_of(SOURCE)))
    assert [m.text for m in grown.mentions][-2:] == ["post 4", "post 5"]


def test_a_thread_whose_last_page_is_gone_is_read_from_its_second():
    pages = {url(1): posts(1, 1, 2, next_page=2), url(2): posts(1, 3)}
    state = SourceState("s", resume=url(9), scope=scope_of(SOURCE))
    got = read(pages, state=state, fetch=failing_at(url(9), outcome=Outcome.GONE))
    assert [m.text for m in got.mentions] == ["post 1", "post 2", "post 3"]
    assert got.run.resume == url(2)


def test_a_list_is_always_read_from_its_beginning():
    pages = {url(1): Page((mention(1), mention(2)), next=Request(url(2))), url(2): Page((mention(3),))}
    assert read(pages).run.resume is None


# ---------------------------------------------------------------------------------- lists and trouble


def listing(*numbers):
    return Page(follow=tuple(Request(url(n)) for n in numbers))


def test_documents_behind_a_list_have_a_limit_of_their_own():
    pages = {url(1): listing(*range(100, 140))} | {url(n): Page((mention(n),)) for n in range(100, 140)}
    got = read(pages)
    assert len(got.mentions) == 16
    assert "More is there" in got.run.warnings[0]


def test_documents_that_fail_count_towards_the_limit():
    asked = []

    def fetch(request, state):
        asked.append(request.url)
        return failing_at(*map(url, range(100, 140)))(request, state)

    read({url(1): listing(*range(100, 140))}, fetch=fetch)
    assert len(asked) == 17


def test_a_site_that_bars_us_is_not_asked_again_in_the_same_run():
    asked = []

    def fetch(request, state):
        asked.append(request.url)
        return failing_at(*map(url, range(100, 140)), outcome=Outcome.BLOCKED)(request, state)

    run = read({url(1): listing(*range(100, 140))}, fetch=fetch).run
    assert len(asked) == 2
    assert run.outcome is Outcome.BLOCKED


def test_a_site_whose_documents_keep_breaking_is_read_no_further_in_the_same_run():
    pages = {url(1): listing(*range(100, 140))} | {url(n): Page((mention(n),)) for n in range(100, 140)}
    broken = refusing(*map(url, (100, 102, 104)))
    got = collect(SOURCE, NEW, Pages(pages), fetched, lambda: NOW, broken)
    assert [m.id for m in got.mentions] == [mention(n).id for n in (101, 103)]
    assert "More is there" in got.run.warnings[0]


def test_a_wait_that_a_later_page_asked_for_is_kept():
    pages = {url(1): Page((mention(1),), next=Request(url(2)))}
    fetch = failing_at(url(2), outcome=Outcome.BLOCKED, retry_after_s=3600.0)
    assert read(pages, fetch=fetch).run.retry_after_s == 3600.0


def test_a_pages_overall_score_is_kept_with_the_run():
    assert read({url(1): Page((mention(1),), aggregate=Aggregate(4.2, 31))}).run.aggregate == Aggregate(
        4.2, 31
    )


def test_one_number_with_other_words_on_a_later_page_is_told():
    other = replace(mention(1), text="quite another")
    got = read({url(1): Page((mention(1),), next=Request(url(2))), url(2): Page((other,))})
    assert "1 posts bore the number of another" in got.run.warnings[0]
    assert (
        read({url(1): Page((mention(1),), next=Request(url(2))), url(2): Page((mention(1),))}).run.warnings
        == ()
    )
