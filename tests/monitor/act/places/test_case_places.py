"""A post that was removed stands elsewhere too: found, told, asked and seen gone, place by place."""

from datetime import timedelta

import pytest
from builders.case_desk import PNG
from builders.case_places import (
    ARCHIVED,
    LATER,
    MIRROR,
    WHY,
    case,
    elsewhere,
    go_through,
    stands,
    told,
    typed,
)
from builders.privacy import at
from builders.thread_page import INSULT
from support.web_server import Answer

from data.cases import CaseState, PlaceState
from data.steps.codes import Looker, StepKind
from data.store.cases.cases import steps
from data.store.reporting.weekly_counts import done, removals
from monitor.act.casework.recheck import recheck
from monitor.matters.replaying import load_case
from monitor.service.tasks import rechecks as tasks
from monitor.service.tasks.rechecks import copies

SEARCH = "https://www.google.com/search?q=Holt"


def test_the_words_of_a_closed_case_in_another_story_open_it_and_tell_who_decides(home):
    mirror = elsewhere(home, MIRROR)
    go_through(home)
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
    elsewhere(home, MIRROR, "Parking at the gate was bad again, and nobody from the council came to look.")
    go_through(home)
    assert case(home).state is CaseState.CLOSED


def test_words_that_were_erased_on_request_open_nothing(home):
    with home.store.write("test") as con:  # as an erasure leaves them
        con.execute("UPDATE mention_versions SET text = NULL, title = NULL, minhash = NULL")
        con.execute("UPDATE mentions SET url = NULL")
    elsewhere(home, MIRROR)
    go_through(home)
    assert case(home).state is CaseState.CLOSED


def test_removed_then_on_another_site_and_in_an_archive_ends_in_eight_commands_at_most(home, made):
    """Six: the copy adds itself and is looked at by the service; a person looks at the archive."""
    commands = []

    def type_in(*words):
        commands.append(words)
        return typed(home, *words)

    elsewhere(home, MIRROR)
    go_through(home)
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
    elsewhere(home, MIRROR)
    go_through(home)
    home.wait(hours=1)
    typed(home, "recheck", "1", "--everywhere", "--saw", "gone", *WHY)
    home.wait(hours=25)
    typed(home, "recheck", "1", "--everywhere", "--saw", "gone", *WHY)
    typed(home, "close", "1", "--removed", *WHY)
    assert stands(home) == [PlaceState.GONE, PlaceState.GONE]


def test_what_cannot_be_said_of_one_place_is_named_and_the_others_are_recorded(home):
    elsewhere(home, MIRROR)
    go_through(home)
    typed(home, "recheck", "1-2", "--saw", "gone", *WHY)
    early = (home.now - timedelta(minutes=1)).isoformat()  # before the look at the second
    home.wait(minutes=-2)
    with at(home.now, "case"):
        ran = home.desk("recheck", "1", "--everywhere", "--saw", "gone", "--at", early, *WHY)
    assert ran.code == 3, ran.err
    assert "0001-2: not recorded." in ran.err
    assert "Nothing was changed" not in ran.err


def test_what_is_said_of_every_place_is_not_said_of_a_search_result(home):
    elsewhere(home, MIRROR)
    go_through(home)
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
    elsewhere(home, MIRROR)
    go_through(home)
    shown = typed(home, "show", "1", "--as", "holt")
    assert f"0001-2  a copy, Reddit, {home.site}{MIRROR}: stands; nobody has been asked" in shown
    at_it = typed(home, "show", "1-2", "--as", "holt")
    assert f"{home.site}{MIRROR}" in at_it


def test_what_comes_next_at_a_place_is_typed_with_its_number(home):
    typed(home, "step", "copy", "1", "--url", ARCHIVED, "--as", "holt")
    assert "schoolgate case step ask 0001-2 --rung platform-report" in typed(
        home, "show", "1-2", "--as", "holt"
    )
    assert "elsewhere too: 0001-2. Each is asked by itself:" in typed(home, "show", "1", "--as", "holt")


def test_who_is_asked_at_another_place_is_waited_for_and_its_clock_says_where(home):
    typed(home, "step", "copy", "1", "--url", ARCHIVED, "--as", "holt")
    said = typed(home, "step", "ask", "1-2", "--rung", "platform-report", *WHY)
    assert "Now: waiting for the platform." in said
    assert "48 hours for the platform (0001-2, web.archive.org)" in said


def test_the_host_of_another_place_is_that_of_its_own_address(home):
    typed(
        home, "step", "copy", "1", "--url", "https://copied.example/gate", "--what", "mirror", "--as", "holt"
    )
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
    elsewhere(home, MIRROR)
    go_through(home)
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
    elsewhere(home, MIRROR)
    go_through(home)
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
