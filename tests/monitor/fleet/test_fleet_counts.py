"""`schoolgate fleet counts`: what the homes' stores hold, told once, by authority, without a school."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import _duckdb as duckdb
import pytest
from builders.fleet import write
from builders.home import a_migrated_store
from builders.mention import POLICY, a_batch, a_fold, a_match, a_mention, a_run, a_verdict
from builders.report import FRIDAY
from support.command_call import called

from data.errors import InputError, SchoolgateError
from data.store.mentions.batch import save
from data.types import Route, Sentiment, Story
from monitor.cli.commands.fleet.app import fleet_counts
from monitor.config.load import load
from monitor.home.wiring import remember_config

SAID, NOW = FRIDAY - timedelta(days=2), FRIDAY + timedelta(days=1)
SECRET, SCHOOL = "Quillfeather", "Oakfield"
HOME = """
[[schools]]
urn = "{urn}"
name = "Oakfield Primary School {n}"
local_authority = "{authority}"
nation = "{nation}"

[[sources]]
id = "gazette"
kind = "feed"
name = "Northvale Gazette"
channel = "local_forum"
url = "https://gazette.example.org/feed.xml"
"""


def a_home(
    folder: Path, n: int, authority: str = "Suffolk", nation: str = "england", urn: str | None = None
) -> str:
    """A home of one school, in which as many posts were counted as its number says, and 5; in three tones."""
    urn = urn or f"90{n:04d}"
    home = folder / "homes" / f"h{n}"
    home.mkdir(parents=True)
    text = HOME.format(urn=urn, n=n, authority=authority, nation=nation)
    (home / "schoolgate.toml").write_text(text, encoding="utf-8")
    store = a_migrated_store(home)
    remember_config(store, load(home / "schoolgate.toml", {}))
    with store.write("fill") as con:
        for tone, many in zip(Sentiment, (5 + n, 7, 9), strict=True):
            fill(con, urn, tone, many)
        fill(con, urn, Sentiment.NEGATIVE, 40, restricted=True, route=Route.SAFEGUARDING)
        fill(con, urn, Sentiment.NEGATIVE, 11, seen=FRIDAY + timedelta(hours=1))
    return f'[[homes]]\nname = "h{n}"\nfolder = "homes/h{n}"\n'


def fill(con, urn: str, tone: Sentiment, many: int, seen: datetime = SAID, **verdict: object) -> None:
    names = [f"{urn}-{tone}-{seen:%j%H}-{sorted(verdict)}-{n}" for n in range(many)]
    mentions = [a_mention(name, channel="local_forum", text=f"{SECRET} {name}") for name in names]
    verdicts = [a_verdict(m, urn=urn, sentiment=tone, **verdict) for m in mentions]
    story = Story(f"s-{names[0]}", urn, "Title", seen, seen)
    batch = replace(
        a_batch(
            *mentions, verdicts=verdicts, story_id=None, run=a_run("gazette", seen), match=a_match(urn=urn)
        ),
        stories=(story,),
        folded=tuple(a_fold(m, story.id, urn) for m in mentions),
    )
    save(con, batch, now=seen, policy=POLICY)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six homes in Suffolk, two in Norfolk, one in Wales."""
    folder = tmp_path_factory.mktemp("fleet")
    homes = [a_home(folder, n) for n in range(6)]
    homes += [a_home(folder, n, "Norfolk") for n in (6, 7)] + [a_home(folder, 8, "Gwynedd", "wales")]
    write(folder, "".join(homes))
    return folder


@pytest.fixture
def fleet(tmp_path: Path, made: Path) -> Path:
    return shutil.copytree(made, tmp_path / "fleet")


def counts(fleet: Path, **given: object) -> list[str]:
    code, said = called(fleet_counts, now=lambda: NOW, fleet=fleet, **given)
    assert code == 0
    return said


def rows(path: str) -> dict[tuple[str, str, str], int | str]:
    """By authority, kind and tone what is told."""
    found = duckdb.connect().execute(
        f"SELECT local_authority, kind, tone, coalesce(count::VARCHAR, hidden) FROM read_parquet('{path}')"
    )
    return {(a, k, t): int(n) if n.isdecimal() else n for a, k, t, n in found.fetchall()}


def test_an_authority_s_numbers_are_the_sums_of_what_its_homes_stores_hold(fleet):
    path, *said = counts(fleet)
    told = rows(path)
    assert path == str(fleet / "counts" / "national-2026-W47.parquet")
    assert said == [
        "england: 8 schools in 1 table",
        "Not told, too few schools to hide one's numbers among: wales",
    ]
    negative, neutral, positive = sum(5 + n for n in range(8)), 8 * 7, 8 * 9
    assert told["others", "all", "all"] == negative + neutral + positive
    assert told["others", "all", "negative"] == negative
    assert told["others", "all", "positive"] == positive
    assert told["others", "people", "all"] == "few"


def test_an_authority_of_enough_schools_is_told_apart_from_the_others(fleet):
    for n in (6, 7):
        text = HOME.format(urn=f"90{n:04d}", n=n, authority="Suffolk", nation="england")
        (fleet / "homes" / f"h{n}" / "schoolgate.toml").write_text(text, encoding="utf-8")
    path, said, _ = counts(fleet)
    assert {authority for authority, _, _ in rows(path)} == {"Suffolk"}
    assert said == "england: 8 schools in 1 table"


def test_nothing_of_a_school_a_person_or_a_post_is_in_the_file(fleet):
    path, *_ = counts(fleet)
    held = duckdb.connect().execute(f"FROM read_parquet('{path}')").fetchall()
    words = {word for row in held for word in row if isinstance(word, str)}
    assert not any(SECRET in w or SCHOOL in w or w.startswith(("90", "h")) for w in words)
    assert SECRET.encode() not in Path(path).read_bytes()


def test_a_week_is_published_once_whatever_is_found_in_it_later(fleet):
    path, *_ = counts(fleet)
    before = Path(path).read_bytes()
    shutil.rmtree(fleet / "homes" / "h1")
    said = counts(fleet, without=["h2"], out=fleet / "out")
    assert said[1] == "2026-W47 was published before: that file stays as it is, and nothing was counted anew."
    assert Path(path).read_bytes() == (fleet / "out" / Path(path).name).read_bytes() == before


def test_each_week_has_a_file_with_its_own_posts_alone(fleet):
    later = FRIDAY + timedelta(days=8)
    paths = [called(fleet_counts, now=lambda: later, fleet=fleet, week=f"2026-W{n}")[1][0] for n in (47, 48)]
    assert [rows(path)["others", "all", "all"] for path in paths] == [196, 88]


def test_a_week_that_goes_on_is_refused(fleet):
    with pytest.raises(InputError, match="2026-W48: that week has not ended"):
        counts(fleet, week="2026-W48")


def test_a_home_that_cannot_be_read_keeps_the_week_from_being_published(fleet):
    (fleet / "homes" / "h3" / "schoolgate.duckdb").write_bytes(b"no store")
    (fleet / "homes" / "h4" / "schoolgate.toml").unlink()
    with pytest.raises(SchoolgateError) as refusal:
        counts(fleet)
    said = str(refusal.value).splitlines()
    assert said[0] == "2 of 9 homes cannot be read, so 2026-W47 was not published:"
    assert [line.split(":")[0] for line in said[1:3]] == ["  h3", "  h4"]
    assert said[-1] == "  --without h3 --without h4"
    assert not (fleet / "counts").exists()


def test_homes_that_are_left_out_are_counted_in_the_file_and_not_named(fleet):
    (fleet / "homes" / "h0" / "schoolgate.toml").unlink()
    path, *_ = counts(fleet, without=["h0"])
    held = duckdb.connect().execute(f"FROM read_parquet('{path}') SELECT DISTINCT schools, homes_left_out")
    assert held.fetchall() == [(7, 1)]


def test_a_home_that_the_fleet_does_not_have_cannot_be_left_out(fleet):
    with pytest.raises(InputError, match="--without h99: the fleet has no home of that name"):
        counts(fleet, without=["h99"])


def test_a_school_that_two_homes_watch_is_counted_once(fleet):
    text = (fleet / "homes" / "h1" / "schoolgate.toml").read_text()
    (fleet / "homes" / "h0" / "schoolgate.toml").write_text(text)
    path, *_ = counts(fleet)
    (schools,) = duckdb.connect().execute(f"SELECT DISTINCT schools FROM read_parquet('{path}')").fetchall()
    assert schools == (7,)


def test_where_too_few_are_watched_nothing_is_published(fleet):
    with pytest.raises(InputError, match="nothing to tell of 2026-W47: 4 schools were watched by then"):
        counts(fleet, without=[f"h{n}" for n in range(5)])
    assert not (fleet / "counts").exists()


def test_a_week_before_anything_was_watched_is_refused(fleet):
    with pytest.raises(InputError, match="nothing to tell of 2026-W40: 0 schools"):
        counts(fleet, week="2026-W40")
    assert not (fleet / "counts").exists()
