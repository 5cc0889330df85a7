"""Capturing a post for a case: asked once, drawn, hashed, stamped, kept, and written into the case.

Kept it is in one transaction, where the ladder still allows it: the step of the case, the files into the
vault, their rows. A crash within leaves files that no row names, which the purge takes away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.ladder.advance import Refusal, advance
from data.cases import Case, Event, Post, StepKind
from data.effects import Clock, Fetch
from data.errors import InputError
from data.store import cases as case_store
from data.store.evidence import Evidence, put_files
from data.types import FetchFailure, School
from data.vault import Vault
from monitor.casework.act import act, rules
from monitor.casework.authorities import authorities_file
from monitor.casework.barred import never, never_a_profile, never_pictures
from monitor.casework.capture_files import MANIFEST, Asked, File, job, manifest, page_files
from monitor.casework.withheld import (
    Withheld,
    barred,
    guarded,
    verdicts_on,
    whole_page_may_be_kept,
    withheld,
)
from monitor.context import Context
from sources.capture.browser import NoPictures, Pictures, find_browser, photograph
from sources.capture.fetched_page import FetchedPage, take
from sources.timestamps.timestamp import NoStamp, TimeStamp, stamp

if TYPE_CHECKING:
    from data.store.open import Store

_HOW = {"page": "captured", "wall": "what stood there instead", "supplied": "supplied by a third party"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a capture is kept, by the rules of which home, and who captures."""

    store: Store
    context: Context
    person_id: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants captured. `because` is their reason, which pictures need."""

    because: str = ""
    pictures: bool = False
    browser: bool = True


@dataclass(frozen=True, slots=True)
class Ready:
    """A case of which something may be captured, and what is known of its post.

    `known` are addresses to keep away from; of a page that is not kept whole, only the post is. With
    `words_alone` no picture of the post may be kept, whoever brings it.
    """

    case: Case
    school: School
    post: Post | None
    known: Withheld
    whole_page: bool
    words_alone: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept. `counts` is False where it is no evidence of the post: a wall, or other words."""

    case: Case
    capture_id: str
    kind: str
    files: tuple[File, ...]
    at: datetime
    manifest_sha256: str = ""
    stamped: TimeStamp | NoStamp | None = None
    counts: bool = True
    taken: FetchedPage | None = None
    drawn: Pictures | NoPictures | None = None


def ready(place: Place, case: Case, wish: Wish, now: datetime) -> Ready | Refusal:
    """The case, where something of it may be captured; nothing is fetched. Raises InputError."""
    with place.store.read() as con:
        post = case_store.post(con, case.mention_id, restricted=True) if case.mention_id else None
        url = post.url if post else None
        refused = barred(con, case, url)
        verdicts = verdicts_on(con, case)
        known, whole = withheld(con), whole_page_may_be_kept(con, case, url)
    no_pictures = never_pictures(case, verdicts)
    refused = refused or (no_pictures if wish.pictures else None) or _rehearse(place, case, wish, now)
    if refused is not None:
        return refused
    school = rules(place.context, case.urn).school
    return Ready(case, school, post, known, whole, words_alone=no_pictures is not None)


def _rehearse(place: Place, case: Case, wish: Wish, now: datetime) -> Refusal | None:
    """What the ladder will say, asked before anything is fetched."""
    events = [_event("0" * 12, "0" * 64, 1, "page", place.person_id)]
    if wish.pictures and not case.pictures_allowed:
        events.insert(0, _allowing(wish, place.person_id))
    done = (advance(case, event, now, rules(place.context, case.urn)) for event in events)
    return next((refused for refused in done if isinstance(refused, Refusal)), None)


def allow_pictures(place: Place, found: Ready, wish: Wish, now: datetime) -> Ready | Refusal:
    """Writes down that a person decided for pictures, where nobody has. Raises InputError."""
    if not wish.pictures or found.case.pictures_allowed:
        return found
    with place.store.write("pictures allowed") as con:
        done = act(con, place.context, found.case.id, _allowing(wish, place.person_id), now)
    return done if isinstance(done, Refusal) else replace(found, case=done.case)


def _allowing(wish: Wish, person_id: str) -> Event:
    if not wish.because.strip():
        raise InputError("Say why the pictures of the post are needed; it is recorded: --because “…”")
    return Event(StepKind.PICTURES_ALLOWED, person_id, wish.because.strip())


def capture_page(
    place: Place, found: Ready, asked: Asked, fetch: Fetch, clock: Clock, wish: Wish
) -> Kept | FetchFailure | Refusal:
    """Asks for the post's address and keeps what stood there; the failure where nothing did.

    Raises InputError where no address is known.
    """
    post = found.post
    if post is None or not post.url:
        raise InputError(
            f"No address is known for case {found.case.id}. What somebody else kept can be added: --file FILE"
        )
    if refused := never_a_profile(found.case, post.url):
        return refused
    careful = guarded(fetch, found.known, clock)
    taken = take(
        post.url,
        careful,
        text=post.text or "",
        author=post.author,
        pictures=wish.pictures,
        apart=place.context.apart,
    )
    if isinstance(taken, FetchFailure):
        return never(found.case, (), child_image=found.known.warns_of(taken.url)) or taken
    drawn = _draw(place, asked, taken, wish)
    words_gone = bool((post.text or "").strip()) and not taken.shown.found
    counts = taken.response is not None and not words_gone
    at = taken.response.fetched_at if taken.response is not None else clock()
    kept = Kept(
        found.case, asked.capture_id, "page" if counts else "wall", tuple(page_files(asked, taken, drawn)),
        at, counts=counts, taken=taken, drawn=drawn,
    )  # fmt: skip
    return _keep(place, asked, kept, fetch, clock)


def _draw(place: Place, asked: Asked, taken: FetchedPage, wish: Wish) -> Pictures | NoPictures:
    wanted = job(asked, taken)
    if wanted is None:
        return NoPictures("no_words", "No picture: the post's words are not shown there without scripts.")
    if not wish.browser:
        return NoPictures("not_wanted", "No picture: --no-browser.")
    return photograph(wanted, find_browser(place.context.config.evidence.browser))


def capture_supplied(
    place: Place, found: Ready, asked: Asked, files: Sequence[File], fetch: Fetch, clock: Clock
) -> Kept | Refusal:
    """Keeps files that somebody else made, marked as such."""
    kept = Kept(found.case, asked.capture_id, "supplied", tuple(files), clock())
    return _keep(place, asked, kept, fetch, clock)


def _keep(place: Place, asked: Asked, kept: Kept, fetch: Fetch, clock: Clock) -> Kept | Refusal:
    """Writes the manifest, has it stamped, and keeps everything."""
    content = manifest(
        asked, list(kept.files), kind=kept.kind, at=kept.at, taken=kept.taken, drawn=kept.drawn
    )
    ca_pem = authorities_file(place.context.config)
    stamped = stamp(content, url=asked.time_server, ca_pem=ca_pem, fetch=fetch)
    made = File(MANIFEST, content, "application/json")
    kept = replace(
        kept, files=(*kept.files, made, *_stamp_files(stamped)), manifest_sha256=made.sha256, stamped=stamped
    )
    return _record(place, asked, kept, clock())


def _stamp_files(stamped: TimeStamp | NoStamp) -> tuple[File, ...]:
    if isinstance(stamped, NoStamp):
        return ()
    return (
        File(f"{MANIFEST}.tsq", stamped.query, "application/timestamp-query"),
        File(f"{MANIFEST}.tsr", stamped.reply, "application/timestamp-reply"),
        File("tsa-chain.pem", stamped.chain, "application/x-pem-file"),
    )


def _record(place: Place, asked: Asked, kept: Kept, now: datetime) -> Kept | Refusal:
    event = _event(kept.capture_id, kept.manifest_sha256, len(kept.files), kept.kind, place.person_id)
    event = replace(event, why=asked.because)
    vault = Vault(place.store.evidence)
    with place.store.write("capture") as con:
        refused = barred(con, kept.case, asked.post.url if asked.post else None)
        done = refused or act(con, place.context, kept.case.id, event, now)
        if isinstance(done, Refusal):
            return done
        for file in kept.files:
            vault.put(file.content)
        put_files(con, [_row(kept, file, place.person_id) for file in kept.files])
    return replace(kept, case=done.case)


def _event(capture_id: str, manifest_sha256: str, files: int, kind: str, person_id: str) -> Event:
    facts = {"capture": capture_id, "manifest": manifest_sha256, "files": str(files), "kind": kind}
    return Event(StepKind.EVIDENCE, person_id, facts=facts)


def _row(kept: Kept, file: File, person_id: str) -> Evidence:
    case = kept.case
    return Evidence(
        *(case.urn, case.mention_id, file.sha256, file.media_type, len(file.content), kept.at, person_id),
        how=_HOW[kept.kind],
        case_id=case.id,
        capture_id=kept.capture_id,
        name=file.name,
    )
