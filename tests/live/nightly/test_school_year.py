"""A calendar year at a school by a moved clock: a new head, a new safeguarding lead, INSET, a snow day, the
summer, and terms that nobody gave."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from builders.case_desk import made_by
from builders.config import keeper_of, write
from builders.home import a_migrated_store, do_in, rows_of, tend
from builders.mention import a_batch, a_mention, a_run, a_verdict, an_alert, save

from alerts.links import Links
from alerts.notices.upkeep import OFFICES as CHANGED
from data.register.calendar import Calendar, read_dates
from data.types import About, Policy, Route, Severity
from monitor.act.people import comer, set_away, succeed_person
from monitor.act.places import set_terms
from monitor.config.edit import Succession
from monitor.config.home.context import Context
from monitor.config.load import load_file
from monitor.matters.today import due_of
from monitor.service.digests import digests

OFFICES = {"old-head": "head", "deputy": "deputy_head", "old-dsl": "dsl", "chair": "chair", "it": "it_lead"}
NEW = {date(2027, 1, 11): ("old-head", "head"), date(2027, 4, 12): ("old-dsl", "dsl")}
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


def _day(store, home, config, at):
    tend(store, digests, Context(config, home, Links()), at)
    do_in(store, lambda con: con.execute("UPDATE outbox SET sent_at = ? WHERE sent_at IS NULL", [at]))


def _person(at, who):
    return next(p for p in at.config.people if p.id == who)


def _succeed(named, at):
    """Somebody new comes in the office of another, who leaves."""
    old, new = _person(at, named[0]), named[1]
    address = f"{new}@oakfield.example.sch.uk"
    comes = comer(at.config, at.config.people, old, f"The {new}", address, None, old.roles)
    return succeed_person(at, Succession(old, comes))


@pytest.mark.slow  # a year of digests: on a processor without AVX512 it took 66 s
def test_each_school_day_of_a_year_has_its_digest_and_nobody_who_left_has_mail(tmp_path):
    """It takes twenty seconds of processor: a year's digests are composed, by the file as it is that day."""
    path = write(tmp_path, SCHOOL + "".join(itertools.starmap(PERSON.format, OFFICES.items())))
    store, published = a_migrated_store(tmp_path), read_dates(PUBLISHED)
    urns = ["900001"]
    done = {
        date(2027, 1, 1): lambda at: set_terms(at, urns, published.terms, published.closed),
        SNOW: lambda at: set_terms(at, urns, (), [date(2027, 2, 8)]),
        date(2027, 6, 1): lambda at: set_terms(at, urns, (), [date(2027, 6, 25)]),
        FORGOTTEN: lambda at: set_away(at, _person(at, "head"), date(2099, 9, 1), "deputy"),
        BACK: lambda at: set_away(at, _person(at, "head"), None, None),
    }
    for day, named in NEW.items():
        done[day] = partial(_succeed, named)
    config, year = load_file(path, {}), [date(2027, 1, 1) + timedelta(n) for n in range(365)]
    # a matter that is the safeguarding lead's alone, and that nobody opens all year
    at = datetime(2027, 1, 1, 9, tzinfo=UTC)
    mention = a_mention("child", fetched_at=at, published=at)
    judged = a_verdict(
        mention, route=Route.SAFEGUARDING, severity=Severity.TODAY, about=About.PUPIL,
        content_class="C10", restricted=True, abuse=("safeguarding",),
    )  # fmt: skip
    alert = an_alert(
        "s-one", route=judged.route, content_class="C10", restricted=True, audience=("old-dsl",), raised_at=at
    )
    batch = a_batch(mention, verdicts=[judged], run=a_run(at=at), alerts=[alert])
    do_in(store, save, batch, now=at, policy=Policy())
    for day in year:
        now = due_of(config, config.schools[0], day).at + timedelta(seconds=7)
        if day in done:
            made_by(done[day](replace(keeper_of(tmp_path), now=now - timedelta(minutes=5))))
            config = load_file(path, {})
        _day(store, tmp_path, config, now)
    sent = rows_of(store, "SELECT person_id, kind, due_at::DATE, body FROM outbox")

    calendar = config.calendar("900001")
    known = {day for day in year if day <= FORGOTTEN and calendar.school_day(day)}
    weekdays = {day for day in year if day > FORGOTTEN and Calendar().working_day(day)}
    got = {who: {day for to, kind, day, _ in sent if (to, kind) == (who, "digest")} for who, *_ in sent}
    assert len(known) == 118
    # on quiet days the head alone is sent one, or who covers
    ending = {day for *_, day, body in sent if "The last term we know" in body}
    assert got["deputy"] == ending | {day for day in known | weekdays if FORGOTTEN <= day < BACK}
    assert got["old-head"] | got["head"] == {day for day in known | weekdays if not FORGOTTEN <= day < BACK}
    assert got["old-dsl"] | got["dsl"] == known | weekdays
    assert {(kind, day) for who, kind, day, _ in sent if who == "chair"} == {
        (CHANGED, day) for day in (*NEW, FORGOTTEN, BACK)
    }
    assert "it" not in got
    assert not got["deputy"] & {INSET, SNOW}
    unknown = {day for *_, day, body in sent if "We have no term dates after" in body}
    assert unknown == weekdays
    for day, (old, new) in NEW.items():
        assert all(when < day for who, _, when, _ in sent if who == old)
        assert all(when >= day for who, _, when, _ in sent if who == new)
