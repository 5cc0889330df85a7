"""A story marked, judged wrongly, merged or joined with another; and each taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from builders.case_desk import NOW, Desk, alerts_seen, run
from builders.home import open_session
from builders.ladder import PAGE, WEIGHED
from builders.mention import URN, a_mention
from builders.privacy import at
from builders.steps import an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.knowing import access
from data.cases import CaseState, PlaceState
from data.errors import InputError
from data.retention.deleting import drop_orphans, purge_cases
from data.rungs import CaseClock
from data.steps.acts import Done, Refused
from data.steps.codes import Ending, StepKind
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.store.engine.audit_chain import links
from data.store.reporting.weekly_counts import done, removals
from data.store.verdicts.said_wrong import corrections
from data.store.verdicts.story_moves import moved_to, posts_moved
from data.store.verdicts.verdicts import story_verdicts
from data.types import About, Harm, Mark, Meant, Policy, Relevance, Route, Severity, Story
from monitor.act.casework.from_alert import judging
from monitor.act.casework.steps import apply_event
from monitor.act.mark import mark
from monitor.act.matter.joining import merge, split, undo_merge, undo_split, write_note
from monitor.act.wrong import take_back
from monitor.cli.commands.options import HomeOptions
from monitor.matters.reader import Reader, load_case, read_matters
from monitor.matters.views import alert_views
from monitor.pipeline.judging.rejudge import raise_moved

FAIR = {"severity": Severity.TODAY, "route": Route.RESPOND}
DANGER = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt",), **FAIR)
    desk.story("danger", alert=True, told=("holt",), **DANGER)
    return desk


def say(desk, story, *words, by="holt"):
    return run("story", "mark", story, *words, "--as", by, "--home", str(desk.home))


def standing(desk):
    with desk.store.read() as con:
        return {s: m.mark for s, m in owner_store.marks(con, ["story-fair", "story-danger"]).items()}


def listed(desk):
    return alerts_seen(desk.home, "holt")


def stories(desk):
    found = run("story", "list", "--as", "holt", "--json", "--home", str(desk.home)).data
    return {story["id"] for story in found if not story["ended"]}


def test_an_alert_is_taken_by_acknowledging_it(desk):
    refused = say(desk, "story-fair", "--taken")
    assert (refused.code, standing(desk)) == (2, {})
    assert "an alert is taken on its page" in refused.err


def test_a_head_who_is_wronged_reads_of_it_and_another_takes_it(desk):
    wronged = (Meant("person:holt", 1.0, "model:defamation", Harm.WRONGED),)
    desk.story(
        "smear", alert=True, told=("marsh", "holt"), route=Route.PLATFORM_REPORT, severity=Severity.TODAY,
        about=About.HEAD, content_class="C7", abuse=("defamation",), endangers=wronged,
    )  # fmt: skip
    number = next(a["number"] for a in listed(desk) if a["story"] == "story-smear")
    taken = {
        who: run("alerts", "ack", number, "--as", who, "--home", str(desk.home)).code
        for who in ("holt", "marsh")
    }
    assert taken == {"holt": 2, "marsh": 0}


def test_whoever_may_not_know_of_it_reads_that_there_is_none(desk):
    assert "No story begins with" in say(desk, "story-fair", "--not-us", by="vale").err
    assert standing(desk) == {}


WHY = ("--not-us", "--why", "The Oakfield in Hexley")


@pytest.fixture
def grave(desk):
    desk.story(
        "child", alert=True, told=("pike",), restricted=True, **(DANGER | {"route": Route.SAFEGUARDING})
    )
    return desk


def test_whoever_may_not_read_it_is_not_told_that_their_undoing_was_done(grave):
    refused = say(grave, "story-child", "--undo", by="holt")
    assert (refused.code, refused.out) == (2, "")
    assert "No story begins with" in refused.err


def test_what_may_be_danger_is_not_about_us_once_two_people_say_so_each_with_a_reason(desk):
    first = say(desk, "story-danger", *WHY)
    assert first.code == 0
    assert standing(desk) == {"story-danger": Mark.SAID_NOT_US}
    assert "story-danger" in {a["story"] for a in listed(desk)}
    alone = say(desk, "story-danger", *WHY)
    assert (alone.code, "a second person says so too" in alone.err) == (2, True)
    assert say(desk, "story-danger", "--not-us", by="pike").code == 2
    assert say(desk, "story-danger", *WHY, by="pike").code == 0
    assert standing(desk) == {"story-danger": Mark.NOT_US}
    assert "story-danger" not in {a["story"] for a in listed(desk)}
    with desk.store.read() as con:
        codes = [link.entry.codes for link in links(con) if link.entry.action == "story_marked"]
    assert [any(code.startswith("note:") for code in each) for each in codes] == [True, True]


def test_nobody_who_may_not_read_what_is_with_the_dsl_says_that_it_is_not_about_us(grave):
    assert say(grave, "story-child", *WHY, by="holt").code == 2
    assert say(grave, "story-child", *WHY, by="pike").code == 0


def test_whoever_a_grave_matter_may_mean_says_nothing_of_it(grave):
    grave.story("accused", alert=True, told=("holt",), subject_person="ash", **DANGER)
    assert say(grave, "story-accused", *WHY, by="ash").code == 2
    assert say(grave, "story-accused", *WHY).code == 0


def kept(desk):
    with desk.store.read() as con:
        return {
            (c.kind, c.person_id, c.why, c.was_severity, c.was_route, c.model)
            for c in corrections(con)
            if c.counts_at is not None
        }


def test_what_was_judged_too_gravely_is_closed_kept_with_what_was_judged_and_taken_back(desk):
    assert say(desk, "story-fair", "--too-grave").code == 2, "it lowers something, so a reason is wanted"
    done = say(desk, "story-fair", "--too-grave", "--why", "A joke")
    assert (done.code, standing(desk)) == (0, {"story-fair": Mark.TOO_GRAVE})
    assert "Its alert is closed" in done.out
    assert "raises no alert here" in done.out
    assert kept(desk) == {("too_grave", "holt", "A joke", Severity.TODAY, Route.RESPOND, "test-model")}
    assert "story-fair" not in {a["story"] for a in listed(desk)}
    say(desk, "story-fair", "--undo")
    assert (standing(desk), kept(desk)) == ({}, set())


def test_the_second_is_nobody_who_does_not_decide(desk):
    desk.story("told", alert=True, told=("holt", "fern"), **DANGER)
    say(desk, "story-told", "--too-grave", "--why", "A song")
    refused = say(desk, "story-told", "--too-grave", "--why", "A song", by="fern")
    assert "a safeguarding lead, or whoever decides" in refused.err


def test_into_the_other_lane_it_is_told_at_once_and_stays_open(desk):
    lane = ("--wrong-lane", "--route", "safeguarding", "--why", "It is about her pupil")
    assert "the service tells those who may know" in say(desk, "story-danger", *lane).out
    with desk.store.read() as con:
        ((times, told),) = con.execute(
            "SELECT times, audience FROM alerts WHERE story_id = 'story-danger'"
        ).fetchall()
        sent = con.execute("SELECT person_id FROM outbox").fetchall()
    assert (standing(desk), times, "pike" in told) == ({}, 2, True)
    assert ("pike",) in sent


def test_what_was_missed_is_raised_where_a_way_is_given_and_else_is_looked_at(desk):
    for name in ("calm", "grim"):
        desk.story(name, severity=Severity.NOTE, route=Route.NOTE)
    assert "It is shown for a look." in say(desk, "story-calm", "--missed", "--why", "She means it").out
    raised = say(
        desk, "story-grim", "--missed", "--route", "safeguarding", "--why", "It is her son", by="pike"
    )
    assert "It is raised, and the service tells those who may know." in raised.out
    with desk.store.read() as con:
        raised = con.execute("SELECT route, severity FROM alerts WHERE story_id = 'story-grim'").fetchall()
    assert raised == [("safeguarding", 4)]
    assert "it was not missed" in say(desk, "story-fair", "--missed", "--why", "So").err


def test_what_is_said_to_be_ours_is_perhaps_another_schools_no_longer_until_that_is_taken_back(desk):
    desk.story("odd", relevance=Relevance.UNSURE, severity=Severity.RESPOND, route=Route.RESPOND)

    def doubted():
        rows = run("story", "list", "--as", "holt", "--json", "--home", str(desk.home)).data
        return {row["id"] for row in rows if row["relevance"] == "unsure"}

    assert doubted() == {"story-odd"}
    assert say(desk, "story-odd", "--ours").code == 0
    assert doubted() == set()
    assert say(desk, "story-odd", "--undo").code == 0
    assert doubted() == {"story-odd"}


def test_what_was_missed_as_another_schools_is_perhaps_ours_and_is_raised_or_never_cut(desk):
    for name in ("calm", "grim"):
        desk.story(name, relevance=Relevance.NOT_ABOUT, severity=Severity.NOTHING, route=Route.IGNORE)
    say(desk, "story-calm", "--missed", "--why", "She means it")
    assert "It is raised" in say(desk, "story-grim", "--missed", "--route", "respond", "--why", "So").out
    with desk.store.read() as con:
        looks = con.execute("SELECT relevance, look_rank FROM verdicts WHERE look").fetchall()
        raised = con.execute("SELECT route FROM alerts WHERE story_id = 'story-grim'").fetchall()
    assert (looks, raised) == ([("unsure", 1.0)], [("respond",)])


def test_neither_of_the_two_takes_their_word_back_alone_but_the_mark_and_with_it_what_counts(desk):
    for by in ("holt", "pike"):
        say(desk, "story-danger", "--too-grave", "--why", "A song", by=by)
    where = ("--as", "pike", "--home", str(desk.home))
    run("story", "wrong", "story-danger", "--label", "criticism", "--why", "A song", *where)
    assert run("story", "wrong", "story-danger", "--undo", *where).code == 0
    with desk.store.write("test") as con:  # as the page does it
        take_back(con, HomeOptions(home=desk.home).reader("pike"), "story-danger", "900001", NOW)
        assert con.execute("SELECT person_id FROM said_wrong ORDER BY ALL").fetchall() == [
            ("holt",),
            ("pike",),
        ]
    assert (len(kept(desk)), standing(desk)) == (1, {"story-danger": Mark.TOO_GRAVE})
    assert say(desk, "story-danger", "--undo", by="pike").code == 0
    assert (kept(desk), standing(desk)) == (set(), {})


def test_its_tone_is_as_somebody_says_until_each_who_said_so_has_taken_it_back(desk):
    def tone():
        with desk.store.read() as con:
            return con.execute("SELECT sentiment FROM verdicts WHERE severity = 3").fetchall()

    for by in ("holt", "ash"):
        assert say(desk, "story-fair", "--tone", "positive", by=by).code == 0
    where = ("--as", "holt", "--home", str(desk.home))
    assert run("story", "wrong", "story-fair", "--undo", *where).code != 0, "that is of what was only said"
    say(desk, "story-fair", "--undo")
    assert tone() == [("positive",)]
    assert say(desk, "story-fair", "--undo", by="ash").code == 0
    assert tone() == [("negative",)]


def test_of_another_school_a_setting_is_offered_and_not_written(desk):
    desk.story("namesake", alert=True, told=("holt",), **FAIR)
    with desk.store.write("test") as con:
        con.execute("UPDATE mention_versions SET text = 'Oakfield in Hexley again'")
    before = (desk.home / "schoolgate.toml").read_text()
    done = say(desk, "story-namesake", "--not-us", "--why", "It is the one in Hexley")
    offered = "the desk’s page /schools, namesake “Oakfield Primary School” in Hexley"
    assert offered in " ".join(done.out.split())
    assert (desk.home / "schoolgate.toml").read_text() == before


# That something is judged wrongly, what is right and why; and taken back.


def wrong(desk, *words, by="holt"):
    return run("story", "wrong", "story-fair", *words, "--as", by, "--home", str(desk.home))


# Two matters are merged, or their cases joined, and it is undone; nobody reads or learns more by
# it.


LATER = NOW + timedelta(days=30)
INSULT = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("harassment",),
    "about": About.STAFF, "content_class": "C2",
}  # fmt: skip
STREET = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("privacy",), "about": About.STAFF,
    "content_class": "C11",
}  # fmt: skip


@pytest.fixture
def school(tmp_path):
    return Desk(tmp_path)


def session_of(school, person):
    return open_session(person, school.home, None)


def does(school, act, *given, by="holt", at=LATER):
    """What becomes of an act of that person; nothing is kept of what raises."""
    session = session_of(school, by)
    with session.store.write("a test") as con:
        return act(con, session, *given, at)


def all_that_is_seen(school):
    """What some are shown in every list, and everybody may know of each matter; with what lists are made
    from."""
    session, seen = session_of(school, "holt"), {}
    with session.store.read() as con:
        alerts = alert_store.list_alerts(con, open_only=False)
        for person in (p for p in session.config.people if p.id in ("pike", "holt", "fern")):
            reader = Reader(session.config, session.store, person)
            seen[person.id] = alert_views(con, reader, alerts, LATER)
        for table in ("matches", "stories", "alerts", "owners", "notes", "outbox"):
            seen[table] = sorted(map(repr, con.execute(f"SELECT * FROM {table}").fetchall()))
    return seen | {story: known_to(school, story) for story in ("story-one", "story-other")}


def known_to(school, story):
    session = session_of(school, "holt")
    with session.store.read() as con:
        matter = read_matters(con, session.config, {story: URN}).by_story[story]
    return {p.id: access(p, matter, session.config.people) for p in session.config.people}


def raised(school, name, **judged):
    """A story, told to those to whom the program tells it."""
    story, session = school.story(name, **judged), session_of(school, "holt")
    with session.store.write("raised") as con:
        verdicts = story_verdicts(con, [story])[story]
        ids = tuple(v.mention_id for v in verdicts)
        raise_moved(
            con, Story(story, URN, "", NOW, NOW, ids), verdicts, judging(session.config, school.home), NOW
        )
    return story


def pair(school):
    """Two of one class and gravity, told to the same."""
    return tuple(raised(school, name, **INSULT) for name in ("insult", "again"))


def open_alerts(school):
    return alerts_seen(school.home, "pike")


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
    school = Desk(tmp_path_factory.mktemp("home"))
    both = [raised(school, name, **KINDS[kind]) for name, kind in zip(("one", "other"), kinds, strict=True)]
    session = session_of(school, by)
    reader = Reader(session.config, session.store, session.person)
    with session.store.write("a note") as con:
        write_note(con, reader, both[1], URN, "I rang them.", NOW)
        if takes:
            alert = alert_store.by_story(con, both).get((f"story-{takes}", URN))
            if alert is not None:
                alert_store.ack(con, alert.id, alert.audience[0], NOW)
    before = all_that_is_seen(school)
    could = [known_to(school, story) for story in both]
    try:
        came = does(school, merge, *both, by=by)
    except InputError:
        came = Refused("more", "")
    if isinstance(came, Refused):
        assert all_that_is_seen(school) == before
        return
    now = known_to(school, came.made.to_story)
    assert {p: a for p, a in now.items() if a > min(known[p] for known in could)} == {}
    back = does(school, undo_merge, came.made.to_story, by=by, at=LATER + timedelta(minutes=1))
    if isinstance(back, Refused):
        assert "sent anew" in back.reason
        return
    assert all_that_is_seen(school) == before


@pytest.fixture
def merged(school):
    stays, goes = pair(school)
    assert isinstance(does(school, merge, stays, goes), Done)
    return school, stays, goes


def test_what_was_merged_is_not_purged_and_what_comes_of_it_later_goes_along(merged):
    school, stays, goes = merged
    with school.store.write("a purge") as con:
        drop_orphans(con, LATER)
    with school.store.read() as con:
        assert moved_to(con, goes) == stays
        assert {*posts_moved(con).values()} == {stays}
    assert isinstance(does(school, undo_merge, stays), Done)


def test_it_is_audited_by_whom(merged):
    school, stays, _ = merged
    does(school, undo_merge, stays, by="pike")
    with school.store.read() as con:
        done = [(x.entry.action, x.entry.actor) for x in links(con, [stays])]
    assert [d for d in done if "merge" in d[0]] == [("story_merged", "holt"), ("story_merge_undone", "pike")]


def test_a_matter_of_the_safeguarding_lead_is_merged_by_no_other(school):
    open_one, sealed = raised(school, "insult", **INSULT), raised(school, "child", **KINDS["child"])
    assert does(school, merge, open_one, sealed).guard == "works"
    came = does(school, merge, open_one, sealed, by="pike")
    assert came.made.to_story == sealed
    assert known_to(school, sealed)["holt"] < known_to(school, open_one)["pike"]


def test_what_has_a_case_stays_and_a_case_about_what_was_merged_bars_undoing(school):
    stays, goes = pair(school)
    school("open", goes, "--as", "holt")
    assert does(school, merge, stays, goes).made.to_story == goes
    assert isinstance(does(school, undo_merge, goes), Done)
    does(school, merge, stays, goes)
    with school.store.read() as con:
        (number,) = con.execute("SELECT id FROM cases").fetchone()
    copied = school(
        "step", "copy", number, "--post", a_mention("insult").id, "--what", "copy", "--as", "holt"
    )
    came = does(school, undo_merge, goes)
    assert (copied.code, came.guard) == (0, "since"), copied.err
    assert f"case {number} is about what was merged" in came.reason


def test_what_is_done_with_is_not_merged(school):
    stays, goes = school.story("one", **FAIR), school.story("other", **FAIR)
    session = session_of(school, "holt")
    with session.store.write("a mark") as con:
        mark(con, Reader(session.config, session.store, session.person), goes, URN, Mark.ANSWERED, NOW)
    assert does(school, merge, stays, goes).guard == "works"


def test_a_post_that_is_split_off_is_told_by_its_own_lane_and_is_put_back(school):
    """Its own: a whole merge, split, told, and put back."""
    stays, goes = pair(school)
    does(school, merge, stays, goes)
    with school.store.read() as con:
        ((post,),) = con.execute("SELECT posts FROM story_moves").fetchone()
    done = run("story", "split", stays, post, "--as", "holt", "--home", str(school.home))
    assert (done.code, done.err) == (0, "")
    assert len({a["story"] for a in open_alerts(school)}) == 2
    assert does(school, undo_merge, stays).guard == "since"
    new = next(a["story"] for a in open_alerts(school) if a["story"] != stays)
    assert isinstance(does(school, undo_split, new), Done)
    assert [a["story"] for a in open_alerts(school)] == [stays]


def test_no_post_is_left_alone_or_split_from_its_case(school):
    stays, goes = pair(school)
    does(school, merge, stays, goes)
    school("open", stays, "--as", "holt")
    with school.store.read() as con:
        posts = [p for (p,) in con.execute("SELECT DISTINCT mention_id FROM matches").fetchall()]
        (mine,) = con.execute("SELECT mention_id FROM cases").fetchone()
    assert does(school, split, stays, URN, posts).guard == "posts"
    assert does(school, split, stays, URN, [mine]).guard == "case"


def test_seals_of_moved_posts_still_hold(school):
    """A case seals a post, which is merged elsewhere and back."""
    stays, goes = pair(school)
    school("open", stays, "--as", "holt")
    does(school, merge, stays, goes)
    does(school, undo_merge, stays)
    assert run("evidence", "verify", "--home", str(school.home)).code == 0


JANUARY = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
RAISED = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF, "content_class": "C2",
    "abuse": ("harassment",), "channel": "facebook", "alert": True, "told": ("pike", "holt"),
}  # fmt: skip
ONE_QUARREL = ("--why", "One parent, one quarrel")


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
    asked.merged(*ONE_QUARREL)
    first, later = asked.case(asked.first), asked.case(asked.later)
    assert (later.ending, later.joined_to, later.waits) == (Ending.JOINED, asked.first, ())
    assert [here.mention_id for here in first.places] == [a_mention(n).id for n in ("insult", "again")]


def test_without_a_reason_nothing_is_joined_and_one_is_asked_for(asked):
    assert "--why" in asked.merged(code=2)
    assert asked.case(asked.later).state is CaseState.WAITING


def test_what_the_platform_was_asked_is_waited_for_at_the_place(asked):
    before = {(w.clock, w.due_at) for w in asked.case(asked.later).waits}
    asked.merged(*ONE_QUARREL)
    first = asked.case(asked.first)
    assert first.places[1].stands is PlaceState.ASKED
    assert {(w.clock, w.due_at) for w in first.waits if w.place == 2} == {
        w for w in before if w[0] != CaseClock.BASILDON_24H
    }
    asked.typed("step", "answered", f"{asked.first}-2", "--rung", "platform-report", "--result", "removed")
    assert asked.case(asked.first).places[1].stands is PlaceState.SAID_GONE


def test_undone_both_cases_are_as_before(asked):
    before = [asked.case(n) for n in asked.numbers]
    asked.merged(*ONE_QUARREL)
    asked.typed("merge", "story-insult", "--undo", group="story")
    for case, was in zip(map(asked.case, asked.numbers), before, strict=True):
        assert (case.state, case.waits, case.places, case.rung, case.ending) == (
            was.state, was.waits, was.places, was.rung, was.ending,
        )  # fmt: skip
    with asked.desk.store.read() as con:
        kept = con.execute("SELECT case_id, n FROM case_places ORDER BY ALL").fetchall()
    assert kept == sorted((n, 1) for n in asked.numbers)
    asked.merged(*ONE_QUARREL)
    assert len(asked.case(asked.first).places) == 2


def test_it_is_not_undone_once_the_first_has_gone_on(asked):
    asked.merged(*ONE_QUARREL)
    asked.asked(asked.first)
    assert "has gone on" in asked.typed("merge", "story-insult", "--undo", code=2, group="story")


def test_what_is_joined_is_not_opened_again(asked):
    asked.merged(*ONE_QUARREL)
    said = asked.typed("reopen", asked.later, "--why", "Once more", code=1)
    assert "part of another case" in said


def test_what_was_seen_gone_comes_along_and_is_looked_at_again_at_its_times(asked):
    asked.typed("step", "answered", asked.later, "--rung", "platform-report", "--result", "removed")
    asked.now += timedelta(hours=2)
    asked.typed("recheck", asked.later, "--saw", "gone", "--why", "Looked, logged out")
    was = asked.case(asked.later).places[0]
    asked.merged(*ONE_QUARREL)
    here = asked.case(asked.first).places[1]
    assert (here.stands, here.checks, here.recheck_at) == (PlaceState.GONE, was.checks, was.recheck_at)


def test_the_report_counts_the_matter_and_each_asking_once(asked):
    week = (URN, JANUARY - timedelta(days=1), JANUARY + timedelta(days=6))
    asked.merged(*ONE_QUARREL)
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
    two.merged(*ONE_QUARREL)
    assert two.case(two.first).joined_to == two.later
    assert two.case(two.later).sought.due_at == due


def refused(two, *said):
    why = two.merged(*ONE_QUARREL, code=2)
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
    two.typed("close", two.later, "--mistaken", *ONE_QUARREL)
    refused(two, "closed", "open it again first")


def test_one_on_hold_stays_until_that_is_ended(two):
    two.typed("step", "hold", two.later, "--review", "2027-06-01", *ONE_QUARREL)
    refused(two, "on hold")


def test_evidence_of_the_joined_case_is_kept_as_long_as_the_first(asked):
    asked.merged(*ONE_QUARREL)
    with asked.desk.store.write("a purge") as con:
        gone = purge_cases(con, JANUARY + timedelta(days=9000), Policy())
    assert not gone.whole
