"""The sealed sheet of codes: whose there is, and a new one, shown once to be printed."""

from __future__ import annotations

from starlette.responses import Response

from alerts.access.offices import SHEET, administers_for, holders
from data.steps.acts import Refused
from data.store.engine.connect import Connection
from data.store.service.sessions import codes_of
from data.types import Person
from data.words.say import words
from monitor.act.ways_in import make_sheet
from monitor.desk.page import led_to, plain, shown
from monitor.desk.routes import DeskRequest


def show(asking: DeskRequest, con: Connection) -> Response:
    """Each who has one, or should."""
    return _list(asking, con)


def _list(asking: DeskRequest, con: Connection, wrong: str = "") -> Response:
    config, w = asking.context.config, words(asking.language)
    names, rows = {p.id: p.name for p in config.named}, []
    for person in _people(asking):
        codes = codes_of(con, person.id, asking.now)
        said = w("ways.sheet.none")
        if codes:
            first, used = codes[0], sum(code.used_at is not None for code in codes)
            at = (first.printed_at, first.ends_at)
            day, until = (w.full_day(each.astimezone(config.zone).date()) for each in at)
            by = names.get(first.printed_by, first.printed_by)
            said = w("ways.sheet.made", by=by, day=day, until=until, used=used, n=len(codes))
        rows.append((person.id, person.name, said, bool(codes)))
    view = {"who": asking.signed_in, "rows": rows, "made": None, "wrong": wrong}
    return shown("sheet.html", asking.language, 403 if wrong else 200, **view)


def make(asking: DeskRequest) -> Response:
    """Makes one, and shows it this once, to who has just proved who they are: it opens what others read."""
    if not asking.signed_in.checked(asking.now):
        return led_to("/check?to=/sheet")
    config, by = asking.context.config, asking.signed_in.person
    person = next((p for p in _people(asking) if p.id == asking.form.get("person")), None)
    if person is None:
        return plain(config, "nothing", 404)
    done = make_sheet(asking.store, asking.context, by, person, asking.now)
    with asking.store.read() as con:
        if isinstance(done, Refused):
            return _list(asking, con, done.reason)
        until = codes_of(con, person.id, asking.now)[0].ends_at
    w = words(asking.language)
    day, last = (w.full_day(at.astimezone(config.zone).date()) for at in (asking.now, until))
    address = (config.base_url or "").partition("://")[2]
    made = {
        "name": person.name,
        "until": w("ways.sheet.until", day=day, by=by.name, until=last),
        "how": w("ways.sheet.how", address=address or w("ways.sheet.here")),
        "codes": [f"{code[:4]} {code[4:8]} {code[8:]}" for code in done.made],
    }
    return shown("sheet.html", asking.language, who=asking.signed_in, rows=(), made=made)


def _people(asking: DeskRequest) -> list[Person]:
    """Who has a sheet, of the schools of whoever asks."""
    config, by = asking.context.config, asking.signed_in.person
    return [p for p in holders(config.people, *SHEET) if administers_for(by, p, config.schools)]
