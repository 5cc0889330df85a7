"""A month of ten places with keys keeps within every budget, and no place is forgotten."""

import json
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.mutants import SETTINGS

from data.store.sources import use_of_key
from data.types import FetchFailure, Outcome, Response, Source, SourceState
from monitor.home.wiring import key_purse, open_store
from monitor.pipeline.collect import collect
from sources.http.guard import FetchAborted
from sources.keys import Key, key_kinds, pence_of, plan_ask, reserve
from sources.registry import CATALOGUE, collector
from sources.runs import wait_s

BEGIN, DAYS = datetime(2026, 11, 1, tzinfo=UTC), 30
POUNDS = 5.0


@pytest.mark.timeout(1200)
def test_a_month_of_ten_places_asks_and_costs_no_more_than_its_budgets(tmp_path, capsys):
    store, dice = open_store(tmp_path / "home", lambda: BEGIN), random.Random("month")
    purse, now = key_purse(store), BEGIN
    keys = {
        kind.name: Key(kind.name, kind, "s", pence_a_month=POUNDS * 100 if kind.pence_each else None)
        for kind in key_kinds().values()
    }
    places = [name for name in CATALOGUE if CATALOGUE[name].key]
    places += ["youtube", "bluesky", "youtube"][: 10 - len(places)]
    sources = [
        Source(
            f"{n}-{kind}", kind, CATALOGUE[kind].url, ("900001",), max_pages=CATALOGUE[kind].max_pages,
            settings={**SETTINGS[kind], "credential": CATALOGUE[kind].key},
        )
        for n, kind in enumerate(places)
    ]  # fmt: skip
    states = {s.id: SourceState(s.id) for s in sources}
    asks, read, refused = Counter(), Counter(), Counter()

    def fetch(request, conditional=None):
        key = keys[request.auth]
        try:
            asked = reserve(purse, key, request.url, now)
        except FetchAborted as stop:
            refused[key.name] += 1
            return FetchFailure(stop.outcome, request.url, stop.detail, now, None, stop.retry_after_s)
        asks[key.name, asked.allowance.path, asked.day] += 1
        answer = Response(request.url, 200, (), json.dumps(nothing(request.url, dice)).encode(), now)
        if asked.pence:
            purse.settle(asked, max(asked.pence - pence_of(key.kind, answer), 0.0))
        return answer

    while now < BEGIN + timedelta(days=DAYS):
        for source in sources:
            if wait_s(source, states[source.id], now, jitter_01=0.5) > 0:
                continue
            run = collect(source, states[source.id], collector(source.kind), fetch, lambda at=now: at).run
            read[source.id, now.date()] += run.outcome is not Outcome.BLOCKED
            wait = run.retry_after_s
            states[source.id] = replace(
                states[source.id], last_run_at=now, last_outcome=run.outcome, last_detail=run.detail,
                last_ok_at=now if run.outcome.is_seen else states[source.id].last_ok_at,
                failures_in_a_row=0 if run.outcome.is_seen else states[source.id].failures_in_a_row + 1,
                not_before=now + timedelta(seconds=wait) if wait else None,
            )  # fmt: skip
        now += timedelta(minutes=15)

    for (name, path, day), n in asks.items():
        most = plan_ask(keys[name], f"{keys[name].at_server('/')}{path.lstrip('/')}", now).asks_a_day
        assert not most or n <= most, (name, path, day, n)
    with store.open_reader() as con, capsys.disabled():
        for name in keys:
            month = sum(n for (of, _, _), n in asks.items() if of == name)
            pence = use_of_key(con, name, "", (now - timedelta(hours=1)).date()).pence
            sys.stdout.write(
                f"{name}: {month} asks, £{pence / 100:.2f}, {refused[name]} refused by its budget\n"
            )
            assert pence <= POUNDS * 100
    days = [(BEGIN + timedelta(days=n)).date() for n in range(1, DAYS)]
    free = [s for s in sources if not key_kinds()[CATALOGUE[s.kind].key].pence_each]
    assert all(read[s.id, day] for s in free for day in days)
    assert not refused["youtube"]


def nothing(url, dice):
    """An answer that every interface here could give, of no post; that of X counts some that it sends."""
    of = "search" if "/search" in url else "commentThread"
    return {
        "kind": f"youtube#{of}ListResponse", "items": [], "posts": [], "result": [],
        "nextPageToken": dice.randbytes(4).hex(),
        "data": {"children": []} if "reddit" in url else [],
        "meta": {"result_count": dice.choice((0, 0, 0, 1, 3))},
    }  # fmt: skip
