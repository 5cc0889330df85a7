"""The safeguarding room: what is with its reader, and the sheet by which a matter is handed over.

The list bears no word of a post. A sheet opens after a check not older than ten minutes and a tap, and each
showing is a reading on record. A matter that may accuse its reader is answered as one that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress

from starlette.responses import Response

from alerts.handover.sheet import HandOverSheet
from alerts.links import Ticket
from data.errors import InputError
from data.steps.acts import Refused
from data.store.engine.connect import Connection
from monitor.act.matter.hand_over import OVER, hand_over
from monitor.desk.matter.page import Visit, kept_apart_from, look, session_of
from monitor.desk.page import led_to, plain, shown
from monitor.desk.room import cases_of, lado_is_open, load_room, read_sheet, shown_so_far
from monitor.desk.routes import DeskRequest

_SEALED_AS = "hand-over"
_LONGEST = 60
"""So long a number of the school's record may be."""


def show(asking: DeskRequest, con: Connection) -> Response:
    """The list; after a hand-over, that it is done. Nothing for whom it is not there, by office or by what
    is in it."""
    room, said = load_room(asking, con), asking.query.get("over", "")
    if not (asking.signed_in.keeps_room or room.open or room.over):
        return plain(asking.context.config, "nothing", 404)
    over = next((line for line in room.over if line.token == said), None)
    given = {"who": asking.signed_in, "page": "room", "room": room, "over": over}
    return shown("room.html", asking.language, **given)


def show_sheet(asking: DeskRequest, con: Connection) -> Response:
    """The page before the sheet; or, where the check had run out, what was typed, to be sent again."""
    seen = _seen(con, asking)
    if seen is None:
        return plain(asking.context.config, "nothing", 404)
    if not asking.signed_in.checked(asking.now):
        return led_to(f"/check?to=/room/{asking.key}")
    _, *typed = _meant(asking)
    return _page(con, asking, seen, typed=typed)


def take_sheet(asking: DeskRequest) -> Response:
    """Shows the sheet, saves it, or closes what is handed over."""
    do = asking.form.get("do")
    if not asking.signed_in.checked(asking.now):
        return led_to(f"/check?to=/room/{_kept(asking) if do == 'done' else asking.key}")
    try:
        with asking.store.write("the safeguarding room") as con:
            seen = _seen(con, asking)
            if seen is None:
                return plain(asking.context.config, "nothing", 404)
            if do == "done":
                return _close(con, asking, seen)
            sheet = read_sheet(con, asking, seen)
            if do == "pdf":
                # as a PDF; its name tells nothing but the number
                name = f'attachment; filename="schoolgate-{seen.view.number}.pdf"'
                pdf = sheet.pdf(asking.now.astimezone(asking.context.config.zone))
                return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": name})
            return _page(con, asking, seen, sheet, typed=("", shown_so_far(con, seen)))
    except InputError as error:  # nothing of it was saved
        with asking.store.read() as con:
            seen = _seen(con, asking)
            if seen is None:
                return plain(asking.context.config, "nothing", 404)
            return _page(con, asking, seen, wrong="barred", reason=error.text, typed=_typed(asking))


def _close(con: Connection, asking: DeskRequest, seen: Visit) -> Response:
    """Closes what stands on the sheet; not where more has come since that was shown."""
    number, told = _typed(asking)
    if told != shown_so_far(con, seen):
        return _page(con, asking, seen, wrong="changed")
    view = seen.view
    session = session_of(asking.context, seen.reader)
    done = hand_over(con, session, view.story_id, view.urn, number, asking.now)
    if isinstance(done, Refused):
        wrong = {"number": "wanted", OVER: "over"}.get(done.guard, "changed")
        return _page(con, asking, seen, wrong=wrong, typed=(number, told))
    token = asking.context.links.at_desk(view.story_id).rpartition("/")[2]
    return led_to(f"/room?over={token}")


def _page(
    con: Connection,
    asking: DeskRequest,
    seen: Visit,
    sheet: HandOverSheet | None = None,
    *,
    wrong: str = "",
    reason: str = "",
    typed: Sequence[str] = ("", ""),
) -> Response:
    """The page of one sheet; of what was `typed`, a number and what the sheet bore: what is locked and not
    restricted has a case that ends otherwise."""
    given = {"who": asking.signed_in, "page": "room", "sheet": sheet, "wrong": wrong, "reason": reason}
    view, matter = seen.view, asking.context.links.at_desk(seen.view.story_id)
    number, told = typed if seen.matter and seen.matter.restricted else ("", "")
    cases = cases_of(con, seen)
    more = {"view": view, "matter": matter, "lado": lado_is_open(seen, cases), "number": number, "told": told}
    more["held"] = any(case.hold_by for case in cases)
    return shown("room_sheet.html", seen.school.language, 403 if wrong else 200, **given, **more)


def _seen(con: Connection, asking: DeskRequest) -> Visit | None:
    """The matter of that address, where it is kept apart and its reader may read all of it."""
    story, _, _ = _meant(asking)
    person, links = asking.signed_in.person, asking.context.links
    ticket = Ticket(story, links.holder(person.id), asking.now)
    seen = look(con, asking.context, asking.store, ticket, asking.now) if story else None
    return seen if seen and kept_apart_from(seen) else None


def _typed(asking: DeskRequest) -> tuple[str, str]:
    return asking.form.get("number", "").strip()[:_LONGEST], asking.form.get("told", "")[:_LONGEST]


def _kept(asking: DeskRequest) -> str:
    """An address that bears what was typed, sealed, for whoever typed it."""
    story, _, _ = _meant(asking)
    said = [asking.signed_in.person.id, story, *_typed(asking)]
    return asking.context.links.seal(_SEALED_AS, json.dumps(said).encode())


def _meant(asking: DeskRequest) -> tuple[str, str, str]:
    """The story that its address means, and what was typed there before; "" where we made none such."""
    links, token = asking.context.links, asking.key
    if story := links.story_at_desk(token):
        return story, "", ""
    with suppress(ValueError):
        person, story, number, told = json.loads(links.unseal(_SEALED_AS, token) or b"")
        if person == asking.signed_in.person.id:
            return story, number, told
    return "", "", ""
