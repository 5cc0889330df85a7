"""A case that has closed as removed."""

from datetime import timedelta

import pytest
from builders.case_places import GONE, LATER, MIRROR, THERE, WEIGHED, WHY, typed
from builders.recheck import PATH, Rechecks
from builders.steps import an_event
from support.web_server import serve

from data.steps.codes import StepKind
from monitor.act.casework.recheck import recheck
from monitor.act.casework.steps import apply_event
from monitor.matters.replaying import load_case


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One site and one home, whose case has closed as removed."""
    table = {PATH: THERE}
    with serve(table) as site:
        home = Rechecks(tmp_path_factory.mktemp("made"), site)
        home.now = LATER
        typed(home, "classify", "1", "C7", *WHY)
        evidence = {"capture": "c1", "manifest": "0" * 64, "files": "3"}
        with home.store.write("test") as con:
            kept = an_event(StepKind.EVIDENCE, "schoolgate", "", evidence)
            apply_event(con, home.context, load_case(con, "0001"), kept, home.now)
        typed(home, "step", "weigh", "1", *WEIGHED, "--as", "holt")
        typed(home, "step", "decide", "1", "--seek", *WHY)
        table[PATH] = GONE
        for _ in range(2):
            home.wait(hours=25)
            recheck(home.store, home.context, home.fetch, "0001", home.clock)
        typed(home, "close", "1", "--removed", *WHY)
        yield home, table


@pytest.fixture
def home(made, tmp_path):
    made[1].clear()
    made[1].update({PATH: GONE, MIRROR: THERE})
    copy = Rechecks.copied(made[0], tmp_path / "home")
    copy.now = made[0].now + timedelta(days=7)
    return copy
