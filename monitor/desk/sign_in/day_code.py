"""Coming in by the code of the day: to tell what one saw, and to nothing else."""

from __future__ import annotations

from starlette.responses import Response

from data.store.engine.connect import Connection
from data.store.service import sessions
from data.store.service.sessions import Device
from monitor.act.ways_in.day_code import school_of_code
from monitor.desk import session
from monitor.desk.matter.codes import CodeState
from monitor.desk.page import led_to
from monitor.desk.routes import DeskRequest
from monitor.desk.sign_in.strangers import Strangers
from monitor.desk.sign_in.visit import shown_to_visitor


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
