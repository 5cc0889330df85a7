"""Every route of the desk, asked for by every office of the school and of another.

Two homes hold the same but for one matter (`builders/two_homes.py`), of a kind that is restricted or not, and
may accuse one of them or not. Whoever may not know of it is answered the same in both, whatever they ask for.
"""

from __future__ import annotations

import re

import pytest
from builders.two_homes import BASE, KINDS, NOTHING, PEOPLE, Home, Known, access_of, injected, two_homes
from starlette.testclient import TestClient

from data.matters import Access
from data.store.service.sessions import Device
from monitor.desk import pace, session
from monitor.desk.app import desk_app

OPEN = {
    *(
        "/sign-in",
        "/tell/code",
        "/sign-in/account",
        "/sign-in/return",
        "/m/{token}",
        "/d/{token}",
        "/leave/{token}",
    ),
    "/s/{version}/{name}",
}
"""What somebody may come to who is not signed in; all else leads them to sign in."""


class Desk:
    """The desk of one home, at which everybody has just signed in, each in a browser."""

    def __init__(self, home: Home):
        self.home, reader = home, home.reader(None)
        context = home._context(reader)
        self.links = context.links
        self.app = desk_app(reader.store, lambda: context, home.clock, lambda mail: True, lambda mail: None)
        self.browsers = {None: self._browser()}
        with injected(home.clock, 1), reader.store.write("sessions") as con:
            for person in reader.config.people:
                kept = session.begin(con, person, Device.OWN, home.clock())
                self.browsers[person.id] = browser = self._browser()
                browser.cookies.set(session.cookie_name(BASE), kept)

    def _browser(self) -> TestClient:
        return TestClient(self.app, base_url=BASE, follow_redirects=False)

    def paths(self, known: Known) -> list[str]:
        """Each route's address, with every name of that matter where it has room for one."""
        routes = [
            route.path for route in self.app.routes if route.path not in ("/m/{token}", "/s/{version}/{name}")
        ]
        own = self.links.at_desk(known.STORY).rpartition("/")[2]
        found = [value for name, value in vars(known).items() if name != "WORDS" and "/" not in value]
        names = [own, *found]
        return [
            re.sub(r"\{\w+\}", name, path)
            for path in routes
            for name in (names if "{" in path else names[:1])
        ]

    def get(self, person: str | None, path: str) -> tuple[int, str, dict[str, str]]:
        """What is answered: its status, text and headers."""
        with injected(self.home.clock, 2):
            answer = self.browsers[person].get(path)
        return answer.status_code, answer.text, dict(answer.headers)


@pytest.fixture(autouse=True)
def as_often_as_one_likes(monkeypatch):
    monkeypatch.setattr(pace, "MOST", 10**6)


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_may_not_know_of_a_matter_is_answered_at_each_route_as_if_it_were_not_there(kind, tmp_path):
    """Over a second: every route, by twelve people, at two homes."""
    homes = two_homes(tmp_path, kind, "collected" if KINDS[kind].words else "handed in", "opened")
    bare, full = map(Desk, homes.both)
    unaware, words = homes.unaware(), KINDS[kind].words
    readers = [p for p in PEOPLE if access_of(homes.full, p, homes.hidden.STORY) is Access.WORDS]
    for path in full.paths(homes.hidden):
        for person in (None, *PEOPLE):
            found = full.get(person, path)
            if person in unaware:
                assert bare.get(person, path) == found, (person, path)
            if words and person not in readers:
                assert words[:20] not in found[1], (person, path)
    assert len(unaware) > 2


def test_every_route_but_those_to_sign_in_leads_a_stranger_there(tmp_path):
    desk = Desk(two_homes(tmp_path, "of another school", "collected", "raised").full)
    routes = {route.path for route in desk.app.routes}
    assert routes >= OPEN
    for path in routes - OPEN:
        status, _, headers = desk.get(None, re.sub(r"\{\w+\}", NOTHING.NUMBER, path))
        assert (status, headers["location"].partition("?")[0]) == (303, "/sign-in"), path
