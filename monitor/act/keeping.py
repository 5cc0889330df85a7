"""Keep evidence of a case: no capture where that may be a crime, files that came with a post by mail, and the
copy of a letter that was sent or came back.

A possible indecent image of a child, extremist media, anything that is with the DSL: opening such a page
again, or keeping a copy, may itself be a crime (Protection of Children Act 1978 s.1; UKCIS guidance on
sharing nudes, March 2024). So it is refused before anything is fetched, opened or hashed. The copy of a
letter is an exhibit of its own: a file in the vault with a manifest, named by the step that records it.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime

from alerts.ladder.advance import Refusal
from alerts.ladder.replay import may_show_a_child
from alerts.wording.cases import material
from data.cases import LETTER_CAME, LETTER_SENT, Case, CaseStep, Event, EvidenceFile, Post
from data.content_class import BYPASSING, class_spec
from data.effects import Clock, Fetch, utc_text
from data.errors import InputError
from data.evidence.faults import MANIFEST
from data.evidence.handed_in import CHILD_IMAGE_TEXT, Says
from data.evidence.vault import Vault
from data.frozen import freeze
from data.steps.classes import Answered, Asked, LetterDrafted
from data.steps.codes import KeptLetter, StepKind
from data.store import cases as case_store
from data.store import mentions as mention_store
from data.store import verdicts as verdict_store
from data.store.cases import stories_of_posts
from data.store.engine.connect import Connection
from data.store.stories import Enclosures, enclosures_of
from data.types import About, FetchFailure, Outcome, Request, Response, Verdict
from data.web.channels import ELSEWHERE
from data.web.urls import is_profile
from data.words.say import words
from monitor.matters.reader import Reader, Session, reads_all
from monitor.pipeline import supplied
from monitor.pipeline.intake import Intake, may_be_extremist, shut_to_pictures, take_in
from monitor.pipeline.supplied import Kept, Report, RestrictedAddresses, restricted_addresses

_W = words("en")


def capture_refusal(
    case: Case, verdicts: Sequence[Verdict], *, child_image: bool, judged_again: bool = False
) -> Refusal | None:
    """Say why nothing of the case may be captured. `verdicts` count until a person set its class, and again
    once an edit was `judged_again`; `child_image`: a report that an image there may show a child always
    counts."""
    to_dsl = _W("refusal.no_capture.remedy")
    if child_image:
        return Refusal("no_child_image", _W("refusal.no_capture.child_image"), to_dsl)
    if case.lane is not None:
        return Refusal("no_capture", _W("refusal.no_capture.lane", lane=case.lane.replace("_", " ")), to_dsl)
    judged = {v.content_class for v in verdicts if case.classified_by is None or judged_again}
    if {case.content_class, *judged} & BYPASSING:
        return Refusal("no_capture", _W("refusal.no_capture.said"), to_dsl)
    return None


def may_be_copied(case: Case, files: Iterable[EvidenceFile]) -> bool:
    """May what was captured be given to anybody? A case may turn out worse than it was known to be; typed
    words without a file are no copy of that."""
    return case.lane is None or case.lane.keeps_files or not material(files)


def profile_refusal(case: Case, url: str) -> Refusal | None:
    """Why this address is not fetched; None where it may be. Nobody's profile is looked through."""
    if class_spec(case.content_class).account or not is_profile(url):
        return None
    return Refusal("no_profile", _W("refusal.no_profile.said"), _W("refusal.no_profile.remedy"))


def picture_refusal(case: Case, verdicts: Sequence[Verdict]) -> Refusal | None:
    """Why no picture of the post may be kept, even if a person decides to."""
    judged = {label for v in verdicts for label in v.abuse}
    child = may_show_a_child(case) or About.PUPIL in {v.about for v in verdicts}
    if child or judged & {"sexual", "safeguarding"}:
        return Refusal("no_pictures", _W("refusal.no_pictures.said"), _W("refusal.no_pictures.remedy"))
    return None


NOT_ASKED = "Somebody reported that an image at this address may show a child: it is not asked for."
_BY_A_PERSON = frozenset((StepKind.CLASSIFIED, StepKind.RECLASSIFIED))


def case_verdicts(con: Connection, case: Case) -> tuple[Verdict, ...]:
    """Return what the newest version of the case's post was judged to be, for its school."""
    told = verdict_store.story_verdicts(con, [case.story_id]).get(case.story_id, [])
    return tuple(v for v in told if v.mention_id == case.mention_id and v.urn == case.urn)


def post_refusal(con: Connection, case: Case, url: str | None) -> Refusal | None:
    """Why the case's post may not be fetched, opened or kept; None where it may."""
    warned = bool(url) and restricted_addresses(con).warns_of(url or "")
    judged = verdict_store.judged_at(con, case.mention_id, case.urn) if case.mention_id else None
    said = [s.recorded_at for s in case_store.steps_of_case(con, case.id) if s.kind in _BY_A_PERSON]
    again = judged is not None and bool(said) and judged > max(said)  # after a person said what it is
    return capture_refusal(case, case_verdicts(con, case), child_image=warned, judged_again=again)


def whole_page_may_be_kept(con: Connection, case: Case, url: str | None) -> bool:
    """Not where something restricted is known to stand on the post's page, or in its thread."""
    thread = case.story_id in mention_store.stories_beside_restricted(con, [case.story_id])
    return not thread and not (url and restricted_addresses(con).beside(url, case.mention_id))


def avoiding(fetch: Fetch, known: RestrictedAddresses, clock: Clock) -> Fetch:
    """The fetcher without the addresses somebody warned of: not asked for, nor returned after a redirect."""

    def ask_unless_barred(request: Request) -> Response | FetchFailure:
        if known.warns_of(request.url):
            return FetchFailure(Outcome.DISABLED, request.url, NOT_ASKED, clock())
        came = fetch(request)
        if known.warns_of(came.url):
            return FetchFailure(Outcome.DISABLED, came.url, NOT_ASKED, clock())
        return came

    return ask_unless_barred


def case_enclosures(session: Session, case: Case) -> Enclosures:
    """List what came with the case's post. Raises InputError where nothing did."""
    with session.store.open_reader() as con:
        found = enclosures_of(con, case.mention_id) if case.mention_id else None
    if found is None:
        raise InputError(f"Nothing came with the post of case {case.id}. Nothing was fetched.")
    return found


def enclosed_for(
    con: Connection, reader: Reader, post: str, urn: str, *, to_fetch: bool
) -> Enclosures | None:
    """List what came with a post by mail, for whoever may read all of its matters; None where there is
    nothing for them, or they are `to_fetch` what may show a child undressed, or is extremist."""
    stories = stories_of_posts(con, urn, post).get(post, ())
    known = reader.look(con, dict.fromkeys(stories, urn))
    reads = bool(stories) and all(reads_all(reader, known, story) for story in stories)
    shut = to_fetch and (may_be_extremist(con, post, urn) or shut_to_pictures(con, post, urn))
    return enclosures_of(con, post) if reads and not shut else None


def fetch_enclosures(found: Enclosures, fetch: Fetch) -> tuple[bytes, ...]:
    """The bytes of each, from the mailbox, where they stay too. Raises InputError where one cannot be had."""
    kept = []
    for n in range(1, len(found.kinds) + 1):
        answer = fetch(Request(f"{found.mail};SECTION={n}", auth=found.source_id))
        if isinstance(answer, FetchFailure):
            raise InputError(f"{answer.detail} Nothing was kept.")
        if why := supplied.unfit(answer.body):
            raise InputError(f"What came is not kept ({why}).")
        kept.append(answer.body)
    return tuple(kept)


def tell_of_child_image(
    session: Session, case: Case, post: Post | None, found: Enclosures, intake: Intake, now: datetime
) -> None:
    """Tells the safeguarding lead where it lies. It is not fetched, and no words go with it."""
    seen_at = post.first_seen if post is not None else case.opened_at
    report = lying_there(found, session.person.id, seen_at)
    take_in(Kept(report, case.urn, now), intake, lambda: now)


def lying_there(found: Enclosures, by: str, seen_at: datetime, says: Says | None = None) -> Report:
    """A report of where it lies, which may show a child, by that person (an id)."""
    text = f"{CHILD_IMAGE_TEXT} Mail: {found.mail}"
    return Report(text, "", ELSEWHERE, None, None, seen_at, child_image=True, by=by, says=says or Says())


MOST_BYTES = 10 * 1024 * 1024
"""A letter with its enclosures; a film is no letter."""
_WORD = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
_TAKEN = frozenset((".txt", ".eml", ".pdf", ".docx"))
_SAID = {StepKind.ASKED: LETTER_SENT, StepKind.ANSWERED: LETTER_CAME}
_KIND = {StepKind.ASKED: "sent", StepKind.ANSWERED: "received"}


@freeze
class LetterCopy:
    """Whether a letter is kept, and its files if it is; `letter` is the kind it was drafted as, if it was."""

    kept: KeptLetter
    files: tuple[supplied.CaptureFile, ...] = ()
    letter: str = ""


NO_COPY = LetterCopy(KeptLetter.NOT_KEPT)


@freeze
class LetterRecord:
    """A step with the copy that belongs to it: its event, and the files to be stored with it."""

    event: Event
    capture: str = ""
    files: tuple[supplied.CaptureFile, ...] = field(default=(), repr=False)

    def store(self, con: Connection, vault: Vault, case: Case, now: datetime) -> None:
        """Keeps them where the step is written, in the caller's transaction."""
        if self.files:
            about, by, how = (case.urn, case.mention_id, case.id), self.event.actor, _SAID[self.event.kind]
            supplied.keep_files(con, vault, self.files, about, self.capture, at=now, by=by, how=how)


def copy_of(content: bytes, kind: StepKind, steps: Sequence[CaseStep]) -> LetterCopy | None:
    """Name the copy of a letter, also where it is just as drafted here; None for what is no letter."""
    media, ending = _letter_type(content)
    if ending not in _TAKEN or len(content) > MOST_BYTES:
        return None
    file = supplied.CaptureFile(f"{_NAME[kind]}{ending}", content, media)
    drafts = (s.said for s in reversed(steps) if isinstance(s.said, LetterDrafted))
    draft = next((drafted for drafted in drafts if file.sha256 in drafted.sha256), None)
    if draft is not None and kind is StepKind.ASKED:
        return LetterCopy(KeptLetter.AS_DRAFTED, (file,), draft.letter)
    return LetterCopy(KeptLetter.AS_SENT if kind is StepKind.ASKED else KeptLetter.AS_CAME, (file,))


_NAME = {StepKind.ASKED: "letter", StepKind.ANSWERED: "answer"}


def _letter_type(content: bytes) -> tuple[str, str]:
    """By its bytes, never by its name."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as held:
                return _WORD if "word/document.xml" in held.namelist() else ("", "")
        except (ValueError, OSError, RuntimeError, zipfile.BadZipFile):  # damaged, or none
            return "", ""
    return supplied.media_type(content)


def letter_record(case: Case, event: Event, copy: LetterCopy | None, now: datetime) -> LetterRecord:
    """The step with what it says of the copy; None is for what was spoken: there is no letter."""
    if copy is None or not isinstance(event.said, Asked | Answered):
        return LetterRecord(event)
    said = replace(event.said, kept=copy.kept)
    if not copy.files:
        return LetterRecord(replace(event, said=said))
    capture = secrets.token_hex(6)
    manifest = _manifest(case, event, event.said, copy, capture, now)
    made = supplied.CaptureFile(MANIFEST, manifest, "application/json")
    files = (*copy.files, made)
    said = replace(
        said,
        capture=capture,
        manifest=made.sha256,
        files=len(files),
        sha256=tuple(f.sha256 for f in copy.files),
    )
    return LetterRecord(replace(event, said=said), capture, files)


def _manifest(
    case: Case, event: Event, said: Asked | Answered, copy: LetterCopy, capture: str, now: datetime
) -> bytes:
    """Canonical JSON, as of a capture: what is known of the letter, and the hash of each of its files."""
    asked = said if isinstance(said, Asked) else None
    told = {
        "format": supplied.FORMAT,
        "urn": case.urn,
        "case": case.id,
        "capture": capture,
        "kind": _KIND[event.kind],
        "kept": copy.kept.value,
        "letter": copy.letter or None,
        "rung": said.rung.value,
        "way": said.way or None,
        "channel": asked.channel or None if asked else None,
        "reference": said.reference or None,
        "result": said.result.value if isinstance(said, Answered) else None,
        "written": _time_text(asked.written_at) if asked else None,
        _KIND[event.kind]: utc_text(event.when or now),
        "received_by_them": _time_text(asked.received_at) if asked else None,
        "recorded": utc_text(now),
        "by": event.actor,
        "program": supplied.program_version(),
        "files": supplied.list_files(copy.files),
    }
    return supplied.canonical(told)


def _time_text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
