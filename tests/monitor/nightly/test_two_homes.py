"""Two homes, one with a matter and one without: whoever may not know of it finds them the same.

What is typed names the matter too, as somebody would who guesses: its numbers, its address, its words. What
must differ is told in docs/access.md, “What gives a matter away all the same”.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from builders.two_homes import (
    KINDS,
    MADE,
    MOVED,
    NOTHING,
    PEOPLE,
    Desk,
    Known,
    Ran,
    TwoHomes,
    access_of,
    two_homes,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from support.every_command import leaves

from data.matters import Access
from data.store.engine.connect import ParsedOnce
from monitor.desk import page as desk_page
from monitor.desk.matter.forms import PRESSED
from monitor.desk.matter.page import Ask

LINES = """
digest
digest --out OUT
scan --source talk --no-send
alerts list
alerts list --json
alerts ack NUMBER
alerts ack ALERT
people replace fern --name 'Mx N Sample' --email n@example.org
people remove vale
""".strip().splitlines()
"""A line or more of each command that `--as` governs. The words in capitals name a matter."""


def named(command):
    return any("--as" in option.opts for option in command.params)


def test_there_is_a_line_of_every_command_that_asks_who_reads():
    every = sorted((" ".join(words) for words, _ in leaves()), key=len, reverse=True)
    given = {next(name for name in every if f"{line} ".startswith(f"{name} ")) for line in LINES}
    assert given == {" ".join(words) for words, command in leaves() if named(command) and words != ("desk",)}


UNEQUAL = {"scan": r"\d+ messages? waits?.*\n", "digest": r"we read \d+ new posts?"}
"""What of these is not compared, for it cannot be equal: docs/access.md says what it gives away."""
MATTERS = [(kind, made) for kind in KINDS for made in MADE if KINDS[kind].words or made == "handed in"]


def typed_in(homes: TwoHomes, line: str, person: str | None, words: dict[str, str], seed: int) -> list[Ran]:
    """What it does in each, without what cannot be equal."""
    line = f"{line} --as {person}" if person else line
    ran = [h.typed(line, seed, **words) for h in homes.both]
    for left_out in (re.compile(of) for name, of in UNEQUAL.items() if line.startswith(name)):
        ran = [replace(r, out=left_out.sub("", r.out), err=left_out.sub("", r.err)) for r in ran]
    return ran


WARNED = {("a threat that may accuse", "holt")}
"""The person who is threatened and may be accused is told by email that somebody may wish them harm."""


FOUND = [
    ("allegation of the head", "raised", "ash", "digest"),
    ("a lie about the chair", "closed", "ash", "digest"),
    ("allegation of the head", "raised", "ash", "alerts list"),
    ("a child at risk", "raised", "reed", "people replace pike --name 'Mx N Sample' --email n@example.org"),
]


@pytest.mark.parametrize(("kind", "moved", "person", "line"), FOUND)
def test_what_once_told_of_a_matter_tells_of_none(kind, moved, person, line, tmp_path):
    homes = two_homes(tmp_path, kind, "collected", moved)
    assert person in homes.unaware()
    bare, full = typed_in(homes, line, person, vars(homes.hidden), 1)
    assert bare == full


@settings(max_examples=max(2, settings.default.max_examples // 5))
@given(st.data())
def test_whoever_may_not_know_of_a_matter_finds_a_home_with_it_and_one_without_the_same(data):
    (kind, made), moved = data.draw(st.sampled_from(MATTERS)), data.draw(st.sampled_from(MOVED))
    with tempfile.TemporaryDirectory() as folder:
        homes = two_homes(Path(folder), kind, made, moved)
        person = data.draw(st.sampled_from(homes.unaware()))
        one = st.sampled_from((homes.hidden, homes.hidden, homes.shared, NOTHING))
        for n, line in enumerate(data.draw(st.lists(st.sampled_from(LINES), min_size=3, max_size=6))):
            words = {name: getattr(data.draw(one), name) for name in vars(NOTHING) if name in line}
            bare, full = typed_in(homes, line, person, words, n)
            assert bare == full, (person, line, words)
        if person and (kind, person) not in WARNED and data.draw(st.integers(0, 4)) == 0:
            assert_written_to_alike(homes, person)


@pytest.mark.parametrize("kind", ["a note about the head", "what staff disclose of the head"])
def test_what_a_person_says_of_the_head_changes_no_mail_to_them_nor_the_report_they_sign(kind, tmp_path):
    homes = two_homes(tmp_path, kind, "handed in", "raised")
    assert "holt" in homes.unaware()
    assert_written_to_alike(homes, "holt")
    bare, full = map(Desk, homes.both)
    for path in ("/", "/matters", "/reports", "/reports/900001/2026-W47"):
        assert bare.get("holt", path) == full.get("holt", path), path


def assert_written_to_alike(homes: TwoHomes, person: str) -> None:
    """The signed pages, and what the service sends the next morning and after the week."""
    for story in (homes.hidden.STORY, homes.shared.STORY):
        bare, full = (home.page(story, person, 1) for home in homes.both)
        assert bare == full, (person, story)
    for hours in (21, 72):
        bare, full = (
            [tuple(re.sub(UNEQUAL["digest"], "", str(c)) for c in mail) for mail in home.mails(person, hours)]
            for home in homes.both
        )
        assert bare == full, (person, hours)


# --------------------------------------------------------------------- every route of the desk


OPEN = {
    "/sign-in", "/tell/code", "/sign-in/account", "/sign-in/return", "/m/{token}", "/d/{token}",
    "/leave/{token}", "/r/{token}", "/drill/{token}", "/s/{version}/{name}",
}  # fmt: skip
"""What somebody may come to who is not signed in; all else leads them to sign in."""
ACTS = (*PRESSED, *Ask)
TOLD = {"danger": "no", "about": "unknown", "picture": "no", "step": "picture", "do": "go"}


KEY = "KEY"
"""In the place of what a matter's own address ends with."""


def of_matter(known: Known, n: int) -> dict[str, str]:
    """One of its forms, another for each `n`, filled as somebody would who guesses."""
    said = {"to": "ash", "until": "2026-12-01", "right": "holt", "why": known.WORDS, "key": known.POST}
    what = ("danger", "police")[n % 2]
    return said | {"do": ACTS[n % len(ACTS)].value, "note": known.WORDS, "what": what}


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
    "/drill/{token}": lambda known, n: {"do": "take"},
    "/reports/{urn}/{week}": lambda known, n: {"do": ("sign", "back")[n % 2], "why": known.WORDS},
    "/sheet": lambda known, n: {"do": "make"},
    "/people/{id}": lambda known, n: {"do": ("sessions", "save", "away")[n % 3], "name": known.HANDLE},
    "/sources": lambda known, n: {"do": ("look", "keep")[n % 2], "address": known.HANDLE, "place": "1"},
    "/sources/{id}": lambda known, n: {"do": ("pause", "test")[n % 2], "why": known.WORDS},
    "/keyed/{kind}": lambda known, n: {"do": ("try", "keep")[n % 2], "secret": known.NUMBER},
    "/schools": lambda known, n: {"do": "add", "urn": known.NUMBER},
    "/schools/{urn}": lambda known, n: {"do": ("save", "fill", "remove")[n % 3], "town": known.WORDS},
    "/terms": lambda known, n: {"do": "read", "text": known.WORDS},
    "/machine": lambda known, n: {"do": "look"},
    "/tell/picture": lambda known, n: {"do": "nothing", "url": known.URL, "why_url": "I looked."},
    "/proof": lambda known, n: {"do": "case", "case": known.CASE},
    "/case": lambda known, n: {"matter": KEY},
    "/case/{number}": lambda known, n: {"do": "read", "version": str(n % 5)},
    "/case/{number}/{act}": lambda known, n: {"do": ("draft", "sent")[n % 2], "letter": "police"},
    "/accounts": lambda known, n: {"place": "our-page 900001", "action": "hidden", "reason": known.WORDS},
    "/accounts/{id}": lambda known, n: {"do": "keep", "seal": "new", "name": known.WORDS},
    "/policies": lambda known, n: {"seal": "new", "title": known.WORDS, "version": known.NUMBER},
    "/passkeys": lambda known, n: {"do": ("make", "remove")[n % 2], "passkey": known.NUMBER},
    "/requests": lambda known, n: {"kind": "access", "reference": known.NUMBER, "why": known.WORDS},
    "/requests/due": lambda known, n: {"do": ("hold", "release")[n % 2], "case": known.CASE, "why": "So."},
    "/requests/{number}/{act}": lambda known, n: {"by": "handle", "words": known.HANDLE, "why": known.WORDS},
    "/sign-out": lambda known, n: {"do": known.CASE},
}
"""What fills the forms of each route that takes any, of what is known of a matter; the last signs out."""


def is_told_how_much(person: str | None, path: str) -> bool:
    """Is this who answers what people ask about their data, where they are shown how much is held?"""
    return person == "moss" and path.startswith(("/requests", "/papers"))


@pytest.fixture(autouse=True)
def as_often_as_one_likes(monkeypatch):
    monkeypatch.setattr(desk_page, "MOST", 10**6)


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
            if person in unaware and not is_told_how_much(person, path):
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
            if is_told_how_much(person, path):
                continue
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
