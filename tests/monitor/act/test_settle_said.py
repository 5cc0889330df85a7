"""What was said at the door is kept beside the post, and holds until somebody who decides settles it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from builders.home import a_migrated_store
from builders.judges import CALM, OAKFIELD, PEOPLE
from builders.mention import NOW, Clock
from builders.taken_in import taken_in

from alerts.links import Links
from data.evidence.handed_in import Danger, PictureShows, Says, Whom
from data.steps.acts import Done, Refused
from data.store.alerts import alerts as alert_store
from data.store.engine import audit_chain
from data.store.mentions.person_reports import unsettled
from data.store.verdicts.verdicts import story_verdicts
from monitor.act.name import settle_said
from monitor.act.step import open_case
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.home.wiring import Session
from monitor.matters.replaying import found_case
from monitor.pipeline.sighting import Report

HEAD, DSL, TEACHER = PEOPLE
BLINDED = Says(Danger.NOW, "child", Whom.HEAD)


class Door:
    """A home in which somebody handed in calm words, and said that the head is about to harm a child."""

    def __init__(self, home: Path):
        self.clock = Clock()
        self.store = a_migrated_store(home, self.clock)
        self.post = self.handed_in(BLINDED)
        ((self.story,),) = self.rows("SELECT story_id FROM alerts")

    def handed_in(self, says: Says) -> str:
        report = Report(CALM, "", "facebook", None, None, NOW, says=says)
        return taken_in(self.store, self.clock, report, OAKFIELD.urn).mention

    def settle(self, *, holds: bool, by=DSL, why="I asked the child"):
        config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE)
        session = Session(config, Context(config, self.store.home, Links()), self.store, by)
        with self.store.write("test") as con:
            at = NOW + timedelta(hours=1)
            return settle_said(con, session, self.story, OAKFIELD.urn, why, at, holds=holds)

    def opened(self):
        """The case that the safeguarding lead opens of it, by its steps as they are now."""
        config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE)
        session = Session(config, Context(config, self.store.home, Links()), self.store, DSL)
        return open_case(session, self.story, None, "", NOW + timedelta(minutes=30)).made.case.id

    def subjects(self, number):
        with self.store.read() as con:
            return found_case(con, number).subjects

    def rows(self, sql):
        with self.store.read() as con:
            return con.execute(sql).fetchall()

    @property
    def alert(self):
        with self.store.read() as con:
            (found,) = alert_store.list_alerts(con, open_only=False)
        return found

    def meant(self):
        with self.store.read() as con:
            (found,) = story_verdicts(con, [self.story])[self.story]
        return [m for m in (*found.endangers, *found.accuses) if m.by == "person_said"]


@pytest.fixture
def door(tmp_path) -> Door:
    return Door(tmp_path)


def test_the_answers_are_kept_and_leave_out_whom_they_name_until_they_are_settled(door):
    with door.store.read() as con:
        assert unsettled(con, door.story, OAKFIELD.urn) == {door.post: BLINDED.as_json}
    assert "head" in door.alert.excluded


def test_whoever_hands_it_in_again_and_says_less_replaces_neither_them_nor_how_they_were_settled(door):
    door.settle(holds=True)
    assert door.handed_in(Says(picture=PictureShows.NO)) == door.post
    assert door.rows("SELECT says, holds FROM handed_in") == [(BLINDED.as_json, True)]


def test_withdrawn_they_leave_out_nobody_and_it_stays_as_urgent(door):
    before = door.alert
    assert isinstance(door.settle(holds=False), Done)
    assert door.meant() == []
    assert door.alert.excluded == ()
    assert (door.alert.severity, door.alert.route) == (before.severity, before.route)


def test_withdrawn_they_leave_out_nobody_of_a_case_that_is_open_either(door):
    number = door.opened()
    assert door.subjects(number) == ("head",)
    door.settle(holds=False)
    assert door.subjects(number) == ()


def test_of_a_case_without_an_alert_it_is_not_known_whom_else_it_may_mean_and_nobody_is_let_in(door):
    number = door.opened()
    with patch("monitor.act.name.judge_as_said", return_value=None):
        door.settle(holds=False)
    assert door.subjects(number) == ("head",)


def test_confirmed_they_leave_out_the_same_and_are_asked_no_more(door):
    assert isinstance(door.settle(holds=True), Done)
    assert door.alert.excluded == ("head",)
    assert isinstance(door.settle(holds=False), Refused)


@pytest.mark.parametrize("by", [HEAD, TEACHER])
def test_whom_they_leave_out_does_not_settle_them(door, by):
    assert isinstance(door.settle(holds=False, by=by), Refused)
    assert door.meant() != []


def test_it_takes_a_reason_which_is_on_record_with_who_gave_it(door):
    assert isinstance(door.settle(holds=False, why=""), Refused)
    door.settle(holds=False, why="It is about another school")
    assert door.rows("SELECT holds, settled_by FROM handed_in") == [(False, "dsl")]
    with door.store.read() as con:
        entries = [link.entry for link in audit_chain.links(con)]
    (entry,) = [e for e in entries if e.action == "said_at_door_settled"]
    assert (entry.actor, entry.subject, entry.codes[0]) == ("dsl", door.post, "result:withdrawn")


def test_they_go_with_the_words_of_the_post(door):
    from data.retention.deleting import drop_texts

    with door.store.write("test") as con:
        drop_texts(con, [door.post])
    assert door.rows("SELECT * FROM handed_in") == []
