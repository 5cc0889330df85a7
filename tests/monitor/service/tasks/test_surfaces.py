"""On every surface: a day of another year, a file without an end, a school that stands in no register."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import Acts
from builders.case_desk import run as run_in
from builders.digest import HEAD, OAKFIELD, a_config, a_home, alert_on, grave, ran
from builders.home import a_migrated_store
from builders.kept_open import kept_open
from builders.mention import NOW, Clock, a_batch, a_fold, a_match, a_mention, a_verdict, an_alert
from typer.testing import CliRunner

from alerts.pack.facts import series
from alerts.wording.cases import until
from data import effects
from data.errors import InputError
from data.store.mentions.batch import save
from data.types import Outcome, Policy, Route, Severity, Story
from data.words.say import words
from monitor.cli.app import app
from monitor.matters.today import due_of
from monitor.service.tasks.digests import prepare
from monitor.terminal import answers

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


def test_what_a_terminal_shows_bears_the_year_where_it_is_another(home, next_year):
    for words_ in (("alerts", "list"), ("source", "list"), ("status",)):
        shown = run(*words_, "--home", str(home))
        assert WITHOUT.findall(" ".join(shown.split())) == [], words_
        assert "Nov 2026" in shown or words_ != ("alerts", "list")
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


# ----------------------------------- a pipe or a device has no end: it is refused, and nobody waits for it


def test_a_text_is_read_as_windows_writes_it(tmp_path):
    for codec in ("utf-8-sig", "utf-16", "cp1252"):
        (tmp_path / "a.txt").write_bytes("Café – £5\r\n".encode(codec))
        assert answers.file(tmp_path / "a.txt", "--file") == "Café – £5"


def test_words_without_an_end_are_refused_too():
    with pytest.raises(InputError, match=r"/dev/zero: larger than 5 MB: that is no post"):
        answers.file(Path("/dev/zero"), "--words-file")


# --------------------------- a school that stands in no register: its own key holds wherever a number does


KEY = "own-oakfield-nursery"
TOML = f"""
[[schools]]
urn = "{KEY}"
name = "Oakfield Nursery"
town = "Northvale"

[[people]]
id = "head"
name = "Mrs Ada Example"
roles = ["head"]
email = "head@example.org"

[[sources]]
id = "forum"
kind = "feed"
url = "https://forum.example.org/feed.xml"
schools = ["{KEY}"]

[cli]
me = "head"
"""


@pytest.fixture(scope="module")
def of_nursery(tmp_path_factory) -> dict[str, str]:
    """What a matter of this school looks like on every surface, from the alert to the seals."""
    folder = tmp_path_factory.mktemp("nursery")
    (folder / "schoolgate.toml").write_text(TOML, encoding="utf-8")
    post = a_mention("insult")
    judged = a_verdict(
        post, urn=KEY, content_class="C2", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY
    )
    batch = replace(
        a_batch(post, verdicts=[judged], match=a_match(urn=KEY), story_id=None),
        stories=(Story("story-1", KEY, post.title, NOW, NOW),), folded=(a_fold(post, "story-1", KEY),),
        alerts=(an_alert("story-1", urn=KEY, audience=("head",)),),
    )  # fmt: skip
    with a_migrated_store(folder, Clock(NOW)).write("test") as con:
        save(con, batch, now=NOW, policy=Policy())

    def said(*words: str) -> str:
        ran = run_in(*words, "--home", str(folder))
        assert ran.code == 0, (words, ran.err)
        return ran.out

    desk = Acts(folder, a_migrated_store(folder))
    desk.open("story-1", "head")
    return {
        "alerts": said("alerts", "list", "--json"),
        "case": desk.page("head"),
        "digest": said("digest", "--out", str(folder / "digests"), "--as", "head"),
        "verify": said("evidence", "verify"),
        "files": " ".join(sorted(path.name for path in (folder / "digests").iterdir())),
    }


def test_its_key_stands_in_what_is_shown_without_the_word_urn(of_nursery: dict[str, str]) -> None:
    assert KEY in of_nursery["alerts"]
    assert KEY in of_nursery["digest"]
    assert "URN own-" not in "".join(of_nursery.values())
    files = of_nursery["files"].split()
    assert len(files) > 2
    assert all(KEY in name for name in files)
    assert series(KEY, NOW, "0001", "AE", ZoneInfo("Europe/London")) == f"{KEY}-20261117-0001-AE"
    assert of_nursery["verify"].startswith("All holds")
