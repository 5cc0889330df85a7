"""What the desk answers where a case is worked on: its page, a question, a page beside it, and what became of
what was pressed."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from data.steps.acts import Refused
from data.steps.codes import StepKind
from monitor.desk.case.ladder import remedy_leads
from monitor.desk.case.page import CasePage
from monitor.desk.case.questions import ASKED_HERE, question, refilled
from monitor.desk.case.reading import page_of
from monitor.desk.case.seen import SeenCase, see
from monitor.desk.case.sides import SidePage, side
from monitor.desk.page import plain, shown, typed_in
from monitor.desk.routes import DeskRequest
from monitor.home.wiring import Session

STEPS = {kind.value: kind for kind in (*ASKED_HERE, StepKind.TURNED_DOWN)}
"""What is asked, by its address."""


def session_of(asking: DeskRequest) -> Session:
    """Whoever is signed in, at work."""
    return Session(asking.context.config, asking.context, asking.store, asking.signed_in.person)


def case_page(asking: DeskRequest, page: CasePage, status: int = 200) -> Response:
    return shown("case.html", asking.language, status, who=asking.signed_in, page="", view=page)


def ask_page(asking: DeskRequest, page: CasePage) -> Response:
    return shown("case_ask.html", asking.language, who=asking.signed_in, page="", view=page)


def side_page(asking: DeskRequest, page: SidePage) -> Response:
    return shown("case_side.html", asking.language, who=asking.signed_in, page="", view=page)


def again(asking: DeskRequest, seen: SeenCase) -> SeenCase:
    """The case as it is now."""
    with asking.store.read() as con:
        return see(con, seen.session, seen.case.number, asking.now) or seen


def done_page(asking: DeskRequest, seen: SeenCase) -> Response:
    """The case as it is now, and that it was recorded; where it is theirs no more, that there is nothing."""
    with asking.store.read() as con:
        now = see(con, seen.session, seen.case.number, asking.now)
    if now is None:
        return plain(asking.context.config, "nothing", 404)
    return case_page(asking, replace(page_of(now), told=now.w("ladder.recorded")))


def failed(asking: DeskRequest, seen: SeenCase, act: str, said: str) -> Response:
    with asking.store.read() as con:
        page = side(con, seen, act)
    return side_page(asking, replace(page, told=said, wrong=True, typed=tuple(typed_in(asking.form))))


def refused(asking: DeskRequest, seen: SeenCase, act: str, no: Refused) -> Response:
    leads = remedy_leads(no, seen)
    with asking.store.read() as con:
        page = side(con, seen, act)
    page = replace(page, told=no.reason, wrong=True, remedy=no.wanted, remedy_leads=leads)
    return side_page(asking, replace(page, typed=tuple(typed_in(asking.form))))


def moved(asking: DeskRequest, seen: SeenCase, act: str) -> Response:
    """Somebody did something in it meanwhile: nothing is recorded, and what was typed stands there."""
    told = seen.w("ladder.moved")
    if act not in STEPS:
        return failed(asking, seen, act, told)
    asked = refilled(question(STEPS[act], asking.form, seen.setting), asking.form)
    return ask_page(asking, replace(page_of(seen), asked=asked, told=told, wrong=True))
