"""Every route of the desk, asked for by every office of the school and of another.

Two homes hold the same but for one matter (`builders/two_homes.py`), of a kind that is restricted or not, and
may accuse one of them or not. Whoever may not know of it is answered the same in both, whatever they ask for.
"""

from __future__ import annotations

import re

import pytest
from builders.two_desks import Desk
from builders.two_homes import KINDS, NOTHING, PEOPLE, Known, access_of, two_homes

from data.matters import Access
from data.store.engine.connect import ParsedOnce
from monitor.desk import pace
from monitor.desk.matter.codes import Ask
from monitor.desk.matter.reading import InWords, Tap

OPEN = {
    *(
        "/sign-in",
        "/tell/code",
        "/sign-in/account",
        "/sign-in/return",
        "/m/{token}",
        "/d/{token}",
        "/leave/{token}",
        "/r/{token}",
    ),
    "/s/{version}/{name}",
}
"""What somebody may come to who is not signed in; all else leads them to sign in."""
ACTS = (*Tap, *InWords, *Ask)
TOLD = {"danger": "no", "about": "unknown", "picture": "no", "step": "picture", "do": "go"}


KEY = "KEY"
"""In the place of what a matter's own address ends with."""


def of_matter(known: Known, n: int) -> dict[str, str]:
    """One of its forms, another for each `n`, filled as somebody would who guesses."""
    said = {"to": "ash", "day": "2026-12-01", "mark": "answered", "why": known.WORDS, "key": known.POST}
    return said | {"do": ACTS[n % len(ACTS)].value, "note": known.WORDS, "what": "police", "aimed_at": "holt"}


FILL = {
    "/m/{token}": of_matter,
    "/m/s/{token}": of_matter,
    "/tell": lambda known, n: TOLD | {"words": known.WORDS, "url": known.URL},
    "/tell/code": lambda known, n: {"code": known.NUMBER},
    "/code": lambda known, n: {"school": known.STORY},
    "/sign-in": lambda known, n: {"address": known.HANDLE, "do": ("send_code", "prove")[n % 2], "code": "1"},
    "/check": lambda known, n: {"do": ("send_code", "prove")[n % 2], "code": known.NUMBER},
    "/room/{token}": lambda known, n: {"do": ("show", "pdf", "done")[n % 3], "number": known.NUMBER},
    "/r/{token}": lambda known, n: {"do": ("sign", "back")[n % 2], "why": known.WORDS},
    "/reports/{urn}/{week}": lambda known, n: {"do": ("sign", "back")[n % 2], "why": known.WORDS},
    "/people": lambda known, n: {"person": known.HANDLE},
    "/case": lambda known, n: {"matter": KEY},
    "/case/{number}": lambda known, n: {"do": "read", "version": str(n % 5)},
    "/case/{number}/{act}": lambda known, n: {"do": ("draft", "sent")[n % 2], "letter": "police"},
    "/matters": lambda known, n: {"do": ("done", "undo")[n % 2], "why": "Over.", f"{'mu'[n % 2]}-{KEY}": "1"},
    "/passkeys": lambda known, n: {"do": ("make", "remove")[n % 2], "passkey": known.NUMBER},
    "/sign-out": lambda known, n: {"do": known.CASE},
}
"""What fills the forms of each route that takes any, of what is known of a matter; the last signs out."""


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
    for n, person in enumerate((None, *(p for p in PEOPLE if p not in readers))):
        for path in full.paths(homes.hidden, person, n + [*KINDS].index(kind)):
            found = full.get(person, path)
            if person in unaware:
                assert bare.get(person, path) == found, (person, path)
            assert not words or words[:20] not in found[1], (person, path)
    assert len(unaware) > 2


def test_each_route_that_takes_a_form_is_filled_here(tmp_path):
    desk = Desk(two_homes(tmp_path, "of another school", "collected", "raised").full)
    assert [*FILL][-1] == "/sign-out"
    assert {route.path for route in desk.app.routes if "POST" in route.methods} == FILL.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_may_not_know_of_a_matter_is_answered_at_each_form_as_if_it_were_not_there(kind, tmp_path):
    """Over a second: every form, by twelve people, at two homes."""
    homes = two_homes(tmp_path, kind, "collected" if KINDS[kind].words else "handed in", "opened")
    bare, full = map(Desk, homes.both)
    known, unaware = homes.hidden, homes.unaware()
    n = [*KINDS].index(kind)
    for path, fill in FILL.items():
        for person in unaware:
            n += 1
            if path == "/m/{token}" and person is None and "holt" not in unaware:
                continue  # theirs is the link of somebody who knows of it
            asked = [desk.address(path, known, person) for desk in (bare, full)]
            key, files = full.key(person, known.STORY, "/m/s/{token}"), path == "/tell"
            sent = {name.replace(KEY, key): said.replace(KEY, key) for name, said in fill(known, n).items()}
            found = full.post(person, asked[1], sent, files=files)
            assert bare.post(person, asked[0], sent, files=files) == found, (person, path, sent)
            if path == "/m/s/{token}" and person is not None:
                never = full.key(person, NOTHING.STORY, path)
                assert found[0] == 404
                assert full.post(person, path.replace("{token}", never), sent) == found


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    homes = two_homes(tmp_path_factory.mktemp("hidden"), "allegation of the head", "collected", "raised")
    return homes, Desk(homes.full)


@pytest.mark.parametrize("act", ACTS)
def test_no_act_on_a_matter_tells_of_it_to_whom_it_is_hidden(act, hidden):
    homes, desk = hidden
    form = of_matter(homes.hidden, ACTS.index(act))
    paths = [f"/m/s/{desk.key('holt', s, '/m/s')}" for s in (homes.hidden.STORY, NOTHING.STORY)]
    hidden, never = (desk.post("holt", path, form) for path in paths)
    assert hidden == never
    assert hidden[0] == 404


@pytest.mark.parametrize("moved", ["raised", "opened"])
def test_what_is_hidden_asks_as_much_of_the_store_as_nothing(moved, tmp_path, monkeypatch):
    """How long an answer takes is measured by `benchmarks/hidden.py --desk`; most of it is this."""
    homes = two_homes(tmp_path, "a lie about the chair", "collected", moved)
    desk, asked, execute = Desk(homes.full), list[str](), ParsedOnce.execute
    monkeypatch.setattr(ParsedOnce, "execute", lambda con, *given: asked.append("") or execute(con, *given))
    for path in ("/m/s/{token}", "/room/{token}", "/case/{number}", "/case/{number}/{act}"):
        of_each = []
        for known in (homes.hidden, NOTHING):
            asked.clear()
            desk.get("marsh", desk.address(path, known, "marsh"))
            of_each.append(len(asked))
        assert abs(of_each[0] - of_each[1]) <= 3 < min(of_each), (path, of_each)


def test_every_route_but_those_to_sign_in_leads_a_stranger_there(tmp_path):
    desk = Desk(two_homes(tmp_path, "of another school", "collected", "raised").full)
    routes = {route.path for route in desk.app.routes}
    assert routes >= OPEN
    for path in routes - OPEN:
        status, _, headers = desk.get(None, re.sub(r"\{\w+\}", NOTHING.NUMBER, path))
        assert (status, headers["location"].partition("?")[0]) == (303, "/sign-in"), path
