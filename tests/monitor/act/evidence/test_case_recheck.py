"""Looking again at the post of a case: recorded, confirmed by two looks, back again, copied elsewhere."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import support.strain
from builders.case_desk import NOW
from builders.mention import a_batch, a_verdict
from builders.recheck import PATH, Rechecks
from builders.steps import an_event
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, thread
from support.web_server import Answer, serve

from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.replay import replay
from data.cases import CaseState
from data.errors import CaseMoved, InputError
from data.steps.codes import Check, StepKind
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from monitor.act.casework.recheck import recheck, record_sighting
from monitor.act.casework.steps import apply_event
from monitor.config.home.lookup import known_person
from monitor.matters.reader import Reader
from monitor.matters.replaying import load_case
from monitor.pipeline.same_post import as_mention
from monitor.pipeline.sighting import Report
from monitor.service.tasks.rechecks import look_again, rechecks

THERE = thread(BEFORE, MEANT, AFTER)
MISSING = thread(BEFORE, AFTER)
LATER = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One site and one home with an open case; each test has a copy of the home."""
    table = {PATH: THERE}
    with serve(table) as site:
        yield Rechecks(tmp_path_factory.mktemp("made"), site), table


@pytest.fixture
def routes(made):
    table = made[1]
    table.clear()
    table[PATH] = THERE
    return table


@pytest.fixture
def home(made, routes, tmp_path):
    copy = Rechecks.copied(made[0], tmp_path / "home")
    copy.site.asked.clear()
    copy.now = LATER
    return copy


def hours(n):
    return timedelta(hours=n)


def look(home, **kwargs):
    return recheck(home.store, home.context, home.fetch, "0001", home.clock, **kwargs)


def saw(home, check, why, **how):
    """What becomes of what a person says that they saw."""
    return record_sighting(home.store, home.context, "0001", check, LATER, by="holt", why=why, **how)


def case(home):
    return replay(home.steps())


def test_a_look_is_one_get_of_the_exact_address_and_is_recorded(home):
    found = look(home)
    assert found.seen.check is Check.PRESENT
    assert home.site.paths == [PATH]
    step = home.steps()[-1]
    assert (step.kind, step.actor, step.written) == (
        StepKind.CHECKED, "schoolgate", {"result": "present", "nth": "1", "looked": "looked_program"},
    )  # fmt: skip
    assert INSULT not in repr(step)


def test_gone_begins_the_confirming_and_is_looked_at_again(home, routes):
    routes[PATH] = MISSING
    assert look(home).case.state is CaseState.CONFIRMING
    home.wait(hours=1, minutes=1)
    assert home.due() == ["0001"]
    home.wait(hours=-1)
    assert home.due() == []


def test_a_wall_while_confirming_confirms_nothing(home, routes):
    routes[PATH] = MISSING
    look(home)
    home.wait(hours=25)
    routes[PATH] = Answer(302, headers={"Location": "/login"})
    routes["/login"] = (
        "<html><head><title>Log in</title></head><body><p>You must log in to continue.</p>"
        "<form><input type='password'></form></body></html>"
    )
    found = look(home)
    assert found.seen.check is Check.LOG_IN_WALL
    assert [c.result for c in found.case.checks] == [Check.GONE, Check.LOG_IN_WALL]
    assert found.case.state is CaseState.CONFIRMING


def told(home):
    with home.store.read() as con:
        rows = con.execute(
            "SELECT person_id, body FROM outbox WHERE subject LIKE '%look yourself%'"
        ).fetchall()
    return rows


def test_a_look_that_could_not_be_made_is_told_once_to_who_decides(home, routes):
    routes[PATH] = MISSING
    look(home)
    routes[PATH] = Answer(503, b"later")
    for wait in (hours(2), hours(24)):
        home.now += wait
        look(home)
    ((person, body),) = told(home)
    assert person == "holt"
    assert "that proves nothing" in body
    assert INSULT not in body
    assert str(home.site) not in body


def test_before_it_is_said_to_be_gone_a_look_that_cannot_be_made_is_only_recorded(home, routes):
    routes[PATH] = Answer(503, b"later")
    look(home)
    assert told(home) == []


def test_what_stands_again_reopens_at_the_rung_it_had_reached(home, routes):
    routes[PATH] = MISSING
    look(home)
    home.wait(hours=25)
    routes[PATH] = THERE
    found = look(home)
    assert found.came_back
    assert [s.kind for s in home.steps()][-2:] == [StepKind.CHECKED, StepKind.CAME_BACK]
    assert found.case.state is not CaseState.CONFIRMING


def test_a_copy_seen_later_elsewhere_is_named_once(home):
    copy = home.post("copy", "https://other.example.org/x", at=NOW + timedelta(hours=3))
    found = look(home)
    assert found.copies == (copy,)
    assert case(home).copies == (copy,)
    home.wait(hours=1)
    assert look(home).copies == ()


def test_what_is_no_copy_is_not_named(home):
    other, day = "https://other.example.org/x", timedelta(1)
    home.post("words", other, text="They are always parking there, all of them, every day.", at=NOW + day)
    home.post("before", other, at=NOW - day)
    home.post("same", f"{home.site}{PATH}?utm_source=x", at=NOW + day)
    home.post("few", other, text="and everybody knows it", at=NOW + day)
    assert look(home).copies == ()


def test_a_person_may_say_what_they_saw(home):
    found = saw(home, Check.GONE, "not in the group any more")
    assert found.case.state is CaseState.CONFIRMING
    step = home.steps()[-1]
    assert (step.actor, step.why) == ("holt", "not in the group any more")
    assert home.site.asked == []


@pytest.mark.parametrize(
    ("why", "signed_in"),
    [("it is gone", True), ("signed in as myself, it is gone", False), ("I was logged in", False),
     ("roeddwn wedi mewngofnodi", False)],
)  # fmt: skip
def test_gone_to_somebody_who_was_signed_in_is_no_look_logged_out(home, why, signed_in):
    """To whoever its author blocked it is gone."""
    found = saw(home, Check.GONE, why, signed_in=signed_in)
    assert found.seen.check is Check.CANNOT_TELL
    assert "Look signed out" in found.seen.said
    assert found.case.state is not CaseState.CONFIRMING
    step = home.steps()[-1]
    assert (step.said.result, step.said.signed_in, step.why) == (Check.CANNOT_TELL, True, why)


@pytest.mark.parametrize("why", ["gone, and I was not signed in", "looked without being logged in", "gone"])
def test_gone_to_somebody_who_was_signed_out_is_a_look(home, why):
    found = saw(home, Check.GONE, why)
    assert found.case.state is CaseState.CONFIRMING


def test_what_is_still_there_for_somebody_who_was_signed_in_is_there(home):
    found = saw(home, Check.PRESENT, "I see it", signed_in=True)
    assert found.seen.check is Check.PRESENT


def test_what_a_person_saw_changed_enough_begins_the_confirming(home):
    found = saw(home, Check.CHANGED, "the name is out")
    assert (found.case.state, found.case.amended) == (CaseState.CONFIRMING, True)


WITH_THE_DSL = {"route": Route.SAFEGUARDING, "severity": Severity.THIS_HOUR, "restricted": True}


@pytest.mark.parametrize(
    "verdict",
    [
        WITH_THE_DSL | {"content_class": "C10", "about": About.PUPIL, "abuse": ("safeguarding",)},
        WITH_THE_DSL | {"content_class": "C10", "about": About.PUPIL, "abuse": ("sexual",)},
        WITH_THE_DSL | {"content_class": "C9", "abuse": ("extremism",)},
        {"content_class": "C0", "route": Route.RESPOND, "abuse": ()},
    ],
    ids=["disclosure", "perhaps an image of a child", "extremism", "fair comment"],
)
def test_what_may_never_be_opened_again_and_fair_comment_is_not_asked_for(tmp_path, routes, verdict):
    with serve(routes) as site:
        home = Rechecks(tmp_path, site, **verdict)
        home.now = LATER
        assert isinstance(look(home), Refusal)
    assert site.asked == []
    assert [s.kind for s in home.steps()] == [StepKind.OPENED]


def test_a_child_image_that_somebody_reported_there_keeps_the_address_shut(home):
    image = as_mention(
        Report("", f"{home.site}{PATH}", "forum", None, None, NOW, child_image=True), None, NOW
    )
    batch = a_batch(
        image, verdicts=[a_verdict(image, content_class="C10", restricted=True)], story_id="image"
    )
    with home.store.write("test") as con:
        save(con, batch, now=NOW, policy=Policy())
    found = look(home)
    assert (found.seen.check, found.seen.code) == (Check.CANNOT_TELL, "barred")
    assert home.site.asked == []


def test_of_a_profile_it_is_said_that_it_is_one(home):
    with home.store.write("test") as con:
        con.execute("UPDATE mentions SET url = 'https://www.facebook.com/angry.of.larch.road'")
    found = look(home)
    assert (found.seen.check, found.seen.code) == (Check.CANNOT_TELL, "profile")
    assert home.steps()[-1].written["barred"] == "yes"
    assert home.site.asked == []


def test_a_deleted_post_is_recorded_as_one_we_cannot_look_at(home):
    with home.store.write("test") as con:
        con.execute("DELETE FROM mentions")
    assert look(home).seen.code == "no_address"


# ----------------------------------------------------------------------------- those that are due


def confirming(home, routes):
    routes[PATH] = MISSING
    look(home)
    home.wait(hours=1, minutes=1)


def test_what_is_due_is_looked_at_once(home, routes):
    confirming(home, routes)
    (done,) = rechecks(home.store, home.context, home.fetch, home.clock)
    assert done.result.seen.check is Check.GONE
    assert list(rechecks(home.store, home.context, home.fetch, home.clock)) == []


def test_what_became_the_safeguarding_leads_meanwhile_is_not_due_any_more(home, routes):
    confirming(home, routes)
    home.site.asked.clear()
    classed = an_event(StepKind.CLASSIFIED, "pike", "A child tells of it", {"class": "C10"})
    with home.store.write("test") as con:
        assert isinstance(apply_event(con, home.context, load_case(con, "0001"), classed, home.now), Advance)
    assert home.due() == []
    assert list(rechecks(home.store, home.context, home.fetch, home.clock)) == []
    assert isinstance(look(home), Refusal)
    assert home.site.asked == []


def test_what_was_edited_into_a_disclosure_meanwhile_is_not_asked_for(home, routes):
    confirming(home, routes)
    home.site.asked.clear()
    home.post(
        "insult", f"{home.site}{PATH}", text=f"{INSULT} He hurt my friend.", at=home.now,
        content_class="C10", about=About.PUPIL, abuse=("safeguarding",), restricted=True,
        route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR,
    )  # fmt: skip
    (done,) = rechecks(home.store, home.context, home.fetch, home.clock)
    assert done.result.seen.code == "barred"
    assert home.site.asked == []
    assert told(home) == []


def test_nobody_is_asked_to_open_themselves_what_may_not_be_opened(asked, home):
    home.post(
        "insult", f"{home.site}{PATH}", text=f"{INSULT} He hurt my friend.", at=home.now,
        content_class="C10", about=About.PUPIL, abuse=("safeguarding",),
    )  # fmt: skip
    ran = asked("recheck", "1", "--as", "holt")
    assert "Do not open it either." in ran.out
    assert "--saw" not in ran.out


def test_no_transaction_is_open_while_a_page_is_asked_for(home, routes):
    confirming(home, routes)
    held = []
    real = home.fetch

    def watching(request):
        with home.store.write("somebody else"):
            held.append(request.url)
        return real(request)

    list(rechecks(home.store, home.context, watching, home.clock))
    assert len(held) == 1


def test_a_look_by_a_person_meanwhile_stands_beside_ours(home, routes):
    confirming(home, routes)
    real = home.fetch

    def meanwhile(request):
        record_sighting(home.store, home.context, "0001", Check.GONE, home.now, by="holt", why="I looked")
        return real(request)

    (done,) = rechecks(home.store, home.context, meanwhile, home.clock)
    assert [s.actor for s in home.steps() if s.kind is StepKind.CHECKED] == [
        "schoolgate",
        "holt",
        "schoolgate",
    ]
    assert len(done.result.case.checks) == 3


def test_one_that_somebody_moved_on_waits_for_the_next_tick(home, routes, monkeypatch):
    confirming(home, routes)

    def moved(*_):
        raise CaseMoved("somebody was faster")

    monkeypatch.setattr("monitor.act.casework.recheck.apply_event", moved)
    (done,) = rechecks(home.store, home.context, home.fetch, home.clock)
    assert done.result is None
    assert home.due() == ["0001"]


def test_one_whose_school_is_gone_from_the_settings_does_not_hold_up_the_others(home, routes, caplog):
    confirming(home, routes)
    context = replace(home.context, config=replace(home.context.config, schools=()))
    (done,) = rechecks(home.store, context, home.fetch, home.clock)
    assert done.result is None
    assert "case=0001 could not be looked at" in caplog.text


def test_none_is_begun_when_the_service_ends(home, routes):
    confirming(home, routes)
    assert list(rechecks(home.store, home.context, home.fetch, home.clock, lambda: True)) == []


# ------------------------------------------------------------------------------------ the command


@pytest.fixture
def asked(home, monkeypatch):
    """The command as it runs, its fetcher allowed to visit the site."""
    monkeypatch.setattr("monitor.home.wiring.fetcher", lambda config: nullcontext(home.fetch))
    return home.desk


def test_the_command_says_what_it_saw_and_where_the_case_stands_also_as_json(asked):
    ran = asked("recheck", "1", "--as", "holt")
    assert ran.code == 0
    assert "Case 0001: still there. The post's words are there." in ran.out
    data = asked("recheck", "1", "--as", "holt", "--json").data
    assert (data["case"], data["result"], data["why"]) == ("0001", "present", "stands")


def test_what_could_not_be_seen_is_for_a_person_to_look_at(asked, routes):
    routes[PATH] = Answer(503, b"later")
    ran = asked("recheck", "1", "--as", "holt")
    assert ran.code == 1
    assert "cannot tell" in ran.out
    assert 'schoolgate case recheck 0001 --saw gone --why "…" --as holt' in ran.out


def test_what_a_person_saw_is_written_down_with_a_reason(asked, home):
    assert asked("recheck", "1", "--saw", "gone", "--as", "holt").code == 2
    ran = asked("recheck", "1", "--saw", "gone", "--why", "not in the group", "--as", "holt")
    assert ran.code == 0
    assert home.site.asked == []
    assert home.steps()[-1].written["result"] == "gone"


def test_all_that_is_due_needs_no_person(asked, routes):
    assert asked("recheck", "--due").out == "No post is due to be looked at.\n"
    routes[PATH] = MISSING
    asked("recheck", "1", "--as", "holt")
    with asked.store.write("test") as con:
        con.execute("UPDATE cases SET recheck_at = recheck_at - INTERVAL 2 HOUR")
    ran = asked("recheck", "--due")
    assert ran.code == 0
    assert (
        ran.out
        == "Case 0001: gone. The page is there, with the posts around it; this post is not among them.\n"
    )


def test_what_is_due_names_copies_that_scans_have_found(asked, home):
    copy = home.post("copy", "https://other.example.org/x", at=datetime.now(UTC))
    ran = asked("recheck", "--due")
    assert (ran.code, ran.out) == (0, f"Case 0001: the same words are elsewhere too: post {copy}.\n")
    assert case(home).copies == (copy,)
    assert home.site.asked == []


@pytest.mark.parametrize("words", [(), ("1", "--due"), ("1",)])
def test_one_case_and_a_person_or_all_that_is_due(asked, words):
    assert asked("recheck", *words).code == 2


def test_whom_it_may_accuse_learns_nothing(tmp_path, routes, made):
    accused = {"about": About.HEAD, "subject_person": "holt", "subjects": ("holt",)}
    home = Rechecks(tmp_path, made[0].site, by="marsh", **accused)
    home.site.asked.clear()
    ran = home.desk("recheck", "1", "--as", "holt")
    assert (ran.code, home.site.asked) == (2, [])
    home.now, routes[PATH] = LATER, MISSING
    look(home)
    home.wait(hours=2)
    config = home.context.config
    viewer = Reader(config, home.store, known_person(config, "holt"))
    assert look_again(home.store, home.context, home.fetch, home.clock, viewer) == ()
    assert [s.kind for s in home.steps()].count(StepKind.CHECKED) == 2


def test_there_is_no_case_to_look_at(home):
    with pytest.raises(InputError, match="no case 0009"):
        recheck(home.store, home.context, home.fetch, "0009", home.clock)


def test_a_page_that_cannot_be_read_to_its_end_says_nothing_of_the_post(home):
    context = replace(home.context, apart=support.strain.refusing)
    found = recheck(home.store, context, home.fetch, "0001", home.clock)
    assert (found.seen.check, found.seen.code) == (Check.CANNOT_TELL, "too_much")
