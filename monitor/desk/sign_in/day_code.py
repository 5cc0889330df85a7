"""Coming in by the code of the day, to tell what one saw and to nothing else; and the page of whoever tells
it to colleagues without an address, or changes it where it got about."""

from __future__ import annotations

from starlette.responses import Response

from data.store.engine.connect import Connection
from data.store.service import sessions
from data.store.service.sessions import Device, change_code
from data.words.say import words
from monitor.act.ways_in import LENGTH, codes_today, school_of_code
from monitor.desk import session
from monitor.desk.matter.codes import CodeState
from monitor.desk.page import led_to, shown
from monitor.desk.routes import DeskRequest
from monitor.desk.sign_in.strangers import Strangers, shown_to_visitor


class DayCodeDesk:
    """Takes the code of the day; wrong ones count as wrong ones by mail do."""

    def __init__(self, strangers: Strangers) -> None:
        self._strangers = strangers

    def show(self, asking: DeskRequest, con: Connection) -> Response:
        """The page that asks for it."""
        return _page(asking, CodeState.NONE)

    def take(self, asking: DeskRequest) -> Response:
        """Lets whoever typed it in to tell, on a device that others use."""
        if not self._strangers.may_type(asking.host, asking.now):
            return _page(asking, CodeState.OFTEN)
        context, typed = asking.context, asking.form.get("code", "")
        with asking.store.read() as con:
            school = school_of_code(con, context, typed, asking.now)
        if school is None:
            self._strangers.guessed(asking.host, asking.now)
            return _page(asking, CodeState.WRONG)
        with asking.store.write("a sign-in") as con:
            if before := sessions.find(con, asking.kept.get("desk", ""), asking.now):
                sessions.end(con, before, asking.now)
            kept = session.begin_by_day_code(con, context, school, asking.now)
        answer = led_to("/tell")
        session.keep(answer, context.links.base_url, kept, Device.SHARED)
        return answer


def _page(asking: DeskRequest, state: CodeState) -> Response:
    status = 200 if state is CodeState.NONE else 403
    return shown_to_visitor(asking, "tell_code.html", status, state=state.value)


def show_day_code(asking: DeskRequest, con: Connection) -> Response:
    """Today's code of each of their schools."""
    who, zone, w = asking.signed_in, asking.context.config.zone, words(asking.language)
    codes = codes_today(con, asking.context, asking.now)
    view = [(s.urn, s.name, _in_halves(codes[s.urn])) for s in who.schools]
    return shown(
        "day_code.html",
        asking.language,
        who=who,
        codes=view,
        day=w.full_day(asking.now.astimezone(zone).date()),
        address=f"{asking.context.links.base_url}/tell".partition("://")[2],
        changed="changed" in asking.query,
    )


def change_day_code(asking: DeskRequest) -> Response:
    """Changes that of one of their schools; whoever came in by it is out."""
    who, urn = asking.signed_in, asking.form.get("school", "")
    if urn in [s.urn for s in who.schools]:
        with asking.store.write("the code of the day") as con:
            change_code(con, urn, who.person.id, asking.now)
    return led_to("/code?changed=1")


def _in_halves(code: str) -> str:
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"
