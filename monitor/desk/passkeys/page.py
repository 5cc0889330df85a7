"""Somebody's passkeys: made on their own device, listed, removed; signing in, or the second check, by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from starlette.responses import Response

from alerts.layout.note import mails
from alerts.notices.upkeep import passkey_note
from data.people import schools_of
from data.store.engine.connect import Connection
from data.store.messages.outbox import put_outbox
from data.store.service import credentials
from data.store.service.credentials import Passkey
from data.store.service.sessions import Device
from data.types import OutboxMessage, Person
from data.web.visible import visible
from data.words.say import words
from monitor.desk.page import shown
from monitor.desk.passkeys.ceremony import Ceremonies, Site, named_in
from monitor.desk.routes import DeskRequest
from monitor.desk.session import addresses
from monitor.desk.sign_in.strangers import way_back

PATH = "/passkeys"
_NAME, _MOST = 60, 10
_TOLD_WITHIN = timedelta(days=30)


class PasskeyDesk:
    """Makes passkeys, and takes what is proved by one."""

    def __init__(self) -> None:
        self._ceremonies = Ceremonies()

    def show(self, asking: DeskRequest, con: Connection) -> Response:
        """The page of whoever is signed in."""
        return self._page(asking, credentials.of_person(con, asking.signed_in.person.id))

    def take(self, asking: DeskRequest) -> Response:
        """Makes one, or removes one."""
        person, form = asking.signed_in.person, asking.form
        became = self._made(asking) if form.get("do") == "make" else ""
        with asking.store.write("a passkey") as con:
            if form.get("do") == "remove":
                gone = credentials.remove(con, person.id, person.id, asking.now, form.get("passkey", ""))
                became = "removed" if gone else ""
            had = credentials.of_person(con, person.id)
        return self._page(asking, had, became)

    def options(self, asking: DeskRequest, con: Connection, browser: str) -> str:
        """What that browser is asked to prove who it is, as JSON; "" where nobody could."""
        person = asking.who.person.id if asking.who else ""
        had = credentials.of_person(con, person) if person else []
        if not (had or (not person and credentials.is_any(con))):
            return ""
        return self._ceremonies.proving(site_of(asking), browser, had, asking.now)

    def prove(self, asking: DeskRequest) -> Person | None:
        """Who has just proved by a passkey that it is they: whoever is signed in, else anybody. One whose
        count went back may be a copy: it proves nothing, and that is recorded."""
        answer, people = asking.form.get("credential", ""), asking.context.config.people
        with asking.store.write("a passkey") as con:
            passkey = credentials.find(con, named_in(answer))
            person = next((p for p in people if passkey and p.id == passkey.person_id), None)
            if passkey is None or person is None or passkey.address_hash not in addresses(person):
                return None
            if asking.who is not None and asking.who.person.id != person.id:
                return None
            found = self._ceremonies.proved(site_of(asking), asking.token, answer, passkey, asking.now)
            if found is None or not credentials.use(con, passkey, found.signed, asking.now):
                return None
        return person

    def _made(self, asking: DeskRequest) -> str:
        """Keeps one that was made by who has just proved that it is they, on a device of their own."""
        who, form = asking.signed_in, asking.form
        if not _may_make(asking):
            return "check"
        answer = form.get("credential", "")
        found = self._ceremonies.made(site_of(asking), asking.token, answer, asking.now)
        if found is None:
            return "wrong"
        name = " ".join(form.get("name", "").split())[:_NAME] or words(asking.language)("passkeys.unnamed")
        passkey = Passkey(
            *(found.id, who.person.id, who.session.address_hash, found.key, found.signed, name, asking.now)
        )
        with asking.store.write("a passkey") as con:
            if len(credentials.of_person(con, who.person.id)) >= _MOST:
                return "many"
            if not credentials.put(con, passkey):
                return "wrong"
            put_outbox(con, list(_mails(asking, passkey)), asking.now)
        return "made"

    def _page(self, asking: DeskRequest, had: list[Passkey], became: str = "") -> Response:
        who, zone, w = asking.signed_in, asking.context.config.zone, words(asking.language)
        options = ""
        if _may_make(asking):
            user = asking.context.links.keyed("passkey", who.person.id, who.session.address_hash)
            options = self._ceremonies.making(
                *(site_of(asking), asking.token, user, who.person.name, had, asking.now)
            )
        days = {
            p.id: (w.full_day(p.made_at, zone), w.full_day(p.used_at, zone) if p.used_at else "") for p in had
        }
        return shown(
            "passkeys.html",
            asking.language,
            403 if became in ("wrong", "check", "many") else 200,
            who=who,
            had=[replace(p, name=visible(p.name)) for p in had],
            days=days,
            options=options,
            own=who.session.device is Device.OWN,
            became=became,
            to=way_back(asking.form.get("to") or asking.query.get("to", "")),
            first="first" in asking.query,
        )


def _mails(asking: DeskRequest, passkey: Passkey) -> Iterable[OutboxMessage]:
    """The mail to whoever the passkey is for: somebody else may have made it in their name."""
    person = asking.signed_in.person
    school = schools_of(person, asking.context.config.schools)[0]
    note, key = passkey_note(school, passkey.name), ("passkey", passkey.id)
    return mails(note, [person], school.urn, "account", key, asking.now, _TOLD_WITHIN)


def site_of(asking: DeskRequest) -> Site:
    return Site(asking.context.links.base_url or "")


def _may_make(asking: DeskRequest) -> bool:
    who = asking.signed_in
    return who.session.device is Device.OWN and who.checked(asking.now) and bool(site_of(asking).id)
