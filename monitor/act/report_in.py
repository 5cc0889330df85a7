"""A person reports what they saw: written down first, so that nothing that fails loses it, then judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from alerts.access.knowing import access, reads_whole
from alerts.access.matter import Matter, has_conflict, people_here
from alerts.access.offices import SAFEGUARDERS, holders
from classifiers.verdicts.verdict_reasons import passed_on
from data.content_class import BYPASSING
from data.effects import Clock
from data.errors import InputError
from data.evidence.handed_in import PictureShows, ReportState, Says, Whom
from data.evidence.vault import Vault
from data.steps.acts import Done, Refused
from data.steps.codes import BypassRoute, EvidenceKind
from data.store import alerts as alert_store
from data.store import mentions as mention_store
from data.store.cases import find_post, stories_of_posts
from data.store.engine.audit_chain import note, record_act
from data.store.engine.connect import Connection
from data.store.engine.turn import running
from data.store.evidence import evidence_file, put_files
from data.store.owners import any_number, draw_number
from data.store.sealing import lift_restriction
from data.store.verdicts import former_verdicts
from data.types import Person, Reason, Role, Verdict
from data.web.urls import canonical_url, is_profile
from data.words.say import words
from monitor.act.casework import make_judges
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.home import wiring
from monitor.matters.reader import Reader, StoredMatters, read_matters
from monitor.matters.views import take_equal_time
from monitor.pipeline import supplied as spool
from monitor.pipeline.collect import is_on_own_place
from monitor.pipeline.intake import (
    HOW,
    is_address_of_many,
    known_of,
    may_be_extremist,
    may_be_opened_by_nobody,
    take_in,
    take_waiting,
)
from monitor.pipeline.judges import Judges
from monitor.pipeline.rejudge import judge_as_said
from monitor.pipeline.supplied import (
    Kept,
    Report,
    check_report,
    checked_url,
    media_type,
    restricted_addresses,
    without_image,
)

Judged = Callable[[Config, Path], Judges]
"""Gives what judges what is handed in."""
_OFFICE_OF = {Whom.HEAD: Role.HEAD, Whom.DSL: Role.DSL, Whom.CHAIR: Role.CHAIR}
_WITHDRAWN = Reason("child_image_withdrawn", "That an image at its address may show a child is withdrawn.")
_NOT_A_LEAD = Refused("safeguarding_lead", "A safeguarding lead says so, who may read it.", "Ask one.")


def wrong_address(url: str, *, settings: Config, urn: str, any_account: bool = False) -> str:
    """Say why it is not taken: no `address`, or a `profile` that is not itself the matter; else ""."""
    try:
        checked_url(url)
    except InputError:
        return "address"
    school = settings.school(urn)
    own = school is not None and is_on_own_place(url, school, settings.sources)
    return "profile" if is_profile(url) and not (own or any_account) else ""


def is_barred(says: Says) -> bool:
    """May a picture, by what a person says of it, show a child undressed? Then only its address is asked."""
    return says.picture in (PictureShows.YES, PictureShows.NOT_SURE)


def check_picture(taken: Report) -> Report:
    """Return what is taken down of what was handed in, by what was said of its picture. Raises InputError."""
    unsure = taken.says.picture is PictureShows.NOT_SURE
    report = without_image(taken, unsure=unsure) if is_barred(taken.says) else taken
    check_report(report)
    return report


def state_for(
    con: Connection, reader: Reader, home: Path, urn: str, reference: str, *, theirs: bool = False
) -> ReportState | None:
    """Say how far what was handed in is, for that reader, or who brought it (`theirs`: by the code of the
    day); None for nothing. Whom it may accuse, or who is close to them, is told that it is received; so is
    one unnamed where it may accuse anybody. What is not there takes as long as what is hidden."""
    me, found = reader.person.id if reader.person else "", mention_store.handed_in(con, urn, reference)
    instead = mention_store.post_to_look_at(con, urn)
    stories = (s for i in found or instead for s in stories_of_posts(con, urn, i).get(i, ()))
    known = reader.look(con, dict.fromkeys(stories, urn))
    if found and reader.person and known.access and all(map(known.tells_of, known.access)):
        return _state(known.stored)
    take_equal_time(con, known)
    mine, waits = mention_store.brought_by(con, urn, reference, me), spool.holds(home, reference, me or None)
    mine = (bool(me) and mine) or theirs if found else bool(me or theirs) and waits
    if not mine:
        return None
    received = not found or _may_accuse(reader, known.stored)
    return ReportState.RECEIVED if received else _state(known.stored)


def _may_accuse(reader: Reader, known: StoredMatters) -> bool:
    """May it accuse this reader, or somebody close to them? One unnamed may be whomever it accuses."""
    people, matters = reader.config.people, known.by_story.values()
    if reader.person is None:
        return any(m.subjects or m.bypass is BypassRoute.STAFF_ALLEGATION for m in matters)
    return any(has_conflict(reader.person, m, people_here(m, people)) for m in matters)


def _state(known: StoredMatters) -> ReportState:
    """A case that opened by itself and that nobody has taken is no more than received."""
    if any(map(known.holder, known.by_story)):
        return ReportState.IN_HAND
    still_open = any(case.closed_at is None for case in known.cases)
    ended = not still_open and (known.cases or any(map(known.ending_mark, known.by_story)))
    return ReportState.ENDED if ended else ReportState.RECEIVED


def to_ring(config: Config, urn: str, about: Whom | None, me: Person | None = None) -> Person | None:
    """Choose whom to ring: a lead, else the head or chair, not oneself (`me`), nor who holds the office it is
    `about` by their answer. What is known of the matter chooses nobody: that would tell."""
    here = [p for p in config.people if not p.urns or urn in p.urns]
    accused = holders(here, _OFFICE_OF[about]) if about in _OFFICE_OF else []
    leads = holders(here, *SAFEGUARDERS, Role.HEAD, Role.CHAIR)
    return next((p for p in leads if p not in accused and p != me), None)


class NotYetTaken(Exception):
    """It could not be judged or saved; `path` is where it waits, if kept, `number` what it was given."""

    def __init__(self, fault: Exception, path: Path | None, number: str) -> None:
        super().__init__()
        self.fault, self.path, self.number = fault, path, number


def report_in(
    config: Config, home: Paths, kept: Kept, clock: Clock, judged: Judged = make_judges
) -> Done[Kept]:
    """Judge and save a report with its files, under a number, by `judged`. Raises NotYetTaken."""
    kept = replace(kept, number=_number(home))
    with ExitStack() as stack:
        try:
            path: Path | None = stack.enter_context(spool.spool_report(home.home, kept))
        except OSError:
            path = None
        try:
            store = wiring.open_store(home.home)
            wiring.remember_config(store, config)
            intake = wiring.make_intake(config, home, store, judged)
            take_in(kept, intake, clock)
            with suppress(Exception):  # it is logged, and stays for the next
                take_waiting(home.home, intake, clock)
        except Exception as error:  # it stays where it was written down
            raise NotYetTaken(error, path, kept.number) from error
        if path is not None:
            path.unlink()
    return Done(kept)


def _number(home: Paths) -> str:
    """One that nothing here has, as far as the store can be asked: where it cannot, saving says so."""
    with suppress(Exception), wiring.open_store(home.home).open_reader() as con:
        return draw_number(con)
    return any_number()


def choose_notice(con: Connection, config: Config, by: Person, now: datetime) -> str:
    """Choose the sentence (a key of `desk.tell`) on who hears of it: others only by a service and email."""
    if config.mail is not None and running(con, now) is not None:
        return "passed_on"
    return "yours" if holders([by], Role.HEAD, *SAFEGUARDERS) else "not_passed_on"


def _matters(con: Connection, config: Config, mention_id: str, urn: str) -> list[Matter]:
    stories = stories_of_posts(con, urn, mention_id).get(mention_id, ())
    return list(read_matters(con, config, dict.fromkeys(stories, urn)).by_story.values())


def hand_in_picture(
    config: Config, home: Paths, person: Person, of: tuple[str, str], content: bytes, why: str, clock: Clock
) -> Done[str] | Refused:
    """Keeps a file of a post, `of` a school and handed in under that number, or with an id that begins so,
    which was not taken with it: a safeguarding lead says, with a reason, that it shows no child undressed."""
    urn, beginning = of
    with wiring.open_store(home.home).write("report-in") as con:
        named = mention_store.handed_in(con, urn, beginning) or stories_of_posts(con, urn, beginning)
        found = [i for i in named if _tells_of(con, config, person, i, urn)]
        refused = _not_let_in(con, config, person, urn, found)
        if refused is not None:
            return refused
        now = clock()
        kind, sha256 = media_type(content)[0], Vault(home.evidence).store_bytes(content)
        about = urn, found[0], sha256, kind, len(content), now, person.id, HOW[EvidenceKind.SUPPLIED]
        put_files(con, [evidence_file(*about)])
        record_act(con, now, person.id, "picture_shows_nothing", found[0], urn, (note(con, why),))
    return Done(found[0])


def judge_image(
    config: Config, home: Paths, person: Person, of: tuple[str, str], why: str, now: datetime, *, shows: bool
) -> Done[int] | Refused:
    """Confirms or withdraws, `of` a school and at an address, that an image there may show a child.

    A safeguarding lead does, with a reason. Once it is withdrawn files of that address may be handed in."""
    urn, url = of
    store = wiring.open_store(home.home)
    judges = wiring.make_intake(config, home, store, make_judges).judges
    with store.write("report-in") as con:
        if not _leads(config, person, urn):
            return _NOT_A_LEAD
        there = mention_store.handed_in_for(con, urn, sorted(restricted_addresses(con).reports_of(url)))
        reports = [i for i in there if _tells_of(con, config, person, i, urn)]
        if not reports:
            return Refused("one_post", "Nobody said that an image at this address may show a child.", "")
        matters = [m for report in reports for m in _matters(con, config, report, urn)]
        if not all(reads_whole(person, m, config.people, recorded=False) for m in matters):
            return _NOT_A_LEAD
        for report in reports:
            said = (note(con, why),)
            if shows:
                record_act(con, now, person.id, "child_image_confirmed", report, urn, said)
            else:
                record_act(con, now, person.id, "child_image_withdrawn", report, urn, said)
        if not shows:
            _lift(con, config, url, reports, judges(), person.id, now)
    return Done(len(reports))


def _lift(
    con: Connection, config: Config, url: str, reports: Sequence[str], judges: Judges, by: str, now: datetime
) -> None:
    """Shows again what `reports` alone had restricted at an address: nothing that its words, a person or a
    case restrict, nor what was hidden when it was handed in beside such."""
    if is_address_of_many(url) or restricted_addresses(con).warns_of(url):
        return
    places = {i: canonical_url(at) for i, at in mention_store.restricted_places(con) if at}
    flagged = {canonical_url(url), *(places[i] for i in reports if i in places)}
    there = {i for i, at in places.items() if at in flagged}.difference(reports)
    stays = {i for i in there if any(_is_restricted_anyway(con, i, s.urn) for s in config.schools)}
    beside = {v.mention_id for v in former_verdicts(con, sorted(there)) if stays and v.restricted}
    shown = sorted(there - stays - beside)
    stories = lift_restriction(con, shown, now)
    for story_id, urn in stories:
        say = partial(_limit_verdict, shown=shown)
        judge_as_said(con, story_id, urn, say, judges, by, now, accuses=False, why=_WITHDRAWN)
    alert_store.record_shown(con, [story_id for story_id, _ in stories], by, now)


def _is_restricted_anyway(con: Connection, mention_id: str, urn: str) -> bool:
    judged, lanes = known_of(con, mention_id, urn)
    mine = (v for v in judged if v.mention_id == mention_id)
    return bool(lanes) or any(v.content_class in BYPASSING or passed_on(v) for v in mine)


def _limit_verdict(verdict: Verdict, *, shown: Sequence[str], lead: bool) -> Verdict:
    return replace(verdict, restricted=verdict.restricted and verdict.mention_id not in shown)


def _leads(config: Config, person: Person, urn: str) -> bool:
    """Is this a safeguarding lead there? Who is none is told the same, whatever there is."""
    return person in holders((p for p in config.people if not p.urns or urn in p.urns), *SAFEGUARDERS)


def _tells_of(con: Connection, config: Config, person: Person, mention_id: str, urn: str) -> bool:
    return all(access(person, m, config.people) for m in _matters(con, config, mention_id, urn))


def _not_let_in(con: Connection, config: Config, who: Person, urn: str, ids: Sequence[str]) -> Refused | None:
    if not _leads(config, who, urn):
        return _NOT_A_LEAD
    if len(ids) != 1:
        return Refused(
            "one_post", f"{len(ids)} posts of the school begin so.", "Give its number as it was said."
        )
    w, matters = words("en"), _matters(con, config, ids[0], urn)
    if not all(reads_whole(who, matter, config.people, recorded=False) for matter in matters):
        return _NOT_A_LEAD
    if may_be_extremist(con, ids[0], urn):
        return Refused("no_copies", w("tell.no_file.extremist"), w("tell.no_file.not_open"))
    at = find_post(con, ids[0], restricted=True)
    warned = at is not None and bool(at.url) and restricted_addresses(con).warns_of(at.url or "")
    if warned or may_be_opened_by_nobody(con, ids[0], urn):
        return Refused("no_child_image", w("tell.no_file.of_child"), w("tell.no_file.leave"))
    return None
