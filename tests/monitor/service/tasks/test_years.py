"""A day of another year is shown with it, wherever people read one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.digest import HEAD, OAKFIELD, a_config, a_home, alert_on, grave, kept_open, ran
from typer.testing import CliRunner

from alerts.wording.cases import until
from data import effects
from data.types import Outcome
from data.words.say import words
from monitor.cli.app import app
from monitor.matters.due import due_of
from monitor.service.tasks.digests import prepare

WITHOUT = re.compile(r"\b\d{1,2} (?:Oct|Nov|Dec|Hyd|Tach|Rhag)\w*(?!\w|,? 20\d\d)")
LONDON = ZoneInfo("Europe/London")


class NextYear(datetime):
    """The machine's clock, when what is shown was in another year."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2027, 3, 1, 9, tzinfo=tz)


@pytest.fixture
def next_year(monkeypatch):
    monkeypatch.setattr(effects, "datetime", NextYear)


def run(*words_):
    found = CliRunner().invoke(app, list(words_))
    assert found.exit_code in (0, 1), found.output
    return found.output


def of_alert(home, which):
    return next(i.split()[0] for i in run("alerts", "list", "--home", home).splitlines() if which in i)


def of_story(home):
    return run("story", "list", "--home", home).split()[0]


COMMANDS = {
    "alerts_list": lambda home: ("alerts", "list"),
    "alerts_show": lambda home: ("alerts", "show", of_alert(home, "insulted")),
    "alerts_taken": lambda home: ("alerts", "ack", of_alert(home, "insulted"), "--as", "t-quillfeather"),
    "story_list": lambda home: ("story", "list"),
    "story_show": lambda home: ("story", "show", of_story(home)),
    "source_list": lambda home: ("source", "list"),
    "status": lambda home: ("status",),
    "case_open": lambda home: ("case", "open", of_alert(home, "insulted"), "--as", "t-quillfeather"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_what_a_terminal_shows_bears_the_year_where_it_is_another(home, next_year, command):
    shown = run(*command(str(home)), "--home", str(home))
    assert WITHOUT.findall(" ".join(shown.split())) == []


def test_what_is_looked_for_is_there_to_be_found(home, next_year):
    assert "Nov 2026" in run("alerts", "list", "--home", str(home))
    assert WITHOUT.findall("since Tue 17 Nov, 16:04") == ["17 Nov"]


def test_a_digest_in_january_bears_the_year_of_what_is_older(tmp_path):
    now = datetime(2027, 1, 5, 7, 30, tzinfo=UTC)
    then = datetime(2026, 12, 10, 10, tzinfo=UTC)
    config = a_config(tmp_path, schools=(OAKFIELD,))
    with kept_open(a_home(tmp_path)) as store:
        grave(store, "street", then, alert_on("street", then))
        ran(store, "gazette", then)
        ran(store, "gazette", now - timedelta(hours=4), Outcome.BLOCKED)
        with store.read() as con:
            due = due_of(config, config.schools[0], date(2027, 1, 5))
            (found,) = prepare(con, config, config.schools[0], due, [HEAD], now)
    shown = re.sub(r"\s+", " ", found.letter.body)
    assert "2026" in shown
    assert WITHOUT.findall(shown) == []


def test_a_deadline_of_next_year_bears_it():
    moment = datetime(2027, 1, 7, 16, tzinfo=UTC)
    assert until(words("en"), moment, date(2026, 12, 18), LONDON) == "Thursday 7 January 2027, 16:00"
