"""Two matters are merged, or their cases joined, and it is undone; nobody reads or learns more by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from builders.case_desk import NOW, Desk, run
from builders.ladder import PAGE, WEIGHED
from builders.mention import URN, a_mention
from builders.privacy import at
from builders.steps import an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.knowing import access
from data.cases import CaseState, PlaceState
from data.errors import InputError
from data.retention.deleting import drop_orphans
from data.retention.purge_cases import purge_cases
from data.rungs import CaseClock
from data.steps.acts import Done, Refused
from data.steps.codes import Ending, StepKind
from data.store.alerts import alerts as alert_store
from data.store.engine.audit_chain import links
from data.store.reporting.weekly_counts import done, removals
from data.store.verdicts.story_moves import moved_to, posts_moved
from data.store.verdicts.verdicts import story_verdicts
from data.types import About, Mark, Policy, Route, Severity, Story
from monitor.act.casework.from_alert import judging
from monitor.act.casework.steps import apply_event
from monitor.act.mark import mark
from monitor.act.matter.joining import merge, split, undo_merge, undo_split
from monitor.act.matter.note import write_note
from monitor.home.wiring import open_session
from monitor.matters.listed import stories_listed
from monitor.matters.reader import Reader, read_matters
from monitor.matters.replaying import load_case
from monitor.matters.views import alert_views
from monitor.pipeline.judging.rejudge import raise_moved

LATER = NOW + timedelta(days=30)
FAIR = {"severity": Severity.TODAY, "route": Route.RESPOND}
INSULT = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("harassment",),
    "about": About.STAFF, "content_class": "C2",
}  # fmt: skip
STREET = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("privacy",), "about": About.STAFF,
    "content_class": "C11",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def session_of(desk, person):
    return open_session(person, desk.home, None)


def does(desk, act, *given, by="holt", at=LATER):
    """What becomes of an act of that person; nothing is kept of what raises."""
    session = session_of(desk, by)
    with session.store.write("a test") as con:
        return act(con, session, *given, at)


def all_that_is_seen(desk):
    """What some are shown in every list, and everybody may know of each matter; with what lists are made
    from."""
    session, seen = session_of(desk, "holt"), {}
    with session.store.read() as con:
        alerts = alert_store.list_alerts(con, open_only=False)
        for person in (p for p in session.config.people if p.id in ("pike", "holt", "fern")):
            reader = Reader(session.config, session.store, person)
            rows, _ = stories_listed(con, reader, limit=50, ended=True)
            seen[person.id] = rows, alert_views(con, reader, alerts, LATER)
        for table in ("matches", "stories", "alerts", "owners", "notes", "outbox"):
            seen[table] = sorted(map(repr, con.execute(f"SELECT * FROM {table}").fetchall()))
    return seen | {story: known_to(desk, story) for story in ("story-one", "story-other")}


def known_to(desk, story):
    session = session_of(desk, "holt")
    with session.store.read() as con:
        matter = read_matters(con, session.config, {story: URN}).by_story[story]
    return {p.id: access(p, matter, session.config.people) for p in session.config.people}


def raised(desk, name, **judged):
    """A story, told to those to whom the program tells it."""
    story, session = desk.story(name, **judged), session_of(desk, "holt")
    with session.store.write("raised") as con:
        verdicts = story_verdicts(con, [story])[story]
        ids = tuple(v.mention_id for v in verdicts)
        raise_moved(
            con, Story(story, URN, "", NOW, NOW, ids), verdicts, judging(session.config, desk.home), NOW
        )
    return story


def pair(desk):
    """Two of one class and gravity, told to the same."""
    return tuple(raised(desk, name, **INSULT) for name in ("insult", "again"))


def open_alerts(desk):
    return run("alerts", "list", "--as", "pike", "--json", "--home", str(desk.home)).data


def test_two_that_are_merged_are_one_line_one_alert_and_both_ids_lead_there(desk):
    stays, goes = pair(desk)
    number = next(a["number"] for a in open_alerts(desk) if a["story"] == goes)
    done = run("story", "merge", stays, goes, "--as", "pike", "--home", str(desk.home))
    assert (done.code, done.err) == (0, "")
    assert "is part of story" in done.out
    assert [a["story"] for a in open_alerts(desk)] == [stays]
    home = ("--as", "pike", "--home", str(desk.home))
    assert [s["id"] for s in run("story", "list", "--json", *home).data] == [stays]
    shown = run("story", "show", goes, "--json", *home).data
    assert (shown["id"], len(shown["posts"])) == (stays, 2)
    assert run("alerts", "show", number, "--json", *home).data["story"] == stays


KINDS = {
    "review": {},
    "fair": FAIR,
    "insult": INSULT,
    "street": STREET,
    "head": {
        **STREET, "content_class": "C7", "abuse": ("defamation",), "about": About.HEAD,
        "subject_person": "holt", "subjects": ("holt",),
    },
    "danger": {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "content_class": "C6"},
    "child": {
        "severity": Severity.THIS_HOUR, "route": Route.SAFEGUARDING, "about": About.PUPIL,
        "content_class": "C10", "restricted": True, "abuse": ("safeguarding",),
    },
}  # fmt: skip


@settings(max_examples=6, deadline=None)
@given(
    kinds=st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(KINDS))),
    by=st.sampled_from(["pike", "ash", "holt"]),
    takes=st.sampled_from(["", "one", "other"]),
)
def test_merged_and_undone_all_is_as_before_and_meanwhile_nobody_read_more(
    tmp_path_factory, kinds, by, takes
):
    """A home for each example, in which every list is read three times."""
    desk = Desk(tmp_path_factory.mktemp("home"))
    both = [raised(desk, name, **KINDS[kind]) for name, kind in zip(("one", "other"), kinds, strict=True)]
    session = session_of(desk, by)
    reader = Reader(session.config, session.store, session.person)
    with session.store.write("a note") as con:
        write_note(con, reader, both[1], URN, "I rang them.", NOW)
        if takes:
            alert = alert_store.by_story(con, both).get((f"story-{takes}", URN))
            if alert is not None:
                alert_store.ack(con, alert.id, alert.audience[0], NOW)
    before = all_that_is_seen(desk)
    could = [known_to(desk, story) for story in both]
    try:
        came = does(desk, merge, *both, by=by)
    except InputError:
        came = Refused("more", "")
    if isinstance(came, Refused):
        assert all_that_is_seen(desk) == before
        return
    now = known_to(desk, came.made.to_story)
    assert {p: a for p, a in now.items() if a > min(known[p] for known in could)} == {}
    back = does(desk, undo_merge, came.made.to_story, by=by, at=LATER + timedelta(minutes=1))
    if isinstance(back, Refused):
        assert "sent anew" in back.reason
        return
    assert all_that_is_seen(desk) == before


@pytest.fixture
def merged(desk):
    stays, goes = pair(desk)
    assert isinstance(does(desk, merge, stays, goes), Done)
    return desk, stays, goes


def test_what_was_merged_is_not_purged_and_what_comes_of_it_later_goes_along(merged):
    desk, stays, goes = merged
    with desk.store.write("a purge") as con:
        drop_orphans(con, LATER)
    with desk.store.read() as con:
        assert moved_to(con, goes) == stays
        assert {*posts_moved(con).values()} == {stays}
    assert isinstance(does(desk, undo_merge, stays), Done)


def test_it_is_audited_by_whom(merged):
    desk, stays, _ = merged
    does(desk, undo_merge, stays, by="pike")
    with desk.store.read() as con:
        done = [(x.entry.action, x.entry.actor) for x in links(con, [stays])]
    assert [d for d in done if "merge" in d[0]] == [("story_merged", "holt"), ("story_merge_undone", "pike")]


def test_a_matter_of_the_safeguarding_lead_is_merged_by_no_other(desk):
    open_one, sealed = raised(desk, "insult", **INSULT), raised(desk, "child", **KINDS["child"])
    assert does(desk, merge, open_one, sealed).guard == "works"
    came = does(desk, merge, open_one, sealed, by="pike")
    assert came.made.to_story == sealed
    assert known_to(desk, sealed)["holt"] < known_to(desk, open_one)["pike"]


def test_what_has_a_case_stays_and_a_case_about_what_was_merged_bars_undoing(desk):
    stays, goes = pair(desk)
    desk("open", goes, "--as", "holt")
    assert does(desk, merge, stays, goes).made.to_story == goes
    assert isinstance(does(desk, undo_merge, goes), Done)
    does(desk, merge, stays, goes)
    with desk.store.read() as con:
        (number,) = con.execute("SELECT id FROM cases").fetchone()
    copied = desk("step", "copy", number, "--post", a_mention("insult").id, "--what", "copy", "--as", "holt")
    came = does(desk, undo_merge, goes)
    assert (copied.code, came.guard) == (0, "since"), copied.err
    assert f"case {number} is about what was merged" in came.reason


def test_what_is_done_with_is_not_merged(desk):
    stays, goes = desk.story("one", **FAIR), desk.story("other", **FAIR)
    session = session_of(desk, "holt")
    with session.store.write("a mark") as con:
        mark(con, Reader(session.config, session.store, session.person), goes, URN, Mark.ANSWERED, NOW)
    assert does(desk, merge, stays, goes).guard == "works"


def test_a_post_that_is_split_off_is_told_by_its_own_lane_and_is_put_back(desk):
    """Its own: a whole merge, split, told, and put back."""
    stays, goes = pair(desk)
    does(desk, merge, stays, goes)
    with desk.store.read() as con:
        ((post,),) = con.execute("SELECT posts FROM story_moves").fetchone()
    done = run("story", "split", stays, post, "--as", "holt", "--home", str(desk.home))
    assert (done.code, done.err) == (0, "")
    assert len({a["story"] for a in open_alerts(desk)}) == 2
    assert does(desk, undo_merge, stays).guard == "since"
    new = next(a["story"] for a in open_alerts(desk) if a["story"] != stays)
    assert isinstance(does(desk, undo_split, new), Done)
    assert [a["story"] for a in open_alerts(desk)] == [stays]


def test_no_post_is_left_alone_or_split_from_its_case(desk):
    stays, goes = pair(desk)
    does(desk, merge, stays, goes)
    desk("open", stays, "--as", "holt")
    with desk.store.read() as con:
        posts = [p for (p,) in con.execute("SELECT DISTINCT mention_id FROM matches").fetchall()]
        (mine,) = con.execute("SELECT mention_id FROM cases").fetchone()
    assert does(desk, split, stays, URN, posts).guard == "posts"
    assert does(desk, split, stays, URN, [mine]).guard == "case"


def test_seals_of_moved_posts_still_hold(desk):
    """A case seals a post, which is merged elsewhere and back."""
    stays, goes = pair(desk)
    desk("open", stays, "--as", "holt")
    does(desk, merge, stays, goes)
    does(desk, undo_merge, stays)
    assert run("evidence", "verify", "--home", str(desk.home)).code == 0


JANUARY = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
RAISED = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF, "content_class": "C2",
    "abuse": ("harassment",), "channel": "facebook", "alert": True, "told": ("pike", "holt"),
}  # fmt: skip
WHY = ("--why", "One parent, one quarrel")


class TwoCases:
    """A home with two cases of one quarrel; removal of both is sought."""

    def __init__(self, home):
        self.desk = Desk(home)
        self.desk.story("insult", **RAISED)
        self.desk.story("again", **RAISED)
        self.now, self.numbers = JANUARY, []
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
    week = (URN, JANUARY - timedelta(days=1), JANUARY + timedelta(days=6))
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
    refused(two, "not of one kind")


def test_different_people_left_out_keep_them_two_either_way(two):
    two.takes(two.first, StepKind.ACCUSED, person="fern")
    refused(two, "not for the same people")


def test_two_aimed_at_different_people_stay_two(two):
    two.takes(two.first, StepKind.TARGET, person="fern", subjects="")
    two.takes(two.later, StepKind.TARGET, person="vale", subjects="")
    refused(two, "not for the same people")


def test_one_that_is_closed_is_opened_again_first(two):
    two.typed("close", two.later, "--mistaken", *WHY)
    refused(two, "closed", "open it again first")


def test_one_on_hold_stays_until_that_is_ended(two):
    two.typed("step", "hold", two.later, "--review", "2027-06-01", *WHY)
    refused(two, "on hold")


def test_evidence_of_the_joined_case_is_kept_as_long_as_the_first(asked):
    asked.merged(*WHY)
    with asked.desk.store.write("a purge") as con:
        gone = purge_cases(con, JANUARY + timedelta(days=9000), Policy())
    assert not gone.whole
