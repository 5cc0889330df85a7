"""The desk over each of two homes that hold the same but for one matter, and a browser for everybody."""

import asyncio
import atexit
import re
from datetime import timedelta
from functools import cache
from urllib.parse import urlencode

from builders.two_homes import BASE, NOW, OURS, Home, Known, injected
from httpx2 import ASGITransport, AsyncClient, Response

from data.store.service.sessions import Device
from monitor.desk import session
from monitor.desk.app import desk_app

_DRAWN = re.compile(r' data-options="[^"]*"')
"""What a passkey signs is drawn anew for each page."""


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all requests: a thread for each, as Starlette's own client has, costs more than an answer."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


class Desk:
    """The desk of one home, at which everybody has just signed in, each in a browser."""

    def __init__(self, home: Home):
        self.home, reader = home, home.reader(None)
        context = home._context(reader)
        self.links = context.links
        self.app = desk_app(reader.store, lambda: context, home.clock, lambda mail: True, lambda mail: None)
        self.browsers, self.tokens = {None: self._browser()}, {None: ""}
        with injected(home.clock, 1), reader.store.write("sessions") as con:
            for person in reader.config.people:
                kept = session.begin(con, person, Device.OWN, home.clock())
                self.browsers[person.id] = browser = self._browser()
                browser.cookies.set(session.cookie_name(BASE), kept)
                self.tokens[person.id] = session.form_token(kept)

    def _browser(self) -> AsyncClient:
        """On the machine itself, as whatever comes by the web server in front."""
        return AsyncClient(transport=ASGITransport(self.app, client=("127.0.0.1", 50_000)), base_url=BASE)

    def paths(self, known: Known, person: str | None, n: int) -> list[str]:
        """Each route's address with what belongs there, and with another name of that matter, for each `n`
        and route another one; a search for its words and a list; not what opens with a link of somebody who
        may know of it."""
        found = [value for name, value in vars(known).items() if name != "WORDS" and "/" not in value]
        asked = []
        for i, route in enumerate(sorted(self.app.routes, key=lambda route: route.path)):
            if route.path not in ("/m/{token}", "/s/{version}/{name}"):
                other = re.sub(r"\{\w+\}", found[(n + i) % len(found)], route.path)
                asked += [self.address(route.path, known, person), other]
        words, key = known.WORDS.split()[:3], self.key(person, known.STORY, "/m/s/{token}")
        asked += [f"/matters?{urlencode({'words': ' '.join(words)})}", f"/room?over={key}"]
        asked += ["/matters/csv?place=talk&month=2026-11&state=open"]
        asked += [f"/tell/state?number={known.NUMBER}"]
        return list(dict.fromkeys(asked))

    def address(self, path: str, known: Known, person: str | None) -> str:
        """That route's address with what belongs there."""
        proper = {"number": known.CASE, "act": "letters", "urn": OURS, "week": "2026-W46"}
        proper |= {"number": "P0001", "act": "search"} if path.startswith("/requests") else {"name": "dpia"}
        ids = {"/sources/{id}": "talk", "/accounts/{id}": "new"}
        proper["id"] = ids.get(path, "vale")
        proper["token"] = self.key(person, known.STORY, path) if "token" in path else ""
        return re.sub(r"\{(\w+)\}", lambda name: proper[name[1]], path)

    def get(self, person: str | None, path: str) -> tuple[int, str, dict[str, str]]:
        """What is answered: its status, text and headers."""
        with injected(self.home.clock, 2):
            answer = _loop().run_until_complete(self.browsers[person].get(path))
        return self._told(answer)

    def _told(self, answer: Response) -> tuple[int, str, dict[str, str]]:
        """What somebody is told by it; a paper names the folder of the home."""
        said = _DRAWN.sub("", answer.text).replace(str(self.home.folder), "FOLDER")
        return answer.status_code, said, dict(answer.headers)

    def key(self, person: str | None, story: str, path: str) -> str:
        """What an address of that route ends with: a link that was made for them, or the desk's own."""
        if path == "/m/{token}":
            return (self.links.page(story, person or "holt", NOW) or "").rpartition("/")[2]
        return self.links.at_desk(story).rpartition("/")[2]

    def post(
        self, person: str | None, path: str, form: dict[str, str], *, files: bool = False
    ) -> tuple[int, str, dict[str, str]]:
        """What is answered to a form of ours, shown a while ago: as for `get`."""
        shown_at = self.home.clock() - timedelta(seconds=30)
        given = {"form": self.tokens[person], "proof": self.links.proof(path.rpartition("/")[2], shown_at)}
        how = {"files": {"file": ("", b"")}} if files else {}
        with injected(self.home.clock, 2):
            answer = _loop().run_until_complete(self.browsers[person].post(path, data=given | form, **how))
        return self._told(answer)
