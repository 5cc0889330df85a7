"""The service has the audit chain's end stamped once a day by a real server; without one nobody is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.case_desk import run
from builders.evidence import OPENED, a_kept_case
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store
from builders.judges import OAKFIELD, judges
from builders.mention import Clock
from support.time_server import an_authority, time_server
from support.web_server import serve

from alerts.links import Links
from monitor.config.home.context import Context
from monitor.config.load import load
from monitor.service.delivery import Delivered
from monitor.service.step import Service

JUDGES = judges(OAKFIELD)
CONFIG = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


@pytest.fixture
def store(tmp_path):
    store = a_migrated_store(tmp_path)
    (tmp_path / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
    return store


@pytest.fixture
def clock():
    return Clock(OPENED)


def a_service(store, clock, site):
    return Service(
        store=store, context=Context(load(store.home / "schoolgate.toml", {}), store.home, Links()),
        judges=lambda: JUDGES, fetcher=fetcher_for(site), deliver=lambda *_: Delivered(), tasks={},
        clock=clock,
    )  # fmt: skip


def configured(store, site, authority):
    table = f'\n[evidence]\ntimestamp_url = "{site}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
    (store.home / "schoolgate.toml").write_text(CONFIG + table, encoding="utf-8")


def verified(store):
    return run("evidence", "verify", "--json", "--home", str(store.home)).data


def test_the_end_is_stamped_once_a_day_and_holds(store, clock, tmp_path):
    a_kept_case(store)
    authority = an_authority(tmp_path / "authority")
    with time_server(authority) as site:
        configured(store, site, authority)
        service = a_service(store, clock, site)
        for hours in (0, 5, 24):
            clock.at = OPENED + timedelta(hours=hours)
            service.stamp()
    assert site.paths == ["/tsr", "/tsr"]
    assert (service.health.faults, service.health.last["stamp"]) == ({}, clock.at)
    found = verified(store)
    assert found["holds"]
    assert [s["capture"] for s in found["stamps"]] == ["end-9", "end-13"]


def test_where_no_stamp_comes_nothing_is_kept_it_is_counted_and_the_next_tick_tries_again(
    store, clock, tmp_path
):
    a_kept_case(store)
    authority = an_authority(tmp_path / "authority")
    with time_server(authority, "error") as site:
        configured(store, site, authority)
        service = a_service(store, clock, site)
        service.stamp()
        tried = len(site.paths)
        service.stamp()
        assert len(site.paths) == 2 * tried > 0
    assert service.health.faults == {"stamp": 2}
    assert verified(store)["captures"] == 1


@pytest.mark.parametrize("case", [True, False])
def test_without_a_time_server_or_where_nothing_was_ever_done_nobody_is_asked(store, clock, tmp_path, case):
    with serve({}) as site:
        if case:
            a_kept_case(store)
        else:
            configured(store, site, an_authority(tmp_path / "authority"))
        service = a_service(store, clock, site)
        service.stamp()
        assert site.paths == []
    assert service.health.faults == {}
