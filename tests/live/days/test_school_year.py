"""A calendar year at a school by a moved clock: INSET, a snow day, the summer, and terms that nobody gave."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from builders.config import write
from builders.home import a_migrated_store
from support.every_command import ended

from alerts.links import Links
from data.register.calendar import Calendar
from monitor.config.home.context import Context
from monitor.config.load import load
from monitor.matters.due import due_of
from monitor.service.tasks.digests import digests
from monitor.service.tasks.reminders import terms

OFFICES = {"head": "head", "deputy": "deputy_head", "it": "it_lead"}
PERSON = '[[people]]\nid = "{0}"\nname = "The {0}"\nroles = ["{1}"]\nemail = "{0}@oakfield.example.sch.uk"\n'
SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
PUBLISHED = """
Spring term: Tuesday 5 January to Thursday 25 March 2027
Half term: 15 – 19 February 2027
Summer term: Monday 12 April to Wednesday 21 July 2027
Half term: 31 May to 4 June 2027
INSET day: Monday 4 January 2027
"""
INSET, SNOW, FORGOTTEN = date(2027, 6, 25), date(2027, 2, 8), date(2027, 7, 21)
BACK = date(2027, 9, 1)


def test_each_school_day_of_a_year_has_its_digest_and_once_the_terms_are_forgotten_each_weekday(tmp_path):
    """It takes fifteen seconds of processor: a year's digests are composed, by the file as it is that day."""
    path = write(tmp_path, SCHOOL + "".join(itertools.starmap(PERSON.format, OFFICES.items())))
    store, listed = a_migrated_store(tmp_path), tmp_path / "term-dates.txt"
    listed.write_text(PUBLISHED, encoding="utf-8")
    typed = {
        date(2027, 1, 1): ("terms", "add", "--file", str(listed), "--yes"),
        SNOW: ("terms", "add", "--closed", "8 February 2027"),
        date(2027, 6, 1): ("terms", "add", "--closed", "25 June 2027"),
        FORGOTTEN: ("people", "away", "head", "--until", "1 September 2099", "--cover", "deputy"),
        BACK: ("people", "away", "head"),
    }
    year = [date(2027, 1, 1) + timedelta(n) for n in range(365)]
    with store.write("a year") as con:
        for day in year:
            if day in typed:
                assert ended([*typed[day], "--home", str(tmp_path)])[0] == 0
                config = load(path, {})
            now = due_of(config, config.schools[0], day).at + timedelta(seconds=7)
            for task in (digests, terms):
                for one in task(con, Context(config, tmp_path, Links()), now):
                    one(con)
        sent = con.execute(
            "SELECT person_id, kind, due_at::DATE, body FROM outbox ORDER BY due_at"
        ).fetchall()

    calendar = config.calendar("900001")
    known = {day for day in year if day <= FORGOTTEN and calendar.school_day(day)}
    weekdays = {day for day in year if day > FORGOTTEN and Calendar().working_day(day)}
    got = {who: {day for to, kind, day, _ in sent if (to, kind) == (who, "digest")} for who in OFFICES}
    assert len(known) == 118
    assert got["deputy"] == known | weekdays
    assert got["head"] == {day for day in known | weekdays if not FORGOTTEN <= day < BACK}
    assert not got["it"]
    assert not got["deputy"] & {INSET, SNOW}
    unknown = {day for *_, day, body in sent if "No term is known" in body}
    assert unknown == weekdays
    assert [(who, day) for who, kind, day, _ in sent if kind == "account"] == [("it", date(2027, 6, 30))]
