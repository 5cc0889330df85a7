"""Tell us what you saw: the questions of the door, one a page, then what is handed in, as by `report-in`.

What was answered goes along in the form, and all of it is looked at anew in the end. Whoever brings something
is told its number and how far it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from starlette.responses import Response

from alerts.access.offices import gives_day_code
from alerts.layout.note import line
from alerts.wording.verdicts import channel_name
from data.effects import Clock
from data.errors import InputError
from data.evidence.handed_in import Danger, PictureShows, SaidOfPost, Says, Whom
from data.people import people_of
from data.store.engine.connect import Connection
from data.types import Person, School
from data.web.channels import CHANNELS, ELSEWHERE, place_of
from data.words.say import Words, words
from monitor.act.report_in import (
    NotYetTaken,
    check_address,
    checked_report,
    is_barred,
    is_sending,
    report_in,
    said_at_door,
    state_for,
)
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.desk import session
from monitor.desk.page import led_to, plain, shown
from monitor.desk.picture import Reads
from monitor.desk.ring import ToRing, ring_lines
from monitor.desk.routes import DeskRequest
from monitor.home import wiring
from monitor.matters.reader import Reader
from monitor.pipeline.intake import is_kept_apart
from monitor.pipeline.judges import Judges
from monitor.pipeline.sighting import Report, checked_url
from monitor.pipeline.spool import Kept
from monitor.pipeline.supplied import media_type

log = logging.getLogger("schoolgate.desk")
_UNKNOWN, _LAST = "unknown", "what"
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "danger": (*Danger, _UNKNOWN),
    "who": ("child", "staff", "school", _UNKNOWN),
    "about": tuple(Whom),
    "picture": (PictureShows.NO, PictureShows.YES, PictureShows.NOT_SURE),
}
_STEPS = ("school", *_CHOICES)
_TYPED = ("url", "place", "words", "shown_by", "name")
_NAME = 80
_MOST_TOLD, _TOLD_FOR = 20, timedelta(days=35)
"""So many numbers, and so long, a browser may ask for that handed them in by the code of the day."""
_PLACES = tuple(key for key, row in CHANNELS.items() if key != ELSEWHERE and not row.press)


Judged = Callable[[Config, Path], "Judges"]
"""Gives what judges what is handed in."""


@dataclass(frozen=True, slots=True)
class TellView:
    """One page: which question (`step`), what may be chosen, `names` among them; what goes along; what was
    answered so far, each by its question; whom to ring. `reads`: the words on a picture can be read;
    `proposed`: they were. `wrong` is why it is shown again, "" where it is not.
    """

    step: str
    wrong: str
    choices: Sequence[tuple[str, str]]
    names: Sequence[tuple[str, str]]
    chosen: str
    hidden: Mapping[str, str]
    typed: Mapping[str, str]
    so_far: Sequence[tuple[str, str]]
    barred: bool
    ring: Sequence[ToRing]
    gives_code: bool
    reads: bool = False
    proposed: bool = False


def show(asking: DeskRequest, con: Connection) -> Response:
    """The first question."""
    answers = _answers(asking)
    return _page(asking, answers, _open(answers) or _LAST)


def take(clock: Clock, judged: Judged, reads: Reads | None, asking: DeskRequest) -> Response:
    """The next question, or one that is to be answered anew; in the end it is handed in."""
    answers, form = _answers(asking), asking.form
    to = form.get("to", "")
    step = to if to in answers else _open(answers) or _LAST
    if asking.cut:
        return _page(asking, answers, step, "too_large", reads)
    if step == _LAST and form.get("do") == "read" and reads:
        return _propose(asking, answers, judged, reads, "no_picture")
    if step == _LAST and form.get("do") == "hand_in":
        return _hand_in(asking, answers, clock, judged, reads)
    wrong = "choose" if form.get("step") == step != to and step != _LAST else ""
    return _page(asking, answers, step, wrong, reads)


def show_state(asking: DeskRequest, con: Connection) -> Response:
    """The number of what was handed in, and how far it is: nothing else."""
    who, config, number = asking.signed_in, asking.context.config, asking.query.get("number", "").strip()
    reader = Reader(config, asking.store, None if who.is_guest else who.person)
    here = who.schools if not who.is_guest or _proof(asking, number) in _told(asking) else ()
    home, guest = asking.context.home, who.is_guest
    states = (state_for(con, reader, home, s.urn, number, theirs=guest) for s in here)
    state = next((found for found in states if found is not None), None)
    if state is None:
        asking.wrong.extend(filter(None, [number]))
        return plain(asking.context.config, "nothing", 404)
    sends = is_sending(con, config, asking.now)
    return _shown_state(asking, number, state.name.lower(), sends=sends)


def _shown_state(
    asking: DeskRequest, number: str, state: str, status: int = 200, *, sends: bool = False
) -> Response:
    answered = _answers(asking)
    ring = _ring(asking, answered)
    who, language = asking.signed_in, asking.language
    picture = answered.get("picture") or asking.query.get("picture")
    barred = picture in (PictureShows.YES, PictureShows.NOT_SURE)
    given = {"number": number, "state": state, "sends": sends, "ring": ring, "barred": barred}
    return shown("tell_state.html", language, status, who=who, page="tell", **given)


def _school(asking: DeskRequest, answers: Mapping[str, str]) -> School:
    here = asking.signed_in.schools
    return next((s for s in here if s.urn == answers.get("school")), here[0])


def _people(asking: DeskRequest, school: School) -> tuple[Person, ...]:
    """People who may be named, by those who are named themselves."""
    return () if asking.signed_in.is_guest else people_of(school, asking.context.config.people)


def _answers(asking: DeskRequest) -> dict[str, str]:
    """What was answered, as far as it is an answer."""
    here, form = [s.urn for s in asking.signed_in.schools], asking.form
    found = {step: form[step] for step, known in _CHOICES.items() if form.get(step) in known}
    if len(here) == 1 or form.get("school") in here:
        found["school"] = form["school"] if len(here) > 1 else here[0]
    ids = [p.id for p in _people(asking, _school(asking, found))]
    named = next((i for i in (form.get("named"), form.get("who")) if i in ids), None)
    if found.get("danger") not in (Danger.NOW, Danger.SOON):
        found.pop("who", None)
    elif named is not None and form.get("who") not in ("child", "school"):
        found["who"] = named
    return found


def _open(answers: Mapping[str, str]) -> str | None:
    """The first question that has no answer yet."""
    asked = [s for s in _STEPS if s != "who" or answers.get("danger") in (Danger.NOW, Danger.SOON)]
    return next((step for step in asked if step not in answers), None)


def _propose(
    asking: DeskRequest, answers: Mapping[str, str], judged: Judged, reads: Reads, wrong: str
) -> Response:
    """The page with the words read from a picture; else with what is `wrong` where there is none to read."""
    says, typed = _says(asking, answers), asking.form.get("words", "").strip()
    if is_barred(says) or not asking.file:
        return _page(asking, answers, _LAST, wrong, reads)
    if not media_type(asking.file)[0].startswith("image/"):
        return _page(asking, answers, _LAST, "not_image", reads)
    found = "" if _is_apart(asking, answers, judged, typed) else reads(asking.file)
    proposed = typed if found in typed else f"{typed}\n\n{found}".strip()
    if not found or _is_apart(asking, answers, judged, proposed):
        return _page(asking, answers, _LAST, "unread", reads)
    shown_again = replace(asking, form={**asking.form, "words": proposed})
    return _page(shown_again, answers, _LAST, "", reads, proposed=True)


def _is_apart(asking: DeskRequest, answers: Mapping[str, str], judged: Judged, said: str) -> bool:
    """Is it child protection or extremism, by these words and what was answered?"""
    context, says = asking.context, _says(asking, answers)
    report = Report(said, "", ELSEWHERE, None, None, asking.now, says=says)
    home = Paths(context.home, context.config.path)
    intake = wiring.intake(context.config, home, asking.store, judged)
    return is_kept_apart(Kept(report, answers["school"], None, asking.now), intake)


def _hand_in(
    asking: DeskRequest, answers: Mapping[str, str], clock: Clock, judged: Judged, reads: Reads | None
) -> Response:
    report = _report(asking, answers)
    if report == "nothing" and reads:
        return _propose(asking, answers, judged, reads, report)
    if isinstance(report, str):
        return _page(asking, answers, _LAST, report, reads)
    context = asking.context
    kept, home = Kept(report, answers["school"], None, asking.now), Paths(context.home, context.config.path)
    content = asking.file if report.handed.file_at else None
    try:
        done = report_in(context.config, home, kept, content, clock, judged)
    except NotYetTaken as failed:
        log.error("page=tell fault=%s", type(failed.fault).__name__)
        return _shown_state(asking, failed.number, "waiting" if failed.path else "lost", 503)
    barred = {"picture": answers["picture"]} if is_barred(report.says) else {}
    answer = led_to(f"/tell/state?{urlencode({**barred, 'number': done.made.number})}")
    if asking.signed_in.is_guest:
        told = ".".join((_proof(asking, done.made.number), *_told(asking)[: _MOST_TOLD - 1]))
        life = int(_TOLD_FOR.total_seconds())
        session.set_cookie(answer, context.links.base_url, "told", told, life)
    return answer


def _told(asking: DeskRequest) -> list[str]:
    """What shows which numbers were handed in from this browser, by the code of the day."""
    return asking.kept.get("told", "").split(".")


def _proof(asking: DeskRequest, number: str) -> str:
    return asking.context.links.keyed("told", number).hex()[:32]


def _report(asking: DeskRequest, answers: Mapping[str, str]) -> Report | str:
    """What is handed in; or why it cannot be, by the key of what is said then."""
    says, form = _says(asking, answers), asking.form
    barred, url, name = is_barred(says), _address(form.get("url", "")), _name(asking)
    if not name:
        return "name"
    if wrong := _wrong_address(asking, url, answers["school"], barred=barred):
        return wrong
    if asking.file and not barred and not media_type(asking.file)[0].startswith("image/"):
        return "not_image"
    person, said = asking.signed_in.person, form.get("words", "").replace("\r\n", "\n").strip()
    place = form["place"] if form.get("place") in _PLACES else ELSEWHERE
    report = Report(
        "" if barred else said,
        url,
        place_of(ELSEWHERE if barred else place, url),
        None,
        name,
        asking.now,
        school_named=len(asking.signed_in.schools) > 1,
        handed=SaidOfPost() if barred else _handed(asking),
        by=None if asking.signed_in.is_guest else person.id,
        says=says,
    )
    try:
        return checked_report(report, None)
    except InputError:
        return "nothing"


def _says(asking: DeskRequest, answers: Mapping[str, str]) -> Says:
    """What was answered at the door; what is not known was not said."""
    known = {step: value for step, value in answers.items() if value != _UNKNOWN}
    people = _people(asking, _school(asking, answers))
    says = said_at_door(known.get("danger"), known.get("who"), known.get("about"), people)
    return replace(says, picture=PictureShows(answers["picture"]))


def _handed(asking: DeskRequest) -> SaidOfPost:
    """What is known of it beside its words: who brought it, who showed them, and with whom its picture is."""
    who, by = asking.signed_in, asking.form.get("shown_by", "").strip() or None
    name = _name(asking)
    at = words(asking.language)("desk.tell.with", name=name) if asking.file else ""
    now = f"{asking.now:%Y-%m-%dT%H:%M:%SZ}"
    return SaidOfPost(
        seen_at=now, seen_by=name if who.is_guest else who.person.id, supplied_by=by, file_at=at
    )


def _name(asking: DeskRequest) -> str:
    """The name of who brings it; by the code of the day, what they call themselves, "" for nothing."""
    typed = line(asking.form.get("name", ""))[:_NAME]
    if not asking.signed_in.is_guest:
        return asking.signed_in.person.name
    return words(asking.language)("desk.day_code.says", name=typed) if typed else ""


def _address(typed: str) -> str:
    """As a person copies or types it, often without how it begins."""
    url = typed.strip()
    return f"https://{url}" if url and "://" not in url and "." in url and " " not in url else url


def _wrong_address(asking: DeskRequest, url: str, urn: str, *, barred: bool) -> str:
    try:
        checked_url(url)
    except InputError:
        return "address"
    try:
        check_address(url, settings=asking.context.config, urn=urn, any_account=barred)
    except InputError:
        return "profile"
    return ""


def _page(
    asking: DeskRequest,
    answers: Mapping[str, str],
    step: str,
    wrong: str = "",
    reads: Reads | None = None,
    *,
    proposed: bool = False,
) -> Response:
    view = replace(load(asking, answers, step, wrong), reads=reads is not None, proposed=proposed)
    return shown("tell.html", asking.language, who=asking.signed_in, page="tell", view=view)


def load(asking: DeskRequest, answers: Mapping[str, str], step: str, wrong: str) -> TellView:
    """What the page of one question says."""
    w, school = words(asking.language), _school(asking, answers)
    several = len(asking.signed_in.schools) > 1
    typed = {name: asking.form.get(name, "") for name in _TYPED}
    along = {name: value for name, value in answers.items() if name != step and (name != "school" or several)}
    barred = answers.get("picture") in (PictureShows.YES, PictureShows.NOT_SURE)
    before = [s for s in _STEPS if s in along]
    return TellView(
        step,
        wrong,
        _choices(asking, step, w),
        [(p.id, p.name) for p in _people(asking, school)] if step == "who" else (),
        answers.get(step, ""),
        along if step == _LAST else along | {name: value for name, value in typed.items() if value},
        typed,
        [(s, _in_words(asking, s, answers[s], w)) for s in before],
        barred,
        _ring(asking, answers),
        gives_day_code(asking.signed_in.person),
    )


def _choices(asking: DeskRequest, step: str, w: Words) -> list[tuple[str, str]]:
    if step == _LAST:
        return sorted(((key, channel_name(key, w)) for key in _PLACES), key=lambda each: each[1].casefold())
    if step == "school":
        return [(s.urn, s.name) for s in asking.signed_in.schools]
    return [(value, _said(step, value, w)) for value in _CHOICES[step]]


def _said(step: str, value: str, w: Words) -> str:
    return w(f"desk.tell.answer.{step}.{value.replace('-', '_')}")


def _in_words(asking: DeskRequest, step: str, value: str, w: Words) -> str:
    """An answer as it was chosen: somebody by their name."""
    if value in _CHOICES.get(step, ()):
        return _said(step, value, w)
    named = {s.urn: s.name for s in asking.signed_in.schools}
    return (named | {p.id: p.name for p in asking.context.config.people})[value]


def _ring(asking: DeskRequest, answers: Mapping[str, str]) -> list[ToRing]:
    """To who came by the code of the day an office and its number: they may be anybody."""
    w, config, school = words(asking.language), asking.context.config, _school(asking, answers)
    about, who = Whom(answers["about"]) if "about" in answers else None, asking.signed_in
    lines = ring_lines(config, school, about, w, who.person, named=not who.is_guest)
    return [ToRing(w("desk.tell.ring.now")), *lines]
