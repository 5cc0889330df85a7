"""A fleet beside another version: nothing is migrated under it, and what is newer is said, and to whom."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from builders.fleet_engine import Town

from data.errors import StoreTooNew
from data.store.engine import leases
from data.store.engine.open import Store
from monitor.fleet import serve
from monitor.fleet.work import Tend
from monitor.service.state import holder
from monitor.service.state.notebook import Notebook

OLDER = "DELETE FROM migrations WHERE n = (SELECT max(n) FROM migrations)"
NEWER = "INSERT INTO migrations VALUES (99, 'from_the_future', now())"

APART = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute(sys.argv[2])"


@pytest.fixture
def town(tmp_path):
    """Every home was served once."""
    town = Town(tmp_path)
    town.settle(tend=True)
    town.saving.close()
    return town


def played(store, sql):
    with store.alone("act as another version") as con:
        con.execute(sql)


def look_at(town, name="larch"):
    home = next(home for home in town.fleet.homes if home.name == name)
    return town.saving(Tend(home, town.clock()))


def test_a_home_that_an_older_service_holds_is_left_to_it_and_it_is_said_who_that_is(town):
    home, now = town.home("larch"), town.clock()
    theirs = f"PID {os.getppid()} on {platform.node()}"
    with home.write("as its own service") as con:
        leases.take(con, leases.Lease(leases.NAME, theirs, now, now + timedelta(hours=1)))
    played(home, OLDER)
    before = home.path.read_bytes()
    town.begin()
    assert look_at(town).held_by == theirs
    assert home.path.read_bytes() == before
    assert list(home.home.glob("*.before-*")) == []
    assert look_at(town, "oakfield").held_by == ""


def test_the_people_of_a_home_that_a_newer_version_has_are_told_at_once_and_the_others_are_served(town):
    played(town.home("larch"), NEWER)
    town.begin()
    with pytest.raises(StoreTooNew):
        look_at(town)
    (notice,) = Notebook(town.home("larch").home).book.notices
    assert [(trouble.work, trouble.why) for trouble in notice.troubles] == [("beat", "StoreTooNew")]
    assert look_at(town, "oakfield").faults == {}


def test_a_fleet_whose_own_store_a_newer_version_has_ends_with_4(town):
    lease = holder.take(town.store, town.clock(), serve.HELD_FOR, town.folder)
    assert lease.holder == leases.me(town.folder)
    serving = serve._Serving(town.fleet, town.store, lease, threading.Event(), lambda said: None, town.clock)
    assert serving._told(town.conductor)
    serving.store = Store(town.folder, clock=town.clock, sleep=town.clock.sleep)
    subprocess.run([sys.executable, "-c", APART, town.store.path, NEWER], check=True)
    with pytest.raises(StoreTooNew, match="newer Schoolgate") as ended:
        serving._told(town.conductor)
    assert ended.value.exit_code == 4


def test_a_home_names_the_fleet_that_holds_it(town):
    look_at(town)
    with town.home("larch").read() as con:
        assert leases.held(con, leases.NAME).holder == leases.me(town.folder)
