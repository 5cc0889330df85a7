"""`schoolgate case capture`: keep what stands at a post's address, or what somebody else kept of it.

No file is opened before a person has said what it is not: see `monitor.commands.report_in`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path

from alerts.ladder.advance import Refusal
from data.cases import Case
from data.effects import Clock, Fetch, utc_now
from data.errors import InputError
from data.types import FetchFailure
from monitor import wiring
from monitor.casework.capture import (
    Kept,
    Place,
    Ready,
    Wish,
    allow_pictures,
    capture_page,
    capture_supplied,
    ready,
)
from monitor.casework.capture_files import Asked, File
from monitor.commands.case_common import Desk, Refused, Say, desk, find
from monitor.commands.report_in import QUESTION
from monitor.config import Config
from monitor.media import media_type
from monitor.terminal import in_json
from monitor.views.case_capture import as_json as kept_json
from monitor.views.case_capture import lines
from sources.fetch import headers_sent
from sources.http.politeness import user_agent

Fetching = Callable[[Config], AbstractContextManager[Fetch]]
WORDS_ALONE = (
    "In this case no picture of a child, nor a sexual one, is kept. Does the file show words alone? "
    "Do not open it to find out. [yes / no / unknown]"
)
MOST_BYTES = 50 * 1024 * 1024


def run(
    number: str,
    *,
    person: str,
    pictures: bool,
    because: str,
    files: Sequence[Path],
    child_image: bool | None,
    words_alone: bool,
    browser: bool,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    ask: Callable[[str], str],
    fetching: Fetching = wiring.fetcher,
    clock: Clock = utc_now,
) -> int:
    """Capture, and say what was kept: 0 where it is evidence, 1 where a wall or nothing stood there."""
    at = desk(person, home, config)
    with at.store.read() as con:
        case = find(con, at, number)
    if files and pictures:
        raise InputError("--pictures is for the page itself; with --file leave it out.")
    place = Place(at.store, at.context, at.person.id)
    wish = Wish(because, pictures, browser)
    found = _may(ready(place, case, wish, clock()), case, person)
    if files:
        _ask_what_it_is_not(child_image, ask)
        _ask_whether_words_alone(found, words_alone, ask)
    supplied = [_read(file, n) for n, file in enumerate(files, start=1)]
    found = _may(allow_pictures(place, found, wish, clock()), case, person)
    asked = _asked(at, found, wish)
    with fetching(at.config) as fetch:
        if supplied:
            kept: Kept | FetchFailure | Refusal = capture_supplied(
                place, found, asked, supplied, fetch, clock
            )
        else:
            kept = capture_page(place, found, asked, fetch, clock, wish)
    return _told(kept, found.case, at, as_json=as_json, say=say)


def _told(kept: Kept | FetchFailure | Refusal, case: Case, at: Desk, *, as_json: bool, say: Say) -> int:
    if isinstance(kept, Refusal):
        raise Refused(kept, case.id, at.person.id)
    if isinstance(kept, FetchFailure):
        failed = [json.dumps({"case": case.id, "failed": kept.detail})]
        for line in failed if as_json else _failed(case, kept, at):
            say(line)
        return 1
    as_text = lines(kept, at.config.zone, at.person.id)
    for line in [in_json(kept_json(kept))] if as_json else as_text:
        say(line)
    return 0 if kept.counts else 1


def _failed(case: Case, failure: FetchFailure, at: Desk) -> tuple[str, str]:
    again = f"schoolgate case capture {case.id} --as {at.person.id} --file FILE"
    return (
        f"Case {case.id}: nothing was captured. {failure.detail}",
        f"What somebody kept of it can be added: {again}",
    )


def _may(found: Ready | Refusal, case: Case, person: str) -> Ready:
    if isinstance(found, Refusal):
        raise Refused(found, case.id, person)
    return found


def _asked(at: Desk, found: Ready, wish: Wish) -> Asked:
    agent = user_agent(version("schoolgate"), at.config.contact or "no contact set")
    return Asked(
        capture_id=secrets.token_hex(6),
        case=found.case,
        school=found.school,
        post=found.post,
        person_id=at.person.id,
        because=wish.because.strip(),
        program=f"Schoolgate/{version('schoolgate')}",
        sent=headers_sent(agent),
        time_server=at.config.evidence.timestamp_url,
        whole_page=found.whole_page,
    )


def _ask_what_it_is_not(child_image: bool | None, ask: Callable[[str], str]) -> None:
    """Raises InputError, before anything is opened, where a file may show a child undressed."""
    barred = child_image if child_image is not None else ask(QUESTION).strip().lower() not in ("no", "n")
    if barred:
        raise InputError(
            "Nothing was opened, hashed or copied. Do not send, copy or print the file. Tell the DSL now, "
            "and where it lies: schoolgate report-in --file FILE --child-image"
        )


def _ask_whether_words_alone(found: Ready, words_alone: bool, ask: Callable[[str], str]) -> None:
    """Raises InputError where no picture may be kept and nobody says that a file holds none."""
    if not found.words_alone or words_alone or ask(WORDS_ALONE).strip().lower() in ("yes", "y"):
        return
    raise InputError(
        "Nothing was opened, hashed or copied. Write the words, the address and the time into a text file, "
        "and add that: --file words.txt"
    )


def _read(file: Path, n: int) -> File:
    """The file under a name of ours: its own may name people. Raises InputError."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"--file {file}: larger than {MOST_BYTES >> 20} MB. Nothing was kept.")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"--file {file}: cannot be read ({error.strerror}). Nothing was kept.") from None
    kind, ending = media_type(content)
    return File(f"supplied-{n}{ending}", content, kind)
