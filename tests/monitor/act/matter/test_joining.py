"""Two matters are merged, one is split, and either is undone; nobody reads more by it than before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders.case_desk import NOW, Desk, run
from builders.mention import a_mention
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.knowing import access
from data.errors import InputError
from data.retention.deleting import drop_orphans
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.engine.audit_chain import links
from data.store.verdicts.story_moves import moved_to, posts_moved
from data.store.verdicts.verdicts import story_verdicts
from data.types import About, Mark, Route, Severity, Story
from monitor.act.casework.from_alert import judging
from monitor.act.mark import mark
from monitor.act.matter.joining import merge, split, undo_merge, undo_split
from monitor.act.matter.note import write_note
from monitor.home.wiring import open_session
from monitor.matters.listed import stories_listed
from monitor.matters.reader import Reader, read_matters
from monitor.matters.views import alert_views
from monitor.pipeline.judging.rejudge import raise_moved

LATER = NOW + timedelta(days=30)
URN = "900001"
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


def two(desk):
    """Two of one class and gravity, told to the same."""
    return tuple(raised(desk, name, **INSULT) for name in ("insult", "again"))


def open_alerts(desk):
    return run("alerts", "list", "--as", "pike", "--json", "--home", str(desk.home)).data


def test_two_that_are_merged_are_one_line_one_alert_and_both_ids_lead_there(desk):
    stays, goes = two(desk)
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
    pair = [raised(desk, name, **KINDS[kind]) for name, kind in zip(("one", "other"), kinds, strict=True)]
    session = session_of(desk, by)
    reader = Reader(session.config, session.store, session.person)
    with session.store.write("a note") as con:
        write_note(con, reader, pair[1], URN, "I rang them.", NOW)
        if takes:
            alert = alert_store.by_story(con, pair).get((f"story-{takes}", URN))
            if alert is not None:
                alert_store.ack(con, alert.id, alert.audience[0], NOW)
    before = all_that_is_seen(desk)
    could = [known_to(desk, story) for story in pair]
    try:
        came = does(desk, merge, *pair, by=by)
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
    stays, goes = two(desk)
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
    stays, goes = two(desk)
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
    stays, goes = two(desk)
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
    stays, goes = two(desk)
    does(desk, merge, stays, goes)
    desk("open", stays, "--as", "holt")
    with desk.store.read() as con:
        posts = [p for (p,) in con.execute("SELECT DISTINCT mention_id FROM matches").fetchall()]
        (mine,) = con.execute("SELECT mention_id FROM cases").fetchone()
    assert does(desk, split, stays, URN, posts).guard == "posts"
    assert does(desk, split, stays, URN, [mine]).guard == "case"


def test_seals_of_moved_posts_still_hold(desk):
    """A case seals a post, which is merged elsewhere and back."""
    stays, goes = two(desk)
    desk("open", stays, "--as", "holt")
    does(desk, merge, stays, goes)
    does(desk, undo_merge, stays)
    assert run("evidence", "verify", "--home", str(desk.home)).code == 0
