"""The same words at several schools of a trust: a line in each matter, for whoever reads both."""

import pytest
from builders.config import HEXLEY, SCHOOL, a_person
from builders.hand_in import hand_in
from support.rows import rows as query

from alerts.wording.matters import the_same_words
from data.effects import utc_now
from data.evidence.handed_in import Danger, Says
from data.words.say import words as words_of
from monitor.cli.commands.options import HomeOptions
from monitor.matters.views import read_matter

INSULT = (
    "Mr Thistlewood is a fat useless moron and an ugly pig, everybody laugh at him and send it on to all."
)
SETTINGS = f"""{SCHOOL}{HEXLEY}
{a_person("holt", "Jane Holt", "head", schools=["900001"])}
{a_person("trust", "Tom Trust", "head", "dsl")}"""


def handed_in(home, urn, words, **said):
    """Hands it in at that school; the story of it there."""
    hand_in(home, words, urn=urn, url=f"https://www.facebook.com/groups/{urn}/posts/1", **said)
    sql = f"SELECT story_id FROM matches WHERE urn = '{urn}' ORDER BY seen_at DESC LIMIT 1"
    return query(home, sql)[0][0]


def shown(home, story, who):
    reader = HomeOptions(home=home).reader(who)
    with reader.store.open_reader() as con:
        return the_same_words(read_matter(con, reader, story, utc_now()), words_of("en"))


def test_whoever_reads_both_is_told_where_the_same_words_are_and_nobody_of_what_is_not_theirs(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(SETTINGS, encoding="utf-8")
    there = handed_in(tmp_path, "900002", INSULT)
    of_there = f"SELECT * FROM alerts WHERE story_id = '{there}'"
    before = query(tmp_path, of_there)
    here = handed_in(tmp_path, "900001", INSULT)
    assert shown(tmp_path, here, "trust") == "The same words at: Hexley Primary School."
    assert shown(tmp_path, here, "holt") == ""
    assert query(tmp_path, of_there) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [(INSULT, {"says": Says(Danger.SOON, "child")}), (INSULT.replace("pig", "goat"), {})],
    ids=["restricted there", "other words"],
)
def test_nothing_is_told_of_what_is_restricted_there_or_of_other_words(tmp_path, words, said):
    (tmp_path / "schoolgate.toml").write_text(SETTINGS, encoding="utf-8")
    handed_in(tmp_path, "900002", words, **said)
    assert shown(tmp_path, handed_in(tmp_path, "900001", INSULT), "trust") == ""
