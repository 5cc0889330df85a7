"""Tell us what you saw: the questions of the door, one a page, then whom it is about, words and files.

The first answers go along in the address, so that Back works, and name nobody. Each file, also within an
email or a PDF, is asked about before it is opened (UKCIS guidance on sharing nudes, March 2024). From a
matter whose post came by mail its id goes along as `mail`."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from threading import Lock
from urllib.parse import urlencode

from segno import make_qr
from starlette.responses import Response

from alerts.access.guidance import office_named
from alerts.access.offices import gives_day_code
from alerts.layout.note import clean_line
from alerts.wording.matters import channel_name
from data.effects import Clock
from data.errors import InputError, SchoolgateError
from data.evidence.handed_in import (
    FILE_TEXT,
    Danger,
    HowItCame,
    PictureShows,
    SaidOfPost,
    Says,
    Whom,
    text_of,
)
from data.frozen import freeze
from data.letters import plain_address
from data.people import people_of
from data.register.calendar import read_moment
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.store.stories import Enclosures
from data.types import Person, School
from data.web.channels import CHANNELS, ELSEWHERE, place_said
from data.web.urls import visible
from data.words.say import Words
from monitor.act import joining, keeping
from monitor.act.report_in import (
    Judged,
    NotYetTaken,
    check_picture,
    choose_notice,
    hand_in_picture,
    is_barred,
    judge_image,
    report_in,
    state_for,
    wrong_address,
)
from monitor.config.home.paths import Paths
from monitor.config.model import MAILBOX
from monitor.desk import handing
from monitor.desk.page import (
    MOST_FILMS,
    DeskRequest,
    FormFields,
    file_to_save,
    led_to,
    plain_page,
    set_cookie,
)
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.matters.today import read_at_school
from monitor.pipeline.intake import is_kept_apart
from monitor.pipeline.supplied import Kept, Report, media_type, tells_place, words_within
from sources.capture.picture_words import words_on
from sources.parser_process import Bounds, ParserProcess

log = logging.getLogger("schoolgate.desk")
_UNKNOWN, _LAST = "unknown", "what"
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "danger": (*Danger, _UNKNOWN),
    "who": ("child", "staff", "school", _UNKNOWN),
    "about": tuple(Whom),
    "picture": (PictureShows.NO, PictureShows.YES, PictureShows.NOT_SURE),
}
_STEPS, _SOON = ("school", "danger", "picture"), (Danger.NOW, Danger.SOON)
"""What is asked one a page, and goes along in the address."""
_MORE = ("seen_by", "seen_at", "author", "posted")
_TYPED = ("url", "place", "words", "supplied_by", "name", "list", "fake", *_MORE)
_NAME, _SHORT = 80, 120
_MOST_TOLD, _TOLD_FOR = 20, timedelta(days=35)
"""So many numbers, and so long, a browser may ask for that handed them in by the code of the day."""
_PLACES = tuple(key for key, row in CHANNELS.items() if key != ELSEWHERE and not row.press)


def show_tell_page(reads: Reads | None, asking: DeskRequest, con: Connection) -> Response:
    """Show the first question that has no answer in the address, or one that is to be answered again."""
    return _ask(asking, _answers(asking), asking.query, reads)


def take_tell_form(
    clock: Clock, judged: Judged, reads: Reads | None, sent: handing.SentOnce, asking: DeskRequest
) -> Response:
    """Hand in what the last form brought; or ask what is still to be answered, or to be answered again."""
    answers, form = _answers(asking), asking.form
    if asking.cut:
        return _page(asking, answers, _open(answers) or _LAST, "too_large", reads)
    wanted = form["to"] if form["to"] in answers else _open(answers)
    if wanted is None and form["do"] in ("read", "hand_in", "hand_in_all"):
        if "about" not in answers or ("who" not in answers and answers["danger"] in _SOON):
            return _page(asking, answers, _LAST, "unanswered", reads)
        brought = _with_enclosed(asking, answers)
        if brought is None:
            return _page(asking, answers, _LAST, "mail", reads)
        asking = brought
        if form["do"] == "read":
            chosen = any(_is_picture(file) for file in asking.files)
            ask_again = partial(_page, asking, answers, _LAST, "unread" if chosen else "no_picture", reads)
            return _propose(asking, answers, judged, reads) or ask_again()
        return sent.answer(asking, lambda: _hand_in(asking, answers, clock, judged, reads))
    if not any(_typed_fields(asking, answers).values()):
        along = {name: answers[name] for name in _STEPS if name in answers}
        along |= {name: form[name] for name in ("to", "step", "mail") if name in form}
        return led_to(f"/tell?{urlencode(along)}")
    return _ask(asking, answers, form, reads)


def _find_enclosures(asking: DeskRequest, urn: str, *, to_fetch: bool) -> Enclosures | None:
    """Find what came with the mail that they were led here from; None where nothing did for them."""
    mail, who = asking.form["mail"], asking.signed_in
    if not mail or who.is_guest:
        return None
    with asking.store.open_reader() as con:
        return keeping.enclosed_for(con, asking.session, mail, urn, to_fetch=to_fetch)


def _with_enclosed(asking: DeskRequest, answers: Mapping[str, str]) -> DeskRequest | None:
    """Add the files of the mail, if said to show no child; None where they cannot be had."""
    if not asking.form["mail"] or is_barred(_says(asking, answers)):
        return asking
    found = _find_enclosures(asking, answers["school"], to_fetch=True)
    if found is None:
        return None
    try:
        with wiring.fetcher(asking.config) as fetch:
            files = keeping.fetch_enclosures(found, fetch)
    except InputError:
        return None
    return replace(asking, files=(*files, *asking.files), names=(*[""] * len(files), *asking.names))


def _ask(
    asking: DeskRequest, answers: Mapping[str, str], said: Mapping[str, str], reads: Reads | None
) -> Response:
    """The next question; why it is asked once more, where it was `said` to be answered and is not."""
    to = said.get("to", "")
    step = to if to in answers else _open(answers) or _LAST
    wrong = "choose" if said.get("step") == step not in (to, _LAST) else ""
    return _page(asking, answers, step, wrong, reads)


def show_state(asking: DeskRequest, con: Connection) -> Response:
    """The number of what was handed in, and how far it is: nothing else."""
    who, config, number = asking.signed_in, asking.config, asking.query["number"].strip()
    reader = Reader(config, asking.store, None if who.is_guest else who.person)
    here = who.schools if not who.is_guest or _proof(asking, number) in _shown_numbers(asking) else ()
    home, guest = asking.context.home, who.is_guest
    states = (state_for(con, reader, home, s.urn, number, theirs=guest) for s in here)
    state = next((found for found in states if found is not None), None)
    if state is None:
        asking.wrong.extend(filter(None, [number]))
        return plain_page(asking.config, "no_number", 404)
    sends = choose_notice(con, config, who.person, asking.now)
    return _shown_state(asking, number, state.name.lower(), sends=sends)


def _shown_state(
    asking: DeskRequest, number: str, state: str, status: int = 200, sends: str = ""
) -> Response:
    answered = _answers(asking)
    ring = _ring(asking, answered)
    picture = answered.get("picture") or asking.query["picture"]
    barred = picture in (PictureShows.YES, PictureShows.NOT_SURE)
    given = {"number": number, "state": state, "sends": sends, "ring": ring, "barred": barred}
    given["tells_place"] = "place" in asking.query
    return asking.render("tell_state.html", status, page="tell", **given)


def _school(asking: DeskRequest, answers: Mapping[str, str]) -> School:
    here = asking.signed_in.schools
    return next((s for s in here if s.urn == answers.get("school")), here[0])


def _people(asking: DeskRequest, school: School) -> tuple[Person, ...]:
    """People who may be named, by those who are named themselves."""
    return () if asking.signed_in.is_guest else people_of(school, asking.config.people)


def _answers(asking: DeskRequest) -> dict[str, str]:
    """Read what was answered, as far as it is an answer: in an address only the questions of the door."""
    here = [s.urn for s in asking.signed_in.schools]
    form = asking.form or FormFields({step: asking.query[step] for step in _STEPS if step in asking.query})
    found = {step: form[step] for step, known in _CHOICES.items() if form[step] in known}
    if len(here) == 1 or form["school"] in here:
        found["school"] = form["school"] if len(here) > 1 else here[0]
    if found.get("danger") not in _SOON:
        found.pop("who", None)
    elif form["who"] in [p.id for p in _people(asking, _school(asking, found))]:
        found["who"] = form["who"]
    return found


def _open(answers: Mapping[str, str]) -> str | None:
    return next((step for step in _STEPS if step not in answers), None)


def _typed_fields(asking: DeskRequest, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what the last form brought, by its fields: "" for what was left empty."""
    chosen = {name: answers.get(name, "") for name in ("who", "about")}
    return {name: asking.form[name] for name in _TYPED} | chosen


def _is_picture(file: bytes) -> bool:
    return media_type(file)[0].startswith("image/")


def _propose(
    asking: DeskRequest, answers: Mapping[str, str], judged: Judged, reads: Reads | None
) -> Response | None:
    """The page with the words read from a picture; None where there are none that may be read."""
    says, typed = _says(asking, answers), asking.form["words"].strip()
    picture = next(filter(_is_picture, asking.files), b"")
    if reads is None or is_barred(says) or not picture or _is_apart(asking, answers, judged, typed):
        return None
    found = reads(picture)
    proposed = typed if found in typed else f"{typed}\n\n{found}".strip()
    if not found or _is_apart(asking, answers, judged, proposed):
        return None
    shown_again = replace(asking, form=FormFields({**asking.form, "words": proposed}))
    return _page(shown_again, answers, _LAST, "", reads, proposed=True)


def _is_apart(asking: DeskRequest, answers: Mapping[str, str], judged: Judged, said: str) -> bool:
    """Is it child protection or extremism, by these words and what was answered?"""
    context, says = asking.context, _says(asking, answers)
    report = Report(said, "", ELSEWHERE, None, None, asking.now, says=says)
    home = Paths(context.home, context.config.path)
    intake = wiring.make_intake(context.config, home, asking.store, judged)
    return is_kept_apart(Kept(report, answers["school"], asking.now), intake)


def _hand_in(
    asking: DeskRequest, answers: Mapping[str, str], clock: Clock, judged: Judged, reads: Reads | None
) -> Response:
    """One report, with its files; or a list, each line of which is one. All that is to be asked of the files
    is asked at once: each time they must be chosen again."""
    barred, w, within, faults = is_barred(_says(asking, answers)), asking.w, [], []
    if not barred:
        within = handing.names_within(asking.files, asking.names, w)
        faults = handing.file_faults(asking.files, asking.names, w)
        shows = asking.form["inside"]
        if within and shows in (PictureShows.YES, PictureShows.NOT_SURE):
            return _page(asking, {**answers, "picture": shows}, _LAST, "inside_barred")
    given = _read_given(asking, barred=barred)
    ask_again = partial(_page, asking, answers, _LAST, reads=reads)
    first_asked = "inside" if within and shows != PictureShows.NO else ""
    if given.listed.strip() and not asking.signed_in.is_guest:
        if faults:
            return ask_again(first_asked, faults=faults)
        return _hand_in_list(asking, answers, given, clock, judged, first_asked)
    url = asking.form["url"].strip()
    unread = "" if given.words or url else _unread_words(given.files, w)
    report = _report(asking, answers, url, given.words or unread, given.files)
    if barred and (there := _find_enclosures(asking, answers["school"], to_fetch=False)):
        report = keeping.lying_there(there, asking.person.id, asking.now, _says(asking, answers))
    if not (given.words or url or faults) and (read := _propose(asking, answers, judged, reads)):
        return read
    if isinstance(report, str) or faults or first_asked:
        return ask_again(report if isinstance(report, str) else first_asked, faults=faults)
    context = asking.context
    kept = Kept(report, answers["school"], asking.now, files=given.files)
    home = Paths(context.home, context.config.path)
    try:
        done = report_in(context.config, home, kept, clock, judged)
    except NotYetTaken as failed:
        log.error("page=tell fault=%s", type(failed.fault).__name__)
        return _shown_state(asking, failed.number, "waiting" if failed.path else "lost", 503)
    said = {"picture": answers["picture"]} if is_barred(report.says) else {}
    said |= {"place": "told"} if any(map(tells_place, given.files)) else {}
    said |= {"school": kept.urn} if report.school_named else {}
    answer = led_to(f"/tell/state?{urlencode({**said, 'number': done.made.number})}")
    if asking.signed_in.is_guest:
        told = ".".join((_proof(asking, done.made.number), *_shown_numbers(asking)[: _MOST_TOLD - 1]))
        life = int(_TOLD_FOR.total_seconds())
        set_cookie(answer, context.links.base_url, "told", told, life)
    return answer


@freeze
class _Given:
    """The content of a form: its words with those of its texts and emails, the lines of a list, the files
    that are kept. A file that is a list is no more than its lines."""

    words: str
    listed: str
    files: tuple[bytes, ...]


def _read_given(asking: DeskRequest, *, barred: bool) -> _Given:
    form, listed = asking.form, asking.form["list"]
    if barred:
        return _Given("", listed, ())
    texts = [file for file in asking.files if media_type(file)[1] == ".txt" and not asking.signed_in.is_guest]
    lists = {file: text[0] for file in texts if (text := text_of(file)) and joining.is_list(text[0])}
    said = [form["words"], *(words_within(file) for file in asking.files if file not in lists)]
    words = "\n\n".join(filter(None, (each.replace("\r\n", "\n").strip() for each in said)))
    lines = "\n".join((*lists.values(), listed))
    return _Given(words, lines, tuple(file for file in asking.files if file not in lists))


def _unread_words(files: Sequence[bytes], w: Words) -> str:
    """Say in place of words which file came without any, the first of several; "" for none. The same file
    says the same each time, another file something else."""
    if not files:
        return ""
    said = w(f"tell.unread.{_kind_of(files[0])}", file=sha256(files[0]).hexdigest()[:8])
    return f"{FILE_TEXT} {said}"


def _kind_of(file: bytes) -> str:
    kind = media_type(file)[0].partition("/")[0]
    return kind if kind in ("image", "video", "audio") else "file"


def _hand_in_list(
    asking: DeskRequest, answers: Mapping[str, str], given: _Given, clock: Clock, judged: Judged, asked: str
) -> Response:
    """Hands in each line as a report of its own, beside what else was given; all of it is one matter. What is
    `asked` first, "" for nothing, is so with all else that is wrong."""
    context, urn, form = asking.context, answers["school"], asking.form
    asking = replace(asking, form=FormFields({**form, "list": given.listed}))
    ask_again = partial(_page, asking, answers, _LAST)
    reports: list[Report] = []
    if form["url"].strip() or given.words or given.files:
        first = _report(asking, answers, form["url"], given.words, given.files)
        if isinstance(first, str):
            return ask_again(first)
        reports.append(first)
    read = joining.read_list(given.listed, lambda url, said: _wrong_line(asking, answers, url, said))
    if len(read.lines) > joining.MOST_LINES:
        return ask_again("list_long")
    with asking.store.open_reader() as con:
        read, before = joining.without_known(con, read, urn, asking.person.id)
    turned = _turned_lines(asking, answers, read)
    if turned and form["do"] != "hand_in_all":
        return ask_again("turned", faults=turned)
    if asked:
        return ask_again(asked)
    wanted = read.of(joining.Becomes.RECORDED)
    made = (_report(asking, answers, line.address, line.words) for line in wanted)
    reports += [report for report in made if isinstance(report, Report)]
    kept, home = [], Paths(context.home, context.config.path)
    if reports:
        try:
            kept = joining.hand_in_list(
                context.config, home, reports, given.files, before, urn, clock, judged
            )
        except (SchoolgateError, OSError) as fault:
            log.error("page=tell fault=%s", type(fault).__name__)
            return ask_again("list_lost")
    w = asking.w
    refused = [(one, w(f"tell.line.{one.why}", n=one.first)) for one in read.of(joining.Becomes.REFUSED)]
    with asking.store.open_reader() as con:
        sends = choose_notice(con, context.config, asking.person, asking.now)
    view = {
        "recorded": [(one.number, visible((one.report.url or one.report.text)[:_SHORT])) for one in kept],
        "known": [visible(line.typed[:_SHORT]) for line in read.of(joining.Becomes.KNOWN)],
        "refused": refused,
        "again": "\n".join(line.typed for line, _ in refused),
        "hidden": answers,
        "sends": sends,
        "ring": _ring(asking, answers),
        "barred": is_barred(_says(asking, answers)),
    }
    return asking.render("tell_list.html", 201, page="tell", view=view)


def _wrong_line(asking: DeskRequest, answers: Mapping[str, str], url: str, said: str) -> str:
    report = _report(asking, answers, url, said)
    return report if isinstance(report, str) else ""


def _turned_lines(asking: DeskRequest, answers: Mapping[str, str], read: joining.ReadList) -> list[str]:
    """Say which lines may turn all of it past somebody, so that they can be handed in by themselves."""
    w, school = asking.w, _school(asking, answers)
    spoken = joining.speaking_of(read, school, asking.config.people)
    return [
        w(
            "tell.turned",
            lines=w.list_items([str(n) for n in ns]),
            office=office_named(role, school.nation, w),
        )
        for role, ns in spoken.items()
    ]


def _shown_numbers(asking: DeskRequest) -> list[str]:
    """Return what shows which numbers were handed in from this browser, by the code of the day."""
    return asking.kept["told"].split(".")


def _proof(asking: DeskRequest, number: str) -> str:
    return asking.links.keyed_hash("told", number).hex()[:32]


def _report(
    asking: DeskRequest, answers: Mapping[str, str], typed: str, said: str, files: Sequence[bytes] = ()
) -> Report | str:
    """Make the report of that address, words and `files`; or say why it cannot be, by a key."""
    says, form = _says(asking, answers), asking.form
    barred, url, name, config = is_barred(says), _clean_address(typed), _name(asking), asking.config
    if not name:
        return "name"
    any_account = barred or form["fake"] == "yes"
    if wrong := wrong_address(url, settings=config, urn=answers["school"], any_account=any_account):
        return wrong
    place = form["place"] if form["place"] in _PLACES else ELSEWHERE
    try:
        handed, seen = SaidOfPost() if barred else _known_of_post(asking, files), form["seen_at"]
        seen_at = read_moment(seen, asking.now, config.zone, past=True) if seen else asking.now
    except InputError:
        return "seen_at"
    report = Report(
        "" if barred else said,
        url,
        place_said(ELSEWHERE if barred else place, url),
        None if barred else handed.author,
        name,
        seen_at,
        school_named=len(asking.signed_in.schools) > 1,
        handed=handed,
        by=None if asking.signed_in.is_guest else asking.person.id,
        says=says,
    )
    try:
        return check_picture(report)
    except InputError:
        return "nothing"


def _says(asking: DeskRequest, answers: Mapping[str, str]) -> Says:
    known = {step: value for step, value in answers.items() if value != _UNKNOWN}
    return Says(
        Danger(known["danger"]) if "danger" in known else None,
        known.get("who", ""),
        Whom(known["about"]) if "about" in known else None,
        PictureShows(answers["picture"]),
    )


def _known_of_post(asking: DeskRequest, files: Sequence[bytes]) -> SaidOfPost:
    """Read who saw it, who showed it, who has its files. Raises InputError for a time that is none."""
    who, form, config = asking.signed_in, asking.form, asking.config
    here = () if who.is_guest else config.people
    typed = {name: form[name] for name in ("supplied_by", *_MORE)}
    typed |= {"came": HowItCame.EMAIL} if "mail" in form else {}
    known, name = handing.read_post_facts(typed, here, asking.now, config.zone), _name(asking)
    if not known.seen_by:
        now = f"{asking.now:%Y-%m-%dT%H:%M:%SZ}"
        known = replace(known, seen_by=name if who.is_guest else who.person.id, seen_at=known.seen_at or now)
    return replace(known, file_at=asking.w("desk.tell.with", name=name) if files else "")


def _name(asking: DeskRequest) -> str:
    """The name of who brings it; by the code of the day, what they call themselves, "" for nothing."""
    typed = clean_line(asking.form["name"])[:_NAME]
    if not asking.signed_in.is_guest:
        return asking.person.name
    return asking.w("desk.day_code.says", name=typed) if typed else ""


def _clean_address(typed: str) -> str:
    """Read it as a person copies or types it, often without how it begins."""
    url = plain_address(typed).strip()
    return f"https://{url}" if url and "://" not in url and "." in url and " " not in url else url


def _page(
    asking: DeskRequest, answers: Mapping[str, str], step: str, wrong: str = "", reads: Reads | None = None,
    *, proposed: bool = False, faults: Sequence[str] = (),
) -> Response:  # fmt: skip
    """Show the page of one question (`step`); the last form asks several things (`asked`), and names people.
    `reads`: words on a picture can be read, `proposed`: they were; `wrong` is why it is asked again, `faults`
    are of files or lines; `within` names files in what was chosen, to be asked about."""
    w, school, who = asking.w, _school(asking, answers), asking.signed_in
    several, last = len(who.schools) > 1, step == _LAST
    typed, before = _typed_fields(asking, answers), [s for s in _STEPS if s in answers and s != step]
    along = {name: answers[name] for name in before if name != "school" or several}
    whom = ["who"] if answers.get("danger") in _SOON else []
    mail = (asking.form or asking.query).get("mail")
    hidden = along if last else along | {n: value for n, value in typed.items() if value}
    barred = answers.get("picture") in (PictureShows.YES, PictureShows.NOT_SURE)
    view = {
        "step": step,
        "wrong": wrong,
        "choices": _choices(asking, step, w),
        "chosen": answers.get(step, ""),
        "asked": {name: _choices(asking, name, w) for name in (*whom, "about")} if last else {},
        "names": [(p.id, p.name) for p in _people(asking, school)],
        "hidden": hidden | ({"mail": mail} if mail else {}),
        "typed": typed,
        "has_more": any(typed[name] for name in _MORE),
        "so_far": [(s, dict(_choices(asking, s, w))[answers[s]]) for s in along],
        "barred": barred,
        "ring": _ring(asking, answers),
        "gives_code": gives_day_code(who.person),
        "again": bool(asking.form),
        "reads": reads is not None,
        "most": MOST_FILMS,
        "proposed": proposed,
        "faults": faults,
        "within": () if barred else handing.names_within(asking.files, asking.names, w),
    }
    return asking.render("tell.html", page="tell", view=view)


def _choices(asking: DeskRequest, step: str, w: Words) -> list[tuple[str, str]]:
    if step == _LAST:
        return sorted(((key, channel_name(key, w)) for key in _PLACES), key=lambda each: each[1].casefold())
    if step == "school":
        return [(s.urn, s.name) for s in asking.signed_in.schools]
    return [(value, w(f"desk.tell.answer.{step}.{value.replace('-', '_')}")) for value in _CHOICES[step]]


def _ring(asking: DeskRequest, answers: Mapping[str, str]) -> list[handing.ToRing]:
    """To who came by the code of the day an office and its number: they may be anybody. Until it is said at
    which of several schools it was, the first to ring at each."""
    w, who, at = asking.w, asking.signed_in, _school(asking, answers)
    about = Whom(answers["about"]) if "about" in answers else None
    lines = partial(handing.ring_lines, asking.config, w=w, me=who.person, named=not who.is_guest)
    of_each = [line for s in who.schools for line in lines(s, about)[:1]]
    return [handing.ToRing(w("desk.tell.ring.now")), *(lines(at, about) if "school" in answers else of_each)]


# What a safeguarding lead says afterwards of a picture: a file that was not taken shows nothing of the kind,
# or an image at an address does, or does not.

_WHY = 500
_TYPED_OF_PICTURE = ("number", "url", "why_file", "why_url")


def take_picture(clock: Clock, asking: DeskRequest) -> Response:
    """Keeps the file, or settles what was said of the address; a lead does so at each of their schools."""
    form, typed = asking.form, {name: asking.form[name].strip() for name in _TYPED_OF_PICTURE}
    do, home = form["do"], Paths(asking.context.home, asking.config.path)
    given, keeps = (asking.config, home, asking.person), do == "keep"
    of, why = (typed[name] for name in (("number", "why_file") if keeps else ("url", "why_url")))
    if keeps and asking.cut:
        return show_picture(asking, None, typed, "too_large")
    if keeps and (faults := handing.file_faults(asking.files, asking.names, asking.w)):
        return show_picture(asking, None, typed, faults=faults)
    if not (of and why and (len(asking.files) == 1 if keeps else do in ("shows", "nothing"))):
        return show_picture(asking, None, typed, "unsaid")
    done, no = False, None
    for school in asking.signed_in.schools:
        one: Done[str] | Done[int] | Refused
        if keeps:
            one = hand_in_picture(*given, (school.urn, of), asking.files[0], why[:_WHY], clock)
        else:
            one = judge_image(*given, (school.urn, of), why[:_WHY], asking.now, shows=do == "shows")
        if isinstance(one, Refused):
            no = one if no is None or no.guard == "one_post" else no
        else:
            done = True
        if keeps and done:
            break
    return show_picture(asking, done=do) if done else show_picture(asking, None, typed, refused=no)


def show_picture(
    asking: DeskRequest, comes: object = None, typed: Mapping[str, str] | None = None,
    wrong: str = "", *, done: str = "", refused: Refused | None = None, faults: Sequence[str] = (),
) -> Response:  # fmt: skip
    """Ask of which picture it is said."""
    asked = {"number": asking.query["number"][:16]} if comes else {}
    typed = dict.fromkeys(_TYPED_OF_PICTURE, "") | asked | dict(typed or {})
    view = {"wrong": wrong, "typed": typed, "done": done, "refused": refused, "faults": faults}
    return asking.render("tell_picture.html", page="school", **view)


# The ways by which a telephone brings what its owner sees in another program.


def show_phone_page(asking: DeskRequest, con: Connection) -> Response:
    """Show these ways; or give, to be saved, the addresses to which mail is forwarded (vCard, RFC 2426)."""
    cards = dict[str, str]()
    for school in asking.signed_in.schools:
        name = re.sub(r"([\\,;])", r"\\\1", asking.w("tell.phone.contact", school=school.name))
        for source in read_at_school(asking.config, school):
            address = str(source.settings.get("user") or source.url.partition("graph://")[2].strip("/"))
            if source.kind == MAILBOX and source.disabled is None and "@" in address:
                lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:{name};;;;", f"FN:{name}", f"EMAIL:{address}")
                cards.setdefault(address, "\r\n".join((*lines, "END:VCARD", "")))
    if "card" in asking.query:
        return file_to_save("".join(cards.values()).encode(), "schoolgate.vcf")
    squares = {address: make_qr(f"mailto:{address}").svg_inline(scale=5, light="white") for address in cards}
    return asking.render("tell_phone.html", page="tell", base=asking.links.base_url, squares=squares)


# The words of a screenshot, proposed to its bringer: read in a process of its own for each picture.

Reads = Callable[[bytes], str]
"""Gives the words on a picture, "" where there are none to propose."""
MOST_READ = 10_000
"""So many characters are taken from a picture: more words than a telephone shows."""
_WORK_S, _WHOLE_S, _MEMORY_MB = 12.0, 25.0, 512
"""Seconds of the processor, seconds by the clock, and the memory that a reading may take: three times the
seconds of a screenshot, and twice its memory."""
_TURN_S = 2.0


def picture_reader() -> Reads | None:
    """Return what reads the words on a picture; None without the extra `ocr`."""
    if find_spec("rapidocr") is None:
        return None
    return PictureReader(ParserProcess(time.monotonic, Bounds(_WORK_S, _WHOLE_S, _MEMORY_MB)))


class PictureReader:
    """Reads one picture at a time, and ends the process after each: nothing of it stays in memory. Nobody
    waits for more than a moment for somebody else's."""

    def __init__(self, apart: ParserProcess, turn_s: float = _TURN_S) -> None:
        self._apart, self._turn, self._turn_s = apart, Lock(), turn_s

    def __call__(self, content: bytes) -> str:
        """The words, a line each; "" where there are none, or they could not be read in time. What reads
        them saw a stranger's picture, so what it says is a stranger's too."""
        if not self._turn.acquire(timeout=self._turn_s):
            return ""
        try:
            return visible(self._apart(words_on, content)[:MOST_READ])[:MOST_READ].strip()
        except Exception as error:  # noqa: BLE001 - an edge: whatever a picture does to its reader
            log.warning("a picture was not read: fault=%s", type(error).__name__)
            return ""
        finally:
            self._apart.let_go(0.0)
            self._turn.release()
