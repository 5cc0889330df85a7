"""`schoolgate account`: what is looked after on the school's own accounts, and by whom."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.case_desk import SETTINGS
from builders.config import SCHOOL, write
from builders.home import a_migrated_store
from builders.mention import a_batch, a_mention, a_run, a_verdict, an_alert
from support.case_numbers import number_of
from support.documents import content
from support.every_command import ended
from typer.testing import CliRunner

from data.errors import InputError
from data.store.mentions.batch import save
from data.store.sources.source_runs import record_runs
from data.types import Outcome, Policy
from monitor.cli.app import app
from monitor.config.accounts import run_accounts
from monitor.config.load import load
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.night import telling
from monitor.setup.doctor.settings import sources

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
ACCOUNTS = """
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
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is made once and copied for each test."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "schoolgate.toml").write_text(SETTINGS + ACCOUNTS, encoding="utf-8")
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


def test_the_list_says_since_when_the_notice_is_there_and_names_odd_posts_by_their_alert(home):
    own, shared = content(run(home, "list", "--as", "it", "--json"))
    assert (own["id"], own["notice"], own["notice_since"]) == ("own", False, "2026-11-17T10:00:00Z")
    assert (shared["id"], shared["notice"], shared["last_run"]) == ("shared", None, "blocked")
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
    ("other", "told"),
    [
        ({"source": "nowhere"}, "there is no such source"),
        ({"source": "town"}, "not marked as the school's own"),
        ({"action": "burnt"}, "must be one of"),
        ({"reason": " "}, "Say why"),
        ({"as": "nobody"}, "no such person"),
        ({"as": "elsewhere"}, "does not belong"),
        ({"source": "shared"}, "Say which one"),
        ({"school": "900002"}, "not an account of that school"),
    ],
)
def test_wrong_use_is_told_and_nothing_kept(home, other, told):
    given = {"source": "own", "action": "hidden", "reason": "x", "as": "it"} | other
    with pytest.raises(InputError, match=told):
        run(home, "log", *(word for name, value in given.items() for word in (f"--{name}", value)))
    assert all(account["log"] == [] for account in content(run(home, "list", "--as", "it", "--json")))


def test_where_no_source_is_the_schools_own_it_says_how_to_name_one(home):
    path = home / "schoolgate.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("own = true", ""), encoding="utf-8")
    assert "own = true" in run(home, "list", "--as", "it")


# `account add | change | remove | register`: two named members of staff an account, and what is no search
# for a person.


PEOPLE = """
[[people]]
id = "it"
name = "Jo Fern"
roles = ["it_lead"]

[[people]]
id = "chair"
name = "Alex Marsh"
roles = ["chair"]
"""
ACCOUNT = '\n[[accounts]]\nid = "page"\nname = "Our page"\nstaff = ["it", "Ms J Example"]\n'


@pytest.fixture
def path(tmp_path):
    return write(tmp_path, SCHOOL + PEOPLE + ACCOUNT)


def account(path, *words, typed=""):
    code, out, err = ended(["account", *words, "--home", str(path.parent)], typed)
    return code, out + err


def test_an_account_is_entered_with_who_runs_it_and_asked_where_that_is_not_said(path):
    code, said = account(
        path, "add", "YouTube", "--since", "1 September 2026", typed="nobody\njo fern, chair\n"
    )
    assert code == 0
    assert "nobody: nobody has that id in schoolgate.toml, which has: it, chair." in said
    assert "It needs two named members of staff, and has 1. Not on the staff: Alex Marsh." in said
    found = load(path, {}).accounts[1]
    assert (found.id, found.staff, f"{found.since}") == ("youtube", ("it", "chair"), "2026-09-01")


def test_whoever_leaves_is_said_to_have_run_an_account(path):
    code, out, _ = ended(["people", "remove", "Jo Fern", "--home", str(path.parent)], "")
    assert code == 0
    assert "Jo Fern ran Our page. To say who does: schoolgate account change page" in out


def test_an_account_that_somebody_ran_who_has_left_needs_another_and_the_doctor_says_so(path):
    assert "own accounts" not in {f.check for f in telling(load(path, {}))}
    path.write_text(path.read_text().replace('id = "it"', 'id = "jo"'))
    (one,) = content(account(path, "register", "--json")[1])
    assert (one["staff"], one["gone"], one["short"]) == (["Ms J Example"], ["it"], True)
    (finding,) = (f for f in telling(load(path, {})) if f.check == "own accounts")
    assert finding.what == "Our page is not run by two named members of staff. Not on the staff: it."
    assert finding.command == "schoolgate account change page"
    assert account(path, "change", "page", typed="jo, Ms J Example\n")[0] == 0
    settings = load(path, {})
    assert not any(run.short for run in run_accounts(settings.accounts, settings.people))


def test_the_register_says_that_it_is_not_for_vetting_and_what_is_taken_out_is_gone(path):
    _, said = account(path, "register")
    assert "Jo Fern, Ms J Example" in said
    assert "this program searches by the school, never by a person" in " ".join(said.split())
    assert "There are: page." in account(path, "remove", "facebook")[1]
    assert account(path, "remove", "page")[0] == 0
    assert load(path, {}).accounts == ()


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("news.google.com/search?q=Jane+Holt", True),
        ("news.google.com/search?q=Oakfield+%22Jo+Fern%22", True),
        ("www.reddit.com/search?q=Ms+J+Example+teacher", True),
        ("news.google.com/search?q=%22Oakfield+Primary%22", False),
        ("board.example.org/viewtopic.php?t=12", False),
    ],
)
def test_a_search_for_a_person_is_not_added_and_the_doctor_says_so_of_one_in_the_file(path, asked, refused):
    url = f"https://{asked}"
    if refused:
        *_, said = ended(["source", "add", url, "--yes", "--home", str(path.parent)])
        assert "What is searched for is the school, never a person." in said
    place = f'\n[[sources]]\nid = "one"\nkind = "feed"\nurl = "{url}"\n'
    path.write_text(path.read_text() + place)
    warned = [f.what for f in sources(load(path, {})) if f.level is not Level.OK]
    assert any(what.startswith("one ") for what in warned) is refused
