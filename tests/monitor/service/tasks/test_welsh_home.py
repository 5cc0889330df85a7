"""A home whose settings ask for Welsh: it starts in English, `doctor` says so, and the head is told once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from support.every_command import ended

from alerts.letters.kinds import LetterKind
from alerts.letters.templates import source
from alerts.links import Links
from data.store.engine.connect import Connection
from monitor.config.home.context import Context
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.service.serve import PERIODIC_TASKS

TUESDAY = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TOML = """
[[schools]]
urn = "9000016"
name = "Ysgol Gynradd Pant Onnen"
town = "Pant Onnen"
nation = "wales"
language = "cy"

[schools.ladder]
letters = "letters"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
town = "Northvale"

[[people]]
id = "head"
name = "Mr Llew Example"
roles = ["head"]
email = "head@pantonnen.example.sch.uk"
schools = ["9000016"]

[[people]]
id = "dsp"
name = "Ms Mair Sample"
roles = ["dsl", "deputy_head"]
email = "dsp@pantonnen.example.sch.uk"
schools = ["9000016"]

[[people]]
id = "other-head"
name = "Mrs Nia Specimen"
roles = ["head"]
email = "head@oakfield.example.sch.uk"
schools = ["900001"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "schoolgate.toml").write_text(TOML, encoding="utf-8")
    return wiring.configured(Paths(tmp_path, tmp_path / "schoolgate.toml"))


@contextmanager
def a_store(home: Path) -> Iterator[Connection]:
    with a_migrated_store(home).write("test") as con:
        yield con


def sent(con: Connection, config: Config, now: datetime) -> list[tuple[str, str, str]]:
    """Messages about the language that the service writes now."""
    before = con.execute("SELECT key FROM outbox").fetchall()
    for write in PERIODIC_TASKS["languages"](con, Context(config, config.path.parent, Links()), now):
        write(con)
    rows = con.execute("SELECT person_id, subject, body, key FROM outbox ORDER BY person_id").fetchall()
    return [(person, subject, body) for person, subject, body, key in rows if (key,) not in before]


def test_it_starts_in_english(config: Config) -> None:
    assert [school.language for school in config.schools] == ["en", "en"]
    assert config.in_english == ("9000016",)


def test_it_is_the_same_where_the_checked_settings_are_kept(config: Config) -> None:
    home = config.path.parent
    wiring.configured(Paths(home, config.path))
    assert wiring.configured(Paths(home, config.path)).in_english == ("9000016",)


def test_doctor_says_so_once(config: Config) -> None:
    said = ended(["doctor", "--home", str(config.path.parent)])[1]
    assert said.count("Ysgol Gynradd Pant Onnen: its settings ask for Welsh") == 1


def test_the_head_is_told_in_english(tmp_path: Path, config: Config) -> None:
    with a_store(tmp_path) as con:
        ((person, subject, body),) = sent(con, config, TUESDAY)
    assert (person, subject) == ("head", "Schoolgate writes in English only")
    assert body.startswith("Dear Mr Llew Example,")
    assert "The settings of Ysgol Gynradd Pant Onnen ask for Welsh." in body


def test_the_head_is_told_once_even_when_the_message_was_deleted_with_its_time(
    tmp_path: Path, config: Config
) -> None:
    with a_store(tmp_path) as con:
        assert len(sent(con, config, TUESDAY)) == 1
        assert [sent(con, config, TUESDAY + n * DAY) for n in range(1, 60)] == [[]] * 59
        con.execute("DELETE FROM outbox")
        assert sent(con, config, TUESDAY + 400 * DAY) == []


def test_a_home_that_asks_for_no_other_language_tells_nobody(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text(TOML.replace('language = "cy"\n', ""), encoding="utf-8")
    english = wiring.configured(Paths(tmp_path, tmp_path / "schoolgate.toml"))
    with a_store(tmp_path) as con:
        assert sent(con, english, TUESDAY) == []


def test_its_own_letter_in_welsh_is_taken_before_ours(tmp_path: Path, config: Config) -> None:
    own = tmp_path / "letters" / "en" / "any" / "thanks.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Diolch\n\nDiolch o galon. {{ school }}\n", encoding="utf-8")
    letters = config.profile("9000016").letters
    assert source(LetterKind.THANKS, config.schools[0].language, "wales", letters)[0] == str(own)
