"""The same words at several schools of a trust: a line in each matter, for whoever reads both."""

from __future__ import annotations

import pytest
from builders.hand_in import hand_in
from support.rows import rows as query

from alerts.wording.matters import the_same_words
from data.evidence.handed_in import Danger, Says
from data.words.say import words as words_of
from monitor.cli.commands.options import HomeOptions
from monitor.matters.one import find_story

INSULT = (
    "Mr Thistlewood is a fat useless moron and an ugly pig, everybody laugh at him and send it on to all."
)
SETTINGS = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[schools]]
urn = "900002"
name = "Hexley Primary School"

[[people]]
id = "holt"
name = "Jane Holt"
roles = ["head"]
email = "holt@example.org"
schools = ["900001"]

[[people]]
id = "trust"
name = "Tom Trust"
roles = ["head", "dsl"]
email = "trust@example.org"
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def handed_in(home, urn, words, **said):
    """Hands it in at that school; the story of it there."""
    hand_in(home, words, urn=urn, url=f"https://www.facebook.com/groups/{urn}/posts/1", **said)
    sql = f"SELECT story_id FROM matches WHERE urn = '{urn}' ORDER BY seen_at DESC LIMIT 1"
    return query(home, sql)[0][0]


def shown(home, story, who):
    reader = HomeOptions(home=home).reader(who)
    with reader.store.read() as con:
        return the_same_words(find_story(con, reader, story), words_of("en"))


def test_whoever_reads_both_is_told_where_the_same_words_are(home):
    handed_in(home, "900002", INSULT)
    story = handed_in(home, "900001", INSULT)
    assert shown(home, story, "trust") == "The same words at: Hexley Primary School."


def test_nobody_is_told_of_a_matter_of_a_school_that_is_not_theirs(home):
    handed_in(home, "900002", INSULT)
    assert shown(home, handed_in(home, "900001", INSULT), "holt") == ""


def test_nothing_is_told_of_what_is_restricted_there(home):
    handed_in(home, "900002", INSULT, says=Says(Danger.SOON, "child"))
    assert shown(home, handed_in(home, "900001", INSULT), "trust") == ""


def test_other_words_are_no_line(home):
    handed_in(home, "900002", INSULT.replace("pig", "goat"))
    assert shown(home, handed_in(home, "900001", INSULT), "trust") == ""


def test_it_changes_nothing_of_either_matter(home):
    there = handed_in(home, "900002", INSULT)
    before = query(home, f"SELECT * FROM alerts WHERE story_id = '{there}'")
    handed_in(home, "900001", INSULT)
    assert query(home, f"SELECT * FROM alerts WHERE story_id = '{there}'") == before
