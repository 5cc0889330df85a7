"""Capturing a post for a case: fetched once, drawn, hashed, time-stamped, kept, recorded in the case.

The step of the case, the files in the vault and their rows are written in one transaction, if the ladder
still allows it by then. A crash in between leaves files that no row names; the purge deletes them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version

from alerts.ladder.advance import Refusal
from data.cases import Case, Event, Post
from data.effects import Clock, Fetch
from data.errors import InputError, as_typed
from data.evidence.file_faults import MANIFEST
from data.evidence.handed_in import NOTHING, SaidOfPost
from data.evidence.vault import Vault
from data.steps.codes import EvidenceKind
from data.steps.keeping import EvidenceKept, PicturesAllowed
from data.store.cases import cases as case_store
from data.store.cases.evidence_files import Evidence, files_of, put_files
from data.types import FetchFailure, School
from monitor.act.casework.evidence.audit_checkpoint import authorities_file
from monitor.act.casework.evidence.capture_files import CaptureRequest, job, manifest, page_files
from monitor.act.casework.evidence.capture_policy import (
    avoiding,
    capture_refusal,
    picture_refusal,
    post_refusal,
    profile_refusal,
    verdicts_on,
    whole_page_may_be_kept,
)
from monitor.act.casework.steps import apply_event, rehearse, school_rules
from monitor.home.wiring import Session
from monitor.matters.replaying import load_case
from monitor.pipeline.sighting import RestrictedAddresses, restricted_addresses
from monitor.pipeline.supplied import Added, CaptureFile, kind_of, program, supplied_files
from sources.capture.browser import NoPictures, Pictures, find_browser, photograph
from sources.capture.fetched_page import FetchedPage, take
from sources.fetch import headers_sent
from sources.http.politeness import user_agent
from sources.timestamps import NoStamp, TimeStamp, stamp

_HOW = {
    "page": "captured",
    "wall": "what stood there instead",
    "supplied": "handed in",
    "told": "told by a person",
}


@dataclass(frozen=True, slots=True)
class Supplied:
    """What somebody hands in: the bytes of their files, what is known of the post, and the id of an earlier
    capture to which it adds something."""

    contents: tuple[bytes, ...]
    handed: SaidOfPost
    adds_to: str = ""


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """What a person wants captured. `because` is their reason, which pictures need."""

    because: str = ""
    pictures: bool = False
    browser: bool = True


@dataclass(frozen=True, slots=True)
class Approved:
    """A case whose post may be captured, and what is known of the post.

    `known` are addresses to keep away from. Without `whole_page` only the post is kept. With `words_alone`
    no picture of the post may be kept, whoever supplies it.
    """

    case: Case
    school: School
    post: Post | None
    known: RestrictedAddresses
    whole_page: bool
    words_alone: bool


@dataclass(frozen=True, slots=True)
class Capture:
    """What was kept. `counts` is False where it is no evidence of the post: a wall, or other words.

    `handed` is what is known of what somebody handed in.
    """

    case: Case
    capture_id: str
    kind: str
    files: tuple[CaptureFile, ...]
    at: datetime
    manifest_sha256: str = ""
    stamped: TimeStamp | NoStamp | None = None
    counts: bool = True
    taken: FetchedPage | None = None
    drawn: Pictures | NoPictures | None = None
    handed: SaidOfPost | None = None


def approve(session: Session, case: Case, options: CaptureOptions, now: datetime) -> Approved | Refusal:
    """Whether the case's post may be captured; nothing is fetched. Raises InputError."""
    with session.store.read() as con:
        post = case_store.post(con, case.mention_id, restricted=True) if case.mention_id else None
        url = post.url if post else None
        refused = post_refusal(con, case, url)
        verdicts = verdicts_on(con, case)
        known, whole = restricted_addresses(con), whole_page_may_be_kept(con, case, url)
    no_pictures = picture_refusal(case, verdicts)
    refused = refused or (no_pictures if options.pictures else None) or _rehearse(session, case, options, now)
    if refused is not None:
        return refused
    school = school_rules(session.context, case.urn).school
    return Approved(case, school, post, known, whole, words_alone=no_pictures is not None)


def _rehearse(session: Session, case: Case, options: CaptureOptions, now: datetime) -> Refusal | None:
    """What the ladder will say, asked before anything is fetched."""
    kept = EvidenceKept(capture="0" * 12, manifest="0" * 64, files=1, what=EvidenceKind.PAGE)
    events = [Event(kept, session.person.id)]
    if options.pictures and not case.pictures_allowed:
        events.insert(0, _allowing(options, session.person.id))
    done = (rehearse(session.context, case, event, now) for event in events)
    return next((refused for refused in done if isinstance(refused, Refusal)), None)


def allow_pictures(
    session: Session, found: Approved, options: CaptureOptions, now: datetime
) -> Approved | Refusal:
    """Records that a person decided to keep pictures, unless somebody has. Raises InputError."""
    if not options.pictures or found.case.pictures_allowed:
        return found
    with session.store.write("pictures allowed") as con:
        case = load_case(con, found.case.id)
        done = apply_event(con, session.context, case, _allowing(options, session.person.id), now)
    return done if isinstance(done, Refusal) else replace(found, case=done.case)


def _allowing(options: CaptureOptions, person_id: str) -> Event:
    if not options.because.strip():
        raise InputError("Say why the pictures of the post are needed; it is recorded: ⟨because⟩ “…”")
    return Event(PicturesAllowed(), person_id, options.because.strip())


def capture(
    session: Session,
    found: Approved,
    options: CaptureOptions,
    supplied: Supplied | None,
    fetch: Fetch,
    clock: Clock,
) -> Capture | FetchFailure | Refusal:
    """Captures what somebody handed in, or else the post's own page."""
    request = _request(session, found, options)
    if supplied is not None:
        return _capture_supplied(session, found, request, supplied, fetch, clock)
    return _capture_page(session, found, request, fetch, clock, options)


def _request(session: Session, found: Approved, options: CaptureOptions) -> CaptureRequest:
    number = version("schoolgate")
    return CaptureRequest(
        capture_id=secrets.token_hex(6),
        case=found.case,
        school=found.school,
        post=found.post,
        person_id=session.person.id,
        because=options.because.strip(),
        program=program(),
        sent=headers_sent(user_agent(number, session.config.contact or "no contact set")),
        time_server=session.config.evidence.timestamp_url,
        whole_page=found.whole_page,
    )


def _capture_page(
    session: Session,
    found: Approved,
    request: CaptureRequest,
    fetch: Fetch,
    clock: Clock,
    options: CaptureOptions,
) -> Capture | FetchFailure | Refusal:
    """Fetches the post's address and keeps what was there; a failure where nothing was.

    Raises InputError where no address is known.
    """
    post = found.post
    if post is None or not post.url:
        raise InputError(
            f"No address is known for case {found.case.id}. What somebody else kept can be added: ⟨file⟩ FILE"
        )
    if refused := profile_refusal(found.case, post.url):
        return refused
    careful = avoiding(fetch, found.known, clock)
    taken = take(
        post.url,
        careful,
        text=post.text or "",
        author=post.author,
        pictures=options.pictures,
        apart=session.context.apart,
    )
    if isinstance(taken, FetchFailure):
        return capture_refusal(found.case, (), child_image=found.known.warns_of(taken.url)) or taken
    drawn = _draw(session, request, taken, options)
    words_gone = bool((post.text or "").strip()) and not taken.shown.found
    counts = taken.response is not None and not words_gone
    at = taken.response.fetched_at if taken.response is not None else clock()
    kind, files = "page" if counts else "wall", tuple(page_files(request, taken, drawn))
    kept = Capture(found.case, request.capture_id, kind, files, at, counts=counts, taken=taken, drawn=drawn)
    return _keep(session, request, kept, fetch, clock)


def _draw(
    session: Session, request: CaptureRequest, taken: FetchedPage, options: CaptureOptions
) -> Pictures | NoPictures:
    wanted = job(request, taken)
    if wanted is None:
        return NoPictures("no_words", "No picture: the post's words are not shown there without scripts.")
    if not options.browser:
        return NoPictures("not_wanted", as_typed("No picture: ⟨no_browser⟩."))
    return photograph(wanted, find_browser(session.config.evidence.browser))


def _capture_supplied(
    session: Session,
    found: Approved,
    request: CaptureRequest,
    supplied: Supplied,
    fetch: Fetch,
    clock: Clock,
) -> Capture | FetchFailure | Refusal:
    """Keeps what somebody handed in, with what is known of it. Raises InputError for no such capture."""
    if url := supplied.handed.address:
        warned = capture_refusal(found.case, (), child_image=found.known.warns_of(url))
        if refused := warned or profile_refusal(found.case, url):
            return refused
    earlier = _earlier(session, found.case, supplied.adds_to)
    people = frozenset(p.id for p in session.config.people)
    added = Added(
        *(request.capture_id, found.case.urn, session.person.id, supplied.handed, secrets.token_hex(16)),
        case_id=found.case.id,
        people=people,
    )
    request = replace(request, added=added, adds_to=earlier)
    at, kind = clock(), kind_of(supplied.contents)
    files = tuple(supplied_files(added, supplied.contents, at))
    kept = Capture(found.case, request.capture_id, kind, files, at, handed=supplied.handed)
    return _keep(session, request, kept, fetch, clock)


def _earlier(session: Session, case: Case, beginning: str) -> Mapping[str, str] | None:
    """The capture to which something is added, and its manifest's hash, so that both are sealed together."""
    if not beginning:
        return None
    with session.store.read() as con:
        held = files_of(con, case.id, case.mention_id)
    manifests = {f.capture_id: f.sha256 for f in held if f.capture_id and f.name == MANIFEST}
    found = [i for i in manifests if i.startswith(beginning.strip().lower())]
    if len(found) != 1:
        ids = ", ".join(manifests) or "none"
        raise InputError(f"⟨adds_to⟩ {beginning}: name one capture of this case by its id. It has: {ids}.")
    return {"capture": found[0], "manifest": manifests[found[0]]}


def _keep(
    session: Session, request: CaptureRequest, kept: Capture, fetch: Fetch, clock: Clock
) -> Capture | Refusal:
    """Writes the manifest, has it stamped, and keeps everything."""
    content = manifest(request, kept.files, kind=kept.kind, at=kept.at, taken=kept.taken, drawn=kept.drawn)
    ca_pem = authorities_file(session.config)
    stamped = stamp(content, url=request.time_server, ca_pem=ca_pem, fetch=fetch)
    made = CaptureFile(MANIFEST, content, "application/json")
    kept = replace(
        kept, files=(*kept.files, made, *_stamp_files(stamped)), manifest_sha256=made.sha256, stamped=stamped
    )
    return _record(session, request, kept, clock())


def _stamp_files(stamped: TimeStamp | NoStamp) -> tuple[CaptureFile, ...]:
    if isinstance(stamped, NoStamp):
        return ()
    return (
        CaptureFile(f"{MANIFEST}.tsq", stamped.query, "application/timestamp-query"),
        CaptureFile(f"{MANIFEST}.tsr", stamped.reply, "application/timestamp-reply"),
        CaptureFile("tsa-chain.pem", stamped.chain, "application/x-pem-file"),
    )


def _record(session: Session, request: CaptureRequest, kept: Capture, now: datetime) -> Capture | Refusal:
    event = Event(_said(request, kept), session.person.id, request.because)
    vault = Vault(session.store.evidence)
    with session.store.write("capture") as con:
        refused = post_refusal(con, kept.case, request.post.url if request.post else None)
        case = load_case(con, kept.case.id)
        done = refused or apply_event(con, session.context, case, event, now)
        if isinstance(done, Refusal):
            return done
        for file in kept.files:
            vault.put(file.content)
        put_files(con, [_row(kept, file, session.person.id) for file in kept.files])
    return replace(kept, case=done.case)


def _said(request: CaptureRequest, kept: Capture) -> EvidenceKept:
    """What the step of a case says of a capture; of what was handed in also the names of what is known."""
    return EvidenceKept(
        capture=kept.capture_id,
        manifest=kept.manifest_sha256,
        files=len(kept.files),
        what=EvidenceKind(kept.kind),
        known=kept.handed.known or (NOTHING,) if kept.handed else (),
        adds_to=(request.adds_to or {}).get("capture", "") if kept.handed else "",
    )


def _row(kept: Capture, file: CaptureFile, person_id: str) -> Evidence:
    case = kept.case
    return Evidence(
        *(case.urn, case.mention_id, file.sha256, file.media_type, len(file.content), kept.at, person_id),
        how=_HOW[kept.kind],
        case_id=case.id,
        capture_id=kept.capture_id,
        name=file.name,
    )
