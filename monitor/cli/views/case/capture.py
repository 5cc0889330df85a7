"""What `case capture` prints: what was kept, what it shows, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from data.types import FetchFailure
from monitor.act.capture import Capture
from monitor.act.casework.evidence.capture_files import PAGE
from monitor.cli.views.case.wording import lacking
from monitor.cli.views.layout import local, utc
from monitor.terminal.wording import counted
from sources.capture.browser import Pictures
from sources.capture.fetched_page import AtAddress
from sources.timestamps import TimeStamp, Unstamped

_BESIDE = {
    (True, True): "beside them its author and when it was posted",
    (True, False): "beside them its author, but not when it was posted",
    (False, True): "beside them when it was posted, but not its author",
    (False, False): "neither its author nor when it was posted was found beside them",
}
_APART = timedelta(minutes=5)
_STOOD = {
    AtAddress.WALL: "A wall stood in place of the page",
    AtAddress.GONE: "The page was gone",
    AtAddress.REFUSED: "The site refused us",
}


def lines(kept: Capture, zone: ZoneInfo, person: str) -> Iterator[str]:
    """For a terminal, and for whoever captured it; no words of the post, no address."""
    number = kept.case.number
    yield f"Case {number}: capture {kept.capture_id}, {counted(kept.files, 'file')}, {local(kept.at, zone)}"
    if kept.handed is not None:
        yield from _handed_in(kept, person)
    else:
        yield from _page(kept)
    yield f"  {_stamped(kept, zone)}"
    if isinstance(kept.stamped, TimeStamp) and abs(kept.stamped.at - kept.at) > _APART:
        yield "  Its clock and this machine's are more than 5 minutes apart: find out which one is wrong."
    yield f"  Manifest {kept.manifest_sha256}"
    if not kept.counts:
        yield "It is recorded, but it is not evidence of the post. If somebody kept a copy, add it:"
        yield f"  schoolgate case capture {number} --as {person} --file FILE"


def _handed_in(kept: Capture, person: str) -> Iterator[str]:
    if kept.kind == "told":
        yield "  Added: nothing kept before was changed."
    else:
        yield "  Marked as handed in: it counts for less than what we saw ourselves."
        known = kept.handed.known if kept.handed else ()
        yield from lacking(kept.case.number, kept.capture_id, known, person)
    for file in kept.files:
        if file.tells_place:
            yield f"  {file.name} contains the place where it was taken. It is kept as it came, and is in"
            yield "  every pack like that: think about this before you hand one over."


def failed_lines(number: str, failure: FetchFailure, person: str) -> list[str]:
    """That nothing was captured, and what can be done instead."""
    again = f"schoolgate case capture {number} --as {person} --file FILE"
    return [
        f"Case {number}: nothing was captured. {failure.detail}",
        f"If somebody kept a copy, add it: {again}",
    ]


def _page(kept: Capture) -> Iterator[str]:
    taken = kept.taken
    if taken is None:
        return
    if taken.response is None:
        yield f"  {_STOOD[taken.stands]}. {taken.said}"
        return
    shown = taken.shown
    if not kept.counts:
        yield f"  A page was there (status {taken.status}), but the post's words are not on it."
    elif shown.found and not shown.visible:
        yield f"  The post's words are in the page's data (status {taken.status}); scripts would show them."
    elif not shown.found:
        yield f"  A page was there (status {taken.status}); no words of the post are held to look for on it."
    elif shown.quoted:
        yield f"  The post's words are there (status {taken.status}), but only in a quotation: see"
        yield "  whether the post itself is still there; whoever quotes it need not have written it."
    else:
        beside = _BESIDE[bool(shown.author), bool(shown.posted)]
        yield f"  The post's words are there (status {taken.status}); {beside}."
    yield f"  {_drawn(kept)}"
    if not any(file.name == PAGE for file in kept.files):
        yield "  The page itself was not kept: it has posts that are not part of this case."


def _drawn(kept: Capture) -> str:
    drawn = kept.drawn
    if not isinstance(drawn, Pictures):
        return drawn.detail if drawn else ""
    pictures = len(kept.taken.pictures) if kept.taken else 0
    within = f"with {pictures} pictures within it" if pictures else "without the pictures on the page"
    cut = " Its lower part is cut off." if drawn.cut else ""
    return f"A picture and a PDF of the post alone, {within}.{cut}"


def _stamped(kept: Capture, zone: ZoneInfo) -> str:
    stamped = kept.stamped
    if isinstance(stamped, TimeStamp):
        return f"Time-stamped by the server at {local(stamped.at, zone)}."
    if stamped is None or stamped.why is Unstamped.NOT_CONFIGURED:
        return "Not time-stamped: no time server is configured ([evidence] timestamp_url)."
    return f"Not time-stamped. {stamped.detail}"


def as_json(kept: Capture) -> dict[str, object]:
    taken, stamped = kept.taken, kept.stamped
    return {
        "case": kept.case.id, "failed": None, "capture": kept.capture_id, "kind": kept.kind,
        "evidence": kept.counts, "stands": taken.stands.value if taken else None,
        "status": taken.status if taken else None,
        "words_found": taken.shown.found if taken and taken.response else None,
        "picture": isinstance(kept.drawn, Pictures),
        "stamped_at": utc(stamped.at) if isinstance(stamped, TimeStamp) else None,
        "manifest_sha256": kept.manifest_sha256,
        "known": list(kept.handed.known) if kept.handed else None,
        "files": [
            {"name": f.name, "sha256": f.sha256, "size": len(f.content), "type": f.media_type}
            for f in kept.files
        ],
    }  # fmt: skip


def failed_json(number: str, failure: FetchFailure) -> dict[str, object]:
    """The same keys where nothing was captured: which case, and why."""
    without = dict.fromkeys(("capture", "kind", "stands", "status", "words_found", "stamped_at", "known"))
    return {
        "case": number, "failed": failure.detail, "evidence": False, "picture": False, "files": [],
        "manifest_sha256": None, **without,
    }  # fmt: skip
