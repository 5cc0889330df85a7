"""Whose account it is that somebody signed in with: by its name the first time, by its id from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.store.engine.connect import Connection
from data.store.service import accounts
from data.store.service.accounts import LinkedAccount
from data.types import Person
from monitor.desk.sign_in.providers import ProvedAccount, SignInRefusal


def person_of(
    con: Connection, account: ProvedAccount, people: Sequence[Person], now: datetime
) -> Person | SignInRefusal:
    """The person whose account that is; learns it where exactly one bears its name and has no other yet.

    What was learnt holds for as long as the settings have that person under the same name: an id such as
    “deputy” may be somebody else's next year.
    """
    known = accounts.find(con, account.issuer, account.subject)
    if found := next((each for each in people if known and _holds(known, each)), None):
        return found
    named = [person for person in people if _user_name(person) == account.user_name]
    if len(named) != 1:
        return SignInRefusal.NOBODY
    other = accounts.find_of(con, account.issuer, named[0].id)
    if other is not None and _holds(other, named[0]):
        return SignInRefusal.TAKEN
    learnt = LinkedAccount(account.issuer, account.subject, named[0].id, account.user_name, now)
    accounts.link(con, learnt)
    return named[0]


def _holds(known: LinkedAccount, person: Person) -> bool:
    return known.person_id == person.id and known.user_name == _user_name(person)


def _user_name(person: Person) -> str | None:
    name = person.account or person.email
    return name and name.casefold()
