"""Where head and chair may both be accused: who is told, who opens the case, and what it says to do first."""

from __future__ import annotations

import pytest
from builders.case_desk import NOW, PERSON, Desk
from builders.mention import a_batch, a_mention, a_run, a_verdict

from alerts.instant.raise_alert import raise_alert
from data.people import people_of
from data.store.mentions.batch import save
from data.types import About, Alert, Policy, Route, Severity, Story
from monitor.config.load import load

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
        return {p for (p,) in con.execute("SELECT person_id FROM outbox WHERE kind = 'case'").fetchall()}


def test_the_vice_chair_and_the_authority_are_told_and_not_only_those_who_report_to_the_accused(desk):
    assert desk.alert.audience == ("reed", "lark", "pike")
    assert set(desk.alert.excluded) == set(ACCUSED)
    assert desk("open", "story-both", "--as", "pike").code == 0
    assert told(desk) == {"reed", "lark"}


def test_what_to_do_first_names_nobody_who_is_accused(desk):
    desk("open", "story-both", "--as", "pike")
    shown = desk("show", "1", "--as", "reed", "--restricted", "--reason", "I have to act on it.")
    assert shown.code == 0
    said = " ".join(shown.out.split())
    assert "first: Tell the vice-chair of governors, the local authority’s contact and the designated" in said
    assert "Tell the chair" not in said
    assert "The headteacher and the chair of governors are told nothing." in said


@pytest.mark.parametrize("person", ACCUSED)
def test_neither_of_them_is_shown_that_there_is_such_a_matter(desk, person):
    its, none = (desk("open", f"story-{name}", "--as", person) for name in ("both", "nope"))
    assert its.code == none.code == 2
    assert its.err.replace("both", "nope") == none.err
