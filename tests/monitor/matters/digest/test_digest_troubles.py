"""What the digest says of our own troubles: at its head, on quiet days too, and under “Not seen”."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.digest import (
    DSL,
    HEAD,
    TUESDAY,
    URN,
    a_config,
    a_context,
    a_home,
    a_quiet_day,
    kept_open,
    ran,
)
from builders.mention import pending_outbox

from alerts.notices.book import Book, Notice
from alerts.wording.digest.compose import compose
from data.types import Outcome, Person, Role, Source, Trouble
from monitor.matters.due import due_of
from monitor.matters.today import Days
from monitor.service.state import notebook
from monitor.service.state.status import status
from monitor.service.tasks.digests import digests, prepare_together

FRIDAY = TUESDAY - timedelta(days=3, hours=12, minutes=35)
NOW = TUESDAY + timedelta(seconds=9)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        a_quiet_day(found)
        yield found


@pytest.fixture
def config(tmp_path):
    return a_config(tmp_path)


def of(store, config, book=None, now=NOW):
    school = config.schools[0]
    with store.read() as con:
        due = due_of(config, school, now.astimezone(config.zone).date())
        (part,) = Days(con, config, now, book=book or Book()).parts(school, due, [HEAD])
    return compose(part.facts, part.chosen)


def told(*troubles):
    return Book(notices=(Notice(NOW, troubles),))


def past(*troubles):
    return Book(past=troubles)


def test_three_days_in_which_nothing_could_be_judged_stand_at_the_head_of_a_quiet_digest(store, config):
    view = of(store, config, told(Trouble("judge", FRIDAY, "SchoolgateError")))
    assert view.opening[0] == (
        "Good morning. For 3 days, nothing that we read could be judged "
        "(since Friday 18:55, and not over yet). "
        "That was a fault of ours, not of the places: posts from that time may not have been looked at."
    )
    assert view.opening[1].startswith("Nothing new about you in 3 places since")
    assert view.subject.startswith("Not watched throughout, 1 place not seen (")


def test_what_is_over_is_told_with_its_end(store, config):
    view = of(store, config, past(Trouble("save", TUESDAY - 9 * HOUR, "StoreError", TUESDAY - 4 * HOUR)))
    assert view.opening[0].startswith(
        "Good morning. For 5 hours, nothing could be saved or sent, because our own store could not be used "
        "(from yesterday 22:30 to Tuesday 03:30)."
    )


def test_a_time_in_which_the_service_did_not_run_is_told(store, config):
    view = of(store, config, past(Trouble("service", TUESDAY - 5 * HOUR, "", TUESDAY - 2 * HOUR)))
    assert "For 3 hours, Schoolgate did not run (from Tuesday 02:30 to Tuesday 05:30)." in view.opening[0]


def test_a_second_short_of_five_hours_is_five_hours(store, config):
    nearly = NOW - 5 * HOUR + timedelta(seconds=1)
    view = of(store, config, told(Trouble("judge", nearly, "SchoolgateError")))
    assert view.opening[0].startswith("Good morning. For 5 hours, nothing that we read could be judged")


def a_morning_after(store, tmp_path):
    """The machine was off overnight; twenty places were well before, and the last two refuse us."""
    ids = [*(f"place-{n:02d}" for n in range(20)), "walled", "shut"]
    sources = tuple(Source(i, "feed", f"https://{i}.example.org", (URN,), i) for i in ids)
    for n, i in enumerate(ids):
        ran(store, i, TUESDAY - 16 * HOUR, Outcome.BLOCKED if n > 19 else Outcome.OK)
    ran(store, "place-00", TUESDAY - timedelta(minutes=1))
    off = past(Trouble("service", TUESDAY - 15 * HOUR, "", TUESDAY - timedelta(minutes=2)))
    return a_config(tmp_path, sources=sources), off


def test_what_is_switched_off_is_said_in_the_next_digest_and_in_no_other(store, tmp_path):
    read = Source("town", "feed", "https://town.example.org", (URN,), "Town", disabled="paused")
    for at in (TUESDAY - timedelta(days=20), TUESDAY - 3 * HOUR):
        ran(store, "town", at, Outcome.OK)
    config = a_config(tmp_path, sources=(read,))
    told = [unseen(of(store, config, now=NOW + timedelta(days=n))) for n in (0, 1)]
    assert told == ["Switched off, and not read from now on: Town.", ""]


def unseen(view):
    return " ".join(line.said for s in view.sections if s.heading.startswith("Not seen") for line in s.lines)


def test_what_was_not_read_while_the_machine_was_off_is_one_line_behind_what_refuses_us(store, tmp_path):
    config, off = a_morning_after(store, tmp_path)
    view = of(store, config, off)
    assert unseen(view) == (
        "walled: blocked, asked once a day. shut: blocked, asked once a day. "
        "19 places were not read while Schoolgate was not running; they are being read now."
    )
    assert view.subject == "Not watched throughout, 2 places not seen (Tuesday)"


def test_beside_an_it_lead_the_others_are_told_where_posts_may_be_missing_not_why(store, tmp_path):
    config, off = a_morning_after(store, tmp_path)
    it_lead = Person("it", "Alex Marsh", (Role.IT_LEAD,), "it@example.org")
    said = unseen(of(store, replace(config, people=(*config.people, it_lead)), off))
    assert said.startswith("walled: posts may be missing. shut: posts may be missing. 19 places")


def test_a_trust_is_told_in_one_line_too(store, tmp_path):
    config, off = a_morning_after(store, tmp_path)
    (school,) = config.schools
    with store.read() as con:
        dues = [(school, due_of(config, school, NOW.date()))]
        view = prepare_together(Days(con, config, NOW, book=off), dues, HEAD).view
    assert unseen(view).startswith("19 places were not read while Schoolgate was not running")
    assert view.subject == "Not watched throughout, 2 places not seen (Tuesday)"


def test_places_that_are_behind_for_a_fault_of_ours_never_hide_those_that_refuse_us(store, tmp_path):
    config, _ = a_morning_after(store, tmp_path)
    said = unseen(of(store, config))
    assert said.startswith(
        "walled: blocked, asked once a day. shut: blocked, asked once a day. "
        "place-01: not read when it was due"
    )
    assert said.endswith("… and 15 more.")


def test_without_troubles_the_head_is_as_ever(store, config):
    before = TUESDAY - timedelta(days=9)
    gone = past(Trouble("judge", before, "x", before + HOUR))
    brief = past(Trouble("judge", TUESDAY - HOUR, "x", TUESDAY - HOUR + timedelta(minutes=14)))
    assert of(store, config) == of(store, config, gone) == of(store, config, brief)
    assert of(store, config).opening[0].startswith("Good morning. Nothing new about you")


def test_mail_that_did_not_go_leaves_nothing_unwatched(store, config):
    view = of(store, config, past(Trouble("mail", TUESDAY - 3 * HOUR, "busy", TUESDAY - HOUR)))
    assert "For 2 hours, no e-mail could be sent" in view.opening[0]
    assert "may not have been looked at" not in view.opening[0]
    assert "not watched" not in view.subject


def test_the_service_reads_them_from_the_file_beside_the_store(store, config, tmp_path):
    notebook.Notebook(tmp_path).keep(told(Trouble("judge", FRIDAY, "x")))
    with store.write("test") as con:
        for write in digests(con, a_context(config), NOW):
            write(con)
    with store.read() as con:
        letters = [m for m in pending_outbox(con, NOW) if m.person_id != DSL.id]
    assert letters
    assert all("nothing that we read could be judged" in " ".join(m.body.split()) for m in letters)


def not_seen(view):
    return next((s.lines[0].said for s in view.sections if s.heading == "Not seen"), "")


def test_a_place_that_could_not_be_judged_is_not_seen_through_a_fault_of_ours(store, config):
    ran(store, "forum", TUESDAY - timedelta(minutes=5), Outcome.OUR_FAULT)
    said = not_seen(of(store, config))
    assert "Town forum: not read or not judged (a fault of ours, not the place’s)" in said


def test_a_place_that_was_due_and_not_asked_is_not_seen_through_a_fault_of_ours(store, config):
    assert "Town forum" not in not_seen(of(store, config))
    said = not_seen(of(store, config, now=NOW + 4 * HOUR))
    assert "Town forum: not read when it was due (a fault of ours) since Tuesday 05:30." in said


@pytest.mark.parametrize(("days", "told"), [(1, False), (4, True)])
def test_a_page_suddenly_empty_is_not_seen_once_it_was_for_more_than_a_school_day(store, config, days, told):
    bare = config.sources[1]
    quiet = replace(config, sources=(replace(bare, id="events", name="Town events"),))
    ran(store, "events", TUESDAY - timedelta(days=days) + 10 * HOUR)
    for hour in (6, 4, 1):
        ran(store, "events", TUESDAY - hour * HOUR, Outcome.SUSPICIOUS)
    assert ("Town events" in not_seen(of(store, quiet))) is told
    with store.read() as con:
        assert ("events" in {place.source_id for place in status(con, quiet, NOW).not_seen}) is told
