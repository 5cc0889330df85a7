"""Whose account it is: by name the first time, by id from then on, and never anybody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.home import a_migrated_store
from builders.mention import NOW

from data.store.engine import audit_chain
from data.store.sources.configuration import put_people
from data.types import Person, Role
from monitor.desk.sign_in.accounts import person_of
from monitor.desk.sign_in.providers import ProvedAccount, SignInRefusal

ISSUER = "https://login.example.org/v2.0"
HEAD = Person("head", "Mrs A Example", (Role.HEAD,), "Head@oakfield.example.org")
DEPUTY = Person("deputy", "Mr B Example", (Role.DEPUTY_HEAD,), "office@oakfield.example.org")
OFFICE = Person("office", "Ms C Example", (Role.STAFF,), "office@oakfield.example.org")
NAMELESS = Person("dsl", "Mr D Example", (Role.DSL,))
PEOPLE = (HEAD, DEPUTY, OFFICE, NAMELESS)


def account(subject="oid-of-head", name="head@oakfield.example.org", issuer=ISSUER) -> ProvedAccount:
    return ProvedAccount(issuer, subject, name)


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path / "home")


def asked(store, given=None, people=PEOPLE, now=NOW) -> Person | SignInRefusal:
    with store.write("signing in") as con:
        return person_of(con, given or account(), people, now)


def linked(store) -> list[tuple[str, ...]]:
    with store.read() as con:
        return con.execute("SELECT subject, person_id, user_name FROM accounts ORDER BY ALL").fetchall()


def test_the_first_sign_in_goes_by_name_whatever_its_letters(store):
    assert asked(store) == HEAD
    assert linked(store) == [("oid-of-head", "head", "head@oakfield.example.org")]


def test_an_account_of_its_own_is_named_in_place_of_the_address(store):
    deputy = replace(DEPUTY, account="B.Example@oakfield.example.org")
    assert asked(store, account("oid-b", "b.example@oakfield.example.org"), (HEAD, deputy)) == deputy
    assert asked(store, account("oid-c", DEPUTY.email), (HEAD, deputy)) is SignInRefusal.NOBODY


def test_a_name_that_two_people_have_is_neither_of_theirs(store):
    assert asked(store, account("oid-b", "office@oakfield.example.org")) is SignInRefusal.NOBODY


def test_somebody_without_a_name_is_nobody(store):
    assert asked(store, account("oid-d", "other@oakfield.example.org")) is SignInRefusal.NOBODY
    assert asked(store, account("oid-d", "")) is SignInRefusal.NOBODY
    assert linked(store) == []


def test_a_known_id_is_the_same_person_under_any_name(store):
    asked(store)
    assert asked(store, account(name="a.new-name@oakfield.example.org")) == HEAD
    assert asked(store, account(name="office@oakfield.example.org")) == HEAD


def test_the_same_name_with_another_id_is_refused(store):
    asked(store)
    assert asked(store, account("oid-of-another")) is SignInRefusal.TAKEN
    assert linked(store) == [("oid-of-head", "head", "head@oakfield.example.org")]


def test_an_id_at_another_issuer_is_another(store):
    asked(store)
    elsewhere = account(name="nobody@oakfield.example.org", issuer="https://accounts.example.org")
    assert asked(store, elsewhere) is SignInRefusal.NOBODY


def test_somebody_who_left_the_settings_is_refused_and_forgotten(store):
    asked(store)
    assert asked(store, people=(DEPUTY,)) is SignInRefusal.NOBODY
    with store.write("configuration") as con:
        put_people(con, (DEPUTY,))
    assert linked(store) == []
    with store.write("configuration") as con:
        put_people(con, ())


def test_settings_that_are_read_again_forget_nobody_who_is_in_them(store):
    asked(store)
    with store.write("configuration") as con:
        put_people(con, PEOPLE)
    assert len(linked(store)) == 1


def test_whoever_bears_the_id_of_another_from_then_on_does_not_bear_their_account(store):
    asked(store)
    successor = Person("head", "Mr E Example", (Role.HEAD,), "e.example@oakfield.example.org")
    assert asked(store, people=(successor,)) is SignInRefusal.NOBODY
    theirs = account("oid-of-e", "e.example@oakfield.example.org")
    assert asked(store, theirs, (successor,)) == successor
    assert linked(store) == [("oid-of-e", "head", "e.example@oakfield.example.org")]


def test_whoever_is_called_otherwise_by_both_keeps_their_account(store):
    asked(store)
    married = replace(HEAD, email="a.married@oakfield.example.org")
    renamed = account(name="a.married@oakfield.example.org")
    assert asked(store, renamed, (married,)) == married
    assert linked(store) == [("oid-of-head", "head", "a.married@oakfield.example.org")]


def test_the_first_sign_in_is_audited_without_id_or_name_and_later_ones_are_not(store):
    for hour in range(3):
        asked(store, now=NOW + timedelta(hours=hour))
    with store.read() as con:
        (entry,) = [link.entry for link in audit_chain.links(con)]
    assert entry == audit_chain.AuditEntry(NOW, "head", "account_linked", "head")
