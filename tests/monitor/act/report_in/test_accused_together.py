"""Where head and chair may both be accused: who is told, who opens the case, and what it says to do first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.case_desk import NOW, PERSON, Desk
from builders.mention import a_batch, a_mention, a_message, a_run, a_verdict

from alerts.instant.raise_alert import raise_alert
from data.effects import utc_now
from data.ids import digest
from data.people import people_of
from data.store.alerts.alerts import list_alerts, put_alerts
from data.store.mentions.batch import save
from data.store.messages.outbox import put_outbox
from data.types import About, Alert, Policy, Route, Severity, Story
from monitor.config.load import load
from monitor.home import wiring
from monitor.service.tasks.escalation import escalate

ACCUSED = ("holt", "marsh")


@pytest.fixture
def desk(tmp_path):
    """A home of which the settings name the authority's contact too, and an alert as it is really raised."""
    desk = Desk(tmp_path)
    settings = tmp_path / "schoolgate.toml"
    settings.write_text(
        settings.read_text("utf-8") + PERSON.format("lark", "Dee Lark", "la_contact"), "utf-8"
    )
    mention = a_mention("both", channel="forum")
    judged = a_verdict(
        mention, route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.HEAD, content_class="C10",
        restricted=True, abuse=("safeguarding",), subjects=ACCUSED,
    )  # fmt: skip
    config = load(settings, {})
    school = config.schools[0]
    story = Story("story-both", school.urn, "", NOW, NOW, (mention.id,))
    alert = raise_alert(story, [judged], None, people_of(school, config.people), school, Policy(), NOW)
    assert isinstance(alert, Alert)
    batch = a_batch(mention, verdicts=[judged], story_id=story.id, run=a_run("feed:both"), alerts=[alert])
    with desk.store.write("test") as con:
        save(con, batch, now=NOW, policy=Policy())
    desk.alert = alert
    return desk


def told(desk):
    with desk.store.read() as con:
        rows = con.execute("SELECT person_id FROM outbox WHERE kind IN ('case', 'answer')").fetchall()
        return {p for (p,) in rows}


def test_the_vice_chair_and_the_authority_are_told_and_not_only_those_who_report_to_the_accused(desk):
    assert desk.alert.audience == ("reed", "lark", "pike")
    assert set(desk.alert.excluded) == set(ACCUSED)
    assert desk("open", "story-both", "--as", "pike").code == 0
    assert told(desk) == set()  # they were, of the alert


def test_what_to_do_first_names_nobody_who_is_accused(desk):
    desk("open", "story-both", "--as", "pike")
    shown = desk("show", "1", "--as", "reed", "--restricted", "--reason", "I have to act on it.")
    assert shown.code == 0
    said = " ".join(shown.out.split())
    assert "first: Tell the local authority’s contact and the designated safeguarding lead" in said
    assert "Tell the chair" not in said
    assert "with the head" not in said
    assert "The headteacher and the chair of governors are told nothing." in said


@pytest.mark.parametrize("person", ACCUSED)
def test_neither_of_them_is_shown_that_there_is_such_a_matter(desk, person):
    its, none = (desk("open", f"story-{name}", "--as", person) for name in ("both", "nope"))
    assert its.code == none.code == 2
    assert its.err.replace("both", "nope") == none.err


GRAVE = {
    "route": Route.REQUEST_REMOVAL,
    "severity": Severity.THIS_HOUR,
    "about": About.STAFF,
    "content_class": "C2",
}


def accuses_the_head(desk):
    """A case about what was raised and nobody has in hand; a person then says that it accuses the head."""
    story = desk.story("grave", **GRAVE, alert=True)
    with desk.store.write("test") as con:
        con.execute("UPDATE alerts SET severity = 4")
    desk("open", story, "--as", "ash")
    desk("step", "target", "1", "--person", "vale", "--as", "ash")
    with desk.store.write("test") as con:
        put_outbox(
            con,
            [a_message(digest("case", "900001", "0001", "1", "holt"), person_id="holt", kind="case")],
            NOW,
        )
    assert desk("step", "target", "1", "--person", "vale", "--subject", "holt", "--as", "ash").code == 0


def test_whoever_a_person_says_it_accuses_is_not_asked_next_about_its_alert(tmp_path):
    desk = Desk(tmp_path)
    accuses_the_head(desk)
    settings = wiring.settings(tmp_path, None)[1]
    with desk.store.write("test") as con:
        later = utc_now() + timedelta(minutes=1)  # whoever works on the case has it until it rises
        put_alerts(con, [replace(list_alerts(con, open_only=False)[0], times=2, raised_at=later)], later)
        for write in escalate(con, wiring.context(settings, tmp_path), later + timedelta(minutes=20)):
            write(con)
        asked = con.execute("SELECT person_id FROM escalations").fetchall()
    assert ("holt",) not in asked
    assert asked


def test_mail_about_a_case_that_waits_for_whoever_it_accuses_now_is_withdrawn(tmp_path):
    desk = Desk(tmp_path)
    accuses_the_head(desk)
    with desk.store.read() as con:
        waits = con.execute("SELECT person_id FROM outbox WHERE withdrawn_at IS NULL").fetchall()
    assert ("holt",) not in waits
