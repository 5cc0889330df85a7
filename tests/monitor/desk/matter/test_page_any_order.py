"""Whatever is tapped by anybody in any order: few states, undo restores, nobody reads more than they may."""

from __future__ import annotations

from contextlib import suppress

import pytest
from builders.page import CHILD, DANGER, PEOPLE, STREET, WORDS, PageDesk
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.knowing import Access
from data.store import owners as owner_store
from data.store.alerts import alerts as alert_store
from data.types import Mark, Route, Severity
from monitor.desk.matter.page import Moment, shown
from monitor.desk.matter.reading import Became, Tap, done, look
from monitor.desk.matter.telling import page_of, told
from monitor.matters.reader import Reader

CALM = {"severity": Severity.RESPOND, "route": Route.RESPOND}
TAPS = st.lists(st.tuples(st.sampled_from(Tap), st.sampled_from(PEOPLE)), min_size=1, max_size=4)


class Undone(Exception):
    """An example is over: nothing of it stays in the store."""


MATTERS = {"street": STREET, "danger": DANGER, "child": CHILD, "calm": CALM}


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) for name in MATTERS}
    return {name: PageDesk(home, told=("dsl", "head"), **MATTERS[name]) for name, home in made.items()}


def tap(desk, con, act, person):
    """As the page does it: what became of it, None where the address opens nothing for them; and the page."""
    ticket = desk.context.links.ticket(desk.path(person.id).removeprefix("/m/"))
    seen = look(con, desk.context, desk.store, ticket, desk.clock())
    if seen is None:
        return None, ""
    became = done(con, seen, act, seen.view.stamp, desk.clock())
    after = look(con, desk.context, desk.store, ticket, desk.clock())
    page = told(page_of(after, Moment(desk.clock(), after.ends_at(ticket))), after, became, desk.clock())
    return became, shown(page).body.decode()


def state(desk, con):
    """Who has it, and how it is marked."""
    mark = owner_store.marks(con, ["s-one"]).get("s-one")
    has = alert_store.acknowledged(con, [desk.alert.id]).get(desk.alert.id)
    return has and has.person, mark and mark.mark


def access_of(desk, con, person):
    viewer = Reader(desk.context.config, desk.store, person)
    return viewer.look(con, {"s-one": desk.alert.urn}).access["s-one"]


@settings(max_examples=5, deadline=None)
@given(matter=st.sampled_from(sorted(MATTERS)), taps=TAPS)
def test_whatever_is_tapped_in_whatever_order(desks, matter, taps):
    desk = desks[matter]
    with suppress(Undone), desk.store.write("test") as con:
        for act, person in taps:
            tapped(desk, con, act, person)
        raise Undone


def tapped(desk, con, act, person):
    """One tap, and whether all holds that must."""
    before, allowed = state(desk, con), access_of(desk, con, person) is Access.WORDS
    became, page = tap(desk, con, act, person)
    after = state(desk, con)
    assert became is not Became.READ or allowed
    assert WORDS not in page
    assert after[1] in ((None,) if desk.alert.route.urgent else (None, *Mark))
    assert before[0] in (None, after[0]), "who has it does not change by a tap"
    if not allowed or act is Tap.READ:
        assert after == before
    if after[1] and after[1] is not before[1]:
        assert tap(desk, con, Tap.UNDO, person)[0] is Became.UNDONE
        assert state(desk, con) == before
        tap(desk, con, act, person)
        assert state(desk, con) == after
