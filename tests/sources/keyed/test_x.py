"""X, from answers in the shape that its documentation describes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import parse_qs, urlencode, urlsplit

from builders.twin import KeyedConformance, answered, keyed_json
from conformance import FETCHED_AT, CollectorConformance, Document
from support.for_each import for_each

from data.ids import mention_id
from data.types import HeldPost, Mention, MentionKind, Outcome, Response, Source, SourceState
from monitor.pipeline.collect import collect
from sources.keyed.api import write_queries
from sources.keys import key_kinds, pence_of
from sources.query import parse_query
from sources.registry import collector
from sources.runs import outcome_of

QUERY = '("Oakfield Primary" -Ohio) -is:retweet'
SETTINGS = {"credential": "mine", "query": '"Oakfield Primary" NOT Ohio'}
PAGES = [keyed_json(f"x_{n}") for n in (1, 2)]
SOURCE = Source("s", "x", "https://api.x.com/2/", settings=SETTINGS)
X = collector("x")


def search(**window):
    """The address of a search of that span."""
    fields = {"max_results": 20, "tweet.fields": "created_at,note_tweet"}
    return f"https://api.x.com/2/tweets/search/recent?{urlencode({'query': QUERY, **window, **fields})}"


SPAN = {"start_time": "2026-11-11T09:00:00Z", "end_time": "2026-11-17T08:59:30Z"}
FIRST = Document("keyed/x_1.json", search(**SPAN), 2, "nobody came", "json")
SECOND = Document("keyed/x_2.json", search(**SPAN, next_token=PAGES[0]["meta"]["next_token"]), 1)


def parse(found, url=FIRST.url, at=FETCHED_AT, source=SOURCE):
    """The page read of such an answer."""
    return X.parse(source, answered(url, found, at))


def asked(resume=None, at=FETCHED_AT, source=SOURCE):
    """The one address that is asked for first."""
    (request,) = X.requests(source, SourceState("s", resume=resume), at)
    assert request.auth == "mine"
    return request.url


UNAUTHORIZED = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
NOT_ENROLLED = {
    "client_id": "12", "title": "Client Forbidden", "reason": "client-not-enrolled",
    "required_enrollment": "Appropriate Level of API Access",
    "type": "https://api.twitter.com/2/problems/client-forbidden",
}  # fmt: skip
NO_CREDITS = {
    "title": "CreditsDepleted", "type": "https://api.twitter.com/2/problems/credits",
    "detail": "Your enrolled account [12] does not have any credits to fulfill this request.",
}  # fmt: skip
CAPPED = {
    "account_id": 12, "title": "UsageCapExceeded", "period": "Monthly", "scope": "Product",
    "type": "https://api.twitter.com/2/problems/usage-capped",
}  # fmt: skip
TOO_MANY = {"title": "Too Many Requests", "type": "about:blank", "status": 429, "detail": "Too Many Requests"}
AHEAD = {
    "title": "Invalid Request", "type": "https://api.twitter.com/2/problems/invalid-request",
    "errors": [{"message": "'end_time' must be a minimum of 10 seconds prior to the request time."}],
}  # fmt: skip
FAULTS = {
    "wrong": (401, {}, UNAUTHORIZED),
    "unapproved": (403, {}, NOT_ENROLLED),
    "unpaid": (402, {}, NO_CREDITS),
    "used_up": (429, {}, CAPPED),
    "too_often": (429, {}, TOO_MANY),
    "too_often_later": (429, {"x-rate-limit-reset": str(int(FETCHED_AT.timestamp()) + 600)}, TOO_MANY),
    "clock": (400, {}, AHEAD),
    "broken": (503, {}, {"title": "Service Unavailable", "type": "about:blank", "status": 503}),
}
NOT_AUTHORIZED = {
    "resource_type": "tweet", "resource_id": "7", "title": "Authorization Error",
    "type": "https://api.twitter.com/2/problems/not-authorized-for-resource",
}  # fmt: skip
REFUSED = {"errors": [NOT_AUTHORIZED], "meta": {"result_count": 0}}


class TestX(CollectorConformance):
    kind = "x"
    settings, recognised = SETTINGS, False
    documents, pages = (FIRST,), (FIRST, SECOND)

    def source(self, document: Document) -> Source:
        return replace(super().source(document), url=SOURCE.url)


class TestXsTwin(KeyedConformance):
    kind, key, url, cursor, settings = "x", "x", SOURCE.url, "next_token", SETTINGS
    needs = MappingProxyType({})
    faults, refused_empty = FAULTS, REFUSED

    def answer(self, path, query, page):
        assert path == "/2/tweets/search/recent"
        assert "expansions" not in query
        return PAGES[page]


def test_a_post_has_no_author_an_address_of_its_own_and_the_id_of_its_first_version():
    post, long = parse(PAGES[0]).mentions
    assert post == Mention(
        id=mention_id("x", "2057400000000000004"),
        url="https://x.com/i/web/status/2057400000000000005",
        channel="x",
        kind=MentionKind.POST,
        title="",
        text="The gate at Oakfield Primary was shut at ten to nine & nobody came",
        published=datetime(2026, 11, 17, 8, 51, 7, tzinfo=UTC),
        fetched_at=FETCHED_AT,
    )
    assert long.text.endswith("asked for the second carol twice.")


def test_each_reading_asks_for_the_time_since_the_last_so_that_no_post_is_bought_twice():
    assert asked() == FIRST.url
    later = FETCHED_AT + timedelta(hours=1)
    whole = parse(PAGES[1], SECOND.url)
    assert whole.next is None
    assert asked(whole.resume, later) == search(start_time=SPAN["end_time"], end_time="2026-11-17T09:59:30Z")
    cut = parse(PAGES[0])
    assert asked(cut.resume, later) == cut.next.url == SECOND.url
    month = FETCHED_AT + timedelta(days=30)  # in which the pounds were used up
    span = {"start_time": "2026-12-11T09:00:00Z", "end_time": "2026-12-17T08:59:30Z"}
    assert asked(cut.resume, month) == search(**span)
    other = replace(SOURCE, settings=SETTINGS | {"query": '"Oakfield School"'})
    assert "next_token" not in asked(cut.resume, later, other)


def test_over_a_day_of_readings_with_a_limit_of_pages_every_post_is_bought_once():
    begins = FETCHED_AT - timedelta(days=5)
    posts = [(begins + timedelta(minutes=17 * n), str(10**18 + n)) for n in range(500)]
    bought = []

    def fetch(request, _):
        told = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        since, until = (datetime.fromisoformat(told[name]) for name in ("start_time", "end_time"))
        assert now - timedelta(days=7) <= since < until <= now - timedelta(seconds=10)
        found = [each for each in reversed(posts) if since <= each[0] < until]
        at = int(told.get("next_token", 0))
        some = [{"id": own, "text": "…", "created_at": f"{when:%FT%TZ}"} for when, own in found[at : at + 20]]
        bought.extend(post["id"] for post in some)
        meta = {"result_count": len(some)} | ({"next_token": str(at + 20)} if found[at + 20 :] else {})
        return answered(request.url, {"data": some, "meta": meta}, now)

    state = SourceState("s")
    for hour in range(24):
        now = FETCHED_AT + timedelta(hours=hour)
        run = collect(SOURCE, state, X, fetch, lambda at=now: at).run
        state = SourceState("s", resume=run.resume, scope=run.scope)
        if not hour:
            assert run.warnings[0].startswith("More is there than the 5 pages")
    assert sorted(bought) == [own for when, own in posts if when < now - timedelta(seconds=30)]


def test_a_query_too_long_for_one_ask_is_asked_in_parts_over_the_same_span():
    towns = ("Larchford", "Northvale", "Southmere", "Eastholme")
    names = [f'"Oakfield Primary {town * 12}"' for town in towns]
    several = replace(SOURCE, settings=SETTINGS | {"query": " OR ".join(names)})
    first, second = write_queries(parse_query(" OR ".join(names)), whole="({}) -is:retweet")
    assert len(first) <= 512
    assert all(name in first + second for name in names)
    page = parse(PAGES[1], search(**SPAN, **{"query": first}), source=several)
    told = parse_qs(urlsplit(page.next.url).query)
    assert (told["query"], told["end_time"]) == ([second], [SPAN["end_time"]])
    assert page.resume == page.next.url


def test_what_x_keeps_back_is_said_and_an_answer_of_something_else_is_none():
    missing = parse({"data": PAGES[1]["data"], "meta": {"result_count": 4}})
    assert (len(missing.mentions), missing.unread) == (1, ("Posts that X found and did not show: 3.",))
    assert parse({"title": "Service Unavailable"}).unread
    nothing = parse({"meta": {"result_count": 0}})
    assert (nothing.mentions, nothing.unread, nothing.warnings) == ((), (), ())
    busy = SourceState("s", usual_mentions=9.0)
    assert outcome_of(nothing, busy) is Outcome.EMPTY, "an hour without a post is no sign of a fault"


def test_posts_that_are_held_are_looked_up_by_their_ids_and_what_was_not_spoken_of_is_not_judged():
    held = [HeldPost(m.id, m.url) for m in parse(PAGES[0]).mentions]
    other = HeldPost("0" * 16, "https://x.com/somebody/status/3")
    (lookup,) = X.lookups(SOURCE, [*held, other])
    ids = ["2057400000000000005", "2057400000000000003"]
    assert lookup.request.url == f"https://api.x.com/2/tweets?ids={'%2C'.join(ids)}"
    assert lookup.asked == dict(zip((post.id for post in held), ids, strict=True))
    gone = {"resource_type": "tweet", "resource_id": ids[1], "title": "Not Found Error",
            "type": "https://api.twitter.com/2/problems/resource-not-found"}  # fmt: skip

    def standing(found):
        return X.standing(SOURCE, answered(lookup.request.url, found))

    assert standing({"data": [{"id": ids[0], "text": "…"}], "errors": [gone]}) == {ids[0]}
    assert standing({"data": [{"id": ids[0], "text": "…"}]}) is None
    assert standing({"errors": [gone]}) is None
    assert standing({}) is None
    many = [HeldPost(f"{n:016}", f"https://x.com/i/web/status/{n}") for n in range(41)]
    assert len(X.lookups(SOURCE, many)) == 3


def test_an_ask_is_no_larger_than_what_is_reserved_for_it():
    assert f"max_results={key_kinds()['x'].most}&" in asked()


@for_each(("path", "answer", "posts"), [
    ("tweets/search/recent", {"data": [{}, {}], "meta": {"result_count": 3}}, 3),
    ("tweets/search/recent", {"data": [{}, {}]}, 2),
    ("tweets/search/recent", {}, 20),
    ("tweets?ids=1", {"data": [{}], "errors": [{}]}, 1),
    ("tweets?ids=1", {"errors": [{}]}, 0),
    ("usage/tweets", {"data": {"project_usage": "12"}}, 0),
])  # fmt: skip
def test_an_answer_costs_what_it_counts_or_lists_or_for_a_search_with_neither_the_most(path, answer, posts):
    came = Response(f"https://api.x.com/2/{path}", 200, (), json.dumps(answer).encode(), FETCHED_AT)
    assert pence_of(key_kinds()["x"], came) == posts * 0.4
