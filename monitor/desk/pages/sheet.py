"""The sealed sheet of codes of whoever is signed in: whether they have one, and a new one, shown once to be
printed."""

from __future__ import annotations

from starlette.responses import Response

from data.steps.acts import Refused
from data.store.engine.connect import Connection
from data.store.service.sessions import codes_of
from data.words.say import words
from monitor.act.ways_in import make_sheet
from monitor.desk.page import led_to, shown
from monitor.desk.routes import DeskRequest


def show(asking: DeskRequest, con: Connection) -> Response:
    """Whether they have one, since when, and how much of it is used."""
    w, codes = words(asking.language), codes_of(con, asking.signed_in.person.id, asking.now)
    said = w("ways.sheet.none")
    if codes:
        first, used = codes[0], sum(code.used_at is not None for code in codes)
        day, until = (
            w.full_day(each.astimezone(asking.context.config.zone).date())
            for each in (first.printed_at, first.ends_at)
        )
        said = w("ways.sheet.made", day=day, until=until, used=used, n=len(codes))
    given = {"who": asking.signed_in, "said": said, "has": bool(codes), "made": None, "wrong": ""}
    return shown("sheet.html", asking.language, **given)


def make(asking: DeskRequest) -> Response:
    """Makes one, and shows it this once, to who has just proved who they are."""
    if not asking.signed_in.checked(asking.now):
        return led_to("/check?to=/sheet")
    config, person, w = asking.context.config, asking.signed_in.person, words(asking.language)
    done, given = make_sheet(asking.store, asking.context, person, asking.now), {"who": asking.signed_in}
    if isinstance(done, Refused):
        return shown("sheet.html", asking.language, 403, made=None, wrong=done.reason, **given)
    with asking.store.read() as con:
        until = codes_of(con, person.id, asking.now)[0].ends_at
    day, last = (w.full_day(at.astimezone(config.zone).date()) for at in (asking.now, until))
    address = (config.base_url or "").partition("://")[2]
    made = {
        "name": person.name,
        "until": w("ways.sheet.until", day=day, until=last),
        "how": w("ways.sheet.how", address=address or w("ways.sheet.here")),
        "codes": [f"{code[:4]} {code[4:8]} {code[8:]}" for code in done.made],
    }
    return shown("sheet.html", asking.language, made=made, **given)
