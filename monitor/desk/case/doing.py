"""What the pages beside a case do: a letter is drafted or recorded as sent, evidence is kept, a look is
taken, exhibits are made. Each is an act of `monitor.act`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import Response

from alerts.access.knowing import Access
from alerts.letters.kinds import LetterKind
from alerts.pack.facts import Recipient
from data.cases import Event
from data.effects import utc_now
from data.errors import CaseMoved, InputError, SchoolgateError
from data.evidence.handed_in import FIELDS, HowItCame, PictureShows
from data.evidence.vault import Vault
from data.rungs import EMERGENCY, Rung
from data.steps.acts import Refused
from data.steps.asking import Asked
from data.steps.codes import Check, KeptLetter, StepKind
from data.store.cases.cases import steps as steps_of
from data.types import FetchFailure
from monitor.act.casework.evidence import enclosed, packing
from monitor.act.casework.evidence.letter_copies import LetterCopy
from monitor.act.letter import NotDrafted, draft_letter
from monitor.act.step import find_host, look_again, record_look, take_step
from monitor.config.home.paths import Paths
from monitor.desk.case.ladder import remedy_leads
from monitor.desk.case.page import CasePage, SeenCase, see
from monitor.desk.case.questions import ASKED_HERE, INSIDE, asks_within, question, refilled
from monitor.desk.case.reading import page_of
from monitor.desk.case.sides import SidePage, asks_for_letter, drafted_page, faults_words, side
from monitor.desk.handing import file_faults, names_within, said_of_post
from monitor.desk.page import plain, saved, shown, typed_in
from monitor.desk.routes import DeskRequest
from monitor.home import wiring
from monitor.home.wiring import Session
from monitor.pipeline.supplied import CaptureFile

if TYPE_CHECKING:
    from monitor.act.capture import Approved, Supplied

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


def record_rang(asking: DeskRequest, seen: SeenCase) -> Response:
    """Records that 999 was rung, for whoever may only know how far it is: that waits for nobody who reads."""
    event = Event(Asked(rung=EMERGENCY, imminent=True), seen.me, asking.form.get("why", "").strip())
    done = take_step(seen.session, seen.case.number, event, asking.now, least=Access.STATUS)
    if isinstance(done, Refused):
        return case_page(asking, replace(page_of(seen), told=done.reason, wrong=True))
    return done_page(asking, seen)


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


def beside(asking: DeskRequest, seen: SeenCase, act: str) -> Response:
    """What a page beside the case does; what fails is said there."""
    does = {"letters": _letter, "evidence": _keep, "look": _look, "host": _find, "pack": _pack}
    try:
        return does[act](asking, seen)
    except NotDrafted as more:
        return side_page(asking, asks_for_letter(seen, more.missing, _facts(asking.form)))
    except CaseMoved:
        return moved(asking, again(asking, seen), act)
    except packing.DoesNotHold as changed:
        return failed(asking, seen, act, faults_words(changed.n, seen.w))
    except SchoolgateError:
        return failed(asking, seen, act, seen.w("ladder.failed"))


def _facts(form: Mapping[str, str]) -> dict[str, str]:
    given = {
        name.removeprefix("fact_"): said.strip() for name, said in form.items() if name.startswith("fact_")
    }
    return {name: said for name, said in given.items() if said}


def _letter(asking: DeskRequest, seen: SeenCase) -> Response:
    form, do = asking.form, asking.form.get("do")
    kind = next((k for k in LetterKind if k.value == form.get("letter")), None)
    if kind is None:
        return failed(asking, seen, "letters", seen.w("ladder.not_said"))
    if do == "sent":
        return _sent(asking, seen, kind)
    facts = _facts(form)
    done = draft_letter(seen.session, seen.case.number, kind, facts, asking.now)
    if isinstance(done, Refused):
        return refused(asking, seen, "letters", done)
    if (ending := f".{do}") in (".eml", ".pdf"):
        return saved(done.made.files[ending], f"{seen.case.number}-{kind.value}{ending}")
    return side_page(asking, drafted_page(again(asking, seen), done.made.draft, facts))


def _sent(asking: DeskRequest, seen: SeenCase, kind: LetterKind) -> Response:
    """Records that a letter was sent, with its words as they went out."""
    form = asking.form
    asks = [rung for rung in Rung if kind.value in rung.spec.letters]
    rung = next((rung for rung in asks if rung.value == form.get("rung")), next(iter(asks), None))
    way = form.get("way", "").replace("plain", "")
    sent = "\n".join(form.get("sent", "").splitlines()).strip("\n") + "\n"
    if rung is None or (way and way not in rung.spec.kinds) or not sent.strip():
        return failed(asking, seen, "letters", seen.w("ladder.not_said"))
    file = CaptureFile("letter.txt", sent.encode(), "text/plain; charset=utf-8")
    with asking.store.read() as con:
        drafts = {
            sha
            for s in steps_of(con, seen.case.id)
            if s.kind is StepKind.LETTER
            for sha in getattr(s.said, "sha256", ())
        }
    kept = KeptLetter.AS_DRAFTED if file.sha256 in drafts else KeptLetter.AS_SENT
    copy = None if rung.spec.spoken(way) else LetterCopy(kept, (file,), kind.value)
    to, reference = (form.get(name, "").strip() for name in ("channel", "reference"))
    said = Asked(rung=rung, way=way, channel=to, reference=reference)
    event = Event(said, seen.me)
    done = take_step(seen.session, seen.case.number, event, asking.now, copy, made_from=seen.case.steps)
    return refused(asking, seen, "letters", done) if isinstance(done, Refused) else done_page(asking, seen)


def _keep(asking: DeskRequest, seen: SeenCase) -> Response:
    """Keeps the page as it is now, files that somebody brought or that came by mail, or what more is known:
    what may be of a child undressed is not kept, nor is a picture where none may be."""
    from monitor.act.capture import CaptureOptions, approve_capture, capture  # it loads archivers

    form, do = asking.form, asking.form.get("do", "")
    options = CaptureOptions(form.get("why", "").strip(), pictures=do == "pictures")
    found = approve_capture(seen.session, seen.case.number, options, asking.now)
    if isinstance(found, Refused):
        return refused(asking, seen, "evidence", found)
    supplied = _supplied(asking, seen, found.made) if do in ("picture", "attachment", "add") else None
    if isinstance(supplied, Response):
        return supplied
    with wiring.fetcher(seen.session.config) as fetch:
        kept = capture(seen.session, found.made, options, supplied, fetch, utc_now)
    if isinstance(kept, Refused):
        return refused(asking, seen, "evidence", kept)
    if isinstance(kept.made, FetchFailure) or not kept.made.counts:
        return failed(asking, again(asking, seen), "evidence", seen.w("ladder.evidence.wall"))
    return done_page(asking, seen)


def _supplied(asking: DeskRequest, seen: SeenCase, found: Approved) -> Supplied | Response:
    """What somebody brings or adds; or the page that says why it is not kept. Nothing is opened before a
    person has said what it does not show."""
    from monitor.act.capture import Supplied  # as above

    form, w, config, do = asking.form, seen.w, seen.session.config, asking.form.get("do")
    begins = "add_" if do == "add" else ""
    typed = {name: form.get(begins + name, "") for name in FIELDS}
    try:
        known = said_of_post(typed, config.people, asking.now, config.zone)
    except InputError:
        return failed(asking, seen, "evidence", w("tell.wrong.seen_at"))
    if do == "add":
        said = known.said and form.get("adds_to")
        return Supplied((), known, said) if said else failed(asking, seen, "evidence", w("ladder.not_said"))
    shows = {form.get("shows"), form.get(INSIDE, PictureShows.NO)}
    if shows & {PictureShows.YES, PictureShows.NOT_SURE}:
        return _barred(asking, seen, found)
    if shows != {PictureShows.NO} or (do == "picture" and not asking.files):
        return failed(asking, seen, "evidence", w("ladder.evidence.no_picture"))
    if found.words_alone and form.get("words_alone") != "yes":
        return failed(asking, seen, "evidence", w("ladder.evidence.words_file"))
    files, names = asking.files, asking.names
    if do == "attachment":
        with wiring.fetcher(config) as fetch:
            files = enclosed.fetched(enclosed.enclosed_with(seen.session, seen.case), fetch)
        known, names = replace(known, came=HowItCame.EMAIL.value), ()
    if faults := file_faults(files, names, w):
        return failed(asking, seen, "evidence", " ".join(faults))
    within = names_within(files, names, w)
    if within and INSIDE not in form:
        with asking.store.read() as con:
            page = side(con, seen, "evidence")
        page = replace(page, told=w("tell.wrong.inside"), wrong=True, typed=tuple(typed_in(form)))
        return side_page(asking, page.asking(do or "", asks_within(within, w)))
    return Supplied(files, known)


def _barred(asking: DeskRequest, seen: SeenCase, found: Approved) -> Response:
    """Nothing is kept; of what came by mail the safeguarding lead is told where it lies."""
    if asking.form.get("do") == "attachment":
        config, store = seen.session.config, asking.store
        there = enclosed.enclosed_with(seen.session, seen.case)
        intake = wiring.intake(config, Paths(store.home, config.path), store)
        enclosed.tell_of_child_image(seen.session, seen.case, found.post, there, intake, asking.now)
    return failed(asking, seen, "evidence", seen.w("ladder.evidence.barred"))


def _look(asking: DeskRequest, seen: SeenCase) -> Response:
    """Looks whether it is there still, or records what somebody saw."""
    if asking.form.get("do") == "look":
        with wiring.fetcher(seen.session.config) as fetch:
            done = look_again(seen.session, seen.case.number, fetch, utc_now)
    else:
        saw, why = asking.form.get("result", ""), asking.form.get("why", "").strip()
        if saw not in [check.value for check in Check] or not why:
            return failed(asking, seen, "look", seen.w("ladder.not_said"))
        signed_in = "signed_in-yes" in asking.form
        done = record_look(
            seen.session, seen.case.number, Check(saw), why, None, asking.now, signed_in=signed_in
        )
    return refused(asking, seen, "look", done) if isinstance(done, Refused) else done_page(asking, seen)


def _find(asking: DeskRequest, seen: SeenCase) -> Response:
    done = find_host(seen.session, seen.case.number, seen.w("ladder.read_why"), asking.now)
    return refused(asking, seen, "host", done) if isinstance(done, Refused) else done_page(asking, seen)


def _pack(asking: DeskRequest, seen: SeenCase) -> Response:
    """Makes the exhibits for somebody, records that, and hands over the ZIP."""
    form, why = asking.form, asking.form.get("why", "").strip()
    to = next((r for r in Recipient if r.value == form.get("to")), None)
    if to is None:
        return failed(asking, seen, "pack", seen.w("ladder.not_said"))
    wanted = packing.PackRequest(seen.case, seen.session.person, to, form.get("chronology") == "yes")
    packing.refuse_reading(seen.session, wanted, why)
    with asking.store.read() as con:
        no = packing.refusal(con, wanted)
        facts = (
            None
            if no
            else packing.gather(con, seen.session.context, wanted, Vault(asking.store.evidence), asking.now)
        )
    if no is None and facts is not None:
        packed = packing.make(facts)
        no = packing.hand_out(seen.session, wanted, packed, why, asking.now)
    if no is not None:
        return refused(asking, seen, "pack", Refused(no.guard, no.said, no.remedy))
    return saved(packed.zip, f"{packed.name}.zip")
