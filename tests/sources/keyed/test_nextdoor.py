"""Nextdoor's search, as its documentation shows it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from builders.twin import KeyedConformance
from conformance import FETCHED_AT, CollectorConformance, Document

from data.ids import mention_id
from data.types import MentionKind, SourceState
from sources.keys import Key, key_kinds, session_request

PAGE = Document(
    "keyed/nextdoor.json",
    "https://nextdoor.co.uk/content_api/v2/search_post?query=Oakfield",
    4,
    words="nobody answered",
    escape="json",
    content_type="application/json",
)


SETTINGS: Mapping[str, object] = {
    "query": '"Oakfield Primary School" OR "Oakfield Primary" Northvale NOT Warwickshire',
    "latitude": 51.501,
    "longitude": -0.142,
}


class TestNextdoor(CollectorConformance):
    kind = "nextdoor"
    documents = (PAGE,)
    recognised = False
    settings: ClassVar[Mapping[str, object]] = {"credential": "nextdoor", **SETTINGS}

    def test_it_asks_once_for_each_alternative_around_the_school(self) -> None:
        asked = self.collector().requests(self.source(PAGE), SourceState("conformance"), FETCHED_AT)
        assert {(urlsplit(a.url).path, a.auth) for a in asked} == {
            ("/content_api/v2/search_post", "nextdoor")
        }
        queries = [parse_qs(urlsplit(a.url).query) for a in asked]
        assert [q["query"] for q in queries] == [["Oakfield Primary School"], ["Oakfield Primary Northvale"]]
        assert queries[0] | {"query": []} == queries[1] | {"query": []}
        around = {name: queries[0][name][0] for name in ("lat", "lon", "radius", "include_comments")}
        assert around == {"lat": "51.501", "lon": "-0.142", "radius": "3.0", "include_comments": "true"}

    def test_a_post_bears_its_public_address_and_its_comments_name_what_they_answer(self) -> None:
        page = self.parse(PAGE)
        post, comment, answer, council = page.mentions
        assert post.id == mention_id("nextdoor", "AbC1")
        assert (post.url, post.channel) == ("https://nextdoor.co.uk/p/AbC1?utm_source=partner", "nextdoor")
        assert (post.kind, post.title, post.author) == (MentionKind.POST, "Gate on Larch Road", "Wren A.")
        assert post.text.startswith("The gate at Oakfield Primary School was left open")
        assert post.text.endswith("three.\nHas anybody told them?")
        assert post.published == datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
        assert (comment.kind, comment.parent, answer.parent) == (MentionKind.COMMENT, post.id, comment.id)
        assert comment.url == f"{post.url}#comment_71"
        assert answer.published == datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
        assert council.url == "https://nextdoor.co.uk/embed/AbC2"
        assert (page.left_out, page.unread) == (("Posts without the words searched for: 1.",), ())

    def test_what_is_barred_is_looked_for_in_the_post_and_not_in_its_comments(self) -> None:
        source, post = self.source(PAGE), json.loads(PAGE.body)["posts"][0]
        source = replace(source, settings={**source.settings, "query": "Oakfield NOT Warwickshire"})
        post["comments"][0]["body"] = "As in Warwickshire"
        for more, count in (({}, 3), ({"title": "Warwickshire"}, 0)):
            answer = replace(PAGE.response(), body=json.dumps({"posts": [post | more]}).encode())
            assert len(self.collector().parse(source, answer).mentions) == count

    def test_posts_that_are_counted_and_not_shown_are_unread(self) -> None:
        body = json.dumps({"posts": [], "posts_length": 4}).encode()
        assert self.parse(PAGE, body).unread == ("Nextdoor found 4 posts and showed 0 of them.",)


class TestNextdoorTwin(KeyedConformance):
    """Errors have the form of OAuth 2.0 (RFC 6749, 5.2): Nextdoor shows none of its own."""

    kind, key, url, cursor = "nextdoor", "nextdoor", "https://nextdoor.co.uk/content_api/v2/", "none"
    settings = SETTINGS
    faults: ClassVar = {
        "wrong": (401, {}, {"error": "invalid_client"}),
        "expired": (401, {}, {"error": "invalid_token", "error_description": "The token expired"}),
        "unapproved": (403, {}, {"error": "insufficient_scope"}),
        "too_often": (429, {}, {}),
        "too_often_later": (429, {"Retry-After": "90"}, {}),
        "broken": (500, {}, {}),
    }
    refused_empty: ClassVar = {"posts": [], "posts_length": 4}

    def answer(self, path: str, query: Mapping[str, str], page: int) -> object:
        assert (path, query["include_comments"]) == ("/content_api/v2/search_post", "true")
        return json.loads(PAGE.body)


def test_the_session_is_opened_by_client_id_and_secret_for_posts_alone() -> None:
    request = session_request(Key("mine", key_kinds()["nextdoor"], "abc", user="oakfield"))
    assert request.url == "https://auth.nextdoor.com/v2/token"
    assert ("Authorization", "Basic b2FrZmllbGQ6YWJj") in request.headers
    fields = {"grant_type": ["client_credentials"], "scope": ["openid content_api.search_post"]}
    assert parse_qs((request.body or b"").decode()) == fields
