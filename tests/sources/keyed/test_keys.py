"""A key is asked within its budgets, which two programs share, and goes to its own hosts alone."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders.fetcher import A_KEY_KIND, NOW, fetcher_for, with_key
from support.web_server import Answer, serve

from data.retention.deleting import purge
from data.store.sources import use_of_key
from data.types import Outcome, Policy, Request, Response, Source, SourceState
from monitor.home.wiring import key_purse, open_store
from sources.http.guard import FetchAborted
from sources.keys import Allowance, Key, KeySession, key_kinds, plan_ask, refusal, reserve, session_request
from sources.runs import wait_s
from sources.walls import KEY_USED_UP

SEARCH = "https://127.0.0.1/search"
ASKS = Allowance("/search", 3), Allowance("", 0)
PAID = replace(A_KEY_KIND, asks=ASKS, pence_each=0.4, most=10, counted=("meta.count",))
BASIC = {"Authorization": "Basic c2Nob29sOmFiYw=="}
PACIFIC = replace(PAID, resets="America/Los_Angeles")


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "home", lambda: NOW)


def a_key(kind=PAID, **changes):
    return Key("api", kind, "abc", "api.key", **{"pence_a_month": 9.0, **changes})


def fetched(routes, times=1, **key):
    """The last answer to that key's search, from a server with these routes, and the addresses asked."""
    with serve(routes) as site:
        fetcher = fetcher_for(site, **with_key("api", **key))
        answers = [fetcher.fetch(Request(f"{site}/search", auth="api")) for _ in range(times)]
    return answers[-1], site.paths


def test_a_day_has_so_many_asks_and_a_month_so_many_pence_and_each_says_when_it_goes_on(store):
    purse = key_purse(store)
    free, lower = a_key(replace(PACIFIC, pence_each=0.0)), replace(a_key(asks_a_day=1), name="lower")
    paid = replace(a_key(replace(PAID, asks=())), name="paid")
    for key, asks, goes_on in (
        (free, 3, "Wednesday 18 November at 08:00"), (paid, 2, "Tuesday 1 December at 00:00"), (lower, 1, ""),
    ):  # fmt: skip
        for _ in range(asks):
            reserve(purse, key, SEARCH, NOW)
        with pytest.raises(FetchAborted, match=f"{KEY_USED_UP}.*{goes_on}") as stop:
            reserve(purse, key, SEARCH, NOW)
        assert stop.value.retry_after_s is None
    reserve(purse, free, "https://127.0.0.1/other", NOW)  # another budget of the platform's
    reserve(purse, paid, SEARCH, datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize(("status", "answer", "pence"), [
    (200, b'{"meta": {"count": 2}}', 0.8), (200, b'{"meta": {"count": 0}}', 0.0),
    (200, b"{}", 4.0), (401, b"{}", 0.0),
    (0, lambda exchange: exchange.head(200, Content_Length=9), 4.0),  # it broke off: X may charge for it
])  # fmt: skip
def test_an_ask_is_counted_and_so_is_what_its_answer_cost_and_no_more(store, status, answer, pence):
    routes = {"/search": Answer(status, answer) if status else answer}
    found, _ = fetched(routes, kind=PAID, purse=key_purse(store), pence_a_month=9.0)
    assert isinstance(found, Response) == (status == 200)
    ask = plan_ask(a_key(), SEARCH, NOW)
    with store.open_reader() as con:
        use = use_of_key(con, "api", ask.allowance.path, ask.day)
    assert (use.asks, use.pence) == (1, pytest.approx(pence))


def test_what_was_asked_is_forgotten_after_thirteen_months_and_never_before(store):
    reserve(key_purse(store), a_key(), SEARCH, NOW)
    for days, asks in ((399, 1), (401, 0)):
        purge(store, NOW + timedelta(days=days), Policy(retain_days=1))
        with store.open_reader() as con:
            assert use_of_key(con, "api", "/search", NOW.date()).asks == asks


def test_programs_that_ask_side_by_side_share_one_budget(store):
    key, purse, granted = a_key(replace(PAID, pence_each=0.0)), key_purse(store), []

    def ask():
        for _ in range(3):
            granted.append(purse.reserve(plan_ask(key, SEARCH, NOW)))

    others = [threading.Thread(target=ask) for _ in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert sorted(granted) == [""] * 3 + ["day"] * 6


def test_a_place_whose_key_is_used_up_is_read_when_it_goes_on():
    source = Source("api", "feed", SEARCH)
    state = SourceState(
        source.id, last_run_at=NOW, last_outcome=Outcome.BLOCKED, failures_in_a_row=4,
        last_detail=f"{KEY_USED_UP} (X); …", not_before=NOW + timedelta(hours=3),
    )  # fmt: skip
    assert wait_s(source, state, NOW + timedelta(hours=3), jitter_01=0.5) == 0


@pytest.mark.parametrize(("kind", "user", "url", "body", "headers"), [
    ("bluesky", "@school", "https://bsky.social/xrpc/com.atproto.server.createSession",
     b'{"identifier": "school", "password": "abc"}', {"Content-Type": "application/json"}),
    ("reddit", "school", "https://www.reddit.com/api/v1/access_token",
     b"grant_type=client_credentials", BASIC),
    ("nextdoor", "school", "https://auth.nextdoor.com/v2/token",
     b"grant_type=client_credentials&scope=openid+content_api.search_post", BASIC),
])  # fmt: skip
def test_a_session_is_asked_for_in_each_platforms_way_and_for_no_more_than_reading(
    kind, user, url, body, headers
):
    request = session_request(Key("mine", key_kinds()[kind], "abc", user=user))
    assert (request.url, request.body) == (url, body)
    assert headers.items() <= dict(request.headers).items()


@pytest.mark.parametrize(("header", "wait"), [
    ({"retry-after": "90"}, 90.0), ({"x-reset": "30"}, 30.0), ({"x-reset": "soon"}, None), ({}, None),
    ({"x-reset": str(int(NOW.timestamp()) + 60)}, 60.0), ({"x-reset": "999999999999"}, 86400.0),
])  # fmt: skip
def test_when_asks_go_on_is_read_from_the_platforms_own_header_too_but_nobody_stays_away_for_years(
    header, wait
):
    answer = Response(SEARCH, 429, tuple(header.items()), b"{}", NOW)
    assert refusal(a_key(replace(PAID, reset_header="X-Reset")), answer).retry_after_s == wait


@pytest.mark.parametrize(("answer", "outcome", "words"), [
    (Answer(403, b"<html>Blocked by the filter of the trust</html>"), Outcome.UNREACHABLE, "filter"),
    (Answer(200, b"<html>Please accept the rules</html>"), Outcome.UNREACHABLE, "filter"),
    (Answer(302, b"", {"Location": "http://filter.test/"}), Outcome.UNREACHABLE, ""),
    (Answer(429, b"<html>slow</html>"), Outcome.BLOCKED, "too often"),
    (Answer(403, b"{}"), Outcome.MISCONFIGURED, "has not approved"),
])  # fmt: skip
def test_what_a_filter_answers_in_the_platforms_place_is_no_fault_of_the_key(answer, outcome, words):
    failure, _ = fetched({"/search": answer})
    assert failure.outcome is outcome
    assert words in failure.detail


def test_a_strangers_words_lead_nowhere():
    leads_on = b'{"text": "<meta http-equiv=refresh content=\'0; url=/elsewhere\'>"}'
    answer, asked = fetched({"/search": leads_on, "/elsewhere": b"{}"})
    assert (answer.body, asked) == (leads_on, ["/search"])


def test_a_secret_with_a_sign_that_no_header_may_hold_is_not_repeated():
    failure, _ = fetched({"/search": b"{}"}, secret="s3cr\u20act\n")
    assert failure.outcome is Outcome.MISCONFIGURED
    assert "s3cr" not in str(failure)


def test_another_account_gets_a_session_of_its_own():
    with serve({"/session": b'{"token": "t"}', "/search": b"{}"}) as site:
        begin = KeySession(f"{site}/session", "json", "token")
        kind = replace(A_KEY_KIND, way="session", session=begin)
        keys = [with_key("api", kind=kind, user=user)["keys"]("api") for user in ("one", "two")]
        fetcher = fetcher_for(site, **with_key("api", kind=kind) | {"keys": lambda name: keys[0]})
        for _ in range(2):
            fetcher.fetch(Request(f"{site}/search", auth="api"))
        keys.pop(0)
        fetcher.fetch(Request(f"{site}/search", auth="api"))
    assert site.paths == ["/session", "/search", "/search", "/session", "/search"]


def test_every_kind_of_key_says_what_a_technician_has_to_know():
    for kind in key_kinds().values():
        assert kind.checked <= date(2026, 11, 28)
        said = (kind.title, kind.secret_called, kind.cost, kind.asks_said, kind.must, kind.empty)
        assert all(said), kind.name
        assert kind.steps
        assert "secret" in kind.fields
        assert ("user" in kind.fields) == bool(kind.user_called)
        assert all(url.startswith("https://") for url in (kind.get_at, kind.terms))
        assert ("pounds_a_month" in kind.fields) == bool(kind.pence_each)
        assert not kind.pence_each or kind.most
        assert (kind.way == "session") == (kind.session is not None)
        assert all(not row.says or row.says.isascii() for row in kind.faults)
