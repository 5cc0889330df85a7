"""A post that was removed stands elsewhere too: found, told, asked and seen gone, place by place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.case_desk import PNG
from builders.mention import a_batch, a_fold, a_mention, a_run, a_verdict, an_alert
from builders.privacy import at
from builders.recheck import PATH, Rechecks
from builders.steps import an_event
from builders.thread_page import AFTER, BEFORE, INSULT, MEANT, thread
from support.web_server import Answer, serve

from classifiers.stories.fingerprints import runs, sketch
from data.cases import CaseState, CaseStep, PlaceState
from data.steps.codes import Looker, StepKind
from data.steps.keeping import CopyFound
from data.store.cases import cases as case_store
from data.store.cases.cases import steps
from data.store.mentions.batch import save
from data.store.reporting.weekly_counts import done, removals
from data.types import About, Policy, Route, Severity
from monitor.act.casework.next_act import next_act
from monitor.act.casework.recheck import recheck
from monitor.act.casework.steps import apply_event, copies_of, school_rules
from monitor.matters.replaying import load_case
from monitor.service.tasks import rechecks as tasks
from monitor.service.tasks.rechecks import copies, rechecks

THERE, GONE = thread(BEFORE, MEANT, AFTER), thread(BEFORE, AFTER)
WHY = ("--as", "holt", "--why", "It is false, and names him")
WEIGHED = ("--nature", "a lie", "--visible", "two days", "--spread", "little", "--impact", "distress")
LATER = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
MIRROR, ARCHIVED = "/mirror/gate.12/post-2", "https://web.archive.org/web/2026/https://example.org/post-2"


def typed(home, *words, code=0):
    home.wait(minutes=1)
    with at(home.now, "case"):
        ran = home.desk(*words)
    assert ran.code == code, ran.err
    return ran.out or ran.err


def case(home):
    with home.store.read() as con:
        return load_case(con, "0001")


def stands(home):
    return [here.stands for here in case(home).places]


def elsewhere(home, path, text=INSULT, alerts=(), **verdict):
    """The same words in another story, as a scan reads them."""
    now, story = home.now, f"story-{path}"
    mention = a_mention(path, url=f"{home.site}{path}", fetched_at=now, channel="reddit", title="", text=text)
    run, judged = a_run(f"feed:{path}", now), a_verdict(mention, **verdict)
    batch = a_batch(mention, verdicts=[judged], story_id=story, run=run, alerts=alerts)
    fold = a_fold(mention, story)
    batch = replace(batch, folded=(replace(fold, sketch=replace(fold.sketch, minhash=sketch(runs(text)))),))
    with home.store.write("test") as con:
        save(con, batch, now=now, policy=Policy())
    home.wait(minutes=1)
    return mention.id


def go_through(home):
    """What the service does each minute."""
    done = [*rechecks(home.store, home.context, home.fetch, home.clock)]
    return [*done, *copies(home.store, home.context, home.clock)]


def told(home):
    with home.store.read() as con:
        return con.execute("SELECT person_id, body FROM outbox WHERE subject LIKE '%back online%'").fetchall()


def turns_up(home, *given, **verdict):
    """The same words elsewhere, which the service goes through."""
    post = elsewhere(home, *given, **verdict)
    go_through(home)
    return post


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One site and one home, whose case has closed as removed."""
    table = {PATH: THERE}
    with serve(table) as site:
        home = Rechecks(tmp_path_factory.mktemp("made"), site)
        home.now = LATER
        typed(home, "classify", "1", "C7", *WHY)
        evidence = {"capture": "c1", "manifest": "0" * 64, "files": "3"}
        with home.store.write("test") as con:
            kept = an_event(StepKind.EVIDENCE, "schoolgate", "", evidence)
            apply_event(con, home.context, load_case(con, "0001"), kept, home.now)
        typed(home, "step", "weigh", "1", *WEIGHED, "--as", "holt")
        typed(home, "step", "decide", "1", "--seek", *WHY)
        table[PATH] = GONE
        for _ in range(2):
            home.wait(hours=25)
            recheck(home.store, home.context, home.fetch, "0001", home.clock)
        typed(home, "close", "1", "--removed", *WHY)
        yield home, table


@pytest.fixture
def home(made, tmp_path):
    made[1].clear()
    made[1].update({PATH: GONE, MIRROR: THERE})
    copy = Rechecks.copied(made[0], tmp_path / "home")
    copy.now = made[0].now + timedelta(days=7)
    return copy


SEARCH = "https://www.google.com/search?q=Holt"


def test_the_words_of_a_closed_case_in_another_story_open_it_and_tell_who_decides(home):
    mirror = turns_up(home, MIRROR)
    assert case(home).state is not CaseState.CLOSED
    assert [here.mention_id for here in case(home).places][1:] == [mirror]
    ((person, body),) = told(home)
    assert person == "holt"
    assert INSULT not in body


def test_the_same_posts_and_cases_are_compared_once(home, monkeypatch):
    compared, asked = set(), []
    monkeypatch.setattr(tasks, "name_copies", lambda *given: asked.append(given))
    elsewhere(home, MIRROR)
    for _ in range(3):
        list(copies(home.store, home.context, home.clock, compared))
    assert len(asked) == 1
    elsewhere(home, "/another")
    list(copies(home.store, home.context, home.clock, compared))
    assert len(asked) == 2


def test_other_words_open_nothing(home):
    turns_up(home, MIRROR, "Parking at the gate was bad again, and nobody from the council came to look.")
    assert case(home).state is CaseState.CLOSED


def test_words_that_were_erased_on_request_open_nothing(home):
    with home.store.write("test") as con:  # as an erasure leaves them
        con.execute("UPDATE mention_versions SET text = NULL, title = NULL, minhash = NULL")
        con.execute("UPDATE mentions SET url = NULL")
    turns_up(home, MIRROR)
    assert case(home).state is CaseState.CLOSED


def test_removed_then_on_another_site_and_in_an_archive_ends_in_eight_commands_at_most(home, made):
    """Six: the copy adds itself and is looked at by the service; a person looks at the archive."""
    commands = []

    def type_in(*words):
        commands.append(words)
        return typed(home, *words)

    turns_up(home, MIRROR)
    type_in("step", "copy", "1", "--url", ARCHIVED, "--as", "holt")
    type_in("step", "ask", "1-2", "--rung", "platform-report", *WHY)
    type_in("step", "ask", "1-3", "--rung", "platform-report", *WHY)
    assert stands(home) == [PlaceState.GONE, PlaceState.ASKED, PlaceState.ASKED]
    made[1][MIRROR] = Answer(410, b"Gone")
    seen = ("--saw", "gone", "--as", "holt", "--why", "looked at it logged out")
    for _ in range(2):
        home.wait(hours=25)
        with home.store.read() as con:
            mirror = load_case(con, "0001").places[1]
        look_at(home, mirror.n)
        type_in("recheck", "1-3", *seen)
    type_in("close", "1", "--removed", *WHY)
    assert stands(home) == [PlaceState.GONE] * 3
    assert case(home).state is CaseState.CLOSED
    assert len(commands) <= 8


def test_one_command_says_of_every_place_what_a_person_saw(home):
    turns_up(home, MIRROR)
    home.wait(hours=1)
    typed(home, "recheck", "1", "--everywhere", "--saw", "gone", *WHY)
    home.wait(hours=25)
    typed(home, "recheck", "1", "--everywhere", "--saw", "gone", *WHY)
    typed(home, "close", "1", "--removed", *WHY)
    assert stands(home) == [PlaceState.GONE, PlaceState.GONE]


def test_what_cannot_be_said_of_one_place_is_named_and_the_others_are_recorded(home):
    turns_up(home, MIRROR)
    typed(home, "recheck", "1-2", "--saw", "gone", *WHY)
    early = (home.now - timedelta(minutes=1)).isoformat()  # before the look at the second
    home.wait(minutes=-2)
    with at(home.now, "case"):
        ran = home.desk("recheck", "1", "--everywhere", "--saw", "gone", "--at", early, *WHY)
    assert ran.code == 3, ran.err
    assert "0001-2: not recorded." in ran.err
    assert "Nothing was changed" not in ran.err


def test_what_is_said_of_every_place_is_not_said_of_a_search_result(home):
    turns_up(home, MIRROR)
    typed(home, "step", "copy", "1", "--url", SEARCH, "--what", "search", "--as", "holt")
    said = typed(home, "recheck", "1", "--everywhere", "--saw", "gone", *WHY)
    assert "0001-3" not in said
    assert stands(home) == [PlaceState.GONE, PlaceState.GONE, PlaceState.STANDING]


def test_a_search_result_that_goes_after_the_end_is_counted(home):
    typed(home, "step", "copy", "1", "--url", SEARCH, "--what", "search", "--as", "holt")
    assert case(home).state is CaseState.CLOSED
    typed(home, "recheck", "1-2", "--saw", "gone", *WHY)
    with home.store.read() as con:
        assert done(con, "900001", LATER, LATER + timedelta(days=365))["delisted"] == 1


def look_at(home, place):
    recheck(home.store, home.context, home.fetch, "0001", home.clock, place=place)


def test_each_place_is_shown_with_its_number_and_how_it_stands(home):
    turns_up(home, MIRROR)
    shown = typed(home, "show", "1", "--as", "holt")
    assert f"0001-2  a copy, Reddit, {home.site}{MIRROR}: stands; nobody has been asked" in shown
    at_it = typed(home, "show", "1-2", "--as", "holt")
    assert f"{home.site}{MIRROR}" in at_it


def test_who_is_asked_at_another_place_by_its_number_is_waited_for_and_its_clock_says_where(home):
    typed(home, "step", "copy", "1", "--url", ARCHIVED, "--as", "holt")
    at_it = typed(home, "show", "1-2", "--as", "holt")
    assert "schoolgate case step ask 0001-2 --rung platform-report" in at_it
    assert "elsewhere too: 0001-2. Each is asked by itself:" in typed(home, "show", "1", "--as", "holt")
    said = typed(home, "step", "ask", "1-2", "--rung", "platform-report", *WHY)
    assert "Now: waiting for the platform." in said
    assert "48 hours for the platform (0001-2, web.archive.org)" in said


def test_the_host_of_another_place_is_that_of_its_own_address(home):
    copied = ("--url", "https://copied.example/gate", "--what", "mirror")
    typed(home, "step", "copy", "1", *copied, "--as", "holt")
    assert "copied.example" in typed(home, "host", "1-2", "--as", "holt")


def test_each_look_says_how_the_place_stands_and_what_is_not_seen_gone_yet(home):
    typed(home, "step", "copy", "1", "--url", ARCHIVED, "--as", "holt")
    seen = ("--saw", "gone", "--as", "holt", "--why", "looked at it logged out")
    first = typed(home, "recheck", "1-2", *seen)
    assert "Case 0001-2: gone." in first
    assert "Now: said to be gone; not seen gone twice, a day apart." in first
    assert "schoolgate case recheck 0001-2" in typed(home, "close", "1", "--removed", *WHY, code=1)
    home.wait(hours=25)
    assert "Now: seen gone twice, a day apart." in typed(home, "recheck", "1-2", *seen)
    typed(home, "step", "copy", "1", "--url", f"{ARCHIVED}-3", "--as", "holt")
    typed(home, "recheck", "1-3", *seen)  # all are said to be gone now
    assert "Now: seen gone twice, a day apart." in typed(home, "recheck", "1-2", *seen)


def test_what_somebody_saw_of_an_account_is_kept_at_its_place_and_its_address_stays_as_it_is(home, tmp_path):
    shot, account = tmp_path / "shot.png", "https://www.tiktok.com/@gate_exposed"
    shot.write_bytes(PNG)
    typed(home, "step", "copy", "1", "--url", account, "--as", "holt")
    known = ("--url", account, "--not-known", "rest", "--no-child-image")
    kept = typed(home, "capture", "1-2", "--file", str(shot), *known, "--as", "holt")
    assert "Case 0001-2: capture" in kept
    assert f"a further place: {account}, an account, TikTok" in typed(home, "show", "1", "--as", "holt")


def test_a_number_of_no_place_names_those_there_are(home):
    ran = home.desk("show", "1-7", "--as", "holt")
    assert (ran.code, ran.err.strip()) == (2, "Case 0001 has no place 7. It has: 0001.")


@pytest.mark.parametrize("ending", ["removed", "changed"])
def test_the_governors_are_told_of_a_place_that_was_left_standing(home, ending):
    turns_up(home, MIRROR)
    if ending == "changed":
        typed(home, "recheck", "1", "--saw", "present", *WHY)
        for _ in range(2):
            home.wait(hours=25)
            typed(home, "recheck", "1", "--saw", "changed", *WHY)
    typed(home, "step", "leave", "1-2", *WHY)
    assert "but for a place left standing" in typed(home, "close", "1", f"--{ending}", *WHY)
    with home.store.read() as con:
        (removal,) = removals(con, "900001", LATER - timedelta(days=365), LATER)
    assert removal.outcome == "in_part"


@pytest.mark.parametrize(
    ("what", "url", "means"),
    [
        ("account", "https://www.tiktok.com/@gate_exposed", "reads and lists no account"),
        ("search", "https://www.google.com/search?q=Holt", "searches for nobody"),
    ],
)
def test_a_person_is_asked_each_time_to_look_at_what_the_program_never_reads(home, what, url, means):
    turns_up(home, MIRROR)
    typed(home, "step", "copy", "1", "--url", url, "--what", what, "--as", "holt")
    typed(home, "recheck", "1-3", "--saw", "gone", "--as", "holt", "--why", "looked at it signed out")
    asked = []
    for hours in (25, 73):
        home.wait(hours=hours)
        go_through(home)
        with home.store.read() as con:
            sql = "SELECT count(*) FROM outbox WHERE body LIKE '%a person has to look whether%'"
            asked += con.execute(sql).fetchone()
    assert asked == [1, 2]
    assert [look.said.looked for look in looks(home)] == [Looker.PERSON, None, None]
    assert not any(look.said.barred for look in looks(home))
    said = typed(home, "recheck", "1-3", "--as", "holt", code=1)
    assert means in said
    assert "Look yourself, logged out" in said
    assert "Do not open it" not in said
    assert "a wall or an error" not in said.lower()


def looks(home):
    with home.store.read() as con:
        return [s for s in steps(con, "0001") if s.kind is StepKind.CHECKED and s.said.place == 3]


WORSE = INSULT + " Mrs Holt takes half of it."
ACCUSED = {
    "route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "about": About.HEAD, "content_class": "C7",
    "abuse": ("defamation",), "subject_person": "holt", "subjects": ("holt",),
}  # fmt: skip
OTHER = "Another film of the boys of year nine shows the caretaker asleep in his van, and all laugh at him."
RAISED = (an_alert(f"story-{MIRROR}", content_class="C7", audience=("pike",), excluded=("holt",)),)


def mailed(home):
    with home.store.read() as con:
        return con.execute("SELECT person_id FROM outbox ORDER BY rowid").fetchall()


@pytest.mark.parametrize("alerts", [RAISED, ()], ids=["alert", "verdict"])
def test_whom_a_copy_accuses_is_neither_told_nor_shown_it_and_decides_no_more(home, alerts):
    before = len(mailed(home))
    turns_up(home, MIRROR, WORSE, alerts, **ACCUSED)
    assert case(home).subjects == ("holt",)
    assert mailed(home)[before:] == [("marsh",)]  # who decides instead
    assert case(home).decision is None  # it was hers
    for words in (("show", "1"), ("show", "1-2"), ("step", "decide", "1", "--stop", "--why", "It is over")):
        refused = home.desk(*words, "--as", "holt")
        assert (refused.code > 0, "half" in refused.out + refused.err) == (True, False)


def test_whom_a_copy_accuses_that_was_added_by_hand_is_left_out(home):
    post = elsewhere(home, MIRROR, WORSE, RAISED, **ACCUSED)
    typed(home, "step", "copy", "1", "--post", post, "--as", "pike")
    assert case(home).subjects == ("holt",)


def test_who_was_said_to_be_accused_of_nothing_is_left_out_by_a_copy_that_came_after(home):
    typed(home, "reopen", "1", *WHY)
    typed(home, "step", "accused", "1", "--person", "holt", "--as", "pike")
    withdrawn = ("--person", "holt", "--not", "--second", "pike", "--why", "Not so", "--as", "marsh")
    typed(home, "step", "accused", "1", *withdrawn)
    assert case(home).subjects == ()
    turns_up(home, MIRROR, WORSE, RAISED, **ACCUSED)
    assert case(home).subjects == ("holt",)


def test_whom_the_alert_of_a_place_excludes_later_is_left_out(home):
    turns_up(home, MIRROR)
    assert case(home).subjects == ()
    elsewhere(home, MIRROR, WORSE, RAISED, **ACCUSED)
    assert case(home).subjects == ("holt",)


def test_a_post_at_an_address_that_was_typed_is_no_further_place(home):
    typed(home, "step", "copy", "1", "--url", f"{home.site}{MIRROR}", "--what", "mirror", "--as", "holt")
    post = turns_up(home, MIRROR)
    typed(home, "step", "copy", "1", "--post", post, "--as", "holt", code=1)
    assert len(case(home).places) == 2


def test_the_address_of_the_first_post_is_no_copy_and_opens_nothing(home):
    first = case(home).mention_id
    with home.store.read() as con:
        ((url,),) = con.execute("SELECT url FROM mentions WHERE id = ?", [first]).fetchall()
    said = typed(home, "step", "copy", "1", "--url", f"{url}?utm_source=mail", "--as", "holt", code=1)
    assert "That is one of the case’s places already" in said
    assert case(home).state is CaseState.CLOSED


def test_two_posts_at_one_address_are_one_place(home):
    elsewhere(home, MIRROR)
    turns_up(home, f"{MIRROR}?utm_source=mail")
    assert len(case(home).places) == 2


def test_a_copy_of_any_place_is_found(home):
    item = elsewhere(home, "/item", OTHER)
    typed(home, "step", "copy", "1", "--post", item, "--what", "item", "--as", "holt")
    copied = turns_up(home, "/copy-of-item", OTHER)
    assert [here.mention_id for here in case(home).places][1:] == [item, copied]


def named_of_old(home):
    """A copy that was named before there were places."""
    post = elsewhere(home, MIRROR)
    with home.store.write("test") as con:
        was = load_case(con, "0001")
        said, now = CopyFound(mention=post), home.now
        step = CaseStep("0001", was.steps + 1, was.urn, said, "schoolgate", now, now)
        case_store.put(con, replace(was, steps=step.n, copies=(post,)), [step], (), home.now)
    assert (case(home).copies, len(case(home).places)) == ((post,), 1)
    return post


def test_a_copy_that_was_named_before_there_were_places_becomes_one(home):
    post = named_of_old(home)
    go_through(home)
    assert [here.mention_id for here in case(home).places][1:] == [post]


def test_a_case_is_not_closed_as_removed_while_such_a_copy_stands(home):
    typed(home, "reopen", "1", *WHY)
    named_of_old(home)
    typed(home, "recheck", "1", "--saw", "gone", *WHY)
    home.wait(hours=25)
    typed(home, "recheck", "1", "--saw", "gone", *WHY)
    typed(home, "close", "1", "--removed", *WHY, code=1)
    assert stands(home)[1:] == [PlaceState.STANDING]


def seen_gone_twice(home, place="1-1"):
    for _ in range(2):
        home.wait(hours=25)
        typed(home, "recheck", place, "--saw", "gone", *WHY)


@pytest.mark.parametrize("handed_in", ["days before the looks", "after them"])
def test_what_is_held_from_elsewhere_stops_the_end_as_gone_until_it_is_looked_at(home, handed_in):
    typed(home, "reopen", "1", *WHY)
    if handed_in == "after them":
        seen_gone_twice(home)
    post = elsewhere(home, MIRROR)
    if handed_in != "after them":
        home.wait(hours=72)
        seen_gone_twice(home)
    said = typed(home, "close", "1", "--removed", *WHY, code=1)
    assert f"{home.site}{MIRROR}" in said
    with home.store.read() as con:
        rules = replace(school_rules(home.context, "900001"), copies=copies_of(con, case(home)))
    assert next_act(case(home), (), "holt", home.now, rules).act == StepKind.COPY_FOUND
    assert "Add it as a place of this case and look there" in said
    assert len(case(home).places) == 1
    typed(home, "step", "copy", "1", "--post", post, "--as", "holt")
    seen_gone_twice(home, "1-2")
    typed(home, "close", "1", "--removed", *WHY)


def test_another_ending_needs_no_look_at_what_is_held_from_elsewhere(home):
    typed(home, "reopen", "1", *WHY)
    seen_gone_twice(home)
    elsewhere(home, MIRROR)
    typed(home, "close", "1", "--standing", *WHY)
    assert case(home).state is CaseState.CLOSED
