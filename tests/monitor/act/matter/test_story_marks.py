"""A story marked as done with, by whom, and taken back; and said to be judged wrongly."""

from __future__ import annotations

import pytest
from builders.case_desk import NOW, Desk, about_the_head, disclosure, insult, review, run

from data.store import owners as owner_store
from data.store.engine.audit_chain import links
from data.store.verdicts.said_wrong import corrections
from data.types import About, Harm, Mark, Meant, Relevance, Route, Severity
from monitor.act.wrong import take_back
from monitor.cli.commands.options import HomeOptions

FAIR = {"severity": Severity.TODAY, "route": Route.RESPOND}
DANGER = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt",), **FAIR)
    desk.story("danger", alert=True, told=("holt",), **DANGER)
    return desk


def mark(desk, story, *words, by="holt"):
    return run("story", "mark", story, *words, "--as", by, "--home", str(desk.home))


def standing(desk):
    with desk.store.read() as con:
        return {s: m.mark for s, m in owner_store.marks(con, ["story-fair", "story-danger"]).items()}


def listed(desk):
    return run("alerts", "list", "--as", "holt", "--json", "--home", str(desk.home)).data


def stories(desk, *words):
    found = run("story", "list", *words, "--as", "holt", "--json", "--home", str(desk.home)).data
    return {story["id"] for story in found}


@pytest.mark.parametrize(
    ("option", "kept"), [("--not-us", Mark.NOT_US), ("--answered", Mark.ANSWERED)], ids=["not_us", "answered"]
)
def test_it_leaves_the_list_and_says_who_marked_it(desk, option, kept):
    before = {a["story"] for a in listed(desk)}
    assert stories(desk) == {"story-fair", "story-danger"}
    done = mark(desk, "story-fair", option)
    assert (done.code, standing(desk)) == (0, {"story-fair": kept})
    assert before - {a["story"] for a in listed(desk)} == {"story-fair"}
    assert stories(desk) == {"story-danger"}


def test_what_is_done_with_is_listed_with_all_and_whoever_looks_is_told_so(desk):
    assert run("story", "list", "--as", "holt", "--home", str(desk.home)).err == ""
    mark(desk, "story-fair", "--not-us")
    assert stories(desk, "--all") == {"story-fair", "story-danger"}
    short = run("story", "list", "--as", "holt", "--home", str(desk.home))
    assert "left out: schoolgate story list --all" in short.err
    everything = run("story", "list", "--all", "--as", "holt", "--home", str(desk.home))
    assert everything.err == ""
    assert "Marked as not about us by you" in " ".join(everything.out.split())
    assert mark(desk, "story-fair", "--undo").code == 0
    assert stories(desk) == {"story-fair", "story-danger"}


def test_a_mark_pushes_nothing_that_is_open_out_of_a_short_list(desk):
    desk.story("a-gate", severity=Severity.RESPOND, route=Route.RESPOND)
    assert stories(desk, "--limit", "1") == {"story-a-gate"}
    assert mark(desk, "story-a-gate", "--answered").code == 0
    assert len(stories(desk, "--limit", "2")) == 2


def test_whoever_takes_a_story_that_was_never_raised_is_named_in_every_list_until_they_give_it_up(desk):
    desk.story("parking", severity=Severity.RESPOND, route=Route.RESPOND)
    done = mark(desk, "story-parking", "--taken", by="ash")
    assert done.code == 0
    mark(desk, "story-parking", "--taken")
    for who, has in (("holt", "With Lee Ash (deputy head), since"), ("ash", "You have it, since")):
        for words in (("list",), ("show", "story-parking")):
            said = run("story", *words, "--as", who, "--home", str(desk.home)).out
            assert has in " ".join(said.split()), (who, words)
    held = run("story", "list", "--as", "holt", "--json", "--home", str(desk.home)).data
    assert {s["id"]: s["has_it"]["how"] for s in held if s["has_it"]} == {"story-parking": "taken"}
    mark(desk, "story-parking", "--undo")
    with desk.store.read() as con:
        assert owner_store.marks(con, ["story-parking"])["story-parking"].person_id == "ash"
    mark(desk, "story-parking", "--undo", by="ash")
    with desk.store.read() as con:
        assert owner_store.marks(con, ["story-parking"]) == {}


def test_an_alert_is_taken_by_acknowledging_it(desk):
    refused = mark(desk, "story-fair", "--taken")
    assert (refused.code, standing(desk)) == (2, {})
    assert "schoolgate alerts ack" in refused.err


def test_undo_brings_it_back(desk):
    before = listed(desk)
    mark(desk, "story-fair", "--not-us")
    assert mark(desk, "story-fair", "--undo", by="ash").code == 0
    assert (standing(desk), listed(desk)) == ({}, before)


def test_whoever_may_not_know_of_it_reads_that_there_is_none(desk):
    assert "No story begins with" in mark(desk, "story-fair", "--not-us", by="vale").err
    assert standing(desk) == {}


WHY = ("--not-us", "--why", "The Oakfield in Hexley")


@pytest.fixture
def grave(desk):
    desk.story(
        "child", alert=True, told=("pike",), restricted=True, **(DANGER | {"route": Route.SAFEGUARDING})
    )
    return desk


def test_whoever_may_not_read_it_is_not_told_that_their_undoing_was_done(grave):
    refused = mark(grave, "story-child", "--undo", by="holt")
    assert (refused.code, refused.out) == (2, "")
    assert "No story begins with" in refused.err


def test_what_may_be_danger_is_not_about_us_once_two_people_say_so_each_with_a_reason(desk):
    first = mark(desk, "story-danger", *WHY)
    assert first.code == 0
    assert standing(desk) == {"story-danger": Mark.SAID_NOT_US}
    assert "story-danger" in {a["story"] for a in listed(desk)}
    shown = run("story", "show", "story-danger", "--as", "pike", "--home", str(desk.home))
    assert "until a second person who may read it says so too" in " ".join(shown.out.split())
    alone = mark(desk, "story-danger", *WHY)
    assert (alone.code, "a second person says so too" in alone.err) == (2, True)
    assert mark(desk, "story-danger", "--not-us", by="pike").code == 2
    assert mark(desk, "story-danger", *WHY, by="pike").code == 0
    assert standing(desk) == {"story-danger": Mark.NOT_US}
    assert "story-danger" not in {a["story"] for a in listed(desk)}
    with desk.store.read() as con:
        codes = [link.entry.codes for link in links(con) if link.entry.action == "story_marked"]
    assert [any(code.startswith("note:") for code in each) for each in codes] == [True, True]


def test_a_word_of_one_person_that_it_is_not_about_us_is_taken_back_by_them(grave):
    mark(grave, "story-danger", *WHY)
    assert mark(grave, "story-danger", "--undo").code == 0
    assert standing(grave) == {}


def test_nobody_who_may_not_read_what_is_with_the_dsl_says_that_it_is_not_about_us(grave):
    assert mark(grave, "story-child", *WHY, by="holt").code == 2
    assert mark(grave, "story-child", *WHY, by="pike").code == 0


def test_whoever_a_grave_matter_may_mean_says_nothing_of_it(grave):
    grave.story("accused", alert=True, told=("holt",), subject_person="ash", **DANGER)
    assert mark(grave, "story-accused", *WHY, by="ash").code == 2
    assert mark(grave, "story-accused", *WHY).code == 0


def kept(desk):
    with desk.store.read() as con:
        return {
            (c.kind, c.person_id, c.why, c.was_severity, c.was_route, c.model)
            for c in corrections(con)
            if c.counts_at is not None
        }


def test_what_was_judged_too_gravely_is_closed_kept_with_what_was_judged_and_taken_back(desk):
    assert mark(desk, "story-fair", "--too-grave").code == 2, "it lowers something, so a reason is wanted"
    done = mark(desk, "story-fair", "--too-grave", "--why", "A joke")
    assert (done.code, standing(desk)) == (0, {"story-fair": Mark.TOO_GRAVE})
    assert "Its alert is closed" in done.out
    assert "raises no alert here" in done.out
    assert kept(desk) == {("too_grave", "holt", "A joke", Severity.TODAY, Route.RESPOND, "test-model")}
    assert "story-fair" not in {a["story"] for a in listed(desk)}
    mark(desk, "story-fair", "--undo")
    assert (standing(desk), kept(desk)) == ({}, set())


def test_what_may_be_danger_is_lowered_once_a_second_person_says_so_who_decides(desk):
    first = mark(desk, "story-danger", "--too-grave", "--why", "A line of a song")
    assert "Until then nothing is lowered" in first.out
    assert (standing(desk), kept(desk)) == ({"story-danger": Mark.SAID_TOO_GRAVE}, set())
    assert "story-danger" in {a["story"] for a in listed(desk)}
    shown = run("story", "list", "--as", "pike", "--home", str(desk.home))
    assert "a second person who may decide" in " ".join(shown.out.split())
    assert mark(desk, "story-danger", "--too-grave", "--why", "I know it", by="pike").code == 0
    assert standing(desk) == {"story-danger": Mark.TOO_GRAVE}
    assert len(kept(desk)) == 1


def test_the_second_is_nobody_who_does_not_decide(desk):
    desk.story("told", alert=True, told=("holt", "fern"), **DANGER)
    mark(desk, "story-told", "--too-grave", "--why", "A song")
    refused = mark(desk, "story-told", "--too-grave", "--why", "A song", by="fern")
    assert "a safeguarding lead, or whoever decides" in refused.err


def test_out_of_a_lane_it_takes_two_and_stays_open(grave):
    lane = ("--wrong-lane", "--route", "respond", "--why", "A film about it")
    grave.story("second", alert=True, told=("pike",), **DANGER)
    assert "Until then nothing is lowered" in mark(grave, "story-second", *lane, by="pike").out
    assert mark(grave, "story-second", *lane).code == 0
    with grave.store.read() as con:
        found = con.execute("SELECT route, severity FROM alerts WHERE story_id = 'story-second'").fetchall()
    assert (found, standing(grave)) == ([("respond", 2)], {})


def test_into_the_other_lane_it_is_told_at_once_and_stays_open(desk):
    lane = ("--wrong-lane", "--route", "safeguarding", "--why", "It is about her pupil")
    assert "the service tells those who may know" in mark(desk, "story-danger", *lane).out
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
    assert "It is shown for a look." in mark(desk, "story-calm", "--missed", "--why", "She means it").out
    raised = mark(
        desk, "story-grim", "--missed", "--route", "safeguarding", "--why", "It is her son", by="pike"
    )
    assert "It is raised, and the service tells those who may know." in raised.out
    with desk.store.read() as con:
        raised = con.execute("SELECT route, severity FROM alerts WHERE story_id = 'story-grim'").fetchall()
    assert raised == [("safeguarding", 4)]
    assert "it was not missed" in mark(desk, "story-fair", "--missed", "--why", "So").err


def test_what_is_said_to_be_ours_is_perhaps_another_schools_no_longer_until_that_is_taken_back(desk):
    desk.story("odd", relevance=Relevance.UNSURE, severity=Severity.RESPOND, route=Route.RESPOND)

    def doubted():
        whole = run("story", "list", "--as", "holt", "--home", str(desk.home)).out
        return stories(desk, "--unsure"), "perhaps another school" in whole

    assert doubted() == ({"story-odd"}, True)
    assert mark(desk, "story-odd", "--ours").code == 0
    assert doubted() == (set(), False)
    assert mark(desk, "story-odd", "--undo").code == 0
    assert doubted() == ({"story-odd"}, True)


def test_what_was_missed_as_another_schools_is_perhaps_ours_and_is_raised_or_never_cut(desk):
    for name in ("calm", "grim"):
        desk.story(name, relevance=Relevance.NOT_ABOUT, severity=Severity.NOTHING, route=Route.IGNORE)
    mark(desk, "story-calm", "--missed", "--why", "She means it")
    assert "It is raised" in mark(desk, "story-grim", "--missed", "--route", "respond", "--why", "So").out
    with desk.store.read() as con:
        looks = con.execute("SELECT relevance, look_rank FROM verdicts WHERE look").fetchall()
        raised = con.execute("SELECT route FROM alerts WHERE story_id = 'story-grim'").fetchall()
    assert (looks, raised) == ([("unsure", 1.0)], [("respond",)])


def test_neither_of_the_two_takes_their_word_back_alone_but_the_mark_and_with_it_what_counts(desk):
    for by in ("holt", "pike"):
        mark(desk, "story-danger", "--too-grave", "--why", "A song", by=by)
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
    assert mark(desk, "story-danger", "--undo", by="pike").code == 0
    assert (kept(desk), standing(desk)) == (set(), {})


def test_its_tone_is_as_somebody_says_until_each_who_said_so_has_taken_it_back(desk):
    def tone():
        with desk.store.read() as con:
            return con.execute("SELECT sentiment FROM verdicts WHERE severity = 3").fetchall()

    for by in ("holt", "ash"):
        assert mark(desk, "story-fair", "--tone", "positive", by=by).code == 0
    where = ("--as", "holt", "--home", str(desk.home))
    assert run("story", "wrong", "story-fair", "--undo", *where).code != 0, "that is of what was only said"
    mark(desk, "story-fair", "--undo")
    assert tone() == [("positive",)]
    assert mark(desk, "story-fair", "--undo", by="ash").code == 0
    assert tone() == [("negative",)]


def test_of_another_school_a_setting_is_offered_and_not_written(desk):
    desk.story("namesake", alert=True, told=("holt",), **FAIR)
    with desk.store.write("test") as con:
        con.execute("UPDATE mention_versions SET text = 'Oakfield in Hexley again'")
    before = (desk.home / "schoolgate.toml").read_text()
    done = mark(desk, "story-namesake", "--not-us", "--why", "It is the one in Hexley")
    command = 'schools change 900001 --namesake "Oakfield Primary School" --place "Hexley"'
    assert command in " ".join(done.out.split())
    assert (desk.home / "schoolgate.toml").read_text() == before


# That something is judged wrongly, what is right and why; and taken back.


def wrong(desk, *words, by="holt"):
    return run("story", "wrong", "story-fair", *words, "--as", by, "--home", str(desk.home))


def shown(desk):
    found = run("story", "show", "story-fair", "--as", "ash", "--json", "--home", str(desk.home))
    return [each for post in found.data["posts"] for each in post["said_wrong"]]


def test_it_is_said_and_whoever_may_read_the_story_sees_who_what_and_why(desk):
    done = wrong(desk, "--not-about", "--severity", "1", "--why", "Hexley is meant")
    assert done.code == 0
    (said,) = shown(desk)
    assert (said["by"], said["relevance"], said["severity"], said["why"]) == (
        "holt", "not_about", 1, "Hexley is meant",
    )  # fmt: skip
    lines = run("story", "show", "story-fair", "--as", "ash", "--home", str(desk.home)).out
    assert "judged wrongly, says holt" in lines
    assert "not_about, severity 1. Hexley is meant" in lines


def test_it_is_taken_back_by_whoever_said_it(desk):
    wrong(desk, "--label", "criticism", "--why", "It is about lunch")
    assert wrong(desk, "--undo", by="ash").code != 0
    assert wrong(desk, "--undo").code == 0
    assert shown(desk) == []


@pytest.mark.parametrize("words", [("--why", "So"), ("--label", "rude", "--why", "So"), ("--label", "hate")])
def test_what_is_right_and_why_are_wanted(desk, words):
    done = wrong(desk, *words)
    assert done.code != 0
    assert shown(desk) == []


@pytest.fixture
def searched(tmp_path):
    made = Desk(tmp_path)
    for prepare in (insult, review, disclosure, about_the_head):
        prepare(made)
    return made


def test_a_story_of_a_locked_case_is_shown_without_its_words_which_want_a_reason(searched):
    shown = run("story", "show", "story-insult", "--as", "holt", "--home", str(searched.home))
    assert "Oakfield is mentioned" in shown.out
    searched("open", "story-insult", "--as", "holt")
    assert searched("step", "lock", "1", "--as", "holt", "--why", "A pupil accuses him").code == 0
    for words in ((), ("--json",)):
        shown = run("story", "show", "story-insult", *words, "--as", "holt", "--home", str(searched.home))
        assert not [said for said in ("is mentioned", "Title insult", "poster-insult") if said in shown.out]
        assert words or "case show 0001 --restricted --reason" in shown.err


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
