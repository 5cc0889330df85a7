"""The service's own tick for looking again: what is due, and a fault that stops nothing."""

from datetime import UTC, datetime

import pytest
from judging_words import OAKFIELD, judges
from rechecking import PATH, Rechecks
from servers import serve
from threads import AFTER, BEFORE, MEANT, thread

from data.cases import Check
from data.errors import StoreBusy
from monitor.casework.recheck import recheck
from monitor.service.step import Service

JUDGES = judges(OAKFIELD)


@pytest.fixture
def routes():
    return {PATH: thread(BEFORE, AFTER)}


@pytest.fixture
def home(tmp_path, routes):
    with serve(routes) as site:
        made = Rechecks(tmp_path, site)
        made.now = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
        yield made


def a_service(home, store=None):
    return Service(
        store=store or home.store, context=home.context, judges=lambda: JUDGES, fetcher=home.fetch,
        deliver=lambda *_: None, tenders={}, clock=home.clock,
    )  # fmt: skip


def test_what_is_due_is_looked_at_and_counted(home, routes):
    service = a_service(home)
    assert service.recheck() == 0
    recheck(home.store, home.context, home.fetch, "0001", home.clock)
    home.wait(hours=2)
    routes[PATH] = thread(BEFORE, MEANT, AFTER)
    assert service.recheck() == 1
    assert home.steps()[-2].facts["result"] == Check.PRESENT
    assert service.health.last["recheck"] == home.now
    assert service.health.faults == {}


def test_a_fault_is_counted_and_stops_nothing(home):
    class Held:
        def read(self):
            raise StoreBusy("held by another")

    service = a_service(home, Held())
    assert service.recheck() == 0
    assert service.health.faults == {"recheck": 1}
    assert "recheck" not in service.health.last
