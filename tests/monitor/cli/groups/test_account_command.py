"""`schoolgate account list | log`."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.mention import a_batch, a_mention, a_run, a_verdict, an_alert
from support.case_numbers import number_of
from support.documents import content
from typer.testing import CliRunner

from data.errors import InputError
from data.store.mentions.batch import save
from data.store.sources.source_runs import record_runs
from data.types import Outcome, Policy
from monitor.cli.app import app

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
SETTINGS = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[schools]]
urn = "900002"
name = "Hexley Primary School"

[[sources]]
id = "own"
kind = "own.page"
url = "https://oakfield.example.sch.uk/"
name = "School website"
schools = ["900001"]
own = true

[[sources]]
id = "shared"
kind = "feed"
url = "https://trust.example.org/feed"
own = true

[[sources]]
id = "town"
kind = "feed"
url = "https://town.example.org/feed"

[[people]]
id = "it"
name = "Jo Fern"
roles = ["it_lead"]
email = "it@example.org"

[[people]]
id = "elsewhere"
name = "Ina Wold"
roles = ["head"]
email = "ina@example.org"
schools = ["900002"]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "schoolgate.toml").write_text(SETTINGS, encoding="utf-8")
    store = a_migrated_store(folder)
    mention = a_mention("odd")
    odd = a_verdict(mention, content_class="C14")
    batch = a_batch(
        mention, verdicts=[odd], story_id="s-odd", run=a_run("own", NOW, notice=True),
        alerts=[an_alert("s-odd", content_class="C14")],
    )  # fmt: skip
    with store.write("test") as con:
        save(con, batch, now=NOW, policy=Policy())
        save(
            con,
            a_batch(a_mention("fair"), run=a_run("own", NOW + timedelta(hours=1), notice=False)),
            now=NOW,
            policy=Policy(),
        )
        walled = a_run("shared", NOW, outcome=Outcome.BLOCKED, detail="it asks to log in")
        record_runs(con, [walled])
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path, dirs_exist_ok=True))


def run(home: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["account", *words, "--home", str(home)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def log(home: Path, *words: str, source: str = "own", person: str = "it") -> str:
    given = ("--source", source, "--action", "hidden", "--reason", "names a pupil", "--as", person)
    return run(home, "log", *given, *words)


def test_the_list_says_whether_the_notice_is_there_and_since_when(home):
    own, shared = content(run(home, "list", "--as", "it", "--json"))
    assert (own["id"], own["notice"], own["notice_since"]) == ("own", False, "2026-11-17T10:00:00Z")
    assert (shared["id"], shared["notice"], shared["last_run"]) == ("shared", None, "blocked")


def test_the_list_names_odd_posts_by_their_alert(home):
    own, _ = content(run(home, "list", "--as", "it", "--json"))
    assert [o["alert"] for o in own["odd_posts"]] == [number_of(an_alert("s-odd").id)]


def test_the_list_in_words(home, snapshot):
    log(home, "--url", "https://oakfield.example.sch.uk/comments/7")
    told = run(home, "list", "--as", "it")
    before, _, done = told.partition("\nDone ")
    said = "".join(done.split())
    assert "hiddenbyit:namesapupil(https://oakfield.example.sch.uk/comments/7)" in said
    assert before == snapshot


def test_the_list_of_one_school_leaves_out_what_was_done_for_another(home):
    log(home, "--school", "900002", source="shared")
    (shared,) = content(run(home, "list", "--as", "it", "--json", "--school", "900002"))
    assert [e["school"] for e in shared["log"]] == ["900002"]
    ours = content(run(home, "list", "--as", "it", "--json", "--school", "900001"))
    assert [e for account in ours for e in account["log"]] == []


def test_what_was_done_is_kept_with_its_reason(home):
    assert log(home).startswith("Kept: hidden on own")
    own, _ = content(run(home, "list", "--as", "it", "--json"))
    (entry,) = own["log"]
    assert (entry["by"], entry["action"], entry["reason"]) == ("it", "hidden", "names a pupil")


def test_hiding_fair_criticism_is_kept_and_warned_of(home):
    told = log(home, "--url", "https://forum.example.org/fair?utm_source=x")
    assert "Fair criticism is answered, not hidden" in told
    assert "Fair criticism" not in log(home, "--url", "https://forum.example.org/unknown")
    assert "Fair criticism" not in log(home)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--source", "nowhere", "--action", "hidden", "--reason", "x", "--as", "it"),
            "there is no such source",
        ),
        (
            ("--source", "town", "--action", "hidden", "--reason", "x", "--as", "it"),
            "not marked as the school's own",
        ),
        (("--source", "own", "--action", "burnt", "--reason", "x", "--as", "it"), "must be one of"),
        (("--source", "own", "--action", "hidden", "--reason", " ", "--as", "it"), "Say why"),
        (("--source", "own", "--action", "hidden", "--reason", "x", "--as", "nobody"), "no such person"),
        (("--source", "own", "--action", "hidden", "--reason", "x", "--as", "elsewhere"), "does not belong"),
        (("--source", "shared", "--action", "hidden", "--reason", "x", "--as", "it"), "Say which one"),
        (
            ("--source", "own", "--school", "900002", "--action", "hidden", "--reason", "x", "--as", "it"),
            "not an account of that school",
        ),
    ],
)
def test_wrong_use_is_told_and_nothing_kept(home, words, told):
    with pytest.raises(InputError, match=told):
        run(home, "log", *words)
    assert all(account["log"] == [] for account in content(run(home, "list", "--as", "it", "--json")))


def test_where_no_source_is_the_schools_own_it_says_how_to_name_one(home):
    path = home / "schoolgate.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("own = true", ""), encoding="utf-8")
    assert "own = true" in run(home, "list", "--as", "it")
