"""What the governors' report counts of removals: what was asked, how it stands, and nothing confidential."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.case import a_case, a_step
from builders.digest import emptied, kept_open
from builders.home import a_migrated_store
from builders.mention import NOW, URN

from alerts.ladder.replay import replay
from data.steps.codes import StepKind
from data.store.cases import cases
from data.store.reporting import weekly_counts
from data.store.reporting.weekly_counts import Removal

WEEK = (URN, NOW - timedelta(days=6), NOW + timedelta(days=1))
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with kept_open(a_migrated_store(tmp_path_factory.mktemp("kept"))) as found:
        yield found


@pytest.fixture
def store(kept, tmp_path):
    """One for all, emptied after each: opening costs more than what is done with it."""
    with emptied(kept, tmp_path) as found:
        yield found


def put(store, *steps, case_id="0001", **fields):
    """A case with these steps after its opening, each an hour after the one before."""
    given = [(StepKind.OPENED, None), *steps]
    done = [
        a_step(
            n,
            kind,
            case_id=case_id,
            at=NOW + (n - 1) * HOUR,
            facts=facts,
            **(
                {"clock": "basildon_24h", "due_at": NOW + (n + 23) * HOUR} if kind is StepKind.DECIDED else {}
            ),
        )
        for n, (kind, facts) in enumerate(given, start=1)
    ]
    with store.write("a case") as con:
        gone = replay(done).said_gone_at  # what lists and reports read is the case's own projection
        cases.put(con, a_case(case_id, steps=len(done), said_gone_at=gone, **fields), done, (), NOW)


def began(store):
    with store.read() as con:
        return weekly_counts.began(con, URN)


def test_what_was_taken_up_by_hand_alone_is_something_to_report(store):
    assert began(store) is None
    put(store)
    assert began(store) == NOW


@pytest.mark.parametrize(
    "fields", [{"restricted": True}, {"locked": True}, {"content_class": "C10"}, {"content_class": "C9"}]
)
def test_what_is_kept_to_a_few_begins_no_report(store, fields):
    put(store, **fields)
    assert began(store) is None


def counted(store):
    with store.read() as con:
        return weekly_counts.removals(con, *WEEK)


def asked(rung):
    return StepKind.ASKED, {"rung": rung, "kind": "conversation"}


def test_a_case_counts_under_the_highest_rung_that_was_asked(store):
    put(store, asked("author_request"), asked("host"), asked("platform_report"))
    assert counted(store) == [Removal("host", NOW, None, None)]


def test_the_police_are_told_and_not_asked_to_remove(store):
    """How many cases have been asked about, less how often was asked, would else be how many they have."""
    put(store, asked("police"))
    put(store, asked("host"), asked("police"), case_id="0002")
    assert sorted(r.rung for r in counted(store) if r.rung) == ["host"]


def test_a_case_in_which_nobody_was_asked_yet_counts_under_no_rung(store):
    put(store)
    assert [r.rung for r in counted(store)] == [None]


@pytest.mark.parametrize("kind", [StepKind.REMOVED, StepKind.CHANGED, StepKind.STANDING])
def test_a_case_ends_as_its_steps_say_and_when_they_do(store, kind):
    put(store, asked("host"), (kind, {}), (StepKind.CLOSED, {"ending": kind.value}))
    assert counted(store) == [Removal("host", NOW, kind.value, NOW + 2 * HOUR)]


def test_when_it_was_decided_on_and_first_gone_is_told_and_by_when_it_was_to_be(store):
    seek = StepKind.DECIDED, {"decision": "seek"}
    gone = StepKind.CHECKED, {"result": "gone"}
    put(store, seek, asked("host"), (StepKind.ANSWERED, {"rung": "host", "result": "removed"}), gone, gone,
        (StepKind.REMOVED, {}))  # fmt: skip
    (found,) = counted(store)
    assert (found.decided_at, found.gone_at) == (NOW + HOUR, NOW + 3 * HOUR)
    assert (found.ended_at, found.target_at) == (NOW + 6 * HOUR, NOW + 25 * HOUR)


def test_a_second_decision_wipes_no_target_that_was_missed_and_none_of_whom_it_accuses_counts(store):
    seek = StepKind.DECIDED, {"decision": "seek"}
    put(store, seek, asked("host"), seek)
    put(store, seek, seek, case_id="0002", subjects=("p-head",))
    assert {r.case_id: r.target_at for r in counted(store)} == {"0001": NOW + 25 * HOUR, "0002": None}


def test_of_a_post_that_came_back_the_target_is_that_of_the_first_decision_since(store):
    seek = StepKind.DECIDED, {"decision": "seek"}
    put(store, seek, (StepKind.CAME_BACK, {}), seek, seek)
    assert [r.target_at for r in counted(store)] == [NOW + 27 * HOUR]


@pytest.mark.parametrize(
    "there", [(StepKind.CHECKED, {"result": "present"}), (StepKind.CAME_BACK, {}), (StepKind.REOPENED, {})]
)
def test_what_was_said_to_be_gone_and_was_there_all_the_same_counts_from_when_it_was_gone(store, there):
    gone = StepKind.CHECKED, {"result": "gone"}
    put(store, asked("host"), (StepKind.ANSWERED, {"rung": "host", "result": "removed"}), there, gone)
    assert [r.gone_at for r in counted(store)] == [NOW + 4 * HOUR]


@pytest.mark.parametrize("again", [StepKind.CAME_BACK, StepKind.REOPENED])
def test_what_came_back_or_was_opened_again_is_open_until_it_ends_once_more(store, again):
    put(store, asked("host"), (StepKind.REMOVED, {}), (again, {}))
    assert [(r.outcome, r.ended_at) for r in counted(store)] == [(None, None)]
    put(store, asked("host"), (StepKind.REMOVED, {}), (again, {}), (StepKind.REMOVED, {}), case_id="0002")
    assert ("removed", NOW + 4 * HOUR) in {(r.outcome, r.ended_at) for r in counted(store)}


@pytest.mark.parametrize("fields", [{"locked": True}, {"restricted": True}, {"content_class": "C10"}])
def test_what_is_locked_or_restricted_is_in_no_number(store, fields):
    told = {"from": "C0", "class": "C7"}
    put(store, asked("host"), (StepKind.RECLASSIFIED, told), **fields)
    put(store, asked("host"), case_id="0002")
    assert len(counted(store)) == 1
    with store.read() as con:
        assert weekly_counts.reclassified(con, *WEEK) == 0


def test_what_stands_beside_something_restricted_is_in_no_number_either(store):
    put(store, asked("host"), (StepKind.RECLASSIFIED, {"from": "C0", "class": "C7"}))
    with store.write("a story") as con:
        con.execute("INSERT INTO stories VALUES ('s-one', $urn, '', now(), now(), TRUE)", {"urn": URN})
        assert weekly_counts.removals(con, *WEEK) == []
        assert weekly_counts.reclassified(con, *WEEK) == 0


def test_what_was_reclassified_before_the_week_is_not_counted_in_it(store):
    put(store, (StepKind.RECLASSIFIED, {"from": "C0", "class": "C7"}))
    with store.read() as con:
        assert weekly_counts.reclassified(con, URN, NOW + 2 * HOUR, NOW + 9 * HOUR) == 0
        assert weekly_counts.reclassified(con, *WEEK) == 1
