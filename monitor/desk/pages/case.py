"""A case, step by step: what the ladder's rules answer is shown, and one question is asked a page."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from alerts.links import Ticket
from alerts.pack.facts import Recipient
from data.cases import Event
from data.effects import utc_now
from data.errors import CaseMoved, InputError, SchoolgateError, StoreError
from data.evidence.handed_in import HowItCame, PictureShows
from data.evidence.vault import Vault
from data.matters import Access, ActKind
from data.rungs import EMERGENCY, Rung
from data.steps.acts import Done, Refused
from data.steps.classes import Answered, Asked
from data.steps.codes import Check, Decision, StepKind
from data.store.cases import record_read
from data.store.engine.connect import Connection
from data.types import FetchFailure
from data.web.channels import channel
from monitor.act import keeping, packing
from monitor.act.keeping import NO_COPY, LetterCopy, copy_of
from monitor.act.letter import NotDrafted, draft_letter, send_letter, type_letter
from monitor.act.step import find_host, look_again, open_case, record_look, take_step, take_steps
from monitor.config.home.paths import Paths
from monitor.desk.case import reading
from monitor.desk.case.questions import (
    ASKED_HERE,
    COPY,
    INSIDE,
    WHAT,
    AskedField,
    CasePage,
    NotSaid,
    SeenCase,
    event_from_form,
    inside_field,
    may_decide,
    new_events,
    refill_form,
    see,
    step_question,
)
from monitor.desk.handing import file_faults, names_within, read_post_facts
from monitor.desk.matter.page import look_up_visit
from monitor.desk.page import (
    DeskRequest,
    EarlyAnswer,
    NotThere,
    file_to_save,
    led_to,
    not_lost,
    plain_page,
    typed_words,
)
from monitor.home import wiring

if TYPE_CHECKING:
    from monitor.act.capture import Approved, Supplied

log = logging.getLogger("schoolgate.desk")

STEPS = {kind.value: kind for kind in (*ASKED_HERE, StepKind.TURNED_DOWN)}
"""What is asked, by its address."""
_HARMLESS = ("draft", "eml", "pdf")
"""What records no more than that a letter was drafted, of whatever version."""


def show_case(asking: DeskRequest, con: Connection) -> Response:
    """Show the case, or a page of it."""
    seen = see_if_open(asking, con, asking.query["number"])
    act = asking.query["act"]
    if not act:
        return _show_page(asking, reading.case_page(con, seen))
    if seen.whole and act in {*reading.PAGES_BESIDE, *STEPS}:
        return _show_page(asking, _page(con, seen, act, asking.query))
    raise NotThere


def take_case_form(asking: DeskRequest) -> Response:
    """Do what its form says, to the version that it was made from."""
    with asking.store.open_reader() as con:
        seen = see_if_open(asking, con, asking.query["number"])
    act = asking.query["act"]
    if not act:
        return _show_words(asking, seen)
    if act == "rang" and seen.access is Access.STATUS:
        return _record_ringing(asking, seen)
    if not seen.whole or act not in {*STEPS, WHAT, *_DOES}:
        raise NotThere
    harmless = act == "ask" and asking.form["do"] in _HARMLESS
    if asking.form["version"] != seen.version and not harmless:
        return _show_failed(asking, seen, act, seen.w("ladder.moved"))
    try:
        return _DOES.get(act, _record)(asking, seen)
    except NotSaid as missing:
        return _not_said(asking, seen, act, missing)
    except NotDrafted as more:
        return _show_failed(asking, seen, act, more.missing.why_not or seen.w("ladder.letters.wants"))
    except CaseMoved:
        return _show_failed(asking, _now(asking, seen) or seen, act, seen.w("ladder.moved"))
    except packing.DoesNotHold as changed:
        return _show_failed(asking, seen, act, reading.faults_words(changed.n, seen.w))
    except SchoolgateError:
        if (now := _now(asking, seen)) is None:  # it is theirs no more, by what was just said of them
            raise NotThere from None
        return _show_failed(asking, now, act, seen.w("ladder.failed"))


def _show_words(asking: DeskRequest, seen: SeenCase) -> Response:
    """Show its words, once that they were read is on record."""
    if reads := asking.form["do"] == "read":
        _record_reading(asking, seen)
    with asking.store.open_reader() as con:
        read = see(con, seen.session, seen.case.number, asking.now, read=reads) or seen
        return _show_page(asking, reading.case_page(con, read))


def _record_ringing(asking: DeskRequest, seen: SeenCase) -> Response:
    """Record that 999 was rung, for whoever may only know how far it is: that waits for nobody who reads."""
    event = Event(Asked(rung=EMERGENCY, imminent=True), seen.me, asking.form["why"].strip())
    done = take_step(seen.session, seen.case.number, event, asking.now, least=Access.STATUS)
    if isinstance(done, Done):
        return _show_done(asking, seen)
    with asking.store.open_reader() as con:
        return _show_page(asking, replace(reading.case_page(con, seen), told=done.reason, wrong=True))


def open_case_of_matter(asking: DeskRequest) -> Response:
    """Open a case of the matter whose page bore this form, and lead to it."""
    links, me = asking.links, asking.signed_in
    story = links.story_at_desk(asking.form["matter"])
    ticket = Ticket(story or "", links.holder(me.person.id), asking.now)
    with asking.store.open_reader() as con:
        seen = look_up_visit(con, asking.context, asking.store, ticket, asking.now)
    if seen is None or seen.view.access is not Access.WORDS:
        raise NotThere
    own = links.at_desk(seen.view.story_id)
    if not seen.view.may(ActKind.OPEN):  # somebody was quicker
        return led_to(own)
    if seen.view.is_sealed and not me.has_just_proved(asking.now):
        return led_to(f"/check?to={own}")
    try:
        done = open_case(asking.session, seen.view.story_id, "", asking.now)
    except InputError:
        return plain_page(asking.config, "no_case", 409)
    if isinstance(done, Refused):
        return plain_page(asking.config, "no_case", 409, f"{done.reason} {done.wanted}")
    return led_to(reading.act_address(done.made.case))


def answer_no_list(asking: DeskRequest, con: Connection) -> Response:
    """Answer that there is no list here."""
    raise NotThere


def see_if_open(asking: DeskRequest, con: Connection, number: str) -> SeenCase:
    """See the case of that number. Raises NotThere for none of theirs, EarlyAnswer for a proof first."""
    if (seen := see(con, asking.session, number, asking.now)) is None:
        asking.wrong.append(number)
        raise NotThere
    if (seen.case.restricted or seen.case.locked) and not asking.signed_in.has_just_proved(asking.now):
        check = f"/check?to={quote(reading.act_address(seen.case))}"
        raise EarlyAnswer(not_lost(asking.config, asking.form, "proved", check) or led_to(check))
    return seen


# What is answered.


def _show_page(asking: DeskRequest, page: CasePage) -> Response:
    return asking.render("case.html", page="", view=page)


def _page(con: Connection, seen: SeenCase, act: str, given: Mapping[str, str]) -> CasePage:
    """One question, or one step as a page of its own; no decision to whoever may not decide."""
    if act in reading.PAGES_BESIDE:
        return reading.act_page(con, seen, act, given)
    form = step_question(STEPS[act], given, seen)
    if form.act == StepKind.DECIDED and not may_decide(seen):
        return reading.frame_page(seen, form.heading)
    return replace(reading.frame_page(seen, form.heading), forms=(replace(form, heading=""),))


def _now(asking: DeskRequest, seen: SeenCase) -> SeenCase | None:
    with asking.store.open_reader() as con:
        return see(con, seen.session, seen.case.number, asking.now)


def _show_done(asking: DeskRequest, seen: SeenCase, more: str = "", *, looked: bool = False) -> Response:
    """Show the case and what was recorded or seen; where it is theirs no more, that there is nothing."""
    with asking.store.open_reader() as con:
        now = see(con, seen.session, seen.case.number, asking.now)
        if now is None:
            raise NotThere
        page = _with_decision(reading.case_page(con, now, said := asking.form["decision"]), said)
        told = reading.last_look_words(now, page) if looked else f"{now.w('ladder.recorded')} {more}".rstrip()
        return _show_page(asking, replace(page, told=told))


def _with_decision(page: CasePage, said: str) -> CasePage:
    """The page with the decision that waits until it is said what the post is, going along."""
    given, stated = {"decision": said} if said else {}, StepKind.STAFF_POST
    along = (replace(f, hidden=(*f.hidden, *given.items())) if f.act == stated else f for f in page.forms)
    return replace(page, forms=tuple(along))


def _show_failed(
    asking: DeskRequest, seen: SeenCase, act: str, said: str, no: Refused | None = None,
    asks: AskedField | None = None,
) -> Response:  # fmt: skip
    """Show the form's page again as filled in, why nothing came of it, and what it `asks` besides."""
    with asking.store.open_reader() as con:
        page = _page(con, seen, act, asking.form)
    do, forms = asking.form["do"], tuple(refill_form(form, asking.form) for form in page.forms)
    if asks is not None:
        forms = tuple(
            replace(form, fields=(*form.fields, asks)) if do in [v for _, v, _ in form.buttons] else form
            for form in forms
        )
    there = {field.name for form in forms for field in (*form.fields, *form.more)}
    lost = {name: given for name, given in asking.form.items() if name not in there}
    page = replace(page, forms=forms, told=said, wrong=True, typed=tuple(typed_words(lost)))
    if no is not None:
        page = replace(page, remedy=no.wanted, remedy_leads=reading.remedy_leads(no, seen))
    return _show_page(asking, page)


def _not_said(asking: DeskRequest, seen: SeenCase, act: str, missing: NotSaid) -> Response:
    name, *more = missing.args
    said, asks = seen.w("ladder.copy.no_letter" if name == COPY else "ladder.not_said"), None
    if name == INSIDE:
        said, asks = seen.w("tell.wrong.inside"), inside_field(more[0], seen.w)
    elif more and more[0] > 1:
        said = seen.w("ladder.why_short", n=more[0])
    return _show_failed(asking, seen, act, said, asks=asks)


def _came(asking: DeskRequest, seen: SeenCase, act: str, done: Done[Any] | Refused) -> Response:
    """The page after an act: what it made, or why it was refused."""
    if isinstance(done, Refused):
        return _show_failed(asking, seen, act, done.reason, done)
    by_itself = act in (WHAT, "ask", StepKind.ASKED, StepKind.COPY_FOUND)
    return _show_done(asking, seen, _by_itself(asking, seen) if by_itself else "", looked=act == "gone")


# What is done.


def _record_reading(asking: DeskRequest, seen: SeenCase) -> None:
    if seen.unread and seen.whole:
        with asking.store.write("reading a restricted matter") as con:
            record_read(con, seen.case, person=seen.me, reason=seen.w("ladder.read_why"), now=asking.now)


def _record(asking: DeskRequest, seen: SeenCase) -> Response:
    """Takes the steps of a form, all or none; refused, it stands there again with what bars it."""
    act, form = asking.query["act"], asking.form
    events = new_events(form, seen) if act == WHAT else (event_from_form(STEPS[act], form, seen),)
    given = events, asking.now, _copy(asking, seen, events[-1])
    return _came(
        asking, seen, act, take_steps(seen.session, seen.case.number, *given, made_from=seen.case.steps)
    )


def _copy(asking: DeskRequest, seen: SeenCase, event: Event) -> LetterCopy | None:
    """Return the copy of what was sent or came back. Raises NotSaid for no letter, or one not to keep."""
    said = event.said
    if not isinstance(said, Asked | Answered) or said.rung.spec.is_spoken(said.way or ""):
        return None
    if not (asking.files or asking.cut):
        return None if isinstance(said, Answered) and said.way is None else NO_COPY
    inside = asking.form.get(INSIDE, PictureShows.NO)
    safe = seen.pictures and {asking.form["shows"], inside} == {PictureShows.NO}
    copy = copy_of(asking.files[0], event.kind, seen.file.steps) if safe and asking.files else None
    if copy is None:
        raise NotSaid(COPY)
    within = names_within(asking.files[:1], asking.names, seen.w)
    if within and INSIDE not in asking.form:
        raise NotSaid(INSIDE, within)
    return copy


def _by_itself(asking: DeskRequest, seen: SeenCase) -> str:
    """Keep the page, and look up its host where wanted next; say what failed."""
    now, failed = _now(asking, seen), []
    if now is None or not now.whole or now.unread:
        return ""
    sought = now.case.decision == Decision.SEEK and not now.case.hosting
    wants_host = sought and channel(now.case.channel).has_operator
    for act, wanted in (("keep", reading.keeps_page(now)), ("host", wants_host)):
        try:
            if wanted and act == "keep":
                from monitor.act.capture import CaptureOptions, approve_capture, capture  # it loads archivers

                options = CaptureOptions()
                if isinstance(
                    found := approve_capture(now.session, now.case.number, options, asking.now), Done
                ):
                    with wiring.fetcher(now.session.config) as fetch:
                        capture(now.session, found.made, options, None, fetch, utc_now)
            elif wanted:
                find_host(now.session, now.case.number, now.w("ladder.read_why"), asking.now)
        except Exception as error:  # noqa: BLE001 - an edge: what somebody said is recorded, whatever this does
            log.warning("page=case by itself=%s fault=%s", act, type(error).__name__)
            failed.append(now.w(f"ladder.failed_{act}"))
    return " ".join(failed)


def _ask(asking: DeskRequest, seen: SeenCase) -> Response:
    """Shows the letter with what was typed, hands it out as a file, or records that it was sent."""
    form, do, kind = asking.form, asking.form["do"], reading.letter_named(asking.form["letter"])
    if kind is None:
        return _show_failed(asking, seen, "ask", seen.w("ladder.not_said"))
    facts, number = reading.facts_in(form), seen.case.number
    if (ending := f".{do}") in (".eml", ".pdf"):
        drafted = draft_letter(seen.session, number, kind, facts, asking.now)
        if isinstance(drafted, Refused):
            return _show_failed(asking, seen, "ask", drafted.reason, drafted)
        return file_to_save(drafted.made[ending], f"{number}-{kind.value}{ending}")
    if do == "draft":
        _record_reading(asking, seen)
        with suppress(StoreError):  # kept for another day where that can be
            type_letter(seen.session, number, kind, facts, asking.now)
        with asking.store.open_reader() as con:
            read = see(con, seen.session, number, asking.now, read=True) or seen
            return _show_page(asking, reading.act_page(con, read, "ask", form))
    rung = next((rung for rung in Rung if rung.value == form["rung"]), None)
    way = form["kind"]
    if do != "sent" or rung is None or kind.value not in rung.spec.letters_of(way):
        return _show_failed(asking, seen, "ask", seen.w("ladder.not_said"))
    to, reference = (form[name].strip() for name in ("channel", "reference"))
    asked = Asked(
        rung=rung, way=way, channel=to, reference=reference,
        imminent=False if rung.spec.emergency else None,
    )  # fmt: skip
    sent = "\n".join(form["sent"].splitlines()).strip()
    done = send_letter(
        seen.session, number, kind, facts, asked, asking.now, words=sent,
        why=form["why"].strip(), made_from=seen.case.steps,
    )  # fmt: skip
    return _came(asking, seen, "ask", done)


def _keep(asking: DeskRequest, seen: SeenCase) -> Response:
    """Keep the page as it is now, or files: none of a child undressed, no picture where none may be."""
    from monitor.act.capture import CaptureOptions, approve_capture, capture  # it loads archivers

    form, do = asking.form, asking.form["do"]
    options = CaptureOptions(form["why"].strip(), pictures=do == "pictures")
    found = approve_capture(seen.session, seen.case.number, options, asking.now)
    if isinstance(found, Refused):
        return _show_failed(asking, seen, "keep", found.reason, found)
    supplied = _read_supplied(asking, seen, found.made) if do in ("picture", "attachment") else None
    if isinstance(supplied, str):
        return _show_failed(asking, seen, "keep", supplied)
    with wiring.fetcher(seen.session.config) as fetch:
        kept = capture(seen.session, found.made, options, supplied, fetch, utc_now)
    if isinstance(kept, Refused):
        return _show_failed(asking, seen, "keep", kept.reason, kept)
    if isinstance(kept.made, FetchFailure) or not kept.made.counts:
        return _show_failed(asking, _now(asking, seen) or seen, "keep", seen.w("ladder.evidence.wall"))
    return _show_done(asking, seen)


def _read_supplied(asking: DeskRequest, seen: SeenCase, found: Approved) -> Supplied | str:
    """Return what somebody brings; or why it is not kept. Nothing is opened before a person has said what it
    does not show. Raises NotSaid where that is not said of what lies within it."""
    from monitor.act.capture import Supplied  # as above

    form, w, config, do = asking.form, seen.w, seen.session.config, asking.form["do"]
    try:
        known = read_post_facts(form, config.people, asking.now, config.zone)
    except InputError:
        return w("tell.wrong.seen_at")
    shows = {form["shows"], form.get(INSIDE, PictureShows.NO)}
    if shows & {PictureShows.YES, PictureShows.NOT_SURE}:
        if asking.form["do"] == "attachment":
            config, store = seen.session.config, asking.store
            there = keeping.case_enclosures(seen.session, seen.case)
            intake = wiring.make_intake(config, Paths(store.home, config.path), store)
            keeping.tell_of_child_image(seen.session, seen.case, found.post, there, intake, asking.now)
        return seen.w("ladder.evidence.barred")
    if shows != {PictureShows.NO} or (do == "picture" and not asking.files):
        return w("ladder.evidence.no_picture")
    if found.words_alone and form["words_alone"] != "yes":
        return w("ladder.evidence.words_file")
    files, names = asking.files, asking.names
    if do == "attachment":
        with wiring.fetcher(config) as fetch:
            files = keeping.fetch_enclosures(keeping.case_enclosures(seen.session, seen.case), fetch)
        known, names = replace(known, came=HowItCame.EMAIL.value), ()
    if faults := file_faults(files, names, w):
        return " ".join(faults)
    within = names_within(files, names, w)
    if within and INSIDE not in form:
        raise NotSaid(INSIDE, within)
    return Supplied(files, known)


def _look(asking: DeskRequest, seen: SeenCase) -> Response:
    """Looks whether it is there still, or records what somebody saw."""
    if asking.form["do"] == "look":
        with wiring.fetcher(seen.session.config) as fetch:
            return _came(asking, seen, "gone", look_again(seen.session, seen.case.number, fetch, utc_now))
    saw, why = asking.form["result"], asking.form["why"].strip()
    if saw not in [check.value for check in Check] or not why:
        raise NotSaid("result")
    given, signed_in = (Check(saw), why, None, asking.now), "signed_in-yes" in asking.form
    done = record_look(seen.session, seen.case.number, *given, signed_in=signed_in)
    return _came(asking, seen, "gone", done)


def _find(asking: DeskRequest, seen: SeenCase) -> Response:
    done = find_host(seen.session, seen.case.number, seen.w("ladder.read_why"), asking.now)
    return _came(asking, seen, "host", done)


def _pack(asking: DeskRequest, seen: SeenCase) -> Response:
    """Makes the exhibits for somebody, records that, and hands over the ZIP."""
    form, why = asking.form, asking.form["why"].strip()
    to = next((r for r in Recipient if r.value == form["to"]), None)
    if to is None:
        raise NotSaid("to")
    wanted = packing.PackRequest(seen.case, seen.session.person, to, form["chronology"] == "yes")
    packing.refuse_reading(seen.session, wanted, why)
    vault = Vault(asking.store.evidence)
    with asking.store.open_reader() as con:
        no = packing.pack_refusal(con, wanted)
        facts = None if no else packing.gather_pack(con, seen.session.context, wanted, vault, asking.now)
    if no is None and facts is not None:
        packed = packing.make_pack(facts)
        no = packing.hand_out(seen.session, wanted, packed, why, asking.now)
    if no is not None:
        return _came(asking, seen, "pack", Refused(no.guard, no.said, no.remedy))
    return file_to_save(packed.zip, f"{packed.name}.zip")


_DOES = {"keep": _keep, "ask": _ask, "gone": _look, "host": _find, "pack": _pack}
"""What the form of a page does beside taking its steps."""
