"""Bluesky, from answers in the shape of its lexicons."""

import json
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from builders.twin import KeyedConformance, answered, keyed_json
from conformance import FETCHED_AT, CollectorConformance, Document

from data.ids import mention_id
from data.types import HeldPost, Mention, MentionKind, Source, SourceState
from data.web.urls import is_profile
from sources.registry import collector

SEARCH = "https://bsky.social/xrpc/app.bsky.feed.searchPosts?"
ASKED = {"q": '"Oakfield Primary" -Ohio', "sort": "latest", "since": "2026-08-19", "limit": 100}
SETTINGS = {"credential": "mine", "query": '"Oakfield Primary" NOT Ohio'}
TWO = '"Oakfield Primary" NOT Ohio OR "Oakfield School" Larchford'
PAGES = [keyed_json(f"bluesky_{n}") for n in (1, 2)]
FIRST = Document("keyed/bluesky_1.json", SEARCH + urlencode(ASKED), 3)
SECOND = Document("keyed/bluesky_2.json", SEARCH + urlencode(ASKED | {"cursor": PAGES[0]["cursor"]}), 1)


def parse(found, url=FIRST.url):
    """The page read of such an answer."""
    return collector("bluesky").parse(Source("s", "bluesky", url, settings=SETTINGS), answered(url, found))


class TestBluesky(CollectorConformance):
    kind = "bluesky"
    settings, recognised = SETTINGS, False
    documents, pages = (FIRST,), (FIRST, SECOND)

    def test_each_alternative_is_asked_for_by_itself_and_the_newest_first(self):
        source = Source("s", "bluesky", "https://bsky.social/", settings=SETTINGS | {"query": TWO})
        asked = self.collector().requests(source, SourceState("s"), FETCHED_AT)
        assert [parse_qs(urlsplit(one.url).query) for one in asked] == [
            {"q": [q], "sort": ["latest"], "since": ["2026-08-19"], "limit": ["100"]}
            for q in ('"Oakfield Primary" -Ohio', '"Oakfield School" Larchford')
        ]
        assert {one.auth for one in asked} == {"mine"}
        assert asked[0].url == FIRST.url

    def test_a_reply_is_read_in_full(self):
        mentions = self.parse(FIRST).mentions
        assert mentions[1] == Mention(
            id=mention_id("bluesky", f"at://did:plc:{'b' * 24}/app.bsky.feed.post/3m5examplebb2"),
            url=f"https://bsky.app/profile/did:plc:{'b' * 24}/post/3m5examplebb2",
            channel="bluesky",
            kind=MentionKind.REPLY,
            title="",
            text="They never ring back.\n[Picture] The letter that Oakfield Primary sent home",
            quoted="Head of Oakfield Primary answers parents",
            author="@ben.example.org",
            published=datetime(2026, 11, 17, 7, 10, tzinfo=UTC),
            parent=mentions[0].id,
            fetched_at=FETCHED_AT,
        )

    def test_pictures_films_and_linked_pages_are_read_as_what_is_said_of_them(self):
        first, _, third = self.parse(FIRST).mentions
        assert first.text.endswith("[Picture] Cars on both pavements by the school gate")
        assert third.quoted == "Choir of Oakfield Primary sings at hospice\nTears and smiles on Larch Road."
        (film,) = self.parse(SECOND).mentions
        assert film.text.endswith("[Picture] Stalls in the hall of the school")
        assert film.published == datetime(2026, 11, 15, 12, tzinfo=UTC), "its author wrote 2031"

    def test_what_is_not_for_everybody_is_left_out_and_counted_also_where_it_is_quoted(self):
        assert self.parse(FIRST).left_out == ("Posts that not everybody may see, which were left out: 1.",)
        found = keyed_json("bluesky_1")
        quoted = found["posts"][1]["embed"]["record"]["record"]
        quoted["author"]["labels"] = [{"val": "!no-unauthenticated"}]
        found["posts"][3]["author"]["labels"][0]["neg"] = True
        page = parse(found)
        assert page.mentions[1].quoted == ""
        assert len(page.mentions) == 4, "a label that was taken back counts no more"

    def test_posts_that_are_counted_but_not_shown_are_said(self):
        found = {"hitsTotal": 2, "posts": PAGES[1]["posts"]}
        assert parse(found).warnings == ("Bluesky counts 2 posts that match, and shows 1.",)
        assert parse(found).unread == ()
        assert parse(found | {"posts": []}).unread
        assert self.parse(FIRST).unread == ("1 of 4 posts are not in the shape of a post.",)

    def test_of_a_damaged_answer_the_whole_posts_are_read(self):
        page = self.parse(FIRST, FIRST.body[:-400])
        assert [m.author for m in page.mentions] == [f"@{who}.example.org" for who in ("anna", "ben", "dee")]
        assert page.unread

    def test_posts_are_looked_up_as_somebody_who_is_not_signed_in(self):
        source, held = Source("s", "bluesky", FIRST.url, settings=SETTINGS), self.parse(FIRST).mentions
        other = HeldPost("x", "https://bsky.app/profile/anna.example.org")
        posts = [*(HeldPost(m.id, m.url) for m in held), other]
        (lookup,) = self.collector().lookups(source, posts)
        uris = [post["uri"] for post in PAGES[0]["posts"][:3]]
        assert dict(lookup.asked) == dict(zip([m.id for m in held], uris, strict=True))
        assert parse_qs(urlsplit(lookup.request.url).query) == {"uris": uris}
        assert lookup.request.auth is None
        assert not is_profile(lookup.request.url)
        assert len(self.collector().lookups(source, [HeldPost(str(n), held[0].url) for n in range(26)])) == 2
        answer = FIRST.response(json.dumps({"posts": PAGES[0]["posts"][1:2]}).encode())
        assert self.collector().standing(source, answer) == {uris[1]}
        for unclear in (b"", b'{"error": "UpstreamFailure"}', b'{"posts": null}'):
            assert self.collector().standing(source, FIRST.response(unclear)) is None


class TestTwin(KeyedConformance):
    kind, key, url, cursor = "bluesky", "bluesky", "https://bsky.social/", "cursor"
    settings: ClassVar = {"query": TWO}
    refused_empty: ClassVar = {"hitsTotal": 4, "posts": []}
    faults: ClassVar = {
        "wrong": (401, {}, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}),
        "expired": (400, {}, {"error": "ExpiredToken", "message": "Token has expired"}),
        "revoked": (401, {}, {"error": "AccountTakedown", "message": "Account has been taken down"}),
        "too_often": (429, {}, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}),
        "too_often_later": (
            429, {"RateLimit-Reset": "1794906300"}, {"error": "RateLimitExceeded", "message": "Too many"},
        ),
        "broken": (502, {}, {"error": "UpstreamFailure", "message": "Upstream Failure"}),
    }  # fmt: skip

    def answer(self, path, query, page):
        """A page of the search."""
        assert path == "/xrpc/app.bsky.feed.searchPosts"
        return PAGES[page]

    def test_a_search_that_brings_replies_is_no_thread_to_be_read_on(self):
        assert self.read().run.resume is None
