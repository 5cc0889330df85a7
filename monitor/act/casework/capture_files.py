"""The files of one capture, and the manifest that lists them and says how they came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from data.cases import Case, Post
from data.types import Response, School
from data.words.say import words
from monitor.pipeline.supplied import (
    LONDON,
    WACZ,
    Added,
    CaptureFile,
    canonical,
    common_manifest,
    logged_out,
    program_version,
    utc_text,
)
from sources.capture.browser import DrawingJob, NoPictures, Pictures
from sources.capture.fetched_page import FetchedPage
from sources.capture.warc import DESCRIBED, NOT_KEPT, archive, wacz

_WARC, PAGE = "response.warc.gz", "page.html"
_TEXT, _PNG, _PDF = "post.txt", "post.png", "post.pdf"


@dataclass(frozen=True, slots=True)
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
        "page": None if taken is None else _page(taken, whole=request.whole_page),
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


def _page(taken: FetchedPage, *, whole: bool) -> dict[str, object]:
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
