"""The service's own tick for looking again: what is due, and a fault that stops nothing."""

from datetime import UTC, datetime

import pytest
from builders.judges import OAKFIELD, judges
from builders.mention import an_alert
from builders.recheck import PATH, Rechecks
from builders.steps import an_event
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, thread
from support.web_server import serve

from alerts.ladder.advance import Refusal
from alerts.ladder.replay import replay
from data.cases import CaseState
from data.errors import StoreBusy
from data.ids import digest
from data.rungs import Rung
from data.steps.codes import Check, StepKind
from data.store.alerts import by_story, put_alerts
from data.types import Severity
from monitor.act.casework import apply_event
from monitor.act.step import recheck
from monitor.matters.reader import load_case
from monitor.service.delivery import Delivered
from monitor.service.step import Service

JUDGES = judges(OAKFIELD)


TABLE = {}
"""What the site serves."""


@pytest.fixture(scope="module")
def site():
    with serve(TABLE) as site:
        yield site


@pytest.fixture(scope="module")
def opened(site, tmp_path_factory):
    """A home with an open case; tests have copies of it."""
    return at_its_time(Rechecks(tmp_path_factory.mktemp("opened"), site))


@pytest.fixture(scope="module")
def said_gone(opened, tmp_path_factory):
    """The same, and a platform has answered that it removed the post."""
    made = Rechecks.copied(opened, tmp_path_factory.mktemp("said_gone") / "home")
    # sought by the platform's report, which answers that it was removed
    home = at_its_time(made)
    do(home, StepKind.CLASSIFIED, "He is called a thief", **{"class": "C7"})
    do(home, StepKind.EVIDENCE, by="schoolgate", capture="c1", manifest="m1", files="1")
    do(home, StepKind.WEIGHED, nature="a lie", visible="a day", spread="two groups", impact="he is ill")
    do(home, StepKind.DECIDED, "It is untrue", decision="seek")
    do(home, StepKind.ASKED, rung="platform_report")
    home.wait(hours=1)
    do(home, StepKind.ANSWERED, rung="platform_report", result="removed")
    return made


@pytest.fixture(scope="module")
def ended(said_gone, tmp_path_factory):
    """The same, seen gone twice, and closed."""
    TABLE[PATH] = thread(BEFORE, AFTER)
    made = Rechecks.copied(said_gone, tmp_path_factory.mktemp("ended") / "home")
    made.now = said_gone.now
    assert looks(a_service(made), made, 1, 71) == [1, 1]
    do(made, StepKind.CLOSED, ending="removed")
    return made


@pytest.fixture
def routes():
    TABLE.clear()
    TABLE[PATH] = thread(BEFORE, AFTER)
    return TABLE


@pytest.fixture
def home(opened, routes, tmp_path):
    return a_copy(opened, tmp_path)


@pytest.fixture
def closed(ended, routes, tmp_path):
    return a_copy(ended, tmp_path)


def a_copy(made, folder):
    copy = Rechecks.copied(made, folder / "home")
    copy.site.asked.clear()
    copy.now = made.now
    return copy


def at_its_time(home):
    home.now = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
    return home


def a_service(home, store=None):
    return Service(
        store=store or home.store, context=home.context, judges=lambda: JUDGES, fetcher=home.fetch,
        deliver_due=lambda *_: Delivered(), tasks={}, clock=home.clock,
    )  # fmt: skip


def test_what_is_due_is_looked_at_and_counted(home, routes):
    service = a_service(home)
    assert service.recheck() == 0
    recheck(home.store, home.context, home.fetch, "0001", home.clock)
    home.wait(hours=2)
    routes[PATH] = thread(BEFORE, MEANT, AFTER)
    assert service.recheck() == 1
    assert home.steps()[-2].stored_facts["result"] == Check.PRESENT
    assert service.health.last["recheck"] == home.now
    assert service.health.faults == {}


def test_a_fault_is_counted_and_stops_nothing(home):
    class Held:
        def open_reader(self):
            raise StoreBusy("held by another")

    service = a_service(home, Held())
    assert service.recheck() == 0
    assert service.health.faults == {"recheck": 1}
    assert "recheck" not in service.health.last


def case(home):
    return replay(home.steps())


def do(home, kind, why="", by="holt", **facts):
    with home.store.write("test") as con:
        case = load_case(con, "0001")
        done = apply_event(con, home.context, case, an_event(kind, by, why, facts), home.now)
    assert not isinstance(done, Refusal), done


def looks(service, home, *hours):
    """The service's ticks after so many hours each; gives how many looks each made."""
    made = []
    for n in hours:
        home.wait(hours=n)
        made.append(service.recheck())
    return made


def test_a_removal_is_confirmed_closed_looked_at_on_and_reopened_when_it_stands_again(
    said_gone, routes, tmp_path
):
    gone = a_copy(said_gone, tmp_path)
    service = a_service(gone)
    told = an_alert("story-insult", id=digest("alert", "story-insult", OAKFIELD.urn)[:16], audience=("pike",))
    with gone.store.write("test") as con:
        put_alerts(con, [told], gone.now)
    assert looks(service, gone, 0.5, 0.5, 23, 48) == [0, 1, 1, 1]
    do(gone, StepKind.CLOSED, ending="removed")
    assert case(gone).state is CaseState.CLOSED
    routes[PATH] = thread(BEFORE, MEANT, AFTER)
    assert looks(service, gone, 72, 24) == [0, 1]
    again = case(gone)
    assert (again.state, again.rung, again.ending) == (CaseState.SEEKING, Rung.PLATFORM_REPORT, None)
    assert [s.kind for s in gone.steps()][-2:] == [StepKind.CHECKED, StepKind.CAME_BACK]
    with gone.store.open_reader() as con:
        told = con.execute("SELECT person_id, body FROM outbox WHERE subject LIKE '%is back%'").fetchall()
        (back,) = by_story(con, ["story-insult"]).values()
    assert [person for person, _ in told] == ["holt"]
    assert INSULT not in told[0][1]
    assert (back.severity, back.times) == (Severity.TODAY, 1)


def test_after_it_is_closed_it_is_looked_at_twice_more(closed):
    service = a_service(closed)
    assert looks(service, closed, 24 * 4 - 1, 1, 24 * 423, 24 * 400) == [0, 1, 1, 0], (
        "a long sleep is one look"
    )
    assert case(closed).state is CaseState.CLOSED


def test_a_copy_that_a_later_scan_folds_into_its_story_reopens_it_without_a_look_and_no_other_post_does(
    closed,
):
    service = a_service(closed)
    closed.post("other", "https://other.example.org/0", text="Everybody knows it.", at=closed.now)
    service.recheck()
    assert case(closed).state is CaseState.CLOSED
    copy = closed.post("copy", "https://other.example.org/x", at=closed.now)
    assert looks(service, closed, 0) == [0]
    again = case(closed)
    assert (again.state, again.rung, again.copies) == (CaseState.SEEKING, Rung.PLATFORM_REPORT, (copy,))
    assert closed.site.asked == []
    done = len(closed.steps())
    service.recheck()
    assert len(closed.steps()) == done


def test_what_was_deleted_when_its_time_was_over_is_not_looked_at(closed):
    service = a_service(closed)
    with closed.store.write("test") as con:
        con.execute("DELETE FROM case_steps")
        con.execute("DELETE FROM cases")
    assert looks(service, closed, 24 * 7, 24 * 30) == [0, 0]
    assert (closed.site.asked, service.health.faults) == ([], {})
