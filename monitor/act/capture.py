"""Capturing a post for a case: fetched once, drawn, hashed, time-stamped, kept, recorded in the case.

The step of the case, the files in the vault and their rows are written in one transaction, if the ladder
still allows it by then. A crash in between leaves files that no row names; the purge deletes them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

from alerts.ladder.advance import Refusal
from alerts.places import at_place
from data.cases import Case, Event, Post
from data.effects import Clock, Fetch, utc_text
from data.errors import InputError
from data.evidence.faults import MANIFEST
from data.evidence.handed_in import NOTHING, SaidOfPost
from data.evidence.vault import Vault
from data.frozen import freeze
from data.steps.acts import Done, Refused
from data.steps.classes import EvidenceKept, PicturesAllowed
from data.steps.codes import EvidenceKind, PlaceRole
from data.store import cases as case_store
from data.types import FetchFailure, Response, School
from data.words.say import words
from monitor.act import keeping
from monitor.act.casework import apply_event, find_case, school_rules
from monitor.act.proving import authorities_file, stamp_files
from monitor.act.step import explain_refusal, foresee
from monitor.matters.reader import Session, load_case
from monitor.pipeline.supplied import (
    LONDON,
    WACZ,
    Added,
    CaptureFile,
    RestrictedAddresses,
    canonical,
    common_manifest,
    keep_files,
    kind_of,
    logged_out,
    program_version,
    restricted_addresses,
    supplied_files,
)
from sources.capture.browser import DrawingJob, NoPictures, Pictures, find_browser, photograph
from sources.capture.page import FetchedPage, take
from sources.capture.warc import DESCRIBED, NOT_KEPT, archive, wacz
from sources.fetch import headers_sent
from sources.http.politeness import user_agent
from sources.timestamps import stamp

_WARC, PAGE = "response.warc.gz", "page.html"
_TEXT, _PNG, _PDF = "post.txt", "post.png", "post.pdf"


@freeze
class CaptureRequest:
    """The capture to make, and who asked for it; `sent` are our headers; without `whole_page` only the post
    is kept; `added` is handed in. A person's reason is not among it: files are handed on as they are."""

    capture_id: str
    case: Case
    school: School
    post: Post | None
    person_id: str
    sent: Mapping[str, str]
    time_server: str | None
    whole_page: bool = True
    added: Added | None = None


def page_files(asked: CaptureRequest, taken: FetchedPage, drawn: Pictures | NoPictures) -> list[CaptureFile]:
    """The files of a page that was there."""
    page = taken.response
    if page is None:
        return []
    files = _whole(asked, taken, page) if asked.whole_page else []
    text = _text(asked, taken, page.fetched_at).encode("utf-8")
    files.append(CaptureFile(_TEXT, text, "text/plain; charset=utf-8"))
    if isinstance(drawn, Pictures):
        files += [CaptureFile(_PNG, drawn.png, "image/png"), CaptureFile(_PDF, drawn.pdf, "application/pdf")]
    return files


def _whole(request: CaptureRequest, taken: FetchedPage, page: Response) -> list[CaptureFile]:
    held = archive(
        (page, *taken.styles.values(), *taken.pictures.values()),
        name=_WARC,
        software=program_version(),
        sent=request.sent,
        seed=request.capture_id,
    )
    title = f"{request.school.urn} {request.case.id} {request.capture_id}"
    return [
        CaptureFile(_WARC, held.content, "application/warc"),
        CaptureFile(WACZ, wacz(held, title=title, software=program_version()), "application/wacz"),
        CaptureFile(PAGE, page.body, page.header("content-type") or "text/html"),
    ]


def drawing_job(request: CaptureRequest, taken: FetchedPage) -> DrawingJob | None:
    """Describe what the browser is to draw, None where the post's words are not on the page."""
    if taken.response is None or request.post is None or not taken.shown.visible:
        return None
    when = moments(taken.response.fetched_at)
    footer = words(request.school.language)(
        "capture.pdf.footer", case=request.case.id, capture=request.capture_id, **when
    )
    return DrawingJob(
        taken.response,
        taken.asked,
        request.post.text or "",
        request.post.author or "",
        taken.styles,
        taken.pictures,
        header=taken.asked,
        footer=footer,
    )


def moments(at: datetime) -> dict[str, str]:
    """A moment in UTC and in London's time, with its offset, as people read them."""
    local = at.astimezone(LONDON)
    offset = local.strftime("%z")
    return {
        "utc": f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "local": f"{local:%Y-%m-%d %H:%M:%S}",
        "offset": f"UTC{offset[:3]}:{offset[3:]}",
    }


def _text(request: CaptureRequest, taken: FetchedPage, at: datetime) -> str:
    say, shown, post = words(request.school.language), taken.shown, request.post
    kept = "capture.post.by_with_pictures" if taken.pictures else "capture.post.by"
    lines = [
        say("capture.post.asked", url=taken.asked),
        say("capture.post.final", url=taken.final),
        say("capture.post.author", author=shown.author or say("capture.post.not_shown")),
        say("capture.post.posted", posted=shown.posted or say("capture.post.not_shown")),
        say("capture.post.captured", **moments(at)),
        say(kept, case=request.case.id, capture=request.capture_id),
        "",
    ]
    if shown.visible:
        lines += [say("capture.post.shown"), "", shown.text]
    elif post is not None and post.text:
        day = say.full_day(post.last_seen, LONDON)
        where = "capture.post.in_data" if shown.found else "capture.post.stored"
        lines += [say(where, day=day), "", post.text]
    return "\n".join(lines) + "\n"


def manifest(
    request: CaptureRequest,
    files: Sequence[CaptureFile],
    *,
    kind: str,
    at: datetime,
    taken: FetchedPage | None = None,
    drawn: Pictures | NoPictures | None = None,
) -> bytes:
    """All that is said of a capture, with the hash of each of its files."""
    handed = request.added.handed if request.added else None
    left_out = {} if taken is None else dict(taken.left_out)
    told = common_manifest(files, kind=kind, at=at) | {
        "urn": request.school.urn,
        "case": request.case.id,
        "capture": request.capture_id,
        "class": request.case.content_class,
        "by": request.person_id,
        "program": program_version(),
        "logged_out": logged_out(handed) if request.added else True,
        "post": _post(request.post, taken),
        "page": None if taken is None else _fetched_page(taken, whole=request.whole_page),
        "pictures": {
            "allowed": request.case.pictures_allowed,
            "kept": 0 if taken is None else len(taken.pictures),
            "left_out": left_out,
        },
        "drawn": None if drawn is None else _drawing_facts(drawn),
        "handed_in": handed.to_manifest(request.added.people) if request.added and handed else None,
        "adds_to": None,
        "salt": request.added.salt if request.added else None,
        "time_server": request.time_server,
    }
    return canonical(told)


def _post(post: Post | None, taken: FetchedPage | None) -> dict[str, object] | None:
    if post is None:
        return None
    shown = None if taken is None or taken.response is None else taken.shown
    return {
        "mention": post.mention_id,
        "channel": post.channel,
        "version": post.version,
        "first_seen": utc_text(post.first_seen),
        "last_seen": utc_text(post.last_seen),
        "posted_as_read": utc_text(post.published) if post.published else None,
        "posted_as_displayed": shown.posted if shown else None,
        "author_as_shown": shown.author if shown else None,
        "words_found": shown.found if shown else None,
        "words_quoted": shown.quoted if shown else None,
        "words_visible": shown.visible if shown else None,
        "words_share": round(shown.share, 2) if shown else None,
    }


def _fetched_page(taken: FetchedPage, *, whole: bool) -> dict[str, object]:
    response = taken.response
    return {
        "address_asked": taken.asked,
        "address_final": taken.final,
        "stands": taken.stands.value,
        "said": taken.said,
        "status": taken.status,
        "headers": None if response is None else [list(pair) for pair in response.headers],
        "kept_whole": response is not None and whole,
        "headers_not_kept": list(NOT_KEPT),
        "method": DESCRIBED,
    }


def _drawing_facts(drawn: Pictures | NoPictures) -> dict[str, object]:
    if isinstance(drawn, NoPictures):
        return {"kept": False, "why": drawn.code, "said": drawn.detail}
    return {
        "kept": True,
        "browser": f"Chromium {drawn.version}",
        "scripts": False,
        "cropped_to": "post",
        "cut": drawn.cut,
        "broken_off": drawn.broken_off,
    }


_HOW = {
    "page": "captured",
    "wall": "what stood there instead",
    "supplied": "handed in",
    "told": "told by a person",
}


@freeze
class Supplied:
    """The things that somebody hands in: the bytes of their files, and what is known of the post."""

    contents: tuple[bytes, ...]
    handed: SaidOfPost


@freeze
class CaptureOptions:
    """The captures that a person wants. `because` is their reason, which pictures need."""

    because: str = ""
    pictures: bool = False
    browser: bool = True


@freeze
class Approved:
    """A case whose post may be captured. `known` are addresses to keep away from; without `whole_page` only
    the post is kept, with `words_alone` no picture of it."""

    case: Case
    school: School
    post: Post | None
    known: RestrictedAddresses
    whole_page: bool
    words_alone: bool


@freeze
class Capture:
    """The capture that was kept; it `counts` unless it is a wall or other words; `handed`: what is known of a
    file."""

    case: Case
    capture_id: str
    kind: str
    files: tuple[CaptureFile, ...]
    at: datetime
    manifest_sha256: str = ""
    counts: bool = True
    taken: FetchedPage | None = None
    drawn: Pictures | NoPictures | None = None
    handed: SaidOfPost | None = None


def approve_capture(
    session: Session, number: str, options: CaptureOptions, now: datetime
) -> Done[Approved] | Refused:
    """Whether the case's post may be captured; nothing is fetched or changed. Raises InputError."""
    with session.store.open_reader() as con:
        case = find_case(con, session, number)
        post = case_store.post_of(con, case, restricted=True)
        url = post.url if post else None
        no = keeping.post_refusal(con, case, url)
        no_pictures = keeping.picture_refusal(case, keeping.case_verdicts(con, case))
        known, whole = restricted_addresses(con), keeping.whole_page_may_be_kept(con, case, url)
    if no := no or (no_pictures if options.pictures else None):
        return explain_refusal(session, case, no)
    kept = EvidenceKept(capture="0" * 12, manifest="0" * 64, files=1, what=EvidenceKind.PAGE)
    events = [Event(kept, session.person.id)]
    if options.pictures and not case.pictures_allowed:
        events.insert(0, _allowing(options, session.person.id))
    for event in events:  # what the ladder will say, asked before anything is fetched
        if refusal := foresee(session, case, event, now):
            return refusal
    school = school_rules(session.context, case.urn).school
    return Done(Approved(case, school, post, known, whole, words_alone=no_pictures is not None))


def _allowing(options: CaptureOptions, person_id: str) -> Event:
    if not options.because.strip():
        raise InputError("Say why the pictures of the post are needed; it is recorded.")
    return Event(PicturesAllowed(), person_id, options.because.strip())


def capture(
    session: Session, found: Approved, options: CaptureOptions, supplied: Supplied | None, fetch: Fetch,
    clock: Clock,
) -> Done[Capture | FetchFailure] | Refused:  # fmt: skip
    """Captures what somebody handed in, or else the post's own page; a failure where nothing was there."""
    if options.pictures and not found.case.pictures_allowed:  # that a person decided so is recorded
        with session.store.write("pictures allowed") as con:
            case = load_case(con, found.case.id)
            done = apply_event(con, session.context, case, _allowing(options, session.person.id), clock())
        if isinstance(done, Refusal):
            return explain_refusal(session, found.case, done)
        found = replace(found, case=at_place(done.case, found.case.place))
    contact = session.config.contact or "no contact set"
    request = CaptureRequest(
        capture_id=secrets.token_hex(6),
        case=found.case,
        school=found.school,
        post=found.post,
        person_id=session.person.id,
        sent=headers_sent(user_agent(version("schoolgate"), contact)),
        time_server=session.config.evidence.timestamp_url,
        whole_page=found.whole_page,
    )
    kept: Capture | FetchFailure | Refusal | None
    if supplied is None:
        kept = _page(session, found, request, fetch, clock, options)
    elif (kept := _address_refusal(found, supplied.handed.address)) is None:
        added = Added(
            *(request.capture_id, found.case.urn, session.person.id, supplied.handed, secrets.token_hex(16)),
            case_id=found.case.id,
            people={p.id for p in session.config.people},
        )
        request, at = replace(request, added=added), clock()
        kind, files = kind_of(supplied.contents), tuple(supplied_files(added, supplied.contents, at))
        kept = Capture(found.case, request.capture_id, kind, files, at, handed=supplied.handed)
    if isinstance(kept, Capture):
        kept = _record(session, request, kept, options.because.strip(), fetch, clock)
    return explain_refusal(session, found.case, kept) if isinstance(kept, Refusal) else Done(kept)


def _page(
    session: Session, found: Approved, request: CaptureRequest, fetch: Fetch, clock: Clock,
    options: CaptureOptions,
) -> Capture | FetchFailure | Refusal:  # fmt: skip
    """Fetch the post's address; a failure where nothing was there. Raises InputError for no address."""
    post = found.post
    if post is None or not post.url:
        raise InputError(words("en")("capture.no_address", case=found.case.id))
    if no := keeping.profile_refusal(found.case, post.url):
        return no
    careful = keeping.avoiding(fetch, found.known, clock)
    taken = take(
        post.url,
        careful,
        text=post.text or "",
        author=post.author,
        pictures=options.pictures,
        apart=session.context.apart,
    )
    if isinstance(taken, FetchFailure):
        return keeping.capture_refusal(found.case, (), child_image=found.known.warns_of(taken.url)) or taken
    drawn = _draw(session, request, taken, options)
    words_gone = bool((post.text or "").strip()) and not taken.shown.found
    counts = taken.response is not None and not words_gone
    at = taken.response.fetched_at if taken.response is not None else clock()
    kind, files = "page" if counts else "wall", tuple(page_files(request, taken, drawn))
    return Capture(found.case, request.capture_id, kind, files, at, counts=counts, taken=taken, drawn=drawn)


def _draw(
    session: Session, request: CaptureRequest, taken: FetchedPage, options: CaptureOptions
) -> Pictures | NoPictures:
    wanted = drawing_job(request, taken)
    if wanted is None:
        return NoPictures("no_words", "No picture: the post's words are not shown there without scripts.")
    if not options.browser:
        return NoPictures("not_wanted", "No picture was wanted.")
    return photograph(wanted, find_browser(session.config.evidence.browser))


def _address_refusal(found: Approved, url: str | None) -> Refusal | None:
    """Why what somebody handed in may not be kept, by the address that they gave."""
    if not url:
        return None
    warned = keeping.capture_refusal(found.case, (), child_image=found.known.warns_of(url))
    account = found.case.role is PlaceRole.ACCOUNT  # what a person saw of it, who brought it
    return warned or (None if account else keeping.profile_refusal(found.case, url))


def _record(
    session: Session, request: CaptureRequest, kept: Capture, because: str, fetch: Fetch, clock: Clock
) -> Capture | Refusal:
    content = manifest(request, kept.files, kind=kept.kind, at=kept.at, taken=kept.taken, drawn=kept.drawn)
    ca_pem = authorities_file(session.config)
    stamped = stamp_files(stamp(content, url=request.time_server, ca_pem=ca_pem, fetch=fetch))
    made = CaptureFile(MANIFEST, content, "application/json")
    kept = replace(kept, files=(*kept.files, made, *stamped), manifest_sha256=made.sha256)
    case, by, now = kept.case, session.person.id, clock()
    event = Event(_capture_step(kept), by, because)
    with session.store.write("capture") as con:
        no = keeping.post_refusal(con, case, request.post.url if request.post else None)
        done = no or apply_event(con, session.context, load_case(con, case.id), event, now)
        if isinstance(done, Refusal):
            return done
        about, how = (case.urn, case.mention_id, case.id), _HOW[kept.kind]
        keep_files(
            con, Vault(session.store.evidence), kept.files, about, kept.capture_id, at=kept.at, by=by, how=how
        )
    return replace(kept, case=at_place(done.case, case.place))


def _capture_step(kept: Capture) -> EvidenceKept:
    """Write what a case's step says of a capture; of what was handed in also what is known, by name."""
    return EvidenceKept(
        capture=kept.capture_id,
        manifest=kept.manifest_sha256,
        files=len(kept.files),
        what=EvidenceKind(kept.kind),
        known=kept.handed.known_fields or (NOTHING,) if kept.handed else (),
        place=kept.case.place if kept.case.place > 1 else None,
    )
