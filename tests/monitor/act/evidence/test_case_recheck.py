"""Looking again at the post of a case and at its other places: gone, back again, copied elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import support.strain
from builders.capture import capture
from builders.case_desk import NOW, PNG, ActRefused, made_by
from builders.home import do_in, rows_of
from builders.ladder import WEIGHED
from builders.mention import URN, a_batch, a_fold, a_mention, a_run, a_verdict, an_alert, save
from builders.recheck import PATH, Rechecks
from builders.steps import an_event
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, thread
from support.web_server import Answer, serve

from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.replay import replay
from classifiers.stories import runs, sketch
from data.cases import CaseState, CaseStep
from data.errors import CaseMoved, InputError
from data.evidence.handed_in import SaidOfPost
from data.ids import digest
from data.rungs import CaseClock, Rung
from data.steps.classes import CopyFound
from data.steps.codes import Check, Looker, StepKind
from data.store import cases as case_store
from data.store.alerts import put_alerts
from data.store.weekly import count_actions, removals
from data.types import About, Policy, Route, Severity
from monitor.act import step as act
from monitor.act.casework import apply_event, copies_of, next_act, school_rules
from monitor.act.step import recheck, record_sighting
from monitor.config.home.lookup import known_person
from monitor.matters.reader import Reader, load_case
from monitor.pipeline.intake import make_mention
from monitor.pipeline.supplied import Report
from monitor.service import rechecks as tasks
from monitor.service.rechecks import name_new_copies, recheck_due, rechecks

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
    assert (step.kind, step.actor, step.stored_facts) == (
        StepKind.CHECKED, "schoolgate", {"result": "present", "nth": "1", "looked": "looked_program"},
    )  # fmt: skip
    assert INSULT not in repr(step)


def test_gone_begins_the_confirming_and_is_looked_at_again(gone):
    assert case(gone).state is CaseState.CONFIRMING
    assert gone.due() == ["0001"]
    gone.wait(hours=-1)
    assert gone.due() == []


def told(home):
    return rows_of(home.store, "SELECT person_id, body FROM outbox WHERE subject LIKE '%please check%'")


def test_a_look_that_could_not_be_made_is_told_once_to_who_decides(gone, routes):
    home = gone
    routes[PATH] = Answer(503, b"later")
    for wait in (hours(2), hours(24)):
        home.now += wait
        look(home)
    ((person, body),) = told(home)
    assert person == "holt"
    assert "that proves nothing" in body
    assert INSULT not in body
    assert str(home.site) not in body


def test_a_copy_seen_later_elsewhere_is_named_once(home, routes):
    """A look that could not be made is only recorded while it was not said to be gone."""
    copy = home.post("copy", "https://other.example.org/x", at=NOW + timedelta(hours=3))
    routes[PATH] = Answer(503, b"later")
    found = look(home)
    assert (found.seen.check, told(home)) == (Check.CANNOT_TELL, [])
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
    image = make_mention(
        Report("", f"{home.site}{PATH}", "forum", None, None, NOW, child_image=True), None, NOW
    )
    batch = a_batch(
        image, verdicts=[a_verdict(image, content_class="C10", restricted=True)], story_id="image"
    )
    do_in(home.store, save, batch, now=NOW, policy=Policy())
    found = look(home)
    assert (found.seen.check, found.seen.code) == (Check.CANNOT_TELL, "barred")
    assert home.site.asked == []


def test_of_a_profile_it_is_said_that_it_is_one(home):
    with home.store.write("test") as con:
        con.execute("UPDATE mentions SET url = 'https://www.facebook.com/angry.of.larch.road'")
    found = look(home)
    assert (found.seen.check, found.seen.code) == (Check.CANNOT_TELL, "profile")
    assert home.steps()[-1].stored_facts["barred"] == "yes"
    assert home.site.asked == []


def test_a_deleted_post_is_recorded_as_one_we_cannot_look_at(home):
    with home.store.write("test") as con:
        con.execute("DELETE FROM mentions")
    assert look(home).seen.code == "no_address"


# ----------------------------------------------------------------------------- those that are due


@pytest.fixture(scope="module")
def made_gone(made, tmp_path_factory):
    """That home once its post was seen gone: it is looked at again."""
    made[1].clear()
    made[1][PATH] = MISSING
    found = Rechecks.copied(made[0], tmp_path_factory.mktemp("gone") / "home")
    found.now = LATER
    look(found)
    found.wait(hours=1, minutes=1)
    return found


@pytest.fixture
def gone(made_gone, routes, tmp_path):
    routes[PATH] = MISSING
    copy = Rechecks.copied(made_gone, tmp_path / "home")
    copy.site.asked.clear()
    copy.now = made_gone.now
    return copy


def test_what_is_due_is_looked_at_once_and_none_is_begun_when_the_service_ends(gone, caplog):
    """One whose school is gone from the settings does not hold up the others."""
    assert list(rechecks(gone.store, gone.context, gone.fetch, gone.clock, lambda: True)) == []
    context = replace(gone.context, config=replace(gone.context.config, schools=()))
    assert [*rechecks(gone.store, context, gone.fetch, gone.clock)] == [None]
    assert "case=0001 could not be looked at" in caplog.text
    (done,) = rechecks(gone.store, gone.context, gone.fetch, gone.clock)
    assert done.seen.check is Check.GONE
    assert list(rechecks(gone.store, gone.context, gone.fetch, gone.clock)) == []


def test_what_became_the_safeguarding_leads_meanwhile_is_not_due_any_more(gone):
    gone.site.asked.clear()
    classed = an_event(StepKind.CLASSIFIED, "pike", "A child tells of it", {"class": "C10"})
    with gone.store.write("test") as con:
        assert isinstance(apply_event(con, gone.context, load_case(con, "0001"), classed, gone.now), Advance)
    assert gone.due() == []
    assert list(rechecks(gone.store, gone.context, gone.fetch, gone.clock)) == []
    assert isinstance(look(gone), Refusal)
    assert gone.site.asked == []


def test_what_was_edited_into_a_disclosure_meanwhile_is_not_asked_for(gone):
    gone.site.asked.clear()
    gone.post(
        "insult", f"{gone.site}{PATH}", text=f"{INSULT} He hurt my friend.", at=gone.now,
        content_class="C10", about=About.PUPIL, abuse=("safeguarding",), restricted=True,
        route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR,
    )  # fmt: skip
    (done,) = rechecks(gone.store, gone.context, gone.fetch, gone.clock)
    assert (done.seen.code, gone.site.asked, told(gone)) == ("barred", [], [])
    assert look_by_act(gone, who="pike").seen.code == "barred"


def test_no_transaction_is_open_while_a_page_is_asked_for(gone):
    held = []
    real = gone.fetch

    def watching(request):
        with gone.store.write("somebody else"):
            held.append(request.url)
        return real(request)

    list(rechecks(gone.store, gone.context, watching, gone.clock))
    assert len(held) == 1


def test_a_look_by_a_person_meanwhile_stands_beside_ours(gone):
    real = gone.fetch

    def meanwhile(request):
        record_sighting(gone.store, gone.context, "0001", Check.GONE, gone.now, by="holt", why="I looked")
        return real(request)

    (done,) = rechecks(gone.store, gone.context, meanwhile, gone.clock)
    ours = "schoolgate"
    assert [s.actor for s in gone.steps() if s.kind is StepKind.CHECKED] == [ours, "holt", ours]
    assert len(done.case.checks) == 3


def test_one_that_somebody_moved_on_waits_for_the_next_tick(gone, monkeypatch):

    def moved(*_):
        raise CaseMoved("somebody was faster")

    monkeypatch.setattr("monitor.act.step.apply_event", moved)
    (done,) = rechecks(gone.store, gone.context, gone.fetch, gone.clock)
    assert done is None
    assert gone.due() == ["0001"]


# ------------------------------------------------------------------------------------ by somebody


def look_by_act(home, number="1", who="holt"):
    """What comes of it where somebody has the program look."""
    return made_by(act.look_again(home.desk.session(who), number, home.fetch, home.clock))


def test_whom_it_may_accuse_learns_nothing(tmp_path, routes, made):
    accused = {"about": About.HEAD, "subject_person": "holt", "subjects": ("holt",)}
    home = Rechecks(tmp_path, made[0].site, by="marsh", **accused)
    home.site.asked.clear()
    with pytest.raises(InputError, match="There is no case"):
        look_by_act(home)
    assert home.site.asked == []
    home.now, routes[PATH] = LATER, MISSING
    look(home)
    home.wait(hours=2)
    config = home.context.config
    viewer = Reader(config, home.store, known_person(config, "holt"))
    assert recheck_due(home.store, home.context, home.fetch, home.clock, viewer) == ()
    assert [s.kind for s in home.steps()].count(StepKind.CHECKED) == 2


def test_a_page_that_cannot_be_read_to_its_end_says_nothing_of_the_post(home):
    context = replace(home.context, apart=support.strain.refusing)
    found = recheck(home.store, context, home.fetch, "0001", home.clock)
    assert (found.seen.check, found.seen.code) == (Check.CANNOT_TELL, "too_much")


# A post that was removed stands elsewhere too: found, told, asked and seen gone, place by place.


STANDS, GONE = thread(BEFORE, MEANT, AFTER), thread(BEFORE, AFTER)
WHY = "It is false, and names him"
MIRROR, ARCHIVED = "/mirror/gate.12/post-2", "https://web.archive.org/web/2026/https://example.org/post-2"


def take(closed_home, kind, number="1", who="holt", **said):
    closed_home.wait(minutes=1)
    return closed_home.desk.take(kind, who, number, **said).case


def sees(closed_home, check, number="1"):
    closed_home.wait(minutes=1)
    closed_home.desk.look(check, "holt", number)


def the_case(closed_home):
    return closed_home.desk.case()


def elsewhere(closed_home, path, text=INSULT, alerts=(), **verdict):
    """The same words in another story, as a scan reads them."""
    now, story = closed_home.now, f"story-{path}"
    mention = a_mention(
        path, url=f"{closed_home.site}{path}", fetched_at=now, channel="reddit", title="", text=text
    )
    run, judged = a_run(f"feed:{path}", now), a_verdict(mention, **verdict)
    batch = a_batch(mention, verdicts=[judged], story_id=story, run=run, alerts=alerts)
    fold = a_fold(mention, story)
    batch = replace(batch, folded=(replace(fold, sketch=replace(fold.sketch, minhash=sketch(runs(text)))),))
    do_in(closed_home.store, save, batch, now=now, policy=Policy())
    closed_home.wait(minutes=1)
    return mention.id


def go_through(closed_home):
    """What the service does each minute."""
    done = [*rechecks(closed_home.store, closed_home.context, closed_home.fetch, closed_home.clock)]
    return [*done, *name_new_copies(closed_home.store, closed_home.context, closed_home.clock)]


def turns_up(closed_home, *given, **verdict):
    """The same words elsewhere, which the service goes through."""
    post = elsewhere(closed_home, *given, **verdict)
    go_through(closed_home)
    return post


@pytest.fixture(scope="module")
def made_closed(tmp_path_factory):
    """One site and one home, whose case has closed as removed."""
    table = {PATH: STANDS}
    with serve(table) as site:
        closed_home = Rechecks(tmp_path_factory.mktemp("made"), site)
        closed_home.now = LATER
        take(closed_home, StepKind.CLASSIFIED, class_="C7", why=WHY)
        evidence = {"capture": "c1", "manifest": "0" * 64, "files": "3"}
        with closed_home.store.write("test") as con:
            kept = an_event(StepKind.EVIDENCE, "schoolgate", "", evidence)
            apply_event(con, closed_home.context, load_case(con, "0001"), kept, closed_home.now)
        take(closed_home, StepKind.WEIGHED, **WEIGHED)
        take(closed_home, StepKind.DECIDED, decision="seek", why=WHY)
        table[PATH] = GONE
        for _ in range(2):
            closed_home.wait(hours=25)
            recheck(closed_home.store, closed_home.context, closed_home.fetch, "0001", closed_home.clock)
        take(closed_home, StepKind.CLOSED, ending="removed", why=WHY)
        yield closed_home, table


def _serving(table):
    table.clear()
    table.update({PATH: GONE, MIRROR: STANDS})


@pytest.fixture
def closed_home(made_closed, tmp_path):
    _serving(made_closed[1])
    copy = Rechecks.copied(made_closed[0], tmp_path / "home")
    copy.now = made_closed[0].now + timedelta(days=7)
    return copy


@pytest.fixture(scope="module")
def made_again(made_closed, tmp_path_factory):
    """That home, in which the same words have turned up in another story."""
    turned = Rechecks.copied(made_closed[0], tmp_path_factory.mktemp("again") / "home")
    turned.now = made_closed[0].now + timedelta(days=7)
    turns_up(turned, MIRROR)
    return turned


@pytest.fixture
def again(made_closed, made_again, tmp_path):
    _serving(made_closed[1])
    copy = Rechecks.copied(made_again, tmp_path / "home")
    copy.now = made_again.now
    return copy


SEARCH, ACCOUNT = "https://www.google.com/search?q=Holt", "https://www.tiktok.com/@gate_exposed"


def test_the_words_of_a_closed_case_in_another_story_open_it_and_tell_who_decides(made_again):
    case = the_case(made_again)
    assert (case.state is CaseState.CLOSED, len(case.places)) == (False, 2)
    assert case.places[1].mention_id == a_mention(MIRROR).id
    mails = "SELECT person_id, body FROM outbox WHERE subject LIKE '%back online%'"
    ((person, body),) = rows_of(made_again.store, mails)
    assert person == "holt"
    assert INSULT not in body


def test_the_same_posts_and_cases_are_compared_once(closed_home, monkeypatch):
    compared, asked = set(), []
    monkeypatch.setattr(tasks, "name_copies", lambda *given: asked.append(given))
    elsewhere(closed_home, MIRROR)
    for _ in range(3):
        list(name_new_copies(closed_home.store, closed_home.context, closed_home.clock, compared))
    assert len(asked) == 1
    elsewhere(closed_home, "/another")
    list(name_new_copies(closed_home.store, closed_home.context, closed_home.clock, compared))
    assert len(asked) == 2


def test_other_words_and_those_that_were_erased_on_request_open_nothing(closed_home):
    turns_up(closed_home, "/other", "Parking at the gate was bad again, and nobody came to look at it.")
    assert the_case(closed_home).state is CaseState.CLOSED
    with closed_home.store.write("test") as con:  # as an erasure leaves them
        con.execute("UPDATE mention_versions SET text = NULL, title = NULL, minhash = NULL")
        con.execute("UPDATE mentions SET url = NULL")
    turns_up(closed_home, MIRROR)
    assert the_case(closed_home).state is CaseState.CLOSED


def test_a_search_result_that_goes_after_the_end_is_counted(closed_home):
    """The address of the first post is no copy, and opens nothing."""
    first = the_case(closed_home).mention_id
    ((url,),) = rows_of(closed_home.store, "SELECT url FROM mentions WHERE id = ?", [first])
    with pytest.raises(ActRefused, match="places already"):
        take(closed_home, StepKind.COPY_FOUND, url=f"{url}?utm_source=mail")
    take(closed_home, StepKind.COPY_FOUND, url=SEARCH, what="search")
    assert the_case(closed_home).state is CaseState.CLOSED
    assert look_by_act(closed_home, "1-2").seen.code == "search"
    sees(closed_home, Check.GONE, "1-2")
    with closed_home.store.open_reader() as con:
        assert count_actions(con, "900001", LATER, LATER + timedelta(days=365))["delisted"] == 1


def test_who_is_asked_at_another_place_by_its_number_is_waited_for_and_its_clock_says_where(closed_home):
    take(closed_home, StepKind.COPY_FOUND, url=ARCHIVED)
    case = take(closed_home, StepKind.ASKED, "1-2", rung="platform_report")
    assert (case.state, case.rung) == (CaseState.WAITING, Rung.PLATFORM_REPORT)
    assert (CaseClock.PLATFORM_48H, 2) in [(wait.clock, wait.place) for wait in case.waits]


def test_the_host_of_another_place_is_that_of_its_own_address(closed_home):
    take(closed_home, StepKind.COPY_FOUND, url="https://copied.example/gate", what="mirror")
    case = made_by(act.find_host(closed_home.desk.session("holt"), "1-2", "At work on it", closed_home.now))
    assert case.hosting["host"] == "copied.example"


def test_what_somebody_saw_of_an_account_is_kept_at_its_place_and_its_address_stays_as_it_is(closed_home):
    take(closed_home, StepKind.COPY_FOUND, url=ACCOUNT)
    assert capture(closed_home.desk, files=[PNG], number="1-2", known=SaidOfPost(address=ACCOUNT)).counts
    assert [step.said.place for step in closed_home.desk.steps(kind=StepKind.EVIDENCE)][1:] == [2]
    assert the_case(closed_home).places[1].url == ACCOUNT


def outcome(again):
    with again.store.open_reader() as con:
        (removal,) = removals(con, "900001", LATER - timedelta(days=365), LATER)
    return removal.outcome


def test_the_governors_are_told_of_a_place_that_was_left_standing(again):
    """As removed, and as changed."""
    take(again, StepKind.PLACE_LEFT, "1-2", why=WHY)
    take(again, StepKind.CLOSED, ending="removed", why=WHY)
    assert outcome(again) == "in_part"
    take(again, StepKind.REOPENED, why=WHY)
    sees(again, Check.PRESENT)
    for _ in range(2):
        again.wait(hours=25)
        sees(again, Check.CHANGED)
    take(again, StepKind.CLOSED, ending="changed", why=WHY)
    assert outcome(again) == "in_part"


def test_a_person_is_asked_each_time_to_look_at_what_the_program_never_reads(again):
    take(again, StepKind.COPY_FOUND, url=ACCOUNT, what="account")
    sees(again, Check.GONE, "1-3")
    asked = []
    for hours in (25, 73):
        again.wait(hours=hours)
        go_through(again)
        sql = "SELECT count(*) FROM outbox WHERE body LIKE '%a person has to check%'"
        asked += rows_of(again.store, sql)
    assert asked == [(1,), (2,)]
    looks = [s.said for s in again.desk.steps(kind=StepKind.CHECKED) if s.said.place == 3]
    assert [(look.looked, look.barred) for look in looks] == [(Looker.PERSON, None), *[(None, None)] * 2]
    assert look_by_act(again, "1-3").seen.code == "account"


WORSE = INSULT + " Mrs Holt takes half of it."
ACCUSED = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.HEAD, "content_class": "C7",
    "abuse": ("defamation",), "subject_person": "holt", "subjects": ("holt",),
}  # fmt: skip
OTHER = "Another film of the boys of year nine shows the caretaker asleep in his van, and all laugh at him."
RAISED = (an_alert(f"story-{MIRROR}", content_class="C7", audience=("pike",), excluded=("holt",)),)


def test_whom_a_copy_accuses_is_neither_told_nor_shown_it_and_decides_no_more(closed_home):
    mails = "SELECT person_id FROM outbox WHERE kind <> 'instant' ORDER BY rowid"
    before = len(rows_of(closed_home.store, mails))
    told = an_alert("story-insult", id=digest("alert", "story-insult", URN)[:16], audience=("holt", "pike"))
    do_in(closed_home.store, put_alerts, [told], closed_home.now)
    turns_up(closed_home, MIRROR, WORSE, **ACCUSED)
    raised = "SELECT 'holt' IN audience, severity, times FROM alerts WHERE story_id = 'story-insult'"
    assert rows_of(closed_home.store, raised) == [(False, 3, 2)]
    assert ("holt",) not in rows_of(closed_home.store, mails.replace("<>", "="))
    assert the_case(closed_home).subjects == ("holt",)
    assert rows_of(closed_home.store, mails)[before:] == [("marsh",)]  # who decides instead
    assert the_case(closed_home).decision is None  # it was hers
    with pytest.raises(InputError, match="There is no case"):
        closed_home.desk.page("holt", "1-2")
    with pytest.raises(InputError, match="There is no case"):
        take(closed_home, StepKind.DECIDED, decision="stop", why="It is over")


def test_whom_a_copy_accuses_that_was_added_by_hand_is_left_out(closed_home):
    post = elsewhere(closed_home, MIRROR, WORSE, RAISED, **ACCUSED)
    take(closed_home, StepKind.COPY_FOUND, who="pike", mention=post)
    assert the_case(closed_home).subjects == ("holt",)


def test_who_was_said_to_be_accused_of_nothing_is_left_out_by_a_copy_that_came_after(closed_home):
    take(closed_home, StepKind.REOPENED, why=WHY)
    take(closed_home, StepKind.ACCUSED, who="pike", person="holt")
    withdrawn = {"person": "holt", "stands": False, "second": "pike", "why": "Not so"}
    take(closed_home, StepKind.ACCUSED, who="marsh", **withdrawn)
    assert the_case(closed_home).subjects == ()
    turns_up(closed_home, MIRROR, WORSE, RAISED, **ACCUSED)
    assert the_case(closed_home).subjects == ("holt",)


def test_whom_the_alert_of_a_place_excludes_later_is_left_out(again):
    assert the_case(again).subjects == ()
    elsewhere(again, MIRROR, WORSE, RAISED, **ACCUSED)
    assert the_case(again).subjects == ("holt",)


def test_a_post_at_an_address_that_was_typed_is_no_further_place(closed_home):
    take(closed_home, StepKind.COPY_FOUND, url=f"{closed_home.site}{MIRROR}", what="mirror")
    post = turns_up(closed_home, MIRROR)
    with pytest.raises(ActRefused):
        take(closed_home, StepKind.COPY_FOUND, mention=post)
    assert len(the_case(closed_home).places) == 2


def test_a_copy_of_any_place_is_found(closed_home):
    item = elsewhere(closed_home, "/item", OTHER)
    take(closed_home, StepKind.COPY_FOUND, mention=item, what="item")
    copied = turns_up(closed_home, "/copy-of-item", OTHER)
    assert [here.mention_id for here in the_case(closed_home).places][1:] == [item, copied]


def test_a_copy_that_was_named_before_there_were_places_becomes_one(closed_home):
    post = elsewhere(closed_home, MIRROR)
    with closed_home.store.write("test") as con:
        was = load_case(con, "0001")
        said, now = CopyFound(mention=post), closed_home.now
        step = CaseStep("0001", was.steps + 1, was.urn, said, "schoolgate", now, now)
        case_store.append_steps(con, replace(was, steps=step.n, copies=(post,)), [step], (), closed_home.now)
    assert (the_case(closed_home).copies, len(the_case(closed_home).places)) == ((post,), 1)
    go_through(closed_home)
    assert [here.mention_id for here in the_case(closed_home).places][1:] == [post]


def seen_gone_twice(closed_home, place="1-1"):
    for _ in range(2):
        closed_home.wait(hours=25)
        sees(closed_home, Check.GONE, place)


def test_a_copy_that_was_read_long_before_the_post_stops_its_end_too(closed_home):
    take(closed_home, StepKind.REOPENED, why=WHY)
    later, closed_home.now = closed_home.now, closed_home.now - timedelta(days=60)
    post = elsewhere(closed_home, MIRROR)
    closed_home.now = later + timedelta(hours=72)
    seen_gone_twice(closed_home)
    with pytest.raises(ActRefused, match=f"{closed_home.site}{MIRROR}"):
        take(closed_home, StepKind.CLOSED, ending="removed", why=WHY)
    take(closed_home, StepKind.COPY_FOUND, mention=post)
    seen_gone_twice(closed_home, "1-2")
    take(closed_home, StepKind.CLOSED, ending="removed", why=WHY)


def test_what_is_held_from_elsewhere_stops_the_end_as_gone_until_it_is_looked_at(closed_home):
    """Another ending needs no look; what came after the looks stops it too."""
    take(closed_home, StepKind.REOPENED, why=WHY)
    elsewhere(closed_home, MIRROR)
    closed_home.wait(hours=72)
    seen_gone_twice(closed_home)
    with pytest.raises(ActRefused, match=f"{closed_home.site}{MIRROR}"):
        take(closed_home, StepKind.CLOSED, ending="removed", why=WHY)
    with closed_home.store.open_reader() as con:
        rules = replace(
            school_rules(closed_home.context, "900001"), copies=copies_of(con, the_case(closed_home))
        )
    found = next_act(the_case(closed_home), (), "holt", closed_home.now, rules)
    assert (found.act, dict(found.values)) == (StepKind.COPY_FOUND, {"url": f"{closed_home.site}{MIRROR}"})
    assert len(the_case(closed_home).places) == 1
    take(closed_home, StepKind.COPY_FOUND, **dict(found.values))
    seen_gone_twice(closed_home, "1-2")
    elsewhere(closed_home, "/another")
    with pytest.raises(ActRefused, match=f"{closed_home.site}/another"):
        take(closed_home, StepKind.CLOSED, ending="removed", why=WHY)
    take(closed_home, StepKind.CLOSED, ending="standing", why=WHY)
