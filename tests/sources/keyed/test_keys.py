"""A key is asked within its budgets, which two programs share, and goes to its own hosts alone."""

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders.fetcher import A_KEY_KIND, NOW, fetcher_for, with_key
from support.web_server import Answer, serve

from data.store.sources import use_of_key
from data.types import Outcome, Request, Response, Source, SourceState
from monitor.home.wiring import key_purse, open_store
from sources.keys import Allowance, FaultRow, Key, KeyFault, KeySession, key_kinds, plan_ask, refusal, reserve
from sources.runs import wait_s
from sources.walls import KEY_USED_UP

SEARCH = "https://127.0.0.1/search"
PAID = replace(
    A_KEY_KIND,
    asks=(Allowance("/search", 3), Allowance("", 0)),
    pence_each=0.4,
    most=10,
    counted=("meta.count",),
)
PACIFIC = replace(PAID, resets="America/Los_Angeles")


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "home", lambda: NOW)


def a_key(kind=PAID, **changes):
    return Key("api", kind, "abc", "api.key", **{"pence_a_month": 9.0, **changes})


def used(store, key, url=SEARCH, now=NOW):
    ask = plan_ask(key, url, now)
    with store.open_reader() as con:
        return use_of_key(con, key.name, ask.allowance.path, ask.day)


def test_a_day_has_so_many_asks_and_a_month_so_many_pence_and_each_says_when_it_goes_on(store):
    purse = key_purse(store)
    free = a_key(replace(PACIFIC, pence_each=0.0))
    for _ in range(3):
        reserve(purse, free, SEARCH, NOW)
    for url, goes_on in ((SEARCH, "Wednesday 18 November at 08:00"), ("https://127.0.0.1/other", "")):
        if not goes_on:
            reserve(purse, free, url, NOW)  # another budget of the platform's
            continue
        with pytest.raises(Exception, match=KEY_USED_UP) as stop:
            reserve(purse, free, url, NOW)
        assert goes_on in stop.value.detail
        assert stop.value.retry_after_s is None
    paid = replace(a_key(replace(PAID, asks=())), name="paid")
    for _ in range(2):
        reserve(purse, paid, SEARCH, NOW)
    with pytest.raises(Exception, match="Tuesday 1 December at 00:00"):
        reserve(purse, paid, SEARCH, NOW)
    reserve(purse, paid, SEARCH, datetime(2026, 12, 1, tzinfo=UTC))


def test_the_schools_own_limit_holds_where_it_is_lower(store):
    key = a_key(asks_a_day=1)
    reserve(key_purse(store), key, SEARCH, NOW)
    with pytest.raises(Exception, match=KEY_USED_UP):
        reserve(key_purse(store), key, SEARCH, NOW)


@pytest.mark.parametrize(
    ("answer", "pence"),
    [
        (b'{"meta": {"count": 2}}', 0.8),
        (b'{"meta": {"count": 0}}', 0.0),
        (b"{}", 4.0),
    ],
)
def test_what_an_answer_cost_is_counted_and_no_more(store, answer, pence):
    with serve({"/search": Answer(200, answer)}) as site:
        fetcher = fetcher_for(site, **with_key("api", kind=PAID, purse=key_purse(store), pence_a_month=9.0))
        assert fetcher.fetch(Request(f"{site}/search", auth="api")).status == 200
    assert used(store, a_key()).pence == pytest.approx(pence)
    assert used(store, a_key()).asks == 1


def test_a_refused_ask_costs_nothing_but_is_counted(store):
    with serve({"/search": Answer(401, b"{}")}) as site:
        fetcher = fetcher_for(site, **with_key("api", kind=PAID, purse=key_purse(store), pence_a_month=9.0))
        assert fetcher.fetch(Request(f"{site}/search", auth="api")).outcome is Outcome.MISCONFIGURED
    assert (used(store, a_key()).asks, used(store, a_key()).pence) == (1, 0.0)


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


def test_a_session_is_opened_once_and_again_where_it_is_over():
    opened, asked = [], []

    def session(exchange):
        opened.append(json.loads(exchange.asked.body))
        return Answer(200, json.dumps({"token": f"t{len(opened)}"}).encode())

    def search(exchange):
        asked.append(exchange.asked.headers["authorization"])
        over = asked[-1] == "Bearer t1" and len(asked) > 2
        return Answer(400, b'{"error": "Expired"}') if over else Answer(200, b"{}")

    with serve({"/session": session, "/search": search}) as site:
        begin = KeySession(f"{site}/session", "json", "token", user="name", secret="pass")
        faults = (FaultRow(KeyFault.EXPIRED, "expired", 400),)
        kind = replace(A_KEY_KIND, way="session", session=begin, faults=faults)
        fetcher = fetcher_for(site, **with_key("api", kind=kind, user="@school"))
        for _ in range(3):
            assert fetcher.fetch(Request(f"{site}/search", auth="api")).status == 200
    assert opened == [{"name": "school", "pass": "abc"}] * 2
    assert asked == ["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(("header", "wait"), [
    ({"retry-after": "90"}, 90.0), ({"x-reset": "30"}, 30.0), ({"x-reset": "soon"}, None), ({}, None),
    ({"x-reset": str(int(NOW.timestamp()) + 60)}, 60.0),
])  # fmt: skip
def test_when_asks_go_on_is_read_from_the_platforms_own_header_too(header, wait):
    answer = Response(SEARCH, 429, tuple(header.items()), b"{}", NOW)
    stop = refusal(a_key(replace(PAID, reset_header="X-Reset")), answer)
    assert stop is not None
    assert stop.retry_after_s == wait


LEADS_ON = b'{"text": "<meta http-equiv=refresh content=\'0; url=/elsewhere\'>"}'


@pytest.mark.parametrize(("answer", "outcome", "words"), [
    (Answer(403, b"<html>Blocked by the filter of the trust</html>"), Outcome.UNREACHABLE, "filter"),
    (Answer(200, b"<html>Please accept the rules</html>"), Outcome.UNREACHABLE, "filter"),
    (Answer(302, b"", {"Location": "http://filter.test/"}), Outcome.UNREACHABLE, ""),
    (Answer(429, b"<html>slow</html>"), Outcome.BLOCKED, "too often"),
    (Answer(403, b"{}"), Outcome.MISCONFIGURED, "has not approved"),
])  # fmt: skip
def test_what_a_filter_answers_in_the_platforms_place_is_no_fault_of_the_key(answer, outcome, words):
    with serve({"/search": answer}) as site:
        failure = fetcher_for(site, **with_key("api")).fetch(Request(f"{site}/search", auth="api"))
    assert failure.outcome is outcome
    assert words in failure.detail


def test_a_strangers_words_lead_nowhere():
    with serve({"/search": LEADS_ON, "/elsewhere": b"{}"}) as site:
        answer = fetcher_for(site, **with_key("api")).fetch(Request(f"{site}/search", auth="api"))
    assert answer.body == LEADS_ON
    assert site.paths == ["/search"]


def test_a_secret_with_a_sign_that_no_header_may_hold_is_not_repeated():
    with serve({"/search": b"{}"}) as site:
        keyed = with_key("api", secret="s3cr\u20act\n")
        failure = fetcher_for(site, **keyed).fetch(Request(f"{site}/search", auth="api"))
    assert failure.outcome is Outcome.MISCONFIGURED
    assert "s3cr" not in str(failure)


def test_nobody_stays_away_for_years_whatever_a_platform_says():
    answer = Response(SEARCH, 429, (("x-reset", "999999999999"),), b"{}", NOW)
    stop = refusal(a_key(replace(PAID, reset_header="X-Reset")), answer)
    assert stop is not None
    assert stop.retry_after_s == timedelta(days=1).total_seconds()


def test_another_account_gets_a_session_of_its_own():
    opened = []

    def session(exchange):
        opened.append(exchange.asked.body)
        return Answer(200, b'{"token": "t"}')

    with serve({"/session": session, "/search": b"{}"}) as site:
        begin = KeySession(f"{site}/session", "json", "token")
        kind = replace(A_KEY_KIND, way="session", session=begin)
        keys = [with_key("api", kind=kind, user=user)["keys"]("api") for user in ("one", "two")]
        fetcher = fetcher_for(site, **with_key("api", kind=kind) | {"keys": lambda name: keys[0]})
        for _ in range(2):
            fetcher.fetch(Request(f"{site}/search", auth="api"))
        keys.pop(0)
        fetcher.fetch(Request(f"{site}/search", auth="api"))
    assert len(opened) == 2


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
