"""Reddit, from answers in the shape that its programs and users describe."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from types import MappingProxyType
from urllib.parse import urlencode

import pytest
from builders.twin import KeyedConformance, answered, keyed_json
from conformance import FETCHED_AT, CollectorConformance, Document
from pydantic import ValidationError

from data.ids import mention_id
from data.types import HeldPost, Mention, MentionKind, Response, Source, SourceState
from sources.keys import Key, KeyFault, key_kinds, session_request
from sources.registry import CATALOGUE, collector, needs_leave, settings_of

SETTINGS = {
    "credential": "mine", "query": '"Oakfield Primary" OR "Oakfield School" NOT Ohio',
    "account": "oakfield_office",
}  # fmt: skip
SOURCE = Source("s", "reddit", "https://oauth.reddit.com/", settings=SETTINGS)
REDDIT = collector("reddit")
LIST, NEXT, THREAD = map(keyed_json, ("reddit_1", "reddit_2", "reddit_thread"))


def search(**more):
    """The address of a page of the search."""
    fields = {"type": "link", "sort": "new", "t": "month", "limit": 100}
    asked = {"q": '("Oakfield Primary") OR ("Oakfield School" -Ohio)', **more, **fields}
    return f"https://oauth.reddit.com/search?{urlencode(asked)}"


COMMENTS = "https://oauth.reddit.com/comments/1oakfa?sort=new&limit=500&depth=10"
FIRST = Document("keyed/reddit_1.json", search(), 2, "Cars on the zigzags again.&lt;", "json")
SECOND = Document("keyed/reddit_2.json", search(after="t3_1oakfb"), 1)
BEHIND = Document("keyed/reddit_thread.json", COMMENTS, 3)


def parse(found, url=FIRST.url):
    """The page read of such an answer."""
    return REDDIT.parse(SOURCE, answered(url, found))


def own_id(name):
    """The id of a post or comment of that name."""
    return mention_id("reddit", name)


TOO_MANY = {"message": "Too Many Requests", "error": 429}
FAULTS = {
    "expired": (401, {}, {"message": "Unauthorized", "error": 401}),
    "unapproved": (403, {}, {"message": "Forbidden", "error": 403}),
    "too_often": (429, {}, TOO_MANY),
    "too_often_later": (429, {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "287"}, TOO_MANY),
    "broken": (503, {}, {"message": "Service Unavailable", "error": 503}),
}


class TestReddit(CollectorConformance):
    kind = "reddit"
    settings, recognised = SETTINGS, False
    documents = (FIRST, SECOND, BEHIND)

    def source(self, document: Document) -> Source:
        return replace(super().source(document), url=SOURCE.url)


class TestRedditsTwin(KeyedConformance):
    kind, key, url, cursor, settings = "reddit", "reddit", SOURCE.url, "after", SETTINGS
    needs, faults, refused_empty = MappingProxyType({"user": "a-client-id"}), FAULTS, TOO_MANY

    def answer(self, path, query, page):
        return THREAD if path == "/comments/1oakfa" else (LIST, NEXT)[page]

    def test_reddit_is_told_in_its_form_who_asks(self):
        self.read()
        agents = {one.headers["user-agent"] for one in self.asked}
        assert agents == {f"server:schoolgate:{version('schoolgate')} (by /u/oakfield_office)"}


def test_a_post_and_the_comments_under_it_are_as_in_reddits_feeds():
    post = parse(LIST).mentions[0]
    assert post == Mention(
        id=own_id("t3_1oakfa"),
        url="https://www.reddit.com/r/northvale/comments/1oakfa/oakfield_primary_the_zigzags/",
        channel="reddit",
        kind=MentionKind.POST,
        title="Oakfield Primary & the zigzags",
        text="Cars on the zigzags again.",
        quoted="the gate was shut",
        quote_first=True,
        author="/u/hedge_and_ditch",
        published=datetime(2025, 11, 17, 8, 0, tzinfo=UTC),
        edited=datetime(2025, 11, 17, 8, 10, tzinfo=UTC),
        fetched_at=FETCHED_AT,
    )
    opening, answer, nested = parse(THREAD, COMMENTS).mentions
    assert opening == replace(post, edited=None)
    assert (answer.parent, answer.kind, answer.title) == (post.id, MentionKind.REPLY, post.title)
    assert (nested.parent, nested.author, nested.text) == (answer.id, None, "They did not.")


def test_the_threads_of_posts_that_hold_what_was_searched_for_are_read_in_reddits_own_words_for_programs():
    page = parse(LIST)
    assert [asked.url for asked in (page.next, *page.follow)] == [SECOND.url, COMMENTS]
    (first,) = REDDIT.requests(SOURCE, SourceState("s"), FETCHED_AT)
    agent = f"server:schoolgate:{version('schoolgate')} (by /u/oakfield_office)"
    for asked in (first, page.next, *page.follow):
        assert (asked.headers, asked.auth) == ((("User-Agent", agent),), "mine")
    assert (first.url, parse(NEXT).next, parse(NEXT).follow) == (FIRST.url, None, ())


def test_what_was_taken_down_is_counted_and_what_reddit_does_not_list_is_said():
    assert parse(LIST).left_out == ("Posts that were taken down, and are left out: 1.",)
    thread = parse(THREAD, COMMENTS)
    assert thread.left_out == ("Posts that were taken down, and are left out: 1.",)
    assert thread.unread == ("Comments that Reddit does not list with their thread: 3 or more.",)


def test_a_community_that_closed_after_the_search_is_no_fault_of_the_key():
    body = json.dumps({"reason": "private", "message": "Forbidden", "error": 403}).encode()
    closed = Response(COMMENTS, 403, (), body, FETCHED_AT)
    assert key_kinds()["reddit"].fault_of(closed) is KeyFault.ABSENT
    assert key_kinds()["reddit"].fault_of(replace(closed, body=b"")) is KeyFault.UNAPPROVED


def test_reddit_x_and_nextdoor_are_read_by_leave_alone_and_reddit_is_told_who_asks():
    assert all(needs_leave(kind, CATALOGUE[kind].url) for kind in ("reddit", "x", "nextdoor"))
    with pytest.raises(ValidationError, match="account"):
        settings_of("reddit").model_validate(SETTINGS | {"account": "u/oakfield office"})


def test_posts_and_comments_that_are_held_are_looked_up_by_their_names():
    held = [HeldPost(m.id, m.url) for m in parse(THREAD, COMMENTS).mentions]
    other = HeldPost("0" * 16, "https://www.reddit.com/r/northvale/")
    (lookup,) = REDDIT.lookups(SOURCE, [*held, other])
    names = ["t3_1oakfa", "t1_kk11aa", "t1_kk11ab"]
    assert lookup.request.url == f"https://oauth.reddit.com/api/info?id={'%2C'.join(names)}"
    assert lookup.asked == {own_id(name): name for name in names}
    post, answer = LIST["data"]["children"][0], THREAD[1]["data"]["children"][0]["data"]
    gone = {"kind": "t1", "data": answer | {"body": "[removed]", "replies": ""}}

    def standing(found):
        return REDDIT.standing(SOURCE, answered(lookup.request.url, found))

    listed = {"kind": "Listing", "data": {"after": None, "children": [post, gone]}}
    assert standing(listed) == {"t3_1oakfa"}
    assert standing({"kind": "Listing", "data": {"after": "t1_kk11ab", "children": [post]}}) is None
    assert standing({"message": "Too Many Requests", "error": 429}) is None


def test_its_token_is_asked_for_as_an_application_with_the_secret_in_a_header():
    request = session_request(Key("mine", key_kinds()["reddit"], "s3cret", user="an-id"))
    assert (request.url, request.body) == (
        "https://www.reddit.com/api/v1/access_token", b"grant_type=client_credentials",
    )  # fmt: skip
    assert ("Authorization", "Basic YW4taWQ6czNjcmV0") in request.headers
