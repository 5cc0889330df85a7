"""`schoolgate case capture`: keep what is at a post's address, or what somebody else kept of it.

No file is opened before a person has said what it is not: see `monitor.cli.commands.handed_in`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data import effects
from data.errors import InputError
from monitor.cli.commands import handed_in
from monitor.cli.commands.options import As, CaseNumber, JsonOptions, finish
from monitor.home import wiring
from monitor.terminal import private_words

if TYPE_CHECKING:
    from data.evidence.handed_in import SaidOfPost
    from data.types import FetchFailure
    from monitor.act.capture import Approved, Capture, Supplied
    from monitor.home.wiring import Session


def capture(
    opts: JsonOptions,
    case: CaseNumber,
    person: As,
    pictures: Annotated[
        bool, Option("--pictures", help="Also the pictures in the post; needs --because.")
    ] = False,
    because: Annotated[
        str, Option("--because", callback=private_words.given, help="Why it is captured; this is recorded.")
    ] = "",
    files: Annotated[
        list[Path] | None,
        Option(
            "--file", metavar="FILE", help="A screenshot or file that somebody handed in; may be repeated."
        ),
    ] = None,
    attachment: Annotated[
        bool, Option("--attachment", help="What came with the post by mail, from the mailbox.")
    ] = False,
    child_image: handed_in.ChildImage = None,
    words_alone: handed_in.WordsAlone = False,
    url: Annotated[str | None, Option("--url", help="The post’s address, as seen.")] = None,
    author: Annotated[str | None, Option("--author", help="The name it was posted under, as shown.")] = None,
    posted: handed_in.Posted = None,
    words_file: Annotated[
        Path | None,
        Option(
            "--words-file", metavar="FILE", help="A file with the post’s words, typed; “-”: standard input."
        ),
    ] = None,
    seen_at: Annotated[
        str | None, Option("--seen-at", help="When it was seen: 20 November 2026 15:20, or just the day.")
    ] = None,
    seen_by: Annotated[
        str | None, Option("--seen-by", help="Who saw it: somebody at the school by id, or who they are.")
    ] = None,
    logged_in: handed_in.LoggedIn = None,
    supplied_by: handed_in.SuppliedBy = None,
    came: handed_in.Came = None,
    not_known: handed_in.NotKnown = None,
    adds_to: Annotated[
        str | None,
        Option("--adds-to", metavar="CAPTURE", help="An earlier capture about which you now know more."),
    ] = None,
    browser: Annotated[
        bool, Option("--browser/--no-browser", help="Whether a picture and a PDF are made.")
    ] = True,
) -> None:
    """Keep what is at the post's address, or what somebody hands in: files, hashes, time stamp.

    With --file it asks what is known about the post and where the file came from. A script says so with
    options, and --not-known for what nobody knows. Never type the words on the command line.

    \b
    Examples:
      schoolgate case capture 4 --as t-quillfeather
      schoolgate case capture 4 --as t-quillfeather --pictures --because "the picture is the libel"
      schoolgate case capture 4 --as b-patel --file screenshot.png --no-child-image
      schoolgate case capture 4 --as b-patel --attachment --no-child-image
      schoolgate case capture 4 --as b-patel --adds-to 3f2a --seen-at 2026-11-19
    """
    from monitor.act.capture import CaptureOptions, approve_capture
    from monitor.act.capture import capture as keep
    from monitor.cli.commands.case.record import made

    session = opts.session(person)
    typed = handed_in.Typed(
        url, author, posted, None, seen_at, seen_by, logged_in, supplied_by, came, tuple(not_known or ())
    )
    if attachment:
        typed = _as_it_came(typed, by_hand=bool(files or adds_to))
    _refuse_mixed(typed, words_file, by_hand=bool(files or adds_to or attachment), pictures=pictures)
    options = CaptureOptions(because, pictures, browser)
    approved = made(approve_capture(session, case, options, effects.utc_now()))
    if files:
        if str(words_file) == private_words.STANDARD_INPUT:
            handed_in.refuse_unanswered(child_image)
        handed_in.refuse_unfit(child_image, words_alone, pictures=not approved.words_alone)
    contents = _enclosed(session, approved, child_image, words_alone=words_alone) if attachment else ()
    supplied = None
    if files or adds_to or attachment:
        supplied = _supplied(session, approved, files or contents, typed, words_file, adds_to or "")
    with wiring.fetcher(session.config) as fetch:
        kept = made(keep(session, approved, options, supplied, fetch, effects.utc_now))
    finish(_told(opts, session, approved.case.id, kept))


def _as_it_came(typed: handed_in.Typed, *, by_hand: bool) -> handed_in.Typed:
    """What came by mail needs no questions: what nobody says of it is not known. Raises InputError."""
    if by_hand:
        raise InputError("--attachment, --file, --adds-to: give only one of these.")
    return replace(typed, came=typed.came or "email", not_known=typed.not_known or (handed_in.REST,))


def _enclosed(
    session: Session, found: Approved, child_image: bool | None, *, words_alone: bool
) -> tuple[bytes, ...]:
    """What came with the post, fetched once a person has said what it is not. Raises InputError."""
    from data.evidence.handed_in import PictureShows
    from monitor.act.casework.evidence import enclosed
    from monitor.config.home.paths import Paths

    there = enclosed.enclosed_with(session, found.case)
    if handed_in.said_of_picture(child_image) is not PictureShows.NO:
        home = Paths(session.store.home, session.config.path)
        intake = wiring.intake(session.config, home, session.store)
        enclosed.tell_of_child_image(session, found.case, found.post, there, intake, effects.utc_now())
        raise InputError(handed_in.LEFT_THERE)
    handed_in.refuse_unfit(False, words_alone, pictures=not found.words_alone)
    with wiring.fetcher(session.config) as fetch:
        return enclosed.fetched(there, fetch)


def _told(opts: JsonOptions, session: Session, number: str, kept: Capture | FetchFailure) -> int:
    """Prints what was kept, or that nothing was; 1 where there is no evidence of the post."""
    from data.types import FetchFailure
    from monitor.cli.views.case import capture as view

    person, zone = session.person.id, session.config.zone
    if isinstance(kept, FetchFailure):
        opts.show(view.failed_json(number, kept), view.failed_lines(number, kept, person))
        return 1
    opts.show(view.as_json(kept), view.lines(kept, zone, person))
    return 0 if kept.counts else 1


def _refuse_mixed(typed: handed_in.Typed, words_file: Path | None, *, by_hand: bool, pictures: bool) -> None:
    """Raises InputError for what belongs to the other way of capturing."""
    if by_hand and pictures:
        raise InputError("--pictures is for the page itself; leave it out with --file.")
    if not by_hand and (typed != handed_in.Typed() or words_file is not None):
        raise InputError("These options describe what somebody handed in, so also give --file FILE")


def _supplied(
    session: Session,
    found: Approved,
    files: Sequence[Path | bytes],
    typed: handed_in.Typed,
    words_file: Path | None,
    adds_to: str,
) -> Supplied:
    """What is handed in: its files first, before anybody types what would be lost. Raises InputError."""
    from monitor.act.capture import Supplied
    from monitor.pipeline.supplied import read_handed_in

    contents = tuple(file if isinstance(file, bytes) else read_handed_in(file) for file in files)
    typed = replace(typed, words=handed_in.words_of(words_file))
    return Supplied(contents, _handed_in(session, found, typed, adding=bool(adds_to)), adds_to)


def _handed_in(session: Session, found: Approved, typed: handed_in.Typed, *, adding: bool) -> SaidOfPost:
    """What is known of it, asked for where it was not given. Raises InputError.

    Where something is added to an earlier capture, only what is given is recorded.
    """
    from data.evidence.handed_in import FIELDS
    from monitor.pipeline.sighting import checked_url

    how = handed_in.HowRead(session.config.people, effects.utc_now(), session.config.zone, checked_url)
    handed = handed_in.read(typed, how)
    if adding:
        if not handed.said:
            raise InputError("--adds-to: say what is known now, such as --seen-at or --author.")
        return handed
    missing = handed_in.missing(handed, FIELDS)
    if not private_words.at_a_terminal():
        handed_in.refuse_missing(missing)
    if "address" in missing and found.post is not None and found.post.url:
        private_words.tell(f"The case has this address: {found.post.url}")
    return handed_in.ask_missing(handed, FIELDS, how)
