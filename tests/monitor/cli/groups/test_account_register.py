"""`account add | change | remove | register`: two named members of staff an account, and what is no search
for a person."""

from __future__ import annotations

import pytest
from builders.config import SCHOOL, write
from support.documents import content
from support.every_command import ended

from monitor.config.accounts import run_accounts
from monitor.config.load import load
from monitor.setup.doctor.findings import Level
from monitor.setup.doctor.night import telling
from monitor.setup.doctor.settings import sources

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
