"""A case, step by step: what the ladder's rules answer is shown, and one question is asked a page."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from starlette.responses import Response

from alerts.links import Ticket
from data.cases import Event
from data.errors import CaseMoved, InputError
from data.evidence.handed_in import PictureShows
from data.matters import Access, ActKind
from data.steps.acts import Refused
from data.steps.asking import Answered, Asked
from data.steps.codes import StepKind
from data.store.cases.cases import record_read
from data.store.engine.connect import Connection
from monitor.act.casework.evidence.letter_copies import NO_COPY, LetterCopy, copy_of
from monitor.act.step import open_case, take_step
from monitor.desk.case.doing import (
    STEPS,
    again,
    ask_page,
    beside,
    case_page,
    done_page,
    moved,
    record_rang,
    session_of,
    side_page,
)
from monitor.desk.case.ladder import address, remedy_leads
from monitor.desk.case.page import SeenCase, see
from monitor.desk.case.questions import COPY, INSIDE, NotSaid, asks_within, event_of, question, refilled
from monitor.desk.case.reading import page_of
from monitor.desk.case.sides import SIDES, side
from monitor.desk.handing import names_within
from monitor.desk.matter.page import look
from monitor.desk.page import led_to, not_lost, plain
from monitor.desk.routes import DeskRequest


def show(asking: DeskRequest, con: Connection) -> Response:
    """The case, a question of it, or a page beside it."""
    seen = see(con, session_of(asking), asking.query["number"], asking.now)
    if closed := shut(asking, seen):
        return closed
    assert seen is not None
    act = asking.query.get("act", "")
    if not act:
        return case_page(asking, page_of(seen, asking.query.get("later", "")))
    if act in SIDES and seen.whole:
        return side_page(asking, side(con, seen, act))
    if act in STEPS and seen.whole:
        asked = question(STEPS[act], asking.query, seen.setting)
        return ask_page(asking, replace(page_of(seen), asked=asked))
    return plain(asking.context.config, "nothing", 404)


def take(asking: DeskRequest) -> Response:
    """Does what its form says, to the version that it was made from."""
    with asking.store.read() as con:
        seen = see(con, session_of(asking), asking.query["number"], asking.now)
    if closed := shut(asking, seen):
        return closed
    assert seen is not None
    act = asking.query.get("act", "")
    if not act:
        return _read(asking, seen) if asking.form.get("do") == "read" else case_page(asking, page_of(seen))
    if act == "rang" and seen.access is Access.STATUS:
        return record_rang(asking, seen)
    if not seen.whole or act not in {*STEPS, *SIDES}:
        return plain(asking.context.config, "nothing", 404)
    harmless = act == "letters" and asking.form.get("do") in _HARMLESS
    if asking.form.get("version") != seen.version and not harmless:
        return moved(asking, seen, act)
    if act in STEPS:
        return _record(asking, seen, STEPS[act])
    return beside(asking, seen, act)


_HARMLESS = ("draft", "eml", "pdf")
"""What records no more than that a letter was drafted, of whatever version."""


def begin(asking: DeskRequest) -> Response:
    """Opens a case of the matter whose page bore this form, and leads to it."""
    links, me = asking.context.links, asking.signed_in
    story = links.story_at_desk(asking.form.get("matter", ""))
    ticket = Ticket(story or "", links.holder(me.person.id), asking.now)
    with asking.store.read() as con:
        seen = look(con, asking.context, asking.store, ticket, asking.now)
    if seen is None or seen.view.access is not Access.WORDS:
        return plain(asking.context.config, "nothing", 404)
    own = links.at_desk(seen.view.story_id)
    if not seen.view.may(ActKind.OPEN):  # somebody was quicker
        return led_to(own)
    if seen.view.sealed and not me.checked(asking.now):
        return led_to(f"/check?to={own}")
    try:
        done = open_case(session_of(asking), seen.view.story_id, "", asking.now)
    except InputError:
        return led_to(own)
    return led_to(own if isinstance(done, Refused) else address(done.made.case))


def nothing(asking: DeskRequest, con: Connection) -> Response:
    """There is no list here."""
    return plain(asking.context.config, "nothing", 404)


def shut(asking: DeskRequest, seen: SeenCase | None) -> Response | None:
    """What is answered where there is nothing for them, or they have to prove that it is they."""
    if seen is None:
        asking.wrong.append(asking.query.get("number", ""))
        return plain(asking.context.config, "nothing", 404)
    if (seen.case.restricted or seen.case.locked) and not asking.signed_in.checked(asking.now):
        check = f"/check?to={quote(address(seen.case))}"
        return not_lost(asking.context.config, asking.form, "proved", check) or led_to(check)
    return None


def _read(asking: DeskRequest, seen: SeenCase) -> Response:
    """Its words, once that they were read is on record."""
    with asking.store.write("reading a restricted matter") as con:
        if seen.unread and seen.whole:
            record_read(con, seen.case, person=seen.me, reason=seen.w("ladder.read_why"), now=asking.now)
        read = see(con, seen.session, seen.case.number, asking.now, read=True)
    return case_page(asking, page_of(read or seen))


def _record(asking: DeskRequest, seen: SeenCase, kind: StepKind) -> Response:
    """Takes the step; where it is refused, its question stands there again with what bars it."""
    asked = refilled(question(kind, asking.form, seen.setting), asking.form)
    page = replace(page_of(seen), asked=asked, wrong=True)
    try:
        event = event_of(kind, asking.form, seen.setting)
        copy = _copy(asking, seen, event)
    except NotSaid as missing:
        if missing.args[0] == INSIDE:
            asked = replace(asked, more=(*asked.more, asks_within(missing.args[1], seen.w)))
            return ask_page(asking, replace(page, asked=asked, told=seen.w("tell.wrong.inside")))
        least = missing.args[1] if missing.args[1:] else 0
        said = "ladder.copy.no_letter" if missing.args[0] == COPY else "ladder.not_said"
        told = seen.w("ladder.why_short", n=least) if least > 1 else seen.w(said)
        return ask_page(asking, replace(page, told=told))
    try:
        done = take_step(seen.session, seen.case.number, event, asking.now, copy, made_from=seen.case.steps)
    except InputError:  # it is theirs no more, by what was just said of them
        return plain(asking.context.config, "nothing", 404)
    except CaseMoved:
        return moved(asking, again(asking, seen), kind.value)
    if isinstance(done, Refused):
        leads = remedy_leads(done, seen)
        return ask_page(asking, replace(page, told=done.reason, remedy=done.wanted, remedy_leads=leads))
    return done_page(asking, seen)


def _copy(asking: DeskRequest, seen: SeenCase, event: Event) -> LetterCopy | None:
    """The copy that is kept of what was sent or came back: none of what was spoken. Raises NotSaid for a file
    that is no letter, or may show what nobody may keep."""
    said = event.said
    if not isinstance(said, Asked | Answered) or said.rung.spec.spoken(said.way or ""):
        return None
    if not (asking.files or asking.cut):
        return None if isinstance(said, Answered) and said.way is None else NO_COPY
    inside = asking.form.get(INSIDE, PictureShows.NO)
    safe = seen.pictures and {asking.form.get("shows"), inside} == {PictureShows.NO}
    copy = copy_of(asking.files[0], event.kind, seen.file.steps) if safe and asking.files else None
    if copy is None:
        raise NotSaid(COPY)
    within = names_within(asking.files[:1], asking.names, seen.w)
    if within and INSIDE not in asking.form:
        raise NotSaid(INSIDE, within)
    return copy
