"""Two cases of one matter become one, with places and clocks; nobody learns more by it, and it is undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from builders.case_desk import Desk, run
from builders.ladder import PAGE, WEIGHED
from builders.mention import URN, a_mention
from builders.privacy import at
from builders.steps import an_event

from data.cases import CaseState, PlaceState
from data.rungs import CaseClock
from data.steps.codes import Ending, StepKind
from data.store.reporting.weekly_counts import done, removals
from data.types import About, Policy, Route, Severity
from monitor.act.casework.steps import apply_event
from monitor.home.wiring import open_session
from monitor.matters.replaying import load_case

NOW = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
INSULT = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF, "content_class": "C2",
    "abuse": ("harassment",), "channel": "facebook", "alert": True, "told": ("pike", "holt"),
}  # fmt: skip
WHY = ("--why", "One parent, one quarrel")


class TwoCases:
    """A home with two cases of one quarrel; removal of both is sought."""

    def __init__(self, home):
        self.desk = Desk(home)
        self.desk.story("insult", **INSULT)
        self.desk.story("again", **INSULT)
        self.now, self.numbers = NOW, []
        for name in ("insult", "again"):
            self.numbers.append(self.typed("open", f"story-{name}").split()[1].rstrip(":"))
        self.first, self.later = self.numbers

    def typed(self, *words, code=0, by="holt", group="case"):
        self.now += timedelta(minutes=1)
        with at(self.now, group):
            ran = run(group, *words, "--as", by, "--home", str(self.desk.home))
        assert ran.code == code, ran.err
        return ran.out or ran.err

    def takes(self, number, kind, **facts):
        self.now += timedelta(minutes=1)
        with self.desk.store.write("test") as con:
            context = open_session("holt", self.desk.home, None).context
            event = an_event(kind, "holt", "A reason", facts)
            apply_event(con, context, load_case(con, number), event, self.now)

    def sought(self, number):
        self.takes(number, StepKind.CLASSIFIED, **{"class": "C2"})
        self.takes(number, StepKind.EVIDENCE, **PAGE)
        self.takes(number, StepKind.WEIGHED, **WEIGHED)
        self.takes(number, StepKind.DECIDED, decision="seek")

    def asked(self, number):
        self.typed("step", "ask", number, "--rung", "platform-report", "--no-child-image")

    def merged(self, *more, code=0):
        return self.typed("merge", "story-again", "story-insult", *more, code=code, group="story")

    def case(self, number):
        with self.desk.store.read() as con:
            return load_case(con, number)


@pytest.fixture
def two(tmp_path):
    return TwoCases(tmp_path)


@pytest.fixture
def asked(two):
    for number in two.numbers:
        two.sought(number)
    two.asked(two.later)
    return two


def test_the_later_is_closed_for_a_reason_and_its_post_is_a_place_of_the_first(asked):
    asked.merged(*WHY)
    first, later = asked.case(asked.first), asked.case(asked.later)
    assert (later.ending, later.joined_to, later.waits) == (Ending.JOINED, asked.first, ())
    assert [here.mention_id for here in first.places] == [a_mention(n).id for n in ("insult", "again")]


def test_without_a_reason_nothing_is_joined_and_one_is_asked_for(asked):
    assert "--why" in asked.merged(code=2)
    assert asked.case(asked.later).state is CaseState.WAITING


def test_what_the_platform_was_asked_is_waited_for_at_the_place(asked):
    before = {(w.clock, w.due_at) for w in asked.case(asked.later).waits}
    asked.merged(*WHY)
    first = asked.case(asked.first)
    assert first.places[1].stands is PlaceState.ASKED
    assert {(w.clock, w.due_at) for w in first.waits if w.place == 2} == {
        w for w in before if w[0] != CaseClock.BASILDON_24H
    }
    asked.typed("step", "answered", f"{asked.first}-2", "--rung", "platform-report", "--result", "removed")
    assert asked.case(asked.first).places[1].stands is PlaceState.SAID_GONE


def test_each_file_names_the_other_and_the_steps_of_before_are_read_there(asked):
    asked.merged(*WHY)
    shown = asked.typed("show", asked.later)
    assert f"closed: joined to case {asked.first}" in shown
    assert f"schoolgate case show {asked.first}" in shown
    assert "case reopen" not in shown
    shown = asked.typed("show", asked.first)
    assert f"joined: case {asked.later}, closed Mon 4 Jan" in shown
    assert f"schoolgate case show {asked.later}" in shown


def test_undone_both_cases_are_as_before(asked):
    before = [asked.case(n) for n in asked.numbers]
    asked.merged(*WHY)
    asked.typed("merge", "story-insult", "--undo", group="story")
    for case, was in zip(map(asked.case, asked.numbers), before, strict=True):
        assert (case.state, case.waits, case.places, case.rung, case.ending) == (
            was.state, was.waits, was.places, was.rung, was.ending,
        )  # fmt: skip
    with asked.desk.store.read() as con:
        kept = con.execute("SELECT case_id, n FROM case_places ORDER BY ALL").fetchall()
    assert kept == sorted((n, 1) for n in asked.numbers)
    asked.merged(*WHY)
    assert len(asked.case(asked.first).places) == 2


def test_it_is_not_undone_once_the_first_has_gone_on(asked):
    asked.merged(*WHY)
    asked.asked(asked.first)
    assert "has gone on" in asked.typed("merge", "story-insult", "--undo", code=2, group="story")


def test_what_is_joined_is_not_opened_again(asked):
    asked.merged(*WHY)
    said = asked.typed("reopen", asked.later, "--why", "Once more", code=1)
    assert "part of another case" in said


def test_what_was_seen_gone_comes_along_and_is_looked_at_again_at_its_times(asked):
    asked.typed("step", "answered", asked.later, "--rung", "platform-report", "--result", "removed")
    asked.now += timedelta(hours=2)
    asked.typed("recheck", asked.later, "--saw", "gone", "--why", "Looked, logged out")
    was = asked.case(asked.later).places[0]
    asked.merged(*WHY)
    here = asked.case(asked.first).places[1]
    assert (here.stands, here.checks, here.recheck_at) == (PlaceState.GONE, was.checks, was.recheck_at)


def test_the_report_counts_the_matter_and_each_asking_once(asked):
    week = (URN, NOW - timedelta(days=1), NOW + timedelta(days=6))
    asked.merged(*WHY)
    with asked.desk.store.read() as con:
        (one,) = removals(con, *week)
        assert (one.case_id, one.rung) == (asked.first, "platform_report")
        assert done(con, *week)["asked"] == 1
    asked.typed("merge", "story-insult", "--undo", group="story")
    with asked.desk.store.read() as con:
        assert sorted((r.case_id, r.rung or "") for r in removals(con, *week)) == sorted(
            [(asked.first, ""), (asked.later, "platform_report")]
        )
        assert done(con, *week)["asked"] == 1


def test_the_one_decided_first_stays_so_that_nobody_is_given_more_time(two):
    two.sought(two.later)
    due = two.case(two.later).sought.due_at
    two.sought(two.first)
    two.merged(*WHY)
    assert two.case(two.first).joined_to == two.later
    assert two.case(two.later).sought.due_at == due


def refused(two, *said):
    why = two.merged(*WHY, code=2)
    assert all(word in why for word in said), why
    assert not two.case(two.later).joined_to
    assert not two.case(two.first).joined_to


def test_one_that_is_fair_comment_is_not_joined_to_a_removal(two):
    two.takes(two.first, StepKind.CLASSIFIED, **{"class": "C0"})
    refused(two, "not of one kind", "schoolgate case classify")


def test_different_people_left_out_keep_them_two_either_way(two):
    two.takes(two.first, StepKind.ACCUSED, person="fern")
    refused(two, "not for the same people", "schoolgate case step accused")


def test_two_aimed_at_different_people_stay_two(two):
    two.takes(two.first, StepKind.TARGET, person="fern", subjects="")
    two.takes(two.later, StepKind.TARGET, person="vale", subjects="")
    refused(two, "schoolgate case step")


def test_one_that_is_closed_is_opened_again_first(two):
    two.typed("close", two.later, "--mistaken", *WHY)
    refused(two, "closed", "schoolgate case reopen")


def test_one_on_hold_stays_until_that_is_ended(two):
    two.typed("step", "hold", two.later, "--review", "2027-06-01", *WHY)
    refused(two, "on hold", "schoolgate case step release")


def test_evidence_of_the_joined_case_is_kept_as_long_as_the_first(asked):
    from data.retention.purge_cases import purge_cases

    asked.merged(*WHY)
    with asked.desk.store.write("a purge") as con:
        gone = purge_cases(con, NOW + timedelta(days=9000), Policy())
    assert not gone.whole
