"""That a post of the school's own names a pupil in full is told once, without a word of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders.digest import PEOPLE, TUESDAY, a_config, a_home, kept_open, say

from alerts.links import Links
from alerts.wording.verdicts import kind_of, next_of
from data.content_class import ContentClass
from data.judged import NAMES_PUPIL
from data.store.verdicts.verdicts import by_reason
from data.types import About, Person, Reason, Role, Route, Severity
from data.words.say import words
from monitor.config.home.context import Context
from monitor.service.tasks.reminders import pupils

DPO = Person("dpo", "Kit Rowan", (Role.DPO,), "dpo@example.org")
LINKS = Links("https://alerts.example.org", b"secret")
SOON = timedelta(minutes=10)
SAID = "Well done to Amelia Hartley, Year 4!"


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        yield found


@pytest.fixture
def context(tmp_path):
    return Context(a_config(tmp_path, people=(*PEOPLE, DPO)), Path("/nowhere"), LINKS)


def slip(store, name="hartley", at=TUESDAY):
    reasons = (Reason(NAMES_PUPIL, f"It gives a pupil's full name: “{SAID}”"),)
    say(
        store, name, at, text=SAID, reasons=reasons, route=Route.NOTE, severity=Severity.NOTE,
        about=About.PUPIL, content_class=ContentClass.PRIVACY,
    )  # fmt: skip


def told(store, context, now=TUESDAY + SOON):
    with store.write("test") as con:
        for write in pupils(con, context, now):
            write(con)
        asked = "SELECT person_id, body, epoch_us(due_at) FROM outbox ORDER BY person_id"
        return con.execute(asked).fetchall()


def test_the_safeguarding_lead_and_the_data_protection_officer_are_told_once(store, context):
    slip(store)
    found = told(store, context)
    assert [person for person, _, _ in found] == ["dpo", "dsl"]
    assert all("https://alerts.example.org/m/" in body for _, body, _ in found)
    assert not any(word in body for _, body, _ in found for word in ("Amelia", "Hartley", "Year 4"))
    assert told(store, context, TUESDAY + 2 * SOON) == found


def test_without_either_the_head_is_told_and_at_night_it_waits_for_the_morning(store, context):
    heads = Context(a_config(Path("/nowhere"), people=PEOPLE[:1]), Path("/nowhere"), Links())
    night = TUESDAY.replace(hour=2)
    slip(store, at=night)
    ((person, body, due),) = told(store, heads, night + SOON)
    assert person == "head"
    assert "schoolgate story show" in body
    assert datetime.fromtimestamp(due / 1e6, TUESDAY.tzinfo) > night + timedelta(hours=4)


def test_its_page_says_what_it_is_and_what_is_to_be_done(store):
    slip(store)
    with store.read() as con:
        ((judged,),) = by_reason(con, NAMES_PUPIL, TUESDAY - SOON).values()
    w = words("en")
    assert kind_of(judged, w) == "the school’s own post names a pupil in full"
    assert next_of(judged, w).startswith("see whether permission is held")
