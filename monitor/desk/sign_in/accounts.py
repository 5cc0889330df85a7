"""Signing in with an account: whose it is goes by its name the first time, by its id from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from data.people import schools_of
from data.store.engine.connect import Connection
from data.store.service import accounts
from data.store.service.accounts import LinkedAccount
from data.store.service.sessions import Device
from data.types import Person
from monitor.desk import session
from monitor.desk.page import led_to
from monitor.desk.pages.today import begins_at
from monitor.desk.routes import DeskRequest
from monitor.desk.sign_in.code import device_of
from monitor.desk.sign_in.oidc import KEPT_FOR, OidcSignIn
from monitor.desk.sign_in.providers import ProvedAccount, SignInRefusal
from monitor.desk.sign_in.strangers import keep_mark, way_back


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


class AccountDesk:
    """Sends a browser to where its account signs in, and takes it back."""

    def __init__(self, accounts: OidcSignIn | None) -> None:
        self._accounts = accounts

    def go(self, asking: DeskRequest) -> Response:
        """The way there; for somebody who is signed in, or wants what is restricted, to prove it anew."""
        to, device = way_back(asking.query.get("to", "/")), device_of(asking.query.get("device"))
        begun = (
            self._accounts.begin(asking.now, fresh=asking.who is not None or "fresh" in asking.query)
            if self._accounts
            else SignInRefusal.SET_UP
        )
        if isinstance(begun, SignInRefusal):
            return _refused(asking, begun, to)
        answer = led_to(begun.url)
        kept, life = f"{begun.kept}:{device.value}:{to}", int(KEPT_FOR.total_seconds())
        session.set_cookie(answer, asking.context.links.base_url, "account", kept, life)
        return answer

    def come_back(self, asking: DeskRequest) -> Response:
        """Signs in whoever comes back with what was kept, or says why not; nothing is kept then."""
        kept, device, to = [*asking.kept["account"].split(":", 2), "", ""][:3]
        answer = self._took_back(asking, kept, device_of(device), way_back(to))
        session.set_cookie(answer, asking.context.links.base_url, "account", "", 0)
        return answer

    def _took_back(self, asking: DeskRequest, kept: str, device: Device, to: str) -> Response:
        who, config = asking.who, asking.context.config
        found = (
            self._accounts.finish(kept, asking.query, asking.now) if self._accounts else SignInRefusal.SET_UP
        )
        if isinstance(found, SignInRefusal):
            return _refused(asking, found, to)
        with asking.store.write("a sign-in") as con:
            person = person_of(con, found, config.people, asking.now)
            if isinstance(person, Person) and not schools_of(person, config.schools):
                person = SignInRefusal.NOBODY
            if isinstance(person, Person) and who is not None and who.person.id != person.id:
                person = SignInRefusal.OTHER
            if isinstance(person, SignInRefusal):
                return _refused(asking, person, to)
            device = who.session.device if who else device
            account = _user_name(person)
            begin = partial(session.begin, con, person, device, asking.now, who)
            token = begin(account=account, fresh=found.fresh, had=asking.kept["desk"])
            answer = led_to(begins_at(asking, con, person, to))
        session.keep(answer, asking.context.links.base_url, token, device)
        keep_mark(answer, asking, person)
        return answer


def _refused(asking: DeskRequest, refusal: SignInRefusal, to: str) -> Response:
    page = "/check" if asking.who else "/sign-in"
    return led_to(f"{page}?{urlencode({'refused': refusal.value, 'to': to})}")


def _holds(known: LinkedAccount, person: Person) -> bool:
    return known.person_id == person.id and known.user_name == _user_name(person)


def _user_name(person: Person) -> str | None:
    name = person.account or person.email
    return name and name.casefold()
