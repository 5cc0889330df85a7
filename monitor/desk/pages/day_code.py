"""The code of the day, for whoever tells it to colleagues without an address; changed where it got about."""

from __future__ import annotations

from starlette.responses import Response

from data.store.engine.connect import Connection
from data.store.service import day_codes
from data.words.say import words
from monitor.act.ways_in.day_code import LENGTH, codes_today
from monitor.desk.page import led_to, shown
from monitor.desk.routes import DeskRequest


def show(asking: DeskRequest, con: Connection) -> Response:
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


def change(asking: DeskRequest) -> Response:
    """Changes that of one of their schools; whoever came in by it is out."""
    who, urn = asking.signed_in, asking.form.get("school", "")
    if urn in [s.urn for s in who.schools]:
        with asking.store.write("the code of the day") as con:
            day_codes.change(con, urn, who.person.id, asking.now)
    return led_to("/code?changed=1")


def _in_halves(code: str) -> str:
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"
