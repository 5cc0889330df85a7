"""What the digest tells of posts from before we began: the grave ones with their date, the rest counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from builders.digest import (
    DEPUTY,
    HEAD,
    OAKFIELD,
    TUESDAY,
    a_config,
    a_home,
    a_quiet_day,
    alert_on,
    grave,
    kept_open,
    mark,
    praise,
    restricted,
    say,
)

from alerts.links import Links
from data.types import About, Relevance, Route, Severity
from monitor.matters.due import due_of
from monitor.service.tasks.digests import prepare, write

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
