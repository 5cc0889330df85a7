"""What the digest tells of posts from before we began, and of our own troubles."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.digest import (
    DEPUTY,
    DSL,
    HEAD,
    OAKFIELD,
    TUESDAY,
    URN,
    a_config,
    a_context,
    a_home,
    a_quiet_day,
    alert_on,
    grave,
    kept_open,
    mark,
    praise,
    ran,
    restricted,
    say,
)
from builders.mention import pending_outbox

from alerts.links import Links
from alerts.notices.book import Book, Notice
from alerts.wording.digest.compose import compose
from data.types import About, Outcome, Person, Relevance, Role, Route, Severity, Source, Trouble
from monitor.matters.today import Days, due_of
from monitor.service.state.notebook import Notebook
from monitor.service.state.status import status
from monitor.service.tasks.digests import digests, prepare, prepare_together, write

LONG_AGO = datetime(2018, 1, 31, 9, tzinfo=UTC)
BEFORE = TUESDAY - timedelta(hours=10)
HEADING = "From before we began"
OLD_GRAVE = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("privacy",), "about": About.STAFF,
    "content_class": "C11", "history": LONG_AGO,
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        a_quiet_day(found)
        yield found


def letter(store, tmp_path, person=HEAD, **links):
    config = a_config(tmp_path, schools=(OAKFIELD,))
    with store.read() as con:
        due = due_of(config, config.schools[0], TUESDAY.date())
        return prepare(con, config, config.schools[0], due, [person], TUESDAY, **links)[0].letter


def test_with_pages_it_says_who_shows_what_is_only_counted(store, tmp_path):
    say(store, "doubt", BEFORE, **OLD_DOUBT)
    said = flat(store, tmp_path, links=Links("https://schoolgate.example.org", b"k" * 32))
    assert "Whoever looks after Schoolgate at your school can show you the rest." in said


def flat(store, tmp_path, **which):
    return re.sub(r"\n\s*", " ", letter(store, tmp_path, **which).body)


def test_a_grave_old_post_stands_apart_with_its_date(store, tmp_path, snapshot):
    say(store, "street", BEFORE, **OLD_GRAVE)
    say(store, "prices", BEFORE, history=LONG_AGO)
    praise(store, "fair", BEFORE, history=LONG_AGO)
    found = letter(store, tmp_path)
    assert "on a local forum · 31 Jan 2018" in re.sub(r"\n\s*", " ", found.body)
    assert "3 older posts about you are from before we began." in re.sub(r"\n\s*", " ", found.body)
    assert "Answer" not in found.body
    assert "Worth passing on" not in found.body
    assert found.subject == "1 from before we began, 1 place not seen (Tuesday)"
    assert found.body == snapshot


def test_calm_old_posts_are_only_counted(store, tmp_path):
    say(store, "prices", BEFORE, history=LONG_AGO)
    said = flat(store, tmp_path)
    assert "Nothing new about you in" in said
    assert "1 older post about you is from before we began." in said
    assert HEADING not in said


def test_of_an_old_restricted_post_there_is_nothing(store, tmp_path):
    quiet = flat(store, tmp_path)
    restricted(store, "child", BEFORE)
    with store.write("test") as con:
        con.execute("UPDATE verdicts SET history = $at", {"at": LONG_AGO})
        con.execute("UPDATE alerts SET posted_at = $at", {"at": LONG_AGO})
    assert flat(store, tmp_path) == quiet


def test_whom_an_old_post_may_accuse_does_not_read_of_it(store, tmp_path):
    accused = OLD_GRAVE | {"abuse": ("defamation",), "content_class": "C7", "subjects": ("deputy",)}
    say(store, "accused", BEFORE, **accused)
    assert HEADING in flat(store, tmp_path, person=HEAD)
    said = flat(store, tmp_path, person=DEPUTY)
    assert HEADING not in said
    assert "from before" not in said


def test_an_old_matter_that_alerted_is_decided_today_and_bears_its_date(store, tmp_path):
    alert = alert_on("threat", BEFORE, severity=Severity.THIS_HOUR, posted_at=LONG_AGO)
    grave(store, "threat", BEFORE, alert, history=LONG_AGO)
    said = flat(store, tmp_path)
    assert "Decide now" in said
    assert "31 Jan 2018" in said
    assert HEADING not in said


def test_what_is_new_in_an_old_thread_is_told_as_new(store, tmp_path):
    say(store, "old", BEFORE, story="thread", **OLD_GRAVE)
    say(store, "new", BEFORE, story="thread")
    said = flat(store, tmp_path)
    assert "Answer" in said
    assert HEADING in said


def test_a_doubt_whether_it_is_about_us_is_said(store, tmp_path):
    say(store, "street", BEFORE, relevance=Relevance.UNSURE, **OLD_GRAVE)
    assert "perhaps another school" in flat(store, tmp_path)
    assert "older post" not in flat(store, tmp_path)


def test_the_first_digest_that_is_sent_tells_of_it_however_long_ago_it_was_read(store, tmp_path):
    say(store, "street", BEFORE - timedelta(days=9), **OLD_GRAVE)
    say(store, "new", BEFORE - timedelta(days=9), **(OLD_GRAVE | {"history": None}))
    assert HEADING in flat(store, tmp_path)
    assert "1 older post about you" in flat(store, tmp_path)


def test_it_is_told_once(store, tmp_path):
    say(store, "street", BEFORE - timedelta(days=3), **OLD_GRAVE)
    config, monday = a_config(tmp_path), TUESDAY - timedelta(days=1)
    with store.write("test") as con:
        due = due_of(config, config.schools[0], monday.date())
        (first,) = prepare(con, config, config.schools[0], due, [HEAD], monday)
        write(first, con)
    assert HEADING in first.letter.body
    assert HEADING in flat(store, tmp_path)
    mark(store, first.letter.key, "sent_at", monday)
    assert HEADING not in flat(store, tmp_path)


OLD_DOUBT = {"severity": Severity.NOTE, "look": True, "look_rank": 0.4, "history": LONG_AGO}


def test_old_posts_that_we_are_not_sure_about_are_said_to_be_worth_a_look(store, tmp_path, snapshot):
    say(store, "doubt", BEFORE, **OLD_DOUBT)
    say(store, "other", BEFORE, relevance=Relevance.UNSURE, **OLD_DOUBT)
    found = letter(store, tmp_path)
    assert HEADING in found.body
    assert "2 older posts are worth a look" in re.sub(r"\n\s*", " ", found.body)
    assert found.body == snapshot


# ---------------------------------------------------------------------------- our own troubles


FRIDAY = TUESDAY - timedelta(days=3, hours=12, minutes=35)
NOW = TUESDAY + timedelta(seconds=9)
HOUR = timedelta(hours=1)


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
    assert said == (
        "walled: blocked, asked once a day. shut: blocked, asked once a day. "
        "19 places were read in this time, but not again when they were due."
    )


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
    Notebook(tmp_path).keep(told(Trouble("judge", FRIDAY, "x")))
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
