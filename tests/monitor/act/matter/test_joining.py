"""Joining matters and splitting them, and undoing it; several at once from the list."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from builders.case_desk import NOW, ActRefused, Desk, a_desk, run
from builders.home import do_in, do_on, rows_of
from builders.ladder import PAGE, WEIGHED
from builders.mention import URN, a_mention
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.knowing import access
from data.cases import CaseState, PlaceState
from data.errors import InputError
from data.ids import digest
from data.matters import SaidWrong, WrongKind
from data.retention.deleting import drop_orphans, purge_cases
from data.rungs import CaseClock
from data.steps.acts import Done, Refused
from data.steps.codes import Check, Ending, StepKind
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.engine.audit_chain import links
from data.store.owners import corrections_that_count, put_said_wrong
from data.store.stories import moved_to, posts_moved
from data.store.verdicts import story_verdicts
from data.store.weekly import count_actions, removals
from data.types import About, Harm, Mark, Meant, Policy, Relevance, Route, Sentiment, Severity, Story
from monitor.act.casework import make_judges
from monitor.act.joining import is_list, merge, read_list, undo_merge, write_note
from monitor.act.mark import Handling, mark
from monitor.act.matter import TakenBy, take_matter
from monitor.act.wrong import Marking, consequences, correct, take_back
from monitor.matters.reader import Reader, read_matters
from monitor.matters.views import alert_views, read_matter
from monitor.pipeline.rejudge import raise_moved

# A story marked, judged wrongly, merged or joined with another; and each taken back.

LATER = NOW + timedelta(days=30)
FAIR = {"severity": Severity.TODAY, "route": Route.RESPOND}
DANGER = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.now = LATER
    desk.story("fair", alert=True, told=("holt",), **FAIR)
    desk.story("danger", alert=True, told=("holt",), **DANGER)
    return desk


def corrects(desk, story, kind, why="", by="holt", **right):
    """What comes of it where somebody says that a story is judged wrongly."""
    desk.now += timedelta(minutes=1)
    return does(desk, correct, story, Marking(kind, **right), why, by=by, at=desk.now)


def undoes(desk, story, by="holt"):
    """What comes of it where somebody takes the mark back, or, where there is none, what they said."""
    if standing(desk, story):
        return does(desk, mark, story, None, by=by, at=desk.now)
    return does(desk, take_back, story, [*WrongKind], by=by, at=desk.now)


def follows(desk, story, by="holt"):
    """What somebody's mark changes."""
    with desk.store.open_reader() as con:
        return [*consequences(Handling(con, desk.session(by), story, URN, desk.now))]


def standing(desk, *stories):
    with desk.store.open_reader() as con:
        marks = owner_store.marks(con, stories or ["story-fair", "story-danger"])
        return {s: m.mark for s, m in marks.items()}


def listed(desk):
    return {alert.story_id for alert in desk.alerts("holt")}


def test_an_alert_is_taken_by_acknowledging_it(desk):
    came = does(desk, mark, "story-fair", Mark.TAKEN)
    assert (came.guard, standing(desk)) == ("offered", {})


def test_a_head_who_is_wronged_reads_of_it_and_another_takes_it(desk):
    wronged = (Meant("person:holt", 1.0, "model:defamation", Harm.WRONGED),)
    desk.story(
        "smear", alert=True, told=("marsh", "holt"), route=Route.PLATFORM_REPORT, severity=Severity.TODAY,
        about=About.HEAD, content_class="C7", abuse=("defamation",), endangers=wronged,
    )  # fmt: skip
    for who, may in (("holt", False), ("marsh", True)):
        with desk.store.write("a test") as con:
            view = read_matter(con, desk.reader(who), "story-smear", LATER)
            came = take_matter(
                Handling(con, desk.session(who), "story-smear", URN, LATER), view, TakenBy.DESK
            )
        assert isinstance(came, Done) is may


NOT_US = (WrongKind.NOT_US, "The Oakfield in Hexley")


def test_whoever_may_not_read_it_or_it_may_mean_says_nothing_of_it_and_undoes_nothing(desk):
    desk.story(
        "child", alert=True, told=("pike",), restricted=True, **(DANGER | {"route": Route.SAFEGUARDING})
    )
    desk.story("accused", alert=True, told=("holt",), subject_person="ash", **DANGER)
    for story, by, may in (
        ("fair", "vale", False), ("child", "holt", False), ("child", "pike", True),
        ("accused", "ash", False), ("accused", "holt", True),
    ):  # fmt: skip
        came = corrects(desk, f"story-{story}", *NOT_US, by=by)
        assert isinstance(came, Done) is may, (story, by)
        assert bool(standing(desk, f"story-{story}")) is may, (story, by)
    undoes(desk, "story-child")
    assert standing(desk, "story-child") == {"story-child": Mark.SAID_NOT_US}


def test_what_may_be_danger_is_not_about_us_once_two_people_say_so_each_with_a_reason(desk):
    corrects(desk, "story-danger", *NOT_US)
    assert standing(desk) == {"story-danger": Mark.SAID_NOT_US}
    assert "story-danger" in listed(desk)
    assert corrects(desk, "story-danger", *NOT_US).guard == "second_person"
    assert corrects(desk, "story-danger", WrongKind.NOT_US, by="pike").guard == "reason"
    assert isinstance(corrects(desk, "story-danger", *NOT_US, by="pike"), Done)
    assert standing(desk) == {"story-danger": Mark.NOT_US}
    assert "story-danger" not in listed(desk)
    codes = [entry.codes for entry in desk.entries("story_marked")]
    assert [any(code.startswith("note:") for code in each) for each in codes] == [True, True]


def kept(desk):
    with desk.store.open_reader() as con:
        found = corrections_that_count(con)
        return {(c.kind, c.person_id, c.why, c.was_severity, c.was_route, c.model) for c in found}


def test_that_a_danger_is_over_says_nothing_of_how_it_was_judged(desk):
    corrects(desk, "story-danger", WrongKind.OVER, "He is held.")
    corrects(desk, "story-danger", WrongKind.OVER, "He is held.", by="pike")
    assert standing(desk) == {"story-danger": Mark.OVER}
    assert kept(desk) == set()


def test_what_was_judged_too_gravely_is_closed_kept_with_what_was_judged_and_taken_back(desk):
    assert corrects(desk, "story-fair", WrongKind.TOO_GRAVE).guard == "reason", "it lowers something"
    corrects(desk, "story-fair", WrongKind.TOO_GRAVE, "A joke")
    assert standing(desk) == {"story-fair": Mark.TOO_GRAVE}
    assert [key for key, _ in follows(desk, "story-fair")] == ["closed"]
    assert kept(desk) == {("too_grave", "holt", "A joke", Severity.TODAY, Route.RESPOND, "test-model")}
    assert "story-fair" not in listed(desk)
    undoes(desk, "story-fair")
    assert (standing(desk), kept(desk)) == ({}, set())


def test_the_second_is_nobody_who_does_not_decide(desk):
    desk.story("told", alert=True, told=("holt", "fern"), **DANGER)
    corrects(desk, "story-told", WrongKind.TOO_GRAVE, "A song")
    refused = corrects(desk, "story-told", WrongKind.TOO_GRAVE, "A song", by="fern")
    assert refused.guard == "second_person"


def test_into_the_other_lane_it_is_told_at_once_and_stays_open(desk):
    given = {"why": "It is about her pupil", "route": Route.SAFEGUARDING}
    corrects(desk, "story-danger", WrongKind.WRONG_LANE, **given)
    assert follows(desk, "story-danger") == [("raised", 0)]
    with desk.store.open_reader() as con:
        ((times, told),) = con.execute(
            "SELECT times, audience FROM alerts WHERE story_id = 'story-danger'"
        ).fetchall()
        sent = con.execute("SELECT person_id FROM outbox").fetchall()
    assert (standing(desk), times, "pike" in told) == ({}, 2, True)
    assert ("pike",) in sent


def test_what_was_missed_is_raised_where_a_way_is_given_and_else_is_looked_at(desk):
    for name in ("calm", "grim"):
        desk.story(name, severity=Severity.NOTE, route=Route.NOTE)
    corrects(desk, "story-calm", WrongKind.MISSED, "She means it")
    assert follows(desk, "story-calm") == [("looked", 0)]
    corrects(desk, "story-grim", WrongKind.MISSED, "Her son", "pike", route=Route.SAFEGUARDING)
    assert follows(desk, "story-grim", "pike") == [("raised", 0)]
    raised = rows_of(desk.store, "SELECT route, severity FROM alerts WHERE story_id = 'story-grim'")
    assert raised == [("safeguarding", 4)]
    assert isinstance(corrects(desk, "story-fair", WrongKind.MISSED, "So"), Refused)


def test_what_is_said_to_be_ours_is_perhaps_another_schools_no_longer_until_that_is_taken_back(desk):
    desk.story("odd", relevance=Relevance.UNSURE, severity=Severity.RESPOND, route=Route.RESPOND)

    def relevance():
        with desk.store.open_reader() as con:
            return read_matter(con, desk.reader("holt"), "story-odd", LATER).relevance

    assert relevance() is Relevance.UNSURE
    corrects(desk, "story-odd", WrongKind.OURS)
    assert relevance() is Relevance.ABOUT
    undoes(desk, "story-odd")
    assert relevance() is Relevance.UNSURE


def test_what_was_missed_as_another_schools_is_perhaps_ours_and_is_raised_or_never_cut(desk):
    for name in ("calm", "grim"):
        desk.story(name, relevance=Relevance.NOT_ABOUT, severity=Severity.NOTHING, route=Route.IGNORE)
    corrects(desk, "story-calm", WrongKind.MISSED, "She means it")
    corrects(desk, "story-grim", WrongKind.MISSED, "So", route=Route.RESPOND)
    with desk.store.open_reader() as con:
        looks = con.execute("SELECT relevance, look_rank FROM verdicts WHERE look").fetchall()
        raised = con.execute("SELECT route FROM alerts WHERE story_id = 'story-grim'").fetchall()
    assert (looks, raised) == ([("unsure", 1.0)], [("respond",)])


def test_neither_of_the_two_takes_their_word_back_alone_but_the_mark_and_with_it_what_counts(desk):
    """What a home of before let somebody only say is taken back."""
    for by in ("holt", "pike"):
        corrects(desk, "story-danger", WrongKind.TOO_GRAVE, "A song", by)
    h = partial(Handling, session=desk.session("pike"), story_id="story-danger", urn=URN, now=desk.now)
    with desk.store.write("a test") as con:
        said = SaidWrong(digest("danger")[:16], URN, "pike", None, "criticism", None, "A song", desk.now)
        put_said_wrong(con, said, "story-danger")
        assert take_back(h(con)).made
        people = con.execute("SELECT person_id FROM said_wrong ORDER BY ALL").fetchall()
    assert people == [("holt",), ("pike",)]
    assert (len(kept(desk)), standing(desk)) == (1, {"story-danger": Mark.TOO_GRAVE})
    undoes(desk, "story-danger", "pike")
    assert (kept(desk), standing(desk)) == (set(), {})


def test_its_tone_is_as_somebody_says_until_each_who_said_so_has_taken_it_back(desk):
    def tone():
        return rows_of(desk.store, "SELECT sentiment FROM verdicts WHERE severity = 3")

    for by in ("holt", "ash"):
        corrects(desk, "story-fair", WrongKind.TONE, by=by, tone=Sentiment.POSITIVE)
    undoes(desk, "story-fair")
    assert tone() == [("positive",)]
    undoes(desk, "story-fair", "ash")
    assert tone() == [("negative",)]


# Two matters are merged, or their cases joined, and it is undone; nobody reads or learns more by
# it.


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


def does(school, act, story, *given, by="holt", at=LATER):
    """What becomes of an act of that person; nothing is kept of what raises."""
    return do_on(school.session(by), story, URN, at, act, *given)


def all_that_is_seen(school):
    """What some are shown in every list, and all may know of each matter; with what lists are made from."""
    session, seen = school.session("holt"), {}
    with session.store.open_reader() as con:
        alerts = alert_store.list_alerts(con, open_only=False)
        for person in (p for p in session.config.people if p.id in ("pike", "holt", "fern")):
            reader = Reader(session.config, session.store, person)
            seen[person.id] = alert_views(con, reader, alerts, LATER)
        for table in ("matches", "stories", "alerts", "owners", "notes", "outbox"):
            seen[table] = sorted(map(repr, con.execute(f"SELECT * FROM {table}").fetchall()))
    return seen | {story: known_to(school, story) for story in ("story-one", "story-other")}


def known_to(school, story):
    session = school.session("holt")
    with session.store.open_reader() as con:
        matter = read_matters(con, session.config, {story: URN}).by_story[story]
    return {p.id: access(p, matter, session.config.people) for p in session.config.people}


def raised(school, name, **judged):
    """A story, told to those to whom the program tells it."""
    story, session = school.story(name, **judged), school.session("holt")
    with session.store.write("raised") as con:
        verdicts = story_verdicts(con, [story])[story]
        ids = tuple(v.mention_id for v in verdicts)
        raise_moved(
            con, Story(story, URN, "", NOW, NOW, ids), verdicts, make_judges(session.config, school.home), NOW
        )
    return story


STAYS, GOES = "story-insult", "story-again"


def a_pair(school):
    """Two of one class and gravity, told to the same."""
    for name in ("insult", "again"):
        raised(school, name, **INSULT)


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


@settings(max_examples=2, deadline=None)
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
    session = school.session(by)
    with session.store.write("a note") as con:
        write_note(Handling(con, session, both[1], URN, NOW), "I rang them.")
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
        assert "sent again" in back.reason
        return
    assert all_that_is_seen(school) == before


def test_what_was_merged_is_not_purged_and_what_comes_of_it_later_goes_along(school):
    """Both are audited by whom."""
    a_pair(school)
    assert isinstance(does(school, merge, STAYS, GOES), Done)
    do_in(school.store, drop_orphans, LATER)
    with school.store.open_reader() as con:
        assert moved_to(con, GOES) == STAYS
        assert {*posts_moved(con).values()} == {STAYS}
    assert isinstance(does(school, undo_merge, STAYS, by="pike"), Done)
    with school.store.open_reader() as con:
        done = [(x.entry.action, x.entry.actor) for x in links(con, [STAYS])]
    assert [d for d in done if "merge" in d[0]] == [("story_merged", "holt"), ("story_merge_undone", "pike")]


def test_a_matter_of_the_safeguarding_lead_is_merged_by_no_other(school):
    open_one, sealed = raised(school, "insult", **INSULT), raised(school, "child", **KINDS["child"])
    assert does(school, merge, open_one, sealed).guard == "works"
    came = does(school, merge, open_one, sealed, by="pike")
    assert came.made.to_story == sealed
    assert known_to(school, sealed)["holt"] < known_to(school, open_one)["pike"]


def test_what_has_a_case_stays_and_a_case_about_what_was_merged_bars_undoing(tmp_path):
    """The seals of the moved posts still hold."""
    pair = a_desk(tmp_path, a_pair)
    number = pair.open(GOES, "holt").id
    assert does(pair, merge, STAYS, GOES).made.to_story == GOES
    assert isinstance(does(pair, undo_merge, GOES), Done)
    does(pair, merge, STAYS, GOES)
    pair.take(StepKind.COPY_FOUND, "holt", number, mention=a_mention("insult").id, what="copy")
    came = does(pair, undo_merge, GOES)
    assert came.guard == "since"
    assert f"case {number} is about what was merged" in came.reason
    assert run("evidence", "verify", "--home", str(pair.home)).code == 0


def test_neither_one_with_itself_nor_what_is_done_with_is_merged(school):
    stays, goes = school.story("one", **FAIR), school.story("other", **FAIR)
    assert [does(school, merge, stays, it).guard for it in (stays, "none")] == ["two", "two"]
    does(school, mark, goes, Mark.ANSWERED, at=NOW)
    assert does(school, merge, stays, goes).guard == "works"


JANUARY = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
RAISED = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.STAFF, "content_class": "C2",
    "abuse": ("harassment",), "channel": "facebook", "alert": True, "told": ("pike", "holt"),
}  # fmt: skip


class TwoCases:
    """A home with two cases of one quarrel."""

    first, later = numbers = ("0001", "0002")

    def __init__(self, desk):
        self.desk = desk
        desk.now = desk.now or JANUARY + timedelta(hours=1)

    def takes(self, number, kind, **facts):
        self.desk.now += timedelta(minutes=1)
        return self.desk.take(kind, "holt", number, why="A reason", **facts)

    def sought(self, number):
        self.takes(number, StepKind.CLASSIFIED, class_="C2")
        self.takes(number, StepKind.EVIDENCE, **PAGE)
        self.takes(number, StepKind.WEIGHED, **WEIGHED)
        self.takes(number, StepKind.DECIDED, decision="seek")

    def asked(self, number):
        self.takes(number, StepKind.ASKED, rung="platform_report")

    def answered(self, number):
        self.takes(number, StepKind.ANSWERED, rung="platform_report", result="removed")

    def merged(self, why="One parent, one quarrel"):
        self.desk.now += timedelta(minutes=1)
        return does(self.desk, merge, "story-again", "story-insult", why, at=self.desk.now)

    def parted(self):
        self.desk.now += timedelta(minutes=1)
        return does(self.desk, undo_merge, "story-insult", at=self.desk.now)

    def case(self, number):
        return self.desk.case(number)


def two_open(desk):
    desk.now = JANUARY
    for name in ("insult", "again"):
        desk.open(desk.story(name, **RAISED), "holt")


def two_asked(desk):
    """Removal of both is sought, and the platform asked about the later."""
    two_open(desk)
    two = TwoCases(desk)
    for number in two.numbers:
        two.sought(number)
    two.asked(two.later)


def two_joined(desk):
    two_asked(desk)
    assert isinstance(TwoCases(desk).merged(), Done)


@pytest.fixture
def two(tmp_path):
    return TwoCases(a_desk(tmp_path, two_open))


@pytest.fixture
def asked(tmp_path):
    return TwoCases(a_desk(tmp_path, two_asked))


@pytest.fixture
def joined(tmp_path):
    return TwoCases(a_desk(tmp_path, two_joined))


def test_the_later_is_closed_for_a_reason_and_its_post_is_a_place_of_the_first(joined):
    """It is not opened again, and its evidence is kept as long as the first."""
    first, later = joined.case(joined.first), joined.case(joined.later)
    assert (later.ending, later.joined_to, later.waits) == (Ending.JOINED, joined.first, ())
    assert [here.mention_id for here in first.places] == [a_mention(n).id for n in ("insult", "again")]
    with pytest.raises(ActRefused, match="part of another case"):
        joined.takes(joined.later, StepKind.REOPENED)
    gone = do_in(joined.desk.store, purge_cases, JANUARY + timedelta(days=9000), Policy())
    assert not gone.whole


def test_what_the_platform_was_asked_is_waited_for_at_the_place_and_no_reason_joins_nothing(asked):
    assert isinstance(asked.merged(why=""), Refused)
    assert asked.case(asked.later).state is CaseState.WAITING
    before = {(w.clock, w.due_at) for w in asked.case(asked.later).waits}
    asked.merged()
    first = asked.case(asked.first)
    assert first.places[1].place_state is PlaceState.ASKED
    assert {(w.clock, w.due_at) for w in first.waits if w.place == 2} == {
        w for w in before if w[0] != CaseClock.BASILDON_24H
    }
    asked.answered(f"{asked.first}-2")
    assert asked.case(asked.first).places[1].place_state is PlaceState.SAID_GONE


def test_undone_both_cases_are_as_before(asked):
    before = [asked.case(n) for n in asked.numbers]
    asked.merged()
    asked.parted()
    assert asked.case(asked.later).ending is None
    for case, was in zip(map(asked.case, asked.numbers), before, strict=True):
        assert (case.state, case.waits, case.places, case.rung, case.ending) == (
            was.state, was.waits, was.places, was.rung, was.ending,
        )  # fmt: skip
    kept = rows_of(asked.desk.store, "SELECT case_id, n FROM case_places ORDER BY ALL")
    assert kept == sorted((n, 1) for n in asked.numbers)
    asked.merged()
    assert len(asked.case(asked.first).places) == 2


def test_it_is_not_undone_once_the_first_has_gone_on(joined):
    joined.asked(joined.first)
    assert "has gone on" in joined.parted().reason


def test_what_was_seen_gone_comes_along_and_is_looked_at_again_at_its_times(asked):
    asked.answered(asked.later)
    asked.desk.now += timedelta(hours=2)
    asked.desk.look(Check.GONE, "holt", asked.later)
    was = asked.case(asked.later).places[0]
    asked.merged()
    here = asked.case(asked.first).places[1]
    assert (here.place_state, here.checks, here.recheck_at) == (PlaceState.GONE, was.checks, was.recheck_at)


def test_the_report_counts_the_matter_and_each_asking_once(joined):
    week, asked = (URN, JANUARY - timedelta(days=1), JANUARY + timedelta(days=6)), joined
    with asked.desk.store.open_reader() as con:
        (one,) = removals(con, *week)
        assert (one.case_id, one.rung) == (asked.first, "platform_report")
        assert count_actions(con, *week)["asked"] == 1
    asked.parted()
    with asked.desk.store.open_reader() as con:
        assert sorted((r.case_id, r.rung or "") for r in removals(con, *week)) == sorted(
            [(asked.first, ""), (asked.later, "platform_report")]
        )
        assert count_actions(con, *week)["asked"] == 1


def test_the_one_decided_first_stays_so_that_nobody_is_given_more_time(two):
    two.sought(two.later)
    due = two.case(two.later).sought.due_at
    two.sought(two.first)
    two.merged()
    assert two.case(two.first).joined_to == two.later
    assert two.case(two.later).sought.due_at == due


def refused(two, *said):
    why = two.merged().reason
    assert all(word in why for word in said), why
    assert not two.case(two.later).joined_to
    assert not two.case(two.first).joined_to


def test_one_that_is_fair_comment_is_not_joined_to_a_removal(two):
    two.takes(two.first, StepKind.CLASSIFIED, class_="C0")
    refused(two, "not of one kind")


def test_different_people_left_out_keep_them_two_either_way(two):
    two.takes(two.first, StepKind.ACCUSED, person="fern")
    refused(two, "not for the same people")


def test_one_on_hold_closed_or_aimed_at_somebody_else_stays_as_it_is(two):
    """A hold is ended first, and what is closed opened again."""
    two.takes(two.later, StepKind.HELD, review="2027-06-01")
    refused(two, "on hold")
    two.desk.now += timedelta(minutes=1)
    two.desk.take(StepKind.RELEASED, "pike", two.later, why="It is over")
    two.takes(two.first, StepKind.TARGET, person="fern", subjects="")
    two.takes(two.later, StepKind.TARGET, person="vale", subjects="")
    refused(two, "not for the same people")
    two.takes(two.later, StepKind.CLOSED, ending="mistaken")
    refused(two, "closed", "open it again first")


# A list of what somebody saw, as it is read: pasted lines, or a table.


def read(text):
    """Of each line its address and words, or why it is refused."""
    lines = read_list(text, lambda url, words: "" if url or words else "nothing").lines
    return [line.why or (line.address, line.words) for line in lines]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("https://example.org/v/1", ("https://example.org/v/1", "")),
        ("  3. www.example.org/v/1 ", ("www.example.org/v/1", "")),
        ("https://example.org/v/1, he says it again", ("https://example.org/v/1", "he says it again")),
        ("Seen by Ann: https://example.org/v/1.", ("https://example.org/v/1", "Seen by Ann")),
        ("office@example.org rang", "address"),
    ],
)
def test_an_address_is_found_in_its_line_and_the_rest_is_words(line, found):
    assert read(line) == [found]


def test_lines_that_say_the_same_are_taken_once_and_empty_ones_not_counted():
    assert read("https://example.org/1\n\nhttps://EXAMPLE.org/1\n") == [("https://example.org/1", ""), "same"]


def test_what_is_refused_is_kept_as_it_was_typed():
    (line,) = read_list("2. https://example.org/u/ann", lambda url, words: "profile").lines
    assert (line.n, line.typed, line.why) == (1, "2. https://example.org/u/ann", "profile")


@pytest.mark.parametrize("begins", ["address,words", "\ufeffAddress;Words", '"words"\t"address"'])
def test_a_table_names_its_columns_in_any_order_however_they_are_parted(begins):
    parts = next(part for part in ",;\t" if part in begins)
    cells = ["https://example.org/1", '"one, two"']
    row = parts.join(reversed(cells) if "words" in begins[:6] else cells)
    assert is_list(f"{begins}\r\n{row}")
    assert read(f"{begins}\r\n{row}\r\n") == [("https://example.org/1", "one, two")]


def test_nothing_of_a_table_is_lost_that_cannot_be_read():
    text = 'address,words\nhttps://example.org/1,a,b\nhttps://example.org/2,"one\nhttps://example.org/3,x'
    lines = read_list(text, lambda url, words: "").lines
    assert [line.why for line in lines] == ["cells", "quotes"]
    assert lines[1].typed.endswith("https://example.org/3,x")


@pytest.mark.parametrize(
    "text", ["They never ring back.\nNever.", "https://example.org/1", "", "See example.org"]
)
def test_words_are_no_list(text):
    assert not is_list(text)
