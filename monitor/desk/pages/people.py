"""Signing somebody else out of everything: a telephone is lost, or they have left."""

from __future__ import annotations

from starlette.responses import Response

from alerts.access.offices import looks_after_ways_of
from data.store.engine.connect import Connection
from data.store.service import credentials, sessions
from data.types import Person
from monitor.desk.page import shown
from monitor.desk.routes import DeskRequest


def show(asking: DeskRequest, con: Connection) -> Response:
    """Asks who."""
    return _page(asking)


def sign_out(asking: DeskRequest) -> Response:
    """Ends all that they have open, and withdraws their codes on paper; removes their passkeys, if asked."""
    by, named = asking.signed_in.person, asking.form.get("person", "")
    person = next((p for p in _people(asking) if p.id == named), None)
    if person is None:
        return _page(asking)
    with asking.store.write("a sign-out") as con:
        ended = sessions.end_all(con, person.id, by.id, asking.now)
        lost = asking.form.get("do") == "passkeys"
        removed = credentials.remove(con, person.id, by.id, asking.now) if lost else 0
    return _page(asking, person.name, ended, removed)


def _people(asking: DeskRequest) -> list[Person]:
    """All of their schools but themselves, who have a button of their own."""
    by, config = asking.signed_in.person, asking.context.config
    return [p for p in config.people if p != by and looks_after_ways_of(by, p, config.schools)]


def _page(asking: DeskRequest, name: str = "", ended: int = 0, removed: int = 0) -> Response:
    people = [(p.id, p.name) for p in _people(asking)]
    given = {"people": people, "name": name, "ended": ended, "removed": removed}
    return shown("people.html", asking.language, who=asking.signed_in, **given)
