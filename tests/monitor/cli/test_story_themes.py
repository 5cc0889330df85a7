"""`schoolgate story show` says what a post is about."""

from __future__ import annotations

from builders.mention import POLICY, Clock, a_batch, a_mention, a_store, a_verdict
from conftest import DEMO_NOW
from support.documents import content
from typer.testing import CliRunner

from data.store.mentions.batch import save
from data.types import PressEvent
from monitor.cli.app import app


def shown(home, *extra, **verdict):
    mention = a_mention("themed")
    with a_store(home, Clock(DEMO_NOW)).write("test") as con:
        batch = a_batch(mention, verdicts=[a_verdict(mention, **verdict)], story_id="fffe01")
        save(con, batch, now=DEMO_NOW, policy=POLICY)
    result = CliRunner().invoke(
        app, ["story", "show", "fffe01", *extra, "--home", str(home)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.stdout
    return result.stdout


def test_the_themes_stand_in_one_line_the_surest_first(home):
    assert "  Themes: uniform; costs and fees\n" in shown(home, themes=("uniform", "costs"))


def test_without_themes_there_is_no_such_line(home):
    assert "Themes" not in shown(home)


def test_the_themes_stand_in_the_json(home):
    (mention,) = content(shown(home, "--json", themes=("meals",)))["posts"]
    assert mention["themes"] == ["meals"]


def test_what_an_article_tells_of_stands_in_its_line(home):
    assert "press: an inspection" in shown(home, event=PressEvent.INSPECTION)


def test_what_an_article_tells_of_stands_in_the_json(home):
    (mention,) = content(shown(home, "--json", event=PressEvent.STAFF))["posts"]
    assert mention["event"] == "staff"
