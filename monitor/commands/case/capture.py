"""`schoolgate case capture`: keep what is at a post's address, or what somebody else kept of it.

No file is opened before a person has said what it is not: see `monitor.commands.report_in`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import InputError
from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, finish
from monitor.terminal import private_words
from monitor.terminal.errors import ask
from monitor.terminal.output import in_json, say

if TYPE_CHECKING:
    from alerts.ladder.advance import Refusal
    from monitor.casework.evidence.capture import Approved
    from monitor.casework.evidence.capture_files import CaptureFile

WORDS_ALONE = (
    "In this case no picture of a child, nor a sexual one, is kept. Does the file show words alone? "
    "Do not open it to find out. [yes / no / unknown]"
)
MOST_BYTES = 50 * 1024 * 1024


def capture(
    case: CaseNumber,
    person: As,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also the pictures within the post; needs --because.")
    ] = False,
    because: Annotated[
        str,
        typer.Option(
            "--because", callback=private_words.given, help="Why it is captured; it is kept with the case."
        ),
    ] = "",
    files: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", help="What somebody else kept of it; may be given again."),
    ] = None,
    child_image: Annotated[
        bool | None,
        typer.Option(
            "--child-image/--no-child-image",
            help="Whether a file shows, or might show, anyone under 18 undressed or in a sexual way.",
        ),
    ] = None,
    words_alone: Annotated[
        bool,
        typer.Option("--words-alone", help="The file shows only words: no child, nothing sexual."),
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether a picture and a PDF are made.")
    ] = True,
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Keep what is at the post's address: page, archive, picture, hashes, time stamp.

    \b
    Examples:
      schoolgate case capture 4 --as t-quillfeather
      schoolgate case capture 4 --as t-quillfeather --pictures --because "the picture is the libel"
      schoolgate case capture 4 --as b-patel --file screenshot.png --no-child-image
    """
    from alerts.ladder.advance import Refusal
    from data.effects import utc_now
    from data.types import FetchFailure
    from monitor import wiring
    from monitor.casework.evidence import capture as capturing
    from monitor.casework.steps import find_case
    from monitor.commands.case.record import Refused
    from monitor.session import open_session
    from monitor.views.case import capture as view

    session = open_session(person, home, config)
    with session.store.read() as con:
        found = find_case(con, session, case)
    if files and pictures:
        raise InputError("--pictures is for the page itself; with --file leave it out.")
    options = capturing.CaptureOptions(because, pictures, browser)
    approved = _granted(capturing.approve(session, found, options, utc_now()), found.id, person)
    if files:
        _ask_what_it_is_not(child_image)
        _ask_whether_words_alone(words_alone or not approved.words_alone)
    supplied = [_read(file, n) for n, file in enumerate(files or (), start=1)]
    allowed = capturing.allow_pictures(session, approved, options, utc_now())
    approved = _granted(allowed, found.id, person)
    with wiring.fetcher(session.config) as fetch:
        kept = capturing.capture(session, approved, options, supplied, fetch, utc_now)
    if isinstance(kept, Refusal):
        raise Refused(kept, found.id, person)
    if isinstance(kept, FetchFailure):
        for line in view.failed(found.id, kept, person, as_json=as_json):
            say(line)
        finish(1)
    for line in [in_json(view.as_json(kept))] if as_json else view.lines(kept, session.config.zone, person):
        say(line)
    finish(0 if kept.counts else 1)


def _granted(found: Approved | Refusal, number: str, person: str) -> Approved:
    from alerts.ladder.advance import Refusal
    from monitor.commands.case.record import Refused

    if isinstance(found, Refusal):
        raise Refused(found, number, person)
    return found


def _ask_what_it_is_not(child_image: bool | None) -> None:
    """Raises InputError, before anything is opened, where a file may show a child undressed."""
    from monitor.commands.report_in import QUESTION

    barred = child_image if child_image is not None else ask(QUESTION).strip().lower() not in ("no", "n")
    if barred:
        raise InputError(
            "Nothing was opened, hashed or copied. Do not send, copy or print the file. Tell the DSL now, "
            "and where it lies: schoolgate report-in --file FILE --child-image"
        )


def _ask_whether_words_alone(known: bool) -> None:
    """Raises InputError where no picture may be kept and nobody says that a file holds none."""
    if known or ask(WORDS_ALONE).strip().lower() in ("yes", "y"):
        return
    raise InputError(
        "Nothing was opened, hashed or copied. Write the words, the address and the time into a text file, "
        "and add that: --file words.txt"
    )


def _read(file: Path, n: int) -> CaptureFile:
    """The file under a name of ours: its own may name people. Raises InputError."""
    from monitor.casework.evidence.capture_files import CaptureFile
    from monitor.pipeline.media import media_type

    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"--file {file}: larger than {MOST_BYTES >> 20} MB. Nothing was kept.")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"--file {file}: cannot be read ({error.strerror}). Nothing was kept.") from None
    kind, ending = media_type(content)
    return CaptureFile(f"supplied-{n}{ending}", content, kind)
