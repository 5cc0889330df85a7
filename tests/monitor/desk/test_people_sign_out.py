"""`schoolgate people sign-out`: a lost telephone is signed out by whoever looks after the program."""

from __future__ import annotations

from builders.case_desk import Desk, run
from builders.mention import NOW

from data.store.engine import audit_chain
from data.store.service import accounts, sessions
from data.store.service.accounts import LinkedAccount
from data.store.service.sessions import DeskSession, Device


def begin(home, person, name, now):
    with home.store.write("somebody at the desk") as con:
        sessions.begin(con, DeskSession(name, person, "", Device.OWN, now, now, now))


def test_it_ends_every_session_of_that_person_and_of_nobody_else(tmp_path):
    (tmp_path / "home").mkdir()
    home = Desk(tmp_path / "home")
    now = NOW
    for person, name in (("pike", "1"), ("pike", "2"), ("vale", "3")):
        begin(home, person, name, now)
    done = run("people", "sign-out", "pike", "--as", "vale", "--home", str(home.home))
    assert (done.code, "signed out on 2 devices" in done.out) == (0, True)
    with home.store.read() as con:
        assert con.execute("SELECT person_id FROM sessions").fetchall() == [("vale",)]
    again = run("people", "sign-out", "pike", "--as", "vale", "--home", str(home.home))
    assert "signed in nowhere" in again.out


def test_an_account_that_was_linked_wrongly_is_forgotten_and_whose_it_is_is_learnt_anew(tmp_path):
    (tmp_path / "home").mkdir()
    home = Desk(tmp_path / "home")
    with home.store.write("somebody signs in") as con:
        accounts.link(
            con, LinkedAccount("https://login.example.org", "oid", "pike", "office@example.org", NOW)
        )
    asked = ("people", "sign-out", "pike", "--as", "vale", "--home", str(home.home))
    run(*asked)
    with home.store.read() as con:
        assert accounts.find(con, "https://login.example.org", "oid") is not None
    done = run(*asked, "--account")
    assert (done.code, "account is forgotten" in done.out) == (0, True)
    with home.store.read() as con:
        assert accounts.find(con, "https://login.example.org", "oid") is None
        last = list(audit_chain.links(con))[-1].entry
    assert (last.action, last.actor, last.subject) == ("account_unlinked", "vale", "pike")
    assert "No account" in run(*asked, "--account").out
